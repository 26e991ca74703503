//! Latencies, from a histogram to the figures of a replication.

use crate::metrics::replication::{LatencyRecord, QUANTILES};
use crate::stats::Histogram;

/// The figures of a histogram.
pub(super) fn record(histogram: &Histogram) -> LatencyRecord {
    LatencyRecord {
        count: histogram.count(),
        mean_s: histogram.mean_s(),
        quantiles_s: QUANTILES.map(|quantile| histogram.quantile_s(quantile)),
    }
}

/// All histograms in one.
pub(super) fn merged<'h>(histograms: impl IntoIterator<Item = &'h Histogram>) -> Histogram {
    let mut all = Histogram::new();
    for histogram in histograms {
        all.merge(histogram);
    }
    all
}
