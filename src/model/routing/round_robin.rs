//! To the healthy regions in turn.
//!
//! As an authoritative name server rotates its records: each look-up gets the region after the one
//! that the last look-up got, whoever asked.

use crate::model::entity::{RegionId, RegionSpec};
use crate::model::routing::{HealthView, eligible};
use crate::units::{Id, IdMap};

/// The region after `last`, in the order of the file, that may be answered with.
pub(super) fn next(last: RegionId, health: &HealthView) -> RegionId {
    let count = health.len();
    let after = (1..=count).map(|step| Id::new((last.index() + step) % count));
    let mut open = after.filter(|&region| eligible(region, health));
    open.next().unwrap_or(last)
}

/// All of them the same.
pub(super) fn shares(health: &HealthView) -> IdMap<RegionSpec, f64> {
    let is_open = |region| f64::from(u8::from(eligible(region, health)));
    let open = IdMap::from_fn(health.len(), is_open);
    let count: f64 = open.iter().sum();
    open.map(|open: &f64| open / count.max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::health::Health;

    #[test]
    fn turns_pass_over_those_that_are_not_healthy() {
        let (well, ill) = (Health::Healthy, Health::Degraded);
        let turns = |health: [Health; 3]| -> Vec<usize> {
            let health = IdMap::new(health.to_vec());
            let mut last = Id::new(2);
            let mut turn = || {
                last = next(last, &health);
                last.index()
            };
            (0..4).map(|_| turn()).collect()
        };
        assert_eq!(turns([well, well, well]), [0, 1, 2, 0]);
        assert_eq!(turns([well, ill, well]), [0, 2, 0, 2]);
        assert_eq!(
            turns([ill, ill, ill]),
            [0, 1, 2, 0],
            "as if all were healthy"
        );
        assert_eq!(turns([ill, ill, Health::Offline]), [0, 1, 0, 1]);
    }
}
