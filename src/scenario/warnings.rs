//! What is legal, but probably not meant: decided by arithmetic, before anything is simulated.

use crate::experiment::Forecast;
use crate::model::{FleetSpec, PopulationSpec, RegionId, RegionSpec};
use crate::scenario::check::Located;
use crate::scenario::report::Report;
use crate::units::SimDuration;
use crate::units::text::show_duration;

/// Notes everything that is probably not meant.
pub(super) fn warn(located: &Located, report: &Report) {
    silent_clients(located, report);
    long_outages(located, report);
    overloads(located, report);
    impatient_clients(located, report);
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
        let beyond = show_duration(outage.end.since(fleet.period.end()).as_secs_f64());
        report.warning(
            origin,
            format!(
                "outage {} of `{region}` ends {beyond} after the measured period",
                id.index() + 1
            ),
            "its recovery will not be seen; write a shorter `for`, or a longer `duration` in `run`",
        );
    }
}

fn overloads(located: &Located, report: &Report) {
    let fleet = &located.study.fleet;
    let forecast = Forecast::new(&located.study);
    let when_highest = |joint: &str| {
        if forecast.varies() {
            format!(" {joint} rates are highest")
        } else {
            String::new()
        }
    };
    for ((id, region), origin) in fleet.regions.entries().zip(&located.regions) {
        let normal = forecast.normal.utilization[id];
        if normal > 1.0 {
            let problem = format!(
                "`{}` would run at {}{}",
                region.name,
                percent(normal),
                when_highest("when")
            );
            report.warning(origin, problem, remedy(region, normal));
            continue;
        }
        for (down, situation) in forecast.without.entries() {
            let utilization = situation.utilization[id];
            if utilization > 1.0 {
                report.warning(
                    origin,
                    overloaded_without(fleet, (id, utilization), down) + &when_highest("and"),
                    remedy(region, utilization),
                );
            }
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
    format!(
        "it needs more than {needed:.1} units and has {}",
        region.units
    )
}

fn percent(utilization: f64) -> String {
    format!("{:.0} %", utilization * 100.0)
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

/// The farthest region, if its round trip takes at least `limit`.
fn unreachable_within<'a>(
    fleet: &'a FleetSpec,
    population: &PopulationSpec,
    limit: SimDuration,
) -> Option<(&'a str, SimDuration)> {
    let (region, &rtt) = population.rtt.entries().max_by_key(|&(_, &rtt)| rtt)?;
    (rtt >= limit).then(|| (fleet.regions[region].name.as_str(), rtt))
}
