//! Which window of the timeline a time lies in.

use crate::stats::Windows;
use crate::units::SimTime;

/// Finds the window of a time that is mostly the same as the last time's, without dividing.
#[derive(Clone, Debug)]
pub(super) struct WindowFinder {
    windows: Windows,
    last: usize,
    start: SimTime,
    end: SimTime,
}

impl WindowFinder {
    pub(super) fn new(windows: Windows) -> Self {
        Self {
            windows,
            last: 0,
            start: windows.start_of(0),
            end: windows.end_of(0),
        }
    }

    /// The window that `at` lies in, or `None` outside the period.
    #[inline]
    pub(super) fn find(&mut self, at: SimTime) -> Option<usize> {
        if at >= self.start && at < self.end {
            return Some(self.last);
        }
        let window = self.windows.index_of(at)?;
        self.last = window;
        self.start = self.windows.start_of(window);
        self.end = self.windows.end_of(window);
        Some(window)
    }
}
