//! The management plane: what lives in the primary region alone, and what it is asked to do.

mod autoscale;
mod plane;
mod spec;

pub(crate) use autoscale::{Autoscaler, Order, SAMPLING};
pub(crate) use plane::Plane;
pub use spec::{
    AutoscaleSpec, ManagementSpec, OperationId, OperationKind, OperationSpec, RestoreSpec,
    ScaleRule, joins_later,
};
