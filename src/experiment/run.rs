//! Runs a study alone.

use crate::experiment::estimate::{estimates, is_precise};
use crate::experiment::replicate::Runs;
use crate::experiment::together::run_together;
use crate::experiment::{Companion, Study, StudyError, StudyResult};

/// Runs a study on `threads` threads, or on as many as the machine has cores if there is no
/// number. After an interrupt the result holds the replications that had finished.
///
/// # Errors
/// If a run saturates, nothing finished before an interrupt, or no threads are to be had.
pub fn run(
    study: &Study,
    threads: Option<usize>,
    companion: &dyn Companion,
) -> Result<StudyResult, StudyError> {
    let is_enough = |runs: &[Runs]| is_precise(study, &runs[0].replications);
    let runs = run_together(&[study], &is_enough, (threads, companion));
    let runs = runs.map_err(|failed| failed.error)?;
    Ok(estimates(study, &runs[0]))
}
