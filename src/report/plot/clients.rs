//! What clients did: how often they tried, where they would have gone, and what was done for nobody.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use crate::report::plot::PlotError;
use crate::report::plot::axis::{Axis, plain};
use crate::report::plot::legend::{self, Sample};
use crate::report::plot::over_time::{Layer, OverTime, stack};
use crate::report::plot::panel::{Pen, highest};
use crate::report::plot::theme;
use crate::report::plot::time_frame;
use crate::report::{Tables, TimelineRow};

const PANELS: u32 = 4;

/// Width and height in pixels.
pub(super) const SIZE: (u32, u32) = time_frame::size(PANELS);

/// Draws the picture.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &DrawingArea<DB, Shift>,
    tables: &Tables,
) -> Result<(), PlotError> {
    let picture = OverTime::with_headline(canvas, tables, PANELS)?;
    attempts(&picture)?;
    amplification(&picture)?;
    agents(&picture)?;
    wasted(&picture)
}

fn attempts<DB: DrawingBackend>(picture: &OverTime<'_, DB>) -> Result<(), PlotError> {
    let rows = picture.tables.timeline_of("fleet", "");
    let attempts = picture.per_s(&rows, |row| (row.attempts, None));
    let offered = picture.per_s(&rows, |row| (row.offered, None));
    let top = highest(&attempts).max(highest(&offered));
    let axis = Axis::from_zero(top, plain);
    let panel = picture.panel(0, axis, "Attempts and requests per second")?;
    let (red, black) = (Pen::solid(theme::TARGET), Pen::dashed(theme::INK));
    panel.line(&attempts, red)?;
    panel.line(&offered, black)?;
    let entries = [
        (Sample::Line(red), "attempts"),
        (Sample::Line(black), "requests offered"),
    ];
    legend::draw(&panel, &entries)?;
    picture.milestones(&panel)
}

fn amplification<DB: DrawingBackend>(picture: &OverTime<'_, DB>) -> Result<(), PlotError> {
    let rows = picture.tables.timeline_of("fleet", "");
    let points = picture.points(&rows, |row| {
        let interval = row.amplification_ci95_low.zip(row.amplification_ci95_high);
        (row.amplification, interval)
    });
    let axis = Axis::from_zero(highest(&points).max(1.0), plain);
    let panel = picture.panel(1, axis, "Amplification: attempts per request")?;
    panel.level(1.0, Pen::dashed(theme::FAINT).wide(2))?;
    panel.line(&points, Pen::solid(theme::TARGET))?;
    if picture.tables.summary.attempts == picture.tables.summary.requests.offered {
        panel.note("no request was tried twice")?;
    }
    Ok(())
}

/// A share of a row, if it has one.
type Share = fn(&TimelineRow) -> Option<f64>;

fn agents<DB: DrawingBackend>(picture: &OverTime<'_, DB>) -> Result<(), PlotError> {
    let axis = Axis {
        high: 1.0,
        ..Axis::from_zero(0.99, percent)
    };
    let panel = picture.panel(2, axis, "Agents by the region they are pinned to")?;
    let shares: [(&str, _, Share); 4] = [
        ("dead, by connection", theme::TARGET, |row| {
            row.agents_pinned_by_connection
        }),
        ("dead, by answer", theme::region(1), |row| {
            row.agents_pinned_by_answer
        }),
        ("healthy region", theme::region(0), |row| {
            row.agents_pinned_to_healthy
        }),
        ("ask the router", theme::GRID, |row| row.agents_free),
    ];
    let rows = picture.tables.timeline_of("fleet", "");
    // Agents of a long run are counted in some windows only.
    let counted: Vec<&TimelineRow> = rows
        .into_iter()
        .filter(|row| row.agents_free.is_some())
        .collect();
    if counted.is_empty() {
        return panel.note("agents are counted where there is an outage");
    }
    let layers = shares.map(|(name, color, share)| -> Layer<'_> {
        let points = picture.points(&counted, |row| (share(row), None));
        (name, color, points)
    });
    stack(&panel, &layers)?;
    let entries = layers.map(|(name, color, _)| (Sample::Area(color), name));
    legend::draw(&panel, &entries)
}

fn wasted<DB: DrawingBackend>(picture: &OverTime<'_, DB>) -> Result<(), PlotError> {
    let mut lines = Vec::new();
    let mut top: f64 = 0.0;
    for (index, name) in picture.regions() {
        let rows = picture.tables.timeline_of("region", name);
        let points = picture.points(&rows, |row| {
            let parts = row.utilization_wasted.zip(row.utilization_duplicate);
            (parts.map(|(wasted, duplicate)| wasted + duplicate), None)
        });
        top = top.max(highest(&points));
        lines.push((name, Pen::of_region(index), points));
    }
    let title = "Utilization by work that nobody waits for";
    let panel = picture.panel(3, Axis::from_zero(top.max(0.01), percent), title)?;
    for (_, pen, points) in &lines {
        panel.line(points, *pen)?;
    }
    if top == 0.0 {
        return panel.note("all work was for somebody");
    }
    let entries: Vec<(Sample, &str)> = lines
        .iter()
        .map(|(name, pen, _)| (Sample::Line(*pen), *name))
        .collect();
    legend::draw(&panel, &entries)
}

fn percent(share: f64) -> String {
    format!("{} %", plain(share * 100.0))
}
