//! A measured series of rates, made into a profile of bounded size.
//!
//! The measured period is divided into cells. A cell with few rows keeps them, and straight lines
//! lead from one to the next. One with more becomes a single step at its mean rate, so a series
//! may have any number of rows: the integral over every such cell is that of its rows, and what is
//! lost is how the rate moves within half a millionth of the period. What this file is not: it
//! reads no file, and refuses nothing.

use crate::random::rate_profile::{RatePoint, RateProfile, per_ns, rate_of};
use crate::units::SimDuration;

/// How many cells the measured period has: 3 ms each in half an hour, 165 ms in a day.
const CELLS: u64 = 1 << 19;

/// How many rows of a cell are kept as they are.
const ROWS_KEPT: usize = 2;

/// Collects the rows of a series, in the order of time.
#[derive(Clone, Debug)]
pub struct RateSeries {
    /// The end of the measured period; no row beyond it is kept.
    end: SimDuration,
    cell_width_ns: u64,
    /// The last row, or what its line has come to at the end.
    last: Option<RatePoint>,
    cell: Cell,
    kept: Vec<RatePoint>,
}

/// The cell that the last row is in.
#[derive(Clone, Copy, Debug)]
struct Cell {
    index: u64,
    /// What the line into it has come to at its start.
    start: RatePoint,
    row_count: usize,
    /// How many points are kept of the cells before.
    kept_before: usize,
    /// Expected arrivals from its start to the last row.
    expected: f64,
}

impl RateSeries {
    /// No rows yet, of a measured period of this length.
    ///
    /// # Panics
    /// If it has no length.
    pub fn new(period: SimDuration) -> Self {
        assert!(!period.is_zero(), "a measured period takes time");
        let (at, rate) = (SimDuration::ZERO, rate_of(0.0));
        Self {
            end: period,
            cell_width_ns: period.as_ns().div_ceil(CELLS),
            last: None,
            cell: Cell::new(0, RatePoint { at, rate }, 0),
            kept: Vec::new(),
        }
    }

    /// Adds a row. Two rows at one time are a jump.
    ///
    /// # Panics
    /// If it is earlier than the one before it.
    pub fn push(&mut self, row: RatePoint) {
        let last = *self.last.get_or_insert_with(|| {
            // Before the first row its rate holds.
            let at = SimDuration::ZERO;
            self.cell.start = RatePoint { at, ..row };
            self.cell.start
        });
        assert!(last.at <= row.at, "the rows are in the order of time");
        if last.at >= self.end {
            return;
        }
        let row = if row.at > self.end {
            between(last, row, self.end)
        } else {
            row
        };
        let index = self.index(row.at);
        let mut from = last;
        if index > self.cell.index {
            self.close(between(last, row, self.start_of(self.cell.index + 1)));
            from = between(last, row, self.start_of(index));
            self.cell = Cell::new(index, from, self.kept.len());
        }
        self.cell.expected += expected(from, row);
        self.cell.row_count += 1;
        if self.cell.row_count <= ROWS_KEPT {
            self.kept.push(row);
        }
        self.last = Some(row);
    }

    /// The profile; `None` if there were no rows.
    pub fn profile(mut self) -> Option<RateProfile> {
        let last = self.last?;
        let at = self.start_of(self.cell.index + 1).min(self.end);
        self.close(RatePoint { at, ..last });
        Some(RateProfile::linear(self.kept))
    }

    /// Ends the cell, which the line from the last row leaves at `end`.
    fn close(&mut self, end: RatePoint) {
        let Cell {
            start,
            row_count,
            kept_before,
            ..
        } = self.cell;
        let width = end.at.as_ns() - start.at.as_ns();
        if row_count <= ROWS_KEPT || width == 0 {
            return;
        }
        let last = self.last.expect("a cell with rows has a last one");
        let mean = rate_of((self.cell.expected + expected(last, end)) / width as f64 * 1e9);
        let is_edge = |point: &mut RatePoint| point.at == start.at;
        self.kept.truncate(kept_before);
        // The step before led to this line only to leave it at once.
        if self.kept.pop_if(is_edge).is_none() {
            self.kept.push(start);
        }
        for at in [start.at, end.at] {
            self.kept.push(RatePoint { at, rate: mean });
        }
        self.kept.push(end);
    }

    /// The cell of a time; that of the end is the last one before it.
    fn index(&self, at: SimDuration) -> u64 {
        let last = (self.end.as_ns() - 1) / self.cell_width_ns;
        (at.as_ns() / self.cell_width_ns).min(last)
    }

    fn start_of(&self, index: u64) -> SimDuration {
        SimDuration::from_ns(index * self.cell_width_ns)
    }
}

impl Cell {
    fn new(index: u64, start: RatePoint, kept_before: usize) -> Self {
        Self {
            index,
            start,
            row_count: 0,
            kept_before,
            expected: 0.0,
        }
    }
}

/// The point of a line at a time that is not before its start, nor after its end.
fn between(from: RatePoint, to: RatePoint, at: SimDuration) -> RatePoint {
    let length = to.at.as_ns() - from.at.as_ns();
    if length == 0 {
        return RatePoint { at, ..to };
    }
    let passed = (at.as_ns() - from.at.as_ns()) as f64 / length as f64;
    let [before, after] = [from, to].map(|point| point.rate.as_per_s());
    let rate = rate_of(before + (after - before) * passed);
    RatePoint { at, rate }
}

/// The mean number of arrivals along a line.
fn expected(from: RatePoint, to: RatePoint) -> f64 {
    let mean = f64::midpoint(per_ns(from.rate), per_ns(to.rate));
    mean * (to.at.as_ns() - from.at.as_ns()) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Rate;

    const S: fn(u64) -> SimDuration = SimDuration::from_secs;

    fn point(at: SimDuration, per_s: f64) -> RatePoint {
        let rate = Rate::per_s(per_s).expect("a rate");
        RatePoint { at, rate }
    }

    fn series(period: SimDuration, rows: &[RatePoint]) -> RateSeries {
        let mut series = RateSeries::new(period);
        for &row in rows {
            series.push(row);
        }
        series
    }

    #[test]
    fn coarse_rows_are_kept_as_they_are() {
        let rows = [
            point(S(0), 10.0),
            point(S(60), 20.0),
            point(S(60), 5.0),
            point(S(600), 0.0),
            point(S(601), 9.0),
        ];
        let profile = series(S(3_600), &rows).profile();
        assert_eq!(profile, Some(RateProfile::linear(rows.to_vec())));
        assert_eq!(series(S(3_600), &[]).profile(), None);
    }

    #[test]
    fn the_first_and_the_last_rate_hold_beyond_the_rows() {
        let rows = [point(S(20), 10.0), point(S(40), 30.0)];
        let profile = series(S(100), &rows).profile().expect("there are rows");
        for (at, per_s) in [(0, 10.0), (30, 20.0), (90, 30.0)] {
            assert!((profile.at(S(at)).as_per_s() - per_s).abs() < 1e-9, "{at}");
        }
    }

    #[test]
    fn a_line_is_cut_at_the_end_of_the_period() {
        let rows = [point(S(0), 0.0), point(S(200), 200.0), point(S(300), 7.0)];
        let profile = series(S(100), &rows).profile().expect("there are rows");
        let expected = [rows[0], point(S(100), 100.0)];
        assert_eq!(profile, RateProfile::linear(expected.to_vec()));
        let late = series(S(100), &rows[1..]).profile().expect("it has rows");
        assert!((late.at(S(0)).as_per_s() - 200.0).abs() < 1e-9);
    }

    /// Goal: however fine and uneven the rows, the integral is theirs at the edge of every cell.
    /// Method: rows at times and rates from a generator of remainders, some crowded and some far
    /// apart, against the sum of trapezoids.
    #[test]
    fn the_integral_is_that_of_the_rows() {
        let period = SimDuration::from_ns(1_000_000 * CELLS);
        let mut state = 1_u64;
        let mut draw = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % below
        };
        let mut rows = vec![point(SimDuration::ZERO, 50.0)];
        for _ in 0..200_000 {
            let last = rows[rows.len() - 1].at.as_ns();
            let gap = match draw(100) {
                0 => draw(40_000_000),
                1..10 => 0,
                _ => draw(400_000),
            };
            let at = SimDuration::from_ns(last + gap);
            rows.push(point(at, draw(1_000) as f64));
        }
        let profile = series(period, &rows).profile().expect("there are rows");
        let mut sum = 0.0;
        let mut next = 1_000_000_u64;
        let mut compared = 0;
        for pair in rows.windows(2) {
            while next <= pair[1].at.as_ns() {
                let edge = SimDuration::from_ns(next);
                let due = sum + expected(pair[0], between(pair[0], pair[1], edge));
                if next.is_multiple_of(50_000_000) {
                    let found = profile.cumulative(edge);
                    assert!((found - due).abs() <= 1e-9 * due, "{found} is not {due}");
                    compared += 1;
                }
                next += 1_000_000;
            }
            sum += expected(pair[0], pair[1]);
        }
        assert!(compared > 1_000, "{compared}");
    }

    /// Goal: memory does not grow with the rows. Method: three million of them in a minute.
    #[test]
    fn a_fine_series_is_kept_in_bounded_memory() {
        let mut series = RateSeries::new(S(60));
        for row in 0..3_000_000_u64 {
            series.push(point(SimDuration::from_micros(20 * row), (row % 7) as f64));
        }
        let kept = series.kept.len() as u64;
        assert!(kept <= 2 * CELLS + 2, "{kept}");
        let profile = series.profile().expect("there are rows");
        let mean = profile.mean(S(60)).as_per_s();
        assert!((mean - 3.0).abs() < 1e-5, "{mean}");
    }
}
