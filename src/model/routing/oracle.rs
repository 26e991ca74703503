//! To the region that is best for each attempt by itself, if it knew everything that can be known.
//!
//! No product: it shows what better knowledge could give. For every attempt anew, and free of
//! look-ups, cached answers and handshakes, the region with the least expected latency: round trip +
//! expected wait upon arrival + mean demand; of equals the one that comes first in the file. It knows
//! which regions are up (the truth, for which it needs no probes and sends none), how much is in
//! service and waiting in each, and when all that is on its way to each is due there.
//!
//! The expected wait is that in a queue of c workers with exponential service of mean s, by means:
//! from now on the k inside become fewer at a rate of min(k, c) / s, and one more whenever one of
//! those on their way is due; who then finds k inside waits for (k + 1 - c) s / c, or not at all. It
//! does not know what will be sent after it and be there before it, nor demands, nor jitter, nor what
//! the configuration of a region does to requests.
//!
//! It is a bound of what an attempt can get by choosing for itself. It is **not** the least possible
//! mean latency: nobody thinks of those behind (Wardrop, "Some theoretical aspects of road traffic
//! research", 1952). Where a region is crowded and the next has room, attempts stay until its queue
//! takes as long as the detour, and make all those wait who come after them; a waterfall that sends
//! some on the detour before there is a queue can have a lower mean, and has a much lower one where
//! the region is asked for more than it can serve. Where no region is crowded, or all are alike,
//! nothing beats it (`tests/it/routing_bounds.rs` has both).

use crate::model::entity::{PopulationId, PopulationSpec, RegionId, RegionSpec};
use crate::model::routing::{RegionLoad, View, open};
use crate::units::{Id, IdMap, SimDuration, SimTime};

/// Least expected latency, by perfect knowledge.
#[derive(Clone, Debug, PartialEq)]
pub struct Oracle {
    rtts: IdMap<PopulationSpec, IdMap<RegionSpec, SimDuration>>,
}

impl Oracle {
    /// Routing with these round trips of each population.
    pub fn new(rtts: IdMap<PopulationSpec, IdMap<RegionSpec, SimDuration>>) -> Self {
        Self { rtts }
    }

    pub(super) fn choose(
        &self,
        (now, population): (SimTime, PopulationId),
        view: &View,
    ) -> RegionId {
        let latency_s = |region: RegionId| {
            let load = &view.load.regions[region];
            let way = (now, now + self.way(population, region));
            let wait_s = wait_s(load, way, view.underway.to(region));
            self.rtts[population][region].as_secs_f64() + wait_s + load.demand_s
        };
        let latencies = open(&view.health).map(|region| (region, latency_s(region)));
        let least = latencies.min_by(|a, b| a.1.total_cmp(&b.1));
        // With all offline there is nobody to choose from.
        least.map_or(Id::new(0), |(region, _)| region)
    }

    /// How long an attempt of a population takes to a region.
    pub(in crate::model) fn way(&self, population: PopulationId, region: RegionId) -> SimDuration {
        self.rtts[population][region] / 2
    }

    /// The round trips of each population.
    pub(super) fn rtts(&self) -> impl Iterator<Item = &IdMap<RegionSpec, SimDuration>> {
        self.rtts.iter()
    }
}

/// How long something is expected to wait, in seconds, that leaves at `now` and arrives at `there`.
fn wait_s(
    load: &RegionLoad,
    (now, there): (SimTime, SimTime),
    underway: impl Iterator<Item = SimTime>,
) -> f64 {
    let (mut inside, mut at) = (load.inside, now);
    let ahead = underway.skip_while(|&before| before <= now);
    for before in ahead.take_while(|&before| before <= there) {
        inside = left_after(inside, (before - at).as_secs_f64(), load) + 1.0;
        at = before;
    }
    let inside = left_after(inside, (there - at).as_secs_f64(), load);
    let behind = (inside + 1.0 - load.workers).max(0.0);
    behind * load.demand_s / load.workers
}

/// What is left on average, after so many seconds, of so much inside.
fn left_after(inside: f64, seconds: f64, load: &RegionLoad) -> f64 {
    let waiting = (inside - load.workers).max(0.0);
    let drained_s = waiting * load.demand_s / load.workers;
    if seconds <= drained_s {
        return inside - seconds * load.workers / load.demand_s.max(1e-9);
    }
    let rest = (seconds - drained_s) / load.demand_s.max(1e-9);
    (inside - waiting) * (-rest).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two workers of 1 s.
    fn load(inside: f64) -> RegionLoad {
        RegionLoad {
            inside,
            workers: 2.0,
            demand_s: 1.0,
        }
    }

    fn at(s: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_secs(s)
    }

    #[track_caller]
    fn assert_wait(inside: f64, there: u64, underway: &[u64], expected_s: f64) {
        let arrivals = underway.iter().map(|&s| at(s));
        let found = wait_s(&load(inside), (at(10), at(there)), arrivals);
        assert!(
            (found - expected_s).abs() < 1e-12,
            "{found}, not {expected_s}"
        );
    }

    /// By hand: two workers take half a second for each that is ahead of it in the queue.
    #[test]
    fn the_wait_is_what_is_left_upon_arrival() {
        assert_wait(1.0, 10, &[], 0.0);
        assert_wait(2.0, 10, &[], 0.5);
        assert_wait(6.0, 10, &[], 2.5);
        // A second of two workers later two fewer are there.
        assert_wait(6.0, 11, &[], 1.5);
        // Some that is there already, one that comes at 11 s, one that comes too late to matter.
        assert_wait(6.0, 12, &[9, 10, 11, 13], 1.0);
        // From 2 inside 2/e are left after a second, and one comes then.
        assert_wait(2.0, 11, &[11], 0.5 * 2.0 / std::f64::consts::E);
    }
}
