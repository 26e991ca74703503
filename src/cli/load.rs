//! From the path of a scenario to a checked study.

use std::ffi::OsStr;
use std::io::Read as _;
use std::path::Path;

use crate::cli::exit_status::Failure;
use crate::cli::terminal::Terminal;
use crate::scenario::{self, Checked, LENGTH_MAX, Override, Source};

/// Reads and checks a scenario file.
pub(super) fn load(path: &Path, overrides: &[Override]) -> Result<(Source, Checked), Failure> {
    let source = source(path)?;
    let checked = check(&source, overrides)?;
    Ok((source, checked))
}

/// Reads a scenario file.
pub(super) fn source(path: &Path) -> Result<Source, Failure> {
    Ok(Source {
        name: path.display().to_string(),
        text: read(path)?,
        folder: path.parent().map(Path::to_owned).unwrap_or_default(),
    })
}

/// Checks a scenario.
pub(super) fn check(source: &Source, overrides: &[Override]) -> Result<Checked, Failure> {
    scenario::read(source, overrides).map_err(|diagnostics| Failure::wrong(diagnostics.to_string()))
}

/// What results of a scenario file are called.
pub(super) fn stem(path: &Path) -> &OsStr {
    path.file_stem().unwrap_or(path.as_os_str())
}

/// Parses the values of `--set`.
pub(super) fn overrides(texts: &[String]) -> Result<Vec<Override>, Failure> {
    let parsed = texts.iter().map(|text| Override::parse(text));
    parsed.collect::<Result<_, _>>().map_err(Failure::wrong)
}

/// Shows the warnings about a scenario.
pub(super) fn warn(checked: &Checked, terminal: &mut Terminal) {
    for warning in &checked.warnings {
        terminal.warn(&warning.to_string());
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    let name = path.display();
    if path.is_dir() {
        return Err(Failure::wrong(format!(
            "`{name}` is a directory; name a scenario file in it"
        )));
    }
    let mut bytes = Vec::new();
    let limit = u64::try_from(LENGTH_MAX).expect("a file size") + 1;
    std::fs::File::open(path)
        .and_then(|file| file.take(limit).read_to_end(&mut bytes))
        .map_err(|error| unreadable(path, &error))?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.split(|&byte| byte == b'\n').count();
        Failure::wrong(format!(
            "{name}:{line}: error: this is not UTF-8 text; save the scenario as UTF-8"
        ))
    })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let name = path.display();
    if error.kind() == std::io::ErrorKind::NotFound {
        return Failure::wrong(format!(
            "`{name}` does not exist; `gatefleet init` writes a scenario to start from"
        ));
    }
    Failure::wrong(format!("cannot read `{name}`: {error}"))
}
