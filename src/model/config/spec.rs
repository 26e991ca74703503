//! How the configuration comes to the regions: synchronization, changes, rollouts and their defects.

use crate::model::entity::{RegionId, RegionSpec};
use crate::random::Distribution;
use crate::units::{Id, IdMap, Rate, Ratio, SimDuration, SimTime};

/// The number of a rollout, in the order of the file.
pub type RolloutId = Id<RolloutSpec>;

/// The configuration of the fleet: accepted by the management plane, pulled by every region.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigSpec {
    /// How regions pull.
    pub sync: SyncSpec,
    /// When somebody wants to change something; a change is for all regions at once.
    pub changes: Changes,
    /// The share of requests that need any one of these changes, from when it is accepted: each
    /// request needs each change with this chance, independently.
    pub needed_by: Ratio,
    /// What becomes of changes that no secondary has pulled when the primary fails.
    pub unreplicated: Unreplicated,
    /// When no change is accepted, rollouts included; corrections are.
    pub freezes: Vec<Freeze>,
    /// Changes that are rolled out with care or do harm.
    pub rollouts: IdMap<RolloutSpec, RolloutSpec>,
}

/// How regions pull the configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct SyncSpec {
    /// From one pull of a region to the next; each region has a phase of its own.
    pub interval: SimDuration,
    /// How long a region takes to apply what it has pulled.
    pub apply: Distribution,
    /// The median round trip from each region (first index) to a management plane in each (second).
    pub rtt: IdMap<RegionSpec, IdMap<RegionSpec, SimDuration>>,
}

/// When somebody wants to change the configuration.
#[derive(Clone, Debug, PartialEq)]
pub enum Changes {
    /// Independently of each other.
    Poisson(Rate),
    /// At given times, in order, on the run's clock.
    Listed(Vec<SimTime>),
}

/// What becomes of accepted changes that no secondary has pulled when the primary fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreplicated {
    /// They are there when the management plane is.
    Retained,
    /// They are gone: no region gets them, and nobody needs them any more.
    Lost,
}

/// A time in which no change is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freeze {
    /// When it begins, on the run's clock.
    pub start: SimTime,
    /// When it is over.
    pub end: SimTime,
}

/// A change with a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct RolloutSpec {
    /// When it is to be accepted, on the run's clock.
    pub at: SimTime,
    /// Which regions get it when.
    pub plan: StagePlan,
    /// The share of requests that need it where it has been released.
    pub needed_by: Ratio,
    /// What is wrong with it.
    pub defect: Option<DefectSpec>,
    /// When to stop because of errors.
    pub halt: Option<HaltSpec>,
    /// When a corrected version is accepted, whatever the halt has done.
    pub fix: Option<FixSpec>,
}

/// Regions in stages, with a time between one stage and the next.
#[derive(Clone, Debug, PartialEq)]
pub struct StagePlan {
    /// Every region exactly once.
    pub stages: Vec<Vec<RegionId>>,
    /// From the release to one stage until the release to the next.
    pub bake: SimDuration,
}

/// What is wrong with a change.
#[derive(Clone, Debug, PartialEq)]
pub struct DefectSpec {
    /// What it does to a region that has applied it.
    pub effect: DefectEffect,
    /// How long after a region has applied it.
    pub after: SimDuration,
}

/// What a defect does to a region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DefectEffect {
    /// It fails a share of the requests, the same ones wherever they come.
    Fails(Ratio),
    /// Every request takes this many times as long as usual; more than 1.
    Slows(f64),
    /// The gateway is down.
    Crashes {
        /// How long until it has restarted with the configuration of before, if that is good; it
        /// then refuses the bad one. `None`: that is poisoned too, and only a correction helps.
        restart: Option<SimDuration>,
    },
}

/// When a rollout stops by itself. Watched from the first release until one bake time after the
/// last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HaltSpec {
    /// More failures than this share of the attempts at the regions that have it.
    pub above: Ratio,
    /// Counted over this long, again and again.
    pub over: SimDuration,
    /// What happens then.
    pub then: OnHalt,
}

/// What happens when a rollout halts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnHalt {
    /// No further region gets it.
    Stop,
    /// And the regions that have it get a corrected version at once.
    Rollback,
}

/// A corrected version, made by people.
#[derive(Clone, Debug, PartialEq)]
pub struct FixSpec {
    /// How long after the rollout began.
    pub after: SimDuration,
    /// Which regions get it when.
    pub plan: StagePlan,
}
