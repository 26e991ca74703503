//! A run as GitHub-flavored Markdown, for a pull request or the summary of a job: the verdict first.

use crate::report::format::{grouped, line, milestone, nothing, share, time, whole};
use crate::report::grid_text::{Grid, escaped, pipes};
use crate::report::outage_summary::OutageSummary;
use crate::report::printable::printable;
use crate::report::promise;
use crate::report::summary::{ObjectiveSummary, Summary};
use crate::report::text::is_told;
use crate::units::text::show_duration;

/// The most outages that are told one by one.
const OUTAGES_MAX: usize = 20;

/// The verdicts, the main figures and the outages of a run.
pub fn run_markdown(summary: &Summary) -> String {
    let mut text = String::new();
    let title = escaped(&printable(&summary.scenario.title));
    line(&mut text, &format!("### {title}\n"));
    line(&mut text, &format!("**{}**", verdict(summary)));
    if !summary.complete {
        line(
            &mut text,
            "\nINCOMPLETE: interrupted; only the replications that had finished are here",
        );
    }
    let before: Vec<String> = summary.slo.iter().filter_map(before).collect();
    if !before.is_empty() {
        line(&mut text, "");
        for said in before {
            line(&mut text, &said);
        }
    }
    if !summary.slo.is_empty() {
        line(&mut text, "");
        pipes(&mut text, &objectives(summary));
    }
    let by_interval = summary.slo.iter().any(|objective| objective.by_interval);
    if let Some(note) = promise::judgment(by_interval, summary.replications) {
        line(&mut text, &format!("\n{note}"));
    }
    line(&mut text, &format!("\n{}", glance(summary)));
    if !summary.outages.is_empty() {
        line(&mut text, "");
        pipes(&mut text, &outages(summary));
    }
    let more = summary.outages.len().saturating_sub(OUTAGES_MAX);
    if more > 0 {
        line(
            &mut text,
            &format!("\nand {more} more outages, in outages.csv"),
        );
    }
    line(&mut text, &format!("\n{}", method(summary)));
    text
}

fn verdict(summary: &Summary) -> String {
    let all = summary.slo.len();
    let missed = summary.slo.iter().filter(|slo| !slo.passed).count();
    match (all, missed) {
        (0, _) => "? no objectives: nothing was judged".to_owned(),
        (_, 0) => format!("✓ {all} of {all} objectives kept"),
        _ => format!("✗ {missed} of {all} objectives missed"),
    }
}

/// That an objective is missed even before any outage.
fn before(objective: &ObjectiveSummary) -> Option<String> {
    let measured = objective.missed_before.as_ref()?;
    let measured = promise::measure(&objective.objective).text(measured);
    let sentence = escaped(&objective.sentence());
    Some(format!(
        "- missed before any outage: {sentence}, measured {measured}"
    ))
}

fn objectives(summary: &Summary) -> Grid {
    let row = |objective: &ObjectiveSummary| {
        let mark = if objective.passed {
            "✓ kept"
        } else {
            "✗ missed"
        };
        let measured = promise::measure(&objective.objective).text(&objective.figure());
        let measured = promise::measured(measured, objective.not_reached, summary.replications);
        vec![mark.to_owned(), objective.sentence(), measured]
    };
    grid(
        &["verdict", "objective", "measured (95 % interval)"],
        2,
        summary.slo.iter().map(row),
    )
}

/// The figures that readers look for first.
fn glance(summary: &Summary) -> String {
    format!(
        "availability {}, p99 {}; {} of {} requests failed, over all replications",
        share(&summary.availability),
        time(&summary.latency_s.p99),
        grouped(summary.requests.failed),
        grouped(summary.requests.offered)
    )
}

fn outages(summary: &Summary) -> Grid {
    let has_pages = summary.outages.iter().any(|outage| outage.paging.is_some());
    let mut heads = vec![
        "outage",
        "detected",
        "recovered",
        "requests lost a replication",
    ];
    if has_pages {
        heads.push("time to page");
    }
    let row = |outage: &OutageSummary| {
        let time = |reached| milestone(reached, summary.replications);
        let told = |reached, is_told| if is_told { time(reached) } else { nothing() };
        let [is_detected, _, is_recovered, _] =
            is_told(&outage.mode, outage.time_to_detect_s.reached > 0);
        let at = show_duration(outage.at_s);
        let place = match outage.mode.as_str() {
            "router" => "the router".to_owned(),
            _ => printable(&outage.region),
        };
        let mut row = vec![
            format!("{place} ({}) at {at}", outage.mode),
            told(&outage.time_to_detect_s, is_detected),
            told(&outage.time_to_recover_s, is_recovered),
            whole(&outage.requests_lost),
        ];
        if has_pages {
            let paging = outage.paging.as_ref();
            row.push(paging.map_or_else(nothing, |paging| time(&paging.time_to_page_s)));
        }
        row
    };
    let rows = summary.outages.iter().take(OUTAGES_MAX).map(row);
    grid(&heads, 1, rows)
}

fn grid(heads: &[&str], labels: usize, rows: impl Iterator<Item = Vec<String>>) -> Grid {
    let heads = heads.iter().map(|&head| head.to_owned()).collect();
    Grid {
        rows: std::iter::once(heads).chain(rows).collect(),
        labels,
    }
}

/// How it was simulated.
fn method(summary: &Summary) -> String {
    let count = summary.replications;
    let replications = match count {
        1 => "1 replication".to_owned(),
        _ => format!("{count} replications"),
    };
    let note = if count < 5 { ", no intervals" } else { "" };
    format!(
        "{replications} of {}{note}, seed {}, {}, gatefleet {}",
        show_duration(summary.duration_s),
        summary.seed,
        escaped(&summary.strategy),
        summary.gatefleet
    )
}
