//! What is kept of a point of a sweep.

use crate::experiment::Figures;

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
    /// Whether objectives are met, if there are any.
    pub verdict: Option<Verdict>,
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
    /// Whether objectives are met, if there are any; a region without end to its queue meets none.
    pub fn verdict(&self) -> Option<Verdict> {
        match self {
            Self::Measured(measured) => measured.verdict,
            Self::Saturated { .. } => Some(Verdict::Missed),
        }
    }
}
