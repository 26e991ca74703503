//! `routing`: which region an answer names, and how the router learns what is healthy.

use crate::model::{HealthCheck, Pacing, ProbeSpec, RoutingSpec};
use crate::scenario::check::clients::Populations;
use crate::scenario::check::regions::Named;
use crate::scenario::check::strategy;
use crate::scenario::fields::Fields;
use crate::scenario::tree::Value;

pub(super) fn read(
    scenario: &Fields<'_>,
    named: Option<&Named<'_>>,
    populations: Option<&Populations>,
) -> Option<RoutingSpec> {
    let routing = scenario.section("routing")?;
    let strategy = strategy::read(&routing, named, populations);
    routing.choice("via");
    let ttl = routing.duration("ttl");
    let health = health(&routing);
    Some(RoutingSpec {
        strategy: strategy?,
        ttl: ttl?,
        health: health?,
    })
}

fn health(routing: &Fields<'_>) -> Option<HealthCheck> {
    let written = routing.entry("probe").map(|entry| &entry.node);
    if written
        .is_some_and(|node| !matches!(node.value, Value::Map(_) | Value::Null | Value::List(_)))
    {
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
