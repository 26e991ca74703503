//! How often something happens.

use crate::units::SimDuration;

/// Events per second: finite and not negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Rate(f64);

impl Rate {
    /// A rate per second, or `None` if it is negative, infinite or NaN.
    pub fn per_s(per_s: f64) -> Option<Self> {
        (per_s.is_finite() && per_s >= 0.0).then_some(Self(per_s))
    }

    /// Events per second.
    pub const fn as_per_s(self) -> f64 {
        self.0
    }

    /// The mean time from one event to the next, or `None` if nothing ever happens.
    pub fn mean_gap(self) -> Option<SimDuration> {
        (self.0 > 0.0).then(|| SimDuration::from_secs_f64(1.0 / self.0))
    }
}
