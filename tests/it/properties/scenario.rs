//! Random scenarios of every feature, as they would be written.
//!
//! Times and rates stand in the text as `T(milliseconds)` and `R(per second)`, so that all of them can be
//! scaled together; nothing that is a time is left to a default.

use std::path::PathBuf;

use gatefleet::experiment::Study;
use gatefleet::report::Summary;
use gatefleet::scenario::{Source, read};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

use crate::support::result;

/// A scenario whose lists can be put into another order.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    /// What is in no list.
    pub(crate) rest: String,
    /// Entries of `regions`, of `clients` and of `outages`.
    pub(crate) regions: Vec<String>,
    pub(crate) clients: Vec<String>,
    pub(crate) outages: Vec<String>,
}

impl Written {
    /// The text, with all times so many times as long.
    pub(crate) fn text(&self, times: u64) -> String {
        let list = |title: &str, entries: &[String]| {
            if entries.is_empty() {
                return String::new();
            }
            let lines = entries.iter().map(|entry| format!("  {entry}\n"));
            format!("{title}:\n{}", lines.collect::<String>())
        };
        let text = [
            self.rest.clone(),
            list("regions", &self.regions),
            list("clients", &self.clients),
            list("outages", &self.outages),
        ];
        let text = filled(&text.concat(), "T(", |ms| {
            format!("{}us", ms * 1e3 * times as f64)
        });
        filled(&text, "R(", |rate| format!("{}/s", rate / times as f64))
    }

    pub(crate) fn study(&self, times: u64) -> Study {
        let source = Source {
            name: "any.yaml".into(),
            text: self.text(times),
            folder: PathBuf::new(),
        };
        let checked = read(&source, &[]);
        let checked = checked.unwrap_or_else(|problems| panic!("{problems}\n{}", source.text));
        checked.study
    }

    /// The summary of its results, in which maps know no order.
    pub(crate) fn summary(&self) -> Value {
        let study = self.study(1);
        serde_json::to_value(Summary::new(&study, &result(&study), "")).unwrap()
    }
}

/// Replaces what is in brackets behind `mark`, a number, by its text.
fn filled(text: &str, mark: &str, shown: impl Fn(f64) -> String) -> String {
    let mut parts = text.split(mark);
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (number, rest) = part.split_once(')').unwrap();
        filled.push_str(&shown(number.parse().unwrap()));
        filled.push_str(rest);
    }
    filled
}

/// What differs from fleet to fleet: one of each of these.
const STRATEGIES: [&str; 9] = [
    "latency",
    "{priority: [eastus, westeurope, southeastasia]}",
    "{geographic: {north: westeurope, west: [eastus, westeurope], south: southeastasia}}",
    "{waterfall: {target: 60%}}",
    "{latency: {failover: even_spread}}",
    "{weighted: {westeurope: 3, eastus: 1, southeastasia: 2}}",
    "oracle",
    "least_utilized",
    "power_of_two",
];

/// How many of the strategies neither draw lots among regions, in the order of the file, nor find one as
/// good as another, which then is the first of the file. (A waterfall deals out what spills by lot; an
/// oracle weighs sums over populations, to the last bit.)
pub(crate) const WITHOUT_TIES: usize = 3;

/// How many of the strategies do not weigh one moment's load against another's, which a nanosecond can
/// tip.
pub(crate) const WITHOUT_LOADS: usize = 6;

/// How many there are.
pub(crate) const ALL: usize = STRATEGIES.len();

const PROBES: [&str; 3] = [
    "instant",
    "{interval: T(2000), timeout: T(1000), tolerated_failures: 1, demand: T(1), rtt: T(20)}",
    "{interval: T(3000), timeout: T(700), tolerated_failures: 0, demand: T(5), rtt: T(0), locations: 3, pacing: after_result}",
];

const GATEWAYS: [&str; 6] = [
    "service: exponential(mean=T(40))",
    "service: \"lognormal(p50=T(20), p99=T(120))\", queue_limit: 20",
    "service: constant(T(50)), discipline: lifo",
    "service: \"uniform(min=T(10), max=T(60))\", shed_after: T(400)",
    "service: \"gamma(mean=T(30), cv=0.5)\", rate_limit: {calls: 60, renewal_period: T(1000), by: population}",
    "service: exponential(mean=T(20)), cache: {items: 200, ttl: T(4000), cacheable: 80%}",
];

const CLIENTS: [&str; 6] = [
    "timeout: T(1500), connect_timeout: T(700)",
    "timeout: none, connect_timeout: none",
    "timeout: T(600), connect_timeout: T(300), cancel_abandoned: true",
    "timeout: T(1500), connect_timeout: T(700), connection: {handshake_rtts: 2, idle_timeout: T(8000), max_age: T(20000)}",
    "timeout: T(1000), connect_timeout: T(500), retry: {attempts: 3, backoff: \"full_jitter(base=T(100), cap=T(2000))\", budget: {ratio: 20%, floor: R(1)}, elsewhere: true}",
    "timeout: T(2000), connect_timeout: T(800), hedge: {after: T(150), elsewhere: true}, retry: {attempts: 2, backoff: \"constant(delay=T(200))\", deadline: T(3000)}",
];

const NAMES: [&str; 3] = [
    "dns: {lookup: T(30)}",
    "dns: {lookup: T(0), pin: 5%}",
    "dns: {lookup: T(20), extend_ttl: {share: 20%, to: T(15000)}}",
];

const TRAFFIC: [&str; 5] = [
    "rate: R(30), agents: 40",
    "rate: R(20), agents: 300, arrivals: constant",
    "rate: R(25), agents: 60, arrivals: \"bursts(factor=3, mean_on=T(2000), mean_off=T(6000))\"",
    "rate: {from: R(10), stages: [{for: T(10000), to: R(40)}, {for: T(5000), to: R(20)}]}, agents: 50",
    "users: 40, think: exponential(mean=T(1500))",
];

const BACKENDS: [&str; 3] = [
    "",
    "backends: {orders: {sites: {westeurope: {rtt: {westeurope: T(1), eastus: T(81), southeastasia: T(162)}}, eastus: {rtt: {westeurope: T(81), eastus: T(1), southeastasia: T(223)}}}, service: exponential(mean=T(25)), workers: 6, queue_limit: 30, timeout: T(800), retry: {attempts: 2, backoff: \"constant(delay=T(50))\"}, breaker: {failures: 5, window: T(3000), open_for: T(3000)}}}\n",
    "backends: {orders: {sites: {eastus: {rtt: {westeurope: T(81), eastus: T(1), southeastasia: T(223)}}}, share: 60%, service: constant(T(20)), timeout: T(900)}, search: {sites: {westeurope: {rtt: {westeurope: T(1), eastus: T(81), southeastasia: T(162)}}}, share: 20%, service: exponential(mean=T(30)), workers: 4, timeout: T(700)}}\n",
];

const CONFIGS: [&str; 4] = [
    "",
    "config: {sync: {interval: T(2000), apply: exponential(mean=T(500)), rtt: T(60)}, changes: {rate: R(0.3)}, needed_by: 5%, unreplicated: lost}\n",
    "config: {sync: {interval: T(1000), apply: constant(T(300)), rtt: T(60)}, rollouts: [{at: T(6000), bad: {fail: 40%}, fix: {after: T(5000)}}]}\n",
    "management: {operations: R(0.5), portal: R(1), restore: {in: eastus, after: T(4000)}}\n",
];

/// Outages within 20 s, by what they hit.
const OUTAGES: [&str; 14] = [
    "region: westeurope, mode: blackhole",
    "region: eastus, mode: refuse",
    "region: westeurope, mode: hold",
    "region: southeastasia, mode: no_dns",
    "region: westeurope, capacity: 50%",
    "region: eastus, zone: 1",
    "region: eastus, vms: 1",
    "region: westeurope, slow: 3",
    "region: southeastasia, gray: 30%",
    "region: eastus, probe: down",
    "management: true",
    "router: true",
    "network: [west, westeurope], partition: true",
    "network: [probers, eastus], delay: T(900)",
];

/// Outages that strike by chance, grow, or lose some of what is sent.
const OTHER_OUTAGES: [&str; 7] = [
    "region: eastus, mtbf: exponential(mean=T(9000)), mttr: exponential(mean=T(2000))",
    "region: westeurope, capacity: 50%, mtbf: exponential(mean=T(6000)), mttr: constant(T(3000))",
    "router: true, mtbf: exponential(mean=T(9000)), mttr: exponential(mean=T(1000))",
    "region: westeurope, slow: 4, ramp: T(2000), at: T(3000), for: T(6000)",
    "region: eastus, capacity: 25%, ramp: {up: T(1000), down: T(3000)}, at: T(5000), for: T(9000)",
    "network: [north, westeurope], loss: 20%, at: T(2000), for: T(9000)",
    "network: [westeurope, eastus], loss: 40%, delay: T(100), ramp: T(1000), at: T(1000), for: T(8000)",
];

/// The same of back ends.
const OUTAGES_BEHIND: [&str; 2] = [
    "backend: orders, mode: refuse, at: T(4000), for: T(7000)",
    "backend: orders, slow: 5, mtbf: exponential(mean=T(8000)), mttr: exponential(mean=T(4000))",
];

/// Units by rule and by hand, and regions that come and go.
const CHANGES: [&str; 3] = [
    "",
    "autoscale: {regions: all, units_max: 4, takes: constant(T(2000)), out: {above: 60%, over: T(3000), cool_down: T(4000)}, in: {below: 20%, over: T(4000), cool_down: T(6000)}}\n",
    "operations: [{scale: westeurope, units: 4, at: T(3000), takes: constant(T(2000))}, {disable: eastus, at: T(8000), takes: constant(T(1000))}, {enable: eastus, at: T(16000), takes: constant(T(1000))}]\n",
];

/// Round trips of the three populations, no two the same.
const RTTS: [[(&str, u32); 3]; 3] = [
    [("westeurope", 20), ("eastus", 83), ("southeastasia", 161)],
    [("westeurope", 85), ("eastus", 14), ("southeastasia", 223)],
    [("westeurope", 167), ("eastus", 217), ("southeastasia", 26)],
];

/// A number of each list.
type Choices = [Index; 8];

/// Scenarios with any outages in their first 20 s of 40 s, routed by one of the first so many strategies.
pub(crate) fn written(strategies: usize) -> impl Strategy<Value = Written> {
    let outages =
        prop::collection::vec((select(&OUTAGES[..]), 0_u32..10_000, 500_u32..9_000), 0..4);
    let traffic = prop::array::uniform3(select(&TRAFFIC[..]));
    (any::<Choices>(), 0..strategies, traffic, outages, any::<u32>()).prop_map(
        |(choices, strategy, traffic, outages, seed)| {
            let [probe, gateway, client, name, backend, config, via, units] = choices;
            let chosen = |index: Index, list: &[&'static str]| list[index.index(list.len())];
            let via = if via.index(4) == 0 { "anycast" } else { "dns" };
            let rest = format!(
                "run: {{warm_up: T(4000), duration: T(40000), window: T(2000), seed: {seed}, replications: 1}}\n\
                 fleet: {{primary: westeurope}}\n\
                 network: {{jitter: 5%}}\n\
                 gateway: {{vms_per_unit: 2, workers_per_vm: 2, {}}}\n\
                 client: {{{}, {}}}\n\
                 routing: {{strategy: {}, ttl: T(3000), via: {via}, probe: {}, signal: {{period: T(1000), delay: T(500)}}}}\n\
                 {}{}",
                chosen(gateway, &GATEWAYS),
                chosen(client, &CLIENTS),
                chosen(name, &NAMES),
                STRATEGIES[strategy],
                chosen(probe, &PROBES),
                chosen(backend, &BACKENDS),
                chosen(config, &CONFIGS),
            );
            let regions = ["westeurope", "eastus", "southeastasia"].map(|region| {
                let units = if region == "eastus" { 2 } else { 1 + units.index(2) };
                format!("{region}: {{units: {units}, zones: 2}}")
            });
            let names = ["north", "west", "south"];
            let clients = (0..3).map(|index| {
                let rtt = RTTS[index].map(|(region, ms)| format!("{region}: T({ms})"));
                let rtt = rtt.join(", ");
                format!("{}: {{rtt: {{{rtt}}}, {}}}", names[index], traffic[index])
            });
            let outages = outages.iter().map(|(outage, at, length)| {
                format!("- {{{outage}, at: T({at}), for: T({length})}}")
            });
            Written {
                rest,
                regions: regions.into(),
                clients: clients.collect(),
                outages: outages.collect(),
            }
        },
    )
}

/// The same with what other laws do not speak of: outages by chance, ramps, loss, back ends that fail,
/// and units that change.
pub(crate) fn written_with_everything() -> impl Strategy<Value = Written> {
    let others = prop::sample::subsequence(OTHER_OUTAGES.to_vec(), 0..3);
    let behind = prop::option::of(select(&OUTAGES_BEHIND[..]));
    (written(ALL), others, behind, select(&CHANGES[..])).prop_map(
        |(mut written, others, behind, change)| {
            let has_backend = written.rest.contains("backends:");
            let more = others.into_iter().chain(behind.filter(|_| has_backend));
            let more = more.map(|outage| format!("- {{{outage}}}"));
            written.outages.extend(more);
            written.rest.push_str(change);
            written
        },
    )
}
