//! Quantities as types, and the text people write for them.
//!
//! A length of time cannot be added to a rate, a point in time is not a length, and a
//! region's number cannot index the populations. What this layer is not: it knows no word
//! of the domain (no region, no request), draws nothing at random and never fails except
//! while reading text.

mod id;
mod rate;
mod ratio;
pub mod text;
mod time;

pub use id::{Id, IdMap};
pub use rate::Rate;
pub use ratio::Ratio;
pub use time::{SimDuration, SimTime};
