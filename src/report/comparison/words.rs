//! The sentences and tables of a comparison, for the terminal and for Markdown.

use std::fmt::Write as _;

use crate::experiment::Metric;
use crate::report::comparison::cells::{amount, signed};
use crate::report::comparison::summary::{ComparisonSummary, DifferenceSummary, VariantSummary};
use crate::report::figure::Figure;
use crate::report::printable::printable;
use crate::report::text::format::{
    align_numbers, heading, line, lines, nothing, share, table, time, unit_hours, whole,
};

/// What a verdict says about clients, before it says what that costs.
const JUDGED: [Metric; 4] = [
    Metric::Availability,
    Metric::RequestsLost,
    Metric::TimeToRecover,
    Metric::LatencyP99,
];
const EFFICIENT: &str = "no other variant is better in one of availability, p99 and cost without \
                         being worse in another";

/// A comparison for the terminal; color codes are in it.
pub fn text(summary: &ComparisonSummary) -> String {
    let mut text = String::new();
    heading(&mut text, "Variants (mean and 95 % interval)");
    grid(&mut text, &figures(summary));
    line(&mut text, &format!("* {EFFICIENT}"));
    let title = format!("\nDifference to {}", printable(&summary.baseline));
    heading(&mut text, &title);
    grid(&mut text, &differences(summary));
    for note in notes(summary) {
        line(&mut text, &note);
    }
    heading(&mut text, "\nVerdict");
    for verdict in verdicts(summary) {
        line(&mut text, &verdict);
    }
    text
}

/// A comparison as GitHub-flavored Markdown.
pub fn markdown(summary: &ComparisonSummary) -> String {
    let mut text = String::new();
    for verdict in verdicts(summary) {
        line(&mut text, &format!("- {}", escaped(&verdict)));
    }
    line(&mut text, "");
    pipes(&mut text, &figures(summary));
    line(&mut text, &format!("\n\\* {EFFICIENT}\n"));
    line(
        &mut text,
        &format!(
            "Difference to {}:\n",
            escaped(&printable(&summary.baseline))
        ),
    );
    pipes(&mut text, &differences(summary));
    for note in notes(summary) {
        line(&mut text, &format!("\n{}", escaped(&note)));
    }
    text
}

/// A sentence for every variant but the baseline.
pub fn verdicts(summary: &ComparisonSummary) -> Vec<String> {
    let variants = summary.variants.iter();
    variants
        .filter(|variant| variant.name != summary.baseline)
        .map(|variant| verdict(summary, variant))
        .collect()
}

fn verdict(summary: &ComparisonSummary, variant: &VariantSummary) -> String {
    let (name, baseline) = (printable(&variant.name), printable(&summary.baseline));
    let replications = summary.replications;
    if replications < 5 {
        return format!("{name}: no verdict from fewer than 5 replications");
    }
    let found = |metric: Metric| {
        let difference = variant.difference(metric).filter(|d| d.significant)?;
        clause(metric, difference)
    };
    let mut clauses: Vec<String> = JUDGED.into_iter().filter_map(found).collect();
    if clauses.is_empty() {
        clauses.push("no difference found in what clients lose or wait for".to_owned());
    }
    clauses.extend(found(Metric::UnitHours));
    let found = clauses.join("; ");
    format!("{name} against {baseline}: {found} ({replications} paired replications)")
}

/// What is different: `0.42 ± 0.05 points more availability`.
fn clause(metric: Metric, difference: &DifferenceSummary) -> Option<String> {
    let (mean, half_width) = difference.parts()?;
    let amount = amount(metric, mean.abs(), half_width);
    let (more, less) = match metric {
        Metric::Availability => ("more availability", "less availability"),
        Metric::RequestsFailed => ("more requests failed", "fewer requests failed"),
        Metric::RequestsLost => ("more requests lost", "fewer requests lost"),
        Metric::TimeToRecover => ("longer to recover", "shorter to recover"),
        Metric::LatencyMean => ("higher mean latency", "lower mean latency"),
        Metric::LatencyP50 => ("higher median latency", "lower median latency"),
        Metric::LatencyP99 => ("higher p99", "lower p99"),
        Metric::UnitHours => ("unit-hours more", "unit-hours fewer"),
    };
    Some(format!("{amount} {}", if mean > 0.0 { more } else { less }))
}

/// The rows of a table, the heads of its columns first.
type Grid = Vec<Vec<String>>;

const HEADS: [(Metric, &str); 7] = [
    (Metric::Availability, "availability"),
    (Metric::RequestsLost, "requests lost"),
    (Metric::TimeToRecover, "recovered after"),
    (Metric::LatencyMean, "mean"),
    (Metric::LatencyP50, "p50"),
    (Metric::LatencyP99, "p99"),
    (Metric::UnitHours, "unit-hours"),
];

/// The metrics that some variant has, with the heads of their columns.
fn heads(summary: &ComparisonSummary) -> Vec<(Metric, &'static str)> {
    let is_known = |&(metric, _): &(Metric, &str)| {
        let mut variants = summary.variants.iter();
        variants.any(|variant| variant.figure(metric).mean.is_some())
    };
    HEADS.into_iter().filter(is_known).collect()
}

fn figures(summary: &ComparisonSummary) -> Grid {
    let heads = heads(summary);
    let mut grid = vec![first_row(&heads, &[])];
    for variant in &summary.variants {
        let mark = if variant.efficient { " *" } else { "" };
        let mut row = vec![format!("{}{mark}", printable(&variant.name))];
        row.extend(
            heads
                .iter()
                .map(|&(metric, _)| figure(metric, &variant.figure(metric))),
        );
        grid.push(row);
    }
    grid
}

fn figure(metric: Metric, figure: &Figure) -> String {
    match metric {
        Metric::Availability => share(figure),
        Metric::RequestsFailed | Metric::RequestsLost => whole(figure),
        Metric::UnitHours => unit_hours(figure),
        _ => time(figure),
    }
}

fn differences(summary: &ComparisonSummary) -> Grid {
    let heads = heads(summary);
    let mut grid = vec![first_row(&heads, &["correlation", "narrower by pairing"])];
    let variants = summary.variants.iter();
    for variant in variants.filter(|variant| variant.name != summary.baseline) {
        let mut row = vec![printable(&variant.name)];
        row.extend(
            heads
                .iter()
                .map(|&(metric, _)| signed(metric, variant.difference(metric))),
        );
        let availability = variant.difference(Metric::Availability);
        let correlation = availability.and_then(|difference| difference.correlation);
        let narrower = availability.and_then(|difference| difference.times_narrower);
        row.push(correlation.map_or_else(nothing, |value| format!("{value:.2}")));
        row.push(narrower.map_or_else(nothing, |value| format!("{value:.1} times")));
        grid.push(row);
    }
    grid
}

fn first_row(heads: &[(Metric, &'static str)], more: &[&str]) -> Vec<String> {
    let heads = heads
        .iter()
        .map(|(_, head)| *head)
        .chain(more.iter().copied());
    std::iter::once("")
        .chain(heads)
        .map(str::to_owned)
        .collect()
}

/// What must be known to read the differences.
fn notes(summary: &ComparisonSummary) -> Vec<String> {
    let mut notes = vec![format!(
        "differences by pairs of replications; the intervals of a column hold together for {} at \
         95 %; correlation and pairing are those of availability",
        match summary.variants.len() - 1 {
            1 => "the one comparison".to_owned(),
            count => format!("all {count} comparisons"),
        }
    )];
    if !summary.same_traffic {
        notes.push(
            "the variants were not offered the same requests: their clients differ, or think \
             between requests"
                .to_owned(),
        );
    }
    if !summary.complete {
        let count = summary.replications;
        notes.push(format!(
            "INCOMPLETE: interrupted; only the {count} replications that all variants finished"
        ));
    }
    notes
}

fn grid(text: &mut String, grid: &Grid) {
    let mut table = table();
    table.set_header(&grid[0]);
    for row in &grid[1..] {
        table.add_row(row);
    }
    align_numbers(&mut table, 1..grid[0].len());
    lines(text, &table);
}

fn pipes(text: &mut String, grid: &Grid) {
    for (index, row) in grid.iter().enumerate() {
        let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
        line(text, &format!("| {} |", cells.join(" | ")));
        if index == 0 {
            line(text, &format!("|---|{}", "---:|".repeat(row.len() - 1)));
        }
    }
}

/// A text in which no character means anything to Markdown.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(
            c,
            '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '\\' | '#' | '~'
        ) {
            escaped.push('\\');
        }
        write!(escaped, "{c}").expect("writing to a string cannot fail");
    }
    escaped
}
