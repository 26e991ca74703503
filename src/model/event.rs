//! What can happen: one closed enum, of which one variant stands for all that is rare.

use crate::engine::Key;
use crate::model::config::RolloutId;
use crate::model::entity::{BackendId, OutageId, PopulationId, RegionId, SiteId};
use crate::model::health::Prober;
use crate::model::management::OperationId;
use crate::model::observer::Errand;

/// A change of the fleet's state at one instant.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    /// A client of a population wants something.
    RequestArrived(PopulationId),
    /// A user of a closed loop has done thinking.
    UserReady(PopulationId, u32),
    /// An attempt, or the handshake for it, has come to its region.
    AttemptReached(Key),
    /// A handshake is over or repeated: the attempt has come to its region again.
    AttemptContinued(Key),
    /// An attempt that the network has lost, or the handshake for it, has been sent again so often.
    AttemptRepeated(Key, u8),
    /// An answer that the network has lost is sent again, for so many times.
    AnswerRepeated(Key, u8),
    /// A worker of a region has finished, unless the region has failed since.
    ServiceEnded(RegionId, u32),
    /// Work that a region has on its timetable has been served, if the timetable has not been closed since.
    AppointmentEnded(Key, RegionId),
    /// The measured period begins.
    PeriodBegan,
    /// A client learns that its attempt has failed.
    AttemptFailed(Key),
    /// A client learns that a rate limit has refused its attempt, and how many seconds to wait.
    RefusalReceived(Key, u16),
    /// A client gets its answer, if it has not had another.
    AnswerReceived(Key),
    /// A client has waited long enough to hedge.
    HedgeDue(Key, PopulationId),
    /// A region hears that a client has given up.
    CancelReached(Key, RegionId),
    /// The deadline of a request may have passed.
    DeadlinePassed(Key),
    /// A client has waited long enough to try again.
    RetryDue(Key),
    /// Deadlines of a population may have passed.
    Timeouts(PopulationId),
    /// A probe is due.
    ProbeSent(Prober),
    /// A probe has come to its region.
    ProbeReached(Key, RegionId),
    /// The answer to a probe, good or bad, has come back.
    ProbeAnswered(Key, bool),
    /// Timeouts of probes may have struck.
    ProbeTimeouts,
    /// An outage begins.
    OutageStarted(OutageId),
    /// An outage comes to so many parts of its degree.
    OutageTurned(OutageId, u16),
    /// An outage ends.
    OutageEnded(OutageId),
    /// A call of a back end has come to its site. Calls have no enum of their own, which would make
    /// every event larger.
    CallReached(Key),
    /// A worker of a site has finished, unless the site has failed since.
    CallServed(SiteId, u32),
    /// The answer to a call, good or bad, has come back to the gateway.
    CallReturned(Key, bool),
    /// Deadlines of calls of a back end may have passed.
    CallTimeouts(BackendId),
    /// A gateway has waited long enough to call again.
    CallRetryDue(Key),
    /// A breaker of a region has been open for long enough.
    BreakerDue(RegionId, u32),
    /// The control plane acts.
    Control(Control),
    /// Agents are counted by where they would go.
    Census,
}

/// What the control plane does: management, configuration, operations. Next to requests it is rare,
/// and has a match of its own so that theirs stays small.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Control {
    /// Somebody wants something of the management plane.
    ErrandDue(Errand),
    /// The management plane may have been restored elsewhere.
    PlaneRestored,
    /// An operation is ordered.
    OperationDue(OperationId),
    /// An operation takes effect.
    OperationDone(OperationId),
    /// Rules that add and remove units look at their regions.
    AutoscaleDue,
    /// A region gets another number of units by rule.
    ScalingDone(RegionId),
    /// A region pulls the configuration.
    SyncDue(RegionId),
    /// A pull has come to the management plane.
    SyncReached(RegionId),
    /// A region has applied so much of what was released to it.
    ConfigApplied(RegionId, u32),
    /// A rollout is to be released to a stage.
    RolloutDue(RolloutId, u16),
    /// The watch of a rollout looks at what it has seen.
    RolloutChecked(RolloutId),
    /// A rollout is to be withdrawn.
    RollbackDue(RolloutId),
    /// A corrected version of a rollout is to be released to a stage.
    FixDue(RolloutId, u16),
    /// What is wrong with a rollout shows in a region.
    DefectStruck(RegionId, RolloutId),
    /// A region restarts without a rollout that made it crash.
    DefectRestarted(RegionId, RolloutId),
    /// A period is over in which load was measured.
    LoadMeasured,
    /// What was measured of the load comes to the router.
    SignalArrived,
    /// Who still waits now waits for ever.
    Despaired,
}
