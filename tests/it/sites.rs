//! Sites of back ends: which one is called, what outages do to them, and what caches keep from them.

use gatefleet::experiment::CallerResult;
use gatefleet::model::{
    BackendPart, Blame, BreakerSpec, CacheSpec, CallEnd, Cause, Choice, ClientSpec, FleetSpec,
    OutageMode, OutageSpec, Outcome, RegionId, RequestEnd, Scope, SiteId, SiteSpec,
};
use gatefleet::stats::Estimate;
use gatefleet::units::IdMap;

use crate::backend_world::{constant, failed, fleet, hit, log, share, site, the_backend};
use crate::support::{outage, result, seconds, study};
use crate::validation::{Effort, Figure};

/// Goal: a pool calls the sites of the smallest number of priority that breakers let through, and
/// comes back to them.
#[test]
fn a_pool_goes_down_its_priorities_and_back() {
    let second = SiteSpec {
        priority: 2,
        ..site(0, &[0.0], constant(0.01))
    };
    let mut fleet = fleet(
        1,
        50.0,
        (vec![site(0, &[0.05], constant(0.01)), second], 150.0),
    );
    let spec = the_backend(&mut fleet);
    spec.attempts = 2;
    spec.breaker = Some(BreakerSpec {
        failures: 2,
        window: seconds(30.0),
        open_for: seconds(15.0),
        half_open: None,
    });
    let gone = hit(&fleet, Some(0), BackendPart::All, OutageMode::Refuse);
    fleet.outages = IdMap::new(vec![gone]);
    let all = log(&fleet);
    assert_eq!(all.sent_between(0.0, 20.0, 1), 0);
    assert!(all.sent_between(20.5, 35.0, 0) < 5, "the breaker is open");
    assert_eq!(all.sent_between(80.0, 150.0, 1), 0, "the first is back");
    assert!(all.ends.iter().all(|end| end.outcome == Outcome::Succeeded));
}

/// Goal: weights are shares. Method: 3 to 1 of some 6,000 calls, within four standard deviations.
#[test]
fn a_pool_divides_calls_by_weight() {
    let heavy = SiteSpec {
        weight: 3,
        ..site(0, &[0.05], constant(0.01))
    };
    let mut fleet = fleet(
        1,
        100.0,
        (vec![site(0, &[0.0], constant(0.01)), heavy], 60.0),
    );
    the_backend(&mut fleet).choice = Choice::Weighted;
    let all = log(&fleet);
    let [light, heavy] = [0, 1].map(|site| all.sent_between(0.0, 60.0, site) as f64);
    let calls = light + heavy;
    let tolerance = 4.0 * (calls * 0.75 * 0.25).sqrt();
    assert!(
        (heavy - 0.75 * calls).abs() < tolerance,
        "{heavy} of {calls}"
    );
}

/// Goal: each region calls the closest site, unless sites are named for it.
#[test]
fn a_region_calls_the_closest_site_or_the_one_named_for_it() {
    let near = [
        site(0, &[0.001, 0.1], constant(0.01)),
        site(1, &[0.1, 0.001], constant(0.01)),
    ];
    let took = |fleet: &FleetSpec| -> Vec<f64> {
        let ends = log(fleet).ends;
        let of = |region: usize| {
            let mut ends = ends
                .iter()
                .filter(|end| end.region == RegionId::new(region));
            let end = ends.next().unwrap();
            (end.ended - end.started).as_secs_f64()
        };
        [0, 1].map(of).to_vec()
    };
    let fleet_of = |sites: Vec<SiteSpec>| fleet(2, 20.0, (sites, 20.0));
    assert_eq!(took(&fleet_of(near.to_vec())), [0.012, 0.012]);
    let mut named = near.to_vec();
    named[0].serves = vec![RegionId::new(1)];
    named[1].serves = vec![RegionId::new(0)];
    assert_eq!(took(&fleet_of(named)), [0.111, 0.111]);
    // What names nobody serves those whom nobody names.
    let mut named = near.to_vec();
    named[0].serves = vec![RegionId::new(1)];
    assert_eq!(took(&fleet_of(named)), [0.111, 0.111]);
}

/// Goal: a site dies with its region, wherever the calls come from: gateways everywhere do not help
/// if what stands behind them is in one place.
#[test]
fn one_back_end_in_the_primary_takes_every_region_down() {
    let mut fleet = fleet(
        2,
        20.0,
        (vec![site(0, &[0.001, 0.1], constant(0.01))], 100.0),
    );
    fleet.outages = IdMap::new(vec![outage(&fleet, 0, 20.0, 40.0)]);
    the_backend(&mut fleet).timeout = seconds(5.0);
    let result = result(&study(fleet, 10.0, 5));
    let during = result.fleet.phases[1].availability.unwrap();
    assert!(during.mean < 0.01, "{during:?}");
    let lost = &result.outages[0].lost_by_blame;
    assert!(lost[Blame::Backend as usize] > 1_400.0, "{lost:?}");
    // Who is told at once that the region is gone goes to the other, and finds no back end there.
    assert_eq!(result.fleet.phases[2].failed, 0);
}

/// Goal: slow, gray and small back ends, by arithmetic.
#[test]
fn a_back_end_can_be_slow_or_gray_or_small() {
    let mut fleet = fleet(1, 100.0, (vec![site(0, &[0.0], constant(0.1))], 100.0));
    let slow = hit(&fleet, None, BackendPart::Speed(4.0), OutageMode::Blackhole);
    fleet.outages = IdMap::new(vec![slow]);
    for end in log(&fleet).begun(20.0, 59.9) {
        assert_eq!(end.ended - end.started, seconds(0.401));
    }
    let gray = hit(
        &fleet,
        None,
        BackendPart::Gray(share(0.3)),
        OutageMode::Blackhole,
    );
    fleet.outages = IdMap::new(vec![gray]);
    let all = log(&fleet);
    let begun = all.begun(20.0, 59.9).count() as f64;
    let bad = all
        .begun(20.0, 59.9)
        .filter(|end| end.outcome == failed(Cause::Backend));
    let tolerance = 4.0 * (begun * 0.21).sqrt();
    assert!((bad.count() as f64 - 0.3 * begun).abs() < tolerance);
    // Ten workers serve 100/s; of a fifth of them 20/s come through.
    let station = SiteSpec {
        workers: Some(20),
        queue_limit: Some(0),
        ..site(0, &[0.0], constant(0.1))
    };
    let mut fleet = self::fleet(1, 100.0, (vec![station], 100.0));
    let small = hit(
        &fleet,
        None,
        BackendPart::Capacity(share(0.9)),
        OutageMode::Refuse,
    );
    fleet.outages = IdMap::new(vec![small]);
    let all = log(&fleet);
    // Erlang B at 10 erlang: two workers lose 82 %, twenty 0.2 %.
    let loss = |from_s, to_s| {
        let lost = all
            .begun(from_s, to_s)
            .filter(|end| end.outcome == failed(Cause::Backend));
        lost.count() as f64 / all.begun(from_s, to_s).count() as f64
    };
    let theory = [2, 20].map(|workers| gatefleet::stats::queueing::erlang_b(workers, 10.0));
    assert!(
        (loss(21.0, 59.0) - theory[0]).abs() < 0.03,
        "{} {}",
        loss(21.0, 59.0),
        theory[0]
    );
    assert!(
        (loss(61.0, 100.0) - theory[1]).abs() < 0.01,
        "{} {}",
        loss(61.0, 100.0),
        theory[1]
    );
}

/// Goal: calls are lost with the gateway, or with the VM, that made them, and with nothing else.
/// Method: calls of ten seconds, so that some 1,000 are under way when two of four VMs go, or all.
#[test]
fn calls_are_lost_with_the_machines_that_wait_for_them() {
    let mut fleet = fleet(1, 100.0, (vec![site(0, &[0.0], constant(10.0))], 100.0));
    let region = &mut fleet.regions[RegionId::new(0)];
    (region.units, region.vms_per_unit, region.workers) = (2, 2, 64);
    fleet.backends.as_mut().unwrap().sites[SiteId::new(0)].region = None;
    for (scope, lost) in [(Scope::Vms(2), 0.5), (Scope::Region, 1.0)] {
        fleet.outages = IdMap::new(vec![OutageSpec {
            mode: OutageMode::Refuse,
            scope,
            ..outage(&fleet, 0, 20.0, 1.0)
        }]);
        let all = log(&fleet);
        let inside: Vec<&RequestEnd> = all.begun(10.1, 19.9).collect();
        let reset = |end: &&&RequestEnd| match end.outcome {
            Outcome::Failed { cause, .. } => cause == Cause::Reset,
            Outcome::Succeeded => false,
        };
        let share = inside.iter().filter(reset).count() as f64 / inside.len() as f64;
        // Four standard deviations.
        let tolerance = 4.0 * 0.5 / (inside.len() as f64).sqrt();
        assert!((share - lost).abs() < tolerance, "{scope:?}: {share}");
        let dropped = all
            .ended
            .iter()
            .filter(|(_, end)| *end == CallEnd::Dropped)
            .count();
        assert!(
            (dropped as f64 - lost * inside.len() as f64).abs() < 100.0,
            "{dropped}"
        );
    }
}

/// Two regions with a cache each, whose back end answers at once.
fn cached() -> (CacheSpec, FleetSpec) {
    let cache = CacheSpec {
        cacheable: share(0.9),
        items: 300,
        skew: 0.8,
        ttl: seconds(20.0),
        is_shared: false,
    };
    let sites = vec![SiteSpec {
        region: None,
        ..site(0, &[0.0, 0.0], constant(0.0))
    }];
    let mut fleet = fleet(2, 100.0, (sites, 400.0));
    fleet.period.warm_up = seconds(60.0);
    for region in &mut fleet.regions {
        region.cache = Some(cache);
    }
    (cache, fleet)
}

/// Both regions' caches in the long run.
pub(crate) fn warm_caches(effort: Effort) -> Vec<Figure> {
    let (cache, fleet) = cached();
    let theory = cache.hit_ratio(100.0);
    let result = effort.result(fleet, 10.0, 10);
    let callers = result.backends.as_ref().unwrap().callers.iter();
    let figure = |(region, caller): (usize, &CallerResult)| {
        let name = format!("region {region}: hit ratio");
        let ratio = caller.hit_ratio.as_ref();
        Figure::estimated(name, ratio, (theory, result.replications))
    };
    callers.enumerate().map(figure).collect()
}

/// Goal: a failover finds a cold cache, so that calls of back ends jump by more than the traffic does.
/// Method: two regions with a cache each; the second takes over the first's clients, who ask for answers
/// of their own.
#[test]
fn a_cache_is_cold_after_a_failover() {
    let (_, mut fleet) = cached();
    fleet.outages = IdMap::new(vec![outage(&fleet, 0, 200.0, 100.0)]);
    let failed_over = result(&study(fleet, 10.0, 10));
    let backends = failed_over.backends.as_ref().unwrap();
    let ratio = |region: usize, window: usize| -> Estimate {
        let caller = &backends.callers[RegionId::new(region)];
        caller.windows[window].hit_ratio.unwrap()
    };
    let is_colder = |one: Estimate, other: Estimate| {
        one.mean + one.half_width.unwrap() < other.mean - other.half_width.unwrap()
    };
    assert!(
        is_colder(ratio(1, 20), ratio(1, 19)),
        "cold for those who come"
    );
    assert!(!is_colder(ratio(1, 26), ratio(1, 19)), "warm again");
    // The cache of the failed one is empty when it is back: as cold for all as it was for half.
    assert!(is_colder(ratio(0, 30), ratio(1, 20)));
    assert!(!is_colder(ratio(0, 38), ratio(1, 19)));
    let calls = |window: usize| {
        backends.sites[SiteId::new(0)].windows[window]
            .calls_per_s
            .mean
    };
    assert!(calls(20) > 1.2 * calls(19), "{} {}", calls(20), calls(19));
}

/// Goal: a client that leaves while the back end works is the back end's loss, and what is under way
/// goes on.
#[test]
fn a_client_that_gives_up_on_a_slow_back_end_blames_it() {
    let mut fleet = fleet(1, 20.0, (vec![site(0, &[0.0], constant(2.0))], 60.0));
    for population in &mut fleet.populations {
        population.client = ClientSpec {
            timeout: Some(seconds(1.0)),
            ..ClientSpec::patient()
        };
    }
    let all = log(&fleet);
    for end in &all.ends {
        assert_eq!(end.outcome, failed(Cause::Timeout));
        assert_eq!(end.ended - end.started, seconds(1.0));
    }
    let answered = all
        .ended
        .iter()
        .filter(|(_, end)| *end == CallEnd::Answered);
    assert!(answered.count() > 1_000);
}
