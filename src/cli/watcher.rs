//! The progress bar and the wall clock.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::interrupt;
use crate::experiment::Companion;

/// Shows how far the work is, and tells it when to stop.
pub(super) struct Watcher {
    bar: ProgressBar,
}

impl Watcher {
    /// A watcher of so many replications; nothing is shown if nobody watches.
    pub(super) fn new(total: u64, is_watched: bool) -> Self {
        let target = if is_watched {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(total), target);
        let style = "{elapsed:>4} [{wide_bar}] {pos}/{len}, {eta} left";
        bar.set_style(ProgressStyle::with_template(style).expect("a valid template"));
        if is_watched {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Self { bar }
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Companion for Watcher {
    fn replication_finished(&self) {
        self.bar.inc(1);
    }

    fn replications_added(&self, count: u64) {
        self.bar.inc_length(count);
    }

    fn is_interrupted(&self) -> bool {
        interrupt::is_interrupted()
    }
}

/// This instant of the wall clock.
#[expect(
    clippy::disallowed_methods,
    reason = "the command line measures how long it takes"
)]
pub(super) fn now() -> Instant {
    Instant::now()
}
