//! A line of a sweep: a dot a point, that tells whether objectives are kept, and a cross where
//! nothing could be measured.

use plotters::prelude::DrawingBackend;

use crate::experiment::Metric;
use crate::report::PointSummary;
use crate::report::plot::PlotError;
use crate::report::plot::axis::{Axis, Scale};
use crate::report::plot::cube::Dimension;
use crate::report::plot::mark::Mark;
use crate::report::plot::panel::{Panel, Pen, Point};
use crate::report::plot::plan::Plan;
use crate::report::plot::theme::pixels;

/// How far points of different lines are from each other where there is room.
const BESIDE: i32 = 16;
/// How far lines are from each other, so that none hides another that is the same.
const APART: i32 = 10;

/// The axis of the values of a dimension, each with a label: at its number, or evenly spaced.
pub(in crate::report) fn x_axis(dimension: &Dimension<'_>) -> Axis {
    let scale = if dimension.is_logarithmic() {
        Scale::Log
    } else {
        Scale::Linear
    };
    let order = dimension.order();
    let ticks: Vec<(f64, String)> = order
        .iter()
        .map(|&place| {
            let position = scale.position(x(dimension, place));
            (position, dimension.values[place].clone())
        })
        .collect();
    let first = ticks.first().map_or(0.0, |(position, _)| *position);
    let last = ticks.last().map_or(0.0, |(position, _)| *position);
    let margin = match (last - first, &dimension.numbers) {
        (_, None) => 0.5,
        (span, Some(_)) if span > 0.0 => span * 0.06,
        _ => 1.0,
    };
    Axis {
        scale,
        low: first - margin,
        high: last + margin,
        ticks,
    }
}

/// Where a value is: at its number, or at its place.
pub(super) fn x(dimension: &Dimension<'_>, place: usize) -> f64 {
    match dimension.numbers {
        Some(numbers) => numbers[place],
        None => place as f64,
    }
}

/// How far a line is to the right of its place, in pixels: lines are beside each other, and all
/// of a place nearer to each other than to those of the next.
pub(super) fn offset<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    plan: &Plan<'_>,
    line: usize,
) -> i32 {
    let along = plan.along();
    let places = along.order().into_iter();
    let columns: Vec<i32> = places.map(|place| panel.column(x(along, place))).collect();
    let steps = columns.windows(2).map(|pair| pair[1] - pair[0]);
    let room = steps.min().unwrap_or_else(|| pixels(panel.across.len()));
    let apart = if along.numbers.is_none() {
        BESIDE
    } else {
        APART
    };
    let apart = apart.min(room / 2 / pixels(plan.lines()));
    (pixels(2 * line) + 1 - pixels(plan.lines())) * apart / 2
}

/// Draws the points at some places as a line; lines are counted from 0.
pub(super) fn draw<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    (plan, metric): (&Plan<'_>, Metric),
    (places, line): (&[Vec<usize>], usize),
) -> Result<(), PlotError> {
    let along = plan.along();
    let is_even = along.numbers.is_none();
    let pen = Plan::pen(line);
    let panel = &panel.moved(offset(panel, plan, line));
    let measured: Vec<Option<&PointSummary>> =
        places.iter().map(|place| plan.cube.at(place)).collect();
    let point = |(place, measured): (&Vec<usize>, Option<&PointSummary>)| {
        let figure = measured?.figure(metric);
        Some(Point {
            x: x(along, place[plan.x]),
            y: figure.mean?,
            interval: figure.ci95,
        })
    };
    let points: Vec<Option<Point>> = places
        .iter()
        .zip(measured.iter().copied())
        .map(point)
        .collect();
    if !is_even {
        panel.line(&points, pen)?;
    }
    let is_alone = |index: usize| {
        let at = |index: usize| points.get(index).copied().flatten().is_some();
        is_even || !(at(index + 1) || index > 0 && at(index - 1))
    };
    for (index, measured) in measured.iter().enumerate() {
        let Some(measured) = measured else { continue };
        let column = panel.column(x(along, places[index][plan.x]));
        let Some(point) = points[index] else {
            if measured.saturated.is_some() {
                Mark::Cross.draw(panel.canvas, (column, panel.down.end - 14), pen.color)?;
            }
            continue;
        };
        if let Some(ends) = point.interval.filter(|_| is_alone(index)) {
            panel.whisker(ends, column, Pen::solid(pen.color).wide(4))?;
        }
        mark(measured).draw(panel.canvas, (column, panel.row(point.y)), pen.color)?;
    }
    Ok(())
}

/// How a point looks: by whether its objectives are kept.
fn mark(point: &PointSummary) -> Mark {
    match point.objectives.as_deref() {
        Some("missed") => Mark::Hollow,
        Some("unsure") => Mark::Half,
        _ => Mark::Filled,
    }
}
