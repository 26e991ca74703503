//! What an agent remembers: the answer that it goes by, and its connection.
//!
//! Both fit on one line of the processor's caches, and are plain bytes, so that those of all agents can
//! lie in one [`Table`](crate::engine::Table): a fleet may have millions of them, and any may be the next
//! to send something.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use crate::model::connections::{Connection, Connections};
use crate::model::dns::{Answer, DnsCaches};
use crate::model::entity::RegionId;
use crate::random::Stream;
use crate::units::SimDuration;

/// What an agent remembers.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C, align(64))]
pub(crate) struct Agent {
    pub(crate) answer: Answer,
    pub(crate) connection: Connection,
}

/// Lets agents remember what they would in the middle of a long quiet time in which each of them sends
/// something every `gap`: the answers that `region` tells, and connections to there if they have any.
pub(crate) fn in_steady_state(
    (agents, gap): (&mut [Agent], SimDuration),
    (caches, mut connections): (&DnsCaches, Option<&mut Connections<'_>>),
    ages: &mut Stream,
    mut region: impl FnMut() -> RegionId,
) {
    for (number, agent) in (0..).zip(agents) {
        let answer = caches.in_steady_state((number, gap), ages, &mut region);
        let connection = match &mut connections {
            Some(connections) => connections.in_steady_state(answer.region(), gap),
            None => Connection::NONE,
        };
        *agent = Agent { answer, connection };
    }
}
