//! A heap with four children a node: half the levels of a binary one, and the children of a node
//! share cache lines. Time and sequence form one 128-bit word, so one comparison orders two
//! events, ties included. Most events schedule another: the one that happens leaves a hole at the
//! root, and what is scheduled next falls into it.

use crate::engine::event_queue::pending::Pending;
use crate::units::SimTime;

const CHILDREN: usize = 4;

/// Pending events, of which the earliest can be told.
#[derive(Clone, Debug)]
pub(super) struct Heap<E> {
    /// The earliest first; while `is_hollow`, what is there has happened.
    nodes: Vec<Pending<E>>,
    /// Whether the root is a hole, left for the next event to be scheduled.
    is_hollow: bool,
}

impl<E: Copy> Heap<E> {
    /// A heap with no event.
    pub(super) const fn new() -> Self {
        Self {
            nodes: Vec::new(),
            is_hollow: false,
        }
    }

    /// Number of pending events.
    pub(super) fn len(&self) -> usize {
        self.nodes.len() - usize::from(self.is_hollow)
    }

    /// Puts an event in.
    pub(super) fn push(&mut self, pending: Pending<E>) {
        if std::mem::take(&mut self.is_hollow) {
            self.fill(pending);
        } else {
            self.nodes.push(pending);
            self.rise(self.nodes.len() - 1, pending);
        }
    }

    /// Closes the hole at the root, if there is one.
    #[expect(
        clippy::inline_always,
        reason = "every event comes here: 5 % of the time of three regions"
    )]
    #[inline(always)]
    pub(super) fn settle(&mut self) {
        if std::mem::take(&mut self.is_hollow) {
            let last = self.nodes.pop().expect("it has a root");
            if !self.nodes.is_empty() {
                self.sink(last);
            }
        }
    }

    /// The earliest, once the hole has been closed.
    pub(super) fn first(&self) -> Option<&Pending<E>> {
        self.nodes.first()
    }

    /// Takes the earliest, once the hole has been closed, and leaves one.
    pub(super) fn take(&mut self) -> Option<&Pending<E>> {
        let first = self.nodes.first()?;
        self.is_hollow = true;
        Some(first)
    }

    /// Until when nothing happens: the time of the earliest.
    pub(super) fn quiet_until(&self) -> SimTime {
        let first = if self.is_hollow {
            // One of the children of the root.
            self.nodes
                .get(1..)
                .unwrap_or_default()
                .iter()
                .take(CHILDREN)
        } else {
            self.nodes.iter().take(1)
        };
        let times = first.map(|pending| pending.at);
        times.min().unwrap_or(SimTime::NEVER)
    }

    /// Removes all, in no order.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Pending<E>> {
        self.nodes.drain(usize::from(self.is_hollow)..)
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
            self.nodes[hole] = self.nodes[child];
            hole = child;
        }
        self.nodes[hole] = pending;
    }

    /// Moves `pending` from `hole` towards the root until its parent is earlier.
    fn rise(&mut self, mut hole: usize, pending: Pending<E>) {
        let order = pending.order();
        while hole > 0 {
            let parent = (hole - 1) / CHILDREN;
            if self.nodes[parent].order() <= order {
                break;
            }
            self.nodes[hole] = self.nodes[parent];
            hole = parent;
        }
        self.nodes[hole] = pending;
    }

    /// Moves the hole at the root down to a leaf, the earliest child always moving up, and puts
    /// `pending` there or, rarely, a little above: what was last in the heap is late by itself,
    /// so it is not worth comparing it on the way down.
    fn sink(&mut self, pending: Pending<E>) {
        let mut hole = 0;
        while let Some((child, _)) = self.earliest_child(hole) {
            self.nodes[hole] = self.nodes[child];
            hole = child;
        }
        self.rise(hole, pending);
    }

    /// Where the earliest child of a node is, and its order.
    #[expect(
        clippy::inline_always,
        reason = "every level of the heap comes here: 8 % of the time of three regions"
    )]
    #[inline(always)]
    fn earliest_child(&self, node: usize) -> Option<(usize, u128)> {
        let first = node * CHILDREN + 1;
        let (child, order) = match self.nodes.get(first..)? {
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

/// The earlier of two places with their orders.
fn earlier(left: (usize, u128), right: (usize, u128)) -> (usize, u128) {
    if right.1 < left.1 { right } else { left }
}
