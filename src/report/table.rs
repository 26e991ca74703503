//! The CSV tables: every column defined once, for writing and for reading back.
//!
//! Names come from the user and may begin with a character that a spreadsheet takes for a
//! formula; such a cell gets a leading apostrophe, as OWASP advises, and loses it when read.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::experiment::{
    AgentShares, CallerWindow, ClientWindow, ConfigWindow, LatencyResult, ManagementWindow,
    QUANTILES, RegionWindow, SiteWindow, Study, StudyResult, Timeline,
};
use crate::metrics::Phase;
use crate::model::Cause;
use crate::report::figure::Figure;
use crate::report::number::{Range, rounded};
use crate::stats::{Estimate, Windows};

/// A row of `timeline.csv`: one window of the fleet, of a region, of a site of
/// a back end or of a population. Counts are
/// means per replication.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct TimelineRow {
    /// Start of the window, from the start of the measured period.
    pub time_s: f64,
    /// `fleet`, `region`, `backend` or `population`. Attempts of a back end are calls.
    pub scope: String,
    /// The region's, site's (`backend@place`) or population's name.
    pub name: String,
    /// Requests that started in the window.
    pub offered: Option<f64>,
    /// Lower end of the interval of `offered`.
    pub offered_ci95_low: Option<f64>,
    /// Upper end of the interval of `offered`.
    pub offered_ci95_high: Option<f64>,
    /// Of these, those that succeeded.
    pub succeeded: Option<f64>,
    /// Lower end of the interval of `succeeded`.
    pub succeeded_ci95_low: Option<f64>,
    /// Upper end of the interval of `succeeded`.
    pub succeeded_ci95_high: Option<f64>,
    /// Of these, those that failed.
    pub failed: Option<f64>,
    /// Failed: no connection.
    pub failed_connect_timeout: Option<f64>,
    /// Failed: connection refused.
    pub failed_refused: Option<f64>,
    /// Failed: connection reset.
    pub failed_reset: Option<f64>,
    /// Failed: no answer in time.
    pub failed_timeout: Option<f64>,
    /// Failed: 503.
    pub failed_overloaded: Option<f64>,
    /// Failed: 429.
    pub failed_rate_limited: Option<f64>,
    /// Failed: the gateway calls no site of the back end for now.
    pub failed_breaker_open: Option<f64>,
    /// Failed: no answer of the back end, or an error.
    pub failed_backend: Option<f64>,
    /// Failed: the region lacks a change that the request needs.
    pub failed_stale_config: Option<f64>,
    /// Failed: the region has a bad change.
    pub failed_bad_config: Option<f64>,
    /// Failed: the region's name has no address.
    pub failed_no_route: Option<f64>,
    /// Succeeded / offered.
    pub availability: Option<f64>,
    /// Lower end of its interval.
    pub availability_ci95_low: Option<f64>,
    /// Upper end of its interval.
    pub availability_ci95_high: Option<f64>,
    /// Median latency of successes.
    pub p50_s: Option<f64>,
    /// Lower end of its interval.
    pub p50_ci95_low_s: Option<f64>,
    /// Upper end of its interval.
    pub p50_ci95_high_s: Option<f64>,
    /// 99th percentile of the latency of successes.
    pub p99_s: Option<f64>,
    /// Lower end of its interval.
    pub p99_ci95_low_s: Option<f64>,
    /// Upper end of its interval.
    pub p99_ci95_high_s: Option<f64>,
    /// Attempts sent in the window: by the clients, or to the region.
    pub attempts: Option<f64>,
    /// Attempts sent in the window / requests offered in it.
    pub amplification: Option<f64>,
    /// Lower end of its interval.
    pub amplification_ci95_low: Option<f64>,
    /// Upper end of its interval.
    pub amplification_ci95_high: Option<f64>,
    /// Share of the agents that would go to a region that is up, by connection or cached answer,
    /// if they sent something in the middle of the window; empty if they were not counted.
    pub agents_pinned_to_healthy: Option<f64>,
    /// Share that would go to a region that is down, by cached answer.
    pub agents_pinned_by_answer: Option<f64>,
    /// Share that would go to a region that is down, by connection.
    pub agents_pinned_by_connection: Option<f64>,
    /// Share that would ask the router.
    pub agents_free: Option<f64>,
    /// The region's share of all attempts.
    pub traffic_share: Option<f64>,
    /// Lower end of its interval.
    pub traffic_share_ci95_low: Option<f64>,
    /// Upper end of its interval.
    pub traffic_share_ci95_high: Option<f64>,
    /// Busy share of the region's workers; 0 while it is down.
    pub utilization: Option<f64>,
    /// Lower end of its interval.
    pub utilization_ci95_low: Option<f64>,
    /// Upper end of its interval.
    pub utilization_ci95_high: Option<f64>,
    /// Share of the workers' time that went into work whose client had left.
    pub utilization_wasted: Option<f64>,
    /// Share of the workers' time that went into work whose client had another answer.
    pub utilization_duplicate: Option<f64>,
    /// Requests waiting, averaged over the window.
    pub queue: Option<f64>,
    /// Share of the window in which the router believed the region healthy.
    pub router_healthy: Option<f64>,
    /// The region's workers, averaged over the window.
    pub workers: Option<f64>,
    /// Calls in service at the site of a back end, averaged over the window.
    pub in_service: Option<f64>,
    /// Share of what needs a back end that the region's cache answered.
    pub cache_hit_ratio: Option<f64>,
    /// Breakers of the region that are not closed, over all VMs and sites, averaged over the window.
    pub breakers_open: Option<f64>,
    /// Changes that the region has applied, averaged over the window.
    pub config_version: Option<f64>,
    /// Changes released to the region that it has not applied, averaged over the window.
    pub config_versions_behind: Option<f64>,
    /// Time since the region's last synchronization, averaged over the window.
    pub config_sync_age_s: Option<f64>,
    /// Time since the release of the oldest change that the region lacks, averaged over the window.
    pub config_staleness_s: Option<f64>,
    /// Share of the window in which a bad change did harm in the region.
    pub config_bad: Option<f64>,
    /// Operations that somebody wanted of the management plane in the window.
    pub management_operations: Option<f64>,
    /// Of these, those in vain.
    pub management_failed: Option<f64>,
    /// Visits of the portal in the window.
    pub portal_visits: Option<f64>,
    /// Of these, those in vain.
    pub portal_failed: Option<f64>,
    /// Share of the window in which the management plane was up.
    pub management_up: Option<f64>,
    /// Share of the window in which regions that serve differed in their configuration.
    pub config_divergence: Option<f64>,
}

/// A row of `latency.csv`: a quantile of the latency of successes.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct LatencyRow {
    /// `fleet`, `region` or `population`.
    pub scope: String,
    /// The region's or population's name.
    pub name: String,
    /// `all`, `before`, `during` or `after`.
    pub phase: String,
    /// The quantile, from 0 (the smallest) to 1 (the largest).
    pub quantile: f64,
    /// The latency at it.
    pub latency_s: Option<f64>,
    /// Lower end of its interval.
    pub ci95_low_s: Option<f64>,
    /// Upper end of its interval.
    pub ci95_high_s: Option<f64>,
    /// Successes in this scope and phase, over all replications.
    pub samples: u64,
    /// Whether fewer than ten samples a replication lie beyond the quantile: too few to know it.
    pub sparse: bool,
}

/// A row of `failures.csv`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct FailureRow {
    /// When the requests started: `before`, `during` or `after` an outage.
    pub phase: String,
    /// What the client saw.
    pub cause: String,
    /// What is to blame.
    pub blame: String,
    /// Failed requests, over all replications.
    pub count: u64,
}

/// The rows of `timeline.csv`.
pub(super) fn timeline_rows(study: &Study, result: &StudyResult) -> Vec<TimelineRow> {
    let timeline = &result.timeline;
    let backends = study.fleet.backends.as_ref().zip(result.backends.as_ref());
    let period = study.fleet.period;
    let windows = Windows::new(period.start(), period.end(), study.run.window);
    let mut rows = Vec::new();
    for window in 0..windows.len() {
        let width_s = windows.width_of(window).as_secs_f64();
        let row = |scope: &str, name: &str| TimelineRow {
            time_s: rounded((windows.start_of(window) - period.start()).as_secs_f64()),
            scope: scope.to_owned(),
            name: name.to_owned(),
            ..TimelineRow::default()
        };
        let fleet = row("fleet", "").of_clients(&timeline.fleet[window], width_s);
        rows.push(fleet.of_management(timeline, window));
        for (id, records) in timeline.regions.entries() {
            let spec = &study.fleet.regions[id];
            let region = row("region", &spec.name).of_region(&records[window], width_s);
            let caller = backends.map(|(_, result)| &result.callers[id].windows[window]);
            rows.push(region.of_caller(caller));
        }
        if let Some((spec, result)) = backends {
            for (id, site) in result.sites.entries() {
                let site = &site.windows[window];
                rows.push(row("backend", &spec.name_of(id)).of_site(site, width_s));
            }
        }
        for (spec, records) in study.fleet.populations.iter().zip(&timeline.populations) {
            rows.push(row("population", &spec.name).of_clients(&records[window], width_s));
        }
    }
    rows
}

impl TimelineRow {
    fn of_clients(self, window: &ClientWindow, width_s: f64) -> Self {
        let count = |per_s: &Estimate| {
            let count = per_s.scaled(width_s);
            Figure::new(Some(&count), Range::Positive)
        };
        let (offered, succeeded) = (count(&window.offered_per_s), count(&window.goodput_per_s));
        let availability = Figure::new(window.availability.as_ref(), Range::Share);
        let p50 = Figure::new(window.latency_p50_s.as_ref(), Range::Positive);
        let p99 = Figure::new(window.latency_p99_s.as_ref(), Range::Positive);
        let failed = |cause: Cause| count(&window.failed_per_s[cause as usize]).mean;
        let all_failed: f64 = Cause::ALL.into_iter().filter_map(failed).sum();
        let amplification = Figure::new(window.amplification.as_ref(), Range::Positive);
        let agents = |part: fn(&AgentShares) -> Estimate| {
            window
                .agents
                .as_ref()
                .map(|shares| rounded(part(shares).mean))
        };
        Self {
            attempts: count(&window.attempts_per_s).mean,
            amplification: amplification.mean,
            amplification_ci95_low: amplification.low(),
            amplification_ci95_high: amplification.high(),
            agents_pinned_to_healthy: agents(|shares| shares.pinned_to_healthy),
            agents_pinned_by_answer: agents(|shares| shares.pinned_by_answer),
            agents_pinned_by_connection: agents(|shares| shares.pinned_by_connection),
            agents_free: agents(|shares| shares.free),
            offered: offered.mean,
            offered_ci95_low: offered.low(),
            offered_ci95_high: offered.high(),
            succeeded: succeeded.mean,
            succeeded_ci95_low: succeeded.low(),
            succeeded_ci95_high: succeeded.high(),
            failed: Some(rounded(all_failed)),
            failed_connect_timeout: failed(Cause::ConnectTimeout),
            failed_refused: failed(Cause::Refused),
            failed_reset: failed(Cause::Reset),
            failed_timeout: failed(Cause::Timeout),
            failed_overloaded: failed(Cause::Overloaded),
            failed_rate_limited: failed(Cause::RateLimited),
            failed_breaker_open: failed(Cause::BreakerOpen),
            failed_backend: failed(Cause::Backend),
            failed_stale_config: failed(Cause::StaleConfig),
            failed_bad_config: failed(Cause::BadConfig),
            failed_no_route: failed(Cause::NoRoute),
            availability: availability.mean,
            availability_ci95_low: availability.low(),
            availability_ci95_high: availability.high(),
            p50_s: p50.mean,
            p50_ci95_low_s: p50.low(),
            p50_ci95_high_s: p50.high(),
            p99_s: p99.mean,
            p99_ci95_low_s: p99.low(),
            p99_ci95_high_s: p99.high(),
            ..self
        }
    }

    fn of_management(self, timeline: &Timeline, window: usize) -> Self {
        let of = |part: fn(&ManagementWindow) -> Estimate| {
            let windows = timeline.management.as_ref()?;
            Some(rounded(part(&windows[window]).mean))
        };
        let divergence = timeline.divergence.as_ref();
        Self {
            management_operations: of(|window| window.operations),
            management_failed: of(|window| window.operations_failed),
            portal_visits: of(|window| window.portal),
            portal_failed: of(|window| window.portal_failed),
            management_up: of(|window| window.up),
            config_divergence: divergence.map(|shares| rounded(shares[window].mean)),
            ..self
        }
    }

    fn of_region(self, window: &RegionWindow, width_s: f64) -> Self {
        let share = Figure::new(window.traffic_share.as_ref(), Range::Share);
        let utilization = Figure::new(Some(&window.utilization), Range::Share);
        let config = |part: fn(&ConfigWindow) -> Estimate| {
            let window = window.config.as_ref()?;
            Some(rounded(part(window).mean))
        };
        Self {
            attempts: Some(rounded(window.attempts_per_s.mean * width_s)),
            traffic_share: share.mean,
            traffic_share_ci95_low: share.low(),
            traffic_share_ci95_high: share.high(),
            utilization: utilization.mean,
            utilization_ci95_low: utilization.low(),
            utilization_ci95_high: utilization.high(),
            utilization_wasted: Some(rounded(window.utilization_wasted.mean)),
            utilization_duplicate: Some(rounded(window.utilization_duplicate.mean)),
            queue: Some(rounded(window.backlog.mean)),
            router_healthy: Some(rounded(window.believed_healthy.mean)),
            workers: Some(rounded(window.workers.mean)),
            config_version: config(|window| window.version),
            config_versions_behind: config(|window| window.behind),
            config_sync_age_s: config(|window| window.sync_age_s),
            config_staleness_s: config(|window| window.staleness_s),
            config_bad: config(|window| window.bad),
            ..self
        }
    }
}

impl TimelineRow {
    fn of_caller(self, window: Option<&CallerWindow>) -> Self {
        let Some(window) = window else { return self };
        Self {
            cache_hit_ratio: window.hit_ratio.map(|ratio| rounded(ratio.mean)),
            breakers_open: Some(rounded(window.breakers_open.mean)),
            ..self
        }
    }

    fn of_site(self, window: &SiteWindow, width_s: f64) -> Self {
        let utilization = Figure::new(window.utilization.as_ref(), Range::Share);
        Self {
            attempts: Some(rounded(window.calls_per_s.mean * width_s)),
            failed: Some(rounded(window.failed_per_s.mean * width_s)),
            utilization: utilization.mean,
            utilization_ci95_low: utilization.low(),
            utilization_ci95_high: utilization.high(),
            in_service: Some(rounded(window.in_service.mean)),
            queue: Some(rounded(window.backlog.mean)),
            workers: window.workers.map(|workers| rounded(workers.mean)),
            ..self
        }
    }
}

/// The rows of `latency.csv`.
pub(super) fn latency_rows(study: &Study, result: &StudyResult) -> Vec<LatencyRow> {
    let mut rows = Vec::new();
    let mut add = |(scope, name): (&str, &str), phase: &str, latency: &LatencyResult| {
        for quantile in QUANTILES {
            let figure = Figure::new(latency.quantile_s(quantile), Range::Positive);
            rows.push(LatencyRow {
                scope: scope.to_owned(),
                name: name.to_owned(),
                phase: phase.to_owned(),
                quantile,
                latency_s: figure.mean,
                ci95_low_s: figure.low(),
                ci95_high_s: figure.high(),
                samples: latency.count,
                sparse: latency.is_sparse(quantile, result.replications),
            });
        }
    };
    let populations = study.fleet.populations.iter().zip(&result.populations);
    let clients = populations.map(|(spec, result)| (("population", spec.name.as_str()), result));
    for (scope, result) in std::iter::once((("fleet", ""), &result.fleet)).chain(clients) {
        add(scope, "all", &result.overall.latency);
        for (phase, result) in Phase::ALL.iter().zip(&result.phases) {
            add(scope, phase.name(), &result.latency);
        }
    }
    for (spec, result) in study.fleet.regions.iter().zip(&result.regions) {
        for (phase, latency) in Phase::ALL.iter().zip(&result.latency) {
            add(("region", &spec.name), phase.name(), latency);
        }
    }
    rows
}

/// The rows of `failures.csv`.
pub(super) fn failure_rows(result: &StudyResult) -> Vec<FailureRow> {
    let rows = result.failures.iter().map(|failure| FailureRow {
        phase: failure.phase.name().to_owned(),
        cause: failure.cause.name().to_owned(),
        blame: failure.blame.name().to_owned(),
        count: failure.count,
    });
    rows.collect()
}

/// A table of rows as CSV.
pub(super) fn to_csv<R: Serialize>(rows: &[R]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer
            .serialize(row)
            .expect("writing to memory cannot fail");
    }
    writer.into_inner().expect("writing to memory cannot fail")
}

/// The rows of a CSV table; an error says in which line it is.
pub(super) fn from_csv<R: DeserializeOwned>(bytes: &[u8]) -> Result<Vec<R>, String> {
    let mut reader = csv::Reader::from_reader(bytes);
    let columns = reader.headers().map_err(|error| error.to_string())?.clone();
    let row = |record: csv::Result<csv::StringRecord>| {
        let record = record.map_err(|error| error.to_string())?;
        check_finite(&columns, &record)?;
        let row = record.deserialize(Some(&columns));
        row.map_err(|error| error.to_string())
    };
    reader.records().map(row).collect()
}

/// Refuses `inf` and `NaN`, which Rust reads as numbers and gatefleet never writes.
fn check_finite(columns: &csv::StringRecord, record: &csv::StringRecord) -> Result<(), String> {
    let is_odd = |cell: &str| cell.parse().is_ok_and(|number: f64| !number.is_finite());
    let mut cells = columns.iter().zip(record);
    let odd = cells.find(|(column, cell)| *column != "name" && is_odd(cell));
    odd.map_or(Ok(()), |(column, cell)| {
        let line = record.position().map_or(0, csv::Position::line);
        Err(format!("line {line}: `{column}` is `{cell}`, not a number"))
    })
}

/// A name as a cell that no spreadsheet takes for a formula.
pub(super) fn cell(name: &str) -> String {
    if name.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) {
        format!("'{name}")
    } else {
        name.to_owned()
    }
}

/// The name that a cell holds.
pub(super) fn name_of(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Goal: a new cause cannot be forgotten in the table.
    #[test]
    fn every_cause_has_its_column() {
        let table = String::from_utf8(to_csv(&[TimelineRow::default()])).expect("text");
        let columns: Vec<&str> = table.lines().next().expect("a header").split(',').collect();
        for cause in Cause::ALL {
            let column = format!("failed_{}", cause.name());
            assert!(columns.contains(&column.as_str()), "{column}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused_with_its_line() {
        let table = "phase,cause,blame,count\nall,reset,inf,1\n";
        let error = from_csv::<FailureRow>(table.as_bytes()).expect_err("not a number");
        assert_eq!(error, "line 2: `blame` is `inf`, not a number");
    }

    #[test]
    fn a_name_comes_back_from_its_cell() {
        for name in ["=cmd()", "+1", "-1", "@x", "'quoted", "\tx", "plain", ""] {
            assert_eq!(name_of(&cell(name)), name);
            assert!(
                !cell(name).starts_with(['=', '+', '-', '@', '\t']),
                "{name}"
            );
        }
    }
}
