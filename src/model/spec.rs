//! The fleet as checked: what a run is built from.
//!
//! Whoever holds a [`FleetSpec`] holds a legal one: names are unique, every population reaches
//! every region, capacities are positive, outages start within the measured period. Nothing here
//! knows the file it came from, and nothing is checked again.

use crate::model::config::ConfigSpec;
use crate::model::entity::{BackendsSpec, OutageSpec, PopulationSpec, RegionId, RegionSpec, Scope};
use crate::model::hazard::HazardSpec;
use crate::model::health::Health;
use crate::model::management::{ManagementSpec, joins_later};
use crate::model::observer::Hit;
use crate::model::outcome::Blame;
use crate::model::routing::{LoadView, RegionLoad, Strategy};
use crate::units::{IdMap, SimDuration, SimTime};

/// A fleet, its clients, and what will happen to it.
#[derive(Clone, Debug)]
pub struct FleetSpec {
    /// When the measured period begins and ends, on the run's clock.
    pub period: Period,
    /// The regions that have a gateway.
    pub regions: IdMap<RegionSpec, RegionSpec>,
    /// The region that holds the management plane.
    pub primary: RegionId,
    /// Who sends requests.
    pub populations: IdMap<PopulationSpec, PopulationSpec>,
    /// How clients find a region.
    pub routing: RoutingSpec,
    /// Sigma of the lognormal factor of median 1 on every one-way delay; 0 draws nothing.
    pub jitter: f64,
    /// How the configuration comes to the regions; `None`: it never changes, and nobody asks for it.
    pub config: Option<ConfigSpec>,
    /// What gateways call; `None`: they answer by themselves.
    pub backends: Option<BackendsSpec>,
    /// What the management plane is asked to do.
    pub management: ManagementSpec,
    /// The scripted faults.
    pub outages: IdMap<OutageSpec, OutageSpec>,
    /// What brings outages by chance.
    pub hazards: IdMap<HazardSpec, HazardSpec>,
    /// How often agents are counted by where they would go; `None`: never.
    pub census: Option<SimDuration>,
    /// How many requests may wait in one region before the run gives up as saturated.
    pub backlog_max: usize,
}

/// The measured part of a run: a request counts when its first attempt starts within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The length of the warm-up, which is also when the measured period starts.
    pub warm_up: SimDuration,
    /// The length of the measured period.
    pub duration: SimDuration,
}

impl Period {
    /// The first measured point of the run's clock.
    pub fn start(self) -> SimTime {
        SimTime::ZERO + self.warm_up
    }

    /// The first point that is no longer measured.
    pub fn end(self) -> SimTime {
        self.start() + self.duration
    }

    /// Whether what starts at `at` is measured.
    pub fn contains(self, at: SimTime) -> bool {
        // What is before the start wraps to more than any duration.
        at.as_ns().wrapping_sub(self.warm_up.as_ns()) < self.duration.as_ns()
    }
}

/// How clients find a region, and how the router learns what is healthy.
#[derive(Clone, Debug)]
pub struct RoutingSpec {
    /// Which region an answer names.
    pub strategy: Strategy,
    /// How answers reach clients.
    pub via: Via,
    /// How long an agent keeps an answer, if it keeps any.
    pub ttl: SimDuration,
    /// How the router learns about health.
    pub health: HealthCheck,
    /// What a strategy that looks at load knows of it.
    pub signal: SignalSpec,
}

/// How answers reach clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// They look names up, which takes time, and keep the answers.
    Dns,
    /// They know one address, of the edge that is closest; it decides for every connection, at no
    /// cost, or for every attempt where connections are not modeled.
    Anycast,
}

/// What a router that looks at load knows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignalSpec {
    /// The load of every moment: the bound for every real signal.
    Instant,
    /// Means over periods.
    Measured {
        /// The length of a period; positive.
        period: SimDuration,
        /// From the end of a period until the router knows.
        delay: SimDuration,
    },
}

impl RoutingSpec {
    /// Whether clients keep no answers, so that the router decides anew whenever it is asked.
    pub fn decides_each_attempt(&self) -> bool {
        self.is_oracle() || self.via == Via::Anycast
    }

    /// For how long clients go by an answer at most: the TTL, or not at all.
    pub fn drain(&self) -> SimDuration {
        if self.decides_each_attempt() {
            SimDuration::ZERO
        } else {
            self.ttl
        }
    }

    /// How the router learns about health; an oracle knows.
    pub fn health_check(&self) -> &HealthCheck {
        if self.is_oracle() {
            &HealthCheck::Instant
        } else {
            &self.health
        }
    }

    /// Whether the strategy knows everything, at no cost.
    pub(crate) fn is_oracle(&self) -> bool {
        matches!(self.strategy, Strategy::Oracle(_))
    }
}

/// How the router learns which regions are healthy.
#[derive(Clone, Debug, PartialEq)]
pub enum HealthCheck {
    /// It knows at once: the bound for every real check.
    Instant,
    /// It probes.
    Probe(ProbeSpec),
}

/// Probes from one or several locations.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbeSpec {
    /// From one probe of a location to the next.
    pub interval: SimDuration,
    /// A probe without an answer after this long has failed.
    pub timeout: SimDuration,
    /// A location holds a region degraded after this many failures in a row and one more.
    pub tolerated_failures: u32,
    /// Number of probing locations; at least 1.
    pub locations: u32,
    /// The work a probe brings.
    pub demand: SimDuration,
    /// Round trip from a location to any region.
    pub rtt: SimDuration,
    /// What the interval is counted from.
    pub pacing: Pacing,
}

/// What a probe's interval is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pacing {
    /// From the start of the previous probe, whatever became of it (as gdnsd).
    Fixed,
    /// From the end of the previous probe (as `HAProxy`).
    AfterResult,
}

impl FleetSpec {
    /// Whether a region is outside the fleet until an operation adds it.
    pub fn joins_later(&self, region: RegionId) -> bool {
        joins_later(&self.management.operations, region)
    }

    /// Whether requests can fail by their luck, or for what they need of the configuration.
    pub(crate) fn tests_luck(&self) -> bool {
        let is_gray = |outage: &OutageSpec| matches!(outage.scope, Scope::Gray(_));
        self.config.is_some() || self.outages.iter().any(is_gray)
    }

    /// What is to blame for a back end that gives no answer: itself, or the way there.
    pub(crate) fn blame_behind(&self, hit: Option<Hit>) -> Blame {
        match hit {
            Some(Hit::Outage(id)) if matches!(self.outages[id].scope, Scope::Network(..)) => {
                Blame::Network
            }
            _ => Blame::Backend,
        }
    }

    /// The load while nobody asks for anything.
    pub fn idle_load(&self) -> LoadView {
        let region = |id: RegionId| RegionLoad {
            inside: 0.0,
            workers: f64::from(self.regions[id].workers),
            demand_s: self.mean_demand(id).as_secs_f64(),
        };
        LoadView {
            regions: self.regions.ids().map(region).collect(),
            demand_per_s: self.populations.map(|_| 0.0),
        }
    }

    /// The load that populations bring at the start of the measured period.
    pub fn load_at_start(&self) -> LoadView {
        LoadView {
            demand_per_s: self.demand_at(SimDuration::ZERO),
            ..self.idle_load()
        }
    }

    /// The requests a second that each population sends to each region at the start of the measured
    /// period, all regions that are then in the fleet being up.
    pub(crate) fn arrivals_at_start(&self) -> IdMap<RegionSpec, Vec<f64>> {
        let health = |region| {
            if self.joins_later(region) {
                Health::Offline
            } else {
                Health::Healthy
            }
        };
        let load = self.load_at_start();
        let strategy = &self.routing.strategy;
        let shares = strategy.shares(&self.regions.ids().map(health).collect(), &load);
        let asked = |region| {
            let asks = load.demand_per_s.iter().zip(&shares);
            asks.map(|(per_s, shares)| per_s * shares[region]).collect()
        };
        self.regions.ids().map(asked).collect()
    }

    /// The requests a second of every population so far into the measured period.
    pub(crate) fn demand_at(&self, at: SimDuration) -> IdMap<PopulationSpec, f64> {
        let rate = |population: &PopulationSpec| {
            let [_, rate] = population.rate_between(at, at);
            rate.as_per_s()
        };
        self.populations.map(rate)
    }

    /// The work that one request brings on average to a region.
    pub fn mean_demand(&self, region: RegionId) -> SimDuration {
        self.regions[region].service.mean()
    }
}
