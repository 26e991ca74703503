//! A figure for every metric: what points, variants and results are compared by.

use crate::experiment::Metric;
use crate::experiment::mean::{count, mean};
use crate::metrics::Replication;
use crate::stats::Estimate;

/// An estimate for every metric, over the replications that have it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// In the order of [`Metric::ALL`].
    pub estimates: [Option<Estimate>; Metric::ALL.len()],
    /// How many replications have it, in the same order.
    pub reached: [u32; Metric::ALL.len()],
}

impl Figures {
    /// The figures of some replications.
    pub(super) fn of(replications: &[Replication]) -> Self {
        Self {
            estimates: Metric::ALL.map(|metric| mean(replications, |run| metric.of(run))),
            reached: Metric::ALL.map(|metric| count(replications, |run| metric.of(run).is_some())),
        }
    }

    /// The estimate of a metric; `None` if no replication has it.
    pub fn get(&self, metric: Metric) -> Option<&Estimate> {
        self.estimates[metric as usize].as_ref()
    }

    /// How many replications have a metric.
    pub fn reached(&self, metric: Metric) -> u32 {
        self.reached[metric as usize]
    }
}
