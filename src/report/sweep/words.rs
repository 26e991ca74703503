//! The sentences and tables of a sweep, for the terminal and for Markdown.

use crate::experiment::Metric;
use crate::report::grid_text::{Grid, escaped, grid, pipes};
use crate::report::metric_text;
use crate::report::printable::printable;
use crate::report::sweep::summary::{KneeSummary, PointSummary, SweepSummary};
use crate::report::text::format::{heading, line};
use crate::units::text::show_duration;

/// The most points that are shown one by one on the terminal and in Markdown.
const ROWS_MAX: usize = 60;

/// The metrics that are shown of each point.
const SHOWN: [Metric; 4] = [
    Metric::Availability,
    Metric::RequestsLost,
    Metric::LatencyP99,
    Metric::UnitHours,
];

/// A sweep for the terminal; color codes are in it.
pub fn text(summary: &SweepSummary) -> String {
    let mut text = String::new();
    let title = printable(&summary.scenario.title);
    heading(&mut text, &format!("{title}: {}", counted(summary)));
    grid(&mut text, &points(summary));
    for note in notes(summary) {
        line(&mut text, &note);
    }
    if !summary.knees.is_empty() {
        heading(
            &mut text,
            "\nWhere the objectives are met (by the whole 95 % interval)",
        );
        for sentence in sentences(summary) {
            line(&mut text, &sentence);
        }
    }
    text
}

/// A sweep as GitHub-flavored Markdown.
pub fn markdown(summary: &SweepSummary) -> String {
    let mut text = String::new();
    for sentence in sentences(summary) {
        line(&mut text, &format!("- {}", escaped(&sentence)));
    }
    if !summary.knees.is_empty() {
        line(&mut text, "");
    }
    pipes(&mut text, &points(summary));
    for note in notes(summary) {
        line(&mut text, &format!("\n{}", escaped(&note)));
    }
    text
}

fn counted(summary: &SweepSummary) -> String {
    let ran = summary.points.len();
    format!(
        "{ran} point{}, seed {}",
        if ran == 1 { "" } else { "s" },
        summary.seed
    )
}

fn points(summary: &SweepSummary) -> Grid {
    let shown: Vec<Metric> = SHOWN
        .into_iter()
        .filter(|&metric| {
            summary
                .points
                .iter()
                .any(|point| point.figure(metric).mean.is_some())
        })
        .collect();
    let has_strategies = summary.strategies.len() > 1;
    let mut head: Vec<String> = summary
        .axes
        .iter()
        .map(|axis| printable(&axis.path))
        .collect();
    if has_strategies {
        head.push("strategy".to_owned());
    }
    let labels = head.len();
    head.extend(
        shown
            .iter()
            .map(|&metric| metric_text::head(metric).to_owned()),
    );
    if summary.has_objectives {
        head.push("objectives".to_owned());
    }
    let row = |point: &PointSummary| {
        let mut row: Vec<String> = point.values.iter().map(|value| printable(value)).collect();
        if has_strategies {
            row.push(printable(&point.strategy));
        }
        row.extend(
            shown
                .iter()
                .map(|&metric| metric_text::figure(metric, &point.figure(metric))),
        );
        if summary.has_objectives {
            row.push(objectives(point));
        }
        row
    };
    let rows = summary.points.iter().take(ROWS_MAX).map(row);
    Grid {
        rows: std::iter::once(head).chain(rows).collect(),
        labels,
    }
}

fn objectives(point: &PointSummary) -> String {
    match (&point.saturated, point.objectives.as_deref()) {
        (Some(saturated), _) => format!(
            "✗ {} saturates after {}",
            printable(&saturated.region),
            show_duration(saturated.at_s.max(0.0))
        ),
        (None, Some("kept")) => "✓ kept".to_owned(),
        (None, Some("missed")) => "✗ missed".to_owned(),
        (None, _) => "? unsure".to_owned(),
    }
}

/// What must be known to read the table.
fn notes(summary: &SweepSummary) -> Vec<String> {
    let mut notes = Vec::new();
    let more = summary.points.len().saturating_sub(ROWS_MAX);
    if more > 0 {
        notes.push(format!("and {more} more points, in sweep.csv"));
    }
    let is_unsure = |point: &PointSummary| point.objectives.as_deref() == Some("unsure");
    if summary.points.iter().any(is_unsure) {
        notes.push(
            "unsure: the 95 % interval holds both sides of an objective; more replications tell"
                .to_owned(),
        );
    }
    let vague = summary.points.iter().filter(|point| !point.precise).count();
    if vague > 0 {
        notes.push(format!(
            "{vague} of the points did not get as precise as `run.replications.until` asks for \
             within `max` replications"
        ));
    }
    if !summary.has_objectives {
        notes.push("the scenario has no objectives (`slo`), so no value is marked".to_owned());
    }
    if !summary.complete {
        notes
            .push("INCOMPLETE: interrupted; only the points that had finished are here".to_owned());
    }
    notes
}

/// A sentence for every knee.
fn sentences(summary: &SweepSummary) -> Vec<String> {
    let has_strategies = summary.strategies.len() > 1;
    summary
        .knees
        .iter()
        .map(|knee| sentence(knee, has_strategies))
        .collect()
}

fn sentence(knee: &KneeSummary, has_strategies: bool) -> String {
    let value = printable(knee.value.as_deref().unwrap_or_default());
    let met = match knee.meet.as_str() {
        "all" => "at every value".to_owned(),
        "none" => "at no value".to_owned(),
        "from" => format!("from {value} on"),
        "up_to" => format!("up to {value}"),
        _ => format!("at {value} first, but not at all larger values"),
    };
    let mut where_: Vec<String> = Vec::new();
    if has_strategies {
        where_.push(printable(&knee.strategy));
    }
    let at = knee
        .at
        .iter()
        .map(|(path, value)| format!("{}={}", printable(path), printable(value)));
    where_.extend(at);
    let by = if where_.is_empty() {
        String::new()
    } else {
        format!(" ({})", where_.join(", "))
    };
    format!("{}: {met}{by}", printable(&knee.axis))
}
