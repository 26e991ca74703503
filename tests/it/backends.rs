//! Back ends: product form, pools, breakers, time-outs, caches, and what outages do to them.

use gatefleet::model::{
    BackendHit, BackendId, BackendPart, BackendSpec, BackendsSpec, Backoff, Blame, BreakerSpec,
    CacheSpec, CallEnd, Cause, Choice, ClientSpec, FleetSpec, Observer, OutageMode, OutageSpec,
    Outcome, RegionId, RequestEnd, Scope, SiteId, SiteSpec,
};
use gatefleet::random::Distribution;
use gatefleet::stats::Estimate;
use gatefleet::stats::queueing::{Offered, mmc_mean_time};
use gatefleet::units::{IdMap, Ratio, SimTime};

use crate::support::{
    World, assert_estimates, exponential, outage, replicate, result, seconds, study,
};

fn constant(s: f64) -> Distribution {
    Distribution::constant(seconds(s))
}

fn share(share: f64) -> Ratio {
    Ratio::new(share).unwrap()
}

/// A site in a region, as far from every gateway as the row says, with any number of workers.
fn site(region: usize, rtt_s: &[f64], service: Distribution) -> SiteSpec {
    SiteSpec {
        backend: BackendId::new(0),
        place: format!("place{region}"),
        region: Some(RegionId::new(region)),
        rtt: rtt_s.iter().map(|&s| seconds(s)).collect(),
        service,
        workers: None,
        queue_limit: None,
        priority: 1,
        weight: 1,
        serves: Vec::new(),
    }
}

/// One back end that everybody needs, with these sites.
fn backend(sites: Vec<SiteSpec>) -> BackendsSpec {
    let spec = BackendSpec {
        name: "orders".into(),
        share: Ratio::ONE,
        choice: Choice::Closest,
        timeout: seconds(300.0),
        attempts: 1,
        backoff: Backoff::None,
        breaker: None,
    };
    BackendsSpec {
        backends: IdMap::new(vec![spec]),
        sites: IdMap::new(sites),
    }
}

/// Regions of one gateway each, without any way to them, whose work takes a millisecond.
fn fleet(regions: usize, rate: f64, (sites, duration_s): (Vec<SiteSpec>, f64)) -> FleetSpec {
    let rows: Vec<Vec<u64>> = (0..regions)
        .map(|home| {
            (0..regions)
                .map(|region| if region == home { 0 } else { 50 })
                .collect()
        })
        .collect();
    let rows: Vec<&[u64]> = rows.iter().map(Vec::as_slice).collect();
    let world = World {
        workers: 16,
        service: constant(0.001),
        rate,
        one_way_ms: &rows,
        warm_up_s: 0.0,
        duration_s,
    };
    FleetSpec {
        backends: Some(backend(sites)),
        ..world.fleet()
    }
}

fn the_backend(fleet: &mut FleetSpec) -> &mut BackendSpec {
    &mut fleet.backends.as_mut().unwrap().backends[BackendId::new(0)]
}

/// An outage of the back end, at all sites or one.
fn hit(fleet: &FleetSpec, site: Option<usize>, part: BackendPart, mode: OutageMode) -> OutageSpec {
    OutageSpec {
        mode,
        scope: Scope::Backend(BackendHit {
            backend: BackendId::new(0),
            site: site.map(SiteId::new),
            part,
        }),
        ..outage(fleet, 0, 20.0, 40.0)
    }
}

/// Counts calls and keeps the ends of requests and the breakers that are open.
#[derive(Clone, Debug, Default)]
struct Log {
    sent: Vec<(SimTime, usize)>,
    ended: Vec<(SimTime, CallEnd)>,
    ends: Vec<RequestEnd>,
    open: u32,
}

impl Observer for Log {
    fn call_sent(&mut self, now: SimTime, site: SiteId) {
        self.sent.push((now, site.index()));
    }

    fn call_ended(&mut self, now: SimTime, _site: SiteId, end: CallEnd) {
        self.ended.push((now, end));
    }

    fn request_ended(&mut self, end: &RequestEnd) {
        self.ends.push(*end);
    }

    fn breakers_changed(&mut self, _now: SimTime, _at: (RegionId, SiteId), open: u32) {
        self.open = open;
    }
}

impl Log {
    fn sent_between(&self, from_s: f64, to_s: f64, site: usize) -> usize {
        let within = |at: SimTime| (from_s..to_s).contains(&at.as_secs_f64());
        let sent = self.sent.iter();
        sent.filter(|&&(at, to)| within(at) && to == site).count()
    }

    /// The requests that began within these times.
    fn begun(&self, from_s: f64, to_s: f64) -> impl Iterator<Item = &RequestEnd> {
        let within = move |at: SimTime| (from_s..to_s).contains(&at.as_secs_f64());
        self.ends.iter().filter(move |end| within(end.started))
    }
}

fn log(fleet: &FleetSpec) -> Log {
    replicate(fleet, 1, Log::default).remove(0)
}

fn failed(cause: Cause) -> Outcome {
    let blame = Blame::Backend;
    Outcome::Failed { cause, blame }
}

/// Goal: gateway and back end are queues in tandem. Method: with exponential times what leaves the
/// first is as random as what comes (Burke), so that each is an M/M/c by itself and the times add
/// up (product form).
#[test]
fn a_gateway_and_its_back_end_are_queues_in_tandem() {
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
    let result = result(&study(fleet, 500.0, 20));
    let mean = result.fleet.overall.latency.mean_s.as_ref();
    assert_estimates("tandem", mean, theory);
    let sites = &result.backends.as_ref().unwrap().sites;
    let utilization = sites[SiteId::new(0)].utilization.as_ref();
    assert_estimates("utilization of the back end", utilization, 5.0 / 6.0);
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

/// Goal: breakers do not know of each other, so that a back end that is gone sees as many calls as
/// it takes to open all of them. Method: k VMs, a threshold of f failures, and calls that fail at
/// once, so that none is under way when another one opens a breaker: exactly k x f calls, after
/// which every attempt is refused at once. It is over when the breakers close.
#[test]
fn k_breakers_let_k_times_the_threshold_through() {
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
        let all = log(&fleet);
        let seen = all.sent_between(20.0, 60.0, 0);
        assert_eq!(
            seen,
            (vms * failures) as usize,
            "{vms} VMs, {failures} failures"
        );
        let refused = all
            .begun(40.0, 60.0)
            .filter(|end| end.outcome == failed(Cause::BreakerOpen));
        assert!(refused.count() > 900);
        // The last opened when it had its failures, and is open for a minute.
        let mut late = all.begun(150.0, 300.0);
        assert!(late.all(|end| end.outcome == Outcome::Succeeded));
        assert_eq!(all.open, 0);
    }
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

/// Goal: the hit ratio is the closed form where answers come at once, and a failover finds a cold cache, so that calls of back
/// ends jump by more than the traffic does. Method: two regions with a cache each; the second takes
/// over the first's clients, who ask for answers of their own.
#[test]
fn a_cache_is_warm_in_the_long_run_and_cold_after_a_failover() {
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
    let steady = result(&study(fleet.clone(), 10.0, 10));
    let callers = &steady.backends.as_ref().unwrap().callers;
    for caller in callers {
        assert_estimates(
            "hit ratio",
            caller.hit_ratio.as_ref(),
            cache.hit_ratio(100.0),
        );
    }
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
