//! One value a replication, an estimate over all.

use crate::experiment::milestone::Milestone;
use crate::stats::Estimate;

/// The estimate over those that have the value; `None` if none has.
pub(super) fn mean<T>(items: &[T], value: impl Fn(&T) -> Option<f64>) -> Option<Estimate> {
    let values: Vec<f64> = items.iter().filter_map(value).collect();
    Estimate::of(&values)
}

/// The estimate of a value that every replication has.
pub(super) fn mean_of_all<T>(items: &[T], value: impl Fn(&T) -> f64) -> Estimate {
    mean(items, |item| Some(value(item))).expect("there is at least one replication")
}

/// The estimate of a time over those that got there, and how many did; `None` if none did.
pub(super) fn milestone<T>(items: &[T], time: impl Fn(&T) -> Option<f64>) -> Option<Milestone> {
    Some(Milestone {
        time_s: mean(items, &time)?,
        reached: count(items, |item| time(item).is_some()),
    })
}

/// Of how many replications something is so.
pub(super) fn count<T>(items: &[T], is_so: impl Fn(&T) -> bool) -> u32 {
    let count = items.iter().filter(|item| is_so(item)).count();
    u32::try_from(count).expect("at most the replications")
}
