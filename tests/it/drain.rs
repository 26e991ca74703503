//! How clients move away from a dead region as their answers run out, against theory.

use gatefleet::experiment::StudyResult;
use gatefleet::model::{FleetSpec, RegionId};
use gatefleet::stats::Estimate;
use gatefleet::units::{IdMap, Ratio};

use crate::support::{World, exponential, outage, seconds};
use crate::validation::{Effort, Figure};

/// Requests per second.
const RATE: f64 = 2_000.0;

/// Two regions of which the first is closer; the router will know at once that it is down.
fn fleet(warm_up_s: f64, agents: u32) -> FleetSpec {
    let world = World {
        workers: 64,
        service: exponential(0.010),
        rate: RATE,
        one_way_ms: &[&[5, 40]],
        warm_up_s,
        duration_s: 200.0,
    };
    let mut fleet = world.fleet();
    for population in &mut fleet.populations {
        population.agents = agents;
        population.client.connect_timeout = Some(seconds(2.0));
    }
    fleet
}

/// The share of attempts that the dead region gets at the middle of each of so many windows of 5 s, from
/// the first one of the outage on, beside what it is in theory, by the age of the outage in seconds.
fn shares(
    result: &StudyResult,
    (first, count): (usize, usize),
    theory: impl Fn(f64) -> f64,
) -> Vec<(f64, Estimate)> {
    let windows = result.timeline.regions[RegionId::new(0)].iter();
    let windows = (0_u32..).zip(windows.skip(first).take(count));
    let shares = windows.map(|(index, window)| {
        let share = window.traffic_share.unwrap();
        assert!(
            share.half_width.unwrap() < 0.0118,
            "too wide to tell: {share:?}"
        );
        (theory(f64::from(index) * 5.0 + 2.5), share)
    });
    shares.collect()
}

/// With uniform cache ages and busy agents the share still sent to the dead region falls
/// linearly to 0 over one TTL after detection; requests lost = rate x (detection + TTL / 2).
pub(crate) fn busy_agents(effort: Effort) -> Vec<Figure> {
    let ttl = 60.0;
    let mut fleet = fleet(60.0, 200);
    fleet.routing.ttl = seconds(ttl);
    fleet.outages = IdMap::new(vec![outage(&fleet, 0, 60.0, 120.0)]);
    let result = effort.result(fleet, 5.0, 40);
    let lost = &result.outages[0].requests_lost;
    // The outage begins with the 13th window. After one TTL the share is 0, with nothing to vary.
    let drain = shares(&result, (12, 12), |age| 1.0 - age / ttl);
    let after = result.timeline.regions[RegionId::new(0)].iter();
    let left = after
        .skip(24)
        .take(12)
        .map(|window| window.attempts_per_s.mean);
    vec![
        Figure::estimated(
            "requests lost",
            Some(lost),
            (RATE * ttl / 2.0, result.replications),
        ),
        Figure::curve(
            "share still sent there, the worst of 12 windows of a TTL",
            &drain,
            result.replications,
        ),
        Figure::exact("attempts there after a TTL", left.sum(), 0.0),
    ]
}

/// With a share e of agents that extend a TTL of 60 s to E, and a share p that pin. First with the
/// shares that were measured, then with others that curve more.
pub(crate) fn agents_of_three_kinds(effort: Effort) -> Vec<Figure> {
    vec![
        mixture(effort, (0.087, 1_800.0), 0.010),
        mixture(effort, (0.250, 300.0), 0.125),
    ]
}

fn mixture(effort: Effort, (extended, to_s): (f64, f64), pinned: f64) -> Figure {
    let mut fleet = fleet(60.0, 1_000);
    for population in &mut fleet.populations {
        population.client.dns.extended = Ratio::new(extended).unwrap();
        population.client.dns.extended_ttl = seconds(to_s);
        population.client.dns.pinned = Ratio::new(pinned).unwrap();
    }
    fleet.routing.ttl = seconds(60.0);
    fleet.outages = IdMap::new(vec![outage(&fleet, 0, 50.0, 150.0)]);
    let result = effort.result(fleet, 5.0, 40);
    let points = shares(&result, (10, 30), |age| {
        // Agents send something every half second, and are without an answer until they do.
        let left = |ttl: f64| (ttl - age).max(0.0) / (ttl + 0.5);
        (1.0 - extended - pinned) * left(60.0) + extended * left(to_s) + pinned
    });
    Figure::curve(
        format!("{extended} extend to {to_s} s, {pinned} pin: the worst of 30 windows"),
        &points,
        result.replications,
    )
}

/// An idle agent asks again only when it next sends. It sends once in g on average, and keeps an answer
/// for T. Its answer runs out, it stays without one until it next sends: cycles of T + g, so at any
/// time a share T / (T + g) hold one, with a rest uniform up to T. Of the requests t after detection,
/// those of agents whose answer still holds go to the dead region: (T - t) / (T + g); the others ask.
/// Busy agents are the limit of g = 0.
pub(crate) fn idle_agents(effort: Effort) -> Vec<Figure> {
    let (ttl, gap) = (60.0, 30.0);
    let mut fleet = fleet(600.0, 60_000);
    fleet.routing.ttl = seconds(ttl);
    fleet.outages = IdMap::new(vec![outage(&fleet, 0, 60.0, 120.0)]);
    let result = effort.result(fleet, 5.0, 10);
    let points = shares(&result, (12, 12), |age| (ttl - age).max(0.0) / (ttl + gap));
    vec![Figure::curve(
        "one request in 30 s each, TTL 60 s: the worst of 12 windows",
        &points,
        result.replications,
    )]
}
