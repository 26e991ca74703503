//! Retries: their load, and the storms that they keep going.

use gatefleet::experiment::StudyResult;
use gatefleet::model::{
    Backoff, ClientSpec, FleetSpec, OutageMode, RegionId, RetryBudget, RetrySpec, Traffic,
};
use gatefleet::random::{Distribution, RateProfile, Stage};
use gatefleet::units::{IdMap, Rate};

use crate::support::{World, exponential, outage, result, seconds, study};
use crate::theory::availability;
use crate::validation::{Effort, Figure};

fn retries(attempts: u32, budget: Option<f64>) -> RetrySpec {
    RetrySpec {
        attempts,
        budget: budget.map(|ratio| RetryBudget {
            ratio,
            floor: Rate::default(),
        }),
        ..RetrySpec::never()
    }
}

/// Every attempt fails with the chance that an exponential service time exceeds the timeout, on
/// more workers than are ever busy.
fn unreliable(effort: Effort, chance: f64, retry: &RetrySpec) -> StudyResult {
    let world = World {
        workers: 2_000,
        service: exponential(0.100),
        rate: 200.0,
        one_way_ms: &[&[0]],
        warm_up_s: 20.0,
        duration_s: 200.0,
    };
    let mut fleet = world.fleet();
    for population in &mut fleet.populations {
        population.client = ClientSpec {
            timeout: Some(seconds(-0.100 * chance.ln())),
            retry: retry.clone(),
            ..population.client.clone()
        };
    }
    effort.result(fleet, 10.0, 20)
}

/// A request keeps its demand when it is tried again, so a slow one is slow every time: of the
/// share f that fails at all, every one makes all n attempts, 1 + f (n - 1) on average. (With
/// demands drawn anew it would be (1 - f^n) / (1 - f).)
pub(crate) fn retries_of_slow_requests(effort: Effort) -> Vec<Figure> {
    let figure = |(chance, attempts): (f64, u32)| {
        let result = unreliable(effort, chance, &retries(attempts, None));
        let theory = 1.0 + chance * f64::from(attempts - 1);
        let amplification = result.fleet.overall.amplification.as_ref();
        let name = format!("f = {chance}, n = {attempts}: attempts per request");
        Figure::estimated(name, amplification, (theory, result.replications))
    };
    [(0.1, 3), (0.5, 4)].map(figure).into()
}

/// Here it is the network that decides, anew for every attempt: both ways take 50 ms x exp(0.5 Z), and
/// the client waits for less than some take. The chance is that of the sum of two lognormal numbers,
/// found by numerical integration.
pub(crate) fn retries_of_unlucky_attempts(effort: Effort) -> Vec<Figure> {
    let (sigma, one_way_s, timeout_s) = (0.5, 0.050, 0.120);
    let chance = chance_of_two_ways(sigma, timeout_s / one_way_s);
    let mut figures = Vec::new();
    for attempts in [2, 4] {
        let world = World {
            workers: 100,
            service: Distribution::constant(seconds(1e-9)),
            rate: 200.0,
            one_way_ms: &[&[50]],
            warm_up_s: 20.0,
            duration_s: 200.0,
        };
        let mut fleet = world.fleet();
        fleet.jitter = sigma;
        for population in &mut fleet.populations {
            population.client.timeout = Some(seconds(timeout_s));
            population.client.retry = retries(attempts, None);
        }
        let result = effort.result(fleet, 10.0, 20);
        let amplification = result.fleet.overall.amplification.as_ref();
        let all_fail = chance.powi(attempts.cast_signed());
        figures.push(Figure::estimated(
            format!("f = {chance:.4}, n = {attempts}: attempts per request"),
            amplification,
            ((1.0 - all_fail) / (1.0 - chance), result.replications),
        ));
        let name = format!("f = {chance:.4}, n = {attempts}: availability");
        figures.push(availability(name, &result, 1.0 - all_fail));
    }
    figures
}

/// The chance that exp(sigma X) + exp(sigma Y) exceeds a limit, for two normal numbers.
fn chance_of_two_ways(sigma: f64, limit: f64) -> f64 {
    use statrs::distribution::{Continuous, ContinuousCDF, Normal};
    let normal = Normal::standard();
    let step = 1e-4;
    let below = |x: f64| {
        let left = limit - (sigma * x).exp();
        if left <= 0.0 {
            return 0.0;
        }
        normal.pdf(x) * normal.cdf(left.ln() / sigma)
    };
    let middle = |index: i32| (f64::from(index) + 0.5) * step;
    1.0 - (-80_000..80_000)
        .map(|i| below(middle(i)) * step)
        .sum::<f64>()
}

/// A dead region fails every attempt, whatever its demand: with n attempts, n per request; and
/// with a budget no more than its ratio allows.
#[test]
fn a_budget_of_a_tenth_keeps_retry_load_below_a_tenth() {
    for (budget, least, most) in [(None, 2.999, 3.0), (Some(0.1), 1.09, 1.1 + 0.01)] {
        let world = World {
            workers: 100,
            service: exponential(0.001),
            rate: 100.0,
            one_way_ms: &[&[5]],
            warm_up_s: 30.0,
            duration_s: 600.0,
        };
        let mut fleet = world.fleet();
        for population in &mut fleet.populations {
            population.client.timeout = Some(seconds(0.2));
            population.client.retry = retries(3, budget);
        }
        fleet.outages = IdMap::new(vec![outage(&fleet, 0, -30.0, 700.0)]);
        let overall = result(&study(fleet, 10.0, 20)).fleet.overall;
        let amplification = overall.amplification.unwrap().mean;
        assert!(
            (least..=most).contains(&amplification),
            "{budget:?}: {amplification}"
        );
    }
}

#[test]
fn a_retry_elsewhere_is_served_by_the_next_region_at_once() {
    let world = World {
        workers: 100,
        service: Distribution::constant(seconds(0.010)),
        rate: 50.0,
        one_way_ms: &[&[5, 40]],
        warm_up_s: 10.0,
        duration_s: 60.0,
    };
    let mut fleet = world.fleet();
    fleet.routing.ttl = seconds(1_000.0);
    for population in &mut fleet.populations {
        population.client.connect_timeout = Some(seconds(1.0));
        population.client.retry = RetrySpec {
            attempts: 2,
            backoff: Backoff::Constant(seconds(0.5)),
            elsewhere: true,
            ..RetrySpec::never()
        };
    }
    fleet.outages = IdMap::new(vec![outage(&fleet, 0, 20.0, 20.0)]);
    let result = result(&study(fleet, 5.0, 5));
    assert_eq!(result.fleet.phases[1].failed, 0);
    // connect_timeout, back-off, two ways of 40 ms and the service.
    let slowest = result.fleet.phases[1].latency.quantile_s(0.9).unwrap().mean;
    assert!((slowest - 1.590).abs() < 0.005, "{slowest}");
}

/// The store of Bronson et al., "Metastable Failures in Distributed Systems" (`HotOS` 2021): it
/// answers in under 100 ms below 300 requests/s, clients time out after 1 s and retry once, and
/// the network fails for 10 s.
///
/// The model of the store: three workers of constant 10 ms, first come first served. That is 300
/// requests/s, about 30 ms at 280/s (M/D/3), and beyond 300/s a queue that grows: the paper says
/// no more than "under 100 ms below 300", and any work-conserving store of that capacity whose
/// queue holds more than a second of work does the same. The outage is in mode `hold`: what is
/// sent meanwhile arrives when it ends, as TCP delivers it.
fn store(retry: &RetrySpec, mode: OutageMode, rate: f64, length_s: f64) -> FleetSpec {
    let world = World {
        workers: 3,
        service: Distribution::constant(seconds(0.010)),
        rate,
        one_way_ms: &[&[0]],
        warm_up_s: 20.0,
        duration_s: length_s,
    };
    let mut fleet = world.fleet();
    for population in &mut fleet.populations {
        population.client.timeout = Some(seconds(1.0));
        population.client.retry = retry.clone();
    }
    let mut cut = outage(&fleet, 0, 30.0, 10.0);
    cut.mode = mode;
    fleet.outages = IdMap::new(vec![cut]);
    fleet
}

/// Goodput and attempts per second in the last window, as shares of the rate offered.
fn at_the_end(effort: Effort, fleet: FleetSpec) -> (f64, f64) {
    let rate: f64 = fleet
        .populations
        .iter()
        .map(|p| p.mean_rate(fleet.period.duration).as_per_s())
        .sum();
    let result = effort.result(fleet, 60.0, 2);
    let last = result.timeline.fleet.last().unwrap();
    (
        last.goodput_per_s.mean / rate,
        last.attempts_per_s.mean / rate,
    )
}

/// An hour after the end of the cut.
const HOUR_S: f64 = 3_600.0 + 60.0;

/// A store that was cut off, and what becomes of it: goodput and attempts as shares of the requests, and
/// how exactly goodput is known.
struct Ending<'a> {
    name: &'a str,
    retry: RetrySpec,
    cut: (OutageMode, f64),
    goodput: f64,
    attempts: f64,
    tolerance: f64,
}

/// The cut, and what is an hour later: stuck, or recovered. The counter-case is last: what is sent into a
/// blackhole is lost, so that no backlog waits at its end.
pub(crate) fn a_store_that_is_cut_off(effort: Effort) -> Vec<Figure> {
    let at_280 = (OutageMode::Hold, 280.0);
    let recovers = |name, retry, cut| Ending {
        name,
        retry,
        cut,
        goodput: 1.0,
        attempts: 1.0,
        tolerance: 0.02,
    };
    let endings = [
        Ending {
            goodput: 0.0,
            attempts: 2.0,
            tolerance: 0.01,
            ..recovers("280/s, one retry", retries(2, None), at_280)
        },
        Ending {
            goodput: 0.0,
            attempts: 1.1,
            tolerance: 0.05,
            ..recovers(
                "280/s, a budget of 10 % (308/s)",
                retries(2, Some(0.1)),
                at_280,
            )
        },
        recovers(
            "140/s, one retry",
            retries(2, None),
            (OutageMode::Hold, 140.0),
        ),
        recovers("280/s, no retry", retries(1, None), at_280),
        recovers(
            "280/s, a budget of 5 % (294/s)",
            retries(2, Some(0.05)),
            at_280,
        ),
        recovers(
            "280/s, one retry, a blackhole",
            retries(2, None),
            (OutageMode::Blackhole, 280.0),
        ),
    ];
    let told = |goodput: f64, attempts: f64| {
        format!(
            "{:.0} % goodput, {attempts:.2} attempts a request",
            goodput * 100.0
        )
    };
    let figure = |ending: Ending<'_>| {
        let (mode, rate) = ending.cut;
        let found = at_the_end(effort, store(&ending.retry, mode, rate, HOUR_S));
        let is_so = (found.0 - ending.goodput).abs() < ending.tolerance
            && (found.1 - ending.attempts).abs() < 0.02;
        let told = (
            told(ending.goodput, ending.attempts),
            told(found.0, found.1),
        );
        Figure::told(ending.name, (&told.0, told.1), is_so)
    };
    endings.map(figure).into()
}

/// Once stuck for five minutes, at 560 attempts/s, it recovers by itself when clients ask for
/// 140/s: with every request tried twice that is 280/s, which is below 300/s and wears the backlog
/// off. At 200/s the retries make it 400/s, and it stays stuck.
pub(crate) fn a_stuck_store_under_less_load(effort: Effort) -> Vec<Figure> {
    let mut figures = Vec::new();
    for (later, goodput) in [(140.0, 1.0), (200.0, 0.0)] {
        let mut fleet = store(&retries(2, None), OutageMode::Hold, 280.0, 2.0 * HOUR_S);
        let rate = |per_s| Rate::per_s(per_s).unwrap();
        let stages = [(340.0, 280.0), (0.0, later)].map(|(length_s, to)| Stage {
            length: seconds(length_s),
            to: rate(to),
        });
        for population in &mut fleet.populations {
            population.traffic = Traffic::poisson(RateProfile::stages(rate(280.0), &stages));
        }
        let result = effort.result(fleet, 60.0, 2);
        let good = |window: usize| result.timeline.fleet[window].goodput_per_s.mean;
        let at_the_end = result.timeline.fleet.last().unwrap().goodput_per_s.mean / later;
        let is_so = good(4) < 3.0 && (at_the_end - goodput).abs() < 0.02;
        let percent = |share: f64| format!("{:.0} % goodput", share * 100.0);
        figures.push(Figure::told(
            format!("stuck at 280/s for 5 min, then {later}/s: two hours later"),
            (&percent(goodput), percent(at_the_end)),
            is_so,
        ));
    }
    figures
}

/// What is sent while the way is cut is served when it is open again, and answered to whoever
/// still waits.
#[test]
fn what_is_held_arrives_when_the_outage_ends() {
    let mut fleet = store(&retries(1, None), OutageMode::Hold, 20.0, 120.0);
    for population in &mut fleet.populations {
        population.client.timeout = None;
    }
    let result = result(&study(fleet, 10.0, 20));
    assert_eq!(result.fleet.overall.failed, 0);
    // Uniform over the ten seconds that were left, and a backlog of 200 at 300/s to work off.
    let during = &result.fleet.phases[1].latency;
    let mean = during.mean_s.unwrap().mean;
    assert!((mean - (5.0 + 0.5 * 200.0 / 300.0)).abs() < 0.15, "{mean}");
    let share = result.regions[RegionId::new(0)].utilization.unwrap();
    assert!((share.mean - 20.0 / 300.0).abs() < 0.003, "{share:?}");
}

/// What is held counts as waiting: a cut that nobody could hold ends the run, and says where.
#[test]
fn a_cut_that_holds_too_much_ends_the_run() {
    let mut fleet = store(&retries(1, None), OutageMode::Hold, 200.0, 120.0);
    fleet.backlog_max = 1_000;
    let study = study(fleet, 10.0, 5);
    let error = gatefleet::experiment::run(&study, None, &gatefleet::experiment::Alone);
    let Err(gatefleet::experiment::StudyError::Saturated { saturation, .. }) = error else {
        panic!("{error:?}");
    };
    // 20 s of warm-up, 30 s until the cut, and 5 s until 1 000 wait.
    assert_eq!(saturation.region, RegionId::new(0));
    assert!(
        (saturation.at.as_secs_f64() - 55.0).abs() < 1.0,
        "{saturation:?}"
    );
}

/// Two regions, the near one down and known to be.
fn near_one_down(service_b_s: f64) -> FleetSpec {
    let world = World {
        workers: 1_000,
        service: Distribution::constant(seconds(0.001)),
        rate: 20.0,
        one_way_ms: &[&[5, 30]],
        warm_up_s: 10.0,
        duration_s: 60.0,
    };
    let mut fleet = world.fleet();
    fleet.routing.ttl = seconds(100_000.0);
    fleet.regions[RegionId::new(1)].service = Distribution::constant(seconds(service_b_s));
    for population in &mut fleet.populations {
        population.client.retry = RetrySpec {
            elsewhere: true,
            ..retries(2, None)
        };
    }
    let mut down = outage(&fleet, 0, 20.0, 20.0);
    down.mode = OutageMode::Refuse;
    fleet.outages = IdMap::new(vec![down]);
    fleet
}

#[test]
fn a_retry_elsewhere_brings_the_work_of_that_region() {
    let result = result(&study(near_one_down(1.0), 5.0, 5));
    // 10 ms to be refused, 60 ms there and back, and the service of the other region.
    let median = result.fleet.phases[1].latency.quantile_s(0.5).unwrap().mean;
    assert!((median - 1.070).abs() < 0.005, "{median}");
}

/// The only healthy region is full: a retry has nowhere better to go than there.
#[test]
fn a_retry_elsewhere_does_not_go_to_a_region_known_to_be_dead() {
    let mut fleet = near_one_down(1.0);
    fleet.routing.ttl = seconds(0.0);
    let full = &mut fleet.regions[RegionId::new(1)];
    (full.workers, full.queue_limit) = (1, Some(0));
    let result = result(&study(fleet, 5.0, 5));
    let refused = result
        .failures
        .iter()
        .filter(|f| f.cause == gatefleet::model::Cause::Refused);
    let refused: u64 = refused.map(|failure| failure.count).sum();
    // Only what was on its way when the region failed and was refused by the other as well.
    assert!(refused < 20, "{refused} of {}", result.fleet.overall.failed);
}
