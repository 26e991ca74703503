//! `run.json`: where results come from.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::report::scene::Scene;
use crate::report::tables::{self, ReadError};

/// How a results folder came to be. Unlike the tables, it differs from run to run.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Provenance {
    /// The version of gatefleet.
    pub gatefleet: String,
    /// The words of the command line.
    pub command: Vec<String>,
    /// The text of the scenario.
    pub scenario: String,
    /// The fingerprint of the scenario, of what the command line changed, and of the data.
    pub sha256: String,
    /// The files that the scenario names.
    pub data: Vec<DataSource>,
    /// What was simulated, in words: one for every variant of a comparison.
    #[serde(default)]
    pub scenes: Vec<Scene>,
    /// The seed of all streams.
    pub seed: u64,
    /// Threads that simulated.
    pub threads: usize,
    /// Time that the simulation took, in seconds.
    pub wall_time_s: f64,
    /// Events handled.
    pub events: u64,
    /// Events handled per second.
    pub events_per_s: f64,
}

impl Provenance {
    /// Reads the provenance of a results folder.
    ///
    /// # Errors
    /// If it is missing, or not what gatefleet writes.
    pub fn read(folder: &Path) -> Result<Self, ReadError> {
        tables::read_json(&folder.join("run.json"), "the provenance of results")
    }
}

/// A file that a scenario names.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct DataSource {
    /// Its path, as the scenario says it.
    pub name: String,
    /// The fingerprint of its bytes.
    pub sha256: String,
}
