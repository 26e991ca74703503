//! The state of a fleet as strategies see it, health and load of its regions, and what they make of it.

use crate::model::entity::{PopulationSpec, RegionSpec};
use crate::model::health::Health;
use crate::units::IdMap;

/// The believed health of every region.
pub type HealthView = IdMap<RegionSpec, Health>;

/// For every population the share of its look-ups that each region is to get.
pub type Plan = IdMap<PopulationSpec, IdMap<RegionSpec, f64>>;

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

    /// The number of workers.
    pub(in crate::model) fn servers(&self) -> u32 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "counted as a u32"
        )]
        let servers = self.workers as u32;
        servers
    }

    /// Requests a second that keep all workers busy.
    pub fn capacity_per_s(&self) -> f64 {
        // Work that takes no time is as good as a nanosecond of it.
        self.workers / self.demand_s.max(1e-9)
    }
}
