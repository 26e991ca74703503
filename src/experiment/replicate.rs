//! Runs the replications of a study, in parallel and in order.
//!
//! Replications are independent and are merged in the order of their numbers, so results depend
//! neither on the number of threads nor on who finishes first.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;

use crate::experiment::estimate::estimates;
use crate::experiment::{Study, StudyResult};
use crate::metrics::{Recorder, Replication};
use crate::model::{self, Saturation};
use crate::random::StreamSeed;

/// How the outside world accompanies a study.
pub trait Companion: Sync {
    /// A replication has finished.
    fn replication_finished(&self) {}

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
    replication: Replication,
    events: u64,
}

/// Replications that have run, in order, and the events of all.
#[derive(Default)]
pub(super) struct Runs {
    pub(super) replications: Vec<Replication>,
    pub(super) events: u64,
}

impl FromIterator<Finished> for Runs {
    fn from_iter<I: IntoIterator<Item = Finished>>(finished: I) -> Self {
        let mut runs = Self::default();
        for run in finished {
            runs.replications.push(run.replication);
            runs.events += run.events;
        }
        runs
    }
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
    let outcomes = pool(threads)?.install(|| replicate_all(study, companion))?;
    let runs: Runs = outcomes.into_iter().flatten().collect();
    if runs.replications.is_empty() {
        return Err(StudyError::Interrupted);
    }
    Ok(estimates(study, &runs.replications, runs.events))
}

/// Threads to simulate on.
pub(super) fn pool(threads: Option<usize>) -> Result<rayon::ThreadPool, StudyError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.unwrap_or(0))
        .build()
        .map_err(|error| StudyError::Threads(error.to_string()))
}

/// All replications of a study in their order, on the pool that this is called on; those that an
/// interrupt came before are `None`.
pub(super) fn replicate_all(
    study: &Study,
    companion: &dyn Companion,
) -> Result<Vec<Option<Finished>>, StudyError> {
    // After a failure later replications need not run, earlier ones must: the first one in order
    // is reported, whoever finishes first.
    let first_failed = AtomicU32::new(u32::MAX);
    let replicate = |index: u32| {
        if companion.is_interrupted() || index > first_failed.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let finished = replicate(study, index).inspect_err(|_| {
            first_failed.fetch_min(index, Ordering::Relaxed);
        })?;
        companion.replication_finished();
        Ok(Some(finished))
    };
    let indices = 0..study.run.replications;
    let outcomes: Vec<Result<Option<Finished>, StudyError>> =
        indices.into_par_iter().map(replicate).collect();
    outcomes.into_iter().collect()
}

fn replicate(study: &Study, index: u32) -> Result<Finished, StudyError> {
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
