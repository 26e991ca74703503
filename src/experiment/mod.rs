//! Running a study.
mod forecast;
mod result;
mod study;

pub use forecast::{Detection, Forecast, Situation};
pub use result::*;
pub use study::{Objective, RunSpec, Study};
