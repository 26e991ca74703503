//! The fleet: clients, router, gateways, probes and outages, exactly as they behave.
//!
//! [`run`] takes a checked [`FleetSpec`] and a seed and lets an [`Observer`] watch. What this
//! layer is not: it reads no file, prints nothing, knows no wall clock, counts nothing, and
//! cannot fail: a checked study runs. A run that would need unbounded memory ends early as a
//! [`Saturation`].
//!
//! Read `entity`, `client` and `spec` first (what there is), then `event` and `fleet` (what can happen), then
//! `clients`, `attempts`, `work`, `calls`, `outage` and `network` (what follows from it); `timetable` and
//! `foresight` (what of that is certain beforehand); `routing`, `router` and `signal`
//! (where clients are sent, and what is known there); `control` with `config` and `management` (what
//! else goes on in the fleet).

mod abandon;
mod agent;
mod attempts;
mod backend;
mod backlog;
mod cache;
mod callers;
mod calls;
mod census;
mod client;
mod clients;
mod config;
mod connections;
mod control;
mod dns;
mod entity;
mod event;
mod fate;
mod fault;
mod fleet;
mod foresight;
mod gateway;
mod hazard;
mod hazard_names;
mod health;
mod hedge;
mod hedging;
mod horizon;
mod limiter;
mod luck;
mod machines;
mod management;
mod network;
mod observer;
mod outage;
mod outcome;
mod pins;
mod population;
mod probing;
mod ramp;
mod request;
mod retry;
mod router;
pub mod routing;
mod sequel;
mod signal;
mod sites;
mod spec;
mod station;
mod timetable;
mod transmission;
mod trip;
mod trouble;
mod way;
mod work;

#[cfg(test)]
pub(crate) mod tests;

pub use backlog::Discipline;
pub use cache::CacheSpec;
pub use client::{
    Backoff, ClientSpec, ConnectionSpec, DnsSpec, HedgeDelay, HedgeSpec, RetryBudget, RetrySpec,
};
pub use config::{
    Changes, ConfigSpec, ConfigState, DefectEffect, DefectSpec, FixSpec, Freeze, HaltSpec, OnHalt,
    RolloutId, RolloutSpec, StagePlan, SyncSpec, Unreplicated,
};
pub use entity::{
    BackendHit, BackendId, BackendPart, BackendSpec, BackendsSpec, BreakerSpec, Choice, Impairment,
    Lie, LimitKey, OutageId, OutageMode, OutageSpec, Place, PopulationId, PopulationSpec, Ramp,
    RateLimitSpec, RegionId, RegionSpec, Scope, SiteId, SiteSpec, Traffic,
};
pub use fate::Fate;
#[cfg(test)]
pub(crate) use fleet::run_without_foresight;
pub use fleet::{Hopeless, Run, Saturation, run};
pub use hazard::{HazardId, HazardSpec, Strikes};
pub use health::Health;
pub use management::{
    AutoscaleSpec, ManagementSpec, OperationId, OperationKind, OperationSpec, RestoreSpec,
    ScaleRule, joins_later,
};
pub use observer::{
    AttemptSent, Blind, CallEnd, Census, Errand, Hit, Load, Observer, OperationStep, RequestEnd,
    RolloutStep, Slot, Unreached, Waste,
};
pub use outcome::{Blame, Cause, CauseSet, Outcome};
pub use spec::{FleetSpec, HealthCheck, Pacing, Period, ProbeSpec, RoutingSpec, SignalSpec, Via};
