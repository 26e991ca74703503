//! What arithmetic tells of the configuration without simulating: how late a region gets a change.
//!
//! A region that pulls every interval I, and has applied what it pulled after a delay d, runs what
//! was accepted before a time that is d to d + I ago, any of them equally likely. With independent
//! changes at a rate L it therefore lacks none with the mean of exp(-L x) over d <= x <= d + I.
//! What this file is not: it knows no variance of the delay, no outage, no rollout and no freeze.

use crate::model::{Changes, ConfigSpec, RegionId};
use crate::units::{Rate, SimDuration};

/// How far a region is behind the management plane in the primary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lag {
    /// From a change to its being applied at best, if it just makes a pull: the way of the answer and
    /// the mean time to apply.
    pub least: SimDuration,
    /// The same at worst, if the change just missed a pull.
    pub most: SimDuration,
    /// The share of time in which the region lacks a change, from 0 to 1; `None` if the changes
    /// come at given times.
    pub stale: Option<f64>,
}

/// How far a region is behind a primary.
pub fn lag(config: &ConfigSpec, region: RegionId, primary: RegionId) -> Lag {
    let sync = &config.sync;
    let way = sync.rtt[region][primary] / 2;
    let least = sync.apply.mean() + way;
    Lag {
        least,
        most: least + sync.interval,
        stale: match config.changes {
            Changes::Poisson(rate) => Some(stale_share(rate, sync.interval, least)),
            Changes::Listed(_) => None,
        },
    }
}

/// The share of time in which a change is missing that was accepted: changes at a rate, pulled
/// every `interval`, and applied `delay` after that.
pub fn stale_share(rate: Rate, interval: SimDuration, delay: SimDuration) -> f64 {
    let [missed, late] = [interval, delay].map(|length| rate.as_per_s() * length.as_secs_f64());
    if missed <= 0.0 {
        return -(-late).exp_m1();
    }
    // `exp_m1` keeps the digits of rare changes.
    1.0 - (-late).exp() * (-(-missed).exp_m1()) / missed
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: fn(u64) -> SimDuration = SimDuration::from_secs;

    fn stale(per_h: f64, interval: u64, delay: u64) -> f64 {
        let rate = Rate::per_s(per_h / 3_600.0).expect("a rate");
        stale_share(rate, S(interval), S(delay))
    }

    fn assert_close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    /// Goal: the formula is the mean of its parts. Method: sum over the time since the last pull
    /// was accepted.
    #[test]
    fn staleness_is_a_mean_over_the_phase_of_the_pulls() {
        let (per_h, interval, delay) = (90.0, 30, 7);
        let pieces = 100_000;
        let lacks_none = |piece: u32| {
            let phase = (f64::from(piece) + 0.5) / f64::from(pieces) * 30.0;
            (-per_h / 3_600.0 * (7.0 + phase)).exp()
        };
        let mean = (0..pieces).map(lacks_none).sum::<f64>() / f64::from(pieces);
        assert_close(stale(per_h, interval, delay), 1.0 - mean);
    }

    /// Goal: the limits are right. Method: no change, no interval, and rare changes, for which the
    /// share is rate x mean age.
    #[test]
    fn staleness_has_the_limits_that_it_must() {
        assert_close(stale(0.0, 10, 2), 0.0);
        assert_close(stale(3_600.0, 0, 1), 1.0 - (-1.0_f64).exp());
        assert!((stale(0.36, 10, 2) / (0.0001 * 7.0) - 1.0).abs() < 1e-3);
        assert!(stale(1e9, 10, 2) > 0.999);
    }
}
