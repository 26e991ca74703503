//! What was called behind the gateways: load of the back ends, hits of the caches, breakers.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use crate::report::plot::axis::{Axis, plain};
use crate::report::plot::over_time::OverTime;
use crate::report::plot::{PlotError, lines, time_frame};
use crate::report::{CallerSummary, Summary, Tables};

/// Whether the picture is drawn.
pub(super) fn is_due(summary: &Summary) -> bool {
    !summary.backends.0.is_empty()
}

/// Width and height in pixels.
pub(super) fn size(summary: &Summary) -> (u32, u32) {
    time_frame::size(panels(summary))
}

fn panels(summary: &Summary) -> u32 {
    2 + u32::from(has_caches(summary)) + u32::from(has_opened(summary))
}

fn has_caches(summary: &Summary) -> bool {
    callers(summary).any(|calls| calls.cache_hit_ratio.is_some())
}

fn has_opened(summary: &Summary) -> bool {
    callers(summary).any(|calls| calls.breakers_open.mean.is_some_and(|open| open > 0.0))
}

fn callers(summary: &Summary) -> impl Iterator<Item = &CallerSummary> {
    let regions = summary.regions.iter();
    regions.filter_map(|(_, region)| region.calls.as_ref())
}

/// Draws the picture.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &DrawingArea<DB, Shift>,
    tables: &Tables,
) -> Result<(), PlotError> {
    let summary = &tables.summary;
    let picture = OverTime::with_headline(canvas, tables, panels(summary))?;
    calls(&picture)?;
    in_service(&picture)?;
    let mut place = 2;
    if has_caches(summary) {
        hit_ratios(&picture, place)?;
        place += 1;
    }
    if has_opened(summary) {
        breakers(&picture, place)?;
    }
    Ok(())
}

fn calls<DB: DrawingBackend>(picture: &OverTime<'_, DB>) -> Result<(), PlotError> {
    let lines = lines::of_sites(picture, |rows| {
        picture.per_s(rows, |row| (row.attempts, None))
    });
    let axis = Axis::from_zero(lines::tallest(&lines), plain);
    let panel = picture.panel(0, axis, "Calls per second, by back end and site")?;
    lines::draw(&panel, 0, &lines)?;
    picture.milestones(&panel)
}

fn in_service<DB: DrawingBackend>(picture: &OverTime<'_, DB>) -> Result<(), PlotError> {
    let lines = lines::of_sites(picture, |rows| {
        picture.points(rows, |row| (sum(row.in_service, row.queue), None))
    });
    let axis = Axis::from_zero(lines::tallest(&lines), plain);
    let panel = picture.panel(1, axis, "Calls in service or waiting, by back end and site")?;
    lines::draw(&panel, 1, &lines)
}

fn sum(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    Some(one? + other?)
}

fn hit_ratios<DB: DrawingBackend>(picture: &OverTime<'_, DB>, place: i32) -> Result<(), PlotError> {
    let lines = lines::of_regions(picture, |rows| {
        picture.points(rows, |row| (row.cache_hit_ratio, None))
    });
    let percent = |share: f64| format!("{} %", plain(share * 100.0));
    let axis = Axis::from_zero(1.0, percent);
    let panel = picture.panel(
        place,
        axis,
        "Cache hits by region: share of requests for back ends",
    )?;
    lines::draw(&panel, place, &lines)
}

fn breakers<DB: DrawingBackend>(picture: &OverTime<'_, DB>, place: i32) -> Result<(), PlotError> {
    let lines = lines::of_regions(picture, |rows| {
        picture.points(rows, |row| (row.breakers_open, None))
    });
    let axis = Axis::of_counts(lines::tallest(&lines));
    let title = "Breakers that are not closed, by region: VMs x sites";
    let panel = picture.panel(place, axis, title)?;
    lines::draw(&panel, place, &lines)
}
