//! From where on along a line of a sweep objectives are kept.

use plotters::prelude::DrawingBackend;

use crate::report::KneeSummary;
use crate::report::plot::panel::{Panel, Pen};
use crate::report::plot::plan::Plan;
use crate::report::plot::theme::{self, Anchor, pixels};
use crate::report::plot::{PlotError, curve};

/// Height of a line of text.
const LINE: i32 = 27;
/// What the title of a panel takes.
const TITLE: i32 = 36;

/// What is known of a line, if its objectives are.
fn of<'s>(plan: &Plan<'s>, column: usize, line: usize) -> Option<&'s KneeSummary> {
    let places = plan.line(column, line);
    let (strategy, axes) = places.first()?.split_last()?;
    let dimensions = &plan.cube.dimensions;
    let strategy = &dimensions[plan.cube.strategies()].values[*strategy];
    let is_there = |knee: &&KneeSummary| {
        let mut others = axes.iter().zip(dimensions);
        knee.axis == plan.along().name
            && knee.strategy == *strategy
            && others.all(|(&place, dimension)| {
                let at = knee.at.get(dimension.name);
                at.is_none_or(|value| *value == dimension.values[place])
            })
    };
    plan.summary.knees.iter().find(is_there)
}

/// Rows of pixels that are needed above a panel: a line of text for each line of points.
pub(super) fn height(plan: &Plan<'_>) -> i32 {
    let mut knees = plan.summary.knees.iter();
    if knees.any(|knee| knee.axis == plan.along().name) {
        pixels(plan.lines()) * LINE
    } else {
        0
    }
}

/// The column of pixels of a knee, beside those of other lines.
fn column<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    (plan, line): (&Plan<'_>, usize),
    knee: &KneeSummary,
) -> Option<i32> {
    let value = knee.value.as_ref()?;
    let along = plan.along();
    let place = along.values.iter().position(|other| other == value)?;
    Some(panel.column(curve::x(along, place)) + curve::offset(panel, plan, line))
}

/// Draws a line where objectives begin or cease to be kept, for every line of points.
pub(super) fn mark<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    plan: &Plan<'_>,
    of_column: usize,
) -> Result<(), PlotError> {
    for line in 0..plan.lines() {
        let knee = of(plan, of_column, line);
        if let Some(column) = knee.and_then(|knee| column(panel, (plan, line), knee)) {
            let pen = Pen::dashed(Plan::pen(line).color).wide(2);
            panel.stroke(&[(column, panel.down.start), (column, panel.down.end)], pen)?;
        }
    }
    Ok(())
}

/// Says above a panel where objectives are kept, for every line of points in its color.
pub(super) fn label<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    plan: &Plan<'_>,
    of_column: usize,
) -> Result<(), PlotError> {
    for line in 0..plan.lines() {
        let Some(knee) = of(plan, of_column, line) else {
            continue;
        };
        let style = theme::text(theme::SMALL, Plan::pen(line).color, Anchor::Above);
        let room = pixels(panel.across.len());
        let text = theme::fit(&words(knee), room, &style)?;
        let half = theme::width(&text, &style)? / 2;
        let middle = i32::midpoint(panel.across.start, panel.across.end);
        let column = column(panel, (plan, line), knee).unwrap_or(middle);
        let column = column
            .min(panel.across.end - half)
            .max(panel.across.start + half);
        let below = pixels(plan.lines() - 1 - line) * LINE;
        panel.text(&text, (column, panel.down.start - TITLE - below), &style)?;
    }
    Ok(())
}

fn words(knee: &KneeSummary) -> String {
    let value = knee.value.as_deref().unwrap_or_default();
    match knee.meet.as_str() {
        "all" => "kept everywhere".to_owned(),
        "from" => format!("kept from {value}"),
        "up_to" => format!("kept up to {value}"),
        "scattered" => format!("scattered from {value}"),
        _ => "kept nowhere".to_owned(),
    }
}
