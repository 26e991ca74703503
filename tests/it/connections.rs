//! Connections, in worlds made exact: what they cost, whom they hold, and how they break.

use gatefleet::experiment::StudyResult;
use gatefleet::model::{
    Blame, Cause, ConnectionSpec, FleetSpec, OutageMode, RegionId, RetrySpec, Traffic,
};
use gatefleet::random::{ArrivalProcess, Distribution};
use gatefleet::units::{IdMap, Rate, SimDuration};

use crate::support::{World, outage, result, seconds, study};

/// Two regions, 10 and 50 ms away one way, that serve everything in 20 ms; agents whose requests
/// come once a second each, on average.
fn fleet(connection: ConnectionSpec) -> FleetSpec {
    let world = World {
        workers: 200,
        service: Distribution::constant(seconds(0.020)),
        rate: 200.0,
        one_way_ms: &[&[10, 50]],
        warm_up_s: 60.0,
        duration_s: 120.0,
    };
    let mut fleet = world.fleet();
    fleet.routing.ttl = seconds(10.0);
    for population in &mut fleet.populations {
        population.agents = 200;
        population.client.timeout = Some(seconds(5.0));
        population.client.connect_timeout = Some(seconds(2.0));
        population.client.connection = Some(connection);
    }
    fleet
}

const KEPT: ConnectionSpec = ConnectionSpec {
    handshake_rtts: 2,
    idle_timeout: None,
    max_age: None,
};

/// Closed as soon as nothing is under way on it.
const FRESH: ConnectionSpec = ConnectionSpec {
    idle_timeout: Some(SimDuration::from_ns(1)),
    ..KEPT
};

/// Makes every population one agent that sends something at even times.
fn make_one_agent(fleet: &mut FleetSpec, per_s: f64) {
    for population in &mut fleet.populations {
        population.agents = 1;
        population.traffic = Traffic::Open {
            rate: Rate::per_s(per_s).unwrap().into(),
            arrivals: ArrivalProcess::CONSTANT,
        };
    }
}

fn down(mut fleet: FleetSpec, mode: OutageMode, (at_s, for_s): (f64, f64)) -> FleetSpec {
    let mut cut = outage(&fleet, 0, at_s, for_s);
    cut.mode = mode;
    fleet.outages = IdMap::new(vec![cut]);
    fleet.census = Some(seconds(1.0));
    fleet
}

fn run(fleet: FleetSpec) -> StudyResult {
    result(&study(fleet, 1.0, 5))
}

fn failed(result: &StudyResult, cause: Cause, blame: Blame) -> u64 {
    let is_it = |f: &&gatefleet::experiment::FailureCount| (f.cause, f.blame) == (cause, blame);
    result.failures.iter().filter(is_it).map(|f| f.count).sum()
}

/// Goal: a new connection costs its round trips, a kept one nothing. Method: constant gaps of
/// 100 ms and one agent, so that a connection that may be idle for less is opened every time.
#[test]
fn a_handshake_is_paid_once_a_connection() {
    for (idle_timeout, ways) in [(None, 2.0), (Some(seconds(0.020)), 6.0)] {
        let mut fleet = fleet(ConnectionSpec {
            idle_timeout,
            ..KEPT
        });
        make_one_agent(&mut fleet, 5.0);
        let latency = run(fleet).fleet.overall.latency;
        for quantile in [0.0, 0.5, 1.0] {
            let found = latency.quantile_s(quantile).unwrap().mean;
            let theory = ways * 0.010 + 0.020;
            assert!((found - theory).abs() < 1e-9, "{found} is not {theory}");
        }
    }
}

/// A connection that may live for 1 s serves, with a request every 100 ms, ten requests: one in
/// ten waits for a handshake.
#[test]
fn a_connection_of_the_greatest_age_is_replaced() {
    let max_age = Some(seconds(1.0));
    let mut fleet = fleet(ConnectionSpec { max_age, ..KEPT });
    make_one_agent(&mut fleet, 10.0);
    let latency = run(fleet).fleet.overall.latency;
    let quantile = |q: f64| latency.quantile_s(q).unwrap().mean;
    // To a bucket of the histogram.
    assert!((quantile(0.75) - 0.040).abs() < 1e-4);
    assert!((quantile(0.95) - 0.080).abs() < 2e-4);
    let mean = latency.mean_s.unwrap().mean;
    assert!((mean - 0.044).abs() < 2e-4, "{mean}");
}

/// Goal: a live connection is used whatever DNS says, at failback too. Method: an outage that
/// nobody can know of beforehand moves all agents; afterwards the router prefers the first
/// region again, and TTLs of 10 s have long run out.
#[test]
fn who_has_failed_over_stays_as_long_as_the_connection_lives() {
    let share = |connection| {
        let fleet = down(fleet(connection), OutageMode::Blackhole, (20.0, 20.0));
        let result = run(fleet);
        let windows = &result.timeline.regions[RegionId::new(0)];
        windows.last().unwrap().traffic_share.unwrap().mean
    };
    assert!(share(KEPT) < 1e-9, "nobody asks again");
    let max_age = Some(seconds(30.0));
    let back = share(ConnectionSpec { max_age, ..KEPT });
    assert!(back > 0.99, "all have asked again: {back}");
}

/// Goal: a request over a connection waits in vain for `timeout`, what would open one for
/// `connect_timeout`. Method: with perfect knowledge and requests that are seldom, every agent runs
/// into the outage once by its connection; then it asks.
#[test]
fn a_blackhole_breaks_every_connection_once() {
    let fleet = down(fleet(KEPT), OutageMode::Blackhole, (20.0, 60.0));
    let result = run(fleet);
    let by_connection = failed(&result, Cause::Timeout, Blame::Connection);
    let by_detection = failed(&result, Cause::Timeout, Blame::Detection);
    let by_answer: u64 = [Cause::ConnectTimeout, Cause::Timeout]
        .map(|cause| failed(&result, cause, Blame::DnsCache))
        .iter()
        .sum();
    assert_eq!(
        by_connection + by_detection + by_answer,
        result.fleet.overall.failed
    );
    // While the first request waits, more follow: a request/s for 5 s. Then the answer of 10 s has
    // run out, as nobody has looked at it for long.
    let agents = 5.0 * 200.0;
    let per_agent = by_connection as f64 / agents;
    assert!((5.0..7.0).contains(&per_agent), "{per_agent}");
    // Inside or on their way: 30 ms of 200 requests/s, five times.
    assert!((10..60).contains(&by_detection), "{by_detection}");
    assert!(by_answer < 20, "{by_answer}");
}

/// A region that refuses resets what comes over a connection, which is then gone: the next request
/// of the agent goes where the router says.
#[test]
fn a_refusing_region_resets_connections() {
    let fleet = down(fleet(KEPT), OutageMode::Refuse, (20.0, 60.0));
    let result = run(fleet);
    let resets = failed(&result, Cause::Reset, Blame::Connection) as f64 / (5.0 * 200.0);
    assert!((0.9..1.1).contains(&resets), "{resets} an agent");
    let mean = result.fleet.phases[1].time_to_failure_s.unwrap().mean;
    assert!((mean - 0.020).abs() < 1e-9, "one round trip: {mean}");
}

/// Goal: a region that has died and come back knows no connection of before. Method: an outage
/// of 50 ms, which most agents do not notice; their next request is reset.
#[test]
fn connections_do_not_outlive_their_region() {
    for (mode, per_agent) in [
        (OutageMode::Blackhole, 0.95..1.05),
        (OutageMode::Hold, 0.0..1e-9),
    ] {
        let result = run(down(fleet(KEPT), mode, (20.0, 0.05)));
        let reset = failed(&result, Cause::Reset, Blame::Connection) as f64 / (5.0 * 200.0);
        assert!(per_agent.contains(&reset), "{mode:?}: {reset} an agent");
    }
}

/// During a cut, what is sent over a connection arrives when it ends; what would open one gives up
/// after `connect_timeout`, and nothing of it arrives.
#[test]
fn a_cut_holds_what_connections_carry_but_opens_none() {
    for (connection, is_kept) in [(KEPT, true), (FRESH, false)] {
        let mut fleet = down(fleet(connection), OutageMode::Hold, (20.0, 4.0));
        // So many that hardly any sends something while its last request waits.
        fleet.populations.iter_mut().for_each(|p| p.agents = 20_000);
        fleet.routing.health = crate::support::probes(100_000, 1_000, 3);
        let result = run(fleet);
        let during = &result.fleet.phases[1];
        if is_kept {
            assert_eq!(
                during.failed, 0,
                "all answered within the 5 s of the timeout"
            );
        } else {
            // Or whose handshake is let through when it is too late to be over in time.
            let gave_up = failed(&result, Cause::ConnectTimeout, Blame::Detection)
                + failed(&result, Cause::ConnectTimeout, Blame::Network);
            assert_eq!(gave_up, result.fleet.overall.failed);
            // Those of the first 2 s of 4.
            let share = gave_up as f64 / during.offered as f64;
            assert!((share - 0.5).abs() < 0.05, "{share}");
        }
    }
}

/// A connection that takes longer to open than a client waits is never opened.
#[test]
fn a_handshake_longer_than_the_client_waits_fails() {
    let mut fleet = fleet(FRESH);
    for population in &mut fleet.populations {
        population.client.connect_timeout = Some(seconds(0.035));
    }
    let result = run(fleet);
    assert_eq!(result.fleet.overall.succeeded, 0);
    let failed = failed(&result, Cause::ConnectTimeout, Blame::Network);
    assert_eq!(failed, result.fleet.overall.failed);
}

/// Goal: the census tells who holds agents to a dead region. Method: with nothing but connections,
/// with nothing but answers (connections too short-lived), perfect knowledge, and agents that are
/// busy: whoever sends frees itself after 5 s or when the answer runs out.
#[test]
fn the_census_says_what_pins_agents() {
    for (connection, is_kept) in [(KEPT, true), (FRESH, false)] {
        let mut fleet = down(fleet(connection), OutageMode::Blackhole, (20.0, 60.0));
        for population in &mut fleet.populations {
            population.client.retry = RetrySpec::never();
        }
        let result = run(fleet);
        let at = |second: usize| result.timeline.fleet[second].agents.unwrap();
        let before = at(10);
        assert!(before.pinned_to_healthy.mean + before.free.mean > 1.0 - 1e-9);
        let first = at(20);
        let (held, other) = if is_kept {
            (first.pinned_by_connection, first.pinned_by_answer)
        } else {
            (first.pinned_by_answer, first.pinned_by_connection)
        };
        assert!(held.mean > 0.6, "{is_kept}: {held:?}");
        // Who has just sent something waits on a connection that would be closed otherwise.
        assert!(other.mean < 0.1, "{is_kept}: {other:?}");
        let late = at(50);
        let pinned = late.pinned_by_answer.mean + late.pinned_by_connection.mean;
        assert!(pinned < 1e-9, "{is_kept}: {late:?}");
    }
}

/// Goal: who gives up connecting does so in time, however far the region is. Method: a dead region
/// that is further away than the client waits.
#[test]
fn a_client_gives_up_connecting_before_the_region_could_hear_of_it() {
    for connection in [None, Some(FRESH)] {
        let mut fleet = down(fleet(KEPT), OutageMode::Blackhole, (-60.0, 300.0));
        fleet.routing.health = crate::support::probes(100_000, 1_000, 3);
        for population in &mut fleet.populations {
            population.client.connection = connection;
            population.client.connect_timeout = Some(seconds(0.004));
        }
        let overall = run(fleet).fleet.overall;
        assert_eq!(overall.succeeded, 0);
        let quantile = overall.time_to_failure_s.unwrap().mean;
        let most = if connection.is_some() {
            0.2
        } else {
            0.004 + 1e-9
        };
        assert!(quantile <= most, "{quantile}");
    }
}

/// A connection is not idle while something is under way on it: service of 300 ms, idle for at
/// most 200 ms, and a request every 100 ms never cost a second handshake.
#[test]
fn a_connection_with_requests_in_flight_is_not_idle() {
    let mut fleet = fleet(ConnectionSpec {
        idle_timeout: Some(seconds(0.2)),
        ..KEPT
    });
    for region in &mut fleet.regions {
        region.service = Distribution::constant(seconds(3.0));
    }
    make_one_agent(&mut fleet, 2.0);
    let latency = run(fleet).fleet.overall.latency;
    for quantile in [0.0, 0.5, 1.0] {
        let found = latency.quantile_s(quantile).unwrap().mean;
        assert!((found - 3.020).abs() < 1e-9, "{found}");
    }
}

/// Goal: an attempt that is given up before its handshake is over brings no work, and leaves no
/// later request in the lurch. Method: two regions at 10 ms one way that serve in 10 ms, clients who
/// wait for 35 ms. When the first region fails, one request waits in vain for an answer over the
/// connection, one for the end of the 40 ms of the next handshake; all others find it done.
#[test]
fn who_leaves_during_the_handshake_has_opened_the_connection_all_the_same() {
    let mut fleet = fleet(KEPT);
    for region in &mut fleet.regions {
        region.service = Distribution::constant(seconds(0.010));
    }
    make_one_agent(&mut fleet, 5.0);
    for population in &mut fleet.populations {
        population.rtt = population.rtt.map(|_| seconds(0.020));
        population.client.timeout = Some(seconds(0.035));
    }
    let result = run(down(fleet, OutageMode::Blackhole, (20.0, 60.0)));
    assert_eq!(result.fleet.overall.failed, 2 * 5, "two a replication");
    let wasted = &result.regions[RegionId::new(1)].utilization_wasted;
    assert!(wasted.unwrap().mean < 1e-12, "{wasted:?}");
}
