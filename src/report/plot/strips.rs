//! Which version ran where: a strip a region, colored by version, hatched where a change did harm.

use std::ops::Range;

use plotters::prelude::{DrawingBackend, PathElement, Rectangle};
use plotters::style::{Color, RGBColor};

use crate::report::plot::PlotError;
use crate::report::plot::axis::{Axis, plain};
use crate::report::plot::over_time::{OverTime, width_s};
use crate::report::plot::panel::Panel;
use crate::report::plot::theme::{self, Anchor};
use crate::report::plot::time_frame::PANEL;
use crate::report::{Summary, TimelineRow};

/// The least height of a region's strip with the space below it, in pixels.
const STRIP: i32 = 34;
/// Between two strips, where the panel shows.
const SPACE: i32 = 8;
/// Between two lines of a hatch.
const HATCH: i32 = 14;
/// Regions beyond are left out.
const REGIONS_MAX: usize = 60;

/// Height of the panel, in pixels.
pub(super) fn height(summary: &Summary) -> i32 {
    (count(summary) * STRIP).max(PANEL)
}

fn count(summary: &Summary) -> i32 {
    let count = summary.regions.0.len().clamp(1, REGIONS_MAX);
    i32::try_from(count).expect("at most REGIONS_MAX")
}

/// Draws the panel.
pub(super) fn draw<DB: DrawingBackend>(
    picture: &OverTime<'_, DB>,
    place: i32,
) -> Result<(), PlotError> {
    let summary = &picture.tables.summary;
    let axis = Axis {
        ticks: Vec::new(),
        ..Axis::from_zero(1.0, |_| String::new())
    };
    let title = "Rollouts: version by region";
    let panel = picture.panel_of((place, height(summary)), axis, title)?;
    let versions = picture.tables.timeline.iter();
    let newest = versions
        .filter_map(|row| row.config_version)
        .fold(0.0, f64::max);
    let share = height(summary) / count(summary);
    for (index, name) in picture.regions().take(REGIONS_MAX) {
        let top = panel.down.start + share * i32::try_from(index).expect("at most REGIONS_MAX");
        let down = top + SPACE / 2..top + share - SPACE / 2;
        let rows = picture.tables.timeline_of("region", name);
        strip(&panel, &down, &cells(summary, &rows, newest))?;
        let style = theme::text(theme::TEXT, theme::INK, Anchor::Left);
        let middle = i32::midpoint(down.start, down.end) + 4;
        let (width, _) = panel.canvas.dim_in_pixel();
        let left = panel.across.end + 20;
        let room = i32::try_from(width).unwrap_or(i32::MAX) - left - theme::MARGIN;
        panel.text(&theme::fit(name, room, &style)?, (left, middle), &style)?;
    }
    let mut rows = picture.tables.timeline.iter();
    let is_bad = rows.any(|row| row.config_bad.is_some_and(|share| share > 0.0));
    key(&panel, newest, is_bad)
}

/// A piece of a strip: some windows that look the same.
struct Cell {
    from_s: f64,
    to_s: f64,
    /// How it is filled; `None` where there is no version.
    color: Option<RGBColor>,
    /// How much of the time a change did harm, in quarters, of all replications.
    harm: u32,
}

fn cells(summary: &Summary, rows: &[&TimelineRow], newest: f64) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    for row in rows {
        let share = |version: f64| if newest > 0.0 { version / newest } else { 0.0 };
        let cell = Cell {
            from_s: row.time_s,
            to_s: row.time_s + width_s(summary, row),
            color: row
                .config_version
                .map(|version| theme::ramp(share(version))),
            harm: quarters(row.config_bad.unwrap_or_default()),
        };
        match cells.last_mut() {
            Some(last) if (last.color, last.harm) == (cell.color, cell.harm) => {
                last.to_s = cell.to_s;
            }
            _ => cells.push(cell),
        }
    }
    cells
}

/// The least number of quarters that holds a share.
fn quarters(share: f64) -> u32 {
    let full = [0.0, 0.25, 0.5, 0.75];
    let count = full.iter().filter(|&&quarter| share > quarter).count();
    u32::try_from(count).expect("at most 4")
}

fn strip<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    down: &Range<i32>,
    cells: &[Cell],
) -> Result<(), PlotError> {
    for cell in cells {
        let across = panel.column(cell.from_s)..panel.column(cell.to_s);
        if let Some(color) = cell.color {
            fill(panel, (&across, down), color)?;
        }
    }
    // Fills of later cells must not cover the hatches of earlier ones.
    for cell in cells.iter().filter(|cell| cell.harm > 0) {
        let across = panel.column(cell.from_s)..panel.column(cell.to_s);
        hatch(panel, (&across, down), f64::from(cell.harm) / 4.0)?;
    }
    Ok(())
}

fn fill<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    (across, down): (&Range<i32>, &Range<i32>),
    color: RGBColor,
) -> Result<(), PlotError> {
    let corners = [(across.start, down.start), (across.end, down.end)];
    let area = Rectangle::new(corners, color.filled());
    panel.canvas.draw(&area).map_err(PlotError::new)
}

/// Draws lines from the lower left to the upper right, on a grid of the whole picture so that they
/// go on from one cell to the next, and a bar above and below.
fn hatch<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    (across, down): (&Range<i32>, &Range<i32>),
    opacity: f64,
) -> Result<(), PlotError> {
    let style = theme::failure(1).mix(opacity).stroke_width(3);
    let line = |from: (i32, i32), to: (i32, i32)| {
        let path = PathElement::new(vec![from, to], style);
        panel.canvas.draw(&path).map_err(PlotError::new)
    };
    for row in [down.start, down.end] {
        line((across.start, row), (across.end, row))?;
    }
    let height = down.end - down.start;
    let mut foot = (across.start - height).div_euclid(HATCH) * HATCH;
    while foot < across.end {
        let left = foot.max(across.start);
        let right = (foot + height).min(across.end);
        if left < right {
            line(
                (left, down.end - (left - foot)),
                (right, down.end - (right - foot)),
            )?;
        }
        foot += HATCH;
    }
    Ok(())
}

/// Says above the panel what the colors are, from its right end to the left.
fn key<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    newest: f64,
    is_bad: bool,
) -> Result<(), PlotError> {
    const SAMPLE: i32 = 44;
    const RAMP: i32 = 120;
    let row = panel.down.start - 18;
    let down = row - 10..row + 10;
    let style = theme::text(theme::TEXT, theme::INK, Anchor::Left);
    let write = |text: &str, end: i32| {
        let left = end - theme::width(text, &style)?;
        panel.text(text, (left, row + 2), &style)?;
        Ok::<i32, PlotError>(left - 10)
    };
    let mut end = panel.across.end;
    if is_bad {
        let right = write("a bad change does harm", end)?;
        let sample = right - SAMPLE..right;
        fill(panel, (&sample, &down), theme::ramp(0.5))?;
        hatch(panel, (&sample, &down), 1.0)?;
        end = sample.start - 30;
    }
    // A mean over replications may be a fraction.
    let newest = plain((newest * 10.0).round() / 10.0);
    let end = write(&format!("version {newest}"), end)?;
    for column in end - RAMP..end {
        let share = f64::from(column - (end - RAMP)) / f64::from(RAMP - 1);
        fill(panel, (&(column..column + 1), &down), theme::ramp(share))?;
    }
    write("0", end - RAMP - 10).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_harm_is_shown_by_the_quarter_that_it_reaches() {
        assert_eq!(
            [0.0, 0.01, 0.25, 0.5, 0.51, 1.0].map(quarters),
            [0, 1, 1, 2, 3, 4]
        );
    }
}
