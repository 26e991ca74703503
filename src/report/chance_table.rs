//! `outages_by_chance.csv`, what each outage by chance cost, and `months.csv`, a row a month.

use serde::{Deserialize, Serialize};

use crate::experiment::{MonthResult, StudyResult};
use crate::report::chance_summary::HazardSummary;
use crate::report::number::rounded;
use crate::report::summary::Summary;
use crate::report::table::cell;

/// A row of `outages_by_chance.csv`: means over the strikes that began within the measured period.
/// Times are seconds from the start of a strike (failback: from its end); each comes with its
/// interval over replications and the number of strikes, over all replications, that got there.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct HazardRow {
    /// Outages of one number strike together.
    pub group: usize,
    /// The region that it hits.
    pub region: String,
    /// What clients see of a region that fails, or what else of it is lost.
    pub mode: String,
    /// The share that is lost, if that is what is.
    pub depth: Option<f64>,
    /// Mean time between strikes, as the scenario says.
    pub mtbf_s: f64,
    /// Mean length of a strike, as the scenario says.
    pub mttr_s: f64,
    /// Strikes, over all replications.
    pub strikes: u64,
    /// Strikes per replication.
    pub strikes_per_replication: Option<f64>,
    /// Length of a strike.
    pub length_s: Option<f64>,
    /// Lower end of its interval.
    pub length_ci95_low_s: Option<f64>,
    /// Upper end of its interval.
    pub length_ci95_high_s: Option<f64>,
    /// Share of the measured period in which it lasted.
    pub down: Option<f64>,
    /// Lower end of its interval.
    pub down_ci95_low: Option<f64>,
    /// Upper end of its interval.
    pub down_ci95_high: Option<f64>,
    /// Until the router's verdict.
    pub time_to_detect_s: Option<f64>,
    /// Lower end of its interval.
    pub time_to_detect_ci95_low_s: Option<f64>,
    /// Upper end of its interval.
    pub time_to_detect_ci95_high_s: Option<f64>,
    /// Strikes that were detected.
    pub detected_count: u64,
    /// Until less than 1 % of the affected attempts went to the dead region.
    pub time_to_drain_s: Option<f64>,
    /// Lower end of its interval.
    pub time_to_drain_ci95_low_s: Option<f64>,
    /// Upper end of its interval.
    pub time_to_drain_ci95_high_s: Option<f64>,
    /// Strikes that were drained.
    pub drained_count: u64,
    /// Until no more requests failed than usual.
    pub time_to_recover_s: Option<f64>,
    /// Lower end of its interval.
    pub time_to_recover_ci95_low_s: Option<f64>,
    /// Upper end of its interval.
    pub time_to_recover_ci95_high_s: Option<f64>,
    /// Strikes that were recovered from.
    pub recovered_count: u64,
    /// From the end of a strike until the router believed the region healthy again.
    pub time_to_failback_s: Option<f64>,
    /// Strikes that were failed back from.
    pub failed_back_count: u64,
    /// Failed requests per replication.
    pub requests_lost: Option<f64>,
    /// Lower end of its interval.
    pub requests_lost_ci95_low: Option<f64>,
    /// Upper end of its interval.
    pub requests_lost_ci95_high: Option<f64>,
    /// Failed requests per strike.
    pub requests_lost_per_strike: Option<f64>,
    /// Share of the period's allowed failures that it spent.
    pub error_budget_spent: Option<f64>,
}

/// A row of `months.csv`: a month of 30 days of a replication.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct MonthRow {
    /// The replication, counted from 0.
    pub replication: usize,
    /// The month, counted from 0.
    pub month: usize,
    /// Requests that started in it.
    pub offered: u64,
    /// Of these, those that failed.
    pub failed: u64,
    /// The share that failed, of 43,200 minutes; empty if nothing was offered.
    pub minutes_lost: Option<f64>,
}

/// The rows of `outages_by_chance.csv`.
pub(super) fn hazard_rows(summary: &Summary) -> Vec<HazardRow> {
    summary.outages_by_chance.iter().map(hazard_row).collect()
}

fn hazard_row(hazard: &HazardSummary) -> HazardRow {
    let (detect, drain) = (
        hazard.time_to_detect_s.figure(),
        hazard.time_to_drain_s.figure(),
    );
    let recover = hazard.time_to_recover_s.figure();
    let (length, down, lost) = (&hazard.length_s, &hazard.down, &hazard.requests_lost);
    HazardRow {
        group: hazard.group,
        region: cell(&hazard.region),
        mode: hazard.mode.clone(),
        depth: hazard.depth,
        mtbf_s: hazard.mtbf_s,
        mttr_s: hazard.mttr_s,
        strikes: hazard.strikes,
        strikes_per_replication: hazard.strikes_per_replication.mean,
        length_s: length.mean,
        length_ci95_low_s: length.low(),
        length_ci95_high_s: length.high(),
        down: down.mean,
        down_ci95_low: down.low(),
        down_ci95_high: down.high(),
        time_to_detect_s: detect.mean,
        time_to_detect_ci95_low_s: detect.low(),
        time_to_detect_ci95_high_s: detect.high(),
        detected_count: hazard.time_to_detect_s.strikes,
        time_to_drain_s: drain.mean,
        time_to_drain_ci95_low_s: drain.low(),
        time_to_drain_ci95_high_s: drain.high(),
        drained_count: hazard.time_to_drain_s.strikes,
        time_to_recover_s: recover.mean,
        time_to_recover_ci95_low_s: recover.low(),
        time_to_recover_ci95_high_s: recover.high(),
        recovered_count: hazard.time_to_recover_s.strikes,
        time_to_failback_s: hazard.time_to_failback_s.mean,
        failed_back_count: hazard.time_to_failback_s.strikes,
        requests_lost: lost.mean,
        requests_lost_ci95_low: lost.low(),
        requests_lost_ci95_high: lost.high(),
        requests_lost_per_strike: hazard.requests_lost_per_strike.mean,
        error_budget_spent: hazard.error_budget_spent.and_then(|spent| spent.mean),
    }
}

/// The rows of `months.csv`.
pub(super) fn month_rows(result: &StudyResult) -> Vec<MonthRow> {
    let row = |month: &MonthResult| MonthRow {
        replication: month.replication,
        month: month.month,
        offered: month.record.offered,
        failed: month.record.failed,
        minutes_lost: month.minutes_lost().map(rounded),
    };
    let months = result.months.iter().flat_map(|months| &months.months);
    months.map(row).collect()
}

/// The share of months that lost at least so many minutes, in steps: from the left along each
/// share, then down where a month lost no more. Months that lost nothing are to the left of
/// everything.
pub(super) fn months_lost(rows: &[MonthRow]) -> Vec<[f64; 2]> {
    let mut lost: Vec<f64> = rows.iter().filter_map(|row| row.minutes_lost).collect();
    lost.sort_unstable_by(f64::total_cmp);
    let all = lost.len() as f64;
    let first = lost.partition_point(|&minutes| minutes <= 0.0);
    let losing = lost.iter().enumerate().skip(first);
    let steps = losing.flat_map(|(index, &minutes)| {
        let worse = lost.len() - index;
        [worse, worse - 1].map(|count| [minutes, count as f64 / all])
    });
    steps.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_month_that_lost_something_is_a_step() {
        let row = |minutes| MonthRow {
            replication: 0,
            month: 0,
            offered: 1,
            failed: 0,
            minutes_lost: Some(minutes),
        };
        assert_eq!(
            months_lost(&[60.0, 0.0, 30.0, 0.0].map(row)),
            [[30.0, 0.5], [30.0, 0.25], [60.0, 0.25], [60.0, 0.0]]
        );
        assert!(months_lost(&[row(0.0)]).is_empty());
    }
}
