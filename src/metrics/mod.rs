//! Watching a run.
mod phase;

pub use phase::{Phase, Phases};
