//! What is expected of a fleet: a promise, whom it is about, and what it is judged by.
//!
//! The kinds of promises are those of service-level objectives as `OpenSLO` words them: a ratio of
//! good requests, a ratio of good slices of time, a threshold of a quantile.

use crate::metrics::Phase;
use crate::units::{Ratio, SimDuration};

/// A promise about the measured period.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// Whom or what it is about.
    pub subject: Subject,
    /// What is promised.
    pub promise: Promise,
    /// What decides whether it is kept.
    pub judgment: Judgment,
}

/// Whom or what a promise is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// All clients.
    Fleet,
    /// The requests whose last attempt went to the region of this name.
    Region(String),
    /// The clients of the population of this name.
    Population(String),
    /// All clients, in one phase.
    Phase(Phase),
}

/// What is promised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Promise {
    /// At least this share of requests succeeds.
    Availability(Ratio),
    /// At least a share of the windows of the timeline has an availability.
    Timeslices {
        /// The availability that makes a window good.
        availability: Ratio,
        /// The least share of good windows.
        at_least: Ratio,
    },
    /// A quantile of latency is at most this.
    Latency {
        /// Which quantile, between 0 and 1.
        quantile: f64,
        /// The longest latency allowed at it.
        at_most: SimDuration,
    },
    /// After every outage all is well again within this time.
    TimeToRecover(SimDuration),
    /// All outages together lose at most so many requests a replication.
    RequestsLost(u64),
    /// No outage spends more than a share of the error budget of 30 days.
    ErrorBudget {
        /// The availability that the budget is the complement of.
        availability: Ratio,
        /// The largest share of it.
        at_most: Ratio,
    },
}

/// What decides whether a promise is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Judgment {
    /// The estimate keeps it.
    #[default]
    Estimate,
    /// The whole of the estimate's 95 % interval keeps it.
    Interval,
}

impl Objective {
    /// A promise to all clients that is judged by the estimate.
    pub fn of_fleet(promise: Promise) -> Self {
        Self {
            subject: Subject::Fleet,
            promise,
            judgment: Judgment::Estimate,
        }
    }

    /// The availability that is promised to all clients, if this is that promise.
    pub fn availability_of_fleet(&self) -> Option<Ratio> {
        match (&self.subject, self.promise) {
            (Subject::Fleet, Promise::Availability(target)) => Some(target),
            _ => None,
        }
    }
}

impl Promise {
    /// Whether a value (a share, seconds, or a number of requests) keeps the promise.
    pub fn is_kept_by(self, value: f64) -> bool {
        match self {
            Self::Availability(at_least) | Self::Timeslices { at_least, .. } => {
                value >= at_least.as_f64()
            }
            Self::Latency { at_most, .. } | Self::TimeToRecover(at_most) => {
                value <= at_most.as_secs_f64()
            }
            Self::RequestsLost(at_most) => value <= at_most as f64,
            Self::ErrorBudget { at_most, .. } => value <= at_most.as_f64(),
        }
    }
}
