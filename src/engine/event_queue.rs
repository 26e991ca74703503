//! Pending events in the order in which they will happen.
//!
//! A heap with four children a node: half the levels of a binary one, and the children of a node
//! share cache lines. Time and sequence form one 128-bit word, so one comparison orders two
//! events, ties included. Most events schedule another: the one that happens leaves a hole at the
//! root, and what is scheduled next falls into it.

use crate::units::SimTime;

const CHILDREN: usize = 4;

/// The pending events of a run.
#[derive(Clone, Debug)]
pub struct EventQueue<E> {
    /// The earliest first; while `is_hollow`, what is there has happened.
    heap: Vec<Pending<E>>,
    /// Whether the root is a hole, left for the next event to be scheduled.
    is_hollow: bool,
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
            is_hollow: false,
            sequence: 0,
        }
    }

    /// Number of pending events.
    pub fn len(&self) -> usize {
        self.heap.len() - usize::from(self.is_hollow)
    }

    /// Whether nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
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
        if std::mem::take(&mut self.is_hollow) {
            self.fill(pending);
        } else {
            self.heap.push(pending);
            self.rise(self.heap.len() - 1, pending);
        }
    }

    /// Removes and returns the next event with its time.
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        if self.is_hollow {
            let last = self.heap.pop().expect("it has a root");
            if self.heap.is_empty() {
                self.is_hollow = false;
                return None;
            }
            self.sink(last);
        }
        let next = self.heap.first()?;
        self.is_hollow = true;
        Some((next.at, next.event))
    }

    /// When the next event happens; never, if none is pending.
    pub fn next_at(&self) -> SimTime {
        let first = if self.is_hollow {
            // One of the children of the root.
            self.heap.get(1..).unwrap_or_default().iter().take(CHILDREN)
        } else {
            self.heap.iter().take(1)
        };
        let times = first.map(|pending| pending.at);
        times.min().unwrap_or(SimTime::NEVER)
    }

    /// Puts `pending` into the hole at the root, or below it where it belongs.
    #[inline]
    fn fill(&mut self, pending: Pending<E>) {
        let order = pending.order();
        let mut hole = 0;
        while let Some((child, child_order)) = self.earliest_child(hole) {
            if order <= child_order {
                break;
            }
            self.heap[hole] = self.heap[child];
            hole = child;
        }
        self.heap[hole] = pending;
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
        while let Some((child, _)) = self.earliest_child(hole) {
            self.heap[hole] = self.heap[child];
            hole = child;
        }
        self.rise(hole, pending);
    }

    /// Where the earliest child of a node is, and its order.
    #[inline]
    fn earliest_child(&self, node: usize) -> Option<(usize, u128)> {
        let first = node * CHILDREN + 1;
        let (child, order) = match self.heap.get(first..)? {
            [a, b, c, d, ..] => {
                let left = earlier((0, a.order()), (1, b.order()));
                let right = earlier((2, c.order()), (3, d.order()));
                earlier(left, right)
            }
            [a, b, c] => {
                let left = earlier((0, a.order()), (1, b.order()));
                earlier(left, (2, c.order()))
            }
            [a, b] => earlier((0, a.order()), (1, b.order())),
            [a] => (0, a.order()),
            [] => return None,
        };
        Some((first + child, order))
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
        /// Goal: the order is by time, then by sequence, however scheduling and popping take turns.
        /// Method: a sorted list is the reference; every step pops one event and schedules some.
        #[test]
        fn events_happen_in_order(steps in prop::collection::vec(prop::collection::vec(0_u64..50, 0..4), 0..100)) {
            let mut queue = EventQueue::new();
            let mut expected: Vec<(u64, usize)> = Vec::new();
            let mut count = 0;
            for lengths in steps {
                let popped = queue.pop();
                expected.sort_unstable();
                let first = (!expected.is_empty()).then(|| expected.remove(0));
                let now = first.map_or(0, |(at, _)| at);
                prop_assert_eq!(popped, first.map(|(at, index)| (SimTime::from_ns(at), index)));
                for length in lengths {
                    queue.schedule(SimTime::from_ns(now + length), count);
                    expected.push((now + length, count));
                    count += 1;
                }
                let next = expected.iter().min().map_or(SimTime::NEVER, |&(at, _)| SimTime::from_ns(at));
                prop_assert_eq!(queue.next_at(), next);
                prop_assert_eq!(queue.len(), expected.len());
                prop_assert_eq!(queue.is_empty(), expected.is_empty());
            }
        }
    }
}
