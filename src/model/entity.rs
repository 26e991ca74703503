//! What a fleet consists of: regions, populations, outages, and the numbers that name them.
//!
//! Like all of [`FleetSpec`](crate::model::FleetSpec), checked: names are unique, capacities are
//! positive.

use crate::random::Distribution;
use crate::units::{Id, IdMap, Rate, SimDuration, SimTime};

/// The number of a region, in the order of the file.
pub type RegionId = Id<RegionSpec>;
/// The number of a population, in the order of the file.
pub type PopulationId = Id<PopulationSpec>;
/// The number of an outage, in the order of the file.
pub type OutageId = Id<OutageSpec>;

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
