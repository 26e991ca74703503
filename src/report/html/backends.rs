//! What was called behind the gateways: panels of the stacked timeline, and tables of sites and of
//! what gateways did instead of calling.

use maud::{Markup, html};

use crate::report::html::panel::{Panel, Unit, highest, whole_axis};
use crate::report::html::told::{self, Quantity};
use crate::report::html::windows::Windows;
use crate::report::plot::axis::{Axis, plain};
use crate::report::{CallerSummary, Summary};

/// Panels of back ends; none without them.
pub(super) fn panels<'w>(windows: &'w Windows<'_>) -> Vec<Panel<'w>> {
    let summary = &windows.tables.summary;
    if summary.backends.0.is_empty() {
        return Vec::new();
    }
    let mut panels = vec![calls(windows), in_service(windows)];
    if has_cache(summary) {
        panels.push(hits(windows));
    }
    if has_opened(summary) {
        panels.push(breakers(windows));
    }
    panels
}

fn calls<'w>(windows: &'w Windows<'_>) -> Panel<'w> {
    let series = windows.site_lines(|windows, rows| windows.per_s(rows, |row| row.attempts));
    let most = highest(&series);
    Panel {
        told: format!("At most {} per second.", plain(most.round())),
        series,
        ..windows.stack.panel(
            "Calls per second, by back end and site",
            Unit::PerS,
            Axis::from_zero(most, plain),
        )
    }
}

fn in_service<'w>(windows: &'w Windows<'_>) -> Panel<'w> {
    let series = windows.site_lines(|windows, rows| {
        windows.points(rows, |row| {
            let waiting = row.queue.unwrap_or_default();
            (row.in_service.map(|served| served + waiting), None)
        })
    });
    let most = highest(&series);
    Panel {
        told: format!("At most {}.", plain(most.round())),
        series,
        ..windows.stack.panel(
            "Calls in service or waiting, by back end and site",
            Unit::Number,
            Axis::from_zero(most, plain),
        )
    }
}

fn hits<'w>(windows: &'w Windows<'_>) -> Panel<'w> {
    Panel {
        told: "A line for each region.".to_owned(),
        series: windows.region_lines(|row| (row.cache_hit_ratio, None)),
        ..windows.stack.panel(
            "Cache hits by region: share of requests for back ends",
            Unit::Share,
            whole_axis(),
        )
    }
}

fn breakers<'w>(windows: &'w Windows<'_>) -> Panel<'w> {
    let series = windows.region_lines(|row| (row.breakers_open, None));
    let most = highest(&series);
    Panel {
        told: format!("At most {} in a region.", plain(most)),
        series,
        ..windows.stack.panel(
            "Breakers that are not closed, by region: VMs × sites",
            Unit::Number,
            Axis::of_counts(most),
        )
    }
}

fn callers(summary: &Summary) -> impl Iterator<Item = (&str, &CallerSummary)> {
    let regions = summary.regions.iter();
    regions.filter_map(|(name, region)| Some((name, region.calls.as_ref()?)))
}

fn has_cache(summary: &Summary) -> bool {
    callers(summary).any(|(_, calls)| calls.cache_hit_ratio.is_some())
}

fn has_opened(summary: &Summary) -> bool {
    callers(summary).any(|(_, calls)| calls.breakers_open.mean.is_some_and(|open| open > 0.0))
}

/// What sites did, and what gateways did instead of calling; `None` without back ends.
pub(super) fn tables(summary: &Summary) -> Option<Markup> {
    (!summary.backends.0.is_empty()).then(|| {
        html! {
            (sites(summary))
            @if has_cache(summary) || has_opened(summary) { (gateways(summary)) }
        }
    })
}

fn sites(summary: &Summary) -> Markup {
    html! {
        div.scroll { table {
            thead { tr { th { "back end and site" } th.n { "calls" } th.n { "failed" } th.n { "calls per second" }
                th.n { "utilization" } th.n { "in service" } th.n { "longest queue" } } }
            tbody { @for (name, site) in summary.backends.iter() {
                @let at = |figure: &'static str| ["backends", name, figure];
                tr {
                    th scope="row" { (told::name(name)) }
                    td.n { (told::count(&at("calls"), site.calls)) }
                    td.n { (told::count(&at("failed"), site.failed)) }
                    td.n { (told::figure(&at("calls_per_s"), &site.calls_per_s, Quantity::Amount)) }
                    td.n { @match &site.utilization {
                        Some(share) => (told::figure(&at("utilization"), share, Quantity::Share)),
                        None => span.none { "any number of workers" },
                    } }
                    td.n { (told::mean(&at("in_service"), &site.in_service, Quantity::Amount)) }
                    td.n { (told::mean(&at("queue_max"), &site.queue_max, Quantity::Amount)) }
                }
            } }
        } }
        p.hint { "Counts are over all replications. Calls per second, utilization and calls in service are means over the whole period." }
    }
}

fn gateways(summary: &Summary) -> Markup {
    html! {
        h3 { "What gateways did instead of calling" }
        div.scroll { table {
            thead { tr { th { "region" } th.n { "cache hits" } th.n { "breakers open, mean" } th.n { "attempts refused by breakers" } } }
            tbody { @for (name, calls) in callers(summary) {
                @let at = |figure: &'static str| ["regions", name, "calls", figure];
                tr {
                    th scope="row" { (told::name(name)) }
                    td.n { @match &calls.cache_hit_ratio {
                        Some(ratio) => (told::figure(&at("cache_hit_ratio"), ratio, Quantity::Share)),
                        None => span.none { "no cache" },
                    } }
                    td.n { (told::figure(&at("breakers_open"), &calls.breakers_open, Quantity::Amount)) }
                    td.n { (told::count(&at("refused"), calls.refused)) }
                }
            } }
        } }
    }
}
