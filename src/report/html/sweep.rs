//! The report of a sweep: curves along its axes, a heat map, and every point.

use maud::{Markup, html};

use crate::experiment::Metric;
use crate::report::html::heat::{self, Cell};
use crate::report::html::key::{Look, key};
use crate::report::html::palette;
use crate::report::html::panel::{Frame, Mark, Panel, Point, Series, Unit, x_labels};
use crate::report::html::told::{self, Quantity};
use crate::report::metric_text::{self, title};
use crate::report::plot::axis::Axis;
use crate::report::plot::curve;
use crate::report::plot::plan::Plan;
use crate::report::printable::printable;
use crate::report::sweep::words::{facts, notes, objectives, sentences};
use crate::report::{PointSummary, SweepSummary};

/// The most points that are listed.
const POINTS_MAX: usize = 400;

/// What was swept, in a line.
pub(super) fn method(summary: &SweepSummary) -> String {
    let note = if summary.complete {
        ""
    } else {
        "INCOMPLETE (interrupted) · "
    };
    format!("{note}{}", facts(summary).join(" · "))
}

/// Where objectives are met.
pub(super) fn head(summary: &SweepSummary) -> Markup {
    let kept = summary
        .points
        .iter()
        .filter(|point| point.objectives.as_deref() == Some("kept"));
    let (kept, all) = (kept.count(), summary.points.len());
    let class = match (summary.has_objectives, kept) {
        (false, _) => "plain",
        (true, 0) => "missed",
        (true, _) => "kept",
    };
    html! {
        section.verdict.(class) id="verdict" {
            p.sentence {
                @if summary.has_objectives { (kept) " of " (all) " points keep all objectives" }
                @else { "The scenario has no objectives" }
            }
            ul.verdicts {
                @for sentence in sentences(summary) { li { (sentence) } }
                @if !summary.has_objectives { (extremes(summary)) }
            }
        }
    }
}

/// The points where availability is highest and lowest.
fn extremes(summary: &SweepSummary) -> Markup {
    let found = |point: &PointSummary| point.figure(Metric::Availability).mean;
    let points = summary
        .points
        .iter()
        .enumerate()
        .filter_map(|(index, p)| Some((index, p, found(p)?)));
    let points: Vec<_> = points.collect();
    let highest = points.iter().max_by(|one, other| one.2.total_cmp(&other.2));
    let lowest = points.iter().min_by(|one, other| one.2.total_cmp(&other.2));
    let point = |word: &str, (index, point, _): &(usize, &PointSummary, f64)| {
        let number = index.to_string();
        let at = [
            "points",
            number.as_str(),
            "figures",
            Metric::Availability.name(),
        ];
        html! { li {
            "Availability is " (word) ", "
            (told::figure(&at, &point.figure(Metric::Availability), Quantity::Share))
            ", at " (values(summary, point))
        } }
    };
    html! {
        @if let (Some(highest), Some(lowest)) = (highest, lowest) {
            (point("highest", highest)) (point("lowest", lowest))
        }
    }
}

/// Where a point is: `routing.ttl=10s (latency, next closest)`.
fn values(summary: &SweepSummary, point: &PointSummary) -> String {
    let values = point.values.iter().zip(&summary.axes);
    let values: Vec<String> = values
        .map(|(value, axis)| format!("{}={}", printable(&axis.path), printable(value)))
        .collect();
    format!("{} ({})", values.join(", "), printable(&point.strategy))
}

/// A panel a metric and column, a line a strategy or value.
pub(super) fn curves(summary: &SweepSummary) -> Markup {
    let plan = Plan::new(summary);
    let names: Vec<String> = match plan.series {
        Some(series) => plan.cube.dimensions[series]
            .values
            .iter()
            .map(|value| printable(value))
            .collect(),
        None => Vec::new(),
    };
    let entries: Vec<(String, &str, Look)> = names
        .iter()
        .take(plan.lines())
        .enumerate()
        .map(|(index, name)| (palette::series(index), name.as_str(), Look::Line))
        .collect();
    let head = plan
        .series
        .map_or("", |series| plan.cube.dimensions[series].name);
    let is_thin = summary.points.iter().any(|point| point.saturated.is_some());
    html! {
        figure.curves {
            @if !entries.is_empty() { div.legends { (key(&printable(head), &entries)) } }
            @for column in 0..plan.columns() {
                @let name = column_name(&plan, column);
                @if !name.is_empty() { h3 { (name) } }
                div.pair { @for (metric, axis) in plan.rows() {
                    (panel(&plan, (column, &name), (metric, axis)))
                } }
            }
            p.hint {
                "Pale bands are 95 % intervals. "
                @if summary.has_objectives { "Filled: objectives are kept by the whole of their intervals; hollow: missed; half: unsure. " }
                @if is_thin { "Points that saturate have no figures." }
            }
        }
    }
}

fn column_name(plan: &Plan<'_>, column: usize) -> String {
    let place = plan.cube.combination(&plan.columns, column);
    let named = plan.columns.iter().map(|&index| {
        let dimension = &plan.cube.dimensions[index];
        format!(
            "{} = {}",
            printable(dimension.name),
            printable(&dimension.values[place[index]])
        )
    });
    named.collect::<Vec<_>>().join(", ")
}

fn panel(plan: &Plan<'_>, (column, name): (usize, &str), (metric, y): (Metric, Axis)) -> Markup {
    let x = curve::x_axis(plan.along());
    let place = |at: f64| (x.scale.position(at) * 1_000.0).round();
    let span = [(x.low * 1_000.0).round(), (x.high * 1_000.0).round()];
    let order = plan.along().order();
    let numbers: Vec<f64> = order
        .iter()
        .enumerate()
        .map(|(slot, &value)| {
            plan.along()
                .numbers
                .map_or(slot as f64, |numbers| numbers[value])
        })
        .collect();
    let (mut series, mut marks) = (Vec::new(), Vec::new());
    for line in 0..plan.lines() {
        let style = palette::series(line);
        let points: Vec<Option<&PointSummary>> = plan
            .line(column, line)
            .iter()
            .map(|place| plan.cube.at(place))
            .collect();
        let points = || numbers.iter().map(|number| place(*number)).zip(&points);
        series.push(Series {
            key: format!("line-{line}"),
            name: String::new(),
            style: style.clone(),
            look: Look::Line,
            points: points()
                .map(|(x, point)| {
                    let figure = point.map(|point| point.figure(metric)).unwrap_or_default();
                    Point {
                        x,
                        value: figure.mean,
                        interval: figure.ci95,
                    }
                })
                .collect(),
        });
        marks.extend(points().filter_map(|(x, point)| {
            let point = (*point)?;
            let figure = point.figure(metric);
            Some(Mark {
                at: (x, figure.mean?),
                style: style.clone(),
                look: look(point),
                tip: tip(plan, point, metric),
            })
        }));
    }
    let ticks: Vec<(f64, String)> = x
        .ticks
        .iter()
        .map(|(at, label)| (at * 1_000.0, printable(label)))
        .collect();
    let panel = Panel {
        title: title(metric),
        told: format!("{name} Along {}.", printable(plan.along().name)),
        x: Frame {
            span,
            shades: &[],
            grid: ticks.iter().map(|(at, _)| *at).collect(),
        },
        y,
        unit: Unit::Number,
        series,
        target: None,
        marks,
    };
    html! { div { (panel.draw()) (x_labels(&ticks, span)) p.unit { (printable(plan.along().name)) } } }
}

/// How the point of a combination looks.
fn look(point: &PointSummary) -> &'static str {
    match point.objectives.as_deref() {
        Some("missed") => "hollow",
        Some("unsure") => "half",
        _ => "filled",
    }
}

fn tip(plan: &Plan<'_>, point: &PointSummary, metric: Metric) -> String {
    let figure = Quantity::from(metric).text(&point.figure(metric));
    format!(
        "{}: {} {figure}",
        values(plan.summary, point),
        title(metric)
    )
}

/// Availability on two axes; `None` if only one thing varies.
pub(super) fn heat(summary: &SweepSummary) -> Option<Markup> {
    let plan = Plan::new(summary);
    let series = plan.series?;
    let order = plan.along().order();
    let values = &plan.cube.dimensions[series].values;
    let index_of = |point: &PointSummary| {
        summary
            .points
            .iter()
            .position(|other| std::ptr::eq(other, point))
    };
    let cell = |point: Option<&PointSummary>| {
        let Some(point) = point else {
            return Cell {
                text: html! { "–" },
                heat: None,
                tip: "not run".to_owned(),
            };
        };
        let tip = tip(&plan, point, Metric::Availability);
        if let Some(saturated) = &point.saturated {
            return Cell {
                text: html! { "✗ saturates" },
                heat: Some(1.0),
                tip: format!("{} saturates", printable(&saturated.region)),
            };
        }
        let figure = point.figure(Metric::Availability);
        let mark = match point.objectives.as_deref() {
            Some("kept") => "✓ ",
            Some("missed") => "✗ ",
            Some(_) => "? ",
            None => "",
        };
        let number = index_of(point).unwrap_or_default().to_string();
        let at = [
            "points",
            number.as_str(),
            "figures",
            Metric::Availability.name(),
        ];
        Cell {
            text: html! { (mark) (told::mean(&at, &figure, Quantity::Share)) },
            heat: figure.mean.map(heat::heat),
            tip,
        }
    };
    let heads: Vec<Markup> = order
        .iter()
        .map(|&value| html! { (printable(&plan.along().values[value])) })
        .collect();
    Some(html! {
        @for column in 0..plan.columns() {
            @let rows: Vec<(Markup, Vec<Cell>)> = values.iter().enumerate().take(plan.lines()).map(|(line, value)| {
                let cells = plan.line(column, line);
                (html! { (printable(value)) }, cells.iter().map(|place| cell(plan.cube.at(place))).collect())
            }).collect();
            @let name = column_name(&plan, column);
            (heat::table(
                &format!("Availability by {} (down) and {} (across){}{name}", printable(plan.cube.dimensions[series].name),
                    printable(plan.along().name), if name.is_empty() { "" } else { ", " }),
                &heads, &rows))
        }
        p.hint { "✓ objectives are kept by the whole of their intervals, ✗ missed, ? unsure." }
    })
}

/// Every point.
pub(super) fn points(summary: &SweepSummary) -> Markup {
    let metrics = [
        Metric::Availability,
        Metric::RequestsLost,
        Metric::LatencyP99,
        Metric::UnitHours,
    ];
    let more = summary.points.len().saturating_sub(POINTS_MAX);
    html! {
        div.scroll { table {
            thead { tr {
                @for axis in &summary.axes { th { (printable(&axis.path)) } }
                th { "strategy" }
                @for metric in metrics { th.n { (metric_text::head(metric)) } }
                th { "objectives" }
            } }
            tbody { @for (index, point) in summary.points.iter().enumerate().take(POINTS_MAX) { tr {
                @for value in &point.values { td { (printable(value)) } }
                td { (printable(&point.strategy)) }
                @for metric in metrics {
                    @let figure = point.figure(metric);
                    @let text = Quantity::from(metric).plain(&figure);
                    td.n { (told::value(&format!("/points/{index}/figures/{}/mean", metric.name()), figure.mean, &text)) }
                }
                td { (objectives(point)) }
            } } }
        } }
        @if more > 0 { p.hint { "And " (more) " more, in sweep.csv." } }
        @for note in notes(summary) { p.hint { (told::capital(&note)) "." } }
    }
}
