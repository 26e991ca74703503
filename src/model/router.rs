//! The router: what it believes, what it is told, and what it answers.

use std::cell::Cell;

use crate::model::entity::{OutageId, PopulationId, RegionId, RegionSpec};
use crate::model::health::Health;
use crate::model::routing::{HealthView, Strategy, View};
use crate::model::spec::FleetSpec;
use crate::random::Stream;
use crate::units::IdMap;

/// The beliefs of the router and the strategy that it answers by.
#[derive(Clone, Debug)]
pub(crate) struct Router<'s> {
    strategy: &'s Strategy,
    /// What it answers by: its beliefs, but for regions that are offline.
    health: HealthView,
    beliefs: HealthView,
    is_offline: IdMap<RegionSpec, bool>,
    /// What it answered last; the first turn of all is the first region's.
    last: Cell<RegionId>,
    /// The outages in which the names of regions have no address.
    nameless: IdMap<RegionSpec, Option<OutageId>>,
}

impl<'s> Router<'s> {
    /// A router that believes every region healthy that is there from the start.
    pub(crate) fn new(fleet: &'s FleetSpec) -> Self {
        let beliefs = IdMap::from_fn(fleet.regions.len(), |_| Health::Healthy);
        let mut router = Self {
            strategy: &fleet.routing.strategy,
            health: beliefs.clone(),
            is_offline: beliefs.map(|_| false),
            last: Cell::new(
                fleet
                    .regions
                    .ids()
                    .next_back()
                    .expect("a fleet has a region"),
            ),
            nameless: beliefs.map(|_| None),
            beliefs,
        };
        for region in fleet.regions.ids().filter(|&id| fleet.joins_later(id)) {
            router.set_offline(region, true);
        }
        router
    }

    /// The region that a look-up by a client of `population` gets.
    pub(crate) fn answer(&self, population: PopulationId, stream: &mut Stream) -> RegionId {
        let view = View {
            health: &self.health,
            last: self.last.get(),
        };
        let answer = self.strategy.choose(population, view, stream);
        self.last.set(answer);
        answer
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

    /// What it answers by of a region.
    pub(crate) fn health(&self, region: RegionId) -> Health {
        self.health[region]
    }

    /// Whether it has a region to offer to a population that it believes healthy.
    pub(crate) fn has_healthy_region(&self, population: PopulationId) -> bool {
        let shares = self.strategy.shares(population, &self.health);
        let mut offered = shares.entries().filter(|&(_, &share)| share > 0.0);
        offered.any(|(region, _)| self.health[region] == Health::Healthy)
    }

    /// Makes it believe something; returns whether it believed something else before.
    pub(crate) fn believe(&mut self, region: RegionId, health: Health) -> bool {
        let is_new = std::mem::replace(&mut self.beliefs[region], health) != health;
        self.set_offline(region, self.is_offline[region]);
        is_new
    }

    /// Whether it could do without a region.
    pub(crate) fn can_spare(&self, region: RegionId) -> bool {
        let mut is_offline = self.is_offline.clone();
        is_offline[region] = true;
        self.strategy.can_answer(&is_offline)
    }

    /// Whether a region is offline.
    pub(crate) fn is_offline(&self, region: RegionId) -> bool {
        self.is_offline[region]
    }

    /// Takes a region out of its answers, or back into them.
    pub(crate) fn set_offline(&mut self, region: RegionId, is_offline: bool) {
        self.is_offline[region] = is_offline;
        self.health[region] = if is_offline {
            Health::Offline
        } else {
            self.beliefs[region]
        };
    }

    /// The outage in which the name of a region has no address.
    pub(crate) fn nameless(&self, region: RegionId) -> Option<OutageId> {
        self.nameless[region]
    }

    /// Takes the address from a region's name, or gives it back.
    pub(crate) fn set_nameless(&mut self, region: RegionId, outage: Option<OutageId>) {
        self.nameless[region] = outage;
    }
}
