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
        let is_part = |outage: &OutageSpec| matches!(outage.scope, Scope::Capacity(_));
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
    for key in ["mode", "capacity"] {
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
    let capacity = section.entry("capacity").map(|_| capacity(section, mode));
    let (region, mode) = (region?, mode?);
    let scope = match capacity {
        Some(lost) => Scope::Capacity(lost?),
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

/// The share that is lost, if a share of the region can be lost in this mode.
fn capacity(section: &Fields<'_>, mode: Option<&str>) -> Option<Ratio> {
    let why = match mode {
        Some("hold") => Some("remove it: the way is cut to all of the region or to nothing"),
        Some("no_dns") => Some("remove it: the name is of all of the region"),
        _ => None,
    };
    if let (Some(mode), Some(advice)) = (mode, why) {
        let problem = format!("`capacity` does not go with `mode: {mode}`");
        section.error("capacity", problem, advice);
    }
    let lost = section.ratio("capacity")?;
    if lost == Ratio::ZERO {
        let problem = "an outage of no capacity is none";
        section.error(
            "capacity",
            problem,
            "write the share that is lost, such as `33%`",
        );
        return None;
    }
    if lost == Ratio::ONE {
        let problem = "an outage of all capacity is one of the region";
        section.error(
            "capacity",
            problem,
            "remove `capacity`, or write less than `100%`",
        );
        return None;
    }
    why.is_none().then_some(lost)
}
