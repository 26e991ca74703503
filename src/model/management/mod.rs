//! The management plane: what lives in the primary region alone, and what it is asked to do.

mod spec;

pub use spec::{
    AutoscaleSpec, ManagementSpec, OperationId, OperationKind, OperationSpec, RestoreSpec,
    ScaleRule,
};
