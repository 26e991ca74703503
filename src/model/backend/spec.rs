//! Back ends and caches as checked.

use crate::model::client::Backoff;
use crate::model::entity::{RegionId, RegionSpec};
use crate::random::Distribution;
use crate::units::{Id, IdMap, Ratio, SimDuration};

/// The number of a back end, in the order of the file.
pub type BackendId = Id<BackendSpec>;
/// The number of a site, in the order of the back ends and of their sites in the file.
pub type SiteId = Id<SiteSpec>;

/// All back ends.
#[derive(Clone, Debug)]
pub struct BackendsSpec {
    /// Each back end.
    pub backends: IdMap<BackendSpec, BackendSpec>,
    /// The sites of all of them.
    pub sites: IdMap<SiteSpec, SiteSpec>,
}

/// Something that gateways call, at one site or at several.
#[derive(Clone, Debug)]
pub struct BackendSpec {
    /// Its name.
    pub name: String,
    /// The share of requests that need it. The shares of all back ends add up to at most 1; the
    /// rest is answered by the gateway alone.
    pub share: Ratio,
    /// How a gateway chooses among sites of the same priority.
    pub choice: Choice,
    /// How long a gateway waits for an answer; positive.
    pub timeout: SimDuration,
    /// Calls for one attempt of a client at most, the first included; at least 1.
    pub attempts: u32,
    /// How long a gateway waits between them.
    pub backoff: Backoff,
    /// When a VM of a gateway stops calling a site; `None`: never.
    pub breaker: Option<BreakerSpec>,
}

/// How a gateway chooses among sites of the same priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The one with the shortest round trip.
    Closest,
    /// Any, in proportion to their weights.
    Weighted,
}

/// When a VM stops calling a site, and for how long. VMs do not know of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerSpec {
    /// It opens when so many calls of the VM to the site have failed within the window; at least 1.
    pub failures: u32,
    /// The length of that sliding window; positive.
    pub window: SimDuration,
    /// How long it then stays open; positive.
    pub open_for: SimDuration,
    /// Calls that are let through at once when that is over, until one of them has ended: it
    /// closes if that went well, and opens again if not. `None`: it just closes.
    pub half_open: Option<u32>,
}

/// A place where a back end runs.
#[derive(Clone, Debug)]
pub struct SiteSpec {
    /// Whose site it is.
    pub backend: BackendId,
    /// The name of the place.
    pub place: String,
    /// The region that it is in, and fails with; `None` if it is in none that has a gateway.
    pub region: Option<RegionId>,
    /// Median round trip from the gateway of every region.
    pub rtt: IdMap<RegionSpec, SimDuration>,
    /// The time that a call takes there.
    pub service: Distribution,
    /// Calls that are served at once; `None`: any number.
    pub workers: Option<u32>,
    /// How many calls may wait; more are refused. `None`: any number.
    pub queue_limit: Option<u32>,
    /// Sites of a larger number are called only if no breaker lets a call through to one of a
    /// smaller number.
    pub priority: u32,
    /// How many of the calls it gets next to sites of the same priority; at least 1.
    pub weight: u32,
    /// The regions whose gateways call it; all if there are none.
    pub serves: Vec<RegionId>,
}

impl BackendsSpec {
    /// The sites of a back end.
    pub fn sites_of(&self, backend: BackendId) -> impl Iterator<Item = (SiteId, &SiteSpec)> {
        self.sites
            .entries()
            .filter(move |(_, site)| site.backend == backend)
    }

    /// The name of a site in results.
    pub fn name_of(&self, site: SiteId) -> String {
        let spec = &self.sites[site];
        format!("{}@{}", self.backends[spec.backend].name, spec.place)
    }
}

/// A region's response cache: what it has once passed on it answers by itself for a time. It is in
/// memory, and empty when the gateway starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CacheSpec {
    /// The share of requests whose answers may be kept.
    pub cacheable: Ratio,
    /// How many different answers there are for a population; at least 1.
    pub items: u32,
    /// How unequal they are: the nth is asked for in proportion to n^-skew (Zipf's law); 0: all
    /// alike.
    pub skew: f64,
    /// How long an answer is kept; positive.
    pub ttl: SimDuration,
    /// Whether all populations ask for the same.
    pub is_shared: bool,
}

/// An outage of a back end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BackendHit {
    /// Which back end.
    pub backend: BackendId,
    /// Where; `None`: at all of its sites.
    pub site: Option<SiteId>,
    /// What is lost there.
    pub part: BackendPart,
}

/// What is lost of a back end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BackendPart {
    /// All of it.
    All,
    /// This share of its workers, with what they are doing. At least one is left.
    Capacity(Ratio),
    /// Its speed: calls that are begun meanwhile take so many times as long; more than 1.
    Speed(f64),
    /// This share of the calls that it serves ends with an error.
    Gray(Ratio),
}
