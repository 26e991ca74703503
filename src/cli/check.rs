//! `gatefleet check`: is the scenario right, and what does arithmetic tell?

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};

use crate::cli::args::CheckArguments;
use crate::cli::exit_status::{Failure, Status};
use crate::cli::terminal::Terminal;
use crate::cli::{budget, grid, load};
use crate::experiment::forecast_config::{Lag, lag};
use crate::experiment::{Detection, Effort, Forecast, Replications, Situation, Study, ZoneLoss};
use crate::model::{
    BackendsSpec, Changes, ClientSpec, ConfigSpec, DefectEffect, FleetSpec, OperationKind,
    OperationSpec, PopulationSpec, RegionId, RolloutSpec, SiteId, SiteSpec, Traffic,
};
use crate::scenario::Checked;
use crate::units::text::{show_duration, show_rate};
use crate::units::{SimDuration, SimTime};

/// Checks every scenario; shows all problems of all of them.
pub(super) fn execute(
    arguments: &CheckArguments,
    terminal: &mut Terminal,
) -> Result<Status, Failure> {
    let overrides = load::overrides(&arguments.overrides)?;
    let mut problems: Vec<String> = Vec::new();
    for path in &arguments.scenarios {
        match load::load(path, &overrides) {
            Ok((source, checked)) => match grid::check_block((&source, &checked), &overrides) {
                Ok(points) => {
                    terminal.print(&forecast(&source.name, &checked));
                    if let Some((points, effort)) = points {
                        terminal.say(&format!(
                            "\n`gatefleet sweep` has {}: {}",
                            counted(points, "point"),
                            budget::told(&effort, budget::threads(None))
                        ));
                    }
                    load::warn(&checked, terminal);
                }
                Err(failure) => problems.push(failure.message),
            },
            Err(failure) => problems.push(failure.message),
        }
    }
    if problems.is_empty() {
        Ok(Status::Done)
    } else {
        Err(Failure::wrong(problems.join("\n\n")))
    }
}

fn forecast(name: &str, checked: &Checked) -> String {
    let study = &checked.study;
    let forecast = Forecast::new(study);
    let mut text = format!("{name}: ok\n{}\n", study.title);
    let fleet = &study.fleet;
    let mut add = |line: String| writeln!(text, "{line}").expect("a string takes everything");
    add(format!(
        "{} from {} to {}, {}; {} of {}",
        total_rate(&forecast),
        counted(fleet.populations.len(), "population"),
        counted(fleet.regions.len(), "region"),
        fleet.routing.strategy.name(),
        replications(&study.run.replications),
        show_duration(fleet.period.duration.as_secs_f64())
    ));
    if fleet.populations.iter().any(is_closed) {
        add("users of a closed loop count as if the closest region answered at once".to_owned());
    }
    let when = if forecast.varies() {
        " when rates are highest"
    } else {
        ""
    };
    add(format!(
        "\nUtilization{when}\n{}",
        utilization(study, &forecast)
    ));
    let zones = zones(study, &forecast);
    if !zones.is_empty() {
        add(format!("\nZones\n{}", zones.join("\n")));
    }
    if let Some(backends) = &fleet.backends {
        let load = backend_load(study, backends, &forecast);
        add(format!("\nBack ends{when}\n{load}"));
    }
    add(format!(
        "\nMean round trip\n{}",
        round_trips(study, &forecast)
    ));
    let drained = if forecast.drain.is_zero() {
        "and drained with that: no answer is kept".to_owned()
    } else {
        let drain = seconds(forecast.drain);
        format!("and drained after another {drain} at most (the TTL)")
    };
    add(format!(
        "\nAn outage is detected\n  blackhole  {}\n  refuse     {}\n{drained}",
        detection(&forecast.detection_blackhole),
        detection(&forecast.detection_refuse),
    ));
    add(format!("\nClients\n{}", clients(fleet).join("\n")));
    if let Some(config) = &fleet.config {
        add(format!(
            "\nConfiguration\n{}",
            configuration(study, config).join("\n")
        ));
    }
    if !fleet.management.operations.is_empty() {
        add(format!("\nOperations\n{}", operations(study).join("\n")));
    }
    let effort = budget::told(&Effort::of(study), budget::threads(None));
    add(format!("\nA run takes\n  {effort}"));
    text
}

/// The regions that are spread over zones, and what the loss of the largest leaves, a line each.
fn zones(study: &Study, forecast: &Forecast) -> Vec<String> {
    let line = |(id, region)| {
        let loss = ZoneLoss::new(region, forecast.normal.utilization[id])?;
        let vms: Vec<String> = loss.vms_by_zone.iter().map(u32::to_string).collect();
        let left = match loss.utilization {
            Some(utilization) => {
                let share = f64::from(loss.left) / f64::from(region.vms());
                let mark = if utilization > 1.0 { " !" } else { "" };
                format!(
                    "{:.0} % of them, at {:.0} %{mark}",
                    share * 100.0,
                    utilization * 100.0
                )
            }
            None => "none of them !".to_owned(),
        };
        Some(format!(
            "  {}  {} VMs; the loss of the largest zone leaves {left}",
            region.name,
            vms.join(" + ")
        ))
    };
    study.fleet.regions.entries().filter_map(line).collect()
}

/// How late changes come, and what is rolled out, a line each.
fn configuration(study: &Study, config: &ConfigSpec) -> Vec<String> {
    let fleet = &study.fleet;
    let regions = || fleet.regions.ids();
    let lags = || regions().map(|region| (region, lag(config, region, fleet.primary)));
    let by_least = |a: &(RegionId, Lag), b: &(RegionId, Lag)| a.1.least.cmp(&b.1.least);
    let nearest = lags().min_by(by_least).expect("a fleet has a region");
    let farthest = lags().max_by(by_least).expect("a fleet has a region");
    let mut lines = vec![format!(
        "  a change is in `{}` {} to {} after it is accepted (mean time to apply)",
        study.region_name(nearest.0),
        seconds(nearest.1.least),
        seconds(nearest.1.most)
    )];
    if nearest.1.least < farthest.1.least {
        lines.push(format!(
            "  and in `{}`, the slowest to get it, after {} to {}",
            study.region_name(farthest.0),
            seconds(farthest.1.least),
            seconds(farthest.1.most)
        ));
    }
    let percent = |share: Option<f64>| format!("{:.2} %", share.unwrap_or_default() * 100.0);
    match &config.changes {
        Changes::Poisson(rate) if rate.as_per_s() > 0.0 => lines.push(format!(
            "  that one lacks a change {} of the time, at {}",
            percent(farthest.1.stale),
            show_rate(*rate)
        )),
        Changes::Poisson(_) => {}
        Changes::Listed(times) => lines.push(format!("  {}", counted(times.len(), "change"))),
    }
    let rollout = |rollout: &RolloutSpec| rollout_line(study, rollout);
    lines.extend(config.rollouts.iter().map(rollout));
    lines
}

/// When a rollout has reached every region, and what is wrong with it.
fn rollout_line(study: &Study, rollout: &RolloutSpec) -> String {
    let regions = match rollout.plan.stages.len() {
        0 | 1 => "everywhere at once".to_owned(),
        stages => {
            let last = rollout.plan.bake * (stages as u64 - 1);
            format!("in {stages} stages, the last {} later", seconds(last))
        }
    };
    let defect = rollout.defect.as_ref().map_or_else(String::new, |defect| {
        let what = match defect.effect {
            DefectEffect::Fails(share) => {
                format!("fails {:.0} % of requests", share.as_f64() * 100.0)
            }
            DefectEffect::Slows(factor) => format!("is {factor} times as slow"),
            DefectEffect::Crashes { .. } => "crashes gateways".to_owned(),
        };
        format!("; it {what}")
    });
    format!(
        "  a rollout at {}, {regions}{defect}",
        file_time(study, rollout.at)
    )
}

/// What is done to the fleet, in order of time, a line each.
fn operations(study: &Study) -> Vec<String> {
    let mut listed: Vec<&OperationSpec> = study.fleet.management.operations.iter().collect();
    listed.sort_by_key(|operation| operation.at);
    let line = |operation: &OperationSpec| {
        let region = study.region_name(operation.region);
        let what = match operation.kind {
            OperationKind::Add => format!("add `{region}`"),
            OperationKind::Remove => format!("remove `{region}`"),
            OperationKind::Disable => format!("disable `{region}`"),
            OperationKind::Enable => format!("enable `{region}`"),
            OperationKind::Scale { units } => {
                format!("scale `{region}` to {}", counted(units as usize, "unit"))
            }
            OperationKind::EnableZones => format!("enable zones of `{region}`: a new address"),
            OperationKind::ChangeSubnet => format!("another subnet for `{region}`: a new address"),
        };
        let at = file_time(study, operation.at);
        let takes = seconds(operation.takes.mean());
        format!("  at {at:<10}  {what}; takes {takes} on average")
    };
    listed.into_iter().map(line).collect()
}

/// A time as the scenario counts it: from the start of the measured period.
fn file_time(study: &Study, at: SimTime) -> String {
    let at = at.since(study.fleet.period.start());
    if at.is_zero() {
        return "0 s".to_owned();
    }
    seconds(at)
}

/// What clients do that the arithmetic above leaves out, a line each.
fn clients(fleet: &FleetSpec) -> Vec<String> {
    let clients = || {
        fleet
            .populations
            .iter()
            .map(|population| &population.client)
    };
    let most = |share: fn(&ClientSpec) -> f64| clients().map(share).fold(0.0, f64::max);
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let mut lines = Vec::new();
    let keeping = clients()
        .filter(|client| client.connection.is_some())
        .count();
    lines.push(if keeping == 0 {
        "  keep no connections (`connection: none`): no handshakes, nobody stays with a region"
            .into()
    } else {
        let who = if keeping == fleet.populations.len() {
            String::new()
        } else {
            format!(" in {keeping} of {} populations", fleet.populations.len())
        };
        format!("  keep connections{who}, and stay with a region as long as those live")
    });
    let extended = most(|client| client.dns.extended.as_f64());
    if extended > 0.0 {
        lines.push(format!(
            "  up to {} keep answers for longer than the TTL",
            percent(extended)
        ));
    }
    let pinned = most(|client| client.dns.pinned.as_f64());
    if pinned > 0.0 {
        lines.push(format!(
            "  up to {} keep their first answer for ever",
            percent(pinned)
        ));
    }
    let attempts = |client: &ClientSpec| f64::from(client.retry.attempts);
    let unlimited = clients().filter(|client| client.retry.budget.is_none());
    let storm = unlimited.map(attempts).fold(1.0, f64::max);
    if storm > 1.0 {
        lines.push(format!(
            "  make up to {storm} attempts, without a budget: that many times the load if all fail"
        ));
    } else if most(attempts) > 1.0 {
        lines.push("  retry within a budget".into());
    }
    lines
}

/// `900/s`, or `900/s to 1800/s` if it changes.
fn total_rate(forecast: &Forecast) -> String {
    let [low, high] = forecast.total.map(show_rate);
    if low == high {
        high
    } else {
        format!("{low} to {high}")
    }
}

fn is_closed(population: &PopulationSpec) -> bool {
    matches!(population.traffic, Traffic::Closed { .. })
}

/// `1 region`, `2 regions`.
fn replications(replications: &Replications) -> String {
    let (least, most) = (replications.least(), replications.most());
    if least == most {
        counted(most as usize, "replication")
    } else {
        format!("{least} to {most} replications")
    }
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// One column for the normal situation and one for the loss of each region.
fn columns<'f>(study: &Study, forecast: &'f Forecast) -> Vec<(String, &'f Situation)> {
    let lost = forecast.without.entries();
    let lost =
        lost.map(|(id, situation)| (format!("without {}", study.region_name(id)), situation));
    std::iter::once(("normally".to_owned(), &forecast.normal))
        .chain(lost)
        .collect()
}

fn utilization(study: &Study, forecast: &Forecast) -> String {
    let columns = columns(study, forecast);
    let row = |id| {
        let name = std::iter::once(study.region_name(id).to_owned());
        let cells = columns.iter().map(|(name, situation)| {
            let is_down = *name == format!("without {}", study.region_name(id));
            let utilization = situation.utilization[id];
            match (is_down, utilization > 1.0) {
                (true, _) => "-".to_owned(),
                (false, true) => format!("{:.0} % !", utilization * 100.0),
                (false, false) => format!("{:.0} %", utilization * 100.0),
            }
        });
        name.chain(cells).collect()
    };
    table(&columns, study.fleet.regions.ids().map(row))
}

/// How busy each site of a back end is, or what it is asked for; and what caches keep from them.
fn backend_load(study: &Study, backends: &BackendsSpec, forecast: &Forecast) -> String {
    let fleet = &study.fleet;
    let columns = columns(study, forecast);
    let row = |(id, site): (SiteId, &SiteSpec)| {
        let name = std::iter::once(backends.name_of(id));
        let region = site.region.map(|region| study.region_name(region));
        let cells = columns.iter().map(|(name, situation)| {
            if region.is_some_and(|region| *name == format!("without {region}")) {
                return "-".to_owned();
            }
            let Some(load) = &situation.backends else {
                return String::new();
            };
            match load.utilization(fleet, id) {
                Some(utilization) if utilization > 1.0 => format!("{:.0} % !", utilization * 100.0),
                Some(utilization) => format!("{:.0} %", utilization * 100.0),
                None => format!("{:.0}/s", load.calls_per_s[id]),
            }
        });
        name.chain(cells).collect()
    };
    let mut text = table(&columns, backends.sites.entries().map(row));
    let ratios = forecast
        .normal
        .backends
        .iter()
        .flat_map(|load| load.hit_ratio.entries());
    for (region, ratio) in ratios {
        if let Some(ratio) = ratio {
            let name = study.region_name(region);
            let percent = ratio * 100.0;
            write!(
                text,
                "\n  `{name}` answers {percent:.0} % of that from its cache in the long run"
            )
            .expect("a string takes everything");
        }
    }
    text
}

fn round_trips(study: &Study, forecast: &Forecast) -> String {
    let columns = columns(study, forecast);
    let row = |id| {
        let name = std::iter::once(study.population_name(id).to_owned());
        let cells = columns.iter().map(|(_, situation)| {
            situation.rtt[id].map_or_else(|| "not served".to_owned(), seconds)
        });
        name.chain(cells).collect()
    };
    table(&columns, study.fleet.populations.ids().map(row))
}

/// A table with a row for every name; many columns are laid on their side.
fn table(columns: &[(String, &Situation)], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let heads = columns.iter().map(|(name, _)| name.replace(' ', "\n"));
    table.set_header(std::iter::once(String::new()).chain(heads));
    table.add_rows(rows);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let lines: Vec<String> = table
        .lines()
        .map(|line| format!(" {}", line.trim_end()))
        .collect();
    lines.join("\n")
}

fn detection(detection: &Detection) -> String {
    if detection.most.is_zero() {
        return "at once".to_owned();
    }
    format!(
        "after {} to {}, {} on average",
        seconds(detection.least),
        seconds(detection.most),
        seconds(detection.mean)
    )
}

fn seconds(length: SimDuration) -> String {
    show_duration(length.as_secs_f64())
}
