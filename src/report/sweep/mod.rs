//! What a sweep found, as a summary, a table, a text for the terminal and one for Markdown; and
//! the notes by which an interrupted sweep goes on.

mod notes;
mod rows;
mod summary;
mod words;

pub use notes::{NoteError, SweepNotes};
pub use summary::{
    AxisSummary, KneeSummary, NumbersSummary, PointSummary, SaturatedSummary, SweepSummary,
};
pub use words::{markdown, text};

use crate::report::folder::OutputFile;
use crate::report::plot::{self, PlotError};
use crate::report::provenance::Provenance;
use crate::report::tables::to_json;
use crate::report::{Plots, SUMMARY};

/// The files of a sweep's results folder.
///
/// # Errors
/// If a plot cannot be drawn.
pub fn files(
    summary: &SweepSummary,
    provenance: &Provenance,
    plots: Plots,
) -> Result<Vec<OutputFile>, PlotError> {
    let file = |path, bytes| OutputFile { path, bytes };
    let mut files = vec![
        file(SUMMARY, to_json(summary)),
        file("sweep.csv", rows::to_csv(summary)),
        file("sweep.md", markdown(summary).into_bytes()),
        file("run.json", to_json(provenance)),
    ];
    if plots == Plots::Drawn {
        files.extend(plot::draw_sweep(summary)?);
    }
    Ok(files)
}
