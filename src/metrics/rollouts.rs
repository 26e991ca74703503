//! How far each rollout came, and how far the harm of a bad one reached.
//!
//! Steps and harm are those of the whole run, as harm may outlast the measured period; the
//! requests that failed because of it are measured ones.

use crate::model::{FleetSpec, RegionId, RegionSpec, RolloutId, RolloutSpec, RolloutStep};
use crate::units::{IdMap, SimTime};

/// How far a rollout came, and what harm it did. Times are seconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RolloutRecord {
    /// Whether the management plane did not accept it.
    pub is_refused: bool,
    /// Stages that it was released to.
    pub stages: u32,
    /// From when it was to be accepted until it first did harm; `None` if it did none.
    pub time_to_effect_s: Option<f64>,
    /// From its first release until it stopped by itself; `None` if it did not.
    pub time_to_halt_s: Option<f64>,
    /// From when it was to be accepted until a corrected version was released; `None` if none was.
    pub time_to_correct_s: Option<f64>,
    /// Regions that it did harm in.
    pub regions: u32,
    /// Harm times regions, in seconds.
    pub region_seconds: f64,
    /// From its first harm to the end of its last, or of the run; 0 if it did none.
    pub harm_s: f64,
    /// Measured requests that failed because of it.
    pub failed: u64,
}

/// Watches the rollouts of a run.
#[derive(Clone, Debug)]
pub(super) struct Rollouts {
    watches: IdMap<RolloutSpec, Watch>,
}

#[derive(Clone, Debug)]
struct Watch {
    at: SimTime,
    record: RolloutRecord,
    released: Option<SimTime>,
    /// When it first did harm.
    harmed: Option<SimTime>,
    /// When its last harm ended.
    healed: SimTime,
    /// Nanoseconds of harm that have ended, of all regions.
    area_ns: u128,
    regions: IdMap<RegionSpec, Harm>,
}

/// What a rollout does to a region.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Harm {
    was_active: bool,
    /// Since when it does harm; `None` if it does not.
    since: Option<SimTime>,
}

impl Rollouts {
    pub(super) fn new(fleet: &FleetSpec) -> Self {
        let watch = |rollout: &RolloutSpec| Watch {
            at: rollout.at,
            record: RolloutRecord::default(),
            released: None,
            harmed: None,
            healed: SimTime::ZERO,
            area_ns: 0,
            regions: fleet.regions.map(|_| Harm::default()),
        };
        let none = || IdMap::new(Vec::new());
        let watches = fleet
            .config
            .as_ref()
            .map_or_else(none, |config| config.rollouts.map(watch));
        Self { watches }
    }

    pub(super) fn request_failed(&mut self, rollout: RolloutId) {
        self.watches[rollout].record.failed += 1;
    }

    pub(super) fn stepped(&mut self, now: SimTime, rollout: RolloutId, step: RolloutStep) {
        let watch = &mut self.watches[rollout];
        let since = |start: SimTime| now.since(start).as_secs_f64();
        match step {
            RolloutStep::Refused => watch.record.is_refused = true,
            RolloutStep::Released(_) => {
                watch.released.get_or_insert(now);
                watch.record.stages += 1;
            }
            RolloutStep::Halted => {
                let released = watch.released.unwrap_or(watch.at);
                watch.record.time_to_halt_s.get_or_insert(since(released));
            }
            RolloutStep::Corrected => {
                watch
                    .record
                    .time_to_correct_s
                    .get_or_insert(since(watch.at));
            }
        }
    }

    pub(super) fn defect_changed(
        &mut self,
        now: SimTime,
        region: RegionId,
        (rollout, is_active): (RolloutId, bool),
    ) {
        let watch = &mut self.watches[rollout];
        if is_active {
            watch.harmed.get_or_insert(now);
            let harm = &mut watch.regions[region];
            harm.was_active = true;
            harm.since.get_or_insert(now);
        } else {
            watch.heal(now, region);
        }
    }

    pub(super) fn run_ended(&mut self, now: SimTime) {
        for watch in &mut self.watches {
            for region in watch.regions.ids() {
                watch.heal(now, region);
            }
        }
    }

    pub(super) fn finish(&self) -> IdMap<RolloutSpec, RolloutRecord> {
        self.watches.map(Watch::finish)
    }
}

impl Watch {
    fn heal(&mut self, now: SimTime, region: RegionId) {
        if let Some(since) = self.regions[region].since.take() {
            self.area_ns += u128::from(now.since(since).as_ns());
            self.healed = self.healed.max(now);
        }
    }

    fn finish(&self) -> RolloutRecord {
        let since = |start: SimTime, end: SimTime| end.since(start).as_secs_f64();
        let regions = self.regions.iter().filter(|harm| harm.was_active).count();
        RolloutRecord {
            time_to_effect_s: self.harmed.map(|harmed| since(self.at, harmed)),
            regions: u32::try_from(regions).expect("there are at most 65 536 regions"),
            region_seconds: self.area_ns as f64 / 1e9,
            harm_s: self.harmed.map_or(0.0, |harmed| since(harmed, self.healed)),
            ..self.record.clone()
        }
    }
}
