//! What the comments of bundled scenarios promise, simulated, as far as it is a law or a verdict.

use std::path::PathBuf;

use gatefleet::experiment::{Alone, Forecast, Metric, Study, StudyResult, Variant, compare};
use gatefleet::model::{Blame, Cause, OutageId, PopulationId};
use gatefleet::scenario::{Override, Source, read, templates};

use crate::support::{result, seconds};

/// A bundled scenario, changed.
fn studied(name: &str, overrides: &[&str]) -> Study {
    let template = templates().iter().find(|template| template.name == name);
    let source = Source {
        name: name.to_owned(),
        text: template.unwrap().text.to_owned(),
        folder: PathBuf::new(),
    };
    let overrides = overrides.iter().map(|text| Override::parse(text).unwrap());
    let overrides: Vec<Override> = overrides.collect();
    read(&source, &overrides).unwrap().study
}

/// Goal: capacity decides, by a knee where the comments have it: one unit less misses the objectives
/// by far, with it they are kept. Method: the arithmetic, and two replications of either side.
#[test]
fn units_are_enough_from_a_knee_on() {
    let even_spread = "routing.strategy.latency.failover=even_spread";
    let next_closest = "routing.strategy.latency.failover=next_closest";
    for (failover, enough) in [(next_closest, 4), (even_spread, 3)] {
        for units in 1..=6 {
            let units_of_eastus = format!("regions.eastus.units={units}");
            let overrides = [failover, &units_of_eastus, "run.replications=2"];
            let study = studied("capacity-planning", &overrides);
            let lost = study.fleet.outages[OutageId::new(0)].region;
            let situation = &Forecast::new(&study).without[lost];
            let carries = situation.utilization.iter().all(|&share| share < 0.9);
            assert_eq!(carries, units >= enough, "{failover}, {units}");
            if !(enough - 1..=enough).contains(&units) {
                continue;
            }
            let result = result(&study);
            let are_met = result.objectives.iter().all(|objective| objective.is_met);
            assert_eq!(are_met, carries, "{failover}, {units}");
            let availability = result.fleet.overall.availability.unwrap().mean;
            let is_far_off = availability < 0.85;
            assert_eq!(is_far_off, !are_met, "{availability}");
        }
    }
}

/// Goal: what is lost is rate x (detection + TTL/2). Method: the scenario as written, and the shortest
/// and the longest TTL with faster probes; intervals of ten replications hold the closed form.
#[test]
fn what_slow_probes_and_long_ttls_cost_is_arithmetic() {
    for (interval, ttl) in [("30s", 60), ("10s", 10), ("10s", 300)] {
        let overrides = [
            &format!("routing.probe.interval={interval}"),
            &format!("routing.ttl={ttl}s"),
            "run.replications=10",
        ];
        let study = studied("ttl-and-probes", &overrides);
        let detection = Forecast::new(&study).detection_blackhole.mean;
        let theory = 200.0 * (detection.as_secs_f64() + f64::from(ttl) / 2.0);
        let result = result(&study);
        let lost = &result.outages[0].requests_lost;
        let half_width = lost.half_width.unwrap();
        assert!(
            half_width < theory * 0.06 && (lost.mean - theory).abs() <= half_width,
            "{interval}, {ttl} s: {lost:?} for {theory}"
        );
    }
}

/// Goal: limits hold where one region is asked, are forgotten at a failover, and do not add up over
/// regions. Method: two replications; the windows after `batch` has come to a fresh counter, and the
/// availability of everybody by what is counted together and by where they are sent.
#[test]
fn rate_limits_are_fresh_after_a_failover_and_not_shared() {
    let of_batch = |overrides: &[&str]| {
        let overrides = [overrides, &["run.replications=2"]].concat();
        let study = studied("rate-limit-reset", &overrides);
        let mut names = study.fleet.populations.entries();
        let (batch, _) = names.find(|(_, spec)| spec.name == "batch").unwrap();
        (result(&study), batch)
    };
    let before = |(result, batch): &(StudyResult, PopulationId)| {
        let phase = &result.populations[*batch].phases[0];
        phase.availability.unwrap().mean
    };
    let as_written = of_batch(&[]);
    assert!((before(&as_written) - 2.0 / 3.0).abs() < 0.01);
    let (result, batch) = &as_written;
    let limited = |window: usize| {
        let window = &result.timeline.populations[*batch][window];
        window.failed_per_s[Cause::RateLimited as usize].mean
    };
    // 50/s are too many, and are refused in beats of a minute; but not while a counter is fresh.
    for fresh in [64, 122] {
        let refused = limited(fresh);
        assert!(refused < 1.0, "in window {fresh}: {refused}");
        let next_minute: f64 = (fresh + 2..fresh + 8).map(limited).sum();
        assert!((next_minute / 6.0 - 50.0).abs() < 10.0, "{next_minute}");
    }
    let spread = of_batch(&["routing.strategy=round_robin"]);
    let refused = spread.0.regions.iter().map(|region| region.rate_limited);
    assert_eq!(refused.sum::<u64>(), 0);
    let together = of_batch(&["gateway.rate_limit.by=region"]);
    assert!((before(&together) - 100.0 / 230.0).abs() < 0.01);
}

/// Goal: strategies differ, and pairs tell by how much at least three times more exactly than the same
/// replications unpaired. Method: a shorter outage, six replications.
#[test]
fn strategies_differ_by_what_pairs_have_in_common() {
    let variant = |strategy: &str| {
        let strategy = format!("routing.strategy={strategy}");
        let overrides = [
            strategy.as_str(),
            "run.warm_up=30s",
            "run.duration=6m",
            "run.replications=6",
            "outages.0.at=1m",
            "outages.0.for=5m",
        ];
        Variant {
            name: strategy.clone(),
            study: studied("strategies", &overrides),
        }
    };
    let even_spread = "{latency: {failover: even_spread}}";
    let variants = ["latency", even_spread, "waterfall"].map(variant);
    let comparison = compare(&variants, 0, (None, &Alone)).unwrap();
    assert!(comparison.is_same_traffic);
    let availability = (Metric::ALL.iter())
        .position(|&metric| metric == Metric::Availability)
        .unwrap();
    for other in &comparison.variants[1..] {
        let difference = other.differences[availability].as_ref();
        let difference = difference.unwrap();
        assert!(difference.is_significant(), "{}", other.name);
        let narrower = difference.times_narrower().unwrap();
        assert!(narrower > 3.0, "{}: {narrower} times", other.name);
    }
}

/// Goal: half of a region costs more than all of it, as nobody is sent elsewhere; shedding keeps it at
/// what is too much; another zone or another unit costs nothing. Method: two replications of each.
#[test]
fn half_of_a_region_costs_more_than_all_of_it() {
    let lost = |change: &[&str]| {
        let overrides = [change, &["run.replications=2"]].concat();
        let result = result(&studied("zone-loss", &overrides));
        result.outages[0].requests_lost.mean
    };
    let all = "outages=[{region: westeurope, at: 5m, for: 10m, mode: refuse}]";
    let [zone, region] = [lost(&[]), lost(&[all])];
    assert!((zone / 12_600.0 - 1.0).abs() < 0.1, "{zone}");
    assert!((region / 5_700.0 - 1.0).abs() < 0.1, "{region}");
    let waits = lost(&["gateway.shed_after=none"]);
    assert!((waits / 24_500.0 - 1.0).abs() < 0.2, "{waits}");
    let newest = lost(&["gateway.shed_after=none", "gateway.discipline=lifo"]);
    assert!((newest / zone - 1.0).abs() < 0.1, "{newest}");
    for change in ["outages.0.zone=2", "regions.westeurope.units=3"] {
        let lost = lost(&[change]);
        assert!(lost < 10.0, "{change}: {lost}");
    }
}

/// Goal: a gray failure fails its share of attempts for as long as it lasts, as nobody sees it. Method:
/// 30 % of 300/s for 600 s; with three attempts 2.7 %.
#[test]
fn what_a_gray_failure_costs_is_arithmetic() {
    for (attempts, lost) in [("1", 54_000.0), ("3", 4_860.0)] {
        let attempts = format!("client.retry.attempts={attempts}");
        let study = studied("gray-failure", &[&attempts, "run.replications=5"]);
        let outage = &result(&study).outages[0];
        assert_eq!(outage.time_to_detect_s, None);
        let half_width = outage.requests_lost.half_width.unwrap();
        assert!(
            (outage.requests_lost.mean - lost).abs() <= half_width,
            "{:?}",
            outage.requests_lost
        );
        assert!(half_width < 0.05 * lost);
    }
}

/// Goal: a false alarm costs what the neighbor cannot carry, and nothing where all others share.
#[test]
fn a_false_alarm_is_lost_to_capacity() {
    let lost = |failover: &str| {
        let failover = format!("routing.strategy.latency.failover={failover}");
        let study = studied("lying-probes", &[&failover, "run.replications=2"]);
        let outage = result(&study).outages.remove(0);
        assert!(outage.time_to_detect_s.is_some());
        let others = outage.lost_by_blame.iter().sum::<f64>()
            - outage.lost_by_blame[Blame::Capacity as usize];
        assert!(others.abs() < 1.0);
        outage.requests_lost.mean
    };
    assert!(lost("next_closest") > 100_000.0);
    assert!(lost("even_spread") < 1.0);
}

/// Goal: gateways everywhere do not help if what stands behind them is in one place; a second site
/// does, and breakers find it.
#[test]
fn one_back_end_dies_for_all_regions_and_a_second_site_saves_them() {
    let lost = |change: &[&str]| {
        let overrides = [change, &["run.replications=2"]].concat();
        result(&studied("single-backend", &overrides))
            .outages
            .remove(0)
    };
    let alone = lost(&[]);
    let to_backend = alone.lost_by_blame[Blame::Backend as usize];
    assert!((to_backend / 347_000.0 - 1.0).abs() < 0.05, "{to_backend}");
    assert!((alone.requests_lost.mean / 365_000.0 - 1.0).abs() < 0.05);
    let two = lost(&["backends.orders.at=[westeurope, eastus]"]);
    assert!(two.lost_by_blame[Blame::Backend as usize] < 100.0);
}

/// Goal: eight breakers of five failures each let 40 calls through every minute to a site that says
/// no at once, and 4 that are then under way; and to one that is silent all that is sent within the
/// time-out.
#[test]
fn breakers_of_a_pool_try_the_dead_site_every_minute() {
    let failed = |change: &[&str]| {
        let overrides = [change, &["run.replications=5"]].concat();
        let result = result(&studied("breaker-and-pool", &overrides));
        let sites = &result.backends.as_ref().unwrap().sites;
        sites.iter().map(|site| site.failed).sum::<u64>() as f64 / 5.0
    };
    let no = failed(&["outages.0.mode=refuse"]);
    assert!((no / 440.0 - 1.0).abs() < 0.1, "{no}");
    let silent = failed(&[]);
    assert!((silent / 5_400.0 - 1.0).abs() < 0.1, "{silent}");
}

/// Goal: a cold cache is a metastable failure where the back end is small and says never no.
#[test]
fn a_cold_cache_keeps_a_back_end_down_unless_it_refuses() {
    let lost = |change: &[&str]| {
        let overrides = [change, &["run.replications=2"]].concat();
        let outage = result(&studied("cold-cache", &overrides)).outages.remove(0);
        (
            outage.lost_by_blame[Blame::Backend as usize],
            outage.time_to_recover_s,
        )
    };
    let (stuck, recovered) = lost(&[]);
    assert!(
        (stuck / 540_000.0 - 1.0).abs() < 0.1 && recovered.is_none(),
        "{stuck}"
    );
    let (refused, recovered) = lost(&["backends.catalog.queue_limit=100"]);
    assert!(refused < 4_000.0 && recovered.is_some(), "{refused}");
    // At the failback the cache of the first region is empty whoever asks.
    let never_back = "outages.0.for=22m";
    for changes in [
        &["backends.catalog.workers=8"][..],
        &["gateway.cache.shared=true", never_back],
    ] {
        assert!(lost(changes).0 < 100.0, "{changes:?}");
    }
}
/// Goal: with the failover to the next closest, regions that are well are taken for dead one after the
/// other, in the order of closeness; with the load spread, or queues that are short, none is. Method:
/// two replications; the window in which the router first believed each region dead for the most part.
#[test]
fn a_brown_out_topples_neighbors_in_the_order_of_closeness() {
    let toppled = |change: &str| -> (Vec<usize>, f64) {
        let study = studied("brown-out-cascade", &[change, "run.replications=2"]);
        let result = result(&study);
        let regions = result.timeline.regions.iter().enumerate();
        let mut when: Vec<(usize, usize)> = regions
            .filter_map(|(region, windows)| {
                let mut windows = windows.iter();
                let first = windows.position(|window| window.believed_healthy.mean < 0.5)?;
                Some((first, region))
            })
            .collect();
        when.sort_unstable();
        let order = when.iter().map(|&(_, region)| region).collect();
        (order, result.outages[0].requests_lost.mean)
    };
    let (order, lost) = toppled("routing.strategy.latency.failover=next_closest");
    assert_eq!(order, [0, 1, 2, 3, 4]);
    assert!((lost / 993_000.0 - 1.0).abs() < 0.05, "{lost}");
    let (order, lost) = toppled("routing.strategy.latency.failover=even_spread");
    assert_eq!(order, [0]);
    assert!(lost < 40_000.0, "{lost}");
    let (order, lost) = toppled("gateway.queue_limit=100");
    assert_eq!(order, [0]);
    assert!(lost < 80_000.0, "{lost}");
    let (order, lost) = toppled("outages.0.slow=1.5");
    assert_eq!((order.len(), lost), (0, 0.0));
}

/// Goal: a rule that waits for half an hour and then for the units helps late, and not at all where
/// the management plane is down; a unit more from the start costs about as much. Method: what is lost
/// and paid for, in four replications.
#[test]
fn scaling_after_a_failover_comes_too_late() {
    let cost = |changes: &[&str]| {
        let changes = [changes, &["run.replications=4"]].concat();
        let result = result(&studied("autoscale-too-late", &changes));
        (result.outages[0].requests_lost.mean, result.unit_hours.mean)
    };
    let (late, late_hours) = cost(&[]);
    let (never, never_hours) = cost(&["autoscale=none"]);
    let spare = ["autoscale=none", "regions.westeurope.units=3"];
    let (spare, spare_hours) = cost(&spare);
    assert!((100_000.0..220_000.0).contains(&late), "{late}");
    assert!((never / 373_000.0 - 1.0).abs() < 0.03, "{never}");
    assert!((spare / 5_300.0 - 1.0).abs() < 0.1, "{spare}");
    assert_eq!((never_hours, spare_hours), (16.0, 20.0));
    assert!((19.0..19.4).contains(&late_hours), "{late_hours}");
    for regions in ["primary", "all"] {
        let regions = format!("autoscale.regions={regions}");
        let (lost, _) = cost(&["outages.0.region=westeurope", &regions]);
        assert!((lost / never - 1.0).abs() < 0.02, "{lost}");
    }
}

/// Goal: a cut that the router cannot see costs all that goes over it: 60/s x 600 s, but for what is sent
/// again in the last seconds; and nothing if the second attempt goes elsewhere. Method: four replications.
#[test]
fn what_a_partition_costs_is_arithmetic() {
    let study = studied("partition", &["run.replications=4"]);
    let outage = &result(&study).outages[0];
    assert_eq!(outage.time_to_detect_s, None);
    let lost = outage.requests_lost.mean;
    assert!((lost / 36_000.0 - 1.0).abs() < 0.01, "{lost}");
    let to_network = outage.lost_by_blame[Blame::Network as usize];
    assert!((to_network - lost).abs() < 1e-6, "{to_network}");
    let elsewhere = "client.retry={attempts: 2, elsewhere: true}";
    let study = studied("partition", &[elsewhere, "run.replications=2"]);
    assert_eq!(result(&study).fleet.overall.failed, 0);
}

/// The year has its shared causes, and each of its regions and zones fails for itself.
#[test]
fn a_year_has_outages_of_every_size() {
    let study = studied("a-year-of-outages", &[]);
    let hazards = study.fleet.hazards.iter();
    let sizes: Vec<usize> = hazards.map(|hazard| hazard.outages.len()).collect();
    assert_eq!(sizes, [1, 1, 1, 2, 3, 1, 1, 1]);
    let strikes = |study: &Study| {
        let shared = study.fleet.hazards.iter().nth(4).expect("there are eight");
        shared.strikes_in(study.fleet.period.duration)
    };
    assert!((strikes(&study) - 0.5).abs() < 0.01, "a year");
    assert_eq!(study.run.window, seconds(43_200.0), "of themselves");
    let rare = "outages.4.mtbf=exponential(mean=36500d)";
    assert!(strikes(&studied("a-year-of-outages", &[rare])) < 0.011);
}
