//! The difference of two things that were measured on the same random numbers, replication by
//! replication.
//!
//! Differences within pairs vary less than the two sides do where both see the same traffic
//! (common random numbers; Law, Simulation Modeling and Analysis, 5th ed., 11.2).

use crate::stats::estimate::{Estimate, REPLICATIONS_FOR_INTERVAL, variance};
use crate::stats::unpaired::welch;

/// A mean difference with its interval, and what the pairing was worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paired {
    /// The mean of the differences; its interval holds together with those of all other
    /// comparisons at 95 % (Bonferroni).
    pub difference: Estimate,
    /// Half the width that the interval would have had without the pairing (Welch), corrected in
    /// the same way; `None` below
    /// [`REPLICATIONS_FOR_INTERVAL`] pairs.
    pub unpaired_half_width: Option<f64>,
    /// Correlation of the two sides; `None` if a side does not vary.
    pub correlation: Option<f64>,
    /// Share of the difference's variance that the pairing saved: negative if it cost some;
    /// `None` if neither side varies.
    pub variance_saved: Option<f64>,
    /// How many pairs there were.
    pub pairs: usize,
}

impl Paired {
    /// The difference `one - other` of pairs `(one, other)`, one of so many `comparisons`; `None`
    /// from no pair.
    pub fn of(pairs: &[(f64, f64)], comparisons: usize) -> Option<Self> {
        let differences = differences(pairs);
        let level = 1.0 - 0.05 / comparisons.max(1) as f64;
        let difference = Estimate::with_level(&differences, level)?;
        let (ones, others): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
        let (one, other) = (variance(&ones), variance(&others));
        let (apart, together) = (one + other, variance(&differences));
        let count = pairs.len() as f64;
        let has_interval = pairs.len() >= REPLICATIONS_FOR_INTERVAL;
        Some(Self {
            difference,
            unpaired_half_width: has_interval
                .then(|| welch([(one / count, count), (other / count, count)], level)),
            correlation: (one > 0.0 && other > 0.0)
                .then(|| (apart - together) / (2.0 * (one * other).sqrt())),
            variance_saved: (apart > 0.0).then(|| 1.0 - together / apart),
            pairs: pairs.len(),
        })
    }

    /// Whether the interval tells that there is a difference, and not only chance.
    pub fn is_significant(&self) -> bool {
        self.difference.excludes_zero()
    }

    /// How many times wider the interval would have been without the pairing.
    pub fn times_narrower(&self) -> Option<f64> {
        let paired = self.difference.half_width.filter(|&width| width > 0.0)?;
        Some(self.unpaired_half_width? / paired)
    }
}

/// The differences of pairs. What only the rounding of the sides tells apart is the same, so that
/// sides that vary alike leave no variance.
fn differences(pairs: &[(f64, f64)]) -> Vec<f64> {
    let sides = pairs.iter().flat_map(|&(one, other)| [one, other]);
    let rounding = 4.0 * f64::EPSILON * sides.map(f64::abs).fold(0.0, f64::max);
    let differences = pairs.iter().map(|(one, other)| one - other);
    let first = differences.clone().next().unwrap_or(0.0);
    let is_first = |difference: f64| (difference - first).abs() <= rounding;
    differences
        .map(|difference| {
            if is_first(difference) {
                first
            } else {
                difference
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Goal: the textbook's arithmetic. Method: differences 1, 2, 3, 4, 5 by hand.
    #[test]
    fn a_paired_interval_is_that_of_the_differences() {
        let pairs = [
            (11.0, 10.0),
            (22.0, 20.0),
            (33.0, 30.0),
            (44.0, 40.0),
            (55.0, 50.0),
        ];
        let paired = Paired::of(&pairs, 1).expect("five pairs");
        assert!((paired.difference.mean - 3.0).abs() < 1e-12);
        let half_width = paired.difference.half_width.expect("five pairs");
        assert!((half_width - 2.776_445 * 0.5_f64.sqrt()).abs() < 1e-5);
        assert!(paired.is_significant());
        assert!((paired.correlation.expect("both vary") - 1.0).abs() < 1e-12);
        // Variances 302.5 and 250 apart, 2.5 together.
        let saved = paired.variance_saved.expect("both vary");
        assert!((saved - (1.0 - 2.5 / 552.5)).abs() < 1e-12);
        // Unpaired: squared standard errors 50 and 60.5, Welch's degrees of freedom
        // (50 + 60.5)^2 / (50^2 / 4 + 60.5^2 / 4) = 7.9281, t of them at 0.975 by its table 2.3095.
        let unpaired = paired.unpaired_half_width.expect("five pairs");
        assert!(
            (unpaired - 2.309_5 * 110.5_f64.sqrt()).abs() < 2e-2,
            "{unpaired}"
        );
        let ratio = paired.times_narrower().expect("an interval");
        assert!(ratio > 10.0);
        assert!((ratio - unpaired / half_width).abs() < 1e-12);
    }

    #[test]
    fn a_side_that_does_not_vary_has_no_correlation() {
        let pairs: Vec<(f64, f64)> = (0..6).map(|i| (f64::from(i), 2.0)).collect();
        let swapped: Vec<(f64, f64)> = pairs.iter().map(|&(one, other)| (other, one)).collect();
        for pairs in [pairs, swapped] {
            let paired = Paired::of(&pairs, 1).expect("six pairs");
            assert_eq!(paired.correlation, None);
            assert!(paired.variance_saved.expect("one varies").abs() < 1e-12);
        }
    }

    #[test]
    fn more_comparisons_need_wider_intervals() {
        let pairs: Vec<(f64, f64)> = (0..10).map(|i| (f64::from(i % 3), 0.5)).collect();
        let width = |comparisons| {
            let paired = Paired::of(&pairs, comparisons).expect("pairs");
            paired.difference.half_width.expect("ten pairs")
        };
        // t(9) at 1 - 0.025 and at 1 - 0.0125.
        assert!((width(2) / width(1) - 2.685_011 / 2.262_157).abs() < 1e-5);
    }

    /// Goal: sides that vary alike differ by a constant, for certain.
    #[test]
    fn rounding_is_no_variance() {
        let pairs: Vec<(f64, f64)> = (1..=8)
            .map(|i| (f64::from(i) / 7.0 + 0.5, f64::from(i) / 7.0))
            .collect();
        let paired = Paired::of(&pairs, 1).expect("eight pairs");
        assert!((paired.difference.mean - 0.5).abs() < 1e-12 && paired.is_significant());
        assert_eq!(paired.difference.half_width, Some(0.0));
        assert_eq!(paired.times_narrower(), None);
    }

    /// Goal: the larger the sides, the more of their difference is rounding.
    #[test]
    fn rounding_is_in_proportion_to_the_sides() {
        let pairs: Vec<(f64, f64)> = (1..=8)
            .map(|i| 1e6 * f64::from(i))
            .map(|one| (one + 0.3, one))
            .collect();
        let paired = Paired::of(&pairs, 1).expect("eight pairs");
        assert_eq!(paired.difference.half_width, Some(0.0));
    }

    #[test]
    fn what_is_the_same_does_not_differ() {
        let paired = Paired::of(&[(1.0, 1.0); 8], 1).expect("pairs");
        assert!(!paired.is_significant());
        assert_eq!((paired.correlation, paired.variance_saved), (None, None));
        assert_eq!(Paired::of(&[], 1), None);
        let few = Paired::of(&[(1.0, 0.0); 4], 1).expect("pairs");
        assert!(few.difference.half_width.is_none() && !few.is_significant());
    }
}
