//! Which region a look-up answers with: one file a strategy.
//!
//! A strategy is a function from a population and the believed health to a region. It never sees
//! the truth, only what the router believes. When no region is believed healthy it runs over all
//! that are not offline as if all were (fail open, as DNS traffic managers do).

mod geographic;
mod latency;
mod latency_band;
mod overprovisioned;
mod priority;
mod round_robin;
mod weighted;

pub use geographic::Geographic;
pub use latency::{Failover, Latency};
pub use latency_band::LatencyBand;
pub use overprovisioned::Overprovisioned;
pub use priority::Priority;
pub use weighted::Weighted;

use crate::model::entity::{PopulationId, RegionId, RegionSpec};
use crate::model::health::Health;
use crate::random::Stream;
use crate::units::IdMap;

/// The rule by which traffic is spread over the regions.
#[derive(Clone, Debug, PartialEq)]
pub enum Strategy {
    /// The region with the lowest latency.
    Latency(Latency),
    /// The first healthy region of a list.
    Priority(Priority),
    /// A healthy region by lot.
    Weighted(Weighted),
    /// The region that a population is assigned to.
    Geographic(Geographic),
    /// The healthy regions in turn.
    RoundRobin,
    /// By lot among those that are nearly as close as the closest.
    LatencyBand(LatencyBand),
    /// Levels of regions, each a little fuller than its healthy share.
    Overprovisioned(Overprovisioned),
}

/// The believed health of every region.
pub type HealthView = IdMap<RegionSpec, Health>;

/// What a router answers by.
#[derive(Clone, Copy, Debug)]
pub struct View<'v> {
    /// The believed health of every region.
    pub health: &'v HealthView,
    /// The region that the last look-up was answered with.
    pub last: RegionId,
}

impl Strategy {
    /// The region that a look-up by a client of `population` answers with.
    pub fn choose(
        &self,
        population: PopulationId,
        View { health, last }: View<'_>,
        stream: &mut Stream,
    ) -> RegionId {
        match self {
            Self::Latency(latency) => latency.choose(population, health, stream),
            Self::Priority(priority) => priority.choose(health),
            Self::Weighted(weighted) => weighted.choose(health, stream),
            Self::Geographic(geographic) => geographic.choose(population, health),
            Self::RoundRobin => round_robin::next(last, health),
            Self::LatencyBand(band) => band.choose(population, health, stream),
            Self::Overprovisioned(levels) => levels.choose(health, stream),
        }
    }

    /// The expected share of a population's look-ups that each region gets: what
    /// [`Strategy::choose`] draws from.
    pub fn shares(&self, population: PopulationId, health: &HealthView) -> IdMap<RegionSpec, f64> {
        match self {
            Self::Latency(latency) => latency.shares(population, health),
            Self::Priority(priority) => only(priority.choose(health), health.len()),
            Self::Weighted(weighted) => weighted.shares(health),
            Self::Geographic(geographic) => {
                only(geographic.choose(population, health), health.len())
            }
            Self::RoundRobin => even(health),
            Self::LatencyBand(band) => band.shares(population, health),
            Self::Overprovisioned(levels) => levels.shares(health),
        }
    }

    /// Whether it has an answer for everybody while the regions that `is_offline` are.
    pub fn can_answer(&self, is_offline: &IdMap<RegionSpec, bool>) -> bool {
        match self {
            Self::Latency(_) | Self::RoundRobin | Self::LatencyBand(_) => {
                is_offline.iter().any(|&is| !is)
            }
            Self::Priority(priority) => priority.can_answer(is_offline),
            Self::Weighted(weighted) => weighted.can_answer(is_offline),
            Self::Geographic(geographic) => geographic.can_answer(is_offline),
            Self::Overprovisioned(levels) => levels.can_answer(is_offline),
        }
    }

    /// The strategy's name, as the scenario and the results write it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Latency(latency) => latency.name(),
            Self::Priority(_) => "priority",
            Self::Weighted(_) => "weighted",
            Self::Geographic(_) => "geographic",
            Self::RoundRobin => "round robin",
            Self::LatencyBand(_) => "latency band",
            Self::Overprovisioned(_) => "overprovisioned",
        }
    }
}

/// All of the traffic to one of `count` regions.
fn only(region: RegionId, count: usize) -> IdMap<RegionSpec, f64> {
    IdMap::from_fn(count, |id| if id == region { 1.0 } else { 0.0 })
}

/// The same to every region that may be answered with.
fn even(health: &HealthView) -> IdMap<RegionSpec, f64> {
    let is_open = |region| f64::from(u8::from(eligible(region, health)));
    let open = IdMap::from_fn(health.len(), is_open);
    let count: f64 = open.iter().sum();
    open.map(|open: &f64| open / count.max(1.0))
}

/// Whether `region` may be answered with: believed healthy, or nothing is and it is not offline.
fn eligible(region: RegionId, health: &HealthView) -> bool {
    match health[region] {
        Health::Healthy => true,
        Health::Degraded => health.iter().all(|&other| other != Health::Healthy),
        Health::Offline => false,
    }
}
