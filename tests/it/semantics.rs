//! What exactly happens in an outage, in worlds made exact: constant times, no jitter.

use gatefleet::experiment::StudyResult;
use gatefleet::model::{Blame, Cause, FleetSpec, OutageMode, RegionId};
use gatefleet::random::Distribution;
use gatefleet::units::IdMap;

use crate::support::{World, assert_estimates, outage, result, seconds, study};

/// Two regions, 10 and 50 ms away, that serve everything in 20 ms; region 0 is down from 20 s to
/// 40 s of 60 s. Agents never ask again, so all go on to the dead region.
fn faithful(mode: OutageMode) -> FleetSpec {
    let world = World {
        workers: 64,
        service: Distribution::constant(seconds(0.020)),
        rate: 100.0,
        one_way_ms: &[&[10, 50]],
        warm_up_s: 1.0,
        duration_s: 60.0,
    };
    let mut fleet = world.fleet();
    fleet.routing.ttl = seconds(100_000.0);
    for population in &mut fleet.populations {
        population.client.timeout = Some(seconds(5.0));
        population.client.connect_timeout = Some(seconds(2.0));
    }
    let mut down = outage(&fleet, 0, 20.0, 20.0);
    down.mode = mode;
    fleet.outages = IdMap::new(vec![down]);
    fleet
}

fn run(fleet: FleetSpec) -> StudyResult {
    result(&study(fleet, 5.0, 5))
}

fn failed_by(result: &StudyResult, cause: Cause) -> u64 {
    let failures = result
        .failures
        .iter()
        .filter(|failure| failure.cause == cause);
    failures.map(|failure| failure.count).sum()
}

fn blamed_on(result: &StudyResult, blame: Blame) -> u64 {
    let failures = result
        .failures
        .iter()
        .filter(|failure| failure.blame == blame);
    failures.map(|failure| failure.count).sum()
}

/// A request is served iff it is in service before the outage and done by its start, or comes
/// after its end: those that start within 30 ms before it are inside, those within 10 ms before
/// its end arrive after it.
#[test]
fn a_blackhole_lets_connections_time_out_and_swallows_what_is_inside() {
    let result = run(faithful(OutageMode::Blackhole));
    let offered_during = result.fleet.phases[1].offered;
    let connect = failed_by(&result, Cause::ConnectTimeout);
    let inside = failed_by(&result, Cause::Timeout);
    assert_eq!(connect + inside, result.fleet.overall.failed);
    assert!(
        inside > 0 && inside < 40,
        "about 5 x 100/s x 20 ms were inside: {inside}"
    );
    assert!(
        connect.abs_diff(offered_during) < 40,
        "{connect} of {offered_during}"
    );
    let mean = result.fleet.phases[1].time_to_failure_s.unwrap().mean;
    assert!(
        (mean - 2.0).abs() < 1e-9,
        "after connect_timeout, exactly: {mean}"
    );
    // Those on their way when it began chose the region before anybody could know.
    let (detection, dns) = (
        blamed_on(&result, Blame::Detection),
        blamed_on(&result, Blame::DnsCache),
    );
    assert_eq!(detection + dns, connect + inside);
    assert!(
        (inside..inside + 20).contains(&detection),
        "{detection} of which inside {inside}"
    );
}

#[test]
fn a_refusing_region_answers_with_an_error_after_one_round_trip() {
    let result = run(faithful(OutageMode::Refuse));
    let refused = failed_by(&result, Cause::Refused);
    let reset = failed_by(&result, Cause::Reset);
    assert_eq!(refused + reset, result.fleet.overall.failed);
    assert!(
        reset > 0 && reset < 40,
        "about 5 x 100/s x 20 ms were inside: {reset}"
    );
    let mean = result.fleet.phases[1].time_to_failure_s.unwrap().mean;
    assert!(
        (mean - 0.020).abs() < 1e-9,
        "after 2 x 10 ms, exactly: {mean}"
    );
}

#[test]
fn latency_is_two_ways_and_the_service() {
    let result = run(faithful(OutageMode::Blackhole));
    for quantile in [0.0, 0.5, 1.0] {
        let latency = result.fleet.phases[0].latency.quantile_s(quantile).unwrap();
        assert!(
            (latency.mean - 0.040).abs() < 1e-9,
            "{quantile}: {latency:?}"
        );
    }
}

#[test]
fn whoever_waits_without_limit_is_reset_when_the_region_is_back() {
    let mut fleet = faithful(OutageMode::Blackhole);
    for population in &mut fleet.populations {
        population.client.timeout = None;
        population.client.connect_timeout = None;
    }
    let result = run(fleet);
    assert_eq!(
        failed_by(&result, Cause::Reset),
        result.fleet.overall.failed
    );
    let mean = result.fleet.phases[1].time_to_failure_s.unwrap().mean;
    assert!(
        (9.0..11.0).contains(&mean),
        "half of the 20 s on average: {mean}"
    );
}

#[test]
fn when_every_region_is_down_the_router_answers_as_if_all_were_up() {
    let mut fleet = faithful(OutageMode::Blackhole);
    fleet.routing.ttl = seconds(0.0);
    fleet.outages = (0..2)
        .map(|region| outage(&fleet, region, 20.0, 20.0))
        .collect();
    let result = run(fleet);
    let [before, during, after] = &result.fleet.phases;
    assert_eq!((before.failed < 40, after.failed), (true, 0));
    assert!(during.availability.unwrap().mean < 0.01, "{during:?}");
    assert!(blamed_on(&result, Blame::NoHealthyRegion) > 9_000);
    let share = result.regions[RegionId::new(0)].traffic_share.unwrap();
    assert!(
        (share.mean - 1.0).abs() < 1e-12,
        "nobody was sent to the other dead region"
    );
}

#[test]
fn overlapping_outages_keep_the_region_down_until_the_last_ends() {
    let mut fleet = faithful(OutageMode::Blackhole);
    fleet.outages = [(20.0, 10.0), (25.0, 15.0), (26.0, 2.0)]
        .into_iter()
        .map(|(at, length)| outage(&fleet, 0, at, length))
        .collect();
    let overlapping = run(fleet);
    let single = run(faithful(OutageMode::Blackhole));
    assert_eq!(overlapping.fleet, single.fleet);
}

/// The client leaves after 0.5 s; its work, of 1 s, is done all the same.
#[test]
fn abandoned_work_is_still_served() {
    let world = World {
        workers: 64,
        service: Distribution::constant(seconds(1.0)),
        rate: 16.0,
        one_way_ms: &[&[10]],
        warm_up_s: 10.0,
        duration_s: 500.0,
    };
    let mut fleet = world.fleet();
    for population in &mut fleet.populations {
        population.client.timeout = Some(seconds(0.5));
    }
    let result = result(&study(fleet, 5.0, 20));
    assert_eq!(
        failed_by(&result, Cause::Timeout),
        result.fleet.overall.offered
    );
    assert_eq!(
        blamed_on(&result, Blame::Capacity),
        result.fleet.overall.offered
    );
    let utilization = result.regions[RegionId::new(0)].utilization;
    assert_estimates("utilization", utilization.as_ref(), 16.0 / 64.0);
}

/// Whoever gives up before the request is there: the network is to blame, the work is done.
#[test]
fn a_timeout_shorter_than_the_way_is_to_blame_on_the_network() {
    let mut fleet = faithful(OutageMode::Blackhole);
    fleet.outages = IdMap::new(Vec::new());
    for population in &mut fleet.populations {
        population.client.timeout = Some(seconds(0.005));
    }
    let result = run(fleet);
    assert_eq!(
        blamed_on(&result, Blame::Network),
        result.fleet.overall.offered
    );
    let utilization = result.regions[RegionId::new(0)].utilization.unwrap();
    assert!(
        (utilization.mean - 100.0 * 0.020 / 64.0).abs() < 0.003,
        "{utilization:?}"
    );
}

/// An outage from the start has no time before it to compare with: then all is well when all
/// requests are served.
#[test]
fn an_outage_from_the_start_is_recovered_from() {
    let mut fleet = faithful(OutageMode::Refuse);
    fleet.outages = IdMap::new(vec![outage(&fleet, 0, 0.0, 20.0)]);
    let result = run(fleet);
    let recovered = result.outages[0].time_to_recover_s.as_ref().unwrap();
    assert_eq!(recovered.reached, 5);
    assert!((recovered.time_s.mean - 20.0).abs() < 1e-9, "{recovered:?}");
    assert_eq!(result.fleet.phases[0].offered, 0);
    let lost = result.outages[0].requests_lost;
    assert!((lost.mean - 2_000.0).abs() < 100.0, "{lost:?}");
}

/// Overlapping outages of two regions: every failure is charged once, to the outage it ran into.
#[test]
fn every_lost_request_is_charged_to_one_outage() {
    let mut fleet = faithful(OutageMode::Blackhole);
    let near_the_other = gatefleet::model::PopulationSpec {
        name: "other".into(),
        rtt: [seconds(0.100), seconds(0.020)].into_iter().collect(),
        ..fleet.populations.iter().next().unwrap().clone()
    };
    let populations = fleet.populations.iter().cloned().chain([near_the_other]);
    fleet.populations = populations.collect();
    fleet.routing.strategy = crate::support::latency(
        gatefleet::model::routing::Failover::NextClosest,
        &fleet.populations,
    );
    fleet.outages = IdMap::new(vec![
        outage(&fleet, 0, 10.0, 20.0),
        outage(&fleet, 1, 25.0, 10.0),
    ]);
    let result = run(fleet);
    let lost: Vec<f64> = result
        .outages
        .iter()
        .map(|o| o.requests_lost.mean)
        .collect();
    let failed = result.fleet.overall.failed as f64 / 5.0;
    assert!(
        (lost.iter().sum::<f64>() - failed).abs() < 1e-6,
        "{lost:?} of {failed}"
    );
    assert!(
        (lost[0] - 2_000.0).abs() < 100.0,
        "100/s for 20 s: {lost:?}"
    );
    assert!((lost[1] - 1_000.0).abs() < 75.0, "100/s for 10 s: {lost:?}");
}

/// A fleet that always fails some requests: an outage of a region that nobody uses costs nothing.
#[test]
fn usual_failures_are_not_charged_to_an_outage() {
    let world = World {
        workers: 2,
        service: crate::support::exponential(0.020),
        rate: 90.0,
        one_way_ms: &[&[10, 50]],
        warm_up_s: 10.0,
        duration_s: 300.0,
    };
    let mut fleet = world.fleet();
    fleet
        .regions
        .iter_mut()
        .for_each(|region| region.queue_limit = Some(2));
    fleet.outages = IdMap::new(vec![outage(&fleet, 1, 100.0, 100.0)]);
    let result = result(&study(fleet, 10.0, 20));
    let unavailable = 1.0 - result.fleet.overall.availability.unwrap().mean;
    assert!(unavailable > 0.1, "it always fails some: {unavailable}");
    let outage = &result.outages[0];
    let failed_during = result.fleet.phases[1].failed as f64 / 20.0;
    assert!(
        outage.requests_lost.mean < 0.1 * failed_during,
        "{outage:?}"
    );
    let drained = outage.time_to_drain_s.as_ref().unwrap();
    assert!(
        drained.time_s.mean < 1e-9,
        "nobody was affected: {outage:?}"
    );
    // A window in a few hundred lies lower than three standard deviations by chance.
    let recovered = outage.time_to_recover_s.as_ref().unwrap();
    assert!(
        recovered.reached == 20 && recovered.time_s.mean < 30.0,
        "{outage:?}"
    );
}
