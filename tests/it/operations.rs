//! The management plane: what lives in the primary alone, and what it is asked to do.

use gatefleet::model::routing::Failover;
use gatefleet::model::{
    AttemptSent, Blame, Cause, ConnectionSpec, DnsSpec, Errand, FleetSpec, ManagementSpec,
    Observer, OperationId, OperationKind, OperationSpec, OperationStep, OutageMode, OutageSpec,
    Outcome, RegionId, RequestEnd, RestoreSpec, Scope,
};
use gatefleet::random::Distribution;
use gatefleet::units::{IdMap, Rate, Ratio, SimTime};

use crate::configuration::{Diaries, config, two_regions};
use crate::support::{World, latency, outage, replicate, seconds};

/// What was wanted of the management plane, where attempts went, and how requests ended.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    pub(crate) errands: Vec<(f64, Errand, bool)>,
    plane: Vec<(f64, bool)>,
    steps: Vec<(f64, usize, OperationStep)>,
    pub(crate) workers: Vec<(f64, usize, u32)>,
    attempts: Vec<(f64, usize)>,
    pub(crate) up: Vec<(f64, usize, bool)>,
    pub(crate) failed: Vec<(f64, Cause, Blame)>,
    ended: usize,
}

impl Observer for Log {
    fn management_used(&mut self, now: SimTime, errand: Errand, is_served: bool) {
        self.errands.push((now.as_secs_f64(), errand, is_served));
    }

    fn management_changed(&mut self, now: SimTime, is_up: bool) {
        self.plane.push((now.as_secs_f64(), is_up));
    }

    fn operation_stepped(&mut self, now: SimTime, operation: OperationId, step: OperationStep) {
        self.steps
            .push((now.as_secs_f64(), operation.index(), step));
    }

    fn workers_changed(&mut self, now: SimTime, region: RegionId, workers: u32) {
        self.workers
            .push((now.as_secs_f64(), region.index(), workers));
    }

    fn attempt_sent(&mut self, attempt: &AttemptSent) {
        self.attempts
            .push((attempt.at.as_secs_f64(), attempt.region.index()));
    }

    fn condition_changed(&mut self, now: SimTime, region: RegionId, is_up: bool) {
        self.up.push((now.as_secs_f64(), region.index(), is_up));
    }

    fn request_ended(&mut self, end: &RequestEnd) {
        self.ended += 1;
        if let Outcome::Failed { cause, blame } = end.outcome {
            self.failed.push((end.started.as_secs_f64(), cause, blame));
        }
    }
}

impl Log {
    /// Attempts to a region between two times of the run.
    pub(crate) fn attempts_to(&self, region: usize, from: f64, to: f64) -> usize {
        let is_it = |&&(at, other): &&(f64, usize)| other == region && from <= at && at < to;
        self.attempts.iter().filter(is_it).count()
    }

    /// How far an operation came.
    pub(crate) fn last_step(&self, operation: usize) -> OperationStep {
        let mut steps = self.steps.iter().rev();
        steps.find(|&&(_, of, _)| of == operation).unwrap().2
    }

    fn steps(&self) -> Vec<OperationStep> {
        self.steps.iter().map(|&(_, _, step)| step).collect()
    }
}

pub(crate) fn run(fleet: &FleetSpec) -> Vec<Log> {
    replicate(fleet, 5, Log::default)
}

/// An operation ordered at a time of the run that takes so long.
pub(crate) fn operation(
    kind: OperationKind,
    region: usize,
    (at, takes): (f64, f64),
) -> OperationSpec {
    OperationSpec {
        at: SimTime::ZERO + seconds(at),
        region: RegionId::new(region),
        takes: Distribution::constant(seconds(takes)),
        kind,
    }
}

/// Two regions and operations on them.
pub(crate) fn fleet(operations: Vec<OperationSpec>) -> FleetSpec {
    let mut fleet = two_regions(600.0);
    fleet.management = ManagementSpec {
        operations: IdMap::new(operations),
        ..ManagementSpec::idle()
    };
    fleet
}

/// A region is down from 300 s to 400 s of the run.
fn down(fleet: &FleetSpec, region: usize, mode: OutageMode) -> OutageSpec {
    OutageSpec {
        mode,
        ..outage(fleet, region, 200.0, 100.0)
    }
}

/// Facts, row 1: only the gateway is replicated; management plane and portal live in the primary.
/// Facts, row 6: while that is offline they are unavailable, and secondaries serve on.
#[test]
fn row_1_management_and_portal_are_up_while_the_primary_is() {
    for (region, is_primary) in [(0, true), (1, false)] {
        let mut fleet = fleet(Vec::new());
        fleet.management.operation_rate = Rate::per_s(1.0).unwrap();
        fleet.management.portal_rate = Rate::per_s(2.0).unwrap();
        fleet.config = Some(config(&fleet, 10.0));
        fleet.outages = IdMap::new(vec![down(&fleet, region, OutageMode::Refuse)]);
        for log in run(&fleet) {
            for errand in [Errand::Operation, Errand::Portal] {
                let of_it = log.errands.iter().filter(|&&(_, other, _)| other == errand);
                assert!(of_it.clone().count() > 500);
                for &(at, _, is_served) in of_it {
                    let is_down = is_primary && (300.0..400.0).contains(&at);
                    assert_eq!(is_served, !is_down, "{errand:?} at {at}");
                }
            }
            let blames = log.failed.iter().map(|&(_, _, blame)| blame);
            // The router knows at once: those on their way or inside when it failed are lost.
            assert!(blames.clone().all(|blame| blame == Blame::Detection));
            assert!(blames.count() < 10);
        }
    }
}

/// Facts, row 6: a secondary serves through an outage of the primary, and when no change was made,
/// nothing at all fails on the configuration.
#[test]
fn row_6_nothing_fails_on_the_configuration_when_no_change_was_made() {
    let mut fleet = fleet(Vec::new());
    let mut spec = config(&fleet, 10.0);
    spec.needed_by = Ratio::ONE;
    fleet.config = Some(spec);
    fleet.routing.ttl = seconds(30.0);
    fleet.routing.health = crate::support::probes(10, 5, 1);
    fleet.outages = IdMap::new(vec![down(&fleet, 0, OutageMode::Refuse)]);
    for log in run(&fleet) {
        let blames = [
            Blame::Detection,
            Blame::DnsCache,
            Blame::Connection,
            Blame::Capacity,
        ];
        assert!(log.failed.len() > 100);
        assert!(
            log.failed
                .iter()
                .all(|(_, _, blame)| blames.contains(blame))
        );
        assert!(
            log.attempts_to(1, 350.0, 400.0) > 1_500,
            "it serves for both"
        );
    }
}

/// Facts, row 2: another subnet or zones change the primary's address. Whoever remembers the old
/// one goes there in vain until the answer expires; whoever pins it, for ever.
#[test]
fn row_2_a_change_of_address_kills_what_clients_remember() {
    for kind in [OperationKind::EnableZones, OperationKind::ChangeSubnet] {
        let mut fleet = fleet(vec![operation(kind, 0, (200.0, 100.0))]);
        fleet.routing.ttl = seconds(50.0);
        for population in &mut fleet.populations {
            population.client.connect_timeout = Some(seconds(2.0));
            population.client.dns = DnsSpec {
                pinned: Ratio::new(0.1).unwrap(),
                ..DnsSpec::faithful(seconds(0.0))
            };
        }
        let (mut first, mut late, mut late_failed) = (0.0, 0.0, 0);
        for log in run(&fleet) {
            assert_eq!(log.steps(), [OperationStep::Ordered, OperationStep::Done]);
            assert!(log.failed.iter().all(|&(at, cause, blame)| {
                at > 299.9 && cause == Cause::ConnectTimeout && blame == Blame::DnsCache
            }));
            first += log.failed.iter().filter(|failed| failed.0 < 310.0).count() as f64;
            late_failed += log.failed.iter().filter(|failed| failed.0 > 351.0).count();
            late += 20.0 * 349.0;
        }
        // Agents send something every 50 s, and so hold an answer for half of the time; those
        // answers run out evenly over the TTL of 50 s. Of 1,000 requests in the first 10 s fail
        // 90 % x 45 % and the pinned 10 %.
        let expected = 1_000.0 * (0.9 * 0.45 + 0.1);
        assert!((first - expected).abs() < 4.0 * expected.sqrt(), "{first}");
        let share = late_failed as f64 / late;
        let deviation = (0.1 * 0.9 / late).sqrt();
        assert!((share - 0.1).abs() < 4.0 * deviation, "the pinned: {share}");
    }
}

/// Facts, row 2: connections to the old address are dead too, and nobody says so.
#[test]
fn row_2_a_change_of_address_kills_connections() {
    let mut fleet = fleet(vec![operation(
        OperationKind::ChangeSubnet,
        0,
        (200.0, 100.0),
    )]);
    for population in &mut fleet.populations {
        population.agents = 10;
        population.client.timeout = Some(seconds(3.0));
        population.client.connection = Some(ConnectionSpec {
            handshake_rtts: 1,
            idle_timeout: None,
            max_age: None,
        });
    }
    for log in run(&fleet) {
        let expected = (Cause::Timeout, Blame::Connection);
        let is_expected = |&(at, cause, blame): &(f64, Cause, Blame)| {
            (299.9..310.0).contains(&at) && (cause, blame) == expected
        };
        assert!(log.failed.iter().all(is_expected), "{:?}", log.failed);
        // Of each of ten agents the first request, and all others, 2/s, until that has timed out:
        // 10 + Poisson(60), four standard deviations.
        let count = log.failed.len() as f64;
        assert!((count - 70.0).abs() < 4.0 * 60_f64.sqrt(), "{count}");
    }
}

/// Facts, row 2: every region has an address of its own, so a new secondary changes nobody's.
#[test]
fn row_2_adding_a_secondary_changes_no_address() {
    let mut fleet = fleet(vec![operation(OperationKind::Add, 1, (200.0, 100.0))]);
    fleet.routing.ttl = seconds(50.0);
    let mut spec = config(&fleet, 10.0);
    spec.needed_by = Ratio::ONE;
    spec.changes = gatefleet::model::Changes::Listed(vec![SimTime::ZERO + seconds(150.0)]);
    fleet.config = Some(spec);
    for log in run(&fleet) {
        let late = log.failed.iter().filter(|failed| failed.0 > 170.0);
        assert_eq!(late.count(), 0, "it has the configuration from the start");
        assert_eq!(log.attempts_to(1, 0.0, 300.0), 0);
        assert!(log.attempts_to(1, 350.1, 700.0) > 6_000, "half of 40/s");
    }
}

/// Facts, row 4: requests go to the gateway with the lowest latency. Facts, row 5: around a region
/// that is offline to the next closest, or evenly to all others.
#[test]
fn row_4_and_5_the_lowest_latency_and_then_the_next_closest_or_all_others() {
    for (failover, expected) in [
        (Failover::NextClosest, [0.0, 1.0, 0.0]),
        (Failover::EvenSpread, [0.0, 0.5, 0.5]),
    ] {
        let world = World {
            workers: 8,
            service: Distribution::constant(seconds(0.010)),
            rate: 50.0,
            one_way_ms: &[&[5, 25, 60]],
            warm_up_s: 100.0,
            duration_s: 600.0,
        };
        let mut fleet = world.fleet();
        fleet.routing.strategy = latency(failover, &fleet.populations);
        fleet.outages = IdMap::new(vec![down(&fleet, 0, OutageMode::Refuse)]);
        for log in run(&fleet) {
            let shares = |from, to| {
                let counts = [0, 1, 2].map(|region| log.attempts_to(region, from, to) as f64);
                counts.map(|count| count / counts.iter().sum::<f64>())
            };
            assert!((shares(0.0, 300.0)[0] - 1.0).abs() < 1e-12);
            for (share, expected) in shares(300.0, 400.0).into_iter().zip(expected) {
                // Four standard deviations of a share of 5,000.
                assert!((share - expected).abs() < 4.0 * (0.25 / 5_000.0_f64).sqrt());
            }
        }
    }
}

/// Facts, row 11: disabling a gateway takes minutes, takes it out of routing and keeps it; it is
/// not to be had while the primary is down.
#[test]
fn row_11_disabling_takes_minutes_and_the_management_plane() {
    let operations = || {
        vec![
            operation(OperationKind::Disable, 1, (200.0, 180.0)),
            operation(OperationKind::Enable, 1, (500.0, 60.0)),
        ]
    };
    for log in run(&fleet(operations())) {
        assert!(log.failed.is_empty(), "its gateway goes on");
        assert!(log.attempts_to(1, 0.0, 379.9) > 6_000);
        assert_eq!(log.attempts_to(1, 380.1, 560.0), 0);
        assert!(log.attempts_to(1, 560.1, 700.0) > 2_000);
    }
    let mut during = fleet(vec![
        operation(OperationKind::Disable, 1, (310.0, 10.0)),
        operation(OperationKind::Disable, 1, (290.0, 20.0)),
    ]);
    during.outages = IdMap::new(vec![down(&during, 0, OutageMode::Refuse)]);
    for log in run(&during) {
        let expected = [
            (290.0, 1, OperationStep::Ordered),
            (300.0, 1, OperationStep::Aborted),
            (310.0, 0, OperationStep::Refused),
        ];
        assert_eq!(log.steps, expected);
        assert!(log.attempts_to(1, 310.0, 700.0) > 7_000);
    }
}

/// Facts, row 14: a gateway that stops while the primary is away cannot start again.
#[test]
fn row_14_restarts_may_need_the_primary() {
    for (needs_primary, expected) in [(true, 400.0), (false, 360.0)] {
        let mut fleet = fleet(Vec::new());
        fleet.management.restart_needs_primary = needs_primary;
        let secondary = outage(&fleet, 1, 210.0, 50.0);
        fleet.outages = IdMap::new(vec![down(&fleet, 0, OutageMode::Refuse), secondary]);
        for log in run(&fleet) {
            let back = log.up.iter().find(|&&(_, region, up)| region == 1 && up);
            assert_eq!(back, Some(&(expected, 1, true)));
        }
    }
}

/// Facts, row 15: the management plane can be restored in another region, after a while.
#[test]
fn row_15_a_restored_management_plane_serves_from_another_region() {
    let mut fleet = fleet(Vec::new());
    fleet.management.restore = Some(RestoreSpec {
        region: RegionId::new(1),
        after: seconds(60.0),
    });
    fleet.config = Some(config(&fleet, 10.0));
    fleet.outages = IdMap::new(vec![down(&fleet, 0, OutageMode::Refuse)]);
    for log in run(&fleet) {
        assert_eq!(log.plane, [(300.0, false), (360.0, true)]);
    }
    let at = |s: f64| SimTime::ZERO + seconds(s);
    for run in replicate(&fleet, 5, Diaries::default) {
        let age = |s: f64| (at(s) - run.regions[1].at(at(s)).synced).as_secs_f64();
        assert!(age(359.9) > 59.0 && age(370.1) < 10.2);
    }
    let outages = fleet.outages.iter().cloned();
    fleet.outages = outages.chain([outage(&fleet, 1, 400.0, 50.0)]).collect();
    for log in run(&fleet) {
        assert_eq!(
            log.plane[2..],
            [(500.0, false), (550.0, true)],
            "it lives there now"
        );
    }
}

/// Goal: an outage of the management plane ends with its own end alone, also after a restore. Method:
/// of two that overlap the second begins when the plane has been restored from the first; what it
/// hits is the plane that lives elsewhere now, until it ends.
#[test]
fn the_end_of_one_management_outage_does_not_end_another() {
    let mut fleet = fleet(Vec::new());
    fleet.management.restore = Some(RestoreSpec {
        region: RegionId::new(1),
        after: seconds(20.0),
    });
    let of_the_plane = |at, length| OutageSpec {
        scope: Scope::Management,
        ..outage(&fleet, 0, at, length)
    };
    let outages = vec![of_the_plane(200.0, 100.0), of_the_plane(250.0, 200.0)];
    fleet.outages = IdMap::new(outages);
    for log in run(&fleet) {
        let expected = [(300.0, false), (320.0, true), (350.0, false), (550.0, true)];
        assert_eq!(log.plane, expected);
    }
}

/// Goal: who has an answer or a connection goes on, who has to ask gets nothing.
#[test]
fn a_name_without_an_address_stops_those_who_ask() {
    let mut fleet = fleet(Vec::new());
    fleet.routing.ttl = seconds(50.0);
    fleet.outages = IdMap::new(vec![OutageSpec {
        scope: Scope::Name,
        ..outage(&fleet, 0, 200.0, 100.0)
    }]);
    for log in run(&fleet) {
        assert!(log.failed.iter().all(|&(at, cause, blame)| {
            (300.0..400.0).contains(&at) && (cause, blame) == (Cause::NoRoute, Blame::Network)
        }));
        let failed = |from: f64, to: f64| {
            let within = log
                .failed
                .iter()
                .filter(|failed| from <= failed.0 && failed.0 < to);
            within.count() as f64 / (20.0 * (to - from))
        };
        assert!(
            (failed(351.0, 400.0) - 1.0).abs() < 0.15,
            "nobody has one any more"
        );
        assert!(failed(300.0, 305.0) < failed(325.0, 330.0), "they run out");
    }
    for population in &mut fleet.populations {
        population.agents = 10;
        population.client.connection = Some(ConnectionSpec {
            handshake_rtts: 1,
            idle_timeout: None,
            max_age: None,
        });
    }
    for log in run(&fleet) {
        assert!(log.failed.is_empty(), "live connections work");
    }
}

/// Goal: a removed region is gone for those who still go there, and comes back when it is added.
#[test]
fn a_region_is_removed_and_added_again() {
    let mut fleet = fleet(vec![
        operation(OperationKind::Remove, 1, (200.0, 10.0)),
        operation(OperationKind::Add, 1, (300.0, 10.0)),
    ]);
    fleet.routing.ttl = seconds(30.0);
    for population in &mut fleet.populations {
        population.client.connect_timeout = Some(seconds(2.0));
    }
    for log in run(&fleet) {
        assert_eq!(log.attempts_to(1, 241.0, 310.0), 0);
        assert!(log.attempts_to(1, 345.0, 700.0) > 6_000);
        let blames = [Blame::DnsCache, Blame::Detection];
        assert!(
            log.failed
                .iter()
                .all(|&(at, _, blame)| { (209.0..242.0).contains(&at) && blames.contains(&blame) })
        );
    }
}

/// Goal: routing is never left without a region, whatever was listed and refused before.
#[test]
fn the_last_region_is_not_taken_from_routing() {
    let operations = vec![
        operation(OperationKind::Disable, 0, (200.0, 100.0)),
        operation(OperationKind::Disable, 1, (210.0, 100.0)),
        operation(OperationKind::Remove, 1, (400.0, 1.0)),
    ];
    for log in run(&fleet(operations)) {
        let last = &log.steps()[2..];
        let expected = [
            OperationStep::Done,
            OperationStep::Aborted,
            OperationStep::Refused,
        ];
        assert_eq!(last, expected);
        assert!(log.failed.is_empty() && log.ended > 0);
    }
}
