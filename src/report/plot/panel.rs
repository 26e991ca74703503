//! A frame with two axes in which data is drawn.

use std::ops::Range;

use plotters::coord::Shift;
use plotters::prelude::{
    Circle, DrawingArea, DrawingBackend, PathElement, Polygon, Rectangle, Text,
};
use plotters::style::{Color, RGBColor, ShapeStyle, TextStyle};

use crate::report::plot::PlotError;
use crate::report::plot::axis::{Axis, Scale};
use crate::report::plot::mark::Mark;
use crate::report::plot::theme::{self, Anchor};

/// A value with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) interval: Option<[f64; 2]>,
}

/// The highest end of an interval, or 0.
pub(super) fn highest(points: &[Option<Point>]) -> f64 {
    let ends = points
        .iter()
        .flatten()
        .map(|point| point.interval.map_or(point.y, |[_, high]| high));
    ends.fold(0.0, f64::max)
}

/// The lowest point.
pub(super) fn lowest(points: &[Option<Point>]) -> Option<f64> {
    let ends = points.iter().flatten().map(|point| point.y);
    ends.reduce(f64::min)
}

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pen {
    pub(super) color: RGBColor,
    pub(super) width: u32,
    pub(super) is_dashed: bool,
}

impl Pen {
    /// A solid line.
    pub(super) fn solid(color: RGBColor) -> Self {
        Self {
            color,
            width: 3,
            is_dashed: false,
        }
    }

    /// The line of a region: beyond the number of colors, dashes tell apart.
    pub(super) fn of_region(index: usize) -> Self {
        let color = theme::region(index);
        if index < 8 {
            Self::solid(color)
        } else {
            Self::dashed(color)
        }
    }

    /// The same line in another width.
    pub(super) fn wide(self, width: u32) -> Self {
        Self { width, ..self }
    }

    /// A dashed line.
    pub(super) fn dashed(color: RGBColor) -> Self {
        Self {
            is_dashed: true,
            ..Self::solid(color)
        }
    }

    pub(super) fn style(self) -> ShapeStyle {
        self.color.stroke_width(self.width)
    }
}

/// A frame on a canvas; data outside of its axes is cut off.
pub(super) struct Panel<'c, DB: DrawingBackend> {
    pub(super) canvas: &'c DrawingArea<DB, Shift>,
    /// Pixels from left to right.
    pub(super) across: Range<i32>,
    /// Pixels from top to bottom.
    pub(super) down: Range<i32>,
    pub(super) x: Axis,
    pub(super) y: Axis,
}

impl<DB: DrawingBackend> Panel<'_, DB> {
    /// The pixel column of a value.
    pub(super) fn column(&self, x: f64) -> i32 {
        pixel(&self.x, x, self.across.start, self.across.end)
    }

    /// The pixel row of a value.
    pub(super) fn row(&self, y: f64) -> i32 {
        pixel(&self.y, y, self.down.end, self.down.start)
    }

    /// The pixel row of a position of the y axis.
    pub(super) fn row_of(&self, position: f64) -> i32 {
        between(&self.y, position, self.down.end, self.down.start)
    }

    /// The same panel, moved to the right by some pixels.
    pub(super) fn moved(&self, right: i32) -> Self {
        Self {
            canvas: self.canvas,
            across: self.across.start + right..self.across.end + right,
            down: self.down.clone(),
            x: self.x.clone(),
            y: self.y.clone(),
        }
    }

    /// Draws the grid, the frame and the labels of the y axis, with a title above.
    pub(super) fn draw_frame(&self, title: &str) -> Result<(), PlotError> {
        let style = theme::text(theme::TEXT, theme::INK, Anchor::Right);
        for (position, label) in &self.y.ticks {
            let row = between(&self.y, *position, self.down.end, self.down.start);
            self.path(
                &[(self.across.start, row), (self.across.end, row)],
                theme::GRID,
            )?;
            // Digits are lower than the line that the text is centered on.
            self.text(label, (self.across.start - 10, row + 3), &style)?;
        }
        for (position, _) in &self.x.ticks {
            let column = between(&self.x, *position, self.across.start, self.across.end);
            self.path(
                &[(column, self.down.start), (column, self.down.end)],
                theme::GRID,
            )?;
        }
        let corners = [
            (self.across.start, self.down.start),
            (self.across.end, self.down.end),
        ];
        let frame = Rectangle::new(corners, theme::FAINT.stroke_width(1));
        self.canvas.draw(&frame).map_err(PlotError::new)?;
        let style = theme::bold(theme::TEXT, Anchor::Left);
        self.text(title, (self.across.start, self.down.start - 18), &style)
    }

    /// Writes the labels of the x axis and its title below the frame.
    pub(super) fn draw_x_labels(&self, title: &str) -> Result<(), PlotError> {
        let style = theme::text(theme::TEXT, theme::INK, Anchor::Below);
        self.draw_x_ticks(&style)?;
        let middle = i32::midpoint(self.across.start, self.across.end);
        self.text(title, (middle, self.down.end + 44), &style)
    }

    /// Writes the labels of the x axis below the frame.
    pub(super) fn draw_x_ticks(&self, style: &TextStyle<'_>) -> Result<(), PlotError> {
        for (position, label) in &self.x.ticks {
            let column = between(&self.x, *position, self.across.start, self.across.end);
            self.text(label, (column, self.down.end + 10), style)?;
        }
        Ok(())
    }

    /// Leaves out labels of the x axis that would run into each other: every other one, or more;
    /// counted from the end of an axis of nines, where everything is, and else from zero or the
    /// start.
    pub(super) fn thin_x_labels(&mut self, style: &TextStyle<'_>) -> Result<(), PlotError> {
        let mut extents = Vec::new();
        for (position, label) in &self.x.ticks {
            let column = between(&self.x, *position, self.across.start, self.across.end);
            let half = theme::width(label, style)? / 2 + 8;
            extents.push((column - half, column + half));
        }
        let count = extents.len();
        let mut positions = self.x.ticks.iter();
        let zero = positions.position(|(position, _)| position.abs() < f64::EPSILON);
        let anchor = match self.x.scale {
            Scale::Nines(_) => count.saturating_sub(1),
            Scale::Linear => zero.unwrap_or(0),
            Scale::Log => 0,
        };
        let kept = |stride: usize| {
            (0..count).filter(move |index| anchor.abs_diff(*index).is_multiple_of(stride))
        };
        let fits = |stride: &usize| {
            let shown: Vec<(i32, i32)> = kept(*stride).map(|index| extents[index]).collect();
            shown.windows(2).all(|pair| pair[0].1 <= pair[1].0)
        };
        let stride = (1..=count.max(1)).find(fits).unwrap_or(1);
        for (index, (_, label)) in self.x.ticks.iter_mut().enumerate() {
            if !anchor.abs_diff(index).is_multiple_of(stride) {
                label.clear();
            }
        }
        Ok(())
    }

    /// Shades the whole height between two values of x.
    pub(super) fn shade(&self, from: f64, to: f64, color: RGBColor) -> Result<(), PlotError> {
        let corners = [
            (self.column(from), self.down.start),
            (self.column(to), self.down.end),
        ];
        let area = Rectangle::new(corners, color.filled());
        self.canvas.draw(&area).map_err(PlotError::new)
    }

    /// Draws a line through points, with a band for their intervals; gaps stay gaps.
    pub(super) fn line(&self, points: &[Option<Point>], pen: Pen) -> Result<(), PlotError> {
        for run in points.split(Option::is_none) {
            let run: Vec<Point> = run.iter().flatten().copied().collect();
            self.band(&run, pen.color)?;
            let path: Vec<(i32, i32)> = run
                .iter()
                .map(|point| (self.column(point.x), self.row(point.y)))
                .collect();
            match path.as_slice() {
                [] => {}
                [only] => self.dot(*only, pen.color)?,
                _ => self.stroke(&path, pen)?,
            }
        }
        Ok(())
    }

    fn band(&self, points: &[Point], color: RGBColor) -> Result<(), PlotError> {
        let end = |point: &Point, index: usize| {
            let interval = point.interval?;
            Some((self.column(point.x), self.row(interval[index])))
        };
        let low = points.iter().filter_map(|point| end(point, 0));
        let high = points.iter().rev().filter_map(|point| end(point, 1));
        let outline: Vec<(i32, i32)> = low.chain(high).collect();
        self.fill(outline, color, 0.25)
    }

    /// Fills an outline of pixels.
    pub(super) fn fill(
        &self,
        outline: Vec<(i32, i32)>,
        color: RGBColor,
        opacity: f64,
    ) -> Result<(), PlotError> {
        if outline.len() < 3 {
            return Ok(());
        }
        let area = Polygon::new(outline, color.mix(opacity).filled());
        self.canvas.draw(&area).map_err(PlotError::new)
    }

    /// Draws a horizontal line across the frame.
    pub(super) fn level(&self, y: f64, pen: Pen) -> Result<(), PlotError> {
        let row = self.row(y);
        self.stroke(&[(self.across.start, row), (self.across.end, row)], pen)
    }

    /// Draws a vertical line through the frame.
    pub(super) fn mark(&self, x: f64, pen: Pen) -> Result<(), PlotError> {
        let column = self.column(x);
        self.stroke(&[(column, self.down.start), (column, self.down.end)], pen)
    }

    pub(super) fn stroke(&self, path: &[(i32, i32)], pen: Pen) -> Result<(), PlotError> {
        if !pen.is_dashed {
            let path = PathElement::new(path.to_vec(), pen.style());
            return self.canvas.draw(&path).map_err(PlotError::new);
        }
        for dash in dashes(path) {
            let path = PathElement::new(dash.to_vec(), pen.style());
            self.canvas.draw(&path).map_err(PlotError::new)?;
        }
        Ok(())
    }

    fn path(&self, path: &[(i32, i32)], color: RGBColor) -> Result<(), PlotError> {
        let path = PathElement::new(path.to_vec(), color.stroke_width(1));
        self.canvas.draw(&path).map_err(PlotError::new)
    }

    /// Draws a dot at a pixel.
    pub(super) fn dot(&self, at: (i32, i32), color: RGBColor) -> Result<(), PlotError> {
        Mark::Filled.draw(self.canvas, at, color)
    }

    /// Draws a dot at a pixel that leaves others beside it to be seen.
    pub(super) fn small_dot(&self, at: (i32, i32), color: RGBColor) -> Result<(), PlotError> {
        let dot = Circle::new(at, 5, color.filled());
        self.canvas.draw(&dot).map_err(PlotError::new)
    }

    /// Draws a bar along a row of pixels between two values of x.
    pub(super) fn bar(&self, [from, to]: [f64; 2], row: i32, pen: Pen) -> Result<(), PlotError> {
        self.stroke(&[(self.column(from), row), (self.column(to), row)], pen)
    }

    /// Draws a bar along a column of pixels between two values of y.
    pub(super) fn whisker(
        &self,
        [from, to]: [f64; 2],
        column: i32,
        pen: Pen,
    ) -> Result<(), PlotError> {
        self.stroke(&[(column, self.row(from)), (column, self.row(to))], pen)
    }

    /// Writes a small text beside a point: right of it, or left of it where that is too near the edge.
    pub(super) fn beside(&self, (column, row): (i32, i32), text: &str) -> Result<(), PlotError> {
        let style = theme::text(theme::SMALL, theme::FAINT, Anchor::Left);
        if column + 14 + theme::width(text, &style)? < self.across.end {
            return self.text(text, (column + 14, row + 2), &style);
        }
        let style = theme::text(theme::SMALL, theme::FAINT, Anchor::Right);
        self.text(text, (column - 14, row + 2), &style)
    }

    /// Says in the middle of an empty frame why it is empty.
    pub(super) fn note(&self, text: &str) -> Result<(), PlotError> {
        let middle = (
            i32::midpoint(self.across.start, self.across.end),
            i32::midpoint(self.down.start, self.down.end),
        );
        let style = theme::text(theme::TEXT, theme::FAINT, Anchor::Above);
        self.text(text, middle, &style)
    }

    /// Writes a text at a pixel.
    pub(super) fn text(
        &self,
        text: &str,
        at: (i32, i32),
        style: &TextStyle<'_>,
    ) -> Result<(), PlotError> {
        let text = Text::new(text.to_owned(), at, style.clone());
        self.canvas.draw(&text).map_err(PlotError::new)
    }
}

/// The pixel of a value, between the pixels of the axis' ends.
fn pixel(axis: &Axis, value: f64, from: i32, to: i32) -> i32 {
    between(axis, axis.scale.position(value), from, to)
}

/// The pixel of a position, between the pixels of the axis' ends.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a share of a picture's width"
)]
fn between(axis: &Axis, position: f64, from: i32, to: i32) -> i32 {
    let share = ((position - axis.low) / (axis.high - axis.low)).clamp(0.0, 1.0);
    from + (f64::from(to - from) * share).round() as i32
}

/// Pieces of 10 pixels of a path, every other one left out.
fn dashes(path: &[(i32, i32)]) -> Vec<[(i32, i32); 2]> {
    const LENGTH: f64 = 10.0;
    let mut dashes = Vec::new();
    let mut walked = 0.0_f64;
    for ends in path.windows(2) {
        let (from, to) = (ends[0], ends[1]);
        let (dx, dy) = (f64::from(to.0 - from.0), f64::from(to.1 - from.1));
        let length = dx.hypot(dy);
        let mut at = 0.0;
        while at < length {
            let until = length.min(at + LENGTH - (walked % LENGTH)).max(at + 0.5);
            let is_drawn = (walked / LENGTH).rem_euclid(2.0) < 1.0;
            if is_drawn {
                let place = |share: f64| {
                    let x = f64::from(from.0) + dx * share;
                    let y = f64::from(from.1) + dy * share;
                    (rounded(x), rounded(y))
                };
                dashes.push([place(at / length), place((until / length).min(1.0))]);
            }
            walked += until - at;
            at = until;
        }
    }
    dashes
}

#[expect(clippy::cast_possible_truncation, reason = "a pixel of a picture")]
fn rounded(value: f64) -> i32 {
    value.round() as i32
}
