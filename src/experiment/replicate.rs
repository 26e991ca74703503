//! One replication of a study, and several in order.

use std::fmt;

use crate::experiment::Study;
use crate::metrics::{Recorder, Replication};
use crate::model::{self, Fate, Saturation};
use crate::random::StreamSeed;

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
    /// More outages came by chance than a run may have.
    Struck {
        /// In which replication, counted from 0.
        replication: u32,
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
                saturation: Saturation { region, at, .. },
            } => write!(
                f,
                "replication {replication}: too many requests wait in region {region:?} at {} s \
                 of the run",
                at.as_secs_f64()
            ),
            Self::Struck { replication } => write!(
                f,
                "replication {replication}: more outages came by chance than a run may have; write \
                 an `mtbf` with a lighter tail"
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

/// Replications of a study, in order.
#[derive(Clone, Default)]
pub(super) struct Runs {
    pub(super) replications: Vec<Replication>,
    /// The events of all.
    pub(super) events: u64,
    /// How many there would be without an interrupt.
    pub(super) planned: u32,
}

impl Runs {
    pub(super) fn extend(&mut self, finished: Option<Finished>) {
        if let Some(Finished {
            replication,
            events,
        }) = finished
        {
            self.replications.push(replication);
            self.events += events;
        }
    }
}

/// Most threads that are begun: more than any one machine is known to have use for.
const THREADS_MAX: usize = 256;

/// Threads to simulate on.
pub(super) fn pool(threads: Option<usize>) -> Result<rayon::ThreadPool, StudyError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.unwrap_or(0).min(THREADS_MAX))
        .build()
        .map_err(|error| StudyError::Threads(error.to_string()))
}

/// Runs one replication of a study.
pub(super) fn replicate(study: &Study, index: u32) -> Result<Finished, StudyError> {
    let seed = StreamSeed {
        seed: study.run.seed,
        replication: index.into(),
    };
    let fate = Fate::draw(&study.fleet, seed);
    if fate.is_cut_off {
        return Err(StudyError::Struck { replication: index });
    }
    let recorder = Recorder::for_fate(&study.fleet, &fate, study.run.window);
    let run = model::run(&fate.fleet, seed, recorder);
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
