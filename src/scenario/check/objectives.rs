//! `slo`: what is promised.

use crate::experiment::Objective;
use crate::scenario::fields::Fields;

/// The keys of latency objectives with their quantiles.
const QUANTILES: [(&str, f64); 5] = [
    ("p50", 0.5),
    ("p90", 0.9),
    ("p95", 0.95),
    ("p99", 0.99),
    ("p99_9", 0.999),
];

/// The objectives: availability first, then latency by quantile.
pub(super) fn read(scenario: &Fields<'_>) -> Option<Vec<Objective>> {
    let slo = scenario.section("slo")?;
    let availability = slo.ratio("availability").map(Objective::Availability);
    let latency = slo.section("latency")?;
    let at_most = |(key, quantile)| {
        let at_most = latency.duration(key)?;
        Some(Objective::Latency { quantile, at_most })
    };
    Some(
        availability
            .into_iter()
            .chain(QUANTILES.into_iter().filter_map(at_most))
            .collect(),
    )
}
