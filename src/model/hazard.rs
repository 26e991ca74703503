//! Outages by chance: alternating renewal processes.
//!
//! A hazard is quiet for a time drawn from one distribution, strikes for a time drawn from
//! another, and so on; all of its outages begin and end together, whatever else goes on.
//!
//! A run sees a stretch of a process that has gone on for ever (Cox, Renewal Theory, 1962,
//! chapters 5 and 7): at any time, however short the run, it strikes with a probability of
//! MTTR / (MTBF + MTTR). No strike begins after the measured period.

use crate::model::entity::OutageSpec;
use crate::random::{Distribution, Purpose, StreamSeed};
use crate::units::{Id, SimDuration, SimTime};

/// The shortest time that a strike takes: what is drawn shorter than can be told is still there.
const NO_TIME: SimDuration = SimDuration::from_ns(1);

/// The number of a hazard, in the order of the file.
pub type HazardId = Id<HazardSpec>;

/// What brings outages by chance.
#[derive(Clone, Debug, PartialEq)]
pub struct HazardSpec {
    /// The time from the end of one strike to the start of the next; its mean is positive.
    pub mtbf: Distribution,
    /// The time from the start of a strike to its end; its mean is positive.
    pub mttr: Distribution,
    /// What begins and ends with each strike, at least one; the times in it mean nothing.
    pub outages: Vec<OutageSpec>,
}

impl HazardSpec {
    /// The long-run share of time in which it strikes.
    pub fn share_down(&self) -> f64 {
        let [up, down] = [&self.mtbf, &self.mttr].map(|time| time.mean().as_secs_f64());
        down / (up + down)
    }

    /// How often it strikes on average in so long a time.
    pub fn strikes_in(&self, time: SimDuration) -> f64 {
        let cycle = self.mtbf.mean() + self.mttr.mean();
        time.as_secs_f64() / cycle.as_secs_f64()
    }

    /// The most strikes in any of a few runs until `end`, but no more than `most`. The mean of a
    /// heavy tail says nothing of a run that meets none of the few long times.
    pub fn strikes_drawn(&self, end: SimTime, most: usize) -> usize {
        const RUNS: u64 = 8;
        let strikes = (0..RUNS).map(|replication| {
            let seed = StreamSeed {
                seed: 0,
                replication,
            };
            self.strikes("", (end, seed), most).spans.len()
        });
        strikes.max().unwrap_or_default()
    }

    /// When it strikes in a run, until its measured period ends or it has struck so often; its
    /// stream has a name.
    pub(super) fn strikes(
        &self,
        name: &str,
        (end, seed): (SimTime, StreamSeed),
        most: usize,
    ) -> Strikes {
        let mut stream = seed.stream(Purpose::Outages, name);
        let mut spans = Vec::new();
        let mut now = SimTime::ZERO;
        let is_lasting = stream.unit() < self.share_down();
        if is_lasting {
            now = now + self.mttr.sample_rest(&mut stream).max(NO_TIME);
            spans.push([SimTime::ZERO, now]);
        }
        // A quiet time that a strike begins with is a whole one.
        let mut start = if is_lasting {
            now + self.mtbf.sample(&mut stream)
        } else {
            now + self.mtbf.sample_rest(&mut stream)
        };
        while start < end && spans.len() < most {
            now = start + self.mttr.sample(&mut stream).max(NO_TIME);
            spans.push([start, now]);
            start = now + self.mtbf.sample(&mut stream);
        }
        spans.truncate(most);
        Strikes {
            is_lasting,
            spans,
            is_cut_off: start < end,
        }
    }
}

/// When a hazard strikes in a run, on the run's clock.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Strikes {
    /// Whether the first has begun before the run, nobody knows when.
    pub is_lasting: bool,
    /// From when to when, in order.
    pub spans: Vec<[SimTime; 2]>,
    /// Whether there would be more.
    pub is_cut_off: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    const H: fn(u64) -> SimDuration = |hours| SimDuration::from_secs(3_600 * hours);

    /// The shares of `times` at which a hazard strikes, over many runs.
    fn share_down(hazard: &HazardSpec, times: [SimDuration; 3]) -> [f64; 3] {
        const RUNS: u64 = 40_000;
        let end = SimTime::ZERO + H(1_000);
        let mut down = [0_u32; 3];
        for replication in 0..RUNS {
            let seed = StreamSeed {
                seed: 1,
                replication,
            };
            let strikes = hazard.strikes("europe", (end, seed), usize::MAX);
            for (count, time) in down.iter_mut().zip(times) {
                let at = SimTime::ZERO + time;
                let lasts = |&[start, end]: &[SimTime; 2]| start <= at && at < end;
                *count += u32::from(strikes.spans.iter().any(lasts));
            }
        }
        down.map(|count| f64::from(count) / RUNS as f64)
    }

    /// Goal: a run is a stretch of a process that has gone on for ever. Method: for every family,
    /// the share of runs in which it strikes at three times, of which the first is the very start,
    /// is MTTR / (MTBF + MTTR), within 3.5 standard deviations of a binomial share.
    #[test]
    fn a_hazard_is_as_likely_to_strike_at_any_time() {
        let families = [
            Distribution::constant(H(10)),
            Distribution::exponential(H(10)).expect("a mean"),
            Distribution::lognormal_mean_cv(H(10), 1.5).expect("a mean"),
            Distribution::gamma(H(10), 0.6).expect("a mean"),
            Distribution::uniform(H(5), H(15)).expect("two ends"),
            Distribution::weibull(H(10), 2.0).expect("a mean"),
            Distribution::pareto(H(6), 2.5).expect("a mean"),
            Distribution::empirical(vec![H(2), H(18)]).expect("values"),
        ];
        let long = |family: &Distribution| family.clone();
        for family in &families {
            for (mtbf, mttr) in [
                (long(family), Distribution::constant(H(5))),
                (Distribution::constant(H(15)), long(family)),
            ] {
                let hazard = HazardSpec {
                    mtbf,
                    mttr,
                    outages: Vec::new(),
                };
                let expected = hazard.share_down();
                let deviation = (expected * (1.0 - expected) / 40_000.0).sqrt();
                for found in share_down(&hazard, [H(0), H(7), H(23)]) {
                    assert!(
                        (found - expected).abs() < 3.5 * deviation,
                        "{family:?}: {found} is not {expected} +- {deviation}"
                    );
                }
            }
        }
    }

    /// Goal: what is drawn is bounded, and takes time. Method: lengths of which nearly all are below
    /// a nanosecond, though their mean is long.
    #[test]
    fn strikes_are_bounded_and_never_empty() {
        let tiny = || Distribution::gamma(SimDuration::from_millis(10), 40.0).expect("a mean");
        let hazard = HazardSpec {
            mtbf: tiny(),
            mttr: tiny(),
            outages: Vec::new(),
        };
        let end = SimTime::ZERO + H(1);
        let seed = StreamSeed {
            seed: 1,
            replication: 0,
        };
        let strikes = hazard.strikes("europe", (end, seed), 5_000);
        assert_eq!((strikes.spans.len(), strikes.is_cut_off), (5_000, true));
        assert!(strikes.spans.iter().all(|[start, end]| start < end));
        assert_eq!(hazard.strikes_drawn(end, 100), 100);
        let whole = hazard.strikes("europe", (SimTime::ZERO + NO_TIME, seed), 5_000);
        assert!(!whole.is_cut_off);
    }
}
