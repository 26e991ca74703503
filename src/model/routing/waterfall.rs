//! To the closest region until it is as full as it should get, the overflow to the next.
//!
//! As the capacity waterfall of Google Cloud's service load-balancing policy. By every signal the
//! router draws up a plan, in rounds: in round k each population sends what is left of its measured
//! demand to its k-th closest healthy region. A region that is asked for more than the room it has
//! left under its target takes the same share of everybody's ask. What is left when all are at
//! their target is spread in proportion to capacity. Look-ups are answered by lot, by the shares of
//! their population in the plan.
//!
//! Demand is a rate, which no moment has: with a signal that is instant each look-up gets the
//! closest healthy region that is below its target at that moment; if none is, a lot in proportion
//! to capacity.

use crate::model::entity::{PopulationId, PopulationSpec, RegionId, RegionSpec};
use crate::model::routing::weighted::lot;
use crate::model::routing::{
    HealthView, LoadView, Plan, View, closest_first, eligible, open, open_capacity,
};
use crate::random::Stream;
use crate::units::{IdMap, Ratio, SimDuration};

/// Closest region first, up to a target.
#[derive(Clone, Debug, PartialEq)]
pub struct Waterfall {
    /// Utilization up to which a region is filled before others get its overflow; not 0.
    target: f64,
    /// For every population its regions, closest first.
    nearest: IdMap<PopulationSpec, Vec<RegionId>>,
}

/// A plan while it is made.
struct Draft {
    plan: Plan,
    /// The share of each population that has no region yet.
    left: IdMap<PopulationSpec, f64>,
    /// What each region can still take, in requests a second.
    room_per_s: IdMap<RegionSpec, f64>,
}

impl Waterfall {
    /// Routing by the round trips of each population, all of at least one region.
    ///
    /// # Panics
    /// If the target is 0, which no checked study has.
    pub fn new<'a>(
        target: Ratio,
        rtts: impl IntoIterator<Item = &'a IdMap<RegionSpec, SimDuration>>,
    ) -> Self {
        assert!(target > Ratio::ZERO, "a target leaves room");
        Self {
            target: target.as_f64(),
            nearest: closest_first(rtts),
        }
    }

    pub(super) fn choose(
        &self,
        population: PopulationId,
        view: &View,
        stream: &mut Stream,
    ) -> RegionId {
        let mut nearest = self.nearest[population].iter().copied();
        if let Some(plan) = &view.plan {
            let weigh = |region| {
                if eligible(region, &view.health) {
                    plan[population][region]
                } else {
                    0.0
                }
            };
            if nearest.clone().any(|region| weigh(region) > 0.0) {
                return lot(view.health.len(), weigh, stream);
            }
            // The client does not want to go to the only region that the plan has for it.
            let next = nearest.find(|&region| eligible(region, &view.health));
            return next.unwrap_or(self.nearest[population][0]);
        }
        let load = &view.load.regions;
        let has_room = |&region: &RegionId| {
            eligible(region, &view.health) && load[region].utilization() < self.target
        };
        nearest.find(has_room).unwrap_or_else(|| {
            let weigh = |region| open_capacity(region, &view.health, &view.load);
            lot(view.health.len(), weigh, stream)
        })
    }

    /// The shares of each population under a load.
    pub(super) fn plan(&self, health: &HealthView, load: &LoadView) -> Plan {
        let is_open = |region: &RegionId| eligible(*region, health);
        let ranking = self
            .nearest
            .map(|nearest| -> Vec<RegionId> { nearest.iter().copied().filter(is_open).collect() });
        let room_per_s = load
            .regions
            .map(|region| region.capacity_per_s() * self.target);
        let mut draft = Draft {
            plan: self.nearest.map(|_| health.map(|_| 0.0)),
            left: self.nearest.map(|_| 1.0),
            room_per_s,
        };
        for rank in 0..health.len() {
            draft.fill(&load.demand_per_s, |population| {
                ranking[population].get(rank).copied()
            });
        }
        let open: Vec<RegionId> = open(health).collect();
        draft.spread(&open, load);
        draft.plan
    }
}

impl Draft {
    /// A round: every population asks the region that it is `sent` to for all that it has left.
    fn fill(
        &mut self,
        demand_per_s: &IdMap<PopulationSpec, f64>,
        sent: impl Fn(PopulationId) -> Option<RegionId>,
    ) {
        let mut asked_per_s = self.room_per_s.map(|_| 0.0);
        for (population, demand_per_s) in demand_per_s.entries() {
            if let Some(region) = sent(population) {
                asked_per_s[region] += demand_per_s * self.left[population];
            }
        }
        let asks = asked_per_s.iter().zip(&self.room_per_s);
        let granted: IdMap<RegionSpec, f64> =
            asks.map(|(&asked, &room)| granted(asked, room)).collect();
        for population in demand_per_s.ids() {
            if let Some(region) = sent(population) {
                let part = self.left[population] * granted[region];
                self.plan[population][region] += part;
                self.left[population] -= part;
            }
        }
        for (room, asked) in self.room_per_s.iter_mut().zip(&asked_per_s) {
            *room = (*room - asked).max(0.0);
        }
    }

    /// The end: what is left goes to all regions that are `open`, as they have capacity.
    fn spread(&mut self, open: &[RegionId], load: &LoadView) {
        let capacity = |&region: &RegionId| load.regions[region].capacity_per_s();
        let total: f64 = open.iter().map(capacity).sum();
        for (shares, left) in self.plan.iter_mut().zip(&self.left) {
            for region in open {
                shares[*region] += left * capacity(region) / total;
            }
        }
    }
}

/// The share of what a region is asked for that it has room for. A population too small to be
/// measured gets what others get.
fn granted(asked_per_s: f64, room_per_s: f64) -> f64 {
    if asked_per_s < room_per_s {
        1.0
    } else if room_per_s > 0.0 {
        room_per_s / asked_per_s
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::health::Health;
    use crate::model::routing::RegionLoad;
    use crate::units::Id;

    /// Regions that serve 100, 100 and 200 requests a second, filled to 80 %; three populations,
    /// closest to region 0, 0 and 1, in that order around the circle.
    fn plan(demand_per_s: [f64; 3], health: [Health; 3]) -> Vec<Vec<f64>> {
        let ms = |ms: [u64; 3]| ms.map(SimDuration::from_millis).to_vec();
        let rtts = [[10, 20, 30], [10, 20, 30], [30, 10, 20]].map(|row| IdMap::new(ms(row)));
        let waterfall = Waterfall::new(Ratio::new(0.8).expect("a share"), &rtts);
        let region = |workers| RegionLoad {
            inside: 0.0,
            workers,
            demand_s: 0.1,
        };
        let load = LoadView {
            regions: IdMap::new([10.0, 10.0, 20.0].map(region).to_vec()),
            demand_per_s: IdMap::new(demand_per_s.to_vec()),
        };
        let plan = waterfall.plan(&IdMap::new(health.to_vec()), &load);
        let rows = plan.iter().map(|shares| shares.iter().copied().collect());
        rows.collect()
    }

    #[track_caller]
    fn assert_plan(demand_per_s: [f64; 3], health: [Health; 3], expected: [[f64; 3]; 3]) {
        let plan = plan(demand_per_s, health);
        for (found, expected) in plan.iter().flatten().zip(expected.iter().flatten()) {
            assert!((found - expected).abs() < 1e-12, "{plan:?}");
        }
    }

    const WELL: Health = Health::Healthy;
    const ILL: Health = Health::Degraded;

    #[test]
    fn what_fits_stays_with_the_closest() {
        let expected = [[1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]];
        assert_plan([50.0, 30.0, 80.0], [WELL; 3], expected);
        assert_plan([0.0; 3], [WELL; 3], expected);
    }

    /// By hand: 120 + 40 ask region 0 for 160, which has room for 80: half of each. 60 + 20 ask
    /// region 1 for 80, where 40 of population 2 are: room for 40, half of each again. 30 + 10 fit
    /// into region 2.
    #[test]
    fn the_overflow_falls_to_the_next_and_from_there_further() {
        let expected = [[0.5, 0.25, 0.25], [0.5, 0.25, 0.25], [0.0, 1.0, 0.0]];
        assert_plan([120.0, 40.0, 40.0], [WELL; 3], expected);
        // Nobody has measured population 1: it gets what population 0 gets.
        assert_plan([160.0, 0.0, 40.0], [WELL; 3], expected);
    }

    /// By hand: region 2 takes what region 1 does not have room for.
    #[test]
    fn a_region_that_is_not_healthy_is_passed_over() {
        let expected = [[0.0, 0.8, 0.2], [0.0, 0.8, 0.2], [0.0, 0.8, 0.2]];
        assert_plan([50.0, 30.0, 20.0], [ILL, WELL, WELL], expected);
        let all = plan([50.0, 30.0, 20.0], [ILL; 3]);
        assert_eq!(
            all,
            plan([50.0, 30.0, 20.0], [WELL; 3]),
            "as if all were healthy"
        );
    }

    /// By hand: 640 come, 320 have room: 80 + 80 + 160. Population 0 alone: 1/8 in region 0, 1/8 in
    /// region 1, 1/4 in region 2, and the other half as 1 : 1 : 2.
    #[test]
    fn beyond_all_targets_the_rest_is_spread_by_capacity() {
        let expected = [[0.25, 0.25, 0.5], [0.25, 0.25, 0.5], [0.25, 0.25, 0.5]];
        let plan = plan([640.0, 0.0, 0.0], [WELL; 3]);
        for (found, expected) in plan[0].iter().zip(expected[0]) {
            assert!((found - expected).abs() < 1e-12, "{plan:?}");
        }
    }

    /// Goal: a signal that is instant needs no demand. Method: utilizations of a moment.
    #[test]
    fn with_an_instant_signal_the_closest_below_its_target_is_chosen() {
        let rtts = [IdMap::new([10, 20].map(SimDuration::from_millis).to_vec())];
        let waterfall = Waterfall::new(Ratio::new(0.8).expect("a share"), &rtts);
        let region = |inside| RegionLoad {
            inside,
            workers: 10.0,
            demand_s: 0.1,
        };
        let mut stream = crate::random::StreamSeed {
            seed: 1,
            replication: 0,
        }
        .stream(crate::random::Purpose::Routing, "europe");
        let mut choose = |inside: [f64; 2]| {
            let view = View {
                health: IdMap::new(vec![WELL; 2]),
                last: Id::new(0),
                load: LoadView {
                    regions: IdMap::new(inside.map(region).to_vec()),
                    demand_per_s: IdMap::new(vec![0.0]),
                },
                plan: None,
                underway: crate::model::routing::Underway::none(2),
                outlook: None,
            };
            waterfall.choose(Id::new(0), &view, &mut stream).index()
        };
        assert_eq!(choose([7.0, 0.0]), 0);
        assert_eq!(choose([8.0, 7.0]), 1, "8 of 10 are the target");
        let firsts = (0..1_000).filter(|_| choose([20.0, 8.0]) == 0).count();
        assert!(
            firsts.abs_diff(500) < 64,
            "four deviations of 1,000 draws: {firsts}"
        );
    }
}
