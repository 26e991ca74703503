//! Estimates, histograms, series over time, and the closed forms of queueing theory.
//!
//! What this layer is not: it knows no simulation and no randomness.

mod age;
mod estimate;
mod histogram;
mod paired;
pub mod queueing;
mod series;
mod unpaired;

pub use age::AgeSeries;
pub use estimate::{Estimate, REPLICATIONS_FOR_INTERVAL};
pub use histogram::{Count, Histogram};
pub use paired::Paired;
pub use series::{LevelSeries, Windows};
pub use unpaired::{Side, unpaired};
