//! What variants have more than the baseline: a panel a metric, a row a variant, zero marked.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};
use plotters::style::RGBColor;

use crate::experiment::{Better, Metric};
use crate::report::metric_text::title;
use crate::report::plot::legend::{self, Sample};
use crate::report::plot::mark::Mark;
use crate::report::plot::panel::{Panel, Pen};
use crate::report::plot::rows::{self, Rows};
use crate::report::plot::theme::{self, Anchor};
use crate::report::plot::{PlotError, metric_axis};
use crate::report::{ComparisonSummary, DifferenceSummary, VariantSummary};

/// The interval that there would be without pairs.
const PALE: RGBColor = RGBColor(205, 212, 222);

/// Whether there is anything but the baseline.
pub(super) fn is_due(summary: &ComparisonSummary) -> bool {
    !rows(summary).variants.is_empty()
}

fn rows(summary: &ComparisonSummary) -> Rows<'_> {
    let variants = summary.variants.iter();
    let others = variants.filter(|variant| variant.name != summary.baseline);
    let others: Vec<&VariantSummary> = others.collect();
    Rows::new(&others, summary.shown().len())
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
    let rows = rows(summary);
    let baseline = format!(
        "{}: the baseline, at zero",
        theme::fit(
            &summary.baseline,
            460,
            &theme::text(theme::SMALL, theme::INK, Anchor::Left)
        )?
    );
    let mut entries = vec![
        (
            Sample::Mark(Mark::Filled, better()),
            "better, significantly",
        ),
        (Sample::Line(zero()), baseline.as_str()),
        (
            Sample::Mark(Mark::Filled, theme::TARGET),
            "worse, significantly",
        ),
    ];
    let mut differences = rows
        .variants
        .iter()
        .flat_map(|variant| variant.differences.iter());
    if differences.any(|(_, difference)| without_pairs(difference).is_some()) {
        entries.push((
            Sample::Line(Pen::solid(PALE).wide(15)),
            "the interval without pairing",
        ));
    }
    let unsure = match summary.replications {
        ..5 => "of too few replications to tell",
        _ => "not significant",
    };
    entries.push((Sample::Mark(Mark::Hollow, theme::FAINT), unsure));
    legend::draw_lines(canvas, (theme::MARGIN, 128), 2, &entries)?;
    for (index, metric) in summary.shown().into_iter().enumerate() {
        let axis = metric_axis::of_differences(metric, ends(&rows, metric));
        let unit = match metric {
            Metric::Availability => "availability, in points",
            _ => title(metric),
        };
        let panel = rows.panel(canvas, (index, unit), (axis, &summary.baseline))?;
        metric_panel(&panel, &rows, metric)?;
    }
    Ok(())
}

fn better() -> RGBColor {
    theme::region(0)
}

fn zero() -> Pen {
    Pen::solid(theme::INK).wide(2)
}

/// The ends of the interval that a difference would have without pairs.
fn without_pairs(difference: &DifferenceSummary) -> Option<[f64; 2]> {
    let (mean, half_width) = difference.parts()?;
    let half_width = half_width? * difference.times_narrower?;
    Some([mean - half_width, mean + half_width])
}

/// The least and the largest of what is drawn.
fn ends(rows: &Rows<'_>, metric: Metric) -> (f64, f64) {
    let variants = rows.variants.iter();
    let all = variants.filter_map(|variant| variant.difference(metric));
    let all = all.flat_map(|difference| {
        let intervals = [difference.ci95, without_pairs(difference)];
        difference
            .mean
            .into_iter()
            .chain(intervals.into_iter().flatten().flatten())
    });
    all.fold((0.0, 0.0), |(low, high), end| (end.min(low), end.max(high)))
}

fn metric_panel<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    rows: &Rows<'_>,
    metric: Metric,
) -> Result<(), PlotError> {
    let mut means = rows
        .variants
        .iter()
        .map(|variant| variant.difference(metric)?.mean);
    if means.all(|mean| mean.is_none()) {
        return panel.note("not known of both");
    }
    for (index, variant) in rows.variants.iter().enumerate() {
        if let Some(ends) = variant.difference(metric).and_then(without_pairs) {
            panel.bar(ends, rows.row(panel, index), Pen::solid(PALE).wide(15))?;
        }
    }
    panel.mark(0.0, zero())?;
    for (index, variant) in rows.variants.iter().enumerate() {
        let row = rows.row(panel, index);
        match variant.difference(metric) {
            Some(difference) => self::difference(panel, (row, metric), difference)?,
            None => rows::remark(panel, "unknown", row)?,
        }
    }
    side(panel, metric)
}

fn difference<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    (row, metric): (i32, Metric),
    difference: &DifferenceSummary,
) -> Result<(), PlotError> {
    let Some(mean) = difference.mean else {
        return rows::remark(panel, "unknown", row);
    };
    let is_better = (mean > 0.0) == (metric.better() == Better::Higher);
    let (mark, color) = match (difference.significant, is_better) {
        (false, _) => (Mark::Hollow, theme::FAINT),
        (true, true) => (Mark::Filled, better()),
        (true, false) => (Mark::Filled, theme::TARGET),
    };
    if let Some(ends) = difference.ci95 {
        panel.bar(
            ends,
            row,
            Pen::solid(color).wide(if difference.significant { 5 } else { 3 }),
        )?;
    }
    mark.draw(panel.canvas, (panel.column(mean), row), color)
}

/// Says on which side of zero a variant is better.
fn side<DB: DrawingBackend>(panel: &Panel<'_, DB>, metric: Metric) -> Result<(), PlotError> {
    let row = panel.down.end + 52;
    match metric.better() {
        Better::Higher => {
            let style = theme::text(theme::SMALL, better(), Anchor::Right);
            panel.text("better →", (panel.across.end, row), &style)
        }
        Better::Lower => {
            let style = theme::text(theme::SMALL, better(), Anchor::Left);
            panel.text("← better", (panel.across.start, row), &style)
        }
    }
}
