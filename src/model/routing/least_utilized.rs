//! To the healthy region that the signal calls the least utilized.
//!
//! As steering by the least outstanding requests in global load balancers. Ties go to the region
//! that is closer, then to the one that comes first in the file; so does everything before the
//! first signal. A signal that is measured says the same to everybody until the next one comes: all
//! that are told anything in that time run to the same region (the herd of Mitzenmacher, "How
//! useful is old information?", 2000).

use crate::model::entity::{PopulationId, PopulationSpec, RegionId, RegionSpec};
use crate::model::routing::weighted::shares;
use crate::model::routing::{HealthView, LoadView, Plan, View, compare, open, open_capacity};
use crate::units::{Id, IdMap, SimDuration};

/// Lowest utilization first.
#[derive(Clone, Debug, PartialEq)]
pub struct LeastUtilized {
    rtts: IdMap<PopulationSpec, IdMap<RegionSpec, SimDuration>>,
}

impl LeastUtilized {
    /// Routing with these round trips of each population.
    pub fn new(rtts: IdMap<PopulationSpec, IdMap<RegionSpec, SimDuration>>) -> Self {
        Self { rtts }
    }

    pub(super) fn choose(&self, population: PopulationId, view: &View) -> RegionId {
        let rtt = &self.rtts[population];
        let least = open(&view.health).min_by(|&a, &b| compare((a, b), &view.load, rtt));
        // With all offline there is nobody to choose from.
        least.unwrap_or(Id::new(0))
    }

    /// Shares under a steady load, for which it is an approximation: where signals are fresh and
    /// work comes in small pieces, all regions are equally utilized. With few requests inside the
    /// closest get more, as ties go to them.
    pub(super) fn shares(&self, health: &HealthView, load: &LoadView) -> Plan {
        let shares = shares(health.len(), |region| open_capacity(region, health, load));
        self.rtts.map(|_| shares.clone())
    }
}
