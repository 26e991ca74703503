//! What `summary.json` says of the configuration, the management plane, rollouts and operations.

use serde::{Deserialize, Serialize};

use crate::experiment::{
    ConfigResult, ManagementResult, OperationResult, RegionConfigResult, RolloutResult, Study,
    StudyResult, UseResult,
};
use crate::model::{DefectEffect, OperationKind, RolloutSpec};
use crate::report::figure::{Figure, Reached};
use crate::report::number::{Range, rounded};
use crate::stats::Estimate;

/// What the management plane did in the measured period.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct ManagementSummary {
    /// Share of the time in which it was up.
    pub availability: Figure,
    /// Operations, changes of the configuration among them.
    pub operations: UseSummary,
    /// Changes of the configuration.
    pub changes: UseCounts,
    /// Visits of the portal.
    pub portal: UseSummary,
}

/// How often something was wanted, over all replications.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct UseCounts {
    /// How often it was wanted.
    pub offered: u64,
    /// Of these, how often in vain.
    pub failed: u64,
}

/// How often something was wanted, over all replications, and how likely it was to be had.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct UseSummary {
    /// How often it was wanted.
    pub offered: u64,
    /// Of these, how often in vain.
    pub failed: u64,
    /// Served / offered.
    pub availability: Figure,
}

/// What became of the configuration.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct ConfigSummary {
    /// How long regions that serve differed, in the measured period.
    pub divergence_s: Figure,
    /// Accepted changes per replication that some secondary lacked when the primary failed.
    pub changes_unreplicated: Figure,
    /// Of these, those that are gone for good.
    pub changes_lost: Figure,
}

/// The configuration of a region over the measured period.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct RegionConfigSummary {
    /// Time since the release of the oldest change that it lacks (0 if it lacks none), averaged.
    pub staleness_s: Figure,
    /// Share of the time in which it lacked a change.
    pub stale_share: Figure,
    /// The largest staleness.
    pub staleness_max_s: Figure,
    /// Time since its last synchronization, averaged.
    pub sync_age_s: Figure,
    /// The largest of these times.
    pub sync_age_max_s: Figure,
    /// Changes that it had applied when the period ended.
    pub version: Figure,
}

/// How far a rollout came, and how far its harm reached.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct RolloutSummary {
    /// When it was to be accepted, from the start of the measured period.
    pub at_s: f64,
    /// What is wrong with it: `fails`, `slows` or `crashes`; `null` if nothing is.
    pub defect: Option<String>,
    /// Stages that it is planned in.
    pub stages: u32,
    /// Replications in which the management plane did not accept it.
    pub refused: u32,
    /// Stages that it was released to.
    pub stages_released: Figure,
    /// From `at_s` to its first harm.
    pub time_to_effect_s: Reached,
    /// From its first release until it stopped by itself.
    pub time_to_halt_s: Reached,
    /// From `at_s` to the release of a corrected version.
    pub time_to_correct_s: Reached,
    /// Share of the measured requests that failed because of it.
    pub blast_radius: Figure,
    /// Measured requests per replication that failed because of it.
    pub requests_failed: Figure,
    /// Regions that it did harm in.
    pub regions: Figure,
    /// Harm times regions, in seconds, in the whole run.
    pub region_seconds: Figure,
    /// From its first harm to the end of its last, or of the run.
    pub harm_s: Figure,
}

/// What became of an operation.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct OperationSummary {
    /// What it does.
    pub operation: String,
    /// To which region.
    pub region: String,
    /// When it is ordered, from the start of the measured period.
    pub at_s: f64,
    /// Replications in which the management plane did not accept it.
    pub refused: u32,
    /// Replications in which the management plane went down before it was done.
    pub aborted: u32,
    /// Replications in which it took effect.
    pub done: u32,
    /// From its order to its effect.
    pub time_to_effect_s: Reached,
    /// Failed requests per replication, because it took the region away, or its address.
    pub requests_failed: Figure,
}

fn share(estimate: &Estimate) -> Figure {
    Figure::new(Some(estimate), Range::Share)
}

fn positive(estimate: &Estimate) -> Figure {
    Figure::new(Some(estimate), Range::Positive)
}

impl ManagementSummary {
    pub(super) fn new(result: &ManagementResult) -> Self {
        let uses = |uses: &UseResult| UseSummary {
            offered: uses.offered,
            failed: uses.failed,
            availability: Figure::new(uses.availability.as_ref(), Range::Share),
        };
        Self {
            availability: share(&result.availability),
            operations: uses(&result.operations),
            changes: UseCounts {
                offered: result.changes.offered,
                failed: result.changes.failed,
            },
            portal: uses(&result.portal),
        }
    }

    /// Whether somebody wanted something of it.
    pub(super) fn is_used(&self) -> bool {
        self.operations.offered + self.portal.offered > 0
    }
}

impl ConfigSummary {
    pub(super) fn new(result: &ConfigResult) -> Self {
        Self {
            divergence_s: positive(&result.divergence_s),
            changes_unreplicated: positive(&result.changes_unreplicated),
            changes_lost: positive(&result.changes_lost),
        }
    }
}

impl RegionConfigSummary {
    pub(super) fn new(result: &RegionConfigResult) -> Self {
        Self {
            staleness_s: positive(&result.staleness_s),
            stale_share: share(&result.stale_share),
            staleness_max_s: positive(&result.staleness_max_s),
            sync_age_s: positive(&result.sync_age_s),
            sync_age_max_s: positive(&result.sync_age_max_s),
            version: positive(&result.version),
        }
    }

    /// The figures with the names and units that results give them.
    pub(super) fn entries(&self) -> [(&'static str, Figure, &'static str); 6] {
        [
            ("staleness", self.staleness_s, "s"),
            ("stale_share", self.stale_share, "1"),
            ("staleness_max", self.staleness_max_s, "s"),
            ("sync_age", self.sync_age_s, "s"),
            ("sync_age_max", self.sync_age_max_s, "s"),
            ("version", self.version, "changes"),
        ]
    }
}

impl RolloutSummary {
    /// All rollouts of a study.
    pub(super) fn all(study: &Study, result: &StudyResult) -> Vec<Self> {
        let Some(config) = &study.fleet.config else {
            return Vec::new();
        };
        let rollouts = result.rollouts.iter();
        rollouts
            .map(|rollout| Self::new(study, &config.rollouts[rollout.rollout], rollout))
            .collect()
    }

    fn new(study: &Study, spec: &RolloutSpec, result: &RolloutResult) -> Self {
        let effect = spec.defect.as_ref().map(|defect| defect.effect);
        Self {
            at_s: rounded(spec.at.as_secs_f64() - study.fleet.period.start().as_secs_f64()),
            defect: effect.map(|effect| defect_name(effect).to_owned()),
            stages: u32::try_from(spec.plan.stages.len()).expect("at most one a region"),
            refused: result.refused,
            stages_released: positive(&result.stages),
            time_to_effect_s: Reached::new(result.time_to_effect_s.as_ref()),
            time_to_halt_s: Reached::new(result.time_to_halt_s.as_ref()),
            time_to_correct_s: Reached::new(result.time_to_correct_s.as_ref()),
            blast_radius: Figure::new(result.blast_radius.as_ref(), Range::Share),
            requests_failed: positive(&result.failed),
            regions: positive(&result.regions),
            region_seconds: positive(&result.region_seconds),
            harm_s: positive(&result.harm_s),
        }
    }

    /// The figures with the names and units that results give them.
    pub(super) fn entries(&self) -> [(&'static str, Figure, &'static str); 9] {
        [
            ("stages_released", self.stages_released, "stages"),
            ("time_to_effect", self.time_to_effect_s.figure(), "s"),
            ("time_to_halt", self.time_to_halt_s.figure(), "s"),
            ("time_to_correct", self.time_to_correct_s.figure(), "s"),
            ("blast_radius", self.blast_radius, "1"),
            ("requests_failed", self.requests_failed, "requests"),
            ("regions", self.regions, "regions"),
            ("region_seconds", self.region_seconds, "s"),
            ("harm", self.harm_s, "s"),
        ]
    }
}

/// What a defect does, in scenarios and results.
fn defect_name(effect: DefectEffect) -> &'static str {
    match effect {
        DefectEffect::Fails(_) => "fails",
        DefectEffect::Slows(_) => "slows",
        DefectEffect::Crashes { .. } => "crashes",
    }
}

impl OperationSummary {
    /// All operations of a study.
    pub(super) fn all(study: &Study, result: &StudyResult) -> Vec<Self> {
        let operations = result.operations.iter();
        operations
            .map(|operation| Self::new(study, operation))
            .collect()
    }

    fn new(study: &Study, result: &OperationResult) -> Self {
        let spec = &study.fleet.management.operations[result.operation];
        let time_to_effect_s = Reached::new(result.time_to_effect_s.as_ref());
        Self {
            operation: operation_name(spec.kind).to_owned(),
            region: study.region_name(spec.region).to_owned(),
            at_s: rounded(spec.at.as_secs_f64() - study.fleet.period.start().as_secs_f64()),
            refused: result.refused,
            aborted: result.aborted,
            done: time_to_effect_s.reached,
            time_to_effect_s,
            requests_failed: positive(&result.requests_failed),
        }
    }
}

/// What an operation is called in scenarios and results.
fn operation_name(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::Add => "add",
        OperationKind::Remove => "remove",
        OperationKind::Disable => "disable",
        OperationKind::Enable => "enable",
        OperationKind::Scale { .. } => "scale",
        OperationKind::EnableZones => "enable_zones",
        OperationKind::ChangeSubnet => "change_subnet",
    }
}
