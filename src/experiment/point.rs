//! What is kept of a point of a sweep.

use crate::experiment::{Figures, Objective};
use crate::stats::Estimate;

/// What was found at a point.
#[derive(Clone, Debug, PartialEq)]
pub enum PointResult {
    /// Its figures.
    Measured(Box<Measured>),
    /// More requests waited than a run may hold: there are no figures.
    Saturated {
        /// The region in which they waited.
        region: String,
        /// When, from the start of the measured period, in seconds; negative in the warm-up.
        at_s: f64,
        /// Whether there are objectives, which it then misses.
        has_objectives: bool,
    },
}

/// The figures of a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// How many replications they are of.
    pub replications: u32,
    /// Events handled, over all replications.
    pub events: u64,
    /// Whether figures are known as well as the study asks for; so if it does not ask.
    pub is_precise: bool,
    /// What was measured.
    pub figures: Figures,
    /// Each objective, in the order of the file.
    pub objectives: Vec<ObjectiveVerdict>,
}

/// An objective at a point.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectiveVerdict {
    /// What was promised.
    pub objective: Objective,
    /// What was measured, in the objective's unit.
    pub measured: Option<Estimate>,
    /// Whether the promise is kept.
    pub verdict: Verdict,
}

/// Whether objectives are met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// One is missed, by the whole of its 95 % interval.
    Missed,
    /// One may be met or not: its interval holds both, or there is none.
    Unsure,
    /// All are met, by the whole of their intervals.
    Kept,
}

impl PointResult {
    /// Whether objectives are met, if there are any: the worst of all. A queue without end meets
    /// none.
    pub fn verdict(&self) -> Option<Verdict> {
        match self {
            Self::Measured(measured) => measured.objectives.iter().map(|o| o.verdict).min(),
            Self::Saturated { has_objectives, .. } => has_objectives.then_some(Verdict::Missed),
        }
    }
}
