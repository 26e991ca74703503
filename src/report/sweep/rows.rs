//! `sweep.csv`: a row a point and metric, with a column for every axis.

use crate::experiment::Metric;
use crate::report::figure::Reached;
use crate::report::sweep::summary::{PointSummary, SweepSummary};
use crate::report::table::cell;

/// The columns behind those of the axes.
const COLUMNS: [&str; 10] = [
    "strategy",
    "metric",
    "mean",
    "ci95_low",
    "ci95_high",
    "unit",
    "reached",
    "replications",
    "objectives",
    "saturated_region",
];

/// The table as CSV; how many columns it has depends on the axes.
pub(super) fn to_csv(summary: &SweepSummary) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let paths = summary.axes.iter().map(|axis| cell(&axis.path));
    let head: Vec<String> = paths.chain(COLUMNS.map(str::to_owned)).collect();
    let rows = summary.points.iter().flat_map(rows);
    for row in std::iter::once(head).chain(rows) {
        writer
            .write_record(&row)
            .expect("writing to memory cannot fail");
    }
    writer.into_inner().expect("writing to memory cannot fail")
}

/// The rows of a point: one a metric, whether it has figures or not.
fn rows(point: &PointSummary) -> impl Iterator<Item = Vec<String>> {
    Metric::ALL.into_iter().map(|metric| {
        let reached = point.figures.get(metric.name());
        let values = point.values.iter().chain([&point.strategy]);
        let figure = figure(metric, reached.copied().unwrap_or_default());
        let saturated = point.saturated.as_ref();
        let point = [
            point.replications.to_string(),
            point.objectives.clone().unwrap_or_default(),
            saturated.map(|s| cell(&s.region)).unwrap_or_default(),
        ];
        let values = values.map(|value| cell(value));
        values.chain(figure).chain(point).collect()
    })
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
