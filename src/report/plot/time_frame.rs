//! Where panels lie on one time axis, and the outages that are shaded through all of them.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use crate::report::plot::PlotError;
use crate::report::plot::axis::Axis;
use crate::report::plot::panel::Panel;
use crate::report::plot::theme::{self, Anchor};

/// Where panels begin, in pixels.
pub(super) const LEFT: i32 = 130;
const RIGHT: i32 = 1_240;
const TOP: i32 = 210;
/// Height of a panel.
pub(super) const PANEL: i32 = 220;
/// Between two panels.
pub(super) const GAP: i32 = 54;

/// Width and height in pixels of a picture with so many panels.
pub(super) const fn size(panels: u32) -> (u32, u32) {
    (1_600, 290 + panels * (PANEL + GAP) as u32)
}

/// The time axis of some panels, one below the other.
pub(super) struct TimeFrame<'c, DB: DrawingBackend> {
    pub(super) canvas: &'c DrawingArea<DB, Shift>,
    /// Where it ends.
    pub(super) duration_s: f64,
    /// From when to when something was down.
    pub(super) outages: Vec<[f64; 2]>,
    /// How many panels there are; the last has the labels of the time axis.
    pub(super) panels: i32,
}

impl<'c, DB: DrawingBackend> TimeFrame<'c, DB> {
    /// The frame of a panel, counted from 0 from the top, of a height; only the last may have
    /// another than [`PANEL`].
    pub(super) fn panel(
        &self,
        (place, height): (i32, i32),
        y: Axis,
        title: &str,
    ) -> Result<Panel<'c, DB>, PlotError> {
        let top = TOP + place * (PANEL + GAP);
        let (x, unit) = Axis::of_run(self.duration_s);
        let panel = Panel {
            canvas: self.canvas,
            across: LEFT..RIGHT,
            down: top..top + height,
            x,
            y,
        };
        for [start_s, end_s] in &self.outages {
            panel.shade(*start_s, end_s.min(self.duration_s), theme::OUTAGE)?;
        }
        panel.draw_frame(title)?;
        if place + 1 == self.panels {
            panel.draw_x_labels(&format!("{unit} since the start of the measured period"))?;
        }
        Ok(panel)
    }

    /// Writes above a shade of the first panel the first of some texts that there is room for
    /// beside what is `taken`; returns up to where that is then.
    pub(super) fn label(
        &self,
        panel: &Panel<'_, DB>,
        ([start_s, end_s], taken): ([f64; 2], i32),
        texts: &[Vec<String>],
    ) -> Result<i32, PlotError> {
        let style = theme::text(theme::TEXT, theme::TARGET, Anchor::Above);
        let middle = f64::midpoint(start_s, end_s.min(self.duration_s));
        for lines in texts {
            let mut half = 0;
            for line in lines {
                half = half.max(theme::width(line, &style)? / 2 + 10);
            }
            let column = panel.column(middle).min(RIGHT - half).max(LEFT + half);
            if column - half >= taken {
                for (line, row) in lines.iter().rev().zip([TOP - 42, TOP - 74]) {
                    panel.text(line, (column, row), &style)?;
                }
                return Ok(column + half);
            }
        }
        Ok(taken)
    }
}

/// Outages that overlap: one shade in the picture.
pub(super) struct Shade<'o, O> {
    /// From when to when.
    pub(super) span_s: [f64; 2],
    /// The outages, in order of time.
    pub(super) outages: Vec<&'o O>,
}

/// The shades of outages, in order of time; `span` says from when to when one lasts.
pub(super) fn shades<O>(outages: &[O], span: fn(&O) -> [f64; 2]) -> Vec<Shade<'_, O>> {
    let mut in_order: Vec<&O> = outages.iter().collect();
    in_order.sort_by(|left, right| span(left)[0].total_cmp(&span(right)[0]));
    let mut shades: Vec<Shade<'_, O>> = Vec::new();
    for outage in in_order {
        let [start_s, end_s] = span(outage);
        match shades.last_mut().filter(|shade| start_s < shade.span_s[1]) {
            Some(shade) => {
                shade.span_s[1] = shade.span_s[1].max(end_s);
                shade.outages.push(outage);
            }
            None => shades.push(Shade {
                span_s: [start_s, end_s],
                outages: vec![outage],
            }),
        }
    }
    shades
}
