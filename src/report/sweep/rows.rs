//! `sweep.csv`: a row a point and metric, with a column for every axis; and for a numeric axis with a
//! unit another one, in the units of all tables.

use crate::experiment::Metric;
use crate::report::figure::Reached;
use crate::report::promise;
use crate::report::sweep::summary::{AxisSummary, PointObjective, PointSummary, SweepSummary};
use crate::report::table::cell;

/// The columns behind those of the axes.
const COLUMNS: [&str; 11] = [
    "strategy",
    "metric",
    "mean",
    "ci95_low",
    "ci95_high",
    "unit",
    "reached",
    "replications",
    "precise",
    "objectives",
    "saturated_region",
];

/// The table as CSV; how many columns it has depends on the axes.
pub(super) fn to_csv(summary: &SweepSummary) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let paths = summary.axes.iter().map(|axis| cell(&axis.path));
    let numbers = summary
        .axes
        .iter()
        .filter_map(|axis| Some((axis, suffix(axis)?)));
    let numbers = numbers.map(|(axis, suffix)| cell(&format!("{}{suffix}", axis.path)));
    let head: Vec<String> = paths
        .chain(numbers)
        .chain(COLUMNS.map(str::to_owned))
        .collect();
    let rows = summary.points.iter().flat_map(|point| rows(summary, point));
    for row in std::iter::once(head).chain(rows) {
        writer
            .write_record(&row)
            .expect("writing to memory cannot fail");
    }
    writer.into_inner().expect("writing to memory cannot fail")
}

/// What the column of an axis in the units of tables ends with; `None` if it needs none.
fn suffix(axis: &AxisSummary) -> Option<&'static str> {
    match axis.numbers.as_ref()?.quantity.as_str() {
        "time" => Some("_s"),
        "share" => Some("_ratio"),
        "rate" => Some("_per_s"),
        _ => None,
    }
}

/// The rows of a point: one a metric, whether it has figures or not, and one an objective.
fn rows(summary: &SweepSummary, point: &PointSummary) -> Vec<Vec<String>> {
    let place = place(summary, point);
    let saturated = point.saturated.as_ref();
    let end = [
        point.replications.to_string(),
        point.precise.to_string(),
        point.objectives.clone().unwrap_or_default(),
        saturated.map(|s| cell(&s.region)).unwrap_or_default(),
    ];
    let metrics = Metric::ALL.into_iter().map(|metric| {
        let reached = point.figures.get(metric.name());
        figure(metric, reached.copied().unwrap_or_default())
    });
    let objectives = point.slo.iter().map(|o| objective(o, point.replications));
    let row = |cells: [String; 6]| place.iter().chain(&cells).chain(&end).cloned().collect();
    metrics.chain(objectives).map(row).collect()
}

/// The values of a point, as written and in the units of tables, and its strategy.
fn place(summary: &SweepSummary, point: &PointSummary) -> Vec<String> {
    let number = |(axis, value): (&AxisSummary, &String)| {
        let numbers = axis.numbers.as_ref().filter(|_| suffix(axis).is_some())?;
        let index = axis.values.iter().position(|other| other == value)?;
        Some(numbers.values[index].to_string())
    };
    let numbers = summary.axes.iter().zip(&point.values).filter_map(number);
    let values = point.values.iter().map(|value| cell(value));
    values
        .chain(numbers)
        .chain([cell(&point.strategy)])
        .collect()
}

/// What an objective is about, under its name and verdict.
fn objective(objective: &PointObjective, replications: u32) -> [String; 6] {
    let number = |number: Option<f64>| number.map(|n| n.to_string()).unwrap_or_default();
    let unit = promise::measure(&objective.objective).unit();
    let key = promise::key(&objective.objective, objective.by.as_ref());
    [
        cell(&format!("slo_{key}")),
        number(objective.measured),
        number(objective.ci95.map(|[low, _]| low)),
        number(objective.ci95.map(|[_, high]| high)),
        unit.to_owned(),
        replications.to_string(),
    ]
}

fn figure(metric: Metric, reached: Reached) -> [String; 6] {
    let number = |number: Option<f64>| number.map(|n| n.to_string()).unwrap_or_default();
    let figure = reached.figure();
    [
        metric.name().to_owned(),
        number(figure.mean),
        number(figure.low()),
        number(figure.high()),
        metric.unit().to_owned(),
        reached.reached.to_string(),
    ]
}
