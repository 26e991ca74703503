//! What a station that serves first come, first served will do, known as soon as work joins it.
//!
//! Nobody overtakes and all demands are known, so work begins when the first of the workers has done
//! all that was given to it before: the recursion of Kiefer and Wolfowitz (1955), which with one
//! worker is Lindley's (1952). It holds until something disturbs the station: other workers, another
//! pace, or work that leaves the queue. What this file is not: it knows of no such thing; `foresight`
//! makes a timetable when none is near, and puts it away in time.

use std::collections::VecDeque;

use crate::engine::{Heap, Key, Slab};
use crate::model::gateway::Work;
use crate::model::observer::Slot;
use crate::units::{SimDuration, SimTime};

/// The timetable of a gateway: open while it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Timetable {
    is_open: bool,
    /// When each worker will have done all that it has been given, the first on top.
    free: Heap<SimTime>,
    /// When those begin that had to wait, in the order in which they came. Who has begun since is
    /// forgotten only when it matters how many wait.
    waiting: VecDeque<SimTime>,
    /// The most that have waited at once since it was opened.
    record: usize,
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
            free: Heap::new(),
            waiting: VecDeque::new(),
            record: 0,
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
        free.for_each(|at| self.free.push(at));
        self.waiting.clear();
        self.record = 0;
        self.is_open = true;
    }

    /// Gives what comes at `now` the next slot, unless nobody is free and the queue is full. And how
    /// many wait now, if more than ever since the timetable was opened.
    #[inline]
    pub(crate) fn join(
        &mut self,
        now: SimTime,
        demand: SimDuration,
    ) -> Option<(Slot, Option<usize>)> {
        let slot = self.offer(now, demand)?;
        Some((slot, self.take(now, slot)))
    }

    /// The slot that what comes at `now` can have, unless nobody is free and the queue is full.
    #[expect(
        clippy::inline_always,
        reason = "every request comes here: 1 % of all instructions"
    )]
    #[inline(always)]
    pub(crate) fn offer(&mut self, now: SimTime, demand: SimDuration) -> Option<Slot> {
        let first = *self.free.first()?;
        let begins = now.max(first);
        let ends = begins + demand;
        if begins > now && self.waiting.len() >= self.record.min(self.queue_limit) {
            self.forget_begun(now);
            if self.waiting.len() >= self.queue_limit {
                return None;
            }
        }
        Some(Slot { begins, ends })
    }

    /// Gives away the slot that was offered. Returns how many wait now, if more than ever since the
    /// timetable was opened.
    #[inline]
    pub(crate) fn take(&mut self, now: SimTime, slot: Slot) -> Option<usize> {
        self.free.replace_first(slot.ends);
        if slot.begins <= now {
            return None;
        }
        self.waiting.push_back(slot.begins);
        let count = self.waiting.len();
        if count <= self.record {
            return None;
        }
        self.record = count;
        Some(count)
    }

    /// Forgets who has begun by `now`.
    fn forget_begun(&mut self, now: SimTime) {
        while self.waiting.front().is_some_and(|&begins| begins <= now) {
            self.waiting.pop_front();
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Goal: how many wait is known exactly whenever it is told or limited. Method: the recursion by
    /// hand, with one worker who is free at 0: work of 10 that comes at 0, 1, 2, and 11 begins at 0, 10,
    /// 20 and 30.
    #[test]
    fn records_are_told_and_the_limit_is_kept() {
        let at = SimTime::from_ns;
        let mut timetable = Timetable::new(Some(2));
        timetable.open(std::iter::once(at(0)));
        let mut join = |now| {
            let joined = timetable.join(at(now), SimDuration::from_ns(10));
            joined.map(|(slot, record)| (slot.begins.as_ns(), record))
        };
        assert_eq!(join(0), Some((0, None)), "nobody waits");
        assert_eq!(join(1), Some((10, Some(1))));
        assert_eq!(join(2), Some((20, Some(2))));
        assert_eq!(join(9), None, "two wait already");
        assert_eq!(join(11), Some((30, None)), "two wait again");
        assert_eq!(join(40), Some((40, None)), "nobody waits");
    }
}
