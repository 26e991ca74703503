//! Which agents a census need not look at.
//!
//! An agent is pinned as long as it has an answer or a connection. If nothing of its own is under way, it
//! is known until when, whatever others do: this file keeps the number of the first census that will find
//! each of them free. So a census of a million agents reads two bytes of most, not all they remember.

use prefetch_index::prefetch_index;

use crate::model::spec::FleetSpec;
use crate::units::{SimDuration, SimTime};

/// In place of a number: this agent has to be looked at.
const LOOK: u16 = u16::MAX;

/// So many agents are looked over at once.
const CHUNK: usize = 64;

/// When censuses are held.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Censuses {
    first: SimTime,
    interval: SimDuration,
    end: SimTime,
}

/// What is known of agents without looking at them.
#[derive(Clone, Debug)]
pub(crate) struct Pins {
    /// `None` if nobody ever counts.
    censuses: Option<Censuses>,
    /// For each agent the number of the first census that finds it free if it does nothing, or `LOOK`.
    free_at: Vec<u16>,
}

impl Censuses {
    /// The censuses of a fleet, half an interval into its measured period and every interval from then on,
    /// so that each stands for the middle of its interval; `None` if nobody wants them.
    pub(super) fn of(fleet: &FleetSpec) -> Option<Self> {
        let interval = fleet.census?;
        Some(Self {
            first: fleet.period.start() + interval / 2,
            interval,
            end: fleet.period.end(),
        })
    }

    /// When the first is held, if any is.
    pub(super) fn first(&self) -> Option<SimTime> {
        self.unless_over(self.first)
    }

    /// When the one after that at `now` is held, if any is.
    pub(super) fn after(&self, now: SimTime) -> Option<SimTime> {
        self.unless_over(now + self.interval)
    }

    fn unless_over(&self, at: SimTime) -> Option<SimTime> {
        (at < self.end).then_some(at)
    }

    /// How many of them come before a time.
    #[inline]
    fn before(&self, at: SimTime) -> u64 {
        let at = at.min(self.end);
        if at <= self.first {
            return 0;
        }
        (at.since(self.first).as_ns() - 1) / self.interval.as_ns() + 1
    }
}

impl Pins {
    /// Of so many agents nothing is known.
    pub(super) fn unknown(agents: usize, censuses: Option<Censuses>) -> Self {
        let agents = if censuses.is_some() { agents } else { 0 };
        Self {
            censuses,
            free_at: vec![LOOK; agents],
        }
    }

    /// Has what is known of an agent brought to the processor's caches.
    #[inline]
    pub(super) fn prefetch(&self, agent: u32) {
        prefetch_index(&self.free_at, agent as usize);
    }

    /// An agent may do something now.
    #[inline]
    pub(super) fn forget(&mut self, agent: u32) {
        if let Some(free_at) = self.free_at.get_mut(agent as usize) {
            *free_at = LOOK;
        }
    }

    /// An agent is pinned until then, unless it does something before.
    #[inline]
    pub(super) fn note(&mut self, agent: u32, until: SimTime) {
        if let (Some(censuses), Some(free_at)) =
            (&self.censuses, self.free_at.get_mut(agent as usize))
        {
            *free_at = number(censuses, until);
        }
    }

    /// How many are pinned at a census that is held now. `look` tells of an agent whether it is, and until
    /// when, if nothing of its own is under way.
    pub(super) fn count(
        &mut self,
        now: SimTime,
        mut look: impl FnMut(usize) -> (bool, Option<SimTime>),
    ) -> u32 {
        let censuses = self.censuses.as_ref().expect("one is held");
        // All numbers that are known are less, so that who has to be looked at comes out as pinned.
        let this = number(censuses, now).min(LOOK - 1);
        let (mut pinned, mut free) = (0, 0);
        for (first, chunk) in (0..).step_by(CHUNK).zip(self.free_at.chunks_mut(CHUNK)) {
            // Without a branch for each.
            let last = chunk.iter().fold(0, |last, &free_at| last.max(free_at));
            if last == LOOK {
                for (agent, free_at) in (first..).zip(&mut *chunk) {
                    if *free_at == LOOK {
                        let (is_pinned, until) = look(agent);
                        *free_at = until.map_or(LOOK, |until| number(censuses, until));
                        free += u32::from(*free_at == LOOK && !is_pinned);
                    }
                }
            }
            let is_pinned = chunk.iter().map(|&free_at| u16::from(free_at > this));
            pinned += u32::from(is_pinned.sum::<u16>());
        }
        pinned - free
    }
}

/// The number of the first census that is not before a time; `LOOK` if it is too great.
#[inline]
fn number(censuses: &Censuses, at: SimTime) -> u16 {
    u16::try_from(censuses.before(at)).unwrap_or(LOOK)
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: fn(u64) -> SimTime = SimTime::from_ns;

    /// Censuses at 5, 15, 25 and 35, and so many agents.
    fn pins(agents: usize) -> Pins {
        let censuses = Censuses {
            first: AT(5),
            interval: SimDuration::from_ns(10),
            end: AT(40),
        };
        Pins::unknown(agents, Some(censuses))
    }

    #[test]
    fn who_is_pinned_until_a_census_is_free_at_it() {
        let mut pins = pins(7);
        for (agent, until) in (0..).zip([0, 5, 6, 15, 16, 40, u64::MAX]) {
            pins.note(agent, AT(until));
        }
        let mut count = |now| pins.count(AT(now), |_| panic!("all is known"));
        assert_eq!([5, 15, 25, 35].map(&mut count), [5, 3, 2, 2]);
    }

    /// Goal: only those are looked at of whom nothing is known, and only once unless something of theirs is
    /// under way. Method: of 200 agents, who have all been looked at, three do something; then the first is
    /// pinned until 16, the second has something under way and the third too, but is free.
    #[test]
    fn who_has_done_something_is_looked_at() {
        let mut pins = pins(200);
        assert_eq!(pins.count(AT(5), |_| (false, Some(AT(0)))), 0);
        let mut looked_at = Vec::new();
        let mut count = |pins: &mut Pins, now| {
            let pinned = pins.count(AT(now), |agent| {
                looked_at.push(agent);
                match agent {
                    3 => (true, Some(AT(16))),
                    64 => (true, None),
                    _ => (false, None),
                }
            });
            (pinned, std::mem::take(&mut looked_at))
        };
        for agent in [3, 64, 199] {
            pins.forget(agent);
        }
        assert_eq!(count(&mut pins, 15), (2, vec![3, 64, 199]));
        assert_eq!(count(&mut pins, 25), (1, vec![64, 199]));
    }

    /// Goal: there may be more censuses than there are numbers. Method: the last that has one, and the first
    /// two that have none; one agent is pinned for ever, one is free, one may be either.
    #[test]
    fn a_number_that_is_too_great_is_none() {
        let censuses = Censuses {
            first: AT(0),
            interval: SimDuration::from_ns(1),
            end: AT(1 << 20),
        };
        let mut pins = Pins::unknown(3, Some(censuses));
        for now in [65_534, 65_535, 65_536] {
            let look = |agent| (agent != 1, [Some(SimTime::NEVER), Some(AT(0)), None][agent]);
            assert_eq!(pins.count(AT(now), look), 2, "at {now}");
        }
        assert_eq!(pins.free_at, [LOOK, 0, LOOK]);
    }
}
