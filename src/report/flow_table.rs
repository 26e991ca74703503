//! `flows.csv`: who went where, before, during and after the outages.

use serde::{Deserialize, Serialize};

use crate::experiment::{Study, StudyResult};
use crate::metrics::Phase;
use crate::report::table::{cell, name_of};

/// A row of `flows.csv`: the attempts of a population to a region in a phase; there is none for
/// those who sent nothing.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct FlowRow {
    /// When they were sent: `before`, `during` or `after` the outages.
    pub phase: String,
    /// Who sent them.
    pub population: String,
    /// Where to.
    pub region: String,
    /// How many, over all replications.
    pub attempts: u64,
}

/// All rows.
pub(super) fn rows(study: &Study, result: &StudyResult) -> Vec<FlowRow> {
    let mut rows = Vec::new();
    for phase in Phase::ALL {
        for (population, flows) in study.fleet.populations.iter().zip(&result.flows) {
            for (region, counts) in study.fleet.regions.iter().zip(flows) {
                let attempts = counts[phase as usize];
                if attempts > 0 {
                    rows.push(FlowRow {
                        phase: phase.name().to_owned(),
                        population: population.name.clone(),
                        region: region.name.clone(),
                        attempts,
                    });
                }
            }
        }
    }
    rows
}

impl FlowRow {
    /// As it stands in the file.
    pub(super) fn written(&self) -> Self {
        Self {
            population: cell(&self.population),
            region: cell(&self.region),
            ..self.clone()
        }
    }

    /// As it was before it was written.
    pub(super) fn restored(self) -> Self {
        Self {
            population: name_of(&self.population).to_owned(),
            region: name_of(&self.region).to_owned(),
            ..self
        }
    }
}
