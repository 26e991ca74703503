//! A mean over replications with the interval it deserves.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// Fewest replications that an interval is given for.
pub const REPLICATIONS_FOR_INTERVAL: usize = 5;

/// A mean and the half-width of its 95 % confidence interval (Student's t over replications).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The mean over replications.
    pub mean: f64,
    /// Half the width of the 95 % interval; `None` below
    /// [`REPLICATIONS_FOR_INTERVAL`] replications.
    pub half_width: Option<f64>,
}

impl Estimate {
    /// The estimate from one value a replication, or `None` from no value.
    pub fn of(values: &[f64]) -> Option<Self> {
        Self::with_level(values, 0.95)
    }

    /// The same with an interval that holds the truth with probability `level`, below 1.
    pub fn with_level(values: &[f64], level: f64) -> Option<Self> {
        let mean = mean(values)?;
        let half_width = (values.len() >= REPLICATIONS_FOR_INTERVAL).then(|| {
            let count = values.len() as f64;
            t_quantile(level, count - 1.0) * (variance(values) / count).sqrt()
        });
        Some(Self { mean, half_width })
    }

    /// The interval's lower end, if there is an interval.
    pub fn low(&self) -> Option<f64> {
        self.half_width.map(|half_width| self.mean - half_width)
    }

    /// The interval's upper end, if there is an interval.
    pub fn high(&self) -> Option<f64> {
        self.half_width.map(|half_width| self.mean + half_width)
    }

    /// Whether the interval tells that it is not zero; without an interval it does not.
    pub fn excludes_zero(&self) -> bool {
        self.half_width
            .is_some_and(|half_width| self.mean.abs() > half_width)
    }

    /// The same estimate in another unit.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        Self {
            mean: self.mean * factor,
            half_width: self.half_width.map(|half_width| half_width * factor.abs()),
        }
    }
}

/// The mean of a sample; `None` of no value.
fn mean(values: &[f64]) -> Option<f64> {
    // A shifted mean is exact where all values are the same, however large the sum.
    let &first = values.first()?;
    let shifted = values.iter().map(|value| value - first);
    Some(first + shifted.sum::<f64>() / values.len() as f64)
}

/// The variance of a sample; 0 of fewer than two values.
pub(super) fn variance(values: &[f64]) -> f64 {
    let Some(mean) = mean(values).filter(|_| values.len() > 1) else {
        return 0.0;
    };
    let squares = values.iter().map(|value| (value - mean).powi(2));
    squares.sum::<f64>() / (values.len() as f64 - 1.0)
}

/// How many standard errors the ends of an interval of `level` lie from its middle.
pub(super) fn t_quantile(level: f64, degrees_of_freedom: f64) -> f64 {
    assert!(degrees_of_freedom > 0.0, "an interval needs two values");
    StudentsT::new(0.0, 1.0, degrees_of_freedom)
        .expect("the degrees of freedom are positive")
        .inverse_cdf(f64::midpoint(level, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_that_of_the_tables() {
        // Values 1..=5: mean 3, variance 2.5, t(4) = 2.776445.
        let estimate = Estimate::of(&[1.0, 2.0, 3.0, 4.0, 5.0]).expect("values");
        assert!((estimate.mean - 3.0).abs() < 1e-12);
        let expected = 2.776_445 * (2.5_f64 / 5.0).sqrt();
        assert!((estimate.half_width.expect("five values") - expected).abs() < 1e-5);
    }

    #[test]
    fn the_ends_lie_half_a_width_from_the_mean() {
        let estimate = Estimate {
            mean: 7.0,
            half_width: Some(3.0),
        };
        assert_eq!((estimate.low(), estimate.high()), (Some(4.0), Some(10.0)));
        let scaled = estimate.scaled(-10.0);
        assert_eq!((scaled.low(), scaled.high()), (Some(-100.0), Some(-40.0)));
        let bare = Estimate {
            half_width: None,
            ..estimate
        };
        assert_eq!((bare.low(), bare.high()), (None, None));
    }

    #[test]
    fn one_value_does_not_vary() {
        assert!(variance(&[5.0]).abs() < 1e-12 && variance(&[]).abs() < 1e-12);
    }

    #[test]
    fn an_interval_that_ends_at_zero_does_not_exclude_it() {
        let touching = Estimate {
            mean: -3.0,
            half_width: Some(3.0),
        };
        assert!(!touching.excludes_zero());
        let clear = Estimate {
            mean: -3.1,
            ..touching
        };
        assert!(clear.excludes_zero());
    }

    #[test]
    fn four_values_have_no_interval() {
        let estimate = Estimate::of(&[1.0, 2.0, 3.0, 4.0]).expect("values");
        assert_eq!(estimate.half_width, None);
        assert_eq!(Estimate::of(&[]), None);
    }
}
