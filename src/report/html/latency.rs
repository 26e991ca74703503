//! How slow the slowest were: latency by percentile on an axis of nines, and as a cumulative
//! distribution, before, during and after the outages.

use maud::{Markup, html};

use crate::report::html::key::{Look, key};
use crate::report::html::panel::{
    Frame, Mark, Panel, Point, Series, Unit, time_axis, whole_axis, x_labels,
};
use crate::report::plot::axis::{Axis, Scale};
use crate::report::{LatencyRow, Tables};
use crate::units::text::show_duration;

/// The latencies of one phase.
struct Curve<'t> {
    name: &'t str,
    style: String,
    rows: Vec<&'t LatencyRow>,
}

/// Both figures.
pub(super) fn draw(tables: &Tables) -> Markup {
    let curves = curves(tables);
    if curves.iter().all(|curve| curve.rows.is_empty()) {
        return html! { p { "No request succeeded." } };
    }
    let is_sparse = curves
        .iter()
        .any(|curve| curve.rows.iter().any(|row| row.sparse));
    let entries = curves
        .iter()
        .map(|curve| (curve.style.clone(), curve.name, Look::Line));
    html! {
        figure.latency {
            div.legends { (key("", &entries.collect::<Vec<_>>())) }
            div.pair { (by_quantile(&curves)) (cumulative(&curves)) }
            @if is_sparse {
                p.hint { "Hollow: fewer than ten samples a replication lie beyond, too few to know it." }
            }
        }
    }
}

/// The curve of each phase that occurred, or of the whole period if there was no outage.
fn curves(tables: &Tables) -> Vec<Curve<'_>> {
    let rows = |phase: &str| -> Vec<&LatencyRow> {
        let rows = tables.latency.iter();
        rows.filter(|row| row.scope == "fleet" && row.phase == phase && row.latency_s.is_some())
            .collect()
    };
    let phases: Vec<(&str, usize, &str)> = if tables.summary.outages.is_empty() {
        vec![("the whole period", 0, "all")]
    } else {
        let names = tables.summary.phases.names().into_iter().enumerate();
        names.map(|(index, name)| (name, index, name)).collect()
    };
    let curve = |(name, index, phase): (&'_ str, usize, &str)| Curve {
        name: if phase == "all" {
            "the whole period"
        } else {
            tables
                .summary
                .phases
                .names()
                .into_iter()
                .find(|n| *n == name)
                .unwrap_or_default()
        },
        style: style(index),
        rows: rows(phase),
    };
    let curves = phases.into_iter().map(curve);
    curves.filter(|curve| !curve.rows.is_empty()).collect()
}

/// The color of a phase: before, during, after.
fn style(index: usize) -> String {
    format!("--c:var(--s{})", [0, 3, 2][index % 3]).replace("--s3", "--bad")
}

fn by_quantile(curves: &[Curve<'_>]) -> Markup {
    let mut axis = Axis::of_nines(0.5, 5);
    axis.low = axis.scale.position(0.5);
    axis.ticks.retain(|(_, label)| label != "100 %");
    axis.high = 5.1;
    let scale = axis.scale;
    let span = [axis.low * 1_000.0, axis.high * 1_000.0];
    let place = |row: &LatencyRow| (scale.position(row.quantile) * 1_000.0).round();
    // The largest value has no place on an axis of nines, and those below the median say little.
    let is_shown = |row: &LatencyRow| row.quantile >= 0.5 && row.quantile < 1.0;
    let series = series(curves, |row| {
        is_shown(row).then(|| (place(row), row.latency_s.unwrap_or_default()))
    });
    let marks = marks(curves, |row| {
        is_shown(row).then(|| (place(row), row.latency_s.unwrap_or_default()))
    });
    let ticks: Vec<(f64, String)> = axis
        .ticks
        .iter()
        .map(|(at, label)| (at * 1_000.0, label.clone()))
        .collect();
    let y = time_axis(&series);
    let panel = Panel {
        title: "Latency by percentile, on an axis of nines",
        told: described(curves),
        x: frame(span, &ticks),
        y,
        unit: Unit::Time,
        series,
        target: None,
        marks,
    };
    html! { div { (panel.draw()) (x_labels(&ticks, span)) p.unit { "percentile" } } }
}

fn cumulative(curves: &[Curve<'_>]) -> Markup {
    let all = series(curves, |row| Some((0.0, row.latency_s.unwrap_or_default())));
    let axis = time_axis(&all);
    let ticks: Vec<(f64, String)> = axis
        .ticks
        .iter()
        .map(|(at, label)| (at * 1_000.0, label.clone()))
        .collect();
    let span = [axis.low * 1_000.0, axis.high * 1_000.0];
    let at = |row: &LatencyRow| {
        let latency = row.latency_s.unwrap_or_default();
        Some((
            (Scale::Log.position(latency) * 1_000.0).round(),
            row.quantile,
        ))
    };
    let panel = Panel {
        title: "Cumulative distribution: share of successes within",
        told: described(curves),
        x: frame(span, &ticks),
        y: whole_axis(),
        unit: Unit::Share,
        series: series(curves, at),
        target: None,
        marks: marks(curves, at),
    };
    html! { div { (panel.draw()) (x_labels(&ticks, span)) p.unit { "latency" } } }
}

fn frame<'a>(span: [f64; 2], ticks: &[(f64, String)]) -> Frame<'a> {
    Frame {
        span,
        shades: &[],
        grid: ticks.iter().map(|(at, _)| *at).collect(),
    }
}

fn series(curves: &[Curve<'_>], at: impl Fn(&LatencyRow) -> Option<(f64, f64)>) -> Vec<Series> {
    let line = |curve: &Curve<'_>| Series {
        key: format!("phase-{}", curve.name),
        name: curve.name.to_owned(),
        style: curve.style.clone(),
        look: Look::Line,
        points: curve
            .rows
            .iter()
            .filter_map(|row| at(row))
            .map(|(x, value)| Point {
                x,
                value: Some(value),
                interval: None,
            })
            .collect(),
    };
    curves.iter().map(line).collect()
}

fn marks(curves: &[Curve<'_>], at: impl Fn(&LatencyRow) -> Option<(f64, f64)>) -> Vec<Mark> {
    let mut marks = Vec::new();
    for curve in curves {
        for row in &curve.rows {
            let (Some(at), Some(latency)) = (at(row), row.latency_s) else {
                continue;
            };
            marks.push(Mark {
                at,
                style: curve.style.clone(),
                look: if row.sparse { "hollow" } else { "filled" },
                tip: format!(
                    "{}: {} of the successes within {}",
                    curve.name,
                    quantile_text(row.quantile),
                    show_duration(latency)
                ),
            });
        }
    }
    marks
}

fn quantile_text(quantile: f64) -> String {
    let text = format!("{:.5}", quantile * 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// The 99th percentiles, for those who do not see the picture.
fn described(curves: &[Curve<'_>]) -> String {
    let text = |curve: &Curve<'_>| {
        let p99 = curve
            .rows
            .iter()
            .find(|row| (row.quantile - 0.99).abs() < 1e-9)?;
        Some(format!(
            "{}: p99 {}.",
            curve.name,
            show_duration(p99.latency_s?)
        ))
    };
    curves.iter().filter_map(text).collect::<Vec<_>>().join(" ")
}
