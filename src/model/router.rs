//! The router: what it believes, and what it answers.

use crate::model::entity::{PopulationId, RegionId};
use crate::model::health::Health;
use crate::model::routing::{HealthView, Strategy};
use crate::model::spec::FleetSpec;
use crate::random::Stream;
use crate::units::IdMap;

/// The beliefs of the router and the strategy that it answers by.
#[derive(Clone, Debug)]
pub(crate) struct Router<'s> {
    strategy: &'s Strategy,
    health: HealthView,
}

impl<'s> Router<'s> {
    /// A router that believes every region healthy.
    pub(crate) fn new(fleet: &'s FleetSpec) -> Self {
        Self {
            strategy: &fleet.routing.strategy,
            health: IdMap::from_fn(fleet.regions.len(), |_| Health::Healthy),
        }
    }

    /// The region that a look-up by a client of `population` gets.
    pub(crate) fn answer(&self, population: PopulationId, stream: &mut Stream) -> RegionId {
        self.strategy.choose(population, &self.health, stream)
    }

    /// The region that a client gets which does not want to go to `avoided` again; that one all
    /// the same if no other is believed healthy.
    pub(crate) fn answer_other_than(
        &mut self,
        avoided: RegionId,
        population: PopulationId,
        stream: &mut Stream,
    ) -> RegionId {
        let is_other =
            |&(id, health): &(RegionId, &Health)| id != avoided && *health == Health::Healthy;
        if !self.health.entries().any(|entry| is_other(&entry)) {
            return self.answer(population, stream);
        }
        let believed = std::mem::replace(&mut self.health[avoided], Health::Degraded);
        let answer = self.answer(population, stream);
        self.health[avoided] = believed;
        answer
    }

    /// What it believes about a region.
    pub(crate) fn health(&self, region: RegionId) -> Health {
        self.health[region]
    }

    /// Whether it believes any region healthy.
    pub(crate) fn has_healthy_region(&self) -> bool {
        self.health.iter().any(|&health| health == Health::Healthy)
    }

    /// Makes it believe something; returns whether it believed something else before.
    pub(crate) fn believe(&mut self, region: RegionId, health: Health) -> bool {
        std::mem::replace(&mut self.health[region], health) != health
    }
}
