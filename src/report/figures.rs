//! The figures that results are compared by, as results hold them.

use crate::experiment::{Figures, Metric};
use crate::report::figure::{Figure, Reached};
use crate::report::named::Named;
use crate::report::number::Range;
use crate::stats::Estimate;

/// Each figure by its name, with the number of replications that have it.
pub(super) fn summarized(figures: &Figures) -> Named<Reached> {
    let reached = |metric: Metric| {
        let figure = Figure::new(figures.get(metric), range(metric));
        let reached = Reached {
            mean: figure.mean,
            ci95: figure.ci95,
            reached: figures.reached(metric),
        };
        (metric.name().to_owned(), reached)
    };
    Metric::ALL.into_iter().map(reached).collect()
}

/// The figure of a metric.
pub(super) fn figure(figures: &Named<Reached>, metric: Metric) -> Figure {
    let reached = figures.get(metric.name());
    reached.map(Reached::figure).unwrap_or_default()
}

/// The figures that a summary holds.
pub(super) fn read(figures: &Named<Reached>) -> Figures {
    let reached = |metric: Metric| figures.get(metric.name()).copied().unwrap_or_default();
    let estimate = |metric| {
        let Reached { mean, ci95, .. } = reached(metric);
        let mean = mean?;
        // An interval may have been cut at the end of what the quantity can be.
        let half_width = ci95.map(|[low, high]| (mean - low).max(high - mean));
        Some(Estimate { mean, half_width })
    };
    Figures {
        estimates: Metric::ALL.map(estimate),
        reached: Metric::ALL.map(|metric| reached(metric).reached),
    }
}

/// What a metric can be at all.
pub(super) fn range(metric: Metric) -> Range {
    match metric {
        Metric::Availability => Range::Share,
        _ => Range::Positive,
    }
}
