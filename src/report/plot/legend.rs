//! What the lines of a panel are, written beside it, or above all panels.

use std::ops::Range;

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend, PathElement, Rectangle, Text};
use plotters::style::{Color, RGBColor};

use crate::report::plot::PlotError;
use crate::report::plot::mark::Mark;
use crate::report::plot::panel::{Panel, Pen};
use crate::report::plot::theme::{self, Anchor};

/// Space between two entries, in pixels.
pub(super) const LINE: i32 = 32;
/// Width of a sample with the space behind it.
const SAMPLE: i32 = 50;

/// What stands before an entry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Sample {
    /// A piece of a line.
    Line(Pen),
    /// A point.
    Mark(Mark, RGBColor),
    /// A piece of an area.
    Area(RGBColor),
    /// Nothing: the entry says something about the others.
    Nothing,
}

/// How many entries there is room for between two rows of pixels.
pub(super) fn room(down: &Range<i32>) -> usize {
    usize::try_from((down.end - down.start) / LINE)
        .unwrap_or(0)
        .max(1)
}

/// Writes entries to the right of a panel, as many as fit; the last says how many did not.
pub(super) fn draw<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    entries: &[(Sample, &str)],
) -> Result<(), PlotError> {
    draw_along(panel, &panel.down, entries)
}

/// Writes entries to the right of a panel, from the first of some rows of pixels to the last.
pub(super) fn draw_along<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    down: &Range<i32>,
    entries: &[(Sample, &str)],
) -> Result<(), PlotError> {
    let style = theme::text(theme::TEXT, theme::INK, Anchor::Left);
    let room = room(down);
    let shown = if entries.len() <= room {
        entries.len()
    } else {
        room - 1
    };
    let left = panel.across.end + 20;
    let (picture, _) = panel.canvas.dim_in_pixel();
    let width = i32::try_from(picture).unwrap_or(i32::MAX) - left - SAMPLE - theme::MARGIN;
    let mut row = down.start + 14;
    // Small letters are lower than the line that the text is centered on.
    let write = |text: &str, row: i32| {
        let text = theme::fit(text, width, &style)?;
        panel.text(&text, (left + SAMPLE, row + 4), &style)
    };
    for (sample, name) in &entries[..shown] {
        sample.draw(panel.canvas, (left, row))?;
        write(name, row)?;
        row += LINE;
    }
    if shown < entries.len() {
        write(&format!("and {} more", entries.len() - shown), row)?;
    }
    Ok(())
}

/// Writes entries in columns below a headline, from the top, line by line; none may have more
/// than its share of the width.
pub(super) fn draw_lines<DB: DrawingBackend>(
    canvas: &DrawingArea<DB, Shift>,
    (left, top): (i32, i32),
    columns: i32,
    entries: &[(Sample, &str)],
) -> Result<(), PlotError> {
    let style = theme::text(theme::SMALL, theme::INK, Anchor::Left);
    let (picture, _) = canvas.dim_in_pixel();
    let width = (i32::try_from(picture).unwrap_or(i32::MAX) - left - theme::MARGIN) / columns;
    for (&(sample, text), place) in entries.iter().zip(0..) {
        let (left, row) = (left + place % columns * width, top + place / columns * LINE);
        sample.draw(canvas, (left, row))?;
        let indent = if sample == Sample::Nothing { 0 } else { SAMPLE };
        let text = theme::fit_ends(text, width - indent - theme::MARGIN / 2, &style)?;
        let text = Text::new(text, (left + indent, row + 3), style.clone());
        canvas.draw(&text).map_err(PlotError::new)?;
    }
    Ok(())
}

impl Sample {
    fn draw<DB: DrawingBackend>(
        self,
        canvas: &DrawingArea<DB, Shift>,
        (left, row): (i32, i32),
    ) -> Result<(), PlotError> {
        match self {
            Self::Line(pen) => {
                let ends: &[(i32, i32)] = if pen.is_dashed {
                    &[(0, 14), (24, 38)]
                } else {
                    &[(0, 38)]
                };
                for (from, to) in ends {
                    let path = vec![(left + from, row), (left + to, row)];
                    let path = PathElement::new(path, pen.style());
                    canvas.draw(&path).map_err(PlotError::new)?;
                }
                Ok(())
            }
            Self::Mark(mark, color) => mark.draw(canvas, (left + 19, row), color),
            Self::Area(color) => {
                let corners = [(left, row - 9), (left + 38, row + 9)];
                let area = Rectangle::new(corners, color.mix(0.85).filled());
                canvas.draw(&area).map_err(PlotError::new)
            }
            Self::Nothing => Ok(()),
        }
    }
}
