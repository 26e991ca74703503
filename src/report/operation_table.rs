//! `operations.csv`: what became of each operation on the fleet.

use serde::{Deserialize, Serialize};

use crate::report::config_summary::OperationSummary;
use crate::report::summary::Summary;
use crate::report::table::cell;

/// A row of `operations.csv`. Counts are of replications.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct OperationRow {
    /// What it does.
    pub operation: String,
    /// To which region.
    pub region: String,
    /// When it is ordered, from the start of the measured period.
    pub at_s: f64,
    /// The management plane did not accept it.
    pub refused_count: u32,
    /// The management plane went down before it was done.
    pub aborted_count: u32,
    /// It took effect.
    pub done_count: u32,
    /// From its order to its effect.
    pub time_to_effect_s: Option<f64>,
    /// Lower end of its interval.
    pub time_to_effect_ci95_low_s: Option<f64>,
    /// Upper end of its interval.
    pub time_to_effect_ci95_high_s: Option<f64>,
    /// Failed requests per replication, because it took the region away, or its address.
    pub requests_failed: Option<f64>,
    /// Lower end of its interval.
    pub requests_failed_ci95_low: Option<f64>,
    /// Upper end of its interval.
    pub requests_failed_ci95_high: Option<f64>,
}

/// The rows of `operations.csv`.
pub(super) fn rows(summary: &Summary) -> Vec<OperationRow> {
    summary.operations.iter().map(row).collect()
}

fn row(operation: &OperationSummary) -> OperationRow {
    let effect = operation.time_to_effect_s.figure();
    OperationRow {
        operation: operation.operation.clone(),
        region: cell(&operation.region),
        at_s: operation.at_s,
        refused_count: operation.refused,
        aborted_count: operation.aborted,
        done_count: operation.done,
        time_to_effect_s: effect.mean,
        time_to_effect_ci95_low_s: effect.low(),
        time_to_effect_ci95_high_s: effect.high(),
        requests_failed: operation.requests_failed.mean,
        requests_failed_ci95_low: operation.requests_failed.low(),
        requests_failed_ci95_high: operation.requests_failed.high(),
    }
}
