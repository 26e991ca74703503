//! Outages by chance against the theory of availability.

use gatefleet::experiment::{Alone, StudyResult, run};
use gatefleet::model::{Fate, FleetSpec, HazardSpec, Observer, OutageMode, OutageSpec, RegionId};
use gatefleet::random::{Distribution, StreamSeed};
use gatefleet::stats::Estimate;
use gatefleet::units::{Id, IdMap, SimTime};

use crate::support::{World, assert_estimates, exponential, outage, result, seconds, study};
use crate::validation::{Effort, Figure};

/// Regions without any way to them and with more room than anybody needs, and one population that
/// goes to the first that is up.
fn fleet(regions: usize, rate: f64, duration_s: f64) -> FleetSpec {
    let ways = vec![0; regions];
    let world = World {
        workers: 100,
        service: Distribution::constant(seconds(1e-6)),
        rate,
        one_way_ms: &[&ways],
        warm_up_s: 0.0,
        duration_s,
    };
    world.fleet()
}

fn refusing(fleet: &FleetSpec, region: usize) -> OutageSpec {
    OutageSpec {
        mode: OutageMode::Refuse,
        ..outage(fleet, region, 0.0, 0.0)
    }
}

/// A hazard that takes regions down all at once.
fn hazard(fleet: &FleetSpec, regions: &[usize], [mtbf, mttr]: [Distribution; 2]) -> HazardSpec {
    let outages = regions.iter().map(|&region| refusing(fleet, region));
    HazardSpec {
        mtbf,
        mttr,
        outages: outages.collect(),
    }
}

fn exponentials(mtbf_s: f64, mttr_s: f64) -> [Distribution; 2] {
    [exponential(mtbf_s), exponential(mttr_s)]
}

/// The share of requests that failed.
fn unavailability(result: &StudyResult) -> Estimate {
    let availability = result.fleet.overall.availability.unwrap();
    Estimate {
        mean: 1.0 - availability.mean,
        ..availability
    }
}

/// A region that is all there is, and refuses while it is down, whatever the distributions.
pub(crate) fn a_lone_region(effort: Effort) -> Vec<Figure> {
    let lognormal = Distribution::lognormal_mean_cv(seconds(100.0), 1.5).unwrap();
    let weibull = Distribution::weibull(seconds(900.0), 0.8).unwrap();
    let uniform = Distribution::uniform(seconds(20.0), seconds(180.0)).unwrap();
    let constant = Distribution::constant(seconds(900.0));
    let mut figures = Vec::new();
    for (name, times) in [
        ("exponential, exponential", exponentials(900.0, 100.0)),
        ("Weibull, lognormal", [weibull, lognormal]),
        ("constant, uniform", [constant, uniform]),
    ] {
        let mut fleet = fleet(1, 0.2, 200_000.0);
        fleet.hazards = IdMap::new(vec![hazard(&fleet, &[0], times)]);
        let result = effort.result(fleet, 20_000.0, 60);
        for (what, share) in [
            ("share of requests lost", unavailability(&result)),
            ("share of time down", result.hazards[0].down),
        ] {
            let name = format!("{name}: {what}");
            figures.push(Figure::estimated(
                name,
                Some(&share),
                (0.1, result.replications),
            ));
        }
    }
    figures
}

/// A run that is shorter than the time between outages sees its share of them, not none: 300 s of an
/// outage every 900 s sharp that lasts 100 s.
pub(crate) fn short_runs(effort: Effort) -> Vec<Figure> {
    let mut fleet = fleet(1, 1.0, 300.0);
    let times = [900.0, 100.0].map(|time| Distribution::constant(seconds(time)));
    fleet.hazards = IdMap::new(vec![hazard(&fleet, &[0], times)]);
    let result = effort.result(fleet, 300.0, 6_000);
    vec![Figure::estimated(
        "runs of 300 s, an outage of 100 s every 1,000 s: share lost",
        Some(&unavailability(&result)),
        (0.1, result.replications),
    )]
}

/// Each region is down for a fifth of the time, and the router knows everything.
pub(crate) fn independent_and_correlated(effort: Effort) -> Vec<Figure> {
    let mut figures = Vec::new();
    for regions in [2, 3] {
        let fleet = fleet(regions, 0.2, 400_000.0);
        let all: Vec<usize> = (0..regions).collect();
        let alone = |&region: &usize| hazard(&fleet, &[region], exponentials(400.0, 100.0));
        let independent = all.iter().map(alone).collect();
        let together = vec![hazard(&fleet, &all, exponentials(400.0, 100.0))];
        let expected = 0.2_f64.powi(i32::try_from(regions).unwrap());
        for (name, hazards, expected) in [
            ("each for itself", independent, expected),
            ("all together", together, 0.2),
        ] {
            let hazards = IdMap::new(hazards);
            let fleet = FleetSpec {
                hazards,
                ..fleet.clone()
            };
            let result = effort.result(fleet, 40_000.0, 120);
            figures.push(Figure::estimated(
                format!("{regions} regions, {name}: share lost"),
                Some(&unavailability(&result)),
                (expected, result.replications),
            ));
        }
    }
    figures
}

/// How long so many regions were down.
#[derive(Default)]
struct Down {
    count: usize,
    since: SimTime,
    times_s: [f64; 4],
}

impl Down {
    fn advance(&mut self, now: SimTime) {
        self.times_s[self.count] += now.since(self.since).as_secs_f64();
        self.since = now;
    }
}

impl Observer for Down {
    fn condition_changed(&mut self, now: SimTime, _region: RegionId, is_serving: bool) {
        self.advance(now);
        self.count = if is_serving {
            self.count - 1
        } else {
            self.count + 1
        };
    }

    fn run_ended(&mut self, now: SimTime) {
        self.advance(now);
    }
}

/// Three regions that fail for themselves.
pub(crate) fn regions_down_at_once(effort: Effort) -> Vec<Figure> {
    let mut fleet = fleet(3, 0.0, 400_000.0);
    let alone = |region: usize| hazard(&fleet, &[region], exponentials(400.0, 100.0));
    fleet.hazards = IdMap::new((0..3).map(alone).collect());
    let runs = effort.replicate(&fleet, 60, Down::default);
    let figure = |down: usize| {
        let share = |run: &Down| run.times_s[down] / run.times_s.iter().sum::<f64>();
        let shares: Vec<f64> = runs.iter().map(share).collect();
        let expected = [0.512, 0.384, 0.096, 0.008][down];
        Figure::mean_of(
            format!("{down} of 3 down: share of time"),
            &shares,
            expected,
        )
    };
    (0..4).map(figure).collect()
}

/// Goal: an outage by chance is told of by strike. Method: sharp times, and a router that knows.
#[test]
fn strikes_are_told_of_by_their_means() {
    let mut fleet = fleet(1, 2.0, 50_000.0);
    let times = [900.0, 100.0].map(|time| Distribution::constant(seconds(time)));
    fleet.hazards = IdMap::new(vec![hazard(&fleet, &[0], times)]);
    let result = result(&study(fleet, 5_000.0, 8));
    let hazard = &result.hazards[0];
    let mean = |estimate: Option<Estimate>| estimate.unwrap().mean;
    assert!((49.0..=51.0).contains(&hazard.strikes_per_run.mean));
    assert!((mean(hazard.length_s) - 100.0).abs() < 1e-6);
    assert!((hazard.down.mean - 0.1).abs() < 0.002);
    assert!(
        mean(hazard.time_to_detect_s.time_s).abs() < 1e-9,
        "it knows"
    );
    let recovered = mean(hazard.time_to_recover_s.time_s);
    assert!((95.0..=100.0).contains(&recovered), "{recovered}");
    let lost = mean(hazard.lost_per_strike);
    assert!((190.0..=210.0).contains(&lost), "{lost}");
    let phases = &result.fleet.phases;
    assert_eq!(
        [phases[0].failed, phases[2].failed],
        [0, 0],
        "all failed during outages"
    );
    assert_eq!(phases[1].failed, result.fleet.overall.failed);
}

/// Goal: what comes by chance has a stream of its own. Method: with another hazard, before or behind it,
/// or another outage, a hazard strikes when it did.
#[test]
fn chance_is_not_moved_by_what_else_there_is() {
    let seed = StreamSeed {
        seed: 1,
        replication: 3,
    };
    let mut fleet = fleet(2, 1.0, 20_000.0);
    fleet.hazards = IdMap::new(vec![hazard(&fleet, &[0], exponentials(900.0, 100.0))]);
    let strikes = |fleet: &FleetSpec| Fate::draw(fleet, seed).strikes[Id::new(0)].clone();
    let alone = strikes(&fleet);
    assert!(alone.spans.len() > 5);
    let mut more = fleet.clone();
    more.outages = IdMap::new(vec![outage(&fleet, 1, 5.0, 5.0)]);
    let others = [
        hazard(&fleet, &[0], exponentials(900.0, 100.0)),
        hazard(&fleet, &[1], exponentials(50.0, 10.0)),
    ];
    more.hazards = IdMap::new(others.to_vec());
    assert_eq!(strikes(&more), alone);
    let mut reversed = more.clone();
    reversed.hazards = more.hazards.iter().rev().cloned().collect();
    let strikes_last = &Fate::draw(&reversed, seed).strikes[Id::new(1)];
    assert_eq!(*strikes_last, alone, "in another order of the file");
    let fate = Fate::draw(&more, seed);
    let spans: Vec<[SimTime; 2]> = fate.strikes.iter().flat_map(|s| s.spans.clone()).collect();
    let outages = fate.fleet.outages.iter().skip(1);
    let brought: Vec<[SimTime; 2]> = outages.map(|o| [o.start, o.end]).collect();
    assert_eq!(brought, spans, "behind the listed ones, in order");
}

/// Goal: threads do not matter. Method: the same study on one and on four.
#[test]
fn threads_do_not_change_what_chance_brings() {
    let mut fleet = fleet(2, 2.0, 5_000.0);
    let hazards = [[0].as_slice(), &[0, 1]];
    let hazards = hazards.map(|regions| hazard(&fleet, regions, exponentials(500.0, 50.0)));
    fleet.hazards = IdMap::new(hazards.to_vec());
    let study = study(fleet, 500.0, 12);
    let [one, four] = [1, 4].map(|threads| run(&study, Some(threads), &Alone).unwrap());
    assert_eq!(one, four);
    assert!(one.hazards.iter().all(|hazard| hazard.strikes > 0));
}

/// Goal: minutes lost are the share of a month's requests that failed, of all of its minutes. Method:
/// 70 days, of which the region is down from the 10th to the 13th.
#[test]
fn minutes_lost_are_counted_by_whole_months() {
    const DAY_S: f64 = 86_400.0;
    let mut fleet = fleet(1, 0.01, 70.0 * DAY_S);
    fleet.outages = IdMap::new(vec![OutageSpec {
        mode: OutageMode::Refuse,
        ..outage(&fleet, 0, 10.0 * DAY_S, 3.0 * DAY_S)
    }]);
    let result = result(&study(fleet, DAY_S, 6));
    let months = result.months.unwrap();
    assert_eq!(
        months.months.len(),
        12,
        "two of each run: the third is not whole"
    );
    for month in &months.months {
        let expected = month.record.failed as f64 / month.record.offered as f64 * 43_200.0;
        assert!((month.minutes_lost().unwrap() - expected).abs() < 1e-9);
        assert_eq!(month.record.failed > 0, month.month == 0);
    }
    assert_estimates(
        "minutes lost",
        months.minutes_lost.as_ref(),
        43_200.0 * 0.1 / 2.0,
    );
    let within = months.within.map(|share| share.unwrap().mean);
    assert!(
        within.iter().all(|share| (share - 0.5).abs() < 1e-9),
        "{within:?}"
    );
    let [median, .., worst] = months.quantiles.unwrap();
    assert!(median.abs() < 1e-9 && worst > 4_000.0);
}

#[test]
fn a_run_that_is_shorter_than_a_month_has_none() {
    let result = result(&study(fleet(1, 0.01, 29.0 * 86_400.0), 86_400.0, 1));
    assert_eq!(result.months, None);
}
