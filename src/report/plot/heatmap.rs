//! Figures on two axes of a sweep: a cell a point, the darker the worse; a row of panels a metric.

use std::ops::Range;

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend, Rectangle};
use plotters::style::{Color, RGBColor};

use crate::experiment::{Better, Metric};
use crate::report::metric_text::title;
use crate::report::plot::axis::{Axis, Scale};
use crate::report::plot::cube::{self, Cube};
use crate::report::plot::panel::{Panel, Pen};
use crate::report::plot::theme::{self, Anchor, pixels};
use crate::report::plot::{PlotError, metric_axis};
use crate::report::{Figure, PointSummary, SweepSummary};
use crate::units::text::{show_duration, show_ratio};

const METRICS: [Metric; 2] = [Metric::Availability, Metric::LatencyP99];
const WIDTH: i32 = 1_600;
const LEFT: i32 = 170;
/// Where panels end and the key of their colors begins.
const RIGHT: i32 = 1_370;
const KEY: Range<i32> = 1_410..1_436;
const GAP: i32 = 30;
const TOP: i32 = 240;
/// What stands between two rows of panels.
const BELOW: i32 = 130;
const BOTTOM: i32 = -30;
/// How many panels are beside each other.
const COLUMNS_MAX: usize = 4;
/// How high a cell can be.
const CELL: Range<i32> = 14..56;
const HEIGHT: i32 = 360;

/// What is shown where.
struct Plan<'s> {
    cube: Cube<'s>,
    /// The dimensions from left to right and from bottom to top.
    x: usize,
    y: usize,
    /// The dimensions of which each combination has a panel.
    others: Vec<usize>,
}

impl<'s> Plan<'s> {
    /// The plan of a sweep with at least two numeric axes.
    fn new(summary: &'s SweepSummary) -> Option<Self> {
        let cube = Cube::new(summary);
        let varying = cube.varying_but(&[]).into_iter();
        let mut numeric = varying.filter(|&index| cube.dimensions[index].numbers.is_some());
        let (x, y) = numeric.next().zip(numeric.next())?;
        let others = cube.varying_but(&[x, y]);
        Some(Self { cube, x, y, others })
    }

    fn columns(&self) -> usize {
        self.cube.count(&self.others).min(COLUMNS_MAX)
    }

    fn height(&self) -> i32 {
        let count = pixels(self.cube.dimensions[self.y].values.len());
        count * (HEIGHT / count).clamp(CELL.start, CELL.end)
    }

    /// The points of a panel, each with its cell from the left and from the bottom.
    fn cells(&self, column: usize) -> Vec<((usize, usize), &'s PointSummary)> {
        let first = self.cube.combination(&self.others, column);
        let across = self.cube.dimensions[self.x].order();
        let up = self.cube.dimensions[self.y].order();
        let mut cells = Vec::new();
        for (left, &x) in across.iter().enumerate() {
            for (bottom, &y) in up.iter().enumerate() {
                let mut place = first.clone();
                (place[self.x], place[self.y]) = (x, y);
                if let Some(point) = self.cube.at(&place) {
                    cells.push(((left, bottom), point));
                }
            }
        }
        cells
    }

    /// The scale of a metric's colors.
    fn scale(&self, metric: Metric) -> Axis {
        let points = (0..self.columns()).flat_map(|column| self.cells(column));
        // Colors are of means: intervals would only widen the scale.
        let means = points.map(|(_, point)| Figure {
            ci95: None,
            ..point.figure(metric)
        });
        let mut axis = metric_axis::of(metric, &means.collect::<Vec<Figure>>());
        if metric == Metric::Availability && axis.scale == Scale::Linear {
            axis.high = axis.high.min(1.0);
        }
        axis
    }
}

/// Whether there are two numeric axes.
pub(super) fn is_due(summary: &SweepSummary) -> bool {
    Plan::new(summary).is_some()
}

/// Width and height in pixels.
pub(super) fn size(summary: &SweepSummary) -> (u32, u32) {
    let panel = Plan::new(summary).map_or(0, |plan| plan.height());
    let height = TOP + pixels(METRICS.len()) * (panel + BELOW) + BOTTOM;
    (WIDTH.cast_unsigned(), height.cast_unsigned())
}

/// Draws the picture.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &DrawingArea<DB, Shift>,
    summary: &SweepSummary,
) -> Result<(), PlotError> {
    cube::headline(canvas, (summary, "intervals are in sweep.csv"))?;
    let Some(plan) = Plan::new(summary) else {
        return Ok(());
    };
    let style = theme::text(theme::SMALL, theme::INK, Anchor::Left);
    let more = plan.cube.count(&plan.others) - plan.columns();
    for (row, metric) in METRICS.into_iter().enumerate() {
        let scale = plan.scale(metric);
        for column in 0..plan.columns() {
            let panel = frame(canvas, &plan, (row, column))?;
            draw_cells(&panel, (&plan, metric), (&scale, column))?;
            if column > 0 {
                continue;
            }
            key(&panel, &scale, metric)?;
            head(&panel, &plan, metric)?;
            if row == 0 {
                let text = words(summary, more);
                let text = theme::fit(&text, WIDTH - 2 * theme::MARGIN, &style)?;
                panel.text(&text, (theme::MARGIN, 132), &style)?;
            }
        }
    }
    Ok(())
}

/// What the cells are.
fn words(summary: &SweepSummary, more: usize) -> String {
    let mut words = vec!["the darker, the worse".to_owned()];
    if summary.has_objectives {
        words.push("framed: objectives kept".to_owned());
    }
    if summary.points.iter().any(|point| point.saturated.is_some()) {
        words.push("crossed out: saturated, no figures".to_owned());
    }
    if more > 0 {
        words.push(format!("{more} more combinations in sweep.csv"));
    }
    words.join("; ")
}

/// The frame of a panel with the labels of its cells.
fn frame<'c, DB: DrawingBackend>(
    canvas: &'c DrawingArea<DB, Shift>,
    plan: &Plan<'_>,
    (row, column): (usize, usize),
) -> Result<Panel<'c, DB>, PlotError> {
    let columns = pixels(plan.columns());
    let width = (RIGHT - LEFT - GAP * (columns - 1)) / columns;
    let start = LEFT + pixels(column) * (width + GAP);
    let top = TOP + pixels(row) * (plan.height() + BELOW);
    let [x, y] = [plan.x, plan.y].map(|index| &plan.cube.dimensions[index]);
    let mut panel = Panel {
        canvas,
        across: start..start + width,
        down: top..top + plan.height(),
        x: cells_axis(x),
        y: cells_axis(y),
    };
    let style = theme::text(theme::SMALL, theme::INK, Anchor::Below);
    panel.thin_x_labels(&style)?;
    panel.draw_x_ticks(&style)?;
    let middle = i32::midpoint(panel.across.start, panel.across.end);
    let name = theme::fit(x.name, width, &style)?;
    panel.text(&name, (middle, panel.down.end + 40), &style)?;
    let place = plan.cube.combination(&plan.others, column);
    let bold = theme::bold(theme::SMALL, Anchor::Above);
    let title = plan.cube.title((&plan.others, &place), width, &bold)?;
    panel.text(&title, (middle, panel.down.start - 8), &bold)?;
    if column == 0 {
        let right = theme::text(theme::SMALL, theme::INK, Anchor::Right);
        let room = LEFT - 10 - theme::MARGIN;
        for (position, label) in &panel.y.ticks {
            let label = theme::fit(label, room, &right)?;
            panel.text(&label, (start - 10, panel.row(*position) + 2), &right)?;
        }
    }
    Ok(panel)
}

fn cells_axis(dimension: &cube::Dimension<'_>) -> Axis {
    let order = dimension.order().into_iter().enumerate();
    let ticks: Vec<(f64, String)> = order
        .map(|(index, place)| (index as f64, dimension.values[place].clone()))
        .collect();
    Axis {
        low: -0.5,
        high: ticks.len() as f64 - 0.5,
        ticks,
        ..Axis::from_zero(1.0, |_| String::new())
    }
}

/// A cell in pixels.
struct Cell {
    across: Range<i32>,
    down: Range<i32>,
}

impl Cell {
    fn new<DB: DrawingBackend>(panel: &Panel<'_, DB>, (left, bottom): (usize, usize)) -> Self {
        let (left, bottom) = (left as f64, bottom as f64);
        Self {
            across: panel.column(left - 0.5)..panel.column(left + 0.5),
            down: panel.row(bottom + 0.5)..panel.row(bottom - 0.5),
        }
    }

    fn fill<DB: DrawingBackend>(
        &self,
        panel: &Panel<'_, DB>,
        color: RGBColor,
    ) -> Result<(), PlotError> {
        let corners = [
            (self.across.start, self.down.start),
            (self.across.end, self.down.end),
        ];
        let area = Rectangle::new(corners, color.filled());
        panel.canvas.draw(&area).map_err(PlotError::new)?;
        let border = Rectangle::new(corners, theme::PAPER.stroke_width(1));
        panel.canvas.draw(&border).map_err(PlotError::new)
    }

    /// Draws a frame within it, that is seen on light and on dark.
    fn mark_kept<DB: DrawingBackend>(&self, panel: &Panel<'_, DB>) -> Result<(), PlotError> {
        for (inset, color, width) in [(3, theme::PAPER, 4), (3, theme::KEPT, 3)] {
            let corners = [
                (self.across.start + inset, self.down.start + inset),
                (self.across.end - inset, self.down.end - inset),
            ];
            let frame = Rectangle::new(corners, color.stroke_width(width));
            panel.canvas.draw(&frame).map_err(PlotError::new)?;
        }
        Ok(())
    }

    fn cross_out<DB: DrawingBackend>(&self, panel: &Panel<'_, DB>) -> Result<(), PlotError> {
        let pen = Pen::solid(theme::FAINT).wide(2);
        let Self { across, down } = self;
        panel.stroke(&[(across.start, down.start), (across.end, down.end)], pen)?;
        panel.stroke(&[(across.start, down.end), (across.end, down.start)], pen)
    }
}

fn draw_cells<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    (plan, metric): (&Plan<'_>, Metric),
    (scale, column): (&Axis, usize),
) -> Result<(), PlotError> {
    let length = length(panel, plan, metric)?;
    for (place, point) in plan.cells(column) {
        let cell = Cell::new(panel, place);
        let Some(mean) = point.figure(metric).mean else {
            cell.fill(panel, theme::GRID)?;
            if point.saturated.is_some() {
                cell.cross_out(panel)?;
            }
            continue;
        };
        let share = darkness(scale, metric, mean);
        cell.fill(panel, theme::ramp(share))?;
        if point.objectives.as_deref() == Some("kept") {
            cell.mark_kept(panel)?;
        }
        if let Some(length) = length {
            write(panel, &cell, (&values(metric, mean)[length], share))?;
        }
    }
    let corners = [
        (panel.across.start, panel.down.start),
        (panel.across.end, panel.down.end),
    ];
    let frame = Rectangle::new(corners, theme::FAINT.stroke_width(1));
    panel.canvas.draw(&frame).map_err(PlotError::new)
}

/// How dark a figure is: 0 for the best on the scale, 1 for the worst.
fn darkness(scale: &Axis, metric: Metric, mean: f64) -> f64 {
    let along = (scale.scale.position(mean) - scale.low) / (scale.high - scale.low);
    match metric.better() {
        Better::Higher => 1.0 - along,
        Better::Lower => along,
    }
    .clamp(0.0, 1.0)
}

/// A value, and shorter texts of it.
fn values(metric: Metric, mean: f64) -> [String; 3] {
    if metric != Metric::Availability {
        return [(); 3].map(|()| show_duration(mean));
    }
    let long = show_ratio(mean);
    let number = long.trim_end_matches(" %");
    let short = number
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned();
    let percent = format!("{short} %");
    let long = if mean < 1.0 { long } else { percent.clone() };
    [long, percent, short]
}

/// Which of the texts of a value every cell has room for, if there is one.
fn length<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    plan: &Plan<'_>,
    metric: Metric,
) -> Result<Option<usize>, PlotError> {
    let cell = Cell::new(panel, (0, 0));
    if cell.down.len() < 34 {
        return Ok(None);
    }
    let style = theme::text(theme::SMALL, theme::INK, Anchor::Middle);
    let room = pixels(cell.across.len()) - 16;
    let mut length = 0;
    for (_, point) in (0..plan.columns()).flat_map(|column| plan.cells(column)) {
        let Some(mean) = point.figure(metric).mean else {
            continue;
        };
        let texts = values(metric, mean);
        while length < texts.len() && theme::width(&texts[length], &style)? > room {
            length += 1;
        }
    }
    Ok(Some(length).filter(|&length| length < 3))
}

/// Writes a value in its cell.
fn write<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    cell: &Cell,
    (text, share): (&str, f64),
) -> Result<(), PlotError> {
    let style = theme::text(theme::SMALL, theme::on_ramp(share), Anchor::Middle);
    let middle = (
        i32::midpoint(cell.across.start, cell.across.end),
        i32::midpoint(cell.down.start, cell.down.end) + 2,
    );
    panel.text(text, middle, &style)
}

/// Draws beside the panels which color is which value.
fn key<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    scale: &Axis,
    metric: Metric,
) -> Result<(), PlotError> {
    let key = Panel {
        canvas: panel.canvas,
        across: KEY,
        down: panel.down.clone(),
        x: Axis::from_zero(1.0, |_| String::new()),
        y: scale.clone(),
    };
    let height = f64::from(pixels(key.down.len()));
    for row in key.down.clone() {
        let up = f64::from(key.down.end - row) / height;
        let share = match metric.better() {
            Better::Higher => 1.0 - up,
            Better::Lower => up,
        };
        let line = Rectangle::new(
            [(KEY.start, row), (KEY.end, row + 1)],
            theme::ramp(share).filled(),
        );
        key.canvas.draw(&line).map_err(PlotError::new)?;
    }
    let style = theme::text(theme::SMALL, theme::INK, Anchor::Left);
    for (position, label) in &scale.ticks {
        key.text(label, (KEY.end + 10, key.row_of(*position) + 2), &style)?;
    }
    Ok(())
}

/// Says above the panels what they show.
fn head<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    plan: &Plan<'_>,
    metric: Metric,
) -> Result<(), PlotError> {
    let row = panel.down.start - 50;
    let bold = theme::bold(theme::TEXT, Anchor::Left);
    panel.text(title(metric), (theme::MARGIN, row), &bold)?;
    let left = theme::MARGIN + theme::width(title(metric), &bold)? + 24;
    let style = theme::text(theme::SMALL, theme::FAINT, Anchor::Left);
    let name = plan.cube.dimensions[plan.y].name;
    let text = theme::fit(&format!("upward: {name}"), RIGHT - left, &style)?;
    panel.text(&text, (left, row + 3), &style)
}
