//! The sentences and tables of a comparison, for the terminal and for Markdown.

use crate::experiment::Metric;
use crate::report::comparison::cells::{amount, signed};
use crate::report::comparison::summary::{ComparisonSummary, DifferenceSummary, VariantSummary};
use crate::report::format::{heading, line, milestone, nothing};
use crate::report::grid_text::{Grid, escaped, grid, pipes};
use crate::report::metric_text::{self, SHOWN};
use crate::report::printable::printable;
use crate::units::text::show_duration;

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

/// What changed against the baseline, for the terminal: a table of differences and a sentence for
/// every other.
pub fn changes(summary: &ComparisonSummary) -> String {
    let mut text = String::new();
    let title = format!("\nDifference to {}", printable(&summary.baseline));
    heading(&mut text, &title);
    grid(&mut text, &differences(summary));
    for note in notes(summary).into_iter().chain(verdicts(summary)) {
        line(&mut text, &note);
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
    text + &changes_markdown(summary)
}

/// What changed against the baseline as GitHub-flavored Markdown, without a verdict.
pub fn changes_markdown(summary: &ComparisonSummary) -> String {
    let mut text = String::new();
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
    let base_variant = summary.variants.iter().find(|v| v.name == summary.baseline);
    let base_variant = base_variant.expect("the baseline is a variant");
    if (variant.duration_s - base_variant.duration_s).abs() > 0.0 {
        return format!(
            "{name} against {baseline}: no verdict, as it was measured for {} and {baseline} for {}",
            show_duration(variant.duration_s),
            show_duration(base_variant.duration_s)
        );
    }
    let found = |metric: Metric| {
        let difference = variant.difference(metric).filter(|d| d.significant)?;
        clause(metric, difference)
    };
    let mut clauses: Vec<String> = JUDGED.into_iter().filter_map(found).collect();
    clauses.extend(recoveries(variant, base_variant));
    if clauses.is_empty() {
        clauses.push("no difference found in what clients lose or wait for".to_owned());
    }
    clauses.extend(found(Metric::UnitHours));
    let found = clauses.join("; ");
    let base = if summary.paired {
        format!("{replications} paired replications")
    } else {
        format!("at least {replications} replications each, unpaired")
    };
    format!("{name} against {baseline}: {found} ({base})")
}

/// In how many replications all was well again, if that is not the same share.
fn recoveries(variant: &VariantSummary, baseline: &VariantSummary) -> Option<String> {
    let count = |variant: &VariantSummary| variant.reached(Metric::TimeToRecover).reached;
    let (own, other) = (count(variant), count(baseline));
    let (of_own, of_other) = (variant.replications, baseline.replications);
    let is_same = u64::from(own) * u64::from(of_other) == u64::from(other) * u64::from(of_own);
    (!is_same).then(|| {
        format!("recovers in {own} of {of_own} replications rather than in {other} of {of_other}")
    })
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

/// The metrics that some variant has, and whether all was well again, if something failed.
fn columns(summary: &ComparisonSummary) -> Vec<Metric> {
    let shown = summary.shown();
    let is_told = |metric: &Metric| {
        let recovers = *metric == Metric::TimeToRecover && !summary.outages.is_empty();
        recovers || shown.contains(metric)
    };
    SHOWN.into_iter().filter(is_told).collect()
}

fn figures(summary: &ComparisonSummary) -> Grid {
    let metrics = columns(summary);
    let row = |variant: &VariantSummary| {
        let mark = if variant.efficient { " *" } else { "" };
        let name = format!("{}{mark}", printable(&variant.name));
        let figures = metrics.iter().map(|&metric| match metric {
            Metric::TimeToRecover if !summary.outages.is_empty() => {
                milestone(&variant.reached(metric), variant.replications)
            }
            _ => metric_text::figure(metric, &variant.figure(metric)),
        });
        std::iter::once(name).chain(figures).collect()
    };
    let rows = summary.variants.iter().map(row);
    Grid {
        rows: std::iter::once(heads(&metrics, &[])).chain(rows).collect(),
        labels: 1,
    }
}

fn differences(summary: &ComparisonSummary) -> Grid {
    let metrics = columns(summary);
    let more: &[&str] = if summary.paired {
        &["correlation", "narrower by pairing"]
    } else {
        &[]
    };
    let row = |variant: &VariantSummary| {
        let mut row = vec![printable(&variant.name)];
        let differences = metrics.iter();
        row.extend(
            differences
                .map(|&metric| signed(metric, (variant.difference(metric), summary.replications))),
        );
        if summary.paired {
            row.extend(pairing(variant));
        }
        row
    };
    let variants = summary.variants.iter();
    let rows = variants
        .filter(|variant| variant.name != summary.baseline)
        .map(row);
    Grid {
        rows: std::iter::once(heads(&metrics, more)).chain(rows).collect(),
        labels: 1,
    }
}

/// The correlation of availability, and what the pairing was worth for it.
fn pairing(variant: &VariantSummary) -> [String; 2] {
    let availability = variant.difference(Metric::Availability);
    let correlation = availability.and_then(|difference| difference.correlation);
    let narrower = availability.and_then(|difference| difference.times_narrower);
    [
        correlation.map_or_else(nothing, |value| format!("{value:.2}")),
        narrower.map_or_else(nothing, |value| format!("{value:.1} times")),
    ]
}

fn heads(metrics: &[Metric], more: &[&str]) -> Vec<String> {
    let metrics = metrics.iter().map(|&metric| metric_text::head(metric));
    let heads = std::iter::once("")
        .chain(metrics)
        .chain(more.iter().copied());
    heads.map(str::to_owned).collect()
}

/// What must be known to read the differences.
pub(in crate::report) fn notes(summary: &ComparisonSummary) -> Vec<String> {
    let all = match summary.variants.len() - 1 {
        1 => "the one comparison".to_owned(),
        count => format!("all {count} comparisons"),
    };
    let hold = format!("the intervals of a column hold together for {all} at 95 %");
    if !summary.paired {
        let mut notes = vec![format!(
            "unpaired: finished results hold estimates alone, so the intervals are those of \
             independent samples (Welch); {hold}"
        )];
        if !summary.complete {
            notes.push("INCOMPLETE: some of the results are of an interrupted run".to_owned());
        }
        return notes;
    }
    let mut notes = vec![format!(
        "differences by pairs of replications; {hold}; correlation and pairing are those of \
         availability"
    )];
    if summary.precise == Some(false) {
        notes.push(format!(
            "the differences are not known as well as `run.replications.until` asks for, within \
             {} replications",
            summary.replications
        ));
    }
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
