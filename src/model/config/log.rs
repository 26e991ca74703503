//! What the management plane has released to a region, and what the region has of it.
//!
//! A region's log is what was released to it, in order; the region has a beginning of it. That is
//! its version, and what follows is what it lacks. Logs of regions differ only while a rollout
//! goes in stages.

use crate::model::config::spec::{RolloutId, RolloutSpec};
use crate::random::Stream;
use crate::units::{IdMap, Ratio, SimTime};

/// Something that is released to a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// The nth ordinary change.
    Change(u32),
    /// A change with a plan, as it was made.
    Rollout(RolloutId),
    /// Its withdrawal.
    Rollback(RolloutId),
    /// A corrected version of it.
    Fix(RolloutId),
}

/// What a region has of a rollout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holding {
    /// It never had it, or has it no more.
    Nothing,
    /// It as it was made.
    Original,
    /// A corrected version.
    Corrected,
}

/// The configuration of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfigState {
    /// How many changes it has applied.
    pub version: u32,
    /// How many changes that were released to it it has not applied.
    pub behind: u32,
    /// Since when it lacks the oldest of these; `None` if it lacks none.
    pub stale_since: Option<SimTime>,
    /// When it last synchronized: when what it pulled was applied.
    pub synced: SimTime,
}

/// The configuration of a region while the fleet runs.
#[derive(Clone, Debug)]
pub(crate) struct RegionConfig {
    /// What was released to it, and when.
    log: Vec<(Item, SimTime)>,
    /// How much of the log it has pulled.
    pulled: usize,
    /// How much of the log it has applied.
    applied: usize,
    /// When it last applied what it had pulled, even if that was nothing new.
    synced: SimTime,
    holdings: IdMap<RolloutSpec, Holding>,
    /// The rollouts that it has once restarted without, and takes only corrected.
    refused: Vec<RolloutId>,
    /// Equal for equal sets of ordinary changes.
    fingerprint: u64,
    /// When it pulls, and how long it takes to apply.
    pub(crate) stream: Stream,
}

impl RegionConfig {
    /// Nothing released, nothing lacking.
    pub(crate) fn new(rollouts: usize, stream: Stream) -> Self {
        Self {
            log: Vec::new(),
            pulled: 0,
            applied: 0,
            synced: SimTime::ZERO,
            holdings: IdMap::from_fn(rollouts, |_| Holding::Nothing),
            refused: Vec::new(),
            fingerprint: 0,
            stream,
        }
    }

    /// Releases something to it.
    pub(crate) fn release(&mut self, now: SimTime, item: Item) {
        self.log.push((item, now));
    }

    /// It pulls all that has been released to it; returns how much that is.
    pub(crate) fn pull(&mut self) -> u32 {
        self.pulled = self.log.len();
        u32::try_from(self.pulled).expect("memory ends before")
    }

    /// It applies so much of its log; returns the rollouts that it now has as they were made, and
    /// those that it has no longer so; `None` if it refuses.
    pub(crate) fn apply(&mut self, now: SimTime, pulled: u32) -> Option<Applied> {
        let pulled = (pulled as usize).min(self.log.len());
        let is_corrected = |rollout: &RolloutId| {
            let correction = [Item::Rollback(*rollout), Item::Fix(*rollout)];
            let mut items = self.log[..pulled].iter();
            items.any(|(item, _)| correction.contains(item))
        };
        if !self.refused.iter().all(is_corrected) {
            return None;
        }
        self.refused.clear();
        self.synced = now;
        let before = self.holdings.clone();
        while self.applied < pulled {
            self.take(self.log[self.applied].0);
            self.applied += 1;
        }
        let mut applied = Applied::default();
        for (rollout, &had) in before.entries() {
            let has = self.holdings[rollout];
            if has == Holding::Original && had != has {
                applied.struck.push(rollout);
            }
            if had == Holding::Original && had != has {
                applied.mended.push(rollout);
            }
        }
        Some(applied)
    }

    /// It has all that was released, as a region has that was set up just now.
    pub(crate) fn set_up(&mut self, now: SimTime) -> Option<Applied> {
        let all = self.pull();
        self.apply(now, all)
    }

    /// It goes back to what it had before a rollout, and refuses that from now on.
    pub(crate) fn restart_without(&mut self, rollout: RolloutId) {
        let original = Item::Rollout(rollout);
        let before = self.log.iter().position(|&(item, _)| item == original);
        self.refused.push(rollout);
        self.replay(before.map_or(self.applied, |before| before.min(self.applied)));
    }

    /// What `is_lost` says so of is gone, as if it had never been released.
    pub(crate) fn lose(&mut self, is_lost: impl Fn(Item) -> bool) {
        let kept = |log: &[(Item, SimTime)]| {
            let is_kept = |&&(item, _): &&(Item, SimTime)| !is_lost(item);
            log.iter().filter(is_kept).count()
        };
        let (pulled, applied) = (
            kept(&self.log[..self.pulled]),
            kept(&self.log[..self.applied]),
        );
        self.log.retain(|&(item, _)| !is_lost(item));
        self.pulled = pulled;
        self.replay(applied);
    }

    /// What it has not pulled.
    pub(crate) fn unpulled(&self) -> impl Iterator<Item = Item> {
        self.log[self.pulled..].iter().map(|&(item, _)| item)
    }

    /// Whether it has a rollout as it was made.
    pub(crate) fn has_original(&self, rollout: RolloutId) -> bool {
        self.holdings[rollout] == Holding::Original
    }

    /// Whether a rollout was released to it, as it was made, and is not withdrawn.
    pub(crate) fn was_released(&self, rollout: RolloutId) -> bool {
        let of_it = |&&(item, _): &&(Item, SimTime)| {
            item == Item::Rollout(rollout) || item == Item::Rollback(rollout)
        };
        let last = self.log.iter().rfind(of_it);
        last.is_some_and(|&(item, _)| item == Item::Rollout(rollout))
    }

    /// The share of requests that need something which was released to it and which it lacks, each
    /// thing needed independently of the others.
    pub(crate) fn stale_share(
        &self,
        needed_by: Ratio,
        rollouts: &IdMap<RolloutSpec, RolloutSpec>,
    ) -> f64 {
        let lacking = self.log[self.applied..].iter();
        let changes = lacking
            .filter(|(item, _)| matches!(item, Item::Change(_)))
            .count();
        let count = i32::try_from(changes).unwrap_or(i32::MAX);
        let mut served = needed_by.complement().as_f64().powi(count);
        for (rollout, spec) in rollouts.entries() {
            if self.lacks(rollout) {
                served *= spec.needed_by.complement().as_f64();
            }
        }
        1.0 - served
    }

    /// Whether it lacks a rollout that was released to it.
    fn lacks(&self, rollout: RolloutId) -> bool {
        let of_it = |&&(item, _): &&(Item, SimTime)| match item {
            Item::Change(_) => false,
            Item::Rollout(other) | Item::Rollback(other) | Item::Fix(other) => other == rollout,
        };
        if self.holdings[rollout] != Holding::Nothing {
            return false;
        }
        let last = self.log.iter().rfind(of_it);
        last.is_some_and(|&(item, _)| item != Item::Rollback(rollout))
    }

    /// How it stands.
    pub(crate) fn state(&self) -> ConfigState {
        let count = |items: usize| u32::try_from(items).expect("memory ends before");
        ConfigState {
            version: count(self.applied),
            behind: count(self.log.len() - self.applied),
            stale_since: self.log.get(self.applied).map(|&(_, at)| at),
            synced: self.synced,
        }
    }

    /// Equal for regions that answer alike.
    pub(crate) fn behavior(&self) -> u64 {
        let of = |(rollout, holding): (RolloutId, &Holding)| match holding {
            Holding::Nothing => 0,
            Holding::Original => mix(2, rollout.index() as u64),
            Holding::Corrected => mix(3, rollout.index() as u64),
        };
        let rollouts = self.holdings.entries().map(of);
        rollouts.fold(self.fingerprint, |all, one| all ^ one)
    }

    /// Has so much of its log, whatever it had.
    fn replay(&mut self, applied: usize) {
        self.applied = applied;
        self.fingerprint = 0;
        self.holdings = self.holdings.map(|_| Holding::Nothing);
        for index in 0..applied {
            self.take(self.log[index].0);
        }
    }

    fn take(&mut self, item: Item) {
        match item {
            Item::Change(number) => self.fingerprint ^= mix(1, number.into()),
            Item::Rollout(rollout) => self.holdings[rollout] = Holding::Original,
            Item::Rollback(rollout) => self.holdings[rollout] = Holding::Nothing,
            Item::Fix(rollout) => self.holdings[rollout] = Holding::Corrected,
        }
    }
}

/// What has become of rollouts in a region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Applied {
    /// Those that it now has as they were made.
    pub(crate) struck: Vec<RolloutId>,
    /// Those that it no longer has as they were made.
    pub(crate) mended: Vec<RolloutId>,
}

/// The finalizer of `SplitMix64`, so that the exclusive or of several says which they were.
fn mix(kind: u64, number: u64) -> u64 {
    let word = ((kind << 56) ^ number).wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, StreamSeed};

    fn region() -> RegionConfig {
        let seed = StreamSeed {
            seed: 1,
            replication: 0,
        };
        RegionConfig::new(1, seed.stream(Purpose::Sync, "eastus"))
    }

    fn at(ns: u64) -> SimTime {
        SimTime::from_ns(ns)
    }

    #[test]
    fn a_region_lacks_what_was_released_after_its_pull() {
        let mut region = region();
        region.release(at(5), Item::Change(0));
        let pulled = region.pull();
        region.release(at(7), Item::Change(1));
        assert_eq!(region.state().stale_since, Some(at(5)));
        assert_eq!(region.apply(at(9), pulled), Some(Applied::default()));
        let state = ConfigState {
            version: 1,
            behind: 1,
            stale_since: Some(at(7)),
            synced: at(9),
        };
        assert_eq!(region.state(), state);
        let ten_percent = Ratio::new(0.1).expect("a share");
        let share = region.stale_share(ten_percent, &IdMap::new(Vec::new()));
        assert!((share - 0.1).abs() < 1e-12);
        region.lose(|item| item == Item::Change(1));
        assert_eq!((region.state().behind, region.state().version), (0, 1));
    }

    #[test]
    fn a_restart_without_a_rollout_refuses_it_until_it_is_corrected() {
        let rollout = RolloutId::new(0);
        let mut region = region();
        region.release(at(1), Item::Change(0));
        region.release(at(2), Item::Rollout(rollout));
        region.release(at(3), Item::Change(1));
        let applied = region.set_up(at(4)).expect("nothing is refused");
        assert_eq!(applied.struck, [rollout]);
        region.restart_without(rollout);
        assert_eq!(region.state().version, 1);
        assert_eq!(region.set_up(at(5)), None);
        region.release(at(6), Item::Fix(rollout));
        let applied = region.set_up(at(7)).expect("it is corrected");
        assert_eq!(applied, Applied::default(), "it never had it again");
        assert_eq!(
            (region.state().version, region.has_original(rollout)),
            (4, false)
        );
    }

    #[test]
    fn a_rollback_is_as_if_nothing_had_been() {
        let rollout = RolloutId::new(0);
        let (mut spared, mut struck) = (region(), region());
        struck.release(at(2), Item::Rollout(rollout));
        struck.set_up(at(3));
        assert_ne!(spared.behavior(), struck.behavior());
        struck.release(at(4), Item::Rollback(rollout));
        let applied = struck.set_up(at(5)).expect("nothing is refused");
        assert_eq!(applied.mended, [rollout]);
        assert_eq!(spared.behavior(), struck.behavior());
        for region in [&mut spared, &mut struck] {
            region.release(at(6), Item::Change(0));
            region.release(at(7), Item::Change(1));
            region.set_up(at(8));
        }
        assert_eq!(spared.behavior(), struck.behavior());
    }
}
