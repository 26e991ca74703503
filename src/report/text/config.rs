//! The sections on the management plane, the configuration, rollouts and operations.

use crate::report::config_summary::{OperationSummary, RolloutSummary};
use crate::report::figure::Figure;
use crate::report::format::{
    align_numbers, count, grouped, heading, line, lines, milestone, nothing, share, table, time,
};
use crate::report::printable::printable;
use crate::report::summary::Summary;
use crate::units::text::show_duration;

/// What the management plane did; nothing if it is not in the summary.
pub(super) fn management(text: &mut String, summary: &Summary) {
    let Some(management) = &summary.management else {
        return;
    };
    heading(text, "\nManagement");
    line(
        text,
        &format!("up {} of the time", share(&management.availability)),
    );
    let (operations, changes) = (&management.operations, &management.changes);
    let mut table = table();
    table.set_header(["", "wanted", "in vain", "served"]);
    if operations.offered > 0 {
        let [offered, failed] = [operations.offered, operations.failed].map(grouped);
        let served = share(&operations.availability);
        table.add_row(["operations".to_owned(), offered, failed, served]);
    }
    if changes.offered > 0 {
        let [offered, failed] = [changes.offered, changes.failed].map(grouped);
        let name = "  of these, changes of the configuration";
        table.add_row([name.to_owned(), offered, failed, String::new()]);
    }
    let portal = &management.portal;
    if portal.offered > 0 {
        let [offered, failed] = [portal.offered, portal.failed].map(grouped);
        let served = share(&portal.availability);
        table.add_row(["visits of the portal".to_owned(), offered, failed, served]);
    }
    if management.is_used() {
        align_numbers(&mut table, 1..4);
        lines(text, &table);
    }
}

/// The configuration by region; nothing if it is not modeled.
pub(super) fn config(text: &mut String, summary: &Summary) {
    let Some(config) = &summary.config else {
        return;
    };
    heading(text, "\nConfiguration");
    let mut table = table();
    table.set_header([
        "",
        "changes applied",
        "stale",
        "staleness",
        "at most",
        "synchronized before",
        "at most",
    ]);
    let duration = |figure: &Figure| figure.mean.map_or_else(nothing, show_duration);
    for (name, region) in summary.regions.iter() {
        let Some(config) = &region.config else {
            continue;
        };
        let version = config.version.mean;
        let stale = config.stale_share.mean;
        table.add_row([
            printable(name),
            version.map_or_else(nothing, |version| format!("{version:.1}")),
            stale.map_or_else(nothing, |share| format!("{:.1} %", share * 100.0)),
            duration(&config.staleness_s),
            duration(&config.staleness_max_s),
            duration(&config.sync_age_s),
            duration(&config.sync_age_max_s),
        ]);
    }
    align_numbers(&mut table, 1..7);
    lines(text, &table);
    let differ = time(&config.divergence_s);
    line(text, &format!("regions that serve differed for {differ}"));
    let is_some = |figure: &Figure| figure.mean.is_some_and(|mean| mean > 0.0);
    if is_some(&config.changes_unreplicated) {
        line(
            text,
            &format!(
                "not replicated when the primary failed: {:.1} changes a replication, {:.1} of \
                 them lost",
                config.changes_unreplicated.mean.unwrap_or_default(),
                config.changes_lost.mean.unwrap_or_default(),
            ),
        );
    }
}

/// How far a rollout came, and how far its harm reached.
pub(super) fn rollout(
    text: &mut String,
    (index, rollout): (usize, &RolloutSummary),
    replications: u32,
) {
    let defect = match rollout.defect.as_deref() {
        None => "good",
        Some("fails") => "bad: fails requests",
        Some("slows") => "bad: slows requests",
        Some("crashes") => "bad: crashes gateways",
        Some(other) => other,
    };
    let at = show_duration(rollout.at_s);
    heading(text, &format!("\nRollout {} at {at} ({defect})", index + 1));
    let mut table = table();
    if rollout.refused > 0 {
        let refused = format!("in {} of {replications} replications", rollout.refused);
        table.add_row(["refused".to_owned(), refused]);
    }
    let released = rollout.stages_released.mean;
    if let Some(released) = released.filter(|_| rollout.refused < replications) {
        let stages = rollout.stages;
        let released = if released.fract() == 0.0 {
            format!("{released:.0}")
        } else {
            format!("{released:.1}")
        };
        table.add_row([
            "stages released".to_owned(),
            format!("{released} of {stages}"),
        ]);
    }
    let steps = [
        ("first harm", &rollout.time_to_effect_s),
        ("halted, from its first release", &rollout.time_to_halt_s),
        ("corrected", &rollout.time_to_correct_s),
    ];
    for (name, reached) in steps.into_iter().filter(|(_, reached)| reached.reached > 0) {
        table.add_row([name.to_owned(), milestone(reached, replications)]);
    }
    if rollout.defect.is_some() {
        let regions = rollout.regions.mean;
        table.add_row([
            "regions harmed".to_owned(),
            regions.map_or_else(nothing, |regions| format!("{regions:.1}")),
        ]);
        table.add_row(["harm lasted".to_owned(), time(&rollout.harm_s)]);
        let area = time(&rollout.region_seconds);
        table.add_row(["harm, summed over regions".to_owned(), area]);
        table.add_row([
            "requests failed".to_owned(),
            count(&rollout.requests_failed),
        ]);
        let radius = format!("{} of all requests", share(&rollout.blast_radius));
        table.add_row(["blast radius".to_owned(), radius]);
    }
    lines(text, &table);
}

/// What became of each operation; nothing if there is none.
pub(super) fn operations(text: &mut String, summary: &Summary) {
    if summary.operations.is_empty() {
        return;
    }
    heading(text, "\nOperations");
    let mut table = table();
    table.set_header(["", "ordered at", "took effect after", "requests lost", ""]);
    for operation in &summary.operations {
        let region = printable(&operation.region);
        let effect = if operation.done == 0 {
            nothing()
        } else {
            time(&operation.time_to_effect_s.figure())
        };
        table.add_row([
            format!("{} {region}", operation.operation),
            show_duration(operation.at_s),
            effect,
            count(&operation.requests_failed),
            ends(operation, summary.replications),
        ]);
    }
    lines(text, &table);
}

/// How an operation ended, if not always by its effect.
fn ends(operation: &OperationSummary, replications: u32) -> String {
    let OperationSummary {
        refused,
        aborted,
        done,
        ..
    } = *operation;
    if done == replications {
        return String::new();
    }
    let pending = replications.saturating_sub(refused + aborted + done);
    let counts = [
        ("done", done),
        ("refused", refused),
        ("aborted", aborted),
        ("not done by the end", pending),
    ];
    let counts = counts.iter().filter(|(_, count)| *count > 0);
    let counts: Vec<String> = counts
        .map(|&(name, count)| match count {
            count if count == replications => name.to_owned(),
            count => format!("{name} in {count} of {replications}"),
        })
        .collect();
    counts.join(", ")
}
