//! Counts the agents by where they would go if they sent something now.

use crate::engine::EventQueue;
use crate::model::agent::Agent;
use crate::model::entity::{Place, RegionSpec};
use crate::model::event::Event;
use crate::model::fleet::Fleet;
use crate::model::observer::{Census, Observer};
use crate::model::pins::Censuses;
use crate::model::population::Population;
use crate::units::{IdMap, SimTime};

impl<O: Observer> Fleet<'_, O> {
    /// Schedules the first census.
    pub(super) fn schedule_census(&self, queue: &mut EventQueue<Event>) {
        if let Some(at) = Censuses::of(self.spec).and_then(|censuses| censuses.first()) {
            queue.schedule(at, Event::Census);
        }
    }

    #[inline(never)]
    pub(super) fn census(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        for id in self.spec.populations.ids() {
            let way = Place::Population(id);
            let regions = self.regions.iter();
            let dead_below = regions.map(|region| {
                let is_down = !region.faults.is_empty() || region.is_cut_off(way);
                if is_down { u32::MAX } else { region.moved }
            });
            let dead_below = dead_below.collect();
            let census = self.populations[id].census(now, &dead_below);
            self.observer.agents_counted(now, id, census);
        }
        if let Some(at) = Censuses::of(self.spec).and_then(|censuses| censuses.after(now)) {
            queue.schedule(at, Event::Census);
        }
    }
}

impl Population<'_> {
    /// Where the agents would go at `now`, by their connection first, then by their answer. To each
    /// region lead connections that were accepted when it had died at least so often; `u32::MAX` is
    /// a region that nothing leads to.
    fn census(&mut self, now: SimTime, dead_below: &IdMap<RegionSpec, u32>) -> Census {
        if self.agents.may_go(|region| dead_below[region] > 0) {
            return one_by_one(self.agents.all, now, dead_below);
        }
        let pinned = self.agents.pinned(now);
        let census = Census {
            pinned_to_healthy: pinned,
            free: self.agents() - pinned,
            ..Census::default()
        };
        debug_assert_eq!(census, one_by_one(self.agents.all, now, dead_below));
        census
    }
}

/// Counts agents who may be pinned to regions that are down.
fn one_by_one(agents: &[Agent], now: SimTime, dead_below: &IdMap<RegionSpec, u32>) -> Census {
    let (mut pinned, mut by_connection, mut by_answer) = (0, 0, 0);
    // Each agent has something else in store: to branch would be to guess.
    for Agent { answer, connection } in agents {
        let (leads, is_held) = (connection.leads(now), answer.is_held(now));
        let is_broken = connection.deaths() < dead_below[connection.region()];
        let (is_dead, is_down) = (answer.is_dead(), dead_below[answer.region()] == u32::MAX);
        let (goes_by_answer, leads_nowhere) = (!leads & is_held, is_dead | is_down);
        pinned += u32::from(leads | is_held);
        by_connection += u32::from(leads & is_broken);
        by_answer += u32::from(goes_by_answer & leads_nowhere);
    }
    Census {
        pinned_to_healthy: pinned - by_connection - by_answer,
        pinned_by_answer: by_answer,
        pinned_by_connection: by_connection,
        free: u32::try_from(agents.len()).expect("they have numbers") - pinned,
    }
}
