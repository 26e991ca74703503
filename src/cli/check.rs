//! `gatefleet check`: is the scenario right, and what does arithmetic tell?

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};

use crate::cli::args::CheckArguments;
use crate::cli::exit_status::{Failure, Status};
use crate::cli::load;
use crate::cli::terminal::Terminal;
use crate::experiment::{Detection, Forecast, Situation, Study};
use crate::model::{ClientSpec, FleetSpec, PopulationSpec, Traffic};
use crate::scenario::Checked;
use crate::units::SimDuration;
use crate::units::text::{show_duration, show_rate};

/// Checks every scenario; shows all problems of all of them.
pub(super) fn execute(
    arguments: &CheckArguments,
    terminal: &mut Terminal,
) -> Result<Status, Failure> {
    let overrides = load::overrides(&arguments.overrides)?;
    let mut problems: Vec<String> = Vec::new();
    for path in &arguments.scenarios {
        match load::load(path, &overrides) {
            Ok((source, checked)) => {
                terminal.print(&forecast(&source.name, &checked));
                load::warn(&checked, terminal);
            }
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
        counted(study.run.replications as usize, "replication"),
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
    add(format!(
        "\nMean round trip\n{}",
        round_trips(study, &forecast)
    ));
    add(format!(
        "\nAn outage is detected\n  blackhole  {}\n  refuse     {}\nand drained after another {} \
         at most (the TTL)",
        detection(&forecast.detection_blackhole),
        detection(&forecast.detection_refuse),
        seconds(forecast.drain)
    ));
    add(format!("\nClients\n{}", clients(fleet).join("\n")));
    text
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
