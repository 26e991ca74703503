//! What metrics are called on the screen, and how their figures look.

use crate::experiment::Metric;
use crate::report::figure::Figure;
use crate::report::format::{share, time, unit_hours, whole};

/// The metrics that tables show, in their order.
pub(super) const SHOWN: [Metric; 7] = [
    Metric::Availability,
    Metric::RequestsLost,
    Metric::TimeToRecover,
    Metric::LatencyMean,
    Metric::LatencyP50,
    Metric::LatencyP99,
    Metric::UnitHours,
];

/// The head of a metric's column.
pub(super) fn head(metric: Metric) -> &'static str {
    match metric {
        Metric::Availability => "availability",
        Metric::RequestsFailed => "requests failed",
        Metric::RequestsLost => "requests lost",
        Metric::TimeToRecover => "recovered after",
        Metric::LatencyMean => "mean",
        Metric::LatencyP50 => "p50",
        Metric::LatencyP99 => "p99",
        Metric::UnitHours => "unit-hours",
    }
}

/// The title of a metric's panel.
pub(super) fn title(metric: Metric) -> &'static str {
    match metric {
        Metric::TimeToRecover => "time to recover",
        Metric::LatencyMean => "mean latency",
        Metric::LatencyP50 => "median latency",
        Metric::LatencyP99 => "p99 latency",
        _ => head(metric),
    }
}

/// The title of the metric that results call so.
pub(super) fn named(name: &str) -> &str {
    let metric = Metric::ALL.into_iter().find(|metric| metric.name() == name);
    match metric {
        Some(metric) => title(metric),
        None => name,
    }
}

/// A figure with its interval.
pub(super) fn figure(metric: Metric, figure: &Figure) -> String {
    match metric {
        Metric::Availability => share(figure),
        Metric::RequestsFailed | Metric::RequestsLost => whole(figure),
        Metric::UnitHours => unit_hours(figure),
        Metric::TimeToRecover | Metric::LatencyMean | Metric::LatencyP50 | Metric::LatencyP99 => {
            time(figure)
        }
    }
}
