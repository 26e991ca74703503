//! Back ends: product form, time-outs and second calls, breakers.

use gatefleet::model::{
    BackendPart, Backoff, BreakerSpec, Cause, FleetSpec, OutageMode, Outcome, RegionId, SiteId,
    SiteSpec,
};
use gatefleet::stats::queueing::{Offered, mmc_mean_time};
use gatefleet::units::IdMap;

use crate::backend_world::{Log, backend, constant, failed, fleet, hit, log, site, the_backend};
use crate::support::{World, exponential, seconds};
use crate::theory::mean_latency;
use crate::validation::{Effort, Figure};

/// With exponential times what leaves the first is as random as what comes (Burke), so that each is an
/// M/M/c by itself and the times add up.
pub(crate) fn tandem(effort: Effort) -> Vec<Figure> {
    let station = SiteSpec {
        workers: Some(6),
        ..site(0, &[0.0], exponential(0.5))
    };
    let world = World {
        workers: 4,
        service: exponential(0.3),
        rate: 10.0,
        one_way_ms: &[&[0]],
        warm_up_s: 200.0,
        duration_s: 8_000.0,
    };
    let fleet = FleetSpec {
        backends: Some(backend(vec![station])),
        ..world.fleet()
    };
    let mean_time = |mean_service, servers| {
        let offered = Offered {
            arrival_rate: 10.0,
            mean_service,
        };
        mmc_mean_time(offered, servers)
    };
    let theory = mean_time(0.3, 4) + mean_time(0.5, 6);
    let result = effort.result(fleet, 500.0, 20);
    let sites = &result.backends.as_ref().unwrap().sites;
    vec![
        mean_latency("mean latency, s", &result, theory),
        Figure::estimated(
            "utilization of the back end",
            sites[SiteId::new(0)].utilization.as_ref(),
            (5.0 / 6.0, result.replications),
        ),
    ]
}

/// Goal: a worker of the gateway is not held during the call. Method: one worker, 100 calls of a
/// second at once: nobody waits for it.
#[test]
fn the_gateway_serves_others_while_the_back_end_works() {
    let mut fleet = fleet(1, 100.0, (vec![site(0, &[0.02], constant(1.0))], 60.0));
    fleet.regions[RegionId::new(0)].workers = 1;
    for population in &mut fleet.populations {
        population.traffic = gatefleet::model::Traffic::Open {
            rate: gatefleet::units::Rate::per_s(100.0).unwrap().into(),
            arrivals: gatefleet::random::ArrivalProcess::CONSTANT,
        };
    }
    let all = log(&fleet);
    assert!(all.ends.len() > 5_900);
    for end in &all.ends {
        assert_eq!(end.ended - end.started, seconds(1.021));
    }
}

/// Goal: calls that time out are tried again, at another site if there is one, and the attempt fails
/// when all have. Method: arithmetic, where nothing answers.
#[test]
fn a_gateway_calls_again_and_then_fails_the_attempt() {
    let sites = || {
        vec![
            site(0, &[0.0], constant(0.1)),
            site(0, &[0.01], constant(0.1)),
        ]
    };
    let mut fleet = fleet(1, 20.0, (sites(), 60.0));
    let spec = the_backend(&mut fleet);
    spec.timeout = seconds(2.0);
    spec.attempts = 3;
    spec.backoff = Backoff::Constant(seconds(0.5));
    let gone = hit(&fleet, None, BackendPart::All, OutageMode::Blackhole);
    fleet.outages = IdMap::new(vec![gone]);
    let all = log(&fleet);
    // What began so late that its third call is after the outage is answered.
    for end in all.begun(20.0, 54.0) {
        assert_eq!(end.outcome, failed(Cause::Backend));
        assert_eq!(
            end.ended - end.started,
            seconds(0.001 + 3.0 * 2.0 + 2.0 * 0.5)
        );
    }
    let [first, second] = [0, 1].map(|site| all.sent_between(30.0, 50.0, site));
    let ratio = first as f64 / second as f64;
    assert!(
        (ratio - 2.0).abs() < 0.15,
        "first, second, first: {first} {second}"
    );
    // One of two sites gone: the second call finds the other.
    let one = hit(&fleet, Some(0), BackendPart::All, OutageMode::Refuse);
    fleet.outages = IdMap::new(vec![one]);
    for end in log(&fleet).begun(20.0, 55.0) {
        assert_eq!(end.outcome, Outcome::Succeeded);
        assert_eq!(end.ended - end.started, seconds(0.001 + 0.5 + 0.01 + 0.1));
    }
}

/// Breakers do not know of each other, so that a back end that is gone sees as many calls as it takes to
/// open all of them. With calls that fail at once none is under way when another one opens a breaker:
/// exactly k x f calls, after which every attempt is refused at once. It is over when they close.
pub(crate) fn breakers_of_every_vm(effort: Effort) -> Vec<Figure> {
    let mut figures = Vec::new();
    for (vms, failures) in [(1, 5), (4, 5), (8, 3), (16, 10)] {
        let mut fleet = fleet(1, 50.0, (vec![site(0, &[0.0], constant(0.0))], 300.0));
        let region = &mut fleet.regions[RegionId::new(0)];
        (region.units, region.vms_per_unit, region.workers) = (1, vms, vms);
        the_backend(&mut fleet).breaker = Some(BreakerSpec {
            failures,
            window: seconds(30.0),
            open_for: seconds(60.0),
            half_open: None,
        });
        let gone = hit(&fleet, None, BackendPart::All, OutageMode::Refuse);
        fleet.outages = IdMap::new(vec![gone]);
        let all = effort.replicate(&fleet, 1, Log::default).remove(0);
        let seen = all.sent_between(20.0, 60.0, 0);
        figures.push(Figure::exact(
            format!("k = {vms} VMs, f = {failures} failures: calls of a dead back end"),
            seen as f64,
            f64::from(vms * failures),
        ));
        let refused = all
            .begun(40.0, 60.0)
            .filter(|end| end.outcome == failed(Cause::BreakerOpen));
        assert!(refused.count() > 900);
        // The last opened when it had its failures, and is open for a minute.
        let mut late = all.begun(150.0, 300.0);
        assert!(late.all(|end| end.outcome == Outcome::Succeeded));
        assert_eq!(all.open, 0);
    }
    figures
}

/// Goal: a half-open breaker tries with one call, and believes it. Method: the same, with an outage
/// that outlasts the first try.
#[test]
fn a_half_open_breaker_tries_one_call_at_a_time() {
    let mut fleet = fleet(1, 50.0, (vec![site(0, &[0.02], constant(0.0))], 120.0));
    let region = &mut fleet.regions[RegionId::new(0)];
    (region.units, region.vms_per_unit) = (1, 1);
    the_backend(&mut fleet).breaker = Some(BreakerSpec {
        failures: 3,
        window: seconds(30.0),
        open_for: seconds(10.0),
        half_open: Some(1),
    });
    let gone = hit(&fleet, None, BackendPart::All, OutageMode::Refuse);
    fleet.outages = IdMap::new(vec![gone]);
    let all = log(&fleet);
    // Three and those under way meanwhile; then one every ten seconds.
    assert!((3..8).contains(&all.sent_between(20.0, 29.9, 0)));
    assert_eq!(all.sent_between(29.9, 60.0, 0), 3);
    assert!(
        all.begun(71.0, 120.0)
            .all(|end| end.outcome == Outcome::Succeeded)
    );
}
