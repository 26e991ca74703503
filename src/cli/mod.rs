//! The command line: the only layer that prints, reads the environment or the clock.
//!
//! What it is not: it computes nothing. A command reads its arguments, lets the layers below
//! work, and turns what they say into text, files and an exit status.

mod args;
mod budget;
mod check;
mod compare;
mod comparing;
mod contrast;
mod exit_status;
mod explain;
mod grid;
mod init;
mod interrupt;
mod list;
mod load;
mod notes;
mod plot;
mod run;
mod shell;
mod simulation;
mod sweep;
mod terminal;
mod variants;
mod watcher;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::args::{Arguments, Command};
use crate::cli::exit_status::{Failure, Status};
use crate::cli::terminal::Terminal;

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let mut terminal = Terminal::of_process();
    execute(std::env::args_os(), &mut terminal).into()
}

/// Runs the command `words` (the first is the program's name) and says how it ended.
fn execute(words: impl IntoIterator<Item = OsString>, terminal: &mut Terminal) -> Status {
    let outcome = match Arguments::try_parse_from(words) {
        Ok(arguments) => command(arguments.command, terminal),
        Err(error) => {
            let status = terminal.show_usage(&error);
            return terminal.end(status);
        }
    };
    let status = outcome.unwrap_or_else(|failure| {
        terminal.say_error(&failure.message);
        failure.status
    });
    terminal.end(status)
}

fn command(command: Command, terminal: &mut Terminal) -> Result<Status, Failure> {
    match command {
        Command::Init(arguments) => init::execute(&arguments, terminal),
        Command::Check(arguments) => check::execute(&arguments, terminal),
        Command::Run(arguments) => run::execute(&arguments, terminal),
        Command::Compare(arguments) => compare::execute(&arguments, terminal),
        Command::Sweep(arguments) => sweep::execute(&arguments, terminal),
        Command::Plot(arguments) => plot::execute(&arguments, terminal),
        Command::List(arguments) => Ok(list::execute(&arguments, terminal)),
        Command::Schema { format } => shell::schema(format, terminal),
        Command::Completions { shell } => Ok(shell::completions(shell, terminal)),
        Command::Man => shell::man(terminal),
    }
}
