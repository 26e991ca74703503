//! Points as shapes that are told apart without color.

use plotters::coord::Shift;
use plotters::prelude::{Circle, DrawingArea, DrawingBackend, PathElement, Polygon};
use plotters::style::{Color, RGBColor};

use crate::report::plot::{PlotError, theme};

const RADIUS: i32 = 7;

/// The radius of what is left out of a ring.
const HOLE: i32 = 4;

/// The right half of that, as far from its middle.
const RIGHT_HALF: [(i32, i32); 5] = [(0, -HOLE), (3, -3), (HOLE, 0), (3, 3), (0, HOLE)];

/// How a point looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// A disk.
    Filled,
    /// A ring.
    Hollow,
    /// A ring whose left half is filled.
    Half,
    /// Two lines that cross.
    Cross,
}

impl Mark {
    /// Draws it around a pixel.
    pub(super) fn draw<DB: DrawingBackend>(
        self,
        canvas: &DrawingArea<DB, Shift>,
        at: (i32, i32),
        color: RGBColor,
    ) -> Result<(), PlotError> {
        let disk = |radius: i32, color: RGBColor| {
            let disk = Circle::new(at, radius, color.filled());
            canvas.draw(&disk).map_err(PlotError::new)
        };
        let line = |from: (i32, i32), to: (i32, i32)| {
            let ends = [from, to].map(|(x, y)| (at.0 + x, at.1 + y));
            let line = PathElement::new(ends.to_vec(), color.stroke_width(3));
            canvas.draw(&line).map_err(PlotError::new)
        };
        match self {
            Self::Filled => disk(RADIUS, color),
            Self::Hollow => {
                disk(RADIUS, color)?;
                disk(HOLE, theme::PAPER)
            }
            Self::Half => {
                disk(RADIUS, color)?;
                let half = RIGHT_HALF.map(|(x, y)| (at.0 + x, at.1 + y));
                let half = Polygon::new(half.to_vec(), theme::PAPER.filled());
                canvas.draw(&half).map_err(PlotError::new)
            }
            Self::Cross => {
                line((-RADIUS, -RADIUS), (RADIUS, RADIUS))?;
                line((-RADIUS, RADIUS), (RADIUS, -RADIUS))
            }
        }
    }
}
