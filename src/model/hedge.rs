//! When clients hedge: a second attempt before the first has ended (Dean and Barroso, "The Tail at
//! Scale", Communications of the ACM 56(2), 2013).
//!
//! The first attempt of a request is hedged once, if the retry budget allows it.

use crate::model::client::{HedgeDelay, HedgeSpec};
use crate::units::SimDuration;

/// How far the logarithm of a measured delay moves at most for one request.
const STEP: f64 = 0.01;

/// When the clients of a population hedge.
#[derive(Clone, Debug)]
pub(crate) struct Hedges<'s> {
    spec: &'s HedgeSpec,
    delay: SimDuration,
}

impl<'s> Hedges<'s> {
    /// Clients that have measured nothing yet, and think that an answer takes about this long.
    pub(crate) fn new(spec: &'s HedgeSpec, typical: SimDuration) -> Self {
        let delay = match spec.after {
            HedgeDelay::Fixed(delay) => delay,
            HedgeDelay::Quantile(_) => typical.max(SimDuration::from_millis(1)),
        };
        Self { spec, delay }
    }

    /// How long they wait for a first attempt now.
    pub(crate) fn delay(&self) -> SimDuration {
        self.delay
    }

    /// Whether a hedge goes to another region than the first attempt.
    pub(crate) fn is_elsewhere(&self) -> bool {
        self.spec.elsewhere
    }

    /// Measures: a first attempt has ended within the delay, or not. Stochastic approximation of
    /// the quantile (Robbins and Monro, 1951): in the long run just its share ends in time.
    pub(crate) fn measure(&mut self, is_in_time: bool) {
        let HedgeDelay::Quantile(quantile) = self.spec.after else {
            return;
        };
        let step = if is_in_time { quantile - 1.0 } else { quantile };
        self.delay = self.delay.scaled((STEP * step).exp());
    }
}
