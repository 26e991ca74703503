//! What can happen: one closed enum.

use crate::engine::Key;
use crate::model::entity::{OutageId, PopulationId, RegionId};
use crate::model::health::Prober;

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
    /// A worker of a region has finished, unless the region has failed since.
    ServiceEnded(RegionId, u32),
    /// A client learns that its attempt has failed.
    AttemptFailed(Key),
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
    /// An outage ends.
    OutageEnded(OutageId),
    /// Agents are counted by where they would go.
    Census,
}
