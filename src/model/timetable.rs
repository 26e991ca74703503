//! What a station that serves first come, first served will do, known as soon as work joins it.
//!
//! Nobody overtakes and all demands are known, so work begins when the first of the workers has done
//! all that was given to it before: the recursion of Kiefer and Wolfowitz (1955), which with one
//! worker is Lindley's (1952). It holds until something disturbs the station: other workers, another
//! pace, or work that leaves the queue. What this file is not: it knows of no such thing; `foresight`
//! makes a timetable when none is near, and puts it away in time.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use crate::engine::{Key, Slab};
use crate::model::gateway::Work;
use crate::model::observer::Slot;
use crate::units::{SimDuration, SimTime};

/// The timetable of a gateway: open while it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Timetable {
    is_open: bool,
    /// When each worker will have done all that it has been given, the first on top.
    free: BinaryHeap<Reverse<SimTime>>,
    /// When those begin that had to wait, in the order in which they came.
    waiting: VecDeque<SimTime>,
    queue_limit: usize,
    /// Work whose end somebody is to be told of when it comes.
    watched: Slab<Appointment>,
    /// How much work has been watched.
    count: u64,
}

/// Work with its slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Appointment {
    pub(crate) work: Work,
    pub(crate) slot: Slot,
    /// Its number in the order in which all came.
    number: u64,
}

impl Timetable {
    /// A closed timetable, with so many places to wait in.
    pub(crate) fn new(queue_limit: Option<u32>) -> Self {
        Self {
            is_open: false,
            free: BinaryHeap::new(),
            waiting: VecDeque::new(),
            queue_limit: queue_limit.map_or(usize::MAX, |limit| limit as usize),
            watched: Slab::new(),
            count: 0,
        }
    }

    /// Whether it is kept.
    #[inline]
    pub(crate) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Opens it, with workers who will be free at these times.
    pub(crate) fn open(&mut self, free: impl Iterator<Item = SimTime>) {
        self.free.clear();
        self.free.extend(free.map(Reverse));
        self.waiting.clear();
        self.is_open = true;
    }

    /// Gives what comes at `now` the next slot, unless nobody is free and the queue is full.
    #[inline]
    pub(crate) fn join(&mut self, now: SimTime, demand: SimDuration) -> Option<Slot> {
        let slot = self.offer(now, demand)?;
        self.take(now, slot);
        Some(slot)
    }

    /// The slot that what comes at `now` can have, unless nobody is free and the queue is full.
    #[expect(
        clippy::inline_always,
        reason = "every request comes here: 1 % of all instructions"
    )]
    #[inline(always)]
    pub(crate) fn offer(&mut self, now: SimTime, demand: SimDuration) -> Option<Slot> {
        while self.waiting.front().is_some_and(|&begins| begins <= now) {
            self.waiting.pop_front();
        }
        let Reverse(first) = self.free.peek()?;
        let begins = now.max(*first);
        let ends = begins + demand;
        let is_full = begins > now && self.waiting.len() >= self.queue_limit;
        (!is_full).then_some(Slot { begins, ends })
    }

    /// Gives away the slot that was offered.
    #[inline]
    pub(crate) fn take(&mut self, now: SimTime, slot: Slot) {
        if slot.begins > now {
            self.waiting.push_back(slot.begins);
        }
        *self.free.peek_mut().expect("somebody offers the slot") = Reverse(slot.ends);
    }

    /// How many wait, of those that did when last something joined.
    #[inline]
    pub(crate) fn backlog(&self) -> usize {
        self.waiting.len()
    }

    /// Remembers work that has joined; the key finds it until it has ended.
    pub(crate) fn watch(&mut self, work: Work, slot: Slot) -> Key {
        let number = self.count;
        self.count += 1;
        self.watched.insert(Appointment { work, slot, number })
    }

    /// Work that has ended; `None` if the timetable has been closed since it was watched.
    pub(crate) fn ended(&mut self, key: Key) -> Option<Work> {
        self.watched.remove(key).map(|appointment| appointment.work)
    }

    /// Closes it: what it was watching, in the order in which that came.
    pub(crate) fn close(&mut self) -> Vec<Appointment> {
        self.is_open = false;
        self.waiting.clear();
        let keys: Vec<Key> = self.watched.keys_of(|_| true).collect();
        let open = keys.into_iter().filter_map(|key| self.watched.remove(key));
        let mut open: Vec<Appointment> = open.collect();
        open.sort_unstable_by_key(|appointment| appointment.number);
        open
    }
}
