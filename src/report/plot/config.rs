//! Which configuration ran where, how old it was, and what the management plane did.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use crate::report::plot::PlotError;
use crate::report::plot::axis::{Axis, plain};
use crate::report::plot::legend::{self, Sample};
use crate::report::plot::mark::Mark;
use crate::report::plot::over_time::OverTime;
use crate::report::plot::panel::Pen;
use crate::report::plot::time_frame::{self, PANEL};
use crate::report::plot::{lines, strips, theme};
use crate::report::{ManagementSummary, Summary, Tables, TimelineRow};

/// Whether the picture is drawn: an outage alone, of which the management plane is a part, does not
/// make one.
pub(super) fn is_due(summary: &Summary) -> bool {
    summary.config.is_some() || has_management(summary)
}

fn has_management(summary: &Summary) -> bool {
    let management = summary.management.as_ref();
    management.is_some_and(ManagementSummary::is_used)
}

/// Width and height in pixels: every region has its strip.
pub(super) fn size(summary: &Summary) -> (u32, u32) {
    let (width, height) = time_frame::size(panels(summary));
    if summary.config.is_none() {
        return (width, height);
    }
    let more = strips::height(summary) - PANEL;
    (width, height.saturating_add_signed(more))
}

fn panels(summary: &Summary) -> u32 {
    let of_config = if summary.config.is_some() { 4 } else { 0 };
    of_config + u32::from(has_management(summary))
}

/// Draws the picture.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &DrawingArea<DB, Shift>,
    tables: &Tables,
) -> Result<(), PlotError> {
    let panels = panels(&tables.summary);
    let picture = OverTime::with_headline(canvas, tables, panels)?;
    let mut places = 0..panels.cast_signed();
    let mut next = || places.next().unwrap_or_default();
    if tables.summary.config.is_some() {
        versions(&picture, next())?;
        ages(
            &picture,
            (next(), "Time since the last synchronization, by region"),
            |row| row.config_sync_age_s,
        )?;
        ages(
            &picture,
            (
                next(),
                "Staleness by region: age of the oldest change it lacks",
            ),
            |row| row.config_staleness_s,
        )?;
    }
    if has_management(&tables.summary) {
        management(&picture, next())?;
    }
    if tables.summary.config.is_some() {
        strips::draw(&picture, next())?;
    }
    Ok(())
}

fn versions<DB: DrawingBackend>(picture: &OverTime<'_, DB>, place: i32) -> Result<(), PlotError> {
    let lines = lines::of_regions(picture, |rows| {
        picture.steps(rows, |row| row.config_version)
    });
    let axis = Axis::of_counts(lines::tallest(&lines));
    let panel = picture.panel(place, axis, "Configuration by region: changes applied")?;
    lines::draw(&panel, place, &lines)?;
    picture.milestones(&panel)
}

fn ages<DB: DrawingBackend>(
    picture: &OverTime<'_, DB>,
    (place, title): (i32, &str),
    age_s: fn(&TimelineRow) -> Option<f64>,
) -> Result<(), PlotError> {
    let lines = lines::of_regions(picture, |rows| {
        picture.points(rows, |row| (age_s(row), None))
    });
    let tallest = lines::tallest(&lines);
    let panel = picture.panel(place, Axis::of_ages(tallest), title)?;
    if tallest == 0.0 {
        return panel.note("no region lacked a change");
    }
    lines::draw(&panel, place, &lines)
}

fn management<DB: DrawingBackend>(picture: &OverTime<'_, DB>, place: i32) -> Result<(), PlotError> {
    let percent = |share: f64| format!("{} %", plain(share * 100.0));
    let axis = Axis::from_zero(1.0, percent);
    let title = "Management plane: share of the time up, and of operations and visits served";
    let panel = picture.panel(place, axis, title)?;
    let rows = picture.tables.timeline_of("fleet", "");
    let served = |offered: Option<f64>, failed: Option<f64>| {
        let offered = offered.filter(|&offered| offered > 0.0)?;
        Some(1.0 - failed? / offered)
    };
    let up = Pen::solid(theme::FAINT).wide(7);
    panel.line(&picture.steps(&rows, |row| row.management_up), up)?;
    let mut entries = vec![(Sample::Line(up.wide(5)), "management plane up")];
    let visits = picture.points(&rows, |row| {
        (served(row.portal_visits, row.portal_failed), None)
    });
    if visits.iter().any(Option::is_some) {
        let pen = Pen::solid(theme::region(1));
        panel.line(&visits, pen)?;
        entries.push((Sample::Line(pen), "visits of the portal"));
    }
    // Operations are few: a dot is a window in which there were some.
    let operations = picture.points(&rows, |row| {
        (
            served(row.management_operations, row.management_failed),
            None,
        )
    });
    for point in operations.iter().flatten() {
        panel.small_dot(
            (panel.column(point.x), panel.row(point.y)),
            theme::region(0),
        )?;
    }
    if operations.iter().any(Option::is_some) {
        entries.push((Sample::Mark(Mark::Filled, theme::region(0)), "operations"));
    }
    if place == 0 {
        picture.milestones(&panel)?;
    }
    legend::draw(&panel, &entries)
}
