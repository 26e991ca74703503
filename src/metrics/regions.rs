//! What is measured of each region: its load, its workers, and whom it failed.

use crate::metrics::latency;
use crate::metrics::replication::{RegionRecord, RegionWindowRecord};
use crate::model::RegionSpec;
use crate::stats::{Histogram, LevelSeries, Windows};
use crate::units::{SimDuration, SimTime};

/// What is measured of a region.
#[derive(Clone, Debug)]
pub(super) struct RegionWatch {
    /// Measured requests that failed with their last attempt sent to it, by phase.
    pub(super) failed: [u64; 3],
    /// Those of them that ran into an outage.
    pub(super) struck: [u64; 3],
    /// Attempts that its rate limit refused.
    pub(super) rate_limited: u64,
    /// Worker time wasted by what ended in each window, in nanoseconds, by `Waste`.
    pub(super) wasted: Vec<[u64; 2]>,
    pub(super) busy: LevelSeries,
    pub(super) waiting: LevelSeries,
    pub(super) workers: LevelSeries,
    /// Units that are paid for.
    pub(super) units: LevelSeries,
    /// The workers while the gateway works, otherwise 0.
    pub(super) workers_up: LevelSeries,
    /// How many workers there are, and whether the gateway works.
    pub(super) condition: (u32, bool),
    pub(super) believed_healthy: LevelSeries,
    /// Times in the gateway of all work that has left, minus the joining times of what has not:
    /// must equal the area under the load (Little's law, exactly).
    pub(super) sojourn_ns: i128,
}

impl RegionWatch {
    pub(super) fn new(region: &RegionSpec, windows: Windows) -> Self {
        Self {
            failed: [0; 3],
            struck: [0; 3],
            rate_limited: 0,
            wasted: vec![[0; 2]; windows.len()],
            busy: LevelSeries::new(windows, 0),
            waiting: LevelSeries::new(windows, 0),
            workers: LevelSeries::new(windows, region.workers.into()),
            units: LevelSeries::new(windows, 0),
            workers_up: LevelSeries::new(windows, region.workers.into()),
            condition: (region.workers, true),
            believed_healthy: LevelSeries::new(windows, 1),
            sojourn_ns: 0,
        }
    }

    pub(super) fn set_condition(&mut self, now: SimTime, (workers, is_serving): (u32, bool)) {
        self.condition = (workers, is_serving);
        self.workers.set(now, workers.into());
        let workers_up = if is_serving { workers } else { 0 };
        self.workers_up.set(now, workers_up.into());
    }

    pub(super) fn finish(
        &self,
        windows: Windows,
        (sent, attempts_of_all): (&[u32], &[u64]),
        served: &[Histogram; 3],
    ) -> RegionRecord {
        let load = self.busy.area_of_run() + self.waiting.area_of_run();
        assert_eq!(
            i128::try_from(load).ok(),
            Some(self.sojourn_ns),
            "Little's law"
        );
        let period_ns: u64 = (0..windows.len())
            .map(|w| windows.width_of(w).as_ns())
            .sum();
        let up = self.workers_up.area_of_period() as f64;
        let attempts: u64 = sent.iter().copied().map(u64::from).sum();
        let records: Vec<RegionWindowRecord> = (0..windows.len())
            .map(|window| RegionWindowRecord {
                attempts: sent[window],
                traffic_share: share(sent[window].into(), attempts_of_all[window]),
                workers: self.workers.mean(window),
                utilization: ratio(self.busy.mean(window), self.workers.mean(window)),
                wasted: self.wasted[window]
                    .map(|ns| ratio(ns as f64, self.workers.area(window) as f64)),
                backlog: self.waiting.mean(window),
                believed_healthy: self.believed_healthy.mean(window),
            })
            .collect();
        RegionRecord {
            attempts,
            rate_limited: self.rate_limited,
            traffic_share: share(attempts, attempts_of_all.iter().sum()),
            latency: served.each_ref().map(latency::record),
            latency_overall: latency::record(&latency::merged(served)),
            failed: self.failed,
            struck: self.struck,
            utilization: (up > 0.0).then(|| self.busy.area_of_period() as f64 / up),
            wasted: (up > 0.0).then(|| {
                let total = |waste: usize| self.wasted.iter().map(move |ns| ns[waste]).sum::<u64>();
                [0, 1].map(|waste| total(waste) as f64 / up)
            }),
            utilization_max: records.iter().map(|w| w.utilization).fold(0.0, f64::max),
            backlog_mean: self.waiting.area_of_period() as f64 / period_ns as f64,
            backlog_max: self.waiting.max() as f64,
            unit_hours: unit_hours(self.units.area_of_period()),
            windows: records,
        }
    }
}

/// Units times hours, from units times nanoseconds.
pub(super) fn unit_hours(area: u128) -> f64 {
    const HOUR: SimDuration = SimDuration::from_secs(3_600);
    area as f64 / HOUR.as_ns() as f64
}

/// A part of a whole; 0 if there is none.
fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
