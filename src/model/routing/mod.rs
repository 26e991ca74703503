//! Which region a look-up answers with: one file a strategy.
//!
//! A strategy is a function from a population, the believed health and the signalled load to a
//! region. It never sees the truth, only what the router believes and was told; but for the oracle,
//! which shows what knowing is worth. When no region is believed healthy it runs over all that are
//! not offline as if all were (fail open, as DNS traffic managers do).

mod geographic;
mod latency;
mod latency_band;
mod least_utilized;
mod load;
mod oracle;
mod outlook;
mod overprovisioned;
mod power_of_two;
mod priority;
mod round_robin;
mod split;
#[cfg(test)]
mod tests;
mod underway;
mod view;
mod waterfall;
mod weighted;

pub use geographic::Geographic;
pub use latency::{Failover, Latency};
pub use latency_band::LatencyBand;
pub use least_utilized::LeastUtilized;
pub use load::{HealthView, LoadView, Plan, RegionLoad};
pub use oracle::Oracle;
pub use outlook::Outlook;
pub use overprovisioned::Overprovisioned;
pub use power_of_two::PowerOfTwo;
pub use priority::Priority;
pub use underway::Underway;
pub use view::View;
pub use waterfall::Waterfall;
pub use weighted::Weighted;

use std::cmp::Ordering;

use crate::model::entity::{PopulationId, PopulationSpec, RegionId, RegionSpec};
use crate::model::health::Health;
use crate::model::routing::weighted::lot;
use crate::random::Stream;
use crate::units::{IdMap, SimDuration, SimTime};

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
    /// The closest region until it is as full as it should get, the overflow to the next.
    Waterfall(Waterfall),
    /// The region with the lowest utilization.
    LeastUtilized(LeastUtilized),
    /// The less utilized of two by lot.
    PowerOfTwo(PowerOfTwo),
    /// The region where it adds the least to the latency of all, by perfect knowledge.
    Oracle(Oracle),
}

impl Strategy {
    /// The region that a look-up at `now` by a client of `population` answers with.
    #[inline]
    pub fn choose(
        &self,
        (now, population): (SimTime, PopulationId),
        view: &View,
        stream: &mut Stream,
    ) -> RegionId {
        // Nearly all answers of nearly all fleets.
        if let Self::Latency(latency) = self
            && let Some(closest) = latency.healthy_closest(population, &view.health)
        {
            return closest;
        }
        self.choose_by_rule((now, population), view, stream)
    }

    /// The same, whatever the strategy.
    #[inline(never)]
    fn choose_by_rule(
        &self,
        (now, population): (SimTime, PopulationId),
        view: &View,
        stream: &mut Stream,
    ) -> RegionId {
        let health = &view.health;
        match self {
            Self::Latency(latency) => latency.choose(population, health, stream),
            Self::Priority(priority) => priority.choose(health),
            Self::Weighted(weighted) => weighted.choose(health, stream),
            Self::Geographic(geographic) => geographic.choose(population, health),
            Self::RoundRobin => round_robin::next(view.last, health),
            Self::LatencyBand(band) => band.choose(population, health, stream),
            Self::Overprovisioned(levels) => levels.choose(health, stream),
            Self::Waterfall(waterfall) => waterfall.choose(population, view, stream),
            Self::LeastUtilized(least) => least.choose(population, view),
            Self::PowerOfTwo(two) => two.choose(population, view, stream),
            Self::Oracle(oracle) => oracle.choose((now, population), view),
        }
    }

    /// The share of each population's look-ups that each region gets under a steady load. Of a
    /// strategy that does not look at load it is what [`Strategy::choose`] draws from; of the
    /// others where they settle if signals are fresh and nothing is left to chance.
    pub fn shares(&self, health: &HealthView, load: &LoadView) -> Plan {
        match self {
            Self::Waterfall(waterfall) => waterfall.plan(health, load),
            Self::LeastUtilized(least) => least.shares(health, load),
            Self::PowerOfTwo(two) => two.shares(health, load),
            Self::Oracle(oracle) => oracle.split(health, load),
            _ => {
                let populations = load.demand_per_s.ids();
                populations.map(|id| self.lots(id, health)).collect()
            }
        }
    }

    /// Whether a look-up of a population may be answered with a region that is wanted.
    pub fn may_answer(
        &self,
        population: PopulationId,
        health: &HealthView,
        is_wanted: impl Fn(RegionId) -> bool,
    ) -> bool {
        if self.looks_at_load() {
            return open(health).any(is_wanted);
        }
        let lots = self.lots(population, health);
        let mut regions = lots.entries();
        regions.any(|(region, &share)| share > 0.0 && is_wanted(region))
    }

    /// Whether its answers depend on how loaded regions are.
    pub fn looks_at_load(&self) -> bool {
        match self {
            Self::Waterfall(_) | Self::LeastUtilized(_) | Self::PowerOfTwo(_) | Self::Oracle(_) => {
                true
            }
            Self::Latency(_)
            | Self::Priority(_)
            | Self::Weighted(_)
            | Self::Geographic(_)
            | Self::RoundRobin
            | Self::LatencyBand(_)
            | Self::Overprovisioned(_) => false,
        }
    }

    /// What it makes of a signal that is measured, if it plans.
    pub(in crate::model) fn plan(&self, health: &HealthView, load: &LoadView) -> Option<Plan> {
        match self {
            Self::Waterfall(waterfall) => Some(waterfall.plan(health, load)),
            _ => None,
        }
    }

    /// What a strategy that does not look at load draws from.
    fn lots(&self, population: PopulationId, health: &HealthView) -> IdMap<RegionSpec, f64> {
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
            Self::Waterfall(_) | Self::LeastUtilized(_) | Self::PowerOfTwo(_) | Self::Oracle(_) => {
                unreachable!("asked for by those that do not look at load")
            }
        }
    }

    /// Whether it has an answer for everybody while the regions that `is_offline` are.
    pub fn can_answer(&self, is_offline: &IdMap<RegionSpec, bool>) -> bool {
        match self {
            Self::Latency(_)
            | Self::RoundRobin
            | Self::LatencyBand(_)
            | Self::Waterfall(_)
            | Self::LeastUtilized(_)
            | Self::PowerOfTwo(_)
            | Self::Oracle(_) => is_offline.iter().any(|&is| !is),
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
            Self::Waterfall(_) => "waterfall",
            Self::LeastUtilized(_) => "least utilized",
            Self::PowerOfTwo(_) => "power of two",
            Self::Oracle(_) => "oracle",
        }
    }
}

/// A region by lot, each with its share.
pub(in crate::model) fn draw(shares: &IdMap<RegionSpec, f64>, stream: &mut Stream) -> RegionId {
    lot(shares.len(), |region| shares[region], stream)
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

/// The regions that may be answered with, in the order of the file.
fn open(health: &HealthView) -> impl Iterator<Item = RegionId> {
    health.ids().filter(|&region| eligible(region, health))
}

/// How many requests a second keep a region busy, if it may be answered with; else 0.
fn open_capacity(region: RegionId, health: &HealthView, load: &LoadView) -> f64 {
    if eligible(region, health) {
        load.regions[region].capacity_per_s()
    } else {
        0.0
    }
}

/// For every population its regions, closest first; of those equally close, the first in the file.
fn closest_first<'a>(
    rtts: impl IntoIterator<Item = &'a IdMap<RegionSpec, SimDuration>>,
) -> IdMap<PopulationSpec, Vec<RegionId>> {
    let closest_first = |rtt: &IdMap<RegionSpec, SimDuration>| {
        let mut regions: Vec<RegionId> = rtt.ids().collect();
        regions.sort_by_key(|&region| rtt[region]);
        regions
    };
    rtts.into_iter().map(closest_first).collect()
}

/// Which of two regions is less utilized; of equals the one at the shorter round trip, then the one
/// that comes first in the file.
fn compare(
    (a, b): (RegionId, RegionId),
    load: &LoadView,
    rtt: &IdMap<RegionSpec, SimDuration>,
) -> Ordering {
    let utilization = |region: RegionId| load.regions[region].utilization();
    let by_load = utilization(a).total_cmp(&utilization(b));
    by_load.then(rtt[a].cmp(&rtt[b])).then(a.cmp(&b))
}
