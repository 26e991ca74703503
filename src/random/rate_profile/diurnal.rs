//! A rate that follows the day: mean x (1 + amplitude x cos(2 pi x (local time - peak) / 24 h)).
//!
//! Its integral has a sine in it, so a given number of arrivals is found with Newton's method,
//! kept within brackets that halve where the rate is next to nothing. What this file is not: a
//! calendar. There are no weekdays and no daylight saving.

use std::f64::consts::TAU;

use crate::random::rate_profile::{Stretch, Walk, along_constant, per_ns, rate_of};
use crate::units::{Rate, Ratio, SimDuration};

const DAY_NS: f64 = 86_400e9;

/// Radians per nanosecond.
const OMEGA: f64 = TAU / DAY_NS;

/// How close the root is found, in nanoseconds.
const ROOT_NS: f64 = 1e-3;

/// Newton's method needs fewer than ten steps; halving a day down to the same takes 66.
const STEPS_MAX: u32 = 200;

/// A rate that follows the day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Diurnal {
    /// The mean over a day.
    pub mean: Rate,
    /// The greatest deviation, as a share of the mean.
    pub amplitude: Ratio,
    /// The local time of the highest rate, since midnight.
    pub peak: SimDuration,
    /// Local time - UTC, in seconds.
    pub utc_offset_s: f64,
    /// The time in UTC, since midnight, at which the measured period starts.
    pub starts_at: SimDuration,
}

impl Diurnal {
    pub(super) fn at(&self, at: SimDuration) -> Rate {
        rate_of(self.per_ns(self.angle(at.as_ns() as f64)) * 1e9)
    }

    pub(super) fn cumulative(&self, until: SimDuration) -> f64 {
        self.expected(self.angle(0.0), until.as_ns() as f64)
    }

    /// A range of rates per second, widened by the top and the bottom of the day if they are in
    /// between.
    pub(super) fn widened(
        &self,
        [low, high]: [f64; 2],
        from: SimDuration,
        to: SimDuration,
    ) -> [f64; 2] {
        let passes = |turn: f64| {
            let turns = |at: SimDuration| (self.angle(at.as_ns() as f64) / TAU - turn).floor();
            turns(to) > turns(from)
        };
        let extreme = |factor: f64| self.mean.as_per_s() * (1.0 + factor * self.amplitude.as_f64());
        [
            if passes(0.5) { extreme(-1.0) } else { low },
            if passes(0.0) { extreme(1.0) } else { high },
        ]
    }

    pub(super) fn walk(&self, stretch: Stretch, expected: f64) -> Walk {
        let Stretch { from, limit } = stretch;
        if from >= 0.0 {
            return self.walk_day(stretch, expected);
        }
        let before = Stretch {
            from,
            limit: limit.min(0.0),
        };
        match along_constant(self.per_ns(self.angle(0.0)), before, expected) {
            Walk::Left(left) if limit > 0.0 => self.walk_day(Stretch { from: 0.0, limit }, left),
            walk => walk,
        }
    }

    /// The same within the measured period.
    fn walk_day(&self, Stretch { from, limit }: Stretch, expected: f64) -> Walk {
        let angle = self.angle(from);
        if limit.is_finite() {
            let available = self.expected(angle, limit - from);
            if expected > available {
                return Walk::Left(expected - available);
            }
        }
        if per_ns(self.mean) <= 0.0 {
            return Walk::Left(expected);
        }
        Walk::Reached((from + self.wait(angle, expected)).min(limit))
    }

    /// How long `expected` arrivals take from an angle on.
    fn wait(&self, angle: f64, expected: f64) -> f64 {
        let mean = per_ns(self.mean);
        let amplitude = self.amplitude.as_f64();
        let mut low = expected / (mean * (1.0 + amplitude));
        // Every day brings the same, so the root is in the day that the mean says.
        let days = (expected / (mean * DAY_NS)).floor() + 1.0;
        let mut high = (expected / (mean * (1.0 - amplitude))).min(days * DAY_NS);
        // A step of Newton's leaves at most its square times this: half of the greatest second
        // derivative over the least first one.
        let curvature = OMEGA * amplitude / (2.0 * (1.0 - amplitude));
        let mut wait = (expected / self.per_ns(angle)).clamp(low, high);
        for _ in 0..STEPS_MAX {
            let excess = self.expected(angle, wait) - expected;
            if excess > 0.0 {
                high = wait;
            } else {
                low = wait;
            }
            let newton = wait - excess / self.per_ns(angle + OMEGA * wait);
            let is_within = newton > low && newton < high;
            let next = if is_within {
                newton
            } else {
                f64::midpoint(low, high)
            };
            let step = (next - wait).abs();
            if step < ROOT_NS || is_within && step * step * curvature < ROOT_NS {
                return next;
            }
            wait = next;
        }
        wait
    }

    /// The mean number of arrivals in `length` nanoseconds from an angle on. The difference of
    /// the two sines is written as a product: nothing cancels where the length is short.
    fn expected(&self, angle: f64, length: f64) -> f64 {
        let half = OMEGA * length / 2.0;
        let wave = 2.0 * self.amplitude.as_f64() / OMEGA * (angle + half).cos() * half.sin();
        (per_ns(self.mean) * (length + wave)).max(0.0)
    }

    fn per_ns(&self, angle: f64) -> f64 {
        let factor = 1.0 + self.amplitude.as_f64() * angle.cos();
        (per_ns(self.mean) * factor).max(0.0)
    }

    /// How far past the peak the day is.
    fn angle(&self, at: f64) -> f64 {
        let utc = self.starts_at.as_ns() as f64 + at;
        OMEGA * (utc + self.utc_offset_s * 1e9 - self.peak.as_ns() as f64)
    }
}
