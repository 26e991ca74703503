//! Deadlines that are in order by themselves, kept out of the event queue.
//!
//! Timers of one length that are started one after another also end one after another, and
//! nearly all of them are for things that will be over by then. A lane holds them as a plain
//! queue; the event queue holds one event for the whole lane. A deadline of something that is
//! over is dropped when it surfaces, never searched for.

use std::collections::VecDeque;

use crate::units::SimTime;

/// Pending deadlines in order of time.
#[derive(Clone, Debug)]
pub struct Lane<T> {
    deadlines: VecDeque<(SimTime, T)>,
    /// Whether an event that will look at the lane is pending.
    is_armed: bool,
}

/// What the front of a lane asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Front<T> {
    /// This deadline is due now.
    Due(T),
    /// Nothing is due; look again at this time.
    Later(SimTime),
    /// The lane is empty.
    Empty,
}

impl<T: Copy> Lane<T> {
    /// A lane with no deadline.
    pub const fn new() -> Self {
        Self {
            deadlines: VecDeque::new(),
            is_armed: false,
        }
    }

    /// Adds a deadline that is not before the last one.
    ///
    /// Drops deadlines at the front that are over, so that the lane stays as short as what it
    /// guards. Returns the time for which the caller must schedule a look at the lane, if none
    /// is pending.
    pub fn push(&mut self, at: SimTime, item: T, is_live: impl Fn(T) -> bool) -> Option<SimTime> {
        debug_assert!(self.deadlines.back().is_none_or(|&(last, _)| last <= at));
        while self
            .deadlines
            .front()
            .is_some_and(|&(_, front)| !is_live(front))
        {
            self.deadlines.pop_front();
        }
        self.deadlines.push_back((at, item));
        (!std::mem::replace(&mut self.is_armed, true)).then_some(at)
    }

    /// Takes the next due deadline of something live; to be called until nothing is due.
    pub fn surface(&mut self, now: SimTime, is_live: impl Fn(T) -> bool) -> Front<T> {
        while let Some(&(at, item)) = self.deadlines.front() {
            if at > now && is_live(item) {
                return Front::Later(at);
            }
            self.deadlines.pop_front();
            if is_live(item) {
                return Front::Due(item);
            }
        }
        self.is_armed = false;
        Front::Empty
    }
}

impl<T: Copy> Default for Lane<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_of_what_is_over_are_dropped() {
        let at = SimTime::from_ns;
        let mut lane = Lane::new();
        let all = |_| true;
        assert_eq!(lane.push(at(5), 'a', all), Some(at(5)));
        assert_eq!(lane.push(at(6), 'b', all), None);
        assert_eq!(lane.push(at(7), 'c', all), None);
        let all_but_a = |item| item != 'a';
        assert_eq!(lane.surface(at(5), all_but_a), Front::Later(at(6)));
        assert_eq!(lane.surface(at(6), all_but_a), Front::Due('b'));
        assert_eq!(lane.surface(at(6), all_but_a), Front::Later(at(7)));
        assert_eq!(lane.surface(at(7), |_| false), Front::Empty);
        assert_eq!(lane.push(at(9), 'd', all), Some(at(9)));
    }
}
