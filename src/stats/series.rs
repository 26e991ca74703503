//! A level that changes at instants, averaged over windows of time.

use crate::units::{SimDuration, SimTime};

/// The windows that a period is cut into, and the time before and after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    start: SimTime,
    end: SimTime,
    width: SimDuration,
}

impl Windows {
    /// Windows of `width` from `start` to `end`; the last may be narrower.
    ///
    /// # Panics
    /// If the width is zero or the end is before the start.
    pub fn new(start: SimTime, end: SimTime, width: SimDuration) -> Self {
        assert!(
            !width.is_zero() && start <= end,
            "windows need a width and a period"
        );
        Self { start, end, width }
    }

    /// Number of windows.
    pub fn len(self) -> usize {
        let windows = (self.end - self.start).as_ns().div_ceil(self.width.as_ns());
        usize::try_from(windows).expect("checked to be few")
    }

    /// Whether there is no window.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The window that `at` lies in, or `None` outside the period.
    pub fn index_of(self, at: SimTime) -> Option<usize> {
        if at < self.start || at >= self.end {
            return None;
        }
        let index = (at - self.start).as_ns() / self.width.as_ns();
        Some(usize::try_from(index).expect("below the number of windows"))
    }

    /// When a window begins.
    pub fn start_of(self, index: usize) -> SimTime {
        self.start + self.width * index as u64
    }

    /// When a window ends.
    pub fn end_of(self, index: usize) -> SimTime {
        self.start_of(index + 1).min(self.end)
    }

    /// The length of a window.
    pub fn width_of(self, index: usize) -> SimDuration {
        self.end_of(index) - self.start_of(index)
    }

    /// When a place of all time ends: 0 is before the period, then each window, then all after.
    fn place_of(self, at: SimTime) -> usize {
        match self.index_of(at) {
            Some(window) => window + 1,
            None if at < self.start => 0,
            None => self.len() + 1,
        }
    }

    pub(super) fn end_of_place(self, place: usize) -> SimTime {
        match place {
            0 => self.start,
            place if place > self.len() => SimTime::NEVER,
            place => self.end_of(place - 1),
        }
    }

    /// Whether a place of all time is a window.
    pub(super) fn is_within(self, place: usize) -> bool {
        (1..=self.len()).contains(&place)
    }
}

/// The integral of a level over each window, and its largest value within the period.
///
/// Areas are whole numbers (level x nanoseconds), so that sums are exact.
#[derive(Clone, Debug)]
pub struct LevelSeries {
    windows: Windows,
    /// Before the period, each window, after the period.
    areas: Vec<u128>,
    /// Which of `areas` time has come to.
    place: usize,
    /// When `place` ends.
    place_end: SimTime,
    level: u64,
    since: SimTime,
    max: u64,
}

impl LevelSeries {
    /// A level that starts at `level` when the run begins.
    pub fn new(windows: Windows, level: u64) -> Self {
        Self {
            windows,
            areas: vec![0; windows.len() + 2],
            place: 0,
            place_end: windows.end_of_place(0),
            level,
            since: SimTime::ZERO,
            max: 0,
        }
    }

    /// Changes the level at `now`.
    #[inline]
    pub fn set(&mut self, now: SimTime, level: u64) {
        if level == self.level {
            return;
        }
        self.advance(now);
        self.level = level;
        if self.is_within() && level > self.max {
            self.max = level;
        }
    }

    /// Lets the time go on to `now` at the present level.
    #[inline]
    pub fn advance(&mut self, now: SimTime) {
        while now >= self.place_end {
            self.enter_next_place();
        }
        self.areas[self.place] += u128::from(self.level) * u128::from((now - self.since).as_ns());
        self.since = now;
    }

    /// Adds one to the level from `start`, which is not before `now`, to `end`.
    #[inline]
    pub fn add(&mut self, now: SimTime, (start, end): (SimTime, SimTime)) {
        self.reach(now);
        if end <= self.place_end {
            self.areas[self.place] += u128::from((end - start).as_ns());
        } else {
            self.spread(start, end, |area, length| *area += length);
        }
    }

    /// Takes back from `start` on what was added up to `end`.
    pub fn take_back(&mut self, start: SimTime, end: SimTime) {
        self.spread(start, end, |area, length| *area -= length);
    }

    /// Lets the time go on at least to the place of `now`.
    #[inline]
    fn reach(&mut self, now: SimTime) {
        if now >= self.place_end {
            self.advance(now);
        }
    }

    /// Notes that what was added makes this level now.
    #[inline]
    pub fn note(&mut self, now: SimTime, level: u64) {
        self.reach(now);
        if level > self.max && self.is_within() {
            self.max = level;
        }
    }

    /// Changes the area of every place between `start` and `end` by the length that lies in it.
    #[cold]
    fn spread(&mut self, start: SimTime, end: SimTime, change: impl Fn(&mut u128, u128)) {
        let (mut start, mut place) = (start, self.windows.place_of(start));
        while start < end {
            let until = end.min(self.windows.end_of_place(place));
            change(&mut self.areas[place], u128::from((until - start).as_ns()));
            (start, place) = (until, place + 1);
        }
    }

    #[cold]
    fn enter_next_place(&mut self) {
        let length = (self.place_end - self.since).as_ns();
        self.areas[self.place] += u128::from(self.level) * u128::from(length);
        self.since = self.place_end;
        self.place += 1;
        self.place_end = self.windows.end_of_place(self.place);
        if self.is_within() {
            self.max = self.max.max(self.level);
        }
    }

    fn is_within(&self) -> bool {
        self.windows.is_within(self.place)
    }

    /// The integral over one window, in level x nanoseconds.
    pub fn area(&self, window: usize) -> u128 {
        self.areas[window + 1]
    }

    /// The integral over the period.
    pub fn area_of_period(&self) -> u128 {
        self.areas[1..=self.windows.len()].iter().sum()
    }

    /// The integral over all time so far, before and after the period included.
    pub fn area_of_run(&self) -> u128 {
        self.areas.iter().sum()
    }

    /// The mean level over one window.
    pub fn mean(&self, window: usize) -> f64 {
        self.area(window) as f64 / self.windows.width_of(window).as_ns() as f64
    }

    /// The mean level over the period; 0 if that is empty.
    pub fn mean_of_period(&self) -> f64 {
        let length = (self.windows.end - self.windows.start).as_ns();
        if length == 0 {
            return 0.0;
        }
        self.area_of_period() as f64 / length as f64
    }

    /// The largest level within the period.
    pub fn max(&self) -> u64 {
        self.max
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ns: u64) -> SimTime {
        SimTime::from_ns(ns)
    }

    #[test]
    fn areas_are_cut_at_the_windows() {
        let windows = Windows::new(at(10), at(35), SimDuration::from_ns(10));
        let mut series = LevelSeries::new(windows, 2);
        series.set(at(15), 4);
        series.set(at(31), 0);
        series.advance(at(100));
        assert_eq!(windows.len(), 3);
        assert_eq!(
            [series.area(0), series.area(1), series.area(2)],
            [30, 40, 4]
        );
        assert_eq!(series.area_of_period(), 74);
        assert_eq!(series.area_of_run(), 94);
        assert_eq!(series.max(), 4);
        assert!(
            (series.mean(2) - 0.8).abs() < 1e-12,
            "the last window is 5 ns wide"
        );
    }

    fn areas(series: &LevelSeries) -> Vec<u128> {
        series.areas.clone()
    }

    /// Goal: what is known ahead counts as what is told when it happens. Method: one visitor after
    /// the other, each from its coming to its going, over all windows and beyond, both ways.
    #[test]
    fn adding_ahead_is_setting_at_each_change() {
        let windows = Windows::new(at(10), at(35), SimDuration::from_ns(10));
        for start in 0..45 {
            for end in start..50 {
                let (start, end) = (at(start), at(end));
                let mut told = LevelSeries::new(windows, 0);
                told.set(start, 1);
                told.set(end, 0);
                told.advance(at(60));
                let mut ahead = LevelSeries::new(windows, 0);
                ahead.add(start, (start, end));
                ahead.advance(at(60));
                assert_eq!(areas(&told), areas(&ahead), "{start:?} to {end:?}");
            }
        }
    }

    #[test]
    fn what_is_taken_back_was_not_added() {
        let windows = Windows::new(at(10), at(35), SimDuration::from_ns(10));
        for turn in 5..40 {
            let mut whole = LevelSeries::new(windows, 0);
            whole.add(at(5), (at(5), at(40)));
            whole.take_back(at(turn), at(40));
            let mut part = LevelSeries::new(windows, 0);
            part.add(at(5), (at(5), at(turn)));
            assert_eq!(areas(&whole), areas(&part), "taken back from {turn} on");
        }
    }

    #[test]
    fn the_largest_level_is_that_of_the_period() {
        let windows = Windows::new(at(10), at(35), SimDuration::from_ns(10));
        let max_of = |now, level| {
            let mut set = LevelSeries::new(windows, 0);
            set.set(at(now), level);
            set.set(at(now + 1), 0);
            let mut noted = LevelSeries::new(windows, 0);
            noted.note(at(now), level);
            assert_eq!(set.max(), noted.max(), "at {now}");
            noted.max()
        };
        assert_eq!([max_of(5, 7), max_of(36, 7)], [0, 0], "before and after");
        assert_eq!([max_of(10, 7), max_of(34, 7)], [7, 7]);
        let mut noted = LevelSeries::new(windows, 0);
        noted.note(at(12), 7);
        noted.note(at(14), 3);
        assert_eq!(noted.max(), 7, "a lower level is no new largest");
        let mut kept = LevelSeries::new(windows, 3);
        kept.advance(at(9));
        assert_eq!(kept.max(), 0);
        kept.advance(at(11));
        assert_eq!(kept.max(), 3, "it was there when the period began");
    }

    #[test]
    fn the_mean_of_a_period_is_its_area_over_its_length() {
        let windows = Windows::new(at(10), at(35), SimDuration::from_ns(10));
        let mut series = LevelSeries::new(windows, 2);
        series.set(at(20), 6);
        series.advance(at(50));
        assert!((series.mean_of_period() - (2.0 * 10.0 + 6.0 * 15.0) / 25.0).abs() < 1e-12);
        let empty = Windows::new(at(10), at(10), SimDuration::from_ns(10));
        assert!(empty.is_empty() && !windows.is_empty());
        let mut series = LevelSeries::new(empty, 2);
        series.advance(at(50));
        assert!(
            series.mean_of_period().abs() < 1e-12,
            "nothing to divide by"
        );
    }

    #[test]
    fn a_time_belongs_to_the_window_that_it_starts() {
        let windows = Windows::new(at(10), at(35), SimDuration::from_ns(10));
        assert_eq!(windows.index_of(at(9)), None);
        assert_eq!(windows.index_of(at(10)), Some(0));
        assert_eq!(windows.index_of(at(20)), Some(1));
        assert_eq!(windows.index_of(at(35)), None);
    }
}
