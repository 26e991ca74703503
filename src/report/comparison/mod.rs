//! What a comparison found, as a summary, tables, a text for the terminal and one for Markdown.

pub(in crate::report) mod cells;
mod rows;
mod summary;
mod timeline;
pub(in crate::report) mod words;

pub use summary::{ComparisonSummary, DifferenceSummary, OutageMark, VariantSummary};
pub use timeline::VariantRow;
pub use words::{changes, changes_markdown, markdown, text, verdicts};

use std::path::Path;

use crate::experiment::{Comparison, Variant, contrast};
use crate::report::folder::OutputFile;
use crate::report::provenance::Provenance;
use crate::report::table::{cell, name_of, to_csv};
use crate::report::tables::{self, ReadError, to_json};
use crate::report::{SUMMARY, TIMELINE, Tables, figures};

/// The tables of a comparison: what its text and its plots are made from.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparisonTables {
    /// `summary.json`.
    pub summary: ComparisonSummary,
    /// `timeline.csv`.
    pub timeline: Vec<VariantRow>,
}

impl ComparisonTables {
    /// The tables of a comparison of variants with these fingerprints.
    pub fn new(variants: &[Variant], sha256: &[String], comparison: &Comparison) -> Self {
        let results = variants.iter().zip(sha256).zip(&comparison.variants);
        let tables: Vec<Tables> = results
            .map(|((variant, sha256), one)| Tables::new(&variant.study, &one.result, sha256))
            .collect();
        let summaries: Vec<_> = tables.iter().map(|tables| &tables.summary).collect();
        let named = variants
            .iter()
            .map(|variant| variant.name.as_str())
            .zip(&tables);
        Self {
            summary: ComparisonSummary::new(comparison, &summaries),
            timeline: timelines(named),
        }
    }

    /// Finished results beside each other, held against one of them.
    pub fn of_results(names: &[String], results: &[&Tables], baseline: usize) -> Self {
        let summaries: Vec<_> = results.iter().map(|tables| &tables.summary).collect();
        let figures: Vec<_> = summaries
            .iter()
            .map(|s| figures::read(&s.figures))
            .collect();
        let contrast = contrast(&figures, baseline);
        let named = names
            .iter()
            .map(String::as_str)
            .zip(results.iter().copied());
        Self {
            summary: ComparisonSummary::unpaired((names, &summaries), (&contrast, baseline)),
            timeline: timelines(named),
        }
    }

    /// Reads the tables of a comparison's folder back.
    ///
    /// # Errors
    /// If a file is missing, of another version, or not what gatefleet writes.
    pub fn read(folder: &Path) -> Result<Self, ReadError> {
        let mut timeline: Vec<VariantRow> = tables::read_csv(&folder.join(TIMELINE))?;
        for row in &mut timeline {
            row.variant = name_of(&row.variant).to_owned();
        }
        Ok(Self {
            summary: tables::read_summary(&folder.join(SUMMARY))?,
            timeline,
        })
    }

    /// The files of the tables.
    pub(super) fn table_files(&self, provenance: &Provenance) -> Vec<OutputFile> {
        let file = |path, bytes| OutputFile { path, bytes };
        let mut timeline = self.timeline.clone();
        for row in &mut timeline {
            row.variant = cell(&row.variant);
        }
        vec![
            file(SUMMARY, to_json(&self.summary)),
            file("comparison.csv", to_csv(&rows::rows(&self.summary))),
            file(TIMELINE, to_csv(&timeline)),
            file("comparison.md", markdown(&self.summary).into_bytes()),
            file("run.json", to_json(provenance)),
        ]
    }

    /// The rows of the timeline of a variant.
    pub(super) fn timeline_of(&self, variant: &str) -> Vec<&VariantRow> {
        let rows = self.timeline.iter();
        rows.filter(|row| row.variant == variant).collect()
    }
}

fn timelines<'t>(variants: impl Iterator<Item = (&'t str, &'t Tables)>) -> Vec<VariantRow> {
    let rows = variants.flat_map(|(name, tables)| timeline::rows(name, &tables.timeline));
    rows.collect()
}
