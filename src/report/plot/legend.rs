//! What the lines of a panel are, written beside it.

use std::ops::Range;

use plotters::prelude::{DrawingBackend, PathElement, Rectangle};
use plotters::style::Color;

use crate::report::plot::PlotError;
use crate::report::plot::panel::{Panel, Pen};
use crate::report::plot::theme::{self, Anchor};

/// Space between two entries, in pixels.
const LINE: i32 = 32;
/// Width of a sample with the space behind it.
const SAMPLE: i32 = 50;

/// What stands before an entry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Sample {
    /// A piece of a line.
    Line(Pen),
    /// A dot.
    Dot(plotters::style::RGBColor),
    /// A piece of an area.
    Area(plotters::style::RGBColor),
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
        sample.draw(panel, (left, row))?;
        write(name, row)?;
        row += LINE;
    }
    if shown < entries.len() {
        write(&format!("and {} more", entries.len() - shown), row)?;
    }
    Ok(())
}

impl Sample {
    fn draw<DB: DrawingBackend>(
        self,
        panel: &Panel<'_, DB>,
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
                    panel.canvas.draw(&path).map_err(PlotError::new)?;
                }
                Ok(())
            }
            Self::Dot(color) => panel.dot((left + 19, row), color),
            Self::Area(color) => {
                let corners = [(left, row - 9), (left + 38, row + 9)];
                let area = Rectangle::new(corners, color.mix(0.85).filled());
                panel.canvas.draw(&area).map_err(PlotError::new)
            }
        }
    }
}
