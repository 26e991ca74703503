//! What outages by chance cost, and what that makes of months.

use serde::{Deserialize, Serialize};

use crate::experiment::{
    HazardResult, MONTH_QUANTILES, MONTH_TARGETS, MonthsResult, StrikeTime, Study, StudyResult,
};
use crate::model::Blame;
use crate::report::figure::Figure;
use crate::report::named::Named;
use crate::report::number::{Range, rounded};
use crate::report::outage_summary::HitSummary;

/// What an outage cost that comes by chance: means over its strikes that began within the measured
/// period, with intervals over replications.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct HazardSummary {
    /// The number of what brings it, counted from 0: outages of one number strike together.
    pub group: usize,
    /// The region that it hits.
    pub region: String,
    /// What clients see of a region that fails, or what else of it is lost, as of scripted outages.
    pub mode: String,
    /// The share of its capacity, of its speed, or of what it serves that is lost, if that is what
    /// is.
    pub depth: Option<f64>,
    /// Mean time between its strikes, as the scenario says.
    pub mtbf_s: f64,
    /// Mean length of a strike, as the scenario says.
    pub mttr_s: f64,
    /// Strikes, over all replications.
    pub strikes: u64,
    /// Strikes per replication.
    pub strikes_per_replication: Figure,
    /// Length of a strike.
    pub length_s: Figure,
    /// Share of the measured period in which it lasted.
    pub down: Figure,
    /// From the start of a strike to the router's verdict.
    pub time_to_detect_s: StrikeFigure,
    /// From the start of a strike until less than 1 % of the affected attempts went to the dead
    /// region.
    pub time_to_drain_s: StrikeFigure,
    /// From the start of a strike until no more requests failed than usual.
    pub time_to_recover_s: StrikeFigure,
    /// From the end of a strike until the router believed the region healthy again.
    pub time_to_failback_s: StrikeFigure,
    /// Failed requests per replication.
    pub requests_lost: Figure,
    /// Failed requests per strike.
    pub requests_lost_per_strike: Figure,
    /// Failed requests per replication, by what is to blame.
    pub lost_by_blame: Named<f64>,
    /// Share of the measured period's allowed failures that it spent.
    pub error_budget_spent: Option<Figure>,
}

/// A time that some strikes reached.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct StrikeFigure {
    /// The mean time to it; `null` if no strike reached it.
    pub mean: Option<f64>,
    /// The ends of the interval.
    pub ci95: Option<[f64; 2]>,
    /// How many strikes reached it, over all replications.
    pub strikes: u64,
}

/// Availability by month of 30 days, and the minutes that were lost: the share of a month's
/// requests that failed, of its 43,200 minutes.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct MonthsSummary {
    /// Whole months, over all replications.
    pub count: usize,
    /// Minutes lost in a month.
    pub minutes_lost: Figure,
    /// The same at quantiles of all months: `p50`, `p90`, `p95`, `p99`, `max`.
    pub minutes_lost_at: Named<f64>,
    /// Share of the months whose availability was at least so much: `99_9`, `99_95`, `99_99`.
    pub share_within: Named<Figure>,
}

impl StrikeFigure {
    fn new(time: &StrikeTime) -> Self {
        let figure = Figure::new(time.time_s.as_ref(), Range::Positive);
        Self {
            mean: figure.mean,
            ci95: figure.ci95,
            strikes: time.reached,
        }
    }

    /// The time as a figure.
    pub(super) fn figure(&self) -> Figure {
        Figure {
            mean: self.mean,
            ci95: self.ci95,
        }
    }
}

impl HazardSummary {
    /// All of a result.
    pub(super) fn all(study: &Study, result: &StudyResult) -> Vec<Self> {
        let hazards = result.hazards.iter();
        hazards.map(|hazard| Self::new(study, hazard)).collect()
    }

    fn new(study: &Study, result: &HazardResult) -> Self {
        let spec = &study.fleet.hazards[result.hazard];
        let hit = HitSummary::new(study, &spec.outages[result.member]);
        let positive = |estimate| Figure::new(estimate, Range::Positive);
        let by_blame = Blame::ALL.iter().zip(result.lost_by_blame);
        let spent = result.error_budget_spent.as_ref();
        Self {
            group: result.hazard.index(),
            region: hit.region,
            mode: hit.mode,
            depth: hit.depth,
            mtbf_s: spec.mtbf.mean().as_secs_f64(),
            mttr_s: spec.mttr.mean().as_secs_f64(),
            strikes: result.strikes,
            strikes_per_replication: positive(Some(&result.strikes_per_run)),
            length_s: positive(result.length_s.as_ref()),
            down: Figure::new(Some(&result.down), Range::Share),
            time_to_detect_s: StrikeFigure::new(&result.time_to_detect_s),
            time_to_drain_s: StrikeFigure::new(&result.time_to_drain_s),
            time_to_recover_s: StrikeFigure::new(&result.time_to_recover_s),
            time_to_failback_s: StrikeFigure::new(&result.time_to_failback_s),
            requests_lost: positive(Some(&result.requests_lost)),
            requests_lost_per_strike: positive(result.lost_per_strike.as_ref()),
            lost_by_blame: by_blame
                .map(|(blame, lost)| (blame.name().to_owned(), rounded(lost)))
                .collect(),
            error_budget_spent: spent.map(|spent| positive(Some(spent))),
        }
    }
}

impl MonthsSummary {
    pub(super) fn new(result: &MonthsResult) -> Self {
        let quantile = |(quantile, minutes): (&f64, f64)| {
            let percent = (quantile * 100.0).round();
            let name = if *quantile < 1.0 {
                format!("p{percent}")
            } else {
                "max".to_owned()
            };
            (name, rounded(minutes))
        };
        let quantiles = result.quantiles.into_iter();
        let target = |(target, share): (&f64, &Option<_>)| {
            let name = rounded(target * 100.0).to_string().replace('.', "_");
            (name, Figure::new(share.as_ref(), Range::Share))
        };
        Self {
            count: result.months.len(),
            minutes_lost: Figure::new(result.minutes_lost.as_ref(), Range::Positive),
            minutes_lost_at: quantiles
                .flat_map(|minutes| MONTH_QUANTILES.iter().zip(minutes).map(quantile))
                .collect(),
            share_within: MONTH_TARGETS
                .iter()
                .zip(&result.within)
                .map(target)
                .collect(),
        }
    }
}
