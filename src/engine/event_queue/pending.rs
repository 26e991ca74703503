//! An event that has not happened.

use crate::engine::heap::Ordered;
use crate::units::SimTime;

#[derive(Clone, Copy, Debug)]
pub(super) struct Pending<E> {
    pub(super) at: SimTime,
    pub(super) sequence: u64,
    pub(super) event: E,
}

impl<E: Copy> Ordered for Pending<E> {
    /// Time, then sequence, so that one comparison orders two events, ties included.
    type Order = u128;

    fn order(&self) -> u128 {
        (u128::from(self.at.as_ns()) << 64) | u128::from(self.sequence)
    }
}
