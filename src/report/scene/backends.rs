//! What is assumed about what stands behind the gateways, and about what they answer without it.

use crate::model::{
    BackendId, BackendSpec, BackendsSpec, BreakerSpec, CacheSpec, Choice, FleetSpec, SiteSpec,
};
use crate::report::scene::words::{alike, backoff, list, percent, share, spread, time};

/// What gateways call, and how.
pub(super) fn backends(fleet: &FleetSpec) -> Vec<String> {
    let Some(spec) = &fleet.backends else {
        return Vec::new();
    };
    let told = spec.backends.entries().flat_map(|(id, backend)| {
        let says = [
            Some(sites(spec, (id, backend))),
            Some(calls(spec, (id, backend))),
            backend.breaker.as_ref().map(breaker),
        ];
        let says = says.into_iter().flatten();
        says.map(|says| format!("{}: {says}", backend.name))
    });
    let common = "Gateways do not probe back ends, and the router does not know of them.";
    told.chain([common.to_owned()]).collect()
}

/// Where it runs; sites that are the same are told together.
fn sites(spec: &BackendsSpec, (id, backend): (BackendId, &BackendSpec)) -> String {
    let own = || spec.sites.iter().filter(|site| site.backend == id);
    let is_ranked = own().any(|site| site.priority > 1);
    let is_weighted = backend.choice == Choice::Weighted;
    let groups = alike(own().map(|site| (site.place.as_str(), site)), |site| {
        site_of(site, (is_ranked, is_weighted))
    });
    let groups = groups.into_iter().map(|(names, site)| {
        let what = site_of(site, (is_ranked, is_weighted));
        format!("in {}, where {what}", list(&names))
    });
    let need = if backend.share.as_f64() < 1.0 {
        format!("{} of the requests need it", share(backend.share))
    } else {
        "every request needs it".to_owned()
    };
    let groups: Vec<String> = groups.collect();
    format!("{need}; it runs {}.", groups.join("; "))
}

fn site_of(site: &SiteSpec, (is_ranked, is_weighted): (bool, bool)) -> String {
    let mut parts = vec![format!("a call takes {}", spread(&site.service))];
    parts.push(match (site.workers, site.queue_limit) {
        (None, _) => "any number are served at once".to_owned(),
        (Some(workers), None) => format!("{workers} are served at once, any number may wait"),
        (Some(workers), Some(limit)) => {
            format!("{workers} are served at once, {limit} may wait, and more get 503")
        }
    });
    if is_ranked {
        parts.push(format!("priority {}", site.priority));
    }
    if is_weighted {
        parts.push(format!("weight {}", site.weight));
    }
    parts.join(", ")
}

fn calls(spec: &BackendsSpec, (id, backend): (BackendId, &BackendSpec)) -> String {
    let own = || spec.sites.iter().filter(|site| site.backend == id);
    let of = if own().any(|site| site.priority > 1) {
        " of the smallest priority that its breakers let it"
    } else {
        ""
    };
    let which = match (own().count(), backend.choice) {
        (1, _) => "its site".to_owned(),
        (_, Choice::Closest) => format!("the closest site{of}"),
        (_, Choice::Weighted) => format!("a site by lot{of}"),
    };
    let again = if backend.attempts > 1 {
        format!(
            "tries up to {} times, elsewhere if it can, {}",
            backend.attempts,
            backoff(backend.backoff)
        )
    } else {
        "does not call a second time".to_owned()
    };
    format!(
        "a gateway calls {which}, waits {} for the answer, and {again}.",
        time(backend.timeout)
    )
}

fn breaker(breaker: &BreakerSpec) -> String {
    let then = match breaker.half_open {
        None => "then its breaker closes".to_owned(),
        Some(1) => "then one call tries whether it is well".to_owned(),
        Some(calls) => format!("then {calls} calls at once try whether it is well"),
    };
    format!(
        "each VM of a gateway stops calling a site for {} after {} failures within {}, {then}; VMs do \
         not tell each other.",
        time(breaker.open_for),
        breaker.failures,
        time(breaker.window)
    )
}

/// What gateways keep; regions that keep the same are told together.
pub(super) fn caches(fleet: &FleetSpec) -> Vec<String> {
    let named = fleet.regions.iter().map(|one| (one.name.as_str(), one));
    let groups = alike(named, |region| region.cache.as_ref());
    let told = groups.into_iter().filter_map(|(names, region)| {
        let cache = region.cache.as_ref()?;
        Some(format!("{}: {}", list(&names), cache_of(cache)))
    });
    let mut says: Vec<String> = told.collect();
    if !says.is_empty() {
        says.push(
            "A cache is in the memory of a region, shared by its VMs; it is empty at the start and \
             after an outage."
                .to_owned(),
        );
    }
    says
}

fn cache_of(cache: &CacheSpec) -> String {
    let whose = if cache.is_shared {
        "that all populations share"
    } else {
        "of each population"
    };
    let popularity = if cache.skew > 0.0 {
        format!(
            "the nth is asked for in proportion to n^-{} (Zipf)",
            cache.skew
        )
    } else {
        "all are asked for alike".to_owned()
    };
    format!(
        "an answer is kept for {}; {} of the requests can be answered so, by {} different answers \
         {whose}, of which {popularity}.",
        time(cache.ttl),
        percent(cache.cacheable.as_f64()),
        cache.items
    )
}
