//! Closed forms of model.md that the simulator must reproduce: queues, a fleet of three regions,
//! detection, and failovers that overload. `validation` asks for them.
//!
//! In every run the recorder asserts offered = succeeded + failed and Little's law, to the
//! nanosecond.

use gatefleet::experiment::StudyResult;
use gatefleet::model::routing::Failover;
use gatefleet::model::{Cause, FleetSpec};
use gatefleet::random::Distribution;
use gatefleet::stats::queueing::{
    Offered, Room, mmc_mean_time, mmck_loss, mmck_mean_number, pollaczek_khinchine_mean_time,
};
use gatefleet::units::IdMap;

use crate::support::{THREE_REGIONS_MS, World, exponential, latency, outage, probes, seconds};
use crate::validation::{Effort, Figure};

/// One region without network, run for many busy periods.
fn lone_region(
    effort: Effort,
    (workers, utilization): (u32, f64),
    service: &Distribution,
) -> StudyResult {
    let world = World {
        workers,
        service: service.clone(),
        rate: utilization * f64::from(workers) / service.mean().as_secs_f64(),
        one_way_ms: &[&[0]],
        warm_up_s: 2_000.0,
        duration_s: 40_000.0,
    };
    effort.result(world.fleet(), 1_000.0, 30)
}

/// The mean latency of all requests.
pub(crate) fn mean_latency(name: impl Into<String>, result: &StudyResult, theory: f64) -> Figure {
    let mean = result.fleet.overall.latency.mean_s.as_ref();
    Figure::estimated(name, mean, (theory, result.replications))
}

/// The share of all requests that succeed.
pub(crate) fn availability(name: impl Into<String>, result: &StudyResult, theory: f64) -> Figure {
    let share = result.fleet.overall.availability.as_ref();
    Figure::estimated(name, share, (theory, result.replications))
}

fn offered(utilization: f64, workers: u32) -> Offered {
    Offered {
        arrival_rate: utilization * f64::from(workers),
        mean_service: 1.0,
    }
}

/// One worker, and sixteen.
pub(crate) fn m_m_c(effort: Effort) -> Vec<Figure> {
    let published = [(1, 0.8, 5.0), (16, 0.85, 1.180_509)];
    let figure = |(workers, utilization, value): (u32, f64, f64)| {
        let theory = mmc_mean_time(offered(utilization, workers), workers);
        assert!((theory - value).abs() < 1e-6);
        let result = lone_region(effort, (workers, utilization), &exponential(1.0));
        let name = format!("M/M/{workers} at {utilization}: mean time in system, s");
        mean_latency(name, &result, theory)
    };
    published.map(figure).into()
}

/// Constant, lognormal, gamma, uniform and Weibull service.
pub(crate) fn m_g_1(effort: Effort) -> Vec<Figure> {
    let second = seconds(1.0);
    let laws = [
        ("constant", Distribution::constant(second)),
        (
            "lognormal (cv 1.5)",
            Distribution::lognormal_mean_cv(second, 1.5).unwrap(),
        ),
        ("gamma (cv 0.5)", Distribution::gamma(second, 0.5).unwrap()),
        (
            "uniform (0.5 to 1.5 s)",
            Distribution::uniform(seconds(0.5), seconds(1.5)).unwrap(),
        ),
        (
            "Weibull (shape 0.8)",
            Distribution::weibull(second, 0.8).unwrap(),
        ),
    ];
    let figure = |(name, law): (&str, Distribution)| {
        let theory = pollaczek_khinchine_mean_time(offered(0.7, 1), law.scv());
        let result = lone_region(effort, (1, 0.7), &law);
        let name = format!("M/G/1 at 0.7, {name}: mean time in system, s");
        mean_latency(name, &result, theory)
    };
    laws.map(figure).into()
}

/// Without and with room to wait.
pub(crate) fn m_m_c_k(effort: Effort) -> Vec<Figure> {
    let mut figures = Vec::new();
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
        let result = effort.result(fleet, 10.0, 20);
        let room = Room {
            servers: workers,
            places: workers + queue_limit,
        };
        let served = 1.0 - mmck_loss(load, room);
        let queue = format!("M/M/{workers}/{} at {load} erlang", room.places);
        figures.push(availability(format!("{queue}: served"), &result, served));
        let time = mmck_mean_number(load, room) / (served * load / 0.010);
        let name = format!("{queue}: mean time in system, s");
        figures.push(mean_latency(name, &result, time));
        let only = result
            .failures
            .iter()
            .all(|failure| failure.cause == Cause::Overloaded);
        assert!(only, "{:?}", result.failures);
    }
    figures
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

/// Each region is an M/M/8; during the outage the neighbor of the dead one serves twice as much.
pub(crate) fn three_regions_with_an_outage(effort: Effort) -> Vec<Figure> {
    let served_in = |arrival_rate| {
        let offered = Offered {
            arrival_rate,
            mean_service: 0.010,
        };
        mmc_mean_time(offered, 8)
    };
    let normal = 0.010 + served_in(300.0);
    let crowded = served_in(600.0);
    let during = (0.080 + crowded + 0.010 + crowded + normal) / 3.0;
    let overall = (2.0 * normal + during) / 3.0;
    let published = [
        (overall, 0.028_195),
        (normal, 0.020_026),
        (during, 0.044_532),
    ];
    for (theory, value) in published {
        assert!((theory - value).abs() < 1e-6, "{theory} {value}");
    }
    let result = effort.result(three_regions(), 10.0, 20);
    let of_phase = |(phase, name, theory): (usize, &str, f64)| {
        let mean = result.fleet.phases[phase].latency.mean_s.as_ref();
        let name = format!("mean latency {name}, s");
        Figure::estimated(name, mean, (theory, result.replications))
    };
    let phases = [
        (0, "before", normal),
        (1, "during", during),
        (2, "after", normal),
    ];
    let mut figures = vec![mean_latency("mean latency of all, s", &result, overall)];
    figures.extend(phases.map(of_phase));
    figures
}

/// Slow probes and fast ones, 400 outages of each.
pub(crate) fn detection(effort: Effort) -> Vec<Figure> {
    let mut figures = Vec::new();
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
        let result = effort.result(fleet, 10.0, 400);
        let detected = result.outages[0].time_to_detect_s.as_ref().unwrap();
        assert_eq!(detected.reached, result.replications);
        let probing = format!("every {interval} s, {timeout} s, {tolerated} tolerated");
        let theory = f64::midpoint(low, high);
        figures.push(Figure::estimated(
            format!("{probing}: mean time to detect, s"),
            Some(&detected.time_s),
            (theory, result.replications),
        ));
        // Uniform over one interval: the standard error is that of I / sqrt(12 n), known to 2 % at
        // n = 400.
        let count = f64::from(result.replications);
        let spread = detected.time_s.half_width.unwrap() / 1.966 * count.sqrt();
        let uniform = f64::from(u32::try_from(interval).unwrap()) / 12.0_f64.sqrt();
        figures.push(Figure::told(
            format!("{probing}: its standard deviation, s"),
            (&format!("{uniform:.2} ± 10 %"), format!("{spread:.2}")),
            (spread / uniform - 1.0).abs() < 0.1,
        ));
    }
    figures
}

/// All lost requests are to blame on one of the two.
pub(crate) fn lost_to_detection_and_drain(effort: Effort) -> Vec<Figure> {
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
    let result = effort.result(fleet, 5.0, 200);
    let lost = &result.outages[0].requests_lost;
    let by_blame = result.outages[0].lost_by_blame;
    let [detection, dns_cache, rest @ ..] = by_blame;
    // What a test's replications can tell.
    let tolerance = lost.half_width.unwrap() * f64::from(effort.times).sqrt();
    assert!((detection - rate * 115.0).abs() < tolerance, "{by_blame:?}");
    assert!(
        (dns_cache - rate * ttl / 2.0).abs() < tolerance,
        "{by_blame:?}"
    );
    assert!(rest.iter().all(|&lost| lost == 0.0), "{by_blame:?}");
    vec![Figure::estimated(
        "requests lost",
        Some(lost),
        (rate * (115.0 + ttl / 2.0), result.replications),
    )]
}

/// Failovers just below and just above the thresholds.
pub(crate) fn failover_thresholds(effort: Effort) -> Vec<Figure> {
    let cases = [
        (3, Failover::NextClosest, 0.45),
        (3, Failover::NextClosest, 0.55),
        (4, Failover::NextClosest, 0.45),
        (4, Failover::NextClosest, 0.55),
        (6, Failover::NextClosest, 0.45),
        (6, Failover::NextClosest, 0.55),
        (3, Failover::EvenSpread, 0.62),
        (3, Failover::EvenSpread, 0.72),
        (4, Failover::EvenSpread, 0.70),
        (4, Failover::EvenSpread, 0.80),
        (6, Failover::EvenSpread, 0.80),
        (6, Failover::EvenSpread, 0.88),
    ];
    let figure = |(regions, failover, utilization): (u32, Failover, f64)| {
        let (name, threshold) = match failover {
            Failover::NextClosest => ("next_closest", 0.5),
            Failover::EvenSpread => ("even_spread", f64::from(regions - 1) / f64::from(regions)),
        };
        let [early, late] = backlogs_during_outage(effort, (regions, failover), utilization);
        // At three times the time an unstable backlog is three times as long; a stable one fluctuates
        // about a mean. Thresholds lie 5 % or more away from every case.
        let grows = late > 2.0 * early && late > 100.0;
        let is_overloaded = utilization > threshold;
        let told = |grows| if grows { "grows" } else { "stays" };
        Figure::told(
            format!(
                "{regions} regions at {utilization}, {name} (threshold {threshold:.3}): backlog"
            ),
            (
                told(is_overloaded),
                format!("{}: {early:.0}, later {late:.0}", told(grows)),
            ),
            grows == is_overloaded,
        )
    };
    cases.map(figure).into()
}

/// The longest mean backlog of a region 10 to 20 s and 50 to 60 s after region 0 went down.
fn backlogs_during_outage(
    effort: Effort,
    (regions, failover): (u32, Failover),
    utilization: f64,
) -> [f64; 2] {
    // A ring: the closest neighbor of each region is the next one.
    let delay = |population: u32, region: u32| {
        let steps = (region + regions - population) % regions;
        5 + 20 * u64::from(steps)
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
    let result = effort.result(fleet, 10.0, 20);
    // Windows 1 to 6 are the outage.
    [2, 6].map(|window| {
        let regions = result.timeline.regions.iter();
        regions
            .map(|windows| windows[window].backlog.mean)
            .fold(0.0, f64::max)
    })
}
