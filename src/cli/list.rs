//! `gatefleet list`: what a scenario can name.

use comfy_table::{Table, presets};

use crate::cli::args::{ListArguments, Topic};
use crate::cli::exit_status::Status;
use crate::cli::terminal::Terminal;
use crate::scenario::{
    Listed, azure, distributions, operations, outage_kinds, strategies, templates,
};

/// Prints one list, or says which there are.
pub(super) fn execute(arguments: &ListArguments, terminal: &mut Terminal) -> Status {
    let text = match arguments.topic {
        None => {
            "gatefleet list regions | templates | strategies | distributions | outages | operations"
                .into()
        }
        Some(Topic::Regions) => regions(),
        Some(Topic::Templates) => table(
            templates()
                .iter()
                .map(|template| [template.name, template.doc].map(str::to_owned)),
        ),
        Some(Topic::Strategies) => listed(strategies()),
        Some(Topic::Distributions) => listed(distributions()),
        Some(Topic::Outages) => listed(outage_kinds()),
        Some(Topic::Operations) => listed(operations()),
    };
    terminal.say(&text);
    Status::Done
}

fn regions() -> String {
    let row = |region: &azure::AzureRegion| {
        let place = region.coordinates.map_or_else(
            || "no coordinates".to_owned(),
            |[latitude, longitude]| format!("{latitude:.2}, {longitude:.2}"),
        );
        let zones = if region.has_zones { "zones" } else { "" };
        let texts = [
            &region.name,
            &region.display_name,
            &region.location,
            &place,
            zones,
        ];
        texts.map(str::to_owned)
    };
    format!(
        "{}\n\n{}",
        table(azure::regions().iter().map(row)),
        azure::SOURCE
    )
}

fn listed(items: Vec<Listed>) -> String {
    let rows = items.into_iter();
    table(rows.map(|item| [item.syntax, item.doc.to_owned()]))
}

fn table<const N: usize>(rows: impl Iterator<Item = [String; N]>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.add_rows(rows);
    let lines: Vec<String> = table
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect();
    lines.join("\n")
}
