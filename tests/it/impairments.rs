//! Regions that are up and not well: slow, gray, seen as something else by probes or not seen at all;
//! and that all of it is over when it ends.

use gatefleet::experiment::{Metric, StudyResult};
use gatefleet::model::{
    Backoff, Blame, FleetSpec, HealthCheck, Impairment, Lie, Observer, OutageId, OutageSpec,
    Outcome, Place, PopulationId, RegionId, RequestEnd, RetrySpec, Scope,
};
use gatefleet::random::Distribution;
use gatefleet::units::{IdMap, Ratio, SimTime};
use proptest::prelude::*;

use crate::support::{World, outage, probes, replicate, result, seconds, study};
use crate::validation::{Effort, Figure};

/// Two regions 10 ms and 40 ms away (one way), of workers in plenty that take 10 ms.
fn two_regions(rate: f64) -> FleetSpec {
    let world = World {
        workers: 100,
        service: Distribution::constant(seconds(0.010)),
        rate,
        one_way_ms: &[&[10, 40]],
        warm_up_s: 10.0,
        duration_s: 60.0,
    };
    world.fleet()
}

fn part(fleet: &FleetSpec, (at_s, for_s): (f64, f64), scope: Scope) -> OutageSpec {
    OutageSpec {
        scope,
        ..outage(fleet, 0, at_s, for_s)
    }
}

fn hit_by(mut fleet: FleetSpec, outages: Vec<OutageSpec>) -> FleetSpec {
    fleet.outages = IdMap::new(outages);
    fleet
}

fn share(share: f64) -> Ratio {
    Ratio::new(share).unwrap()
}

/// How every request ended.
#[derive(Default)]
struct Ends(Vec<RequestEnd>);

impl Observer for Ends {
    fn request_ended(&mut self, end: &RequestEnd) {
        self.0.push(*end);
    }
}

/// Goal: a slow region takes so many times as long for what it begins meanwhile, and no longer after.
/// Method: 20 ms of way and 10 ms of service, three times as slow for 20 s.
#[test]
fn a_slow_region_takes_longer_for_what_it_begins() {
    let fleet = two_regions(50.0);
    let slow = part(&fleet, (20.0, 20.0), Scope::Speed(3.0));
    let fleet = hit_by(fleet, vec![slow]);
    let from = fleet.period.start() + seconds(20.0 - 0.010);
    let until = from + seconds(20.0);
    let ends = replicate(&fleet, 1, Ends::default).remove(0).0;
    assert!(ends.len() > 2_000);
    for end in ends {
        let is_slow = (from..until).contains(&end.started);
        let expected = if is_slow { 0.050 } else { 0.030 };
        assert_eq!(
            end.ended - end.started,
            seconds(expected),
            "{:?}",
            end.started
        );
    }
}

/// Goal: of overlapping ones the factors multiply, and each ends with its own.
#[test]
fn slow_downs_multiply_and_end_one_by_one() {
    let fleet = two_regions(50.0);
    let outages = vec![
        part(&fleet, (10.0, 30.0), Scope::Speed(3.0)),
        part(&fleet, (20.0, 10.0), Scope::Speed(2.0)),
    ];
    let fleet = hit_by(fleet, outages);
    let ends = replicate(&fleet, 1, Ends::default).remove(0).0;
    for (at_s, expected) in [
        (5.0, 0.030),
        (15.0, 0.050),
        (25.0, 0.080),
        (35.0, 0.050),
        (45.0, 0.030),
    ] {
        let from = fleet.period.start() + seconds(at_s);
        let mut within = ends
            .iter()
            .filter(|end| (from..from + seconds(4.0)).contains(&end.started));
        assert!(
            within.all(|end| end.ended - end.started == seconds(expected)),
            "{at_s}"
        );
    }
}

/// Goal: probes of a slow region take longer too, until they are too late. Method: probes of 10 ms of
/// work, every second, with a timeout of 0.5 s; a hundred times slower is a second.
#[test]
fn a_region_that_is_slow_enough_fails_its_probes() {
    let detected = |factor| {
        let mut fleet = two_regions(1.0);
        fleet.routing.health = probes(1, 1, 1);
        let HealthCheck::Probe(probe) = &mut fleet.routing.health else {
            panic!("it probes");
        };
        probe.demand = seconds(0.010);
        probe.timeout = seconds(0.5);
        let slow = part(&fleet, (20.0, 20.0), Scope::Speed(factor));
        let result = result(&study(hit_by(fleet, vec![slow]), 5.0, 5));
        let time = &result.outages[0].time_to_detect_s;
        time.as_ref().map_or(0, |reached| reached.reached)
    };
    assert_eq!(detected(20.0), 0);
    assert_eq!(detected(100.0), 5);
}

fn gray(effort: Effort, attempts: u32) -> StudyResult {
    let mut fleet = two_regions(300.0);
    fleet.routing.health = probes(1, 1, 1);
    for population in &mut fleet.populations {
        population.client.retry = RetrySpec {
            attempts,
            backoff: Backoff::None,
            ..RetrySpec::never()
        };
    }
    let gray = part(&fleet, (20.0, 20.0), Scope::Gray(share(0.3)));
    effort.result(hit_by(fleet, vec![gray]), 5.0, 10)
}

/// A gray failure of 30 % fails its share of attempts, each by itself, and no probe sees it.
pub(crate) fn gray_failures(effort: Effort) -> Vec<Figure> {
    let figure = |attempts: u32| {
        let result = gray(effort, attempts);
        let lost = 0.3_f64.powi(attempts.cast_signed());
        let outage = &result.outages[0];
        assert_eq!(outage.time_to_detect_s, None);
        let failed = result.fleet.overall.failed as f64 / f64::from(result.replications);
        assert!(
            (outage.requests_lost.mean - failed).abs() < 1e-6,
            "all are charged to it"
        );
        assert!((outage.lost_by_blame[Blame::Detection as usize] - failed).abs() < 1e-6);
        assert_eq!(result.fleet.phases[2].failed, 0, "it is over when it ends");
        let availability = result.fleet.phases[1].availability.as_ref();
        let name = format!("n = {attempts}: availability");
        Figure::estimated(name, availability, (1.0 - lost, result.replications))
    };
    [1, 2].map(figure).into()
}

/// Goal: probes that lie take a region out that is well, which costs a detour and no request.
/// Method: probes every second, degraded on the second failure, which is at once: within one to two
/// seconds; one that passes brings it back, within one.
#[test]
fn lying_probes_take_out_a_region_that_is_well() {
    let mut fleet = two_regions(100.0);
    fleet.routing.health = probes(1, 1, 1);
    let lie = part(&fleet, (20.0, 20.0), Scope::Probes(Lie::Down));
    let fleet = hit_by(fleet, vec![lie]);
    let result = result(&study(fleet.clone(), 1.0, 10));
    assert_eq!(result.fleet.overall.failed, 0);
    let times = &result.outages[0];
    let detected = times.time_to_detect_s.as_ref().unwrap();
    assert!(detected.reached == 10 && (1.0..=2.0).contains(&detected.time_s.mean));
    let back = times.time_to_failback_s.as_ref().unwrap();
    assert!(back.reached == 10 && (0.0..=1.0).contains(&back.time_s.mean));
    let traffic = |second: usize, region| {
        let windows = &result.timeline.regions[RegionId::new(region)];
        windows[second].traffic_share.unwrap().mean
    };
    let close = |second| (traffic(second, 0) - 1.0).abs() < 1e-9;
    assert!(close(10) && !close(30) && close(50));
    assert!((traffic(30, 1) - 1.0).abs() < 1e-9);
}

/// Goal: probes that pass hide an outage for as long as it lasts.
#[test]
fn probes_that_lie_hide_an_outage() {
    let mut fleet = two_regions(100.0);
    fleet.routing.health = probes(1, 1, 1);
    let hidden = part(&fleet, (20.0, 20.0), Scope::Probes(Lie::Up));
    let dead = part(&fleet, (20.0, 20.0), Scope::Region);
    let mut fleet = hit_by(fleet, vec![hidden, dead]);
    for population in &mut fleet.populations {
        population.client.timeout = Some(seconds(1.0));
        population.client.connect_timeout = Some(seconds(1.0));
    }
    let result = result(&study(fleet, 5.0, 5));
    assert!(
        result
            .outages
            .iter()
            .all(|outage| outage.time_to_detect_s.is_none())
    );
    let lost = result.outages[OutageId::new(1).index()].requests_lost;
    assert!(
        (lost.mean - 2_000.0).abs() < 100.0,
        "all of 20 s of 100/s: {lost:?}"
    );
}

/// Goal: a router that hears no news answers as before, and takes up what has happened when it is
/// over. Method: perfect knowledge but for 20 s, in which a region fails after 5 s and is back 5 s
/// after the router is.
#[test]
fn a_frozen_router_answers_as_before() {
    let fleet = two_regions(100.0);
    let frozen = part(&fleet, (15.0, 20.0), Scope::Router);
    let dead = part(&fleet, (20.0, 20.0), Scope::Region);
    let mut fleet = hit_by(fleet, vec![frozen, dead]);
    for population in &mut fleet.populations {
        population.client.connect_timeout = Some(seconds(1.0));
        population.client.timeout = Some(seconds(1.0));
    }
    let result = result(&study(fleet, 1.0, 5));
    let dead = &result.outages[OutageId::new(1).index()];
    let detected = dead.time_to_detect_s.as_ref().unwrap();
    assert!((detected.time_s.mean - 15.0).abs() < 1e-6, "{detected:?}");
    assert!((dead.requests_lost.mean - 1_500.0).abs() < 100.0);
    let availability = |second: usize| result.timeline.fleet[second].availability.unwrap().mean;
    assert!(availability(25) < 0.01 && availability(36) > 0.999 && availability(50) > 0.999);
    assert!(result.outages[0].time_to_detect_s.is_none());
}

/// A kind of outage of the first region or of the router.
fn scopes() -> impl Strategy<Value = Scope> {
    prop_oneof![
        Just(Scope::Region),
        (1.1..5.0_f64).prop_map(Scope::Speed),
        (0.1..1.0_f64).prop_map(|lost| Scope::Gray(share(lost))),
        (0.1..0.9_f64).prop_map(|lost| Scope::Capacity(share(lost))),
        Just(Scope::Probes(Lie::Down)),
        Just(Scope::Probes(Lie::Up)),
        Just(Scope::Name),
        Just(Scope::Management),
        Just(Scope::Router),
        ways(),
    ]
}

/// A bad way to the first region.
fn ways() -> impl Strategy<Value = Scope> {
    let places = prop_oneof![
        Just(Place::Population(PopulationId::new(0))),
        Just(Place::Region(RegionId::new(1))),
        Just(Place::Probers),
    ];
    let lossy = (0.0..0.5_f64, 0.0..0.3_f64).prop_map(|(loss, delay)| Impairment {
        delay: seconds(delay),
        loss: share(loss),
    });
    let effects = prop_oneof![Just(Impairment::PARTITION), lossy];
    (places, effects).prop_map(|(place, effect)| Scope::Network(place, effect))
}

fn ends_from(fleet: &FleetSpec, from: SimTime) -> Vec<(SimTime, SimTime, Outcome)> {
    let ends = replicate(fleet, 1, Ends::default).remove(0).0;
    let after = ends.into_iter().filter(|end| end.started >= from);
    let mut after: Vec<_> = after
        .map(|end| (end.started, end.ended, end.outcome))
        .collect();
    after.sort_by_key(|&(started, ended, _)| (started, ended));
    after
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Goal: any pile of overlapping outages is over when the last one ends. Method: from two seconds
    /// later on (a probe passes, a time-out strikes) each request ends as it does in a fleet that was
    /// never hit, to the nanosecond; nobody waits for a worker, so nothing else could remember.
    #[test]
    fn nothing_is_left_of_outages_when_the_last_has_ended(
        pile in prop::collection::vec((scopes(), 0.0..25.0_f64, 0.5..15.0_f64), 1..8),
        is_probed in any::<bool>(),
    ) {
        let mut well = two_regions(40.0);
        if is_probed {
            well.routing.health = probes(1, 1, 1);
        }
        for population in &mut well.populations {
            population.client.timeout = Some(seconds(1.0));
            population.client.connect_timeout = Some(seconds(1.0));
        }
        let outages = pile.iter().map(|&(scope, at_s, for_s)| part(&well, (at_s, for_s), scope));
        let outages: Vec<OutageSpec> = outages.collect();
        let last = outages.iter().map(|outage| outage.end).max().unwrap();
        let hit = hit_by(well.clone(), outages);
        let from = last + seconds(2.0);
        let (expected, found) = (ends_from(&well, from), ends_from(&hit, from));
        prop_assert!(expected.len() > 100);
        prop_assert_eq!(expected, found);
        let result = result(&study(hit, 5.0, 1));
        let lost = result.figures.get(Metric::RequestsLost).unwrap().mean;
        prop_assert!(lost.is_finite() && lost >= 0.0);
    }
}
