//! Rate limits of regions: what is admitted, what is told to the others, and what is forgotten.

use gatefleet::model::routing::{Priority, Strategy};
use gatefleet::model::{
    AttemptSent, Backoff, Blame, Cause, FleetSpec, Health, LimitKey, Observer, OutageMode, Outcome,
    PopulationId, RateLimitSpec, RegionId, RequestEnd, RetrySpec, Traffic,
};
use gatefleet::random::{ArrivalProcess, Distribution};
use gatefleet::stats::queueing::erlang_b;
use gatefleet::units::{IdMap, SimTime};

use crate::support::{World, exponential, outage, probes, replicate, result, seconds, study};
use crate::theory::availability;
use crate::validation::{Effort, Figure};

/// Regions that populations reach in no time and that serve whatever they admit, each with a limit of
/// so many calls in so many seconds.
fn limited(one_way_ms: &[&[u64]], rate: f64, (calls, period_s): (u32, f64)) -> FleetSpec {
    let world = World {
        workers: 100,
        service: Distribution::constant(seconds(0.010)),
        rate,
        one_way_ms,
        warm_up_s: 100.0,
        duration_s: 200.0,
    };
    let mut fleet = world.fleet();
    for region in &mut fleet.regions {
        region.rate_limit = Some(RateLimitSpec {
            calls,
            period: seconds(period_s),
            by: LimitKey::Region,
        });
    }
    fleet
}

fn set_arrivals(fleet: &mut FleetSpec, process: &ArrivalProcess) {
    for population in &mut fleet.populations {
        if let Traffic::Open { arrivals, .. } = &mut population.traffic {
            *arrivals = process.clone();
        }
    }
}

/// Every attempt that came to a region, where ways take no time, and how requests ended.
#[derive(Default)]
struct Log {
    attempts: Vec<Attempt>,
    ends: Vec<RequestEnd>,
    degraded: u32,
}

struct Attempt {
    at: SimTime,
    region: RegionId,
    population: PopulationId,
    is_admitted: bool,
}

impl Observer for Log {
    fn attempt_sent(&mut self, attempt: &AttemptSent) {
        self.attempts.push(Attempt {
            at: attempt.at,
            region: attempt.region,
            population: attempt.population,
            is_admitted: true,
        });
    }

    fn attempt_limited(&mut self, _now: SimTime, _region: RegionId, _population: PopulationId) {
        // It has just been sent.
        self.attempts.last_mut().unwrap().is_admitted = false;
    }

    fn request_ended(&mut self, end: &RequestEnd) {
        self.ends.push(*end);
    }

    fn health_changed(&mut self, _now: SimTime, _region: RegionId, health: Health) {
        self.degraded += u32::from(health != Health::Healthy);
    }
}

impl Log {
    /// When a region admitted attempts.
    fn admitted(&self, region: usize) -> impl Iterator<Item = &Attempt> {
        let region = RegionId::new(region);
        let here = move |attempt: &&Attempt| attempt.region == region && attempt.is_admitted;
        self.attempts.iter().filter(here)
    }

    /// How many attempts a region admitted, and how many it refused, from one second of the run to
    /// another.
    fn count(&self, region: usize, (from_s, to_s): (f64, f64)) -> (usize, usize) {
        let span = SimTime::ZERO + seconds(from_s)..SimTime::ZERO + seconds(to_s);
        let is_meant = |attempt: &&Attempt| {
            attempt.region == RegionId::new(region) && span.contains(&attempt.at)
        };
        let here = self.attempts.iter().filter(is_meant);
        let (admitted, refused): (Vec<&Attempt>, Vec<&Attempt>) =
            here.partition(|attempt| attempt.is_admitted);
        (admitted.len(), refused.len())
    }
}

/// Goal: no window of a period's length ever has more admissions than calls, in any region, by any key.
/// Method: arrivals in bursts, retries among them, and all admissions of runs with small and large
/// windows; and the limit is reached, or nothing would be shown.
#[test]
fn no_window_admits_more_than_the_limit() {
    let bursts = ArrivalProcess::bursts(4.0, seconds(2.0), seconds(8.0)).unwrap();
    for (calls, period_s) in [(1, 0.5), (7, 0.3), (90, 1.0), (2_000, 25.0)] {
        for by in [LimitKey::Region, LimitKey::Population] {
            let one_way_ms: &[&[u64]] = &[&[0, 0], &[0, 0], &[0, 0]];
            let mut fleet = limited(one_way_ms, 100.0, (calls, period_s));
            fleet.routing.strategy = Strategy::RoundRobin;
            set_arrivals(&mut fleet, &bursts);
            for region in &mut fleet.regions {
                region.rate_limit.as_mut().unwrap().by = by;
            }
            for population in &mut fleet.populations {
                population.client.retry = RetrySpec {
                    attempts: 3,
                    backoff: Backoff::Constant(seconds(0.1)),
                    honors_retry_after: false,
                    ..RetrySpec::never()
                };
            }
            for log in replicate(&fleet, 2, Log::default) {
                let refused = log.attempts.iter().filter(|attempt| !attempt.is_admitted);
                assert!(refused.count() > 100, "{calls} in {period_s} s by {by:?}");
                for (region, population) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)] {
                    let is_counted = |attempt: &&Attempt| {
                        by == LimitKey::Region || attempt.population.index() == population
                    };
                    let admitted = log.admitted(region).filter(is_counted);
                    let times: Vec<SimTime> = admitted.map(|attempt| attempt.at).collect();
                    let mut windows = times.windows(calls as usize + 1);
                    assert!(
                        windows.all(|few| few[few.len() - 1] - few[0] >= seconds(period_s)),
                        "{calls} in {period_s} s by {by:?}"
                    );
                }
            }
        }
    }
}

/// By hand: 1000 calls in 10 s, and 200/s as even as they can be. A fresh counter admits all of the first
/// 5 s and nothing of the next 5 s; then what filled it leaves the window as it came, and so on for
/// ever. What is refused takes no worker: 100/s of 10 ms are one of a hundred.
#[test]
fn a_counter_that_was_filled_at_once_admits_in_beats() {
    let mut fleet = limited(&[&[0]], 200.0, (1_000, 10.0));
    set_arrivals(&mut fleet, &ArrivalProcess::CONSTANT);
    for log in replicate(&fleet, 1, Log::default) {
        let first = log.attempts[0].at;
        for attempt in &log.attempts {
            let place = (attempt.at - first).as_ns() % 10_000_000_000;
            assert_eq!(attempt.is_admitted, place < 5_000_000_000, "{place}");
        }
    }
    let result = result(&study(fleet, 10.0, 2));
    let overall = &result.fleet.overall;
    assert!((overall.availability.unwrap().mean - 0.5).abs() < 1e-9);
    assert_eq!(overall.time_to_failure_s.unwrap().mean.to_string(), "0");
    let only = |cause, blame| (cause, blame) == (Cause::RateLimited, Blame::Capacity);
    let failures = &result.failures;
    assert!(failures.iter().all(|f| only(f.cause, f.blame)));
    let region = &result.regions[RegionId::new(0)];
    assert_eq!(region.rate_limited, overall.failed);
    let busy = region.utilization.unwrap().mean;
    assert!((busy - 0.01).abs() < 1e-6, "{busy}");
}

/// A window of length T that admits n is a loss system with n servers, each busy for T with what it
/// admitted. Far above the limit the share refused is 1 - limit / rate, which is asserted; there a counter
/// that was filled at once goes on in beats, which arrivals blur by no more than 1 / rate at a time: the
/// steady state is long in coming.
pub(crate) fn poisson_arrivals_at_a_limit(effort: Effort) -> Vec<Figure> {
    let figure = |(rate, calls, warm_up_s): (f64, u32, f64)| {
        let mut fleet = limited(&[&[0]], rate, (calls, 1.0));
        fleet.period.warm_up = seconds(warm_up_s);
        let result = effort.result(fleet, 10.0, 20);
        let admitted = 1.0 - erlang_b(calls, rate);
        let excess = 1.0 - f64::from(calls) / rate;
        assert!(1.0 - admitted >= excess);
        if rate > 5.0 * f64::from(calls) {
            assert!((1.0 - admitted - excess).abs() < 0.002, "{admitted}");
        }
        let name = format!("{rate}/s, {calls} in every second: admitted");
        availability(name, &result, admitted)
    };
    let limits = [(60.0, 50, 100.0), (300.0, 50, 5_000.0), (20.0, 20, 100.0)];
    limits.map(figure).into()
}

/// Goal: counters are not shared. Method: what one region admits a sixth of, three admit half of.
#[test]
fn three_regions_admit_three_times_the_limit() {
    let alone = Strategy::Priority(Priority::new(vec![RegionId::new(0)]));
    for (strategy, admitted) in [(alone, [1, 0, 0]), (Strategy::RoundRobin, [1; 3])] {
        let mut fleet = limited(&[&[0, 0, 0]], 600.0, (1_000, 10.0));
        set_arrivals(&mut fleet, &ArrivalProcess::CONSTANT);
        fleet.routing.strategy = strategy;
        for log in replicate(&fleet, 1, Log::default) {
            let found = [0, 1, 2].map(|region| log.count(region, (100.0, 200.0)).0);
            assert_eq!(found, admitted.map(|times| times * 10_000));
        }
    }
}

/// Goal: who comes to another region finds a counter that does not know it. Method: 200/s where 100/s
/// are admitted; the region is down from 120 s to 150 s of the run, and the router knows it. By hand:
/// they fill the other region's counter in 5 s, and that of the first one when it is back.
#[test]
fn a_failover_and_a_failback_find_fresh_counters() {
    let mut fleet = limited(&[&[0, 0]], 200.0, (1_000, 10.0));
    set_arrivals(&mut fleet, &ArrivalProcess::CONSTANT);
    let order = vec![RegionId::new(0), RegionId::new(1)];
    fleet.routing.strategy = Strategy::Priority(Priority::new(order));
    fleet.outages = IdMap::new(vec![outage(&fleet, 0, 20.0, 30.0)]);
    for log in replicate(&fleet, 1, Log::default) {
        assert_eq!(log.count(0, (110.0, 120.0)), (1_000, 1_000));
        for (region, from_s) in [(1, 120.0), (0, 150.0)] {
            let during = |from, to| log.count(region, (from_s + from, from_s + to));
            assert_eq!(during(0.0, 5.0), (1_000, 0), "region {region}");
            assert_eq!(during(5.0, 10.0), (0, 1_000), "region {region}");
            assert_eq!(during(10.0, 15.0), (1_000, 0), "region {region}");
        }
    }
}

/// Goal: a counter is in the gateway's memory: it dies with that, and outlives a cut way. Method: the
/// counter is full for the last 5 s of every 10 s; the region is away for 2 s of that.
#[test]
fn a_counter_is_lost_with_its_gateway_and_kept_through_a_cut() {
    for (mode, is_fresh) in [
        (OutageMode::Blackhole, true),
        (OutageMode::Refuse, true),
        (OutageMode::Hold, false),
    ] {
        let mut fleet = limited(&[&[0, 0]], 200.0, (1_000, 10.0));
        set_arrivals(&mut fleet, &ArrivalProcess::CONSTANT);
        let order = vec![RegionId::new(0), RegionId::new(1)];
        fleet.routing.strategy = Strategy::Priority(Priority::new(order));
        let mut down = outage(&fleet, 0, 6.0, 2.0);
        down.mode = mode;
        fleet.outages = IdMap::new(vec![down]);
        for log in replicate(&fleet, 1, Log::default) {
            let (admitted, refused) = log.count(0, (108.0, 109.0));
            let expected = if is_fresh { (200, 0) } else { (0, 200) };
            assert_eq!((admitted, refused), expected, "{mode:?}");
        }
    }
}

/// Goal: what a cut held up is counted when it arrives. Method: a cut of 20 s with nowhere else to go
/// holds 4000 attempts, of which the window admits 1000 of each population, or of all.
#[test]
fn what_a_cut_held_up_is_counted_when_it_arrives() {
    for (by, succeeded) in [(LimitKey::Region, 1_000), (LimitKey::Population, 2_000)] {
        let mut fleet = limited(&[&[0], &[0]], 100.0, (1_000, 10.0));
        set_arrivals(&mut fleet, &ArrivalProcess::CONSTANT);
        let limit = fleet.regions[RegionId::new(0)].rate_limit.as_mut();
        limit.unwrap().by = by;
        let mut down = outage(&fleet, 0, 50.0, 20.0);
        down.mode = OutageMode::Hold;
        let during = down.start..down.end;
        fleet.outages = IdMap::new(vec![down]);
        for log in replicate(&fleet, 1, Log::default) {
            let held = log.ends.iter().filter(|end| during.contains(&end.started));
            let (well, ill): (Vec<&RequestEnd>, Vec<&RequestEnd>) =
                held.partition(|end| end.outcome == Outcome::Succeeded);
            assert_eq!((well.len(), ill.len()), (succeeded, 4_000 - succeeded));
            let refused = Outcome::Failed {
                cause: Cause::RateLimited,
                blame: Blame::Capacity,
            };
            assert!(ill.iter().all(|end| end.outcome == refused));
        }
    }
}

/// By hand: one call in 10 s, and a request every 7 s, the first at 0. The one at 7 s is told to wait 3 s
/// and is admitted at 10 s; that at 14 s waits 6 s, that at 21 s 9 s, until 30 s; that at 28 s is told
/// to wait 2 s, but at 30 s that one was first. Who does not listen tries again after 1 s, in vain, and
/// leaves the counter to every other request.
#[test]
fn a_retry_waits_as_long_as_it_is_told() {
    let listens = [(0, true), (3, true), (6, true), (9, true), (2, false)];
    let does_not = [(0, true), (1, false), (0, true), (1, false), (0, true)];
    for (honors_retry_after, expected) in [(true, listens), (false, does_not)] {
        let mut fleet = limited(&[&[0]], 1.0 / 7.0, (1, 10.0));
        set_arrivals(&mut fleet, &ArrivalProcess::CONSTANT);
        for region in &mut fleet.regions {
            region.service = Distribution::constant(seconds(0.0));
        }
        for population in &mut fleet.populations {
            population.client.retry = RetrySpec {
                attempts: 2,
                backoff: Backoff::Constant(seconds(1.0)),
                honors_retry_after,
                ..RetrySpec::never()
            };
        }
        for mut log in replicate(&fleet, 1, Log::default) {
            log.ends.sort_by_key(|end| end.started);
            let found: Vec<(u64, bool)> = (log.ends.iter().take(expected.len()))
                .map(|end| {
                    let waited_s = (end.ended - end.started).as_ns() / 1_000_000_000;
                    (waited_s, end.outcome == Outcome::Succeeded)
                })
                .collect();
            assert_eq!(found, expected, "{honors_retry_after}");
        }
    }
}

/// Goal: probes come to a path that no limit counts. Method: one call in 100 s, a probe a second.
#[test]
fn probes_are_not_limited() {
    let mut fleet = limited(&[&[0]], 1.0, (1, 100.0));
    fleet.routing.health = probes(1, 1, 0);
    for log in replicate(&fleet, 1, Log::default) {
        assert_eq!(log.degraded, 0);
        let admitted = log.admitted(0).count();
        assert!((2..=3).contains(&admitted), "{admitted} of requests");
    }
}

/// Goal: a limit that is never reached changes nothing. Method: the same run with and without it.
#[test]
fn a_limit_that_is_never_reached_changes_nothing() {
    let mut fleet = limited(&[&[5, 40], &[40, 5]], 300.0, (1_000_000, 300.0));
    for region in &mut fleet.regions {
        region.service = exponential(0.100);
    }
    let with = replicate(&fleet, 1, Log::default);
    for region in &mut fleet.regions {
        region.rate_limit = None;
    }
    let without = replicate(&fleet, 1, Log::default);
    assert_eq!(with[0].ends, without[0].ends);
    assert!(!with[0].ends.is_empty());
}
