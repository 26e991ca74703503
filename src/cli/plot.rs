//! `gatefleet plot`: draws the plots of a results folder again.

use crate::cli::args::PlotArguments;
use crate::cli::exit_status::{Failure, Status};
use crate::cli::terminal::Terminal;
use crate::report::{Provenance, Results, folder};

/// Draws from the tables in the folder, without simulating.
pub(super) fn execute(
    arguments: &PlotArguments,
    terminal: &mut Terminal,
) -> Result<Status, Failure> {
    let folder = &arguments.results;
    let read = || Results::read(folder).map_err(|error| Failure::wrong(error.to_string()));
    // What is no results folder is told so, before anybody claims it.
    read()?;
    let claim = folder::claim(folder)?;
    let results = read()?;
    let provenance = Provenance::read(folder).map_err(|error| Failure::wrong(error.to_string()))?;
    let files = results.draw(&provenance)?;
    claim.replace_files(&files)?;
    for file in &files {
        terminal.say(&folder.join(file.path).display().to_string());
    }
    Ok(Status::Done)
}
