//! Strategies that look at load: what they know, and what follows from it.

use gatefleet::model::routing::{LeastUtilized, Oracle, PowerOfTwo, Strategy, Waterfall};
use gatefleet::model::{
    ConnectionSpec, FleetSpec, Load, Observer, OutageMode, PopulationSpec, RegionId, RegionSpec,
    RequestEnd, SignalSpec, Traffic,
};
use gatefleet::random::{ArrivalProcess, Distribution};
use gatefleet::stats::Estimate;
use gatefleet::units::{IdMap, Rate, Ratio, SimDuration, SimTime};

use crate::operations::run;
use crate::support::{World, exponential, outage, probes, replicate, seconds};
use crate::validation::{Effort, Figure};

type Rtts = IdMap<PopulationSpec, IdMap<RegionSpec, SimDuration>>;

fn rtts(fleet: &FleetSpec) -> Rtts {
    fleet.populations.map(|population| population.rtt.clone())
}

pub(crate) fn waterfall(fleet: &FleetSpec, target: f64) -> Strategy {
    let target = Ratio::new(target).unwrap();
    Strategy::Waterfall(Waterfall::new(target, &rtts(fleet)))
}

pub(crate) fn least_utilized(fleet: &FleetSpec) -> Strategy {
    Strategy::LeastUtilized(LeastUtilized::new(rtts(fleet)))
}

pub(crate) fn power_of_two(fleet: &FleetSpec) -> Strategy {
    Strategy::PowerOfTwo(PowerOfTwo::new(rtts(fleet)))
}

pub(crate) fn oracle(fleet: &FleetSpec) -> Strategy {
    Strategy::Oracle(Oracle::new(rtts(fleet)))
}

pub(crate) fn measured(period_s: f64, delay_s: f64) -> SignalSpec {
    SignalSpec::Measured {
        period: seconds(period_s),
        delay: seconds(delay_s),
    }
}

/// Regions that serve 800/s each; populations at these rates and distances.
pub(crate) fn fleet(rates: &[f64], one_way_ms: &[&[u64]]) -> FleetSpec {
    let world = World {
        workers: 8,
        service: Distribution::constant(seconds(0.010)),
        rate: 1.0,
        one_way_ms,
        warm_up_s: 100.0,
        duration_s: 300.0,
    };
    let mut fleet = world.fleet();
    for (population, &rate) in fleet.populations.iter_mut().zip(rates) {
        population.traffic = Traffic::Open {
            rate: Rate::per_s(rate).unwrap().into(),
            arrivals: ArrivalProcess::CONSTANT,
        };
    }
    fleet
}

/// By hand: 50 % of 800/s are 400/s. Of 600/s at region 0, 2/3 have room and 1/3 go to region 1,
/// which takes 200/s besides its own 100/s; without it they go to region 2.
#[test]
fn a_waterfall_fills_to_its_target_and_spills() {
    let mut fleet = fleet(&[600.0, 100.0], &[&[5, 20, 60], &[20, 5, 50]]);
    fleet.routing.strategy = waterfall(&fleet, 0.5);
    fleet.routing.signal = measured(10.0, 5.0);
    let mut down = outage(&fleet, 1, 100.0, 100.0);
    down.mode = OutageMode::Refuse;
    fleet.outages = IdMap::new(vec![down]);
    let usual = [400.0, 300.0, 0.0];
    // What population 1 has left asks region 0, which is full by population 0 alone: 700/s of
    // which 400/s have room go there in the first round of both.
    let without = [400.0 * 600.0 / 600.0, 0.0, 300.0];
    for log in run(&fleet) {
        for (rates, from, to) in [(usual, 20.0, 200.0), (without, 200.1, 299.9)] {
            for (region, per_s) in rates.into_iter().enumerate() {
                let expected = per_s * (to - from);
                let count = log.attempts_to(region, from, to) as f64;
                // Lots of 600/s and 100/s: at most those of a fair coin; four deviations.
                let deviation = (700.0 * (to - from) / 4.0_f64).sqrt();
                let error = (count - expected).abs();
                assert!(
                    error <= 4.0 * deviation,
                    "{region}: {count}, not {expected}"
                );
            }
        }
    }
}

/// Goal: load that nobody has measured changes nothing. Method: the first signal comes after 15 s.
#[test]
fn before_the_first_signal_the_closest_region_is_chosen() {
    let mut fleet = fleet(&[600.0], &[&[5, 20, 60]]);
    fleet.routing.signal = measured(10.0, 5.0);
    for strategy in [waterfall(&fleet, 0.5), least_utilized(&fleet)] {
        fleet.routing.strategy = strategy;
        for log in run(&fleet) {
            assert_eq!(log.attempts_to(1, 0.0, 15.0), 0);
            assert!(log.attempts_to(1, 15.0, 25.0) > 1_000);
        }
    }
}

/// Goal: agents start where signals would have sent them, not where they go when no load is known.
/// Method: connections that live for ever; half of 1,000 agents, to four deviations of their lots.
#[test]
fn agents_start_where_the_strategy_settles() {
    let mut fleet = fleet(&[600.0], &[&[5, 20]]);
    fleet.routing.strategy = least_utilized(&fleet);
    fleet.routing.signal = measured(10.0, 5.0);
    for population in &mut fleet.populations {
        population.client.connection = Some(ConnectionSpec {
            handshake_rtts: 2,
            idle_timeout: None,
            max_age: None,
        });
    }
    for log in run(&fleet) {
        let [first, second] = [0, 1].map(|region| log.attempts_to(region, 0.0, 15.0) as f64);
        let share = first / (first + second);
        let deviation = (0.25 / 1_000.0_f64 + 0.25 / 9_000.0).sqrt();
        assert!((share - 0.5).abs() <= 4.0 * deviation, "{share}");
    }
}

/// By definition: of three pairs two hold the closest region, one the other two. Without it there
/// is one pair. The signal is for ever on its way.
#[test]
fn of_two_equally_utilized_regions_the_closer_one_is_chosen() {
    let mut fleet = fleet(&[100.0], &[&[5, 20, 60]]);
    fleet.routing.signal = measured(10.0, 10_000.0);
    fleet.routing.strategy = power_of_two(&fleet);
    let mut down = outage(&fleet, 0, 100.0, 100.0);
    down.mode = OutageMode::Refuse;
    fleet.outages = IdMap::new(vec![down]);
    for log in run(&fleet) {
        let [first, second, third] = [0, 1, 2].map(|region| log.attempts_to(region, 0.0, 200.0));
        let deviation = (20_000.0 * 2.0 / 9.0_f64).sqrt();
        assert!(
            (first as f64 - 40_000.0 / 3.0).abs() <= 4.0 * deviation,
            "{first}"
        );
        assert_eq!((first + second, third), (20_000, 0));
        assert_eq!(log.attempts_to(1, 200.1, 299.9), 9_980);
    }
}

/// By hand: what is measured in a period of 10 s arrives 10 s later, so that everybody runs to the
/// region that was idle then: two periods to the first, two to the second, and so on.
#[test]
fn an_old_signal_makes_a_herd_of_the_least_utilized() {
    let mut fleet = fleet(&[600.0], &[&[5, 5]]);
    fleet.routing.strategy = least_utilized(&fleet);
    fleet.routing.signal = measured(10.0, 10.0);
    for log in run(&fleet) {
        for turn in 0..20_u32 {
            let from = 20.0 * f64::from(turn);
            let counts = [0, 1].map(|region| log.attempts_to(region, from + 0.1, from + 19.9));
            let [crowded, idle] = if turn % 2 == 0 { [0, 1] } else { [1, 0] };
            assert_eq!(counts[idle], 0, "turn {turn}");
            assert!(counts[crowded] > 11_800, "turn {turn}");
        }
    }
}

/// Asserts that every attempt joins a region in which no more is inside than in any other.
#[derive(Default)]
struct Shortest {
    inside: Vec<u32>,
    joined: usize,
}

impl Observer for Shortest {
    fn work_joined(&mut self, _: SimTime, region: RegionId) {
        self.inside.resize(3, 0);
        let inside = self.inside[region.index()];
        let better = self.inside.iter().position(|&other| other <= inside);
        assert_eq!(better, Some(region.index()), "{:?}", self.inside);
        self.joined += 1;
    }

    fn load_changed(&mut self, _: SimTime, region: RegionId, load: Load) {
        self.inside.resize(3, 0);
        self.inside[region.index()] = load.busy + load.waiting;
    }
}

/// Goal: an instant signal is the state of the moment. Method: equal regions without distance, at
/// 90 % of what they can serve: ties go to the one that comes first in the file.
#[test]
fn an_instant_signal_makes_every_attempt_join_the_least_utilized() {
    let world = World {
        workers: 2,
        service: exponential(0.010),
        rate: 540.0,
        one_way_ms: &[&[0, 0, 0]],
        warm_up_s: 0.0,
        duration_s: 100.0,
    };
    let mut fleet = world.fleet();
    for strategy in [least_utilized(&fleet), oracle(&fleet)] {
        fleet.routing.strategy = strategy;
        let joined = replicate(&fleet, 2, Shortest::default);
        assert!(joined.iter().all(|seen| seen.joined > 20_000));
    }
}

/// The mean latency of measured requests.
#[derive(Default)]
struct Mean {
    from: Option<SimTime>,
    sum_s: f64,
    count: f64,
}

impl Mean {
    fn since(from: SimTime) -> Self {
        Self {
            from: Some(from),
            ..Self::default()
        }
    }

    fn latency_s(&self) -> f64 {
        self.sum_s / self.count
    }
}

impl Observer for Mean {
    fn request_ended(&mut self, end: &RequestEnd) {
        if self.from.is_some_and(|from| end.started >= from) {
            self.sum_s += end.ended.since(end.started).as_secs_f64();
            self.count += 1.0;
        }
    }
}

/// The mean latency of every replication.
pub(crate) fn means(fleet: &FleetSpec, replications: u32) -> Vec<f64> {
    let start = fleet.period.start();
    let watched = replicate(fleet, replications, || Mean::since(start));
    watched.iter().map(Mean::latency_s).collect()
}

/// For finite n the mean differs by O(1/n): twice that of 2n less that of n has no such term, and an
/// interval from theirs. That 40 queues are not infinitely many is seen, which is asserted.
pub(crate) fn supermarket(effort: Effort) -> Vec<Figure> {
    let utilization = 0.8_f64;
    let theory: f64 = (1..8).map(|k| utilization.powi((1 << k) - 2)).sum();
    let estimate = |regions: usize| {
        let row = vec![0; regions];
        let world = World {
            workers: 1,
            service: exponential(1.0),
            rate: utilization * regions as f64,
            one_way_ms: &[&row],
            warm_up_s: 100.0,
            duration_s: 1_500.0,
        };
        let mut fleet = world.fleet();
        fleet.routing.strategy = power_of_two(&fleet);
        let start = fleet.period.start();
        let watched = effort.replicate(&fleet, 20, || Mean::since(start));
        let means: Vec<f64> = watched.iter().map(Mean::latency_s).collect();
        Estimate::of(&means).unwrap()
    };
    let [some, twice] = [40, 80].map(estimate);
    let bias = some.mean - theory;
    assert!(
        bias > some.half_width.unwrap(),
        "40 queues are not infinitely many: {bias}"
    );
    let half_width = (2.0 * twice.half_width.unwrap()).hypot(some.half_width.unwrap());
    let limit = Estimate {
        mean: 2.0 * twice.mean - some.mean,
        half_width: Some(half_width),
    };
    vec![Figure::estimated(
        "n to infinity, u = 0.8: mean time in system, s",
        Some(&limit),
        (theory, 20 * effort.times),
    )]
}

/// Goal: a retry elsewhere leaves the region that the plan has. Method: the closest region, which
/// could take everything, refuses and nobody notices.
#[test]
fn a_retry_elsewhere_goes_to_the_next_closest_of_a_waterfall() {
    let mut fleet = fleet(&[100.0], &[&[5, 20, 60]]);
    fleet.routing.strategy = waterfall(&fleet, 0.5);
    fleet.routing.signal = measured(10.0, 5.0);
    fleet.routing.health = probes(10_000, 9_000, 3);
    for population in &mut fleet.populations {
        population.client.retry.attempts = 2;
        population.client.retry.elsewhere = true;
    }
    let mut down = outage(&fleet, 0, 100.0, 100.0);
    down.mode = OutageMode::Refuse;
    fleet.outages = IdMap::new(vec![down]);
    for log in run(&fleet) {
        assert!(log.failed.is_empty(), "{:?}", log.failed);
        assert_eq!(log.attempts_to(1, 201.0, 299.0), 9_800);
        assert_eq!(log.attempts_to(2, 0.0, 400.0), 0);
    }
}

/// Goal: a dead region looks idle to a router that does not notice, and draws everybody. Method:
/// the first of two equal regions refuses from 200 s on; nothing is ever inside.
#[test]
fn a_dead_region_that_nobody_notices_draws_everybody() {
    let mut fleet = fleet(&[600.0], &[&[5, 5]]);
    fleet.routing.strategy = least_utilized(&fleet);
    fleet.routing.health = probes(10_000, 9_000, 3);
    let mut down = outage(&fleet, 0, 100.0, 100.0);
    down.mode = OutageMode::Refuse;
    fleet.outages = IdMap::new(vec![down]);
    for log in run(&fleet) {
        let before = [0, 1].map(|region| log.attempts_to(region, 100.0, 200.0));
        assert!(before.iter().all(|&count| count > 20_000), "{before:?}");
        let during = [0, 1].map(|region| log.attempts_to(region, 201.0, 300.0));
        assert_eq!(during, [59_400, 0]);
    }
}
