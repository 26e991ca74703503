//! What a study found: estimates over replications, for `report` to show.
//!
//! Times are seconds, shares are 0 to 1. An `Option` is `None` where there was nothing to
//! measure (no success has no latency); an [`Estimate`] has no interval below 5 replications.

use crate::experiment::backend_result::BackendsResult;
use crate::experiment::config_result::{
    ConfigResult, ConfigWindow, RegionConfigResult, RolloutResult,
};
use crate::experiment::figures::Figures;
use crate::experiment::hazard_result::HazardResult;
use crate::experiment::management_result::{ManagementResult, ManagementWindow, OperationResult};
use crate::experiment::milestone::Milestone;
use crate::experiment::months_result::MonthsResult;
use crate::experiment::objective::Objective;
use crate::experiment::paging::PagingResult;
use crate::experiment::stopping::Precision;
use crate::metrics::{Flows, Phase, QUANTILES, quantile_index};
use crate::model::{Blame, Cause, OutageId, PopulationSpec, RegionSpec};
use crate::stats::Estimate;
use crate::units::IdMap;

/// Everything a study found.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyResult {
    /// Replications that finished.
    pub replications: u32,
    /// Replications that were planned when it ended; more than finished after an interrupt.
    pub planned: u32,
    /// What was to be known, if that decides how many replications there are.
    pub precisions: Vec<PrecisionResult>,
    /// Events handled, over all replications.
    pub events: u64,
    /// What results are compared by.
    pub figures: Figures,
    /// All populations together.
    pub fleet: ClientResult,
    /// Each population.
    pub populations: IdMap<PopulationSpec, ClientResult>,
    /// Who went where: attempts over all replications, by population, region and phase.
    pub flows: Flows,
    /// Each region.
    pub regions: IdMap<RegionSpec, RegionResult>,
    /// What all regions cost together: provisioned units times hours of the measured period.
    pub unit_hours: Estimate,
    /// Mean share of windows whose availability reached the target, if there is a target.
    pub availability_by_window: Option<Estimate>,
    /// Failed requests of all replications by phase, cause and blame; only those above zero.
    pub failures: Vec<FailureCount>,
    /// Window by window.
    pub timeline: Timeline,
    /// Each scripted outage, in the order of the file.
    pub outages: Vec<OutageResult>,
    /// The back ends; `None` if there are none.
    pub backends: Option<BackendsResult>,
    /// Each outage that comes by chance, in the order of the file.
    pub hazards: Vec<HazardResult>,
    /// Month by month; `None` if the measured period holds none.
    pub months: Option<MonthsResult>,
    /// The management plane; `None` if nobody used it and it was always up.
    pub management: Option<ManagementResult>,
    /// The configuration; `None` if it is not modeled.
    pub config: Option<ConfigResult>,
    /// Each rollout, in the order of the file.
    pub rollouts: Vec<RolloutResult>,
    /// Each operation, in the order of the file.
    pub operations: Vec<OperationResult>,
    /// Each objective, in the order of the file.
    pub objectives: Vec<ObjectiveResult>,
}

/// How well a figure was to be known, and is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PrecisionResult {
    /// What was asked for.
    pub precision: Precision,
    /// The figure.
    pub measured: Option<Estimate>,
    /// Whether it is known so well.
    pub is_reached: bool,
}

/// What clients saw, over the measured period and in each phase.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientResult {
    /// The whole measured period.
    pub overall: PhaseResult,
    /// The phases in the order of [`Phase::ALL`]; those that did not occur offered nothing.
    pub phases: [PhaseResult; 3],
}

/// What clients saw in one phase.
#[derive(Clone, Debug, PartialEq)]
pub struct PhaseResult {
    /// Requests offered, over all replications.
    pub offered: u64,
    /// Requests that succeeded, over all replications.
    pub succeeded: u64,
    /// Requests that failed, over all replications.
    pub failed: u64,
    /// Succeeded / offered.
    pub availability: Option<Estimate>,
    /// Attempts of these requests, over all replications.
    pub attempts: u64,
    /// Attempts per request.
    pub amplification: Option<Estimate>,
    /// Succeeded / attempts.
    pub availability_by_attempt: Option<Estimate>,
    /// Latency of successes.
    pub latency: LatencyResult,
    /// Mean time from the start of a failed request to its failure, in seconds.
    pub time_to_failure_s: Option<Estimate>,
}

/// The latency of successes, in seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct LatencyResult {
    /// Successes, over all replications.
    pub count: u64,
    /// Mean.
    pub mean_s: Option<Estimate>,
    /// At each of [`QUANTILES`]; the last is the largest.
    pub quantiles_s: [Option<Estimate>; QUANTILES.len()],
}

impl LatencyResult {
    /// The estimate at `quantile`, which must be one of [`QUANTILES`].
    pub fn quantile_s(&self, quantile: f64) -> Option<&Estimate> {
        self.quantiles_s[quantile_index(quantile)?].as_ref()
    }

    /// Whether fewer than ten samples a replication lie beyond `quantile`: too few to know it.
    pub fn is_sparse(&self, quantile: f64, replications: u32) -> bool {
        self.count as f64 * (1.0 - quantile) < 10.0 * f64::from(replications)
    }
}

/// What a region did over the measured period.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionResult {
    /// Attempts sent to it, over all replications.
    pub attempts: u64,
    /// Attempts that its rate limit refused, over all replications.
    pub rate_limited: u64,
    /// Requests that it answered in time, over all replications.
    pub served: u64,
    /// Its share of all attempts.
    pub traffic_share: Option<Estimate>,
    /// Busy share of its workers while it was up.
    pub utilization: Option<Estimate>,
    /// Share of its workers' time while it was up that went into work whose client had left.
    pub utilization_wasted: Option<Estimate>,
    /// The same for work whose client had the answer from another attempt.
    pub utilization_duplicate: Option<Estimate>,
    /// The largest utilization in a window.
    pub utilization_max: Option<Estimate>,
    /// Requests waiting, averaged over time.
    pub backlog_mean: Option<Estimate>,
    /// The largest number of requests waiting.
    pub backlog_max: Option<Estimate>,
    /// What it cost: provisioned units times hours of the measured period.
    pub unit_hours: Estimate,
    /// Latency of the requests it answered, by phase in the order of [`Phase::ALL`].
    pub latency: [LatencyResult; 3],
    /// Its configuration; `None` if it is not modeled.
    pub config: Option<RegionConfigResult>,
}

/// A number of failed requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailureCount {
    /// When they started.
    pub phase: Phase,
    /// What the clients saw.
    pub cause: Cause,
    /// What is to blame.
    pub blame: Blame,
    /// How many, over all replications.
    pub count: u64,
}

/// Window by window, from the start of the measured period.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// The width of a window in seconds (the last may be narrower).
    pub window_s: f64,
    /// All populations together.
    pub fleet: Vec<ClientWindow>,
    /// Each population.
    pub populations: IdMap<PopulationSpec, Vec<ClientWindow>>,
    /// Each region.
    pub regions: IdMap<RegionSpec, Vec<RegionWindow>>,
    /// The management plane; `None` if nobody used it and it was always up.
    pub management: Option<Vec<ManagementWindow>>,
    /// Share of each window in which regions that serve differed in their configuration; `None`
    /// if it is not modeled.
    pub divergence: Option<Vec<Estimate>>,
}

/// What clients saw whose requests started in one window, a mean over replications.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientWindow {
    /// Attempts per second, sent in the window.
    pub attempts_per_s: Estimate,
    /// Attempts sent in the window / requests offered in it.
    pub amplification: Option<Estimate>,
    /// Where the agents would go if they sent something in the middle of the window, if they were
    /// counted.
    pub agents: Option<AgentShares>,
    /// Requests offered per second.
    pub offered_per_s: Estimate,
    /// Requests per second that succeeded.
    pub goodput_per_s: Estimate,
    /// Requests per second that failed, by cause in the order of [`Cause::ALL`].
    pub failed_per_s: [Estimate; Cause::ALL.len()],
    /// Succeeded / offered.
    pub availability: Option<Estimate>,
    /// Median latency of successes, in seconds.
    pub latency_p50_s: Option<Estimate>,
    /// 99th percentile of the latency of successes, in seconds.
    pub latency_p99_s: Option<Estimate>,
}

/// Agents by where they would go, as shares of all; they add up to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AgentShares {
    /// To a region that is up, by their connection or their cached answer.
    pub pinned_to_healthy: Estimate,
    /// To a region that is down, by their cached answer.
    pub pinned_by_answer: Estimate,
    /// To a region that is down, by their connection.
    pub pinned_by_connection: Estimate,
    /// Wherever the router sends them.
    pub free: Estimate,
}

/// What a region did in one window, a mean over replications.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionWindow {
    /// Attempts sent to it per second.
    pub attempts_per_s: Estimate,
    /// Its share of all attempts.
    pub traffic_share: Option<Estimate>,
    /// Busy share of its workers; 0 while its gateway has failed or it has none.
    pub utilization: Estimate,
    /// Share of its workers' time that went into work whose client had left, by the window in
    /// which the work ended.
    pub utilization_wasted: Estimate,
    /// The same for work whose client had the answer from another attempt.
    pub utilization_duplicate: Estimate,
    /// Requests waiting, averaged over the window.
    pub backlog: Estimate,
    /// Share of the window in which the router believed it healthy.
    pub believed_healthy: Estimate,
    /// Its workers, averaged over the window.
    pub workers: Estimate,
    /// Its configuration; `None` if it is not modeled.
    pub config: Option<ConfigWindow>,
}

/// What an outage cost. Times are seconds from its start; `None` if no replication got there.
#[derive(Clone, Debug, PartialEq)]
pub struct OutageResult {
    /// Which outage.
    pub outage: OutageId,
    /// Until the router believed the region degraded; of a region or of its capacity only.
    pub time_to_detect_s: Option<Milestone>,
    /// Until less than 1 % of the affected clients' attempts went to the dead region; of a whole
    /// region only.
    pub time_to_drain_s: Option<Milestone>,
    /// Until the first window from which availability stays within 0.1 % of what it was before.
    pub time_to_recover_s: Option<Milestone>,
    /// From the outage's end until the router believed the region healthy again.
    pub time_to_failback_s: Option<Milestone>,
    /// Requests per replication that failed because of it.
    pub requests_lost: Estimate,
    /// Lost requests by blame in the order of [`Blame::ALL`], a mean per replication.
    pub lost_by_blame: [f64; Blame::ALL.len()],
    /// Lost requests as a share of the failures that the availability objective allows in the
    /// measured period; `None` without such an objective, or if it allows none.
    pub error_budget_spent: Option<Estimate>,
    /// When alerts would have paged; `None` without such an objective, or if it allows none.
    pub paging: Option<PagingResult>,
}

/// An objective and what was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectiveResult {
    /// What was promised.
    pub objective: Objective,
    /// What was measured, in the objective's unit (a share or seconds).
    pub measured: Option<Estimate>,
    /// Replications that did not get as far as was promised, which break the promise.
    pub not_reached: u32,
    /// Whether the promise is kept, by what it is judged by.
    pub is_met: bool,
    /// What was measured before any outage, if there are outages and that estimate misses the
    /// promise.
    pub missed_before: Option<Estimate>,
}
