//! How the points of a sweep become panels and lines.

use crate::experiment::Metric;
use crate::report::plot::axis::Axis;
use crate::report::plot::cube::{Cube, Dimension};
use crate::report::plot::panel::Pen;
use crate::report::plot::{metric_axis, theme};
use crate::report::{Figure, PointSummary, SweepSummary};

/// How many columns of panels are shown.
const COLUMNS_MAX: usize = 6;
/// How many lines are in a panel.
const LINES_MAX: usize = 7;

/// Which dimension is shown as what.
pub(in crate::report) struct Plan<'s> {
    pub(in crate::report) cube: Cube<'s>,
    /// From left to right.
    pub(in crate::report) x: usize,
    /// As lines of different color.
    pub(in crate::report) series: Option<usize>,
    /// As columns of panels.
    pub(in crate::report) columns: Vec<usize>,
    pub(in crate::report) summary: &'s SweepSummary,
}

impl<'s> Plan<'s> {
    /// The plan of a sweep.
    pub(in crate::report) fn new(summary: &'s SweepSummary) -> Self {
        let cube = Cube::new(summary);
        let varying = cube.varying_but(&[]);
        let is_numeric = |index: &&usize| cube.dimensions[**index].numbers.is_some();
        let x = varying.iter().find(is_numeric).or(varying.first());
        let x = x.copied().unwrap_or(0);
        let others = cube.varying_but(&[x]);
        // The strategies are the last.
        let series = match others.last() {
            Some(&last) if last == cube.strategies() => Some(last),
            _ => others.first().copied(),
        };
        let columns = cube.varying_but(&[x, series.unwrap_or(x)]);
        Self {
            cube,
            x,
            series,
            columns,
            summary,
        }
    }

    /// What is from left to right.
    pub(in crate::report) fn along(&self) -> &Dimension<'s> {
        &self.cube.dimensions[self.x]
    }

    /// How many lines a panel has.
    pub(in crate::report) fn lines(&self) -> usize {
        let count = self
            .series
            .map_or(1, |series| self.cube.dimensions[series].values.len());
        count.min(LINES_MAX)
    }

    /// How many columns of panels there are.
    pub(in crate::report) fn columns(&self) -> usize {
        self.cube.count(&self.columns).min(COLUMNS_MAX)
    }

    /// The places of the points of a line, from left to right.
    pub(in crate::report) fn line(&self, column: usize, line: usize) -> Vec<Vec<usize>> {
        let mut place = self.cube.combination(&self.columns, column);
        if let Some(series) = self.series {
            place[series] = line;
        }
        let order = self.along().order().into_iter();
        let at = |along| {
            let mut place = place.clone();
            place[self.x] = along;
            place
        };
        order.map(at).collect()
    }

    /// The points that are shown.
    pub(in crate::report) fn points(&self) -> Vec<&'s PointSummary> {
        let columns = 0..self.columns();
        let lines = columns.flat_map(|column| (0..self.lines()).map(move |line| (column, line)));
        let places = lines.flat_map(|(column, line)| self.line(column, line));
        places.filter_map(|place| self.cube.at(&place)).collect()
    }

    /// The metrics that are shown, each with its axis.
    pub(in crate::report) fn rows(&self) -> Vec<(Metric, Axis)> {
        let points = self.points();
        let figures =
            |metric| -> Vec<Figure> { points.iter().map(|point| point.figure(metric)).collect() };
        let is_shown = |metric: Metric| {
            let means = figures(metric).into_iter().filter_map(|figure| figure.mean);
            match metric {
                Metric::Availability | Metric::LatencyP99 => true,
                Metric::RequestsLost => means.fold(0.0, f64::max) > 0.0,
                _ => {
                    let least = means.clone().fold(f64::INFINITY, f64::min);
                    means.fold(0.0, f64::max) > least
                }
            }
        };
        let rows = [
            Metric::Availability,
            Metric::RequestsLost,
            Metric::LatencyP99,
            Metric::UnitHours,
        ];
        let rows = rows.into_iter().filter(|&metric| is_shown(metric));
        rows.map(|metric| (metric, metric_axis::of(metric, &figures(metric))))
            .collect()
    }

    /// The color and dash of a line.
    pub(super) fn pen(index: usize) -> Pen {
        if index.is_multiple_of(2) {
            Pen::solid(theme::series(index))
        } else {
            Pen::dashed(theme::series(index))
        }
    }
}
