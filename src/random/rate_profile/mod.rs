//! How the arrival rate changes with time, and how many arrivals that means.
//!
//! An inhomogeneous Poisson process is a unit-rate process on the clock of the integrated rate
//! (Çinlar, "Introduction to Stochastic Processes", 1975, ch. 4.7), so all that sampling needs is
//! to walk along the profile until the integral has grown by a given amount. For straight lines
//! that is the root of a quadratic; for a cosine it is found to a fraction of a nanosecond. What
//! this file is not: it draws nothing, and rejects no draw (thinning would).
//!
//! The clock of a profile starts at the measured period; before, what holds at its start holds.

mod diurnal;
mod linear;
mod series;

pub use diurnal::Diurnal;
pub use linear::{FlashCrowd, RatePoint, Stage};
pub use series::RateSeries;

use crate::random::rate_profile::linear::Linear;
use crate::units::{Rate, SimDuration};

/// How fast requests arrive, as a function of the time since the start of the measured period.
#[derive(Clone, Debug, PartialEq)]
pub struct RateProfile {
    shape: Shape,
}

#[derive(Clone, Debug, PartialEq)]
enum Shape {
    Constant(Rate),
    Linear(Linear),
    Diurnal(Diurnal),
}

/// How a walk along a profile ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Walk {
    /// The expected arrivals were used up here, in nanoseconds of the profile's clock.
    Reached(f64),
    /// This many of them were left over at the limit.
    Left(f64),
}

/// Where a walk goes: from here to there at most, in nanoseconds of the profile's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    pub(crate) from: f64,
    /// May be infinite.
    pub(crate) limit: f64,
}

impl From<Rate> for RateProfile {
    fn from(rate: Rate) -> Self {
        Self {
            shape: Shape::Constant(rate),
        }
    }
}

impl From<Diurnal> for RateProfile {
    fn from(diurnal: Diurnal) -> Self {
        Self {
            shape: Shape::Diurnal(diurnal),
        }
    }
}

impl From<FlashCrowd> for RateProfile {
    fn from(crowd: FlashCrowd) -> Self {
        Self::linear(crowd.points())
    }
}

impl RateProfile {
    /// Straight lines through `points`; before the first and after the last, their rates hold.
    /// Two points at one time are a jump.
    ///
    /// # Panics
    /// If there are no points, or one is earlier than the one before it.
    pub fn linear(points: Vec<RatePoint>) -> Self {
        Self {
            shape: Shape::Linear(Linear::new(points)),
        }
    }

    /// Ramps one after the other, the first of which starts from the rate `from`.
    pub fn stages(from: Rate, stages: &[Stage]) -> Self {
        Self::linear(linear::stages(from, stages))
    }

    /// The rate, if it never changes.
    pub fn as_constant(&self) -> Option<Rate> {
        match self.shape {
            Shape::Constant(rate) => Some(rate),
            _ => None,
        }
    }

    /// The rate `at` into the measured period; at a jump, the one after it.
    pub fn at(&self, at: SimDuration) -> Rate {
        match &self.shape {
            Shape::Constant(rate) => *rate,
            Shape::Linear(linear) => linear.at(at),
            Shape::Diurnal(diurnal) => diurnal.at(at),
        }
    }

    /// The mean number of arrivals from the start of the measured period until `until` into it.
    pub fn cumulative(&self, until: SimDuration) -> f64 {
        match &self.shape {
            Shape::Constant(rate) => rate.as_per_s() * until.as_secs_f64(),
            Shape::Linear(linear) => linear.cumulative(until),
            Shape::Diurnal(diurnal) => diurnal.cumulative(until),
        }
    }

    /// The mean rate of the first `period`; of no time at all, the rate at its start.
    pub fn mean(&self, period: SimDuration) -> Rate {
        if let Some(rate) = self.as_constant() {
            return rate;
        }
        if period.is_zero() {
            return self.at(period);
        }
        rate_of(self.cumulative(period) / period.as_secs_f64())
    }

    /// The lowest and the highest rate between two times into the measured period, both included.
    pub fn range_between(&self, from: SimDuration, to: SimDuration) -> [Rate; 2] {
        let ends = [from, to].map(|at| self.at(at).as_per_s());
        let ends = [ends[0].min(ends[1]), ends[0].max(ends[1])];
        let range = match &self.shape {
            Shape::Constant(_) => ends,
            Shape::Linear(linear) => linear.widened(ends, from, to),
            Shape::Diurnal(diurnal) => diurnal.widened(ends, from, to),
        };
        range.map(rate_of)
    }

    /// Whether nothing ever arrives.
    pub(crate) fn is_zero(&self) -> bool {
        let [_, peak] = self.range_between(SimDuration::ZERO, SimDuration::MAX);
        peak.as_per_s() <= 0.0
    }

    /// Goes along the profile until `expected` arrivals are used up. `cursor` remembers where the
    /// last walk ended: it is 0 for the first one, and each begins where one before it passed.
    pub(crate) fn walk(&self, cursor: &mut usize, stretch: Stretch, expected: f64) -> Walk {
        match &self.shape {
            Shape::Constant(rate) => along_constant(per_ns(*rate), stretch, expected),
            Shape::Linear(linear) => linear.walk(cursor, stretch, expected),
            Shape::Diurnal(diurnal) => diurnal.walk(stretch, expected),
        }
    }
}

fn along_constant(per_ns: f64, stretch: Stretch, expected: f64) -> Walk {
    let at = stretch.from + expected / per_ns;
    if at <= stretch.limit && at.is_finite() {
        return Walk::Reached(at);
    }
    if per_ns > 0.0 {
        Walk::Left((expected - per_ns * (stretch.limit - stretch.from)).max(0.0))
    } else {
        Walk::Left(expected)
    }
}

fn per_ns(rate: Rate) -> f64 {
    rate.as_per_s() / 1e9
}

/// A rate that arithmetic on rates has made: rounding may have put it below zero.
fn rate_of(per_s: f64) -> Rate {
    Rate::per_s(per_s.max(0.0)).expect("a mean or a maximum of finite rates")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Ratio;

    const S: fn(u64) -> SimDuration = SimDuration::from_secs;

    fn rate(per_s: f64) -> Rate {
        Rate::per_s(per_s).expect("a rate")
    }

    fn profiles() -> Vec<RateProfile> {
        let stages = [(600, 400.0), (0, 50.0), (60, 0.0), (60, 0.0), (600, 900.0)];
        let stages = stages.map(|(length, to)| Stage {
            length: S(length),
            to: rate(to),
        });
        let crowd = FlashCrowd {
            base: rate(500.0),
            peak: rate(5_000.0),
            at: S(600),
            rise: S(30),
            hold: S(120),
            decay: S(300),
        };
        let diurnal = |amplitude| Diurnal {
            mean: rate(900.0),
            amplitude: Ratio::new(amplitude).expect("a share"),
            peak: S(14 * 3_600),
            utc_offset_s: 3_600.0,
            starts_at: S(0),
        };
        vec![
            rate(3.0).into(),
            RateProfile::stages(rate(900.0), &stages),
            crowd.into(),
            diurnal(0.5).into(),
            diurnal(1.0).into(),
        ]
    }

    /// Goal: the integral is that of the rate. Method: the midpoint rule over short pieces.
    #[test]
    fn the_cumulative_rate_is_the_integral_of_the_rate() {
        for profile in profiles() {
            let step = SimDuration::from_millis(100);
            let mut sum = 0.0;
            for piece in 0..30_000_u64 {
                sum += profile.at(step * piece + step / 2).as_per_s() * 0.1;
            }
            let found = profile.cumulative(S(3_000));
            assert!(
                (found - sum).abs() <= 1e-5 * sum,
                "{profile:?}: {found} is not {sum}"
            );
        }
    }

    /// Goal: walking inverts the integral to the nanosecond. Method: walk in uneven steps, and ask
    /// for the integral at each.
    #[test]
    fn a_walk_inverts_the_cumulative_rate() {
        for profile in profiles() {
            let (mut cursor, mut from, mut total) = (0, 0.0, 0.0);
            for step in 0..2_000 {
                let expected = [0.3, 1.7, 900.0, 1e-6][step % 4];
                let limit = f64::INFINITY;
                let Walk::Reached(at) =
                    profile.walk(&mut cursor, Stretch { from, limit }, expected)
                else {
                    panic!("{profile:?} never ends");
                };
                assert!(at >= from, "{profile:?} goes back at {at}");
                (from, total) = (at, total + expected);
                let found = profile.cumulative(SimDuration::from_ns_f64(at));
                // Half a nanosecond at the highest rate, and rounding.
                let tolerance = 0.5 * 5e-6 + 1e-9 * total;
                assert!(
                    (found - total).abs() <= tolerance,
                    "{profile:?}: {found} is not {total} at {at}"
                );
            }
        }
    }

    /// Goal: stopping on the way and going on is the same as not stopping.
    #[test]
    fn a_walk_that_is_stopped_says_what_is_left() {
        for profile in profiles() {
            let walk = |stretch, expected| profile.walk(&mut 0, stretch, expected);
            let limit = f64::INFINITY;
            let Walk::Reached(whole) = walk(Stretch { from: 0.0, limit }, 300_000.0) else {
                panic!("{profile:?} never ends");
            };
            let stop = whole / 2.0;
            let (from, limit) = (0.0, stop);
            let Walk::Left(left) = walk(Stretch { from, limit }, 300_000.0) else {
                panic!("{profile:?} ends too early");
            };
            let (from, limit) = (stop, f64::INFINITY);
            let Walk::Reached(again) = walk(Stretch { from, limit }, left) else {
                panic!("{profile:?} never ends");
            };
            assert!((again - whole).abs() < 10.0, "{again} is not {whole} ns");
        }
    }

    #[test]
    fn the_value_at_the_start_holds_before_it() {
        for profile in profiles() {
            let (from, limit) = (-60e9, -1e9);
            let expected = profile.at(S(0)).as_per_s() * 30.0;
            let reached = profile.walk(&mut 0, Stretch { from, limit }, expected);
            let Walk::Reached(at) = reached else {
                panic!("{profile:?} does not arrive");
            };
            assert!((at + 30e9).abs() < 1.0, "{profile:?}: {at}");
        }
    }

    #[test]
    fn nothing_arrives_after_a_last_rate_of_zero() {
        let to_zero = Stage {
            length: S(10),
            to: rate(0.0),
        };
        let profile = RateProfile::stages(rate(10.0), &[to_zero]);
        assert!((profile.cumulative(S(60)) - 50.0).abs() < 1e-9);
        let (from, limit) = (0.0, f64::INFINITY);
        let Walk::Left(left) = profile.walk(&mut 0, Stretch { from, limit }, 51.0) else {
            panic!("only 50 arrive");
        };
        assert!((left - 1.0).abs() < 1e-9);
        assert!(!profile.is_zero());
        assert!(RateProfile::from(rate(0.0)).is_zero());
    }

    #[test]
    fn ranges_are_those_of_the_time_asked_for() {
        let all = profiles();
        for (index, from, to, expected) in [
            (0, 0, 60, [3.0, 3.0]),
            (1, 0, 60, [850.0, 900.0]),
            (1, 300, 700, [0.0, 650.0]),
            (2, 0, 500, [500.0, 500.0]),
            (2, 0, 800, [500.0, 5_000.0]),
            // 14:00 an hour east of Greenwich is 13:00 there.
            (3, 0, 86_400, [450.0, 1_350.0]),
            (3, 13 * 3_600, 13 * 3_600, [1_350.0, 1_350.0]),
            (3, 7 * 3_600, 14 * 3_600, [900.0, 1_350.0]),
            (3, 3_600, 3_600, [450.0, 450.0]),
        ] {
            let found = all[index].range_between(S(from), S(to));
            for (found, expected) in found.map(Rate::as_per_s).into_iter().zip(expected) {
                assert!(
                    (found - expected).abs() < 1e-6,
                    "profile {index}: {found} is not {expected}"
                );
            }
        }
    }
}
