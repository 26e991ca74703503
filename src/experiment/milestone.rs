//! When something was reached, over replications that may or may not get there.

use crate::stats::Estimate;

/// A point that some replications reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Milestone {
    /// Time to it in seconds, over the replications that reached it.
    pub time_s: Estimate,
    /// How many replications reached it.
    pub reached: u32,
}
