//! What agents remember of the router's answers.
//!
//! Every agent caches one answer for the TTL, counted from when it has it. While a look-up is
//! under way, further requests of the same agent wait for it instead of asking again.

use crate::model::entity::RegionId;
use crate::random::Stream;
use crate::units::{SimDuration, SimTime};

/// The caches of a population's agents.
#[derive(Clone, Debug)]
pub(crate) struct DnsCaches {
    answers: Vec<Answer>,
    ttl: SimDuration,
    lookup: SimDuration,
}

#[derive(Clone, Copy, Debug)]
struct Answer {
    region: RegionId,
    expires: SimTime,
}

/// Where an attempt goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// The region of the answer.
    pub(crate) region: RegionId,
    /// When the agent has the answer.
    pub(crate) ready: SimTime,
    /// Whether the router was asked now.
    pub(crate) is_fresh: bool,
}

impl DnsCaches {
    /// Caches as they are in the middle of a long quiet time: every agent holds an answer of
    /// `answer`, with ages uniform over the TTL.
    pub(crate) fn in_steady_state(
        policy: (SimDuration, SimDuration),
        agents: u32,
        ages: &mut Stream,
        mut answer: impl FnMut() -> RegionId,
    ) -> Self {
        let (ttl, lookup) = policy;
        let answers = (0..agents).map(|_| Answer {
            region: answer(),
            expires: SimTime::ZERO + ttl.scaled(ages.unit()),
        });
        Self {
            answers: answers.collect(),
            ttl,
            lookup,
        }
    }

    /// The answer that `agent` goes by at `now`, asking the router with `ask` if it has none.
    pub(crate) fn resolve(
        &mut self,
        now: SimTime,
        agent: u32,
        ask: impl FnOnce() -> RegionId,
    ) -> Resolved {
        let answer = &mut self.answers[agent as usize];
        if answer.expires > now && !self.ttl.is_zero() {
            return Resolved {
                region: answer.region,
                ready: now.max(answer.expires.before(self.ttl)),
                is_fresh: false,
            };
        }
        let ready = now + self.lookup;
        *answer = Answer {
            region: ask(),
            expires: ready + self.ttl,
        };
        Resolved {
            region: answer.region,
            ready,
            is_fresh: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, StreamSeed};

    fn caches(ttl: u64) -> DnsCaches {
        let seed = StreamSeed {
            seed: 1,
            replication: 0,
        };
        let mut ages = seed.stream(Purpose::CacheAge, "europe");
        let policy = (SimDuration::from_ns(ttl), SimDuration::from_ns(5));
        DnsCaches::in_steady_state(policy, 1, &mut ages, || RegionId::new(0))
    }

    fn resolve(caches: &mut DnsCaches, now: u64, region: usize) -> (usize, u64, bool) {
        let resolved = caches.resolve(SimTime::from_ns(now), 0, || RegionId::new(region));
        (
            resolved.region.index(),
            resolved.ready.as_ns(),
            resolved.is_fresh,
        )
    }

    #[test]
    fn an_answer_is_kept_for_the_ttl_from_when_it_came() {
        let mut caches = caches(100);
        assert_eq!(resolve(&mut caches, 1_000, 1), (1, 1_005, true));
        assert_eq!(
            resolve(&mut caches, 1_002, 2),
            (1, 1_005, false),
            "joins the look-up"
        );
        assert_eq!(
            resolve(&mut caches, 1_104, 2),
            (1, 1_104, false),
            "the last moment"
        );
        assert_eq!(resolve(&mut caches, 1_105, 2), (2, 1_110, true), "expired");
    }

    #[test]
    fn a_ttl_of_zero_asks_every_time() {
        let mut caches = caches(0);
        assert_eq!(resolve(&mut caches, 1_000, 1), (1, 1_005, true));
        assert_eq!(resolve(&mut caches, 1_001, 2), (2, 1_006, true));
    }
}
