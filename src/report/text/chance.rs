//! Outages by chance, and months, on the terminal.

use crate::report::chance_summary::{HazardSummary, StrikeFigure};
use crate::report::figure::Figure;
use crate::report::format::{
    align_numbers, decimals, grouped, heading, line, lines, nothing, share, table, time,
};
use crate::report::printable::printable;
use crate::report::summary::Summary;
use crate::report::text::{is_told, what_is_lost};
use crate::units::text::{show_duration, show_ratio};

/// What outages by chance did, each over all of its strikes.
pub(super) fn outages(text: &mut String, summary: &Summary) {
    for hazard in &summary.outages_by_chance {
        outage(text, summary, hazard);
    }
}

fn outage(text: &mut String, summary: &Summary, hazard: &HazardSummary) {
    let others = summary.outages_by_chance.iter();
    let is_of_group = |other: &&HazardSummary| other.group == hazard.group;
    let together = others.filter(is_of_group).count() - 1;
    let by = match together {
        0 => String::new(),
        1 => ", together with another".to_owned(),
        more => format!(", together with {more} others"),
    };
    heading(
        text,
        &format!(
            "\nOutage by chance: {} ({}), MTBF {}, MTTR {}{by}",
            where_it_is(hazard),
            what_is_lost(&hazard.mode, hazard.depth),
            show_duration(hazard.mtbf_s),
            show_duration(hazard.mttr_s)
        ),
    );
    let mut table = table();
    table.add_row(["strikes".to_owned(), strikes(hazard)]);
    table.add_row(["  mean length".to_owned(), time(&hazard.length_s)]);
    table.add_row(["  share of the time".to_owned(), percent(&hazard.down)]);
    let times = [
        ("detected", &hazard.time_to_detect_s),
        ("drained", &hazard.time_to_drain_s),
        ("recovered", &hazard.time_to_recover_s),
        ("failed back, from its end", &hazard.time_to_failback_s),
    ];
    let told = is_told(&hazard.mode, hazard.time_to_detect_s.strikes > 0);
    for ((name, reached), _) in times.iter().zip(told).filter(|&(_, told)| told) {
        table.add_row([(*name).to_owned(), of_strikes(reached, hazard.strikes)]);
    }
    let lost = format!(
        "{} a strike, {} a replication",
        number(&hazard.requests_lost_per_strike),
        number(&hazard.requests_lost)
    );
    table.add_row(["requests lost".to_owned(), lost]);
    if let Some(spent) = hazard.error_budget_spent.and_then(|spent| spent.mean) {
        let spent = format!(
            "{:.0} % of what the objective allows in this period",
            spent * 100.0
        );
        table.add_row(["error budget spent".to_owned(), spent]);
    }
    lines(text, &table);
}

fn where_it_is(hazard: &HazardSummary) -> String {
    if hazard.mode == "router" {
        "the router".to_owned()
    } else {
        printable(&hazard.region)
    }
}

fn strikes(hazard: &HazardSummary) -> String {
    let all = grouped(hazard.strikes);
    format!(
        "{} a replication, {all} in all",
        number(&hazard.strikes_per_replication)
    )
}

/// A time over the strikes that got there.
fn of_strikes(reached: &StrikeFigure, strikes: u64) -> String {
    if strikes == 0 {
        return nothing();
    }
    if reached.strikes == 0 {
        return "not reached".to_owned();
    }
    let shown = match reached.mean {
        Some(0.0) => "at once".to_owned(),
        _ => time(&reached.figure()),
    };
    if reached.strikes == strikes {
        shown
    } else {
        let (some, all) = (grouped(reached.strikes), grouped(strikes));
        format!("{shown}, of {some} of {all} strikes")
    }
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

/// A small share with its interval.
fn percent(figure: &Figure) -> String {
    let hundredfold = |value: f64| value * 100.0;
    let figure = Figure {
        mean: figure.mean.map(hundredfold),
        ci95: figure.ci95.map(|ends| ends.map(hundredfold)),
    };
    let Some(mean) = figure.mean else {
        return nothing();
    };
    let decimals = decimals(mean).min(4);
    match figure.ci95 {
        Some([low, high]) => format!("{mean:.decimals$} % ({low:.decimals$} - {high:.decimals$})"),
        None => format!("{mean:.decimals$} %"),
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
