//! Estimates of what became of the configuration, the management plane, rollouts and operations.

use crate::experiment::config_result::{
    ConfigResult, ConfigWindow, RegionConfigResult, RolloutResult,
};
use crate::experiment::management_result::{
    ManagementResult, ManagementWindow, OperationResult, UseResult,
};
use crate::experiment::mean::{count, mean, mean_of_all, milestone};
use crate::experiment::study::Study;
use crate::metrics::{
    ConfigRecord, ConfigWindowRecord, ManagementRecord, ManagementUse, OperationEnd,
    OperationRecord, RegionConfigRecord, Replication, RolloutRecord, Uses,
};
use crate::model::RegionId;
use crate::stats::Estimate;

/// The management plane; `None` if nobody used it and it was always up.
pub(super) fn management(replications: &[Replication]) -> Option<ManagementResult> {
    let records: Vec<&ManagementRecord> = replications.iter().map(|r| &r.management).collect();
    let is_idle = |record: &&ManagementRecord| {
        let ManagementUse {
            operations, portal, ..
        } = record.overall;
        operations.offered + portal.offered == 0 && record.overall.up >= 1.0
    };
    if records.iter().all(is_idle) {
        return None;
    }
    let of = |part: fn(&ManagementUse) -> Uses| {
        let uses: Vec<Uses> = records.iter().map(|r| part(&r.overall)).collect();
        UseResult {
            offered: uses.iter().map(|uses| u64::from(uses.offered)).sum(),
            failed: uses.iter().map(|uses| u64::from(uses.failed)).sum(),
            availability: mean(&uses, Uses::availability),
        }
    };
    Some(ManagementResult {
        availability: mean_of_all(&records, |record| record.overall.up),
        operations: of(|overall| overall.operations),
        changes: of(|overall| overall.changes),
        portal: of(|overall| overall.portal),
    })
}

/// The management plane in one window.
pub(super) fn management_window(replications: &[Replication], window: usize) -> ManagementWindow {
    let of = |value: fn(&ManagementUse) -> f64| {
        mean_of_all(replications, |r| value(&r.management.windows[window]))
    };
    ManagementWindow {
        operations: of(|uses| uses.operations.offered.into()),
        operations_failed: of(|uses| uses.operations.failed.into()),
        portal: of(|uses| uses.portal.offered.into()),
        portal_failed: of(|uses| uses.portal.failed.into()),
        up: of(|uses| uses.up),
    }
}

/// The records of the configuration; `None` if it is not modeled.
fn records(replications: &[Replication]) -> Option<Vec<&ConfigRecord>> {
    replications.iter().map(|r| r.config.as_ref()).collect()
}

/// The configuration; `None` if it is not modeled.
pub(super) fn config(replications: &[Replication]) -> Option<ConfigResult> {
    let records = records(replications)?;
    Some(ConfigResult {
        divergence_s: mean_of_all(&records, |r| r.divergence_s),
        changes_unreplicated: mean_of_all(&records, |r| r.unreached.unreplicated.into()),
        changes_lost: mean_of_all(&records, |r| r.unreached.lost.into()),
    })
}

/// The share of each window in which regions differed.
pub(super) fn divergence(replications: &[Replication]) -> Option<Vec<Estimate>> {
    let records = records(replications)?;
    let windows = 0..records.first()?.divergence.len();
    Some(
        windows
            .map(|window| mean_of_all(&records, |r| r.divergence[window]))
            .collect(),
    )
}

/// The configuration of a region.
pub(super) fn region(replications: &[Replication], id: RegionId) -> Option<RegionConfigResult> {
    let records = records(replications)?;
    let of =
        |value: fn(&RegionConfigRecord) -> f64| mean_of_all(&records, |r| value(&r.regions[id]));
    Some(RegionConfigResult {
        staleness_s: of(|r| r.staleness_s),
        stale_share: of(|r| r.stale_share),
        staleness_max_s: of(|r| r.staleness_max_s),
        sync_age_s: of(|r| r.sync_age_s),
        sync_age_max_s: of(|r| r.sync_age_max_s),
        version: of(|r| r.version.into()),
    })
}

/// The configuration of a region in one window.
pub(super) fn region_window(
    replications: &[Replication],
    id: RegionId,
    window: usize,
) -> Option<ConfigWindow> {
    let records = records(replications)?;
    let of = |value: fn(&ConfigWindowRecord) -> f64| {
        mean_of_all(&records, |r| value(&r.regions[id].windows[window]))
    };
    Some(ConfigWindow {
        version: of(|r| r.version),
        behind: of(|r| r.behind),
        sync_age_s: of(|r| r.sync_age_s),
        staleness_s: of(|r| r.staleness_s),
        bad: of(|r| r.bad),
    })
}

/// Each rollout.
pub(super) fn rollouts(study: &Study, replications: &[Replication]) -> Vec<RolloutResult> {
    let Some(config) = &study.fleet.config else {
        return Vec::new();
    };
    let rollout = |id| {
        let records: Vec<&RolloutRecord> = replications.iter().map(|r| &r.rollouts[id]).collect();
        RolloutResult {
            rollout: id,
            refused: count(&records, |r| r.is_refused),
            stages: mean_of_all(&records, |r| r.stages.into()),
            time_to_effect_s: milestone(&records, |r| r.time_to_effect_s),
            time_to_halt_s: milestone(&records, |r| r.time_to_halt_s),
            time_to_correct_s: milestone(&records, |r| r.time_to_correct_s),
            blast_radius: mean(replications, |r| {
                let offered = r.fleet.overall.ledger.offered() as f64;
                (offered > 0.0).then(|| r.rollouts[id].failed as f64 / offered)
            }),
            failed: mean_of_all(&records, |r| r.failed as f64),
            regions: mean_of_all(&records, |r| r.regions.into()),
            region_seconds: mean_of_all(&records, |r| r.region_seconds),
            harm_s: mean_of_all(&records, |r| r.harm_s),
        }
    };
    config.rollouts.ids().map(rollout).collect()
}

/// Each operation.
pub(super) fn operations(study: &Study, replications: &[Replication]) -> Vec<OperationResult> {
    let operation = |id| {
        let records: Vec<OperationRecord> = replications.iter().map(|r| r.operations[id]).collect();
        OperationResult {
            operation: id,
            refused: count(&records, |r| r.end == OperationEnd::Refused),
            aborted: count(&records, |r| r.end == OperationEnd::Aborted),
            requests_failed: mean_of_all(&records, |r| r.requests_failed as f64),
            time_to_effect_s: milestone(&records, |r| match r.end {
                OperationEnd::Done(after_s) => Some(after_s),
                _ => None,
            }),
        }
    };
    let operations = study.fleet.management.operations.ids();
    operations.map(operation).collect()
}
