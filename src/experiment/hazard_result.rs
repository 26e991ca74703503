//! What outages by chance cost, over the strikes of all replications.

use crate::experiment::Study;
use crate::experiment::mean::{mean, mean_of_all};
use crate::metrics::{HazardRecord, MeanTime, Replication, StruckRecord};
use crate::model::{Blame, HazardId};
use crate::stats::Estimate;

/// What an outage cost that comes by chance: a mean over its strikes in each replication, an
/// estimate over replications. Only strikes that begin within the measured period are told of.
#[derive(Clone, Debug, PartialEq)]
pub struct HazardResult {
    /// Which hazard brings it.
    pub hazard: HazardId,
    /// Which of the outages that the hazard brings together, counted from 0.
    pub member: usize,
    /// Strikes, over all replications.
    pub strikes: u64,
    /// Strikes per replication.
    pub strikes_per_run: Estimate,
    /// Mean length of a strike, in seconds.
    pub length_s: Option<Estimate>,
    /// Share of the measured period in which it lasted.
    pub down: Estimate,
    /// From the start of a strike until the router believed the region degraded.
    pub time_to_detect_s: StrikeTime,
    /// From the start of a strike until less than 1 % of the affected clients' attempts went to the
    /// dead region; of a whole region only.
    pub time_to_drain_s: StrikeTime,
    /// From the start of a strike until no more failed than usual.
    pub time_to_recover_s: StrikeTime,
    /// From the end of a strike until the router believed the region healthy again.
    pub time_to_failback_s: StrikeTime,
    /// Requests per replication that failed because of it.
    pub requests_lost: Estimate,
    /// The same per strike.
    pub lost_per_strike: Option<Estimate>,
    /// Lost requests by blame in the order of [`Blame::ALL`], a mean per replication.
    pub lost_by_blame: [f64; Blame::ALL.len()],
    /// Lost requests as a share of the failures that the availability objective allows in the
    /// measured period; `None` without such an objective, or if it allows none.
    pub error_budget_spent: Option<Estimate>,
}

/// A time in seconds that some strikes reached.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StrikeTime {
    /// The mean over the strikes that got there.
    pub time_s: Option<Estimate>,
    /// How many strikes got there, over all replications.
    pub reached: u64,
}

/// The outages of all hazards.
pub(super) fn all(study: &Study, replications: &[Replication]) -> Vec<HazardResult> {
    let hazards = study.fleet.hazards.entries();
    let members = hazards.flat_map(|(id, hazard)| (0..hazard.outages.len()).map(move |m| (id, m)));
    members
        .map(|which| result(study, replications, which))
        .collect()
}

fn result(
    study: &Study,
    replications: &[Replication],
    (hazard, member): (HazardId, usize),
) -> HazardResult {
    let of = |run: &Replication| -> (HazardRecord, StruckRecord) {
        let record = run.hazards[hazard].clone();
        let struck = record.outages[member].clone();
        (record, struck)
    };
    let records: Vec<(HazardRecord, StruckRecord)> = replications.iter().map(of).collect();
    let time = |part: fn(&StruckRecord) -> MeanTime| StrikeTime {
        time_s: mean(&records, |(_, struck)| part(struck).mean_s),
        reached: records
            .iter()
            .map(|(_, struck)| u64::from(part(struck).reached))
            .sum(),
    };
    let budget = study
        .availability_target()
        .map(crate::units::Ratio::complement);
    let spent = |run: &Replication| {
        let allowed = budget?.as_f64() * run.fleet.overall.ledger.offered() as f64;
        let lost = run.hazards[hazard].outages[member].lost_in_all();
        (allowed > 0.0).then(|| lost / allowed)
    };
    HazardResult {
        hazard,
        member,
        strikes: records
            .iter()
            .map(|(record, _)| u64::from(record.strikes))
            .sum(),
        strikes_per_run: mean_of_all(&records, |(record, _)| record.strikes.into()),
        length_s: mean(&records, |(record, _)| record.length_s),
        down: mean_of_all(&records, |(record, _)| record.down),
        time_to_detect_s: time(|struck| struck.time_to_detect_s),
        time_to_drain_s: time(|struck| struck.time_to_drain_s),
        time_to_recover_s: time(|struck| struck.time_to_recover_s),
        time_to_failback_s: time(|struck| struck.time_to_failback_s),
        requests_lost: mean_of_all(&records, |(_, struck)| struck.lost_in_all()),
        lost_per_strike: mean(&records, |(record, struck)| {
            let strikes = f64::from(record.strikes);
            (strikes > 0.0).then(|| struck.lost_in_all() / strikes)
        }),
        lost_by_blame: Blame::ALL
            .map(|blame| mean_of_all(&records, |(_, struck)| struck.lost[blame as usize]).mean),
        error_budget_spent: mean(replications, spent),
    }
}
