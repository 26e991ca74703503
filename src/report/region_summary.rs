//! What a region did, in `summary.json`.

use serde::{Deserialize, Serialize};

use crate::experiment::{RegionResult, Study, StudyResult};
use crate::model::RegionId;
use crate::report::backend_summary::CallerSummary;
use crate::report::config_summary::RegionConfigSummary;
use crate::report::figure::Figure;
use crate::report::number::Range;
use crate::stats::Estimate;

/// What a region did.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct RegionSummary {
    /// Attempts sent to it.
    pub attempts: u64,
    /// Attempts that its rate limit refused.
    #[serde(default)]
    pub rate_limited: u64,
    /// Requests that it answered in time.
    pub served: u64,
    /// Its share of all attempts.
    pub traffic_share: Figure,
    /// Busy share of its workers while it was up.
    pub utilization: Figure,
    /// Share of its workers' time while it was up that went into work whose client had left.
    pub utilization_wasted: Figure,
    /// The same for work whose client had the answer from another attempt.
    pub utilization_duplicate: Figure,
    /// The largest utilization in a window.
    pub utilization_max: Figure,
    /// Requests waiting, averaged over time.
    pub queue: Figure,
    /// The largest number of requests waiting.
    pub queue_max: Figure,
    /// What it cost: provisioned units times hours of the measured period.
    #[serde(default)]
    pub unit_hours: Figure,
    /// What it did instead of calling back ends; `null` if there are none.
    #[serde(default)]
    pub calls: Option<CallerSummary>,
    /// Its configuration; `null` if that is not modeled.
    pub config: Option<RegionConfigSummary>,
}

impl RegionSummary {
    /// A region's name and figures.
    pub(super) fn named(study: &Study, result: &StudyResult, id: RegionId) -> (String, Self) {
        let backends = result.backends.as_ref();
        let calls = backends.map(|backends| CallerSummary::new(&backends.callers[id]));
        let summary = Self {
            calls,
            ..Self::new(&result.regions[id])
        };
        (study.fleet.regions[id].name.clone(), summary)
    }

    fn new(region: &RegionResult) -> Self {
        let share = |estimate: &Option<Estimate>| Figure::new(estimate.as_ref(), Range::Share);
        let count = |estimate: &Option<Estimate>| Figure::new(estimate.as_ref(), Range::Positive);
        Self {
            attempts: region.attempts,
            rate_limited: region.rate_limited,
            served: region.served,
            traffic_share: share(&region.traffic_share),
            utilization: share(&region.utilization),
            utilization_wasted: share(&region.utilization_wasted),
            utilization_duplicate: share(&region.utilization_duplicate),
            utilization_max: share(&region.utilization_max),
            queue: count(&region.backlog_mean),
            queue_max: count(&region.backlog_max),
            unit_hours: Figure::new(Some(&region.unit_hours), Range::Positive),
            calls: None,
            config: region.config.as_ref().map(RegionConfigSummary::new),
        }
    }
}
