//! `routing`: which region an answer names, and how the router learns what is healthy.

use crate::model::{HealthCheck, Pacing, ProbeSpec, RoutingSpec, SignalSpec, Via};
use crate::scenario::check::clients::Populations;
use crate::scenario::check::regions::Named;
use crate::scenario::check::strategy;
use crate::scenario::fields::Fields;
use crate::scenario::report::Origin;
use crate::scenario::tree::Value;

pub(super) fn read(
    scenario: &Fields<'_>,
    named: Option<&Named<'_>>,
    populations: Option<&Populations>,
) -> Option<RoutingSpec> {
    let routing = scenario.section("routing")?;
    let strategy = strategy::read(&routing, named, populations);
    let via = routing.choice("via").map(|chosen| match chosen.name {
        "anycast" => Via::Anycast,
        _ => Via::Dns,
    });
    let ttl = routing.duration("ttl");
    let health = health(&routing);
    let signal = signal(&routing);
    Some(RoutingSpec {
        strategy: strategy?,
        via: via?,
        ttl: ttl?,
        health: health?,
        signal: signal?,
    })
}

/// Where a signal was written.
pub(super) fn signal_origin(scenario: &Fields<'_>) -> Option<Origin> {
    let routing = scenario.section("routing")?;
    let entry = routing.entry("signal")?;
    Some(entry.origin.clone())
}

/// Whether a key is written as a word and not as a section.
fn is_word(routing: &Fields<'_>, key: &str) -> bool {
    let written = routing.entry(key).map(|entry| &entry.node.value);
    written.is_some_and(|value| !matches!(value, Value::Map(_) | Value::Null | Value::List(_)))
}

fn signal(routing: &Fields<'_>) -> Option<SignalSpec> {
    if is_word(routing, "signal") {
        return routing.choice("signal").map(|_| SignalSpec::Instant);
    }
    let signal = routing.section("signal")?;
    let period = signal.duration("period");
    let delay = signal.duration("delay");
    Some(SignalSpec::Measured {
        period: period?,
        delay: delay?,
    })
}

fn health(routing: &Fields<'_>) -> Option<HealthCheck> {
    if is_word(routing, "probe") {
        return routing.choice("probe").map(|_| HealthCheck::Instant);
    }
    let probe = routing.section("probe")?;
    let interval = probe.duration("interval");
    let timeout = probe.duration("timeout");
    let tolerated_failures = probe.whole("tolerated_failures");
    let locations = probe.whole("locations");
    let demand = probe.duration("demand");
    let rtt = probe.duration("rtt");
    let pacing = probe.choice("pacing").map(|chosen| match chosen.name {
        "after_result" => Pacing::AfterResult,
        _ => Pacing::Fixed,
    });
    Some(HealthCheck::Probe(ProbeSpec {
        interval: interval?,
        timeout: timeout?,
        tolerated_failures: tolerated_failures?,
        locations: locations?,
        demand: demand?,
        rtt: rtt?,
        pacing: pacing?,
    }))
}
