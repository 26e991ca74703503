//! Panels beside each other in which every variant has its row.

use std::ops::Range;

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend, PathElement, Text};

use crate::report::plot::PlotError;
use crate::report::plot::axis::{Axis, plain};
use crate::report::plot::panel::{Panel, Pen};
use crate::report::plot::theme::{self, Anchor, pixels};
use crate::report::{ComparisonSummary, VariantSummary};

const WIDTH: i32 = 1_600;
const TOP: i32 = 260;
/// What stands between two bands of panels: labels, a line about them, the next titles.
const BELOW: i32 = 130;
/// Between two panels of a band.
const GAP: i32 = 64;
/// How far the middle of the first row is from the edge.
const EDGE: i32 = 24;
/// How many variants are shown.
const ROWS_MAX: usize = 40;
/// How many panels are beside each other.
const COLUMNS_MAX: usize = 4;
/// How wide names can be.
const NAME: Range<i32> = 120..400;

/// Where the rows and panels of a picture are.
pub(super) struct Rows<'s> {
    /// The variants that are shown.
    pub(super) variants: Vec<&'s VariantSummary>,
    /// How many are not.
    more: usize,
    panels: usize,
}

impl<'s> Rows<'s> {
    /// Rows for so many variants as there is room for, in so many panels.
    pub(super) fn new(variants: &[&'s VariantSummary], panels: usize) -> Self {
        let shown = variants.len().min(ROWS_MAX);
        Self {
            variants: variants[..shown].to_vec(),
            more: variants.len() - shown,
            panels: panels.max(1),
        }
    }

    fn columns(&self) -> usize {
        self.panels.div_ceil(self.bands())
    }

    fn bands(&self) -> usize {
        self.panels.div_ceil(COLUMNS_MAX)
    }

    /// From one row to the next.
    fn step(&self) -> i32 {
        if self.variants.len() > 12 { 28 } else { 36 }
    }

    fn height(&self) -> i32 {
        let steps = pixels(self.variants.len().saturating_sub(1));
        steps * self.step() + 2 * EDGE
    }

    /// Width and height of the picture.
    pub(super) fn size(&self) -> (u32, u32) {
        let bands = pixels(self.bands()) * (self.height() + BELOW);
        (WIDTH.cast_unsigned(), (TOP + bands - 40).cast_unsigned())
    }

    /// The row of pixels of a variant in a panel.
    pub(super) fn row<DB: DrawingBackend>(&self, panel: &Panel<'_, DB>, index: usize) -> i32 {
        panel.down.start + EDGE + pixels(index) * self.step()
    }

    /// Where panels begin: right of the widest name.
    fn left(&self) -> Result<i32, PlotError> {
        let style = theme::bold(theme::SMALL, Anchor::Right);
        let mut widest = NAME.start;
        for variant in &self.variants {
            let name = theme::fit_ends(&variant.name, NAME.end, &style)?;
            widest = widest.max(theme::width(&name, &style)?);
        }
        Ok(theme::MARGIN + widest.min(NAME.end) + 16)
    }

    /// The frame of a panel with a line for every variant, and before the first of a band their
    /// names, that of the baseline in bold.
    pub(super) fn panel<'c, DB: DrawingBackend>(
        &self,
        canvas: &'c DrawingArea<DB, Shift>,
        (index, title): (usize, &str),
        (x, baseline): (Axis, &str),
    ) -> Result<Panel<'c, DB>, PlotError> {
        let columns = pixels(self.columns());
        let (band, column) = (pixels(index) / columns, pixels(index) % columns);
        let left = self.left()?;
        let room = WIDTH - 2 * theme::MARGIN - left;
        let width = (room - GAP * (columns - 1)) / columns;
        let start = left + column * (width + GAP);
        let top = TOP + band * (self.height() + BELOW);
        let mut panel = Panel {
            canvas,
            across: start..start + width,
            down: top..top + self.height(),
            x,
            y: Axis {
                ticks: Vec::new(),
                ..Axis::from_zero(1.0, plain)
            },
        };
        let style = theme::text(theme::SMALL, theme::INK, Anchor::Below);
        panel.thin_x_labels(&style)?;
        panel.draw_frame(title)?;
        panel.draw_x_ticks(&style)?;
        for index in 0..self.variants.len() {
            let row = self.row(&panel, index);
            let ends = vec![(panel.across.start, row), (panel.across.end, row)];
            let line = PathElement::new(ends, Pen::solid(theme::GRID).wide(1).style());
            canvas.draw(&line).map_err(PlotError::new)?;
        }
        if column == 0 {
            self.names(&panel, baseline)?;
        }
        Ok(panel)
    }

    fn names<DB: DrawingBackend>(
        &self,
        panel: &Panel<'_, DB>,
        baseline: &str,
    ) -> Result<(), PlotError> {
        let right = panel.across.start - 16;
        for (index, variant) in self.variants.iter().enumerate() {
            let style = if variant.name == baseline {
                theme::bold(theme::SMALL, Anchor::Right)
            } else {
                theme::text(theme::SMALL, theme::INK, Anchor::Right)
            };
            let name = theme::fit_ends(&variant.name, right - theme::MARGIN, &style)?;
            panel.text(&name, (right, self.row(panel, index) + 2), &style)?;
        }
        if self.more > 0 {
            let style = theme::text(theme::SMALL, theme::FAINT, Anchor::Right);
            let text = format!("and {} more", self.more);
            panel.text(&text, (right, panel.down.end + 22), &style)?;
        }
        Ok(())
    }
}

/// Writes the title of a comparison and, after what `intervals` are drawn as, how it was made.
pub(super) fn headline<DB: DrawingBackend>(
    canvas: &DrawingArea<DB, Shift>,
    (left, intervals): (i32, &str),
    summary: &ComparisonSummary,
) -> Result<(), PlotError> {
    let mut variants = summary.variants.iter();
    let baseline = variants.find(|variant| variant.name == summary.baseline);
    let title = baseline.map_or("", |variant| &variant.title);
    let count = summary.variants.len();
    let replications = match summary.replications {
        1 => "1 replication".to_owned(),
        count => format!("{count} replications"),
    };
    let made = match (summary.paired, summary.same_traffic) {
        (true, true) => format!("{count} variants on the same traffic, {replications}, paired"),
        (true, false) => format!("{count} variants, {replications}, paired"),
        (false, _) => format!("UNPAIRED: {count} finished results, at least {replications} each"),
    };
    let intervals = match summary.replications {
        ..5 => "no intervals".to_owned(),
        _ => format!("{intervals} are 95 % intervals"),
    };
    let note = if summary.complete {
        ""
    } else {
        "INCOMPLETE (interrupted), "
    };
    theme::heading(canvas, left, [title, &format!("{note}{made}; {intervals}")])
}

/// Writes a faint text in the row of a variant, at its end.
pub(super) fn remark<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    text: &str,
    row: i32,
) -> Result<(), PlotError> {
    let style = theme::text(theme::SMALL, theme::FAINT, Anchor::Left);
    let text = Text::new(text.to_owned(), (panel.across.start + 10, row + 2), style);
    panel.canvas.draw(&text).map_err(PlotError::new)
}
