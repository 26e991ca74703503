//! What should help does not hurt, where theory says so.
//!
//! Theory says so for requests that are sent once and wait for ever or fail at once: then an outage
//! costs rate x (detection + drain) and what the survivors cannot carry. Retries, timeouts and caches
//! break it: a faster failover may overrun a neighbor. So worlds here have room in all regions, one
//! attempt, and connect timeouts only.

use gatefleet::experiment::{Alone, Metric, Variant, compare};
use gatefleet::model::{FleetSpec, HealthCheck, OutageMode, OutageSpec, RegionId};
use gatefleet::units::IdMap;
use proptest::prelude::*;

use crate::properties::config;
use crate::support::{World, exponential, outage, probes, seconds, study};

/// A fleet of three regions, of which one fails.
#[derive(Clone, Copy, Debug)]
struct Hit {
    workers: u32,
    utilization: f64,
    ttl_s: f64,
    interval_s: u64,
    tolerated: u32,
    refuses: bool,
}

fn fleet(hit: Hit) -> FleetSpec {
    let world = World {
        workers: hit.workers,
        service: exponential(0.050),
        rate: hit.utilization * f64::from(hit.workers) / 0.050,
        one_way_ms: &[&[5, 40, 70], &[40, 5, 45], &[70, 45, 5]],
        warm_up_s: 20.0,
        duration_s: 120.0,
    };
    let mut fleet = world.fleet();
    fleet.routing.ttl = seconds(hit.ttl_s);
    fleet.routing.health = probes(hit.interval_s, 1, hit.tolerated);
    for population in &mut fleet.populations {
        population.agents = 200;
        population.client.connect_timeout = Some(seconds(1.0));
    }
    fleet.outages = IdMap::new(vec![OutageSpec {
        mode: if hit.refuses {
            OutageMode::Refuse
        } else {
            OutageMode::Blackhole
        },
        ..outage(&fleet, 0, 30.0, 60.0)
    }]);
    fleet
}

fn hits() -> impl Strategy<Value = Hit> {
    let times = (1.0..30.0_f64, 3_u64..12, 0_u32..3);
    (2_u32..12, 0.1..0.45_f64, times, any::<bool>()).prop_map(
        |(workers, utilization, (ttl_s, interval_s, tolerated), refuses)| Hit {
            workers,
            utilization,
            ttl_s,
            interval_s,
            tolerated,
            refuses,
        },
    )
}

/// By how much availability is better with each change, over paired replications, and how exactly that
/// is known.
fn gains(fleets: [FleetSpec; 4]) -> Vec<(f64, f64)> {
    let variants = fleets.map(|fleet| Variant {
        name: "any".into(),
        study: study(fleet, 10.0, 10),
    });
    let comparison = compare(&variants, 0, (None, &Alone)).unwrap();
    let is_availability = |&metric: &Metric| metric == Metric::Availability;
    let index = Metric::ALL.iter().position(is_availability).unwrap();
    let changed = comparison.variants[1..].iter();
    let gains = changed.map(|variant| {
        let difference = variant.differences[index].as_ref().unwrap().difference;
        (difference.mean, difference.half_width.unwrap())
    });
    gains.collect()
}

proptest! {
    #![proptest_config(config(10))]

    /// Goal: neither more capacity, nor shorter TTLs, nor faster probes lower availability. Method: the
    /// same traffic with each of them; the difference is not below zero by more than twice what its
    /// interval, at 95 % for all three, leaves to chance.
    #[test]
    fn what_should_help_does_not_hurt(hit in hits()) {
        let before = fleet(hit);
        let mut larger = before.clone();
        for region in [1, 2] {
            larger.regions[RegionId::new(region)].workers += 2;
        }
        let shorter = fleet(Hit { ttl_s: hit.ttl_s / 3.0, ..hit });
        let mut faster = before.clone();
        if let HealthCheck::Probe(probe) = &mut faster.routing.health {
            probe.interval = seconds(hit.interval_s as f64 / 2.0);
        }
        let gains = gains([before, larger, shorter, faster]);
        for (name, (gain, half_width)) in ["capacity", "TTL", "probes"].into_iter().zip(gains) {
            prop_assert!(gain >= -2.0 * half_width - 1e-9, "{name}: {gain} +- {half_width}");
        }
    }
}
