//! The event loop: a world, its pending events, and nothing else.
//!
//! **Order of events:** by time, and at one time in the order in which they were scheduled.
//! The order is total, so a run is reproducible to the last bit.
//!
//! What this layer is not: it knows no region, no request and no statistics; it could simulate
//! a bank. It never fails and allocates nothing per event once its buffers have grown.

mod event_queue;
mod heap;
mod lane;
mod slab;
mod table;

pub use event_queue::EventQueue;
pub use heap::{Heap, Ordered};
pub use lane::{Front, Lane};
pub use slab::{Key, Slab};
pub use table::Table;

use crate::units::SimTime;

/// Something that changes at events.
pub trait World {
    /// What can happen: a small value that is copied into the event queue.
    type Event: Copy;

    /// Lets `event` happen at `now`; what follows from it is scheduled in `queue`.
    fn handle(&mut self, now: SimTime, event: Self::Event, queue: &mut EventQueue<Self::Event>);

    /// Whether the run is over although events are pending.
    fn is_over(&self) -> bool;
}

/// Lets events happen in order until none is pending or the world is over.
///
/// Returns the number of events that happened and the time of the last.
pub fn run<W: World>(world: &mut W, queue: &mut EventQueue<W::Event>) -> (u64, SimTime) {
    let mut count = 0;
    let mut last = SimTime::ZERO;
    while let Some((now, event)) = queue.pop() {
        debug_assert!(now >= last, "time went backwards");
        world.handle(now, event, queue);
        count += 1;
        last = now;
        if world.is_over() {
            break;
        }
    }
    (count, last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SimDuration;

    /// A bank with one clerk who serves each customer for two seconds.
    struct Bank {
        waiting: u32,
        served: Vec<SimTime>,
    }

    #[derive(Clone, Copy)]
    enum Event {
        Enter,
        Leave,
    }

    impl World for Bank {
        type Event = Event;

        fn handle(&mut self, now: SimTime, event: Event, queue: &mut EventQueue<Event>) {
            let service = SimDuration::from_secs(2);
            match event {
                Event::Enter => {
                    self.waiting += 1;
                    if self.waiting == 1 {
                        queue.schedule(now + service, Event::Leave);
                    }
                }
                Event::Leave => {
                    self.served.push(now);
                    self.waiting -= 1;
                    if self.waiting > 0 {
                        queue.schedule(now + service, Event::Leave);
                    }
                }
            }
        }

        fn is_over(&self) -> bool {
            self.served.len() == 3
        }
    }

    #[test]
    fn it_could_simulate_a_bank() {
        let mut bank = Bank {
            waiting: 0,
            served: Vec::new(),
        };
        let mut queue = EventQueue::new();
        for second in [0, 1, 9, 10] {
            queue.schedule(SimTime::ZERO + SimDuration::from_secs(second), Event::Enter);
        }
        let (events, last) = run(&mut bank, &mut queue);
        let seconds: Vec<f64> = bank.served.iter().map(|at| at.as_secs_f64()).collect();
        assert_eq!(seconds, [2.0, 4.0, 11.0]);
        assert_eq!((events, last.as_secs_f64()), (7, 11.0));
    }
}
