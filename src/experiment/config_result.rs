//! What became of the configuration: ages, versions, and how far rollouts and their harm reached.
//!
//! Times are seconds, shares are 0 to 1; over replications, as all results.

use crate::experiment::milestone::Milestone;
use crate::model::RolloutId;
use crate::stats::Estimate;

/// The configuration of the fleet.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigResult {
    /// How long regions that serve differed, in the period.
    pub divergence_s: Estimate,
    /// Accepted changes that some secondary lacked when the primary failed.
    pub changes_unreplicated: Estimate,
    /// Of these, those that are gone for good.
    pub changes_lost: Estimate,
}

/// The configuration of a region over the period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RegionConfigResult {
    /// Staleness, averaged over time.
    pub staleness_s: Estimate,
    /// Share of the time in which it lacked a change.
    pub stale_share: Estimate,
    /// The largest staleness.
    pub staleness_max_s: Estimate,
    /// Time since its last synchronization, averaged over time.
    pub sync_age_s: Estimate,
    /// The largest of these times.
    pub sync_age_max_s: Estimate,
    /// Its version when the period ended.
    pub version: Estimate,
}

/// The configuration of a region in one window, averaged over it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConfigWindow {
    /// Changes applied.
    pub version: Estimate,
    /// Changes released to it that it has not applied.
    pub behind: Estimate,
    /// Time since its last synchronization.
    pub sync_age_s: Estimate,
    /// Time since the release of the oldest change that it lacks.
    pub staleness_s: Estimate,
    /// Share of the window in which a change did harm there.
    pub bad: Estimate,
}

/// How far a rollout came, and how far its harm reached.
#[derive(Clone, Debug, PartialEq)]
pub struct RolloutResult {
    /// Which rollout.
    pub rollout: RolloutId,
    /// In how many replications the management plane did not accept it.
    pub refused: u32,
    /// Stages that it was released to.
    pub stages: Estimate,
    /// From when it was to be accepted to its first harm.
    pub time_to_effect_s: Option<Milestone>,
    /// From its first release until it stopped by itself.
    pub time_to_halt_s: Option<Milestone>,
    /// From when it was to be accepted to the release of a corrected version.
    pub time_to_correct_s: Option<Milestone>,
    /// Share of the measured requests that failed because of it.
    pub blast_radius: Option<Estimate>,
    /// Measured requests per replication that failed because of it.
    pub failed: Estimate,
    /// Regions that it did harm in.
    pub regions: Estimate,
    /// Harm times regions.
    pub region_seconds: Estimate,
    /// From its first harm to the end of its last, or of the run.
    pub harm_s: Estimate,
}
