//! What became of the operations on the fleet.

use crate::model::{FleetSpec, OperationId, OperationSpec, OperationStep};
use crate::units::{IdMap, SimTime};

/// What an operation did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OperationRecord {
    /// What became of it.
    pub end: OperationEnd,
    /// Measured requests that failed because it took a region away, or its address.
    pub requests_failed: u64,
}

/// What became of an operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OperationEnd {
    /// It was not ordered, or not done when the run ended.
    Pending,
    /// The management plane did not accept it.
    Refused,
    /// The management plane went down before it was done.
    Aborted,
    /// It took effect, so many seconds after its order.
    Done(f64),
}

/// Watches the operations of a run.
#[derive(Clone, Debug)]
pub(super) struct Operations {
    /// When each was ordered, and what it did.
    watches: IdMap<OperationSpec, (SimTime, OperationRecord)>,
}

impl Operations {
    pub(super) fn new(fleet: &FleetSpec) -> Self {
        let operations = &fleet.management.operations;
        Self {
            watches: operations.map(|operation| {
                let record = OperationRecord {
                    end: OperationEnd::Pending,
                    requests_failed: 0,
                };
                (operation.at, record)
            }),
        }
    }

    pub(super) fn stepped(&mut self, now: SimTime, operation: OperationId, step: OperationStep) {
        let (ordered, record) = &mut self.watches[operation];
        match step {
            OperationStep::Refused => record.end = OperationEnd::Refused,
            OperationStep::Ordered => *ordered = now,
            OperationStep::Aborted => record.end = OperationEnd::Aborted,
            OperationStep::Done => {
                record.end = OperationEnd::Done(now.since(*ordered).as_secs_f64());
            }
        }
    }

    /// A measured request has failed of an operation.
    pub(super) fn request_failed(&mut self, operation: OperationId) {
        let (_, record) = &mut self.watches[operation];
        record.requests_failed += 1;
    }

    pub(super) fn finish(&self) -> IdMap<OperationSpec, OperationRecord> {
        self.watches.map(|&(_, record)| record)
    }
}
