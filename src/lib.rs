//! gatefleet: a discrete-event simulator of a multi-region gateway fleet.
//!
//! It answers, with numbers that carry their uncertainty, what an outage of the primary or of a
//! secondary region does to availability and latency, and what decides that: detection, DNS
//! caches, capacity. The modules are layers, listed in the order in which to read them; each
//! imports only from those above it in this list, and a test proves it.

pub mod units;

pub mod random;

pub mod stats;

pub mod engine;

pub mod model;

pub mod metrics;

pub mod experiment;

pub mod scenario;

pub mod report;

pub mod cli;
