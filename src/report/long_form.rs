//! `summary.csv`: the figures of `summary.json`, a row each.

use serde::{Deserialize, Serialize};

use crate::report::backend_summary::SiteSummary;
use crate::report::chance_summary::{HazardSummary, MonthsSummary};
use crate::report::config_summary::{
    ConfigSummary, ManagementSummary, OperationSummary, RegionConfigSummary, RolloutSummary,
};
use crate::report::figure::{Figure, Reached};
use crate::report::named::Named;
use crate::report::outage_summary::OutageSummary;
use crate::report::promise;
use crate::report::region_summary::RegionSummary;
use crate::report::summary::{Latency, ObjectiveSummary, PhaseSummary, Requests, Summary};
use crate::report::table::cell;

/// A row of `summary.csv`: one figure.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct SummaryRow {
    /// `fleet`, `region`, `backend`, `population`, `outage`, `outage_by_chance`, `months`,
    /// `management`, `config`, `rollout`, `operation` or `objective`.
    pub scope: String,
    /// The name of the region, site (`backend@place`), population or objective, or the number of the outage, rollout or
    /// operation, counted from 0; with `/phase` behind it for a figure of one phase. Of the
    /// management plane what it was used for.
    pub name: String,
    /// What is measured.
    pub metric: String,
    /// The mean, or the total of a count.
    pub mean: Option<f64>,
    /// Lower end of the interval.
    pub ci95_low: Option<f64>,
    /// Upper end of the interval.
    pub ci95_high: Option<f64>,
    /// `1` (a share), `s`, `unit-hours`, or what is counted: `requests`, `changes`, ...
    pub unit: String,
}

/// All rows.
pub(super) fn rows(summary: &Summary) -> Vec<SummaryRow> {
    let mut rows = Rows::default();
    let fleet = rows.scope("fleet", "");
    fleet.requests(&summary.requests);
    fleet.count("attempts", summary.attempts);
    fleet.figure("amplification", &summary.amplification, "1");
    fleet.figure("availability", &summary.availability, "1");
    fleet.figure("availability_attempts", &summary.availability_attempts, "1");
    if let Some(timeslices) = &summary.availability_timeslices {
        fleet.figure("availability_timeslices", timeslices, "1");
    }
    fleet.latency(&summary.latency_s);
    fleet.figure("cost_unit_hours", &summary.cost_unit_hours, "unit-hours");
    fleet.counts("failed_", &summary.failures);
    fleet.counts("blame_", &summary.blame);
    fleet.phases("fleet", "", &summary.phases);
    for (name, region) in summary.regions.iter() {
        rows.scope("region", name).region(region);
    }
    for (name, site) in summary.backends.iter() {
        rows.scope("backend", name).site(site);
    }
    for (name, client) in summary.clients.iter() {
        let scope = rows.scope("population", name);
        scope.phase(&client.overall);
        scope.phases("population", name, &client.phases);
    }
    for (index, outage) in summary.outages.iter().enumerate() {
        rows.scope("outage", &index.to_string()).outage(outage);
    }
    for (index, hazard) in summary.outages_by_chance.iter().enumerate() {
        rows.scope("outage_by_chance", &index.to_string())
            .hazard(hazard);
    }
    if let Some(months) = &summary.months {
        rows.scope("months", "").months(months);
    }
    if let Some(management) = &summary.management {
        rows.management(management);
    }
    if let Some(config) = &summary.config {
        rows.scope("config", "").config(config);
    }
    for (index, rollout) in summary.rollouts.iter().enumerate() {
        rows.scope("rollout", &index.to_string()).rollout(rollout);
    }
    for (index, operation) in summary.operations.iter().enumerate() {
        rows.scope("operation", &index.to_string())
            .operation(operation);
    }
    for objective in &summary.slo {
        let key = promise::key(&objective.objective, objective.by.as_ref());
        rows.scope("objective", &key).objective(objective);
    }
    rows.done
}

/// Rows of one scope after another.
#[derive(Default)]
struct Rows {
    done: Vec<SummaryRow>,
    scope: &'static str,
    name: String,
}

impl Rows {
    fn scope(&mut self, scope: &'static str, name: &str) -> &mut Self {
        self.scope = scope;
        self.name = cell(name);
        self
    }

    fn figure(&mut self, metric: &str, figure: &Figure, unit: &str) {
        self.done.push(SummaryRow {
            scope: self.scope.to_owned(),
            name: self.name.clone(),
            metric: metric.to_owned(),
            mean: figure.mean,
            ci95_low: figure.low(),
            ci95_high: figure.high(),
            unit: unit.to_owned(),
        });
    }

    fn count(&mut self, metric: &str, count: u64) {
        self.plain(metric, count as f64, "requests");
    }

    /// A number that has no interval.
    fn plain(&mut self, metric: &str, number: f64, unit: &str) {
        let figure = Figure {
            mean: Some(number),
            ci95: None,
        };
        self.figure(metric, &figure, unit);
    }

    fn counts(&mut self, prefix: &str, counts: &Named<u64>) {
        for (name, &count) in counts.iter() {
            self.count(&format!("{prefix}{name}"), count);
        }
    }

    fn requests(&mut self, requests: &Requests) {
        self.count("offered", requests.offered);
        self.count("succeeded", requests.succeeded);
        self.count("failed", requests.failed);
    }

    fn latency(&mut self, latency: &Latency) {
        for (name, figure) in latency.entries() {
            self.figure(&format!("latency_{name}"), &figure, "s");
        }
    }

    fn phase(&mut self, phase: &PhaseSummary) {
        self.count("offered", phase.offered);
        self.count("succeeded", phase.succeeded);
        self.count("failed", phase.failed);
        self.count("attempts", phase.attempts);
        self.figure("amplification", &phase.amplification, "1");
        self.figure("availability", &phase.availability, "1");
        self.figure("availability_attempts", &phase.availability_attempts, "1");
        self.latency(&phase.latency_s);
        self.figure("time_to_failure", &phase.time_to_failure_s, "s");
    }

    fn phases(&mut self, scope: &'static str, name: &str, phases: &Named<PhaseSummary>) {
        for (phase, figures) in phases.iter() {
            self.scope(scope, &format!("{name}/{phase}")).phase(figures);
        }
    }

    fn region(&mut self, region: &RegionSummary) {
        self.count("attempts", region.attempts);
        self.count("rate_limited", region.rate_limited);
        self.count("served", region.served);
        self.figure("traffic_share", &region.traffic_share, "1");
        self.figure("utilization", &region.utilization, "1");
        self.figure("utilization_wasted", &region.utilization_wasted, "1");
        self.figure("utilization_duplicate", &region.utilization_duplicate, "1");
        self.figure("utilization_max", &region.utilization_max, "1");
        self.figure("queue", &region.queue, "requests");
        self.figure("queue_max", &region.queue_max, "requests");
        self.figure("unit_hours", &region.unit_hours, "unit-hours");
        if let Some(calls) = &region.calls {
            if let Some(ratio) = &calls.cache_hit_ratio {
                self.figure("cache_hit_ratio", ratio, "1");
            }
            self.count("calls_refused", calls.refused);
            self.figure("breakers_open", &calls.breakers_open, "breakers");
        }
        let config = region.config.iter();
        for (name, figure, unit) in config.flat_map(RegionConfigSummary::entries) {
            self.figure(&format!("config_{name}"), &figure, unit);
        }
    }

    fn site(&mut self, site: &SiteSummary) {
        self.plain("calls", site.calls as f64, "calls");
        self.plain("failed", site.failed as f64, "calls");
        for (name, figure, unit) in site.entries() {
            self.figure(name, &figure, unit);
        }
    }

    fn management(&mut self, management: &ManagementSummary) {
        let up = &management.availability;
        self.scope("management", "").figure("availability", up, "1");
        let operations = ("operations", "operations", &management.operations);
        let portal = ("portal", "visits", &management.portal);
        for (name, unit, uses) in [operations, portal] {
            let rows = self.scope("management", name);
            rows.plain("offered", uses.offered as f64, unit);
            rows.plain("failed", uses.failed as f64, unit);
            rows.figure("availability", &uses.availability, "1");
        }
        let rows = self.scope("management", "changes");
        let changes = &management.changes;
        rows.plain("offered", changes.offered as f64, "changes");
        rows.plain("failed", changes.failed as f64, "changes");
    }

    fn config(&mut self, config: &ConfigSummary) {
        self.figure("divergence", &config.divergence_s, "s");
        let unreplicated = &config.changes_unreplicated;
        self.figure("changes_unreplicated", unreplicated, "changes");
        self.figure("changes_lost", &config.changes_lost, "changes");
    }

    fn rollout(&mut self, rollout: &RolloutSummary) {
        self.plain("refused", rollout.refused.into(), "replications");
        for (name, figure, unit) in rollout.entries() {
            self.figure(name, &figure, unit);
        }
    }

    fn operation(&mut self, operation: &OperationSummary) {
        self.plain("refused", operation.refused.into(), "replications");
        self.plain("aborted", operation.aborted.into(), "replications");
        self.plain("done", operation.done.into(), "replications");
        let effect = operation.time_to_effect_s.figure();
        self.figure("time_to_effect", &effect, "s");
        self.figure("requests_failed", &operation.requests_failed, "requests");
    }

    fn objective(&mut self, objective: &ObjectiveSummary) {
        let unit = promise::measure(&objective.objective).unit();
        self.plain("target", objective.target, unit);
        self.figure("measured", &objective.figure(), unit);
    }

    fn outage(&mut self, outage: &OutageSummary) {
        self.figure("time_to_detect", &outage.time_to_detect_s.figure(), "s");
        self.figure("time_to_drain", &outage.time_to_drain_s.figure(), "s");
        self.figure("time_to_recover", &outage.time_to_recover_s.figure(), "s");
        self.figure("time_to_failback", &outage.time_to_failback_s.figure(), "s");
        self.figure("requests_lost", &outage.requests_lost, "requests");
        for (blame, &lost) in outage.lost_by_blame.iter() {
            self.plain(&format!("lost_to_{blame}"), lost, "requests");
        }
        if let Some(spent) = &outage.error_budget_spent {
            self.figure("error_budget_spent", spent, "1");
        }
        if let Some(paging) = &outage.paging {
            let figure = |reached: &Reached| reached.figure();
            self.figure("time_to_page", &figure(&paging.time_to_page_s), "s");
            self.figure(
                "time_to_page_14_4x",
                &figure(&paging.time_to_page_14_4x_s),
                "s",
            );
            self.figure("time_to_page_6x", &figure(&paging.time_to_page_6x_s), "s");
            self.figure("time_to_page_1x", &figure(&paging.time_to_page_1x_s), "s");
            self.figure("burn_rate_1h_max", &paging.burn_rate_1h_max, "1");
            self.figure(
                "error_budget_30d_spent",
                &paging.error_budget_30d_spent,
                "1",
            );
        }
    }

    fn hazard(&mut self, hazard: &HazardSummary) {
        self.plain("strikes", hazard.strikes as f64, "strikes");
        let per_run = &hazard.strikes_per_replication;
        self.figure("strikes_per_replication", per_run, "strikes");
        self.figure("length", &hazard.length_s, "s");
        self.figure("down", &hazard.down, "1");
        self.figure("time_to_detect", &hazard.time_to_detect_s.figure(), "s");
        self.figure("time_to_drain", &hazard.time_to_drain_s.figure(), "s");
        self.figure("time_to_recover", &hazard.time_to_recover_s.figure(), "s");
        self.figure("time_to_failback", &hazard.time_to_failback_s.figure(), "s");
        self.figure("requests_lost", &hazard.requests_lost, "requests");
        let per_strike = &hazard.requests_lost_per_strike;
        self.figure("requests_lost_per_strike", per_strike, "requests");
        for (blame, &lost) in hazard.lost_by_blame.iter() {
            self.plain(&format!("lost_to_{blame}"), lost, "requests");
        }
        if let Some(spent) = &hazard.error_budget_spent {
            self.figure("error_budget_spent", spent, "1");
        }
    }

    fn months(&mut self, months: &MonthsSummary) {
        self.plain("count", months.count as f64, "months");
        self.figure("minutes_lost", &months.minutes_lost, "min");
        for (name, &minutes) in months.minutes_lost_at.iter() {
            self.plain(&format!("minutes_lost_{name}"), minutes, "min");
        }
        for (name, share) in months.share_within.iter() {
            self.figure(&format!("share_within_{name}"), share, "1");
        }
    }
}
