//! The distributions a scenario can name, sampled to whole nanoseconds.
//!
//! People know percentiles, not the parameters of a textbook, so constructors take medians,
//! means and coefficients of variation. Samples are drawn in floating point and rounded to
//! nanoseconds, which hides the last-bit differences between mathematical libraries.

use rand_distr::{Distribution as _, Gamma};

use crate::random::Stream;
use crate::units::SimDuration;

/// The 99th percentile of the standard normal distribution.
const NORMAL_P99: f64 = 2.326_347_874_040_841;

/// How long something takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    family: Family,
    mean: SimDuration,
    /// Variance divided by the square of the mean.
    scv: f64,
}

#[derive(Clone, Debug, PartialEq)]
enum Family {
    Constant,
    Exponential { mean_ns: f64 },
    LogNormal { mu: f64, sigma: f64 },
    Gamma { law: Gamma<f64> },
    Uniform { min_ns: f64, width_ns: f64 },
    Weibull { scale_ns: f64, inverse_shape: f64 },
    Pareto { min_ns: f64, inverse_shape: f64 },
    Empirical { values: Vec<SimDuration> },
}

/// Why parameters do not describe a distribution: a sentence part for an error message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistributionError(pub String);

impl Distribution {
    /// Always the same.
    pub fn constant(value: SimDuration) -> Self {
        Self {
            family: Family::Constant,
            mean: value,
            scv: 0.0,
        }
    }

    /// Memoryless, with a mean.
    ///
    /// # Errors
    /// If the mean is zero.
    pub fn exponential(mean: SimDuration) -> Result<Self, DistributionError> {
        positive(mean, "mean")?;
        let mean_ns = mean.as_ns() as f64;
        Ok(Self {
            family: Family::Exponential { mean_ns },
            mean,
            scv: 1.0,
        })
    }

    /// Log-normal with a median and a 99th percentile.
    ///
    /// # Errors
    /// If the median is zero or not below the 99th percentile.
    pub fn lognormal_p50_p99(
        p50: SimDuration,
        p99: SimDuration,
    ) -> Result<Self, DistributionError> {
        positive(p50, "p50")?;
        if p99 <= p50 {
            return Err(DistributionError("p99 must be greater than p50".into()));
        }
        let mu = (p50.as_ns() as f64).ln();
        let sigma = ((p99.as_ns() as f64).ln() - mu) / NORMAL_P99;
        Ok(Self::lognormal(mu, sigma))
    }

    /// Log-normal with a mean and a coefficient of variation (standard deviation / mean).
    ///
    /// # Errors
    /// If the mean or the coefficient is not positive.
    pub fn lognormal_mean_cv(mean: SimDuration, cv: f64) -> Result<Self, DistributionError> {
        positive(mean, "mean")?;
        positive_number(cv, "cv")?;
        let variance = (cv * cv).ln_1p();
        let mu = (mean.as_ns() as f64).ln() - variance / 2.0;
        Ok(Self::lognormal(mu, variance.sqrt()))
    }

    fn lognormal(mu: f64, sigma: f64) -> Self {
        Self {
            family: Family::LogNormal { mu, sigma },
            mean: SimDuration::from_ns_f64((mu + sigma * sigma / 2.0).exp()),
            scv: (sigma * sigma).exp_m1(),
        }
    }

    /// Gamma with a mean and a coefficient of variation.
    ///
    /// # Errors
    /// If the mean or the coefficient is not positive.
    pub fn gamma(mean: SimDuration, cv: f64) -> Result<Self, DistributionError> {
        positive(mean, "mean")?;
        positive_number(cv, "cv")?;
        let shape = 1.0 / (cv * cv);
        let law = Gamma::new(shape, mean.as_ns() as f64 / shape)
            .map_err(|_| DistributionError(format!("cv = {cv} is out of range")))?;
        Ok(Self {
            family: Family::Gamma { law },
            mean,
            scv: cv * cv,
        })
    }

    /// Any length from `min` to `max`, all equally likely.
    ///
    /// # Errors
    /// If `max` is not greater than `min`.
    pub fn uniform(min: SimDuration, max: SimDuration) -> Result<Self, DistributionError> {
        if max <= min {
            return Err(DistributionError("max must be greater than min".into()));
        }
        let (low, high) = (min.as_ns() as f64, max.as_ns() as f64);
        let mean = f64::midpoint(low, high);
        let variance = (high - low).powi(2) / 12.0;
        Ok(Self {
            family: Family::Uniform {
                min_ns: low,
                width_ns: high - low,
            },
            mean: SimDuration::from_ns_f64(mean),
            scv: variance / (mean * mean),
        })
    }

    /// Weibull with a mean and a shape (below 1: heavier than exponential).
    ///
    /// # Errors
    /// If the mean is zero or the shape is outside 0.1 to 100.
    pub fn weibull(mean: SimDuration, shape: f64) -> Result<Self, DistributionError> {
        positive(mean, "mean")?;
        if !(0.1..=100.0).contains(&shape) {
            return Err(DistributionError("shape must be from 0.1 to 100".into()));
        }
        let gamma = statrs::function::gamma::gamma;
        let (first, second) = (gamma(1.0 + 1.0 / shape), gamma(1.0 + 2.0 / shape));
        Ok(Self {
            family: Family::Weibull {
                scale_ns: mean.as_ns() as f64 / first,
                inverse_shape: 1.0 / shape,
            },
            mean,
            scv: second / (first * first) - 1.0,
        })
    }

    /// Pareto from a smallest value on, with a shape (the smaller, the heavier the tail).
    ///
    /// # Errors
    /// If `min` is zero or the shape is not above 1 (below that there is no mean). With a shape
    /// of at most 2 the variance is infinite and [`Distribution::scv`] says so.
    pub fn pareto(min: SimDuration, shape: f64) -> Result<Self, DistributionError> {
        positive(min, "min")?;
        if !(shape > 1.0 && shape.is_finite()) {
            return Err(DistributionError("shape must be greater than 1".into()));
        }
        let scv = if shape > 2.0 {
            1.0 / (shape * (shape - 2.0))
        } else {
            f64::INFINITY
        };
        Ok(Self {
            family: Family::Pareto {
                min_ns: min.as_ns() as f64,
                inverse_shape: 1.0 / shape,
            },
            mean: min.scaled(shape / (shape - 1.0)),
            scv,
        })
    }

    /// One of the measured values, all equally likely.
    ///
    /// # Errors
    /// If there are none, or more than 2^32.
    pub fn empirical(values: Vec<SimDuration>) -> Result<Self, DistributionError> {
        if values.is_empty() || u32::try_from(values.len()).is_err() {
            return Err(DistributionError("there must be at least one value".into()));
        }
        let count = values.len() as f64;
        let mean = values.iter().map(|v| v.as_ns() as f64).sum::<f64>() / count;
        let squares = values.iter().map(|v| (v.as_ns() as f64 - mean).powi(2));
        let variance = squares.sum::<f64>() / count;
        Ok(Self {
            family: Family::Empirical { values },
            mean: SimDuration::from_ns_f64(mean),
            scv: if mean > 0.0 {
                variance / (mean * mean)
            } else {
                0.0
            },
        })
    }

    /// The mean.
    pub fn mean(&self) -> SimDuration {
        self.mean
    }

    /// The squared coefficient of variation: variance / mean²; infinite for heavy tails.
    pub fn scv(&self) -> f64 {
        self.scv
    }

    /// Draws what is left of a length at a time that has nothing to do with it: of a process that
    /// has renewed itself for ever, one looks at a length the likelier the longer it is, and at any
    /// point of it (Cox, Renewal Theory, 1962, chapter 5). The mean must not be zero.
    pub fn sample_rest(&self, stream: &mut Stream) -> SimDuration {
        let whole_ns = match &self.family {
            Family::Constant => self.mean.as_ns() as f64,
            Family::Exponential { mean_ns } => {
                mean_ns * (stream.exponential() + stream.exponential())
            }
            Family::LogNormal { mu, sigma } => (mu + sigma * (sigma + stream.normal())).exp(),
            Family::Gamma { .. } => {
                let scale_ns = self.mean.as_ns() as f64 * self.scv;
                gamma(1.0 + 1.0 / self.scv, stream) * scale_ns
            }
            Family::Uniform { min_ns, width_ns } => {
                let [low, high] = [*min_ns, min_ns + width_ns].map(|end| end * end);
                (low + (high - low) * stream.unit()).sqrt()
            }
            Family::Weibull {
                scale_ns,
                inverse_shape,
            } => scale_ns * gamma(1.0 + inverse_shape, stream).powf(*inverse_shape),
            // Where the mean is finite, the shape is one less.
            Family::Pareto {
                min_ns,
                inverse_shape,
            } => min_ns * (1.0 - stream.unit()).powf(-inverse_shape / (1.0 - inverse_shape)),
            Family::Empirical { values } => {
                let total: f64 = values.iter().map(|value| value.as_ns() as f64).sum();
                let mut left = total * stream.unit();
                let mut whole = values.iter().map(|value| value.as_ns() as f64);
                let found = whole.find(|value| {
                    left -= value;
                    left < 0.0
                });
                found.unwrap_or_default()
            }
        };
        SimDuration::from_ns_f64(whole_ns).scaled(stream.unit())
    }

    /// Draws one length.
    pub fn sample(&self, stream: &mut Stream) -> SimDuration {
        SimDuration::from_ns_f64(match &self.family {
            Family::Constant => return self.mean,
            Family::Exponential { mean_ns } => mean_ns * stream.exponential(),
            Family::LogNormal { mu, sigma } => (mu + sigma * stream.normal()).exp(),
            Family::Gamma { law } => law.sample(stream),
            Family::Uniform { min_ns, width_ns } => min_ns + width_ns * stream.unit(),
            Family::Weibull {
                scale_ns,
                inverse_shape,
            } => scale_ns * stream.exponential().powf(*inverse_shape),
            Family::Pareto {
                min_ns,
                inverse_shape,
            } => min_ns * (1.0 - stream.unit()).powf(-inverse_shape),
            Family::Empirical { values } => {
                let count = u32::try_from(values.len()).expect("checked when it was made");
                return values[stream.below(count) as usize];
            }
        })
    }
}

/// Draws a number of the gamma distribution of a shape above 1 and scale 1.
fn gamma(shape: f64, stream: &mut Stream) -> f64 {
    let law = Gamma::new(shape, 1.0);
    law.expect("a shape above 1 is in range").sample(stream)
}

fn positive(length: SimDuration, name: &str) -> Result<(), DistributionError> {
    if length.is_zero() {
        return Err(DistributionError(format!("{name} must be greater than 0")));
    }
    Ok(())
}

fn positive_number(value: f64, name: &str) -> Result<(), DistributionError> {
    if value > 0.0 && value.is_finite() {
        return Ok(());
    }
    Err(DistributionError(format!("{name} must be greater than 0")))
}
