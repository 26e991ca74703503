//! What is to be run: the checked study.

use crate::experiment::{Objective, Replications};
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

impl Study {
    /// The availability objective of all clients, if the study has one.
    pub fn availability_target(&self) -> Option<Ratio> {
        let mut objectives = self.objectives.iter();
        objectives.find_map(Objective::availability_of_fleet)
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
