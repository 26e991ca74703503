//! A population while it runs: its arrivals, its agents, and all that it draws.
//!
//! Everything that a request will need is drawn when it arrives, from streams of its population,
//! so that two strategies see identical traffic.

use crate::engine::{Key, Lane};
use crate::model;
use crate::model::agent::{Agent, Agents};
use crate::model::client::DnsSpec;
use crate::model::connections::{Connection, Connections};
use crate::model::dns::DnsCaches;
use crate::model::entity::{PopulationId, PopulationSpec, RegionId, RegionSpec};
use crate::model::hedge::Hedges;
use crate::model::luck::{luck, threshold};
use crate::model::observer::Hit;
use crate::model::outcome::Cause;
use crate::model::pins::Censuses;
use crate::model::request::{Request, State};
use crate::model::retry::Retries;
use crate::model::router::Router;
use crate::model::sequel::Sequel;
use crate::model::spec::FleetSpec;
use crate::model::transmission::Message;
use crate::model::trip::{Attempt, Draws, Link, Needs, Trip};
use crate::random::{Arrivals, Distribution, Purpose, Stream, StreamSeed};
use crate::units::{IdMap, Ratio, SimDuration, SimTime};

/// A running population.
pub(crate) struct Population<'s> {
    pub(super) spec: &'s PopulationSpec,
    pub(super) id: PopulationId,
    traffic: Traffic<'s>,
    /// What the agents remember.
    pub(super) agents: Agents<'s>,
    /// Whose request an arrival is.
    choice: Stream,
    /// Whose request the next arrival is: drawn one arrival ahead, so that it can be prefetched.
    next_agent: u32,
    /// One stream for every service distribution that occurs among the regions.
    demands: Vec<(&'s Distribution, Stream)>,
    /// `None` if no request can need anything of the configuration.
    needs: Option<Stream>,
    /// `None` if there are no back ends.
    sequels: Option<Stream>,
    jitter: Stream,
    pub(super) sigma: f64,
    /// What look-ups of first attempts draw from.
    pub(super) routing: Stream,
    /// What look-ups of later attempts draw from.
    pub(super) rerouting: Stream,
    pub(super) caches: DnsCaches,
    /// `None` if connections are not modeled.
    pub(super) connections: Option<Connections<'s>>,
    /// What it meets on its way to a region, and there.
    pub(crate) to: IdMap<RegionSpec, ToRegion>,
    /// What the luck of its messages is made of.
    luck: u32,
    /// Attempts begun since they were last counted.
    pub(crate) attempts: u64,
    /// Whether the end of a request makes nothing happen.
    pub(crate) ends_quietly: bool,
    /// Whether and when clients try a second time at once.
    pub(crate) hedges: Option<Hedges<'s>>,
    /// Whether and when clients try again.
    pub(crate) retries: Retries<'s>,
    /// Deadlines of the requests under way.
    pub(crate) timeouts: Lane<Key>,
}

/// What a population meets on its way to a region, and there.
pub(crate) struct ToRegion {
    /// The median delay of the way.
    half_rtt: SimDuration,
    /// What outages of the network add to it.
    pub(crate) added: SimDuration,
    /// Which of the population's `demands` its requests bring there.
    demand: usize,
}

/// Where requests come from.
enum Traffic<'s> {
    Open(Option<Arrivals>),
    Closed(&'s Distribution, Stream),
}

impl<'s> Population<'s> {
    /// The population `id` of `fleet` at the start of a run.
    pub(crate) fn new(
        fleet: &'s FleetSpec,
        (id, agents): (PopulationId, &'s mut [Agent]),
        seed: StreamSeed,
        router: &mut Router<'_>,
    ) -> Self {
        let spec = &fleet.populations[id];
        let stream = |purpose| seed.stream(purpose, &spec.name);
        let gap = spec.mean_gap().unwrap_or(SimDuration::MAX);
        let mut routing = stream(Purpose::Routing);
        let caches = DnsCaches::new((&look_ups(fleet, spec), fleet.routing.drain()), spec.agents);
        let mut connections = connections(fleet, spec, stream(Purpose::Connections));
        let mut agents = Agents::new(agents, fleet.regions.len(), Censuses::of(fleet));
        agents.reach_steady_state(
            gap,
            (
                &caches,
                connections.as_mut(),
                &mut stream(Purpose::CacheAge),
            ),
            || router.earlier_answer(id, &mut routing),
        );
        let (demands, demand_of) = demands(fleet, spec, seed);
        let mut choice = stream(Purpose::Agents);
        Self {
            spec,
            id,
            traffic: match &spec.traffic {
                model::Traffic::Open { rate, arrivals } => {
                    let stream = stream(Purpose::Arrivals);
                    Traffic::Open(Arrivals::new(
                        (rate, arrivals),
                        fleet.period.start(),
                        stream,
                    ))
                }
                model::Traffic::Closed { think } => Traffic::Closed(think, stream(Purpose::Think)),
            },
            agents,
            next_agent: choice.below(spec.agents),
            choice,
            demands,
            needs: fleet.tests_luck().then(|| stream(Purpose::Needs)),
            sequels: fleet.backends.as_ref().map(|_| stream(Purpose::Backends)),
            jitter: stream(Purpose::Jitter),
            sigma: fleet.jitter,
            routing,
            rerouting: stream(Purpose::Rerouting),
            connections,
            caches,
            to: (spec.rtt.iter().zip(&demand_of))
                .map(|(&rtt, &demand)| ToRegion {
                    half_rtt: rtt / 2,
                    added: SimDuration::ZERO,
                    demand,
                })
                .collect(),
            luck: stream(Purpose::Network).word(),
            attempts: 0,
            ends_quietly: spec.ends_quietly(),
            hedges: spec.client.hedge.as_ref().map(|hedge| {
                let nearest = spec.rtt.entries().min_by_key(|&(_, rtt)| rtt);
                let typical = nearest.map(|(region, &rtt)| rtt + fleet.mean_demand(region));
                Hedges::new(hedge, typical.unwrap_or_default())
            }),
            retries: Retries::new(
                &spec.client.retry,
                spec.mean_rate(fleet.period.duration),
                stream(Purpose::Retry),
            ),
            timeouts: Lane::new(),
        }
    }

    /// The arrival that follows one at `now`; `None` if no more come, or if they wait for the ends
    /// of others.
    pub(crate) fn next_arrival(&mut self, now: SimTime) -> Option<SimTime> {
        match &mut self.traffic {
            Traffic::Open(arrivals) => arrivals.as_mut()?.after(now),
            Traffic::Closed(..) => None,
        }
    }

    /// When a user whose request ended at `ended` wants something again; `None` if others, or the
    /// same ones, come whenever they come.
    pub(crate) fn next_wish(&mut self, ended: SimTime) -> Option<SimTime> {
        match &mut self.traffic {
            Traffic::Open(_) => None,
            Traffic::Closed(think, stream) => Some(ended + think.sample(stream)),
        }
    }

    /// The region, which has died so often, accepts at `now` the connection that an attempt has
    /// asked for; returns how long the handshake still takes, which was to be `handshake`.
    pub(crate) fn accepted(
        &mut self,
        request: &Request,
        (now, handshake): (SimTime, SimDuration),
        deaths: u32,
    ) -> SimDuration {
        let Some(connection) = self.connection_of(request) else {
            return handshake;
        };
        let is_delayed = matches!(request.state, State::Held(_));
        let knocked = is_delayed.then(|| now.before(request.back));
        connection.accept(deaths, (knocked, handshake))
    }

    /// The region, which has died so often, is certain to accept at `at` the connection that an attempt
    /// has asked for; returns whether that can be kept in mind until then.
    pub(crate) fn will_be_accepted(
        &mut self,
        request: &Request,
        (at, deaths): (SimTime, u32),
    ) -> bool {
        let Some(after) = Connection::foreseeable(at.since(request.begun)) else {
            return false;
        };
        if let Some(connection) = self.connection_of(request) {
            connection.will_be_accepted(after, deaths);
        }
        true
    }

    /// The connection that an attempt goes over, or waits for, if its agent has no other by now.
    fn connection_of(&mut self, request: &Request) -> Option<&mut Connection> {
        let connection = &mut self.agents.get_mut(request.agent).connection;
        connection
            .is((request.region, request.begun))
            .then_some(connection)
    }

    /// The connection that an attempt was to open, or waited for, will not come to be.
    pub(crate) fn never_sent(&mut self, request: &Request) {
        if !matches!(request.link, Link::Open { .. }) {
            self.broke(request);
        }
    }

    /// It is known at `now` that an attempt ends at `at`: its answer arrives then, or its client has left
    /// it.
    #[inline]
    pub(crate) fn ended(&mut self, request: &Request, (now, at): (SimTime, SimTime)) {
        self.ended_over((now, at), request.agent, (request.region, request.begun));
    }

    /// The same of an agent's attempt that went to a region over a connection begun at a time.
    #[inline]
    pub(crate) fn ended_over(
        &mut self,
        (now, at): (SimTime, SimTime),
        agent: u32,
        over: (RegionId, SimTime),
    ) {
        let Some(connections) = &self.connections else {
            return;
        };
        let connection = &mut self.agents.get_mut(agent).connection;
        if connection.is(over) {
            connections.ended(connection, at);
            self.agents.may_rest(agent, now);
        }
    }

    /// An attempt has failed at `now`. If nothing came back from the region, or nothing but that it
    /// is not there, the connection is dead.
    pub(crate) fn failed(&mut self, now: SimTime, request: &Request, cause: Cause) {
        let is_dead = match cause {
            Cause::ConnectTimeout | Cause::Refused | Cause::Reset => true,
            Cause::Timeout => {
                matches!(request.hit, Some(Hit::Outage(_)))
                    || matches!(request.state, State::Lost(_))
            }
            Cause::Overloaded
            | Cause::RateLimited
            | Cause::BreakerOpen
            | Cause::Backend
            | Cause::StaleConfig
            | Cause::BadConfig
            | Cause::NoRoute => false,
        };
        if is_dead {
            self.broke(request);
        } else {
            self.ended(request, (now, now));
        }
    }

    /// An attempt has shown that the connection which it went over, or waited for, is dead.
    fn broke(&mut self, request: &Request) {
        if let Some(connection) = self.connection_of(request) {
            *connection = Connection::NONE;
        }
    }

    /// The median round trip to a region, as it is now.
    pub(crate) fn rtt(&self, region: RegionId) -> SimDuration {
        self.spec.rtt[region] + self.to[region].added * 2
    }

    /// Whether the network loses a message of a request that is sent for the `tries`th time again,
    /// over a way that loses so many.
    pub(crate) fn is_lost(
        &self,
        request: &Request,
        (message, tries): (Message, u8),
        loss: Ratio,
    ) -> bool {
        let spread = request.agent.wrapping_mul(0x9e37_79b9);
        let whose = self.luck.wrapping_add(spread);
        let thing = (u64::from(tries) << 8 | message as u64) << 32;
        let (at, thing) = match message {
            Message::Handshake => (request.begun, thing),
            // Several requests may leave an agent at once, when its connection is there.
            Message::Request | Message::Answer => {
                let started = (request.started - SimTime::ZERO).as_ns();
                (request.leaves, thing ^ started.rotate_left(16))
            }
        };
        luck(whose, (at, thing)) < threshold(loss.as_f64())
    }

    /// Whether clients that give up tell the region.
    pub(crate) fn cancels_abandoned(&self) -> bool {
        self.spec.client.cancels_abandoned
    }

    /// The number of agents.
    pub(crate) fn agents(&self) -> u32 {
        self.spec.agents
    }

    /// Whose request an arrival is; draws whose the next will be, and prefetches what that one
    /// remembers.
    pub(crate) fn draw_agent(&mut self) -> u32 {
        let next = self.choice.below(self.spec.agents);
        self.agents.prefetch(next);
        std::mem::replace(&mut self.next_agent, next)
    }

    /// Draws what a request of `agent` that arrives at `now` needs.
    #[expect(
        clippy::inline_always,
        reason = "every request comes here: 3 % of all instructions"
    )]
    #[inline(always)]
    pub(crate) fn draw(&mut self, now: SimTime, agent: u32, router: &mut Router<'_>) -> Draws {
        self.retries.earn();
        self.attempts += 1;
        let way = self.way(now, (agent, Attempt::First), router);
        let ToRegion {
            half_rtt,
            added,
            demand,
        } = self.to[way.region];
        Draws {
            demand: self.draw_demand(demand),
            needs: self.draw_needs(),
            sequel: self.sequels.as_mut().map(Sequel::draw).unwrap_or_default(),
            trip: Trip {
                way,
                out: jittered(half_rtt, self.sigma, &mut self.jitter) + added,
                back: jittered(half_rtt, self.sigma, &mut self.jitter) + added,
            },
        }
    }

    /// Draws the trip of a retry or a hedge by `agent`; `avoided` is the region that it does not
    /// want to go to again, if any. From a stream of its own, so that retries shift no other
    /// request's draws.
    pub(crate) fn draw_again(
        &mut self,
        now: SimTime,
        (agent, avoided): (u32, Option<RegionId>),
        router: &mut Router<'_>,
    ) -> Trip {
        self.attempts += 1;
        let way = match avoided {
            Some(avoided) => self.way_elsewhere(now, (agent, avoided), router),
            None => self.way(now, (agent, Attempt::Later), router),
        };
        let ToRegion {
            half_rtt, added, ..
        } = self.to[way.region];
        Trip {
            way,
            out: jittered(half_rtt, self.sigma, self.retries.stream()) + added,
            back: jittered(half_rtt, self.sigma, self.retries.stream()) + added,
        }
    }

    /// The work that a request brings to another region than before: the same where both serve
    /// alike, else drawn from the law of the new one.
    pub(crate) fn demand_elsewhere(
        &mut self,
        (from, to): (RegionId, RegionId),
        demand: SimDuration,
    ) -> SimDuration {
        if self.to[from].demand == self.to[to].demand {
            return demand;
        }
        self.demand_afresh(to)
    }

    /// The work that a hedge brings to a region.
    pub(crate) fn demand_afresh(&mut self, region: RegionId) -> SimDuration {
        let (distribution, _) = &self.demands[self.to[region].demand];
        distribution.sample(self.retries.stream())
    }

    /// When an attempt that begins at `now`, of a request that started at `started`, is given up.
    pub(crate) fn deadline(&self, now: SimTime, started: SimTime) -> SimTime {
        let timeout = now.limited_by(self.spec.client.timeout);
        timeout.min(self.last_deadline(started))
    }

    /// When a request that started at `started` is given up for good.
    pub(crate) fn last_deadline(&self, started: SimTime) -> SimTime {
        started.limited_by(self.spec.client.retry.deadline)
    }

    /// When a first attempt that begins at `now` is given up: a time that only grows with `now`.
    pub(crate) fn first_deadline(&self, now: SimTime) -> SimTime {
        self.deadline(now, now)
    }

    /// When the connection that an attempt waits for is given up.
    pub(crate) fn connect_deadline(&self, request: &Request) -> SimTime {
        request.begun.limited_by(self.spec.client.connect_timeout)
    }

    /// Whether the client of an attempt still waits for its connection when that is made: the request
    /// comes to the region at `arrives`, and the client has had the answer to the last of the handshake.
    pub(crate) fn connects_in_time(&self, request: &Request, arrives: SimTime) -> bool {
        arrives <= self.connect_deadline(request) + request.back
    }

    /// Draws what a request needs of the configuration.
    fn draw_needs(&mut self) -> Needs {
        let Some(stream) = &mut self.needs else {
            return Needs::default();
        };
        let [change, luck] = [stream.word(), stream.word()];
        Needs { change, luck }
    }

    /// Draws from every distribution, so that the region chosen does not shift the others.
    fn draw_demand(&mut self, wanted: usize) -> SimDuration {
        let mut demand = SimDuration::ZERO;
        for (index, (distribution, stream)) in self.demands.iter_mut().enumerate() {
            let drawn = distribution.sample(stream);
            if index == wanted {
                demand = drawn;
            }
        }
        demand
    }
}

/// How the agents of a population keep connections; `None` if that is not modeled.
fn connections<'s>(
    fleet: &FleetSpec,
    spec: &'s PopulationSpec,
    stream: Stream,
) -> Option<Connections<'s>> {
    let policy = spec.client.connection.as_ref();
    let policy = policy.filter(|_| !fleet.routing.is_oracle())?;
    Some(Connections::new(
        policy,
        spec.client.connect_timeout,
        stream,
    ))
}

/// What look-ups cost a population, and how long it keeps answers for other reasons than their TTL.
fn look_ups(fleet: &FleetSpec, spec: &PopulationSpec) -> DnsSpec {
    if fleet.routing.decides_each_attempt() {
        DnsSpec::faithful(SimDuration::ZERO)
    } else {
        spec.client.dns
    }
}

/// A one-way delay as it turns out this time.
#[expect(
    clippy::inline_always,
    reason = "every request comes here twice: 3 % of all instructions"
)]
#[inline(always)]
pub(super) fn jittered(median: SimDuration, sigma: f64, stream: &mut Stream) -> SimDuration {
    if sigma == 0.0 {
        return median;
    }
    median.scaled((sigma * stream.normal()).exp())
}

type Demands<'s> = (Vec<(&'s Distribution, Stream)>, IdMap<RegionSpec, usize>);

/// The service distributions that occur. All draw from equal streams, so that a request brings
/// like work wherever it goes, and one more distribution shifts no other's draws.
fn demands<'s>(fleet: &'s FleetSpec, spec: &PopulationSpec, seed: StreamSeed) -> Demands<'s> {
    let mut demands: Vec<(&Distribution, Stream)> = Vec::new();
    let mut place = |service: &'s Distribution| {
        let known = demands.iter().position(|(other, _)| *other == service);
        known.unwrap_or_else(|| {
            demands.push((service, seed.stream(Purpose::Demand, &spec.name)));
            demands.len() - 1
        })
    };
    let regions = fleet.regions.iter();
    let demand_of = regions.map(|region| place(&region.service)).collect();
    (demands, demand_of)
}
