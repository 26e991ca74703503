//! Estimates, histograms, series over time, and the closed forms of queueing theory.
//!
//! What this layer is not: it knows no simulation and no randomness.

mod estimate;

pub use estimate::{Estimate, REPLICATIONS_FOR_INTERVAL, t_quantile_975};
