//! How bad months get: the share of months in which so much time or more was lost.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use crate::experiment::MONTH_TARGETS;
use crate::report::Tables;
use crate::report::plot::PlotError;
use crate::report::plot::axis::{Axis, plain};
use crate::report::plot::legend::{self, Sample};
use crate::report::plot::panel::{Panel, Pen, Point};
use crate::report::plot::theme::{self, Anchor};

/// Width and height in pixels.
pub(super) const SIZE: (u32, u32) = (1_600, 920);

const LEFT: i32 = 140;
const TOP: i32 = 200;

/// Seconds of a month of 30 days.
const MONTH_S: f64 = 2_592_000.0;

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
    let mut lost_s: Vec<f64> = months.map(|minutes| minutes * 60.0).collect();
    lost_s.sort_unstable_by(f64::total_cmp);
    let limits_s = MONTH_TARGETS.map(|target| (1.0 - target) * MONTH_S);
    let curve = curve(&lost_s);
    let ends = || curve.iter().map(|point| point.x).chain(limits_s);
    let low = ends().reduce(f64::min).unwrap_or(1.0);
    let high = ends().reduce(f64::max).unwrap_or(1.0);
    let most = curve.first().map_or(1.0, |point| point.y);
    let panel = Panel {
        canvas,
        across: LEFT..1_240,
        down: TOP..800,
        x: Axis::of_times((low, high), 12.0),
        y: Axis::from_zero(most, |share| format!("{} %", plain(share * 100.0))),
    };
    let title = format!(
        "Months that lost so much or more, of {} months of 30 days",
        lost_s.len()
    );
    panel.draw_frame(&title)?;
    panel
        .draw_x_labels("time lost in a month: the share of its requests that failed, of 30 days")?;
    let (line, limit) = (Pen::solid(theme::phase(0)), Pen::dashed(theme::TARGET));
    let style = theme::text(theme::SMALL, theme::TARGET, Anchor::Above);
    for (target, limit_s) in MONTH_TARGETS.iter().zip(limits_s) {
        panel.mark(limit_s, limit)?;
        let name = format!("{} %", plain(target * 100.0));
        panel.text(&name, (panel.column(limit_s), TOP - 4), &style)?;
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

/// The share of months that lost at least so much, in steps: from the left along each share, then
/// down where a month lost no more. Months that lost nothing are to the left of everything.
fn curve(lost_s: &[f64]) -> Vec<Point> {
    let all = lost_s.len() as f64;
    let first = lost_s.partition_point(|&lost| lost <= 0.0);
    let point = |x, count: usize| Point {
        x,
        y: count as f64 / all,
        interval: None,
    };
    let losing = lost_s.iter().enumerate().skip(first);
    losing
        .flat_map(|(index, &lost)| {
            let worse = lost_s.len() - index;
            [point(lost, worse), point(lost, worse - 1)]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_month_that_lost_something_is_a_step() {
        let points = curve(&[0.0, 0.0, 30.0, 60.0]);
        let found: Vec<(f64, f64)> = points.iter().map(|point| (point.x, point.y)).collect();
        assert_eq!(
            found,
            [(30.0, 0.5), (30.0, 0.25), (60.0, 0.25), (60.0, 0.0)]
        );
        assert!(curve(&[0.0]).is_empty());
    }
}
