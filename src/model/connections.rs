//! The connections that agents keep open.
//!
//! An agent keeps one, over which it may send any number of requests at once (as HTTP/2 does), and
//! goes where it leads as long as it lives, whatever the router would answer by now: at failover
//! and at failback. It dies of idleness or age when its agent next looks at it, of the region's
//! death when a request on it fails. A client whose request is merely slow keeps its connection:
//! a region that is up acknowledges what it gets.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use crate::model::client::ConnectionSpec;
use crate::model::dns::Source;
use crate::model::entity::RegionId;
use crate::model::trip::{Link, Way};
use crate::random::Stream;
use crate::units::{SimDuration, SimTime};

/// How the agents of a population open connections and keep them.
pub(crate) struct Connections<'s> {
    spec: &'s ConnectionSpec,
    connect_timeout: Option<SimDuration>,
    stream: Stream,
}

/// Nobody knows when a region accepts a connection, or whether.
const UNKNOWN: u32 = u32::MAX;

/// The connection of an agent, open or being opened.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub(crate) struct Connection {
    /// When its first packet left.
    begun: SimTime,
    /// When it can carry a request, if the region accepts.
    ready: SimTime,
    /// When it has been idle for too long, if nothing is in flight.
    idle: SimTime,
    /// When it is too old for another request.
    aged: SimTime,
    /// How many nanoseconds after its first packet the region accepts; `UNKNOWN` until that is certain.
    accepts: u32,
    /// How often the region had died by the time it accepted.
    deaths: u32,
    /// Attempts over it whose ends are not known.
    in_flight: u32,
    region: RegionId,
    unused: u16,
}

impl<'s> Connections<'s> {
    /// Connections of this kind, whose handshakes draw from `stream`.
    pub(crate) fn new(
        spec: &'s ConnectionSpec,
        connect_timeout: Option<SimDuration>,
        stream: Stream,
    ) -> Self {
        Self {
            spec,
            connect_timeout,
            stream,
        }
    }

    /// A connection to a region as it is in the middle of a long quiet time in which its agent sends
    /// something every `gap`: idle for an exponential time; of an age uniform up to the greatest, or, for
    /// a gap in every cycle, replaced by none.
    pub(crate) fn in_steady_state(&mut self, region: RegionId, gap: SimDuration) -> Connection {
        let left = |limit: Option<SimDuration>, used: SimDuration| {
            let left = |limit: SimDuration| SimDuration::from_ns(limit.as_ns() - used.as_ns());
            SimTime::ZERO.limited_by(limit.map(left))
        };
        let (spec, idle_limit) = (self.spec, self.spec.idle_timeout);
        let idle = gap.scaled(self.stream.exponential());
        let cycle = spec.max_age.map(|age| age + gap);
        let age = cycle.unwrap_or_default().scaled(self.stream.unit());
        let is_alive = idle_limit.is_none_or(|limit| idle < limit)
            && spec.max_age.is_none_or(|limit| age < limit);
        if !is_alive {
            return Connection::NONE;
        }
        Connection {
            begun: SimTime::ZERO,
            ready: SimTime::ZERO,
            idle: left(idle_limit, idle),
            aged: left(spec.max_age, age),
            accepts: 0,
            deaths: 0,
            in_flight: 0,
            region,
            unused: 0,
        }
    }

    /// The way over a connection, if there is one that lives.
    pub(crate) fn way(&self, now: SimTime, connection: &mut Connection) -> Option<Way> {
        // Who still has not been accepted has given up, even if nobody was there to see it.
        let is_accepted = connection.is_accepted(now);
        let is_given_up = !is_accepted && now > connection.begun.limited_by(self.connect_timeout);
        if is_given_up || !connection.is_alive(now) {
            *connection = Connection::NONE;
            return None;
        }
        connection.in_flight += 1;
        let Connection {
            region,
            deaths,
            begun,
            ready,
            ..
        } = *connection;
        let (leaves, link, source) = if is_accepted {
            (now.max(ready), Link::Open { deaths }, Source::Connection)
        } else {
            let leaves = now.max(begun);
            let handshake = ready.max(leaves) - leaves;
            // Begun moments ago, by what the agent knew then.
            (leaves, Link::Opening { handshake }, Source::Cache)
        };
        Some(Way {
            region,
            source,
            leaves,
            begun,
            link,
        })
    }

    /// Lets an agent open a connection whose first packet leaves at `begun` for a region at this
    /// `rtt`, in place of any that it had.
    pub(crate) fn open(
        &self,
        connection: &mut Connection,
        (region, rtt): (RegionId, SimDuration),
        begun: SimTime,
    ) -> Link {
        let handshake = self.handshake(rtt);
        *connection = Connection {
            begun,
            ready: begun + handshake,
            idle: begun,
            aged: begun.limited_by(self.spec.max_age),
            accepts: UNKNOWN,
            deaths: 0,
            in_flight: 1,
            region,
            unused: 0,
        };
        Link::Opening { handshake }
    }

    /// How long opening a connection takes at this `rtt`.
    pub(crate) fn handshake(&self, rtt: SimDuration) -> SimDuration {
        rtt * u64::from(self.spec.handshake_rtts)
    }

    /// An attempt over a connection ends at `at`: it is answered, or nobody waits for it any more.
    #[inline]
    pub(crate) fn ended(&self, connection: &mut Connection, at: SimTime) {
        // One that broke and was replaced at the same instant looks the same.
        connection.in_flight = connection.in_flight.saturating_sub(1);
        let idle = at.limited_by(self.spec.idle_timeout);
        connection.idle = connection.idle.max(idle);
    }

    /// Draws for handshakes.
    pub(crate) fn stream(&mut self) -> &mut Stream {
        &mut self.stream
    }
}

impl Connection {
    /// What an agent has that never had one, or whose broke.
    pub(crate) const NONE: Self = Self {
        begun: SimTime::NEVER,
        ready: SimTime::NEVER,
        idle: SimTime::ZERO,
        aged: SimTime::ZERO,
        accepts: UNKNOWN,
        deaths: 0,
        in_flight: 0,
        region: RegionId::FIRST,
        unused: 0,
    };

    /// Whether it is the one to a region that was begun at a time.
    #[inline]
    pub(crate) fn is(&self, (region, begun): (RegionId, SimTime)) -> bool {
        self.region == region && self.begun == begun
    }

    /// Its region, which has died so often, has accepted it; returns how much longer the request needs,
    /// which was to be `handshake`.
    /// What was repeated during a cut, `knocked` again when it ended: the handshake counts from
    /// then, for all who wait for the connection.
    pub(crate) fn accept(
        &mut self,
        deaths: u32,
        (knocked, handshake): (Option<SimTime>, SimDuration),
    ) -> SimDuration {
        let is_first = std::mem::replace(&mut self.accepts, 0) == UNKNOWN;
        self.deaths = deaths;
        let Some(knocked) = knocked else {
            return handshake;
        };
        if is_first {
            self.ready = self.ready.max(knocked + handshake);
        }
        self.ready.max(knocked) - knocked
    }

    /// A time that can lie between the first packet of a connection and its acceptance, if that is to be
    /// kept in mind: in nanoseconds, below 4.3 s.
    pub(crate) fn foreseeable(length: SimDuration) -> Option<u32> {
        let ns = u32::try_from(length.as_ns()).ok()?;
        (ns != 0 && ns != UNKNOWN).then_some(ns)
    }

    /// Its region, which has died so often, is certain to accept it `after` so many nanoseconds.
    pub(crate) fn will_be_accepted(&mut self, after: u32, deaths: u32) {
        self.accepts = self.accepts.min(after);
        self.deaths = deaths;
    }

    /// Where it leads, or will lead.
    #[inline]
    pub(crate) fn region(&self) -> RegionId {
        self.region
    }

    /// How often its region had died when it accepted.
    #[inline]
    pub(crate) fn deaths(&self) -> u32 {
        self.deaths
    }

    /// Whether its agent may use it, for all that it knows. Of many agents each has something else in
    /// store, so nothing here branches.
    #[inline]
    pub(crate) fn is_alive(&self, now: SimTime) -> bool {
        let is_used = self.in_flight > 0;
        let (is_kept, is_young) = (self.idle > now, self.aged > now);
        (is_used | is_kept) & is_young
    }

    /// Whether the region has accepted it.
    #[inline]
    fn is_accepted(&self, now: SimTime) -> bool {
        (self.accepts != UNKNOWN) & (now.since(self.begun).as_ns() >= u64::from(self.accepts))
    }

    /// Whether its agent may use it, and it is open.
    #[inline]
    pub(crate) fn leads(&self, now: SimTime) -> bool {
        self.is_accepted(now) & self.is_alive(now)
    }

    /// Until when it leads if nothing more is sent over it; `None` if something is under way at `now`.
    #[inline]
    pub(crate) fn leads_until(&self, now: SimTime) -> Option<SimTime> {
        if self.in_flight > 0 {
            return None;
        }
        if self.accepts == UNKNOWN {
            // No region has accepted it, and nobody waits for that.
            return Some(SimTime::ZERO);
        }
        self.is_accepted(now).then(|| self.idle.min(self.aged))
    }
}
