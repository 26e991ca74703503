//! Which variants a comparison is of, from the words of the command line.

use crate::cli::args::CompareArguments;
use crate::cli::exit_status::Failure;
use crate::scenario::Alternative;

/// What is compared of each scenario: strategies if some are named, else the scenario as written;
/// then the variants.
pub(super) fn alternatives(arguments: &CompareArguments) -> Result<Vec<Alternative>, Failure> {
    let mut alternatives = match &arguments.strategies {
        Some(text) => Alternative::strategies(text).map_err(Failure::wrong)?,
        None => vec![Alternative::as_written()],
    };
    for text in &arguments.variants {
        alternatives.push(Alternative::variant(text).map_err(Failure::wrong)?);
    }
    Ok(alternatives)
}

/// What a variant is called among those of several scenarios, or of one.
pub(super) fn full_name(scenario: &str, alternative: &Alternative, is_alone: bool) -> String {
    match (alternative.name.as_str(), is_alone) {
        ("", _) => scenario.to_owned(),
        (name, true) => name.to_owned(),
        (name, false) => format!("{scenario}/{name}"),
    }
}
