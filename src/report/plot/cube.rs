//! The points of a sweep by their place: axes and strategies as dimensions of one kind.

use std::collections::BTreeMap;

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};
use plotters::style::TextStyle;

use crate::report::plot::{PlotError, theme};
use crate::report::{PointSummary, SweepSummary};

/// Axes whose largest number is so many times the smallest, and whose steps are even as factors,
/// are logarithmic.
const WIDE: f64 = 20.0;
/// The largest step is at most so many times the smallest, in logarithms.
const EVEN: f64 = 2.6;

/// An axis, or the strategies.
pub(in crate::report) struct Dimension<'s> {
    /// The path, or `strategy`.
    pub(in crate::report) name: &'s str,
    pub(in crate::report) values: &'s [String],
    /// What the values mean if they are numbers.
    pub(in crate::report) numbers: Option<&'s [f64]>,
}

impl Dimension<'_> {
    /// Whether there is more than one value.
    pub(in crate::report) fn varies(&self) -> bool {
        self.values.len() > 1
    }

    /// The places of values from left to right: numbers in ascending order, others as written.
    pub(in crate::report) fn order(&self) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.values.len()).collect();
        if let Some(numbers) = self.numbers {
            places.sort_by(|&one, &other| numbers[one].total_cmp(&numbers[other]));
        }
        places
    }

    /// Whether its numbers grow by factors rather than by steps.
    pub(in crate::report) fn is_logarithmic(&self) -> bool {
        let Some(numbers) = self.numbers else {
            return false;
        };
        let ordered: Vec<f64> = self.order().iter().map(|&place| numbers[place]).collect();
        let [first, .., last] = ordered.as_slice() else {
            return false;
        };
        let factors = ordered.windows(2).map(|pair| (pair[1] / pair[0]).ln());
        let least = factors.clone().fold(f64::INFINITY, f64::min);
        let most = factors.fold(0.0, f64::max);
        *first > 0.0 && ordered.len() > 2 && *last >= first * WIDE && most <= least * EVEN
    }
}

/// The points of a sweep.
pub(in crate::report) struct Cube<'s> {
    /// The axes, and last the strategies.
    pub(in crate::report) dimensions: Vec<Dimension<'s>>,
    points: BTreeMap<Vec<usize>, &'s PointSummary>,
}

impl<'s> Cube<'s> {
    /// The cube of a sweep.
    pub(in crate::report) fn new(summary: &'s SweepSummary) -> Self {
        let axes = summary.axes.iter().map(|axis| Dimension {
            name: &axis.path,
            values: &axis.values,
            numbers: axis
                .numbers
                .as_ref()
                .map(|numbers| numbers.values.as_slice()),
        });
        let strategies = Dimension {
            name: "strategy",
            values: &summary.strategies,
            numbers: None,
        };
        let dimensions: Vec<Dimension<'s>> = axes.chain([strategies]).collect();
        let place = |point: &'s PointSummary| {
            let values = point.values.iter().chain([&point.strategy]);
            let places = values.zip(&dimensions);
            let place: Option<Vec<usize>> = places
                .map(|(value, dimension)| dimension.values.iter().position(|v| v == value))
                .collect();
            Some((place?, point))
        };
        let points = summary.points.iter().filter_map(place).collect();
        Self { dimensions, points }
    }

    /// The point at a place, if it was run.
    pub(in crate::report) fn at(&self, place: &[usize]) -> Option<&'s PointSummary> {
        self.points.get(place).copied()
    }

    /// The place of the strategies among the dimensions.
    pub(in crate::report) fn strategies(&self) -> usize {
        self.dimensions.len() - 1
    }

    /// The dimensions that vary, but for some.
    pub(in crate::report) fn varying_but(&self, others: &[usize]) -> Vec<usize> {
        let all = 0..self.dimensions.len();
        all.filter(|index| self.dimensions[*index].varies() && !others.contains(index))
            .collect()
    }

    /// How many combinations of the values of some dimensions there are.
    pub(in crate::report) fn count(&self, dimensions: &[usize]) -> usize {
        let lengths = dimensions
            .iter()
            .map(|&index| self.dimensions[index].values.len());
        lengths.fold(1, usize::saturating_mul)
    }

    /// The place of a combination of the values of some dimensions, the last varying fastest; the
    /// first value of all others.
    pub(in crate::report) fn combination(&self, dimensions: &[usize], number: usize) -> Vec<usize> {
        let mut place = vec![0; self.dimensions.len()];
        let mut rest = number;
        for &index in dimensions.iter().rev() {
            let length = self.dimensions[index].values.len();
            place[index] = rest % length;
            rest /= length;
        }
        place
    }

    /// What a combination is called, within so many pixels: the last word of each path and the
    /// value.
    pub(in crate::report) fn title(
        &self,
        (dimensions, place): (&[usize], &[usize]),
        room: i32,
        style: &TextStyle<'_>,
    ) -> Result<String, PlotError> {
        let named = dimensions.iter().map(|&index| {
            let Dimension { name, values, .. } = &self.dimensions[index];
            let value = &values[place[index]];
            if index == self.strategies() {
                return value.clone();
            }
            let last = name.rsplit('.').next().unwrap_or(name);
            format!("{last} {value}")
        });
        theme::fit_ends(&named.collect::<Vec<String>>().join(", "), room, style)
    }
}

/// Writes the title of a sweep and how it was made, after that what its `intervals` are, if it has
/// any.
pub(in crate::report) fn headline<DB: DrawingBackend>(
    canvas: &DrawingArea<DB, Shift>,
    (summary, intervals): (&SweepSummary, &str),
) -> Result<(), PlotError> {
    let measured = summary
        .points
        .iter()
        .filter(|point| point.saturated.is_none());
    let counts = measured.map(|point| point.replications);
    let (least, most) = (counts.clone().min().unwrap_or(0), counts.max().unwrap_or(0));
    let replications = match (least, most) {
        (1, 1) => "1 replication each".to_owned(),
        (least, most) if least == most => format!("means of {most} replications each"),
        (least, most) => format!("means of {least} to {most} replications each"),
    };
    let intervals = match most {
        ..5 => "no intervals",
        _ => intervals,
    };
    let note = if summary.complete {
        ""
    } else {
        "INCOMPLETE (interrupted), "
    };
    let count = summary.points.len();
    let points = if count == 1 { "point" } else { "points" };
    let line = format!("{note}{count} {points} of a sweep, {replications}; {intervals}");
    theme::heading(canvas, theme::MARGIN, [&summary.scenario.title, &line])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_grow_by_factors_are_logarithmic() {
        for (numbers, expected) in [
            (vec![10.0, 60.0, 300.0], true),
            (vec![300.0, 10.0, 60.0], true),
            (vec![1.0, 2.0, 5.0, 10.0, 20.0], true),
            (vec![1.0, 2.0, 3.0, 4.0], false),
            (vec![1.0, 2.0, 3.0, 100.0], false),
            (vec![0.0, 10.0, 100.0], false),
            (vec![1.0, 100.0], false),
            (vec![1.0], false),
        ] {
            let values: Vec<String> = numbers.iter().map(f64::to_string).collect();
            let dimension = Dimension {
                name: "a",
                values: &values,
                numbers: Some(&numbers),
            };
            assert_eq!(dimension.is_logarithmic(), expected, "{numbers:?}");
        }
    }
}
