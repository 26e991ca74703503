//! Where the error budget went: what the objective allows, and beside it, one below the other,
//! what each blamed part of the system took of it.
//!
//! Bars follow each other like the entries of an account: each begins where the one before ended,
//! so that the last ends at all that failed. What lies beyond the budget is on a shaded ground. A
//! bar is divided by what the clients saw.

use maud::{Markup, html};

use crate::report::Tables;
use crate::report::format::grouped;
use crate::report::html::labels::labels;
use crate::report::html::told;
use crate::report::html::{palette, verdict};
use crate::report::plot::axis::{Axis, plain};

/// The width of the drawing, in its own units.
const WIDTH: f64 = 1_000.0;

/// A row of the account.
struct Entry<'t> {
    blame: &'t str,
    count: u64,
    /// Where its bar begins, in requests.
    from: u64,
    /// What clients saw of it: the place of the cause among all, its name, and how many.
    causes: Vec<(usize, &'t str, u64)>,
}

/// The figure.
pub(super) fn draw(tables: &Tables) -> Markup {
    let summary = &tables.summary;
    let objective = summary
        .slo
        .iter()
        .find(|slo| slo.is_availability_of_fleet());
    let allowed = objective.map(|slo| summary.requests.offered as f64 * (1.0 - slo.target));
    let allowed = allowed.filter(|allowed| *allowed > 0.0);
    let failed = summary.requests.failed;
    let most = (failed as f64).max(allowed.unwrap_or(0.0)).max(1.0);
    let scale = Scale {
        allowed,
        most: most * 1.02,
    };
    let promise = objective.map(|slo| verdict::promise(slo).0);
    html! {
        figure.budget aria-label=(described(tables)) {
            @if let (Some(promise), Some(allowed)) = (&promise, allowed) {
                div.row.allowed {
                    div.label { b { "Allowed" } span.why { "what " (promise) " leaves to fail" } }
                    (scale.bar(&[(0.0, allowed, "--c:var(--good)".to_owned(), format!("the whole budget: {promise}"))]))
                    div.count { "1×" }
                }
            }
            @for entry in entries(tables) {
                div.row {
                    div.label { b { (told::capital(&told::words(entry.blame))) } span.why { (why(entry.blame)) } }
                    (scale.bar(&segments(&entry)))
                    div.count {
                        (told::count(&["blame", entry.blame], entry.count))
                        span.of { (causes(&entry)) }
                    }
                }
            }
            div.row.total {
                div.label { b { "All that failed" } }
                (scale.bar(&[(0.0, failed as f64, "--c:var(--ink)".to_owned(), format!("{} requests failed", grouped(failed)))]))
                div.count { (told::count(&["requests", "failed"], failed)) }
            }
            (scale.axis())
            p.hint {
                "Requests over all replications. "
                @if allowed.is_some() { "The shaded ground is beyond the budget: each bar begins where the one above ended." }
                @else { "The scenario promises no availability, so there is no budget to hold this against." }
            }
        }
    }
}

/// From requests to places.
pub(super) struct Scale {
    /// What the objective allows.
    pub(super) allowed: Option<f64>,
    /// What the width holds.
    pub(super) most: f64,
}

impl Scale {
    fn place(&self, requests: f64) -> f64 {
        requests / self.most * WIDTH
    }

    /// A bar of segments, each with its color and what it tells.
    pub(super) fn bar(&self, segments: &[(f64, f64, String, String)]) -> Markup {
        html! {
            div.bar {
                svg viewBox=(format!("0 0 {WIDTH} 10")) preserveAspectRatio="none" role="img"
                    aria-label=(segments.iter().map(|s| s.3.as_str()).collect::<Vec<_>>().join("; ")) {
                    @if let Some(allowed) = self.allowed {
                        @let edge = self.place(allowed);
                        rect.beyond x=(format!("{edge:.2}")) y="0" width=(format!("{:.2}", WIDTH - edge)) height="10" {}
                    }
                    @for (from, to, style, tip) in segments {
                        rect.part x=(format!("{:.2}", self.place(*from))) y="1.5"
                            width=(format!("{:.2}", self.place(to - from))) height="7"
                            style=(style) data-tip=(tip) {}
                    }
                    @if let Some(allowed) = self.allowed {
                        path.edge d=(format!("M{:.2} 0V10", self.place(allowed))) {}
                    }
                }
            }
        }
    }

    /// Labels: multiples of the budget, or requests.
    pub(super) fn axis(&self) -> Markup {
        let unit = self.allowed.unwrap_or(1.0);
        let label = |value: f64| match self.allowed {
            Some(_) => format!("{}×", plain(value)),
            None => plain(value),
        };
        let axis = Axis::from_zero(self.most / unit / 1.06, label);
        let ticks = axis.ticks.iter();
        let placed = ticks.map(|(at, label)| (self.place(at * unit) / WIDTH, label.as_str()));
        html! {
            div.row.scale aria-hidden="true" {
                div.label {}
                div.xaxis { (labels(placed.filter(|(part, _)| *part <= 1.0))) }
                div.count { @if self.allowed.is_some() { "times the budget" } @else { "requests" } }
            }
        }
    }
}

fn entries(tables: &Tables) -> Vec<Entry<'_>> {
    let causes: Vec<&str> = tables.summary.failures.names();
    let mut from = 0;
    let mut entries = Vec::new();
    for (blame, &count) in tables.summary.blame.iter().filter(|(_, count)| **count > 0) {
        let of = |cause: &str| -> u64 {
            let rows = tables.failures.iter();
            let rows = rows.filter(|row| row.blame == blame && row.cause == cause);
            rows.map(|row| row.count).sum()
        };
        let causes = causes
            .iter()
            .enumerate()
            .map(|(index, cause)| (index, *cause, of(cause)));
        entries.push(Entry {
            blame,
            count,
            from,
            causes: causes.filter(|(_, _, count)| *count > 0).collect(),
        });
        from += count;
    }
    entries
}

fn segments(entry: &Entry<'_>) -> Vec<(f64, f64, String, String)> {
    let mut from = entry.from as f64;
    let segment = |&(index, cause, count): &(usize, &str, u64)| {
        let to = from + count as f64;
        let tip = format!(
            "{}: {} requests, seen as {}",
            told::words(entry.blame),
            grouped(count),
            told::words(cause)
        );
        let segment = (from, to, palette::failure(index), tip);
        from = to;
        segment
    };
    entry.causes.iter().map(segment).collect()
}

/// What the clients saw of it.
fn causes(entry: &Entry<'_>) -> String {
    match entry.causes.as_slice() {
        [(_, cause, _)] => format!("as {}", told::words(cause)),
        causes => {
            let told = causes.iter();
            let told =
                told.map(|(_, cause, count)| format!("{} {}", grouped(*count), told::words(cause)));
            told.collect::<Vec<_>>().join(", ")
        }
    }
}

/// What a blame means, and what would make it less.
fn why(blame: &str) -> &'static str {
    match blame {
        "detection" => "the router did not know yet; the probes decide",
        "dns_cache" => "it knew, cached answers were old; the TTL and its stragglers decide",
        "connection" => "it knew, clients stayed with a connection; its age and breaking decide",
        "capacity" => "a region that was up was too full; spare units and retries decide",
        "configuration" => "a bad change, or one that was lacking; rollouts and sync decide",
        "network" => "the way took longer than clients wait, or was cut",
        "no_healthy_region" => "there was nowhere to go",
        "backend" => "what stands behind the gateway failed or was too slow",
        _ => "",
    }
}

/// The figure for those who do not see it.
fn described(tables: &Tables) -> String {
    let entries = entries(tables);
    if entries.is_empty() {
        return "Where the error budget went: no request failed.".to_owned();
    }
    let told = entries.iter();
    let told = told.map(|entry| format!("{} {}", grouped(entry.count), told::words(entry.blame)));
    format!(
        "Where the error budget went, in requests: {}.",
        told.collect::<Vec<_>>().join(", ")
    )
}
