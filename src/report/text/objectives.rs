//! Whether the objectives are kept; first of all, which are missed before anything fails.

use anstyle::{AnsiColor, Style};

use crate::report::format::{heading, line, lines, table};
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
