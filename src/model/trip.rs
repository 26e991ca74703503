//! An attempt's trip: where it goes, how its agent knows, what it goes over, and how long it takes.

use crate::model::dns::{Resolved, Source};
use crate::model::entity::RegionId;
use crate::model::sequel::Sequel;
use crate::units::{SimDuration, SimTime};

/// What is drawn for a request when it arrives.
pub(crate) struct Draws {
    /// The work it brings.
    pub(crate) demand: SimDuration,
    /// What it needs of the configuration.
    pub(crate) needs: Needs,
    /// What it needs behind its gateway.
    pub(crate) sequel: Sequel,
    /// The trip of its first attempt.
    pub(crate) trip: Trip,
}

/// What a request needs of the configuration: two numbers, uniform over all that there are. A share
/// of requests are those whose number is below that share of 2^32.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    /// Below the share of requests that need a change which a region lacks: it fails there.
    pub(crate) change: u32,
    /// Below the share of requests that a bad change fails: it fails where that is.
    pub(crate) luck: u32,
}

/// An attempt's trip to its region and back.
pub(crate) struct Trip {
    /// Where it goes, and over what.
    pub(crate) way: Way,
    /// How long it takes there.
    pub(crate) out: SimDuration,
    /// How long it takes back.
    pub(crate) back: SimDuration,
}

/// The way of an attempt.
pub(crate) struct Way {
    /// Where it goes.
    pub(crate) region: RegionId,
    /// How its agent knows.
    pub(crate) source: Source,
    /// When it leaves.
    pub(crate) leaves: SimTime,
    /// When the first packet of the connection that it waits for leaves or left; else when it
    /// leaves itself.
    pub(crate) begun: SimTime,
    /// What it goes over.
    pub(crate) link: Link,
}

impl Way {
    /// To where an agent has been sent, over a link of its own.
    pub(crate) fn of(resolved: &Resolved, link: Link) -> Self {
        Self {
            region: resolved.region,
            source: resolved.source,
            leaves: resolved.ready,
            begun: resolved.ready,
            link,
        }
    }
}

/// What an attempt goes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// An address that is no longer the region's: nobody is there.
    DeadAddress,
    /// The name of the region has no address: nothing is sent.
    NoAddress,
    /// Connections are not modeled: what is sent is at once a request and an attempt to connect.
    Unmodeled,
    /// A connection that the region has yet to accept.
    Opening {
        /// How much later than the handshake's first packet the request comes.
        handshake: SimDuration,
    },
    /// A connection that the region accepted when it had died this often.
    Open { deaths: u32 },
}

/// Which attempt of a request one is: what it draws comes from streams of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// The first.
    First,
    /// A retry or a hedge, which shifts no first attempt's draws.
    Later,
}
