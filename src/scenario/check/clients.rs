//! `clients`, and the `client` that they share: who sends requests, and from where.

use crate::model::{PopulationSpec, RegionSpec};
use crate::scenario::azure;
use crate::scenario::check::policy;
use crate::scenario::check::regions::{Named, NamedRegion, Place};
use crate::scenario::check::traffic::{self, Clock};
use crate::scenario::fields::{Fields, wrong_type};
use crate::scenario::suggest::{self, quoted};
use crate::scenario::table::Kind;
use crate::units::{IdMap, SimDuration};

pub(super) type Populations = IdMap<PopulationSpec, PopulationSpec>;

/// The populations. What they share is read even if there is no population to share it.
pub(super) fn read(
    scenario: &Fields<'_>,
    sections: Option<&[Fields<'_>]>,
    (named, clock): (Option<&Named<'_>>, &Clock<'_>),
) -> Option<Populations> {
    let client = scenario.section("client")?;
    policy::read(&client, &client);
    let (sections, named) = (sections?, named?);
    check_routes(sections, named);
    let population = |section: &Fields<'_>| {
        let section = section.over(&client);
        population(&section, &client, (named, clock))
    };
    let populations: Vec<_> = sections.iter().map(population).collect();
    populations
        .into_iter()
        .collect::<Option<Vec<_>>>()
        .map(IdMap::new)
}

fn population(
    section: &Fields<'_>,
    client: &Fields<'_>,
    (named, clock): (&Named<'_>, &Clock<'_>),
) -> Option<PopulationSpec> {
    let traffic = traffic::read(section, clock);
    let last_mile = section.duration("last_mile");
    let client = policy::read(section, client);
    let rtt = round_trips(section, named);
    let last_mile = last_mile?;
    let (traffic, agents) = traffic?;
    Some(PopulationSpec {
        name: section.name.to_owned(),
        traffic,
        agents,
        rtt: rtt?.map(|&rtt| rtt + last_mile),
        client: client?,
    })
}

/// The three ways to say where a population is.
const WHERE: [&str; 3] = ["near", "at", "rtt"];

/// The median round trip to each region, without the last mile.
fn round_trips(section: &Fields<'_>, named: &Named<'_>) -> Option<IdMap<RegionSpec, SimDuration>> {
    let given: Vec<&str> = WHERE
        .into_iter()
        .filter(|key| section.entry(key).is_some())
        .collect();
    match given.as_slice() {
        ["rtt"] => named.durations(
            &format!("population `{}`", section.name),
            &section.entry("rtt")?.node,
        ),
        [_] => {
            let from = place(section, named)?;
            let rtt = |to: Option<Place<'_>>| from.rtt(to?);
            named
                .regions
                .iter()
                .map(|region| rtt(region.place))
                .collect()
        }
        [] => {
            let problem = format!("it is not said where `{}` is", quoted(section.name));
            named
                .report
                .error(section.origin, problem, "add `near`, `at` or `rtt`");
            None
        }
        several => {
            let problem = format!("`{}` is at {} places", quoted(section.name), several.len());
            let advice = format!(
                "keep only one of {}",
                suggest::any_of(several.iter().copied())
            );
            section.error(several[1], problem, advice);
            None
        }
    }
}

/// Where each population is, if it says so.
pub(super) fn places(sections: &[Fields<'_>], named: &Named<'_>) -> Vec<Option<[f64; 2]>> {
    let place = |section: &Fields<'_>| place(section, named)?.coordinates();
    sections.iter().map(place).collect()
}

/// Where a population is that gives no round trips of its own. Next to a region without a place
/// it has none either.
fn place<'a>(section: &Fields<'a>, named: &Named<'a>) -> Option<Place<'a>> {
    let Some(entry) = section.entry("near") else {
        return section.coordinates("at").map(Place::Coordinates);
    };
    let Some(name) = entry.node.scalar() else {
        wrong_type(named.report, "near", &entry.node, Kind::Region);
        return None;
    };
    if let Some(region) = named.position(name) {
        return named.regions[region.index()].place;
    }
    if azure::find(name).is_some() {
        return Some(Place::Azure(name));
    }
    let azure_names = azure::regions().iter().map(|region| region.name.as_str());
    let declared = named.regions.iter().map(|region| region.name);
    let meant = suggest::closest(name, declared.chain(azure_names));
    let advice = meant.map_or_else(
        || "write one of them; `gatefleet list regions` shows those of Azure".to_owned(),
        |meant| format!("did you mean `{meant}`?"),
    );
    let problem = format!(
        "`{}` is neither a region of this scenario nor of Azure",
        quoted(name)
    );
    named.report.error(&entry.node.origin, problem, advice);
    None
}

/// Notes every region without a place that some population would need to know.
fn check_routes(sections: &[Fields<'_>], named: &Named<'_>) {
    let Some(first) = sections
        .iter()
        .find(|section| section.entry("rtt").is_none())
    else {
        return;
    };
    let unplaced = |region: &&NamedRegion<'_>| region.place.is_none() && !region.says_place;
    for region in named.regions.iter().filter(unplaced) {
        let azure_names = azure::regions().iter().map(|region| region.name.as_str());
        let advice = suggest::closest(region.name, azure_names).map_or_else(
            || "give the region its place with `at: [latitude, longitude]`, or every population an `rtt` to it".to_owned(),
            |meant| format!("did you mean the Azure region `{meant}`?"),
        );
        let (population, region_name) = (quoted(first.name), quoted(region.name));
        let problem = format!("population `{population}` has no route to region `{region_name}`");
        named.report.error(region.origin, problem, advice);
    }
}
