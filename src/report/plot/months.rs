//! How bad months get: the share of months in which so many minutes or more were lost.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use crate::experiment::{MINUTES_PER_MONTH, MONTH_TARGETS};
use crate::report::Tables;
use crate::report::plot::PlotError;
use crate::report::plot::axis::{Axis, Scale, plain};
use crate::report::plot::legend::{self, Sample};
use crate::report::plot::panel::{Panel, Pen, Point};
use crate::report::plot::theme::{self, Anchor};

/// Width and height in pixels.
pub(super) const SIZE: (u32, u32) = (1_600, 920);

const LEFT: i32 = 140;
const TOP: i32 = 200;

/// Whether there is a month.
pub(super) fn is_due(tables: &Tables) -> bool {
    tables.months.iter().any(|row| row.minutes_lost.is_some())
}

/// Draws the picture.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &DrawingArea<DB, Shift>,
    tables: &Tables,
) -> Result<(), PlotError> {
    theme::headline(canvas, LEFT, &tables.summary)?;
    let months = tables.months.iter().filter_map(|row| row.minutes_lost);
    let mut lost: Vec<f64> = months.collect();
    lost.sort_unstable_by(f64::total_cmp);
    let limits = MONTH_TARGETS.map(|target| (1.0 - target) * MINUTES_PER_MONTH);
    let curve = curve(&lost);
    let ends = || curve.iter().map(|point| point.x).chain(limits);
    let low = ends().reduce(f64::min).unwrap_or(1.0);
    let high = ends().reduce(f64::max).unwrap_or(1.0);
    let most = curve.first().map_or(1.0, |point| point.y);
    let panel = Panel {
        canvas,
        across: LEFT..1_240,
        down: TOP..800,
        x: minutes(low, high),
        y: Axis::from_zero(most, |share| format!("{} %", plain(share * 100.0))),
    };
    let title = format!(
        "Months that lost so much or more, of {} months of 30 days",
        lost.len()
    );
    panel.draw_frame(&title)?;
    panel.draw_x_labels(
        "minutes lost in a month: the share of its requests that failed, of 43,200 minutes",
    )?;
    let (line, limit) = (Pen::solid(theme::phase(0)), Pen::dashed(theme::TARGET));
    let style = theme::text(theme::SMALL, theme::TARGET, Anchor::Right);
    for (target, minutes) in MONTH_TARGETS.iter().zip(limits) {
        panel.mark(minutes, limit)?;
        let name = format!("{} %", plain(target * 100.0));
        panel.text(&name, (panel.column(minutes) - 8, TOP + 20), &style)?;
    }
    if curve.is_empty() {
        return panel.note("no month lost a request");
    }
    let points: Vec<Option<Point>> = curve.iter().copied().map(Some).collect();
    panel.line(&points, line)?;
    let entries = [
        (Sample::Line(line), "share of months"),
        (Sample::Line(limit), "what availability allows"),
    ];
    legend::draw(&panel, &entries)
}

/// A logarithmic axis that holds `low` to `high` minutes.
fn minutes(low: f64, high: f64) -> Axis {
    let (low, high) = (low * 0.85, high * 1.18);
    let is_wide = high / low > 1e4;
    let powers = (-9..9).map(|exponent| 10_f64.powi(exponent));
    let values = powers.flat_map(|power| [1.0, 2.0, 5.0].map(|digit| (digit, digit * power)));
    let within = values.filter(|(_, value)| (low..=high).contains(value));
    let tick = |(digit, value): (f64, f64)| {
        let label = if digit > 1.0 && is_wide {
            String::new()
        } else {
            plain(value)
        };
        (Scale::Log.position(value), label)
    };
    Axis {
        scale: Scale::Log,
        low: Scale::Log.position(low),
        high: Scale::Log.position(high),
        ticks: within.map(tick).collect(),
    }
}

/// The share of months that lost at least so much, in steps: from the left along each share, then
/// down where a month lost no more. Months that lost nothing are to the left of everything.
fn curve(lost: &[f64]) -> Vec<Point> {
    let all = lost.len() as f64;
    let first = lost.partition_point(|&minutes| minutes <= 0.0);
    let point = |x, count: usize| Point {
        x,
        y: count as f64 / all,
        interval: None,
    };
    let losing = lost.iter().enumerate().skip(first);
    losing
        .flat_map(|(index, &minutes)| {
            let worse = lost.len() - index;
            [point(minutes, worse), point(minutes, worse - 1)]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_month_that_lostomething_is_a_step() {
        let points = curve(&[0.0, 0.0, 30.0, 60.0]);
        let found: Vec<(f64, f64)> = points.iter().map(|point| (point.x, point.y)).collect();
        assert_eq!(
            found,
            [(30.0, 0.5), (30.0, 0.25), (60.0, 0.25), (60.0, 0.0)]
        );
        assert!(curve(&[0.0]).is_empty());
    }
}
