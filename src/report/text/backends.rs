//! The sections on what was called behind the gateways.

use crate::report::figure::Figure;
use crate::report::format::{
    align_numbers, decimals, grouped, heading, lines, nothing, share, table,
};
use crate::report::printable::printable;
use crate::report::summary::Summary;

/// The load of the sites of back ends; nothing if there are none.
pub(super) fn sites(text: &mut String, summary: &Summary) {
    if summary.backends.0.is_empty() {
        return;
    }
    heading(text, "\nBack ends");
    let mut table = table();
    table.set_header([
        "",
        "calls per second",
        "failed",
        "utilization",
        "in service",
        "longest queue",
    ]);
    for (name, site) in summary.backends.iter() {
        let failed = match site.calls {
            0 => nothing(),
            calls => format!("{:.2} %", site.failed as f64 * 100.0 / calls as f64),
        };
        table.add_row([
            printable(name),
            number(&site.calls_per_s),
            failed,
            site.utilization.as_ref().map_or_else(nothing, share),
            number(&site.in_service),
            number(&site.queue_max),
        ]);
    }
    align_numbers(&mut table, 1..6);
    lines(text, &table);
}

/// What gateways did instead of calling; nothing if no cache was asked and no breaker opened.
pub(super) fn callers(text: &mut String, summary: &Summary) {
    let callers = || {
        let regions = summary.regions.iter();
        regions.filter_map(|(name, region)| Some((name, region.calls.as_ref()?)))
    };
    let has_cache = callers().any(|(_, calls)| calls.cache_hit_ratio.is_some());
    let has_opened =
        callers().any(|(_, calls)| calls.breakers_open.mean.is_some_and(|open| open > 0.0));
    if !has_cache && !has_opened {
        return;
    }
    heading(text, "\nCaches and breakers");
    let mut table = table();
    table.set_header([
        "",
        "cache hits",
        "breakers open on average",
        "attempts refused",
    ]);
    for (name, calls) in callers() {
        table.add_row([
            printable(name),
            calls.cache_hit_ratio.as_ref().map_or_else(nothing, share),
            number(&calls.breakers_open),
            grouped(calls.refused),
        ]);
    }
    align_numbers(&mut table, 1..4);
    lines(text, &table);
}

fn number(figure: &Figure) -> String {
    figure.mean.map_or_else(nothing, |mean| {
        let decimals = decimals(mean);
        format!("{mean:.decimals$}")
    })
}
