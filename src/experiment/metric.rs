//! The figures that variants are compared by: one value a replication each.

use crate::metrics::{OutageRecord, Replication, StruckRecord, quantile_index};

/// A figure of a replication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Succeeded / offered.
    Availability,
    /// Failed requests.
    RequestsFailed,
    /// Requests lost to outages; none without outages.
    RequestsLost,
    /// The longest time to recover of all scripted outages, in seconds; none if one was not
    /// recovered from.
    TimeToRecover,
    /// Mean latency of successes, in seconds.
    LatencyMean,
    /// Its median, in seconds.
    LatencyP50,
    /// Its 99th percentile, in seconds.
    LatencyP99,
    /// What the fleet costs: provisioned units times hours of the measured period.
    UnitHours,
}

/// Which values people want.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Large ones.
    Higher,
    /// Small ones.
    Lower,
}

impl Metric {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::Availability,
        Self::RequestsFailed,
        Self::RequestsLost,
        Self::TimeToRecover,
        Self::LatencyMean,
        Self::LatencyP50,
        Self::LatencyP99,
        Self::UnitHours,
    ];

    /// Its name in results, with its unit unless it is a share or a count.
    pub fn name(self) -> &'static str {
        match self {
            Self::Availability => "availability",
            Self::RequestsFailed => "requests_failed",
            Self::RequestsLost => "requests_lost",
            Self::TimeToRecover => "time_to_recover_s",
            Self::LatencyMean => "latency_mean_s",
            Self::LatencyP50 => "latency_p50_s",
            Self::LatencyP99 => "latency_p99_s",
            Self::UnitHours => "cost_unit_hours",
        }
    }

    /// Its unit in tables; `1` of a share.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Availability => "1",
            Self::RequestsFailed | Self::RequestsLost => "requests",
            Self::TimeToRecover | Self::LatencyMean | Self::LatencyP50 | Self::LatencyP99 => "s",
            Self::UnitHours => "unit-hours",
        }
    }

    /// Which values people want.
    pub fn better(self) -> Better {
        match self {
            Self::Availability => Better::Higher,
            _ => Better::Lower,
        }
    }

    /// Its value in a replication.
    pub(super) fn of(self, replication: &Replication) -> Option<f64> {
        let overall = &replication.fleet.overall;
        let quantile_s = |quantile| overall.latency.quantiles_s[quantile_index(quantile)?];
        let outages = &replication.outages;
        match self {
            Self::Availability => overall.ledger.availability(),
            Self::RequestsFailed => Some(overall.ledger.failed() as f64),
            Self::RequestsLost => {
                let hazards = &replication.hazards;
                let struck = hazards.iter().flat_map(|hazard| &hazard.outages);
                let lost = outages.iter().map(OutageRecord::lost_in_all);
                let lost = lost.chain(struck.map(StruckRecord::lost_in_all));
                (!outages.is_empty() || !hazards.is_empty()).then(|| lost.sum())
            }
            Self::TimeToRecover => {
                let times: Option<Vec<f64>> = outages.iter().map(|o| o.time_to_recover_s).collect();
                times?.into_iter().reduce(f64::max)
            }
            Self::LatencyMean => overall.latency.mean_s,
            Self::LatencyP50 => quantile_s(0.5),
            Self::LatencyP99 => quantile_s(0.99),
            Self::UnitHours => Some(replication.unit_hours),
        }
    }
}
