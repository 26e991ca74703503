//! `outages`: what fails, and when, or how often. Time 0 of the file is the end of the warm-up.

use crate::model::{BackendPart, HazardSpec, Lie, OutageMode, OutageSpec, Ramp, RegionId, Scope};
use crate::random::Distribution;
use crate::scenario::check::backends;
use crate::scenario::check::machines::{capacity, machines};
use crate::scenario::check::scene::Scene;
use crate::scenario::check::ways;
use crate::scenario::fields::{Fields, Limit};
use crate::scenario::report::Origin;
use crate::units::{IdMap, Ratio, SimDuration, SimTime};

/// Most outages of a scenario, those that are repeated counted each time.
const OUTAGES_MAX: usize = 1_000;

/// The keys of what can be lost of a region in place of all of it.
const PARTS: [&str; 6] = ["capacity", "zone", "vms", "slow", "gray", "probe"];

/// Most outages that hazards bring in a run, on average.
const STRUCK_MAX: f64 = 5_000.0;

/// Most outages that hazards bring in any of the runs that are tried.
const DRAWN_MAX: usize = 20_000;

/// What fails in a scenario.
pub(super) struct Outages {
    /// Those that are scripted.
    pub(super) scripted: IdMap<OutageSpec, OutageSpec>,
    /// Those that come by chance.
    pub(super) hazards: IdMap<HazardSpec, HazardSpec>,
    /// Where each of the first is written.
    pub(super) scripted_origins: Vec<Origin>,
    /// Where each of the second is written.
    pub(super) hazard_origins: Vec<Origin>,
}

/// When an outage comes.
enum When {
    /// From when to when, each time.
    Scripted(Vec<[SimTime; 2]>),
    /// By chance: the time between, and the time that it lasts.
    Chance(Distribution, Distribution),
}

/// What an outage hits.
type Hit = (RegionId, OutageMode, Scope);

pub(super) fn read(sections: &[Fields<'_>], scene: &Scene<'_>) -> Option<Outages> {
    let mut is_whole = true;
    let (mut scripted, mut hazards) = (Vec::new(), Vec::new());
    let (mut scripted_origins, mut hazard_origins) = (Vec::new(), Vec::new());
    for section in sections {
        let (hits, when) = (hits(section, scene), when(section, scene));
        let (Some(hits), Some(when)) = (hits, when) else {
            is_whole = false;
            continue;
        };
        // Of the same region several parts may fail at once, and be of the same size.
        let is_part = |&(_, _, scope): &Hit| matches!(scope, Scope::Capacity(_) | Scope::Vms(_));
        let is_part = hits.iter().all(is_part);
        let is_new = match when {
            When::Scripted(spans) => {
                let Some(ramp) = ramp(section, &hits, &spans) else {
                    is_whole = false;
                    continue;
                };
                let outages: Vec<OutageSpec> = brought((&hits, ramp), &spans);
                scripted_origins.extend(outages.iter().map(|_| section.origin.clone()));
                let known = scripted.len();
                scripted.extend(outages);
                let mut new = scripted[known..].iter();
                !new.any(|outage| scripted[..known].contains(outage))
            }
            When::Chance(mtbf, mttr) => {
                let hazard = HazardSpec {
                    mtbf,
                    mttr,
                    outages: brought((&hits, Ramp::NONE), &[[SimTime::ZERO; 2]]),
                };
                let is_new = !hazards.contains(&hazard);
                hazards.push(hazard);
                hazard_origins.push(section.origin.clone());
                is_new
            }
        };
        if !is_part && !is_new {
            let problem = "the same outage is listed twice";
            section.error_here(problem, "remove one of them");
        }
        check_count(section, (&scripted, &hazards), scene)?;
    }
    check_lies(&scripted, &scripted_origins, scene)?;
    is_whole.then(|| Outages {
        scripted: IdMap::new(scripted),
        hazards: IdMap::new(hazards),
        scripted_origins,
        hazard_origins,
    })
}

/// An outage for every hit at every time.
fn brought((hits, ramp): (&[Hit], Ramp), spans: &[[SimTime; 2]]) -> Vec<OutageSpec> {
    let outage = |(&[start, end], &(region, mode, scope)): (&[SimTime; 2], &Hit)| OutageSpec {
        region,
        start,
        end,
        mode,
        scope,
        ramp,
    };
    let pairs = spans
        .iter()
        .flat_map(|span| hits.iter().map(move |hit| (span, hit)));
    pairs.map(outage).collect()
}

/// How outages of this length grow and shrink; what has no degree cannot.
fn ramp(section: &Fields<'_>, hits: &[Hit], spans: &[[SimTime; 2]]) -> Option<Ramp> {
    let length = spans.first().map(|&[start, end]| end - start);
    let of = |&(.., scope): &Hit| ways::ramp(section, Some(scope), length);
    let ramps: Option<Vec<Ramp>> = hits.iter().map(of).collect();
    ramps?.first().copied()
}

/// Reports more outages than a run can hold.
fn check_count(
    section: &Fields<'_>,
    (scripted, hazards): (&[OutageSpec], &[HazardSpec]),
    scene: &Scene<'_>,
) -> Option<()> {
    if scripted.len() > OUTAGES_MAX {
        let problem = format!("there are more than {OUTAGES_MAX} outages by now");
        section.error("repeat", problem, "write fewer `times`");
        return None;
    }
    let period = scene.period?;
    let run = period.warm_up + period.duration;
    let struck = |hazard: &HazardSpec| hazard.strikes_in(run) * hazard.outages.len() as f64;
    let struck: f64 = hazards.iter().map(struck).sum();
    if struck > STRUCK_MAX {
        let problem = format!("there would be about {struck:.0} outages by chance in a run by now");
        let advice = format!("write a longer `mtbf`: a run holds {STRUCK_MAX} on average");
        section.error("mtbf", problem, advice);
        return None;
    }
    let end = SimTime::ZERO + run;
    let drawn = hazards.iter().map(|hazard| {
        let outages = hazard.outages.len().max(1);
        hazard.strikes_drawn(end, DRAWN_MAX / outages + 1) * outages
    });
    if drawn.sum::<usize>() > DRAWN_MAX {
        let problem = format!(
            "there would be more than {DRAWN_MAX} outages by chance in some runs by now: few of the \
             times are as long as their mean"
        );
        let advice = "write an `mtbf` with a lighter tail, such as `exponential(mean=90d)`";
        section.error("mtbf", problem, advice);
        return None;
    }
    Some(())
}

/// When it comes.
fn when(section: &Fields<'_>, scene: &Scene<'_>) -> Option<When> {
    let [mtbf, mttr] = ["mtbf", "mttr"].map(|key| section.entry(key).is_some());
    if !mtbf && !mttr {
        return scripted(section, scene).map(When::Scripted);
    }
    let mut is_bare = true;
    for key in ["at", "for", "repeat", "ramp"] {
        if let Some(entry) = section.entry(key) {
            is_bare = false;
            let by = if mtbf { "mtbf" } else { "mttr" };
            let advice = "remove it, or write `at` and `for` alone: an outage is scripted or comes by chance";
            section.error_at_key(entry, format!("`{key}` does not go with `{by}`"), advice);
        }
    }
    for (other, is_there) in [("mtbf", mtbf), ("mttr", mttr)] {
        if !is_there && is_bare {
            let example = match other {
                "mtbf" => "exponential(mean=90d)",
                _ => "exponential(mean=1h)",
            };
            section.missing(other, format!("add `{other}: {example}`"));
        }
    }
    let [between, length] = ["mtbf", "mttr"].map(|key| {
        section.entry(key)?;
        let time = section.distribution(key)?;
        if time.mean().is_zero() {
            let advice =
                "write a duration greater than 0, or a distribution such as `exponential(mean=1h)`";
            section.error(key, format!("`{key}` is no time at all"), advice);
            return None;
        }
        Some(time)
    });
    is_bare.then_some(When::Chance(between?, length?))
}

/// From when to when it lasts, each time that it comes.
fn scripted(section: &Fields<'_>, scene: &Scene<'_>) -> Option<Vec<[SimTime; 2]>> {
    for (key, example) in [("at", "at: 10m"), ("for", "for: 10m")] {
        if section.entry(key).is_none() {
            let other = "or `mtbf` and `mttr` if it comes by chance";
            section.missing(key, format!("add `{example}`, {other}"));
        }
    }
    let start = scene.start(section, "outage");
    let length: Option<SimDuration> = section.duration("for");
    let first = start.zip(length);
    if section.entry("repeat").is_none() {
        return first.map(|(start, length)| vec![[start, start + length]]);
    }
    let repeat = section.section("repeat")?;
    let every = repeat.duration("every");
    let times: Option<u32> = repeat.whole("times");
    let ((start, length), every, times) = (first?, every?, times?);
    if every <= length {
        let problem = "it comes again before it has ended";
        repeat.error("every", problem, "write more than `for`");
        return None;
    }
    let last = start + every * u64::from(times - 1);
    if last >= scene.period?.end() {
        let problem = "the last of them begins after the measured period";
        repeat.error(
            "times",
            problem,
            "write fewer, or a longer `duration` in `run`",
        );
        return None;
    }
    let starts = (0..times).map(|index| start + every * u64::from(index));
    Some(starts.map(|start| [start, start + length]).collect())
}

/// What it hits: one thing, or all of a group.
fn hits(section: &Fields<'_>, scene: &Scene<'_>) -> Option<Vec<Hit>> {
    if section.alternative()? != "group" {
        return hit(section, scene).map(|hit| vec![hit]);
    }
    let mut is_bare = true;
    for key in ["mode", "site"].into_iter().chain(PARTS) {
        if let Some(entry) = section.entry(key) {
            is_bare = false;
            let problem = format!("`{key}` does not go with `group`");
            section.error_at_key(entry, problem, "write it in the elements of the group");
        }
    }
    let members = section.list("group")?;
    if members.is_empty() {
        let advice = "write what fails, such as `[{region: westeurope}, {region: eastus}]`";
        section.error("group", "the group is empty", advice);
    }
    let mut hits: Vec<Hit> = Vec::new();
    for member in &members {
        let hit = member.alternative().and_then(|_| hit(member, scene))?;
        if hits.contains(&hit) {
            let problem = "the same outage is twice in the group";
            member.error_here(problem, "remove one of them");
        }
        hits.push(hit);
    }
    (is_bare && ways::are_absent(section) && !hits.is_empty()).then_some(hits)
}

/// What is lost of a back end.
fn backend(section: &Fields<'_>, scene: &Scene<'_>) -> Option<Hit> {
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
fn hit(section: &Fields<'_>, scene: &Scene<'_>) -> Option<Hit> {
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
) -> Option<Hit> {
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

fn region(section: &Fields<'_>, scene: &Scene<'_>) -> Option<Hit> {
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
