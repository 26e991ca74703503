//! What strategies are asked by all, in one table each.

use crate::model::health::Health;
use crate::model::routing::{
    Failover, Geographic, HealthView, Latency, LatencyBand, LeastUtilized, LoadView, Oracle,
    Overprovisioned, Plan, PowerOfTwo, Priority, RegionLoad, Strategy, Underway, View, Waterfall,
    Weighted,
};
use crate::model::{PopulationId, PopulationSpec, RegionId, RegionSpec};
use crate::random::{Purpose, Stream, StreamSeed};
use crate::units::{IdMap, Ratio, SimDuration, SimTime};

const WELL: Health = Health::Healthy;
const ILL: Health = Health::Degraded;
const OFF: Health = Health::Offline;

type Rtts = IdMap<PopulationSpec, IdMap<RegionSpec, SimDuration>>;

fn region(index: usize) -> RegionId {
    RegionId::new(index)
}

fn rtts(ms: &[u64]) -> Rtts {
    let row = ms.iter().map(|&ms| SimDuration::from_millis(ms));
    IdMap::new(vec![row.collect()])
}

fn ratio(share: f64) -> Ratio {
    Ratio::new(share).expect("a share")
}

/// What a router knows of regions of ten workers in which so much is.
fn view(inside: &[f64], health: &[Health], plan: Option<Plan>) -> View {
    let region = |&inside: &f64| RegionLoad {
        inside,
        workers: 10.0,
        demand_s: 0.1,
    };
    View {
        health: health.iter().copied().collect(),
        last: RegionId::new(0),
        load: LoadView {
            regions: inside.iter().map(region).collect(),
            demand_per_s: IdMap::new(vec![1.0]),
        },
        plan,
        underway: Underway::none(inside.len()),
        outlook: None,
    }
}

fn stream() -> Stream {
    let seed = StreamSeed {
        seed: 1,
        replication: 0,
    };
    seed.stream(Purpose::Routing, "europe")
}

/// How often each region is answered in 6,000 look-ups.
fn answers(strategy: &Strategy, view: &View) -> Vec<u32> {
    let mut counts = vec![0; view.health.len()];
    let mut stream = stream();
    let who = (SimTime::ZERO, PopulationId::new(0));
    for _ in 0..6_000 {
        counts[strategy.choose(who, view, &mut stream).index()] += 1;
    }
    counts
}

/// Goal: lots fall as they should, to four standard deviations.
#[track_caller]
fn assert_answers(strategy: &Strategy, view: &View, expected: &[f64]) {
    let found = answers(strategy, view);
    for (&count, share) in found.iter().zip(expected) {
        let deviation = (6_000.0 * share * (1.0 - share)).sqrt();
        let off = f64::from(count) - 6_000.0 * share;
        assert!(off.abs() <= 4.0 * deviation, "{found:?}, not {expected:?}");
    }
}

fn latency(failover: Failover, ms: &[u64]) -> Strategy {
    Strategy::Latency(Latency::new(failover, &rtts(ms)))
}

fn latency_band(ms: &[u64]) -> Strategy {
    let even = ms.iter().map(|_| 1.0).collect();
    let sensitivity = SimDuration::from_millis(50);
    Strategy::LatencyBand(LatencyBand::new(sensitivity, even, rtts(ms)))
}

fn waterfall(ms: &[u64]) -> Strategy {
    Strategy::Waterfall(Waterfall::new(ratio(0.8), &rtts(ms)))
}

/// Those that send nothing to the second of two regions unless that is all there is.
fn that_know_only_the_first() -> Vec<Strategy> {
    let first = vec![region(0)];
    vec![
        Strategy::Priority(Priority::new(first.clone())),
        Strategy::Weighted(Weighted::new(IdMap::new(vec![1.0, 0.0]))),
        Strategy::Geographic(Geographic::new(IdMap::new(vec![first.clone()]))),
        Strategy::Overprovisioned(Overprovisioned::new(&[first], 2, (1.4, ratio(0.5)))),
    ]
}

/// Those that send something to any of two regions that is there.
fn that_know_all() -> Vec<Strategy> {
    let ms = [10, 20];
    vec![
        latency(Failover::NextClosest, &ms),
        latency(Failover::EvenSpread, &ms),
        Strategy::RoundRobin,
        latency_band(&ms),
        waterfall(&ms),
        Strategy::LeastUtilized(LeastUtilized::new(rtts(&ms))),
        Strategy::PowerOfTwo(PowerOfTwo::new(rtts(&ms))),
        Strategy::Oracle(Oracle::new(rtts(&ms))),
    ]
}

#[test]
fn strategies_have_the_names_of_the_scenario() {
    let names = |strategies: Vec<Strategy>| -> Vec<&str> {
        strategies.iter().map(Strategy::name).collect()
    };
    assert_eq!(
        names(that_know_only_the_first()),
        ["priority", "weighted", "geographic", "overprovisioned"]
    );
    assert_eq!(
        names(that_know_all()),
        [
            "latency, next closest",
            "latency, even spread",
            "round robin",
            "latency band",
            "waterfall",
            "least utilized",
            "power of two",
            "oracle"
        ]
    );
}

#[test]
fn nobody_can_answer_with_what_is_offline() {
    for is_offline in [[false, false], [false, true], [true, false], [true, true]] {
        let offline = IdMap::new(is_offline.to_vec());
        for strategy in that_know_only_the_first() {
            let name = strategy.name();
            assert_eq!(strategy.can_answer(&offline), !is_offline[0], "{name}");
        }
        for strategy in that_know_all() {
            let expected = is_offline != [true, true];
            assert_eq!(
                strategy.can_answer(&offline),
                expected,
                "{}",
                strategy.name()
            );
        }
    }
}

#[test]
fn a_region_may_be_answered_if_it_gets_a_share() {
    let healthy: HealthView = IdMap::new(vec![WELL; 2]);
    let may = |strategy: &Strategy, wanted: &[usize]| {
        let is_wanted = |region: RegionId| wanted.contains(&region.index());
        strategy.may_answer(PopulationId::new(0), &healthy, is_wanted)
    };
    let closest = latency(Failover::NextClosest, &[10, 20]);
    for strategy in that_know_only_the_first().iter().chain([&closest]) {
        let found = [&[0][..], &[1], &[0, 1], &[]].map(|wanted| may(strategy, wanted));
        assert_eq!(found, [true, false, true, false], "{}", strategy.name());
    }
    for strategy in that_know_all().iter().filter(|s| s.looks_at_load()) {
        assert!(may(strategy, &[1]), "as load has it: {}", strategy.name());
        assert!(!may(strategy, &[]), "{}", strategy.name());
    }
}

#[test]
fn some_look_at_load_and_one_of_them_plans() {
    let view = view(&[0.0; 2], &[WELL; 2], None);
    let mut looking = Vec::new();
    for strategy in that_know_all().iter().chain(&that_know_only_the_first()) {
        if strategy.looks_at_load() {
            looking.push(strategy.name());
        }
        let plans = strategy.plan(&view.health, &view.load).is_some();
        assert_eq!(plans, strategy.name() == "waterfall", "{}", strategy.name());
    }
    assert_eq!(
        looking,
        ["waterfall", "least utilized", "power of two", "oracle"]
    );
}

#[test]
fn around_a_failed_region_traffic_goes_by_the_failover() {
    let ms = [10, 20, 30];
    let idle = [0.0; 3];
    for failover in [Failover::NextClosest, Failover::EvenSpread] {
        let healthy = view(&idle, &[WELL; 3], None);
        assert_answers(&latency(failover, &ms), &healthy, &[1.0, 0.0, 0.0]);
    }
    let failed = view(&idle, &[ILL, WELL, WELL], None);
    assert_answers(
        &latency(Failover::NextClosest, &ms),
        &failed,
        &[0.0, 1.0, 0.0],
    );
    assert_answers(
        &latency(Failover::EvenSpread, &ms),
        &failed,
        &[0.0, 0.5, 0.5],
    );
}

/// By hand: each of three pairs is drawn as often, and of each the less utilized is chosen.
#[test]
fn of_two_by_lot_the_less_utilized_is_chosen() {
    let two = |regions| Strategy::PowerOfTwo(PowerOfTwo::new(rtts(&vec![10; regions])));
    let third = 1.0 / 3.0;
    let three = view(&[9.0, 1.0, 5.0], &[WELL; 3], None);
    assert_answers(&two(3), &three, &[0.0, 2.0 * third, third]);
    assert_answers(&two(2), &view(&[9.0, 1.0], &[WELL; 2], None), &[0.0, 1.0]);
    assert_answers(&two(2), &view(&[1.0, 9.0], &[WELL; 2], None), &[1.0, 0.0]);
    let one = view(&[1.0, 9.0], &[OFF, WELL], None);
    assert_answers(&two(2), &one, &[0.0, 1.0]);
}

#[test]
fn a_plan_is_kept_to_where_it_can_be() {
    let plan = |shares: &[f64]| Some(IdMap::new(vec![shares.iter().copied().collect()]));
    let strategy = waterfall(&[10, 20]);
    let idle = [0.0; 2];
    let halves = view(&idle, &[WELL; 2], plan(&[0.5, 0.5]));
    assert_answers(&strategy, &halves, &[0.5, 0.5]);
    let elsewhere = view(&idle, &[ILL, WELL], plan(&[1.0, 0.0]));
    assert_answers(&strategy, &elsewhere, &[0.0, 1.0]);
}

#[test]
fn lots_are_drawn_among_those_that_have_a_weight() {
    let weighted =
        |weights: &[f64]| Strategy::Weighted(Weighted::new(weights.iter().copied().collect()));
    let healthy = view(&[0.0; 4], &[WELL; 4], None);
    assert_answers(
        &weighted(&[1.0, 2.0, 0.0, 5.0]),
        &healthy,
        &[0.125, 0.25, 0.0, 0.625],
    );
    // A region that is healthy, but has no weight, does not keep the others out.
    let ill = view(&[0.0; 2], &[WELL, ILL], None);
    assert_answers(&weighted(&[0.0, 1.0]), &ill, &[0.0, 1.0]);
}

#[test]
fn the_first_level_that_is_there_takes_all_if_nobody_is_healthy() {
    let levels = [vec![region(0)], vec![region(1)], vec![region(2)]];
    let levels = Overprovisioned::new(&levels, 3, (1.4, ratio(0.5)));
    let strategy = Strategy::Overprovisioned(levels);
    let idle = [0.0; 3];
    assert_answers(
        &strategy,
        &view(&idle, &[OFF, ILL, ILL], None),
        &[0.0, 1.0, 0.0],
    );
    assert_answers(
        &strategy,
        &view(&idle, &[ILL, ILL, OFF], None),
        &[1.0, 0.0, 0.0],
    );
}

#[test]
fn what_is_offline_is_not_assigned_to_anybody() {
    let lists = IdMap::new(vec![vec![region(0), region(1)]]);
    let strategy = Strategy::Geographic(Geographic::new(lists));
    assert_answers(&strategy, &view(&[0.0; 2], &[OFF, ILL], None), &[0.0, 1.0]);
    assert_answers(&strategy, &view(&[0.0; 2], &[ILL, ILL], None), &[1.0, 0.0]);
}

/// Goal: of equally good regions the oracle takes the first; half a round trip leads there.
#[test]
fn an_oracle_is_as_near_as_half_a_round_trip() {
    let oracle = Oracle::new(rtts(&[20, 20, 8]));
    let way = |index| oracle.way(PopulationId::new(0), region(index));
    assert_eq!([way(0), way(2)], [10, 4].map(SimDuration::from_millis));
    let strategy = Strategy::Oracle(oracle);
    let health = [WELL, WELL, OFF];
    assert_answers(&strategy, &view(&[0.0; 3], &health, None), &[1.0, 0.0, 0.0]);
}
