//! How regular arrivals are, at a given rate: by chance, evenly, in between, or in bursts.
//!
//! A process says how the clock of the integrated rate is divided: its gaps have mean 1 there
//! (Gerhardt and Nelson, "Transforming renewal processes for simulation of nonstationary arrival
//! processes", 2009). What this file is not: it knows no rate and no time.

use rand_distr::{Distribution as _, Gamma};

use crate::random::{DistributionError, Stream};
use crate::units::SimDuration;

/// How arrivals follow each other.
#[derive(Clone, Debug, PartialEq)]
pub struct ArrivalProcess {
    pub(super) kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Poisson,
    Constant,
    Gamma(GammaGaps),
    Bursts(Bursts),
}

/// Gaps of mean 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct GammaGaps {
    gap: Gamma<f64>,
    /// The gap that a given time is in: long ones are met more often.
    met: Gamma<f64>,
}

/// A Poisson process whose rate alternates, as a chain with two states decides: during a burst it
/// is `factor` times the mean, between bursts what is left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bursts {
    factor: f64,
    rest: f64,
    mean_on_ns: f64,
    mean_off_ns: f64,
}

/// The shortest bursts and pauses: shorter ones are noise that only costs time.
const TURN_MIN: SimDuration = SimDuration::from_millis(1);

impl ArrivalProcess {
    /// Independent arrivals: a Poisson process.
    pub const POISSON: Self = Self {
        kind: Kind::Poisson,
    };

    /// One gap like the other. Only the first is drawn, so that populations are not in step.
    pub const CONSTANT: Self = Self {
        kind: Kind::Constant,
    };

    /// Independent gaps with a coefficient of variation (standard deviation / mean): more regular
    /// than Poisson below 1, less above.
    ///
    /// # Errors
    /// If the coefficient is outside 0.01 to 100.
    pub fn gamma(cv: f64) -> Result<Self, DistributionError> {
        if !(0.01..=100.0).contains(&cv) {
            return Err(DistributionError("cv must be from 0.01 to 100".into()));
        }
        let shape = 1.0 / (cv * cv);
        let law = |shape| {
            Gamma::new(shape, cv * cv)
                .map_err(|_| DistributionError(format!("cv = {cv} is out of range")))
        };
        let gaps = GammaGaps {
            gap: law(shape)?,
            met: law(shape + 1.0)?,
        };
        Ok(Self {
            kind: Kind::Gamma(gaps),
        })
    }

    /// A Poisson process whose rate, during bursts, is `factor` times the mean; lengths of bursts
    /// and of the pauses between them are exponential.
    ///
    /// # Errors
    /// If the factor is below 1, a length is below a millisecond, or the bursts bring more than
    /// all arrivals.
    pub fn bursts(
        factor: f64,
        mean_on: SimDuration,
        mean_off: SimDuration,
    ) -> Result<Self, DistributionError> {
        let error = |problem: String| Err(DistributionError(problem));
        if !(factor >= 1.0 && factor.is_finite()) {
            return error("factor must be at least 1".into());
        }
        if mean_on.min(mean_off) < TURN_MIN {
            return error("mean_on and mean_off must be at least 1ms".into());
        }
        let [mean_on_ns, mean_off_ns] = [mean_on, mean_off].map(|mean| mean.as_ns() as f64);
        let share = mean_on_ns / (mean_on_ns + mean_off_ns);
        let factor_max = 1.0 / share;
        if factor > factor_max * (1.0 + 1e-9) {
            return error(format!(
                "with bursts for {:.3} % of the time, factor can be at most {factor_max:.3}",
                share * 100.0
            ));
        }
        let bursts = Bursts {
            factor,
            rest: ((1.0 - factor * share) / (1.0 - share)).max(0.0),
            mean_on_ns,
            mean_off_ns,
        };
        Ok(Self {
            kind: Kind::Bursts(bursts),
        })
    }
}

impl GammaGaps {
    pub(super) fn next(&self, stream: &mut Stream) -> f64 {
        self.gap.sample(stream)
    }

    /// What is left of the gap that the start is in (the equilibrium of the renewal process).
    pub(super) fn first(&self, stream: &mut Stream) -> f64 {
        stream.unit() * self.met.sample(stream)
    }
}

impl Bursts {
    /// The rate as a multiple of the mean.
    pub(super) fn factor(&self, is_on: bool) -> f64 {
        if is_on { self.factor } else { self.rest }
    }

    /// How long a burst or a pause lasts, in nanoseconds.
    pub(super) fn turn(&self, is_on: bool, stream: &mut Stream) -> f64 {
        let mean = if is_on {
            self.mean_on_ns
        } else {
            self.mean_off_ns
        };
        mean * stream.exponential()
    }

    /// Whether a burst is met at a time of which nothing is known.
    pub(super) fn is_met(&self, stream: &mut Stream) -> bool {
        stream.unit() * (self.mean_on_ns + self.mean_off_ns) < self.mean_on_ns
    }
}
