//! To the region with the lowest latency, and around a failed one by a failover rule.
//!
//! The default of multi-region API management and of performance routing in DNS traffic
//! managers: a latency table decides, load does not. Ties go to the region that comes first in
//! the file.

use crate::model::entity::{PopulationId, PopulationSpec, RegionId, RegionSpec};
use crate::model::health::Health;
use crate::model::routing::{HealthView, closest_first, eligible, even, only};
use crate::random::Stream;
use crate::units::{IdMap, SimDuration};

/// Lowest latency first.
#[derive(Clone, Debug, PartialEq)]
pub struct Latency {
    failover: Failover,
    /// For every population its regions, closest first.
    nearest: IdMap<PopulationSpec, Vec<RegionId>>,
}

/// Where the traffic of a failed region goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failover {
    /// To each client's next closest region.
    NextClosest,
    /// Evenly over all other regions, so that the neighbor is not overloaded.
    EvenSpread,
}

impl Latency {
    /// Routing by the round trips of each population, all of at least one region.
    pub fn new<'a>(
        failover: Failover,
        rtts: impl IntoIterator<Item = &'a IdMap<RegionSpec, SimDuration>>,
    ) -> Self {
        Self {
            failover,
            nearest: closest_first(rtts),
        }
    }

    /// The closest region, if it is believed healthy: then it is chosen.
    #[inline]
    pub(super) fn healthy_closest(
        &self,
        population: PopulationId,
        health: &HealthView,
    ) -> Option<RegionId> {
        let closest = self.nearest[population][0];
        (health[closest] == Health::Healthy).then_some(closest)
    }

    pub(super) fn choose(
        &self,
        population: PopulationId,
        health: &HealthView,
        stream: &mut Stream,
    ) -> RegionId {
        let nearest = &self.nearest[population];
        let closest = nearest[0];
        if self.failover == Failover::NextClosest || eligible(closest, health) {
            let mut by_distance = nearest.iter();
            let open = by_distance.find(|&&region| eligible(region, health));
            return *open.unwrap_or(&closest);
        }
        let others = || nearest.iter().filter(|&&region| eligible(region, health));
        let count = u32::try_from(others().count()).expect("region ids are 16 bits");
        let drawn = stream.below(count.max(1)) as usize;
        // With all offline there is nobody to choose from.
        *others().nth(drawn).unwrap_or(&closest)
    }

    pub(super) fn shares(
        &self,
        population: PopulationId,
        health: &HealthView,
    ) -> IdMap<RegionSpec, f64> {
        let nearest = &self.nearest[population];
        if self.failover == Failover::NextClosest || eligible(nearest[0], health) {
            let region = nearest.iter().find(|&&region| eligible(region, health));
            return only(*region.unwrap_or(&nearest[0]), health.len());
        }
        even(health)
    }

    pub(super) fn name(&self) -> &'static str {
        match self.failover {
            Failover::NextClosest => "latency, next closest",
            Failover::EvenSpread => "latency, even spread",
        }
    }
}
