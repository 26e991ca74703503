//! What comparisons have in common, of scenarios and of finished results.

use std::path::{Path, PathBuf};

use crate::cli::args::{CompareArguments, Format};
use crate::cli::exit_status::Failure;
use crate::cli::load;
use crate::cli::simulation::{extent, plots};
use crate::cli::terminal::Terminal;
use crate::report::folder::Claim;
use crate::report::{
    self, ComparisonSummary, ComparisonTables, Provenance, Results, Suite, Tables,
};

/// The place of the baseline among variants with these names.
pub(super) fn baseline(arguments: &CompareArguments, names: &[String]) -> Result<usize, Failure> {
    let Some(name) = &arguments.baseline else {
        return Ok(0);
    };
    let found = names.iter().position(|other| other == name);
    found.ok_or_else(|| {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        Failure::wrong(format!(
            "`--baseline {name}` is no variant; write one of {}",
            names.join(", ")
        ))
    })
}

/// Where the comparison is written.
pub(super) fn results_folder(arguments: &CompareArguments) -> PathBuf {
    arguments.out.clone().unwrap_or_else(|| {
        let first = &arguments.scenarios[0];
        // The name of a folder may have a dot.
        let stem = if first.is_dir() {
            first.file_name().unwrap_or(first.as_os_str())
        } else {
            load::stem(first)
        };
        let stem = stem.to_string_lossy();
        Path::new("results").join(format!("compare-{stem}"))
    })
}

/// Writes the results folder, and says where it is.
pub(super) fn write(
    arguments: &CompareArguments,
    (tables, provenance): (&ComparisonTables, &Provenance),
    claim: &Claim,
) -> Result<PathBuf, Failure> {
    let files = tables.files(provenance, plots(arguments.shown.no_plots))?;
    Ok(claim.write(&files, extent(tables.summary.complete))?)
}

/// Prints the comparison.
pub(super) fn show(
    arguments: &CompareArguments,
    summary: &ComparisonSummary,
    terminal: &mut Terminal,
) {
    let shown = &arguments.shown;
    let results = match shown.format {
        Format::Text => report::comparison_text(summary),
        Format::Markdown => report::comparison_markdown(summary),
        Format::Json => report::json(summary),
        Format::Junit => report::junit(&Suite::of_comparison(summary)),
    };
    terminal.show(&results, shown);
}

/// Warns of results whose numbers are of another version than those of the baseline.
pub(super) fn warn_of_numbers<'n>(
    (baseline, numbers): (&str, u32),
    others: impl IntoIterator<Item = (&'n str, u32)>,
    terminal: &mut Terminal,
) {
    for (name, other) in others.into_iter().filter(|&(_, other)| other != numbers) {
        terminal.warn(&format!(
            "`{name}` has numbers of version {other}, `{baseline}` of version {numbers}: part of what \
             differs may be gatefleet's own change; run the older scenario again to know"
        ));
    }
}

/// Results of `run` with the name of their folder.
pub(super) fn read(folder: &Path) -> Result<(String, Tables), Failure> {
    let name = folder.display();
    let results = Results::read(folder).map_err(|error| Failure::wrong(error.to_string()))?;
    let Results::Run(tables) = results else {
        return Err(Failure::wrong(format!(
            "`{name}` is of a comparison or a sweep; name a folder that `gatefleet run` has written"
        )));
    };
    if tables.summary.figures.0.is_empty() {
        return Err(Failure::wrong(format!(
            "`{name}` was written by a version that did not keep what results are compared by; \
             run its scenario again"
        )));
    }
    Ok((name.to_string(), *tables))
}
