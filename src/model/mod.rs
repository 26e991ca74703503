//! The fleet.
pub mod health;
pub mod outcome;
pub mod routing;
pub mod spec;

pub use health::Health;
pub use outcome::{Blame, Cause, Outcome};
pub use spec::*;
