//! How bad months get: the share of months in which so many minutes or more were lost.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use crate::experiment::{MINUTES_PER_MONTH, MONTH_TARGETS};
use crate::report::Tables;
use crate::report::chance_table::months_lost;
use crate::report::plot::PlotError;
use crate::report::plot::axis::{Axis, plain};
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
    let count = tables.months.iter().filter_map(|row| row.minutes_lost);
    let count = count.count();
    let steps = months_lost(&tables.months).into_iter();
    let steps = steps.map(|[x, y]| Point {
        x,
        y,
        interval: None,
    });
    let limits = MONTH_TARGETS.map(|target| (1.0 - target) * MINUTES_PER_MONTH);
    let curve: Vec<Point> = steps.collect();
    let ends = || curve.iter().map(|point| point.x).chain(limits);
    let low = ends().reduce(f64::min).unwrap_or(1.0);
    let high = ends().reduce(f64::max).unwrap_or(1.0);
    let most = curve.first().map_or(1.0, |point| point.y);
    let panel = Panel {
        canvas,
        across: LEFT..1_240,
        down: TOP..800,
        x: Axis::of_powers((low, high)),
        y: Axis::from_zero(most, |share| format!("{} %", plain(share * 100.0))),
    };
    let title = format!("Months that lost so much or more, of {count} months of 30 days");
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
