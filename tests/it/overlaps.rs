//! Outages that overlap, follow each other or cut the way, in worlds made exact.

use gatefleet::experiment::{Alone, StudyError, StudyResult};
use gatefleet::model::{Cause, FleetSpec, HealthCheck, OutageMode, OutageSpec, RegionId};
use gatefleet::random::Distribution;
use gatefleet::units::{IdMap, Ratio};

use crate::support::{World, outage, probes, result, seconds, study};

/// One region, no network, constant service, nobody times out.
fn patient(service_s: f64, rate: f64, outages: &[(OutageMode, f64, f64)]) -> FleetSpec {
    let world = World {
        workers: 200,
        service: Distribution::constant(seconds(service_s)),
        rate,
        one_way_ms: &[&[0]],
        warm_up_s: 10.0,
        duration_s: 100.0,
    };
    let mut fleet = world.fleet();
    let outages = outages.iter().map(|&(mode, at, length)| {
        let mut cut = outage(&fleet, 0, at, length);
        cut.mode = mode;
        cut
    });
    fleet.outages = outages.collect();
    fleet
}

fn run(fleet: FleetSpec) -> StudyResult {
    result(&study(fleet, 1.0, 5))
}

/// The window of the start of requests that are in service when the way is cut at 20 s.
fn latency_before_the_cut(result: &StudyResult) -> f64 {
    result.timeline.fleet[19].latency_p50_s.unwrap().mean
}

#[test]
fn what_is_held_waits_for_the_last_of_overlapping_cuts() {
    use OutageMode::Hold;
    for outages in [
        vec![(Hold, 20.0, 70.0), (Hold, 20.2, 1.0)],
        vec![(Hold, 20.0, 2.0), (Hold, 21.5, 68.5)],
    ] {
        let result = run(patient(1.0, 20.0, &outages));
        assert_eq!(result.fleet.overall.failed, 0);
        let latency = latency_before_the_cut(&result);
        assert!(
            (latency - 70.5).abs() < 0.5,
            "until 90 s: {latency} {outages:?}"
        );
    }
}

/// A gateway that fails behind a cut loses what it could not send.
#[test]
fn answers_that_are_held_are_lost_with_the_gateway() {
    use OutageMode::{Blackhole, Hold};
    let outages = [(Hold, 20.0, 30.0), (Blackhole, 30.0, 5.0)];
    let result = run(patient(1.0, 20.0, &outages));
    let window = &result.timeline.fleet[19];
    assert!(window.goodput_per_s.mean < 1e-9, "lost: {window:?}");
    let reset = result
        .failures
        .iter()
        .all(|failure| failure.cause == Cause::Reset);
    assert!(reset, "{:?}", result.failures);
}

#[test]
fn a_gateway_behind_a_cut_is_as_busy_as_it_is() {
    // 20/s x 1 s on 200 workers; 60 s of arrivals are held, and served when the cut ends.
    let fleet = patient(1.0, 20.0, &[(OutageMode::Hold, 20.0, 60.0)]);
    let utilization = run(fleet).regions[RegionId::new(0)].utilization.unwrap();
    assert!((utilization.mean - 0.1).abs() < 0.01, "{utilization:?}");
}

/// Two outages that follow each other at once are one, in whichever order they are listed.
#[test]
fn adjacent_outages_are_one_in_any_order() {
    use OutageMode::Blackhole;
    let (first, second) = ((Blackhole, 20.0, 20.0), (Blackhole, 40.0, 20.0));
    let one = run(patient(0.01, 50.0, &[(Blackhole, 20.0, 40.0)])).fleet;
    assert_eq!(run(patient(0.01, 50.0, &[first, second])).fleet, one);
    assert_eq!(run(patient(0.01, 50.0, &[second, first])).fleet, one);
}

/// A probe that is inside when the way is cut is answered when it opens: too late.
#[test]
fn probes_are_held_too() {
    let mut fleet = patient(0.001, 1.0, &[(OutageMode::Hold, 20.0, 60.0)]);
    let HealthCheck::Probe(mut spec) = probes(10, 9, 0) else {
        panic!("these are probes");
    };
    spec.demand = seconds(8.0);
    fleet.routing.health = HealthCheck::Probe(spec);
    let result = result(&study(fleet, 1.0, 500));
    // A probe fails if its answer, 8 s after it is sent, falls into the cut. The first such one
    // is sent uniformly within the 10 s from 8 s before the cut, and judged 9 s after that.
    let detected = result.outages[0].time_to_detect_s.as_ref().unwrap();
    crate::support::assert_estimates("detection", Some(&detected.time_s), 6.0);
}

/// Attempts after the outage tell nothing about its drain, whatever the slices.
#[test]
fn a_drain_ends_with_the_outage() {
    for length in [10.0, 10.05] {
        let mut fleet = two_regions(1_000.0);
        fleet.routing.ttl = seconds(0.0);
        fleet.outages = IdMap::new(vec![outage(&fleet, 0, 20.0, length)]);
        let drained = run(fleet).outages[0].time_to_drain_s.clone().unwrap();
        assert!(
            drained.reached == 5 && drained.time_s.mean < 0.2,
            "{length}: {drained:?}"
        );
    }
}

/// Half a percent that never drains is less than one: the outage is drained at once.
#[test]
fn few_stragglers_do_not_put_the_drain_off() {
    let mut fleet = two_regions(1_000.0);
    fleet.routing.ttl = seconds(1.0);
    for population in &mut fleet.populations {
        population.client.dns.pinned = Ratio::new(0.005).unwrap();
    }
    fleet.outages = IdMap::new(vec![outage(&fleet, 0, 20.0, 60.0)]);
    let drained = run(fleet).outages[0].time_to_drain_s.clone().unwrap();
    assert!(
        drained.reached == 5 && drained.time_s.mean < 2.0,
        "{drained:?}"
    );
}

fn two_regions(rate: f64) -> FleetSpec {
    let world = World {
        workers: 200,
        service: Distribution::constant(seconds(0.010)),
        rate,
        one_way_ms: &[&[5, 40]],
        warm_up_s: 10.0,
        duration_s: 100.0,
    };
    let mut fleet = world.fleet();
    for population in &mut fleet.populations {
        population.client.connect_timeout = Some(seconds(2.0));
        population.client.timeout = Some(seconds(5.0));
    }
    fleet
}

/// Whoever gives up during the look-up has sent nothing.
#[test]
fn nothing_is_sent_by_whoever_gives_up_during_the_look_up() {
    let mut fleet = two_regions(100.0);
    fleet.routing.ttl = seconds(0.0);
    for population in &mut fleet.populations {
        population.client.dns.lookup = seconds(2.0);
        population.client.timeout = Some(seconds(1.0));
    }
    let result = run(fleet);
    assert_eq!(result.fleet.overall.succeeded, 0);
    let near = &result.regions[RegionId::new(0)];
    assert_eq!(near.attempts, 0);
    assert!(near.utilization.unwrap().mean < 1e-9, "{near:?}");
}

/// Clients that wait for ever in a region that is down for ever: the run ends, and says where,
/// the same for any number of threads.
#[test]
fn a_run_that_would_need_all_memory_is_given_up() {
    let mut fleet = patient(0.001, 1_000.0, &[(OutageMode::Blackhole, 1.0, 1e8)]);
    fleet.backlog_max = 10_000;
    let study = study(fleet, 1.0, 8);
    let fails = |threads| gatefleet::experiment::run(&study, Some(threads), &Alone).unwrap_err();
    let StudyError::Saturated {
        replication,
        saturation,
    } = fails(1)
    else {
        panic!("{:?}", fails(1));
    };
    assert_eq!((replication, saturation.region), (0, RegionId::new(0)));
    assert!(
        (saturation.at.as_secs_f64() - 21.0).abs() < 1.0,
        "{saturation:?}"
    );
    for _ in 0..5 {
        assert_eq!(fails(2), fails(1));
    }
}

/// Goal: the long tail of an outage does not pass for how things were before the next. What a cut of
/// 30 s holds up, 3,000 requests, takes 28/s of spare capacity about 100 s, and everybody who waits
/// times out meanwhile.
#[test]
fn an_outage_is_measured_by_what_was_before_all_that_hurt() {
    let world = World {
        workers: 64,
        service: Distribution::constant(seconds(0.5)),
        rate: 100.0,
        one_way_ms: &[&[10]],
        warm_up_s: 10.0,
        duration_s: 400.0,
    };
    let mut fleet = world.fleet();
    for population in &mut fleet.populations {
        population.client.timeout = Some(seconds(5.0));
    }
    let with_mode = |mode, at, length| OutageSpec {
        mode,
        ..outage(&fleet, 0, at, length)
    };
    let cut = with_mode(OutageMode::Hold, 60.0, 30.0);
    let later = with_mode(OutageMode::Refuse, 260.0, 30.0);
    fleet.outages = IdMap::new(vec![cut, later]);
    let result = result(&study(fleet, 5.0, 5));
    let recovered = |outage: usize| {
        let milestone = result.outages[outage].time_to_recover_s.as_ref();
        milestone.expect("it is over").time_s.mean
    };
    assert!((100.0..180.0).contains(&recovered(0)), "{}", recovered(0));
    assert!((29.0..41.0).contains(&recovered(1)), "{}", recovered(1));
}
