//! Which population sends how many attempts where: window by window, and phase by phase.
//!
//! Attempts of one window come together, so they are counted in one table of populations and
//! regions, which is booked when the window changes: one count an attempt.

use crate::metrics::phase::{Phase, Phases};
use crate::metrics::replication::Flows;
use crate::metrics::window_finder::WindowFinder;
use crate::model::{AttemptSent, FleetSpec, PopulationId, PopulationSpec, RegionId, RegionSpec};
use crate::stats::Windows;
use crate::units::IdMap;

/// Counts the attempts that are sent in the measured period.
#[derive(Clone, Debug)]
pub(super) struct FlowWatch {
    finder: WindowFinder,
    phases: Phases,
    /// The phase of each window; `None` if it has several.
    phase_of: Vec<Option<Phase>>,
    /// The window of the last attempt that was not told late.
    window: usize,
    /// Attempts of that window that have not been booked, region by region for each population.
    unbooked: Vec<u32>,
    regions: usize,
    booked: Attempts,
}

/// Attempts that were sent in the measured period.
#[derive(Clone, Debug)]
pub(super) struct Attempts {
    /// To each region in each window.
    pub(super) by_region: IdMap<RegionSpec, Vec<u32>>,
    /// By each population in each window.
    pub(super) by_population: IdMap<PopulationSpec, Vec<u32>>,
    /// By each population to each region in each phase.
    pub(super) flows: Flows,
}

impl Attempts {
    /// Adds so many of a window, and of its phase if it has one.
    fn add(
        &mut self,
        (population, region): (PopulationId, RegionId),
        (window, phase, count): (usize, Option<Phase>, u32),
    ) {
        self.by_region[region][window] += count;
        self.by_population[population][window] += count;
        if let Some(phase) = phase {
            self.flows[population][region][phase as usize] += u64::from(count);
        }
    }
}

impl FlowWatch {
    pub(super) fn new(fleet: &FleetSpec, windows: Windows) -> Self {
        let phases = Phases::new(fleet);
        let phase = |window| phases.throughout(windows.start_of(window), windows.end_of(window));
        let none = || vec![0; windows.len()];
        Self {
            finder: WindowFinder::new(windows),
            phase_of: (0..windows.len()).map(phase).collect(),
            phases,
            window: 0,
            unbooked: vec![0; fleet.populations.len() * fleet.regions.len()],
            regions: fleet.regions.len(),
            booked: Attempts {
                by_region: fleet.regions.map(|_| none()),
                by_population: fleet.populations.map(|_| none()),
                flows: fleet.populations.map(|_| fleet.regions.map(|_| [0; 3])),
            },
        }
    }

    /// An attempt is sent.
    #[expect(
        clippy::inline_always,
        reason = "every request comes here: 1 % of all instructions"
    )]
    #[inline(always)]
    pub(super) fn attempt_sent(&mut self, attempt: &AttemptSent) {
        let Some(window) = self.finder.find(attempt.at) else {
            return;
        };
        if window > self.window {
            self.book();
            self.window = window;
        }
        if window == self.window {
            let place = attempt.population.index() * self.regions + attempt.region.index();
            self.unbooked[place] += 1;
        } else {
            self.book_late(window, attempt);
        }
        if self.phase_of[window].is_none() {
            self.book_by_phase(attempt);
        }
    }

    /// Books an attempt of a window before the last.
    #[cold]
    fn book_late(&mut self, window: usize, attempt: &AttemptSent) {
        let counted = (window, self.phase_of[window], 1);
        self.booked
            .add((attempt.population, attempt.region), counted);
    }

    /// Books an attempt of a window that has several phases.
    #[inline(never)]
    fn book_by_phase(&mut self, attempt: &AttemptSent) {
        let phase = self.phases.at(attempt.at);
        self.booked.flows[attempt.population][attempt.region][phase as usize] += 1;
    }

    /// Books the attempts of the last window.
    #[cold]
    fn book(&mut self) {
        let phase = self.phase_of[self.window];
        for (place, count) in self.unbooked.iter_mut().enumerate() {
            let population = PopulationId::new(place / self.regions);
            let region = RegionId::new(place % self.regions);
            let counted = (self.window, phase, std::mem::take(count));
            self.booked.add((population, region), counted);
        }
    }

    /// All that were sent.
    pub(super) fn finish(mut self) -> Attempts {
        self.book();
        self.booked
    }
}
