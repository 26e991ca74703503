//! An event that has not happened.

use crate::units::SimTime;

#[derive(Clone, Copy, Debug)]
pub(super) struct Pending<E> {
    pub(super) at: SimTime,
    pub(super) sequence: u64,
    pub(super) event: E,
}

impl<E> Pending<E> {
    /// By time, then by sequence.
    pub(super) fn order(&self) -> u128 {
        (u128::from(self.at.as_ns()) << 64) | u128::from(self.sequence)
    }
}
