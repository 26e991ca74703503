//! `config`: how changes come to the regions.

use crate::model::{Changes, ConfigSpec, Freeze, RegionSpec, SyncSpec, Unreplicated};
use crate::scenario::check::regions::{Named, Place};
use crate::scenario::check::rollouts;
use crate::scenario::check::scene::Scene;
use crate::scenario::fields::{Fields, Limit};
use crate::units::{IdMap, Rate, SimDuration, SimTime};

pub(super) fn read(scenario: &Fields<'_>, scene: &Scene<'_>) -> Option<Limit<ConfigSpec>> {
    let Limit::At(config) = scenario.section_or_none("config")? else {
        return Some(Limit::None);
    };
    let sync = sync(&config, scene.named);
    let changes = changes(&config, scene);
    let needed_by = config.ratio("needed_by");
    let unreplicated = config
        .choice("unreplicated")
        .map(|chosen| match chosen.name {
            "lost" => Unreplicated::Lost,
            _ => Unreplicated::Retained,
        });
    let freezes = freezes(&config, scene);
    let rollouts = rollouts::read(&config, scene);
    Some(Limit::At(ConfigSpec {
        sync: sync?,
        changes: changes?,
        needed_by: needed_by?,
        unreplicated: unreplicated?,
        freezes: freezes?,
        rollouts: rollouts?,
    }))
}

fn sync(config: &Fields<'_>, named: Option<&Named<'_>>) -> Option<SyncSpec> {
    let sync = config.section("sync")?;
    let interval = sync.duration("interval");
    let apply = sync.distribution("apply");
    let rtt = match sync.entry("rtt") {
        Some(_) => sync
            .duration("rtt")
            .zip(named)
            .map(|(rtt, named)| even(named, rtt)),
        None => named.and_then(tabulated),
    };
    Some(SyncSpec {
        interval: interval?,
        apply: apply?,
        rtt: rtt?,
    })
}

type RoundTrips = IdMap<RegionSpec, IdMap<RegionSpec, SimDuration>>;

/// The same round trip between any two regions.
fn even(named: &Named<'_>, rtt: SimDuration) -> RoundTrips {
    let count = named.regions.len();
    IdMap::from_fn(count, |from| {
        IdMap::from_fn(count, |to| if from == to { SimDuration::ZERO } else { rtt })
    })
}

/// The round trips between the places of the regions; a region without one is reported.
fn tabulated(named: &Named<'_>) -> Option<RoundTrips> {
    let regions = &named.regions;
    let rtt = |from: usize, to: usize| {
        if from == to {
            return Some(SimDuration::ZERO);
        }
        let (from, to) = (regions[from].place?, regions[to].place?);
        from.rtt(to)
    };
    for (index, region) in regions.iter().enumerate() {
        let is_cut_off = (0..regions.len()).any(|other| rtt(index, other).is_none());
        let is_unplaced = region.place.and_then(Place::coordinates).is_none();
        // A place that could not be read is a problem of its own.
        let is_reported = region.place.is_none() && region.says_place;
        if is_cut_off && is_unplaced && !is_reported {
            named.report.error(
                region.origin,
                format!(
                    "no round trip between `{}` and the other regions is known, by which it pulls the configuration",
                    region.name
                ),
                "give it its place with `at: [latitude, longitude]`, or write `rtt: 80ms` in `sync` of `config`",
            );
        }
    }
    let row = |from: usize| (0..regions.len()).map(|to| rtt(from, to)).collect();
    (0..regions.len()).map(row).collect()
}

fn changes(config: &Fields<'_>, scene: &Scene<'_>) -> Option<Changes> {
    let Limit::At(changes) = config.section_or_none("changes")? else {
        return Some(Changes::Poisson(Rate::default()));
    };
    if changes.alternative()? == "rate" {
        return changes.rate("rate").map(Changes::Poisson);
    }
    let listed = changes.durations("at")?;
    let times = listed.into_iter().map(|at| scene.time(at, "change"));
    let mut times: Vec<SimTime> = times.collect::<Option<_>>()?;
    times.sort_unstable();
    Some(Changes::Listed(times))
}

fn freezes(config: &Fields<'_>, scene: &Scene<'_>) -> Option<Vec<Freeze>> {
    let freeze = |section: &Fields<'_>| {
        let start = scene.start(section, "freeze");
        let length = section.duration("for");
        let start = start?;
        let end = start + length?;
        Some(Freeze { start, end })
    };
    let freezes: Vec<Option<Freeze>> = config.list("freeze")?.iter().map(freeze).collect();
    freezes.into_iter().collect()
}
