//! The management plane and the portal: where they are, and whether they are up.

use crate::model::entity::{OutageId, RegionId};
use crate::model::management::spec::{ManagementSpec, OperationSpec};
use crate::random::{Arrivals, Purpose, Stream, StreamSeed};
use crate::units::{IdMap, Rate, SimDuration, SimTime};

/// The management plane while the fleet runs.
#[derive(Clone, Debug)]
pub(crate) struct Plane {
    /// The region that it lives in.
    pub(crate) seat: RegionId,
    /// The outages of its own that last.
    pub(crate) outages: Vec<OutageId>,
    /// Since when it is down.
    pub(crate) down_since: Option<SimTime>,
    pub(crate) operations: IdMap<OperationSpec, Progress>,
    uses: Option<Arrivals>,
    visits: Option<Arrivals>,
}

/// How far an operation has come.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    /// Ordered, and neither done nor aborted.
    pub(crate) is_under_way: bool,
    /// How long it takes.
    stream: Stream,
}

impl Plane {
    /// A plane that is up, in the primary region.
    pub(crate) fn new(
        spec: &ManagementSpec,
        primary: RegionId,
        (start, seed): (SimTime, StreamSeed),
    ) -> Self {
        let arrivals =
            |rate: Rate, purpose| Arrivals::poisson(rate, start, seed.stream(purpose, ""));
        let operations = spec.operations.ids();
        Self {
            seat: primary,
            outages: Vec::new(),
            down_since: None,
            operations: operations
                .map(|id| Progress {
                    is_under_way: false,
                    stream: seed.stream(Purpose::Operation, &id.index().to_string()),
                })
                .collect(),
            uses: arrivals(spec.operation_rate, Purpose::Management),
            visits: arrivals(spec.portal_rate, Purpose::Portal),
        }
    }

    /// Whether it is to be reached.
    pub(crate) fn is_up(&self) -> bool {
        self.down_since.is_none()
    }

    /// When it is used next after `now`.
    pub(crate) fn next_use(&mut self, now: SimTime) -> Option<SimTime> {
        self.uses.as_mut()?.after(now)
    }

    /// When the portal is visited next after `now`.
    pub(crate) fn next_visit(&mut self, now: SimTime) -> Option<SimTime> {
        self.visits.as_mut()?.after(now)
    }
}

impl Progress {
    /// It begins; returns how long it will take.
    pub(crate) fn begin(&mut self, operation: &OperationSpec) -> SimDuration {
        self.is_under_way = true;
        operation.takes.sample(&mut self.stream)
    }
}
