//! What is assumed about regions, the router, the network, and what is managed.

use crate::experiment::Study;
use crate::model::{
    Changes, ConfigSpec, Discipline, FleetSpec, HealthCheck, LimitKey, Pacing, ProbeSpec, RegionId,
    RegionSpec, RoutingSpec, SignalSpec, Unreplicated, Via,
};
use crate::report::scene::words::{alike, list, many, percent, share, spread, time};
use crate::units::text::show_rate;

/// What regions can do; those that can do the same are told together.
pub(super) fn regions(fleet: &FleetSpec) -> Vec<String> {
    let named = fleet.regions.iter().map(|one| (one.name.as_str(), one));
    let groups = alike(named, region);
    groups
        .into_iter()
        .map(|(names, one)| format!("{}: {}.", list(&names), region(one)))
        .collect()
}

fn region(region: &RegionSpec) -> String {
    let mut parts = vec![
        format!(
            "{} of {}, which serve {} requests at once",
            many(region.units, "unit"),
            many(region.vms_per_unit, "VM"),
            region.workers
        ),
        format!("a request takes {}", spread(&region.service)),
    ];
    if region.zones > 1 {
        parts.push(format!("spread over {} zones", region.zones));
    }
    parts.push(match region.queue_limit {
        Some(limit) => format!("{limit} may wait, more get 503"),
        None => "any number may wait".to_owned(),
    });
    if region.discipline == Discipline::Lifo {
        parts.push("the newest is served first".to_owned());
    }
    if let Some(after) = region.shed_after {
        parts.push(format!("who has waited for {} is sent away", time(after)));
    }
    if let Some(limit) = region.rate_limit {
        let whose = match limit.by {
            LimitKey::Region => "",
            LimitKey::Population => " of each population",
        };
        let period = time(limit.period);
        parts.push(format!(
            "{} calls{whose} are admitted in {period}",
            limit.calls
        ));
    }
    parts.join("; ")
}

/// How clients find a region, and how the router learns what is healthy.
pub(super) fn routing(routing: &RoutingSpec) -> Vec<String> {
    let by = match routing.via {
        Via::Dns => "by DNS",
        Via::Anycast => "by anycast: nothing is looked up, and no answer kept",
    };
    let mut says = vec![format!("Strategy: {}, {by}.", routing.strategy.name())];
    says.push(match routing.health_check() {
        HealthCheck::Instant => "The router knows at once which regions are healthy.".to_owned(),
        HealthCheck::Probe(probe) => probes(probe),
    });
    if routing.strategy.looks_at_load() {
        says.push(match routing.signal {
            SignalSpec::Instant => "The router knows the load of every moment.".to_owned(),
            SignalSpec::Measured { period, delay } => format!(
                "The router hears of the load as means over {}, {} later.",
                time(period),
                time(delay)
            ),
        });
    }
    says
}

fn probes(probe: &ProbeSpec) -> String {
    let from = match probe.pacing {
        Pacing::Fixed => "",
        Pacing::AfterResult => " after the last result",
    };
    format!(
        "{} probes every region every {}{from}, waits {} for the answer, and holds it degraded after \
         {} failures in a row; one good probe brings it back.",
        if probe.locations == 1 {
            "One location".to_owned()
        } else {
            format!("Each of {} locations", probe.locations)
        },
        time(probe.interval),
        time(probe.timeout),
        probe.tolerated_failures + 1
    )
}

/// How far everything is.
pub(super) fn network(fleet: &FleetSpec) -> Vec<String> {
    if fleet.jitter > 0.0 {
        vec![format!(
            "One-way delays are half the median round trip, times a lognormal factor with a sigma of {}.",
            percent(fleet.jitter)
        )]
    } else {
        vec!["One-way delays are half the median round trip and do not vary.".to_owned()]
    }
}

/// How configuration comes to the regions.
pub(super) fn config(fleet: &FleetSpec) -> Vec<String> {
    fleet.config.as_ref().map_or_else(Vec::new, config_of)
}

fn config_of(config: &ConfigSpec) -> Vec<String> {
    let mut says = vec![format!(
        "Regions pull changes from the primary every {}; to apply one takes {}.",
        time(config.sync.interval),
        spread(&config.sync.apply)
    )];
    match &config.changes {
        Changes::Poisson(rate) if rate.as_per_s() > 0.0 => {
            says.push(format!("Changes come at {}.", show_rate(*rate)));
        }
        Changes::Poisson(_) => {}
        Changes::Listed(times) => {
            let count = u32::try_from(times.len()).unwrap_or(u32::MAX);
            says.push(format!("The scenario lists {}.", many(count, "change")));
        }
    }
    if config.needed_by.as_f64() > 0.0 {
        let share = share(config.needed_by);
        says.push(format!(
            "Any one change is needed by {share} of the requests."
        ));
    }
    if config.unreplicated == Unreplicated::Lost {
        says.push("What no secondary has pulled when the primary fails is lost.".to_owned());
    }
    says
}

/// What the management plane is asked to do.
pub(super) fn management(fleet: &FleetSpec) -> Vec<String> {
    let spec = &fleet.management;
    let primary = &fleet.regions[fleet.primary].name;
    let mut says = vec![format!("Management plane and portal are in {primary}.")];
    if spec.operation_rate.as_per_s() > 0.0 || spec.portal_rate.as_per_s() > 0.0 {
        says.push(format!(
            "People want operations at {} and visit the portal at {}.",
            show_rate(spec.operation_rate),
            show_rate(spec.portal_rate)
        ));
    }
    if let Some(restore) = &spec.restore {
        says.push(format!(
            "When the primary fails it is restored in {} after {}.",
            fleet.regions[restore.region].name,
            time(restore.after)
        ));
    }
    if let Some(autoscale) = &spec.autoscale {
        says.push(format!(
            "{} scales by itself between {} and {} units, which takes {}.",
            list(&names(fleet, &autoscale.regions)),
            autoscale.units_min,
            autoscale.units_max,
            spread(&autoscale.takes)
        ));
    }
    says
}

fn names<'f>(fleet: &'f FleetSpec, regions: &[RegionId]) -> Vec<&'f str> {
    let names = regions
        .iter()
        .map(|&region| fleet.regions[region].name.as_str());
    names.collect()
}

/// How often and for how long.
pub(super) fn run(study: &Study) -> Vec<String> {
    let period = study.fleet.period;
    let replications = &study.run.replications;
    let count = many(replications.least(), "replication");
    let count = if replications.precisions().is_empty() {
        count
    } else {
        format!("At least {count}")
    };
    vec![format!(
        "{count} of {}, after a warm-up of {} that is not measured; windows of {}; seed {}.",
        time(period.duration),
        time(period.warm_up),
        time(study.run.window),
        study.run.seed
    )]
}
