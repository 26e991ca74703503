//! The difference of two things that were measured apart, with the interval of Welch.
//!
//! Each side is known by its mean and interval alone, as results keep them. Source: Welch, "The
//! generalization of Student's problem when several different population variances are involved",
//! Biometrika 34 (1947); the degrees of freedom are those of Satterthwaite (1946).

use crate::stats::estimate::{Estimate, REPLICATIONS_FOR_INTERVAL, t_quantile};

/// What was measured on one side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Side {
    /// The mean, and its 95 % interval.
    pub estimate: Estimate,
    /// How many replications it is of.
    pub count: u32,
}

/// The difference `one - other`, one of so many `comparisons`, whose intervals hold together at
/// 95 % (Bonferroni); without an interval if a side has none.
pub fn unpaired(one: &Side, other: &Side, comparisons: usize) -> Estimate {
    let level = 1.0 - 0.05 / comparisons.max(1) as f64;
    let errors = one.squared_error().zip(other.squared_error());
    Estimate {
        mean: one.estimate.mean - other.estimate.mean,
        half_width: errors.map(|(first, second)| {
            let counts = [one, other].map(|side| f64::from(side.count));
            welch([(first, counts[0]), (second, counts[1])], level)
        }),
    }
}

impl Side {
    /// The variance of the mean, which its interval tells.
    fn squared_error(&self) -> Option<f64> {
        let has_interval = self.count as usize >= REPLICATIONS_FOR_INTERVAL;
        let half_width = self.estimate.half_width.filter(|_| has_interval)?;
        Some((half_width / t_quantile(0.95, f64::from(self.count) - 1.0)).powi(2))
    }
}

/// Half the width of an interval of `level` for the difference of two independent means, each with
/// its variance and the number of its values.
pub(super) fn welch([(one, ones), (other, others)]: [(f64, f64); 2], level: f64) -> f64 {
    let squares = one.powi(2) / (ones - 1.0) + other.powi(2) / (others - 1.0);
    if squares == 0.0 {
        return 0.0;
    }
    t_quantile(level, (one + other).powi(2) / squares) * (one + other).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(values: &[f64]) -> Side {
        Side {
            estimate: Estimate::of(values).expect("values"),
            count: u32::try_from(values.len()).expect("few values"),
        }
    }

    /// Goal: the arithmetic of Welch. Method: by hand, variances 2.5 of 5 and 3.5 of 6 values: the
    /// variances of the means are 1/2 and 7/12, so the degrees of freedom are
    /// (13/12)^2 / ((1/2)^2 / 4 + (7/12)^2 / 5) = 8.98936, of which t is 2.26257.
    #[test]
    fn the_interval_is_that_of_welch() {
        let one = side(&[11.0, 12.0, 13.0, 14.0, 15.0]);
        let other = side(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let difference = unpaired(&one, &other, 1);
        assert!((difference.mean - 9.5).abs() < 1e-12);
        let half_width = difference.half_width.expect("two intervals");
        assert!((half_width - 2.262_57 * (13.0_f64 / 12.0).sqrt()).abs() < 1e-4);
        let corrected = unpaired(&one, &other, 3).half_width.expect("two intervals");
        assert!(corrected > half_width);
    }

    #[test]
    fn without_an_interval_on_both_sides_there_is_none() {
        let (one, few) = (side(&[1.0, 2.0, 3.0, 4.0, 5.0]), side(&[1.0, 2.0]));
        assert_eq!(unpaired(&one, &few, 1).half_width, None);
        let constant = side(&[2.0; 5]);
        assert_eq!(unpaired(&constant, &constant, 1).half_width, Some(0.0));
    }
}
