//! The verdict: whether the promises were kept, and the figures that say so at a glance.

use maud::{Markup, html};

use crate::report::figure::{Figure, Reached};
use crate::report::format::grouped;
use crate::report::html::told::{self, Quantity};
use crate::report::promise::{self, Measure};
use crate::report::summary::{ObjectiveSummary, Summary};
use crate::units::text::show_duration;

/// The head of a run's report.
pub(super) fn draw(summary: &Summary) -> Markup {
    let missed = summary
        .slo
        .iter()
        .filter(|objective| !objective.passed)
        .count();
    let (class, sentence) = match (summary.slo.len(), missed) {
        (0, _) => ("plain", "The scenario has no objectives".to_owned()),
        (1, 0) => ("kept", "The objective is kept".to_owned()),
        (all, 0) => ("kept", format!("All {all} objectives are kept")),
        (1, _) => ("missed", "The objective is missed".to_owned()),
        (all, missed) if all == missed => ("missed", format!("All {all} objectives are missed")),
        (all, missed) => ("missed", format!("{missed} of {all} objectives missed")),
    };
    let by_interval = summary.slo.iter().any(|objective| objective.by_interval);
    let judgment = promise::judgment(by_interval, summary.replications);
    html! {
        section.verdict.(class) id="verdict" {
            p.sentence { (sentence) }
            @for objective in &summary.slo { (before(objective)) }
            ul.objectives {
                @for (index, objective) in summary.slo.iter().enumerate() {
                    (self::objective((index, objective), summary.replications))
                }
            }
            @if let Some(note) = judgment { p.hint { (note) } }
        }
        (glance(summary))
    }
}

/// That an objective is missed even before any outage.
fn before(objective: &ObjectiveSummary) -> Markup {
    let (promise, quantity) = promise(objective);
    html! {
        @if let Some(measured) = &objective.missed_before {
            p.before { "Missed before any outage: " (promise) ", measured " (quantity.plain(measured)) }
        }
    }
}

fn objective((index, objective): (usize, &ObjectiveSummary), replications: u32) -> Markup {
    let index = index.to_string();
    let figure = objective.figure();
    let (promise, quantity) = promise(objective);
    let text = quantity.plain(&figure);
    html! {
        li.(if objective.passed { "kept" } else { "missed" }) {
            span.mark { (if objective.passed { "✓ kept" } else { "✗ missed" }) }
            span.promise { (promise) }
            span.measured {
                (told::value(&format!("/slo/{index}/measured"), objective.measured, &text))
                " " (interval(&figure, quantity))
                (promise::measured(String::new(), objective.not_reached, replications))
            }
        }
    }
}

/// What is promised, in words.
pub(super) fn promise(objective: &ObjectiveSummary) -> (String, Quantity) {
    let quantity = match promise::measure(&objective.objective) {
        Measure::Share => Quantity::Share,
        Measure::Time => Quantity::Time,
        Measure::Count => Quantity::Count,
    };
    (objective.sentence(), quantity)
}

fn interval(figure: &Figure, quantity: Quantity) -> Markup {
    let ends = figure.ci95.map(|ends| {
        let end = |end| Figure {
            mean: Some(end),
            ci95: None,
        };
        ends.map(|value| quantity.plain(&end(value)))
    });
    html! {
        @if let Some([low, high]) = ends {
            @if low != high { span.ci { (low) " – " (high) } }
        }
    }
}

/// The figures that readers look for first.
fn glance(summary: &Summary) -> Markup {
    let recover = summary
        .figures
        .get("time_to_recover_s")
        .copied()
        .unwrap_or_default();
    html! {
        dl.glance {
            (item("availability", &told::figure(&["availability"], &summary.availability, Quantity::Share)))
            (item("requests failed", &html! {
                (told::count(&["requests", "failed"], summary.requests.failed))
                span.ci { " of " (told::count(&["requests", "offered"], summary.requests.offered)) }
            }))
            (item("p99 latency", &told::figure(&["latency_s", "p99"], &summary.latency_s.p99, Quantity::Time)))
            @if !summary.outages.is_empty() {
                (item("longest time to recover", &longest(&recover, summary.replications)))
            }
            @if let Some(months) = &summary.months {
                (item("minutes lost in a month", &told::figure(&["months", "minutes_lost"], &months.minutes_lost, Quantity::Amount)))
            }
            (item("cost, unit-hours", &told::figure(&["cost_unit_hours"], &summary.cost_unit_hours, Quantity::UnitHours)))
        }
    }
}

fn longest(recover: &Reached, replications: u32) -> Markup {
    let at = &["figures", "time_to_recover_s"];
    html! {
        @if recover.reached == 0 { span.none { "not recovered" } }
        @else { (told::figure(at, &recover.figure(), Quantity::Time)) }
        @if recover.reached > 0 && recover.reached < replications {
            span.ci { " in " (recover.reached) " of " (replications) " replications" }
        }
    }
}

fn item(name: &str, value: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

/// How a study was run, in a line.
pub(super) fn method(summary: &Summary) -> String {
    let interval = match summary.replications {
        1 => "1 replication, no intervals".to_owned(),
        few if few < 5 => format!("means of {few} replications, no intervals"),
        many => format!("means of {many} replications with 95 % intervals"),
    };
    let note = if summary.complete {
        ""
    } else {
        "INCOMPLETE (interrupted) · "
    };
    format!(
        "{note}{} simulated · {interval} · {} requests · routing: {}",
        show_duration(summary.duration_s),
        grouped(summary.requests.offered),
        summary.strategy
    )
}
