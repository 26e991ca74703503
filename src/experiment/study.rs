//! What is to be run: the checked study.

use crate::experiment::Replications;
use crate::model::{FleetSpec, PopulationId, RegionId};
use crate::units::{Ratio, SimDuration};

/// A checked scenario: a fleet, how often to run it, and what is expected of it.
#[derive(Clone, Debug)]
pub struct Study {
    /// The scenario's title.
    pub title: String,
    /// The fleet, its clients and its outages.
    pub fleet: FleetSpec,
    /// Seed, replications and the width of the timeline's windows.
    pub run: RunSpec,
    /// What is expected of the fleet.
    pub objectives: Vec<Objective>,
}

/// How a study is run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSpec {
    /// The seed that every stream's name contains.
    pub seed: u64,
    /// Number of independent runs.
    pub replications: Replications,
    /// The width of a window of the timeline; divides the measured period into at least one.
    pub window: SimDuration,
}

/// A promise about the measured period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Objective {
    /// Availability by request over the measured period is at least this.
    Availability(Ratio),
    /// A quantile of latency over the measured period is at most this.
    Latency {
        /// Which quantile, between 0 and 1.
        quantile: f64,
        /// The longest latency allowed at it.
        at_most: SimDuration,
    },
}

impl Objective {
    /// Whether a value (a share, or seconds) keeps the promise.
    pub fn is_kept_by(self, value: f64) -> bool {
        match self {
            Self::Availability(target) => value >= target.as_f64(),
            Self::Latency { at_most, .. } => value <= at_most.as_secs_f64(),
        }
    }
}

impl Study {
    /// The availability objective, if the study has one.
    pub fn availability_target(&self) -> Option<Ratio> {
        self.objectives
            .iter()
            .find_map(|objective| match objective {
                Objective::Availability(target) => Some(*target),
                Objective::Latency { .. } => None,
            })
    }

    /// A region's name.
    pub fn region_name(&self, region: RegionId) -> &str {
        &self.fleet.regions[region].name
    }

    /// A population's name.
    pub fn population_name(&self, population: PopulationId) -> &str {
        &self.fleet.populations[population].name
    }
}
