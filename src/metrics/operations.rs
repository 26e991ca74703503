//! What became of the operations on the fleet.

use crate::model::{FleetSpec, OperationId, OperationSpec, OperationStep};
use crate::units::{IdMap, SimTime};

/// What became of an operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OperationRecord {
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
    /// When each was ordered, and what became of it.
    watches: IdMap<OperationSpec, (SimTime, OperationRecord)>,
}

impl Operations {
    pub(super) fn new(fleet: &FleetSpec) -> Self {
        let operations = &fleet.management.operations;
        Self {
            watches: operations.map(|operation| (operation.at, OperationRecord::Pending)),
        }
    }

    pub(super) fn stepped(&mut self, now: SimTime, operation: OperationId, step: OperationStep) {
        let (ordered, record) = &mut self.watches[operation];
        match step {
            OperationStep::Refused => *record = OperationRecord::Refused,
            OperationStep::Ordered => *ordered = now,
            OperationStep::Aborted => *record = OperationRecord::Aborted,
            OperationStep::Done => {
                *record = OperationRecord::Done(now.since(*ordered).as_secs_f64());
            }
        }
    }

    pub(super) fn finish(&self) -> IdMap<OperationSpec, OperationRecord> {
        self.watches.map(|&(_, record)| record)
    }
}
