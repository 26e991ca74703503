//! What knowing is worth: the oracle against all others, on the same traffic; and clients that keep
//! nothing.

use gatefleet::experiment::{self, Alone};
use gatefleet::model::routing::{Strategy, Weighted};
use gatefleet::model::{
    ConnectionSpec, DnsSpec, FleetSpec, Observer, OutageMode, OutageSpec, Outcome, PopulationId,
    RequestEnd, Scope, SignalSpec, Traffic, Via,
};
use gatefleet::random::{Distribution, RatePoint, RateProfile};
use gatefleet::stats::Estimate;
use gatefleet::units::{IdMap, Rate, Ratio, SimTime};

use crate::routing_by_load::{
    fleet, least_utilized, means, measured, oracle, power_of_two, waterfall,
};
use crate::support::{
    THREE_REGIONS_MS, World, exponential, outage, probes, replicate, seconds, study,
};

/// Strategies that a fleet can have, with what they know of the load.
fn strategies(fleet: &FleetSpec) -> Vec<(&'static str, Strategy, SignalSpec)> {
    let weights = fleet.regions.map(|region| f64::from(region.workers));
    let (now, late) = (SignalSpec::Instant, measured(1.0, 0.5));
    vec![
        ("latency", fleet.routing.strategy.clone(), now),
        ("weighted", Strategy::Weighted(Weighted::new(weights)), now),
        ("round robin", Strategy::RoundRobin, now),
        ("waterfall 70 %, late", waterfall(fleet, 0.7), late),
        ("waterfall 85 %, late", waterfall(fleet, 0.85), late),
        ("waterfall 95 %, late", waterfall(fleet, 0.95), late),
        ("waterfall 100 %, now", waterfall(fleet, 1.0), now),
        ("least utilized, late", least_utilized(fleet), late),
        ("least utilized, now", least_utilized(fleet), now),
        ("power of two, late", power_of_two(fleet), late),
        ("power of two, now", power_of_two(fleet), now),
    ]
}

/// By how much a strategy is slower than the oracle in the mean, in paired replications.
fn behind(fleet: &FleetSpec, (strategy, signal): (Strategy, SignalSpec), best: &[f64]) -> Estimate {
    let mut fleet = fleet.clone();
    fleet.routing.strategy = strategy;
    fleet.routing.signal = signal;
    let latencies = means(&fleet, u32::try_from(best.len()).unwrap());
    let differences = latencies.iter().zip(best).map(|(other, best)| other - best);
    Estimate::of(&differences.collect::<Vec<f64>>()).unwrap()
}

fn means_of_oracle(fleet: &FleetSpec) -> Vec<f64> {
    let mut fleet = fleet.clone();
    fleet.routing.strategy = oracle(&fleet);
    means(&fleet, 10)
}

/// Three regions with a population near each: so many workers of 10 ms, so many requests a second.
fn three_regions(workers: [u32; 3], rates: [f64; 3]) -> FleetSpec {
    let world = World {
        workers: 1,
        service: exponential(0.010),
        rate: 1.0,
        one_way_ms: THREE_REGIONS_MS,
        warm_up_s: 10.0,
        duration_s: 40.0,
    };
    let mut fleet = world.fleet();
    for (region, workers) in fleet.regions.iter_mut().zip(workers) {
        region.workers = workers;
    }
    for (population, rate) in fleet.populations.iter_mut().zip(rates) {
        population.traffic = Traffic::poisson(Rate::per_s(rate).unwrap());
    }
    fleet
}

/// Asserts that no strategy is significantly faster than the oracle in the mean, and that those whose
/// names start with one of `slower` are significantly slower. Method: paired differences of mean
/// latencies, every look-up free.
#[track_caller]
fn assert_nobody_beats_the_oracle(fleet: &FleetSpec, slower: &[&str]) {
    let best = means_of_oracle(fleet);
    for (name, strategy, signal) in strategies(fleet) {
        let behind = behind(fleet, (strategy, signal), &best);
        assert!(behind.high().unwrap() >= 0.0, "{name}: {behind:?}");
        if slower.iter().any(|start| name.starts_with(start)) {
            assert!(behind.low().unwrap() > 0.0, "{name}: {behind:?}");
        }
    }
}

/// All of [`strategies`] that do not leave everybody at the closest region.
const MOVERS: &[&str] = &["weighted", "round robin", "least utilized", "power of two"];
/// All of [`strategies`].
const ALL: &[&str] = &[
    "latency",
    "weighted",
    "round robin",
    "waterfall",
    "least utilized",
    "power of two",
];

/// Goal: nobody beats the oracle where all regions are alike, at 38, 95 and 105 %: there the best
/// fixed split is that of the closest region.
#[test]
fn nobody_beats_the_oracle_where_all_regions_are_alike() {
    for (rate, slower) in [(300.0, MOVERS), (760.0, ALL), (840.0, MOVERS)] {
        let fleet = three_regions([8, 8, 8], [rate; 3]);
        assert_nobody_beats_the_oracle(&fleet, slower);
    }
}

/// Method: regions of uneven size at 75 %, and even ones at 80, 50 and 25 %: little is to be gained by
/// leaving the closest.
#[test]
fn nobody_beats_the_oracle_where_regions_are_uneven() {
    let sizes = three_regions([16, 6, 2], [1_200.0, 450.0, 150.0]);
    let rates = three_regions([8, 8, 8], [640.0, 400.0, 200.0]);
    for fleet in [sizes, rates] {
        assert_nobody_beats_the_oracle(&fleet, MOVERS);
    }
}

/// Goal: the oracle thinks of those behind. Method: 95 % of what a region serves is close to it, and
/// 113 %; the next is a detour of 70 ms away and has room. Whoever chooses for itself stays until
/// the queue takes 70 ms, and makes those behind wait; a waterfall that sends some away before there
/// is a queue (all beyond 85 %) keeps it short for the others, but sends them also while there is
/// none.
#[test]
fn nobody_beats_the_oracle_where_one_region_is_crowded() {
    for crowd in [760.0, 900.0] {
        let fleet = three_regions([8, 8, 8], [crowd, 100.0, 100.0]);
        assert_nobody_beats_the_oracle(&fleet, ALL);
    }
}

/// Method: 113 % in the middle between two regions with room; a small region at 113 % between a
/// large and a middling one; 150 % in one, and 90 % of all.
#[test]
fn nobody_beats_the_oracle_wherever_the_crowd_is() {
    let fleets = [
        three_regions([8, 8, 8], [300.0, 900.0, 300.0]),
        three_regions([4, 16, 8], [450.0, 700.0, 300.0]),
        three_regions([8, 8, 8], [1_200.0, 500.0, 460.0]),
    ];
    for fleet in fleets {
        assert_nobody_beats_the_oracle(&fleet, ALL);
    }
}

/// Goal: the theory behind the oracle is of exponential service; it need not be. Method: constant
/// service, and lognormal with twice the deviation, where one region is crowded; and short service,
/// for which a detour is far, at 90 %.
#[test]
fn nobody_beats_the_oracle_whatever_the_law_of_service() {
    let crowded = three_regions([8, 8, 8], [900.0, 100.0, 100.0]);
    let constant = Distribution::constant(seconds(0.010));
    let lognormal = Distribution::lognormal_mean_cv(seconds(0.010), 2.0).unwrap();
    for service in [constant, lognormal] {
        assert_nobody_beats_the_oracle(&serving(&crowded, &service), ALL);
    }
    let even = three_regions([2, 2, 2], [900.0; 3]);
    assert_nobody_beats_the_oracle(&serving(&even, &exponential(0.002)), MOVERS);
}

/// Goal: the oracle knows how things are, not how they were. Method: the crowd comes within 20 s, from
/// 13 to 125 % of what is close to it, and goes again; and half of the workers of the region that
/// serves most of it are gone for 20 s.
#[test]
fn nobody_beats_the_oracle_while_things_change() {
    let mut crowd = three_regions([8, 8, 8], [100.0; 3]);
    let rate = |at_s, per_s| RatePoint {
        at: seconds(at_s),
        rate: Rate::per_s(per_s).unwrap(),
    };
    let rush = RateProfile::linear(vec![
        rate(0.0, 100.0),
        rate(20.0, 1_000.0),
        rate(40.0, 100.0),
    ]);
    crowd.populations[PopulationId::new(0)].traffic = Traffic::poisson(rush);
    let mut loss = three_regions([8, 8, 8], [500.0, 100.0, 100.0]);
    loss.outages = IdMap::new(vec![OutageSpec {
        mode: OutageMode::Refuse,
        scope: Scope::Capacity(Ratio::new(0.5).unwrap()),
        ..outage(&loss, 0, 10.0, 20.0)
    }]);
    for fleet in [crowd, loss] {
        assert_nobody_beats_the_oracle(&fleet, ALL);
    }
}

/// A fleet with another law of service.
fn serving(fleet: &FleetSpec, service: &Distribution) -> FleetSpec {
    let mut fleet = fleet.clone();
    for region in &mut fleet.regions {
        region.service = service.clone();
    }
    fleet
}

/// When every request started and ended.
#[derive(Default)]
struct Ends(Vec<(SimTime, SimTime)>, u32);

impl Observer for Ends {
    fn request_ended(&mut self, end: &RequestEnd) {
        self.0.push((end.started, end.ended));
        self.1 += u32::from(end.outcome != Outcome::Succeeded);
    }
}

/// Goal: routing draws from its own streams alone. Method: where no region is closer than another
/// and none has a queue, all strategies give each request the same latency to the nanosecond.
#[test]
fn all_strategies_see_the_same_traffic() {
    let world = World {
        workers: 1_000,
        service: exponential(0.010),
        rate: 300.0,
        one_way_ms: &[&[20, 20, 20], &[20, 20, 20]],
        warm_up_s: 5.0,
        duration_s: 30.0,
    };
    let mut fleet = world.fleet();
    fleet.jitter = 0.1;
    // Ends are told as soon as they are certain, which depends on who else is there; and so does for
    // how long a run goes on after its period.
    let ends = |fleet: &FleetSpec| {
        let mut ends = replicate(fleet, 1, Ends::default).remove(0).0;
        ends.retain(|&(started, _)| fleet.period.contains(started));
        ends.sort_unstable();
        ends
    };
    let expected = ends(&fleet);
    assert!(expected.len() > 17_000);
    let oracle = ("oracle", oracle(&fleet), SignalSpec::Instant);
    for (name, strategy, signal) in strategies(&fleet).into_iter().chain([oracle]) {
        fleet.routing.strategy = strategy;
        fleet.routing.signal = signal;
        assert!(ends(&fleet) == expected, "{name}");
    }
}

#[test]
fn threads_change_nothing_for_those_who_look_at_load() {
    let fleet = three_regions([8, 8, 8], [700.0, 300.0, 300.0]);
    for (name, strategy, signal) in strategies(&fleet) {
        let mut study = study(fleet.clone(), 5.0, 3);
        study.fleet.routing.strategy = strategy;
        study.fleet.routing.signal = signal;
        let [one, two] = [1, 2].map(|threads| experiment::run(&study, Some(threads), &Alone));
        assert!(one.unwrap() == two.unwrap(), "{name}");
    }
}

/// A population whose look-ups cost, whose answers are kept and whose connections take time.
fn bound_clients(fleet: &mut FleetSpec) {
    fleet.routing.ttl = seconds(10_000.0);
    for population in &mut fleet.populations {
        population.client.dns = DnsSpec {
            pinned: Ratio::new(0.5).unwrap(),
            ..DnsSpec::faithful(seconds(0.050))
        };
        population.client.connection = Some(ConnectionSpec {
            handshake_rtts: 2,
            idle_timeout: None,
            max_age: Some(seconds(1.0)),
        });
    }
}

/// Goal: an oracle costs nothing and knows at once. Method: every success takes 10 ms of way and
/// 10 ms of service, or 40 ms of way while the closest region is down; probes would take hours. What
/// was on its way or inside when the region failed is lost: 15 ms of 100/s.
#[test]
fn an_oracle_is_free_and_knows_the_truth() {
    let mut fleet = fleet(&[100.0], &[&[5, 20]]);
    bound_clients(&mut fleet);
    fleet.routing.health = probes(10_000, 9_000, 3);
    fleet.routing.strategy = oracle(&fleet);
    let mut down = outage(&fleet, 0, 100.0, 100.0);
    down.mode = OutageMode::Refuse;
    fleet.outages = IdMap::new(vec![down]);
    for Ends(ends, failed) in replicate(&fleet, 5, Ends::default) {
        assert!((1..=2).contains(&failed), "{failed}");
        let is_down = |at: SimTime| (200.0..300.0).contains(&at.as_secs_f64());
        let is_slow = |&(started, ended): &(SimTime, SimTime)| {
            let latency = ended.since(started);
            let expected = if is_down(started) { 0.050 } else { 0.020 };
            latency != seconds(expected)
        };
        assert_eq!(
            ends.iter().filter(|end| is_slow(end)).count(),
            failed as usize
        );
    }
}

/// Goal: with anycast nothing is looked up and nothing kept but connections. Method: clients as
/// above, with and without connections, whose region disappears from DNS and then goes down: the
/// first harms nobody, the second nobody but those inside, those on their way, and those with a
/// connection.
#[test]
fn anycast_decides_for_every_connection() {
    for has_connections in [false, true] {
        let mut fleet = fleet(&[100.0], &[&[5, 20]]);
        bound_clients(&mut fleet);
        fleet.routing.via = Via::Anycast;
        for population in &mut fleet.populations {
            population.agents = 10;
            let client = &mut population.client;
            client.connection = client.connection.filter(|_| has_connections);
        }
        let down = |at, scope| OutageSpec {
            mode: OutageMode::Refuse,
            scope,
            ..outage(&fleet, 0, at, 50.0)
        };
        let outages = vec![down(50.0, Scope::Name), down(150.0, Scope::Region)];
        fleet.outages = IdMap::new(outages);
        for Ends(ends, failed) in replicate(&fleet, 5, Ends::default) {
            // Of ten agents one request each, or two within the round trip, breaks the connection.
            let most = if has_connections { 20 } else { 2 };
            assert!((1..=most).contains(&failed), "{failed}");
            let slow = ends.iter().filter(|(started, ended)| {
                let at = started.as_secs_f64();
                !(249.0..302.0).contains(&at) && ended.since(*started) > seconds(0.0201)
            });
            let slow = slow.count();
            if has_connections {
                // Ten agents open one every second, for 20 ms; those who come then wait.
                assert!(slow > 1_000, "{slow}");
            } else {
                assert_eq!(slow, 0);
            }
        }
    }
}
