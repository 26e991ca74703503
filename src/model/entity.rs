//! What a fleet consists of: regions, populations, back ends, outages, and the numbers that name them.
//!
//! Like all of [`FleetSpec`](crate::model::FleetSpec), checked: names are unique, capacities are
//! positive.

use crate::model::backlog::Discipline;
use crate::model::cache::CacheSpec;
use crate::model::client::{Backoff, ClientSpec};
use crate::random::{ArrivalProcess, Distribution, RateProfile};
use crate::units::{Id, IdMap, Rate, Ratio, SimDuration, SimTime};

/// The number of a region, in the order of the file.
pub type RegionId = Id<RegionSpec>;
/// The number of a population, in the order of the file.
pub type PopulationId = Id<PopulationSpec>;
/// The number of a back end, in the order of the file.
pub type BackendId = Id<BackendSpec>;
/// The number of a site, in the order of the back ends and of their sites in the file.
pub type SiteId = Id<SiteSpec>;

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
    /// VMs of a unit, at least 1.
    pub vms_per_unit: u32,
    /// Zones that the VMs of all units are dealt out to, at least 1.
    pub zones: u32,
    /// The demand of one request.
    pub service: Distribution,
    /// How many requests may wait; more are refused with 503. `None`: no limit.
    pub queue_limit: Option<u32>,
    /// How many attempts it admits over time; more are refused with 429. `None`: any number.
    pub rate_limit: Option<RateLimitSpec>,
    /// Who of those that wait is served next.
    pub discipline: Discipline,
    /// Who has waited for longer when a worker becomes free is sent away with 503. `None`: nobody.
    pub shed_after: Option<SimDuration>,
    /// What its gateway answers without calling a back end; `None`: nothing.
    pub cache: Option<CacheSpec>,
    /// Where the region is: latitude and longitude in degrees, if known.
    pub coordinates: Option<[f64; 2]>,
}

impl RegionSpec {
    /// Requests that one unit serves at once.
    pub fn workers_per_unit(&self) -> u32 {
        self.workers / self.units
    }
}

/// How many attempts a region admits over time. Regions share no counter, and one that fails
/// forgets what it has counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimitSpec {
    /// Attempts that are admitted at most within any period; at least 1.
    pub calls: u32,
    /// The length of that sliding window; positive.
    pub period: SimDuration,
    /// What is counted together.
    pub by: LimitKey,
}

impl RateLimitSpec {
    /// What a counter admits in the long run.
    pub fn rate(&self) -> Rate {
        Rate::per_s(f64::from(self.calls) / self.period.as_secs_f64()).expect("a period takes time")
    }
}

/// What a rate limit counts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitKey {
    /// All that comes to the region.
    Region,
    /// What each population sends to the region, for itself.
    Population,
}

/// Clients of one place and kind.
#[derive(Clone, Debug)]
pub struct PopulationSpec {
    /// The population's name.
    pub name: String,
    /// When its clients want something.
    pub traffic: Traffic,
    /// Number of agents: processes with their own DNS cache; at least 1.
    pub agents: u32,
    /// Median round trip to each region, last mile included.
    pub rtt: IdMap<RegionSpec, SimDuration>,
    /// What the clients do by themselves.
    pub client: ClientSpec,
}

/// When the clients of a population want something.
#[derive(Clone, Debug, PartialEq)]
pub enum Traffic {
    /// Requests arrive whatever became of earlier ones; each belongs to any agent.
    Open {
        /// The arrival rate, on the clock of the measured period.
        rate: RateProfile,
        /// How requests follow each other at that rate.
        arrivals: ArrivalProcess,
    },
    /// Every agent is a user who wants something, waits for its end, thinks, and wants again.
    Closed {
        /// The time from the end of a request to the user's next.
        think: Distribution,
    },
}

impl Traffic {
    /// Independent requests at a rate.
    pub fn poisson(rate: impl Into<RateProfile>) -> Self {
        Self::Open {
            rate: rate.into(),
            arrivals: ArrivalProcess::POISSON,
        }
    }
}

impl PopulationSpec {
    /// The mean arrival rate over a measured period of this length. Users of a closed loop ask as
    /// often as they can: as if answers took the shortest round trip, and at least a millisecond.
    pub fn mean_rate(&self, duration: SimDuration) -> Rate {
        match &self.traffic {
            Traffic::Open { rate, .. } => rate.mean(duration),
            Traffic::Closed { think } => self.closed_rate(think),
        }
    }

    /// The lowest and the highest arrival rate between two times into the measured period.
    pub fn rate_between(&self, from: SimDuration, to: SimDuration) -> [Rate; 2] {
        match &self.traffic {
            Traffic::Open { rate, .. } => rate.range_between(from, to),
            Traffic::Closed { think } => [self.closed_rate(think); 2],
        }
    }

    /// The mean time from one request of an agent to its next, as the run starts; `None` if there
    /// are no requests.
    pub fn mean_gap(&self) -> Option<SimDuration> {
        match &self.traffic {
            Traffic::Open { rate, .. } => {
                let gap = rate.at(SimDuration::ZERO).mean_gap()?;
                Some(gap.scaled(f64::from(self.agents)))
            }
            Traffic::Closed { think } => Some(think.mean()),
        }
    }

    fn closed_rate(&self, think: &Distribution) -> Rate {
        let shortest = self.rtt.iter().min().copied().unwrap_or_default();
        let cycle = think.mean() + shortest.max(SimDuration::from_millis(1));
        Rate::per_s(f64::from(self.agents) / cycle.as_secs_f64()).expect("a cycle takes time")
    }
}

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

/// A scripted fault.
#[derive(Clone, Debug, PartialEq)]
pub struct OutageSpec {
    /// The region that fails.
    pub region: RegionId,
    /// When it fails, on the run's clock.
    pub start: SimTime,
    /// When it is back.
    pub end: SimTime,
    /// What clients see of what is lost.
    pub mode: OutageMode,
    /// What of the region is lost.
    pub scope: Scope,
    /// How it grows and shrinks.
    pub ramp: Ramp,
}

/// How long an outage of degree takes to grow to it, and to shrink to nothing again: both within its
/// time. What has no degree has no ramp.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ramp {
    /// From its start.
    pub up: SimDuration,
    /// Until its end.
    pub down: SimDuration,
}

impl Ramp {
    /// All at once, and over at once.
    pub const NONE: Self = Self {
        up: SimDuration::ZERO,
        down: SimDuration::ZERO,
    };
}

/// What an outage hits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scope {
    /// All of the region: its gateway and, if it is the primary, the management plane.
    Region,
    /// This share of its workers, with what they are doing. At least one is left.
    Capacity(Ratio),
    /// The VMs in this zone of it, counted from 1, with what they are doing. If no VM is left in
    /// other zones, it is as if all of the region were hit.
    Zone(u32),
    /// So many VMs, of zones that are not hit, with what they are doing. If none is left, it is as
    /// if all of the region were hit.
    Vms(u32),
    /// The management plane alone; the region is the primary.
    Management,
    /// Its speed: work that is begun meanwhile takes so many times as long; more than 1.
    Speed(f64),
    /// Nothing that probes would see: this share of the attempts that it serves ends with an error.
    Gray(Ratio),
    /// What probes find, and nothing else.
    Probes(Lie),
    /// What the router does with news: its answers stay as they are. The region means nothing.
    Router,
    /// A back end, wherever it is. The region is that of its first site, and means nothing.
    Backend(BackendHit),
    /// The record of its name: who looks it up gets no address. Answers that are cached still hold,
    /// connections live on, and the router does not notice.
    Name,
    /// The way between it and another place, in both directions. Both places go on.
    Network(Place, Impairment),
}

/// The other end of a way to a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Where the clients of a population are: its attempts and their answers.
    Population(PopulationId),
    /// Another region: what the management plane in one of them has to do with the other.
    Region(RegionId),
    /// Where the router probes from.
    Probers,
}

/// What happens to messages on a way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Impairment {
    /// So much longer they take, each way.
    pub delay: SimDuration,
    /// This share of them is lost, and sent again by TCP; if it is all, the way is cut.
    pub loss: Ratio,
}

impl Impairment {
    /// Nothing.
    pub const NONE: Self = Self {
        delay: SimDuration::ZERO,
        loss: Ratio::ZERO,
    };
    /// Nothing gets through.
    pub const PARTITION: Self = Self {
        delay: SimDuration::ZERO,
        loss: Ratio::ONE,
    };

    /// Whether nothing gets through.
    pub fn is_partition(self) -> bool {
        self.loss == Ratio::ONE
    }

    /// This and another at once: delays add up, and each has its chance to lose a message.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let kept = self.loss.complement() * other.loss.complement();
        Self {
            delay: self.delay + other.delay,
            loss: kept.complement(),
        }
    }
}

/// What probes find whatever the truth is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// The region does not answer them.
    Down,
    /// It answers them, even if it is down.
    Up,
}

/// What a region that is down does with what reaches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutageMode {
    /// Nothing answers: connections time out, requests inside are never answered.
    Blackhole,
    /// Connections are refused, and what was inside is reset.
    Refuse,
    /// What is sent arrives when the outage ends, as retransmission delivers it, even if the
    /// client has long given up; what is inside is served, and answered when the outage ends.
    Hold,
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
