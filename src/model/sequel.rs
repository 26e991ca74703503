//! What is drawn for a request behind its gateway.
//!
//! One number drawn at arrival, of which streams of its own follow for everything that may come:
//! which back end, which answer, how much work, and for each attempt which VM and way. So a request
//! takes little room, needs nothing drawn that it may never need, and brings the same work whatever
//! the routing, the caches and the breakers do.

use crate::random::Stream;

/// What a request will need behind its gateway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sequel(u64);

impl Sequel {
    /// Draws one.
    pub(crate) fn draw(stream: &mut Stream) -> Self {
        let [high, low] = [stream.word(), stream.word()];
        Self(u64::from(high) << 32 | u64::from(low))
    }

    /// What it asks for: which back end, and which answer.
    pub(crate) fn errand(self) -> Stream {
        Stream::following(self.0, 0)
    }

    /// How much work it brings to a back end.
    pub(crate) fn demand(self) -> Stream {
        Stream::following(self.0, 1)
    }

    /// How the `nth` call for an attempt of its client fares, counted from 1: where it goes, and
    /// over which way. Call 0 is the choice of the VM.
    pub(crate) fn call(self, attempt: u32, nth: u32) -> Stream {
        Stream::following(self.0, u64::from(attempt) << 32 | u64::from(nth) << 1)
    }

    /// How long the gateway waits after that call.
    pub(crate) fn back_off(self, attempt: u32, nth: u32) -> Stream {
        Stream::following(self.0, u64::from(attempt) << 32 | u64::from(nth) << 1 | 1)
    }
}
