//! Who was served: availability by population and phase, on an axis of nines.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend, PathElement};

use crate::report::plot::PlotError;
use crate::report::plot::axis::Axis;
use crate::report::plot::legend::{self, Sample};
use crate::report::plot::mark::Mark;
use crate::report::plot::panel::{Panel, Pen};
use crate::report::plot::theme::{self, Anchor};
use crate::report::{Figure, Named, PhaseSummary, Tables};

/// Height of a population's strip, in pixels.
const STRIP: i32 = 84;
const TOP: i32 = 170;
const BOTTOM: i32 = 120;
const LEFT: i32 = 340;

/// Width and height in pixels: every population has its strip.
pub(super) fn size(tables: &Tables) -> (u32, u32) {
    let strips = i32::try_from(tables.summary.clients.0.len() + 1).unwrap_or(i32::MAX / STRIP - 9);
    let height = TOP + (STRIP * strips.min(100)).max(3 * STRIP) + BOTTOM;
    (1_600, u32::try_from(height).expect("a positive height"))
}

/// Draws the picture.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &DrawingArea<DB, Shift>,
    tables: &Tables,
) -> Result<(), PlotError> {
    let summary = &tables.summary;
    theme::headline(canvas, 40, summary)?;
    let clients = summary
        .clients
        .iter()
        .map(|(name, client)| (name, &client.phases));
    let strips: Vec<(&str, &Named<PhaseSummary>)> =
        std::iter::once(("all clients", &summary.phases))
            .chain(clients)
            .take(100)
            .collect();
    let (_, height) = size(tables);
    let panel = Panel {
        canvas,
        across: LEFT..1_240,
        down: TOP..i32::try_from(height).expect("a picture's height") - BOTTOM,
        x: axis(&strips),
        y: Axis {
            ticks: Vec::new(),
            ..Axis::from_zero(1.0, |_| String::new())
        },
    };
    panel.draw_frame("Availability by request")?;
    panel.draw_x_labels(
        "availability (each step to the right: ten times fewer failures; at the end: none)",
    )?;
    let target = summary
        .slo
        .iter()
        .find(|objective| objective.is_availability_of_fleet());
    let pen = Pen::dashed(theme::INK);
    for (index, (name, phases)) in strips.iter().enumerate() {
        let top = TOP + STRIP * i32::try_from(index).expect("at most 100");
        strip(&panel, top, (name, phases))?;
    }
    if let Some(target) = target {
        panel.mark(target.target, pen)?;
    }
    let mut entries = Vec::new();
    for (index, (name, phase)) in summary.phases.iter().enumerate() {
        let name = if summary.has_outages() {
            name
        } else {
            "the whole period"
        };
        if phase.offered > 0 {
            entries.push((Sample::Mark(Mark::Filled, theme::phase(index)), name));
        }
    }
    if target.is_some() {
        entries.push((Sample::Line(pen), "objective"));
    }
    legend::draw(&panel, &entries)
}

/// An axis that holds every figure, with one step to spare.
fn axis(strips: &[(&str, &Named<PhaseSummary>)]) -> Axis {
    let phases = || strips.iter().flat_map(|(_, phases)| phases.0.iter());
    let lowest = phases()
        .filter_map(|(_, phase)| phase.availability.low().or(phase.availability.mean))
        .fold(0.9, f64::min);
    let highest = phases()
        .filter_map(|(_, phase)| phase.availability.mean)
        .filter(|mean| *mean < 1.0)
        .fold(0.999, f64::max);
    Axis::of_shares(lowest, highest)
}

/// A population's figures, one under the other in its strip.
fn strip<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    top: i32,
    (name, phases): (&str, &Named<PhaseSummary>),
) -> Result<(), PlotError> {
    let style = theme::text(theme::TEXT, theme::INK, Anchor::Right);
    let name = theme::fit(name, LEFT - 16 - theme::MARGIN, &style)?;
    panel.text(&name, (LEFT - 16, top + STRIP / 2), &style)?;
    let line = |row| {
        let path = vec![(LEFT, row), (panel.across.end, row)];
        PathElement::new(path, Pen::solid(theme::GRID).wide(1).style())
    };
    if top > TOP {
        panel.canvas.draw(&line(top)).map_err(PlotError::new)?;
    }
    for (index, (_, phase)) in phases.iter().enumerate() {
        let row = top + 20 + 22 * i32::try_from(index).expect("three phases");
        figure(panel, row, (&phase.availability, theme::phase(index)))?;
    }
    Ok(())
}

fn figure<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    row: i32,
    (figure, color): (&Figure, plotters::style::RGBColor),
) -> Result<(), PlotError> {
    let Some(mean) = figure.mean else {
        return Ok(());
    };
    if let Some([low, high]) = figure.ci95 {
        let path = vec![(panel.column(low), row), (panel.column(high), row)];
        let path = PathElement::new(path, Pen::solid(color).wide(5).style());
        panel.canvas.draw(&path).map_err(PlotError::new)?;
    }
    panel.dot((panel.column(mean), row), color)
}
