//! Who simulates what next: the replications of many studies on a few threads.
//!
//! Studies that belong together form a bundle: they have the same random numbers and are run
//! equally often. Replications are handed out one at a time, bundle by bundle, in a bundle by their
//! numbers. The next bundle is opened when those before have nothing to hand out, so no thread
//! idles while anything is left to do, and only bundles that are worked on are in memory. When all
//! replications of a look are there the bundle decides, by those alone and in their order, whether
//! they are enough: so neither the number of threads nor who finishes first can change a result.

use std::borrow::Cow;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::experiment::replicate::{Finished, Runs, pool, replicate};
use crate::experiment::{Companion, Study, StudyError};

/// What is to be run.
pub(super) trait Bundles: Sync {
    /// How many bundles there are.
    fn count(&self) -> usize;

    /// The studies of a bundle, at least one; all with the same seed and replications.
    fn open(&self, index: usize) -> Vec<Cow<'_, Study>>;

    /// Whether the replications of a look are enough.
    fn is_enough(&self, studies: &[Cow<'_, Study>], runs: &[Runs]) -> bool;

    /// A bundle has ended: on any thread, and in any order.
    fn close(&self, ended: Ended<'_>);
}

/// A bundle that has ended.
pub(super) struct Ended<'a> {
    /// Which.
    pub(super) index: usize,
    /// Its studies.
    pub(super) studies: Arc<[Cow<'a, Study>]>,
    /// What each has run: the same replications of all.
    pub(super) outcome: Result<Vec<Runs>, Failed>,
}

/// Why a bundle failed.
pub(super) struct Failed {
    /// Which of its studies did.
    pub(super) study: usize,
    pub(super) error: StudyError,
}

/// Runs all bundles on `threads` threads, or on as many as the machine has cores if there is no
/// number. After an interrupt those that were worked on end with what all their studies had
/// finished, and the others do not begin.
pub(super) fn run(
    bundles: &dyn Bundles,
    (threads, companion): (Option<usize>, &dyn Companion),
) -> Result<(), StudyError> {
    let schedule = Schedule {
        bundles,
        companion,
        state: Mutex::default(),
        changed: Condvar::new(),
    };
    pool(threads)?.broadcast(|_| schedule.work());
    let state = schedule.state.into_inner();
    let state = state.unwrap_or_else(PoisonError::into_inner);
    for bundle in state.open {
        bundles.close(bundle.end());
    }
    Ok(())
}

struct Schedule<'a> {
    bundles: &'a dyn Bundles,
    companion: &'a dyn Companion,
    state: Mutex<State<'a>>,
    /// Something was finished, or nothing more will be.
    changed: Condvar,
}

#[derive(Default)]
struct State<'a> {
    /// Bundles that are worked on, in order.
    open: Vec<Bundle<'a>>,
    /// How many were opened.
    opened: usize,
    /// Whether nothing more is to be begun.
    is_stopped: bool,
}

/// A bundle that is worked on.
struct Bundle<'a> {
    index: usize,
    studies: Arc<[Cow<'a, Study>]>,
    /// What earlier looks saw, of each study.
    runs: Vec<Runs>,
    /// What the next look waits for: by replication, and then by study.
    batch: Vec<Option<Finished>>,
    /// How many of the batch were handed out.
    handed: usize,
    /// Of these, those that are not back.
    missing: usize,
    /// What went wrong first, in the order of the batch.
    failure: Option<(usize, StudyError)>,
}

/// A replication that is to be run.
struct Job<'a> {
    bundle: usize,
    studies: Arc<[Cow<'a, Study>]>,
    /// Its place in the batch.
    place: usize,
    study: usize,
    replication: u32,
}

/// Wakes those who wait if a thread dies: what they wait for will not come.
struct Alarm<'s, 'a>(&'s Schedule<'a>);

impl Drop for Alarm<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.lock().is_stopped = true;
            self.0.changed.notify_all();
        }
    }
}

impl<'a> Schedule<'a> {
    /// What each thread does until nothing is left.
    fn work(&self) {
        let _alarm = Alarm(self);
        while let Some(job) = self.take() {
            let outcome = replicate(&job.studies[job.study], job.replication);
            self.companion.replication_finished();
            let ended = self.give_back(&job, outcome);
            if let Some(ended) = ended {
                self.bundles.close(ended);
            }
        }
    }

    fn take(&self) -> Option<Job<'a>> {
        let mut state = self.lock();
        loop {
            state.is_stopped |= self.companion.is_interrupted();
            if state.is_stopped {
                return None;
            }
            if let Some(job) = state.open.iter_mut().find_map(Bundle::hand_out) {
                return Some(job);
            }
            if state.opened < self.bundles.count() {
                let index = state.opened;
                state.opened += 1;
                state
                    .open
                    .push(Bundle::new(index, self.bundles.open(index)));
            } else if state.open.is_empty() {
                return None;
            } else {
                // Others are at work on what a look waits for.
                let waited = self.changed.wait(state);
                state = waited.unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    /// Books a replication; the bundle if that was its last one.
    fn give_back(&self, job: &Job<'_>, outcome: Result<Finished, StudyError>) -> Option<Ended<'a>> {
        let mut state = self.lock();
        let position = state.open.iter().position(|b| b.index == job.bundle);
        let position = position.expect("a bundle is open until all is back");
        let bundle = &mut state.open[position];
        bundle.book(job, outcome);
        let mut ended = None;
        if bundle.is_batch_over() {
            bundle.collect();
            if bundle.is_last_look(self.bundles) {
                ended = Some(state.open.remove(position).end());
            } else {
                let added = bundle.extend();
                self.companion.replications_added(added);
            }
        }
        self.changed.notify_all();
        ended
    }

    fn lock(&self) -> MutexGuard<'_, State<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Bundle<'a> {
    fn new(index: usize, studies: Vec<Cow<'a, Study>>) -> Self {
        let run = |study: &Study| (study.run.seed, study.run.replications.clone());
        let first = run(&studies[0]);
        assert!(
            studies.iter().all(|study| run(study) == first),
            "pairs share their seed"
        );
        let mut bundle = Self {
            index,
            runs: vec![Runs::default(); studies.len()],
            studies: studies.into(),
            batch: Vec::new(),
            handed: 0,
            missing: 0,
            failure: None,
        };
        bundle.plan(first.1.least());
        bundle
    }

    /// Begins a batch that ends at so many replications.
    fn plan(&mut self, count: u32) {
        let done = self.runs[0].replications.len();
        let size = (count as usize - done) * self.studies.len();
        self.batch = std::iter::repeat_with(|| None).take(size).collect();
        self.handed = 0;
        for runs in &mut self.runs {
            runs.planned = count;
        }
    }

    fn hand_out(&mut self) -> Option<Job<'a>> {
        let place = self.handed;
        if place == self.batch.len() || self.failure.is_some() {
            return None;
        }
        self.handed += 1;
        self.missing += 1;
        let replication = self.runs[0].replications.len() + place / self.studies.len();
        Some(Job {
            bundle: self.index,
            study: place % self.studies.len(),
            studies: Arc::clone(&self.studies),
            place,
            replication: u32::try_from(replication).expect("asked for as a u32"),
        })
    }

    fn book(&mut self, job: &Job<'_>, outcome: Result<Finished, StudyError>) {
        self.missing -= 1;
        match outcome {
            Ok(finished) => self.batch[job.place] = Some(finished),
            // All that come before it were handed out before it: the first is the same always.
            Err(error) if self.failure.as_ref().is_none_or(|(at, _)| job.place < *at) => {
                self.failure = Some((job.place, error));
            }
            Err(_) => {}
        }
    }

    /// Whether nothing of the batch is out or to be handed out.
    fn is_batch_over(&self) -> bool {
        let is_handed_out = self.handed == self.batch.len() || self.failure.is_some();
        self.missing == 0 && is_handed_out
    }

    /// Moves those of the batch that all studies have finished to the runs.
    fn collect(&mut self) {
        let mut batch = std::mem::take(&mut self.batch);
        for replication in batch.chunks_mut(self.studies.len()) {
            if replication.iter().all(Option::is_some) {
                for (runs, finished) in self.runs.iter_mut().zip(replication) {
                    runs.extend(finished.take());
                }
            }
        }
        self.handed = 0;
    }

    fn is_last_look(&self, bundles: &dyn Bundles) -> bool {
        let most = self.studies[0].run.replications.most();
        self.failure.is_some()
            || self.runs[0].planned == most
            || bundles.is_enough(&self.studies, &self.runs)
    }

    /// Plans for the next look; how many replications that adds.
    fn extend(&mut self) -> u64 {
        let planned = self.runs[0].planned;
        self.plan(self.studies[0].run.replications.after(planned));
        self.batch.len() as u64
    }

    fn end(mut self) -> Ended<'a> {
        self.collect();
        let failed = |(place, error)| Failed {
            study: place % self.studies.len(),
            error,
        };
        Ended {
            index: self.index,
            outcome: self.failure.map(failed).map_or(Ok(self.runs), Err),
            studies: self.studies,
        }
    }
}
