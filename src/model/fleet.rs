//! The running fleet: its state, and one `match` over what can happen.

use crate::engine::{self, EventQueue, Key, Slab, Table, World};
use crate::model::agent::Agent;
use crate::model::backend::Backends;
use crate::model::backlog::{Backlog, Discipline};
use crate::model::config::{Configuration, RolloutId};
use crate::model::entity::{
    Lie, OutageId, PopulationId, PopulationSpec, RegionId, RegionSpec, Scope, SiteId,
};
use crate::model::event::{Control, Event};
use crate::model::fate::Fate;
use crate::model::fault::{Fault, Restart};
use crate::model::gateway::{Gateway, Held, LostAnswer, Owner};
use crate::model::horizon::Horizon;
use crate::model::limiter::Limiter;
use crate::model::management::{Autoscaler, Plane};
use crate::model::observer::{Hit, Observer};
use crate::model::outcome::Cause;
use crate::model::population::Population;
use crate::model::probing::Probing;
use crate::model::request::Request;
use crate::model::router::Router;
use crate::model::spec::FleetSpec;
use crate::model::station::Done;
use crate::model::timetable::Timetable;
use crate::model::trouble::Trouble;
use crate::model::{Load, RequestEnd};
use crate::random::StreamSeed;
use crate::units::{IdMap, SimDuration, SimTime};

/// A fleet while it runs.
pub(crate) struct Fleet<'s, O> {
    pub(super) spec: &'s FleetSpec,
    pub(super) observer: O,
    pub(super) populations: IdMap<PopulationSpec, Population<'s>>,
    pub(super) regions: IdMap<RegionSpec, Region>,
    pub(super) router: Router<'s>,
    /// `None` if the router knows everything at once.
    pub(super) probing: Option<Probing<'s>>,
    /// `None` if gateways call nobody.
    pub(super) backends: Option<Backends<'s>>,
    /// `None` if it never changes.
    pub(super) config: Option<Configuration<'s>>,
    pub(super) plane: Plane,
    /// The rules of the regions that have them.
    pub(super) autoscalers: Vec<Autoscaler>,
    /// What has to wait for the management plane before it restarts.
    pub(super) restarts: Vec<Restart>,
    /// What the management plane was to do while it was down.
    pub(super) deferred: Vec<Control>,
    pub(super) requests: Slab<Request>,
    /// Answers that the network has lost.
    pub(super) lost_answers: Slab<LostAnswer>,
    /// Measured requests that have not ended.
    open_count: u64,
    /// Events that did not have to wait for their turn.
    pub(super) unqueued: u64,
    saturation: Option<Saturation>,
    pub(super) is_over: bool,
    pub(super) horizon: Horizon,
    /// The backlog of a region from which on others than the observer mind how loaded it is: one
    /// that is hopeless, or any if the router looks at load.
    minded_backlog: usize,
}

/// A region and what is true about it.
pub(super) struct Region {
    pub(super) gateway: Gateway,
    /// What its gateway will do, while it keeps a timetable; `None` if it never does.
    pub(super) timetable: Option<Timetable>,
    /// What it admits; `None` if it admits everything.
    pub(super) limiter: Option<Box<Limiter>>,
    /// Why it is down, in the order in which that began; up means none.
    pub(super) faults: Vec<Fault>,
    /// Requests that only the end of the outage can end: their clients wait without limit.
    pub(super) stranded: Vec<Key>,
    /// What has been sent to it over a way that is cut, in the order in which it will arrive.
    pub(super) held: Vec<Held>,
    /// What it has served while the way was cut.
    pub(super) held_answers: Vec<Done<Owner>>,
    /// What it has sent back while the way was cut, and why.
    pub(super) held_refusals: Vec<(Owner, Cause)>,
    /// Attempts whose clients have sent word over the cut way that they have left.
    pub(super) held_cancels: Vec<Key>,
    /// How often it has died: no connection outlives that.
    pub(super) deaths: u32,
    /// Connections that were accepted when it had died less often lead to an address that is no
    /// longer its own.
    pub(super) moved: u32,
    /// What has given it another address.
    pub(super) moved_by: Option<Hit>,
    /// Its units, whatever outages have taken of them.
    pub(super) units: u32,
    /// The units that are paid for, as last told.
    pub(super) provisioned: u32,
    /// The outages that have taken some of its workers, and what.
    pub(super) losses: Vec<(OutageId, Scope)>,
    /// Why it is down as long as none of its machines is left.
    pub(super) emptied: Option<Fault>,
    /// What spoils or slows requests while it is up; `None` if nothing does.
    pub(super) trouble: Option<Box<Trouble>>,
    /// What probes find whatever the truth is, by the outages that make them, the latest last.
    pub(super) lies: Vec<(OutageId, Lie)>,
    /// The bad changes that show in it.
    pub(super) defects: Vec<RolloutId>,
}

/// A run that could not go on: more requests waited than a run may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saturation {
    /// Where they waited.
    pub region: RegionId,
    /// When it was given up, on the run's clock.
    pub at: SimTime,
    /// Why.
    pub why: Hopeless,
}

/// Why a run was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hopeless {
    /// More requests waited than a run may hold.
    Backlog,
    /// More calls waited at a site of a back end, or for its answers, than a run may hold.
    Calls(SiteId),
    /// A queue that serves the newest first left requests of the measured period waiting, long
    /// after that.
    Starved,
}

/// A finished run.
#[derive(Clone, Debug)]
pub struct Run<O> {
    /// Who watched.
    pub observer: O,
    /// Events handled.
    pub events: u64,
    /// Why it ended early, if it did.
    pub saturation: Option<Saturation>,
}

/// Runs a fleet from its warm-up until every measured request has ended.
pub fn run<O: Observer>(spec: &FleetSpec, seed: StreamSeed, observer: O) -> Run<O> {
    let spec = &*Fate::draw(spec, seed).fleet;
    run_prepared(spec, seed, observer, |_| {})
}

/// The same, with no region that sees ahead.
#[cfg(test)]
pub(crate) fn run_without_foresight<O: Observer>(
    spec: &FleetSpec,
    seed: StreamSeed,
    observer: O,
) -> Run<O> {
    run_prepared(spec, seed, observer, |fleet| {
        for region in &mut fleet.regions {
            region.timetable = None;
        }
    })
}

/// Lets a fleet run to its end, once it has been prepared.
fn run_prepared<O: Observer>(
    spec: &FleetSpec,
    seed: StreamSeed,
    observer: O,
    prepare: impl FnOnce(&mut Fleet<'_, O>),
) -> Run<O> {
    let mut queue = EventQueue::new();
    let mut memory = spec.memory();
    let mut fleet = Fleet::new((spec, memory.as_mut_slice()), seed, observer, &mut queue);
    prepare(&mut fleet);
    let (events, end) = engine::run(&mut fleet, &mut queue);
    // Where nobody asks any more, nothing happens until the end of the measured period.
    fleet.close(end.max(spec.period.end()));
    Run {
        observer: fleet.observer,
        events: events + fleet.unqueued,
        saturation: fleet.saturation,
    }
}

impl FleetSpec {
    /// Room for what all agents remember.
    pub(super) fn memory(&self) -> Table<Agent> {
        let populations = self.populations.iter();
        let agents = populations.map(|population| population.agents as usize);
        Table::new(agents.sum())
    }
}

impl<'s, O: Observer> Fleet<'s, O> {
    pub(super) fn new(
        (spec, mut memory): (&'s FleetSpec, &'s mut [Agent]),
        seed: StreamSeed,
        observer: O,
        queue: &mut EventQueue<Event>,
    ) -> Self {
        let start = spec.period.start();
        let mut router = Router::new(spec);
        let population = |id| {
            let agents = memory.split_off_mut(..spec.populations[id].agents as usize);
            let agents = agents.expect("there is room for all");
            Population::new(spec, (id, agents), seed, &mut router)
        };
        let populations = IdMap::from_fn(spec.populations.len(), population);
        let minded_backlog = if router.looks_at_load() {
            0
        } else {
            spec.backlog_max + 1
        };
        let mut fleet = Self {
            spec,
            observer,
            populations,
            regions: IdMap::from_fn(spec.regions.len(), |id| Region::new(id, spec)),
            router,
            probing: Probing::new(spec, seed, queue),
            backends: Backends::new(spec, seed),
            config: spec
                .config
                .as_ref()
                .map(|config| Configuration::new(config, &spec.regions, (start, seed))),
            plane: Plane::new(&spec.management, spec.primary, (start, seed)),
            autoscalers: Self::autoscalers(spec, seed, queue),
            restarts: Vec::new(),
            deferred: Vec::new(),
            requests: Slab::new(),
            lost_answers: Slab::new(),
            open_count: 0,
            unqueued: 0,
            saturation: None,
            is_over: false,
            horizon: Horizon::new(spec),
            minded_backlog,
        };
        for id in spec.populations.ids() {
            fleet.schedule_arrivals(id, queue);
            fleet.schedule_users(id, queue);
        }
        // All starts before all ends: a region that fails as an outage ends is down throughout,
        // whatever their order in the file.
        for (id, outage) in spec.outages.entries() {
            queue.schedule(outage.start, Event::OutageStarted(id));
        }
        for (id, outage) in spec.outages.entries() {
            queue.schedule(outage.end, Event::OutageEnded(id));
        }
        fleet.schedule_census(queue);
        fleet.schedule_management(queue);
        fleet.schedule_config(queue);
        fleet.schedule_signal(queue);
        fleet.remove_those_who_join_later(queue);
        Self::schedule_despair(spec, queue);
        fleet.tell_all_units(SimTime::ZERO);
        queue.schedule(start, Event::PeriodBegan);
        fleet
    }

    /// Tells the observer that a request is offered.
    #[inline]
    pub(super) fn offer(&mut self, now: SimTime, population: PopulationId) {
        self.open_count += u64::from(self.spec.period.contains(now));
        self.observer.request_offered(now, population);
    }

    /// Tells the observer how a request of an agent ended; in a closed loop that thinks about the next.
    #[inline]
    pub(super) fn end(&mut self, agent: u32, end: &RequestEnd, queue: &mut EventQueue<Event>) {
        if let Some(at) = self.populations[end.population].next_wish(end.ended) {
            queue.schedule(at, Event::UserReady(end.population, agent));
        }
        self.book(end);
    }

    /// Tells the observer how a request ended, of which nothing follows.
    #[inline]
    pub(super) fn book(&mut self, end: &RequestEnd) {
        self.open_count -= u64::from(self.spec.period.contains(end.started));
        self.observer.request_ended(end);
    }

    /// Tells the observer how loaded a region is, and who else is concerned.
    pub(super) fn tell_load(&mut self, now: SimTime, region: RegionId) {
        let Region { gateway, held, .. } = &self.regions[region];
        let is_minded = gateway.backlog() + held.len() >= self.minded_backlog;
        self.observer.load_changed(now, region, gateway.load());
        if is_minded {
            self.mind_load(now, region);
        }
    }

    /// Tells a router that looks at load how loaded a region is, and gives up if it is hopeless.
    #[cold]
    fn mind_load(&mut self, now: SimTime, region: RegionId) {
        let Region { gateway, held, .. } = &self.regions[region];
        let load = (gateway.load(), gateway.workers());
        self.router.load_changed(now, region, load);
        if gateway.backlog() + held.len() > self.spec.backlog_max {
            self.saturate(now, region);
        }
    }

    /// Gives the run up.
    pub(super) fn saturate(&mut self, now: SimTime, region: RegionId) {
        self.abandon(Saturation {
            region,
            at: now,
            why: Hopeless::Backlog,
        });
    }

    /// Gives the run up for what waits for a site.
    pub(super) fn saturate_site(&mut self, now: SimTime, site: SiteId) {
        let backends = self.spec.backends.as_ref();
        let region = backends.and_then(|backends| backends.sites[site].region);
        self.abandon(Saturation {
            region: region.unwrap_or(self.spec.primary),
            at: now,
            why: Hopeless::Calls(site),
        });
    }

    /// A queue that serves the newest first may never come to those who wait: the run is given up
    /// when they are still there ten measured periods and an hour later.
    fn schedule_despair(spec: &FleetSpec, queue: &mut EventQueue<Event>) {
        let starves = |region: &RegionSpec| {
            region.discipline == Discipline::Lifo && region.shed_after.is_none()
        };
        if spec.regions.iter().any(starves) {
            let grace = spec.period.duration * 10 + SimDuration::from_secs(3_600);
            queue.schedule(
                spec.period.end() + grace,
                Event::Control(Control::Despaired),
            );
        }
    }

    /// Somebody waits for what does not come.
    pub(super) fn despaired(&mut self, now: SimTime) {
        let regions = self.regions.entries();
        let fullest = regions.max_by_key(|(_, region)| region.gateway.backlog());
        let (region, _) = fullest.expect("a fleet has a region");
        self.abandon(Saturation {
            region,
            at: now,
            why: Hopeless::Starved,
        });
    }

    fn abandon(&mut self, saturation: Saturation) {
        self.saturation = Some(saturation);
        self.is_over = true;
    }

    /// Lets the observer see off the work that is still inside.
    fn close(&mut self, now: SimTime) {
        for region in self.spec.regions.ids() {
            for _ in self.regions[region].gateway.fail() {
                self.observer.work_left(now, region);
            }
            self.observer.load_changed(now, region, Load::default());
        }
        self.observer.run_ended(now);
    }
}

impl Region {
    fn new(id: RegionId, fleet: &FleetSpec) -> Self {
        let spec = &fleet.regions[id];
        let limiter = |limit| Box::new(Limiter::new(limit, fleet.populations.len()));
        let waiting = Backlog::new(spec.discipline, spec.shed_after);
        Self {
            gateway: Gateway::new(spec.workers, (waiting, spec.queue_limit)),
            timetable: (fleet.keeps_timetable(id)).then(|| Timetable::new(spec.queue_limit)),
            limiter: spec.rate_limit.map(limiter),
            faults: Vec::new(),
            stranded: Vec::new(),
            held: Vec::new(),
            held_answers: Vec::new(),
            held_refusals: Vec::new(),
            held_cancels: Vec::new(),
            deaths: 0,
            moved: 0,
            moved_by: None,
            units: spec.units,
            provisioned: 0,
            losses: Vec::new(),
            emptied: None,
            trouble: None,
            lies: Vec::new(),
            defects: Vec::new(),
        }
    }
}

impl<O: Observer> World for Fleet<'_, O> {
    type Event = Event;

    #[inline]
    fn handle(&mut self, now: SimTime, event: Event, queue: &mut EventQueue<Event>) {
        match event {
            Event::RequestArrived(population) => self.request_arrived(now, population, queue),
            Event::UserReady(population, user) => self.user_ready(now, (population, user), queue),
            Event::AttemptReached(key) => self.attempt_reached(now, key, queue),
            Event::AttemptContinued(key) => self.arrive(now, (key, 0), queue),
            Event::AttemptRepeated(key, tries) => self.arrive(now, (key, tries), queue),
            Event::AnswerRepeated(key, tries) => self.answer_repeated(now, (key, tries), queue),
            Event::ServiceEnded(region, worker) => self.service_ended(now, (region, worker), queue),
            Event::AttemptFailed(key) => self.attempt_failed(now, key, queue),
            Event::RefusalReceived(key, seconds) => {
                self.refusal_received(now, (key, seconds), queue);
            }
            Event::AnswerReceived(key) => self.answer_received(now, key, queue),
            Event::HedgeDue(key, population) => self.hedge_due(now, (key, population), queue),
            Event::CancelReached(key, region) => self.cancel_reached(now, (key, region), queue),
            Event::DeadlinePassed(key) => self.deadline_passed(now, key, queue),
            Event::RetryDue(key) => self.retry_due(now, key, queue),
            Event::Timeouts(population) => self.timeouts(now, population, queue),
            Event::ProbeSent(prober) => self.probe_sent(now, prober, queue),
            Event::ProbeReached(key, region) => self.probe_reached(now, (key, region), queue),
            Event::ProbeAnswered(key, is_good) => self.probe_judged(now, (key, is_good), queue),
            Event::ProbeTimeouts => self.probe_timeouts(now, queue),
            Event::AppointmentEnded(key, region) => {
                self.appointment_ended(now, (key, region), queue);
            }
            Event::PeriodBegan
            | Event::OutageStarted(_)
            | Event::OutageTurned(..)
            | Event::OutageEnded(_) => self.disturb(now, event, queue),
            Event::CallReached(_)
            | Event::CallServed(..)
            | Event::CallReturned(..)
            | Event::CallTimeouts(_)
            | Event::CallRetryDue(_)
            | Event::BreakerDue(..) => self.handle_call(now, event, queue),
            Event::Control(event) => self.control(now, event, queue),
            Event::Census => self.census(now, queue),
        }
        self.is_over |= self.open_count == 0 && now >= self.spec.period.end();
    }

    fn is_over(&self) -> bool {
        self.is_over
    }
}
