//! Availability month by month: how many minutes are lost, and how often a promise is kept.

use crate::experiment::mean::mean;
use crate::metrics::{MINUTES_PER_MONTH, MonthRecord, Replication};
use crate::stats::Estimate;

/// The quantiles of minutes lost that are reported; the last is the largest.
pub const MONTH_QUANTILES: [f64; 5] = [0.5, 0.9, 0.95, 0.99, 1.0];
/// The availabilities for which the share of months is reported that reached them.
pub const MONTH_TARGETS: [f64; 3] = [0.999, 0.999_5, 0.999_9];

/// The whole months (of 30 days) of all replications.
#[derive(Clone, Debug, PartialEq)]
pub struct MonthsResult {
    /// Each month, replication by replication.
    pub months: Vec<MonthResult>,
    /// Minutes lost in a month, a mean over the months of each replication.
    pub minutes_lost: Option<Estimate>,
    /// Minutes lost at each of [`MONTH_QUANTILES`], over all months of all replications: so many
    /// months at least lost no more.
    pub quantiles: Option<[f64; MONTH_QUANTILES.len()]>,
    /// The share of months that reached each of [`MONTH_TARGETS`], of each replication.
    pub within: [Option<Estimate>; MONTH_TARGETS.len()],
}

/// A month of a replication.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MonthResult {
    /// Which replication, counted from 0.
    pub replication: usize,
    /// Which month, counted from 0.
    pub month: usize,
    /// Its requests.
    pub record: MonthRecord,
}

impl MonthResult {
    /// Minutes lost: the share of its requests that failed, of all of its minutes; `None` if nothing
    /// was offered.
    pub fn minutes_lost(&self) -> Option<f64> {
        minutes_lost(&self.record)
    }
}

fn minutes_lost(record: &MonthRecord) -> Option<f64> {
    Some(record.unavailability()? * MINUTES_PER_MONTH)
}

/// The months of some replications; `None` if they are shorter than one.
pub(super) fn all(replications: &[Replication]) -> Option<MonthsResult> {
    let of_run = |(replication, run): (usize, &Replication)| {
        let months = run.months.clone().into_iter().enumerate();
        months.map(move |(month, record)| MonthResult {
            replication,
            month,
            record,
        })
    };
    let months: Vec<MonthResult> = replications.iter().enumerate().flat_map(of_run).collect();
    if months.is_empty() {
        return None;
    }
    let mut minutes: Vec<f64> = months
        .iter()
        .filter_map(MonthResult::minutes_lost)
        .collect();
    minutes.sort_unstable_by(f64::total_cmp);
    let within = |target: f64| {
        // An exact bound belongs to the promise, whatever the last bit says.
        let kept = move |lost: f64| f64::from(lost <= (1.0 - target) * (1.0 + 1e-9));
        mean(replications, |run| {
            mean_month(run, |record| Some(kept(record.unavailability()?)))
        })
    };
    Some(MonthsResult {
        minutes_lost: mean(replications, |run| mean_month(run, minutes_lost)),
        quantiles: (!minutes.is_empty()).then(|| MONTH_QUANTILES.map(|q| quantile(&minutes, q))),
        within: MONTH_TARGETS.map(within),
        months,
    })
}

/// The mean over those months of a run that have a value.
fn mean_month(run: &Replication, value: impl Fn(&MonthRecord) -> Option<f64>) -> Option<f64> {
    let values: Vec<f64> = run.months.iter().filter_map(value).collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The smallest of some sorted values that is not exceeded by more than a share of 1 - `quantile`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place among values that are counted"
)]
fn quantile(sorted: &[f64], quantile: f64) -> f64 {
    let rank = (quantile * sorted.len() as f64 - 1e-9).ceil() as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_one_of_the_values() {
        let values: Vec<f64> = (1..=20).map(f64::from).collect();
        let found = MONTH_QUANTILES.map(|q| quantile(&values, q));
        let expected = [10.0, 18.0, 19.0, 20.0, 20.0];
        let is_near = |(found, expected): (f64, f64)| (found - expected).abs() < 1e-9;
        assert!(found.into_iter().zip(expected).all(is_near), "{found:?}");
        assert!((quantile(&[7.0], 0.5) - 7.0).abs() < 1e-12);
    }

    #[test]
    fn a_month_of_which_a_thousandth_fails_loses_43_minutes() {
        let record = MonthRecord {
            offered: 1_000,
            failed: 1,
        };
        let found = minutes_lost(&record).expect("something was offered");
        assert!((found - 43.2).abs() < 1e-9);
        assert_eq!(minutes_lost(&MonthRecord::default()), None);
    }
}
