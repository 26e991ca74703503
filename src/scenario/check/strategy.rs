//! `routing.strategy`: which region an answer names.

use crate::model::routing::{
    Failover, Geographic, Latency, LatencyBand, LeastUtilized, Oracle, Overprovisioned, PowerOfTwo,
    Priority, Strategy, Waterfall, Weighted,
};
use crate::model::{PopulationId, PopulationSpec, RegionId, RegionSpec};
use crate::scenario::check::clients::Populations;
use crate::scenario::check::groups;
use crate::scenario::check::regions::Named;
use crate::scenario::fields::{Fields, report_repeated, wrong_type};
use crate::scenario::suggest::{self, quoted};
use crate::scenario::table::Kind;
use crate::scenario::tree::{Entry, Node, Value};
use crate::units::{IdMap, Ratio, SimDuration};

pub(super) fn read(
    routing: &Fields<'_>,
    named: Option<&Named<'_>>,
    populations: Option<&Populations>,
) -> Option<Strategy> {
    let chosen = routing.choice("strategy")?;
    let value = || chosen.value("strategy", routing);
    match chosen.name {
        "priority" => {
            let order = named?.resolve_list(chosen.name, value()?)?;
            Some(Strategy::Priority(Priority::new(order)))
        }
        "weighted" => {
            let weights = weights(chosen.name, value()?, named?)?;
            let weights = weights.map(|weight| weight.unwrap_or(0.0));
            Some(Strategy::Weighted(Weighted::new(weights)))
        }
        "geographic" => geographic(value()?, named?, populations),
        "round_robin" => Some(Strategy::RoundRobin),
        "latency_band" => latency_band(&routing.choice_section(chosen)?, named, populations),
        "overprovisioned" => overprovisioned(&routing.choice_section(chosen)?, named),
        "waterfall" => waterfall(&routing.choice_section(chosen)?, populations),
        "least_utilized" => Some(Strategy::LeastUtilized(LeastUtilized::new(rtts(
            populations?,
        )))),
        "power_of_two" => Some(Strategy::PowerOfTwo(PowerOfTwo::new(rtts(populations?)))),
        "oracle" => Some(Strategy::Oracle(Oracle::new(rtts(populations?)))),
        _ => latency(&routing.choice_section(chosen)?, populations),
    }
}

fn latency(section: &Fields<'_>, populations: Option<&Populations>) -> Option<Strategy> {
    let failover = match section.choice("failover")?.name {
        "even_spread" => Failover::EvenSpread,
        _ => Failover::NextClosest,
    };
    let rtts = populations?.iter().map(|population| &population.rtt);
    Some(Strategy::Latency(Latency::new(failover, rtts)))
}

/// The round trips of each population.
fn rtts(populations: &Populations) -> IdMap<PopulationSpec, IdMap<RegionSpec, SimDuration>> {
    populations.map(|population| population.rtt.clone())
}

fn waterfall(section: &Fields<'_>, populations: Option<&Populations>) -> Option<Strategy> {
    let target = section.ratio("target")?;
    if target == Ratio::ZERO {
        let problem = "a target of 0 % leaves no region any room";
        section.error(
            "target",
            problem,
            "write a share greater than 0 %, such as `80%`",
        );
        return None;
    }
    let rtts = populations?.iter().map(|population| &population.rtt);
    Some(Strategy::Waterfall(Waterfall::new(target, rtts)))
}

fn latency_band(
    section: &Fields<'_>,
    named: Option<&Named<'_>>,
    populations: Option<&Populations>,
) -> Option<Strategy> {
    let sensitivity = section.duration("sensitivity");
    let named = named?;
    let weights = match section.entry("weights") {
        Some(entry) => positive(&weights("weights", &entry.node, named)?, &entry.node, named),
        None => Some(IdMap::from_fn(named.regions.len(), |_| 1.0)),
    };
    let band = LatencyBand::new(sensitivity?, weights?, rtts(populations?));
    Some(Strategy::LatencyBand(band))
}

fn overprovisioned(section: &Fields<'_>, named: Option<&Named<'_>>) -> Option<Strategy> {
    let factor = section.factor("factor");
    let panic = section.ratio("panic");
    let (node, named) = (section.node("levels")?, named?);
    let levels = groups::read(("levels", "level"), node, named)?;
    if levels.is_empty() {
        let problem = "`levels` names no region";
        named
            .report
            .error(&node.origin, problem, "name at least one");
        return None;
    }
    if levels.len() > Overprovisioned::LEVELS_MAX {
        let most = Overprovisioned::LEVELS_MAX;
        named.report.error(
            &node.origin,
            format!("there are {} levels", levels.len()),
            format!("write at most {most}, several regions in one"),
        );
        return None;
    }
    let rule = (factor?, panic?);
    let strategy = Overprovisioned::new(&levels, named.regions.len(), rule);
    Some(Strategy::Overprovisioned(strategy))
}

/// Weights of which none is 0; 1 where none is given.
fn positive(
    weights: &IdMap<RegionSpec, Option<f64>>,
    node: &Node,
    named: &Named<'_>,
) -> Option<IdMap<RegionSpec, f64>> {
    let weights = weights.map(|weight| weight.unwrap_or(1.0));
    let empty = weights.entries().find(|&(_, &weight)| weight <= 0.0);
    if let Some((region, _)) = empty {
        let name = named.regions[region.index()].name;
        named.report.error(
            &node.origin,
            format!("the weight of `{name}` is 0, and it may be alone in its band"),
            "write a weight greater than 0",
        );
        return None;
    }
    Some(weights)
}

/// The weights that a map gives to regions, one of them greater than 0.
fn weights(key: &str, node: &Node, named: &Named<'_>) -> Option<IdMap<RegionSpec, Option<f64>>> {
    let Value::Map(entries) = &node.value else {
        wrong_type(named.report, key, node, Kind::WeightByRegion);
        return None;
    };
    report_repeated(named.report, entries);
    let mut found = IdMap::from_fn(named.regions.len(), |_| None);
    let mut is_complete = true;
    for entry in entries.iter().filter(|entry| !entry.is_free()) {
        let region = named.resolve_key(entry);
        let weight = weight(entry, named);
        is_complete &= region.is_some() && weight.is_some();
        if let Some(region) = region {
            found[region] = weight;
        }
    }
    if is_complete && !found.iter().flatten().any(|&weight| weight > 0.0) {
        let problem = format!("`{key}` gives no region a weight");
        let advice = "write a number greater than 0 for at least one, such as `{westeurope: 1}`";
        named.report.error(&node.origin, problem, advice);
        return None;
    }
    is_complete.then_some(found)
}

fn weight(entry: &Entry, named: &Named<'_>) -> Option<f64> {
    let text = entry.node.scalar().unwrap_or(entry.node.noun());
    let weight = text.parse().ok();
    let weight = weight.filter(|weight: &f64| weight.is_finite() && *weight >= 0.0);
    if weight.is_none() {
        named.report.error(
            &entry.node.origin,
            format!("the weight `{}` is not a number from 0 on", quoted(text)),
            "write a number without unit, such as `3`",
        );
    }
    weight
}

/// A region, or several, for every population.
fn geographic(
    node: &Node,
    named: &Named<'_>,
    populations: Option<&Populations>,
) -> Option<Strategy> {
    let Value::Map(entries) = &node.value else {
        wrong_type(named.report, "geographic", node, Kind::RegionsByPopulation);
        return None;
    };
    report_repeated(named.report, entries);
    let populations = populations?;
    let mut found = populations.map(|_| None);
    let mut is_complete = true;
    for entry in entries.iter().filter(|entry| !entry.is_free()) {
        let population = population(entry, named, populations);
        let regions = assigned(entry, named);
        is_complete &= population.is_some() && regions.is_some();
        if let Some(population) = population {
            found[population] = Some(regions);
        }
    }
    let missing: Vec<&str> = (populations.iter().zip(&found))
        .filter(|(_, regions)| regions.is_none())
        .map(|(population, _)| population.name.as_str())
        .collect();
    // A name that is misspelt is missing too, and was told.
    if is_complete && !missing.is_empty() {
        let problem = format!("no region is assigned to {}", suggest::all_of(missing));
        let advice = "name a region for every population, such as `{europe: westeurope}`";
        named.report.error(&node.origin, problem, advice);
        return None;
    }
    let lists: Option<Vec<Vec<RegionId>>> = found.iter().cloned().map(Option::flatten).collect();
    let lists = lists.filter(|_| is_complete)?;
    Some(Strategy::Geographic(Geographic::new(IdMap::new(lists))))
}

fn population(entry: &Entry, named: &Named<'_>, populations: &Populations) -> Option<PopulationId> {
    let mut all = populations.entries();
    let found = all.find(|(_, population)| population.name == entry.key);
    if found.is_none() {
        let names: Vec<&str> = populations.iter().map(|one| one.name.as_str()).collect();
        let problem = format!(
            "`{}` is not a population of this scenario",
            quoted(&entry.key)
        );
        let advice = suggest::advice(&entry.key, names);
        named.report.error(&entry.origin, problem, advice);
    }
    found.map(|(population, _)| population)
}

/// The region, or the regions, that stand for a population.
fn assigned(entry: &Entry, named: &Named<'_>) -> Option<Vec<RegionId>> {
    match entry.node.value {
        Value::List(_) => named.resolve_list(&entry.key, &entry.node),
        _ => named
            .resolve(&entry.key, &entry.node)
            .map(|region| vec![region]),
    }
}
