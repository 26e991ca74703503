//! To the region that a population is assigned to.
//!
//! As geographic routing in DNS traffic managers: the assigned region is answered even when it is
//! not healthy, unless another one is named behind it.

use crate::model::entity::{PopulationId, PopulationSpec, RegionId, RegionSpec};
use crate::model::health::Health;
use crate::model::routing::HealthView;
use crate::units::IdMap;

/// For every population its regions.
#[derive(Clone, Debug, PartialEq)]
pub struct Geographic {
    /// Not empty, the preferred one first, each region at most once.
    regions: IdMap<PopulationSpec, Vec<RegionId>>,
}

impl Geographic {
    /// Routing by these lists.
    ///
    /// # Panics
    /// If a list is empty, which no checked study has.
    pub fn new(regions: IdMap<PopulationSpec, Vec<RegionId>>) -> Self {
        let is_named = regions.iter().all(|list| !list.is_empty());
        assert!(is_named, "every population has a region");
        Self { regions }
    }

    /// The first healthy one; if there is none, the first that is not offline.
    pub(super) fn choose(&self, population: PopulationId, health: &HealthView) -> RegionId {
        let list = &self.regions[population];
        let first = |is_open: fn(Health) -> bool| {
            let mut list = list.iter().copied();
            list.find(|&region| is_open(health[region]))
        };
        first(|health| health == Health::Healthy)
            .or_else(|| first(|health| health != Health::Offline))
            .unwrap_or(list[0])
    }

    pub(super) fn can_answer(&self, is_offline: &IdMap<RegionSpec, bool>) -> bool {
        let serves = |list: &Vec<RegionId>| list.iter().any(|&region| !is_offline[region]);
        self.regions.iter().all(serves)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere_unless_that_is_said() {
        let [first, second] = [0, 1].map(RegionId::new);
        let geographic = Geographic::new(IdMap::new(vec![vec![first], vec![first, second]]));
        let [alone, safe] = [0, 1].map(PopulationId::new);
        let choose = |population, of_first| {
            let health = IdMap::new(vec![of_first, Health::Healthy]);
            geographic.choose(population, &health)
        };
        assert_eq!(choose(alone, Health::Healthy), first);
        assert_eq!(choose(alone, Health::Degraded), first);
        assert_eq!(choose(safe, Health::Degraded), second);
    }
}
