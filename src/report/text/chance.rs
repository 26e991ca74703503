//! Outages by chance, and months, on the terminal.

use crate::report::chance_summary::{HazardSummary, StrikeFigure};
use crate::report::figure::Figure;
use crate::report::format::{
    align_numbers, decimals, grouped, heading, line, lines, nothing, share, table,
};
use crate::report::printable::printable;
use crate::report::summary::Summary;
use crate::report::text::{is_told, what_is_lost};
use crate::units::text::{show_duration, show_ratio};

/// What outages by chance did, each over all of its strikes.
pub(super) fn outages(text: &mut String, summary: &Summary) {
    let hazards = &summary.outages_by_chance;
    if hazards.is_empty() {
        return;
    }
    heading(
        text,
        "\nOutages by chance, by strike (those of one number strike together)",
    );
    let mut table = table();
    table.set_header([
        "",
        "",
        "strikes",
        "mean length",
        "of the time",
        "detected",
        "drained",
        "recovered",
        "lost a strike",
        "lost a replication",
    ]);
    for hazard in hazards {
        table.add_row(row(hazard));
    }
    align_numbers(&mut table, 2..10);
    lines(text, &table);
    line(
        text,
        " strikes: a replication; times: from the start of a strike, of those that got there \
         (their share, if not all did)",
    );
}

fn row(hazard: &HazardSummary) -> [String; 10] {
    let [detected, drained, recovered, _] =
        is_told(&hazard.mode, hazard.time_to_detect_s.strikes > 0);
    let told = |reached: &StrikeFigure, is_told: bool| match reached.mean {
        Some(mean) if is_told && reached.strikes < hazard.strikes => {
            let share = reached.strikes as f64 * 100.0 / hazard.strikes as f64;
            format!("{} ({share:.0} %)", show_duration(mean))
        }
        Some(mean) if is_told => show_duration(mean),
        _ => nothing(),
    };
    let lost = &hazard.requests_lost_per_strike;
    [
        (hazard.group + 1).to_string(),
        format!(
            "{} ({})",
            where_it_is(hazard),
            what_is_lost(&hazard.mode, hazard.depth)
        ),
        plain(hazard.strikes_per_replication.mean),
        hazard.length_s.mean.map_or_else(nothing, show_duration),
        hazard
            .down
            .mean
            .map_or_else(nothing, |share| format!("{} %", plain(Some(share * 100.0)))),
        told(&hazard.time_to_detect_s, detected),
        told(&hazard.time_to_drain_s, drained),
        told(&hazard.time_to_recover_s, recovered),
        plain(lost.mean),
        number(&hazard.requests_lost),
    ]
}

fn where_it_is(hazard: &HazardSummary) -> String {
    if hazard.mode == "router" {
        "the router".to_owned()
    } else {
        printable(&hazard.region)
    }
}

/// A number without its interval, with two digits at least.
fn plain(mean: Option<f64>) -> String {
    mean.map_or_else(nothing, |mean| format!("{mean:.*}", decimals(mean).min(4)))
}

/// A number with its interval, with two digits at least.
fn number(figure: &Figure) -> String {
    let Some(mean) = figure.mean else {
        return nothing();
    };
    let decimals = decimals(mean).min(2);
    match figure.ci95 {
        Some([low, high]) => format!("{mean:.decimals$} ({low:.decimals$} - {high:.decimals$})"),
        None => format!("{mean:.decimals$}"),
    }
}

/// How many minutes of months were lost, and how often a promise was kept.
pub(super) fn months(text: &mut String, summary: &Summary) {
    let Some(months) = &summary.months else {
        return;
    };
    let count = grouped(months.count as u64);
    heading(
        text,
        &format!("\nMinutes lost a month, of {count} months of 30 days"),
    );
    let names = months.minutes_lost_at.names();
    let mut table = table();
    table.set_header(["mean"].into_iter().chain(names.iter().copied()));
    let minutes = |value: f64| format!("{value:.*}", decimals(value).min(2));
    let quantiles = months
        .minutes_lost_at
        .iter()
        .map(|(_, &value)| minutes(value));
    table.add_row(std::iter::once(number(&months.minutes_lost)).chain(quantiles));
    align_numbers(&mut table, 0..names.len() + 1);
    lines(text, &table);
    for (name, reached) in months.share_within.iter() {
        let target = name.replace('_', ".");
        let shown = if reached.mean.is_some_and(|mean| mean < 1.0) {
            share(reached)
        } else {
            reached.mean.map_or_else(nothing, show_ratio)
        };
        line(text, &format!(" {shown} of the months reach {target} %"));
    }
}
