//! How much work a study is, before it is begun: events, time and memory.
//!
//! Means and rules of thumb, from the bundled scenarios. A request is 3 events (it arrives, is served, is
//! answered: 3.0 to 3.6), or half of that where its end is foreseen, and 3 more for what a back end does
//! for it (5.3 to 6.4 in all); while something is down it may be tried as often as its client tries, so
//! that a scenario of retries is overestimated and one whose queues build up is underestimated, both by
//! less than an order of magnitude. Memory is mostly the rows of the timeline (2.6 kB each, measured with
//! 20,000 windows and 22 scopes) and what is kept of each replication. What this file is not: a promise.

use crate::experiment::Study;
use crate::model::{
    Changes, FleetSpec, HazardSpec, HealthCheck, HedgeDelay, Pacing, PopulationSpec, SignalSpec,
};
use crate::units::SimDuration;

/// The most events that are simulated unless it is insisted on: more than a day of one core.
pub const EVENTS_MAX: f64 = 5e11;

/// The most memory that is used unless it is insisted on, in bytes.
pub const BYTES_MAX: f64 = 8.0 * GIBIBYTE;

/// Events that a thread handles per second: what a busy core does, of which a quiet one does twice as
/// many.
const EVENTS_PER_S: f64 = 5e6;

const GIBIBYTE: f64 = (1_u64 << 30) as f64;

/// Events of a request that is answered at once.
const EVENTS_OF_REQUEST: f64 = 3.3;

/// The same where regions foresee when they will have served it.
const EVENTS_FORESEEN: f64 = 1.7;

/// Events of a call of a back end.
const EVENTS_OF_CALL: f64 = 3.0;

/// A row of the timeline, in all the forms that it has on its way to the disk.
const BYTES_OF_ROW: f64 = 2_600.0;

/// What is kept of a window of a scope in each replication.
const BYTES_OF_WINDOW: f64 = 160.0;

/// What is kept of a scope in each replication: histograms.
const BYTES_OF_SCOPE: f64 = 16_000.0;

/// An agent with its answer and its connection, and what censuses know of it.
const BYTES_OF_AGENT: f64 = 66.0;

/// An answer that a cache keeps.
const BYTES_OF_ANSWER: f64 = 8.0;

/// What is kept of a point of a sweep.
const BYTES_OF_POINT: f64 = 4_000.0;

/// What the program is without any study.
const BYTES_OF_PROGRAM: f64 = 2e7;

/// How much work something is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Effort {
    /// Events, over all replications.
    pub events: f64,
    /// Memory at its highest, in bytes.
    pub bytes: f64,
}

impl Effort {
    /// That of a study, with as many replications as it may come to.
    pub fn of(study: &Study) -> Self {
        let fleet = &study.fleet;
        let replications = f64::from(study.run.replications.most());
        let windows = fleet.period.duration.as_secs_f64() / study.run.window.as_secs_f64();
        let scopes = 1 + fleet.regions.len() + fleet.populations.len();
        let sites = fleet
            .backends
            .as_ref()
            .map_or(0, |backends| backends.sites.len());
        let scopes = (scopes + sites) as f64;
        let rows = windows.ceil() * scopes;
        let agents: f64 = fleet.populations.iter().map(|p| f64::from(p.agents)).sum();
        let of_replication = rows * BYTES_OF_WINDOW + scopes * BYTES_OF_SCOPE;
        let running = agents * BYTES_OF_AGENT + answers(fleet) * BYTES_OF_ANSWER;
        // Counting agents is no event, but it is work; and so is a row.
        let censuses = fleet.census.map_or(0.0, |_| windows.min(1_000.0));
        let counted = agents * censuses / 10.0 + rows;
        Self {
            events: replications * (events(fleet) + counted),
            bytes: BYTES_OF_PROGRAM + rows * BYTES_OF_ROW + replications * of_replication + running,
        }
    }

    /// That of several studies that are compared: the results of all are kept.
    pub fn of_all<'s>(studies: impl Iterator<Item = &'s Study>) -> Self {
        let efforts = studies.map(Self::of);
        efforts.fold(Self::default(), |one, other| Self {
            events: one.events + other.events,
            bytes: one.bytes + other.bytes,
        })
    }

    /// That of the points of a sweep, of which only figures are kept.
    pub fn of_points(points: &[Self]) -> Self {
        let largest = points.iter().map(|point| point.bytes).fold(0.0, f64::max);
        Self {
            events: points.iter().map(|point| point.events).sum(),
            bytes: largest + points.len() as f64 * BYTES_OF_POINT,
        }
    }

    /// How long it takes on so many threads, in seconds.
    pub fn time_s(&self, threads: usize) -> f64 {
        self.events / EVENTS_PER_S / threads.max(1) as f64
    }

    /// The memory in GiB.
    pub fn gibibytes(&self) -> f64 {
        self.bytes / GIBIBYTE
    }

    /// Whether it is so much that it must be insisted on.
    pub fn is_excessive(&self) -> bool {
        // Infinite or unknown work is too much as well.
        !(self.events <= EVENTS_MAX && self.bytes <= BYTES_MAX)
    }
}

/// The events of a replication.
fn events(fleet: &FleetSpec) -> f64 {
    let period = fleet.period;
    let run_s = (period.warm_up + period.duration).as_secs_f64();
    let called = fleet.backends.as_ref().map_or(0.0, |backends| {
        let needed = backends
            .backends
            .iter()
            .map(|backend| backend.share.as_f64());
        needed.sum()
    });
    let foresee = fleet.regions.ids().all(|id| fleet.keeps_timetable(id));
    let of_request = if foresee {
        EVENTS_FORESEEN
    } else {
        EVENTS_OF_REQUEST
    };
    let of_attempt = of_request + EVENTS_OF_CALL * called;
    let shaken = share_shaken(fleet);
    let of_requests = fleet.populations.iter().map(|population| {
        let requests = population.mean_rate(period.duration).as_per_s() * run_s;
        requests * attempts(population, shaken) * of_attempt
    });
    let requests: f64 = of_requests.sum();
    requests + upkeep_per_s(fleet) * run_s
}

/// How often a request is tried, on average.
fn attempts(population: &PopulationSpec, shaken: f64) -> f64 {
    let client = &population.client;
    let again = f64::from(client.retry.attempts.max(1) - 1);
    let hedged = match client.hedge.map(|hedge| hedge.after) {
        None => 0.0,
        Some(HedgeDelay::Quantile(quantile)) => 1.0 - quantile,
        Some(HedgeDelay::Fixed(_)) => 1.0,
    };
    (1.0 + again * shaken) * (1.0 + hedged)
}

/// The share of a run in which something is down, at most.
fn share_shaken(fleet: &FleetSpec) -> f64 {
    let whole = fleet.period.end();
    let run_s = (fleet.period.warm_up + fleet.period.duration).as_secs_f64();
    let scripted = fleet.outages.iter().map(|outage| {
        let end = outage.end.min(whole);
        end.since(outage.start.min(end)).as_secs_f64() / run_s
    });
    let by_chance = fleet.hazards.iter().map(HazardSpec::share_down);
    scripted.chain(by_chance).sum::<f64>().min(1.0)
}

/// What goes on whether or not anybody asks for anything, in events per second.
fn upkeep_per_s(fleet: &FleetSpec) -> f64 {
    let regions = fleet.regions.len() as f64;
    let every = |interval: SimDuration| 1.0 / interval.as_secs_f64();
    let probes = match fleet.routing.health_check() {
        HealthCheck::Instant => 0.0,
        HealthCheck::Probe(probe) => {
            let pause = match probe.pacing {
                Pacing::Fixed => probe.interval,
                Pacing::AfterResult => probe.interval + probe.rtt,
            };
            3.0 * regions * f64::from(probe.locations) * every(pause)
        }
    };
    let signals = match fleet.routing.signal {
        SignalSpec::Instant => 0.0,
        SignalSpec::Measured { period, .. } => 2.0 * every(period),
    };
    let syncs = fleet.config.as_ref().map_or(0.0, |config| {
        let changes = match &config.changes {
            Changes::Poisson(rate) => rate.as_per_s(),
            Changes::Listed(_) => 0.0,
        };
        regions * (2.0 * every(config.sync.interval) + 2.0 * changes)
    });
    let rules = fleet.management.autoscale.as_ref().map_or(0.0, |rules| {
        regions * (every(rules.scale_out.over) + every(rules.scale_in.over))
    });
    let uses = fleet.management.operation_rate.as_per_s() + fleet.management.portal_rate.as_per_s();
    probes + signals + syncs + rules + uses
}

/// How many answers all caches may keep.
fn answers(fleet: &FleetSpec) -> f64 {
    let kept = fleet.regions.iter().filter_map(|region| region.cache);
    let kept = kept.map(|cache| {
        let kinds = if cache.is_shared {
            1
        } else {
            fleet.populations.len()
        };
        kinds as f64 * f64::from(cache.items)
    });
    kept.sum()
}
