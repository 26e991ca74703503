//! `rollouts.csv`: how far each rollout came, and how far its harm reached.

use serde::{Deserialize, Serialize};

use crate::report::config_summary::RolloutSummary;
use crate::report::summary::Summary;

/// A row of `rollouts.csv`. Figures are means per replication; counts are of replications.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct RolloutRow {
    /// When it was to be accepted, from the start of the measured period.
    pub at_s: f64,
    /// What is wrong with it; empty if nothing is.
    pub defect: Option<String>,
    /// Stages that it is planned in.
    pub stages: u32,
    /// The management plane did not accept it.
    pub refused_count: u32,
    /// Stages that it was released to.
    pub stages_released: Option<f64>,
    /// From `at_s` to its first harm.
    pub time_to_effect_s: Option<f64>,
    /// It did harm.
    pub effect_count: u32,
    /// From its first release until it stopped by itself.
    pub time_to_halt_s: Option<f64>,
    /// Lower end of its interval.
    pub time_to_halt_ci95_low_s: Option<f64>,
    /// Upper end of its interval.
    pub time_to_halt_ci95_high_s: Option<f64>,
    /// It stopped by itself.
    pub halted_count: u32,
    /// From `at_s` to the release of a corrected version.
    pub time_to_correct_s: Option<f64>,
    /// Lower end of its interval.
    pub time_to_correct_ci95_low_s: Option<f64>,
    /// Upper end of its interval.
    pub time_to_correct_ci95_high_s: Option<f64>,
    /// A corrected version was released.
    pub corrected_count: u32,
    /// Share of the measured requests that failed because of it.
    pub blast_radius: Option<f64>,
    /// Lower end of its interval.
    pub blast_radius_ci95_low: Option<f64>,
    /// Upper end of its interval.
    pub blast_radius_ci95_high: Option<f64>,
    /// Measured requests that failed because of it.
    pub requests_failed: Option<f64>,
    /// Regions that it did harm in.
    pub regions: Option<f64>,
    /// Harm times regions.
    pub region_seconds: Option<f64>,
    /// From its first harm to the end of its last, or of the run.
    pub harm_s: Option<f64>,
}

/// The rows of `rollouts.csv`.
pub(super) fn rows(summary: &Summary) -> Vec<RolloutRow> {
    summary.rollouts.iter().map(row).collect()
}

fn row(rollout: &RolloutSummary) -> RolloutRow {
    let (halt, correct) = (
        rollout.time_to_halt_s.figure(),
        rollout.time_to_correct_s.figure(),
    );
    let radius = &rollout.blast_radius;
    RolloutRow {
        at_s: rollout.at_s,
        defect: rollout.defect.clone(),
        stages: rollout.stages,
        refused_count: rollout.refused,
        stages_released: rollout.stages_released.mean,
        time_to_effect_s: rollout.time_to_effect_s.mean,
        effect_count: rollout.time_to_effect_s.reached,
        time_to_halt_s: halt.mean,
        time_to_halt_ci95_low_s: halt.low(),
        time_to_halt_ci95_high_s: halt.high(),
        halted_count: rollout.time_to_halt_s.reached,
        time_to_correct_s: correct.mean,
        time_to_correct_ci95_low_s: correct.low(),
        time_to_correct_ci95_high_s: correct.high(),
        corrected_count: rollout.time_to_correct_s.reached,
        blast_radius: radius.mean,
        blast_radius_ci95_low: radius.low(),
        blast_radius_ci95_high: radius.high(),
        requests_failed: rollout.requests_failed.mean,
        regions: rollout.regions.mean,
        region_seconds: rollout.region_seconds.mean,
        harm_s: rollout.harm_s.mean,
    }
}
