//! Whether the objectives are kept; first of all, which are missed before anything fails.

use anstyle::{AnsiColor, Style};

use crate::report::format::{heading, line, lines, milestone, nothing, table};
use crate::report::outage_summary::OutageSummary;
use crate::report::promise;
use crate::report::summary::{ObjectiveSummary, Summary};

const KEPT: Style = AnsiColor::Green.on_default();
const MISSED: Style = AnsiColor::Red.on_default().bold();
const KEPT_MARK: &str = "✓ kept";
const MISSED_MARK: &str = "✗ missed";

/// The objectives of a study.
pub(super) fn tell(text: &mut String, summary: &Summary) {
    if summary.slo.is_empty() {
        return;
    }
    heading(text, "\nObjectives");
    for objective in &summary.slo {
        if let Some(sentence) = before(objective) {
            line(text, &format!("{MISSED}{sentence}{MISSED:#}"));
        }
    }
    let mut table = table();
    for objective in &summary.slo {
        let mark = if objective.passed {
            KEPT_MARK
        } else {
            MISSED_MARK
        };
        let measure = promise::measure(&objective.objective);
        let measured = promise::measured(
            format!("measured {}", measure.text(&objective.figure())),
            objective.not_reached,
            summary.replications,
        );
        table.add_row([mark.to_owned(), objective.sentence(), measured]);
    }
    // Colored when laid out: a table would count the color codes as text.
    let mut plain = String::new();
    lines(&mut plain, &table);
    for (mark, style) in [(KEPT_MARK, KEPT), (MISSED_MARK, MISSED)] {
        plain = plain.replace(mark, &format!("{style}{mark}{style:#}"));
    }
    text.push_str(&plain);
    let by_interval = summary.slo.iter().any(|objective| objective.by_interval);
    if let Some(note) = promise::judgment(by_interval, summary.replications) {
        line(text, &note);
    }
}

/// That an objective is missed even before any outage.
fn before(objective: &ObjectiveSummary) -> Option<String> {
    let measured = objective.missed_before.as_ref()?;
    let measure = promise::measure(&objective.objective);
    Some(format!(
        "missed before any outage: {}, measured {}",
        objective.sentence(),
        measure.text(measured)
    ))
}

/// What an outage did to the error budget of 30 days, and when alerts would have paged.
pub(super) fn paging(outage: &OutageSummary, replications: u32) -> Vec<[String; 2]> {
    let Some(paging) = &outage.paging else {
        return Vec::new();
    };
    let spent = paging.error_budget_30d_spent.mean;
    let spent = spent.map_or_else(nothing, |spent| format!("{:.1} %", spent * 100.0));
    let burn = paging.burn_rate_1h_max.mean;
    let burn = burn.map_or_else(nothing, |burn| format!("{burn:.1} times what is allowed"));
    let mut rows = vec![
        ["  of that of 30 days".to_owned(), spent],
        ["burn rate over 1 h, at most".to_owned(), burn],
        [
            "time to page".to_owned(),
            milestone(&paging.time_to_page_s, replications),
        ],
    ];
    rows.extend(paging.alerts().map(|(alert, reached)| {
        [
            format!("  burn of {alert}"),
            milestone(reached, replications),
        ]
    }));
    rows
}
