//! What a router answers by: beliefs about health, and what it knows of the load.

use crate::model::entity::{PopulationSpec, RegionId, RegionSpec};
use crate::model::health::Health;
use crate::model::routing::underway::Underway;
use crate::units::IdMap;

/// The believed health of every region.
pub type HealthView = IdMap<RegionSpec, Health>;

/// For every population the share of its look-ups that each region is to get.
pub type Plan = IdMap<PopulationSpec, IdMap<RegionSpec, f64>>;

/// What a router answers by.
#[derive(Clone, Debug)]
pub struct View {
    /// The believed health of every region.
    pub health: HealthView,
    /// The region that the last look-up was answered with.
    pub last: RegionId,
    /// The load that it knows of: none before the first signal, nor if it does not look at load.
    pub load: LoadView,
    /// What a strategy has planned by the last signal; `None` if it plans nothing, or knows the
    /// load of every moment.
    pub plan: Option<Plan>,
    /// What is on its way to each region, as far as the router has sent it; for the oracle alone.
    pub underway: Underway,
}

/// The load of a fleet, measured or expected.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadView {
    /// Of every region.
    pub regions: IdMap<RegionSpec, RegionLoad>,
    /// Attempts a second, of every population.
    pub demand_per_s: IdMap<PopulationSpec, f64>,
}

/// The load of a region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RegionLoad {
    /// Attempts and probes in service or waiting; a mean if it was measured over a period.
    pub inside: f64,
    /// Workers that are there, at least 1.
    pub workers: f64,
    /// Mean demand of a request, in seconds.
    pub demand_s: f64,
}

impl RegionLoad {
    /// What is inside for every worker: above 1 work waits.
    pub fn utilization(&self) -> f64 {
        self.inside / self.workers
    }

    /// Requests a second that keep all workers busy.
    pub fn capacity_per_s(&self) -> f64 {
        // Work that takes no time is as good as a nanosecond of it.
        self.workers / self.demand_s.max(1e-9)
    }
}
