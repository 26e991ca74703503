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
}

impl Cause {
    /// All causes, in the order in which results list them.
    pub const ALL: [Self; 5] = [
        Self::ConnectTimeout,
        Self::Refused,
        Self::Reset,
        Self::Timeout,
        Self::Overloaded,
    ];

    /// The cause's name in results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConnectTimeout => "connect_timeout",
            Self::Refused => "refused",
            Self::Reset => "reset",
            Self::Timeout => "timeout",
            Self::Overloaded => "overloaded",
        }
    }
}

/// Which part of the system is to blame for a failed request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blame {
    /// The router did not know yet that the region was down.
    Detection,
    /// The router knew; the client's cached answer was old.
    DnsCache,
    /// A region that was up was too full or too slow.
    Capacity,
    /// The way to the region took longer than the client waits.
    Network,
    /// The router knew, but had no healthy region to offer.
    NoHealthyRegion,
}

impl Blame {
    /// All blames, in the order in which results list them.
    pub const ALL: [Self; 5] = [
        Self::Detection,
        Self::DnsCache,
        Self::Capacity,
        Self::Network,
        Self::NoHealthyRegion,
    ];

    /// The blame's name in results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Detection => "detection",
            Self::DnsCache => "dns_cache",
            Self::Capacity => "capacity",
            Self::Network => "network",
            Self::NoHealthyRegion => "no_healthy_region",
        }
    }
}
