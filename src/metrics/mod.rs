//! Watching a run: a [`Recorder`] listens to the model and becomes a [`Replication`].
//!
//! What this layer is not: it has no influence on the model (observers are told and return
//! nothing), knows no other replication and no file.
//!
//! A request is booked when its first attempt starts within the measured period, in the window
//! and phase of that start, so that every window's availability is exact; attempts, utilization
//! and backlog are booked when they happen.

mod aftermath;
mod backends;
mod config;
mod flows;
mod hazards;
mod latency;
mod ledger;
mod management;
mod milestones;
mod months;
mod operations;
mod phase;
mod recorder;
mod regions;
mod replication;
mod rollouts;
mod roster;
mod timeline;
mod window_finder;

pub use backends::{
    BackendsRecord, CallerRecord, CallerWindowRecord, SiteRecord, SiteWindowRecord,
};
pub use config::{ConfigRecord, ConfigWindowRecord, RegionConfigRecord};
pub use ledger::Ledger;
pub use management::{ManagementRecord, ManagementUse, Uses};
pub use months::{MINUTES_PER_MONTH, MonthRecord};
pub use operations::{OperationEnd, OperationRecord};
pub use phase::{Phase, Phases};
pub use recorder::Recorder;
pub use replication::{
    ClientRecord, Flows, HazardRecord, LatencyRecord, MeanTime, OutageRecord, PhaseRecord,
    QUANTILES, RegionRecord, RegionWindowRecord, Replication, StruckRecord, WindowRecord,
    quantile_index,
};
pub use rollouts::RolloutRecord;

#[cfg(test)]
mod foresight_tests;
#[cfg(test)]
pub(crate) mod tests;
