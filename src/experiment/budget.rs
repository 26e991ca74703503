//! The error budget of 30 days, as sites with objectives count it.
//!
//! What an availability allows to fail in 30 days of traffic like that of the measured period
//! (B. Beyer et al., *The Site Reliability Workbook*, O'Reilly 2018, chapter 5).

use crate::experiment::Study;
use crate::metrics::Replication;
use crate::units::{Ratio, SimDuration};

/// What error budgets are of.
pub const BUDGET_PERIOD: SimDuration = SimDuration::from_secs(30 * 24 * 3_600);

/// The share of the error budget of 30 days that so many failed requests spend; `None` if it allows
/// none.
pub(super) fn spent(
    failed: f64,
    availability: Ratio,
    (study, run): (&Study, &Replication),
) -> Option<f64> {
    let periods = BUDGET_PERIOD.as_secs_f64() / study.fleet.period.duration.as_secs_f64();
    let offered = run.fleet.overall.ledger.offered() as f64 * periods;
    let allowed = availability.complement().as_f64() * offered;
    (allowed > 0.0).then(|| failed / allowed)
}
