//! The configuration: one source, the management plane, and every region with what it last pulled.
//!
//! Clock-free: `control` acts by it.

mod log;
mod rollout;
mod spec;

pub use log::ConfigState;
pub(crate) use log::{Applied, Item, RegionConfig};
pub(crate) use rollout::Progress;
pub use spec::{
    Changes, ConfigSpec, DefectEffect, DefectSpec, FixSpec, Freeze, HaltSpec, OnHalt, RolloutId,
    RolloutSpec, StagePlan, SyncSpec, Unreplicated,
};

use crate::model::entity::{RegionId, RegionSpec};
use crate::random::{Arrivals, Purpose, Stream, StreamSeed};
use crate::units::{IdMap, SimTime};

/// The configuration while the fleet runs.
#[derive(Clone, Debug)]
pub(crate) struct Configuration<'s> {
    pub(crate) spec: &'s ConfigSpec,
    pub(crate) regions: IdMap<RegionSpec, RegionConfig>,
    /// What the network does to pulls of each region.
    pub(crate) luck: IdMap<RegionSpec, Stream>,
    pub(crate) rollouts: IdMap<RolloutSpec, Progress>,
    /// Changes that nobody has listed.
    arrivals: Option<Arrivals>,
    /// How many changes somebody has wanted.
    wanted: usize,
    /// How many changes have been accepted.
    accepted: u32,
    /// Whether the regions that serve have come to differ.
    pub(crate) is_divergent: bool,
}

impl<'s> Configuration<'s> {
    /// Every region with nothing to lack.
    pub(crate) fn new(
        spec: &'s ConfigSpec,
        regions: &IdMap<RegionSpec, RegionSpec>,
        (start, seed): (SimTime, StreamSeed),
    ) -> Self {
        let rollouts = spec.rollouts.len();
        let region = |region: &RegionSpec| {
            RegionConfig::new(rollouts, seed.stream(Purpose::Sync, &region.name))
        };
        let luck = |region: &RegionSpec| {
            let entity = format!("pulls of {}", region.name);
            seed.stream(Purpose::Network, &entity)
        };
        let arrivals = match &spec.changes {
            Changes::Poisson(rate) => {
                Arrivals::poisson(*rate, start, seed.stream(Purpose::Changes, ""))
            }
            Changes::Listed(_) => None,
        };
        Self {
            spec,
            regions: regions.map(region),
            luck: regions.map(luck),
            rollouts: spec.rollouts.map(|_| Progress::default()),
            arrivals,
            wanted: 0,
            accepted: 0,
            is_divergent: false,
        }
    }

    /// When the change after one at `now` is wanted.
    pub(crate) fn next_change(&mut self, now: SimTime) -> Option<SimTime> {
        match &self.spec.changes {
            Changes::Poisson(_) => self.arrivals.as_mut()?.after(now),
            Changes::Listed(times) => {
                let at = times.get(self.wanted).copied();
                self.wanted += 1;
                at
            }
        }
    }

    /// Whether changes are frozen.
    pub(crate) fn is_frozen(&self, now: SimTime) -> bool {
        let mut freezes = self.spec.freezes.iter();
        freezes.any(|freeze| freeze.start <= now && now < freeze.end)
    }

    /// The next ordinary change.
    pub(crate) fn number_change(&mut self) -> Item {
        let number = self.accepted;
        self.accepted += 1;
        Item::Change(number)
    }

    /// What some of these regions have not pulled, and what none of them has.
    pub(crate) fn unreplicated(&self, secondaries: &[RegionId]) -> (Vec<Item>, Vec<Item>) {
        let mut some: Vec<Item> = Vec::new();
        let mut counts: Vec<usize> = Vec::new();
        for &region in secondaries {
            for item in self.regions[region].unpulled() {
                let known = some.iter().position(|&other| other == item);
                let index = known.unwrap_or_else(|| {
                    some.push(item);
                    counts.push(0);
                    some.len() - 1
                });
                counts[index] += 1;
            }
        }
        let all = some.iter().zip(&counts);
        let all = all.filter(|&(_, &count)| count == secondaries.len());
        let all = all.map(|(&item, _)| item).collect();
        (some, all)
    }
}
