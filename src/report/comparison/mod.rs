//! What a comparison found, as a summary, a table, a text for the terminal and one for Markdown.

mod cells;
mod rows;
mod summary;
mod words;

pub use summary::{ComparisonSummary, DifferenceSummary, VariantSummary};
pub use words::{markdown, text, verdicts};

use crate::report::folder::OutputFile;
use crate::report::provenance::Provenance;
use crate::report::table::to_csv;
use crate::report::tables::to_json;

/// The files of a comparison's results folder.
pub fn files(summary: &ComparisonSummary, provenance: &Provenance) -> Vec<OutputFile> {
    let file = |path, bytes| OutputFile { path, bytes };
    vec![
        file("summary.json", to_json(summary)),
        file("comparison.csv", to_csv(&rows::rows(summary))),
        file("comparison.md", markdown(summary).into_bytes()),
        file("run.json", to_json(provenance)),
    ]
}
