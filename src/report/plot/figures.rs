//! The figures of variants: a panel a metric, a row a variant.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use crate::experiment::Metric;
use crate::report::metric_text::title;
use crate::report::plot::legend::{self, Sample};
use crate::report::plot::mark::Mark;
use crate::report::plot::panel::{Panel, Pen};
use crate::report::plot::rows::{self, Rows};
use crate::report::plot::{PlotError, metric_axis, theme};
use crate::report::{ComparisonSummary, Figure, VariantSummary};

fn rows(summary: &ComparisonSummary) -> Rows<'_> {
    let variants: Vec<&VariantSummary> = summary.variants.iter().collect();
    Rows::new(&variants, summary.shown().len())
}

/// Width and height in pixels.
pub(super) fn size(summary: &ComparisonSummary) -> (u32, u32) {
    rows(summary).size()
}

/// Draws the picture.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &DrawingArea<DB, Shift>,
    summary: &ComparisonSummary,
) -> Result<(), PlotError> {
    rows::headline(canvas, (theme::MARGIN, "bars"), summary)?;
    let blue = theme::region(0);
    let efficient = "efficient: no other variant is better in one of availability, p99 and \
                     unit-hours without being worse in another";
    let entries = [
        (Sample::Mark(Mark::Filled, blue), efficient),
        (
            Sample::Mark(Mark::Hollow, blue),
            "another variant dominates it",
        ),
        (Sample::Line(baseline()), "the baseline, in bold"),
    ];
    legend::draw_lines(canvas, (theme::MARGIN, 128), 1, &entries)?;
    let rows = rows(summary);
    for (index, metric) in summary.shown().into_iter().enumerate() {
        let figures = rows.variants.iter().map(|variant| variant.figure(metric));
        let axis = metric_axis::of(metric, &figures.collect::<Vec<Figure>>());
        let place = (index, title(metric));
        let panel = rows.panel(canvas, place, (axis, &summary.baseline))?;
        metric_panel(&panel, (&rows, &summary.baseline), metric)?;
    }
    Ok(())
}

/// The line of what the others are compared with.
fn baseline() -> Pen {
    Pen::dashed(theme::FAINT).wide(2)
}

fn metric_panel<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    (rows, name): (&Rows<'_>, &str),
    metric: Metric,
) -> Result<(), PlotError> {
    let mut variants = rows.variants.iter();
    let held_against = variants.find(|variant| variant.name == name);
    if let Some(mean) = held_against.and_then(|variant| variant.figure(metric).mean) {
        panel.mark(mean, baseline())?;
    }
    for (index, variant) in rows.variants.iter().enumerate() {
        figure(panel, (rows.row(panel, index), metric), variant)?;
    }
    Ok(())
}

fn figure<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    (row, metric): (i32, Metric),
    variant: &VariantSummary,
) -> Result<(), PlotError> {
    let blue = theme::region(0);
    let Figure { mean, ci95 } = variant.figure(metric);
    let Some(mean) = mean else {
        let text = match metric {
            Metric::TimeToRecover => "not recovered",
            _ => "not measured",
        };
        return rows::remark(panel, text, row);
    };
    if let Some(ends) = ci95 {
        panel.bar(ends, row, Pen::solid(blue).wide(5))?;
    }
    let mark = if variant.efficient {
        Mark::Filled
    } else {
        Mark::Hollow
    };
    mark.draw(panel.canvas, (panel.column(mean), row), blue)?;
    let reached = variant.figures.get(metric.name()).map_or(0, |f| f.reached);
    if metric == Metric::TimeToRecover && reached < variant.replications {
        let text = format!("{reached} of {}", variant.replications);
        return panel.beside(
            (panel.column(ci95.map_or(mean, |[_, high]| high)), row),
            &text,
        );
    }
    Ok(())
}
