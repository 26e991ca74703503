//! The scenario file: from text to a checked study, or to everything that is wrong with it.
//!
//! One door, [`read`]. Behind it the text becomes a tree with positions (`tree`), overrides are
//! put into the tree, and each section is read by the table of its keys (`keys`) and checked
//! (`check`). The same tables make the JSON [`schema()`] and the lists of what can be named. What
//! this layer is not: it simulates nothing, reads no file but those that a scenario
//! names, prints nothing, and holds no default
//! that the schema does not show.

mod alternative;
mod arrivals;
pub mod azure;
mod backoff;
mod call;
mod check;
mod data;
mod diagnostic;
mod distribution;
mod fields;
mod fingerprint;
mod keys;
mod list;
mod overrides;
mod rate;
mod rate_file;
mod reference;
mod rehearsal;
mod report;
mod schema;
mod suggest;
mod table;
mod templates;
mod tree;
mod vary;
mod warnings;

pub use alternative::Alternative;
pub use check::SweepBlock;
pub use diagnostic::{Diagnostic, Diagnostics, Excerpt, Place, Severity};
pub use fingerprint::{DataFile, fingerprint};
pub use list::{Listed, distributions, operations, outage_kinds, strategies};
pub use overrides::Override;
pub use reference::reference;
pub use schema::schema;
pub use templates::{Template, templates};
pub use vary::{POINTS_MAX, vary};

use std::path::PathBuf;

use crate::experiment::Study;
use crate::scenario::data::Data;
use crate::scenario::report::{Origin, Report};
use crate::scenario::tree::{Node, Value};

/// The longest scenario that is read, in bytes: a thousand regions fit into less.
pub const LENGTH_MAX: usize = 1 << 20;

/// A scenario as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What errors call it: usually the file's path.
    pub name: String,
    /// The YAML (or JSON).
    pub text: String,
    /// What paths in it are relative to: usually the file's folder. Empty: the current directory.
    pub folder: PathBuf,
}

/// A scenario that can be run.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What is to be run.
    pub study: Study,
    /// Where each population is, latitude and longitude in degrees, if that is known.
    pub places: Vec<Option<[f64; 2]>>,
    /// What is probably not meant, in the order of the file.
    pub warnings: Vec<Diagnostic>,
    /// The files that the scenario names, in the order of their names.
    pub data: Vec<DataFile>,
    /// What `sweep` is to vary, if the scenario says so.
    pub sweep: Option<SweepBlock>,
}

/// Reads a scenario, with parts of it replaced.
///
/// # Errors
/// If it cannot be run as written; every problem is listed, warnings aside.
///
/// # Example
/// ```
/// use gatefleet::scenario::{Override, Source, read};
///
/// let source = Source {
///     name: "one.yaml".into(),
///     folder: ".".into(),
///     text: "regions: {eastus: {units: 1}}\nclients: {all: {near: eastus, rate: 90}}\n".into(),
/// };
/// let refused = read(&source, &[]).expect_err("a rate needs its unit");
/// assert!(refused.to_string().contains("`90` has no unit; write `90/s`"));
///
/// let set = Override::parse("clients.all.rate=90/s").expect("a path and a value");
/// assert_eq!(read(&source, &[set]).expect("now it has one").study.fleet.regions.len(), 1);
/// ```
pub fn read(source: &Source, overrides: &[Override]) -> Result<Checked, Diagnostics> {
    let report = Report::default();
    let data = Data::new(&source.folder);
    let located = parse(source, &report).and_then(|mut root| {
        overrides::apply(&mut root, overrides, &report);
        check::check(&root, &data, &report)
    });
    let located = located.filter(|_| report.is_clean());
    if let Some(located) = &located {
        warnings::warn(located, &report);
    }
    let diagnostics = diagnostics(report, (source, overrides));
    match located {
        Some(located) => Ok(Checked {
            study: located.study,
            places: located.places,
            warnings: diagnostics,
            data: data.into_files(),
            sweep: located.sweep.map(|(block, _)| block),
        }),
        None => Err(Diagnostics::new(diagnostics)),
    }
}

/// Tries the values of the `sweep` block of a scenario, each alone: those of a block that is not
/// looked at need not fit.
///
/// # Errors
/// If a value cannot be put into the scenario; each is told at its place in the file.
pub fn rehearse(source: &Source, overrides: &[Override]) -> Result<(), Diagnostics> {
    let report = Report::default();
    let data = Data::new(&source.folder);
    if let Some(mut root) = parse(source, &report) {
        overrides::apply(&mut root, overrides, &report);
        let located = check::check(&root, &data, &report);
        if let Some((block, origins)) = located.and_then(|located| located.sweep) {
            rehearsal::sweep(&root, (&block, &origins), (&data, &report));
        }
    }
    if report.is_clean() {
        return Ok(());
    }
    Err(Diagnostics::new(diagnostics(report, (source, overrides))))
}

/// What was found, blamed on lines of the source or on options as one would type them.
fn diagnostics(report: Report, (source, overrides): (&Source, &[Override])) -> Vec<Diagnostic> {
    let options = overrides.iter().map(|set| format!("{} {set}", set.option));
    let options: Vec<String> = options.collect();
    report.into_diagnostics(source, &options)
}

fn parse(source: &Source, report: &Report) -> Option<Node> {
    let length = source.text.len();
    if length > LENGTH_MAX {
        report.error(
            &Origin::Whole,
            format!("the scenario is {length} bytes long"),
            format!("write at most {LENGTH_MAX} bytes"),
        );
        return None;
    }
    match tree::parse(&source.text) {
        Ok(Node {
            value: Value::Null, ..
        }) => {
            report.error(
                &Origin::Whole,
                "the scenario is empty",
                "`gatefleet init` writes a starter",
            );
            None
        }
        Ok(root) => Some(root),
        Err(error) => {
            let origin = Origin::Span {
                start: error.start,
                length: 1,
            };
            let advice = "check the indentation, brackets and quotes up to here";
            report.error(
                &origin,
                format!("this is not YAML: {}", error.message),
                advice,
            );
            None
        }
    }
}
