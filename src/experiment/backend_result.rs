//! What was called behind the gateways, over replications. Times are seconds, shares are 0 to 1.

use crate::model::{RegionSpec, SiteSpec};
use crate::stats::Estimate;
use crate::units::IdMap;

/// The back ends over the measured period.
#[derive(Clone, Debug, PartialEq)]
pub struct BackendsResult {
    /// Each site of each back end.
    pub sites: IdMap<SiteSpec, SiteResult>,
    /// Each region's gateway, as one that calls.
    pub callers: IdMap<RegionSpec, CallerResult>,
}

/// What a site did.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteResult {
    /// Calls sent to it, over all replications.
    pub calls: u64,
    /// Calls that ended with an error or without an answer in time, over all replications.
    pub failed: u64,
    /// Calls sent to it per second.
    pub calls_per_s: Estimate,
    /// Busy share of its workers; `None` if it has any number.
    pub utilization: Option<Estimate>,
    /// Calls in service, averaged over time.
    pub in_service: Estimate,
    /// Calls waiting, averaged over time.
    pub backlog_mean: Estimate,
    /// The largest number of calls waiting.
    pub backlog_max: Estimate,
    /// In each window.
    pub windows: Vec<SiteWindow>,
}

/// What a site did in one window, a mean over replications.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SiteWindow {
    /// Calls sent to it per second.
    pub calls_per_s: Estimate,
    /// Calls per second that ended badly.
    pub failed_per_s: Estimate,
    /// Busy share of its workers; `None` if it has any number.
    pub utilization: Option<Estimate>,
    /// Calls in service, averaged over the window.
    pub in_service: Estimate,
    /// Calls waiting, averaged over the window.
    pub backlog: Estimate,
    /// Its workers, averaged over the window; `None` if it has any number.
    pub workers: Option<Estimate>,
}

/// What a gateway did instead of calling.
#[derive(Clone, Debug, PartialEq)]
pub struct CallerResult {
    /// Share of what needs a back end that its cache answered; `None` if nobody asked it.
    pub hit_ratio: Option<Estimate>,
    /// Attempts that it failed since its breakers let no call through, over all replications.
    pub refused: u64,
    /// Breakers that are not closed, over all VMs and sites, averaged over time.
    pub breakers_open: Estimate,
    /// In each window.
    pub windows: Vec<CallerWindow>,
}

/// What a gateway did instead of calling in one window, a mean over replications.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CallerWindow {
    /// Share of what needs a back end that its cache answered; `None` if nobody asked it.
    pub hit_ratio: Option<Estimate>,
    /// Breakers that are not closed, averaged over the window.
    pub breakers_open: Estimate,
}
