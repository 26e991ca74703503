//! Requests by the window of their start.
//!
//! Counts are kept for every window; the latencies of a window only until all requests that
//! started in it have ended, so that memory grows with the windows by a few words each.

use std::collections::VecDeque;

use crate::metrics::latency;
use crate::metrics::phase::{Phase, Phases};
use crate::metrics::replication::WindowRecord;
use crate::metrics::window_finder::WindowFinder;
use crate::model::{Blame, Census, Outcome, PopulationId, PopulationSpec, RequestEnd};
use crate::stats::{Histogram, Windows};
use crate::units::{IdMap, SimTime};

/// Requests by window and population.
#[derive(Clone, Debug)]
pub(super) struct Timeline {
    finder: WindowFinder,
    phases: Phases,
    /// The phase of each window, if it does not change within.
    phase_of: Vec<Option<Phase>>,
    /// The latencies of the closed windows that have one phase.
    latencies: IdMap<PopulationSpec, [Histogram; 3]>,
    fleet: Vec<WindowRecord>,
    populations: IdMap<PopulationSpec, Vec<WindowRecord>>,
    /// Failed requests of each window that ran into neither an outage nor a bad change, by blame.
    indirect: Vec<[u32; Blame::ALL.len()]>,
    /// The windows with requests that have not ended, and all after the first of them.
    open: VecDeque<OpenWindow>,
    /// The window of the first of `open`.
    first_open: usize,
    /// Emptied histograms, for reuse.
    spare: Vec<IdMap<PopulationSpec, Histogram>>,
}

#[derive(Clone, Debug)]
struct OpenWindow {
    /// `None` once all of its requests have ended and its figures are known.
    latencies: Option<IdMap<PopulationSpec, Histogram>>,
    /// Requests that have not ended.
    open_count: u64,
}

impl Timeline {
    pub(super) fn new(windows: Windows, populations: usize, phases: Phases) -> Self {
        let empty = || vec![WindowRecord::default(); windows.len()];
        let phase = |window| phases.throughout(windows.start_of(window), windows.end_of(window));
        Self {
            finder: WindowFinder::new(windows),
            phase_of: (0..windows.len()).map(phase).collect(),
            phases,
            latencies: IdMap::from_fn(populations, |_| <[Histogram; 3]>::default()),
            fleet: empty(),
            populations: IdMap::from_fn(populations, |_| empty()),
            indirect: vec![[0; Blame::ALL.len()]; windows.len()],
            open: VecDeque::new(),
            first_open: 0,
            spare: Vec::new(),
        }
    }

    /// Books a request that begins within the period; tells its phase.
    pub(super) fn offer(&mut self, now: SimTime, population: PopulationId) -> Phase {
        let window = self.finder.find(now).expect("within the period");
        if window >= self.first_open + self.open.len() {
            self.close_finished();
            while window >= self.first_open + self.open.len() {
                self.open_next();
            }
        }
        self.open[window - self.first_open].open_count += 1;
        self.populations[population][window].offered += 1;
        self.phase_of[window].unwrap_or_else(|| self.phases.at(now))
    }

    /// Books a count of agents.
    pub(super) fn count_agents(&mut self, now: SimTime, population: PopulationId, census: Census) {
        let window = self.finder.find(now).expect("counted within the period");
        self.populations[population][window].agents = Some(census);
    }

    /// Books the end of a request that began within the period; tells its phase. Its latency is
    /// booked with its window, and with its phase when the window is closed, unless the window has
    /// several: then it is with its phase here.
    pub(super) fn end(&mut self, end: &RequestEnd) -> Phase {
        let window = self.finder.find(end.started).expect("within the period");
        let open = &mut self.open[window - self.first_open];
        open.open_count -= 1;
        let phase_of = self.phase_of[window];
        let phase = phase_of.unwrap_or_else(|| self.phases.at(end.started));
        let record = &mut self.populations[end.population][window];
        match end.outcome {
            Outcome::Succeeded => {
                record.succeeded += 1;
                let latencies = open.latencies.as_mut().expect("a request was open");
                let latency = end.ended - end.started;
                latencies[end.population].record(latency);
                if phase_of.is_none() {
                    self.latencies[end.population][phase as usize].record(latency);
                }
            }
            Outcome::Failed { cause, blame } => {
                record.failed[cause as usize] += 1;
                if end.hit.is_none() {
                    self.indirect[window][blame as usize] += 1;
                }
            }
        }
        phase
    }

    fn open_next(&mut self) {
        let populations = self.populations.len();
        let latencies = self.spare.pop();
        self.open.push_back(OpenWindow {
            latencies: latencies
                .or_else(|| Some(IdMap::from_fn(populations, |_| Histogram::new()))),
            open_count: 0,
        });
    }

    /// Reduces the latencies of windows whose requests have all ended to their figures.
    fn close_finished(&mut self) {
        for (offset, open) in self.open.iter_mut().enumerate() {
            if open.open_count > 0 {
                continue;
            }
            let Some(mut latencies) = open.latencies.take() else {
                continue;
            };
            let window = self.first_open + offset;
            let all = latency::merged(&latencies);
            reduce(&mut self.fleet[window], &all);
            let parts = self.populations.iter_mut().zip(&mut self.latencies);
            for ((records, phases), histogram) in parts.zip(&mut latencies) {
                reduce(&mut records[window], histogram);
                if let Some(phase) = self.phase_of[window] {
                    phases[phase as usize].merge(histogram);
                }
                histogram.clear();
            }
            self.spare.push(latencies);
        }
        while self
            .open
            .front()
            .is_some_and(|window| window.latencies.is_none())
        {
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
            latencies: self.latencies,
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
    /// The latencies of each population by phase.
    pub(super) latencies: IdMap<PopulationSpec, [Histogram; 3]>,
}
