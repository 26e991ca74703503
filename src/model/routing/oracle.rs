//! To the region where an attempt adds the least to the latency of all, if it knew everything that can
//! be known.
//!
//! No product: it shows what better knowledge could give. For every attempt anew, and free of
//! look-ups, cached answers and handshakes, the region with the least cost: round trip + what one more
//! there costs all, its own time in the region and by how much longer those behind it take. It knows
//! which regions are up (the truth, for which it needs no probes and sends none), how much is in
//! service and waiting in each, when all that is on its way to each is due there, and at which rates
//! populations ask.
//!
//! It is one step of policy improvement on the best fixed split of the traffic (Krishnan, "Joining the
//! right queue: a state-dependent decision rule", IEEE Trans. Automatic Control 35, 1990). `split` says
//! where populations would go by fixed shares. If all who come later went by them, each region would be
//! a queue of its own, M/M/c, and what one more costs there has a closed form ([`JoiningCost`]), taken
//! at the number that the attempt is expected to find. `outlook` says how that number comes about, and
//! where the closed form is reined in. Whoever charges an attempt its own time alone (Wardrop, "Some
//! theoretical aspects of road traffic research", 1952) crowds a region until its queue takes as long as
//! the detour to the next: 34 ms instead of 26 ms in the mean, and 70 ms instead of 32 ms, in the two
//! fleets with one crowded region of `tests/it/routing_bounds.rs`.
//!
//! The rates are those at which first attempts are made: retries and hedges are seen once they are on
//! their way. Users of a closed loop are taken to ask as often as they can. It does not know single
//! demands, nor jitter, nor how regular arrivals or services are, nor what the configuration of a
//! region does to requests, nor how long rates, health and workers stay as they are.
//!
//! It is a measure, not a proof: the least possible mean latency is not known for such a fleet. No
//! other strategy was found to beat it with a fixed set of healthy regions, in the fleets of that file.
//!
//! [`JoiningCost`]: crate::stats::queueing::JoiningCost

use crate::model::entity::{PopulationId, PopulationSpec, RegionId, RegionSpec};
use crate::model::routing::{HealthView, LoadView, Outlook, Plan, View, open, split};
use crate::units::{Id, IdMap, SimDuration, SimTime};

/// Costs that differ by less are equal, in seconds: more than the split is wrong by.
const EQUAL_S: f64 = 1e-6;

/// Least cost for all, by perfect knowledge.
#[derive(Clone, Debug, PartialEq)]
pub struct Oracle {
    rtts: IdMap<PopulationSpec, IdMap<RegionSpec, SimDuration>>,
}

impl Oracle {
    /// Routing with these round trips of each population.
    pub fn new(rtts: IdMap<PopulationSpec, IdMap<RegionSpec, SimDuration>>) -> Self {
        Self { rtts }
    }

    /// The region of least cost; of equals the one that comes first in the file.
    pub(in crate::model) fn choose(
        &self,
        (now, population): (SimTime, PopulationId),
        view: &View,
    ) -> RegionId {
        let cost_s = |region: RegionId| {
            let load = &view.load.regions[region];
            let way = (now, now + self.way(population, region));
            let underway = view.underway.to(region);
            // Without an outlook nothing is known to come.
            let there_s = view.outlook.as_ref().map_or(load.demand_s, |outlook| {
                outlook.cost_s((region, load), way, underway)
            });
            self.rtts[population][region].as_secs_f64() + there_s
        };
        let mut best = None;
        for region in open(&view.health) {
            let cost_s = cost_s(region);
            if best.is_none_or(|(_, least_s)| cost_s < least_s - EQUAL_S) {
                best = Some((region, cost_s));
            }
        }
        // With all offline there is nobody to choose from.
        best.map_or(Id::new(0), |(region, _)| region)
    }

    /// What it reckons with from `now` on, under the demand of `load`.
    pub(in crate::model) fn outlook(
        &self,
        now: SimTime,
        health: &HealthView,
        load: &LoadView,
    ) -> Outlook {
        Outlook::new(now, &self.rtts, (load, &self.split(health, load)))
    }

    /// How long an attempt of a population takes to a region.
    pub(in crate::model) fn way(&self, population: PopulationId, region: RegionId) -> SimDuration {
        self.rtts[population][region] / 2
    }

    /// The fixed shares that it improves on. Its own differ, as each attempt goes by the queues of its
    /// moment, but not by much.
    pub(super) fn split(&self, health: &HealthView, load: &LoadView) -> Plan {
        split::best(&self.rtts, health, load)
    }
}
