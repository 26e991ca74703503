//! Which regions get how much, by strategy, in the running fleet.

use gatefleet::model::routing::{Geographic, LatencyBand, Strategy, Weighted};
use gatefleet::model::{Blame, FleetSpec, OutageMode, RegionId};
use gatefleet::random::Distribution;
use gatefleet::units::IdMap;

use crate::operations::run;
use crate::support::{World, outage, seconds};

/// Three regions 5, 15 and 60 ms away; the first is down from 300 s to 400 s of the run.
fn fleet(strategy: Strategy) -> FleetSpec {
    let world = World {
        workers: 8,
        service: Distribution::constant(seconds(0.010)),
        rate: 50.0,
        one_way_ms: &[&[5, 15, 60]],
        warm_up_s: 100.0,
        duration_s: 600.0,
    };
    let mut fleet = world.fleet();
    fleet.routing.strategy = strategy;
    let mut down = outage(&fleet, 0, 200.0, 100.0);
    down.mode = OutageMode::Refuse;
    fleet.outages = IdMap::new(vec![down]);
    fleet
}

/// Asserts the shares of attempts before and during the outage, to four standard deviations.
#[track_caller]
fn assert_shares(strategy: Strategy, before: [f64; 3], during: [f64; 3]) {
    for log in run(&fleet(strategy)) {
        for (expected, from, to) in [(before, 0.0, 299.9), (during, 300.0, 400.0)] {
            let counts = [0, 1, 2].map(|region| log.attempts_to(region, from, to) as f64);
            let total: f64 = counts.iter().sum();
            for (count, expected) in counts.iter().zip(expected) {
                let deviation = (expected * (1.0 - expected) / total).sqrt();
                let share = count / total;
                assert!(
                    (share - expected).abs() <= 4.0 * deviation,
                    "{share}, not {expected}"
                );
            }
        }
    }
}

#[test]
fn weighted_shares_are_the_weights_of_the_healthy() {
    let weights = IdMap::new(vec![5.0, 3.0, 2.0]);
    assert_shares(
        Strategy::Weighted(Weighted::new(weights)),
        [0.5, 0.3, 0.2],
        [0.0, 0.6, 0.4],
    );
}

#[test]
fn round_robin_shares_are_even() {
    for log in run(&fleet(Strategy::RoundRobin)) {
        let counts = [0, 1, 2].map(|region| log.attempts_to(region, 0.0, 299.9));
        // In turn, not by lot: equal but for the ends.
        assert!(
            counts.iter().all(|count| count.abs_diff(counts[0]) <= 1),
            "{counts:?}"
        );
        let counts = [0, 1, 2].map(|region| log.attempts_to(region, 300.1, 399.9));
        assert!(
            counts[0] == 0 && counts[1].abs_diff(counts[2]) <= 1,
            "{counts:?}"
        );
    }
}

/// Round trips are 10, 30 and 120 ms: a band of 20 ms holds the first two.
#[test]
fn a_latency_band_begins_at_the_closest_healthy_region() {
    let weights = IdMap::new(vec![1.0, 3.0, 1.0]);
    let rtts = fleet(Strategy::RoundRobin)
        .populations
        .map(|p| p.rtt.clone());
    let band = LatencyBand::new(seconds(0.020), weights, rtts);
    assert_shares(
        Strategy::LatencyBand(band),
        [0.25, 0.75, 0.0],
        [0.0, 1.0, 0.0],
    );
}

/// Goal: the documented behavior, an answer even when the region is not healthy.
#[test]
fn geographic_routing_stays_with_its_region_unless_others_are_named() {
    let regions = [0, 2].map(RegionId::new);
    let with_fallback = Geographic::new(IdMap::new(vec![regions.to_vec()]));
    assert_shares(
        Strategy::Geographic(with_fallback),
        [1.0, 0.0, 0.0],
        [0.0, 0.0, 1.0],
    );
    let alone = Geographic::new(IdMap::new(vec![vec![regions[0]]]));
    for log in run(&fleet(Strategy::Geographic(alone))) {
        assert_eq!(log.attempts_to(2, 0.0, 1_000.0), 0);
        let blamed = log
            .failed
            .iter()
            .filter(|failed| failed.2 == Blame::NoHealthyRegion);
        let count = blamed.count();
        assert!((4_700..5_300).contains(&count), "50/s for 100 s: {count}");
    }
}
