//! Simulated time: whole nanoseconds, so that sums are exact and ties are real ties.
//!
//! [`SimTime`] is a point on the run's clock, [`SimDuration`] a length. Only the operators
//! that mean something exist: two points have a difference, a point and a length have a sum,
//! two points have no sum.

use std::ops::{Add, AddAssign, Div, Mul, Sub};

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

const NS_PER_S: f64 = 1e9;

/// A point on the simulated clock: nanoseconds since the run began (at the start of its warm-up).
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    FromBytes,
    IntoBytes,
    KnownLayout,
    Immutable,
)]
#[repr(transparent)]
pub struct SimTime(u64);

/// A length of simulated time in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimDuration(u64);

impl SimTime {
    /// The start of the run.
    pub const ZERO: Self = Self(0);
    /// Later than anything that happens: the deadline of what has none.
    pub const NEVER: Self = Self(u64::MAX);

    /// The point `ns` nanoseconds after the start of the run.
    pub const fn from_ns(ns: u64) -> Self {
        Self(ns)
    }

    /// Nanoseconds since the start of the run.
    pub const fn as_ns(self) -> u64 {
        self.0
    }

    /// Seconds since the start of the run.
    pub const fn as_secs_f64(self) -> f64 {
        self.0 as f64 / NS_PER_S
    }

    /// The length from `earlier` to this point; zero if `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> SimDuration {
        SimDuration(self.0.saturating_sub(earlier.0))
    }

    /// The point this length earlier; the start of the run if that lies before it.
    #[must_use]
    pub const fn before(self, length: SimDuration) -> Self {
        Self(self.0.saturating_sub(length.0))
    }

    /// When a limit that counts from here strikes: never if there is none.
    #[must_use]
    pub fn limited_by(self, limit: Option<SimDuration>) -> Self {
        limit.map_or(Self::NEVER, |limit| self + limit)
    }
}

impl SimDuration {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// The longest length, about 146 years: half the clock's range, so that a point plus a
    /// length cannot wrap. Longer samples are cut to it.
    pub const MAX: Self = Self(1 << 62);

    /// A length of `ns` nanoseconds.
    pub const fn from_ns(ns: u64) -> Self {
        Self(ns)
    }

    /// A length of `us` microseconds.
    pub const fn from_micros(us: u64) -> Self {
        Self(us * 1_000)
    }

    /// A length of `ms` milliseconds.
    pub const fn from_millis(ms: u64) -> Self {
        Self(ms * 1_000_000)
    }

    /// A length of `s` seconds.
    pub const fn from_secs(s: u64) -> Self {
        Self(s * 1_000_000_000)
    }

    /// A length in seconds, rounded to nanoseconds; negative and NaN become zero, and what is
    /// longer than [`SimDuration::MAX`] becomes that.
    pub fn from_secs_f64(s: f64) -> Self {
        Self::from_ns_f64(s * NS_PER_S)
    }

    /// A length in nanoseconds, rounded to whole ones; see [`SimDuration::from_secs_f64`].
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` saturates, and NaN becomes 0: both are what is documented"
    )]
    pub fn from_ns_f64(ns: f64) -> Self {
        // By way of i64: the processor has an instruction for that.
        Self(((ns + 0.5) as i64).max(0) as u64).min(Self::MAX)
    }

    /// Nanoseconds.
    pub const fn as_ns(self) -> u64 {
        self.0
    }

    /// Seconds.
    pub const fn as_secs_f64(self) -> f64 {
        self.0 as f64 / NS_PER_S
    }

    /// This length times a factor of at least zero, rounded to nanoseconds.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self::from_ns_f64(self.0 as f64 * factor)
    }

    /// Whether this is no time at all.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl Add<SimDuration> for SimTime {
    type Output = Self;

    fn add(self, length: SimDuration) -> Self {
        Self(self.0.saturating_add(length.0))
    }
}

impl Sub<SimTime> for SimTime {
    type Output = SimDuration;

    fn sub(self, earlier: SimTime) -> SimDuration {
        debug_assert!(self >= earlier, "the later point comes first");
        self.since(earlier)
    }
}

impl Add for SimDuration {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0)).min(Self::MAX)
    }
}

impl AddAssign for SimDuration {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Mul<u64> for SimDuration {
    type Output = Self;

    fn mul(self, times: u64) -> Self {
        Self(self.0.saturating_mul(times)).min(Self::MAX)
    }
}

impl Div<u64> for SimDuration {
    type Output = Self;

    fn div(self, parts: u64) -> Self {
        Self(self.0 / parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_rounded_to_whole_nanoseconds() {
        assert_eq!(
            SimDuration::from_secs_f64(1.234_567_890_4).as_ns(),
            1_234_567_890
        );
        assert_eq!(SimDuration::from_secs_f64(-1.0), SimDuration::ZERO);
        assert_eq!(SimDuration::from_secs_f64(f64::NAN), SimDuration::ZERO);
        assert_eq!(SimDuration::from_secs_f64(1e30), SimDuration::MAX);
    }

    #[test]
    fn never_stays_never() {
        assert_eq!(SimTime::NEVER + SimDuration::from_secs(1), SimTime::NEVER);
    }
}
