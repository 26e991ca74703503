//! The router: what it believes, what it is told, and what it answers.

#[cfg(test)]
mod tests;

use crate::model::entity::{OutageId, PopulationId, RegionId, RegionSpec};
use crate::model::health::Health;
use crate::model::observer::Load;
use crate::model::routing::{HealthView, Oracle, Plan, Strategy, Underway, View, draw};
use crate::model::signal::Signal;
use crate::model::spec::FleetSpec;
use crate::random::Stream;
use crate::units::{IdMap, SimTime};

/// The beliefs of the router and the strategy that it answers by.
#[derive(Clone, Debug)]
pub(crate) struct Router<'s> {
    strategy: &'s Strategy,
    /// What an oracle knows the true rates from.
    fleet: &'s FleetSpec,
    /// What it answers by: its beliefs, but for regions that are offline, and the load.
    view: View,
    /// How it learns of the load.
    pub(crate) signal: Signal,
    beliefs: HealthView,
    is_offline: IdMap<RegionSpec, bool>,
    /// How many outages keep news from it.
    frozen: u32,
    /// What it would believe by now without them.
    unheard: IdMap<RegionSpec, Option<Health>>,
    /// Where a steady load would have sent clients before the run starts; `None` if the strategy
    /// does not look at load.
    settled: Option<Plan>,
    /// Whether clients ask for regions by their names.
    uses_names: bool,
    /// The outages in which the names of regions have no address.
    nameless: IdMap<RegionSpec, Option<OutageId>>,
}

impl<'s> Router<'s> {
    /// A router that believes every region healthy that is there from the start.
    pub(crate) fn new(fleet: &'s FleetSpec) -> Self {
        let beliefs = IdMap::from_fn(fleet.regions.len(), |_| Health::Healthy);
        let regions = fleet.regions.ids();
        let view = View {
            health: beliefs.clone(),
            // The first turn of all is the first region's.
            last: regions.last().expect("a fleet has a region"),
            load: fleet.idle_load(),
            plan: None,
            underway: Underway::none(beliefs.len()),
            outlook: None,
        };
        let mut router = Self {
            strategy: &fleet.routing.strategy,
            fleet,
            view,
            signal: Signal::new(fleet),
            is_offline: beliefs.map(|_| false),
            frozen: 0,
            unheard: beliefs.map(|_| None),
            settled: None,
            uses_names: !fleet.routing.decides_each_attempt(),
            nameless: beliefs.map(|_| None),
            beliefs,
        };
        for region in fleet.regions.ids().filter(|&id| fleet.joins_later(id)) {
            router.set_offline(region, true);
        }
        router.plan();
        router.settled = router.looks_at_load().then(|| {
            let load = fleet.load_at_start();
            router.strategy.shares(&router.view.health, &load)
        });
        router
    }

    /// The region that a look-up at `now` by a client of `population` gets.
    #[inline]
    pub(crate) fn answer(
        &mut self,
        now: SimTime,
        population: PopulationId,
        stream: &mut Stream,
    ) -> RegionId {
        if let Strategy::Oracle(oracle) = self.strategy {
            return self.foretell(oracle, (now, population));
        }
        let answer = self.strategy.choose((now, population), &self.view, stream);
        self.view.last = answer;
        answer
    }

    /// What an oracle answers, which remembers what is on its way.
    #[cold]
    fn foretell(
        &mut self,
        oracle: &Oracle,
        (now, population): (SimTime, PopulationId),
    ) -> RegionId {
        self.look_ahead(now);
        let answer = oracle.choose((now, population), &self.view);
        let there = now + oracle.way(population, answer);
        self.view.underway.left(now, (answer, there));
        self.view.last = answer;
        answer
    }

    /// Makes an oracle reckon with the true rates of `now`, if it does not.
    fn look_ahead(&mut self, now: SimTime) {
        let Strategy::Oracle(oracle) = self.strategy else {
            return;
        };
        if let Some(outlook) = &self.view.outlook
            && !outlook.is_due(now)
        {
            return;
        }
        let demand_per_s = self.fleet.demand_at(now.since(self.fleet.period.start()));
        if let Some(outlook) = &mut self.view.outlook
            && outlook.still_holds(now, &demand_per_s)
        {
            return;
        }
        self.view.load.demand_per_s = demand_per_s;
        let View { health, load, .. } = &self.view;
        self.view.outlook = Some(oracle.outlook(now, health, load));
    }

    /// The region that a client got by whose answer it goes when the run starts. By then signals had
    /// long been there, and nothing is on its way for that.
    pub(crate) fn earlier_answer(
        &mut self,
        population: PopulationId,
        stream: &mut Stream,
    ) -> RegionId {
        let at = (SimTime::ZERO, population);
        self.view.last = match &self.settled {
            Some(settled) => draw(&settled[population], stream),
            None => self.strategy.choose(at, &self.view, stream),
        };
        self.view.last
    }

    /// The region that a client gets which does not want to go to `avoided` again; that one all
    /// the same if no other is believed healthy.
    pub(crate) fn answer_other_than(
        &mut self,
        avoided: RegionId,
        (now, population): (SimTime, PopulationId),
        stream: &mut Stream,
    ) -> RegionId {
        let is_other =
            |&(id, health): &(RegionId, &Health)| id != avoided && *health == Health::Healthy;
        if !self.view.health.entries().any(|entry| is_other(&entry)) {
            return self.answer(now, population, stream);
        }
        // What an oracle reckons with is not what this client avoids.
        self.look_ahead(now);
        let believed = std::mem::replace(&mut self.view.health[avoided], Health::Degraded);
        let answer = self.answer(now, population, stream);
        self.view.health[avoided] = believed;
        answer
    }

    /// What it answers by of a region.
    pub(crate) fn health(&self, region: RegionId) -> Health {
        self.view.health[region]
    }

    /// Whether it has a region to offer to a population that it believes healthy.
    #[cold]
    pub(crate) fn has_healthy_region(&self, population: PopulationId) -> bool {
        let health = &self.view.health;
        let is_healthy = |region| health[region] == Health::Healthy;
        self.strategy.may_answer(population, health, is_healthy)
    }

    /// An outage keeps news of health and load from it: its answers stay as they are. An oracle is
    /// no product, and nothing keeps news from it.
    pub(crate) fn freeze(&mut self) {
        self.frozen += u32::from(!matches!(self.strategy, Strategy::Oracle(_)));
    }

    /// Such an outage is over: what it has to be told if that was the last.
    pub(crate) fn thaw(&mut self) -> Vec<(RegionId, Health)> {
        self.frozen = self.frozen.saturating_sub(1);
        if self.frozen > 0 {
            return Vec::new();
        }
        let unheard = self.unheard.ids().collect::<Vec<RegionId>>().into_iter();
        unheard
            .filter_map(|region| Some((region, self.unheard[region].take()?)))
            .collect()
    }

    /// Makes it believe something; returns whether it believed something else before.
    pub(crate) fn believe(&mut self, region: RegionId, health: Health) -> bool {
        if self.frozen > 0 {
            self.unheard[region] = Some(health);
            return false;
        }
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
        let health = if is_offline {
            Health::Offline
        } else {
            self.beliefs[region]
        };
        if std::mem::replace(&mut self.view.health[region], health) != health {
            self.view.outlook = None;
            self.plan();
        }
    }

    /// Whether it wants to know of every change of load.
    pub(crate) fn looks_at_load(&self) -> bool {
        !matches!(self.signal, Signal::Nothing)
    }

    /// The load of a region has changed, or the number of its workers.
    pub(crate) fn load_changed(&mut self, now: SimTime, region: RegionId, load: (Load, u32)) {
        match &mut self.signal {
            Signal::Nothing => {}
            Signal::Instant if self.frozen > 0 => {}
            Signal::Instant => {
                let there = &mut self.view.load.regions[region];
                if there.servers() != load.1 {
                    self.view.outlook = None;
                }
                there.change(load.0, load.1);
            }
            Signal::Measured(measuring) => measuring.change(now, region, load),
        }
    }

    /// What was measured of the load has come to it.
    pub(crate) fn signal_arrived(&mut self) {
        if let Signal::Measured(measuring) = &mut self.signal {
            let load = measuring.arrived();
            if self.frozen == 0 {
                self.view.load = load;
                self.plan();
            }
        }
    }

    /// Makes new plans, if the strategy plans and there is something to plan by.
    fn plan(&mut self) {
        if let Signal::Measured(_) = self.signal {
            self.view.plan = self.strategy.plan(&self.view.health, &self.view.load);
        }
    }

    /// The outage in which the name of a region has no address.
    pub(crate) fn nameless(&self, region: RegionId) -> Option<OutageId> {
        self.nameless[region]
    }

    /// Takes the address from a region's name, or gives it back; where nobody asks for names that
    /// changes nothing.
    pub(crate) fn set_nameless(&mut self, region: RegionId, outage: Option<OutageId>) {
        self.nameless[region] = outage.filter(|_| self.uses_names);
    }
}
