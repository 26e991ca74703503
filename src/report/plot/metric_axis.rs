//! The axis on which figures of a metric are told apart.

use crate::experiment::Metric;
use crate::report::Figure;
use crate::report::format::grouped;
use crate::report::plot::axis::{Axis, plain};
use crate::units::text::show_duration;

/// Shares missing that differ by more than this are told apart by nines, and times by powers of ten.
const WIDE: f64 = 20.0;
/// Labels that an axis has room for.
const LABELS: f64 = 5.0;

/// The axis that holds figures of a metric with their intervals.
pub(in crate::report) fn of(metric: Metric, figures: &[Figure]) -> Axis {
    let means: Vec<f64> = figures.iter().filter_map(|figure| figure.mean).collect();
    let lows = figures.iter().filter_map(Figure::low);
    let highs = figures.iter().filter_map(Figure::high);
    let low = means.iter().copied().chain(lows).reduce(f64::min);
    let high = means.iter().copied().chain(highs).reduce(f64::max);
    let Some(ends) = low.zip(high) else {
        return Axis {
            ticks: Vec::new(),
            ..Axis::from_zero(1.0, plain)
        };
    };
    match metric {
        Metric::Availability => availability(&means, ends),
        Metric::RequestsFailed | Metric::RequestsLost => Axis::from_zero(ends.1, count),
        Metric::UnitHours => Axis::from_zero(ends.1, plain),
        Metric::TimeToRecover | Metric::LatencyMean | Metric::LatencyP50 | Metric::LatencyP99 => {
            times(&means, ends)
        }
    }
}

fn availability(means: &[f64], (low, high): (f64, f64)) -> Axis {
    let missing = means.iter().map(|mean| 1.0 - mean).filter(|&m| m > 0.0);
    let (least, most) = extremes(missing);
    if most > least * WIDE {
        let below_all = means.iter().copied().filter(|&mean| mean < 1.0);
        Axis::of_shares(low, below_all.fold(0.0, f64::max))
    } else {
        Axis::of_percent((low, high))
    }
}

fn times(means: &[f64], (_, high): (f64, f64)) -> Axis {
    let (least, most) = extremes(means.iter().copied());
    if least > 0.0 && most > least * WIDE {
        // The lower end of a wide interval may be close to zero, far below all that is measured.
        Axis::of_times((least, high), LABELS)
    } else if high > 2.0 {
        Axis::of_ages(high)
    } else {
        Axis::from_zero(high, show_duration)
    }
}

fn extremes(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let least = values.clone().fold(f64::INFINITY, f64::min);
    (least, values.fold(0.0, f64::max))
}

/// The axis of differences of a metric, with zero on it.
pub(in crate::report) fn of_differences(metric: Metric, (low, high): (f64, f64)) -> Axis {
    let unit = match metric {
        Metric::TimeToRecover if high - low > 240.0 => 60.0,
        _ => 1.0,
    };
    Axis::of_differences((low, high), unit, |value| {
        let sign = match value {
            value if value > 0.0 => "+",
            value if value < 0.0 => "-",
            _ => return "0".to_owned(),
        };
        let amount = value.abs();
        let amount = match metric {
            Metric::Availability => plain(amount * 100.0),
            Metric::RequestsFailed | Metric::RequestsLost => count(amount),
            Metric::UnitHours => plain(amount),
            _ => show_duration(amount),
        };
        format!("{sign}{amount}")
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole count, below 2^53"
)]
fn count(value: f64) -> String {
    if value.fract() == 0.0 {
        grouped(value as u64)
    } else {
        plain(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::axis::Scale;

    fn figures(means: &[f64]) -> Vec<Figure> {
        let figure = |&mean| Figure {
            mean: Some(mean),
            ci95: None,
        };
        means.iter().map(figure).collect()
    }

    /// Goal: an axis separates what it shows.
    #[test]
    fn the_scale_is_that_which_tells_figures_apart() {
        for (metric, means, is_even) in [
            (Metric::Availability, [0.9991, 0.9994], true),
            (Metric::Availability, [0.9994, 1.0], true),
            (Metric::Availability, [0.93, 0.99999], false),
            (Metric::LatencyP99, [0.18, 0.3], true),
            (Metric::LatencyP99, [0.18, 9.0], false),
            (Metric::TimeToRecover, [0.0, 100.0], true),
            (Metric::RequestsLost, [17.0, 190_543.0], true),
        ] {
            let axis = of(metric, &figures(&means));
            assert_eq!(axis.scale == Scale::Linear, is_even, "{metric:?} {means:?}");
        }
    }

    #[test]
    fn an_axis_without_figures_has_no_labels() {
        let axis = of(Metric::LatencyP99, &[Figure::default()]);
        assert!(axis.ticks.is_empty() && axis.high > axis.low);
    }
}
