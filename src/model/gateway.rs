//! A region's gateway: a station whose work is attempts and probes.

use crate::engine::Key;
use crate::model::backlog::Job;
use crate::model::entity::{PopulationId, RegionId};
use crate::model::station::{Done, Station};

/// The workers and the queue of one region.
pub(crate) type Gateway = Station<Owner>;

/// Work for a gateway.
pub(crate) type Work = Job<Owner>;

/// Whom a gateway works for. The key may point to nothing by now: then the client has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// A client's request.
    Request(Key),
    /// A probe of the router.
    Probe(Key),
}

/// A job that a cut holds up on its way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    pub(crate) job: Work,
    /// How often the region had died when it accepted the connection that carries the job; `None`
    /// if no connection does.
    pub(crate) deaths: Option<u32>,
    /// Whose attempt it is; `None` for a probe, which no rate limit counts.
    pub(crate) sender: Option<PopulationId>,
}

/// Work done whose answer the network has lost, until it is sent again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LostAnswer {
    pub(crate) region: RegionId,
    /// How often the region had died: an answer dies with it.
    pub(crate) deaths: u32,
    pub(crate) done: Done<Owner>,
}
