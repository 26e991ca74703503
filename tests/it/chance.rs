//! Outages by chance against the theory of availability.

use gatefleet::experiment::{Alone, StudyResult, run};
use gatefleet::model::{Fate, FleetSpec, HazardSpec, Observer, OutageMode, OutageSpec, RegionId};
use gatefleet::random::{Distribution, StreamSeed};
use gatefleet::stats::Estimate;
use gatefleet::units::{Id, IdMap, SimTime};

use crate::support::{
    World, assert_estimates, exponential, outage, replicate, result, seconds, study,
};

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

/// Goal: a region that is all there is, and refuses while it is down, is available for
/// MTBF / (MTBF + MTTR), whatever the distributions.
#[test]
fn a_lone_region_is_available_for_its_share_of_the_time() {
    let lognormal = Distribution::lognormal_mean_cv(seconds(100.0), 1.5).unwrap();
    let weibull = Distribution::weibull(seconds(900.0), 0.8).unwrap();
    let uniform = Distribution::uniform(seconds(20.0), seconds(180.0)).unwrap();
    for times in [
        exponentials(900.0, 100.0),
        [weibull, lognormal],
        [Distribution::constant(seconds(900.0)), uniform],
    ] {
        let mut fleet = fleet(1, 0.2, 200_000.0);
        fleet.hazards = IdMap::new(vec![hazard(&fleet, &[0], times.clone())]);
        let result = result(&study(fleet, 20_000.0, 60));
        let name = format!("{times:?}");
        assert_estimates(&name, Some(&unavailability(&result)), 0.1);
        assert_estimates(&name, Some(&result.hazards[0].down), 0.1);
    }
}

/// Goal: a run that is shorter than the time between outages sees its share of them, not none.
/// Method: 300 s of an outage every 900 s sharp that lasts 100 s.
#[test]
fn a_short_run_is_a_stretch_of_a_long_one() {
    let mut fleet = fleet(1, 1.0, 300.0);
    let times = [900.0, 100.0].map(|time| Distribution::constant(seconds(time)));
    fleet.hazards = IdMap::new(vec![hazard(&fleet, &[0], times)]);
    let result = result(&study(fleet, 300.0, 6_000));
    assert_estimates("unavailability", Some(&unavailability(&result)), 0.1);
}

/// Goal: regions that fail for themselves are all down with the product of their shares; those that
/// fail by one cause, with its share. Method: each is down for a fifth of the time, and the router
/// knows everything.
#[test]
fn independent_regions_multiply_and_correlated_ones_do_not() {
    for regions in [2, 3] {
        let fleet = fleet(regions, 0.2, 400_000.0);
        let all: Vec<usize> = (0..regions).collect();
        let alone = |&region: &usize| hazard(&fleet, &[region], exponentials(400.0, 100.0));
        let independent = all.iter().map(alone).collect();
        let together = vec![hazard(&fleet, &all, exponentials(400.0, 100.0))];
        let expected = 0.2_f64.powi(i32::try_from(regions).unwrap());
        for (hazards, expected) in [(independent, expected), (together, 0.2)] {
            let hazards = IdMap::new(hazards);
            let fleet = FleetSpec {
                hazards,
                ..fleet.clone()
            };
            let result = result(&study(fleet, 40_000.0, 60));
            let name = format!("{regions} regions");
            assert_estimates(&name, Some(&unavailability(&result)), expected);
        }
    }
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

/// Goal: of three regions that fail for themselves, so many are down at once as a binomial law says.
#[test]
fn the_number_of_regions_that_are_down_is_binomial() {
    let mut fleet = fleet(3, 0.0, 400_000.0);
    let alone = |region: usize| hazard(&fleet, &[region], exponentials(400.0, 100.0));
    fleet.hazards = IdMap::new((0..3).map(alone).collect());
    let runs = replicate(&fleet, 60, Down::default);
    for (down, expected) in [0.512, 0.384, 0.096, 0.008].into_iter().enumerate() {
        let share = |run: &Down| run.times_s[down] / run.times_s.iter().sum::<f64>();
        let shares: Vec<f64> = runs.iter().map(share).collect();
        assert_estimates(
            &format!("{down} down"),
            Estimate::of(&shares).as_ref(),
            expected,
        );
    }
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

/// Goal: what comes by chance has a stream of its own. Method: with another hazard, another strategy
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
