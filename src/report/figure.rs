//! One figure of a summary: a mean over replications with its interval.

use serde::{Deserialize, Serialize};

use crate::experiment::Milestone;
use crate::report::number::{Range, rounded};
use crate::stats::Estimate;

/// A mean over replications with its 95 % interval.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Figure {
    /// The mean; `null` if there was nothing to measure.
    pub mean: Option<f64>,
    /// The ends of the interval; `null` below five replications.
    pub ci95: Option<[f64; 2]>,
}

/// A point that some replications reached.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Reached {
    /// The mean time to it; `null` if no replication reached it.
    pub mean: Option<f64>,
    /// The ends of the interval.
    pub ci95: Option<[f64; 2]>,
    /// How many replications reached it.
    pub reached: u32,
}

impl Figure {
    /// An estimate, rounded, its interval cut to what the quantity can be.
    pub(super) fn new(estimate: Option<&Estimate>, range: Range) -> Self {
        let Some(estimate) = estimate else {
            return Self::default();
        };
        let ends = estimate.low().zip(estimate.high());
        Self {
            mean: Some(rounded(estimate.mean)),
            ci95: ends.map(|(low, high)| [low, high].map(|end| rounded(range.clamp(end)))),
        }
    }

    /// The interval's lower end.
    pub(super) fn low(&self) -> Option<f64> {
        self.ci95.map(|[low, _]| low)
    }

    /// The interval's upper end.
    pub(super) fn high(&self) -> Option<f64> {
        self.ci95.map(|[_, high]| high)
    }
}

impl Reached {
    pub(super) fn new(milestone: Option<&Milestone>) -> Self {
        let figure = Figure::new(milestone.map(|m| &m.time_s), Range::Positive);
        Self {
            mean: figure.mean,
            ci95: figure.ci95,
            reached: milestone.map_or(0, |m| m.reached),
        }
    }

    /// The time as a figure.
    pub(super) fn figure(&self) -> Figure {
        Figure {
            mean: self.mean,
            ci95: self.ci95,
        }
    }
}
