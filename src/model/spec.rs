//! The fleet as checked: what a run is built from.
//!
//! Whoever holds a [`FleetSpec`] holds a legal one: names are unique, every population reaches
//! every region, capacities are positive, outages start within the measured period. Nothing here
//! knows the file it came from, and nothing is checked again.

use crate::model::routing::Strategy;
use crate::random::Distribution;
use crate::units::{Id, IdMap, Rate, SimDuration, SimTime};

/// The number of a region, in the order of the file.
pub type RegionId = Id<RegionSpec>;
/// The number of a population, in the order of the file.
pub type PopulationId = Id<PopulationSpec>;
/// The number of an outage, in the order of the file.
pub type OutageId = Id<OutageSpec>;

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
    /// The scripted faults.
    pub outages: IdMap<OutageSpec, OutageSpec>,
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
        (self.start()..self.end()).contains(&at)
    }
}

/// A gateway in a region.
#[derive(Clone, Debug)]
pub struct RegionSpec {
    /// The region's name.
    pub name: String,
    /// Requests served at once by the whole region: units x VMs x workers, at least 1.
    pub workers: u32,
    /// Units bought.
    pub units: u32,
    /// The demand of one request.
    pub service: Distribution,
    /// How many requests may wait; more are refused with 503. `None`: no limit.
    pub queue_limit: Option<u32>,
    /// Where the region is: latitude and longitude in degrees, if known.
    pub coordinates: Option<[f64; 2]>,
}

/// Clients of one place and kind.
#[derive(Clone, Debug)]
pub struct PopulationSpec {
    /// The population's name.
    pub name: String,
    /// Arrival rate of requests.
    pub rate: Rate,
    /// Number of agents: processes with their own DNS cache; at least 1.
    pub agents: u32,
    /// Median round trip to each region, last mile included.
    pub rtt: IdMap<RegionSpec, SimDuration>,
    /// What the clients do by themselves.
    pub client: ClientSpec,
}

/// The policy of a population's clients. `None` is "no limit".
#[derive(Clone, Debug, PartialEq)]
pub struct ClientSpec {
    /// Longest wait for one attempt, from its start, look-up included.
    pub timeout: Option<SimDuration>,
    /// Longest wait for a connection to be accepted, from the end of the look-up.
    pub connect_timeout: Option<SimDuration>,
    /// The time that a look-up takes when the cache has no answer.
    pub dns_lookup: SimDuration,
}

/// How clients find a region, and how the router learns what is healthy.
#[derive(Clone, Debug)]
pub struct RoutingSpec {
    /// Which region an answer names.
    pub strategy: Strategy,
    /// How long an agent keeps an answer.
    pub ttl: SimDuration,
    /// How the router learns about health.
    pub health: HealthCheck,
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

/// A scripted fault.
#[derive(Clone, Debug, PartialEq)]
pub struct OutageSpec {
    /// The region that fails.
    pub region: RegionId,
    /// When it fails, on the run's clock.
    pub start: SimTime,
    /// When it is back.
    pub end: SimTime,
    /// What clients see meanwhile.
    pub mode: OutageMode,
}

/// What a region that is down does with what reaches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutageMode {
    /// Nothing answers: connections time out, requests inside are never answered.
    Blackhole,
    /// Connections are refused, and what was inside is reset.
    Refuse,
}

impl FleetSpec {
    /// The work that one request brings on average to a region.
    pub fn mean_demand(&self, region: RegionId) -> SimDuration {
        self.regions[region].service.mean()
    }
}
