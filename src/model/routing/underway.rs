//! What is on its way to each region, as the router has sent it.

use std::collections::VecDeque;

use crate::model::entity::{RegionId, RegionSpec};
use crate::units::{IdMap, SimTime};

/// When what is on its way to each region will be there.
#[derive(Clone, Debug)]
pub struct Underway(IdMap<RegionSpec, VecDeque<SimTime>>);

impl Underway {
    /// Nothing on its way to so many regions.
    pub fn none(regions: usize) -> Self {
        Self(IdMap::from_fn(regions, |_| VecDeque::new()))
    }

    /// Something leaves at `now` for a region, where it will be at `there`.
    pub(in crate::model) fn left(&mut self, now: SimTime, (region, there): (RegionId, SimTime)) {
        let arrivals = &mut self.0[region];
        while arrivals.front().is_some_and(|&at| at <= now) {
            arrivals.pop_front();
        }
        let place = arrivals.partition_point(|&at| at <= there);
        arrivals.insert(place, there);
    }

    /// When what is on its way to a region will be there, in order, after some that is there.
    pub(super) fn to(&self, region: RegionId) -> impl Iterator<Item = SimTime> {
        self.0[region].iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{Id, SimDuration};

    fn at(s: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_secs(s)
    }

    #[test]
    fn what_is_on_its_way_is_in_order_and_forgotten_when_it_is_there() {
        let mut underway = Underway::none(1);
        let region = Id::new(0);
        for (now, there) in [(0, 5), (1, 3), (2, 9), (4, 5)] {
            underway.left(at(now), (region, at(there)));
        }
        let found: Vec<SimTime> = underway.to(region).collect();
        assert_eq!(found, [at(5), at(5), at(9)]);
    }
}
