//! `comparison.csv`: a row a variant and metric.

use serde::{Deserialize, Serialize};

use crate::report::comparison::summary::ComparisonSummary;
use crate::report::table::cell;

/// A row of `comparison.csv`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct ComparisonRow {
    variant: String,
    metric: String,
    mean: Option<f64>,
    ci95_low: Option<f64>,
    ci95_high: Option<f64>,
    /// What the variant has more than the baseline.
    difference: Option<f64>,
    difference_ci95_low: Option<f64>,
    difference_ci95_high: Option<f64>,
    significant: Option<bool>,
    pairs: Option<u32>,
    correlation: Option<f64>,
    variance_saved: Option<f64>,
    times_narrower: Option<f64>,
}

/// All rows.
pub(super) fn rows(summary: &ComparisonSummary) -> Vec<ComparisonRow> {
    let mut rows = Vec::new();
    for variant in &summary.variants {
        for (metric, reached) in variant.figures.iter() {
            let figure = reached.figure();
            let difference = variant.differences.get(metric);
            rows.push(ComparisonRow {
                variant: cell(&variant.name),
                metric: metric.to_owned(),
                mean: figure.mean,
                ci95_low: figure.low(),
                ci95_high: figure.high(),
                difference: difference.and_then(|d| d.mean),
                difference_ci95_low: difference.and_then(|d| d.ci95).map(|[low, _]| low),
                difference_ci95_high: difference.and_then(|d| d.ci95).map(|[_, high]| high),
                significant: difference.map(|d| d.significant),
                pairs: difference.map(|d| d.pairs),
                correlation: difference.and_then(|d| d.correlation),
                variance_saved: difference.and_then(|d| d.variance_saved),
                times_narrower: difference.and_then(|d| d.times_narrower),
            });
        }
    }
    rows
}
