//! What arithmetic tells of back ends: calls, hits of caches, load.
//!
//! Means only, as in `forecast`: what comes to a region and needs a back end calls a site unless the
//! region's cache has the answer, at its hit ratio of the long run. A site that is gone is left out
//! where breakers find that out, and called in vain where there are none. What gateways try again
//! is not counted.

use crate::model::{FleetSpec, PopulationSpec, RegionId, RegionSpec, SiteId, SiteSpec};
use crate::units::IdMap;

/// What back ends are asked for in the steady state, with a given set of regions up.
#[derive(Clone, Debug, PartialEq)]
pub struct BackendLoad {
    /// Calls to each site per second.
    pub calls_per_s: IdMap<SiteSpec, f64>,
    /// Share of what needs a back end that each region's cache answers; `None` without one.
    pub hit_ratio: IdMap<RegionSpec, Option<f64>>,
}

/// The requests a second of each population that come to each region.
pub(super) type Arrivals = IdMap<RegionSpec, IdMap<PopulationSpec, f64>>;

impl BackendLoad {
    /// The load of so many requests, with a region down; `None` if there are no back ends.
    pub(super) fn new(
        fleet: &FleetSpec,
        arrivals: &Arrivals,
        down: Option<RegionId>,
    ) -> Option<Self> {
        let spec = fleet.backends.as_ref()?;
        let needed: f64 = spec
            .backends
            .iter()
            .map(|backend| backend.share.as_f64())
            .sum();
        let hit_ratio = fleet.regions.ids().map(|region| {
            let cache = fleet.regions[region].cache?;
            let asked = arrivals[region].iter().map(|per_s| per_s * needed);
            if cache.is_shared {
                return Some(cache.hit_ratio(asked.sum()));
            }
            let total: f64 = asked.clone().sum();
            let hits: f64 = asked.map(|per_s| per_s * cache.hit_ratio(per_s)).sum();
            (total > 0.0).then(|| hits / total)
        });
        let hit_ratio: IdMap<RegionSpec, Option<f64>> = hit_ratio.collect();
        let mut calls_per_s = spec.sites.map(|_| 0.0);
        for (backend, of_backend) in spec.backends.entries() {
            let is_up = |site: SiteId| {
                let is_down = down.is_some() && spec.sites[site].region == down;
                !is_down || of_backend.breaker.is_none()
            };
            for region in fleet.regions.ids().filter(|&region| Some(region) != down) {
                let total: f64 = arrivals[region].iter().sum();
                let missed = 1.0 - hit_ratio[region].unwrap_or(0.0);
                let calls = total * of_backend.share.as_f64() * missed;
                for (site, share) in spec.split((region, backend), is_up) {
                    calls_per_s[site] += calls * share;
                }
            }
        }
        Some(Self {
            calls_per_s,
            hit_ratio,
        })
    }

    /// Offered load / workers of a site: above 1 it is overloaded; `None` if it has any number.
    pub fn utilization(&self, fleet: &FleetSpec, site: SiteId) -> Option<f64> {
        let spec = &fleet.backends.as_ref()?.sites[site];
        let erlang = self.calls_per_s[site] * spec.service.mean().as_secs_f64();
        Some(erlang / f64::from(spec.workers?))
    }

    /// The larger of both, site by site and region by region.
    pub(super) fn max(&self, other: &Self) -> Self {
        let calls = self.calls_per_s.iter().zip(&other.calls_per_s);
        let ratios = self.hit_ratio.iter().zip(&other.hit_ratio);
        Self {
            calls_per_s: calls.map(|(one, other)| one.max(*other)).collect(),
            hit_ratio: ratios
                .map(|(one, other)| Some(one.as_ref()?.max(*other.as_ref()?)))
                .collect(),
        }
    }
}
