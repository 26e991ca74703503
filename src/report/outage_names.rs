//! What outages are called in results: where they hit, and how.

use crate::experiment::Study;
use crate::model::{BackendPart, Lie, OutageMode, OutageSpec, Place, Scope};
use crate::report::backend_summary;

/// Where an outage hits: the region, or the two ends of a way.
pub(super) fn place_name(study: &Study, outage: &OutageSpec) -> String {
    let region = study.region_name(outage.region);
    let other = match outage.scope {
        Scope::Router => return String::new(),
        Scope::Backend(hit) => return backend_summary::name_of(study, hit),
        Scope::Network(Place::Population(id), _) => &study.fleet.populations[id].name,
        Scope::Network(Place::Region(id), _) => study.region_name(id),
        Scope::Network(Place::Probers, _) => "probers",
        _ => return region.to_owned(),
    };
    format!("{other} - {region}")
}

/// What an outage is called in results.
pub(super) fn mode_name(outage: &OutageSpec) -> &'static str {
    match (outage.scope, outage.mode) {
        (Scope::Region, OutageMode::Blackhole) => "blackhole",
        (Scope::Region, OutageMode::Refuse) => "refuse",
        (Scope::Region, OutageMode::Hold) => "hold",
        (Scope::Capacity(_), _) => "capacity",
        (Scope::Zone(_), _) => "zone",
        (Scope::Vms(_), _) => "vms",
        (Scope::Management, _) => "management",
        (Scope::Name, _) => "no_dns",
        (Scope::Speed(_), _) => "slow",
        (Scope::Gray(_), _) => "gray",
        (Scope::Probes(Lie::Down), _) => "probe_down",
        (Scope::Probes(Lie::Up), _) => "probe_up",
        (Scope::Router, _) => "router",
        (Scope::Backend(hit), _) => match hit.part {
            BackendPart::All => "backend",
            BackendPart::Capacity(_) => "backend_capacity",
            BackendPart::Speed(_) => "backend_slow",
            BackendPart::Gray(_) => "backend_gray",
        },
        (Scope::Network(_, way), _) if way.is_partition() => "partition",
        (Scope::Network(..), _) => "network",
    }
}
