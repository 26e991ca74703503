//! All tables of a results folder, from a result or read back from the folder.

use std::fmt;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::experiment::{QUANTILES, Study, StudyResult};
use crate::report::chance_table::{self, MonthRow};
use crate::report::flow_table::{self, FlowRow};
use crate::report::folder::{self, OutputFile};
use crate::report::summary::{SCHEMA, Summary};
use crate::report::table::{
    FailureRow, LatencyRow, TimelineRow, cell, failure_rows, from_csv, latency_rows, name_of,
    timeline_rows, to_csv,
};
use crate::report::{SUMMARY, TIMELINE};
use crate::report::{long_form, operation_table, outage_table, rollout_table};

const LATENCY: &str = "latency.csv";
const FAILURES: &str = "failures.csv";
const MONTHS: &str = "months.csv";
const FLOWS: &str = "flows.csv";

/// The tables of a study: what its text and its plots are made from.
#[derive(Clone, Debug, PartialEq)]
pub struct Tables {
    /// `summary.json`.
    pub summary: Summary,
    /// `timeline.csv`.
    pub timeline: Vec<TimelineRow>,
    /// `latency.csv`.
    pub latency: Vec<LatencyRow>,
    /// `failures.csv`.
    pub failures: Vec<FailureRow>,
    /// `months.csv`, which is not written if there is no row.
    pub months: Vec<MonthRow>,
    /// `flows.csv`; empty if the results are of a version that did not write it.
    pub flows: Vec<FlowRow>,
}

/// Why a results folder could not be read.
#[derive(Debug)]
pub struct ReadError(String);

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ReadError {}

impl Tables {
    /// The tables of a result; `sha256` is the fingerprint of its scenario.
    pub fn new(study: &Study, result: &StudyResult, sha256: &str) -> Self {
        Self {
            summary: Summary::new(study, result, sha256),
            timeline: timeline_rows(study, result),
            latency: latency_rows(study, result),
            failures: failure_rows(result),
            months: chance_table::month_rows(result),
            flows: flow_table::rows(study, result),
        }
    }

    /// Reads the tables of a results folder back.
    ///
    /// # Errors
    /// If a file is missing, of another version, or not what gatefleet writes.
    pub fn read(folder: &Path) -> Result<Self, ReadError> {
        let summary: Summary = read_summary(&folder.join(SUMMARY))?;
        let mut timeline: Vec<TimelineRow> = read_csv(&folder.join(TIMELINE))?;
        let mut latency: Vec<LatencyRow> = read_csv(&folder.join(LATENCY))?;
        for name in timeline.iter_mut().map(|row| &mut row.name) {
            *name = name_of(name).to_owned();
        }
        for name in latency.iter_mut().map(|row| &mut row.name) {
            *name = name_of(name).to_owned();
        }
        let months = match &summary.months {
            Some(_) => read_csv(&folder.join(MONTHS))?,
            None => Vec::new(),
        };
        let tables = Self {
            months,
            summary,
            timeline,
            latency,
            failures: read_csv(&folder.join(FAILURES))?,
            flows: read_flows(&folder.join(FLOWS))?,
        };
        tables.check_whole(folder)?;
        Ok(tables)
    }

    /// Checks that no table lacks rows, as one does whose writing or copying was cut off.
    fn check_whole(&self, folder: &Path) -> Result<(), ReadError> {
        let summary = &self.summary;
        let (regions, clients) = (summary.regions.0.len(), summary.clients.0.len());
        let scopes = 1 + regions + clients + summary.backends.0.len();
        let end_s = self
            .timeline
            .last()
            .map(|row| row.time_s + summary.window_s);
        // Half a window is more than any rounding.
        let ends = end_s.is_some_and(|end_s| end_s + summary.window_s / 2.0 > summary.duration_s);
        let latency = QUANTILES.len() * ((1 + clients) * 4 + regions * 3);
        let failed: u64 = self.failures.iter().map(|row| row.count).sum();
        let months = summary.months.as_ref().map_or(0, |months| months.count);
        let tables = [
            (TIMELINE, ends && self.timeline.len().is_multiple_of(scopes)),
            (LATENCY, self.latency.len() == latency),
            (FAILURES, failed == summary.requests.failed),
            (MONTHS, self.months.len() == months),
        ];
        match tables.iter().find(|(_, is_whole)| !is_whole) {
            None => Ok(()),
            Some((name, _)) => Err(ReadError(format!(
                "`{}` does not have the rows that `{SUMMARY}` tells of; run the scenario again",
                folder.join(name).display()
            ))),
        }
    }

    /// The files of the tables.
    pub fn files(&self) -> Vec<OutputFile> {
        let file = |path, bytes| OutputFile { path, bytes };
        let mut timeline = self.timeline.clone();
        for name in timeline.iter_mut().map(|row| &mut row.name) {
            *name = cell(name);
        }
        let mut latency = self.latency.clone();
        for name in latency.iter_mut().map(|row| &mut row.name) {
            *name = cell(name);
        }
        let flows: Vec<FlowRow> = self.flows.iter().map(FlowRow::written).collect();
        let mut files = vec![
            file(SUMMARY, to_json(&self.summary)),
            file("summary.csv", to_csv(&long_form::rows(&self.summary))),
            file(TIMELINE, to_csv(&timeline)),
            file(LATENCY, to_csv(&latency)),
            file(FAILURES, to_csv(&self.failures)),
            file(FLOWS, to_csv(&flows)),
            file("outages.csv", to_csv(&outage_table::rows(&self.summary))),
        ];
        if !self.summary.outages_by_chance.is_empty() {
            let rows = chance_table::hazard_rows(&self.summary);
            files.push(file("outages_by_chance.csv", to_csv(&rows)));
        }
        if !self.months.is_empty() {
            files.push(file(MONTHS, to_csv(&self.months)));
        }
        if !self.summary.rollouts.is_empty() {
            let rows = rollout_table::rows(&self.summary);
            files.push(file("rollouts.csv", to_csv(&rows)));
        }
        if !self.summary.operations.is_empty() {
            let rows = operation_table::rows(&self.summary);
            files.push(file("operations.csv", to_csv(&rows)));
        }
        files
    }

    /// The rows of the timeline of one scope and name.
    pub fn timeline_of(&self, scope: &str, name: &str) -> Vec<&TimelineRow> {
        let rows = self.timeline.iter();
        rows.filter(|row| row.scope == scope && row.name == name)
            .collect()
    }
}

/// A value as indented JSON.
pub(super) fn to_json(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("plain data, its keys are strings");
    bytes.push(b'\n');
    bytes
}

/// Who went where, if that was written.
fn read_flows(path: &Path) -> Result<Vec<FlowRow>, ReadError> {
    if !folder::exists(path) {
        return Ok(Vec::new());
    }
    let rows: Vec<FlowRow> = read_csv(path)?;
    Ok(rows.into_iter().map(FlowRow::restored).collect())
}

fn read(path: &Path) -> Result<Vec<u8>, ReadError> {
    folder::read(path).map_err(|error| {
        ReadError(format!(
            "cannot read `{}`: {error}; name a results folder of gatefleet",
            path.display()
        ))
    })
}

/// What `reading` makes of a folder that nobody replaces meanwhile: its files are of one run.
pub(super) fn undisturbed<T>(
    folder: &Path,
    reading: impl FnOnce() -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    let path = folder.join(SUMMARY);
    let before = read(&path)?;
    let result = reading();
    if read(&path)? == before {
        return result;
    }
    Err(ReadError(format!(
        "`{}` was replaced while it was read; try again",
        folder.display()
    )))
}

/// What a results folder is of: its summary says `comparison` or `sweep`, or nothing if it is of
/// a run.
pub(super) fn kind(folder: &Path) -> Result<String, ReadError> {
    let value: serde_json::Value = read_summary(&folder.join(SUMMARY))?;
    Ok(value["kind"].as_str().unwrap_or_default().to_owned())
}

/// A summary of the version that is known.
pub(super) fn read_summary<S: DeserializeOwned>(path: &Path) -> Result<S, ReadError> {
    const WHAT: &str = "a summary of gatefleet";
    let bytes = read(path)?;
    let parsed = serde_json::from_slice(&bytes);
    let value: serde_json::Value = parsed.map_err(|error| broken(path, WHAT, &error))?;
    if value["schema"] != SCHEMA {
        return Err(ReadError(format!(
            "`{}` has the format `schema: {}`, and this version reads {SCHEMA}; run the scenario \
             again",
            path.display(),
            value["schema"]
        )));
    }
    // A value has forgotten the order of keys, which is that of the scenario.
    serde_json::from_slice(&bytes).map_err(|error| broken(path, WHAT, &error))
}

/// A JSON file; `what` it should be.
pub(super) fn read_json<T: DeserializeOwned>(path: &Path, what: &str) -> Result<T, ReadError> {
    serde_json::from_slice(&read(path)?).map_err(|error| broken(path, what, &error))
}

fn broken(path: &Path, what: &str, error: &serde_json::Error) -> ReadError {
    let name = path.display();
    ReadError(format!(
        "`{name}` is not {what}: {error}; run the scenario again"
    ))
}

pub(super) fn read_csv<R: DeserializeOwned>(path: &Path) -> Result<Vec<R>, ReadError> {
    from_csv(&read(path)?).map_err(|error| {
        let name = path.display();
        ReadError(format!(
            "`{name}` is not a table of gatefleet: {error}; run the scenario again"
        ))
    })
}
