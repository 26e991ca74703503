//! Panels over time of a line for each region, or for each site of a back end.

use plotters::prelude::DrawingBackend;

use crate::report::TimelineRow;
use crate::report::plot::PlotError;
use crate::report::plot::legend::{self, Sample};
use crate::report::plot::over_time::OverTime;
use crate::report::plot::panel::{Panel, Pen, Point, highest};
use crate::report::plot::time_frame::{GAP, PANEL};

/// A line with its name.
pub(super) type Line<'n> = (&'n str, Pen, Vec<Option<Point>>);

/// The line of each region.
pub(super) fn of_regions<'t, DB: DrawingBackend>(
    picture: &OverTime<'t, DB>,
    points: impl Fn(&[&TimelineRow]) -> Vec<Option<Point>>,
) -> Vec<Line<'t>> {
    of(
        picture,
        ("region", picture.tables.summary.regions.names()),
        points,
    )
}

/// The line of each site of a back end.
pub(super) fn of_sites<'t, DB: DrawingBackend>(
    picture: &OverTime<'t, DB>,
    points: impl Fn(&[&TimelineRow]) -> Vec<Option<Point>>,
) -> Vec<Line<'t>> {
    of(
        picture,
        ("backend", picture.tables.summary.backends.names()),
        points,
    )
}

fn of<'t, DB: DrawingBackend>(
    picture: &OverTime<'t, DB>,
    (scope, names): (&str, Vec<&'t str>),
    points: impl Fn(&[&TimelineRow]) -> Vec<Option<Point>>,
) -> Vec<Line<'t>> {
    let count = names.len();
    let line = |(index, name): (usize, &'t str)| {
        let rows = picture.tables.timeline_of(scope, name);
        (name, pen(index, count), points(&rows))
    };
    names.into_iter().enumerate().map(line).collect()
}

/// The line of a region or site. A few, which are mostly in the same state, show beside each other:
/// those that are drawn first are the widest.
fn pen(index: usize, count: usize) -> Pen {
    let beside = if count <= 4 { count - 1 - index } else { 0 };
    let width = u32::try_from(3 + 4 * beside).expect("at most 15");
    Pen::of_region(index).wide(width)
}

/// The highest point of all.
pub(super) fn tallest(lines: &[Line<'_>]) -> f64 {
    let tops = lines.iter().map(|(_, _, points)| highest(points));
    tops.fold(0.0, f64::max)
}

/// Draws the lines and names them beside a panel; many are named once, beside the first three.
pub(super) fn draw<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    place: i32,
    lines: &[Line<'_>],
) -> Result<(), PlotError> {
    let mut entries = Vec::new();
    for (name, pen, points) in lines {
        panel.line(points, *pen)?;
        entries.push((Sample::Line(pen.wide(pen.width.min(5))), *name));
    }
    if entries.len() <= legend::room(&panel.down) {
        return legend::draw(panel, &entries);
    }
    if place > 0 {
        return Ok(());
    }
    let end = panel.down.end + 2 * (GAP + PANEL);
    legend::draw_along(panel, &(panel.down.start..end), &entries)
}
