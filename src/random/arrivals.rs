//! When the next one comes.

use crate::random::Stream;
use crate::units::{Rate, SimDuration, SimTime};

/// A Poisson process: independent arrivals at a constant rate.
#[derive(Clone, Debug)]
pub struct Arrivals {
    mean_gap_ns: f64,
    stream: Stream,
}

impl Arrivals {
    /// Arrivals at `rate` drawn from `stream`, or `None` at a rate of zero.
    pub fn new(rate: Rate, stream: Stream) -> Option<Self> {
        (rate.as_per_s() > 0.0).then(|| Self {
            mean_gap_ns: 1e9 / rate.as_per_s(),
            stream,
        })
    }

    /// The arrival that follows one at `now`.
    pub fn after(&mut self, now: SimTime) -> SimTime {
        now + SimDuration::from_ns_f64(self.mean_gap_ns * self.stream.exponential())
    }
}
