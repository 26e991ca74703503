//! A request under way, as its client sees it.
//!
//! | state      | the attempt is                                   | leaves it when                         |
//! |------------|--------------------------------------------------|----------------------------------------|
//! | `Outbound` | on its way to the region                         | it gets there, or times out            |
//! | `Resolving`| not sent: the look-up takes too long             | it times out                           |
//! | `Inside`   | waiting or in service                            | served, lost with the region, or late  |
//! | `Failing`  | answered with an error that is on its way back   | the error arrives                      |
//! | `Late`     | answered, but the answer will come too late      | it times out                           |
//! | `Lost`     | where nothing answers                            | it times out, or the region is back    |
//! | `Left`     | on its way to the region, its client has left    | it gets there                          |
//! | `Waiting`  | over; the client backs off before the next       | the wait is over                       |

use crate::model::entity::{OutageId, PopulationId, RegionId};
use crate::model::outcome::{Blame, Cause};
use crate::units::{SimDuration, SimTime};

/// A request and its attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    /// Whose it is.
    pub(crate) population: PopulationId,
    /// Which agent of the population it belongs to.
    pub(crate) agent: u32,
    /// Where its attempt goes.
    pub(crate) region: RegionId,
    /// Its intended start.
    pub(crate) started: SimTime,
    /// When its present attempt began.
    pub(crate) tried: SimTime,
    /// When its attempt left, the look-up done.
    pub(crate) sent: SimTime,
    /// The work it brings.
    pub(crate) demand: SimDuration,
    /// How long the answer will take back.
    pub(crate) back: SimDuration,
    /// What is to blame if the region turns out to be down.
    pub(crate) blame_if_down: Blame,
    /// The outage that its present attempt has run into.
    pub(crate) hit: Option<OutageId>,
    /// Attempts made so far.
    pub(crate) attempts: u32,
    /// How long the client waited before the present attempt.
    pub(crate) waited: SimDuration,
    /// How far it has come.
    pub(crate) state: State,
}

/// How far a request has come; see the table of this file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Outbound,
    Resolving,
    Inside,
    Failing(Cause, Blame),
    Late,
    Lost(Blame),
    Left,
    Waiting,
}

impl Request {
    /// Whether its client still waits for an end that only the deadline may bring.
    pub(crate) fn can_time_out(&self) -> bool {
        !matches!(
            self.state,
            State::Failing(..) | State::Left | State::Waiting
        )
    }

    /// What is to blame if it times out now.
    pub(crate) fn blame_if_late(&self) -> Blame {
        match self.state {
            State::Lost(blame) | State::Failing(_, blame) => blame,
            State::Outbound | State::Resolving | State::Left | State::Waiting => Blame::Network,
            State::Inside | State::Late => Blame::Capacity,
        }
    }
}
