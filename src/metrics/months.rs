//! Requests by month: what availability looks like to who reports it monthly.
//!
//! A month has 30 days, from the start of the measured period on; one that the period does not
//! fill is none. In a month, the minutes lost are the share of its requests that failed, of all of
//! its 43,200 minutes: so long would an outage of everything have been that fails as many.

use crate::metrics::window_finder::WindowFinder;
use crate::model::Outcome;
use crate::model::{Period, RequestEnd};
use crate::stats::Windows;
use crate::units::SimDuration;

/// Minutes of a month.
pub const MINUTES_PER_MONTH: f64 = 43_200.0;

const MONTH: SimDuration = SimDuration::from_secs(30 * 86_400);

/// The requests of a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MonthRecord {
    /// Requests that started in it.
    pub offered: u64,
    /// Of these, those that failed.
    pub failed: u64,
}

impl MonthRecord {
    /// Failed / offered; `None` if nothing was offered.
    pub fn unavailability(&self) -> Option<f64> {
        (self.offered > 0).then(|| self.failed as f64 / self.offered as f64)
    }
}

/// Counts the requests of a run by month.
#[derive(Clone, Debug)]
pub(super) struct Months {
    /// `None` where the period does not hold a month.
    finder: Option<WindowFinder>,
    records: Vec<MonthRecord>,
}

impl Months {
    pub(super) fn new(period: Period) -> Self {
        let count = period.duration.as_ns() / MONTH.as_ns();
        let end = period.start() + MONTH * count;
        let count = usize::try_from(count).expect("a clock does not run for so long");
        Self {
            finder: (count > 0)
                .then(|| WindowFinder::new(Windows::new(period.start(), end, MONTH))),
            records: vec![MonthRecord::default(); count],
        }
    }

    /// Books a measured request.
    #[inline]
    pub(super) fn ended(&mut self, end: &RequestEnd) {
        let finder = self.finder.as_mut();
        if let Some(month) = finder.and_then(|finder| finder.find(end.started)) {
            let record = &mut self.records[month];
            record.offered += 1;
            record.failed += u64::from(end.outcome != Outcome::Succeeded);
        }
    }

    pub(super) fn finish(self) -> Vec<MonthRecord> {
        self.records
    }
}
