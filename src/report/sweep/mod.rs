//! What a sweep found, as a summary, a table, a text for the terminal and one for Markdown; and
//! the notes by which an interrupted sweep goes on.

mod notes;
mod rows;
mod summary;
pub(in crate::report) mod words;

pub use notes::{NoteError, SweepNotes};
pub use summary::{
    AxisSummary, KneeSummary, NumbersSummary, PointObjective, PointSummary, SaturatedSummary,
    SweepSummary,
};
pub use words::{markdown, text};

use crate::report::SUMMARY;
use crate::report::folder::OutputFile;
use crate::report::provenance::Provenance;
use crate::report::tables::to_json;

/// The files of a sweep's tables.
pub(super) fn files(summary: &SweepSummary, provenance: &Provenance) -> Vec<OutputFile> {
    let file = |path, bytes| OutputFile { path, bytes };
    vec![
        file(SUMMARY, to_json(summary)),
        file("sweep.csv", rows::to_csv(summary)),
        file("sweep.md", markdown(summary).into_bytes()),
        file("run.json", to_json(provenance)),
    ]
}
