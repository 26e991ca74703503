//! Pending events in the order in which they will happen.
//!
//! A few are kept in a heap. When they become many, most of them are put on the days on which they happen,
//! and the heap keeps what there is no day for: what is today, and what is far away. Which it is makes no
//! difference to the order.

mod days;
mod pending;

use days::Days;
use pending::Pending;

use crate::engine::heap::{Heap, Ordered};
use crate::units::SimTime;

/// If the heap has more events, days pay; if days have less than a quarter, the heap does.
const CROWD: usize = 64;

/// The pending events of a run.
#[derive(Clone, Debug)]
pub struct EventQueue<E> {
    heap: Heap<Pending<E>>,
    /// Where most events are while there are many.
    days: Option<Days<E>>,
    /// How many the heap may have before days are laid out for them.
    heap_max: usize,
    /// The number of the next event to be scheduled: breaks ties of time.
    sequence: u64,
}

impl<E: Copy> EventQueue<E> {
    /// A queue with no event.
    pub const fn new() -> Self {
        Self {
            heap: Heap::new(),
            days: None,
            heap_max: CROWD,
            sequence: 0,
        }
    }

    /// Number of pending events.
    pub fn len(&self) -> usize {
        self.heap.len() + self.days.as_ref().map_or(0, Days::len)
    }

    /// Whether nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Lets `event` happen at `at`, after everything already scheduled for that time.
    pub fn schedule(&mut self, at: SimTime, event: E) {
        let sequence = self.sequence;
        self.sequence += 1;
        if self.days.is_some() {
            self.put_on_a_day(at, sequence, event);
        } else {
            self.push(at, sequence, event);
        }
    }

    #[inline(never)]
    fn put_on_a_day(&mut self, at: SimTime, sequence: u64, event: E) {
        let days = self.days.as_mut().expect("they have been laid out");
        if !days.add(at, sequence, event) {
            self.push(at, sequence, event);
        }
    }

    fn push(&mut self, at: SimTime, sequence: u64, event: E) {
        self.heap.push(Pending {
            at,
            sequence,
            event,
        });
        if self.heap.len() > self.heap_max {
            self.lay_out_days();
        }
    }

    /// Removes and returns the next event with its time.
    #[inline]
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        self.heap.settle();
        let next = if self.days.is_some() {
            self.take_from_either()
        } else {
            self.heap.take()
        };
        next.map(|next| (next.at, next.event))
    }

    #[inline(never)]
    fn take_from_either(&mut self) -> Option<&Pending<E>> {
        if self.days.as_mut().is_some_and(Days::is_day_over) {
            self.begin_day();
        }
        let Some(days) = &mut self.days else {
            return self.heap.take();
        };
        match (days.first(), self.heap.first()) {
            (Some(today), Some(other)) if other.order() < today.order() => self.heap.take(),
            _ => days.take(),
        }
    }

    /// Until when nothing happens; some time after that, something may.
    pub fn quiet_until(&self) -> SimTime {
        let by_heap = self.heap.peek().map_or(SimTime::NEVER, |next| next.at);
        let by_day = self.days.as_ref().map(Days::quiet_until);
        by_day.map_or(by_heap, |at| at.min(by_heap))
    }

    /// Opens the next day, unless the heap is enough by now.
    #[inline(never)]
    fn begin_day(&mut self) {
        let days = self.days.as_ref().expect("they have been laid out");
        if days.len() < CROWD / 4 {
            return self.end_days();
        }
        if !days.fit() {
            self.lay_out_days();
        }
        let days = self.days.as_mut().expect("they go on");
        days.open_next();
    }

    /// Lays out days that fit what is pending.
    #[cold]
    #[inline(never)]
    fn lay_out_days(&mut self) {
        let old = self.days.take();
        let mut pending = old.map_or_else(Vec::new, Days::into_events);
        pending.extend(self.heap.drain());
        let count = pending.len();
        self.days = Some(Days::of(pending, |pending| self.heap.push(pending)));
        // It is a while until all is looked at again.
        self.heap_max = self.heap.len() + count;
    }

    /// Goes on with the heap alone.
    #[cold]
    fn end_days(&mut self) {
        let days = self.days.take().expect("they have been laid out");
        for pending in days.into_events() {
            self.heap.push(pending);
        }
        self.heap_max = CROWD;
    }
}

impl<E: Copy> Default for EventQueue<E> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    /// How far ahead something is scheduled, in nanoseconds: at once, soon, far away, or never.
    fn delay() -> impl Strategy<Value = u64> {
        prop_oneof![
            0_u64..3,
            0_u64..1_000,
            0_u64..1_000_000_000_000,
            Just(u64::MAX)
        ]
    }

    proptest! {
        /// Goal: the order is by time, then by sequence, however scheduling and popping take turns and
        /// however many are pending. Method: a sorted set is the reference. So many events are scheduled
        /// at once; then every step pops one and schedules some, more than one at first, less later.
        #[test]
        fn events_happen_in_order(
            crowd in prop::collection::vec(delay(), 0..1_500),
            steps in prop::collection::vec(prop::collection::vec(delay(), 0..4), 0..1_000),
        ) {
            let mut queue = EventQueue::new();
            let mut expected = BTreeSet::new();
            let (mut now, mut count) = (0, 0_u32);
            let rest = std::iter::repeat_n(Vec::new(), crowd.len() + 3 * steps.len() + 1);
            for delays in std::iter::once(crowd).chain(steps).chain(rest) {
                for delay in delays {
                    let at = u64::saturating_add(now, delay);
                    queue.schedule(SimTime::from_ns(at), count);
                    expected.insert((at, count));
                    count += 1;
                }
                let next = expected.first().map_or(SimTime::NEVER, |&(at, _)| SimTime::from_ns(at));
                prop_assert!(queue.quiet_until() <= next);
                if queue.days.is_none() {
                    prop_assert_eq!(queue.quiet_until(), next);
                }
                prop_assert_eq!(queue.len(), expected.len());
                prop_assert_eq!(queue.is_empty(), expected.is_empty());
                let first = expected.pop_first();
                prop_assert_eq!(queue.pop(), first.map(|(at, event)| (SimTime::from_ns(at), event)));
                now = first.map_or(now, |(at, _)| at);
            }
            prop_assert!(queue.is_empty() && queue.days.is_none());
        }
    }

    /// Goal: days are kept while many events are pending, and what is soon does not have to go
    /// through the heap. Method: a thousand clocks that strike every second, each at its own time.
    #[test]
    fn a_crowd_is_kept_on_days() {
        let mut queue = EventQueue::new();
        for clock in 0..1_000_u64 {
            queue.schedule(SimTime::from_ns(1 + clock * 1_000_000), clock);
        }
        let mut in_heap = 0;
        for _ in 0..10_000 {
            let (now, clock) = queue.pop().expect("clocks never stop");
            queue.schedule(SimTime::from_ns(now.as_ns() + 1_000_000_000), clock);
            in_heap += queue.heap.len();
        }
        assert!(queue.days.is_some());
        assert!(in_heap < 10_000, "{in_heap}");
    }
}
