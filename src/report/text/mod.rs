//! The summary on the terminal, in people's units.

mod backends;
mod chance;
mod config;
mod objectives;

use crate::report::Tables;
use crate::report::figure::Figure;
use crate::report::format::{
    align_numbers, count, decimals, grouped, heading, line, lines, milestone, nothing,
    plain_unit_hours, share, table, unit_hours,
};
use crate::report::metric_text;
use crate::report::outage_summary::OutageSummary;
use crate::report::precision::PrecisionSummary;
use crate::report::printable::printable;
use crate::report::region_summary::RegionSummary;
use crate::report::summary::{ClientSummary, PhaseSummary, Summary};
use crate::units::text::show_duration;

/// The most outages that are told one by one.
const OUTAGES_MAX: usize = 10;

/// The summary of a study; color codes are in it.
pub fn summary(tables: &Tables) -> String {
    let summary = &tables.summary;
    let mut text = String::new();
    title(&mut text, summary);
    objectives::tell(&mut text, summary);
    availability(&mut text, summary);
    chance::months(&mut text, summary);
    latency(&mut text, summary);
    failures(&mut text, tables);
    for outage in summary.outages.iter().take(OUTAGES_MAX) {
        self::outage(&mut text, summary, outage);
    }
    let more = summary.outages.len().saturating_sub(OUTAGES_MAX);
    if more > 0 {
        line(
            &mut text,
            &format!("\nand {more} more outages, in outages.csv"),
        );
    }
    chance::outages(&mut text, summary);
    regions(&mut text, summary);
    backends::sites(&mut text, summary);
    backends::callers(&mut text, summary);
    config::management(&mut text, summary);
    config::config(&mut text, summary);
    for (index, rollout) in summary.rollouts.iter().enumerate() {
        config::rollout(&mut text, (index, rollout), summary.replications);
    }
    config::operations(&mut text, summary);
    text
}

fn title(text: &mut String, summary: &Summary) {
    heading(text, &printable(&summary.scenario.title));
    let replications = summary.replications;
    line(
        text,
        &format!(
            "{replications} replication{} of {}, seed {}, {}; {} requests",
            if replications == 1 { "" } else { "s" },
            show_duration(summary.duration_s),
            summary.seed,
            summary.strategy,
            grouped(summary.requests.offered),
        ),
    );
    if !summary.complete {
        line(
            text,
            "INCOMPLETE: interrupted; only the replications that had finished are here",
        );
    }
    for precision in &summary.precision {
        line(text, &self::precision(precision, replications));
    }
    if replications < 5 {
        line(text, "fewer than 5 replications: no confidence intervals");
    }
}

/// How well a figure is known, and was to be.
fn precision(precision: &PrecisionSummary, replications: u32) -> String {
    let unit = if precision.relative { "%" } else { "points" };
    let percent = |width: f64| {
        let decimals = decimals(width * 100.0);
        format!("± {:.decimals$} {unit}", width * 100.0)
    };
    let measured = match precision.measured {
        Some(width) => format!("is known to {}", percent(width)),
        None => "was not measured often enough".to_owned(),
    };
    let verdict = if precision.reached {
        "as well as asked for"
    } else {
        "NOT as well as asked for"
    };
    format!(
        "{} {measured} after {replications} replications, {verdict} ({})",
        metric_text::named(&precision.metric),
        percent(precision.wanted)
    )
}

fn availability(text: &mut String, summary: &Summary) {
    heading(text, "\nAvailability by request (95 % interval)");
    let phases: Vec<&str> = occurring(summary);
    let mut table = table();
    table.set_header(["", "all"].into_iter().chain(phases.iter().copied()));
    let of = |phase: &PhaseSummary| share(&phase.availability);
    let fleet = std::iter::once(share(&summary.availability));
    let by_phase = phases.iter().map(|name| of(phase(&summary.phases, name)));
    table.add_row(
        std::iter::once("all clients".to_owned())
            .chain(fleet)
            .chain(by_phase),
    );
    for (name, client) in summary.clients.iter() {
        table.add_row(client_cells(name, client, &phases));
    }
    lines(text, &table);
    if summary.attempts > summary.requests.offered {
        line(
            text,
            &format!(
                "availability by attempt: {}; {} attempts a request",
                share(&summary.availability_attempts),
                summary
                    .amplification
                    .mean
                    .map_or_else(nothing, |mean| format!("{mean:.3}")),
            ),
        );
    }
    if let Some(timeslices) = &summary.availability_timeslices {
        let window = show_duration(summary.window_s);
        line(
            text,
            &format!(
                "availability by window: {} of the windows of {window} reach the objective",
                share(timeslices)
            ),
        );
    }
}

fn client_cells(name: &str, client: &ClientSummary, phases: &[&str]) -> Vec<String> {
    let by_phase = phases
        .iter()
        .map(|name| &phase(&client.phases, name).availability);
    let figures = std::iter::once(&client.overall.availability).chain(by_phase);
    std::iter::once(printable(name))
        .chain(figures.map(share))
        .collect()
}

fn latency(text: &mut String, summary: &Summary) {
    heading(text, "\nLatency of successes");
    let mut table = table();
    let names = summary
        .latency_s
        .entries()
        .map(|(name, _)| name.replace('_', "."));
    table.set_header(std::iter::once(String::new()).chain(names));
    let mut row = |name: &str, latency: &crate::report::summary::Latency| {
        let cells = latency
            .entries()
            .map(|(_, figure)| figure.mean.map_or_else(nothing, show_duration));
        table.add_row(std::iter::once(name.to_owned()).chain(cells));
    };
    row("all", &summary.latency_s);
    for name in occurring(summary) {
        row(name, &phase(&summary.phases, name).latency_s);
    }
    lines(text, &table);
}

fn failures(text: &mut String, tables: &Tables) {
    let failed = tables.summary.requests.failed;
    if failed == 0 {
        heading(text, "\nNo request failed");
        return;
    }
    heading(text, "\nWhat failed, and what is to blame");
    let mut table = table();
    table.set_header(["", "in all replications", "of all failed", "blamed on"]);
    let mut counts: Vec<(&str, &str, u64)> = Vec::new();
    for row in &tables.failures {
        let same =
            |(cause, blame, _): &&mut (&str, &str, u64)| *cause == row.cause && *blame == row.blame;
        match counts.iter_mut().find(same) {
            Some((_, _, count)) => *count += row.count,
            None => counts.push((&row.cause, &row.blame, row.count)),
        }
    }
    counts.sort_by_key(|&(_, _, count)| std::cmp::Reverse(count));
    for (cause, blame, count) in counts {
        let part = format!("{:.1} %", count as f64 * 100.0 / failed as f64);
        table.add_row([cause.to_owned(), grouped(count), part, blame.to_owned()]);
    }
    align_numbers(&mut table, 1..3);
    lines(text, &table);
}

fn outage(text: &mut String, summary: &Summary, outage: &OutageSummary) {
    heading(
        text,
        &format!(
            "\nOutage: {} ({}) at {} for {}",
            if outage.mode == "router" {
                "the router".to_owned()
            } else {
                printable(&outage.region)
            },
            what_is_lost(&outage.mode, outage.depth),
            show_duration(outage.at_s),
            show_duration(outage.for_s)
        ),
    );
    let mut table = table();
    let is_told = is_told(&outage.mode, outage.time_to_detect_s.reached > 0);
    let milestones = [
        ("detected", &outage.time_to_detect_s),
        ("drained", &outage.time_to_drain_s),
        ("recovered", &outage.time_to_recover_s),
        ("failed back, from its end", &outage.time_to_failback_s),
    ];
    let told = milestones.iter().zip(is_told).filter(|&(_, told)| told);
    for ((name, reached), _) in told {
        table.add_row([(*name).to_owned(), milestone(reached, summary.replications)]);
    }
    table.add_row(["requests lost".to_owned(), count(&outage.requests_lost)]);
    let blamed: Vec<String> = outage
        .lost_by_blame
        .iter()
        // What is shown as 0 would only ask why.
        .filter(|&(_, &lost)| lost >= 0.5)
        .map(|(blame, &lost)| format!("{blame} {lost:.0}"))
        .collect();
    if !blamed.is_empty() {
        table.add_row(["  of these to".to_owned(), blamed.join(", ")]);
    }
    if let Some(spent) = outage
        .error_budget_spent
        .as_ref()
        .and_then(|spent| spent.mean)
    {
        let spent = format!(
            "{:.0} % of what the objective allows in this period",
            spent * 100.0
        );
        table.add_row(["error budget spent".to_owned(), spent]);
    }
    for row in objectives::paging(outage, summary.replications) {
        table.add_row(row);
    }
    lines(text, &table);
}

/// Whether detection, drain, recovery and failback of an outage are told of: what the router cannot
/// see, or what is not drained, is not "not reached".
pub(super) fn is_told(mode: &str, is_detected: bool) -> [bool; 4] {
    match mode {
        // A region that loses some of its workers need not fail over.
        "capacity" | "zone" | "vms" | "slow" | "gray" | "probe_down" => {
            [true, false, true, is_detected]
        }
        "management" | "no_dns" | "probe_up" | "router" | "backend" | "backend_capacity"
        | "backend_slow" | "backend_gray" => [false, false, true, false],
        // The router sees a way only if it is that of its probes.
        "partition" | "network" => [is_detected, false, true, is_detected],
        _ => [true; 4],
    }
}

/// A number of two digits and without needless decimals.
fn shown(number: f64) -> String {
    let decimals = decimals(number);
    let text = format!("{number:.decimals$}");
    match text.split_once('.') {
        Some(_) => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        None => text,
    }
}

pub(super) fn what_is_lost(mode: &str, depth: Option<f64>) -> String {
    match (mode, depth) {
        ("management", _) => "management plane".to_owned(),
        ("no_dns", _) => "no address".to_owned(),
        ("zone", Some(depth)) => format!("lost a zone, {:.0} % of its VMs", depth * 100.0),
        ("vms", Some(depth)) => format!("lost {:.0} % of its VMs", depth * 100.0),
        ("router", _) => "hears no news".to_owned(),
        ("partition", _) => "nothing gets through".to_owned(),
        ("network", _) => "messages are lost or late".to_owned(),
        ("probe_down", _) => "probes find it down".to_owned(),
        ("probe_up", _) => "probes find it up".to_owned(),
        ("backend", _) => "back end down".to_owned(),
        ("slow" | "backend_slow", Some(depth)) => {
            let times = 1.0 / (1.0 - depth).max(1e-9);
            format!("work takes {} times as long", shown(times))
        }
        ("gray" | "backend_gray", Some(depth)) => {
            format!("fails {:.0} % of what it serves", depth * 100.0)
        }
        (_, Some(depth)) => format!("lost {:.0} % of its capacity", depth * 100.0),
        (mode, None) => mode.to_owned(),
    }
}

fn regions(text: &mut String, summary: &Summary) {
    heading(text, "\nRegions");
    let mut table = table();
    table.set_header([
        "",
        "traffic share",
        "utilization while up",
        "of it for nobody",
        "busiest window",
        "longest queue",
        "unit-hours",
    ]);
    for (name, region) in summary.regions.iter() {
        let percent = |figure: &Figure| {
            figure
                .mean
                .map_or_else(nothing, |share| format!("{:.1} %", share * 100.0))
        };
        table.add_row([
            printable(name),
            percent(&region.traffic_share),
            percent(&region.utilization),
            wasted(region),
            percent(&region.utilization_max),
            region
                .queue_max
                .mean
                .map_or_else(nothing, |count| format!("{count:.0}")),
            region
                .unit_hours
                .mean
                .map_or_else(nothing, plain_unit_hours),
        ]);
    }
    align_numbers(&mut table, 1..7);
    lines(text, &table);
    let cost = unit_hours(&summary.cost_unit_hours);
    line(text, &format!("cost of the fleet: {cost} unit-hours"));
}

/// The share of a region's workers' time that went into work that nobody waited for.
fn wasted(region: &RegionSummary) -> String {
    let parts = [&region.utilization_wasted, &region.utilization_duplicate];
    let parts: Option<Vec<f64>> = parts.into_iter().map(|figure| figure.mean).collect();
    parts.map_or_else(nothing, |parts| {
        format!("{:.1} %", parts.iter().sum::<f64>() * 100.0)
    })
}

/// The phases in which requests were offered.
fn occurring(summary: &Summary) -> Vec<&str> {
    let phases = summary.phases.iter().filter(|(_, phase)| phase.offered > 0);
    let names: Vec<&str> = phases.map(|(name, _)| name).collect();
    if names.len() > 1 { names } else { Vec::new() }
}

fn phase<'s>(
    phases: &'s crate::report::named::Named<PhaseSummary>,
    name: &str,
) -> &'s PhaseSummary {
    phases.get(name).expect("every phase is in every map")
}
