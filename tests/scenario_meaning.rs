//! What a scenario means: times, places, inheritance and the warnings.

use std::path::PathBuf;

use gatefleet::experiment::{Objective, Promise, Replications, Study};
use gatefleet::model::routing::{
    Geographic, LatencyBand, LeastUtilized, Oracle, Overprovisioned, PowerOfTwo, Strategy,
    Waterfall, Weighted,
};
use gatefleet::model::{
    Cause, CauseSet, ConnectionSpec, Discipline, HealthCheck, HedgeDelay, HedgeSpec, LimitKey,
    OutageMode, Pacing, RateLimitSpec, RegionSpec, RoutingSpec, SignalSpec, Traffic, Via,
};
use gatefleet::random::Distribution;
use gatefleet::scenario::{Checked, Source, azure, read};
use gatefleet::units::{Id, IdMap, Ratio, SimDuration, SimTime};

const MS: fn(u64) -> SimDuration = SimDuration::from_millis;
const S: fn(u64) -> SimDuration = SimDuration::from_secs;

fn checked(text: &str) -> Checked {
    let source = Source {
        name: "f.yaml".to_owned(),
        text: text.to_owned(),
        folder: PathBuf::new(),
    };
    read(&source, &[]).unwrap_or_else(|problems| panic!("{problems}"))
}

fn study(text: &str) -> Study {
    checked(text).study
}

fn rtts(study: &Study, population: usize) -> Vec<SimDuration> {
    let rtts: &IdMap<RegionSpec, SimDuration> = &study.fleet.populations[Id::new(population)].rtt;
    rtts.iter().copied().collect()
}

#[test]
fn what_is_not_said_is_what_the_tables_say() {
    let study = study("regions: {eastus: {units: 3}}\nclients: {all: {near: eastus, rate: 6/m}}\n");
    let region = &study.fleet.regions[Id::new(0)];
    assert_eq!(
        (region.units, region.workers, region.queue_limit),
        (3, 48, None)
    );
    assert!((region.service.mean().as_secs_f64() * 1e3 - 5.455).abs() < 0.001);
    let population = &study.fleet.populations[Id::new(0)];
    assert_eq!(population.agents, 1000);
    assert!((population.mean_rate(study.fleet.period.duration).as_per_s() - 0.1).abs() < 1e-12);
    assert_eq!(population.client.timeout, Some(S(5)));
    assert_eq!(population.client.connect_timeout, Some(S(2)));
    assert_eq!(population.client.dns.lookup, MS(50));
    assert_eq!(study.fleet.routing.ttl, S(60));
    assert_eq!(study.fleet.routing.strategy.name(), "latency, next closest");
    let HealthCheck::Probe(probe) = &study.fleet.routing.health else {
        panic!("probes are the default");
    };
    assert_eq!(
        (probe.interval, probe.timeout, probe.tolerated_failures),
        (S(30), S(10), 3)
    );
    assert_eq!((probe.locations, probe.pacing), (1, Pacing::Fixed));
    assert_eq!(
        (study.run.seed, study.run.replications, study.run.window),
        (1, Replications::fixed(20), S(10))
    );
    assert_eq!(study.fleet.primary, Id::new(0));
    assert!((study.fleet.jitter - 0.03).abs() < 1e-12);
    assert_eq!(study.objectives, []);
}

#[test]
fn time_zero_is_the_end_of_the_warm_up() {
    let study = study(
        "run: {warm_up: 3m, duration: 30m}\nregions: {eastus: {units: 1}}\n\
         clients: {all: {near: eastus, rate: 1/s}}\n\
         outages: [{region: eastus, at: 10m, for: 5m, mode: refuse}]\n",
    );
    let outage = &study.fleet.outages[Id::new(0)];
    assert_eq!(outage.start, SimTime::ZERO + S(13 * 60));
    assert_eq!(outage.end, SimTime::ZERO + S(18 * 60));
    assert_eq!(outage.mode, OutageMode::Refuse);
}

#[test]
fn a_population_is_near_at_or_given_by_its_round_trips() {
    let study = study(
        "regions: {westeurope: {units: 1}, hq: {units: 1, at: [48.1, 11.6]}}\n\
         clients:\n\
         \x20 near: {near: westeurope, last_mile: 10ms, rate: 1/s}\n\
         \x20 azure: {near: northeurope, rate: 1/s}\n\
         \x20 place: {at: [48.1, 11.6], rate: 1/s}\n\
         \x20 given: {rtt: {hq: 5ms, westeurope: 15ms}, last_mile: 1ms, rate: 1/s}\n",
    );
    let europe = azure::find("westeurope").and_then(|region| region.coordinates);
    let europe = europe.expect("it is on the map");
    let hq = [48.1, 11.6];
    assert_eq!(
        rtts(&study, 0),
        [MS(11), azure::fitted_rtt(europe, hq) + MS(10)]
    );
    let table = azure::rtt("northeurope", "westeurope").expect("a row of the table");
    assert_eq!(rtts(&study, 1)[0], table);
    assert_eq!(rtts(&study, 2)[1], azure::fitted_rtt(hq, hq));
    assert_eq!(rtts(&study, 3), [MS(16), MS(6)]);
}

#[test]
fn a_region_overrides_the_gateway_and_a_population_the_client() {
    let study = study(
        "gateway: {workers_per_vm: 4, queue_limit: 100, discipline: lifo, shed_after: 2s}\n\
         regions: {eastus: {units: 1, zones: 3}, westus: {units: 1, workers_per_vm: 5, queue_limit: none, discipline: fifo, shed_after: none, service: 7ms}}\n\
         client: {timeout: none, dns: {lookup: 20ms}}\n\
         clients:\n\
         \x20 a: {near: eastus, rate: 1/s}\n\
         \x20 b: {near: eastus, rate: 1/s, timeout: 1s, dns: {lookup: 0s}}\n",
    );
    let [eastus, westus] = [0, 1].map(|index| &study.fleet.regions[Id::new(index)]);
    assert_eq!((eastus.workers, eastus.queue_limit), (8, Some(100)));
    assert_eq!((westus.workers, westus.queue_limit), (10, None));
    assert_eq!(westus.service.mean(), MS(7));
    let rule = |region: &RegionSpec| (region.discipline, region.shed_after);
    assert_eq!(rule(eastus), (Discipline::Lifo, Some(S(2))));
    assert_eq!(rule(westus), (Discipline::Fifo, None));
    assert_eq!((eastus.zones, westus.zones), (3, 1));
    assert_eq!(eastus.vms_by_zone(), [1, 1, 0]);
    let [a, b] = [0, 1].map(|index| &study.fleet.populations[Id::new(index)].client);
    assert_eq!((a.timeout, a.dns.lookup), (None, MS(20)));
    assert_eq!((b.timeout, b.dns.lookup), (Some(S(1)), MS(0)));
    assert_eq!(b.connect_timeout, Some(S(2)));
}

/// Goal: a region takes from the shared limit what its own does not say, or has none.
#[test]
fn a_region_overrides_parts_of_the_rate_limit() {
    let study = study(
        "gateway: {rate_limit: {calls: 600, by: population}}\n\
         regions:\n\
         \x20 eastus: {units: 1}\n\
         \x20 westus: {units: 1, rate_limit: {calls: 5, renewal_period: 300s}}\n\
         \x20 centralus: {units: 1, rate_limit: none}\n\
         clients:\n\
         \x20 a: {near: eastus, rate: 1/s}\n\
         \x20 b: {near: eastus, rate: 1/s, retry: {honor_retry_after: false}}\n",
    );
    let limit = |calls, period| {
        let by = LimitKey::Population;
        Some(RateLimitSpec { calls, period, by })
    };
    let limits = study.fleet.regions.iter().map(|region| region.rate_limit);
    let expected = [limit(600, S(60)), limit(5, S(300)), None];
    assert_eq!(limits.collect::<Vec<_>>(), expected);
    let clients = study.fleet.populations.iter().map(|p| &p.client);
    let honors = clients.map(|client| client.retry.honors_retry_after);
    assert_eq!(honors.collect::<Vec<_>>(), [true, false]);
}

#[test]
fn routing_and_objectives_are_what_they_say() {
    let study = study(
        "fleet: {primary: b}\n\
         regions: {a: {units: 1, at: [0, 0]}, b: {units: 1, at: [0, 9]}}\n\
         clients: {all: {at: [0, 0], rate: 1/s}}\n\
         routing: {strategy: {priority: [b, a]}, ttl: 0s, probe: instant, via: dns}\n\
         slo: {latency: {p99_9: 2s, p50: 50ms}, availability: 99.95%}\n",
    );
    assert_eq!(study.fleet.primary, Id::new(1));
    assert_eq!(study.fleet.routing.strategy.name(), "priority");
    assert_eq!(study.fleet.routing.health, HealthCheck::Instant);
    let latency = |quantile, at_most| Objective::of_fleet(Promise::Latency { quantile, at_most });
    assert_eq!(
        study.objectives[1..],
        [latency(0.5, MS(50)), latency(0.999, S(2))]
    );
    let target = study.availability_target().expect("an objective");
    assert!((target.as_f64() - 0.9995).abs() < 1e-12);
}

/// Goal: what zones cannot carry is told, unless the strategy sends it elsewhere. One unit is two VMs
/// of 8 workers; 1,000/s of 10 ms are 10 of 16, or of 8.
#[test]
fn zones_that_are_empty_or_needed_are_warned_about() {
    let told = |strategy: &str| -> Vec<String> {
        let text = format!(
            "gateway: {{service: constant(10ms)}}\n\
             regions: {{eastus: {{units: 1, zones: 3}}}}\n\
             clients: {{all: {{near: eastus, rate: 1000/s}}}}\n\
             routing: {{strategy: {strategy}, probe: instant}}\n"
        );
        let shown = checked(&text).warnings;
        let first_line = |warning: String| warning.lines().next().unwrap_or_default().to_owned();
        shown.iter().map(|w| first_line(w.to_string())).collect()
    };
    let empty = "f.yaml:2:11: warning: `eastus` has 3 zones and 2 VMs; zone 3 is empty; write `zones: 2`, or more units";
    let needed = "f.yaml:2:11: warning: `eastus` would run at 125 % when its largest zone is lost; it needs 2 units and has 1";
    assert_eq!(told("latency"), [empty, needed]);
    assert_eq!(told("waterfall"), [empty]);
}

#[test]
fn warnings_are_decided_by_arithmetic() {
    let warnings = checked(
        "gateway: {service: 10ms}\n\
         regions:\n\
         \x20 eastus: {units: 1}\n\
         \x20 westeurope: {units: 1}\n\
         clients:\n\
         \x20 america: {near: eastus, rate: 900/s, connect_timeout: 1ms}\n\
         \x20 europe: {near: westeurope, rate: 1200/s}\n\
         routing: {probe: instant}\n\
         outages:\n\
         \x20 - {region: eastus, at: 20m, for: 15m}\n",
    )
    .warnings;
    let shown: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    let lines: Vec<&str> = shown
        .iter()
        .filter_map(|text| text.lines().next())
        .collect();
    let rtt = azure::rtt("eastus", "westeurope").expect("a row of the table");
    let ms = rtt.as_secs_f64() * 1e3;
    assert_eq!(
        lines,
        [
            "f.yaml:3:3: warning: `eastus` would run at 131 % when `westeurope` is down; it needs more than 1.3 units and has 1",
            "f.yaml:4:3: warning: `westeurope` would run at 131 % when `eastus` is down; it needs more than 1.3 units and has 1",
            &format!(
                "f.yaml:6:3: warning: clients of `america` give up after 1 ms (connect_timeout), and the round trip to `westeurope` takes {ms} ms; write a longer `connect_timeout`"
            ),
            "f.yaml:10:5: warning: outage 1 of `eastus` ends 5 min after the measured period; its recovery will not be seen; write a shorter `for`, or a longer `duration` in `run`",
        ]
    );
}

#[test]
fn a_population_overrides_parts_of_dns_and_retries_and_inherits_the_rest() {
    let study = study(
        "regions: {eastus: {units: 1}}\n\
         client:\n\
         \x20 dns: {pin: 1%, extend_ttl: {share: 10%}}\n\
         \x20 retry: {attempts: 3, budget: {ratio: 10%, floor: 2/s}}\n\
         clients:\n\
         \x20 a: {near: eastus, rate: 1/s}\n\
         \x20 b: {near: eastus, rate: 1/s, dns: {pin: 2%, extend_ttl: {to: 5m}}, retry: {budget: none}}\n",
    );
    let [a, b] = [0, 1].map(|index| &study.fleet.populations[Id::new(index)].client);
    let (tenth, half_an_hour) = (Ratio::new(0.1).expect("a share"), S(1_800));
    assert_eq!((a.dns.extended, a.dns.extended_ttl), (tenth, half_an_hour));
    assert_eq!((b.dns.extended, b.dns.extended_ttl), (tenth, S(300)));
    let pinned = [a, b].map(|client| Some(client.dns.pinned));
    assert_eq!(pinned, [0.01, 0.02].map(Ratio::new));
    assert_eq!([a, b].map(|client| client.retry.attempts), [3, 3]);
    let floor = a
        .retry
        .budget
        .map(|budget| (budget.ratio, budget.floor.as_per_s()));
    assert_eq!((floor, b.retry.budget), (Some((0.1, 2.0)), None));
}

/// The rate of the first population at some seconds of the measured period.
fn rates<const N: usize>(rate: &str, at: [u64; N]) -> [f64; N] {
    let text = format!(
        "regions: {{eastus: {{units: 1}}}}\nclients: {{all: {{near: eastus, rate: {rate}}}}}\n"
    );
    let study = study(&text);
    let population = &study.fleet.populations[Id::new(0)];
    at.map(|at| population.rate_between(S(at), S(at))[0].as_per_s())
}

#[test]
fn rates_change_as_is_said() {
    let close = |found: &[f64], expected: &[f64]| {
        let pairs = found.iter().zip(expected);
        let is_close = pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-6);
        assert!(is_close, "{found:?} is not {expected:?}");
    };
    let ramps = "{stages: [{for: 10m, to: 400/s}, {for: 0s, to: 60/m}, {for: 10m, to: 901/s}]}";
    let found = rates(ramps, [0, 599, 600, 900, 9_999]);
    close(&found, &[400.0, 400.0, 1.0, 451.0, 901.0]);
    let from = "{from: 200/s, stages: [{for: 10m, to: 400/s}]}";
    close(&rates(from, [0, 300, 700]), &[200.0, 300.0, 400.0]);
    let crowd = "\"flash_crowd(base=2/s, peak=10/s, at=1m, rise=10s, hold=1m, decay=2m)\"";
    let found = rates(crowd, [0, 60, 65, 70, 130, 190, 250, 999]);
    close(&found, &[2.0, 2.0, 6.0, 10.0, 10.0, 6.0, 2.0, 2.0]);
    let day = "\"diurnal(mean=4/s, amplitude=50%, peak=14:00, utc_offset=+8h)\"";
    let found = rates(day, [6, 12, 18].map(|hour| hour * 3_600));
    close(&found, &[6.0, 4.0, 2.0]);
}

#[test]
fn users_are_agents_who_think() {
    let study = study(
        "regions: {eastus: {units: 1}}\n\
         clients: {all: {near: eastus, users: 500, think: exponential(mean=10s)}}\n",
    );
    let population = &study.fleet.populations[Id::new(0)];
    let think = Distribution::exponential(S(10)).expect("a mean");
    assert_eq!(
        (population.agents, &population.traffic),
        (500, &Traffic::Closed { think })
    );
}

#[test]
fn who_never_asks_is_warned_of() {
    let warnings = checked(
        "run: {duration: 20m}\n\
         regions: {eastus: {units: 1}}\n\
         clients:\n\
         \x20 never: {near: eastus, rate: 0/s}\n\
         \x20 late: {near: eastus, rate: {stages: [{for: 20m, to: 0/s}, {for: 10m, to: 9/s}]}}\n\
         \x20 soon: {near: eastus, rate: {stages: [{for: 19m, to: 0/s}, {for: 10m, to: 9/s}]}}\n",
    )
    .warnings;
    let shown: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    let lines: Vec<&str> = shown
        .iter()
        .filter_map(|text| text.lines().next())
        .collect();
    let [never, late] = [("4:3", "never"), ("5:3", "late")].map(|(place, name)| {
        format!(
            "f.yaml:{place}: warning: `{name}` never asks for anything; its rate is 0 throughout the measured period; see its `rate` and the `duration` in `run`"
        )
    });
    assert_eq!(lines, [never, late]);
}

#[test]
fn a_population_overrides_what_clients_do_key_by_key() {
    let study = study(
        "regions: {eastus: {units: 3}}
client:
  connection: {idle_timeout: 30s, max_age: 5m}
  hedge: {after: p95}
  cancel_abandoned: true
  retry: {on: [timeout, reset], deadline: 8s}
clients:
  all: {near: eastus, rate: 6/m}
  some:
    near: eastus
    rate: 6/m
    connection: {max_age: none, handshake_rtts: 1}
    hedge: {after: 40ms, elsewhere: true}
    cancel_abandoned: false
    retry: {deadline: none}
  none: {near: eastus, rate: 6/m, connection: none, hedge: none}
",
    );
    let client = |index| &study.fleet.populations[Id::new(index)].client;
    let [all, some, none] = [0, 1, 2].map(client);
    let connection = |handshake_rtts, max_age| ConnectionSpec {
        handshake_rtts,
        idle_timeout: Some(S(30)),
        max_age,
    };
    assert_eq!(all.connection, Some(connection(2, Some(S(300)))));
    assert_eq!(some.connection, Some(connection(1, None)));
    assert_eq!(none.connection, None);
    let hedge = |after, elsewhere| Some(HedgeSpec { after, elsewhere });
    assert_eq!(all.hedge, hedge(HedgeDelay::Quantile(0.95), false));
    assert_eq!(some.hedge, hedge(HedgeDelay::Fixed(MS(40)), true));
    assert_eq!(none.hedge, None);
    let cancels = [all, some, none].map(|client| client.cancels_abandoned);
    assert_eq!(cancels, [true, false, true]);
    let deadlines = [all, some, none].map(|client| client.retry.deadline);
    assert_eq!(deadlines, [Some(S(8)), None, Some(S(8))]);
    let on: CauseSet = [Cause::Timeout, Cause::Reset].into_iter().collect();
    assert!([all, some, none].iter().all(|client| client.retry.on == on));
}

#[test]
fn strategies_are_what_they_say() {
    let strategy = |text: &str| {
        let study = study(&format!(
            "regions: {{a: {{units: 1}}, b: {{units: 1}}}}\n\
             clients: {{all: {{rtt: {{a: 10ms, b: 30ms}}, rate: 1/s}}}}\n\
             routing: {{strategy: {text}}}\n"
        ));
        study.fleet.routing.strategy
    };
    let weights = |a, b| IdMap::new(vec![a, b]);
    let weighted = Strategy::Weighted(Weighted::new(weights(0.0, 2.5)));
    assert_eq!(strategy("{weighted: {b: 2.5}}"), weighted);
    assert_eq!(strategy("round_robin"), Strategy::RoundRobin);
    let [a, b] = [0, 1].map(Id::new);
    let lists = |list: Vec<_>| Strategy::Geographic(Geographic::new(IdMap::new(vec![list])));
    assert_eq!(strategy("{geographic: {all: b}}"), lists(vec![b]));
    assert_eq!(strategy("{geographic: {all: [b, a]}}"), lists(vec![b, a]));
    let band = |sensitivity, weights| {
        let rtts = IdMap::new(vec![IdMap::new(vec![MS(10), MS(30)])]);
        Strategy::LatencyBand(LatencyBand::new(sensitivity, weights, rtts))
    };
    assert_eq!(strategy("latency_band"), band(MS(0), weights(1.0, 1.0)));
    let written = "{latency_band: {sensitivity: 20ms, weights: {b: 4}}}";
    assert_eq!(strategy(written), band(MS(20), weights(1.0, 4.0)));
    let levels = |factor, panic| {
        let rule = (factor, Ratio::new(panic).expect("a share"));
        Strategy::Overprovisioned(Overprovisioned::new(&[vec![b], vec![a]], 2, rule))
    };
    let written = "{overprovisioned: {levels: [b, [a]]}}";
    assert_eq!(strategy(written), levels(1.4, 0.5));
    let written = "{overprovisioned: {levels: [b, a], factor: 2, panic: 0%}}";
    assert_eq!(strategy(written), levels(2.0, 0.0));
    let rtts = IdMap::new(vec![IdMap::new(vec![MS(10), MS(30)])]);
    let waterfall = |target| {
        let target = Ratio::new(target).expect("a share");
        Strategy::Waterfall(Waterfall::new(target, &rtts))
    };
    assert_eq!(strategy("waterfall"), waterfall(0.8));
    assert_eq!(strategy("{waterfall: {target: 65%}}"), waterfall(0.65));
    let least = LeastUtilized::new(rtts.clone());
    assert_eq!(strategy("least_utilized"), Strategy::LeastUtilized(least));
    let two = PowerOfTwo::new(rtts.clone());
    assert_eq!(strategy("power_of_two"), Strategy::PowerOfTwo(two));
    let oracle = Oracle::new(rtts);
    assert_eq!(strategy("oracle"), Strategy::Oracle(oracle));
}

/// A scenario whose `routing` has these keys, and the first lines of its warnings.
fn routed(keys: &str) -> (RoutingSpec, Vec<String>) {
    let found = checked(&format!(
        "regions: {{a: {{units: 1}}, b: {{units: 1}}}}\n\
         clients: {{all: {{rtt: {{a: 10ms, b: 30ms}}, rate: 1/s}}}}\n\
         routing: {{{keys}}}\n"
    ));
    let warnings = found.warnings.iter().map(ToString::to_string);
    let lines = warnings.filter_map(|text| text.lines().next().map(str::to_owned));
    (found.study.fleet.routing, lines.collect())
}

#[test]
fn a_signal_is_measured_unless_it_is_said_to_be_instant() {
    let signal = |keys: &str| {
        let (routing, warnings) = routed(keys);
        assert_eq!(warnings, [""; 0], "{keys}");
        routing.signal
    };
    let measured = |period, delay| SignalSpec::Measured { period, delay };
    assert_eq!(signal("strategy: waterfall"), measured(S(10), S(5)));
    let written = "strategy: power_of_two, signal: {period: 1s}";
    assert_eq!(signal(written), measured(S(1), S(5)));
    let written = "strategy: least_utilized, signal: instant, via: anycast";
    assert_eq!(signal(written), SignalSpec::Instant);
    assert_eq!(routed(written).0.via, Via::Anycast);
}

#[test]
fn a_signal_that_nobody_looks_at_is_warned_of() {
    let reasons = [
        ("latency", "this strategy does not look at load"),
        ("oracle", "an `oracle` knows the load of every moment"),
    ];
    for (strategy, reason) in reasons {
        let (_, warnings) = routed(&format!("signal: instant, strategy: {strategy}"));
        let expected = format!(
            "f.yaml:3:11: warning: `signal` changes nothing: {reason}; it is for `waterfall`, `least_utilized` and `power_of_two`"
        );
        assert_eq!(warnings, [expected]);
    }
}
