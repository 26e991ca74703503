//! The simulator against theory, against itself, and as its users meet it.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod attempts;
mod backend_world;
mod backends;
mod browser;
mod budget;
mod bundled;
mod chance;
mod cli;
mod comparison;
mod configuration;
mod connections;
mod cost;
mod dependencies;
mod determinism;
mod documents;
mod drain;
mod faults;
mod fuzzed;
mod html;
mod impairments;
mod objectives;
mod operations;
mod overlaps;
mod plots;
mod ramps;
mod rate_limits;
mod report;
mod retries;
mod rollouts;
mod routing;
mod routing_bounds;
mod routing_by_load;
mod scaling;
mod semantics;
mod sites;
mod stopping;
mod support;
mod sweeping;
mod theory;
mod traffic;
mod ways;
mod ways_piled_up;
mod zones;
