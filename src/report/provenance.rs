//! `run.json`: where results come from.

use serde::{Deserialize, Serialize};

/// How a results folder came to be. Unlike the tables, it differs from run to run.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Provenance {
    /// The version of gatefleet.
    pub gatefleet: String,
    /// The words of the command line.
    pub command: Vec<String>,
    /// The text of the scenario.
    pub scenario: String,
    /// The fingerprint of the scenario and of what the command line changed.
    pub sha256: String,
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
