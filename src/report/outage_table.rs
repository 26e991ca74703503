//! `outages.csv`: what each outage cost and how long its phases took.

use serde::{Deserialize, Serialize};

use crate::report::outage_summary::OutageSummary;
use crate::report::summary::Summary;
use crate::report::table::cell;

/// A row of `outages.csv`. Times are seconds from the outage's start (failback: from its end);
/// each comes with its interval and the number of replications that got there.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct OutageRow {
    /// The region that it hit.
    pub region: String,
    /// When, from the start of the measured period.
    pub at_s: f64,
    /// For how long.
    pub for_s: f64,
    /// What clients saw of a region that failed, or what else of it was lost.
    pub mode: String,
    /// The share of its capacity that was lost, if that is what was.
    pub depth: Option<f64>,
    /// Until the router's verdict.
    pub time_to_detect_s: Option<f64>,
    /// Lower end of its interval.
    pub time_to_detect_ci95_low_s: Option<f64>,
    /// Upper end of its interval.
    pub time_to_detect_ci95_high_s: Option<f64>,
    /// Replications that detected it.
    pub detected_count: u32,
    /// Until less than 1 % of the affected attempts went to the dead region.
    pub time_to_drain_s: Option<f64>,
    /// Lower end of its interval.
    pub time_to_drain_ci95_low_s: Option<f64>,
    /// Upper end of its interval.
    pub time_to_drain_ci95_high_s: Option<f64>,
    /// Replications that drained it.
    pub drained_count: u32,
    /// Until availability was back for good.
    pub time_to_recover_s: Option<f64>,
    /// Lower end of its interval.
    pub time_to_recover_ci95_low_s: Option<f64>,
    /// Upper end of its interval.
    pub time_to_recover_ci95_high_s: Option<f64>,
    /// Replications that recovered from it.
    pub recovered_count: u32,
    /// From its end until the router believed the region healthy again.
    pub time_to_failback_s: Option<f64>,
    /// Replications that failed back.
    pub failed_back_count: u32,
    /// Failed requests per replication.
    pub requests_lost: Option<f64>,
    /// Lower end of its interval.
    pub requests_lost_ci95_low: Option<f64>,
    /// Upper end of its interval.
    pub requests_lost_ci95_high: Option<f64>,
    /// Lost before the router knew.
    pub lost_to_detection: f64,
    /// Lost to old answers.
    pub lost_to_dns_cache: f64,
    /// Lost with a connection that the client stayed with.
    pub lost_to_connection: f64,
    /// Lost to full regions.
    pub lost_to_capacity: f64,
    /// Lost to the configuration.
    pub lost_to_configuration: f64,
    /// Lost to back ends.
    pub lost_to_backend: f64,
    /// Lost on the way.
    pub lost_to_network: f64,
    /// Lost with nowhere to go.
    pub lost_to_no_healthy_region: f64,
    /// Share of the period's allowed failures that it spent.
    pub error_budget_spent: Option<f64>,
    /// Share of what may fail in 30 days that it spent.
    #[serde(default)]
    pub error_budget_30d_spent: Option<f64>,
    /// The largest burn rate over 1 h.
    #[serde(default)]
    pub burn_rate_1h_max: Option<f64>,
    /// Until the first alert on the burn rate.
    #[serde(default)]
    pub time_to_page_s: Option<f64>,
    /// Replications in which one paged.
    #[serde(default)]
    pub paged_count: Option<u32>,
    /// Until 14.4 times the allowed failures over 1 h and over 5 min.
    #[serde(default)]
    pub time_to_page_14_4x_s: Option<f64>,
    /// Until 6 times over 6 h and over 30 min.
    #[serde(default)]
    pub time_to_page_6x_s: Option<f64>,
    /// Until more than the allowed failures over 3 d and over 6 h.
    #[serde(default)]
    pub time_to_page_1x_s: Option<f64>,
}

/// The rows of `outages.csv`.
pub(super) fn rows(summary: &Summary) -> Vec<OutageRow> {
    summary.outages.iter().map(row).collect()
}

fn row(outage: &OutageSummary) -> OutageRow {
    let lost_to = |name: &str| {
        let lost = outage
            .lost_by_blame
            .iter()
            .find(|(blame, _)| *blame == name);
        lost.map_or(0.0, |(_, &count)| count)
    };
    let (detect, drain) = (
        outage.time_to_detect_s.figure(),
        outage.time_to_drain_s.figure(),
    );
    let recover = outage.time_to_recover_s.figure();
    let paging = outage.paging.as_ref();
    let lost = &outage.requests_lost;
    OutageRow {
        region: cell(&outage.region),
        at_s: outage.at_s,
        for_s: outage.for_s,
        mode: outage.mode.clone(),
        depth: outage.depth,
        time_to_detect_s: detect.mean,
        time_to_detect_ci95_low_s: detect.low(),
        time_to_detect_ci95_high_s: detect.high(),
        detected_count: outage.time_to_detect_s.reached,
        time_to_drain_s: drain.mean,
        time_to_drain_ci95_low_s: drain.low(),
        time_to_drain_ci95_high_s: drain.high(),
        drained_count: outage.time_to_drain_s.reached,
        time_to_recover_s: recover.mean,
        time_to_recover_ci95_low_s: recover.low(),
        time_to_recover_ci95_high_s: recover.high(),
        recovered_count: outage.time_to_recover_s.reached,
        time_to_failback_s: outage.time_to_failback_s.mean,
        failed_back_count: outage.time_to_failback_s.reached,
        requests_lost: lost.mean,
        requests_lost_ci95_low: lost.low(),
        requests_lost_ci95_high: lost.high(),
        lost_to_detection: lost_to("detection"),
        lost_to_dns_cache: lost_to("dns_cache"),
        lost_to_connection: lost_to("connection"),
        lost_to_capacity: lost_to("capacity"),
        lost_to_configuration: lost_to("configuration"),
        lost_to_backend: lost_to("backend"),
        lost_to_network: lost_to("network"),
        lost_to_no_healthy_region: lost_to("no_healthy_region"),
        error_budget_spent: outage
            .error_budget_spent
            .as_ref()
            .and_then(|spent| spent.mean),
        error_budget_30d_spent: paging.and_then(|paging| paging.error_budget_30d_spent.mean),
        burn_rate_1h_max: paging.and_then(|paging| paging.burn_rate_1h_max.mean),
        time_to_page_s: paging.and_then(|paging| paging.time_to_page_s.mean),
        paged_count: paging.map(|paging| paging.time_to_page_s.reached),
        time_to_page_14_4x_s: paging.and_then(|paging| paging.time_to_page_14_4x_s.mean),
        time_to_page_6x_s: paging.and_then(|paging| paging.time_to_page_6x_s.mean),
        time_to_page_1x_s: paging.and_then(|paging| paging.time_to_page_1x_s.mean),
    }
}
