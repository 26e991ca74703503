//! Results as text, tables, pictures and files.
//!
//! What this layer is not: it finds no new numbers, it shows what `experiment` found. Writers
//! return bytes or text; [`folder`] is the one place that writes files.

pub mod folder;
mod long_form;
mod named;
mod number;
mod outage_table;
pub mod plot;
mod printable;
mod provenance;
mod summary;
mod table;
mod tables;
mod text;

pub use folder::OutputFile;
pub use long_form::SummaryRow;
pub use named::Named;
pub use outage_table::OutageRow;
pub use plot::PlotError;
pub use provenance::Provenance;
pub use summary::*;
pub use table::{FailureRow, LatencyRow, TimelineRow};
pub use tables::{ReadError, Tables};
pub use text::summary as summary_text;

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// Whether plots are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plots {
    /// All of them, as SVG and PNG.
    Drawn,
    /// None.
    Omitted,
}

/// The files of a results folder.
///
/// # Errors
/// If a plot cannot be drawn.
pub fn files(
    tables: &Tables,
    provenance: &Provenance,
    plots: Plots,
) -> Result<Vec<OutputFile>, PlotError> {
    let mut files = tables.files();
    files.push(OutputFile {
        path: "run.json",
        bytes: tables::to_json(provenance),
    });
    if plots == Plots::Drawn {
        files.extend(plot::draw_all(tables)?);
    }
    Ok(files)
}

/// The fingerprint of a scenario: SHA-256, in hexadecimal, of its text and of each change that
/// the command line made to it.
pub fn fingerprint<'c>(scenario: &str, changes: impl IntoIterator<Item = &'c str>) -> String {
    let mut hash = Sha256::new();
    hash.update(scenario);
    for change in changes {
        hash.update("\n--set ");
        hash.update(change);
    }
    let mut hexadecimal = String::with_capacity(64);
    for byte in hash.finalize() {
        write!(hexadecimal, "{byte:02x}").expect("writing to a string cannot fail");
    }
    hexadecimal
}
