//! `gatefleet init`: writes a scenario to start from.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::cli::args::InitArguments;
use crate::cli::exit_status::{Failure, Status};
use crate::cli::terminal::Terminal;
use crate::scenario::templates;

/// Writes the template, never over an existing file.
pub(super) fn execute(
    arguments: &InitArguments,
    terminal: &mut Terminal,
) -> Result<Status, Failure> {
    let template = templates()
        .iter()
        .find(|template| template.name == arguments.template)
        .ok_or_else(|| unknown(&arguments.template))?;
    let default = PathBuf::from(format!("{}.yaml", template.name));
    let path = arguments.output.as_deref().unwrap_or(&default);
    if path == Path::new("-") {
        terminal.print(template.text);
        return Ok(Status::Done);
    }
    write_new(path, template.text)?;
    let name = path.display();
    terminal.say(&format!(
        "wrote {name}; now: gatefleet check {name} && gatefleet run {name}"
    ));
    Ok(Status::Done)
}

fn unknown(name: &str) -> Failure {
    let names: Vec<&str> = templates().iter().map(|template| template.name).collect();
    Failure::wrong(format!(
        "there is no template `{name}`; choose one of {}",
        names.join(", ")
    ))
}

fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let name = path.display();
    let mut file = File::create_new(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::wrong(format!(
            "`{name}` exists already; name another file with `-o`"
        )),
        _ => Failure::failed(format!("cannot write `{name}`: {error}")),
    })?;
    file.write_all(text.as_bytes()).map_err(|error| {
        // A part of a scenario must not pass for one.
        let _ = std::fs::remove_file(path);
        Failure::failed(format!("cannot write `{name}`: {error}"))
    })
}
