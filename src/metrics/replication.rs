//! What one replication measured: plain numbers, one value each, for estimates over many.

use std::ops::Range;

use crate::metrics::backends::BackendsRecord;
use crate::metrics::config::ConfigRecord;
use crate::metrics::ledger::Ledger;
use crate::metrics::management::ManagementRecord;
use crate::metrics::months::MonthRecord;
use crate::metrics::operations::OperationRecord;
use crate::metrics::phase::Phase;
use crate::metrics::rollouts::RolloutRecord;
use crate::model::{
    Blame, Cause, Census, HazardSpec, OperationSpec, OutageSpec, PopulationSpec, RegionSpec,
    RolloutSpec,
};
use crate::units::IdMap;

/// The quantiles that latency is reported at.
pub const QUANTILES: [f64; 14] = [
    0.0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.999, 0.999_5, 0.999_9, 0.999_99, 1.0,
];

/// The place of `quantile` in [`QUANTILES`], if it is one of them.
pub fn quantile_index(quantile: f64) -> Option<usize> {
    let same = |listed: &f64| (listed - quantile).abs() < 1e-9;
    QUANTILES.iter().position(same)
}

/// Who went where: attempts sent in the measured period by population, region, and phase in the
/// order of [`Phase::ALL`](crate::metrics::Phase::ALL).
pub type Flows = IdMap<PopulationSpec, IdMap<RegionSpec, [u64; 3]>>;

/// One run, measured.
#[derive(Clone, Debug)]
pub struct Replication {
    /// All populations together.
    pub fleet: ClientRecord,
    /// What all regions cost together: provisioned units, integrated over the measured period in
    /// hours. Taken from an exact sum, so that what costs the same is the same to the bit.
    pub unit_hours: f64,
    /// Each population.
    pub populations: IdMap<PopulationSpec, ClientRecord>,
    /// Who went where.
    pub flows: Flows,
    /// Each region.
    pub regions: IdMap<RegionSpec, RegionRecord>,
    /// Each outage that is listed.
    pub outages: IdMap<OutageSpec, OutageRecord>,
    /// The back ends, if there are any.
    pub backends: Option<BackendsRecord>,
    /// Each hazard.
    pub hazards: IdMap<HazardSpec, HazardRecord>,
    /// Each whole month.
    pub months: Vec<MonthRecord>,
    /// The management plane.
    pub management: ManagementRecord,
    /// Each operation.
    pub operations: IdMap<OperationSpec, OperationRecord>,
    /// The configuration, if it is modeled.
    pub config: Option<ConfigRecord>,
    /// Each rollout.
    pub rollouts: IdMap<RolloutSpec, RolloutRecord>,
}

/// What clients saw.
#[derive(Clone, Debug)]
pub struct ClientRecord {
    /// Over the measured period.
    pub overall: PhaseRecord,
    /// In each phase, in the order of [`Phase::ALL`](crate::metrics::Phase::ALL).
    pub phases: [PhaseRecord; 3],
    /// In each window.
    pub windows: Vec<WindowRecord>,
}

/// What clients saw in one phase.
#[derive(Clone, Debug, Default)]
pub struct PhaseRecord {
    /// How requests ended.
    pub ledger: Ledger,
    /// How long the successes took.
    pub latency: LatencyRecord,
}

/// The latency of successes in seconds; `None` where there was none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LatencyRecord {
    /// Number of successes.
    pub count: u64,
    /// Mean.
    pub mean_s: Option<f64>,
    /// At each of [`QUANTILES`].
    pub quantiles_s: [Option<f64>; QUANTILES.len()],
}

/// What clients saw whose requests started in one window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WindowRecord {
    /// Attempts sent in the window, whenever their requests started.
    pub attempts: u32,
    /// Requests offered.
    pub offered: u32,
    /// Requests that succeeded.
    pub succeeded: u32,
    /// Requests that failed, by cause in the order of [`Cause::ALL`].
    pub failed: [u32; Cause::ALL.len()],
    /// Agents by where they would go, if they were counted in the window.
    pub agents: Option<Census>,
    /// Median latency of the successes, in seconds.
    pub p50_s: Option<f64>,
    /// 99th percentile of the latency of the successes, in seconds.
    pub p99_s: Option<f64>,
}

impl WindowRecord {
    /// Succeeded / offered; `None` if nothing was offered.
    pub fn availability(&self) -> Option<f64> {
        (self.offered > 0).then(|| f64::from(self.succeeded) / f64::from(self.offered))
    }
}

/// What a region did.
#[derive(Clone, Debug)]
pub struct RegionRecord {
    /// Attempts sent to it in the measured period.
    pub attempts: u64,
    /// Attempts that its rate limit refused in the measured period.
    pub rate_limited: u64,
    /// Its share of all attempts.
    pub traffic_share: Option<f64>,
    /// Measured requests that it answered in time, by phase of their start.
    pub latency: [LatencyRecord; 3],
    /// The same over the measured period.
    pub latency_overall: LatencyRecord,
    /// Measured requests that failed with their last attempt sent to it, by phase of their start.
    pub failed: [u64; 3],
    /// Those of them that ran into an outage.
    pub struck: [u64; 3],
    /// Busy share of its workers while it was up; `None` if it never was.
    pub utilization: Option<f64>,
    /// Share of its workers' time while it was up that went into work for nobody, by [`Waste`]
    /// (abandoned, duplicate).
    ///
    /// [`Waste`]: crate::model::Waste
    pub wasted: Option<[f64; 2]>,
    /// The largest utilization in a window.
    pub utilization_max: f64,
    /// Requests waiting, averaged over time.
    pub backlog_mean: f64,
    /// The largest number of requests waiting.
    pub backlog_max: f64,
    /// What it cost: its provisioned units, integrated over the measured period in hours.
    pub unit_hours: f64,
    /// In each window.
    pub windows: Vec<RegionWindowRecord>,
}

impl RegionRecord {
    /// Of the measured requests whose last attempt went to it, the share that succeeded: of one
    /// phase, or of the whole period.
    pub fn availability(&self, phase: Option<Phase>) -> Option<f64> {
        let phases = phase.map_or(0..3, |phase| phase as usize..phase as usize + 1);
        self.share_served(phases.clone(), self.failed[phases].iter().sum())
    }

    /// The same of the requests of a phase that did not run into an outage.
    pub fn availability_unstruck(&self, phase: Phase) -> Option<f64> {
        let index = phase as usize;
        let failed = self.failed[index] - self.struck[index];
        self.share_served(index..index + 1, failed)
    }

    fn share_served(&self, phases: Range<usize>, failed: u64) -> Option<f64> {
        let served: u64 = self.latency[phases].iter().map(|part| part.count).sum();
        let all = failed + served;
        (all > 0).then(|| served as f64 / all as f64)
    }
}

/// What a region did in one window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RegionWindowRecord {
    /// Attempts sent to it.
    pub attempts: u32,
    /// Its share of all attempts; `None` if there was none.
    pub traffic_share: Option<f64>,
    /// Its workers, whether its gateway has failed or not, averaged over the window.
    pub workers: f64,
    /// Busy share of its workers; 0 while its gateway has failed or it has none. After a scaling
    /// in, workers that are too many finish what they do: then it may be above 1.
    pub utilization: f64,
    /// Share of its workers' time that went into work for nobody that ended in the window
    /// (abandoned, duplicate).
    pub wasted: [f64; 2],
    /// Requests waiting, averaged over the window.
    pub backlog: f64,
    /// Share of the window in which the router believed it healthy.
    pub believed_healthy: f64,
}

/// What an outage cost. Times are seconds; `None` if the run did not get there.
#[derive(Clone, Debug, PartialEq)]
pub struct OutageRecord {
    /// From its start to the router's verdict.
    pub time_to_detect_s: Option<f64>,
    /// From its start until less than 1 % of the affected attempts went to the dead region; only
    /// a region that is gone as a whole is drained.
    pub time_to_drain_s: Option<f64>,
    /// From its start until availability was back for good.
    pub time_to_recover_s: Option<f64>,
    /// From its end to the router's verdict that the region is healthy again.
    pub time_to_failback_s: Option<f64>,
    /// Requests that failed because of it, by blame in the order of [`Blame::ALL`].
    pub lost: [f64; Blame::ALL.len()],
}

impl OutageRecord {
    /// All requests that failed because of it.
    pub fn lost_in_all(&self) -> f64 {
        self.lost.iter().sum()
    }
}

/// What a hazard did.
#[derive(Clone, Debug, PartialEq)]
pub struct HazardRecord {
    /// How often it struck within the measured period.
    pub strikes: u32,
    /// How long these strikes lasted on average, beyond the period if so; in seconds.
    pub length_s: Option<f64>,
    /// Share of the measured period in which it struck.
    pub down: f64,
    /// Each of its outages.
    pub outages: Vec<StruckRecord>,
}

/// What an outage of a hazard cost, over its strikes. Times are as in [`OutageRecord`].
#[derive(Clone, Debug, PartialEq)]
pub struct StruckRecord {
    /// From the start of a strike to the router's verdict.
    pub time_to_detect_s: MeanTime,
    /// From the start of a strike until clients had left the dead region.
    pub time_to_drain_s: MeanTime,
    /// From the start of a strike until availability was back for good.
    pub time_to_recover_s: MeanTime,
    /// From the end of a strike until the router believed the region healthy again.
    pub time_to_failback_s: MeanTime,
    /// Requests that failed because of it in all, by blame in the order of [`Blame::ALL`].
    pub lost: [f64; Blame::ALL.len()],
}

/// A mean time in seconds, over the strikes that got there.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeanTime {
    /// The mean; `None` if no strike got there.
    pub mean_s: Option<f64>,
    /// How many strikes got there.
    pub reached: u32,
}

impl StruckRecord {
    /// All requests that failed because of it.
    pub fn lost_in_all(&self) -> f64 {
        self.lost.iter().sum()
    }
}
