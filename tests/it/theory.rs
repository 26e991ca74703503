//! Closed forms that the simulator must reproduce.
//!
//! Every test has a fixed seed and 20 replications or more, and asks that the 95 % interval hold
//! the theoretical value. In every run the recorder asserts offered = succeeded + failed and
//! Little's law, to the nanosecond.

use gatefleet::experiment::StudyResult;
use gatefleet::model::routing::Failover;
use gatefleet::model::{Cause, FleetSpec};
use gatefleet::random::Distribution;
use gatefleet::stats::queueing::{
    Offered, Room, mmc_mean_time, mmck_loss, mmck_mean_number, pollaczek_khinchine_mean_time,
};
use gatefleet::units::IdMap;

use crate::support::{
    THREE_REGIONS_MS, World, assert_estimates, exponential, latency, outage, probes, result,
    seconds, study,
};

/// One region without network, run for many busy periods.
fn lone_region(workers: u32, utilization: f64, service: &Distribution) -> StudyResult {
    let world = World {
        workers,
        service: service.clone(),
        rate: utilization * f64::from(workers) / service.mean().as_secs_f64(),
        one_way_ms: &[&[0]],
        warm_up_s: 2_000.0,
        duration_s: 40_000.0,
    };
    result(&study(world.fleet(), 1_000.0, 30))
}

fn assert_mean_latency(name: &str, result: &StudyResult, theory: f64) {
    assert_estimates(name, result.fleet.overall.latency.mean_s.as_ref(), theory);
}

fn offered(utilization: f64, workers: u32) -> Offered {
    Offered {
        arrival_rate: utilization * f64::from(workers),
        mean_service: 1.0,
    }
}

#[test]
fn m_m_1_mean_time_in_system() {
    let theory = mmc_mean_time(offered(0.8, 1), 1);
    assert!((theory - 5.0).abs() < 1e-9);
    assert_mean_latency("M/M/1", &lone_region(1, 0.8, &exponential(1.0)), theory);
}

#[test]
fn m_m_16_mean_time_in_system_is_that_of_erlang_c() {
    let theory = mmc_mean_time(offered(0.85, 16), 16);
    assert!((theory - 1.180_509).abs() < 1e-6);
    assert_mean_latency("M/M/16", &lone_region(16, 0.85, &exponential(1.0)), theory);
}

#[test]
fn m_d_1_and_m_g_1_mean_time_in_system_is_that_of_pollaczek_and_khinchine() {
    let second = seconds(1.0);
    let laws = [
        ("M/D/1", Distribution::constant(second)),
        (
            "M/G/1 lognormal",
            Distribution::lognormal_mean_cv(second, 1.5).unwrap(),
        ),
        ("M/G/1 gamma", Distribution::gamma(second, 0.5).unwrap()),
        (
            "M/G/1 uniform",
            Distribution::uniform(seconds(0.5), seconds(1.5)).unwrap(),
        ),
        ("M/G/1 weibull", Distribution::weibull(second, 0.8).unwrap()),
    ];
    for (name, law) in laws {
        let theory = pollaczek_khinchine_mean_time(offered(0.7, 1), law.scv());
        assert_mean_latency(name, &lone_region(1, 0.7, &law), theory);
    }
}

/// Without and with room to wait, the share refused and the time in the system of the others are
/// those of Erlang B and of M/M/c/K.
#[test]
fn a_bounded_queue_refuses_and_delays_as_m_m_c_k() {
    for (workers, load, queue_limit) in [(8, 6.0, 0), (4, 3.6, 6), (1, 1.5, 4)] {
        let world = World {
            workers,
            service: exponential(0.010),
            rate: load / 0.010,
            one_way_ms: &[&[0]],
            warm_up_s: 10.0,
            duration_s: 500.0,
        };
        let mut fleet = world.fleet();
        fleet
            .regions
            .iter_mut()
            .for_each(|region| region.queue_limit = Some(queue_limit));
        let result = result(&study(fleet, 10.0, 20));
        let room = Room {
            servers: workers,
            places: workers + queue_limit,
        };
        let served = 1.0 - mmck_loss(load, room);
        let overall = &result.fleet.overall;
        assert_estimates("served", overall.availability.as_ref(), served);
        let time = mmck_mean_number(load, room) / (served * load / 0.010);
        assert_estimates("time in system", overall.latency.mean_s.as_ref(), time);
        let only = result
            .failures
            .iter()
            .all(|failure| failure.cause == Cause::Overloaded);
        assert!(only, "{:?}", result.failures);
    }
}

/// The three regions of the reference work: 8 workers of exponential 10 ms each, 300/s from each
/// of three places; perfect knowledge; region 0 is down in the middle third.
fn three_regions() -> FleetSpec {
    let world = World {
        workers: 8,
        service: exponential(0.010),
        rate: 300.0,
        one_way_ms: THREE_REGIONS_MS,
        warm_up_s: 10.0,
        duration_s: 180.0,
    };
    let mut fleet = world.fleet();
    fleet.outages = IdMap::new(vec![outage(&fleet, 0, 60.0, 60.0)]);
    fleet
}

#[test]
fn three_regions_mean_latency_before_during_and_after_an_outage() {
    let result = result(&study(three_regions(), 10.0, 20));
    let [before, during, after] = &result.fleet.phases;
    let mean = |phase: &gatefleet::experiment::PhaseResult| phase.latency.mean_s;
    assert_mean_latency("all", &result, 0.028_195);
    assert_estimates("before", mean(before).as_ref(), 0.020_026);
    assert_estimates("during", mean(during).as_ref(), 0.044_532);
    assert_estimates("after", mean(after).as_ref(), 0.020_026);
}

/// A hanging region is detected uniformly on [T I + to, (T + 1) I + to].
#[test]
fn a_hanging_region_is_detected_uniformly_within_an_interval() {
    for (interval, timeout, tolerated, low, high) in
        [(30, 10, 3, 100.0, 130.0), (10, 9, 3, 39.0, 49.0)]
    {
        let world = World {
            workers: 8,
            service: exponential(0.010),
            rate: 1.0,
            one_way_ms: &[&[5, 40]],
            warm_up_s: 60.0,
            duration_s: 300.0,
        };
        let mut fleet = world.fleet();
        fleet.routing.health = probes(interval, timeout, tolerated);
        fleet.outages = IdMap::new(vec![outage(&fleet, 0, 30.0, 200.0)]);
        let result = result(&study(fleet, 10.0, 400));
        let detected = result.outages[0].time_to_detect_s.as_ref().unwrap();
        assert_eq!(detected.reached, 400);
        let theory = f64::midpoint(low, high);
        assert_estimates("detection", Some(&detected.time_s), theory);
        // Uniform over one interval: the standard error is that of I / sqrt(12 n).
        let standard_error = detected.time_s.half_width.unwrap() / 1.966;
        let uniform = f64::from(u32::try_from(interval).unwrap()) / (12.0 * 400.0_f64).sqrt();
        assert!(
            (standard_error / uniform - 1.0).abs() < 0.1,
            "{standard_error} {uniform}"
        );
    }
}

/// With probes in front, requests lost = rate x (mean detection + TTL / 2), all to blame on one
/// of the two.
#[test]
fn requests_lost_are_those_of_detection_and_half_a_ttl() {
    let (rate, ttl) = (100.0, 60.0);
    let world = World {
        workers: 8,
        service: exponential(0.010),
        rate,
        one_way_ms: &[&[5, 40]],
        warm_up_s: 60.0,
        duration_s: 400.0,
    };
    let mut fleet = world.fleet();
    fleet.populations.iter_mut().for_each(|p| p.agents = 50);
    fleet
        .populations
        .iter_mut()
        .for_each(|p| p.client.connect_timeout = Some(seconds(2.0)));
    fleet.routing.ttl = seconds(ttl);
    fleet.routing.health = probes(30, 10, 3);
    fleet.outages = IdMap::new(vec![outage(&fleet, 0, 60.0, 240.0)]);
    let result = result(&study(fleet, 5.0, 200));
    let lost = &result.outages[0].requests_lost;
    assert_estimates("lost", Some(lost), rate * (115.0 + ttl / 2.0));
    let by_blame = result.outages[0].lost_by_blame;
    let [detection, dns_cache, rest @ ..] = by_blame;
    assert!(
        (detection - rate * 115.0).abs() < lost.half_width.unwrap(),
        "{by_blame:?}"
    );
    assert!(
        (dns_cache - rate * ttl / 2.0).abs() < lost.half_width.unwrap(),
        "{by_blame:?}"
    );
    assert!(rest.iter().all(|&lost| lost == 0.0), "{by_blame:?}");
}

/// `next_closest` overloads a neighbor when u > 1/2, `even_spread` only when u > (N - 1) / N.
#[test]
fn failover_overloads_the_neighbor_above_the_thresholds() {
    let cases = [
        (3, Failover::NextClosest, 0.45, false),
        (3, Failover::NextClosest, 0.55, true),
        (4, Failover::NextClosest, 0.45, false),
        (4, Failover::NextClosest, 0.55, true),
        (6, Failover::NextClosest, 0.45, false),
        (6, Failover::NextClosest, 0.55, true),
        (3, Failover::EvenSpread, 0.62, false),
        (3, Failover::EvenSpread, 0.72, true),
        (4, Failover::EvenSpread, 0.70, false),
        (4, Failover::EvenSpread, 0.80, true),
        (6, Failover::EvenSpread, 0.80, false),
        (6, Failover::EvenSpread, 0.88, true),
    ];
    for (regions, failover, utilization, is_overloaded) in cases {
        let grows = grows_during_outage(regions, failover, utilization);
        assert_eq!(
            grows, is_overloaded,
            "{regions} regions, {failover:?}, u = {utilization}"
        );
    }
}

/// Whether the backlog of some region grows through an outage of region 0, as it does without
/// bound when more comes than can be served.
fn grows_during_outage(regions: usize, failover: Failover, utilization: f64) -> bool {
    // A ring: the closest neighbor of each region is the next one.
    let delay = |population: usize, region: usize| {
        let steps = (region + regions - population) % regions;
        5 + 20 * u64::try_from(steps).unwrap()
    };
    let row = |population| {
        (0..regions)
            .map(|region| delay(population, region))
            .collect()
    };
    let rows: Vec<Vec<u64>> = (0..regions).map(row).collect();
    let world = World {
        workers: 4,
        service: exponential(0.010),
        rate: utilization * 4.0 / 0.010,
        one_way_ms: &rows.iter().map(Vec::as_slice).collect::<Vec<&[u64]>>(),
        warm_up_s: 5.0,
        duration_s: 70.0,
    };
    let mut fleet = world.fleet();
    fleet.routing.strategy = latency(failover, &fleet.populations);
    fleet.outages = IdMap::new(vec![outage(&fleet, 0, 10.0, 60.0)]);
    let result = result(&study(fleet, 10.0, 20));
    // Windows 1 to 6 are the outage. At twice the time an unstable backlog is twice as long; a
    // stable one fluctuates about a mean. Thresholds lie 5 % or more away from every case.
    let backlog = |window: usize| -> f64 {
        let regions = result.timeline.regions.iter();
        regions
            .map(|windows| windows[window].backlog.mean)
            .fold(0.0, f64::max)
    };
    backlog(6) > 2.0 * backlog(2) && backlog(6) > 100.0
}
