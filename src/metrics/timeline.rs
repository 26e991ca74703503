//! Requests by the window and by the phase of their start.
//!
//! What becomes of the requests of a window is gathered in one place for each population, until all of
//! them have ended. Then the place is reduced to the figures of the window, and booked with the window's
//! phase. So memory grows with the windows by a few words each, and nearly every request is booked once.

use std::collections::VecDeque;

use crate::metrics::latency;
use crate::metrics::ledger::Ledger;
use crate::metrics::phase::{Phase, Phases};
use crate::metrics::replication::WindowRecord;
use crate::metrics::window_finder::WindowFinder;
use crate::model::{Blame, Census, Hit, Outcome, PopulationId, PopulationSpec, RequestEnd};
use crate::stats::{Histogram, Windows};
use crate::units::{IdMap, SimTime};

/// Requests by window, phase and population.
#[derive(Clone, Debug)]
pub(super) struct Timeline {
    finder: WindowFinder,
    phases: Phases,
    /// The phase of each window, if it does not change within.
    phase_of: Vec<Option<Phase>>,
    /// What is booked of each population by phase.
    booked: IdMap<PopulationSpec, [Tally; 3]>,
    fleet: Vec<WindowRecord>,
    populations: IdMap<PopulationSpec, Vec<WindowRecord>>,
    /// Failed requests of each window that ran into neither an outage nor a bad change, by blame.
    indirect: Vec<[u32; Blame::ALL.len()]>,
    /// The windows with requests that have not ended, and all after the first of them.
    open: VecDeque<OpenWindow>,
    /// The window of the first of `open`.
    first_open: usize,
    /// Emptied windows, for reuse.
    spare: Vec<IdMap<PopulationSpec, Unbooked>>,
}

/// How requests ended, and how long those took that succeeded.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) ledger: Ledger,
    pub(super) latency: Histogram,
}

/// The requests of a window that are not booked, by population. `None` once all of them have ended
/// and its figures are known.
type OpenWindow = Option<IdMap<PopulationSpec, Unbooked>>;

/// Requests of a population that began in one window.
#[derive(Clone, Debug, Default)]
struct Unbooked {
    offered: u32,
    failed: u32,
    /// Attempts of those that succeeded.
    attempts: u64,
    /// How long those took.
    latency: Histogram,
}

impl Unbooked {
    /// Whether all have ended.
    fn is_complete(&self) -> bool {
        u64::from(self.offered - self.failed) == self.latency.count()
    }

    /// Forgets everything but keeps its memory.
    fn clear(&mut self) {
        self.latency.clear();
        (self.offered, self.failed, self.attempts) = (0, 0, 0);
    }
}

impl Timeline {
    pub(super) fn new(windows: Windows, populations: usize, phases: Phases) -> Self {
        let empty = || vec![WindowRecord::default(); windows.len()];
        let phase = |window| phases.throughout(windows.start_of(window), windows.end_of(window));
        Self {
            finder: WindowFinder::new(windows),
            phase_of: (0..windows.len()).map(phase).collect(),
            phases,
            booked: IdMap::from_fn(populations, |_| <[Tally; 3]>::default()),
            fleet: empty(),
            populations: IdMap::from_fn(populations, |_| empty()),
            indirect: vec![[0; Blame::ALL.len()]; windows.len()],
            open: VecDeque::new(),
            first_open: 0,
            spare: Vec::new(),
        }
    }

    /// Books a request that begins, if that is within the period.
    #[inline]
    pub(super) fn offer(&mut self, now: SimTime, population: PopulationId) {
        let Some(window) = self.finder.find(now) else {
            return;
        };
        if window >= self.first_open + self.open.len() {
            self.reach(window);
        }
        self.unbooked(window, population).offered += 1;
        if self.phase_of[window].is_none() {
            let phase = self.phases.at(now);
            self.booked[population][phase as usize].ledger.offer();
        }
    }

    /// Books a count of agents.
    pub(super) fn count_agents(&mut self, now: SimTime, population: PopulationId, census: Census) {
        let window = self.finder.find(now).expect("counted within the period");
        self.populations[population][window].agents = Some(census);
    }

    /// Books the end of a request; tells the phase of its start, or `None` if that was not within the
    /// period.
    #[inline]
    pub(super) fn end(&mut self, end: &RequestEnd) -> Option<Phase> {
        let window = self.finder.find(end.started)?;
        let phase_of = self.phase_of[window];
        let phase = phase_of.unwrap_or_else(|| self.phases.at(end.started));
        if end.outcome != Outcome::Succeeded {
            self.fail(window, phase, end);
            return Some(phase);
        }
        let latency = end.ended - end.started;
        let unbooked = self.unbooked(window, end.population);
        unbooked.attempts += u64::from(end.attempts);
        unbooked.latency.record(latency);
        if phase_of.is_none() {
            let tally = &mut self.booked[end.population][phase as usize];
            tally.ledger.end(end.outcome, (latency, end.attempts));
            tally.latency.record(latency);
        }
        Some(phase)
    }

    /// Books a failure.
    #[inline(never)]
    fn fail(&mut self, window: usize, phase: Phase, end: &RequestEnd) {
        let Outcome::Failed { cause, blame } = end.outcome else {
            unreachable!("it has failed");
        };
        self.unbooked(window, end.population).failed += 1;
        self.populations[end.population][window].failed[cause as usize] += 1;
        if end.hit.is_none() {
            self.indirect[window][blame as usize] += 1;
        }
        let ledger = &mut self.booked[end.population][phase as usize].ledger;
        ledger.end(end.outcome, (end.ended - end.started, end.attempts));
        if matches!(end.hit, Some(Hit::Outage(_))) {
            ledger.strike();
        }
    }

    /// The requests of a population that began in a window and are not booked.
    #[inline]
    fn unbooked(&mut self, window: usize, population: PopulationId) -> &mut Unbooked {
        let open = self.open[window - self.first_open].as_mut();
        &mut open.expect("one of its requests has not ended")[population]
    }

    /// Opens a window, and all before it.
    #[cold]
    fn reach(&mut self, window: usize) {
        self.close_finished();
        let populations = self.populations.len();
        while window >= self.first_open + self.open.len() {
            let spare = self.spare.pop();
            let none = || IdMap::from_fn(populations, |_| Unbooked::default());
            self.open.push_back(Some(spare.unwrap_or_else(none)));
        }
    }

    /// Books windows whose requests have all ended.
    fn close_finished(&mut self) {
        for (offset, open) in self.open.iter_mut().enumerate() {
            let Some(mut unbooked) = open.take_if(|open| open.iter().all(Unbooked::is_complete))
            else {
                continue;
            };
            let window = self.first_open + offset;
            let all = latency::merged(unbooked.iter().map(|part| &part.latency));
            reduce(&mut self.fleet[window], &all);
            let parts = self.populations.iter_mut().zip(&mut self.booked);
            for ((records, phases), part) in parts.zip(&mut unbooked) {
                let record = &mut records[window];
                reduce(record, &part.latency);
                record.offered = part.offered;
                record.succeeded = part.offered - part.failed;
                if let Some(phase) = self.phase_of[window] {
                    let Tally { ledger, latency } = &mut phases[phase as usize];
                    ledger.book(part.offered, (record.succeeded, part.attempts));
                    latency.merge(&part.latency);
                }
                part.clear();
            }
            self.spare.push(unbooked);
        }
        while matches!(self.open.front(), Some(None)) {
            self.open.pop_front();
            self.first_open += 1;
        }
    }

    /// The windows of the fleet and of each population, which has sent so many attempts in each.
    pub(super) fn finish(mut self, attempts: &IdMap<PopulationSpec, Vec<u32>>) -> FinishedTimeline {
        self.close_finished();
        assert!(self.open.is_empty(), "every measured request has ended");
        for (records, attempts) in self.populations.iter_mut().zip(attempts) {
            for (record, &count) in records.iter_mut().zip(attempts) {
                record.attempts = count;
            }
        }
        for (window, total) in self.fleet.iter_mut().enumerate() {
            for part in self.populations.iter().map(|records| &records[window]) {
                total.attempts += part.attempts;
                total.agents = sum(total.agents, part.agents);
                total.offered += part.offered;
                total.succeeded += part.succeeded;
                for (count, more) in total.failed.iter_mut().zip(part.failed) {
                    *count += more;
                }
            }
        }
        FinishedTimeline {
            fleet: self.fleet,
            populations: self.populations,
            indirect: self.indirect,
            booked: self.booked,
        }
    }
}

/// Agents counted in several populations.
fn sum(left: Option<Census>, right: Option<Census>) -> Option<Census> {
    let (Some(left), Some(right)) = (left, right) else {
        return left.or(right);
    };
    Some(Census {
        pinned_to_healthy: left.pinned_to_healthy + right.pinned_to_healthy,
        pinned_by_answer: left.pinned_by_answer + right.pinned_by_answer,
        pinned_by_connection: left.pinned_by_connection + right.pinned_by_connection,
        free: left.free + right.free,
    })
}

fn reduce(record: &mut WindowRecord, latencies: &Histogram) {
    record.p50_s = latencies.quantile_s(0.5);
    record.p99_s = latencies.quantile_s(0.99);
}

/// A timeline in which everything has ended.
pub(super) struct FinishedTimeline {
    pub(super) fleet: Vec<WindowRecord>,
    pub(super) populations: IdMap<PopulationSpec, Vec<WindowRecord>>,
    /// Failed requests of each window that ran into neither an outage nor a bad change, by blame.
    pub(super) indirect: Vec<[u32; Blame::ALL.len()]>,
    /// What became of the requests of each population, by phase.
    pub(super) booked: IdMap<PopulationSpec, [Tally; 3]>,
}
