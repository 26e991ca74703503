//! `network` of an outage: between which places, and what is wrong with the way; and `ramp`.

use crate::model::{BackendPart, Impairment, OutageMode, Place, Ramp, RegionId, Scope};
use crate::scenario::check::scene::Scene;
use crate::scenario::fields::{Fields, Found, wrong_type};
use crate::scenario::suggest::{self, quoted};
use crate::scenario::table::Kind;
use crate::scenario::tree::{Node, Value};
use crate::units::text::show_duration;
use crate::units::{Id, Ratio, SimDuration};

/// What the places that the router probes from are called.
const PROBERS: &str = "probers";

/// The keys of what can be wrong with a way.
const EFFECTS: [&str; 3] = ["partition", "loss", "delay"];

/// The way that an outage hits, from a region to another place.
pub(super) fn read(
    section: &Fields<'_>,
    scene: &Scene<'_>,
) -> Option<(RegionId, OutageMode, Scope)> {
    let ends = ends(section, scene);
    let impairment = impairment(section);
    let ((region, place), impairment) = (ends?, impairment?);
    let scope = Scope::Network(place, impairment);
    Some((region, OutageMode::Blackhole, scope))
}

/// Reports what is said of a way where an outage hits something else; returns whether nothing is.
pub(super) fn are_absent(section: &Fields<'_>) -> bool {
    let mut is_absent = true;
    for entry in EFFECTS.iter().filter_map(|key| section.entry(key)) {
        is_absent = false;
        let problem = format!("`{}` is of a way between two places", entry.key);
        let advice = "write `network: [PLACE, PLACE]` in place of what is hit, or remove it";
        section.error_at_key(entry, problem, advice);
    }
    is_absent
}

/// A region, and the other end of the way to it.
fn ends(section: &Fields<'_>, scene: &Scene<'_>) -> Option<(RegionId, Place)> {
    let node = section.node("network")?;
    let report = scene.named?.report;
    let Value::List(nodes) = &node.value else {
        wrong_type(report, "network", node, Kind::Places);
        return None;
    };
    let [one, other] = nodes.as_slice() else {
        let problem = format!("a way has two ends, and here are {}", nodes.len());
        section.error(
            "network",
            problem,
            "write two places, such as `[europe, westeurope]`",
        );
        return None;
    };
    let places = [place(one, scene), place(other, scene)];
    let [Some(one), Some(other)] = places else {
        return None;
    };
    if one == other {
        section.error(
            "network",
            "both ends are the same place",
            "write another place",
        );
        return None;
    }
    match (one, other) {
        (Place::Region(region), place) | (place, Place::Region(region)) => Some((region, place)),
        _ => {
            let problem = "nothing goes between these two places";
            section.error("network", problem, "one of them has to be a region");
            None
        }
    }
}

/// The one place of a name.
fn place(node: &Node, scene: &Scene<'_>) -> Option<Place> {
    let (named, populations) = (scene.named?, scene.populations?);
    let Some(name) = node.scalar() else {
        wrong_type(named.report, "network", node, Kind::Region);
        return None;
    };
    let population = populations
        .iter()
        .position(|population| population.name == name);
    let population = population.map(|index| ("a population", Place::Population(Id::new(index))));
    let region = named
        .position(name)
        .map(|id| ("a region", Place::Region(id)));
    let probers = (name == PROBERS).then_some(("where the router probes from", Place::Probers));
    let found: Vec<(&str, Place)> = [population, region, probers]
        .into_iter()
        .flatten()
        .collect();
    match found.as_slice() {
        [] => {
            let names = populations
                .iter()
                .map(|population| population.name.as_str());
            let regions = named.regions.iter().map(|region| region.name);
            let known: Vec<&str> = names.chain(regions).chain([PROBERS]).collect();
            let problem = format!(
                "`{}` is no population, no region and not `{PROBERS}`",
                quoted(name)
            );
            named
                .report
                .error(&node.origin, problem, suggest::advice(name, known));
            None
        }
        [(_, place)] => Some(*place),
        [(one, _), (other, _), ..] => {
            let problem = format!("`{name}` is both {one} and {other}");
            named
                .report
                .error(&node.origin, problem, "give one of them another name");
            None
        }
    }
}

fn impairment(section: &Fields<'_>) -> Option<Impairment> {
    let written = EFFECTS
        .into_iter()
        .filter(|key| section.entry(key).is_some());
    let written: Vec<&str> = written.collect();
    if section.entry("partition").is_some() {
        for key in &written[1..] {
            let problem = format!("`{key}` does not go with `partition`");
            section.error(
                key,
                problem,
                "remove one of them: over a cut way nothing comes",
            );
        }
        section.choice("partition")?;
        return (written.len() == 1).then_some(Impairment::PARTITION);
    }
    if written.is_empty() {
        let problem = "nothing is wrong with this way";
        let advice = "add `partition: true`, or `loss: 5%`, `delay: 80ms` or both";
        section.error("network", problem, advice);
        return None;
    }
    let loss = match section.entry("loss") {
        Some(_) => loss(section),
        None => Some(Ratio::ZERO),
    };
    let delay = match section.entry("delay") {
        Some(_) => section.duration("delay"),
        None => Some(SimDuration::ZERO),
    };
    Some(Impairment {
        delay: delay?,
        loss: loss?,
    })
}

fn loss(section: &Fields<'_>) -> Option<Ratio> {
    let loss = section.ratio("loss")?;
    if loss == Ratio::ZERO {
        let advice = "write the share of messages that is lost, such as `5%`";
        section.error("loss", "a loss of nothing is none", advice);
        return None;
    }
    if loss == Ratio::ONE {
        let advice = "write `partition: true` in place of `loss`";
        section.error("loss", "a loss of everything is a partition", advice);
        return None;
    }
    Some(loss)
}

/// How an outage of a degree grows and shrinks; others come and go at once.
pub(super) fn ramp(
    section: &Fields<'_>,
    scope: Option<Scope>,
    length: Option<SimDuration>,
) -> Option<Ramp> {
    let Some(Found::Written(node)) = section.find("ramp") else {
        return Some(Ramp::NONE);
    };
    let (up, down) = if let Value::Map(_) = &node.value {
        let ramp = section.section_in("ramp", node)?;
        (ramp.duration("up"), ramp.duration("down"))
    } else {
        let both = section.duration("ramp");
        (both, both)
    };
    let ramp = Ramp {
        up: up?,
        down: down?,
    };
    let (scope, length) = (scope?, length?);
    let has_degree = match scope {
        Scope::Capacity(_) | Scope::Speed(_) | Scope::Gray(_) => true,
        Scope::Network(_, impairment) => !impairment.is_partition(),
        Scope::Backend(hit) => hit.part != BackendPart::All,
        _ => false,
    };
    let both = ramp.up + ramp.down;
    if !has_degree {
        let advice =
            "remove it: only `capacity`, `slow`, `gray`, `loss` and `delay` grow and shrink";
        let entry = section.entry("ramp")?;
        section.error_at_key(entry, "what this outage does has no degree", advice);
        return None;
    }
    if both.is_zero() {
        section.error(
            "ramp",
            "a ramp of no time is none",
            "remove it, or write `up: 5m`",
        );
        return None;
    }
    if both > length {
        let [both, length] = [both, length].map(|length| show_duration(length.as_secs_f64()));
        let problem = format!("up and down, the ramps take {both} of an outage of {length}");
        section.error("ramp", problem, "write a shorter `ramp`, or a longer `for`");
        return None;
    }
    Some(ramp)
}
