//! What clients do by themselves: how long they wait, how they find a region, how often they try.
//!
//! A policy is plain data, checked; `dns`, `retry` and `clients` act by it. `None` is "no limit"
//! unless a field says otherwise.

use crate::model::outcome::CauseSet;
use crate::units::{Rate, Ratio, SimDuration};

/// The policy of a population's clients. `None` is "no limit".
#[derive(Clone, Debug, PartialEq)]
pub struct ClientSpec {
    /// Longest wait for one attempt, from its start, look-up included.
    pub timeout: Option<SimDuration>,
    /// Longest wait for a connection to be accepted, from the end of the look-up.
    pub connect_timeout: Option<SimDuration>,
    /// The connections that agents keep; `None`: connections are not modeled, they cost nothing
    /// and nobody sticks to one.
    pub connection: Option<ConnectionSpec>,
    /// How clients find the address of a region.
    pub dns: DnsSpec,
    /// Whether and when to try again.
    pub retry: RetrySpec,
    /// Whether and when to try a second time before the first has ended.
    pub hedge: Option<HedgeSpec>,
    /// Whether a client that gives up tells the region, which then drops the work. Else the work
    /// goes on for nobody.
    pub cancels_abandoned: bool,
}

impl ClientSpec {
    /// Clients that wait without limit and try once, and whose look-ups take no time.
    pub const fn patient() -> Self {
        Self {
            timeout: None,
            connect_timeout: None,
            connection: None,
            dns: DnsSpec::faithful(SimDuration::ZERO),
            retry: RetrySpec::never(),
            hedge: None,
            cancels_abandoned: false,
        }
    }
}

/// What a connection costs, and how long agents keep one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionSpec {
    /// Round trips before a new connection carries the first request.
    pub handshake_rtts: u32,
    /// How long it may be idle.
    pub idle_timeout: Option<SimDuration>,
    /// How old it may be when a request begins to use it.
    pub max_age: Option<SimDuration>,
}

/// A second attempt before the first has ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HedgeSpec {
    /// How long after the first.
    pub after: HedgeDelay,
    /// Whether it asks the router for another region than the first.
    pub elsewhere: bool,
}

/// How long a client waits before it hedges.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HedgeDelay {
    /// Always the same.
    Fixed(SimDuration),
    /// A quantile of the times that first attempts take, from 0.5 to below 1, measured on the way.
    Quantile(f64),
}

/// How clients find the address of a region, and how faithfully they forget it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DnsSpec {
    /// The time that a look-up takes when the cache has no answer.
    pub lookup: SimDuration,
    /// Share of agents whose resolver keeps answers for longer than it should.
    pub extended: Ratio,
    /// How long those keep an answer; less than the TTL extends nothing.
    pub extended_ttl: SimDuration,
    /// Share of agents that keep their first answer for ever.
    pub pinned: Ratio,
}

impl DnsSpec {
    /// Agents that keep answers as long as they should, and ask within `lookup`.
    pub const fn faithful(lookup: SimDuration) -> Self {
        Self {
            lookup,
            extended: Ratio::ZERO,
            extended_ttl: SimDuration::ZERO,
            pinned: Ratio::ZERO,
        }
    }
}

/// Whether and when clients try again.
#[derive(Clone, Debug, PartialEq)]
pub struct RetrySpec {
    /// Most attempts of a request, the first included; at least 1.
    pub attempts: u32,
    /// How long to wait between attempts.
    pub backoff: Backoff,
    /// How many retries the population allows itself; `None`: any number.
    pub budget: Option<RetryBudget>,
    /// Whether a retry asks the router for its next choice, rather than going by the agent's
    /// connection or cached answer.
    pub elsewhere: bool,
    /// After which failures to try again.
    pub on: CauseSet,
    /// Whether a retry waits at least as long as the answer says (`Retry-After`), wherever it then
    /// goes.
    pub honors_retry_after: bool,
    /// Longest wait for a request, all its attempts included, from its start.
    pub deadline: Option<SimDuration>,
}

impl RetrySpec {
    /// Clients that try once.
    pub const fn never() -> Self {
        Self {
            attempts: 1,
            backoff: Backoff::None,
            budget: None,
            elsewhere: false,
            on: CauseSet::ALL,
            honors_retry_after: true,
            deadline: None,
        }
    }
}

/// How long to wait before a retry. After the nth attempt a back-off that grows has come to
/// `base` x 2^(n-1), at most `cap`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backoff {
    /// No time at all.
    None,
    /// Always the same.
    Constant(SimDuration),
    /// What it has come to.
    Exponential {
        /// The first wait.
        base: SimDuration,
        /// The longest wait.
        cap: SimDuration,
    },
    /// Anything from 0 to what it has come to.
    FullJitter {
        /// The first wait at most.
        base: SimDuration,
        /// The longest wait.
        cap: SimDuration,
    },
    /// Anything from half of what it has come to, to all of it.
    EqualJitter {
        /// The first wait at most.
        base: SimDuration,
        /// The longest wait.
        cap: SimDuration,
    },
    /// Anything from `base` to three times the last wait, which is `base` at first.
    DecorrelatedJitter {
        /// The shortest wait.
        base: SimDuration,
        /// The longest wait.
        cap: SimDuration,
    },
}

/// How many retries a population allows itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryBudget {
    /// Retries per request.
    pub ratio: f64,
    /// Retries that are allowed however few requests there are.
    pub floor: Rate,
}
