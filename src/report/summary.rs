//! `summary.json`: every figure of a study, a pure function of scenario, seed and version.

use serde::{Deserialize, Serialize};

use crate::experiment::{
    ClientResult, FailureCount, LatencyResult, Objective, ObjectiveResult, OutageResult,
    PhaseResult, RegionResult, Study, StudyResult,
};
use crate::metrics::Phase;
use crate::model::{Blame, Cause, Lie, OutageMode, OutageSpec, Scope};
use crate::report::config_summary::{
    ConfigSummary, ManagementSummary, OperationSummary, RegionConfigSummary, RolloutSummary,
};
use crate::report::figure::{Figure, Reached};
use crate::report::figures::summarized;
use crate::report::named::Named;
use crate::report::number::{Range, rounded};
use crate::report::precision::PrecisionSummary;
use crate::stats::Estimate;

/// The version of the format.
pub const SCHEMA: u32 = 1;

/// Every figure of a study. Times are seconds, shares are 0 to 1, counts are totals over all
/// replications; what was not measured is `null`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Summary {
    /// The version of this format.
    pub schema: u32,
    /// The version of gatefleet that simulated.
    pub gatefleet: String,
    /// What was simulated.
    pub scenario: ScenarioName,
    /// The seed of all streams.
    pub seed: u64,
    /// Replications that finished.
    pub replications: u32,
    /// Whether all replications that were asked for finished.
    pub complete: bool,
    /// How well figures were to be known, if that decided how many replications there are.
    #[serde(default)]
    pub precision: Vec<PrecisionSummary>,
    /// The routing strategy.
    pub strategy: String,
    /// Length of the measured period.
    pub duration_s: f64,
    /// Width of a window of the timeline.
    pub window_s: f64,
    /// Requests, over all replications.
    pub requests: Requests,
    /// Attempts of these requests.
    pub attempts: u64,
    /// Attempts per request.
    pub amplification: Figure,
    /// Succeeded / attempts.
    pub availability_attempts: Figure,
    /// Succeeded / offered.
    pub availability: Figure,
    /// Share of windows whose availability reached the target; `null` without a target.
    pub availability_timeslices: Option<Figure>,
    /// Latency of successes.
    pub latency_s: Latency,
    /// What all regions cost together: provisioned units times hours of the measured period.
    #[serde(default)]
    pub cost_unit_hours: Figure,
    /// Failed requests by what the client saw.
    pub failures: Named<u64>,
    /// Failed requests by what is to blame.
    pub blame: Named<u64>,
    /// What results are compared by, each with the number of replications that have it.
    #[serde(default)]
    pub figures: Named<Reached>,
    /// The same before, during and after the outages.
    pub phases: Named<PhaseSummary>,
    /// Each region.
    pub regions: Named<RegionSummary>,
    /// Each population.
    pub clients: Named<ClientSummary>,
    /// Each outage.
    pub outages: Vec<OutageSummary>,
    /// The management plane; `null` if nobody used it and it was always up.
    pub management: Option<ManagementSummary>,
    /// The configuration; `null` if it is not modeled.
    pub config: Option<ConfigSummary>,
    /// Each rollout.
    #[serde(default)]
    pub rollouts: Vec<RolloutSummary>,
    /// Each operation on the fleet.
    #[serde(default)]
    pub operations: Vec<OperationSummary>,
    /// Each objective.
    pub slo: Vec<ObjectiveSummary>,
}

/// Which scenario it was.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct ScenarioName {
    /// Its title.
    pub title: String,
    /// The fingerprint of its text, of what the command line changed, and of its data files.
    pub sha256: String,
}

/// How many requests there were.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Requests {
    /// Requests offered.
    pub offered: u64,
    /// Requests that succeeded.
    pub succeeded: u64,
    /// Requests that failed.
    pub failed: u64,
}

/// Latency, in seconds.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Latency {
    /// The mean.
    pub mean: Figure,
    /// The median.
    pub p50: Figure,
    /// The 90th percentile.
    pub p90: Figure,
    /// The 95th percentile.
    pub p95: Figure,
    /// The 99th percentile.
    pub p99: Figure,
    /// The 99.9th percentile.
    pub p99_9: Figure,
    /// The largest.
    pub max: Figure,
}

/// What clients saw in one phase.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct PhaseSummary {
    /// Requests offered.
    pub offered: u64,
    /// Requests that succeeded.
    pub succeeded: u64,
    /// Requests that failed.
    pub failed: u64,
    /// Succeeded / offered.
    pub availability: Figure,
    /// Attempts of these requests.
    pub attempts: u64,
    /// Attempts per request.
    pub amplification: Figure,
    /// Succeeded / attempts.
    pub availability_attempts: Figure,
    /// Latency of successes.
    pub latency_s: Latency,
    /// Mean time from the start of a failed request to its failure.
    pub time_to_failure_s: Figure,
}

/// What the clients of a population saw.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct ClientSummary {
    /// Over the measured period.
    #[serde(flatten)]
    pub overall: PhaseSummary,
    /// Before, during and after the outages.
    pub phases: Named<PhaseSummary>,
}

/// What a region did.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct RegionSummary {
    /// Attempts sent to it.
    pub attempts: u64,
    /// Attempts that its rate limit refused.
    #[serde(default)]
    pub rate_limited: u64,
    /// Requests that it answered in time.
    pub served: u64,
    /// Its share of all attempts.
    pub traffic_share: Figure,
    /// Busy share of its workers while it was up.
    pub utilization: Figure,
    /// Share of its workers' time while it was up that went into work whose client had left.
    pub utilization_wasted: Figure,
    /// The same for work whose client had the answer from another attempt.
    pub utilization_duplicate: Figure,
    /// The largest utilization in a window.
    pub utilization_max: Figure,
    /// Requests waiting, averaged over time.
    pub queue: Figure,
    /// The largest number of requests waiting.
    pub queue_max: Figure,
    /// What it cost: provisioned units times hours of the measured period.
    #[serde(default)]
    pub unit_hours: Figure,
    /// Its configuration; `null` if that is not modeled.
    pub config: Option<RegionConfigSummary>,
}

/// What an outage cost.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct OutageSummary {
    /// The region that it hit.
    pub region: String,
    /// When, from the start of the measured period.
    pub at_s: f64,
    /// For how long.
    pub for_s: f64,
    /// What clients saw of a region that failed (`blackhole`, `refuse`, `hold`), or what else of it
    /// was lost: `capacity`, `zone`, `vms`, `slow` (its speed), `gray` (some of what it served),
    /// `probe_down` and `probe_up` (what probes found), `no_dns` (its name), `management`, or
    /// `router` (news of health; the region is empty).
    pub mode: String,
    /// The share of its capacity, of its speed, or of what it served that was lost, if that is what
    /// was.
    pub depth: Option<f64>,
    /// From its start to the router's verdict.
    pub time_to_detect_s: Reached,
    /// From its start until less than 1 % of the affected attempts went to the dead region.
    pub time_to_drain_s: Reached,
    /// From its start until availability was back for good.
    pub time_to_recover_s: Reached,
    /// From its end until the router believed the region healthy again.
    pub time_to_failback_s: Reached,
    /// Failed requests per replication.
    pub requests_lost: Figure,
    /// Failed requests per replication, by what is to blame.
    pub lost_by_blame: Named<f64>,
    /// Share of the measured period's allowed failures that it spent.
    pub error_budget_spent: Option<Figure>,
}

/// An objective and what was measured.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct ObjectiveSummary {
    /// What is promised: `availability`, `latency_p99`, ...
    pub objective: String,
    /// The promise: a share, or seconds.
    pub target: f64,
    /// What was measured.
    pub measured: Option<f64>,
    /// The ends of its interval.
    pub ci95: Option<[f64; 2]>,
    /// Whether the promise was kept.
    pub passed: bool,
}

impl Summary {
    /// The figures of a result; `sha256` is the fingerprint of its scenario.
    pub fn new(study: &Study, result: &StudyResult, sha256: &str) -> Self {
        let fleet = &study.fleet;
        let overall = PhaseSummary::new(&result.fleet.overall);
        let regions = fleet.regions.iter().zip(&result.regions);
        let clients = fleet.populations.iter().zip(&result.populations);
        let by_window = result.availability_by_window.as_ref();
        Self {
            schema: SCHEMA,
            gatefleet: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: ScenarioName {
                title: study.title.clone(),
                sha256: sha256.to_owned(),
            },
            seed: study.run.seed,
            replications: result.replications,
            complete: result.replications == result.planned,
            precision: result
                .precisions
                .iter()
                .map(PrecisionSummary::new)
                .collect(),
            strategy: fleet.routing.strategy.name().to_owned(),
            duration_s: fleet.period.duration.as_secs_f64(),
            window_s: study.run.window.as_secs_f64(),
            requests: Requests {
                offered: overall.offered,
                succeeded: overall.succeeded,
                failed: overall.failed,
            },
            attempts: overall.attempts,
            amplification: overall.amplification,
            availability_attempts: overall.availability_attempts,
            availability: overall.availability,
            availability_timeslices: by_window.map(|e| Figure::new(Some(e), Range::Share)),
            latency_s: overall.latency_s,
            cost_unit_hours: Figure::new(Some(&result.unit_hours), Range::Positive),
            failures: counts(result, (&Cause::ALL, Cause::name), |failure| failure.cause),
            blame: counts(result, (&Blame::ALL, Blame::name), |failure| failure.blame),
            figures: summarized(&result.figures),
            phases: phases(&result.fleet),
            regions: regions
                .map(|(spec, r)| (spec.name.clone(), RegionSummary::new(r)))
                .collect(),
            clients: clients
                .map(|(spec, r)| (spec.name.clone(), ClientSummary::new(r)))
                .collect(),
            outages: result
                .outages
                .iter()
                .map(|o| OutageSummary::new(study, o))
                .collect(),
            management: result.management.as_ref().map(ManagementSummary::new),
            config: result.config.as_ref().map(ConfigSummary::new),
            rollouts: RolloutSummary::all(study, result),
            operations: OperationSummary::all(study, result),
            slo: result
                .objectives
                .iter()
                .map(ObjectiveSummary::new)
                .collect(),
        }
    }
}

/// The failures of a result, added up by `part`, one count for each of `all`.
fn counts<K: Copy + PartialEq>(
    result: &StudyResult,
    (all, name): (&[K], fn(K) -> &'static str),
    part: fn(&FailureCount) -> K,
) -> Named<u64> {
    let count = |key: K| {
        let failures = result
            .failures
            .iter()
            .filter(|failure| part(failure) == key);
        failures.map(|failure| failure.count).sum()
    };
    all.iter()
        .map(|&key| (name(key).to_owned(), count(key)))
        .collect()
}

fn phases(result: &ClientResult) -> Named<PhaseSummary> {
    let phases = Phase::ALL.iter().zip(&result.phases);
    phases
        .map(|(phase, r)| (phase.name().to_owned(), PhaseSummary::new(r)))
        .collect()
}

impl Latency {
    fn new(latency: &LatencyResult) -> Self {
        let at = |quantile| Figure::new(latency.quantile_s(quantile), Range::Positive);
        Self {
            mean: Figure::new(latency.mean_s.as_ref(), Range::Positive),
            p50: at(0.5),
            p90: at(0.9),
            p95: at(0.95),
            p99: at(0.99),
            p99_9: at(0.999),
            max: at(1.0),
        }
    }

    /// The figures with the names that results give them.
    pub(super) fn entries(&self) -> [(&'static str, Figure); 7] {
        [
            ("mean", self.mean),
            ("p50", self.p50),
            ("p90", self.p90),
            ("p95", self.p95),
            ("p99", self.p99),
            ("p99_9", self.p99_9),
            ("max", self.max),
        ]
    }
}

impl PhaseSummary {
    fn new(phase: &PhaseResult) -> Self {
        let time_to_failure = phase.time_to_failure_s.as_ref();
        let by_attempt = phase.availability_by_attempt.as_ref();
        Self {
            offered: phase.offered,
            succeeded: phase.succeeded,
            failed: phase.failed,
            availability: Figure::new(phase.availability.as_ref(), Range::Share),
            attempts: phase.attempts,
            amplification: Figure::new(phase.amplification.as_ref(), Range::Positive),
            availability_attempts: Figure::new(by_attempt, Range::Share),
            latency_s: Latency::new(&phase.latency),
            time_to_failure_s: Figure::new(time_to_failure, Range::Positive),
        }
    }
}

impl ClientSummary {
    fn new(client: &ClientResult) -> Self {
        Self {
            overall: PhaseSummary::new(&client.overall),
            phases: phases(client),
        }
    }
}

impl RegionSummary {
    fn new(region: &RegionResult) -> Self {
        let share = |estimate: &Option<Estimate>| Figure::new(estimate.as_ref(), Range::Share);
        let count = |estimate: &Option<Estimate>| Figure::new(estimate.as_ref(), Range::Positive);
        Self {
            attempts: region.attempts,
            rate_limited: region.rate_limited,
            served: region.served,
            traffic_share: share(&region.traffic_share),
            utilization: share(&region.utilization),
            utilization_wasted: share(&region.utilization_wasted),
            utilization_duplicate: share(&region.utilization_duplicate),
            utilization_max: share(&region.utilization_max),
            queue: count(&region.backlog_mean),
            queue_max: count(&region.backlog_max),
            unit_hours: Figure::new(Some(&region.unit_hours), Range::Positive),
            config: region.config.as_ref().map(RegionConfigSummary::new),
        }
    }
}

impl OutageSummary {
    fn new(study: &Study, outage: &OutageResult) -> Self {
        let spec = &study.fleet.outages[outage.outage];
        let spent = outage.error_budget_spent.as_ref();
        let by_blame = Blame::ALL.iter().zip(outage.lost_by_blame);
        Self {
            region: match spec.scope {
                Scope::Router => String::new(),
                _ => study.region_name(spec.region).to_owned(),
            },
            at_s: (spec.start - study.fleet.period.start()).as_secs_f64(),
            for_s: (spec.end - spec.start).as_secs_f64(),
            mode: mode_name(spec).to_owned(),
            depth: match spec.scope {
                Scope::Speed(factor) => Some(rounded(1.0 - 1.0 / factor)),
                Scope::Gray(share) => Some(rounded(share.as_f64())),
                scope => study.fleet.regions[spec.region]
                    .share_lost(scope)
                    .map(rounded),
            },
            time_to_detect_s: Reached::new(outage.time_to_detect_s.as_ref()),
            time_to_drain_s: Reached::new(outage.time_to_drain_s.as_ref()),
            time_to_recover_s: Reached::new(outage.time_to_recover_s.as_ref()),
            time_to_failback_s: Reached::new(outage.time_to_failback_s.as_ref()),
            requests_lost: Figure::new(Some(&outage.requests_lost), Range::Positive),
            lost_by_blame: by_blame
                .map(|(b, n)| (b.name().to_owned(), rounded(n)))
                .collect(),
            error_budget_spent: spent.map(|spent| Figure::new(Some(spent), Range::Positive)),
        }
    }
}

/// What an outage is called in results.
fn mode_name(outage: &OutageSpec) -> &'static str {
    match (outage.scope, outage.mode) {
        (Scope::Region, OutageMode::Blackhole) => "blackhole",
        (Scope::Region, OutageMode::Refuse) => "refuse",
        (Scope::Region, OutageMode::Hold) => "hold",
        (Scope::Capacity(_), _) => "capacity",
        (Scope::Zone(_), _) => "zone",
        (Scope::Vms(_), _) => "vms",
        (Scope::Management, _) => "management",
        (Scope::Name, _) => "no_dns",
        (Scope::Speed(_), _) => "slow",
        (Scope::Gray(_), _) => "gray",
        (Scope::Probes(Lie::Down), _) => "probe_down",
        (Scope::Probes(Lie::Up), _) => "probe_up",
        (Scope::Router, _) => "router",
    }
}

/// What an objective is called in results, its target there, and what can be measured of it.
pub(super) fn promise(objective: Objective) -> (String, f64, Range) {
    match objective {
        Objective::Availability(target) => {
            ("availability".to_owned(), target.as_f64(), Range::Share)
        }
        Objective::Latency { quantile, at_most } => (
            format!("latency_{}", quantile_name(quantile)),
            at_most.as_secs_f64(),
            Range::Positive,
        ),
    }
}

impl ObjectiveSummary {
    fn new(result: &ObjectiveResult) -> Self {
        let (objective, target, range) = promise(result.objective);
        let measured = Figure::new(result.measured.as_ref(), range);
        Self {
            objective,
            target: rounded(target),
            measured: measured.mean,
            ci95: measured.ci95,
            passed: result.is_met,
        }
    }
}

/// A quantile as results name it: `p50`, `p99_9`.
pub(super) fn quantile_name(quantile: f64) -> String {
    let percent = rounded(quantile * 100.0);
    format!("p{percent}").replace('.', "_")
}
