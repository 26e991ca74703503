//! A population while it runs: its arrivals, its agents, and all that it draws.
//!
//! Everything that a request will need is drawn when it arrives, from streams of its population,
//! so that two strategies see identical traffic.

use crate::engine::{Key, Lane};
use crate::model::dns::{DnsCaches, Resolved};
use crate::model::entity::{PopulationId, PopulationSpec, RegionId, RegionSpec, Traffic};
use crate::model::retry::Retries;
use crate::model::router::Router;
use crate::model::spec::FleetSpec;
use crate::random::{Arrivals, Distribution, Purpose, Stream, StreamSeed};
use crate::units::{IdMap, SimDuration, SimTime};

/// A running population.
pub(crate) struct Population<'s> {
    spec: &'s PopulationSpec,
    id: PopulationId,
    source: Source<'s>,
    agents: Stream,
    /// One stream for every service distribution that occurs among the regions.
    demands: Vec<(&'s Distribution, Stream)>,
    /// Which of `demands` a region has.
    demand_of: IdMap<RegionSpec, usize>,
    jitter: Stream,
    sigma: f64,
    routing: Stream,
    caches: DnsCaches,
    half_rtt: IdMap<RegionSpec, SimDuration>,
    /// Whether and when clients try again.
    pub(crate) retries: Retries<'s>,
    /// Deadlines of the requests under way.
    pub(crate) timeouts: Lane<Key>,
}

/// Where requests come from.
enum Source<'s> {
    Open(Option<Arrivals>),
    Closed(&'s Distribution, Stream),
}

/// What is drawn for a request when it arrives.
pub(crate) struct Draws {
    /// The work it brings.
    pub(crate) demand: SimDuration,
    /// The way of its first attempt.
    pub(crate) trip: Trip,
}

/// The way of an attempt.
pub(crate) struct Trip {
    /// Where it goes.
    pub(crate) resolved: Resolved,
    /// The way to the region.
    pub(crate) out: SimDuration,
    /// The way back.
    pub(crate) back: SimDuration,
}

impl<'s> Population<'s> {
    /// The population `id` of `fleet` at the start of a run.
    pub(crate) fn new(
        fleet: &'s FleetSpec,
        id: PopulationId,
        seed: StreamSeed,
        router: &Router<'_>,
    ) -> Self {
        let spec = &fleet.populations[id];
        let stream = |purpose| seed.stream(purpose, &spec.name);
        let mut routing = stream(Purpose::Routing);
        let caches = DnsCaches::in_steady_state(
            (&spec.client.dns, fleet.routing.ttl),
            spec.agents,
            &mut stream(Purpose::CacheAge),
            || router.answer(id, &mut routing),
        );
        let (demands, demand_of) = demands(fleet, spec, seed);
        Self {
            spec,
            id,
            source: match &spec.traffic {
                Traffic::Open { rate, arrivals } => {
                    let stream = stream(Purpose::Arrivals);
                    Source::Open(Arrivals::new(
                        (rate, arrivals),
                        fleet.period.start(),
                        stream,
                    ))
                }
                Traffic::Closed { think } => Source::Closed(think, stream(Purpose::Think)),
            },
            agents: stream(Purpose::Agents),
            demands,
            demand_of,
            jitter: stream(Purpose::Jitter),
            sigma: fleet.jitter,
            routing,
            caches,
            half_rtt: spec.rtt.map(|&rtt| rtt / 2),
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
        match &mut self.source {
            Source::Open(arrivals) => arrivals.as_mut()?.after(now),
            Source::Closed(..) => None,
        }
    }

    /// When a user whose request ended at `ended` wants something again; `None` if others, or the
    /// same ones, come whenever they come.
    pub(crate) fn next_wish(&mut self, ended: SimTime) -> Option<SimTime> {
        match &mut self.source {
            Source::Open(_) => None,
            Source::Closed(think, stream) => Some(ended + think.sample(stream)),
        }
    }

    /// The number of agents.
    pub(crate) fn agents(&self) -> u32 {
        self.spec.agents
    }

    /// Draws whose request an arrival is.
    pub(crate) fn draw_agent(&mut self) -> u32 {
        self.agents.below(self.spec.agents)
    }

    /// Draws what a request of `agent` that arrives at `now` needs.
    pub(crate) fn draw(&mut self, now: SimTime, agent: u32, router: &Router<'_>) -> Draws {
        let (id, routing) = (self.id, &mut self.routing);
        let ask = || router.answer(id, routing);
        let resolved = self.caches.resolve(now, agent, ask);
        self.retries.earn();
        let half_rtt = self.half_rtt[resolved.region];
        Draws {
            demand: self.draw_demand(self.demand_of[resolved.region]),
            trip: Trip {
                resolved,
                out: jittered(half_rtt, self.sigma, &mut self.jitter),
                back: jittered(half_rtt, self.sigma, &mut self.jitter),
            },
        }
    }

    /// Draws the way of a retry by `agent`, whose last attempt went to `failed`; from a stream of
    /// its own, so that retries shift no other request's draws.
    pub(crate) fn draw_retry(
        &mut self,
        now: SimTime,
        (agent, failed): (u32, RegionId),
        router: &mut Router<'_>,
    ) -> Trip {
        let id = self.id;
        let stream = self.retries.stream();
        let resolved = if self.spec.client.retry.elsewhere {
            Resolved {
                region: router.answer_other_than(failed, id, stream),
                ready: now + self.spec.client.dns.lookup,
                is_fresh: true,
            }
        } else {
            self.caches
                .resolve(now, agent, || router.answer(id, stream))
        };
        let half_rtt = self.half_rtt[resolved.region];
        Trip {
            resolved,
            out: jittered(half_rtt, self.sigma, self.retries.stream()),
            back: jittered(half_rtt, self.sigma, self.retries.stream()),
        }
    }

    /// The work that a request brings to another region than before: the same where both serve
    /// alike, else drawn from the law of the new one.
    pub(crate) fn demand_elsewhere(
        &mut self,
        (from, to): (RegionId, RegionId),
        demand: SimDuration,
    ) -> SimDuration {
        if self.demand_of[from] == self.demand_of[to] {
            return demand;
        }
        let (distribution, _) = &self.demands[self.demand_of[to]];
        distribution.sample(self.retries.stream())
    }

    /// When an attempt that began at `began` is given up.
    pub(crate) fn deadline(&self, began: SimTime) -> SimTime {
        after(began, self.spec.client.timeout)
    }

    /// When a connection attempt that began at `began` is given up.
    pub(crate) fn connect_deadline(&self, began: SimTime) -> SimTime {
        after(began, self.spec.client.connect_timeout)
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

/// A one-way delay as it turns out this time.
fn jittered(median: SimDuration, sigma: f64, stream: &mut Stream) -> SimDuration {
    if sigma == 0.0 {
        return median;
    }
    median.scaled((sigma * stream.normal()).exp())
}

fn after(at: SimTime, limit: Option<SimDuration>) -> SimTime {
    limit.map_or(SimTime::NEVER, |limit| at + limit)
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
