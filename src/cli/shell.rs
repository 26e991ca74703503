//! What shells and editors want to know: completions, the manual page, the schema.

use clap::CommandFactory as _;

use crate::cli::args::{Arguments, SchemaFormat};
use crate::cli::exit_status::{Failure, Status};
use crate::cli::terminal::Terminal;
use crate::scenario;

/// Prints a completion script.
pub(super) fn completions(shell: clap_complete::Shell, terminal: &mut Terminal) -> Status {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "gatefleet", &mut script);
    terminal.print(&String::from_utf8_lossy(&script));
    Status::Done
}

/// Prints the manual page, all commands in one.
pub(super) fn man(terminal: &mut Terminal) -> Result<Status, Failure> {
    let mut command = Arguments::command();
    command.build();
    let mut page = Vec::new();
    let subcommands = command.get_subcommands().cloned().collect::<Vec<_>>();
    for command in std::iter::once(command).chain(subcommands) {
        clap_mangen::Man::new(command)
            .render(&mut page)
            .map_err(|error| Failure::failed(format!("cannot write the manual: {error}")))?;
    }
    terminal.print(&String::from_utf8_lossy(&page));
    Ok(Status::Done)
}

/// Prints the keys of the scenario file.
pub(super) fn schema(format: SchemaFormat, terminal: &mut Terminal) -> Result<Status, Failure> {
    if let SchemaFormat::Markdown = format {
        terminal.print(&scenario::reference());
        return Ok(Status::Done);
    }
    let schema = serde_json::to_string_pretty(&scenario::schema())
        .map_err(|error| Failure::failed(format!("cannot write the schema: {error}")))?;
    terminal.say(&schema);
    Ok(Status::Done)
}
