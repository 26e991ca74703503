//! `outages`: what fails, and when. Time 0 of the file is the end of the warm-up.

use crate::model::{BackendPart, Lie, OutageMode, OutageSpec, RegionId, Scope};
use crate::scenario::check::backends;
use crate::scenario::check::scene::Scene;
use crate::scenario::check::ways;
use crate::scenario::fields::{Fields, Limit};
use crate::scenario::report::Origin;
use crate::units::{IdMap, Ratio, SimDuration};

/// Most outages of a scenario, those that are repeated counted each time.
const OUTAGES_MAX: usize = 1_000;

/// The keys of what can be lost of a region in place of all of it.
const PARTS: [&str; 6] = ["capacity", "zone", "vms", "slow", "gray", "probe"];

/// The outages, and where each is written.
pub(super) fn read(
    sections: &[Fields<'_>],
    scene: &Scene<'_>,
) -> Option<(IdMap<OutageSpec, OutageSpec>, Vec<Origin>)> {
    let read: Vec<_> = sections
        .iter()
        .map(|section| repeated(section, scene))
        .collect();
    let mut outages: Vec<OutageSpec> = Vec::new();
    let mut origins = Vec::new();
    for (section, of_section) in sections.iter().zip(&read) {
        for outage in of_section.iter().flatten() {
            // Of the same region several parts may fail at once, and be of the same size.
            let is_part = matches!(outage.scope, Scope::Capacity(_) | Scope::Vms(_));
            if !is_part && outages.contains(outage) {
                let problem = "the same outage is listed twice";
                scene
                    .named?
                    .report
                    .error(section.origin, problem, "remove one of them");
            }
            outages.push(outage.clone());
            origins.push(section.origin.clone());
        }
        if outages.len() > OUTAGES_MAX {
            let problem = format!("there are more than {OUTAGES_MAX} outages by now");
            section.error("repeat", problem, "write fewer `times`");
            return None;
        }
    }
    check_lies(&outages, &origins, scene)?;
    read.iter()
        .all(Option::is_some)
        .then(|| (IdMap::new(outages), origins))
}

/// An outage as often as it comes.
fn repeated(section: &Fields<'_>, scene: &Scene<'_>) -> Option<Vec<OutageSpec>> {
    let outage = outage(section, scene);
    if section.entry("repeat").is_none() {
        return outage.map(|outage| vec![outage]);
    }
    let repeat = section.section("repeat")?;
    let every = repeat.duration("every");
    let times: Option<u32> = repeat.whole("times");
    let (outage, every, times) = (outage?, every?, times?);
    let length = outage.end - outage.start;
    if every <= length {
        let problem = "it comes again before it has ended";
        repeat.error("every", problem, "write more than `for`");
        return None;
    }
    let period = scene.period?;
    let last = outage.start + every * u64::from(times - 1);
    if last >= period.end() {
        let problem = "the last of them begins after the measured period";
        repeat.error(
            "times",
            problem,
            "write fewer, or a longer `duration` in `run`",
        );
        return None;
    }
    let nth = |index: u32| {
        let shift = every * u64::from(index);
        OutageSpec {
            start: outage.start + shift,
            end: outage.end + shift,
            ..outage.clone()
        }
    };
    Some((0..times).map(nth).collect())
}

fn outage(section: &Fields<'_>, scene: &Scene<'_>) -> Option<OutageSpec> {
    let start = scene.start(section, "outage");
    let length: Option<SimDuration> = section.duration("for");
    let hit = hit(section, scene);
    let ramp = ways::ramp(section, hit.map(|(.., scope)| scope), length);
    let (region, mode, scope) = hit?;
    let start = start?;
    Some(OutageSpec {
        region,
        start,
        end: start + length?,
        mode,
        scope,
        ramp: ramp?,
    })
}

/// What is lost of a back end.
fn backend(section: &Fields<'_>, scene: &Scene<'_>) -> Option<(RegionId, OutageMode, Scope)> {
    let mode = section.choice("mode").map(|chosen| chosen.name);
    if let Some(mode @ ("hold" | "no_dns")) = mode {
        let problem = format!("`backend` does not go with `mode: {mode}`");
        section.error("mode", problem, "write `blackhole` or `refuse`");
        return None;
    }
    let part = match part(section)? {
        Limit::None => Some(BackendPart::All),
        Limit::At("capacity") => capacity(section).map(BackendPart::Capacity),
        Limit::At(part @ ("slow" | "gray")) => match working(section, part)? {
            Scope::Speed(factor) => Some(BackendPart::Speed(factor)),
            Scope::Gray(share) => Some(BackendPart::Gray(share)),
            _ => None,
        },
        Limit::At(part) => {
            let problem = format!("`{part}` does not go with `backend`");
            section.error(part, problem, "remove it: it is a part of a region");
            None
        }
    };
    let (region, hit) = backends::hit(section, part, scene)?;
    let mode = match mode? {
        "refuse" => OutageMode::Refuse,
        _ => OutageMode::Blackhole,
    };
    Some((region, mode, Scope::Backend(hit)))
}

/// The key of what is lost in place of all of it, if there is one.
fn part(section: &Fields<'_>) -> Option<Limit<&'static str>> {
    let mut parts = PARTS.into_iter().filter(|key| section.entry(key).is_some());
    let part = parts.next();
    if let (Some(one), Some(other)) = (part, parts.next()) {
        let problem = format!("`{one}` and `{other}` are two outages");
        section.error(other, problem, "list them one by one");
        return None;
    }
    Some(part.map_or(Limit::None, Limit::At))
}

/// What an outage hits, and how.
fn hit(section: &Fields<'_>, scene: &Scene<'_>) -> Option<(RegionId, OutageMode, Scope)> {
    let target = section.alternative()?;
    let is_whole = target == "network" || ways::are_absent(section);
    let hit = match target {
        "management" => {
            let advice = "remove it: clients do not ask the management plane";
            alone(section, ("management", Scope::Management, advice), scene)
        }
        "router" => {
            let advice = "remove it: regions are not affected";
            alone(section, ("router", Scope::Router, advice), scene)
        }
        "network" => {
            let is_bare = is_bare(section, ("network", "remove it: both places go on"));
            ways::read(section, scene).filter(|_| is_bare)
        }
        "backend" => backend(section, scene),
        _ => region(section, scene),
    };
    hit.filter(|_| is_whole)
}

/// What is not in the way of requests: there is nothing more to say.
fn alone(
    section: &Fields<'_>,
    (name, scope, advice): (&str, Scope, &str),
    scene: &Scene<'_>,
) -> Option<(RegionId, OutageMode, Scope)> {
    let is_bare = is_bare(section, (name, advice));
    section.choice(name).filter(|_| is_bare)?;
    Some((scene.primary?, OutageMode::Blackhole, scope))
}

/// Reports what is said of a region where an outage hits something else; returns whether nothing is.
fn is_bare(section: &Fields<'_>, (name, advice): (&str, &str)) -> bool {
    let mut is_bare = true;
    for key in ["mode", "site"].into_iter().chain(PARTS) {
        if let Some(entry) = section.entry(key) {
            is_bare = false;
            section.error_at_key(entry, format!("`{key}` does not go with `{name}`"), advice);
        }
    }
    is_bare
}

/// Reports outages that want probes of a region to find two things at once.
fn check_lies(outages: &[OutageSpec], origins: &[Origin], scene: &Scene<'_>) -> Option<()> {
    let named = scene.named?;
    let lie = |outage: &OutageSpec| match outage.scope {
        Scope::Probes(lie) => Some((outage.region, lie)),
        _ => None,
    };
    for (index, later) in outages.iter().enumerate() {
        let Some((region, says)) = lie(later) else {
            continue;
        };
        let contradicts = |earlier: &OutageSpec| {
            let meets = earlier.start < later.end && later.start < earlier.end;
            meets && lie(earlier).is_some_and(|(of, other)| of == region && other != says)
        };
        if let Some(earlier) = outages[..index].iter().position(contradicts) {
            let name = named.regions[region.index()].name;
            let number = earlier + 1;
            let problem = format!(
                "probes of `{name}` cannot find it up and down at once, as outage {number} and this one want"
            );
            let advice = "let one of them end before the other begins";
            named.report.error(&origins[index], problem, advice);
        }
    }
    Some(())
}

fn region(section: &Fields<'_>, scene: &Scene<'_>) -> Option<(RegionId, OutageMode, Scope)> {
    let region = scene.region(section, "region");
    let mode = section.choice("mode").map(|chosen| chosen.name);
    if let Some(entry) = section.entry("site") {
        let advice = "remove it, or name the back end that it is of";
        section.error_at_key(entry, "`site` does not go with `region`", advice);
    }
    let scope = match part(section)? {
        Limit::At(part @ ("capacity" | "zone" | "vms")) => {
            check_mode(section, part, mode);
            machines(section, part, (scene, region))
        }
        Limit::At(part) => working(section, part),
        Limit::None if mode == Some("no_dns") => Some(Scope::Name),
        Limit::None => Some(Scope::Region),
    };
    let (region, mode) = (region?, mode?);
    let mode = match mode {
        "refuse" | "no_dns" => OutageMode::Refuse,
        "hold" => OutageMode::Hold,
        _ => OutageMode::Blackhole,
    };
    Some((region, mode, scope?))
}

/// What can be wrong with a region that goes on working.
fn working(section: &Fields<'_>, part: &str) -> Option<Scope> {
    let entry = section.entry("mode");
    if let Some(entry) = entry {
        let problem = format!("`mode` does not go with `{part}`");
        section.error_at_key(entry, problem, "remove it: the region goes on working");
    }
    let scope = match part {
        "slow" => Scope::Speed(section.factor("slow")?),
        "gray" => {
            let share = section.ratio("gray")?;
            if share == Ratio::ZERO {
                let advice = "write the share that fails, such as `30%`";
                section.error("gray", "a gray failure of nothing is none", advice);
                return None;
            }
            Scope::Gray(share)
        }
        _ => Scope::Probes(match section.choice("probe")?.name {
            "up" => Lie::Up,
            _ => Lie::Down,
        }),
    };
    entry.is_none().then_some(scope)
}

/// Reports a mode in which no part of a region can be lost.
fn check_mode(section: &Fields<'_>, part: &str, mode: Option<&str>) {
    let why = match mode {
        Some("hold") => Some("remove it: the way is cut to all of the region or to nothing"),
        Some("no_dns") => Some("remove it: the name is of all of the region"),
        _ => None,
    };
    if let (Some(mode), Some(advice)) = (mode, why) {
        let problem = format!("`{part}` does not go with `mode: {mode}`");
        section.error(part, problem, advice);
    }
}

/// The workers that are lost.
fn machines(
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
