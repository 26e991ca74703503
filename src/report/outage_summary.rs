//! What an outage hit, and what it cost.

use serde::{Deserialize, Serialize};

use crate::experiment::{OutageResult, PagingResult, Study};
use crate::model::{Blame, OutageSpec, Scope};
use crate::report::backend_summary;
use crate::report::figure::{Figure, Reached};
use crate::report::named::Named;
use crate::report::number::{Range, rounded};
use crate::report::outage_names::{mode_name, place_name};
use crate::stats::Estimate;

/// What an outage cost.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct OutageSummary {
    /// The region that it hit, the back end or site (`orders`, `orders@westeurope`), or both ends of
    /// the way.
    pub region: String,
    /// When, from the start of the measured period.
    pub at_s: f64,
    /// For how long.
    pub for_s: f64,
    /// What clients saw of a region that failed (`blackhole`, `refuse`, `hold`), or what else of it
    /// was lost: `capacity`, `zone`, `vms`, `slow` (its speed), `gray` (some of what it served),
    /// `probe_down` and `probe_up` (what probes found), `no_dns` (its name), `management`, `router`
    /// (news of health; the region is empty), `backend`, `backend_capacity`, `backend_slow` and
    /// `backend_gray`, or the way between two places, of which the region names both: `partition`, or
    /// `network` if some gets through.
    pub mode: String,
    /// The share of its capacity, of its speed, or of what it served that was lost, if that is what
    /// was.
    pub depth: Option<f64>,
    /// From its start to the router's verdict.
    pub time_to_detect_s: Reached,
    /// From its start until less than 1 % of the affected attempts went to the dead region.
    pub time_to_drain_s: Reached,
    /// From its start until availability was back for good.
    pub time_to_recover_s: Reached,
    /// From its end until the router believed the region healthy again.
    pub time_to_failback_s: Reached,
    /// Failed requests per replication.
    pub requests_lost: Figure,
    /// Failed requests per replication, by what is to blame.
    pub lost_by_blame: Named<f64>,
    /// Share of the measured period's allowed failures that it spent.
    pub error_budget_spent: Option<Figure>,
    /// When alerts would have paged; not there without an availability objective.
    #[serde(flatten)]
    pub paging: Option<PagingSummary>,
}

/// What an outage did to the error budget of 30 days, and when the usual alerts on its burn rate
/// would have paged. Times are from the outage's start.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct PagingSummary {
    /// Until the first of the alerts.
    pub time_to_page_s: Reached,
    /// Until 14.4 times the allowed failures over 1 h and over 5 min.
    pub time_to_page_14_4x_s: Reached,
    /// Until 6 times over 6 h and over 30 min.
    pub time_to_page_6x_s: Reached,
    /// Until more than the allowed failures over 3 d and over 6 h.
    pub time_to_page_1x_s: Reached,
    /// The largest burn rate over 1 h, until the next outage or the end.
    pub burn_rate_1h_max: Figure,
    /// Lost requests as a share of what may fail in 30 days of such traffic.
    pub error_budget_30d_spent: Figure,
}

impl PagingSummary {
    fn new(paging: &PagingResult) -> Self {
        let [fast, slow, trickle] = paging.by_alert_s.each_ref();
        let figure = |estimate: &Option<Estimate>| Figure::new(estimate.as_ref(), Range::Positive);
        Self {
            time_to_page_s: Reached::new(paging.time_to_page_s.as_ref()),
            time_to_page_14_4x_s: Reached::new(fast.as_ref()),
            time_to_page_6x_s: Reached::new(slow.as_ref()),
            time_to_page_1x_s: Reached::new(trickle.as_ref()),
            burn_rate_1h_max: figure(&paging.burn_rate_max),
            error_budget_30d_spent: figure(&paging.budget_spent),
        }
    }

    /// The alerts in words, with when they would have paged.
    pub(super) fn alerts(&self) -> [(&'static str, &Reached); 3] {
        [
            ("14.4 times over 1 h and 5 min", &self.time_to_page_14_4x_s),
            ("6 times over 6 h and 30 min", &self.time_to_page_6x_s),
            ("1 time over 3 d and 6 h", &self.time_to_page_1x_s),
        ]
    }
}

/// What an outage hits, as results call it.
pub(super) struct HitSummary {
    /// The region; empty if it means nothing.
    pub(super) region: String,
    /// What clients see, or what is lost.
    pub(super) mode: String,
    /// The share that is lost, if that is what is.
    pub(super) depth: Option<f64>,
}

impl HitSummary {
    pub(super) fn new(study: &Study, spec: &OutageSpec) -> Self {
        Self {
            region: place_name(study, spec),
            mode: mode_name(spec).to_owned(),
            depth: match spec.scope {
                Scope::Speed(factor) => Some(rounded(1.0 - 1.0 / factor)),
                Scope::Gray(share) => Some(rounded(share.as_f64())),
                Scope::Backend(hit) => backend_summary::depth(hit),
                scope => study.fleet.regions[spec.region]
                    .share_lost(scope)
                    .map(rounded),
            },
        }
    }
}

impl OutageSummary {
    pub(super) fn new(study: &Study, outage: &OutageResult) -> Self {
        let spec = &study.fleet.outages[outage.outage];
        let hit = HitSummary::new(study, spec);
        let spent = outage.error_budget_spent.as_ref();
        let by_blame = Blame::ALL.iter().zip(outage.lost_by_blame);
        Self {
            region: hit.region,
            at_s: (spec.start - study.fleet.period.start()).as_secs_f64(),
            for_s: (spec.end - spec.start).as_secs_f64(),
            mode: hit.mode,
            depth: hit.depth,
            time_to_detect_s: Reached::new(outage.time_to_detect_s.as_ref()),
            time_to_drain_s: Reached::new(outage.time_to_drain_s.as_ref()),
            time_to_recover_s: Reached::new(outage.time_to_recover_s.as_ref()),
            time_to_failback_s: Reached::new(outage.time_to_failback_s.as_ref()),
            requests_lost: Figure::new(Some(&outage.requests_lost), Range::Positive),
            lost_by_blame: by_blame
                .map(|(b, n)| (b.name().to_owned(), rounded(n)))
                .collect(),
            paging: outage.paging.as_ref().map(PagingSummary::new),
            error_budget_spent: spent.map(|spent| Figure::new(Some(spent), Range::Positive)),
        }
    }
}
