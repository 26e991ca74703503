//! To the first healthy region of a list: active and standby.

use crate::model::entity::{RegionId, RegionSpec};
use crate::model::routing::{HealthView, eligible};
use crate::units::IdMap;

/// A list of regions, the preferred one first.
#[derive(Clone, Debug, PartialEq)]
pub struct Priority {
    /// Not empty, each region at most once; a region outside it gets no traffic.
    order: Vec<RegionId>,
}

impl Priority {
    /// Priority in this order.
    ///
    /// # Panics
    /// If the list is empty, which no checked study has.
    pub fn new(order: Vec<RegionId>) -> Self {
        assert!(!order.is_empty(), "a priority list names a region");
        Self { order }
    }

    pub(super) fn can_answer(&self, is_offline: &IdMap<RegionSpec, bool>) -> bool {
        self.order.iter().any(|&region| !is_offline[region])
    }

    pub(super) fn choose(&self, health: &HealthView) -> RegionId {
        *self
            .order
            .iter()
            .find(|&&region| eligible(region, health))
            .unwrap_or(&self.order[0])
    }
}
