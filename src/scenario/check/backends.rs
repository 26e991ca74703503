//! `backends`: what gateways call, and where it runs.

use crate::model::{
    BackendHit, BackendId, BackendPart, BackendSpec, BackendsSpec, BreakerSpec, Choice, RegionId,
    RegionSpec, SiteId, SiteSpec,
};
use crate::scenario::azure;
use crate::scenario::check::regions::{Named, Place};
use crate::scenario::check::scene::Scene;
use crate::scenario::fields::{Fields, Limit, wrong_type};
use crate::scenario::report::Origin;
use crate::scenario::suggest::{self, quoted};
use crate::scenario::table::Kind;
use crate::scenario::tree::{Node, Value};
use crate::units::{Id, IdMap, Ratio, SimDuration};

/// The most sites of a scenario.
const SITES_MAX: usize = 1_000;

/// The most answers that the caches of all regions may keep: 400 MB.
const ANSWERS_MAX: u64 = 50_000_000;

/// The back ends; of none if the scenario has none.
pub(super) fn read(
    scenario: &Fields<'_>,
    sections: Option<&[Fields<'_>]>,
    scene: &Scene<'_>,
) -> Option<Limit<BackendsSpec>> {
    let Some(sections) = sections else {
        return scenario.entry("backends").is_none().then_some(Limit::None);
    };
    let read: Vec<_> = sections
        .iter()
        .enumerate()
        .map(|(index, section)| backend(section, (Id::new(index), scene)))
        .collect();
    let shares = shares(sections, scene);
    let mut backends = Vec::new();
    let mut sites = Vec::new();
    let read: Option<Vec<(BackendSpec, Vec<SiteSpec>)>> = read.into_iter().collect();
    for ((backend, of_backend), share) in read?.into_iter().zip(shares?) {
        backends.push(BackendSpec { share, ..backend });
        sites.extend(of_backend);
    }
    if sites.len() > SITES_MAX {
        let problem = format!("`backends` has {} sites in all", sites.len());
        let advice = format!("write at most {SITES_MAX}");
        scenario.error("backends", problem, advice);
        return None;
    }
    Some(Limit::At(BackendsSpec {
        backends: IdMap::new(backends),
        sites: IdMap::new(sites),
    }))
}

/// The share of requests that each needs: what is written, and what that leaves to the others.
fn shares(sections: &[Fields<'_>], scene: &Scene<'_>) -> Option<Vec<Ratio>> {
    let written: Vec<Option<f64>> = sections
        .iter()
        .map(|section| match section.entry("share") {
            None => Some(None),
            Some(_) => section.ratio("share").map(|share| Some(share.as_f64())),
        })
        .collect::<Option<_>>()?;
    let taken: f64 = written.iter().flatten().sum();
    // A sum of percentages as people write them.
    if taken > 1.0 + 1e-9 {
        let percent = (taken * 100.0 * 1e6).round() / 1e6;
        let last = sections.iter().rev().find(|s| s.entry("share").is_some())?;
        let problem = format!("the shares of `backends` add up to {percent} %");
        let advice = "write shares that add up to at most `100%`";
        last.error("share", problem, advice);
        return None;
    }
    let others = written.iter().filter(|share| share.is_none()).count();
    let left = (1.0 - taken).max(0.0) / others.max(1) as f64;
    if others > 0 && left < 1e-9 {
        let without = sections.iter().find(|s| s.entry("share").is_none())?;
        let problem = format!("the others leave no request to `{}`", without.name);
        let advice = "write its `share`, or smaller ones for the others";
        scene.named?.report.error(without.origin, problem, advice);
        return None;
    }
    let share = |share: Option<f64>| Ratio::new(share.unwrap_or(left).min(1.0));
    written.into_iter().map(share).collect()
}

/// A back end but for its share, and its sites.
fn backend(
    section: &Fields<'_>,
    (id, scene): (BackendId, &Scene<'_>),
) -> Option<(BackendSpec, Vec<SiteSpec>)> {
    let choice = section.choice("choose").map(|chosen| match chosen.name {
        "weighted" => Choice::Weighted,
        _ => Choice::Closest,
    });
    let timeout = section.duration("timeout");
    let local_rtt = section.duration("local_rtt");
    let retry = section.section("retry");
    let attempts = retry.as_ref().and_then(|retry| retry.whole("attempts"));
    let backoff = retry.as_ref().and_then(|retry| retry.backoff("backoff"));
    let breaker = section.read_or_none(section, "breaker", breaker);
    let places = places(section, scene);
    let near = (scene, local_rtt?);
    let sites = places?
        .iter()
        .map(|place| place.site(section, (id, near)))
        .collect::<Vec<_>>();
    let sites: Vec<SiteSpec> = sites.into_iter().collect::<Option<_>>()?;
    check_served(section, &sites, scene);
    let backend = BackendSpec {
        name: section.name.to_owned(),
        share: Ratio::ZERO,
        choice: choice?,
        timeout: timeout?,
        attempts: attempts?,
        backoff: backoff?,
        breaker: breaker?.into(),
    };
    Some((backend, sites))
}

fn breaker(section: &Fields<'_>) -> Option<BreakerSpec> {
    let failures = section.whole("failures");
    let window = section.duration("window");
    let open_for = section.duration("open_for");
    let half_open = section.whole_limit("half_open");
    Some(BreakerSpec {
        failures: failures?,
        window: window?,
        open_for: open_for?,
        half_open: half_open?.into(),
    })
}

/// Where a site is, and what says how it differs from the others.
struct Sited<'a> {
    name: &'a str,
    origin: &'a Origin,
    region: Option<RegionId>,
    place: Option<Place<'a>>,
    own: Option<Fields<'a>>,
}

/// The places of a back end's sites.
fn places<'a>(section: &Fields<'a>, scene: &Scene<'a>) -> Option<Vec<Sited<'a>>> {
    let named = scene.named?;
    if section.entry("sites").is_some() {
        if let Some(entry) = section.entry("at") {
            let problem = format!("`{}` has both `at` and `sites`", quoted(section.name));
            section.error_at_key(entry, problem, "keep only one of them");
            return None;
        }
        let sites = section.named("sites")?;
        let sited = |own: Fields<'a>| {
            let (name, origin) = (own.name, own.origin);
            let site = sited((name, origin), named)?;
            let own = Some(own);
            Some(Sited { own, ..site })
        };
        let sites: Vec<_> = sites.into_iter().map(sited).collect();
        return sites.into_iter().collect();
    }
    let Some(entry) = section.entry("at") else {
        let primary = scene.primary?;
        let name = named.regions[primary.index()].name;
        return Some(vec![sited((name, section.origin), named)?]);
    };
    let nodes = listed(&entry.node, named)?;
    let sited = |node: &'a Node| {
        let Some(name) = node.scalar() else {
            wrong_type(named.report, "at", node, Kind::Sites);
            return None;
        };
        sited((name, &node.origin), named)
    };
    let sites: Vec<_> = nodes.iter().map(sited).collect();
    let sites: Vec<Sited<'a>> = sites.into_iter().collect::<Option<_>>()?;
    for (index, site) in sites.iter().enumerate() {
        if sites[..index].iter().any(|other| other.name == site.name) {
            let problem = format!("`{}` is in the list twice", site.name);
            named
                .report
                .error(site.origin, problem, "remove one of them");
        }
    }
    Some(sites)
}

fn listed<'a>(node: &'a Node, named: &Named<'_>) -> Option<&'a [Node]> {
    let nodes = match &node.value {
        Value::List(nodes) => nodes.as_slice(),
        Value::Map(_) => {
            wrong_type(named.report, "at", node, Kind::Sites);
            return None;
        }
        _ => std::slice::from_ref(node),
    };
    if nodes.is_empty() {
        let advice = "name a region, or remove `at`: then it runs in the primary";
        named
            .report
            .error(&node.origin, "`at` names no place", advice);
        return None;
    }
    Some(nodes)
}

fn sited<'a>((name, origin): (&'a str, &'a Origin), named: &Named<'a>) -> Option<Sited<'a>> {
    let region = named.position(name);
    let place = match region {
        Some(region) => named.regions[region.index()].place,
        None => azure::find(name).map(|_| Place::Azure(name)),
    };
    if region.is_none() && place.is_none() {
        let problem = format!(
            "`{}` is neither a region of this scenario nor an Azure region",
            quoted(name)
        );
        let names = named.regions.iter().map(|region| region.name);
        let advice = suggest::advice(name, names.collect::<Vec<_>>());
        named.report.error(origin, problem, advice);
        return None;
    }
    Some(Sited {
        name,
        origin,
        region,
        place,
        own: None,
    })
}

impl Sited<'_> {
    /// The site.
    fn site(
        &self,
        backend: &Fields<'_>,
        (id, (scene, local_rtt)): (BackendId, (&Scene<'_>, SimDuration)),
    ) -> Option<SiteSpec> {
        let named = scene.named?;
        let rtt = match self.own.as_ref().and_then(|own| own.entry("rtt")) {
            Some(entry) => named.durations(&format!("site `{}`", self.name), &entry.node),
            None => self.tabulated(named, local_rtt),
        };
        let own = match &self.own {
            Some(own) => Station::read(&own.over(backend)),
            None => Station::read(backend),
        };
        let number = |key| match &self.own {
            Some(own) => own.whole(key),
            None => Some(1),
        };
        let serves = match self.own.as_ref().and_then(|own| own.entry("serves")) {
            Some(entry) => named.resolve_list("serves", &entry.node),
            None => Some(Vec::new()),
        };
        let station = own?;
        Some(SiteSpec {
            backend: id,
            place: self.name.to_owned(),
            region: self.region,
            rtt: rtt?,
            service: station.service,
            workers: station.workers,
            queue_limit: station.queue_limit,
            priority: number("priority")?,
            weight: number("weight")?,
            serves: serves?,
        })
    }

    /// The round trips between its place and those of the regions; if they are not known, that is
    /// reported.
    fn tabulated(
        &self,
        named: &Named<'_>,
        local_rtt: SimDuration,
    ) -> Option<IdMap<RegionSpec, SimDuration>> {
        let rtt = |index: usize| {
            if self.region == Some(Id::new(index)) {
                return Some(local_rtt);
            }
            named.regions[index].place?.rtt(self.place?)
        };
        let count = named.regions.len();
        let unknown = (0..count).find(|&index| rtt(index).is_none());
        if let Some(index) = unknown {
            let is_reported = named
                .regions
                .iter()
                .any(|r| r.place.is_none() && r.says_place);
            if !is_reported {
                let region = named.regions[index].name;
                let problem = format!(
                    "no round trip between `{region}` and the site `{}` is known",
                    self.name
                );
                let advice = format!(
                    "give the regions their places with `at: [latitude, longitude]`, or write \
                     `sites: {{{}: {{rtt: {{{region}: 80ms}}}}}}`",
                    self.name
                );
                named.report.error(self.origin, problem, advice);
            }
        }
        (0..count).map(rtt).collect()
    }
}

/// What a site can do.
struct Station {
    service: crate::random::Distribution,
    workers: Option<u32>,
    queue_limit: Option<u32>,
}

impl Station {
    fn read(section: &Fields<'_>) -> Option<Self> {
        let service = section.distribution("service");
        let workers = section.whole_limit("workers");
        let queue_limit = section.whole_limit("queue_limit");
        let (workers, queue_limit): (Option<u32>, Option<u32>) =
            (workers?.into(), queue_limit?.into());
        if workers.is_none() && queue_limit.is_some() {
            let problem = "nobody waits where any number of calls is served";
            let advice = "write `workers`, or remove `queue_limit`";
            section.error("queue_limit", problem, advice);
            return None;
        }
        Some(Self {
            service: service?,
            workers,
            queue_limit,
        })
    }
}

/// Reports a region whose gateway has nobody to call.
fn check_served(section: &Fields<'_>, sites: &[SiteSpec], scene: &Scene<'_>) {
    let Some(named) = scene.named else { return };
    for (index, region) in named.regions.iter().enumerate() {
        let is_served =
            |site: &SiteSpec| site.serves.is_empty() || site.serves.contains(&Id::new(index));
        if !sites.iter().any(is_served) {
            let problem = format!(
                "no site of `{}` serves `{}`",
                quoted(section.name),
                region.name
            );
            let advice = "name it in `serves` of a site, or remove `serves` from one";
            section.error("sites", problem, advice);
        }
    }
}

/// Reports caches that together keep more than fits into memory: eight bytes an answer.
pub(super) fn check_caches(
    sections: Option<&[Fields<'_>]>,
    (regions, populations): (Option<&IdMap<RegionSpec, RegionSpec>>, usize),
    gateway: &Fields<'_>,
) -> Option<()> {
    let kept = |region: &RegionSpec| {
        let cache = region.cache.as_ref()?;
        let kinds = if cache.is_shared { 1 } else { populations };
        Some(u64::from(cache.items) * kinds as u64)
    };
    let total: u64 = regions?.iter().filter_map(kept).sum();
    if total <= ANSWERS_MAX {
        return Some(());
    }
    let section = sections?
        .iter()
        .find(|section| section.entry("cache").is_some());
    let problem = format!("the caches of all regions may keep {total} answers");
    let advice = format!("write fewer `items`: at most {ANSWERS_MAX} in all");
    section.unwrap_or(gateway).error("cache", problem, advice);
    None
}

/// What an outage hits of a back end.
pub(super) fn hit(
    section: &Fields<'_>,
    part: Option<BackendPart>,
    scene: &Scene<'_>,
) -> Option<(RegionId, BackendHit)> {
    let named = section.text("backend")?;
    let Limit::At(backends) = scene.backends? else {
        let advice = "add `backends`, or remove the outage";
        section.error("backend", "this scenario has no `backends`", advice);
        return None;
    };
    let mut known = backends.backends.entries();
    let found = known.find(|(_, backend)| backend.name == named);
    let Some((backend, _)) = found else {
        let names = backends
            .backends
            .iter()
            .map(|backend| backend.name.as_str());
        let problem = format!("`{}` is not a back end of this scenario", quoted(&named));
        let advice = suggest::advice(&named, names.collect::<Vec<_>>());
        section.error("backend", problem, advice);
        return None;
    };
    let site = match section.entry("site") {
        None => None,
        Some(_) => Some(site(section, (backends, backend))?),
    };
    let part = part?;
    let is_hit = |id: SiteId| site.is_none_or(|only| only == id);
    let sites = || backends.sites_of(backend).filter(|&(id, _)| is_hit(id));
    if matches!(part, BackendPart::Capacity(_)) && sites().any(|(_, site)| site.workers.is_none()) {
        let problem = format!("`{named}` has any number of workers, and cannot lose a share");
        let advice = "write its `workers`, or remove `capacity`: all of it is lost";
        section.error("capacity", problem, advice);
        return None;
    }
    let region = sites()
        .find_map(|(_, site)| site.region)
        .or(scene.primary)?;
    Some((
        region,
        BackendHit {
            backend,
            site,
            part,
        },
    ))
}

fn site(section: &Fields<'_>, (backends, backend): (&BackendsSpec, BackendId)) -> Option<SiteId> {
    let named = section.text("site")?;
    let found = backends
        .sites_of(backend)
        .find(|(_, site)| site.place == named);
    if found.is_none() {
        let places = backends
            .sites_of(backend)
            .map(|(_, site)| site.place.as_str());
        let name = &backends.backends[backend].name;
        let problem = format!("`{name}` has no site `{}`", quoted(&named));
        let advice = suggest::advice(&named, places.collect::<Vec<_>>());
        section.error("site", problem, advice);
    }
    found.map(|(id, _)| id)
}
