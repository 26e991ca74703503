//! The router: what it believes, what it is told, and what it answers.

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::routing::Geographic;
    use crate::model::spec::Via;
    use crate::model::tests::fleet;
    use crate::random::{Purpose, StreamSeed};

    fn region(index: usize) -> RegionId {
        RegionId::new(index)
    }

    fn stream() -> Stream {
        let seed = StreamSeed {
            seed: 1,
            replication: 0,
        };
        seed.stream(Purpose::Routing, "population")
    }

    /// Where the router of a fleet of two sends who is close to the first region, and who does not
    /// want to go to that again.
    fn answers(router: &mut Router<'_>) -> [usize; 2] {
        let (population, stream) = (PopulationId::new(0), &mut stream());
        let answer = router.answer(SimTime::ZERO, population, stream);
        let avoiding = (SimTime::ZERO, population);
        let other = router.answer_other_than(region(0), avoiding, stream);
        [answer, other].map(RegionId::index)
    }

    /// A fleet whose clients go to a region by its name.
    fn assigned(lists: [&[usize]; 2]) -> FleetSpec {
        let mut fleet = fleet(Vec::new());
        let regions = |list: &[usize]| list.iter().map(|&index| region(index)).collect();
        let lists = IdMap::new(lists.map(regions).to_vec());
        fleet.routing.strategy = Strategy::Geographic(Geographic::new(lists));
        fleet
    }

    /// A fleet whose router knows everything.
    fn foretold() -> FleetSpec {
        let mut fleet = fleet(Vec::new());
        let rtts = fleet.populations.map(|population| population.rtt.clone());
        fleet.routing.strategy = Strategy::Oracle(Oracle::new(rtts));
        fleet
    }

    #[test]
    fn it_answers_by_what_it_believes() {
        let fleet = fleet(Vec::new());
        let mut router = Router::new(&fleet);
        assert_eq!(answers(&mut router), [0, 1]);
        assert!(router.believe(region(0), Health::Degraded), "that is new");
        assert!(
            !router.believe(region(0), Health::Degraded),
            "by now it is not"
        );
        assert_eq!(answers(&mut router), [1, 1]);
        assert_eq!(router.health(region(0)), Health::Degraded);
        assert!(router.believe(region(1), Health::Degraded));
        assert_eq!(answers(&mut router), [0, 0], "nobody is better");
        assert!(!router.has_healthy_region(PopulationId::new(0)));
        assert!(router.believe(region(1), Health::Healthy));
        assert!(router.has_healthy_region(PopulationId::new(0)));
    }

    #[test]
    fn nobody_who_avoids_a_region_changes_what_is_believed() {
        let fleet = fleet(Vec::new());
        let mut router = Router::new(&fleet);
        assert_eq!(answers(&mut router), [0, 1]);
        assert_eq!(answers(&mut router), [0, 1], "as before");
        router.believe(region(1), Health::Degraded);
        assert_eq!(
            answers(&mut router),
            [0, 0],
            "to the same rather than to none"
        );
    }

    #[test]
    fn what_is_offline_gets_nothing_whatever_its_health() {
        let fleet = fleet(Vec::new());
        let mut router = Router::new(&fleet);
        assert!(!router.is_offline(region(0)) && router.can_spare(region(0)));
        router.set_offline(region(0), true);
        assert!(router.is_offline(region(0)) && !router.is_offline(region(1)));
        assert_eq!(answers(&mut router), [1, 1]);
        assert!(!router.can_spare(region(1)), "it is the last");
        router.believe(region(1), Health::Degraded);
        assert_eq!(
            answers(&mut router),
            [1, 1],
            "degraded is better than offline"
        );
        router.set_offline(region(0), false);
        assert_eq!(answers(&mut router), [0, 0]);
    }

    /// Goal: during outages that keep news from it nothing changes; after the last it hears the last
    /// that it missed of each region.
    #[test]
    fn it_hears_what_it_has_missed_when_it_thaws() {
        let fleet = fleet(Vec::new());
        let mut router = Router::new(&fleet);
        router.freeze();
        router.freeze();
        assert!(!router.believe(region(0), Health::Degraded));
        assert_eq!(answers(&mut router), [0, 1], "it has not heard");
        assert_eq!(router.thaw(), [], "another outage goes on");
        assert!(!router.believe(region(1), Health::Degraded));
        assert!(!router.believe(region(1), Health::Healthy));
        let missed = [(region(0), Health::Degraded), (region(1), Health::Healthy)];
        assert_eq!(router.thaw(), missed);
        assert!(router.believe(region(0), Health::Degraded), "now it hears");
        router.freeze();
        assert_eq!(router.thaw(), [], "nothing is told twice");
    }

    #[test]
    fn nothing_keeps_news_from_an_oracle() {
        let fleet = foretold();
        let mut router = Router::new(&fleet);
        assert!(router.looks_at_load());
        assert!(!Router::new(&assigned([&[0], &[1]])).looks_at_load());
        router.freeze();
        assert!(router.believe(region(0), Health::Degraded));
        assert_eq!(answers(&mut router), [1, 1]);
    }

    /// Goal: it answers by the queues of the moment. Method: the closer region, 70 ms nearer, has
    /// 40 services of 300 ms more before it than its 16 workers take at once.
    #[test]
    fn an_oracle_sees_queues() {
        let fleet = foretold();
        let mut router = Router::new(&fleet);
        assert_eq!(answers(&mut router), [0, 1]);
        let (busy, waiting) = (16, 40);
        let crowded = (Load { busy, waiting }, 16);
        router.load_changed(SimTime::ZERO, region(0), crowded);
        assert_eq!(answers(&mut router), [1, 1]);
        router.load_changed(SimTime::ZERO, region(0), (Load::default(), 16));
        assert_eq!(answers(&mut router), [0, 1]);
    }

    #[test]
    fn who_is_assigned_to_one_region_has_no_other() {
        let fleet = assigned([&[0], &[1, 0]]);
        let mut router = Router::new(&fleet);
        let healthy = |router: &Router<'_>| {
            [0, 1].map(|index| router.has_healthy_region(PopulationId::new(index)))
        };
        assert_eq!(healthy(&router), [true, true]);
        assert!(!router.can_spare(region(0)), "the first has only that");
        assert!(router.can_spare(region(1)));
        router.believe(region(0), Health::Degraded);
        assert_eq!(answers(&mut router), [0, 0]);
        assert_eq!(healthy(&router), [false, true]);
        router.believe(region(1), Health::Degraded);
        assert_eq!(healthy(&router), [false, false]);
    }

    #[test]
    fn names_matter_where_they_are_asked_for() {
        let outage = Some(OutageId::new(0));
        let mut fleet = fleet(Vec::new());
        for (via, told) in [(Via::Dns, outage), (Via::Anycast, None)] {
            fleet.routing.via = via;
            let mut router = Router::new(&fleet);
            assert_eq!(router.nameless(region(0)), None);
            router.set_nameless(region(0), outage);
            assert_eq!([0, 1].map(|id| router.nameless(region(id))), [told, None]);
            router.set_nameless(region(0), None);
            assert_eq!(router.nameless(region(0)), None);
        }
    }
}
