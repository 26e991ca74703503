//! A grid of parameters: every combination of the values of its axes and of strategies is a point.
//!
//! Points are numbered: the first axis varies slowest, strategies vary fastest. What this file is
//! not: it knows no scenario, values are texts to it.

/// The combinations of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// What varies; a sweep of strategies alone has no axis.
    pub axes: Vec<Axis>,
    /// Names of the strategies that every combination is run with; at least one.
    pub strategies: Vec<String>,
}

/// A parameter that varies.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Its path in the scenario.
    pub path: String,
    /// Its values as written, at least one, in the order in which they were given.
    pub values: Vec<String>,
    /// What they mean if all are numbers of one kind.
    pub numbers: Option<Numbers>,
}

/// The values of a numeric axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    /// What they measure.
    pub quantity: Quantity,
    /// One for each value.
    pub values: Vec<f64>,
}

/// What numbers measure, which says their unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Something without a unit.
    Count,
    /// A time, in seconds.
    Time,
    /// A share, from 0 to 1.
    Share,
    /// A rate, per second.
    Rate,
}

impl Grid {
    /// The number of points; `None` if it cannot be counted.
    pub fn count(&self) -> Option<usize> {
        let axes = self.axes.iter().map(|axis| axis.values.len());
        axes.chain([self.strategies.len()])
            .try_fold(1, usize::checked_mul)
    }

    /// Where a point lies: the place of its value on each axis, and last that of its strategy.
    pub fn place(&self, point: usize) -> Vec<usize> {
        let mut rest = point;
        let mut place: Vec<usize> = self
            .lengths()
            .rev()
            .map(|length| {
                let digit = rest % length;
                rest /= length;
                digit
            })
            .collect();
        place.reverse();
        place
    }

    /// The point at a place.
    pub fn point(&self, place: &[usize]) -> usize {
        let digits = place.iter().zip(self.lengths());
        digits.fold(0, |point, (digit, length)| point * length + digit)
    }

    /// How many values each axis has, and last how many strategies there are.
    fn lengths(&self) -> impl DoubleEndedIterator<Item = usize> {
        let axes = self.axes.iter().map(|axis| axis.values.len());
        axes.chain([self.strategies.len()])
    }
}

impl Axis {
    /// The places of its values in ascending order; `None` if they are not numbers.
    pub fn ascending(&self) -> Option<Vec<usize>> {
        let numbers = &self.numbers.as_ref()?.values;
        let mut places: Vec<usize> = (0..numbers.len()).collect();
        places.sort_by(|&one, &other| numbers[one].total_cmp(&numbers[other]));
        Some(places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(values: &[&str]) -> Axis {
        Axis {
            path: "a".into(),
            values: values.iter().map(|&value| value.to_owned()).collect(),
            numbers: None,
        }
    }

    #[test]
    fn points_are_numbered_with_the_last_varying_fastest() {
        let grid = Grid {
            axes: vec![axis(&["1", "2", "3"]), axis(&["x", "y"])],
            strategies: vec!["one".into(), "other".into()],
        };
        assert_eq!(grid.count(), Some(12));
        assert_eq!(grid.place(0), [0, 0, 0]);
        assert_eq!(grid.place(1), [0, 0, 1]);
        assert_eq!(grid.place(7), [1, 1, 1]);
        assert!((0..12).all(|point| grid.point(&grid.place(point)) == point));
    }

    #[test]
    fn numbers_are_in_order_whatever_the_order_of_the_values() {
        let mut axis = axis(&["60s", "10s", "5m"]);
        assert_eq!(axis.ascending(), None);
        axis.numbers = Some(Numbers {
            quantity: Quantity::Time,
            values: vec![60.0, 10.0, 300.0],
        });
        assert_eq!(axis.ascending(), Some(vec![1, 0, 2]));
    }
}
