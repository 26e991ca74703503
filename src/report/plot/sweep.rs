//! Figures along an axis of a sweep: a row of panels a metric, a column a combination of what else
//! varies, a line a strategy.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use crate::experiment::Metric;
use crate::report::SweepSummary;
use crate::report::metric_text::title;
use crate::report::plot::axis::{Axis, Scale};
use crate::report::plot::cube::{self, Dimension};
use crate::report::plot::legend::{self, Sample};
use crate::report::plot::mark::Mark;
use crate::report::plot::panel::Panel;
use crate::report::plot::plan::Plan;
use crate::report::plot::theme::{self, Anchor, pixels};
use crate::report::plot::{PlotError, curve, knees};

const WIDTH: i32 = 1_600;
const LEFT: i32 = 150;
/// Between two columns of panels.
const GAP: i32 = 26;
/// Height of a panel, and what stands between two.
const PANEL: i32 = 240;
const BETWEEN: i32 = 56;
const BOTTOM: i32 = 110;
/// Height of a line of the title of a column, and how many there are at most.
const TITLE: i32 = 27;
const TITLES_MAX: usize = 3;
/// Where the legend begins.
const LEGEND: i32 = 130;
/// How many entries of a legend are beside each other.
const ENTRIES: usize = 4;

/// Width and height in pixels.
pub(super) fn size(summary: &SweepSummary) -> (u32, u32) {
    let plan = Plan::new(summary);
    let panels = pixels(plan.rows().len()) * (PANEL + BETWEEN);
    let height = top(&plan) + panels + BOTTOM - BETWEEN;
    (WIDTH.cast_unsigned(), height.cast_unsigned())
}

/// Draws the picture.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &DrawingArea<DB, Shift>,
    summary: &SweepSummary,
) -> Result<(), PlotError> {
    cube::headline(canvas, (summary, "bands and bars are 95 % intervals"))?;
    let plan = Plan::new(summary);
    draw_legend(canvas, &plan)?;
    let rows = plan.rows();
    for (row, (metric, axis)) in rows.iter().enumerate() {
        for column in 0..plan.columns() {
            let mut panel = frame(canvas, &plan, (row, column));
            panel.y = axis.clone();
            draw_panel(&mut panel, &plan, (column, *metric))?;
            if row == 0 {
                draw_column_title(&panel, &plan, column)?;
                knees::label(&panel, &plan, column)?;
            }
            if row + 1 == rows.len() {
                panel.draw_x_ticks(&theme::text(theme::SMALL, theme::INK, Anchor::Below))?;
            }
        }
    }
    draw_foot(canvas, &plan)
}

fn draw_legend<DB: DrawingBackend>(
    canvas: &DrawingArea<DB, Shift>,
    plan: &Plan<'_>,
) -> Result<(), PlotError> {
    let names = names(plan);
    let below = LEGEND + pixels(names.len().div_ceil(ENTRIES)) * legend::LINE;
    for (top, entries) in [(LEGEND, names), (below, marks(plan))] {
        let entries: Vec<(Sample, &str)> = entries
            .iter()
            .map(|(sample, text)| (*sample, text.as_str()))
            .collect();
        let columns = pixels(ENTRIES);
        legend::draw_lines(canvas, (theme::MARGIN, top), columns, &entries)?;
    }
    Ok(())
}

/// Where the panel of a row and column is, with its x axis.
fn frame<'c, DB: DrawingBackend>(
    canvas: &'c DrawingArea<DB, Shift>,
    plan: &Plan<'_>,
    (row, column): (usize, usize),
) -> Panel<'c, DB> {
    let columns = pixels(plan.columns());
    let width = (WIDTH - theme::MARGIN - LEFT - GAP * (columns - 1)) / columns;
    let start = LEFT + pixels(column) * (width + GAP);
    let top = top(plan) + pixels(row) * (PANEL + BETWEEN);
    Panel {
        canvas,
        across: start..start + width,
        down: top..top + PANEL,
        x: curve::x_axis(plan.along()),
        y: Axis::from_zero(1.0, |_| String::new()),
    }
}

fn draw_panel<DB: DrawingBackend>(
    panel: &mut Panel<'_, DB>,
    plan: &Plan<'_>,
    (column, metric): (usize, Metric),
) -> Result<(), PlotError> {
    let style = theme::text(theme::SMALL, theme::INK, Anchor::Below);
    let slot = panel.across.len() / plan.along().values.len().max(1);
    if panel.x.scale == Scale::Linear && plan.along().numbers.is_none() {
        for (_, label) in &mut panel.x.ticks {
            *label = theme::fit(label, pixels(slot.max(60)) - 10, &style)?;
        }
    }
    panel.thin_x_labels(&style)?;
    let name = if column == 0 { title(metric) } else { "" };
    if column > 0 {
        for (_, label) in &mut panel.y.ticks {
            label.clear();
        }
    }
    panel.draw_frame(name)?;
    knees::mark(panel, plan, column)?;
    let count = plan.lines();
    for line in 0..count {
        let places = plan.line(column, line);
        curve::draw(panel, (plan, metric), (&places, line))?;
    }
    Ok(())
}

fn draw_column_title<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    plan: &Plan<'_>,
    column: usize,
) -> Result<(), PlotError> {
    let style = theme::bold(theme::SMALL, Anchor::Above);
    let place = plan.cube.combination(&plan.columns, column);
    let room = pixels(panel.across.len());
    let middle = i32::midpoint(panel.across.start, panel.across.end);
    let above = panel.down.start - 34 - knees::height(plan);
    let lines = titles(plan);
    for line in 0..lines {
        let first = usize::try_from(line).unwrap_or_default();
        // The last line has all that is left.
        let end = if line + 1 < lines {
            first + 1
        } else {
            plan.columns.len()
        };
        let dimensions = &plan.columns[first..end];
        let title = plan.cube.title((dimensions, &place), room, &style)?;
        panel.text(&title, (middle, above - TITLE * (lines - 1 - line)), &style)?;
    }
    Ok(())
}

/// How many lines the titles of columns have: one for each dimension.
fn titles(plan: &Plan<'_>) -> i32 {
    pixels(plan.columns.len().min(TITLES_MAX))
}

/// Says below the panels what is from left to right, and what is not shown.
fn draw_foot<DB: DrawingBackend>(
    canvas: &DrawingArea<DB, Shift>,
    plan: &Plan<'_>,
) -> Result<(), PlotError> {
    let rows = pixels(plan.rows().len());
    let panel = frame(canvas, plan, (0, 0));
    let row = top(plan) + rows * (PANEL + BETWEEN) - BETWEEN + 50;
    let middle = i32::midpoint(LEFT, WIDTH - theme::MARGIN);
    let style = theme::text(theme::TEXT, theme::INK, Anchor::Below);
    let name = theme::fit(plan.along().name, 1_000, &style)?;
    panel.text(&name, (middle, row), &style)?;
    let columns = plan
        .columns
        .iter()
        .map(|&index| plan.cube.dimensions[index].name);
    let columns: Vec<&str> = columns.collect();
    let count = plan.cube.count(&plan.columns);
    if count > plan.columns() {
        let more = count - plan.columns();
        let text = format!(
            "and {more} more columns, of {}, in sweep.csv",
            columns.join(", ")
        );
        let style = theme::text(theme::SMALL, theme::FAINT, Anchor::Right);
        let text = theme::fit(&text, WIDTH - 2 * theme::MARGIN, &style)?;
        panel.text(&text, (WIDTH - theme::MARGIN, row + 46), &style)?;
    }
    Ok(())
}

fn has_marks(plan: &Plan<'_>) -> bool {
    plan.summary.has_objectives || plan.points().iter().any(|p| p.saturated.is_some())
}

/// The entries of the legend: what lines are.
fn names(plan: &Plan<'_>) -> Vec<(Sample, String)> {
    let Some(series) = plan.series else {
        return Vec::new();
    };
    let Dimension { name, values, .. } = plan.cube.dimensions[series];
    let shown = plan.lines();
    let title = (Sample::Nothing, format!("{name}:"));
    let lines = values.iter().take(shown).enumerate();
    let lines = lines.map(|(index, value)| (Sample::Line(Plan::pen(index)), value.clone()));
    let more = values.len() - shown;
    let more = (more > 0).then(|| (Sample::Nothing, format!("and {more} more in sweep.csv")));
    std::iter::once(title).chain(lines).chain(more).collect()
}

/// The entries of the legend: what marks are.
fn marks(plan: &Plan<'_>) -> Vec<(Sample, String)> {
    let mark = |mark, text: &str| (Sample::Mark(mark, theme::INK), text.to_owned());
    let mut entries = Vec::new();
    if plan.summary.has_objectives {
        entries.push(mark(Mark::Filled, "objectives kept"));
        entries.push(mark(Mark::Hollow, "objectives missed"));
        entries.push(mark(Mark::Half, "unsure"));
    }
    if plan.points().iter().any(|point| point.saturated.is_some()) {
        entries.push(mark(Mark::Cross, "saturated: no figures"));
    }
    entries
}

/// Rows of pixels that the legend takes.
fn legend_height(plan: &Plan<'_>) -> i32 {
    let lines = names(plan).len().div_ceil(ENTRIES) + usize::from(has_marks(plan));
    pixels(lines) * legend::LINE
}

/// Rows of pixels above the first panel of a column: what it is, and where its objectives are
/// kept.
fn above(plan: &Plan<'_>) -> i32 {
    4 + titles(plan) * TITLE + knees::height(plan)
}

fn top(plan: &Plan<'_>) -> i32 {
    LEGEND + legend_height(plan) + above(plan) + 34
}
