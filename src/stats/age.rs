//! An age that grows with time, averaged over windows of time.
//!
//! While something is due since a time `s`, its age at `t` is `t - s`; while nothing is, it is 0.
//! Over a stretch from `a` to `b` the age adds up to `((b - s)^2 - (a - s)^2) / 2`, which is kept
//! doubled, in whole numbers, so that sums are exact.

use crate::stats::series::Windows;
use crate::units::{SimDuration, SimTime};

/// The integral of an age over each window, and its largest value within the period.
#[derive(Clone, Debug)]
pub struct AgeSeries {
    windows: Windows,
    /// Twice the integral (in nanoseconds squared) before the period, in each window, and after.
    doubled: Vec<u128>,
    /// Which of `doubled` time has come to.
    place: usize,
    /// When `place` ends.
    place_end: SimTime,
    since: Option<SimTime>,
    /// What of the time is in `doubled`.
    done: SimTime,
    max: SimDuration,
}

impl AgeSeries {
    /// An age that counts from `since` when the run begins; `None`: it is 0.
    pub fn new(windows: Windows, since: Option<SimTime>) -> Self {
        Self {
            windows,
            doubled: vec![0; windows.len() + 2],
            place: 0,
            place_end: windows.end_of_place(0),
            since,
            done: SimTime::ZERO,
            max: SimDuration::ZERO,
        }
    }

    /// Lets the age count from `since` from `now` on; `None`: it is 0.
    pub fn set(&mut self, now: SimTime, since: Option<SimTime>) {
        if since != self.since {
            self.advance(now);
            self.since = since;
        }
    }

    /// Lets the time go on to `now`.
    pub fn advance(&mut self, now: SimTime) {
        while now >= self.place_end {
            self.grow_to(self.place_end);
            self.place += 1;
            self.place_end = self.windows.end_of_place(self.place);
        }
        self.grow_to(now);
    }

    fn grow_to(&mut self, end: SimTime) {
        if let Some(since) = self.since {
            let square = |at: SimTime| u128::from(at.since(since).as_ns()).pow(2);
            self.doubled[self.place] += square(end) - square(self.done);
            if self.windows.is_within(self.place) && end > self.done {
                self.max = self.max.max(end.since(since));
            }
        }
        self.done = end;
    }

    /// The mean age over one window, in seconds.
    pub fn mean_s(&self, window: usize) -> f64 {
        mean_s(self.doubled[window + 1], self.windows.width_of(window))
    }

    /// The mean age over the period, in seconds; 0 if it is empty.
    pub fn mean_of_period_s(&self) -> f64 {
        let count = self.windows.len();
        let Some(last) = count.checked_sub(1) else {
            return 0.0;
        };
        let length = self.windows.end_of(last) - self.windows.start_of(0);
        mean_s(self.doubled[1..=count].iter().sum(), length)
    }

    /// The largest age within the period.
    pub fn max(&self) -> SimDuration {
        self.max
    }
}

fn mean_s(doubled: u128, length: SimDuration) -> f64 {
    doubled as f64 / 2.0 / length.as_ns() as f64 / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_secs(seconds)
    }

    /// Windows 10 - 20, 20 - 30 and 30 - 35 s.
    fn windows() -> Windows {
        Windows::new(at(10), at(35), SimDuration::from_secs(10))
    }

    #[track_caller]
    fn check(series: &AgeSeries, means: [f64; 3], (mean, max): (f64, u64)) {
        for (window, expected) in means.into_iter().enumerate() {
            let found = series.mean_s(window);
            assert!((found - expected).abs() < 1e-12, "{window}: {found}");
        }
        let found = series.mean_of_period_s();
        assert!((found - mean).abs() < 1e-12, "{found}");
        assert_eq!(series.max(), SimDuration::from_secs(max));
    }

    #[test]
    fn an_age_is_cut_at_the_windows() {
        let mut series = AgeSeries::new(windows(), None);
        // From 4 to 9 it is before the period; from 14 on since 12, from 24 on since 22.
        series.set(at(4), Some(at(0)));
        series.set(at(9), None);
        series.set(at(14), Some(at(12)));
        series.set(at(24), Some(at(22)));
        series.set(at(26), None);
        series.advance(at(100));
        // 14 - 20: from 2 to 8, (64 - 4) / 2 = 30. 20 - 24: from 8 to 12, (144 - 64) / 2 = 40, and
        // 24 - 26: from 2 to 4, (16 - 4) / 2 = 6.
        check(&series, [3.0, 4.6, 0.0], (76.0 / 25.0, 12));
    }

    #[test]
    fn an_age_that_is_never_reset_grows_to_the_end_of_the_period() {
        let mut series = AgeSeries::new(windows(), Some(SimTime::ZERO));
        series.advance(at(100));
        check(&series, [15.0, 25.0, 32.5], (22.5, 35));
    }

    #[test]
    fn what_ends_as_the_period_begins_is_not_in_it() {
        let mut series = AgeSeries::new(windows(), Some(SimTime::ZERO));
        series.set(at(10), None);
        series.advance(at(35));
        check(&series, [0.0; 3], (0.0, 0));
    }
}
