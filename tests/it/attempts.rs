//! Attempts that end early or come twice: deadlines, hedges, canceled and wasted work.

use gatefleet::experiment::StudyResult;
use gatefleet::model::{
    Backoff, Cause, CauseSet, FleetSpec, HedgeDelay, HedgeSpec, OutageMode, RegionId, RetrySpec,
};
use gatefleet::random::Distribution;
use gatefleet::units::IdMap;

use crate::support::{World, exponential, outage, result, seconds, study};
use crate::theory::mean_latency;
use crate::validation::{Effort, Figure};

fn quick(service: Distribution, workers: u32, rate: f64) -> FleetSpec {
    let world = World {
        workers,
        service,
        rate,
        one_way_ms: &[&[0]],
        warm_up_s: 20.0,
        duration_s: 200.0,
    };
    world.fleet()
}

fn run(fleet: FleetSpec) -> StudyResult {
    result(&study(fleet, 10.0, 20))
}

/// Attempts of 1 s each against a dead region, at most ten, 2.5 s in all: the third is under way
/// when the deadline strikes, and every request fails after exactly that.
#[test]
fn a_deadline_ends_a_request_whatever_its_attempts() {
    let mut fleet = quick(Distribution::constant(seconds(0.010)), 100, 20.0);
    for population in &mut fleet.populations {
        population.client.timeout = Some(seconds(1.0));
        population.client.retry = RetrySpec {
            attempts: 10,
            deadline: Some(seconds(2.5)),
            ..RetrySpec::never()
        };
    }
    fleet.outages = IdMap::new(vec![outage(&fleet, 0, -10.0, 400.0)]);
    let overall = run(fleet).fleet.overall;
    assert_eq!(overall.succeeded, 0);
    assert!((overall.amplification.unwrap().mean - 3.0).abs() < 1e-9);
    let mean = overall.time_to_failure_s.unwrap().mean;
    assert!((mean - 2.5).abs() < 1e-9, "{mean}");
}

/// A retry that would begin after the deadline is not waited for.
#[test]
fn nothing_begins_after_the_deadline() {
    let mut fleet = quick(Distribution::constant(seconds(0.010)), 100, 20.0);
    for population in &mut fleet.populations {
        population.client.retry = RetrySpec {
            attempts: 10,
            backoff: Backoff::Constant(seconds(2.0)),
            deadline: Some(seconds(3.0)),
            ..RetrySpec::never()
        };
    }
    let mut down = outage(&fleet, 0, -10.0, 400.0);
    down.mode = OutageMode::Refuse;
    fleet.outages = IdMap::new(vec![down]);
    let overall = run(fleet).fleet.overall;
    // Refused at 0 s and 2 s; the next would be at 4 s.
    assert!((overall.amplification.unwrap().mean - 2.0).abs() < 1e-9);
    let mean = overall.time_to_failure_s.unwrap().mean;
    assert!((mean - 2.0).abs() < 1e-9, "{mean}");
}

#[test]
fn only_the_failures_named_are_retried() {
    let on = |cause| -> CauseSet { [cause].into_iter().collect() };
    for (on, attempts) in [(on(Cause::Refused), 3.0), (on(Cause::Timeout), 1.0)] {
        let mut fleet = quick(Distribution::constant(seconds(0.010)), 100, 20.0);
        for population in &mut fleet.populations {
            population.client.retry = RetrySpec {
                attempts: 3,
                on,
                ..RetrySpec::never()
            };
        }
        let mut down = outage(&fleet, 0, -10.0, 400.0);
        down.mode = OutageMode::Refuse;
        fleet.outages = IdMap::new(vec![down]);
        let found = run(fleet).fleet.overall.amplification.unwrap().mean;
        assert!((found - attempts).abs() < 1e-9, "{on:?}: {found}");
    }
}

fn hedged(effort: Effort, after: HedgeDelay, is_elsewhere: bool) -> StudyResult {
    let world = World {
        workers: 2_000,
        service: exponential(0.100),
        rate: 200.0,
        one_way_ms: &[&[5, 5]],
        warm_up_s: 60.0,
        duration_s: 200.0,
    };
    let mut fleet = world.fleet();
    for population in &mut fleet.populations {
        population.client.hedge = Some(HedgeSpec {
            after,
            elsewhere: is_elsewhere,
        });
    }
    effort.result(fleet, 10.0, 20)
}

/// Service is exponential with mean 100 ms and the ways take 10 ms, so an answer takes longer than
/// 10 ms + 100 ms x ln 20 with a chance of 5 %: that is the share that is hedged, whether the
/// delay is given or measured.
pub(crate) fn hedges_after_a_quantile(effort: Effort) -> Vec<Figure> {
    let fixed = HedgeDelay::Fixed(seconds(0.010 + 0.100 * 20_f64.ln()));
    let delays = [("given", fixed), ("measured", HedgeDelay::Quantile(0.95))];
    let figure = |(name, after): (&str, HedgeDelay)| {
        let result = hedged(effort, after, false);
        let amplification = result.fleet.overall.amplification.as_ref();
        let name = format!("delay {name}: attempts per request");
        Figure::estimated(name, amplification, (1.05, result.replications))
    };
    delays.map(figure).into()
}

/// Service is exponential with mean T = 100 ms, ways take w = 10 ms, and after w + d, d = T ln 20, a
/// hedge leaves for the other region, with a demand of its own. The first attempt then has an
/// exponential time to go, the hedge w more. The latency is w + min(S, d) and, with the chance
/// 1/20, the smaller of the two more: T (1 - c) + c T / 2 with c = exp(-w / T). The hedge wins with
/// the chance c / 2; its work is for nobody otherwise: T - c / 2 x T / 2 on average, and that of the
/// first attempt when it wins: d + w + T / 2 + T each time.
pub(crate) fn hedges_elsewhere(effort: Effort) -> Vec<Figure> {
    let (mean, way) = (0.100, 0.010);
    let delay = mean * 20_f64.ln();
    let result = hedged(effort, HedgeDelay::Fixed(seconds(way + delay)), true);
    let c = f64::exp(-way / mean);
    let more = mean * (1.0 - c) + c * mean / 2.0;
    let latency = way + mean * 0.95 + more / 20.0;
    let per_worker = 200.0 / 20.0 / 2_000.0;
    let [first, other] = [0, 1].map(|region| &result.regions[RegionId::new(region)]);
    let beaten = per_worker * (mean - c / 2.0 * mean / 2.0);
    let beaten_first = per_worker * c / 2.0 * (delay + way + 1.5 * mean);
    assert!(other.utilization_wasted.unwrap().mean < 1e-12);
    let shares = [
        (
            "utilization by hedges",
            &other.utilization,
            per_worker * mean,
        ),
        (
            "utilization by beaten hedges",
            &other.utilization_duplicate,
            beaten,
        ),
        (
            "utilization by beaten first attempts",
            &first.utilization_duplicate,
            beaten_first,
        ),
    ];
    let mut figures = vec![mean_latency("mean latency, s", &result, latency)];
    figures.extend(shares.map(|(name, share, theory)| {
        Figure::estimated(name, share.as_ref(), (theory, result.replications))
    }));
    figures
}

/// Goal: a hedge to the other region saves what runs into a dead one. Method: nobody knows of the
/// outage; every request of it is answered by its hedge, after the delay and the way.
#[test]
fn a_hedge_elsewhere_outlives_an_outage_that_nobody_has_noticed() {
    let world = World {
        workers: 100,
        service: Distribution::constant(seconds(0.010)),
        rate: 50.0,
        one_way_ms: &[&[5, 40]],
        warm_up_s: 10.0,
        duration_s: 60.0,
    };
    for mode in [OutageMode::Blackhole, OutageMode::Refuse, OutageMode::Hold] {
        let mut fleet = world.fleet();
        fleet.routing.health = crate::support::probes(100_000, 1_000, 3);
        for population in &mut fleet.populations {
            population.client.timeout = Some(seconds(1.0));
            population.client.hedge = Some(HedgeSpec {
                after: HedgeDelay::Fixed(seconds(0.002)),
                elsewhere: true,
            });
        }
        let mut down = outage(&fleet, 0, 20.0, 20.0);
        down.mode = mode;
        fleet.outages = IdMap::new(vec![down]);
        let result = run(fleet);
        assert_eq!(result.fleet.overall.failed, 0, "{mode:?}");
        let slowest = result.fleet.phases[1].latency.quantile_s(0.5).unwrap().mean;
        // To a bucket of the histogram.
        assert!((slowest - 0.092).abs() < 2e-4, "{mode:?}: {slowest}");
        let amplification = result.fleet.overall.amplification.unwrap().mean;
        assert!((amplification - 2.0).abs() < 1e-9, "{amplification}");
    }
}

/// Workers whose service takes 1 s for clients that wait for 0.5 s, seldom: all of their work is for
/// nobody; unless clients say that they leave, then half a second of each.
pub(crate) fn work_for_nobody(effort: Effort) -> Vec<Figure> {
    let mut figures = Vec::new();
    for (cancels_abandoned, service_s) in [(false, 1.0), (true, 0.5)] {
        let mut fleet = quick(Distribution::constant(seconds(1.0)), 1_000, 20.0);
        for population in &mut fleet.populations {
            population.client.timeout = Some(seconds(0.5));
            population.client.cancels_abandoned = cancels_abandoned;
        }
        let result = effort.result(fleet, 10.0, 20);
        assert_eq!(result.fleet.overall.succeeded, 0);
        let region = &result.regions[RegionId::new(0)];
        let theory = 20.0 * service_s / 1_000.0;
        let (busy, wasted) = (region.utilization, region.utilization_wasted);
        for (name, share) in [("utilization", busy), ("wasted", wasted)] {
            let name = format!("cancel_abandoned: {cancels_abandoned}: {name}");
            let figure = Figure::estimated(name, share.as_ref(), (theory, result.replications));
            figures.push(figure);
        }
    }
    figures
}

/// Goal: clients that leave the queue make an overloaded store stable. Method: a store that is
/// asked for half as much again as it can serve. Nobody who is served has waited for longer than
/// the timeout, so most of the capacity is goodput (not all: some leave while they are served); if the work of those who left goes on, the
/// queue grows without bound and goodput falls to nothing.
#[test]
fn canceling_keeps_goodput_up_in_overload() {
    let goodput = |cancels_abandoned| {
        let mut fleet = quick(Distribution::constant(seconds(0.010)), 1, 150.0);
        for population in &mut fleet.populations {
            population.client.timeout = Some(seconds(0.5));
            population.client.cancels_abandoned = cancels_abandoned;
        }
        run(fleet).timeline.fleet.last().unwrap().goodput_per_s.mean
    };
    assert!(goodput(true) > 50.0, "{}", goodput(true));
    assert!(goodput(false) < 1.0, "{}", goodput(false));
}
