//! The same study gives the same result, whatever the threads.

use gatefleet::experiment::{Alone, Study, run};
use gatefleet::model::routing::Failover;
use gatefleet::units::IdMap;

use crate::support::{
    THREE_REGIONS_MS, World, exponential, latency, outage, probes, seconds, study,
};

/// A fleet in which everything that draws numbers does.
fn restless() -> Study {
    let world = World {
        workers: 4,
        service: exponential(0.010),
        rate: 150.0,
        one_way_ms: THREE_REGIONS_MS,
        warm_up_s: 10.0,
        duration_s: 60.0,
    };
    let mut fleet = world.fleet();
    fleet.jitter = 0.03;
    fleet.routing.ttl = seconds(5.0);
    fleet.routing.health = probes(3, 1, 1);
    fleet.routing.strategy = latency(Failover::EvenSpread, &fleet.populations);
    for population in &mut fleet.populations {
        population.client.timeout = Some(seconds(2.0));
        population.client.connect_timeout = Some(seconds(1.0));
        population.client.dns.lookup = seconds(0.020);
    }
    fleet.outages = IdMap::new(vec![outage(&fleet, 1, 20.0, 20.0)]);
    study(fleet, 5.0, 6)
}

#[test]
fn threads_do_not_change_the_result() {
    let study = restless();
    let one = run(&study, Some(1), &Alone).unwrap();
    assert!(one.fleet.overall.failed > 0, "the outage is felt");
    for threads in [2, 3] {
        assert_eq!(
            run(&study, Some(threads), &Alone).unwrap(),
            one,
            "{threads} threads"
        );
    }
}

#[test]
fn the_seed_changes_the_result() {
    let mut study = restless();
    let one = run(&study, None, &Alone).unwrap();
    study.run.seed = 2;
    assert_ne!(run(&study, None, &Alone).unwrap(), one);
}

/// Goal: one more region that nobody uses shifts no other thing's draws.
#[test]
fn adding_an_unused_region_changes_nothing_for_the_others() {
    let study = restless();
    let mut larger = study.clone();
    let mut regions: Vec<_> = larger.fleet.regions.iter().cloned().collect();
    regions.push(gatefleet::model::RegionSpec {
        name: "far away".into(),
        ..regions[0].clone()
    });
    larger.fleet.regions = IdMap::new(regions);
    for population in &mut larger.fleet.populations {
        let rtt: Vec<_> = population
            .rtt
            .iter()
            .copied()
            .chain([seconds(9.0)])
            .collect();
        population.rtt = IdMap::new(rtt);
    }
    let strategy = latency(Failover::NextClosest, &larger.fleet.populations);
    larger.fleet.routing.strategy = strategy;
    let mut same = study;
    same.fleet.routing.strategy = latency(Failover::NextClosest, &same.fleet.populations);
    let (small, large) = (
        run(&same, None, &Alone).unwrap(),
        run(&larger, None, &Alone).unwrap(),
    );
    assert_eq!(small.fleet, large.fleet);
    assert_eq!(small.outages, large.outages);
}
