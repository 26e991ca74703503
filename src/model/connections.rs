//! The connections that agents keep open.
//!
//! An agent keeps one, over which it may send any number of requests at once (as HTTP/2 does), and
//! goes where it leads as long as it lives, whatever the router would answer by now: at failover
//! and at failback. It dies of idleness or age when its agent next looks at it, of the region's
//! death when a request on it fails. A client whose request is merely slow keeps its connection:
//! a region that is up acknowledges what it gets.

use prefetch_index::prefetch_index;

use crate::model::client::ConnectionSpec;
use crate::model::dns::Source;
use crate::model::entity::RegionId;
use crate::model::trip::{Link, Way};
use crate::random::Stream;
use crate::units::{SimDuration, SimTime};

/// The connections of a population's agents.
pub(crate) struct Connections<'s> {
    spec: &'s ConnectionSpec,
    connect_timeout: Option<SimDuration>,
    /// What each agent has.
    open: Vec<Connection>,
    stream: Stream,
}

/// Nobody knows when a region accepts a connection, or whether.
const UNKNOWN: u32 = u32::MAX;

/// A connection, open or being opened.
#[derive(Clone, Copy, Debug)]
struct Connection {
    region: RegionId,
    /// How often the region had died by the time it accepted.
    deaths: u32,
    /// When its first packet left.
    begun: SimTime,
    /// How many nanoseconds later the region accepts; `UNKNOWN` until that is certain.
    accepts: u32,
    /// When it can carry a request, if the region accepts.
    ready: SimTime,
    /// Attempts over it whose ends are not known.
    in_flight: u32,
    /// When it has been idle for too long, if nothing is in flight.
    idle: SimTime,
    /// When it is too old for another request.
    aged: SimTime,
}

impl<'s> Connections<'s> {
    /// Connections as they are in the middle of a long quiet time in which an agent sends something
    /// every `gap`: idle for an exponential time; of an age uniform up to the greatest, or, for a
    /// gap in every cycle, replaced by none.
    pub(crate) fn in_steady_state(
        (spec, connect_timeout): (&'s ConnectionSpec, Option<SimDuration>),
        gap: SimDuration,
        regions: impl Iterator<Item = RegionId>,
        mut stream: Stream,
    ) -> Self {
        let left = |limit: Option<SimDuration>, used: SimDuration| {
            let left = |limit: SimDuration| SimDuration::from_ns(limit.as_ns() - used.as_ns());
            SimTime::ZERO.limited_by(limit.map(left))
        };
        let idle_limit = spec.idle_timeout;
        let open = regions.map(|region| {
            let idle = gap.scaled(stream.exponential());
            let cycle = spec.max_age.map(|age| age + gap);
            let age = cycle.unwrap_or_default().scaled(stream.unit());
            let is_alive = idle_limit.is_none_or(|limit| idle < limit)
                && spec.max_age.is_none_or(|limit| age < limit);
            if !is_alive {
                return Connection::NONE;
            }
            Connection {
                region,
                deaths: 0,
                begun: SimTime::ZERO,
                accepts: 0,
                ready: SimTime::ZERO,
                in_flight: 0,
                idle: left(idle_limit, idle),
                aged: left(spec.max_age, age),
            }
        });
        let open = open.collect();
        Self {
            spec,
            connect_timeout,
            open,
            stream,
        }
    }

    /// Asks the processor for the connection of `agent`, without waiting for it.
    pub(crate) fn prefetch(&self, agent: u32) {
        prefetch_index(&self.open, agent as usize);
    }

    /// The way over the connection that `agent` has, if it has one that lives.
    pub(crate) fn of(&mut self, now: SimTime, agent: u32) -> Option<Way> {
        let limit = self.connect_timeout;
        let connection = &mut self.open[agent as usize];
        // Who still has not been accepted has given up, even if nobody was there to see it.
        let is_accepted = connection.is_accepted(now);
        let is_given_up = !is_accepted && now > connection.begun.limited_by(limit);
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
        &mut self,
        agent: u32,
        (region, rtt): (RegionId, SimDuration),
        begun: SimTime,
    ) -> Link {
        let handshake = self.handshake(rtt);
        let ready = begun + handshake;
        self.open[agent as usize] = Connection {
            region,
            deaths: 0,
            begun,
            accepts: UNKNOWN,
            ready,
            in_flight: 1,
            idle: begun,
            aged: begun.limited_by(self.spec.max_age),
        };
        Link::Opening { handshake }
    }

    /// How long opening a connection takes at this `rtt`.
    pub(crate) fn handshake(&self, rtt: SimDuration) -> SimDuration {
        rtt * u64::from(self.spec.handshake_rtts)
    }

    /// The region, which has died so often, has accepted the connection that an agent began to open
    /// at a time; returns how much longer the request needs, which was to be `handshake`.
    /// What was repeated during a cut, `knocked` again when it ended: the handshake counts from
    /// then, for all who wait for the connection.
    pub(crate) fn accept(
        &mut self,
        (agent, region, begun): (u32, RegionId, SimTime),
        deaths: u32,
        (knocked, handshake): (Option<SimTime>, SimDuration),
    ) -> SimDuration {
        let Some(connection) = self.same(agent, (region, begun)) else {
            return handshake;
        };
        let is_first = std::mem::replace(&mut connection.accepts, 0) == UNKNOWN;
        connection.deaths = deaths;
        let Some(knocked) = knocked else {
            return handshake;
        };
        if is_first {
            connection.ready = connection.ready.max(knocked + handshake);
        }
        connection.ready.max(knocked) - knocked
    }

    /// The region, which has died so often, is certain to accept at `at` the connection that an agent has
    /// just begun to open; returns whether that can be kept in mind until then.
    pub(crate) fn will_be_accepted(
        &mut self,
        (agent, region, begun): (u32, RegionId, SimTime),
        (at, deaths): (SimTime, u32),
    ) -> bool {
        let length = u32::try_from(at.since(begun).as_ns()).unwrap_or(UNKNOWN);
        if length == 0 || length == UNKNOWN {
            return false;
        }
        if let Some(connection) = self.same(agent, (region, begun)) {
            connection.accepts = connection.accepts.min(length);
            connection.deaths = deaths;
        }
        true
    }

    /// An attempt over a connection of `agent` to `region`, begun at `begun`, ends at `at`: it is
    /// answered, or nobody waits for it any more.
    pub(crate) fn ended(&mut self, agent: u32, (region, begun): (RegionId, SimTime), at: SimTime) {
        let idle_timeout = self.spec.idle_timeout;
        if let Some(connection) = self.same(agent, (region, begun)) {
            // One that broke and was replaced at the same instant looks the same.
            connection.in_flight = connection.in_flight.saturating_sub(1);
            connection.idle = connection.idle.max(at.limited_by(idle_timeout));
        }
    }

    /// An attempt of `agent` has shown that its connection to `region`, begun at `begun`, is dead.
    pub(crate) fn broke(&mut self, agent: u32, region: RegionId, begun: SimTime) {
        if let Some(connection) = self.same(agent, (region, begun)) {
            *connection = Connection::NONE;
        }
    }

    /// Whether an agent has a connection that it would use, open or being opened.
    pub(crate) fn has(&self, now: SimTime, agent: u32) -> bool {
        self.open[agent as usize].is_alive(now)
    }

    /// Where an agent's open connection leads, if it would still use it.
    pub(crate) fn leads(&self, now: SimTime, agent: u32) -> Option<RegionId> {
        let connection = &self.open[agent as usize];
        connection.leads(now).then_some(connection.region)
    }

    /// For each agent, whether it has an open connection that it would still use; where that leads, and
    /// how often the region had died when it accepted.
    pub(crate) fn all_that_lead(
        &self,
        now: SimTime,
    ) -> impl Iterator<Item = (bool, RegionId, u32)> {
        let open = self.open.iter();
        open.map(move |connection| (connection.leads(now), connection.region, connection.deaths))
    }

    /// Draws for handshakes.
    pub(crate) fn stream(&mut self) -> &mut Stream {
        &mut self.stream
    }

    /// The connection of `agent` to `region` that was begun at `begun`, unless it has another by
    /// now.
    fn same(
        &mut self,
        agent: u32,
        (region, begun): (RegionId, SimTime),
    ) -> Option<&mut Connection> {
        let connection = &mut self.open[agent as usize];
        (connection.region == region && connection.begun == begun).then_some(connection)
    }
}

impl Connection {
    /// What an agent has that never had one, or whose broke.
    const NONE: Self = Self {
        region: RegionId::FIRST,
        deaths: 0,
        begun: SimTime::NEVER,
        accepts: UNKNOWN,
        ready: SimTime::NEVER,
        in_flight: 0,
        idle: SimTime::ZERO,
        aged: SimTime::ZERO,
    };

    /// Whether its agent may use it, for all that it knows. Of many agents each has something else in
    /// store, so nothing here branches.
    #[inline]
    fn is_alive(&self, now: SimTime) -> bool {
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
    fn leads(&self, now: SimTime) -> bool {
        self.is_accepted(now) & self.is_alive(now)
    }
}
