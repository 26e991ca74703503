//! `regions`, the `gateway` that they share, and `fleet`.

use crate::model::{CacheSpec, Discipline, LimitKey, RateLimitSpec, RegionId, RegionSpec};
use crate::random::Distribution;
use crate::scenario::azure;
use crate::scenario::fields::{self, Fields, report_repeated, wrong_type};
use crate::scenario::report::{Origin, Report};
use crate::scenario::suggest::{self, quoted};
use crate::scenario::table::Kind;
use crate::scenario::tree::{Entry, Node, Value};
use crate::units::text::show_duration;
use crate::units::{Id, IdMap, SimDuration};

/// The regions of a scenario by name and place.
pub(super) struct Named<'a> {
    pub(super) regions: Vec<NamedRegion<'a>>,
    pub(super) report: &'a Report,
}

/// A region that can be referred to.
pub(super) struct NamedRegion<'a> {
    pub(super) name: &'a str,
    pub(super) origin: &'a Origin,
    pub(super) place: Option<Place<'a>>,
    /// Whether it says where it is, even if that could not be read.
    pub(super) says_place: bool,
}

/// Where something is.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Place<'a> {
    /// In a region of the Azure tables.
    Azure(&'a str),
    /// At a latitude and longitude.
    Coordinates([f64; 2]),
}

impl<'a> Named<'a> {
    pub(super) fn new(sections: &[Fields<'a>], report: &'a Report) -> Self {
        let region = |section: &Fields<'a>| NamedRegion {
            name: section.name,
            origin: section.origin,
            place: place(section),
            says_place: section.entry("at").is_some(),
        };
        Self {
            regions: sections.iter().map(region).collect(),
            report,
        }
    }

    /// The number of the region of this name.
    pub(super) fn position(&self, name: &str) -> Option<RegionId> {
        self.regions
            .iter()
            .position(|region| region.name == name)
            .map(Id::new)
    }

    /// The region that a node names; what is no region of the scenario is reported.
    pub(super) fn resolve(&self, key: &str, node: &Node) -> Option<RegionId> {
        let Some(name) = node.scalar() else {
            wrong_type(self.report, key, node, Kind::Region);
            return None;
        };
        self.resolve_name(name, &node.origin)
    }

    /// The region that is the key of an entry.
    pub(super) fn resolve_key(&self, entry: &Entry) -> Option<RegionId> {
        self.resolve_name(&entry.key, &entry.origin)
    }

    fn resolve_name(&self, name: &str, origin: &Origin) -> Option<RegionId> {
        let found = self.position(name);
        if found.is_none() {
            let problem = format!("`{}` is not a region of this scenario", quoted(name));
            self.report
                .error(origin, problem, suggest::advice(name, self.names()));
        }
        found
    }

    /// The regions that a list names, each at most once and at least one.
    pub(super) fn resolve_list(&self, key: &str, node: &Node) -> Option<Vec<RegionId>> {
        let Value::List(nodes) = &node.value else {
            wrong_type(self.report, key, node, Kind::Regions);
            return None;
        };
        if nodes.is_empty() {
            let problem = format!("`{key}` names no region");
            self.report
                .error(&node.origin, problem, "name at least one");
            return None;
        }
        let found: Vec<_> = nodes.iter().map(|node| self.resolve(key, node)).collect();
        for (index, region) in found.iter().enumerate() {
            if region.is_some() && found[..index].contains(region) {
                let name = nodes[index].scalar().unwrap_or_default();
                let problem = format!("`{name}` is in the list twice");
                self.report
                    .error(&nodes[index].origin, problem, "remove one of them");
            }
        }
        found.into_iter().collect()
    }

    /// A length of time for each region, from a map of `owner` that names them all.
    pub(super) fn durations(
        &self,
        owner: &str,
        node: &Node,
    ) -> Option<IdMap<RegionSpec, SimDuration>> {
        let Value::Map(entries) = &node.value else {
            wrong_type(self.report, "rtt", node, Kind::DurationByRegion);
            return None;
        };
        report_repeated(self.report, entries);
        let mut found = IdMap::from_fn(self.regions.len(), |_| None);
        let mut is_complete = true;
        for entry in entries.iter().filter(|entry| !entry.is_free()) {
            let region = self.resolve_name(&entry.key, &entry.origin);
            let length = self.duration(&entry.key, &entry.node);
            is_complete &= region.is_some() && length.is_some();
            if let Some(region) = region {
                found[region] = Some(length);
            }
        }
        for (region, _) in found.entries().filter(|(_, length)| length.is_none()) {
            self.report_no_route(owner, region, &node.origin);
            is_complete = false;
        }
        is_complete.then(|| found.map(|length| length.flatten().unwrap_or_default()))
    }

    fn duration(&self, name: &str, node: &Node) -> Option<SimDuration> {
        let Some(text) = node.scalar() else {
            wrong_type(self.report, name, node, Kind::Duration);
            return None;
        };
        fields::duration(&quoted(text), Kind::Duration)
            .map_err(|error| self.report.error(&node.origin, error.problem, error.advice))
            .ok()
    }

    fn report_no_route(&self, owner: &str, region: RegionId, origin: &Origin) {
        let name = self.regions[region.index()].name;
        self.report.error(
            origin,
            format!("{owner} has no route to region `{name}`"),
            format!("add `{name}: ...` to its `rtt`"),
        );
    }

    fn names(&self) -> Vec<&'a str> {
        self.regions.iter().map(|region| region.name).collect()
    }
}

/// A place given by the user comes before that of the table.
fn place<'a>(section: &Fields<'a>) -> Option<Place<'a>> {
    if section.entry("at").is_some() {
        return section.coordinates("at").map(Place::Coordinates);
    }
    azure::find(section.name).map(|_| Place::Azure(section.name))
}

impl Place<'_> {
    /// Latitude and longitude, if they are known.
    pub(super) fn coordinates(self) -> Option<[f64; 2]> {
        match self {
            Self::Azure(name) => azure::find(name)?.coordinates,
            Self::Coordinates(coordinates) => Some(coordinates),
        }
    }

    /// The median round trip between two places.
    pub(super) fn rtt(self, to: Place<'_>) -> Option<SimDuration> {
        if let (Self::Azure(from), Place::Azure(to)) = (self, to) {
            return azure::rtt(from, to);
        }
        Some(azure::fitted_rtt(self.coordinates()?, to.coordinates()?))
    }
}

/// The regions' gateways. What they share is read even if there is no region to share it.
pub(super) fn read(
    scenario: &Fields<'_>,
    sections: Option<&[Fields<'_>]>,
) -> Option<IdMap<RegionSpec, RegionSpec>> {
    let gateway = scenario.section("gateway")?;
    Gateway::read(&gateway, &gateway);
    let sections = sections?.iter();
    let regions: Vec<_> = sections
        .map(|section| region(&section.over(&gateway), &gateway))
        .collect();
    regions
        .into_iter()
        .collect::<Option<Vec<_>>>()
        .map(IdMap::new)
}

fn region(section: &Fields<'_>, gateway: &Fields<'_>) -> Option<RegionSpec> {
    let units: Option<u32> = section.whole("units");
    let zones: Option<u32> = section.whole("zones");
    let gateway = Gateway::read(section, gateway);
    let (units, zones, gateway) = (units?, zones?, gateway?);
    Some(RegionSpec {
        name: section.name.to_owned(),
        workers: units * gateway.vms_per_unit * gateway.workers_per_vm,
        units,
        vms_per_unit: gateway.vms_per_unit,
        zones,
        service: gateway.service,
        queue_limit: gateway.queue_limit,
        rate_limit: gateway.rate_limit,
        discipline: gateway.discipline,
        shed_after: gateway.shed_after,
        cache: gateway.cache,
        coordinates: place(section).and_then(Place::coordinates),
    })
}

/// What `gateway` says, and a region may override.
pub(super) struct Gateway {
    vms_per_unit: u32,
    workers_per_vm: u32,
    service: Distribution,
    queue_limit: Option<u32>,
    rate_limit: Option<RateLimitSpec>,
    discipline: Discipline,
    shed_after: Option<SimDuration>,
    cache: Option<CacheSpec>,
}

/// The longest period of a rate limit [A: API Management limit call rate by key].
const RENEWAL_PERIOD_MAX: SimDuration = SimDuration::from_secs(300);

impl Gateway {
    pub(super) fn read(section: &Fields<'_>, shared: &Fields<'_>) -> Option<Self> {
        let vms: Option<u32> = section.whole("vms_per_unit");
        let workers: Option<u32> = section.whole("workers_per_vm");
        let service = section.distribution("service");
        let queue_limit = section.whole_limit("queue_limit");
        let rate_limit = section.read_or_none(shared, "rate_limit", rate_limit);
        let discipline = section.choice("discipline");
        let shed_after = section.duration_limit("shed_after");
        let cache = section.read_or_none(shared, "cache", cache);
        Some(Self {
            vms_per_unit: vms?,
            workers_per_vm: workers?,
            service: service?,
            queue_limit: queue_limit?.into(),
            rate_limit: rate_limit?.into(),
            discipline: match discipline?.name {
                "lifo" => Discipline::Lifo,
                _ => Discipline::Fifo,
            },
            shed_after: shed_after?.into(),
            cache: cache?.into(),
        })
    }
}

fn cache(section: &Fields<'_>) -> Option<CacheSpec> {
    let cacheable = section.ratio("cacheable");
    let items = section.whole("items");
    let skew = section.skew("skew");
    let ttl = section.duration("ttl");
    let shared = section.choice("shared");
    Some(CacheSpec {
        cacheable: cacheable?,
        items: items?,
        skew: skew?,
        ttl: ttl?,
        is_shared: shared?.name == "true",
    })
}

fn rate_limit(section: &Fields<'_>) -> Option<RateLimitSpec> {
    let calls = section.whole("calls");
    let period = section.duration("renewal_period");
    let by = section.choice("by");
    let period = period?;
    if period > RENEWAL_PERIOD_MAX {
        let shown = show_duration(period.as_secs_f64());
        let problem = format!("a rate limit does not look back {shown}");
        section.error("renewal_period", problem, "write at most `300s`");
        return None;
    }
    Some(RateLimitSpec {
        calls: calls?,
        period,
        by: match by?.name {
            "population" => LimitKey::Population,
            _ => LimitKey::Region,
        },
    })
}

/// The region that holds the management plane.
pub(super) fn primary(scenario: &Fields<'_>, named: Option<&Named<'_>>) -> Option<RegionId> {
    let fleet = scenario.section("fleet")?;
    let named = named?;
    match fleet.entry("primary") {
        Some(entry) => named.resolve("primary", &entry.node),
        None => (!named.regions.is_empty()).then(|| Id::new(0)),
    }
}
