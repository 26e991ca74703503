//! A request under way, as its client sees it.
//!
//! | state      | the attempt is                                   | leaves it when                         |
//! |------------|--------------------------------------------------|----------------------------------------|
//! | `Outbound` | on its way to the region                         | it gets there, or times out            |
//! | `Resolving`| not sent: the look-up takes too long             | it times out                           |
//! | `Inside`   | waiting or in service                            | served, lost with the region, or late  |
//! | `Calling`  | served; the gateway waits for a back end         | that answers or fails, or times out    |
//! | `Answered` | answered; a hedge may still be faster            | the answer arrives, or another does    |
//! | `Failing`  | answered with an error that is on its way back   | the error arrives                      |
//! | `Late`     | answered, but the answer will come too late      | it times out                           |
//! | `Held`     | held up or lost on its way, or its answer is     | it times out, or gets through          |
//! | `Lost`     | where nothing answers                            | it times out, or the region is back    |
//! | `Left`     | on its way to the region, its client has left    | it gets there                          |
//! | `Beaten`   | under way, but another attempt was faster        | the region has done with it            |
//! | `Waiting`  | over; the client backs off before the next       | the wait is over                       |
//!
//! A request that is hedged has two attempts at once, each with a place of its own, that know of
//! each other: `twin`. The first answer ends the request; a failure of one leaves it to the other.

use crate::engine::Key;
use crate::model::entity::{PopulationId, RegionId};
use crate::model::observer::{AttemptSent, Hit, RequestEnd};
use crate::model::outcome::{Blame, Cause, Outcome};
use crate::model::sequel::Sequel;
use crate::model::trip::{Link, Needs};
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
    /// When its present attempt is given up.
    pub(crate) deadline: SimTime,
    /// Whether somebody sees to that, or nobody has to.
    pub(crate) is_watched: bool,
    /// When its attempt left, the look-up done; or the first packet of the connection that it waits
    /// for.
    pub(crate) begun: SimTime,
    /// When the request itself leaves: after the look-up and the handshake.
    pub(crate) leaves: SimTime,
    /// The work it brings.
    pub(crate) demand: SimDuration,
    /// What it needs of the configuration.
    pub(crate) needs: Needs,
    /// What it needs behind its gateway.
    pub(crate) sequel: Sequel,
    /// How long the answer will take back.
    pub(crate) back: SimDuration,
    /// What is to blame if the region turns out to be down.
    pub(crate) blame_if_down: Blame,
    /// What its present attempt has run into.
    pub(crate) hit: Option<Hit>,
    /// Attempts made so far.
    pub(crate) attempts: u32,
    /// How long the client waited before the present attempt.
    pub(crate) waited: SimDuration,
    /// What its attempt goes over.
    pub(crate) link: Link,
    /// The other attempt that is under way for the same client.
    pub(crate) twin: Option<Key>,
    /// Whether one of its attempts is or was a hedge.
    pub(crate) is_hedged: bool,
    /// How far it has come.
    pub(crate) state: State,
}

/// How far a request has come; see the table of this file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Outbound,
    Resolving,
    Inside,
    Calling,
    Answered,
    Failing(Cause, Blame),
    Late,
    Held(Blame),
    Lost(Blame),
    Left,
    Beaten,
    Waiting,
}

impl Request {
    /// Whether its client still waits for an end that only the deadline may bring.
    pub(crate) fn can_time_out(&self) -> bool {
        !matches!(
            self.state,
            State::Answered | State::Failing(..) | State::Left | State::Beaten | State::Waiting
        )
    }

    /// Its attempt, as it leaves.
    #[inline]
    pub(crate) fn sent(&self) -> AttemptSent {
        AttemptSent {
            at: self.leaves,
            population: self.population,
            region: self.region,
        }
    }

    /// Its end.
    #[inline]
    pub(crate) fn end(&self, ended: SimTime, outcome: Outcome) -> RequestEnd {
        RequestEnd {
            population: self.population,
            region: self.region,
            started: self.started,
            ended,
            attempts: self.attempts,
            hit: self.hit,
            outcome,
        }
    }

    /// Whether its client waits for it and has not hedged it.
    pub(crate) fn can_be_hedged(&self) -> bool {
        !self.is_hedged && !matches!(self.state, State::Left | State::Resolving)
    }

    /// Whether the region may be at work for it, or will be.
    pub(crate) fn may_be_at_work(&self) -> bool {
        matches!(
            self.state,
            State::Outbound | State::Inside | State::Calling | State::Held(_) | State::Lost(_)
        )
    }

    /// Whether its client, if it leaves at `now`, leaves nothing behind: nothing has left, or
    /// nothing but a handshake that is over.
    pub(crate) fn can_be_forgotten(&self, now: SimTime) -> bool {
        let is_opening = matches!(self.link, Link::Opening { .. });
        now < self.begun || now < self.leaves && !is_opening
    }

    /// Whether its client no longer wants to know.
    pub(crate) fn is_abandoned(&self) -> bool {
        matches!(self.state, State::Left | State::Beaten)
    }

    /// What is to blame if the region is too full or too slow for it.
    pub(crate) fn blame_if_slow(&self) -> Blame {
        match self.hit {
            Some(Hit::Rollout(_)) => Blame::Configuration,
            _ => Blame::Capacity,
        }
    }

    /// What is to blame if it times out now.
    pub(crate) fn blame_if_late(&self) -> Blame {
        match self.state {
            State::Held(blame) | State::Lost(blame) | State::Failing(_, blame) => blame,
            State::Inside | State::Late => self.blame_if_slow(),
            State::Calling => Blame::Backend,
            State::Outbound
            | State::Resolving
            | State::Answered
            | State::Left
            | State::Beaten
            | State::Waiting => Blame::Network,
        }
    }
}
