//! Who accompanies what is run: progress is told, and it can be told to stop.

use crate::experiment::PointResult;

/// How the outside world accompanies a study.
pub trait Companion: Sync {
    /// A replication has finished.
    fn replication_finished(&self) {}

    /// More replications are to be run than were known of: what there is is not enough.
    fn replications_added(&self, _count: u64) {}

    /// A point of a sweep has ended.
    fn point_finished(&self, _point: usize, _result: &PointResult) {}

    /// Whether no further replication is to be begun.
    fn is_interrupted(&self) -> bool {
        false
    }
}

/// Nobody accompanies the study.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alone;

impl Companion for Alone {}
