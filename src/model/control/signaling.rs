//! How the router hears of the load: measured over periods, told a delay later.

use crate::engine::EventQueue;
use crate::model::event::{Control, Event};
use crate::model::fleet::Fleet;
use crate::model::observer::Observer;
use crate::model::signal::Signal;
use crate::units::SimTime;

impl<O: Observer> Fleet<'_, O> {
    /// Schedules the end of the first period, if anything is measured.
    pub(in crate::model) fn schedule_signal(&self, queue: &mut EventQueue<Event>) {
        if let Signal::Measured(measuring) = &self.router.signal {
            let end = SimTime::ZERO + measuring.period;
            queue.schedule(end, Event::Control(Control::LoadMeasured));
        }
    }

    /// A period is over: what was measured in it leaves, and the next begins.
    pub(in crate::model) fn load_measured(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        let Signal::Measured(measuring) = &mut self.router.signal else {
            unreachable!("only who measures has periods");
        };
        let populations = self.populations.iter_mut();
        let attempts = populations.map(|population| std::mem::take(&mut population.attempts));
        measuring.end_period(now, &attempts.collect());
        let arrives = now + measuring.delay;
        queue.schedule(arrives, Event::Control(Control::SignalArrived));
        queue.schedule(
            now + measuring.period,
            Event::Control(Control::LoadMeasured),
        );
    }
}
