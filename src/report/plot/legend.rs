//! What the lines of a panel are, written beside it.

use plotters::prelude::{DrawingBackend, PathElement, Rectangle};
use plotters::style::Color;

use crate::report::plot::PlotError;
use crate::report::plot::panel::{Panel, Pen};
use crate::report::plot::theme::{self, Anchor};

/// Space between two entries, in pixels.
const LINE: i32 = 32;
/// Most characters of an entry that fit beside a panel.
const CHARACTERS: usize = 19;

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

/// Writes entries to the right of a panel, as many as fit; the last says how many did not.
pub(super) fn draw<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    entries: &[(Sample, &str)],
) -> Result<(), PlotError> {
    let style = theme::text(theme::TEXT, theme::INK, Anchor::Left);
    let room = usize::try_from((panel.down.end - panel.down.start) / LINE)
        .unwrap_or(0)
        .max(1);
    let shown = if entries.len() <= room {
        entries.len()
    } else {
        room - 1
    };
    let left = panel.across.end + 20;
    let mut row = panel.down.start + 14;
    for (sample, name) in &entries[..shown] {
        let draw = |result: Result<(), _>| result.map_err(PlotError::new);
        match *sample {
            Sample::Line(pen) => {
                let ends = if pen.is_dashed {
                    vec![
                        vec![(left, row), (left + 14, row)],
                        vec![(left + 24, row), (left + 38, row)],
                    ]
                } else {
                    vec![vec![(left, row), (left + 38, row)]]
                };
                for path in ends {
                    draw(panel.canvas.draw(&PathElement::new(path, pen.style())))?;
                }
            }
            Sample::Dot(color) => panel.dot((left + 19, row), color)?,
            Sample::Area(color) => {
                let corners = [(left, row - 9), (left + 38, row + 9)];
                draw(
                    panel
                        .canvas
                        .draw(&Rectangle::new(corners, color.mix(0.85).filled())),
                )?;
            }
        }
        panel.text(&theme::label(name, CHARACTERS), (left + 50, row), &style)?;
        row += LINE;
    }
    if shown < entries.len() {
        let more = format!("and {} more", entries.len() - shown);
        panel.text(&more, (left + 50, row), &style)?;
    }
    Ok(())
}
