//! Variants on the same traffic: what is shared, what differs, and how far intervals can be
//! trusted.

use gatefleet::experiment::{Alone, Comparison, Metric, Study, Variant, compare};
use gatefleet::model::routing::{Failover, Priority, Strategy, Weighted};
use gatefleet::model::{Backoff, FleetSpec, Observer, PopulationId, RegionId, RetrySpec};
use gatefleet::stats::Estimate;
use gatefleet::units::{IdMap, SimTime};

use crate::cli::Place;
use crate::support::{
    THREE_REGIONS_MS, World, exponential, latency, m_m_1, outage, replicate, seconds, study,
};

/// Three regions, the second down in the middle third.
fn fleet() -> FleetSpec {
    let world = World {
        workers: 8,
        service: exponential(0.010),
        rate: 300.0,
        one_way_ms: THREE_REGIONS_MS,
        warm_up_s: 5.0,
        duration_s: 30.0,
    };
    let mut fleet = world.fleet();
    fleet.jitter = 0.03;
    fleet.outages = IdMap::new(vec![outage(&fleet, 1, 10.0, 10.0)]);
    fleet
}

/// When every request was offered, and whose it was.
#[derive(Default)]
struct Offered(Vec<(SimTime, usize)>);

impl Observer for Offered {
    fn request_offered(&mut self, now: SimTime, population: PopulationId) {
        self.0.push((now, population.index()));
    }
}

/// Goal: strategies are compared on identical traffic, to the nanosecond.
#[test]
fn all_strategies_are_offered_the_same_requests() {
    let offered = |strategy: fn(&FleetSpec) -> Strategy| {
        let mut fleet = fleet();
        fleet.routing.strategy = strategy(&fleet);
        let runs = replicate(&fleet, 2, Offered::default);
        // A run ends when every measured request has: what is offered later need not agree.
        let end = fleet.period.end();
        runs.into_iter()
            .map(|run| run.0.into_iter().filter(|&(at, _)| at < end).collect())
            .collect::<Vec<Vec<(SimTime, usize)>>>()
    };
    let closest = offered(|fleet| latency(Failover::NextClosest, &fleet.populations));
    assert!(closest[0].len() > 25_000 && closest[0] != closest[1]);
    assert_eq!(
        closest,
        offered(|fleet| latency(Failover::EvenSpread, &fleet.populations))
    );
    assert_eq!(closest, offered(|_| Strategy::RoundRobin));
}

/// Goal: what a strategy draws does not change what retries wait for. Method: two strategies that
/// answer the same, of which one draws lots for it; every retry asks the router.
#[test]
fn lots_of_the_router_leave_retries_alone() {
    let run = |strategy| {
        let mut fleet = fleet();
        fleet.routing.strategy = strategy;
        for population in &mut fleet.populations {
            population.client.timeout = Some(seconds(0.150));
            population.client.retry = RetrySpec {
                attempts: 3,
                backoff: Backoff::FullJitter {
                    base: seconds(0.1),
                    cap: seconds(1.0),
                },
                ..RetrySpec::never()
            };
        }
        study(fleet, 5.0, 5)
    };
    let regions = [1.0, 0.0, 0.0];
    let comparison = against(
        run(Strategy::Priority(Priority::new(vec![RegionId::new(0)]))),
        run(Strategy::Weighted(Weighted::new(IdMap::new(
            regions.to_vec(),
        )))),
        None,
    );
    let [one, other] = comparison.variants.as_slice() else {
        panic!("two variants");
    };
    let overall = &one.result.fleet.overall;
    assert!(
        overall.attempts > overall.offered * 11 / 10,
        "there are retries"
    );
    assert_eq!(one.result.fleet, other.result.fleet);
}

fn variants(studies: [(&str, Study); 2]) -> Vec<Variant> {
    let variant = |(name, study): (&str, Study)| Variant {
        name: name.to_owned(),
        study,
    };
    studies.into_iter().map(variant).collect()
}

fn against(one: Study, other: Study, threads: Option<usize>) -> Comparison {
    let variants = variants([("one", one), ("other", other)]);
    compare(&variants, 0, (threads, &Alone)).unwrap()
}

/// Goal: what is the same has no difference, and pairing sees that at once.
#[test]
fn a_variant_does_not_differ_from_itself() {
    let same = against(study(fleet(), 5.0, 5), study(fleet(), 5.0, 5), None);
    assert!(same.is_same_traffic);
    for difference in same.variants[1].differences.iter().flatten() {
        assert_eq!(difference.difference.mean.to_bits(), 0.0_f64.to_bits());
        assert!(!difference.is_significant());
    }
}

#[test]
fn threads_do_not_change_a_comparison() {
    let run = |threads| {
        let mut other = fleet();
        other.routing.strategy = Strategy::RoundRobin;
        against(study(fleet(), 5.0, 6), study(other, 5.0, 6), Some(threads))
    };
    let one = run(1);
    let availability = one.variants[1].differences[Metric::LatencyMean as usize];
    assert!(
        availability.unwrap().is_significant(),
        "turns take longer ways"
    );
    assert_eq!(one, run(2));
}

#[test]
fn other_traffic_is_told() {
    let mut other = fleet();
    other.populations[PopulationId::new(0)].traffic =
        gatefleet::model::Traffic::poisson(gatefleet::units::Rate::per_s(310.0).unwrap());
    let comparison = against(study(fleet(), 5.0, 5), study(other, 5.0, 5), None);
    assert!(!comparison.is_same_traffic);
}

/// Goal: 95 % intervals hold the truth 95 % of the time, those of single figures and those of
/// differences. Method: two M/M/1 queues at utilization 0.5 and 0.6, whose mean times in the system
/// are 1 / (1 / service - rate) = 2 s and 3 s, compared a thousand times. Between 93 % and 97 % is
/// three standard deviations of a share of 95 % of a thousand.
#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    let (mut alone, mut paired, mut narrower) = (0, 0, 0.0);
    for seed in 0..1_000 {
        let comparison = against(m_m_1(1.0, seed), m_m_1(1.2, seed), None);
        let [fast, slow] = comparison.variants.as_slice() else {
            panic!("two variants");
        };
        let metric = Metric::LatencyMean as usize;
        let holds = |estimate: &Estimate, truth: f64| {
            u32::from((estimate.mean - truth).abs() <= estimate.half_width.unwrap())
        };
        alone += holds(fast.result.figures.get(Metric::LatencyMean).unwrap(), 2.0);
        let difference = slow.differences[metric].unwrap();
        paired += holds(&difference.difference, 1.0);
        narrower += difference.times_narrower().unwrap() / 1_000.0;
    }
    let range = 930..=970;
    assert!(range.contains(&alone), "single figures: {alone} of 1,000");
    assert!(range.contains(&paired), "differences: {paired} of 1,000");
    assert!(
        narrower > 1.3,
        "demands are shared, so pairing pays: {narrower}"
    );
}

#[test]
fn a_comparison_writes_a_folder_and_a_verdict() {
    let place = Place::with_small();
    let words = [
        "compare",
        "small.yaml",
        "--strategies",
        "latency,{priority: [eastus, westeurope]}",
    ];
    let output = place.run(&words);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(
        text.contains("{priority: [eastus, westeurope]} against latency: "),
        "{text}"
    );
    assert!(
        text.ends_with("\nresults/compare-small/report.html\n"),
        "{text}"
    );
    let read = |name: &str| std::fs::read(place.path("results/compare-small").join(name)).unwrap();
    let files = ["summary.json", "comparison.csv", "comparison.md"];
    let first = files.map(read);
    place.run(&[&words[..], &["--threads", "1"]].concat());
    assert_eq!(files.map(read), first, "the same bytes");
    let summary: serde_json::Value = serde_json::from_slice(&first[0]).unwrap();
    assert_eq!(summary["kind"], "comparison");
    assert_eq!(summary["same_traffic"], true);
    assert_eq!(
        summary["variants"][1]["differences"]["availability"]["pairs"],
        5
    );
}

#[test]
fn what_cannot_be_compared_is_told_before_anything_is_simulated() {
    let place = Place::with_small();
    for (words, told) in [
        (
            vec![],
            "there is only one variant; name another scenario, or add `--strategies`",
        ),
        (
            vec!["--strategies", "latency,latenc"],
            "did you mean `latency`?",
        ),
        (
            vec!["--strategies", "latency,,oracle"],
            "`--strategies` has an empty entry",
        ),
        (vec!["--variant", "routing.tll=3s"], "did you mean `ttl`?"),
        (vec!["--variant", "a:routing"], "`routing` has no `=`"),
        (
            vec!["--variant", "run.seed=3"],
            "leave `run` out of variants, and give scenarios the same by `--seed 1",
        ),
        (
            vec!["--strategies", "latency,latency"],
            "two variants are called `latency`",
        ),
        (
            vec!["--strategies", "latency,oracle", "--baseline", "x"],
            "`--baseline x` is no variant; write one of `latency`, `oracle`",
        ),
    ] {
        let output = place.run(&[&["compare", "small.yaml"], &words[..]].concat());
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}: {errors}");
        assert!(errors.contains(told), "{words:?}: {errors}");
        assert!(!place.path("results").exists(), "{words:?}");
    }
}
