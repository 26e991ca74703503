//! How many workers the regions had, and how busy they were: drawn where the number changes.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use crate::report::Tables;
use crate::report::plot::axis::{Axis, plain};
use crate::report::plot::over_time::OverTime;
use crate::report::plot::{PlotError, lines, time_frame};

/// Width and height in pixels.
pub(super) fn size() -> (u32, u32) {
    time_frame::size(2)
}

/// Whether the picture is drawn: whether any region has now more workers, now fewer.
pub(super) fn is_due(tables: &Tables) -> bool {
    let regions = tables.summary.regions.names();
    regions.into_iter().any(|name| {
        let rows = tables.timeline_of("region", name);
        let mut workers = rows.iter().filter_map(|row| row.workers);
        let first = workers.next();
        workers.any(|workers| first.is_some_and(|first| (workers - first).abs() > 1e-9))
    })
}

/// Draws the picture.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &DrawingArea<DB, Shift>,
    tables: &Tables,
) -> Result<(), PlotError> {
    let picture = OverTime::with_headline(canvas, tables, 2)?;
    let workers = lines::of_regions(&picture, |rows| {
        picture.points(rows, |row| (row.workers, None))
    });
    let axis = Axis::of_counts(lines::tallest(&workers));
    let panel = picture.panel(0, axis, "Workers by region")?;
    lines::draw(&panel, 0, &workers)?;
    picture.milestones(&panel)?;
    let busy = lines::of_regions(&picture, |rows| {
        picture.points(rows, |row| (row.utilization, None))
    });
    let percent = |share: f64| format!("{} %", plain(share * 100.0));
    let axis = Axis::from_zero(lines::tallest(&busy).max(1.0), percent);
    let panel = picture.panel(
        1,
        axis,
        "Utilization by region: busy share of these workers",
    )?;
    lines::draw(&panel, 1, &busy)
}
