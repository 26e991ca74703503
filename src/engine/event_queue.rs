//! Pending events in the order in which they will happen.
//!
//! A heap with four children a node: half the levels of a binary one, and the children of a node
//! share cache lines. Time and sequence form one 128-bit word, so one comparison orders two
//! events, ties included.

use crate::units::SimTime;

const CHILDREN: usize = 4;

/// The pending events of a run.
#[derive(Clone, Debug)]
pub struct EventQueue<E> {
    heap: Vec<Pending<E>>,
    /// The number of the next event to be scheduled: breaks ties of time.
    sequence: u64,
}

#[derive(Clone, Copy, Debug)]
struct Pending<E> {
    at: SimTime,
    sequence: u64,
    event: E,
}

impl<E> Pending<E> {
    fn order(&self) -> u128 {
        (u128::from(self.at.as_ns()) << 64) | u128::from(self.sequence)
    }
}

impl<E: Copy> EventQueue<E> {
    /// A queue with no event.
    pub const fn new() -> Self {
        Self {
            heap: Vec::new(),
            sequence: 0,
        }
    }

    /// Number of pending events.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// Lets `event` happen at `at`, after everything already scheduled for that time.
    pub fn schedule(&mut self, at: SimTime, event: E) {
        let sequence = self.sequence;
        self.sequence += 1;
        let pending = Pending {
            at,
            sequence,
            event,
        };
        self.heap.push(pending);
        self.rise(self.heap.len() - 1, pending);
    }

    /// Removes and returns the next event with its time.
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        let next = *self.heap.first()?;
        let last = self.heap.pop().expect("it has a first");
        if !self.heap.is_empty() {
            self.sink(last);
        }
        Some((next.at, next.event))
    }

    /// Moves `pending` from `hole` towards the root until its parent is earlier.
    fn rise(&mut self, mut hole: usize, pending: Pending<E>) {
        let order = pending.order();
        while hole > 0 {
            let parent = (hole - 1) / CHILDREN;
            if self.heap[parent].order() <= order {
                break;
            }
            self.heap[hole] = self.heap[parent];
            hole = parent;
        }
        self.heap[hole] = pending;
    }

    /// Moves the hole at the root down to a leaf, the earliest child always moving up, and puts
    /// `pending` there or, rarely, a little above: what was last in the heap is late by itself,
    /// so it is not worth comparing it on the way down.
    fn sink(&mut self, pending: Pending<E>) {
        let mut hole = 0;
        loop {
            let first = hole * CHILDREN + 1;
            let child = match self.heap.get(first..) {
                Some([a, b, c, d, ..]) => {
                    let (left, left_order) = earlier((0, a.order()), (1, b.order()));
                    let (right, right_order) = earlier((2, c.order()), (3, d.order()));
                    first + earlier((left, left_order), (right, right_order)).0
                }
                Some(few) if !few.is_empty() => {
                    let orders = few.iter().map(Pending::order).enumerate();
                    first + orders.fold((0, u128::MAX), earlier).0
                }
                _ => break,
            };
            self.heap[hole] = self.heap[child];
            hole = child;
        }
        self.rise(hole, pending);
    }
}

impl<E: Copy> Default for EventQueue<E> {
    fn default() -> Self {
        Self::new()
    }
}

/// The earlier of two places with their orders.
fn earlier(left: (usize, u128), right: (usize, u128)) -> (usize, u128) {
    if right.1 < left.1 { right } else { left }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Goal: the order is by time, then by sequence. Method: a stable sort is the reference.
        #[test]
        fn events_happen_in_order(times in prop::collection::vec(0_u64..50, 0..200)) {
            let mut queue = EventQueue::new();
            for (index, &time) in times.iter().enumerate() {
                queue.schedule(SimTime::from_ns(time), index);
            }
            let mut expected: Vec<usize> = (0..times.len()).collect();
            expected.sort_by_key(|&index| times[index]);
            let popped: Vec<usize> = std::iter::from_fn(|| queue.pop()).map(|(_, e)| e).collect();
            prop_assert_eq!(popped, expected);
        }
    }
}
