//! Runs a study, and single replications of it.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use crate::experiment::estimate::{estimates, is_precise};
use crate::experiment::schedule::{self, Bundles, Ended, Failed, Runs};
use crate::experiment::{PointResult, Study, StudyResult};
use crate::metrics::{Recorder, Replication};
use crate::model::{self, Saturation};
use crate::random::StreamSeed;

/// How the outside world accompanies a study.
pub trait Companion: Sync {
    /// A replication has finished.
    fn replication_finished(&self) {}

    /// More replications are to be run than were known of: what there is is not enough.
    fn replications_added(&self, _count: u64) {}

    /// A point of a sweep has ended.
    fn point_finished(&self, _point: usize, _result: &PointResult) {}

    /// Whether no further replication is to be begun.
    fn is_interrupted(&self) -> bool {
        false
    }
}

/// Nobody accompanies the study.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alone;

impl Companion for Alone {}

/// Why a study has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StudyError {
    /// More requests waited than a run may hold.
    Saturated {
        /// In which replication, counted from 0.
        replication: u32,
        /// Where and when.
        saturation: Saturation,
    },
    /// It was interrupted before any replication had finished.
    Interrupted,
    /// The system gives no threads; its reason.
    Threads(String),
}

impl fmt::Display for StudyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Saturated {
                replication,
                saturation: Saturation { region, at },
            } => write!(
                f,
                "replication {replication}: too many requests wait in region {region:?} at {} s \
                 of the run",
                at.as_secs_f64()
            ),
            Self::Interrupted => write!(f, "interrupted before any replication had finished"),
            Self::Threads(reason) => write!(f, "cannot start threads: {reason}"),
        }
    }
}

impl std::error::Error for StudyError {}

/// A replication that has run.
pub(super) struct Finished {
    pub(super) replication: Replication,
    pub(super) events: u64,
}

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

/// Threads to simulate on.
pub(super) fn pool(threads: Option<usize>) -> Result<rayon::ThreadPool, StudyError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.unwrap_or(0))
        .build()
        .map_err(|error| StudyError::Threads(error.to_string()))
}

/// Runs one replication of a study.
pub(super) fn replicate(study: &Study, index: u32) -> Result<Finished, StudyError> {
    let seed = StreamSeed {
        seed: study.run.seed,
        replication: index.into(),
    };
    let recorder = Recorder::new(&study.fleet, study.run.window);
    let run = model::run(&study.fleet, seed, recorder);
    match run.saturation {
        Some(saturation) => Err(StudyError::Saturated {
            replication: index,
            saturation,
        }),
        None => Ok(Finished {
            replication: run.observer.finish(),
            events: run.events,
        }),
    }
}
