//! The configuration of the regions over time: versions, ages, divergence, and what was lost.

use crate::model::{ConfigState, FleetSpec, RegionId, RegionSpec, RolloutId, Unreached};
use crate::stats::{AgeSeries, LevelSeries, Windows};
use crate::units::{IdMap, SimTime};

/// What became of the configuration.
#[derive(Clone, Debug)]
pub struct ConfigRecord {
    /// Seconds of the period in which regions that serve differed.
    pub divergence_s: f64,
    /// The same as a share of each window.
    pub divergence: Vec<f64>,
    /// Accepted changes that had not come to all secondaries when the primary failed, in the run.
    pub unreached: Unreached,
    /// Each region.
    pub regions: IdMap<RegionSpec, RegionConfigRecord>,
}

/// The configuration of a region over the period. Times are seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionConfigRecord {
    /// Staleness, averaged over time.
    pub staleness_s: f64,
    /// Share of the time in which it lacked a change.
    pub stale_share: f64,
    /// The largest staleness.
    pub staleness_max_s: f64,
    /// Time since its last synchronization, averaged over time.
    pub sync_age_s: f64,
    /// The largest of these times.
    pub sync_age_max_s: f64,
    /// Its version when the period ended.
    pub version: u32,
    /// In each window.
    pub windows: Vec<ConfigWindowRecord>,
}

/// The configuration of a region, averaged over one window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConfigWindowRecord {
    /// Changes applied.
    pub version: f64,
    /// Changes released to it that it has not applied.
    pub behind: f64,
    /// Seconds since it last synchronized.
    pub sync_age_s: f64,
    /// Seconds since the release of the oldest change that it lacks.
    pub staleness_s: f64,
    /// Share of the window in which a change did harm there.
    pub bad: f64,
}

/// Watches the configuration of a run.
#[derive(Clone, Debug)]
pub(super) struct ConfigWatch {
    windows: Windows,
    period_end: SimTime,
    divergent: LevelSeries,
    unreached: Unreached,
    regions: IdMap<RegionSpec, RegionWatch>,
}

#[derive(Clone, Debug)]
struct RegionWatch {
    version: LevelSeries,
    /// The version when the period ended, as far as time has come.
    last_version: u32,
    behind: LevelSeries,
    stale: LevelSeries,
    staleness: AgeSeries,
    sync_age: AgeSeries,
    /// The rollouts that do harm now.
    defects: Vec<RolloutId>,
    bad: LevelSeries,
}

impl ConfigWatch {
    pub(super) fn new(fleet: &FleetSpec, windows: Windows) -> Self {
        Self {
            windows,
            period_end: fleet.period.end(),
            divergent: LevelSeries::new(windows, 0),
            unreached: Unreached::default(),
            regions: fleet.regions.map(|_| RegionWatch::new(windows)),
        }
    }

    pub(super) fn config_changed(&mut self, now: SimTime, region: RegionId, state: ConfigState) {
        let watch = &mut self.regions[region];
        watch.version.set(now, state.version.into());
        watch.behind.set(now, state.behind.into());
        watch.stale.set(now, state.stale_since.is_some().into());
        watch.staleness.set(now, state.stale_since);
        watch.sync_age.set(now, Some(state.synced));
        if now < self.period_end {
            watch.last_version = state.version;
        }
    }

    pub(super) fn divergence_changed(&mut self, now: SimTime, is_divergent: bool) {
        self.divergent.set(now, is_divergent.into());
    }

    pub(super) fn changes_unreached(&mut self, changes: Unreached) {
        self.unreached.unreplicated += changes.unreplicated;
        self.unreached.lost += changes.lost;
    }

    pub(super) fn defect_changed(
        &mut self,
        now: SimTime,
        region: RegionId,
        (rollout, is_active): (RolloutId, bool),
    ) {
        let watch = &mut self.regions[region];
        watch.defects.retain(|&other| other != rollout);
        if is_active {
            watch.defects.push(rollout);
        }
        watch.bad.set(now, (!watch.defects.is_empty()).into());
    }

    pub(super) fn run_ended(&mut self, now: SimTime) {
        self.divergent.advance(now);
        for watch in &mut self.regions {
            for series in [
                &mut watch.version,
                &mut watch.behind,
                &mut watch.stale,
                &mut watch.bad,
            ] {
                series.advance(now);
            }
            watch.staleness.advance(now);
            watch.sync_age.advance(now);
        }
    }

    pub(super) fn finish(&self) -> ConfigRecord {
        let windows = 0..self.windows.len();
        ConfigRecord {
            divergence_s: self.divergent.area_of_period() as f64 / 1e9,
            divergence: windows.map(|window| self.divergent.mean(window)).collect(),
            unreached: self.unreached,
            regions: self.regions.map(|watch| watch.finish(self.windows)),
        }
    }
}

impl RegionWatch {
    fn new(windows: Windows) -> Self {
        let level = || LevelSeries::new(windows, 0);
        Self {
            version: level(),
            last_version: 0,
            behind: level(),
            stale: level(),
            staleness: AgeSeries::new(windows, None),
            sync_age: AgeSeries::new(windows, Some(SimTime::ZERO)),
            defects: Vec::new(),
            bad: level(),
        }
    }

    fn finish(&self, windows: Windows) -> RegionConfigRecord {
        let window = |window| ConfigWindowRecord {
            version: self.version.mean(window),
            behind: self.behind.mean(window),
            sync_age_s: self.sync_age.mean_s(window),
            staleness_s: self.staleness.mean_s(window),
            bad: self.bad.mean(window),
        };
        RegionConfigRecord {
            staleness_s: self.staleness.mean_of_period_s(),
            stale_share: self.stale.mean_of_period(),
            staleness_max_s: self.staleness.max().as_secs_f64(),
            sync_age_s: self.sync_age.mean_of_period_s(),
            sync_age_max_s: self.sync_age.max().as_secs_f64(),
            version: self.last_version,
            windows: (0..windows.len()).map(window).collect(),
        }
    }
}
