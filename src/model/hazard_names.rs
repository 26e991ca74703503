//! What the streams of hazards are called.
//!
//! A hazard has no name of its own. Its stream is called by what it hits, whatever the times, the modes
//! and the degrees, and by how many in the file before it hit the same: so neither the order of outages
//! nor that of regions moves a strike, and variants that differ in those times see the same luck.

use crate::model::entity::{OutageSpec, Place, Scope};
use crate::model::hazard::HazardSpec;
use crate::model::spec::FleetSpec;

/// What the stream of each hazard is called.
pub(super) fn names(spec: &FleetSpec) -> Vec<String> {
    let mut targets: Vec<String> = Vec::new();
    let name = |hazard: &HazardSpec| {
        let mut hits: Vec<String> = hazard.outages.iter().map(|hit| target(spec, hit)).collect();
        hits.sort_unstable();
        let target = hits.join(" + ");
        let before = targets.iter().filter(|known| **known == target).count();
        let name = format!("{target} #{before}");
        targets.push(target);
        name
    };
    spec.hazards.iter().map(name).collect()
}

/// What an outage hits, by names.
fn target(spec: &FleetSpec, outage: &OutageSpec) -> String {
    let region = &spec.regions[outage.region].name;
    match outage.scope {
        Scope::Region => region.clone(),
        Scope::Capacity(_) => format!("{region} capacity"),
        Scope::Zone(zone) => format!("{region} zone {zone}"),
        Scope::Vms(count) => format!("{region} {count} vms"),
        Scope::Management => "management".into(),
        Scope::Name => format!("{region} name"),
        Scope::Speed(_) => format!("{region} speed"),
        Scope::Gray(_) => format!("{region} gray"),
        Scope::Probes(lie) => format!("{region} probes {lie:?}"),
        Scope::Router => "router".into(),
        Scope::Backend(hit) => {
            let backends = spec.backends.as_ref().expect("what is hit is there");
            let site = hit.site.map(|site| &backends.sites[site].place);
            let backend = &backends.backends[hit.backend].name;
            format!("backend {backend} {site:?}")
        }
        Scope::Network(place, _) => {
            let other = match place {
                Place::Population(id) => &spec.populations[id].name,
                Place::Region(id) => &spec.regions[id].name,
                Place::Probers => "probers",
            };
            format!("{region} way {other}")
        }
    }
}
