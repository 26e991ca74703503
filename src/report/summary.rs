//! `summary.json`: every figure of a study, a pure function of scenario, seed and version.

use serde::{Deserialize, Serialize};

use crate::experiment::{
    ClientResult, FailureCount, LatencyResult, ObjectiveResult, PhaseResult, Study, StudyResult,
};
use crate::metrics::Phase;
use crate::model::{Blame, Cause};
use crate::report::backend_summary::{self, SiteSummary};
use crate::report::chance_summary::{HazardSummary, MonthsSummary};
use crate::report::config_summary::{
    ConfigSummary, ManagementSummary, OperationSummary, RolloutSummary,
};
use crate::report::figure::{Figure, Reached};
use crate::report::figures::summarized;
use crate::report::named::Named;
use crate::report::number::Range;
use crate::report::outage_summary::OutageSummary;
use crate::report::precision::PrecisionSummary;
use crate::report::promise::{self, By};
use crate::report::region_summary::RegionSummary;

/// The version of the format.
pub const SCHEMA: u32 = 1;

/// The version of the numbers: one more whenever the same scenario and seed give others. Of two results
/// with the same number, scenario and seed every figure is the same.
pub const RESULTS: u32 = 1;

/// Every figure of a study. Times are seconds, shares are 0 to 1, counts are totals over all
/// replications; what was not measured is `null`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Summary {
    /// The version of this format.
    pub schema: u32,
    /// The version of gatefleet that simulated.
    pub gatefleet: String,
    /// The version of its numbers; 0 in results of before they had one.
    #[serde(default)]
    pub results: u32,
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
    /// Each site of each back end, as `backend@place`.
    #[serde(default)]
    pub backends: Named<SiteSummary>,
    /// Each scripted outage.
    pub outages: Vec<OutageSummary>,
    /// Each outage that comes by chance; not there if none does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outages_by_chance: Vec<HazardSummary>,
    /// Month by month; not there if the measured period holds no month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<MonthsSummary>,
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

/// An objective and what was measured.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct ObjectiveSummary {
    /// What is promised: `availability`, `availability_timeslices`, `latency_p99`, ...,
    /// `time_to_recover`, `requests_lost` or `error_budget_per_outage`.
    pub objective: String,
    /// Whom it is about; not there if it is all clients over the measured period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    /// The promise: a share, seconds, or a number of requests.
    pub target: f64,
    /// What was measured.
    pub measured: Option<f64>,
    /// The ends of its interval.
    pub ci95: Option<[f64; 2]>,
    /// Whether the whole of the interval has to keep it; not there if the estimate decides.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_interval: bool,
    /// Replications that did not get as far as was promised, which break the promise; not there if
    /// there is none.
    #[serde(default, skip_serializing_if = "is_none")]
    pub not_reached: u32,
    /// Whether the promise was kept.
    pub passed: bool,
    /// What was measured before any outage, if that misses the promise; else not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed_before: Option<Figure>,
}

impl Summary {
    /// The figures of a result; `sha256` is the fingerprint of its scenario.
    pub fn new(study: &Study, result: &StudyResult, sha256: &str) -> Self {
        let fleet = &study.fleet;
        let overall = PhaseSummary::new(&result.fleet.overall);
        let regions = result.regions.entries();
        let clients = fleet.populations.iter().zip(&result.populations);
        let by_window = result.availability_by_window.as_ref();
        Self {
            schema: SCHEMA,
            gatefleet: env!("CARGO_PKG_VERSION").to_owned(),
            results: RESULTS,
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
                .map(|(id, _)| RegionSummary::named(study, result, id))
                .collect(),
            backends: backend_summary::sites(study, result),
            clients: clients
                .map(|(spec, r)| (spec.name.clone(), ClientSummary::new(r)))
                .collect(),
            outages: result
                .outages
                .iter()
                .map(|o| OutageSummary::new(study, o))
                .collect(),
            outages_by_chance: HazardSummary::all(study, result),
            months: result.months.as_ref().map(MonthsSummary::new),
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

impl Summary {
    /// Whether anything fails, by script or by chance.
    pub(super) fn has_outages(&self) -> bool {
        !self.outages.is_empty() || !self.outages_by_chance.is_empty()
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

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_none(count: &u32) -> bool {
    *count == 0
}

impl ObjectiveSummary {
    fn new(result: &ObjectiveResult) -> Self {
        let named = promise::Named::new(&result.objective);
        let range = promise::measure(&named.objective).range(&named.objective);
        let measured = Figure::new(result.measured.as_ref(), range);
        let before = result.missed_before.as_ref();
        Self {
            objective: named.objective,
            by: named.by,
            target: named.target,
            measured: measured.mean,
            ci95: measured.ci95,
            by_interval: named.by_interval,
            not_reached: result.not_reached,
            passed: result.is_met,
            missed_before: before.map(|estimate| Figure::new(Some(estimate), range)),
        }
    }

    /// What was measured.
    pub(super) fn figure(&self) -> Figure {
        Figure {
            mean: self.measured,
            ci95: self.ci95,
        }
    }

    /// What is promised, in words.
    pub(super) fn sentence(&self) -> String {
        promise::sentence(&self.objective, self.target, self.by.as_ref())
    }

    /// Whether it is the availability that is promised to all clients.
    pub(super) fn is_availability_of_fleet(&self) -> bool {
        self.objective == "availability" && self.by.is_none()
    }
}
