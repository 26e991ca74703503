//! Things of which the first is to be told.
//!
//! A heap with four children a node: half the levels of a binary one, and the children of a node
//! share cache lines. Who takes the first mostly puts another in: what is taken leaves a hole at the
//! root, and what is put in next falls into it.

use crate::units::SimTime;

const CHILDREN: usize = 4;

/// Something that comes before or after others of its kind.
pub trait Ordered: Copy {
    /// What they are compared by: the less, the earlier.
    type Order: Ord + Copy;

    /// Its place in the order.
    fn order(&self) -> Self::Order;
}

impl Ordered for SimTime {
    type Order = Self;

    #[inline]
    fn order(&self) -> Self {
        *self
    }
}

/// Things of which the first can be told.
#[derive(Clone, Debug)]
pub struct Heap<T> {
    /// The first one first; while `is_hollow`, it has been taken.
    nodes: Vec<T>,
    /// Whether the root is a hole, left for the next thing to be put in.
    is_hollow: bool,
}

impl<T: Ordered> Heap<T> {
    /// A heap with nothing in it.
    pub const fn new() -> Self {
        Self {
            nodes: Vec::new(),
            is_hollow: false,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.nodes.len() - usize::from(self.is_hollow)
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts a thing in.
    pub fn push(&mut self, thing: T) {
        if std::mem::take(&mut self.is_hollow) {
            self.fill(thing);
        } else {
            self.nodes.push(thing);
            self.rise(self.nodes.len() - 1, thing);
        }
    }

    /// Closes the hole at the root, if there is one.
    #[expect(
        clippy::inline_always,
        reason = "every event comes here: 5 % of the time of three regions"
    )]
    #[inline(always)]
    pub fn settle(&mut self) {
        if std::mem::take(&mut self.is_hollow) {
            let last = self.nodes.pop().expect("it has a root");
            if !self.nodes.is_empty() {
                self.sink(last);
            }
        }
    }

    /// The first, once the hole has been closed.
    pub fn first(&self) -> Option<&T> {
        debug_assert!(!self.is_hollow, "settle it first");
        self.nodes.first()
    }

    /// Takes the first, once the hole has been closed, and leaves one.
    pub fn take(&mut self) -> Option<&T> {
        debug_assert!(!self.is_hollow, "settle it first");
        let first = self.nodes.first()?;
        self.is_hollow = true;
        Some(first)
    }

    /// Takes the first and puts another thing in; there has to be a first, and no hole.
    #[inline]
    pub fn replace_first(&mut self, thing: T) {
        debug_assert!(!self.is_hollow, "settle it first");
        match &mut self.nodes[..] {
            // There is no order to keep.
            [only] => *only = thing,
            _ => self.fill(thing),
        }
    }

    /// The first, whether there is a hole or not.
    pub fn peek(&self) -> Option<&T> {
        if self.is_hollow {
            let children = self.nodes.iter().skip(1).take(CHILDREN);
            children.min_by_key(|child| child.order())
        } else {
            self.nodes.first()
        }
    }

    /// Removes all.
    pub fn clear(&mut self) {
        self.nodes.clear();
        self.is_hollow = false;
    }

    /// Removes all, in no order.
    pub fn drain(&mut self) -> impl Iterator<Item = T> {
        self.nodes.drain(usize::from(self.is_hollow)..)
    }

    /// Puts `thing` into the hole at the root, or below it where it belongs.
    #[inline]
    fn fill(&mut self, thing: T) {
        let order = thing.order();
        let mut hole = 0;
        while let Some((child, child_order)) = self.earliest_child(hole) {
            if order <= child_order {
                break;
            }
            self.nodes[hole] = self.nodes[child];
            hole = child;
        }
        self.nodes[hole] = thing;
    }

    /// Moves `thing` from `hole` towards the root until its parent is earlier.
    fn rise(&mut self, mut hole: usize, thing: T) {
        let order = thing.order();
        while hole > 0 {
            let parent = (hole - 1) / CHILDREN;
            if self.nodes[parent].order() <= order {
                break;
            }
            self.nodes[hole] = self.nodes[parent];
            hole = parent;
        }
        self.nodes[hole] = thing;
    }

    /// Moves the hole at the root down to a leaf, the earliest child always moving up, and puts
    /// `thing` there or, rarely, a little above: what was last in the heap is late by itself,
    /// so it is not worth comparing it on the way down.
    fn sink(&mut self, thing: T) {
        let mut hole = 0;
        while let Some((child, _)) = self.earliest_child(hole) {
            self.nodes[hole] = self.nodes[child];
            hole = child;
        }
        self.rise(hole, thing);
    }

    /// Where the earliest child of a node is, and its order.
    #[expect(
        clippy::inline_always,
        reason = "every level of the heap comes here: 8 % of the time of three regions"
    )]
    #[inline(always)]
    fn earliest_child(&self, node: usize) -> Option<(usize, T::Order)> {
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

impl<T: Ordered> Default for Heap<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// The earlier of two places with their orders.
fn earlier<O: Ord>(left: (usize, O), right: (usize, O)) -> (usize, O) {
    if right.1 < left.1 { right } else { left }
}
