//! Counts the agents by where they would go if they sent something now.

use crate::engine::EventQueue;
use crate::model::entity::Place;
use crate::model::event::Event;
use crate::model::fleet::Fleet;
use crate::model::observer::Observer;
use crate::units::SimTime;

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
