//! What happened to variants: their timelines over each other, on one time axis.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use crate::report::plot::axis::{Axis, plain};
use crate::report::plot::legend::{self, Sample};
use crate::report::plot::panel::{Panel, Pen, Point, highest, lowest};
use crate::report::plot::time_frame::{self, LEFT, PANEL, Shade, TimeFrame, shades};
use crate::report::plot::{PlotError, rows, theme};
use crate::report::{ComparisonTables, OutageMark, VariantRow};

const PANELS: u32 = 3;

/// Width and height in pixels.
pub(super) const SIZE: (u32, u32) = time_frame::size(PANELS);

/// How many variants are shown.
const LINES_MAX: usize = 7;

/// Whether there is a timeline.
pub(super) fn is_due(tables: &ComparisonTables) -> bool {
    !tables.timeline.is_empty()
}

/// A variant with the rows of its timeline.
struct Line<'t> {
    name: &'t str,
    pen: Pen,
    rows: Vec<&'t VariantRow>,
}

/// A value of a row with its interval; the width of its window is given.
type Value = fn(&VariantRow, f64) -> (Option<f64>, Option<(f64, f64)>);

/// Draws the picture.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &DrawingArea<DB, Shift>,
    tables: &ComparisonTables,
) -> Result<(), PlotError> {
    let summary = &tables.summary;
    rows::headline(canvas, (LEFT, "bands"), summary)?;
    let lines = lines(tables);
    let frame = TimeFrame {
        canvas,
        duration_s: duration_s(tables),
        outages: summary.outages.iter().map(span).collect(),
        panels: PANELS.cast_signed(),
    };
    let first = availability(&frame, &lines, summary.variants.len())?;
    label(&frame, &first, &shades(&summary.outages, span))?;
    latency(&frame, &lines)?;
    attempts(&frame, &lines)
}

/// The lines of the baseline, which is the first, and of the variants that there is room for.
fn lines(tables: &ComparisonTables) -> Vec<Line<'_>> {
    let variants = tables.summary.variants.iter();
    let is_baseline = |name: &str| name == tables.summary.baseline;
    let (mut names, others): (Vec<&str>, Vec<&str>) = variants
        .map(|variant| variant.name.as_str())
        .partition(|name| is_baseline(name));
    names.extend(others);
    let line = |(index, name)| Line {
        name,
        pen: pen(index),
        rows: tables.timeline_of(name),
    };
    names
        .into_iter()
        .take(LINES_MAX)
        .enumerate()
        .map(line)
        .collect()
}

/// The baseline is black and below all others; of these every other one is dashed, so that one
/// does not hide another.
fn pen(index: usize) -> Pen {
    match index {
        0 => Pen::solid(theme::INK).wide(6),
        index if index.is_multiple_of(2) => Pen::dashed(theme::series(index - 1)).wide(4),
        index => Pen::solid(theme::series(index - 1)).wide(4),
    }
}

fn span(outage: &OutageMark) -> [f64; 2] {
    [outage.at_s, outage.at_s + outage.for_s]
}

/// The length of the baseline's period. Summaries of old do not tell: up to where its rows go.
fn duration_s(tables: &ComparisonTables) -> f64 {
    let told = tables.summary.duration_s;
    if told > 0.0 {
        return told;
    }
    let rows = tables.timeline_of(&tables.summary.baseline);
    let last = rows
        .last()
        .map_or(0.0, |row| row.time_s + width_s(&rows, rows.len() - 1));
    if last > 0.0 { last } else { 1.0 }
}

/// The width of a row's window: up to the next row, and that of the last as the one before.
fn width_s(rows: &[&VariantRow], index: usize) -> f64 {
    let first = index.min(rows.len().saturating_sub(2));
    match rows.get(first..first + 2) {
        Some([row, next]) => next.time_s - row.time_s,
        _ => 1.0,
    }
}

/// The points of a line in the middle of their windows, up to the end of the axis.
fn points<DB: DrawingBackend>(
    frame: &TimeFrame<'_, DB>,
    line: &Line<'_>,
    value: Value,
) -> Vec<Option<Point>> {
    let rows = line.rows.iter().enumerate();
    let within = rows.filter(|(_, row)| row.time_s < frame.duration_s);
    let point = |(index, row): (usize, &&VariantRow)| {
        let width_s = width_s(&line.rows, index).min(frame.duration_s - row.time_s);
        let (y, interval) = value(row, width_s);
        Some(Point {
            x: row.time_s + width_s / 2.0,
            y: y?,
            interval: interval.map(|(low, high)| [low, high]),
        })
    };
    within.map(point).collect()
}

fn all_points<DB: DrawingBackend>(
    frame: &TimeFrame<'_, DB>,
    lines: &[Line<'_>],
    value: Value,
) -> Vec<Vec<Option<Point>>> {
    let all = lines.iter().map(|line| points(frame, line, value));
    all.collect()
}

fn draw_lines<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    lines: &[Line<'_>],
    points: &[Vec<Option<Point>>],
) -> Result<(), PlotError> {
    for (line, points) in lines.iter().zip(points) {
        panel.line(points, line.pen)?;
    }
    Ok(())
}

fn availability<'c, DB: DrawingBackend>(
    frame: &TimeFrame<'c, DB>,
    lines: &[Line<'_>],
    count: usize,
) -> Result<Panel<'c, DB>, PlotError> {
    let points = all_points(frame, lines, |row, _| {
        let interval = row.availability_ci95_low.zip(row.availability_ci95_high);
        (row.availability, interval)
    });
    let ends = points.iter().flatten().flatten();
    let low = ends.map(|point| point.interval.map_or(point.y, |[low, _]| low));
    let axis = Axis::of_percent((low.fold(1.0, f64::min), 1.0));
    let panel = frame.panel((0, PANEL), axis, "Availability by request")?;
    draw_lines(&panel, lines, &points)?;
    let more = format!("and {} more", count - lines.len());
    let named = |(index, line): (usize, &Line<'_>)| match index {
        0 => format!("{} (baseline)", line.name),
        _ => line.name.to_owned(),
    };
    let names: Vec<String> = lines.iter().enumerate().map(named).collect();
    let samples = lines.iter().map(|line| Sample::Line(line.pen));
    let mut entries: Vec<(Sample, &str)> = samples.zip(names.iter().map(String::as_str)).collect();
    if count > lines.len() {
        entries.push((Sample::Nothing, &more));
    }
    legend::draw_along(
        &panel,
        &(panel.down.start..panel.down.end + PANEL),
        &entries,
    )?;
    Ok(panel)
}

/// Says above the first panel what the shades are.
fn label<DB: DrawingBackend>(
    frame: &TimeFrame<'_, DB>,
    panel: &Panel<'_, DB>,
    shades: &[Shade<'_, OutageMark>],
) -> Result<(), PlotError> {
    const NAME: i32 = 500;
    let style = theme::text(theme::TEXT, theme::TARGET, theme::Anchor::Above);
    let mut taken = i32::MIN;
    for shade in shades {
        let mut names: Vec<&str> = Vec::new();
        for outage in &shade.outages {
            if !names.contains(&outage.region.as_str()) {
                names.push(&outage.region);
            }
        }
        let names = theme::fit(&format!("outage: {}", names.join(", ")), NAME, &style)?;
        taken = frame.label(panel, (shade.span_s, taken), &[vec![names]])?;
    }
    Ok(())
}

fn latency<DB: DrawingBackend>(
    frame: &TimeFrame<'_, DB>,
    lines: &[Line<'_>],
) -> Result<(), PlotError> {
    let points = all_points(frame, lines, |row, _| {
        (row.p99_s, row.p99_ci95_low_s.zip(row.p99_ci95_high_s))
    });
    let title = "Latency of successes, 99th percentile";
    let low = points.iter().filter_map(|points| lowest(points));
    let Some(low) = low.reduce(f64::min) else {
        let axis = Axis {
            ticks: Vec::new(),
            ..Axis::from_zero(1.0, plain)
        };
        return frame
            .panel((1, PANEL), axis, title)?
            .note("no request succeeded");
    };
    let axis = Axis::of_times((low, tallest(&points).max(1e-6)), 5.0);
    let panel = frame.panel((1, PANEL), axis, title)?;
    draw_lines(&panel, lines, &points)
}

fn attempts<DB: DrawingBackend>(
    frame: &TimeFrame<'_, DB>,
    lines: &[Line<'_>],
) -> Result<(), PlotError> {
    let points = all_points(frame, lines, |row, width_s| {
        (row.attempts.map(|count| count / width_s), None)
    });
    let axis = Axis::from_zero(tallest(&points), plain);
    let panel = frame.panel((2, PANEL), axis, "Attempts per second")?;
    draw_lines(&panel, lines, &points)
}

fn tallest(points: &[Vec<Option<Point>>]) -> f64 {
    points
        .iter()
        .map(|points| highest(points))
        .fold(0.0, f64::max)
}
