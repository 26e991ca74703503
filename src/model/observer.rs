//! What can be seen of a run.
//!
//! The model tells, whoever listens counts. An observer is told and returns nothing, so it
//! cannot influence what it watches; a method that it leaves empty costs nothing.

use crate::model::entity::{OutageId, PopulationId, RegionId};
use crate::model::health::Health;
use crate::model::outcome::Outcome;
use crate::units::SimTime;

/// Someone who watches a run.
pub trait Observer {
    /// A client of `population` wants something.
    fn request_offered(&mut self, _now: SimTime, _population: PopulationId) {}

    /// A request has got its answer or will never get one.
    fn request_ended(&mut self, _end: &RequestEnd) {}

    /// An attempt leaves for a region at `attempt.at`, which may lie in the near future.
    fn attempt_sent(&mut self, _attempt: &AttemptSent) {}

    /// Work (a request or a probe) enters a gateway.
    fn work_joined(&mut self, _now: SimTime, _region: RegionId) {}

    /// Work leaves a gateway, finished or lost.
    fn work_left(&mut self, _now: SimTime, _region: RegionId) {}

    /// The number of busy workers or of waiting requests of a region has changed.
    fn load_changed(&mut self, _now: SimTime, _region: RegionId, _load: Load) {}

    /// The router has changed its mind about a region.
    fn health_changed(&mut self, _now: SimTime, _region: RegionId, _health: Health) {}

    /// A region's gateway has failed or come back: the truth, whoever knows it. A cut way to a
    /// gateway that works on is none of it.
    fn condition_changed(&mut self, _now: SimTime, _region: RegionId, _is_serving: bool) {}

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
    /// When the client has the answer or gives up; may lie in the near future.
    pub ended: SimTime,
    /// Attempts made.
    pub attempts: u32,
    /// The outage that its last attempt ran into.
    pub hit: Option<OutageId>,
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

/// How loaded a region is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Busy workers.
    pub busy: u32,
    /// Requests and probes waiting.
    pub waiting: u32,
}

/// Watches nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Blind;

impl Observer for Blind {}
