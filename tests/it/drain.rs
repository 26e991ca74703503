//! How clients move away from a dead region as their answers run out, against theory.

use gatefleet::experiment::StudyResult;
use gatefleet::model::{FleetSpec, RegionId};
use gatefleet::units::{IdMap, Ratio};

use crate::support::{World, assert_estimates, exponential, outage, result, seconds, study};

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

/// Asserts what share of attempts the dead region gets at the middle of each of so many windows of
/// 5 s, from the first one of the outage on, by the age of the outage in seconds. Intervals are
/// widened by a factor, as many are compared at once.
fn assert_shares(
    result: &StudyResult,
    (first, count): (usize, usize),
    factor: f64,
    theory: impl Fn(f64) -> f64,
) {
    let windows = result.timeline.regions[RegionId::new(0)].iter();
    for (index, window) in (0_u32..).zip(windows.skip(first).take(count)) {
        let share = window.traffic_share.unwrap();
        let theory = theory(f64::from(index) * 5.0 + 2.5);
        let tolerance = share.half_width.unwrap() * factor;
        assert!(tolerance < 0.02, "too wide to tell: {share:?}");
        assert!(
            (share.mean - theory).abs() <= tolerance,
            "{index}: {theory} {share:?}"
        );
    }
}

/// With uniform cache ages and busy agents the share still sent to the dead region falls
/// linearly to 0 over one TTL after detection; requests lost = rate x (detection + TTL / 2).
#[test]
fn dns_drains_linearly_over_one_ttl() {
    let ttl = 60.0;
    let mut fleet = fleet(60.0, 200);
    fleet.routing.ttl = seconds(ttl);
    fleet.outages = IdMap::new(vec![outage(&fleet, 0, 60.0, 120.0)]);
    let result = result(&study(fleet, 5.0, 40));
    let lost = &result.outages[0].requests_lost;
    assert_estimates("lost, instant detection", Some(lost), RATE * ttl / 2.0);
    // The outage begins with the 13th window. Twelve comparisons at once: t of 39 degrees of freedom
    // at 1 - 0.025 / 12 for 0.975.
    assert_shares(&result, (12, 24), 3.05 / 2.02, |age| {
        (1.0 - age / ttl).max(0.0)
    });
}

/// With a share e of agents that extend a TTL of 60 s to E, and a share p that pin: t after
/// detection the dead region still gets (1 - e - p)(1 - t/60) + e (1 - t/E) + p of the attempts,
/// if agents are busy.
/// First with the shares that were measured, then with others that curve more.
#[test]
fn dns_drains_as_a_mixture_of_faithful_extending_and_pinning_agents() {
    assert_mixture((0.087, 1_800.0), 0.010);
    assert_mixture((0.250, 300.0), 0.125);
}

fn assert_mixture((extended, to_s): (f64, f64), pinned: f64) {
    let mut fleet = fleet(60.0, 1_000);
    for population in &mut fleet.populations {
        population.client.dns.extended = Ratio::new(extended).unwrap();
        population.client.dns.extended_ttl = seconds(to_s);
        population.client.dns.pinned = Ratio::new(pinned).unwrap();
    }
    fleet.routing.ttl = seconds(60.0);
    fleet.outages = IdMap::new(vec![outage(&fleet, 0, 50.0, 150.0)]);
    let result = result(&study(fleet, 5.0, 40));
    // Thirty comparisons at once: t of 39 degrees of freedom at 1 - 0.025 / 30 for 0.975.
    assert_shares(&result, (10, 30), 3.37 / 2.02, |age| {
        // Agents send something every half second, and are without an answer until they do.
        let left = |ttl: f64| (ttl - age).max(0.0) / (ttl + 0.5);
        (1.0 - extended - pinned) * left(60.0) + extended * left(to_s) + pinned
    });
}

/// Goal: an idle agent asks again only when it next sends. Theory: an agent sends once in g on
/// average, and keeps an answer for T. Its answer runs out, it stays without one until it next
/// sends: cycles of T + g, so at any time a share T / (T + g) hold one, with a rest uniform up to
/// T. Of the requests t after detection, those of agents whose answer still holds go to the dead
/// region: (T - t) / (T + g); the others ask. Busy agents are the limit of g = 0.
#[test]
fn dns_of_idle_agents_drains_from_the_share_that_holds_an_answer() {
    let (ttl, gap) = (60.0, 30.0);
    let mut fleet = fleet(600.0, 60_000);
    fleet.routing.ttl = seconds(ttl);
    fleet.outages = IdMap::new(vec![outage(&fleet, 0, 60.0, 120.0)]);
    let result = result(&study(fleet, 5.0, 10));
    // Twelve comparisons at once: t of 9 degrees of freedom at 1 - 0.025 / 12 for 0.975.
    assert_shares(&result, (12, 24), 3.83 / 2.26, |age| {
        (ttl - age).max(0.0) / (ttl + gap)
    });
}
