//! Studies that are run together: on the same random numbers, and equally often.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use crate::experiment::replicate::Runs;
use crate::experiment::schedule::{self, Bundles, Ended, Failed};
use crate::experiment::{Companion, Study, StudyError};

/// Runs studies in pairs: the replications that all have finished, at least one.
pub(super) fn run_together(
    studies: &[&Study],
    is_enough: &(dyn Fn(&[Runs]) -> bool + Sync),
    by: (Option<usize>, &dyn Companion),
) -> Result<Vec<Runs>, Failed> {
    let together = Together {
        studies,
        is_enough,
        outcome: Mutex::new(None),
    };
    let nowhere = |error| Failed { study: 0, error };
    schedule::run(&together, by).map_err(nowhere)?;
    let outcome = together.outcome.into_inner();
    let outcome = outcome.unwrap_or_else(PoisonError::into_inner);
    match outcome {
        Some(Ok(runs)) if runs[0].replications.is_empty() => Err(nowhere(StudyError::Interrupted)),
        Some(outcome) => outcome,
        None => Err(nowhere(StudyError::Interrupted)),
    }
}

/// Studies that make the only bundle.
struct Together<'a> {
    studies: &'a [&'a Study],
    is_enough: &'a (dyn Fn(&[Runs]) -> bool + Sync),
    outcome: Mutex<Option<Result<Vec<Runs>, Failed>>>,
}

impl Bundles for Together<'_> {
    fn count(&self) -> usize {
        1
    }

    fn open(&self, _index: usize) -> Vec<Cow<'_, Study>> {
        let studies = self.studies.iter();
        studies.map(|study| Cow::Borrowed(*study)).collect()
    }

    fn is_enough(&self, _studies: &[Cow<'_, Study>], runs: &[Runs]) -> bool {
        (self.is_enough)(runs)
    }

    fn close(&self, ended: Ended<'_>) {
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        *outcome = Some(ended.outcome);
    }
}
