//! Input that nobody would write, and scenarios that nobody has thought of.
//!
//! The fuzz targets in `fuzz/` use these very files (docs/fuzzing.md); what they once found is kept
//! in `tests/corpus` and tried again in every run of the tests.

pub(crate) mod choices;
pub(crate) mod exercise;
pub(crate) mod generate;
pub(crate) mod generate_parts;
#[cfg(test)]
mod kept;
