//! What became of the management plane and of what it was asked to do, over replications.

use crate::experiment::milestone::Milestone;
use crate::model::OperationId;
use crate::stats::Estimate;

/// What the management plane did in the measured period.
#[derive(Clone, Debug, PartialEq)]
pub struct ManagementResult {
    /// Share of the time in which it was up.
    pub availability: Estimate,
    /// Operations, changes of the configuration among them.
    pub operations: UseResult,
    /// Changes of the configuration.
    pub changes: UseResult,
    /// Visits of the portal.
    pub portal: UseResult,
}

/// How often something was wanted, and how often in vain.
#[derive(Clone, Debug, PartialEq)]
pub struct UseResult {
    /// How often it was wanted, over all replications.
    pub offered: u64,
    /// Of these, how often in vain.
    pub failed: u64,
    /// Served / offered.
    pub availability: Option<Estimate>,
}

/// What the management plane did in one window, a mean over replications.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ManagementWindow {
    /// Operations that somebody wanted.
    pub operations: Estimate,
    /// Of these, those in vain.
    pub operations_failed: Estimate,
    /// Visits of the portal.
    pub portal: Estimate,
    /// Of these, those in vain.
    pub portal_failed: Estimate,
    /// Share of the window in which it was up.
    pub up: Estimate,
}

/// What became of an operation.
#[derive(Clone, Debug, PartialEq)]
pub struct OperationResult {
    /// Which operation.
    pub operation: OperationId,
    /// In how many replications the management plane did not accept it.
    pub refused: u32,
    /// In how many the management plane went down before it was done.
    pub aborted: u32,
    /// Requests per replication that failed because it took a region away, or its address.
    pub requests_failed: Estimate,
    /// From its order to its effect, in seconds.
    pub time_to_effect_s: Option<Milestone>,
}
