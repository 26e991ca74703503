//! What an agent remembers: the answer that it goes by, and its connection.
//!
//! Both fit on one line of the processor's caches, and are plain bytes, so that those of all agents can
//! lie in one [`Table`](crate::engine::Table): a fleet may have millions of them, and any may be the next
//! to send something.

use prefetch_index::prefetch_index;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use crate::model::connections::{Connection, Connections};
use crate::model::dns::{Answer, DnsCaches};
use crate::model::entity::{RegionId, RegionSpec};
use crate::model::pins::{Censuses, Pins};
use crate::random::Stream;
use crate::units::{IdMap, SimDuration, SimTime};

/// What an agent remembers.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C, align(64))]
pub(crate) struct Agent {
    pub(crate) answer: Answer,
    pub(crate) connection: Connection,
}

/// The agents of a population.
pub(crate) struct Agents<'s> {
    pub(super) all: &'s mut [Agent],
    /// The regions that they have ever been told of: nothing that they remember leads elsewhere.
    told: IdMap<RegionSpec, bool>,
    /// What is known of them without looking at each.
    pins: Pins,
}

impl<'s> Agents<'s> {
    /// Agents in memory of whatever content, and so many regions.
    pub(crate) fn new(all: &'s mut [Agent], regions: usize, censuses: Option<Censuses>) -> Self {
        Self {
            told: IdMap::from_fn(regions, |_| false),
            pins: Pins::unknown(all.len(), censuses),
            all,
        }
    }

    /// Lets them remember what they would in the middle of a long quiet time in which each of them sends
    /// something every `gap`: the answers that `region` tells, and connections to there if they have any.
    pub(crate) fn reach_steady_state(
        &mut self,
        gap: SimDuration,
        (caches, mut connections, ages): (&DnsCaches, Option<&mut Connections<'_>>, &mut Stream),
        mut region: impl FnMut() -> RegionId,
    ) {
        for (number, agent) in (0..).zip(&mut *self.all) {
            let answer = caches.in_steady_state((number, gap), ages, &mut region);
            let connection = match &mut connections {
                Some(connections) => connections.in_steady_state(answer.region(), gap),
                None => Connection::NONE,
            };
            self.told[answer.region()] = true;
            *agent = Agent { answer, connection };
        }
    }

    /// One is told of a region.
    #[inline]
    pub(crate) fn hear_of(&mut self, region: RegionId) {
        self.told[region] = true;
    }

    /// Whether what they remember may lead to a region of such a kind.
    pub(super) fn may_go(&self, is_such: impl Fn(RegionId) -> bool) -> bool {
        let told = self.told.entries().filter(|&(_, is_told)| *is_told);
        let mut regions = told.map(|(region, _)| region);
        regions.any(is_such)
    }

    /// What one remembers.
    #[inline]
    pub(crate) fn get(&self, agent: u32) -> &Agent {
        &self.all[agent as usize]
    }

    /// What one remembers, to be changed.
    #[inline]
    pub(crate) fn get_mut(&mut self, agent: u32) -> &mut Agent {
        self.pins.forget(agent);
        &mut self.all[agent as usize]
    }

    /// Has what one remembers brought to the processor's caches.
    #[inline]
    pub(crate) fn prefetch(&self, agent: u32) {
        prefetch_index(&*self.all, agent as usize);
        self.pins.prefetch(agent);
    }

    /// One may have come to rest at `now`: then it is known until when it is pinned.
    #[inline]
    pub(crate) fn may_rest(&mut self, agent: u32, now: SimTime) {
        if let Some(until) = self.get(agent).pinned_until(now) {
            self.pins.note(agent, until);
        }
    }

    /// How many are pinned at a census.
    pub(super) fn pinned(&mut self, now: SimTime) -> u32 {
        let all = &*self.all;
        self.pins.count(now, |agent| {
            let agent = &all[agent];
            (agent.is_pinned(now), agent.pinned_until(now))
        })
    }

    /// A region has got another address: all answers that tell the old one are dead.
    pub(crate) fn address_changed(&mut self, region: RegionId) {
        let answers = self.all.iter_mut().map(|agent| &mut agent.answer);
        let old = answers.filter(|answer| answer.region() == region);
        old.for_each(Answer::die);
    }
}

impl Agent {
    /// Whether it has a connection or an answer at `now`.
    #[inline]
    fn is_pinned(&self, now: SimTime) -> bool {
        self.connection.leads(now) | self.answer.is_held(now)
    }

    /// Until when it has a connection or an answer if it does nothing; `None` if something of its own is
    /// under way at `now`.
    #[inline]
    fn pinned_until(&self, now: SimTime) -> Option<SimTime> {
        let leads_until = self.connection.leads_until(now)?;
        Some(leads_until.max(self.answer.expires()))
    }
}
