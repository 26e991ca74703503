//! What can be seen of a run.
//!
//! The model tells, whoever listens counts. An observer is told and returns nothing, so it
//! cannot influence what it watches; a method that it leaves empty costs nothing.

use crate::model::config::{ConfigState, RolloutId};
use crate::model::entity::{OutageId, PopulationId, RegionId, SiteId};
use crate::model::health::Health;
use crate::model::management::OperationId;
use crate::model::outcome::Outcome;
use crate::units::{SimDuration, SimTime};

/// Someone who watches a run.
pub trait Observer {
    /// A client of `population` wants something.
    fn request_offered(&mut self, _now: SimTime, _population: PopulationId) {}

    /// A request has got its answer, is certain to get it at `end.ended`, or will never get one. It is
    /// told as soon as that is known, so not in the order in which requests end.
    fn request_ended(&mut self, _end: &RequestEnd) {}

    /// An attempt leaves for a region at `attempt.at`, which may lie in the near future.
    fn attempt_sent(&mut self, _attempt: &AttemptSent) {}

    /// A request is offered at `end.started`, and all of it is certain at once: its one attempt leaves then
    /// and is there, gets this slot, and succeeds. Told in place of everything else of it, that is
    /// `request_offered`, `attempt_sent`, `work_joined`, `work_planned` and `request_ended`.
    fn request_foreseen(&mut self, end: &RequestEnd, (slot, record): (Slot, Option<usize>)) {
        self.request_offered(end.started, end.population);
        self.attempt_sent(&AttemptSent {
            at: end.started,
            population: end.population,
            region: end.region,
        });
        self.work_joined(end.started, end.region);
        self.work_planned(end.started, (end.region, slot), record);
        self.request_ended(end);
    }

    /// The rate limit of a region does not admit an attempt that has come to it.
    fn attempt_limited(&mut self, _now: SimTime, _region: RegionId, _population: PopulationId) {}

    /// Work (a request or a probe) enters a gateway.
    fn work_joined(&mut self, _now: SimTime, _region: RegionId) {}

    /// It is settled when work that is in a gateway will be served, unless it is unplanned; then it
    /// is not told to leave, and counts in no load. If more wait than ever in the time in which all
    /// work in the gateway has been planned, so many do, that included.
    fn work_planned(
        &mut self,
        _now: SimTime,
        (_region, _slot): (RegionId, Slot),
        _record: Option<usize>,
    ) {
    }

    /// From now on it is open again when work in a gateway will be served: it will be told to leave.
    fn work_unplanned(&mut self, _now: SimTime, _region: RegionId, _slot: Slot) {}

    /// Work leaves a gateway, finished or lost.
    fn work_left(&mut self, _now: SimTime, _region: RegionId) {}

    /// Worker time of a region was spent on something that nobody waits for any more.
    fn work_wasted(
        &mut self,
        _now: SimTime,
        _region: RegionId,
        (_service, _waste): (SimDuration, Waste),
    ) {
    }

    /// The agents of a population were counted by where they would go.
    fn agents_counted(&mut self, _now: SimTime, _population: PopulationId, _census: Census) {}

    /// The number of busy workers or of waiting requests of a region has changed.
    fn load_changed(&mut self, _now: SimTime, _region: RegionId, _load: Load) {}

    /// A request that needs a back end asks a gateway's cache first.
    fn cache_asked(&mut self, _now: SimTime, _region: RegionId, _is_hit: bool) {}

    /// A gateway calls a site.
    fn call_sent(&mut self, _now: SimTime, _site: SiteId) {}

    /// A gateway would call, but its breakers let nothing through.
    fn call_refused(&mut self, _now: SimTime, _region: RegionId) {}

    /// A call is over, for the gateway.
    fn call_ended(&mut self, _now: SimTime, _site: SiteId, _end: CallEnd) {}

    /// The number of calls in service or waiting at a site has changed.
    fn site_load_changed(&mut self, _now: SimTime, _site: SiteId, _load: Load) {}

    /// The workers that outages have left of a site that has a limited number have changed.
    fn site_workers_changed(&mut self, _now: SimTime, _site: SiteId, _workers: u32) {}

    /// So many VMs of a region do not call a site, or only try.
    fn breakers_changed(
        &mut self,
        _now: SimTime,
        (_region, _site): (RegionId, SiteId),
        _open: u32,
    ) {
    }

    /// The router has changed its mind about a region.
    fn health_changed(&mut self, _now: SimTime, _region: RegionId, _health: Health) {}

    /// A region's gateway has failed or come back: the truth, whoever knows it. A cut way to a
    /// gateway that works on is none of it.
    fn condition_changed(&mut self, _now: SimTime, _region: RegionId, _is_serving: bool) {}

    /// The number of workers that a region has has changed, by scaling or by an outage. While its
    /// gateway has failed they are there all the same.
    fn workers_changed(&mut self, _now: SimTime, _region: RegionId, _workers: u32) {}

    /// The number of units of a region that are paid for has changed. At the start of a run all
    /// regions are told that have any: before that there are none.
    fn units_provisioned(&mut self, _now: SimTime, _region: RegionId, _units: u32) {}

    /// Somebody wants something of the management plane.
    fn management_used(&mut self, _now: SimTime, _errand: Errand, _is_served: bool) {}

    /// The management plane, and with it the portal, has gone down or is back.
    fn management_changed(&mut self, _now: SimTime, _is_up: bool) {}

    /// The primary has failed while regions lacked changes that it had accepted.
    fn changes_unreached(&mut self, _now: SimTime, _changes: Unreached) {}

    /// What a region lacks of the configuration, or when it last synchronized, has changed.
    fn config_changed(&mut self, _now: SimTime, _region: RegionId, _state: ConfigState) {}

    /// Two regions that serve have come to differ in their configuration, or no longer do.
    fn divergence_changed(&mut self, _now: SimTime, _is_divergent: bool) {}

    /// A change does harm in a region, or no longer does.
    fn defect_changed(
        &mut self,
        _now: SimTime,
        _region: RegionId,
        (_rollout, _is_active): (RolloutId, bool),
    ) {
    }

    /// A rollout has come to another step.
    fn rollout_stepped(&mut self, _now: SimTime, _rollout: RolloutId, _step: RolloutStep) {}

    /// An operation has come to another step.
    fn operation_stepped(&mut self, _now: SimTime, _operation: OperationId, _step: OperationStep) {}

    /// Nothing more will happen.
    fn run_ended(&mut self, _now: SimTime) {}
}

/// The end of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestEnd {
    /// Whose request it was.
    pub population: PopulationId,
    /// The region that its last attempt went to.
    pub region: RegionId,
    /// The intended start of its first attempt.
    pub started: SimTime,
    /// When the client has the answer or gives up; may lie in the future.
    pub ended: SimTime,
    /// Attempts made.
    pub attempts: u32,
    /// What its last attempt ran into.
    pub hit: Option<Hit>,
    /// How it ended.
    pub outcome: Outcome,
}

/// An attempt on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptSent {
    /// When it leaves the client, the look-up done.
    pub at: SimTime,
    /// Whose attempt it is.
    pub population: PopulationId,
    /// Where it goes.
    pub region: RegionId,
}

/// What a failed attempt ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// An outage.
    Outage(OutageId),
    /// A change that did harm.
    Rollout(RolloutId),
    /// An operation that took the region away, or its address.
    Operation(OperationId),
}

/// What somebody wants of the management plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errand {
    /// To change the configuration.
    Change,
    /// An operation, listed or not, of people or of the autoscaler.
    Operation,
    /// To see the portal.
    Portal,
}

/// Accepted changes that had not come to all secondaries when the primary failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unreached {
    /// Changes that some secondary had not pulled.
    pub unreplicated: u32,
    /// Of these, those that are gone for good.
    pub lost: u32,
}

/// How far a rollout has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RolloutStep {
    /// The management plane does not accept it.
    Refused,
    /// It is released to a stage, counted from 0.
    Released(u32),
    /// It has failed too many requests and goes no further.
    Halted,
    /// A corrected version is released to regions that have it: by the halt, or by people.
    Corrected,
}

/// How far an operation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationStep {
    /// The management plane does not accept it.
    Refused,
    /// It is under way.
    Ordered,
    /// The management plane has gone down before it was done.
    Aborted,
    /// It has taken effect.
    Done,
}

/// How a call ended, for the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallEnd {
    /// Well.
    Answered,
    /// With an error.
    Failed,
    /// The gateway has waited for long enough.
    TimedOut,
    /// The gateway, or the VM that called, has failed.
    Dropped,
}

/// How loaded a region or a site is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Busy workers.
    pub busy: u32,
    /// Requests and probes waiting.
    pub waiting: u32,
}

/// When a worker will serve something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// When it begins.
    pub begins: SimTime,
    /// When it will have finished.
    pub ends: SimTime,
}

/// Why work was wasted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waste {
    /// Its client had given up, or will have when the answer comes.
    Abandoned,
    /// Its client had the answer from another attempt: a hedge, or what was hedged.
    Duplicate,
}

/// How many agents of a population would go where if they sent something now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// To a region that is up, by their connection or their cached answer.
    pub pinned_to_healthy: u32,
    /// To a region that is down, by their cached answer.
    pub pinned_by_answer: u32,
    /// To a region that is down, by their connection.
    pub pinned_by_connection: u32,
    /// Wherever the router sends them: they have neither.
    pub free: u32,
}

impl Census {
    /// All agents; at least 1.
    pub fn total(&self) -> u32 {
        let pinned = self.pinned_to_healthy + self.pinned_by_answer + self.pinned_by_connection;
        pinned + self.free
    }
}

/// Watches nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Blind;

impl Observer for Blind {}
