//! Requests by the window and by the phase of their start.
//!
//! What becomes of the requests of a window is gathered in one place for each population and region, until
//! all of them have ended. Then the place is reduced to the figures of the window, and booked with the
//! window's phase. So memory grows with the windows by a few words each, and nearly every request is booked
//! once. The present window is at hand, since nearly all requests end in the one in which they began.

use std::collections::VecDeque;

use crate::metrics::ledger::Ledger;
use crate::metrics::phase::{Phase, Phases};
use crate::metrics::replication::WindowRecord;
use crate::model::{
    Blame, Census, FleetSpec, Hit, Outcome, PopulationId, PopulationSpec, RegionSpec, RequestEnd,
};
use crate::stats::{Histogram, Windows};
use crate::units::{IdMap, SimTime};

/// Requests by window, phase and population.
#[derive(Clone, Debug)]
pub(super) struct Timeline {
    windows: Windows,
    phases: Phases,
    /// The window that was entered last.
    present: OpenWindow,
    /// The windows before it with requests that have not ended.
    earlier: VecDeque<OpenWindow>,
    /// What is booked of each population by phase.
    booked: IdMap<PopulationSpec, [Tally; 3]>,
    /// How long requests took that a region has served, by phase.
    served: IdMap<RegionSpec, [Histogram; 3]>,
    fleet: Vec<WindowRecord>,
    populations: IdMap<PopulationSpec, Vec<WindowRecord>>,
    /// See [`FinishedTimeline::indirect`].
    indirect: Vec<[u32; Blame::ALL.len()]>,
    /// Emptied ones, for reuse.
    spare: Vec<Unbooked>,
}

/// How requests ended, and how long those took that succeeded.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) ledger: Ledger,
    pub(super) latency: Histogram,
}

/// A window with requests that have not ended.
#[derive(Clone, Debug)]
struct OpenWindow {
    window: usize,
    start: SimTime,
    end: SimTime,
    /// Its phase, if that does not change within.
    phase: Option<Phase>,
    unbooked: Unbooked,
}

/// The requests that began in one window.
#[derive(Clone, Debug)]
struct Unbooked {
    counts: IdMap<PopulationSpec, Counts>,
    /// What regions have served, region by region for each population; none where there was nothing.
    served: Vec<Option<Box<Served>>>,
}

/// Requests of a population.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    offered: u32,
    ended: u32,
}

/// Requests of a population that a region has served.
#[derive(Clone, Debug, Default)]
struct Served {
    /// The attempts that they took.
    attempts: u64,
    latency: Histogram<u32>,
}

impl OpenWindow {
    /// A window that holds nothing.
    fn none() -> Self {
        Self {
            window: 0,
            start: SimTime::ZERO,
            end: SimTime::ZERO,
            phase: None,
            unbooked: Unbooked::new((0, 0)),
        }
    }

    #[inline]
    fn holds(&self, at: SimTime) -> bool {
        self.start <= at && at < self.end
    }
}

impl Unbooked {
    /// Nothing of so many populations and regions.
    fn new((populations, regions): (usize, usize)) -> Self {
        Self {
            counts: IdMap::from_fn(populations, |_| Counts::default()),
            served: vec![None; populations * regions],
        }
    }

    /// Books a request that one of so many regions has served.
    #[expect(
        clippy::inline_always,
        reason = "every request comes here: 1 % of all instructions"
    )]
    #[inline(always)]
    fn serve(&mut self, end: &RequestEnd, regions: usize) {
        self.counts[end.population].ended += 1;
        let place = end.population.index() * regions + end.region.index();
        let served = match &mut self.served[place] {
            Some(served) => served,
            none => first(none),
        };
        served.attempts += u64::from(end.attempts);
        served.latency.record(end.ended - end.started);
    }

    /// Whether all have ended.
    fn is_complete(&self) -> bool {
        self.counts
            .iter()
            .all(|counts| counts.ended == counts.offered)
    }
}

impl Timeline {
    pub(super) fn new(fleet: &FleetSpec, windows: Windows) -> Self {
        let empty = || vec![WindowRecord::default(); windows.len()];
        Self {
            windows,
            phases: Phases::new(fleet),
            present: OpenWindow::none(),
            earlier: VecDeque::new(),
            booked: fleet.populations.map(|_| <[Tally; 3]>::default()),
            served: fleet.regions.map(|_| <[Histogram; 3]>::default()),
            fleet: empty(),
            populations: fleet.populations.map(|_| empty()),
            indirect: vec![[0; Blame::ALL.len()]; windows.len()],
            spare: Vec::new(),
        }
    }

    /// Books a request that begins, if that is within the period; returns whether it is.
    #[inline]
    pub(super) fn offer(&mut self, now: SimTime, population: PopulationId) -> bool {
        if !self.present.holds(now) && !self.enter(now) {
            return false;
        }
        self.present.unbooked.counts[population].offered += 1;
        if self.present.phase.is_none() {
            self.offer_by_phase(now, population);
        }
        true
    }

    /// Books a request that begins in a window of several phases.
    #[inline(never)]
    fn offer_by_phase(&mut self, now: SimTime, population: PopulationId) {
        let phase = self.phases.at(now);
        self.booked[population][phase as usize].ledger.offer();
    }

    /// Books a count of agents.
    pub(super) fn count_agents(&mut self, now: SimTime, population: PopulationId, census: Census) {
        let window = self.windows.index_of(now);
        let window = window.expect("counted within the period");
        self.populations[population][window].agents = Some(census);
    }

    /// Books the end of a request; tells the phase of its start, or `None` if that was not within the
    /// period.
    #[inline]
    pub(super) fn end(&mut self, end: &RequestEnd) -> Option<Phase> {
        let open = if self.present.holds(end.started) {
            &mut self.present
        } else {
            earlier(&mut self.earlier, end.started)?
        };
        let phase_of = open.phase;
        let phase = phase_of.unwrap_or_else(|| self.phases.at(end.started));
        if end.outcome == Outcome::Succeeded {
            open.unbooked.serve(end, self.served.len());
            if phase_of.is_none() {
                self.serve_by_phase(end, phase);
            }
        } else {
            open.unbooked.counts[end.population].ended += 1;
            let window = open.window;
            self.fail(window, phase, end);
        }
        Some(phase)
    }

    /// Books a request that begins and is certain to succeed; returns whether that was within the period.
    #[inline]
    pub(super) fn pass(&mut self, end: &RequestEnd) -> bool {
        if !self.offer(end.started, end.population) {
            return false;
        }
        self.present.unbooked.serve(end, self.served.len());
        if self.present.phase.is_none() {
            self.serve_by_phase(end, self.phases.at(end.started));
        }
        true
    }

    /// Books a success of a window of several phases.
    #[inline(never)]
    fn serve_by_phase(&mut self, end: &RequestEnd, phase: Phase) {
        let latency = end.ended - end.started;
        let tally = &mut self.booked[end.population][phase as usize];
        tally.ledger.end(end.outcome, (latency, end.attempts));
        tally.latency.record(latency);
        self.served[end.region][phase as usize].record(latency);
    }

    /// Books a failure.
    #[inline(never)]
    fn fail(&mut self, window: usize, phase: Phase, end: &RequestEnd) {
        let Outcome::Failed { cause, blame } = end.outcome else {
            unreachable!("it has failed");
        };
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

    /// Goes on to the window of `now`; returns whether there is one.
    #[cold]
    fn enter(&mut self, now: SimTime) -> bool {
        let Some(window) = self.windows.index_of(now) else {
            return false;
        };
        let (start, end) = (self.windows.start_of(window), self.windows.end_of(window));
        let size = (self.populations.len(), self.served.len());
        let spare = self.spare.pop();
        let next = OpenWindow {
            window,
            start,
            end,
            phase: self.phases.throughout(start, end),
            unbooked: spare.unwrap_or_else(|| Unbooked::new(size)),
        };
        self.leave(next);
        true
    }

    /// Leaves the present window for the next, and books those whose requests have all ended.
    fn leave(&mut self, next: OpenWindow) {
        self.earlier
            .push_back(std::mem::replace(&mut self.present, next));
        for _ in 0..self.earlier.len() {
            let open = self.earlier.pop_front().expect("there are so many");
            if open.unbooked.is_complete() {
                self.book(open);
            } else {
                self.earlier.push_back(open);
            }
        }
    }

    /// Books a window whose requests have all ended.
    fn book(&mut self, open: OpenWindow) {
        let OpenWindow {
            window,
            phase,
            mut unbooked,
            ..
        } = open;
        if unbooked.served.is_empty() {
            return;
        }
        let mut all = Histogram::new();
        let served = unbooked.served.chunks_exact_mut(self.served.len());
        let populations = self.populations.iter_mut().zip(&mut self.booked);
        let parts = unbooked.counts.iter_mut().zip(served);
        for ((records, phases), (counts, served)) in populations.zip(parts) {
            let (mut attempts, mut latencies) = (0, Histogram::new());
            for (served, phases) in served.iter_mut().zip(&mut self.served) {
                let Some(served) = served else {
                    continue;
                };
                attempts += std::mem::take(&mut served.attempts);
                latencies.merge(&served.latency);
                if let Some(phase) = phase {
                    phases[phase as usize].merge(&served.latency);
                }
                served.latency.clear();
            }
            let record = &mut records[window];
            reduce(record, &latencies);
            all.merge(&latencies);
            record.offered = counts.offered;
            record.succeeded = counts.offered - record.failed.iter().sum::<u32>();
            if let Some(phase) = phase {
                let Tally { ledger, latency } = &mut phases[phase as usize];
                ledger.book(counts.offered, (record.succeeded, attempts));
                latency.merge(&latencies);
            }
            *counts = Counts::default();
        }
        reduce(&mut self.fleet[window], &all);
        self.spare.push(unbooked);
    }

    /// The windows of the fleet and of each population, which has sent so many attempts in each.
    pub(super) fn finish(mut self, attempts: &IdMap<PopulationSpec, Vec<u32>>) -> FinishedTimeline {
        self.leave(OpenWindow::none());
        assert!(self.earlier.is_empty(), "every measured request has ended");
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
            served: self.served,
        }
    }
}

/// A region serves a first request of a population.
#[cold]
fn first(served: &mut Option<Box<Served>>) -> &mut Served {
    served.insert(Box::default())
}

/// The one of some windows, in order of time, that holds an instant.
#[cold]
fn earlier(windows: &mut VecDeque<OpenWindow>, at: SimTime) -> Option<&mut OpenWindow> {
    let place = windows.partition_point(|open| open.end <= at);
    windows.get_mut(place).filter(|open| open.holds(at))
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
    /// How long requests took that a region has served, by phase.
    pub(super) served: IdMap<RegionSpec, [Histogram; 3]>,
}
