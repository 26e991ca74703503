//! Machines and queues: zones and VMs that are lost, and who is served next, by hand and by theory.

use gatefleet::experiment::{Alone, StudyError, StudyResult};
use gatefleet::model::{
    Blame, Cause, Discipline, FleetSpec, Hopeless, OperationKind, OutageMode, OutageSpec, RegionId,
    Scope,
};
use gatefleet::random::Distribution;
use gatefleet::stats::queueing::{Offered, Room, mmc_mean_time, mmck_loss};
use gatefleet::units::{IdMap, Ratio};
use proptest::prelude::*;

use crate::operations::{operation, run};
use crate::support::{World, assert_estimates, exponential, outage, result, seconds, study};
use crate::theory::{availability, mean_latency};
use crate::validation::{Effort, Figure};

/// One region of two units of two VMs of four workers in three zones: 8, 4 and 4 workers.
fn zoned(service: Distribution, rate: f64, duration_s: f64) -> FleetSpec {
    let world = World {
        workers: 16,
        service,
        rate,
        one_way_ms: &[&[0]],
        warm_up_s: 0.0,
        duration_s,
    };
    let mut fleet = world.fleet();
    for region in &mut fleet.regions {
        (region.units, region.vms_per_unit, region.zones) = (2, 2, 3);
    }
    fleet
}

fn lose(fleet: &FleetSpec, scope: Scope, at: f64, length: f64) -> OutageSpec {
    OutageSpec {
        scope,
        mode: OutageMode::Refuse,
        ..outage(fleet, 0, at, length)
    }
}

/// Goal: zones take exactly their VMs, the same one twice takes them once, VMs come on top, shares
/// multiply with what is left, and a region without a machine is down. Method: all of it in one pile.
#[test]
fn zones_and_vms_that_are_lost_add_up_and_are_undone() {
    let mut fleet = zoned(Distribution::constant(seconds(0.1)), 20.0, 100.0);
    let half = Scope::Capacity(Ratio::new(0.5).unwrap());
    let losses = [
        (Scope::Zone(1), 10.0, 40.0),
        (Scope::Zone(1), 20.0, 10.0),
        (Scope::Zone(2), 25.0, 30.0),
        (Scope::Vms(1), 40.0, 5.0),
        (half, 60.0, 20.0),
        (Scope::Zone(3), 70.0, 20.0),
    ];
    let losses = losses.map(|(scope, at, length)| lose(&fleet, scope, at, length));
    fleet.outages = losses.into_iter().collect();
    for log in run(&fleet) {
        let expected = [
            (10.0, 0, 8),
            (20.0, 0, 8),
            (25.0, 0, 4),
            (30.0, 0, 4),
            (40.0, 0, 1),
            (45.0, 0, 4),
            (50.0, 0, 12),
            (55.0, 0, 16),
            (60.0, 0, 8),
            (70.0, 0, 6),
            (80.0, 0, 12),
            (90.0, 0, 16),
        ];
        assert_eq!(log.workers, expected);
        assert_eq!(log.up, [(40.0, 0, false), (45.0, 0, true)]);
        let is_down = |&&(_, cause, _): &&(f64, Cause, Blame)| cause == Cause::Refused;
        let refused: Vec<_> = log.failed.iter().filter(is_down).collect();
        assert!(
            refused
                .iter()
                .all(|failed| (40.0..45.0).contains(&failed.0))
                && refused.len() > 60,
            "20/s for 5 s"
        );
    }
}

/// Another unit is dealt out to the zone that is down, too: 2 of 6 VMs are there.
#[test]
fn units_that_are_added_are_dealt_out_to_zones_that_are_down() {
    let mut fleet = zoned(Distribution::constant(seconds(0.1)), 20.0, 100.0);
    let scale = operation(OperationKind::Scale { units: 3 }, 0, (20.0, 5.0));
    fleet.management.operations = IdMap::new(vec![scale]);
    fleet.outages = IdMap::new(vec![lose(&fleet, Scope::Zone(1), 10.0, 40.0)]);
    for log in run(&fleet) {
        assert_eq!(log.workers, [(10.0, 0, 8), (25.0, 0, 16), (50.0, 0, 24)]);
    }
}

/// Goal: a loss takes exactly the work in service there, which is the youngest, and nothing that
/// waits. Method: all workers are busy with their first request when it comes.
#[test]
fn what_is_in_service_there_is_lost_and_nothing_else() {
    for (scope, count) in [
        (Scope::Zone(1), 8),
        (Scope::Zone(2), 4),
        (Scope::Vms(3), 12),
    ] {
        let mut fleet = zoned(Distribution::constant(seconds(10.0)), 10.0, 9.0);
        fleet.outages = IdMap::new(vec![lose(&fleet, scope, 8.0, 5.0)]);
        for log in run(&fleet) {
            assert_eq!(log.failed.len(), count, "{scope:?}");
            let is_reset = |&(_, cause, blame): &(f64, Cause, Blame)| {
                (cause, blame) == (Cause::Reset, Blame::Capacity)
            };
            assert!(log.failed.iter().all(is_reset));
            let started = log.failed.iter().map(|failed| failed.0);
            let first = started.fold(f64::INFINITY, f64::min);
            assert_eq!(log.attempts_to(0, 0.0, first), 16 - count, "{scope:?}");
        }
    }
}

/// Without its largest zone the region is M/M/8, and M/M/8/8 without room to wait.
pub(crate) fn what_is_left_without_a_zone(effort: Effort) -> Vec<Figure> {
    let without_zone = |queue_limit| {
        let mut fleet = zoned(exponential(1.0), 6.8, 20_000.0);
        for region in &mut fleet.regions {
            region.queue_limit = queue_limit;
        }
        fleet.outages = IdMap::new(vec![lose(&fleet, Scope::Zone(1), 0.0, 20_000.0)]);
        effort.result(fleet, 1_000.0, 30)
    };
    let offered = Offered {
        arrival_rate: 6.8,
        mean_service: 1.0,
    };
    let time = mmc_mean_time(offered, 8);
    let room = Room {
        servers: 8,
        places: 8,
    };
    let served = 1.0 - mmck_loss(6.8, room);
    let waits = without_zone(None);
    let loses = without_zone(Some(0));
    let [waiting, losing] = [&waits, &loses].map(|result| &result.fleet.phases[1]);
    vec![
        Figure::estimated(
            "with a queue, M/M/8: mean time in system, s",
            waiting.latency.mean_s.as_ref(),
            (time, waits.replications),
        ),
        Figure::estimated(
            "without, M/M/8/8: served",
            losing.availability.as_ref(),
            (served, loses.replications),
        ),
    ]
}

/// A region of so many workers whose queue goes by a rule.
fn queue(
    effort: Effort,
    (workers, rate, service): (u32, f64, Distribution),
    rule: (Discipline, Option<f64>),
) -> StudyResult {
    let world = World {
        workers,
        service,
        rate,
        one_way_ms: &[&[0]],
        warm_up_s: 1_000.0,
        duration_s: 20_000.0,
    };
    let mut fleet = world.fleet();
    for region in &mut fleet.regions {
        region.discipline = rule.0;
        region.shed_after = rule.1.map(seconds);
    }
    effort.result(fleet, 1_000.0, 30)
}

/// The order of service is nothing to the number in the system, so by Little's law neither to the
/// mean time there; but the unlucky wait for much longer. M/M/4 at 80 %.
pub(crate) fn the_newest_first(effort: Effort) -> Vec<Figure> {
    let theory = mmc_mean_time(
        Offered {
            arrival_rate: 3.2,
            mean_service: 1.0,
        },
        4,
    );
    let of = |discipline| queue(effort, (4, 3.2, exponential(1.0)), (discipline, None));
    let results = [of(Discipline::Fifo), of(Discipline::Lifo)];
    let p99 = |result: &StudyResult| {
        let latency = &result.fleet.overall.latency;
        latency.quantile_s(0.99).unwrap().mean
    };
    let [fifo, lifo] = [p99(&results[0]), p99(&results[1])];
    let mean = "M/M/4 at 0.8, the newest first: mean time in system, s";
    vec![
        mean_latency(mean, &results[1], theory),
        Figure::told(
            "its 99 % quantile, as a multiple of that of the oldest first",
            ("more than 1.5", format!("{:.1}", lifo / fifo)),
            lifo > 1.5 * fifo,
        ),
    ]
}

/// The queue M/M/1+D, whose customers leave after a fixed wait: with q = exp(-(mu - lambda) tau),
/// the share (1 - rho) rho q / (1 - rho^2 q) is lost, below and above saturation.
pub(crate) fn shedding_by_age(effort: Effort) -> Vec<Figure> {
    let figure = |rho: f64| {
        let shed = (Discipline::Fifo, Some(3.0));
        let result = queue(effort, (1, rho, exponential(1.0)), shed);
        let q = (-(1.0 - rho) * 3.0).exp();
        let lost = (1.0 - rho) * rho * q / (1.0 - rho * rho * q);
        let is_shed = |failure: &gatefleet::experiment::FailureCount| {
            (failure.cause, failure.blame) == (Cause::Overloaded, Blame::Capacity)
        };
        assert!(result.failures.iter().all(is_shed), "{:?}", result.failures);
        let name = format!("M/M/1+D at {rho}, 3 s: served");
        availability(name, &result, 1.0 - lost)
    };
    [0.9, 1.5].map(figure).into()
}

/// Goal: nobody is served who has waited for longer than the limit, whoever is next, and who is not
/// is all that is lost. Method: constant service of 1 s; half as much again as can be served.
#[test]
fn nobody_is_served_who_has_waited_for_too_long() {
    for discipline in [Discipline::Fifo, Discipline::Lifo] {
        let service = Distribution::constant(seconds(1.0));
        let world = (4, 6.0, service);
        let result = queue(Effort::TEST, world, (discipline, Some(2.0)));
        let overall = &result.fleet.overall;
        let longest = overall.latency.quantile_s(1.0).unwrap();
        assert!(
            longest.mean + longest.half_width.unwrap() < 3.03,
            "{longest:?}"
        );
        assert!(longest.mean > 2.9, "some just make it: {longest:?}");
        let busy = result.regions[RegionId::new(0)].utilization.unwrap().mean;
        assert!(busy > 0.98, "idle by chance alone: {busy}");
        assert_estimates("served", overall.availability.as_ref(), busy * 4.0 / 6.0);
    }
}

/// Goal: what was shed while the way was cut is told when it is open, and what a gateway had shed
/// that fails behind the cut is lost with it. Method: one worker that takes 10 s each; the second
/// request is shed at 10 s, the way is cut from 5 s to 30 s.
#[test]
fn what_is_shed_behind_a_cut_is_told_when_it_ends() {
    for (dies, cause) in [(false, Cause::Overloaded), (true, Cause::Reset)] {
        let world = World {
            workers: 1,
            service: Distribution::constant(seconds(10.0)),
            rate: 2.0,
            one_way_ms: &[&[0]],
            warm_up_s: 0.0,
            duration_s: 4.0,
        };
        let mut fleet = world.fleet();
        for region in &mut fleet.regions {
            region.shed_after = Some(seconds(1.0));
        }
        let hit = |mode, at, length| OutageSpec {
            mode,
            ..outage(&fleet, 0, at, length)
        };
        let mut outages = vec![hit(OutageMode::Hold, 5.0, 25.0)];
        outages.extend(dies.then(|| hit(OutageMode::Refuse, 20.0, 1.0)));
        fleet.outages = IdMap::new(outages);
        for log in run(&fleet) {
            assert!(log.failed.len() + 1 >= log.attempts_to(0, 0.0, 4.0));
            assert!(log.failed.iter().all(|failed| failed.1 == cause));
        }
    }
}

/// Any outage of part of the region, or of all of it, in 30 of the first 60 s.
fn any_outage() -> impl Strategy<Value = (Scope, f64, f64)> {
    let scope = prop_oneof![
        Just(Scope::Region),
        Just(Scope::Name),
        (1..=3_u32).prop_map(Scope::Zone),
        (1..=3_u32).prop_map(Scope::Vms),
        (0.05..0.95).prop_map(|share| Scope::Capacity(Ratio::new(share).unwrap())),
    ];
    (scope, 0..30_u32, 1..30_u32).prop_map(|(scope, at, length)| (scope, at.into(), length.into()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Goal: the ledger balances and Little's law holds through any pile of outages, which the
    /// recorder asserts, and when they are over nobody fails any more.
    #[test]
    fn ledgers_balance_through_any_pile_of_outages(
        pile in prop::collection::vec(any_outage(), 1..10),
        is_lifo: bool,
    ) {
        let mut fleet = zoned(exponential(0.2), 50.0, 100.0);
        for region in &mut fleet.regions {
            region.discipline = if is_lifo { Discipline::Lifo } else { Discipline::Fifo };
            region.shed_after = Some(seconds(2.0));
        }
        let losses = pile.iter().map(|&(scope, at, length)| lose(&fleet, scope, at, length));
        fleet.outages = losses.collect();
        let result = result(&study(fleet, 10.0, 2));
        for window in &result.timeline.fleet[7..] {
            prop_assert!(window.availability.as_ref().is_none_or(|share| share.mean > 0.9999));
        }
    }
}

/// Goal: a region without a machine is down in the mode, and on the account, of the outage that began
/// last of those that last. Method: two zones of one VM each. The second is lost twice: refused, and
/// from 5 s later on silent; only in these 5 s anything is refused.
#[test]
fn an_emptied_region_is_charged_to_an_outage_that_lasts() {
    let mut fleet = zoned(Distribution::constant(seconds(0.01)), 50.0, 100.0);
    for region in &mut fleet.regions {
        (region.units, region.vms_per_unit, region.zones) = (1, 2, 2);
    }
    for population in &mut fleet.populations {
        population.client.timeout = Some(seconds(1.0));
        population.client.connect_timeout = Some(seconds(1.0));
    }
    let silent = |outage: OutageSpec| OutageSpec {
        mode: OutageMode::Blackhole,
        ..outage
    };
    let outages = vec![
        silent(lose(&fleet, Scope::Zone(1), 10.0, 80.0)),
        lose(&fleet, Scope::Zone(2), 20.0, 10.0),
        silent(lose(&fleet, Scope::Zone(2), 25.0, 65.0)),
    ];
    fleet.outages = IdMap::new(outages);
    let result = result(&study(fleet, 5.0, 5));
    let refused = result
        .failures
        .iter()
        .filter(|failure| failure.cause == Cause::Refused);
    let refused = refused.map(|failure| failure.count).sum::<u64>() as f64 / 5.0;
    assert!((refused - 250.0).abs() < 30.0, "5 s of 50/s: {refused}");
    let lost = |index: usize| result.outages[index].requests_lost.mean;
    assert!((lost(1) - 250.0).abs() < 30.0, "{}", lost(1));
    assert!(
        (lost(2) - 3_250.0).abs() < 120.0,
        "65 s of 50/s: {}",
        lost(2)
    );
}

/// Goal: a queue that serves the newest first and never comes to the others ends as an outcome.
#[test]
fn those_who_wait_for_ever_in_a_queue_of_the_newest_first_end_the_run() {
    let mut fleet = zoned(Distribution::constant(seconds(1.0)), 40.0, 10.0);
    for region in &mut fleet.regions {
        (region.discipline, region.queue_limit) = (Discipline::Lifo, Some(100));
    }
    let error = gatefleet::experiment::run(&study(fleet, 5.0, 1), None, &Alone).unwrap_err();
    let StudyError::Saturated { saturation, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(saturation.why, Hopeless::Starved);
}
