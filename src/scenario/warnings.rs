//! What is legal, but probably not meant: decided by arithmetic, before anything is simulated.

use crate::experiment::{Forecast, Situation, ZoneLoss};
use crate::model::routing::Strategy;
use crate::model::{
    FleetSpec, HealthCheck, OutageSpec, Place, PopulationSpec, RegionId, RegionSpec, Scope,
};
use crate::scenario::check::Located;
use crate::scenario::report::Report;
use crate::units::text::{show_duration, show_rate};
use crate::units::{SimDuration, SimTime};

/// The shortest restore of a management plane that is documented [A: API Management backup and
/// restore].
const RESTORE_MIN: SimDuration = SimDuration::from_secs(30 * 60);

/// Notes everything that is probably not meant.
pub(super) fn warn(located: &Located, report: &Report) {
    silent_clients(located, report);
    long_outages(located, report);
    let forecast = Forecast::new(&located.study);
    overloads((located, &forecast), report);
    exceeded_limits((located, &forecast), report);
    zones((located, &forecast), report);
    backends((located, &forecast), report);
    idle_outages(located, report);
    impatient_clients(located, report);
    long_ways(located, report);
    unheard_signals(located, report);
    fast_restores(located, report);
    refused_operations(located, report);
}

fn silent_clients(located: &Located, report: &Report) {
    let fleet = &located.study.fleet;
    for (population, origin) in fleet.populations.iter().zip(&located.populations) {
        let [_, peak] = population.rate_between(SimDuration::ZERO, fleet.period.duration);
        if peak.as_per_s() > 0.0 {
            continue;
        }
        report.warning(
            origin,
            format!("`{}` never asks for anything", population.name),
            "its rate is 0 throughout the measured period; see its `rate` and the `duration` in `run`",
        );
    }
}

fn long_outages(located: &Located, report: &Report) {
    let fleet = &located.study.fleet;
    for ((id, outage), origin) in fleet.outages.entries().zip(&located.outages) {
        if outage.end <= fleet.period.end() {
            continue;
        }
        let region = &fleet.regions[outage.region].name;
        let hit = match outage.scope {
            Scope::Management => "the management plane".to_owned(),
            Scope::Router => "the router".to_owned(),
            Scope::Backend(_) => "a back end".to_owned(),
            Scope::Network(..) => format!("a way to `{region}`"),
            _ => format!("`{region}`"),
        };
        let beyond = show_duration(outage.end.since(fleet.period.end()).as_secs_f64());
        report.warning(
            origin,
            format!(
                "outage {} of {hit} ends {beyond} after the measured period",
                id.index() + 1
            ),
            "its recovery will not be seen; write a shorter `for`, or a longer `duration` in `run`",
        );
    }
}

fn overloads((located, forecast): (&Located, &Forecast), report: &Report) {
    let fleet = &located.study.fleet;
    for ((id, region), origin) in fleet.regions.entries().zip(&located.regions) {
        let normal = forecast.normal.utilization[id];
        if normal > 1.0 {
            let problem = format!(
                "`{}` would run at {}{}",
                region.name,
                percent(normal),
                when_highest(forecast, "when")
            );
            report.warning(origin, problem, remedy(region, normal));
            continue;
        }
        for (down, situation) in forecast.without.entries() {
            let utilization = situation.utilization[id];
            if utilization > 1.0 {
                report.warning(
                    origin,
                    overloaded_without(fleet, (id, utilization), down)
                        + &when_highest(forecast, "and"),
                    remedy(region, utilization),
                );
            }
        }
    }
}

/// Zones that are empty, and those whose loss leaves too little.
fn zones((located, forecast): (&Located, &Forecast), report: &Report) {
    let fleet = &located.study.fleet;
    for ((id, region), origin) in fleet.regions.entries().zip(&located.regions) {
        let (zones, vms) = (region.zones, region.vms());
        if zones > vms {
            let machines = if vms == 1 {
                "1 VM".to_owned()
            } else {
                format!("{vms} VMs")
            };
            let problem = format!("`{}` has {zones} zones and {machines}", region.name);
            let advice = format!("zone {zones} is empty; write `zones: {vms}`, or more units");
            report.warning(origin, problem, advice);
        }
        let normal = forecast.normal.utilization[id];
        let Some(loss) = ZoneLoss::new(region, normal) else {
            continue;
        };
        // Who looks at load sends elsewhere what is too much, and what is too much anyway is told.
        let is_news = normal <= 1.0 && !fleet.routing.strategy.looks_at_load();
        if is_news && loss.is_too_much() {
            let runs = loss.utilization.map_or_else(
                || "be down".to_owned(),
                |utilization| format!("run at {}", percent(utilization)),
            );
            let problem = format!(
                "`{}` would {runs} when its largest zone is lost",
                region.name
            );
            let (needed, units) = (loss.units_needed, region.units);
            let advice = match needed {
                Some(needed) => format!("it needs {needed} units and has {units}"),
                None => format!("no number of units would do; it has {units}"),
            };
            report.warning(origin, problem, advice);
        }
    }
}

fn overloaded_without(
    fleet: &FleetSpec,
    (region, utilization): (RegionId, f64),
    down: RegionId,
) -> String {
    let [region, down] = [region, down].map(|id| &fleet.regions[id].name);
    format!(
        "`{region}` would run at {} when `{down}` is down",
        percent(utilization)
    )
}

/// The units that keep a region below 100 %, its units all being alike.
fn remedy(region: &RegionSpec, utilization: f64) -> String {
    let needed = f64::from(region.units) * utilization;
    let units = region.units;
    // Where a tenth of a unit is missing it is to be seen.
    let decimals = if needed - f64::from(units) < 0.1 {
        2
    } else {
        1
    };
    format!("it needs more than {needed:.decimals$} units and has {units}")
}

fn percent(utilization: f64) -> String {
    format!("{:.0} %", utilization * 100.0)
}

fn when_highest(forecast: &Forecast, joint: &str) -> String {
    if forecast.varies() {
        format!(" {joint} rates are highest")
    } else {
        String::new()
    }
}

fn exceeded_limits((located, forecast): (&Located, &Forecast), report: &Report) {
    let fleet = &located.study.fleet;
    for (id, origin) in fleet.regions.ids().zip(&located.regions) {
        let warn = |situation: &Situation, when: String| {
            let excess = excess(fleet, id, situation);
            if let Some(excess) = &excess {
                let advice = "what is more is refused with 429; write more `calls` in `rate_limit`";
                report.warning(origin, format!("{excess}{when}"), advice);
            }
            excess.is_some()
        };
        if warn(&forecast.normal, when_highest(forecast, "when")) {
            continue;
        }
        for (down, situation) in forecast.without.entries() {
            let down = &fleet.regions[down].name;
            let when = format!(" when `{down}` is down");
            warn(situation, when + &when_highest(forecast, "and"));
        }
    }
}

/// What a region is asked for beyond its rate limit.
fn excess(fleet: &FleetSpec, id: RegionId, situation: &Situation) -> Option<String> {
    let region = &fleet.regions[id];
    let (limit, counter) = region.rate_limit.zip(situation.busiest_counter[id])?;
    // A sum of shares may be a little more than the whole.
    if counter.rate.as_per_s() <= limit.rate().as_per_s() * (1.0 + 1e-9) {
        return None;
    }
    let [asked, admitted] = [counter.rate, limit.rate()].map(show_rate);
    let name = &region.name;
    Some(match counter.population {
        None => format!("`{name}` admits {admitted} and would be asked for {asked}"),
        Some(population) => format!(
            "`{name}` admits {admitted} of each population and `{}` would ask for {asked}",
            fleet.populations[population].name
        ),
    })
}

/// Back ends that everybody loses with one region, sites that are too small, and caches that keep
/// nothing from anybody.
fn backends((located, forecast): (&Located, &Forecast), report: &Report) {
    let fleet = &located.study.fleet;
    for (region, origin) in fleet.regions.iter().zip(&located.regions) {
        if region.cache.is_some() && fleet.backends.is_none() {
            let name = &region.name;
            let problem = format!("the cache of `{name}` answers in place of nobody");
            report.warning(origin, problem, "add `backends`");
        }
    }
    let Some(spec) = &fleet.backends else { return };
    for ((id, backend), origin) in spec.backends.entries().zip(&located.backends) {
        let mut sites = spec.sites_of(id).map(|(_, site)| site.region);
        let first = sites.next().flatten();
        if let Some(home) = first.filter(|_| fleet.regions.len() > 1 && sites.all(|r| r == first)) {
            let (name, home) = (&backend.name, &fleet.regions[home].name);
            let problem = format!("every region depends on `{home}`, where alone `{name}` runs");
            let advice = "write more regions `at` it, or take that into account";
            report.warning(origin, problem, advice);
        }
        for (site, _) in spec.sites_of(id) {
            let busy = |situation: &Situation| {
                let load = situation.backends.as_ref()?;
                load.utilization(fleet, site).filter(|&busy| busy > 1.0)
            };
            let name = spec.name_of(site);
            if let Some(busy) = busy(&forecast.normal) {
                let when = when_highest(forecast, "when");
                let problem = format!("`{name}` would run at {}{when}", percent(busy));
                report.warning(origin, problem, "write more `workers`");
                continue;
            }
            for (down, situation) in forecast.without.entries() {
                if let Some(busy) = busy(situation) {
                    let down = &fleet.regions[down].name;
                    let when = when_highest(forecast, "and");
                    let busy = percent(busy);
                    let problem =
                        format!("`{name}` would run at {busy} when `{down}` is down{when}");
                    report.warning(origin, problem, "write more `workers`");
                }
            }
        }
    }
}

fn impatient_clients(located: &Located, report: &Report) {
    let fleet = &located.study.fleet;
    for (population, origin) in fleet.populations.iter().zip(&located.populations) {
        let client = &population.client;
        let limits = [
            ("timeout", client.timeout),
            ("connect_timeout", client.connect_timeout),
        ];
        for (key, limit) in limits {
            let Some(limit) = limit else { continue };
            let unreachable = unreachable_within(fleet, population, limit);
            if let Some((name, rtt)) = unreachable {
                report.warning(
                    origin,
                    format!(
                        "clients of `{}` give up after {} ({key}), and the round trip to `{name}` takes {}",
                        population.name,
                        show_duration(limit.as_secs_f64()),
                        show_duration(rtt.as_secs_f64()),
                    ),
                    format!("write a longer `{key}`"),
                );
            }
        }
    }
}

/// Outages that make a way longer than its clients wait.
fn long_ways(located: &Located, report: &Report) {
    let fleet = &located.study.fleet;
    for ((id, outage), origin) in fleet.outages.entries().zip(&located.outages) {
        let Scope::Network(Place::Population(population), way) = outage.scope else {
            continue;
        };
        let population = &fleet.populations[population];
        let client = &population.client;
        let limits = [
            ("timeout", client.timeout),
            ("connect_timeout", client.connect_timeout),
        ];
        let limits = limits
            .into_iter()
            .filter_map(|(key, limit)| Some((key, limit?)));
        let Some((key, limit)) = limits.min_by_key(|&(_, limit)| limit) else {
            continue;
        };
        let rtt = population.rtt[outage.region] + way.delay * 2;
        if !way.delay.is_zero() && rtt >= limit && population.rtt[outage.region] < limit {
            let [limit, rtt] = [limit, rtt].map(|length| show_duration(length.as_secs_f64()));
            let problem = format!(
                "clients of `{}` give up after {limit} ({key}), and outage {} makes their round trip to `{}` {rtt}",
                population.name,
                id.index() + 1,
                fleet.regions[outage.region].name,
            );
            let advice = format!("write a shorter `delay`, or a longer `{key}`");
            report.warning(origin, problem, advice);
        }
    }
}

/// The farthest region, if its round trip takes at least `limit`.
fn unreachable_within<'a>(
    fleet: &'a FleetSpec,
    population: &PopulationSpec,
    limit: SimDuration,
) -> Option<(&'a str, SimDuration)> {
    let (region, &rtt) = population.rtt.entries().max_by_key(|&(_, &rtt)| rtt)?;
    (rtt >= limit).then(|| (fleet.regions[region].name.as_str(), rtt))
}

fn idle_outages(located: &Located, report: &Report) {
    let fleet = &located.study.fleet;
    let is_oracle = matches!(fleet.routing.strategy, Strategy::Oracle(_));
    let is_instant = *fleet.routing.health_check() == HealthCheck::Instant;
    let scripted = fleet.outages.iter().zip(&located.outages);
    let hazards = fleet.hazards.iter().zip(&located.hazards);
    let by_chance = hazards.flat_map(|(hazard, origin)| {
        let outages = hazard.outages.iter();
        outages.map(move |outage| (outage, origin))
    });
    for (outage, origin) in scripted.chain(by_chance) {
        let why = match outage.scope {
            Scope::Probes(_) | Scope::Network(Place::Probers, _) if is_oracle => {
                "an `oracle` sends no probes"
            }
            Scope::Probes(_) | Scope::Network(Place::Probers, _) if is_instant => {
                "`probe: instant` sends no probes"
            }
            Scope::Router if is_oracle => "nothing keeps news from an `oracle`",
            _ => continue,
        };
        report.warning(
            origin,
            format!("this outage changes nothing: {why}"),
            "remove it",
        );
    }
}

fn unheard_signals(located: &Located, report: &Report) {
    let strategy = &located.study.fleet.routing.strategy;
    let Some(origin) = &located.signal else {
        return;
    };
    let why = match strategy {
        Strategy::Oracle(_) => "an `oracle` knows the load of every moment",
        _ if strategy.looks_at_load() => return,
        _ => "this strategy does not look at load",
    };
    report.warning(
        origin,
        format!("`signal` changes nothing: {why}"),
        "it is for `waterfall`, `least_utilized` and `power_of_two`",
    );
}

fn fast_restores(located: &Located, report: &Report) {
    let restore = located.study.fleet.management.restore;
    let (Some(restore), Some(origin)) = (restore, &located.restore) else {
        return;
    };
    if restore.after < RESTORE_MIN {
        let shown = show_duration(restore.after.as_secs_f64());
        report.warning(
            origin,
            format!("the management plane is restored after {shown}"),
            "documented restores take 30 minutes or more",
        );
    }
}

fn refused_operations(located: &Located, report: &Report) {
    let fleet = &located.study.fleet;
    let operations = fleet.management.operations.entries();
    for ((id, operation), origin) in operations.zip(&located.operations) {
        if !is_unmanaged(fleet, operation.at) {
            continue;
        }
        let number = id.index() + 1;
        report.warning(
            origin,
            format!("operation {number} comes while the management plane is down: it is refused"),
            "write another `at`, or a `restore` in `management` that is done by then",
        );
    }
}

/// Whether a listed outage has taken the management plane, where it is then.
fn is_unmanaged(fleet: &FleetSpec, at: SimTime) -> bool {
    let is_hit = |outage: &&OutageSpec| matches!(outage.scope, Scope::Region | Scope::Management);
    let outages = || fleet.outages.iter().filter(is_hit);
    let restored_in = fleet.management.restore.filter(|restore| {
        let is_done = |outage: &OutageSpec| {
            let done = outage.start + restore.after;
            outage.region == fleet.primary && done < outage.end && done <= at
        };
        outages().any(is_done)
    });
    let home = restored_in.map_or(fleet.primary, |restore| restore.region);
    outages().any(|outage| outage.region == home && (outage.start..outage.end).contains(&at))
}
