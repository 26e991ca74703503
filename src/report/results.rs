//! What a results folder holds: the tables of a run, a comparison or a sweep, and their pictures.

use std::path::Path;

use crate::report::folder::OutputFile;
use crate::report::plot::{self, PlotError};
use crate::report::tables::{self, ReadError};
use crate::report::{
    ComparisonTables, Plots, Provenance, SUMMARY, SweepSummary, Tables, html, sweep,
};

/// What a results folder holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Results {
    /// What `run` has written.
    Run(Box<Tables>),
    /// What `compare` has written.
    Comparison(ComparisonTables),
    /// What `sweep` has written.
    Sweep(SweepSummary),
}

impl Results {
    /// Reads a results folder back.
    ///
    /// # Errors
    /// If a file is missing, of another version, or not what gatefleet writes, or the folder is
    /// replaced meanwhile.
    pub fn read(folder: &Path) -> Result<Self, ReadError> {
        tables::undisturbed(folder, || {
            Ok(match tables::kind(folder)?.as_str() {
                "comparison" => Self::Comparison(ComparisonTables::read(folder)?),
                "sweep" => Self::Sweep(tables::read_summary(&folder.join(SUMMARY))?),
                _ => Self::Run(Box::new(Tables::read(folder)?)),
            })
        })
    }

    /// Draws all its pictures, and writes its report.
    ///
    /// # Errors
    /// If the drawing library refuses, which no known input makes it do.
    pub fn draw(&self, provenance: &Provenance) -> Result<Vec<OutputFile>, PlotError> {
        let (mut files, report) = match self {
            Self::Run(tables) => (plot::draw_all(tables)?, html::run(tables, provenance)),
            Self::Comparison(tables) => (
                plot::draw_comparison(tables)?,
                html::comparison(tables, provenance),
            ),
            Self::Sweep(summary) => (plot::draw_sweep(summary)?, html::sweep(summary, provenance)),
        };
        files.push(report);
        Ok(files)
    }
}

impl ComparisonTables {
    /// The files of the results folder.
    ///
    /// # Errors
    /// If a plot cannot be drawn.
    pub fn files(
        &self,
        provenance: &Provenance,
        plots: Plots,
    ) -> Result<Vec<OutputFile>, PlotError> {
        let mut files = self.table_files(provenance);
        if plots == Plots::Drawn {
            files.extend(plot::draw_comparison(self)?);
            files.push(html::comparison(self, provenance));
        }
        Ok(files)
    }
}

/// The files of a sweep's results folder.
///
/// # Errors
/// If a plot cannot be drawn.
pub fn sweep_files(
    summary: &SweepSummary,
    provenance: &Provenance,
    plots: Plots,
) -> Result<Vec<OutputFile>, PlotError> {
    let mut files = sweep::files(summary, provenance);
    if plots == Plots::Drawn {
        files.extend(plot::draw_sweep(summary)?);
        files.push(html::sweep(summary, provenance));
    }
    Ok(files)
}
