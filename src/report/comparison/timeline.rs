//! `timeline.csv` of a comparison: a row a variant and window, of all clients together.

use serde::{Deserialize, Serialize};

use crate::report::TimelineRow;

/// A row of a comparison's `timeline.csv`. Counts are means per replication.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct VariantRow {
    /// The variant.
    pub variant: String,
    /// When the window starts.
    pub time_s: f64,
    /// Requests offered that started in the window.
    pub offered: Option<f64>,
    /// Requests that succeeded.
    pub succeeded: Option<f64>,
    /// Attempts sent in the window.
    pub attempts: Option<f64>,
    /// Succeeded / offered.
    pub availability: Option<f64>,
    /// The lower end of its interval.
    pub availability_ci95_low: Option<f64>,
    /// The upper end of its interval.
    pub availability_ci95_high: Option<f64>,
    /// Median latency of successes.
    pub p50_s: Option<f64>,
    /// 99th percentile of the latency of successes.
    pub p99_s: Option<f64>,
    /// The lower end of its interval.
    pub p99_ci95_low_s: Option<f64>,
    /// The upper end of its interval.
    pub p99_ci95_high_s: Option<f64>,
}

/// The rows of a variant, of all that its own timeline has.
pub(super) fn rows(variant: &str, timeline: &[TimelineRow]) -> Vec<VariantRow> {
    let fleet = timeline.iter().filter(|row| row.scope == "fleet");
    let row = |row: &TimelineRow| VariantRow {
        variant: variant.to_owned(),
        time_s: row.time_s,
        offered: row.offered,
        succeeded: row.succeeded,
        attempts: row.attempts,
        availability: row.availability,
        availability_ci95_low: row.availability_ci95_low,
        availability_ci95_high: row.availability_ci95_high,
        p50_s: row.p50_s,
        p99_s: row.p99_s,
        p99_ci95_low_s: row.p99_ci95_low_s,
        p99_ci95_high_s: row.p99_ci95_high_s,
    };
    fleet.map(row).collect()
}
