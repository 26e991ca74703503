//! What was called behind the gateways, in `summary.json`.

use serde::{Deserialize, Serialize};

use crate::experiment::{CallerResult, SiteResult, Study, StudyResult};
use crate::model::{BackendHit, BackendPart};
use crate::report::figure::Figure;
use crate::report::named::Named;
use crate::report::number::{Range, rounded};

/// What a site of a back end did.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct SiteSummary {
    /// The back end.
    pub backend: String,
    /// Where the site is.
    pub place: String,
    /// Calls sent to it.
    pub calls: u64,
    /// Calls that ended with an error or without an answer in time.
    pub failed: u64,
    /// Calls sent to it per second.
    pub calls_per_s: Figure,
    /// Busy share of its workers, those that outages took not counted; `null` if it has any number.
    pub utilization: Option<Figure>,
    /// Calls in service, averaged over time.
    pub in_service: Figure,
    /// Calls waiting, averaged over time.
    pub queue: Figure,
    /// The largest number of calls waiting.
    pub queue_max: Figure,
}

/// What a gateway did instead of calling.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct CallerSummary {
    /// Share of what needs a back end that its cache answered; `null` if nobody asked it.
    pub cache_hit_ratio: Option<Figure>,
    /// Attempts that it failed since its breakers let no call through.
    pub refused: u64,
    /// Breakers that are not closed, over all VMs and sites, averaged over time.
    pub breakers_open: Figure,
}

impl SiteSummary {
    fn new((backend, place): (&str, &str), site: &SiteResult) -> Self {
        let figure = |estimate| Figure::new(Some(estimate), Range::Positive);
        let utilization = site.utilization.as_ref();
        Self {
            backend: backend.to_owned(),
            place: place.to_owned(),
            calls: site.calls,
            failed: site.failed,
            calls_per_s: figure(&site.calls_per_s),
            utilization: utilization.map(|share| Figure::new(Some(share), Range::Share)),
            in_service: figure(&site.in_service),
            queue: figure(&site.backlog_mean),
            queue_max: figure(&site.backlog_max),
        }
    }

    /// Its figures with their names and units.
    pub(super) fn entries(&self) -> Vec<(&'static str, Figure, &'static str)> {
        let mut entries = vec![("calls_per_s", self.calls_per_s, "1/s")];
        entries.extend(self.utilization.map(|share| ("utilization", share, "1")));
        entries.extend([
            ("in_service", self.in_service, "calls"),
            ("queue", self.queue, "calls"),
            ("queue_max", self.queue_max, "calls"),
        ]);
        entries
    }
}

impl CallerSummary {
    pub(super) fn new(caller: &CallerResult) -> Self {
        let ratio = caller.hit_ratio.as_ref();
        Self {
            cache_hit_ratio: ratio.map(|ratio| Figure::new(Some(ratio), Range::Share)),
            refused: caller.refused,
            breakers_open: Figure::new(Some(&caller.breakers_open), Range::Positive),
        }
    }
}

/// Every site by its name.
pub(super) fn sites(study: &Study, result: &StudyResult) -> Named<SiteSummary> {
    let Some((spec, result)) = study.fleet.backends.as_ref().zip(result.backends.as_ref()) else {
        return Named::default();
    };
    let site = |(id, result)| {
        let site = &spec.sites[id];
        let backend = spec.backends[site.backend].name.as_str();
        let summary = SiteSummary::new((backend, &site.place), result);
        (spec.name_of(id), summary)
    };
    result.sites.entries().map(site).collect()
}

/// What an outage of a back end hit.
pub(super) fn name_of(study: &Study, hit: BackendHit) -> String {
    let spec = study.fleet.backends.as_ref();
    let spec = spec.expect("the outage is of a back end");
    match hit.site {
        Some(site) => spec.name_of(site),
        None => spec.backends[hit.backend].name.clone(),
    }
}

/// The share that is lost, if it is one.
pub(super) fn depth(hit: BackendHit) -> Option<f64> {
    match hit.part {
        BackendPart::All => None,
        BackendPart::Speed(factor) => Some(rounded(1.0 - 1.0 / factor)),
        BackendPart::Capacity(share) | BackendPart::Gray(share) => Some(rounded(share.as_f64())),
    }
}
