//! To the less utilized of two healthy regions drawn by lot.
//!
//! As Envoy's least-request policy, and "random two" of other proxies: two different regions, and
//! of them the one with the lower utilization by the signal; ties go to the closer one, then to the
//! one that comes first in the file. Two choices suffice to keep queues short (Mitzenmacher, "The
//! power of two choices in randomized load balancing", 2001), and since not everybody sees the same
//! two, an old signal sends to one of n regions no more than 2 / n of all: a herd, but a small one.

use crate::model::entity::{PopulationId, PopulationSpec, RegionId, RegionSpec};
use crate::model::routing::{HealthView, LoadView, Plan, View, compare, open};
use crate::random::Stream;
use crate::units::{Id, IdMap, SimDuration};

/// Two by lot, and the less utilized of them.
#[derive(Clone, Debug, PartialEq)]
pub struct PowerOfTwo {
    rtts: IdMap<PopulationSpec, IdMap<RegionSpec, SimDuration>>,
}

impl PowerOfTwo {
    /// Routing with these round trips of each population.
    pub fn new(rtts: IdMap<PopulationSpec, IdMap<RegionSpec, SimDuration>>) -> Self {
        Self { rtts }
    }

    pub(super) fn choose(
        &self,
        population: PopulationId,
        view: &View,
        stream: &mut Stream,
    ) -> RegionId {
        let open = || open(&view.health);
        let count = u32::try_from(open().count()).expect("region ids are 16 bits");
        if count < 2 {
            // With all offline there is nobody to choose from.
            return open().next().unwrap_or(Id::new(0));
        }
        let (first, step) = (stream.below(count), 1 + stream.below(count - 1));
        let [a, b] = [first, (first + step) % count].map(|index| {
            let region = open().nth(index as usize);
            region.expect("one of those counted")
        });
        if compare((a, b), &view.load, &self.rtts[population]).is_lt() {
            a
        } else {
            b
        }
    }

    /// Shares under a steady load, for which it is an approximation: signals are fresh, and work
    /// comes in small pieces. Then all regions would be equally utilized, if they could; but of n
    /// regions any k are by themselves in k (k - 1) / (n (n - 1)) of all draws, and get at least so
    /// much. Whatever k regions are the most crowded by that share it, as they have capacity; then
    /// the next, of what is left.
    pub(super) fn shares(&self, health: &HealthView, load: &LoadView) -> Plan {
        let capacity = |region: RegionId| load.regions[region].capacity_per_s();
        let mut open: Vec<RegionId> = open(health).collect();
        // Of so many regions the smallest are the most crowded.
        open.sort_by(|&a, &b| capacity(a).total_cmp(&capacity(b)));
        let mut shares = health.map(|_| 0.0);
        let mut placed = 0;
        while placed < open.len() {
            let crowd = |end: usize| {
                let share = drawn(end, open.len()) - drawn(placed, open.len());
                let capacity: f64 = open[placed..end].iter().map(|&id| capacity(id)).sum();
                (end, share / capacity)
            };
            let crowds = (placed + 1..=open.len()).map(crowd);
            let (end, density) = crowds
                .max_by(|a, b| a.1.total_cmp(&b.1))
                .expect("one is left");
            for &region in &open[placed..end] {
                shares[region] = density * capacity(region);
            }
            placed = end;
        }
        self.rtts.map(|_| shares.clone())
    }
}

/// The share of draws of two out of `all` that fall on two of the same `some`.
fn drawn(some: usize, all: usize) -> f64 {
    if all < 2 {
        return some as f64;
    }
    let pairs = |count: usize| (count * count.saturating_sub(1)) as f64;
    pairs(some) / pairs(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::health::Health;
    use crate::model::routing::RegionLoad;

    fn load(workers: &[f64]) -> LoadView {
        let region = |&workers: &f64| RegionLoad {
            inside: 0.0,
            workers,
            demand_s: 1.0,
        };
        LoadView {
            regions: workers.iter().map(region).collect(),
            demand_per_s: IdMap::new(vec![1.0]),
        }
    }

    #[track_caller]
    fn assert_shares(workers: &[f64], expected: &[f64]) {
        let rtt = workers.iter().map(|_| SimDuration::ZERO).collect();
        let strategy = PowerOfTwo::new(IdMap::new(vec![rtt]));
        let health = workers.iter().map(|_| Health::Healthy).collect();
        let plan = strategy.shares(&health, &load(workers));
        for (share, expected) in plan[Id::new(0)].iter().zip(expected) {
            assert!((share - expected).abs() < 1e-12, "{plan:?}");
        }
    }

    #[test]
    fn regions_are_equally_utilized_as_far_as_lots_allow() {
        assert_shares(&[4.0], &[1.0]);
        assert_shares(&[3.0, 1.0], &[0.75, 0.25]);
        assert_shares(&[2.0, 1.0, 1.0], &[0.5, 0.25, 0.25]);
        // One of three is drawn in two of three pairs: it gets no more, however large.
        assert_shares(&[8.0, 1.0, 1.0], &[2.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0]);
        // The pair of small ones has 1/6 of all draws, with the next one half, and so on.
        let expected = [1.0 / 12.0, 1.0 / 12.0, 1.0 / 3.0, 0.5];
        assert_shares(&[1.0, 1.0, 10.0, 100.0], &expected);
    }
}
