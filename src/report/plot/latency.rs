//! How slow the slowest were: latency by percentile, before, during and after.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use crate::report::plot::PlotError;
use crate::report::plot::axis::Axis;
use crate::report::plot::legend::{self, Sample};
use crate::report::plot::panel::{Panel, Pen, Point};
use crate::report::plot::theme;
use crate::report::{LatencyRow, Tables};

/// Width and height in pixels.
pub(super) const SIZE: (u32, u32) = (1_600, 920);

const LEFT: i32 = 140;

/// Draws the picture.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &DrawingArea<DB, Shift>,
    tables: &Tables,
) -> Result<(), PlotError> {
    theme::headline(canvas, LEFT, &tables.summary)?;
    let curves: Vec<(&str, usize, Vec<&LatencyRow>)> = curves(tables);
    let known = || {
        curves
            .iter()
            .flat_map(|(_, _, rows)| rows)
            .filter_map(|row| row.latency_s)
    };
    let low = known().reduce(f64::min).unwrap_or(0.001);
    let high = known().reduce(f64::max).unwrap_or(1.0);
    let panel = Panel {
        canvas,
        across: LEFT..1_240,
        down: 170..800,
        x: quantile_axis(),
        y: Axis::of_times((low, high), 12.0),
    };
    panel.draw_frame("Latency of successes by percentile, all clients")?;
    panel.draw_x_labels("percentile (each step to the right: ten times fewer are slower)")?;
    if known().next().is_none() {
        return panel.note("no request succeeded");
    }
    let mut entries = Vec::new();
    for (name, index, rows) in &curves {
        // Later phases are drawn over earlier ones: narrower, so that none hides another.
        let width = [9, 6, 3][*index];
        let solid = Pen::solid(theme::phase(*index)).wide(width);
        let dashed = Pen::dashed(theme::phase(*index)).wide(width);
        let firm: Vec<Option<Point>> = rows
            .iter()
            .filter(|row| !row.sparse)
            .map(|r| point(r))
            .collect();
        // The first sparse point is reached from the last firm one, by a dashed line.
        let first_sparse = rows.iter().position(|row| row.sparse).unwrap_or(rows.len());
        let tail = &rows[first_sparse.saturating_sub(1)..];
        let tail: Vec<Option<Point>> = tail.iter().map(|row| point(row)).collect();
        panel.line(&firm, solid)?;
        if tail.len() > 1 {
            panel.line(&tail, dashed)?;
        }
        entries.push((Sample::Line(solid), *name));
    }
    let dashed = Pen::dashed(theme::FAINT);
    if curves
        .iter()
        .any(|(_, _, rows)| rows.iter().any(|row| row.sparse))
    {
        entries.push((Sample::Line(dashed), "too few to know"));
    }
    legend::draw(&panel, &entries)
}

/// The curve of each phase that occurred; of the whole period if there was no outage.
fn curves(tables: &Tables) -> Vec<(&str, usize, Vec<&LatencyRow>)> {
    let rows_of = |phase: &str| -> Vec<&LatencyRow> {
        let rows = tables.latency.iter();
        // The largest value has no place on an axis of nines, and the smallest says little.
        rows.filter(|row| {
            row.scope == "fleet" && row.phase == phase && row.quantile > 0.0 && row.quantile < 1.0
        })
        .collect()
    };
    if !tables.summary.has_outages() {
        return vec![("the whole period", 0, rows_of("all"))];
    }
    let names = ["before", "during", "after"].into_iter().enumerate();
    names
        .map(|(index, name)| (name, index, rows_of(name)))
        .filter(|(_, _, rows)| rows.iter().any(|row| row.samples > 0))
        .collect()
}

fn quantile_axis() -> Axis {
    let mut axis = Axis::of_nines(0.0, 5);
    axis.ticks.retain(|(_, label)| label != "100 %");
    axis.high = 5.1;
    axis
}

fn point(row: &LatencyRow) -> Option<Point> {
    Some(Point {
        x: row.quantile,
        y: row.latency_s?,
        interval: row
            .ci95_low_s
            .zip(row.ci95_high_s)
            .map(|(low, high)| [low, high]),
    })
}
