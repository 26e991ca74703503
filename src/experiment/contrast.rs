//! Finished results beside each other: differences of what was measured apart.
//!
//! What this is not: a comparison on the same traffic. Of results only estimates are left, so
//! their differences have the wider intervals of independent samples; results that shared their
//! random numbers differ less by chance than these intervals say.

use crate::experiment::compare::efficient;
use crate::experiment::{Figures, Metric};
use crate::stats::{Estimate, Side, unpaired};

/// What finished results have more or less than one of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Contrast {
    /// Of each result, in the order of [`Metric::ALL`], what it has more than the baseline; of the
    /// baseline itself none. The intervals of one metric hold together at 95 %.
    pub differences: Vec<[Option<Estimate>; Metric::ALL.len()]>,
    /// Of each result, whether no other is better in one of availability, 99th percentile of
    /// latency and cost without being worse in another.
    pub is_efficient: Vec<bool>,
}

/// Holds results against one of them.
///
/// # Panics
/// If there is no such result.
pub fn contrast(results: &[Figures], baseline: usize) -> Contrast {
    let comparisons = results.len() - 1;
    let side = |index: usize, metric: Metric| {
        let figures = &results[index];
        let estimate = *figures.get(metric)?;
        let count = figures.reached(metric);
        Some(Side { estimate, count })
    };
    let difference = |index: usize, metric: Metric| {
        let (one, other) = (side(index, metric)?, side(baseline, metric)?);
        (index != baseline).then(|| unpaired(&one, &other, comparisons))
    };
    let indices = 0..results.len();
    Contrast {
        differences: indices
            .map(|index| Metric::ALL.map(|metric| difference(index, metric)))
            .collect(),
        is_efficient: efficient(results),
    }
}
