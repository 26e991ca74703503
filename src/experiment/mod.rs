//! Running a study.
mod result;
mod study;

pub use result::*;
pub use study::{Objective, RunSpec, Study};
