//! What agents remember of the router's answers.
//!
//! Every agent caches one answer for the TTL, counted from when it has it. While a look-up is
//! under way, further requests of the same agent wait for it instead of asking again. Some agents
//! sit behind resolvers that keep answers for longer (8.74 % of 8 524 resolvers measured do: "How
//! resolvers treat TTLs", PAM 2023), and some keep their first answer for ever.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use crate::model::client::DnsSpec;
use crate::model::entity::RegionId;
use crate::random::Stream;
use crate::units::{SimDuration, SimTime};

/// How long the agents of a population keep answers.
#[derive(Clone, Debug)]
pub(crate) struct DnsCaches {
    lookup: SimDuration,
    ttl: SimDuration,
    extended_ttl: SimDuration,
    /// The first agents pin their answer; the next extend its TTL.
    pinned: u32,
    /// The first agent that keeps answers just as long as it should.
    first_faithful: u32,
}

/// The answer that an agent remembers.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub(crate) struct Answer {
    expires: SimTime,
    region: RegionId,
    unused: u16,
    /// 1 if the address has ceased to be the region's, else 0.
    is_dead: u32,
}

/// Where an attempt goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// The region of the answer.
    pub(crate) region: RegionId,
    /// When the agent has the answer.
    pub(crate) ready: SimTime,
    /// How the agent knows it.
    pub(crate) source: Source,
}

/// How an agent knows where to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// It has asked the router for this attempt.
    Router,
    /// It has an answer.
    Cache,
    /// It has an answer, of an address that is no longer the region's.
    DeadAddress,
    /// It has a connection.
    Connection,
}

impl DnsCaches {
    /// The caches of so many agents.
    pub(crate) fn new((spec, ttl): (&DnsSpec, SimDuration), agents: u32) -> Self {
        let pinned = spec.pinned.of(agents);
        let extended = spec.extended.of(agents).min(agents - pinned);
        Self {
            lookup: spec.lookup,
            ttl,
            extended_ttl: spec.extended_ttl.max(ttl),
            pinned,
            first_faithful: pinned + extended,
        }
    }

    /// What `agent` remembers in the middle of a long quiet time in which it sends something every `gap`:
    /// for the time that it keeps an answer it holds one, and then none for a gap, until it asks again.
    /// Where in that cycle it is, is uniform.
    pub(crate) fn in_steady_state(
        &self,
        (agent, gap): (u32, SimDuration),
        ages: &mut Stream,
        region: impl FnOnce() -> RegionId,
    ) -> Answer {
        let expires = match self.keeps(agent) {
            None => SimTime::NEVER,
            Some(kept) => {
                let cycle = kept.as_secs_f64() + gap.as_secs_f64();
                let left = ages.unit() * cycle - gap.as_secs_f64();
                SimTime::ZERO + SimDuration::from_secs_f64(left.max(0.0))
            }
        };
        Answer::new(region(), expires)
    }

    /// How long an agent keeps an answer; `None`: for ever.
    fn keeps(&self, agent: u32) -> Option<SimDuration> {
        if agent >= self.first_faithful {
            Some(self.ttl)
        } else if agent >= self.pinned {
            Some(self.extended_ttl)
        } else {
            None
        }
    }

    /// How long asking the router takes.
    pub(crate) fn lookup(&self) -> SimDuration {
        self.lookup
    }

    /// The answer that `agent` goes by at `now`, if it has one.
    #[expect(
        clippy::inline_always,
        reason = "every request comes here: 2 % of all instructions"
    )]
    #[inline(always)]
    pub(crate) fn held(&self, now: SimTime, (agent, answer): (u32, &Answer)) -> Option<Resolved> {
        let kept = self.keeps(agent).unwrap_or(SimDuration::MAX);
        if !answer.is_held(now) || kept.is_zero() {
            return None;
        }
        let ready = if answer.expires == SimTime::NEVER {
            now
        } else {
            // The look-up may be still under way.
            now.max(answer.expires.before(kept))
        };
        let source = if answer.is_dead() {
            Source::DeadAddress
        } else {
            Source::Cache
        };
        Some(Resolved {
            region: answer.region,
            ready,
            source,
        })
    }

    /// Lets `agent`, which goes by no answer at `now`, ask the router, who says `region`.
    #[inline]
    pub(crate) fn asked(
        &self,
        now: SimTime,
        (agent, answer): (u32, &mut Answer),
        region: RegionId,
    ) -> Resolved {
        let ready = now + self.lookup;
        let kept = self.keeps(agent).unwrap_or(SimDuration::MAX);
        *answer = Answer::new(region, ready + kept);
        Resolved {
            region,
            ready,
            source: Source::Router,
        }
    }
}

impl Answer {
    /// An answer that leads to a region until it expires.
    const fn new(region: RegionId, expires: SimTime) -> Self {
        Self {
            expires,
            region,
            unused: 0,
            is_dead: 0,
        }
    }

    /// Where it leads, or led.
    #[inline]
    pub(crate) fn region(&self) -> RegionId {
        self.region
    }

    /// When its agent ceases to go by it.
    #[inline]
    pub(crate) fn expires(&self) -> SimTime {
        self.expires
    }

    /// Whether its agent still goes by it.
    #[inline]
    pub(crate) fn is_held(&self, now: SimTime) -> bool {
        self.expires > now
    }

    /// Whether the address has ceased to be the region's.
    #[inline]
    pub(crate) fn is_dead(&self) -> bool {
        self.is_dead != 0
    }

    /// Its region has got another address.
    pub(crate) fn die(&mut self) {
        self.is_dead = 1;
    }

    /// What the agent was told of has no address: it has no answer.
    pub(crate) fn forget(&mut self) {
        self.expires = SimTime::ZERO;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, StreamSeed};
    use crate::units::Ratio;

    fn caches(ttl: u64, share: (f64, f64)) -> (DnsCaches, Answer) {
        let seed = StreamSeed {
            seed: 1,
            replication: 0,
        };
        let mut ages = seed.stream(Purpose::CacheAge, "europe");
        let spec = DnsSpec {
            extended: Ratio::new(share.0).expect("a share"),
            extended_ttl: SimDuration::from_ns(1_000),
            pinned: Ratio::new(share.1).expect("a share"),
            ..DnsSpec::faithful(SimDuration::from_ns(5))
        };
        let caches = DnsCaches::new((&spec, SimDuration::from_ns(ttl)), 1);
        let region = || RegionId::new(0);
        let answer = caches.in_steady_state((0, SimDuration::ZERO), &mut ages, region);
        (caches, answer)
    }

    fn resolve(
        (caches, answer): &mut (DnsCaches, Answer),
        now: u64,
        region: usize,
    ) -> (usize, u64, bool) {
        let (now, region) = (SimTime::from_ns(now), RegionId::new(region));
        let held = caches.held(now, (0, answer));
        let resolved = held.unwrap_or_else(|| caches.asked(now, (0, answer), region));
        (
            resolved.region.index(),
            resolved.ready.as_ns(),
            resolved.source == Source::Router,
        )
    }

    #[test]
    fn an_answer_is_kept_for_the_ttl_from_when_it_came() {
        let mut caches = caches(100, (0.0, 0.0));
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
        let mut caches = caches(0, (0.0, 0.0));
        assert_eq!(resolve(&mut caches, 1_000, 1), (1, 1_005, true));
        assert_eq!(resolve(&mut caches, 1_001, 2), (2, 1_006, true));
    }

    #[test]
    fn extended_answers_outlive_the_ttl_and_pinned_ones_everything() {
        let mut extended = caches(100, (1.0, 0.0));
        assert_eq!(resolve(&mut extended, 2_000, 1), (1, 2_005, true));
        assert_eq!(resolve(&mut extended, 3_004, 2), (1, 3_004, false));
        assert_eq!(resolve(&mut extended, 3_005, 2), (2, 3_010, true));
        let mut pinned = caches(100, (0.0, 1.0));
        assert_eq!(resolve(&mut pinned, 1 << 60, 1), (0, 1 << 60, false));
    }
}
