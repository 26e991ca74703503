//! Running a study: replications in parallel, estimates with intervals, and what arithmetic
//! tells beforehand.
//!
//! What this layer is not: it knows no file and no format, and its results depend neither on the
//! number of threads nor on the order in which they finish.

mod estimate;
mod forecast;
pub mod forecast_config;
mod replicate;
mod result;
mod study;

pub use crate::metrics::QUANTILES;
pub use forecast::{Detection, Forecast, Situation};
pub use replicate::{Alone, Companion, StudyError, run};
pub use result::*;
pub use study::{Objective, RunSpec, Study};
