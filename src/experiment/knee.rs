//! Where on a numeric axis objectives begin to be met, or cease to be.
//!
//! A value meets them when every objective is kept with confidence: by its whole 95 % interval,
//! not by its estimate alone. The intervals of different points are not corrected for each other;
//! a value at the edge may be there by luck once in forty times.

use crate::experiment::{Axis, Grid, PointResult, Verdict};

/// What was found along one axis, everything else being the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Knee {
    /// Which axis.
    pub axis: usize,
    /// One of the points of the line: the one with the first value of the axis.
    pub first_point: usize,
    /// What was found; values are named by their place among those of the axis.
    pub finding: Finding,
}

/// Which values of an axis meet the objectives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// All.
    All,
    /// None.
    None,
    /// This one and all larger ones.
    From(usize),
    /// This one and all smaller ones.
    UpTo(usize),
    /// This is the smallest, but not all larger ones do.
    Scattered(usize),
}

/// What is found along every line of points in the direction of a numeric axis; lines with points
/// that are not there are left out.
pub(super) fn knees(grid: &Grid, points: &[Option<PointResult>]) -> Vec<Knee> {
    let mut knees = Vec::new();
    for (axis, ascending) in grid.axes.iter().map(Axis::ascending).enumerate() {
        let Some(ascending) = ascending.filter(|places| places.len() > 1) else {
            continue;
        };
        let starts = (0..points.len()).filter(|&point| grid.place(point)[axis] == 0);
        for first_point in starts {
            let meets = |&place: &usize| -> Option<bool> {
                let mut at = grid.place(first_point);
                at[axis] = place;
                Some(points[grid.point(&at)].as_ref()?.verdict()? == Verdict::Kept)
            };
            let line: Option<Vec<bool>> = ascending.iter().map(meets).collect();
            if let Some(line) = line {
                knees.push(Knee {
                    axis,
                    first_point,
                    finding: Finding::of(&line).at(&ascending),
                });
            }
        }
    }
    knees
}

impl Finding {
    /// What a line tells, its values in ascending order.
    fn of(line: &[bool]) -> Self {
        let is_change = |pair: &[bool]| pair[0] != pair[1];
        let changes = line.windows(2).filter(|pair| is_change(pair)).count();
        let first = line.iter().position(|&meets| meets);
        match (first, changes) {
            (None, _) => Self::None,
            (Some(_), 0) => Self::All,
            (Some(0), 1) => {
                let last = line.iter().rposition(|&meets| meets);
                Self::UpTo(last.expect("the first does"))
            }
            (Some(first), 1) => Self::From(first),
            (Some(first), _) => Self::Scattered(first),
        }
    }

    /// The same with places among the values as written.
    fn at(self, ascending: &[usize]) -> Self {
        match self {
            Self::All | Self::None => self,
            Self::From(place) => Self::From(ascending[place]),
            Self::UpTo(place) => Self::UpTo(ascending[place]),
            Self::Scattered(place) => Self::Scattered(ascending[place]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_knee_is_where_a_line_changes() {
        for (line, finding) in [
            (vec![false, false, true, true], Finding::From(2)),
            (vec![true, true, false], Finding::UpTo(1)),
            (vec![true, true], Finding::All),
            (vec![false, false], Finding::None),
            (vec![false, true, false, true], Finding::Scattered(1)),
            (vec![true, false, true], Finding::Scattered(0)),
        ] {
            assert_eq!(Finding::of(&line), finding, "{line:?}");
        }
        assert_eq!(Finding::From(1).at(&[2, 0, 1]), Finding::From(0));
    }
}
