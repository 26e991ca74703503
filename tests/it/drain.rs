//! How clients move away from a dead region as their answers run out, against theory.

use gatefleet::model::RegionId;
use gatefleet::units::{IdMap, Ratio};

use crate::support::{World, assert_estimates, exponential, outage, result, seconds, study};

/// With uniform cache ages and busy agents the share still sent to the dead region falls
/// linearly to 0 over one TTL after detection; requests lost = rate x (detection + TTL / 2).
#[test]
fn dns_drains_linearly_over_one_ttl() {
    let (rate, ttl, agents) = (2_000.0, 60.0, 200);
    let world = World {
        workers: 64,
        service: exponential(0.010),
        rate,
        one_way_ms: &[&[5, 40]],
        warm_up_s: 60.0,
        duration_s: 200.0,
    };
    let mut fleet = world.fleet();
    fleet.populations.iter_mut().for_each(|p| p.agents = agents);
    fleet
        .populations
        .iter_mut()
        .for_each(|p| p.client.connect_timeout = Some(seconds(2.0)));
    fleet.routing.ttl = seconds(ttl);
    fleet.outages = IdMap::new(vec![outage(&fleet, 0, 60.0, 120.0)]);
    let result = result(&study(fleet, 5.0, 40));
    let lost = &result.outages[0].requests_lost;
    assert_estimates("lost, instant detection", Some(lost), rate * ttl / 2.0);
    // Windows of 5 s; the outage begins with the 13th. At the middle of a window the share has
    // fallen by its age over the TTL.
    let windows = result.timeline.regions[RegionId::new(0)].iter();
    for (index, window) in (0_u32..).zip(windows.skip(12).take(24)) {
        let share = window.traffic_share.unwrap();
        let theory = (1.0 - (f64::from(index) * 5.0 + 2.5) / ttl).max(0.0);
        // Twelve comparisons at once: t of 39 degrees of freedom at 1 - 0.025 / 12 for 0.975.
        let tolerance = share.half_width.unwrap() * 3.05 / 2.02;
        assert!(tolerance < 0.02, "too wide to tell: {share:?}");
        assert!(
            (share.mean - theory).abs() <= tolerance,
            "{index}: {theory} {share:?}"
        );
    }
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
    let world = World {
        workers: 64,
        service: exponential(0.010),
        rate: 2_000.0,
        one_way_ms: &[&[5, 40]],
        warm_up_s: 60.0,
        duration_s: 200.0,
    };
    let mut fleet = world.fleet();
    for population in &mut fleet.populations {
        population.agents = 1_000;
        population.client.connect_timeout = Some(seconds(2.0));
        population.client.dns.extended = Ratio::new(extended).unwrap();
        population.client.dns.extended_ttl = seconds(to_s);
        population.client.dns.pinned = Ratio::new(pinned).unwrap();
    }
    fleet.routing.ttl = seconds(60.0);
    fleet.outages = IdMap::new(vec![outage(&fleet, 0, 50.0, 150.0)]);
    let result = result(&study(fleet, 5.0, 40));
    let windows = result.timeline.regions[RegionId::new(0)].iter();
    for (index, window) in (0_u32..).zip(windows.skip(10)) {
        let share = window.traffic_share.unwrap();
        let age = f64::from(index) * 5.0 + 2.5;
        // Agents send something every half second, and are without an answer until they do.
        let left = |ttl: f64| (ttl - age).max(0.0) / (ttl + 0.5);
        let theory = (1.0 - extended - pinned) * left(60.0) + extended * left(to_s) + pinned;
        // Thirty comparisons at once: t of 39 degrees of freedom at 1 - 0.025 / 30 for 0.975.
        let tolerance = share.half_width.unwrap() * 3.37 / 2.02;
        assert!(tolerance < 0.02, "too wide to tell: {share:?}");
        assert!(
            (share.mean - theory).abs() <= tolerance,
            "{index}: {theory} {share:?}"
        );
    }
}

/// Goal: an idle agent asks again only when it next sends. Theory: an agent sends once in g on
/// average, and keeps an answer for T. Its answer runs out, it stays without one until it next
/// sends: cycles of T + g, so at any time a share T / (T + g) hold one, with a rest uniform up to
/// T. Of the requests t after detection, those of agents whose answer still holds go to the dead
/// region: (T - t) / (T + g); the others ask. Busy agents are the limit of g = 0.
#[test]
fn dns_of_idle_agents_drains_from_the_share_that_holds_an_answer() {
    let (rate, ttl, gap) = (2_000.0, 60.0, 30.0);
    let world = World {
        workers: 64,
        service: exponential(0.010),
        rate,
        one_way_ms: &[&[5, 40]],
        warm_up_s: 600.0,
        duration_s: 200.0,
    };
    let mut fleet = world.fleet();
    for population in &mut fleet.populations {
        population.agents = 60_000;
        population.client.connect_timeout = Some(seconds(2.0));
    }
    fleet.routing.ttl = seconds(ttl);
    fleet.outages = IdMap::new(vec![outage(&fleet, 0, 60.0, 120.0)]);
    let result = result(&study(fleet, 5.0, 10));
    let windows = result.timeline.regions[RegionId::new(0)].iter();
    for (index, window) in (0_u32..).zip(windows.skip(12).take(24)) {
        let share = window.traffic_share.unwrap();
        let age = f64::from(index) * 5.0 + 2.5;
        let theory = (ttl - age).max(0.0) / (ttl + gap);
        // Twelve comparisons at once: t of 9 degrees of freedom at 1 - 0.025 / 12 for 0.975.
        let tolerance = share.half_width.unwrap() * 3.83 / 2.26;
        assert!(tolerance < 0.02, "too wide to tell: {share:?}");
        assert!(
            (share.mean - theory).abs() <= tolerance,
            "{index}: {theory} {share:?}"
        );
    }
}
