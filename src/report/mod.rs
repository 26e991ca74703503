//! Results as text, tables, pictures and files.
//!
//! What this layer is not: it finds no new numbers, it shows what `experiment` found. Writers
//! return bytes or text; [`folder`] is the one place that writes files.

mod backend_summary;
mod chance_summary;
mod chance_table;
mod comparison;
mod config_summary;
mod figure;
mod figures;
mod flow_table;
pub mod folder;
mod format;
mod grid_text;
mod html;
mod junit;
mod long_form;
mod markdown;
mod metric_text;
mod named;
mod number;
mod openmetrics;
mod operation_table;
mod outage_names;
mod outage_summary;
mod outage_table;
pub mod plot;
mod precision;
mod printable;
mod promise;
mod provenance;
mod region_summary;
mod results;
mod rollout_table;
mod scene;
mod summary;
mod sweep;
mod table;
mod tables;
mod text;

pub use backend_summary::{CallerSummary, SiteSummary};
pub use chance_summary::*;
pub use chance_table::{HazardRow, MonthRow};
pub use comparison::{
    ComparisonSummary, ComparisonTables, DifferenceSummary, OutageMark, VariantRow, VariantSummary,
    changes as comparison_changes, changes_markdown as comparison_changes_markdown,
    markdown as comparison_markdown, text as comparison_text, verdicts,
};
pub use config_summary::*;
pub use figure::{Figure, Reached};
pub use flow_table::FlowRow;
pub use folder::OutputFile;
pub use html::REPORT;
pub use junit::{Suite, junit};
pub use long_form::SummaryRow;
pub use markdown::run_markdown;
pub use named::Named;
pub use openmetrics::openmetrics;
pub use operation_table::OperationRow;
pub use outage_summary::{OutageSummary, PagingSummary};
pub use outage_table::OutageRow;
pub use plot::PlotError;
pub use precision::PrecisionSummary;
pub use promise::By;
pub use provenance::{DataSource, Provenance};
pub use region_summary::RegionSummary;
pub use results::{Results, sweep_files};
pub use rollout_table::RolloutRow;
pub use scene::{Scene, Site, Topic};
pub use summary::*;
pub use sweep::{
    AxisSummary, KneeSummary, NoteError, NumbersSummary, PointObjective, PointSummary,
    SaturatedSummary, SweepNotes, SweepSummary, markdown as sweep_markdown, text as sweep_text,
};
pub use table::{FailureRow, LatencyRow, TimelineRow};
pub use tables::{ReadError, Tables};
pub use text::summary as summary_text;

/// The file of every figure.
const SUMMARY: &str = "summary.json";
/// The file of what happened window by window.
const TIMELINE: &str = "timeline.csv";

/// The file of the verdicts for a pull request.
const MARKDOWN: &str = "summary.md";
/// The file of the verdicts for build servers.
const JUNIT: &str = "junit.xml";

/// A summary as indented JSON, as it is in its file.
pub fn json(summary: &impl serde::Serialize) -> String {
    String::from_utf8(tables::to_json(summary)).expect("JSON is a text")
}

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
    let file = |path, bytes| OutputFile { path, bytes };
    let mut files = tables.files();
    files.extend([
        file(MARKDOWN, run_markdown(&tables.summary).into_bytes()),
        file(JUNIT, junit(&[Suite::of_run(&tables.summary)]).into_bytes()),
        file("run.json", tables::to_json(provenance)),
    ]);
    if plots == Plots::Drawn {
        files.extend(plot::draw_all(tables)?);
        files.push(html::run(tables, provenance));
    }
    Ok(files)
}
