//! How attempts and requests end.

/// How a request ended, as the client saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Answered in time.
    Succeeded,
    /// Not answered in time, or with an error.
    Failed {
        /// What the client saw.
        cause: Cause,
        /// Which part of the system is to blame.
        blame: Blame,
    },
}

/// What a client saw when its request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// No connection within `connect_timeout`.
    ConnectTimeout,
    /// The connection was refused.
    Refused,
    /// The connection broke while the request was inside.
    Reset,
    /// No answer within `timeout`.
    Timeout,
    /// The gateway's queue was full: 503.
    Overloaded,
    /// The region had admitted as many attempts as its rate limit allows: 429.
    RateLimited,
    /// The gateway calls no site of the back end for now: 503.
    BreakerOpen,
    /// The back end gave no answer, or an error: 502, 503 or 504.
    Backend,
    /// The region lacks a change that the request needs.
    StaleConfig,
    /// The region has a change that fails the request.
    BadConfig,
    /// The name of the region has no address.
    NoRoute,
}

impl Cause {
    /// All causes, in the order in which results list them.
    pub const ALL: [Self; 11] = [
        Self::ConnectTimeout,
        Self::Refused,
        Self::Reset,
        Self::Timeout,
        Self::Overloaded,
        Self::RateLimited,
        Self::BreakerOpen,
        Self::Backend,
        Self::StaleConfig,
        Self::BadConfig,
        Self::NoRoute,
    ];

    /// The cause's name in results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConnectTimeout => "connect_timeout",
            Self::Refused => "refused",
            Self::Reset => "reset",
            Self::Timeout => "timeout",
            Self::Overloaded => "overloaded",
            Self::RateLimited => "rate_limited",
            Self::BreakerOpen => "breaker_open",
            Self::Backend => "backend",
            Self::StaleConfig => "stale_config",
            Self::BadConfig => "bad_config",
            Self::NoRoute => "no_route",
        }
    }
}

/// Some of the causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CauseSet(u16);

impl CauseSet {
    /// Every cause.
    pub const ALL: Self = Self(u16::MAX);

    /// Whether a cause is among them.
    pub const fn contains(self, cause: Cause) -> bool {
        self.0 & (1 << cause as u8) != 0
    }
}

impl FromIterator<Cause> for CauseSet {
    fn from_iter<I: IntoIterator<Item = Cause>>(causes: I) -> Self {
        let add = |set, cause: Cause| set | (1 << cause as u8);
        Self(causes.into_iter().fold(0, add))
    }
}

/// Which part of the system is to blame for a failed request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blame {
    /// The router did not know yet that the region was down.
    Detection,
    /// The router knew; the client's cached answer was old.
    DnsCache,
    /// The router knew; the client stayed with a connection that it had.
    Connection,
    /// A region that was up was too full or too slow, or admits no more by its rate limit.
    Capacity,
    /// The region had a bad change, or lacked one that the request needs.
    Configuration,
    /// What stands behind the gateway failed, or was too slow.
    Backend,
    /// The way to the region took longer than the client waits, or its name had no address.
    Network,
    /// The router knew, but had no healthy region to offer.
    NoHealthyRegion,
}

impl Blame {
    /// All blames, in the order in which results list them.
    pub const ALL: [Self; 8] = [
        Self::Detection,
        Self::DnsCache,
        Self::Connection,
        Self::Capacity,
        Self::Configuration,
        Self::Backend,
        Self::Network,
        Self::NoHealthyRegion,
    ];

    /// The blame's name in results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Detection => "detection",
            Self::DnsCache => "dns_cache",
            Self::Connection => "connection",
            Self::Capacity => "capacity",
            Self::Configuration => "configuration",
            Self::Backend => "backend",
            Self::Network => "network",
            Self::NoHealthyRegion => "no_healthy_region",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names are an interface: tables and scenarios have them.
    #[test]
    fn names_are_those_of_the_results() {
        assert_eq!(
            Cause::ALL.map(Cause::name),
            [
                "connect_timeout",
                "refused",
                "reset",
                "timeout",
                "overloaded",
                "rate_limited",
                "breaker_open",
                "backend",
                "stale_config",
                "bad_config",
                "no_route"
            ]
        );
        assert_eq!(
            Blame::ALL.map(Blame::name),
            [
                "detection",
                "dns_cache",
                "connection",
                "capacity",
                "configuration",
                "backend",
                "network",
                "no_healthy_region"
            ]
        );
    }

    #[test]
    fn a_set_holds_what_it_was_made_of_however_often() {
        let set: CauseSet = [Cause::Timeout, Cause::Reset, Cause::Timeout]
            .into_iter()
            .collect();
        for cause in Cause::ALL {
            let expected = [Cause::Timeout, Cause::Reset].contains(&cause);
            assert_eq!(set.contains(cause), expected, "{cause:?}");
            assert!(CauseSet::ALL.contains(cause));
        }
    }
}
