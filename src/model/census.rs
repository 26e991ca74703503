//! Counts the agents by where they would go if they sent something now.

use crate::engine::EventQueue;
use crate::model::agent::Agent;
use crate::model::entity::{Place, RegionSpec};
use crate::model::event::Event;
use crate::model::fleet::Fleet;
use crate::model::observer::{Census, Observer};
use crate::model::population::Population;
use crate::units::{IdMap, SimTime};

impl<O: Observer> Fleet<'_, O> {
    /// Schedules the first census of the measured period, half an interval into it, so that each
    /// stands for the middle of its interval.
    pub(super) fn schedule_census(&self, start: SimTime, queue: &mut EventQueue<Event>) {
        if let Some(interval) = self.spec.census {
            queue.schedule(start + interval / 2, Event::Census);
        }
    }

    #[inline(never)]
    pub(super) fn census(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        let interval = self.spec.census.expect("only who wants one has one");
        for (id, population) in self.populations.entries() {
            let way = Place::Population(id);
            let regions = self.regions.iter();
            let dead_below = regions.map(|region| {
                let is_down = !region.faults.is_empty() || region.is_cut_off(way);
                if is_down { u32::MAX } else { region.moved }
            });
            let dead_below = dead_below.collect();
            self.observer
                .agents_counted(now, id, population.census(now, &dead_below));
        }
        if now + interval < self.spec.period.end() {
            queue.schedule(now + interval, Event::Census);
        }
    }
}

impl Population<'_> {
    /// Where the agents would go at `now`, by their connection first, then by their answer. To each
    /// region lead connections that were accepted when it had died at least so often; `u32::MAX` is
    /// a region that nothing leads to.
    fn census(&self, now: SimTime, dead_below: &IdMap<RegionSpec, u32>) -> Census {
        // All that an agent has are bits of the place where it is counted: to branch would be to guess.
        let mut counts = [0; 16];
        for Agent { answer, connection } in &*self.agents {
            let (leads, is_held) = (connection.leads(now), answer.is_held(now));
            let is_broken = connection.deaths() < dead_below[connection.region()];
            let (is_dead, is_down) = (answer.is_dead(), dead_below[answer.region()] == u32::MAX);
            let bits = [leads, is_broken, is_held, is_dead | is_down];
            let place = bits
                .into_iter()
                .fold(0, |place, bit| place << 1 | usize::from(bit));
            counts[place] += 1;
        }
        let mut census = Census::default();
        for (place, count) in counts.into_iter().enumerate() {
            let [is_connected, is_broken, is_held, is_dead] =
                [3, 2, 1, 0].map(|bit| place >> bit & 1);
            *match (is_connected, is_broken, is_held, is_dead) {
                (1, 1, ..) => &mut census.pinned_by_connection,
                (1, 0, ..) | (0, _, 1, 0) => &mut census.pinned_to_healthy,
                (0, _, 1, _) => &mut census.pinned_by_answer,
                _ => &mut census.free,
            } += count;
        }
        census
    }
}
