//! Differences as people read them: with a sign, and as many digits as their interval deserves.

use crate::experiment::Metric;
use crate::report::comparison::summary::DifferenceSummary;
use crate::report::format::{decimals, nothing, plain_unit_hours};
use crate::units::text::show_duration;

/// A difference with its sign and interval: `+0.42 ± 0.05 points`.
///
/// Of `replications` pairs some may lack the figure; how many have it is said then.
pub(in crate::report) fn signed(
    metric: Metric,
    (difference, replications): (Option<&DifferenceSummary>, u32),
) -> String {
    let Some((mean, half_width)) = difference.and_then(DifferenceSummary::parts) else {
        return nothing();
    };
    let sign = if mean < 0.0 { "-" } else { "+" };
    let pairs = difference.map_or(0, |difference| difference.pairs);
    let few = if (1..replications).contains(&pairs) {
        format!(" ({pairs} pairs)")
    } else {
        String::new()
    };
    format!("{sign}{}{few}", amount(metric, mean.abs(), half_width))
}

/// A difference without its sign: `0.42 ± 0.05 points`, `31.0 ± 4.0 ms`.
pub(super) fn amount(metric: Metric, value: f64, half_width: Option<f64>) -> String {
    match metric {
        Metric::Availability => numbers(value * 100.0, half_width.map(|w| w * 100.0), " points"),
        Metric::RequestsFailed | Metric::RequestsLost => numbers(value, half_width, ""),
        Metric::TimeToRecover | Metric::LatencyMean | Metric::LatencyP50 | Metric::LatencyP99 => {
            time(value, half_width)
        }
        Metric::UnitHours => match half_width {
            Some(width) if width > 0.0 => numbers(value, Some(width), ""),
            _ => plain_unit_hours(value),
        },
    }
}

/// A time with its interval, both in the unit of the larger.
fn time(value: f64, half_width: Option<f64>) -> String {
    let width = half_width.unwrap_or(0.0);
    let (per_s, unit) = match value.max(width) {
        0.0 => return "0 s".to_owned(),
        largest if largest >= 120.0 => {
            let width = half_width.map(|width| format!(" ± {}", show_duration(width)));
            return format!("{}{}", show_duration(value), width.unwrap_or_default());
        }
        largest if largest >= 1.0 => (1.0, " s"),
        largest if largest >= 1e-3 => (1e3, " ms"),
        _ => (1e6, " µs"),
    };
    numbers(value * per_s, half_width.map(|width| width * per_s), unit)
}

fn numbers(value: f64, half_width: Option<f64>, unit: &str) -> String {
    let decimals = decimals(half_width.filter(|&width| width > 0.0).unwrap_or(value));
    let width = half_width.map(|width| format!(" ± {width:.decimals$}"));
    format!("{value:.decimals$}{}{unit}", width.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_the_interval() {
        let points = |value, width| amount(Metric::Availability, value, Some(width));
        assert_eq!(points(0.004_231, 0.000_51), "0.423 ± 0.051 points");
        assert_eq!(points(0.25, 0.12), "25 ± 12 points");
        assert_eq!(
            amount(Metric::RequestsLost, 88_400.3, Some(2_100.7)),
            "88400 ± 2101"
        );
        let time = |value, width| amount(Metric::LatencyP99, value, Some(width));
        assert_eq!(time(0.031, 0.004), "31.0 ± 4.0 ms");
        assert_eq!(time(0.002_15, 0.000_585), "2.15 ± 0.58 ms");
        assert_eq!(time(0.0, 0.0), "0 s");
        assert_eq!(time(203.0, 84.8), "3 min 23 s ± 84.8 s");
        assert_eq!(amount(Metric::RequestsFailed, 3.0, None), "3.0");
        assert_eq!(amount(Metric::UnitHours, 3.0, Some(0.0)), "3.0");
        assert_eq!(amount(Metric::UnitHours, 3.0, Some(0.25)), "3.00 ± 0.25");
    }
}
