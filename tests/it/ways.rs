//! Ways that are cut, slow or lossy, against what arithmetic says of them.

use gatefleet::model::{
    Blame, Cause, ConnectionSpec, FleetSpec, Hit, Impairment, Observer, OperationKind,
    OperationStep, OutageId, OutageSpec, Outcome, Place, PopulationId, RegionId, RequestEnd, Scope,
};
use gatefleet::random::Distribution;
use gatefleet::units::{IdMap, Ratio, SimDuration, SimTime};

use crate::configuration::{Diaries, config};
use crate::operations;
use crate::support::{World, outage, probes, replicate, result, seconds, study};
use crate::validation::{Effort, Figure};

/// Two populations 10 ms away from one region and 40 ms from another (one way), whose workers in
/// plenty take 10 ms.
pub(crate) fn two_populations(rate: f64) -> FleetSpec {
    let world = World {
        workers: 200,
        service: Distribution::constant(seconds(0.010)),
        rate,
        one_way_ms: &[&[10, 40], &[10, 40]],
        warm_up_s: 10.0,
        duration_s: 60.0,
    };
    world.fleet()
}

pub(crate) fn bad(
    fleet: &FleetSpec,
    (at_s, for_s): (f64, f64),
    hit: (Place, Impairment),
) -> OutageSpec {
    OutageSpec {
        scope: Scope::Network(hit.0, hit.1),
        ..outage(fleet, 0, at_s, for_s)
    }
}

/// The way of the first population.
pub(crate) fn first() -> Place {
    Place::Population(PopulationId::new(0))
}

pub(crate) fn late(delay_s: f64) -> Impairment {
    Impairment {
        delay: seconds(delay_s),
        ..Impairment::NONE
    }
}

pub(crate) fn lossy(share: f64) -> Impairment {
    Impairment {
        loss: Ratio::new(share).unwrap(),
        ..Impairment::NONE
    }
}

pub(crate) fn hit_by(mut fleet: FleetSpec, outages: Vec<OutageSpec>) -> FleetSpec {
    fleet.outages = IdMap::new(outages);
    fleet
}

/// How every request ended.
#[derive(Default)]
struct Ends(Vec<RequestEnd>);

impl Observer for Ends {
    fn request_ended(&mut self, end: &RequestEnd) {
        self.0.push(*end);
    }
}

pub(crate) fn ends(fleet: &FleetSpec) -> Vec<RequestEnd> {
    replicate(fleet, 1, Ends::default).remove(0).0
}

pub(crate) fn took(end: &RequestEnd) -> SimDuration {
    end.ended - end.started
}

pub(crate) fn is_of(end: &RequestEnd, population: usize) -> bool {
    end.population.index() == population
}

/// Every request over a connection of its own, which takes two round trips to open.
fn connect_afresh(fleet: &mut FleetSpec) {
    for population in &mut fleet.populations {
        population.agents = 200_000;
        population.client.connection = Some(ConnectionSpec {
            handshake_rtts: 2,
            idle_timeout: Some(SimDuration::from_ns(1)),
            max_age: None,
        });
    }
}

/// Goal: a delay comes on top of each way, for what is sent meanwhile, of one population. Method: 20
/// ms of way and 10 ms of service; 80 ms more each way, and as much again from another outage.
#[test]
fn a_delay_comes_on_top_of_each_way() {
    let fleet = two_populations(50.0);
    let outages = vec![
        bad(&fleet, (20.0, 20.0), (first(), late(0.080))),
        bad(&fleet, (30.0, 20.0), (first(), late(0.080))),
    ];
    let fleet = hit_by(fleet, outages);
    let start = fleet.period.start();
    let within = |end: &RequestEnd, from: f64| {
        (start + seconds(from)..start + seconds(from + 20.0)).contains(&end.started)
    };
    for end in ends(&fleet) {
        let count = [20.0, 30.0]
            .iter()
            .filter(|&&from| within(&end, from))
            .count();
        let added = if is_of(&end, 0) {
            0.160 * count as f64
        } else {
            0.0
        };
        assert_eq!(took(&end), seconds(0.030 + added), "{:?}", end.started);
    }
}

/// Goal: a handshake of two round trips meets the delay four times more.
#[test]
fn a_handshake_meets_the_delay_in_each_of_its_round_trips() {
    let mut fleet = two_populations(50.0);
    connect_afresh(&mut fleet);
    let slow = bad(&fleet, (0.0, 3_600.0), (first(), late(0.080)));
    let fleet = hit_by(fleet, vec![slow]);
    let start = fleet.period.start();
    for end in ends(&fleet).iter().filter(|end| end.started >= start) {
        let expected = if is_of(end, 0) { 0.550 } else { 0.070 };
        assert_eq!(took(end), seconds(expected), "{:?}", end.started);
    }
}

/// Goal: a partition fails exactly what cannot get through in time, of that population alone, and
/// nobody else notices. Method: a way of 10 ms and a timeout of 1 s. A request comes to the door
/// after 10 ms and, if it finds it shut, 220 and 660 ms later; later is too late for the answer. An
/// answer that finds it shut, after 20 ms, is sent 220 and 660 ms later.
#[test]
fn a_partition_fails_exactly_what_cannot_get_through_in_time() {
    let mut fleet = two_populations(200.0);
    for population in &mut fleet.populations {
        population.client.timeout = Some(seconds(1.0));
    }
    let cut = bad(&fleet, (20.0, 10.0), (first(), Impairment::PARTITION));
    let fleet = hit_by(fleet, vec![cut]);
    let from = (fleet.period.start() + seconds(20.0)).as_secs_f64();
    let until = from + 10.0;
    let is_shut = |at: f64| from <= at && at < until;
    for end in ends(&fleet) {
        let at = end.started.as_secs_f64();
        let tries = |first: f64| [0.0, 0.22, 0.66].map(|later| first + later);
        let passes = |first: f64| tries(first).into_iter().find(|&at| !is_shut(at));
        let door = passes(at + 0.010);
        let answered = door.and_then(|door| passes(door + 0.010));
        let answered = answered
            .map(|left| left + 0.010 - at)
            .filter(|&took| took <= 1.0);
        match (is_of(&end, 0), answered) {
            (true, None) => {
                let failed = Outcome::Failed {
                    cause: Cause::Timeout,
                    blame: Blame::Network,
                };
                assert_eq!(end.outcome, failed, "{at}");
                assert_eq!(end.hit, Some(Hit::Outage(OutageId::new(0))));
            }
            (true, Some(took_s)) => {
                assert_eq!(end.outcome, Outcome::Succeeded, "{at}");
                assert!((took(&end).as_secs_f64() - took_s).abs() < 1e-6, "{at}");
            }
            (false, _) => assert_eq!(took(&end), seconds(0.030)),
        }
    }
}

/// Goal: a connection outlives a cut that is shorter than the patience of who uses it, and none that
/// is longer. Method: one agent, a timeout of 1 s, and cuts of 0.5 and 10 s; whoever has to connect
/// anew needs two round trips more.
#[test]
fn a_connection_outlives_a_short_cut() {
    for (length, connects) in [(0.5, 0), (10.0, 1)] {
        let mut fleet = two_populations(20.0);
        for population in &mut fleet.populations {
            population.agents = 1;
            population.client.timeout = Some(seconds(1.0));
            population.client.connect_timeout = Some(seconds(0.5));
            population.client.connection = Some(ConnectionSpec {
                handshake_rtts: 2,
                idle_timeout: None,
                max_age: None,
            });
        }
        let cut = bad(&fleet, (20.0, length), (first(), Impairment::PARTITION));
        let fleet = hit_by(fleet, vec![cut]);
        let until = fleet.outages[OutageId::new(0)].end;
        let ends = ends(&fleet);
        let mine = ends
            .iter()
            .filter(|end| is_of(end, 0) && end.started >= until);
        let first_connected = mine
            .clone()
            .filter(|end| took(end) == seconds(0.070))
            .count();
        assert_eq!(first_connected.min(1), connects, "after {length} s");
        let is_usual = |end: &&RequestEnd| {
            let is_after = end.started > until + seconds(2.0);
            !is_after || took(end) == seconds(0.030)
        };
        assert!(mine.clone().all(|end| is_usual(&end)));
        let failed = ends.iter().filter(|end| end.outcome != Outcome::Succeeded);
        let causes: Vec<Cause> = failed
            .map(|end| match end.outcome {
                Outcome::Failed { cause, blame } => {
                    assert_eq!(blame, Blame::Network);
                    cause
                }
                Outcome::Succeeded => unreachable!("it failed"),
            })
            .collect();
        assert_eq!(causes.is_empty(), connects == 0);
        assert_eq!(causes.contains(&Cause::ConnectTimeout), connects == 1);
    }
}

/// A hundred runs of a fleet with a population on a lossy way, p = 0.2, from begin to end.
fn over_a_lossy_way(effort: Effort, fleet: FleetSpec) -> (FleetSpec, Vec<Ends>) {
    let lossy = bad(&fleet, (0.0, 3_600.0), (first(), lossy(0.2)));
    let fleet = hit_by(fleet, vec![lossy]);
    let runs = effort.replicate(&fleet, 100, Ends::default);
    (fleet, runs)
}

/// Shares of the first population's requests in each replication.
fn shares(
    (fleet, runs): &(FleetSpec, Vec<Ends>),
    is_counted: impl Fn(&RequestEnd) -> bool,
) -> Vec<f64> {
    let share = |run: &Ends| {
        let ends = run
            .0
            .iter()
            .filter(|end| is_of(end, 0) && fleet.period.contains(end.started));
        let [all, counted] = [
            ends.clone().count(),
            ends.filter(|end| is_counted(end)).count(),
        ];
        counted as f64 / all as f64
    };
    runs.iter().map(share).collect()
}

fn failed_of_the_network(cause: Cause) -> Outcome {
    let blame = Blame::Network;
    Outcome::Failed { cause, blame }
}

/// A message that is lost with chance p comes after one retransmission time-out (a round trip of 20 ms
/// and 200 ms) with chance p (1 - p), after one and twice as long with p^2 (1 - p). Two messages, the
/// request and its answer, whose delays add up:
///   none: (1 - p)^2; 220 ms: 2 p (1 - p)^2; 440: p^2 (1 - p)^2; 660: 2 p^2 (1 - p)^2.
/// What is not through within a timeout of 500 ms fails, of the network: all but those with at most one
/// loss each way, 1 - (1 - p^2)^2.
pub(crate) fn losses(effort: Effort) -> Vec<Figure> {
    let p = 0.2_f64;
    let runs = over_a_lossy_way(effort, two_populations(100.0));
    let q2 = (1.0 - p) * (1.0 - p);
    let delays = [
        (0.0, q2),
        (0.220, 2.0 * p * q2),
        (0.440, p * p * q2),
        (0.660, 2.0 * p * p * q2),
    ];
    let figure = |(late_s, share): (f64, f64)| {
        let expected = seconds(0.030 + late_s);
        let measured = shares(&runs, |end| took(end) == expected);
        let name = format!("{:.0} ms late: share of requests", late_s * 1e3);
        Figure::mean_of(name, &measured, share)
    };
    let mut figures = Vec::from(delays.map(figure));
    let mut fleet = two_populations(100.0);
    for population in &mut fleet.populations {
        population.client.timeout = Some(seconds(0.5));
    }
    let runs = over_a_lossy_way(effort, fleet);
    let failed = failed_of_the_network(Cause::Timeout);
    let hit = Some(Hit::Outage(OutageId::new(0)));
    let measured = shares(&runs, |end| end.outcome == failed && end.hit == hit);
    let all = shares(&runs, |end| end.outcome != Outcome::Succeeded);
    assert_eq!(all, measured, "nothing fails for another reason");
    let theory = 1.0 - (1.0 - p * p).powi(2);
    figures.push(Figure::mean_of(
        "timeout of 500 ms: share failed",
        &measured,
        theory,
    ));
    figures
}

/// A handshake that is lost is tried again after 1 s and 2 s more: a connection for every request, and
/// clients that wait 2 s for it.
pub(crate) fn lost_handshakes(effort: Effort) -> Vec<Figure> {
    let p = 0.2_f64;
    let mut fleet = two_populations(100.0);
    connect_afresh(&mut fleet);
    for population in &mut fleet.populations {
        population.client.connect_timeout = Some(seconds(2.0));
    }
    let runs = over_a_lossy_way(effort, fleet);
    let failed = failed_of_the_network(Cause::ConnectTimeout);
    let refused = shares(&runs, |end| end.outcome == failed);
    let later = shares(&runs, |end| took(end) == seconds(1.070));
    vec![
        Figure::mean_of(
            "no connection within 2 s: share of requests",
            &refused,
            p * p,
        ),
        Figure::mean_of(
            "a second late and not later: share of requests",
            &later,
            p * (1.0 - p).powi(3),
        ),
    ]
}

/// Goal: a bad way shifts nobody's draws: what is not over it, or before or after, is to the
/// nanosecond what it is without.
#[test]
fn a_bad_way_shifts_no_draws() {
    let mut fleet = two_populations(100.0);
    fleet.jitter = 0.1;
    let lossy = Impairment {
        delay: seconds(0.1),
        ..lossy(0.3)
    };
    let outages = vec![bad(&fleet, (20.0, 20.0), (first(), lossy))];
    let hit = ends(&hit_by(fleet.clone(), outages));
    let well = ends(&fleet);
    assert_eq!(hit.len(), well.len());
    let start = fleet.period.start();
    let is_touched = |end: &RequestEnd| {
        let from = start + seconds(19.0);
        is_of(end, 0) && (from..from + seconds(21.0)).contains(&end.started)
    };
    let sorted = |ends: Vec<RequestEnd>| {
        let untouched = ends.into_iter().filter(|end| !is_touched(end));
        let mut untouched: Vec<(SimTime, SimTime)> =
            untouched.map(|end| (end.started, end.ended)).collect();
        untouched.sort_unstable();
        untouched
    };
    assert_eq!(sorted(hit), sorted(well));
}

/// Goal: the router sees a cut of its own probes, and none of others' ways. Method: probes every
/// second; those who are sent to the other region take 80 ms of way.
#[test]
fn probes_detect_a_cut_of_their_own_way_alone() {
    for (place, detected) in [(Place::Probers, 5), (first(), 0)] {
        let mut fleet = two_populations(20.0);
        fleet.routing.health = probes(1, 1, 1);
        for population in &mut fleet.populations {
            population.client.timeout = Some(seconds(1.0));
        }
        let cut = bad(&fleet, (20.0, 20.0), (place, Impairment::PARTITION));
        let fleet = hit_by(fleet, vec![cut]);
        let result = result(&study(fleet, 5.0, 5));
        let outage = &result.outages[0];
        let time = outage.time_to_detect_s.as_ref();
        assert_eq!(time.map_or(0, |reached| reached.reached), detected);
        let fails = result.fleet.overall.failed > 0;
        assert_eq!(
            fails,
            place == first(),
            "a region that is only unseen fails nobody"
        );
        let blamed = outage.lost_by_blame[Blame::Network as usize];
        assert_eq!(blamed > 0.0, fails, "lost to the network: {blamed}");
    }
}

/// Goal: a probe that is lost comes later, and its timeout decides. Method: a handshake that is lost
/// comes 1 s later, so with a timeout of 0.5 s a tenth of the probes fails by that and a tenth of the
/// rest by their answers, which come 0.2 s later only; with none tolerated, a region is degraded soon.
#[test]
fn probes_are_lost_like_anything_else() {
    let detected = |share| {
        let mut fleet = two_populations(1.0);
        fleet.routing.health = probes(1, 1, 0);
        let cut = bad(&fleet, (0.0, 60.0), (Place::Probers, lossy(share)));
        let result = result(&study(hit_by(fleet, vec![cut]), 5.0, 10));
        let time = result.outages[0].time_to_detect_s.as_ref();
        time.map_or(0, |reached| reached.reached)
    };
    assert_eq!(detected(0.3), 10);
    assert_eq!(detected(1e-9), 0);
}

/// Goal: who does not reach the management plane gets no news of it. Method: pulls every 10 s that are
/// applied at once; a cut of 200 s.
#[test]
fn a_region_that_is_cut_off_from_the_management_plane_grows_stale() {
    let mut fleet = two_populations(1.0);
    fleet.period.duration = seconds(400.0);
    fleet.config = Some(config(&fleet, 10.0));
    let place = Place::Region(RegionId::new(1));
    let cut = bad(&fleet, (100.0, 200.0), (place, Impairment::PARTITION));
    let fleet = hit_by(fleet, vec![cut]);
    let start = fleet.period.start();
    for run in replicate(&fleet, 5, Diaries::default) {
        let age = |region: usize, at: f64| {
            let at = start + seconds(at);
            (at - run.regions[region].at(at).synced).as_secs_f64()
        };
        assert!(age(1, 100.0) <= 10.02);
        assert!(
            (200.0..=210.0).contains(&age(1, 299.9)),
            "{}",
            age(1, 299.9)
        );
        assert!(age(1, 311.0) <= 11.0);
        assert!(age(0, 299.9) <= 10.0, "the management plane's own region");
    }
}

/// Goal: operations on a region that the management plane does not reach are refused, and aborted if
/// the way is cut meanwhile; those that change the router's answers alone are not.
#[test]
fn operations_need_the_way_to_their_region() {
    let operation = operations::operation;
    let scale = OperationKind::Scale { units: 2 };
    let mut fleet = operations::fleet(vec![
        operation(scale, 1, (150.0, 100.0)),
        operation(scale, 1, (220.0, 10.0)),
        operation(OperationKind::Disable, 1, (230.0, 10.0)),
        operation(scale, 0, (230.0, 10.0)),
    ]);
    let place = Place::Region(RegionId::new(1));
    let start = 200.0 - fleet.period.warm_up.as_secs_f64();
    let cut = bad(&fleet, (start, 100.0), (place, Impairment::PARTITION));
    fleet.outages = IdMap::new(vec![cut]);
    for log in operations::run(&fleet) {
        let mut of_each = [0, 1, 2, 3].map(|operation| log.last_step(operation));
        let expected = [
            OperationStep::Aborted,
            OperationStep::Refused,
            OperationStep::Done,
            OperationStep::Done,
        ];
        assert_eq!(of_each.each_mut().map(|step| *step), expected);
    }
}
