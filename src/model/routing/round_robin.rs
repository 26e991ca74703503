//! To the healthy regions in turn.
//!
//! As an authoritative name server rotates its records: each look-up gets the region after the one
//! that the last look-up got, whoever asked.

use crate::model::entity::RegionId;
use crate::model::routing::{HealthView, eligible};
use crate::units::Id;

/// The region after `last`, in the order of the file, that may be answered with.
pub(super) fn next(last: RegionId, health: &HealthView) -> RegionId {
    let count = health.len();
    let after = (1..=count).map(|step| Id::new((last.index() + step) % count));
    let mut open = after.filter(|&region| eligible(region, health));
    open.next().unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::health::Health;
    use crate::units::IdMap;

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
