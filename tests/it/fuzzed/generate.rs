//! Scenarios of every feature, valid for the most part, and small enough to be run in a moment.
//!
//! What this file is not: it knows neither what is sensible nor what is likely. Extremes are meant.

#![expect(
    clippy::format_push_string,
    reason = "a scenario is made once: clarity over speed"
)]

use std::fmt::Write as _;

use crate::fuzzed::choices::Choices;
use crate::fuzzed::generate_parts::{backends, config, management, outages, routing, slo};

/// The regions that a scenario may have; the first are there in any.
const REGIONS: [&str; 4] = ["westeurope", "eastus", "southeastasia", "islet"];

/// The populations that a scenario may have.
const POPULATIONS: [&str; 3] = ["near", "far", "loop"];

/// What other parts of a scenario refer to.
pub(crate) struct World {
    pub(crate) regions: Vec<&'static str>,
    pub(crate) populations: Vec<&'static str>,
    /// Length of the measured period, in seconds.
    pub(crate) duration_s: u32,
    pub(crate) has_backends: bool,
}

/// The scenario that the bytes decide on.
pub(crate) fn scenario(bytes: &[u8]) -> String {
    let choices = &mut Choices::new(bytes);
    let regions = 1 + choices.below(REGIONS.len());
    let populations = 1 + choices.below(POPULATIONS.len());
    let world = World {
        regions: REGIONS[..regions].to_vec(),
        populations: POPULATIONS[..populations].to_vec(),
        duration_s: choices.of(&[60, 20, 120, 300]),
        has_backends: choices.once_in(3),
    };
    let mut text = String::from("title: Anything\n");
    text += &run(choices, &world);
    text += &gateway(choices);
    text += &fleet(choices, &world);
    text += &clients(choices, &world);
    let parts = [client, network, routing, backends, config, management];
    for part in parts {
        text += &part(choices, &world);
    }
    text += &outages(choices, &world);
    text += &slo(choices, &world);
    text
}

fn run(choices: &mut Choices<'_>, world: &World) -> String {
    let warm_up = choices.of(&["10s", "0s", "60s"]);
    let window = choices.of(&["5s", "1s", "7s", "20s"]);
    let seed = choices.whole(0, 1_000);
    let replications = if choices.once_in(12) {
        "{min: 10, max: 12, until: {availability: 1%, p99: 50%}}"
    } else {
        choices.of(&["2", "1", "5"])
    };
    let duration = world.duration_s;
    format!(
        "run: {{warm_up: {warm_up}, duration: {duration}s, window: {window}, seed: {seed}, \
         replications: {replications}}}\n"
    )
}

/// The work of a gateway, under `gateway` or a region.
fn gateway(choices: &mut Choices<'_>) -> String {
    let mut text = String::from("gateway:\n");
    let vms = choices.of(&[2, 1, 3]);
    let workers = choices.of(&[8, 1, 2, 40]);
    let service = distribution(choices, &["4ms", "25ms", "300ms"]);
    write!(
        text,
        "  vms_per_unit: {vms}\n  workers_per_vm: {workers}\n  service: {service}\n"
    )
    .expect("a string takes everything");
    let mut add = |line: &str| text += &format!("  {line}\n");
    if choices.once_in(3) {
        add(choices.of(&["queue_limit: 0", "queue_limit: 5", "queue_limit: 1000"]));
    }
    if choices.once_in(4) {
        add(choices.of(&["discipline: lifo", "discipline: fifo"]));
    }
    if choices.once_in(4) {
        add(choices.of(&["shed_after: 50ms", "shed_after: 2s", "shed_after: 1ns"]));
    }
    if choices.once_in(4) {
        let calls = choices.of(&[100, 1, 2_000]);
        let period = choices.of(&["60s", "1s", "300s"]);
        let by = choices.of(&["region", "population"]);
        add(&format!(
            "rate_limit: {{calls: {calls}, renewal_period: {period}, by: {by}}}"
        ));
    }
    if choices.once_in(4) {
        let items = choices.of(&[1_000, 1, 50_000]);
        let skew = choices.of(&["1", "0", "5"]);
        let ttl = choices.of(&["30s", "1s", "10m"]);
        let shared = choices.of(&["false", "true"]);
        add(&format!(
            "cache: {{items: {items}, skew: {skew}, ttl: {ttl}, shared: {shared}, cacheable: 80%}}"
        ));
    }
    text
}

fn fleet(choices: &mut Choices<'_>, world: &World) -> String {
    let mut text = String::new();
    if choices.once_in(3) {
        text += &format!("fleet: {{primary: {}}}\n", choices.of(&world.regions));
    }
    text += "regions:\n";
    for region in &world.regions {
        let units = choices.of(&[1, 2, 5]);
        let zones = choices.of(&[1, 3, 2]);
        let at = if *region == "islet" {
            ", at: [28.1, -15.4]"
        } else {
            ""
        };
        text += &format!("  {region}: {{units: {units}, zones: {zones}{at}}}\n");
    }
    text
}

fn clients(choices: &mut Choices<'_>, world: &World) -> String {
    let mut text = String::from("clients:\n");
    for (index, population) in world.populations.iter().enumerate() {
        let place = match choices.below(3) {
            0 => format!("near: {}", world.regions[index % world.regions.len()]),
            1 => "at: [40.7, -74.0]".to_owned(),
            _ => {
                let rtts = world.regions.iter().map(|region| {
                    let rtt = choices.of(&["20ms", "0ms", "1s", "90ms"]);
                    format!("{region}: {rtt}")
                });
                format!("rtt: {{{}}}", rtts.collect::<Vec<_>>().join(", "))
            }
        };
        let last_mile = choices.of(&["0ms", "12ms"]);
        let asks = traffic(choices, (*population, world));
        text += &format!("  {population}: {{{place}, last_mile: {last_mile}, {asks}}}\n");
    }
    text
}

fn traffic(choices: &mut Choices<'_>, (population, world): (&str, &World)) -> String {
    if population == "loop" {
        let users = choices.of(&[20, 1, 200]);
        let think = distribution(choices, &["1s", "10s"]);
        return format!("users: {users}, think: {think}");
    }
    let agents = choices.of(&[50, 1, 1_000]);
    let rate = choices.of(&["10/s", "60/s", "3/m", "0/s", "1/h"]);
    let third = (world.duration_s / 3).max(1);
    let rate = match choices.below(8) {
        0 => format!(
            "\"diurnal(mean={rate}, amplitude=60%, peak=14:00, utc_offset=-5h, starts_at=12:50)\""
        ),
        1 => format!(
            "\"flash_crowd(base={rate}, peak=80/s, at={third}s, rise=3s, hold=5s, decay=7s)\""
        ),
        2 => format!(
            "{{from: {rate}, stages: [{{for: {third}s, to: 70/s}}, {{for: 0s, to: {rate}}}]}}"
        ),
        _ => rate.to_owned(),
    };
    let arrivals = choices.of(&[
        "poisson",
        "constant",
        "gamma(cv=0.5)",
        "gamma(cv=8)",
        "\"bursts(factor=5, mean_on=1s, mean_off=9s)\"",
    ]);
    format!("rate: {rate}, arrivals: {arrivals}, agents: {agents}")
}

fn client(choices: &mut Choices<'_>, _: &World) -> String {
    let timeout = choices.of(&["5s", "100ms", "1ns", "60s", "none"]);
    let connect = choices.of(&["2s", "50ms", "none", "30s"]);
    let mut text = format!("client:\n  timeout: {timeout}\n  connect_timeout: {connect}\n");
    let mut add = |line: &str| text += &format!("  {line}\n");
    if choices.once_in(2) {
        let idle = choices.of(&["120s", "1s", "none"]);
        let age = choices.of(&["none", "5s", "1m"]);
        let rtts = choices.of(&[2, 0, 10]);
        add(&format!(
            "connection: {{handshake_rtts: {rtts}, idle_timeout: {idle}, max_age: {age}}}"
        ));
    }
    let lookup = choices.of(&["50ms", "0ms", "3s"]);
    let share = choices.of(&["8.7%", "0%", "100%"]);
    let pin = choices.of(&["0%", "1%", "100%"]);
    add(&format!(
        "dns: {{lookup: {lookup}, extend_ttl: {{share: {share}, to: 30m}}, pin: {pin}}}"
    ));
    if choices.once_in(2) {
        add(&format!("retry: {{{}}}", retry(choices)));
    }
    if choices.once_in(3) {
        let after = choices.of(&["p95", "50ms", "1s", "p50"]);
        let elsewhere = choices.of(&["false", "true"]);
        add(&format!(
            "hedge: {{after: {after}, elsewhere: {elsewhere}}}"
        ));
    }
    if choices.once_in(3) {
        add("cancel_abandoned: true");
    }
    text
}

fn retry(choices: &mut Choices<'_>) -> String {
    let attempts = choices.of(&[3, 2, 20]);
    let backoff = choices.of(&[
        "\"full_jitter(base=100ms, cap=10s)\"",
        "none",
        "constant(delay=1s)",
        "\"exponential(base=10ms, cap=5s)\"",
        "\"equal_jitter(base=100ms, cap=10s)\"",
        "\"decorrelated_jitter(base=100ms, cap=10s)\"",
    ]);
    let budget = choices.of(&["none", "10%", "{ratio: 10%, floor: 1/s}", "0%"]);
    let elsewhere = choices.of(&["false", "true"]);
    let honor = choices.of(&["true", "false"]);
    let deadline = choices.of(&["none", "10s", "1s"]);
    format!(
        "attempts: {attempts}, backoff: {backoff}, budget: {budget}, elsewhere: {elsewhere}, \
         honor_retry_after: {honor}, deadline: {deadline}"
    )
}

fn network(choices: &mut Choices<'_>, _: &World) -> String {
    format!(
        "network: {{jitter: {}}}\n",
        choices.of(&["3%", "0%", "40%"])
    )
}

/// A distribution of times about as long as one of `means`.
pub(crate) fn distribution(choices: &mut Choices<'_>, means: &[&str]) -> String {
    let mean = choices.of(means);
    match choices.below(9) {
        0 => format!("constant({mean})"),
        1 => format!("exponential(mean={mean})"),
        2 => format!("\"lognormal(mean={mean}, cv=1.5)\""),
        3 => format!("\"lognormal(mean={mean}, cv=20)\""),
        4 => format!("\"gamma(mean={mean}, cv=0.5)\""),
        5 => format!("\"gamma(mean={mean}, cv=3)\""),
        6 => format!("\"uniform(min=0ms, max={mean})\""),
        7 => format!("\"weibull(mean={mean}, shape=0.5)\""),
        _ => format!("\"pareto(min={mean}, shape=2.1)\""),
    }
}
