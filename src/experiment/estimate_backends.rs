//! From replications to estimates of what was called behind the gateways.

use crate::experiment::Study;
use crate::experiment::backend_result::{
    BackendsResult, CallerResult, CallerWindow, SiteResult, SiteWindow,
};
use crate::experiment::mean::{mean, mean_of_all};
use crate::metrics::{BackendsRecord, CallerRecord, Replication, SiteRecord};
use crate::stats::Windows;

/// The back ends; `None` if there are none.
pub(super) fn backends(study: &Study, replications: &[Replication]) -> Option<BackendsResult> {
    let spec = study.fleet.backends.as_ref()?;
    let period = study.fleet.period;
    let windows = Windows::new(period.start(), period.end(), study.run.window);
    let records: Option<Vec<&BackendsRecord>> =
        replications.iter().map(|r| r.backends.as_ref()).collect();
    let records = records.expect("measured in all if in one");
    let of_site = |id| {
        let records: Vec<&SiteRecord> = records.iter().map(|r| &r.sites[id]).collect();
        site(&records, windows)
    };
    let of_caller = |id| {
        let records: Vec<&CallerRecord> = records.iter().map(|r| &r.callers[id]).collect();
        caller(&records, windows)
    };
    Some(BackendsResult {
        sites: spec.sites.ids().map(of_site).collect(),
        callers: study.fleet.regions.ids().map(of_caller).collect(),
    })
}

fn site(records: &[&SiteRecord], windows: Windows) -> SiteResult {
    let widths = (0..windows.len()).map(|window| windows.width_of(window).as_secs_f64());
    let period_s: f64 = widths.clone().sum();
    let of_window = |(window, width_s): (usize, f64)| SiteWindow {
        calls_per_s: mean_of_all(records, |r| f64::from(r.windows[window].calls) / width_s),
        failed_per_s: mean_of_all(records, |r| f64::from(r.windows[window].failed) / width_s),
        utilization: mean(records, |r| r.windows[window].utilization),
        in_service: mean_of_all(records, |r| r.windows[window].in_service),
        backlog: mean_of_all(records, |r| r.windows[window].backlog),
        workers: mean(records, |r| r.windows[window].workers),
    };
    SiteResult {
        calls: records.iter().map(|record| record.calls).sum(),
        failed: records.iter().map(|record| record.failed).sum(),
        calls_per_s: mean_of_all(records, |r| r.calls as f64 / period_s),
        utilization: mean(records, |r| r.utilization),
        in_service: mean_of_all(records, |r| r.in_service),
        backlog_mean: mean_of_all(records, |r| r.backlog_mean),
        backlog_max: mean_of_all(records, |r| r.backlog_max),
        windows: widths.enumerate().map(of_window).collect(),
    }
}

fn caller(records: &[&CallerRecord], windows: Windows) -> CallerResult {
    let of_window = |window: usize| CallerWindow {
        hit_ratio: mean(records, |r| r.windows[window].hit_ratio),
        breakers_open: mean_of_all(records, |r| r.windows[window].breakers_open),
    };
    CallerResult {
        hit_ratio: mean(records, |r| r.hit_ratio),
        refused: records.iter().map(|record| record.refused).sum(),
        breakers_open: mean_of_all(records, |r| r.breakers_open),
        windows: (0..windows.len()).map(of_window).collect(),
    }
}
