//! Outages that take workers of a region: a share, a zone or some VMs.

use crate::model::{RegionId, Scope};
use crate::scenario::check::scene::Scene;
use crate::scenario::fields::Fields;
use crate::units::Ratio;

/// The workers that are lost.
pub(super) fn machines(
    section: &Fields<'_>,
    part: &str,
    place: (&Scene<'_>, Option<RegionId>),
) -> Option<Scope> {
    match part {
        "zone" => zone(section, place).map(Scope::Zone),
        "vms" => vms(section, place).map(Scope::Vms),
        _ => capacity(section).map(Scope::Capacity),
    }
}

/// The share that is lost.
pub(super) fn capacity(section: &Fields<'_>) -> Option<Ratio> {
    let lost = section.ratio("capacity")?;
    if lost == Ratio::ZERO {
        let problem = "an outage of no capacity is none";
        let advice = "write the share that is lost, such as `33%`";
        section.error("capacity", problem, advice);
    }
    if lost == Ratio::ONE {
        let problem = "an outage of all capacity is one of the region";
        let advice = "remove `capacity`, or write less than `100%`";
        section.error("capacity", problem, advice);
    }
    Some(lost)
}

/// The zone that is lost, if the region has it.
fn zone(section: &Fields<'_>, (scene, region): (&Scene<'_>, Option<RegionId>)) -> Option<u32> {
    let zone: u32 = section.whole("zone")?;
    let spec = &scene.regions?[region?];
    if spec.zones == 1 {
        let problem = format!("`{}` is not spread over zones", spec.name);
        let advice = "write `zones: 3` at the region, or remove `zone`: all of the region is lost";
        section.error("zone", problem, advice);
    } else if zone > spec.zones {
        let problem = format!(
            "`{}` has {} zones, and no zone {zone}",
            spec.name, spec.zones
        );
        let advice = format!("write a number from 1 to {}", spec.zones);
        section.error("zone", problem, advice);
    }
    Some(zone)
}

/// How many VMs are lost, if the region has as many and one more.
fn vms(section: &Fields<'_>, (scene, region): (&Scene<'_>, Option<RegionId>)) -> Option<u32> {
    let lost: u32 = section.whole("vms")?;
    let spec = &scene.regions?[region?];
    let all = spec.vms();
    if lost > all {
        let problem = format!("`{}` has {all} VMs, and cannot lose {lost}", spec.name);
        section.error("vms", problem, format!("write less than `{all}`"));
    } else if lost == all {
        let problem = "an outage of all VMs is one of the region";
        let advice = "remove `vms`: all of the region is lost";
        section.error("vms", problem, advice);
    }
    Some(lost)
}
