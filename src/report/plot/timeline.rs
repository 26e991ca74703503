//! What happened: five panels on one time axis.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use crate::report::plot::PlotError;
use crate::report::plot::axis::{Axis, plain};
use crate::report::plot::legend::{self, Sample};
use crate::report::plot::over_time::{Layer, OverTime, stack};
use crate::report::plot::panel::{Pen, Point, highest, lowest};
use crate::report::plot::theme;
use crate::report::plot::time_frame::{self, GAP, PANEL};
use crate::report::{Tables, TimelineRow};

const PANELS: u32 = 5;

/// Width and height in pixels.
pub(super) const SIZE: (u32, u32) = time_frame::size(PANELS);

/// Draws the picture.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &DrawingArea<DB, Shift>,
    tables: &Tables,
) -> Result<(), PlotError> {
    let picture = OverTime::with_headline(canvas, tables, PANELS)?;
    requests(&picture)?;
    failures(&picture)?;
    latency(&picture)?;
    traffic(&picture)?;
    utilization(&picture)
}

/// A count of a row, if it has one.
type Count = fn(&TimelineRow) -> Option<f64>;

fn requests<DB: DrawingBackend>(picture: &OverTime<'_, DB>) -> Result<(), PlotError> {
    let rows = picture.tables.timeline_of("fleet", "");
    let offered = picture.per_s(&rows, |row| {
        (row.offered, row.offered_ci95_low.zip(row.offered_ci95_high))
    });
    let goodput = picture.per_s(&rows, |row| {
        (
            row.succeeded,
            row.succeeded_ci95_low.zip(row.succeeded_ci95_high),
        )
    });
    let attempts = picture.per_s(&rows, |row| (row.attempts, None));
    let top = [&offered, &goodput, &attempts].map(|points| highest(points));
    let axis = Axis::from_zero(top.into_iter().fold(0.0, f64::max), plain);
    let panel = picture.panel(0, axis, "Requests per second")?;
    let (black, blue) = (Pen::dashed(theme::INK), Pen::solid(theme::region(0)));
    let red = Pen::solid(theme::TARGET);
    let mut entries = vec![
        (Sample::Line(black), "offered"),
        (Sample::Line(blue), "goodput"),
    ];
    if picture.tables.summary.attempts > picture.tables.summary.requests.offered {
        panel.line(&attempts, red)?;
        entries.insert(0, (Sample::Line(red), "attempts"));
    }
    panel.line(&offered, black)?;
    panel.line(&goodput, blue)?;
    legend::draw(&panel, &entries)?;
    picture.milestones(&panel)
}

fn failures<DB: DrawingBackend>(picture: &OverTime<'_, DB>) -> Result<(), PlotError> {
    let rows = picture.tables.timeline_of("fleet", "");
    let total = picture.per_s(&rows, |row| (row.failed, None));
    let axis = Axis::from_zero(highest(&total), plain);
    let panel = picture.panel(1, axis, "Failed requests per second, by cause")?;
    let causes: [(&str, Count); 11] = [
        ("connect_timeout", |row| row.failed_connect_timeout),
        ("refused", |row| row.failed_refused),
        ("reset", |row| row.failed_reset),
        ("timeout", |row| row.failed_timeout),
        ("overloaded", |row| row.failed_overloaded),
        ("rate_limited", |row| row.failed_rate_limited),
        ("breaker_open", |row| row.failed_breaker_open),
        ("backend", |row| row.failed_backend),
        ("stale_config", |row| row.failed_stale_config),
        ("bad_config", |row| row.failed_bad_config),
        ("no_route", |row| row.failed_no_route),
    ];
    let mut layers = Vec::new();
    for (index, (name, count)) in causes.into_iter().enumerate() {
        let points = picture.per_s(&rows, |row| (count(row), None));
        if highest(&points) > 0.0 {
            layers.push((name, theme::failure(index), points));
        }
    }
    stack(&panel, &layers)?;
    let entries: Vec<(Sample, &str)> = layers
        .iter()
        .map(|(name, color, _)| (Sample::Area(*color), *name))
        .collect();
    if entries.is_empty() {
        panel.note("no request failed")?;
    }
    // All causes at once need the space down to the next panel.
    legend::draw_along(&panel, &(panel.down.start..panel.down.end + GAP), &entries)
}

fn latency<DB: DrawingBackend>(picture: &OverTime<'_, DB>) -> Result<(), PlotError> {
    let rows = picture.tables.timeline_of("fleet", "");
    let p50 = picture.points(&rows, |row| {
        (row.p50_s, row.p50_ci95_low_s.zip(row.p50_ci95_high_s))
    });
    let p99 = picture.points(&rows, |row| {
        (row.p99_s, row.p99_ci95_low_s.zip(row.p99_ci95_high_s))
    });
    let title = "Latency of successes";
    let Some(low) = lowest(&p50) else {
        let ticks = Vec::new();
        let axis = Axis {
            ticks,
            ..Axis::from_zero(1.0, plain)
        };
        return picture.panel(2, axis, title)?.note("no request succeeded");
    };
    let axis = Axis::of_times((low, highest(&p99).max(1e-6)), 5.0);
    let panel = picture.panel(2, axis, title)?;
    let (dark, light) = (Pen::solid(theme::INK), Pen::dashed(theme::FAINT));
    panel.line(&p99, dark)?;
    panel.line(&p50, light)?;
    let entries = [
        (Sample::Line(dark), "99th percentile"),
        (Sample::Line(light), "median"),
    ];
    legend::draw(&panel, &entries)
}

fn traffic<DB: DrawingBackend>(picture: &OverTime<'_, DB>) -> Result<(), PlotError> {
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    let axis = Axis {
        high: 1.0,
        ..Axis::from_zero(0.99, percent)
    };
    let panel = picture.panel(3, axis, "Share of attempts by region")?;
    let layers: Vec<Layer<'_>> = picture
        .regions()
        .map(|(index, name)| {
            let rows = picture.tables.timeline_of("region", name);
            let points = picture.points(&rows, |row| (row.traffic_share, None));
            (name, theme::region(index), points)
        })
        .collect();
    stack(&panel, &layers)?;
    let entries: Vec<(Sample, &str)> = layers
        .iter()
        .map(|(name, color, _)| (Sample::Area(*color), *name))
        .collect();
    // Many regions are named once, beside this panel and the next.
    let end = if entries.len() <= legend::room(&panel.down) {
        panel.down.end
    } else {
        panel.down.end + GAP + PANEL
    };
    legend::draw_along(&panel, &(panel.down.start..end), &entries)
}

fn utilization<DB: DrawingBackend>(picture: &OverTime<'_, DB>) -> Result<(), PlotError> {
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    let lines: Vec<(&str, Pen, Vec<Option<Point>>)> = picture
        .regions()
        .map(|(index, name)| {
            let rows = picture.tables.timeline_of("region", name);
            let points = picture.points(&rows, |row| {
                (
                    row.utilization,
                    row.utilization_ci95_low.zip(row.utilization_ci95_high),
                )
            });
            (name, Pen::of_region(index), points)
        })
        .collect();
    let panel = picture.panel(4, Axis::from_zero(1.0, percent), "Utilization by region")?;
    panel.level(1.0, Pen::dashed(theme::FAINT).wide(2))?;
    for (_, pen, points) in &lines {
        panel.line(points, *pen)?;
    }
    let entries: Vec<(Sample, &str)> = lines
        .iter()
        .map(|(name, pen, _)| (Sample::Line(*pen), *name))
        .collect();
    if entries.len() <= legend::room(&panel.down) {
        legend::draw(&panel, &entries)?;
    }
    Ok(())
}
