//! `outages`: what fails, and when. Time 0 of the file is the end of the warm-up.

use crate::model::{OutageMode, OutageSpec, RegionId, Scope};
use crate::scenario::check::scene::Scene;
use crate::scenario::fields::Fields;
use crate::units::{IdMap, Ratio};

pub(super) fn read(
    sections: &[Fields<'_>],
    scene: &Scene<'_>,
) -> Option<IdMap<OutageSpec, OutageSpec>> {
    let outages: Vec<_> = sections
        .iter()
        .map(|section| outage(section, scene))
        .collect();
    for (index, outage) in outages.iter().enumerate() {
        // Of the same region several parts may fail at once, and be of the same size.
        let is_part =
            |outage: &OutageSpec| matches!(outage.scope, Scope::Capacity(_) | Scope::Vms(_));
        let is_whole = outage.as_ref().is_some_and(|outage| !is_part(outage));
        if is_whole && outages[..index].contains(outage) {
            scene.named?.report.error(
                sections[index].origin,
                "the same outage is listed twice",
                "remove one of them",
            );
        }
    }
    outages
        .into_iter()
        .collect::<Option<Vec<_>>>()
        .map(IdMap::new)
}

fn outage(section: &Fields<'_>, scene: &Scene<'_>) -> Option<OutageSpec> {
    let start = scene.start(section, "outage");
    let length = section.duration("for");
    let hit = match section.alternative() {
        Some("management") => management(section, scene),
        Some(_) => region(section, scene),
        None => None,
    };
    let (region, mode, scope) = hit?;
    let start = start?;
    Some(OutageSpec {
        region,
        start,
        end: start + length?,
        mode,
        scope,
    })
}

/// The management plane is not in the way of requests: there is nothing more to say.
fn management(section: &Fields<'_>, scene: &Scene<'_>) -> Option<(RegionId, OutageMode, Scope)> {
    let mut is_bare = true;
    for key in ["mode", "capacity", "zone", "vms"] {
        if let Some(entry) = section.entry(key) {
            is_bare = false;
            section.error_at_key(
                entry,
                format!("`{key}` does not go with `management`"),
                "remove it: clients do not ask the management plane",
            );
        }
    }
    section.choice("management").filter(|_| is_bare)?;
    Some((scene.primary?, OutageMode::Blackhole, Scope::Management))
}

fn region(section: &Fields<'_>, scene: &Scene<'_>) -> Option<(RegionId, OutageMode, Scope)> {
    let region = scene.region(section, "region");
    let mode = section.choice("mode").map(|chosen| chosen.name);
    let part = part(section, mode).map(|key| match key {
        "capacity" => capacity(section).map(Scope::Capacity),
        "zone" => zone(section, (scene, region)).map(Scope::Zone),
        _ => vms(section, (scene, region)).map(Scope::Vms),
    });
    let (region, mode) = (region?, mode?);
    let scope = match part {
        Some(lost) => lost?,
        None if mode == "no_dns" => Scope::Name,
        None => Scope::Region,
    };
    let mode = match mode {
        "refuse" | "no_dns" => OutageMode::Refuse,
        "hold" => OutageMode::Hold,
        _ => OutageMode::Blackhole,
    };
    Some((region, mode, scope))
}

/// The key that says which part of the region is lost, if one does. Several that do, or a mode in
/// which no part can be lost, are reported.
fn part(section: &Fields<'_>, mode: Option<&str>) -> Option<&'static str> {
    let written =
        ["capacity", "zone", "vms"].map(|key| section.entry(key).map(|entry| (key, entry)));
    let mut written = written.into_iter().flatten();
    let (key, _) = written.next()?;
    for (other, entry) in written {
        let problem = format!("`{other}` does not go with `{key}`");
        section.error_at_key(
            entry,
            problem,
            "write two outages, or remove one of the two",
        );
    }
    let why = match mode {
        Some("hold") => Some("remove it: the way is cut to all of the region or to nothing"),
        Some("no_dns") => Some("remove it: the name is of all of the region"),
        _ => None,
    };
    if let (Some(mode), Some(advice)) = (mode, why) {
        let problem = format!("`{key}` does not go with `mode: {mode}`");
        section.error(key, problem, advice);
    }
    Some(key)
}

/// The share that is lost.
fn capacity(section: &Fields<'_>) -> Option<Ratio> {
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
