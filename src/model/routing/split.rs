//! The fixed shares of each population's requests that have the least mean latency.
//!
//! Each region is taken as an M/M/c queue, and the rates as steady: the least sum over requests of
//! round trip and time in the region is a convex program. At its solution no population has a region
//! whose marginal cost, round trip + what one more request a second costs all who go there, is higher
//! than that of another region (Gallager, "A minimum delay routing algorithm using distributed
//! computation", 1977). All start at their closest region; in turn each population moves as much as
//! makes both equal from the most costly of its regions to the least costly of all. Every move lowers
//! the sum, and their number is bounded.
//!
//! What this file is not: it knows no queue of a moment, nor what follows from one.

use crate::model::entity::{PopulationId, PopulationSpec, RegionId, RegionSpec};
use crate::model::routing::{HealthView, LoadView, Plan, RegionLoad, open};
use crate::stats::queueing::{Offered, mmc_marginal_time};
use crate::units::{IdMap, SimDuration};

/// Utilization up to which a region is taken to have a steady state. Beyond, its queue grows for as
/// long as that lasts.
pub(super) const BUSIEST: f64 = 0.99;
/// How long it is taken to last, in seconds: an hour. All that matters is that it is long, so that
/// what nobody can serve is spread evenly.
const OVERLOAD_S: f64 = 3_600.0;
/// Marginal costs that differ by less are equal, in seconds.
const EQUAL_S: f64 = 1e-8;
/// After so many turns of all populations the split is as good as it gets.
const TURNS_MAX: u32 = 300;
/// How often the size of a move is tried at most.
const TRIALS_MAX: u32 = 40;

/// A split while it is made.
struct Draft<'a> {
    rtts: &'a IdMap<PopulationSpec, IdMap<RegionSpec, SimDuration>>,
    load: &'a LoadView,
    plan: Plan,
    /// What each region is asked for.
    asked_per_s: IdMap<RegionSpec, f64>,
}

/// The best fixed shares for these round trips under this load, which is that of the demand alone.
pub(super) fn best(
    rtts: &IdMap<PopulationSpec, IdMap<RegionSpec, SimDuration>>,
    health: &HealthView,
    load: &LoadView,
) -> Plan {
    let open: Vec<RegionId> = open(health).collect();
    let mut draft = Draft {
        rtts,
        load,
        plan: rtts.map(|_| health.map(|_| 0.0)),
        asked_per_s: health.map(|_| 0.0),
    };
    for (population, rtts) in rtts.entries() {
        let Some(&closest) = open.iter().min_by_key(|&&region| rtts[region]) else {
            return draft.plan;
        };
        draft.plan[population][closest] = 1.0;
        draft.asked_per_s[closest] += load.demand_per_s[population];
    }
    for _ in 0..TURNS_MAX {
        let mut moved = 0.0;
        for population in rtts.ids() {
            moved += draft.improve(population, &open);
        }
        if moved <= 0.0 {
            break;
        }
    }
    draft.plan
}

impl Draft<'_> {
    /// Moves requests of a population from the most costly of its regions to the least costly of
    /// those that are `open`; returns which share.
    fn improve(&mut self, population: PopulationId, open: &[RegionId]) -> f64 {
        let costs = self.load.regions.ids();
        let costs: IdMap<RegionSpec, f64> = costs
            .map(|region| self.cost_s((population, region), 0.0))
            .collect();
        let by_cost = |a: &RegionId, b: &RegionId| costs[*a].total_cmp(&costs[*b]);
        let shares = &self.plan[population];
        let used = open.iter().copied().filter(|&region| shares[region] > 0.0);
        let (Some(from), Some(to)) = (used.max_by(by_cost), open.iter().copied().min_by(by_cost))
        else {
            return 0.0;
        };
        if costs[from] - costs[to] < EQUAL_S {
            return 0.0;
        }
        let share = self.balance(population, (from, to));
        self.plan[population][from] -= share;
        self.plan[population][to] += share;
        let moved_per_s = share * self.load.demand_per_s[population];
        self.asked_per_s[from] -= moved_per_s;
        self.asked_per_s[to] += moved_per_s;
        share
    }

    /// The share of a population that makes two regions equally costly to it, or all that it has in
    /// the first: by the rule of false position, which halves the weight of an end that stays (the
    /// Illinois algorithm; Dowell and Jarratt, BIT 11, 1971).
    fn balance(&self, population: PopulationId, (from, to): (RegionId, RegionId)) -> f64 {
        let demand_per_s = self.load.demand_per_s[population];
        let gain_s = |share: f64| {
            let more = share * demand_per_s;
            self.cost_s((population, from), -more) - self.cost_s((population, to), more)
        };
        let all = self.plan[population][from];
        let mut ends = [(0.0, gain_s(0.0)), (all, gain_s(all))];
        if ends[1].1 >= 0.0 {
            return all;
        }
        let mut last = None;
        for _ in 0..TRIALS_MAX {
            let [(low, gain), (high, loss)] = ends;
            let share = low + (high - low) * gain / (gain - loss);
            let found = gain_s(share);
            if found.abs() < 0.5 * EQUAL_S {
                return share;
            }
            let end = usize::from(found < 0.0);
            ends[end] = (share, found);
            if last.replace(end) == Some(end) {
                ends[1 - end].1 *= 0.5;
            }
        }
        // It pays to move this much, and a little more.
        ends[0].0
    }

    /// What one more request a second of a population costs all, in seconds, in a region that is
    /// asked for so much more.
    fn cost_s(&self, (population, region): (PopulationId, RegionId), more_per_s: f64) -> f64 {
        let asked_per_s = (self.asked_per_s[region] + more_per_s).max(0.0);
        let rtt_s = self.rtts[population][region].as_secs_f64();
        rtt_s + marginal_s(&self.load.regions[region], asked_per_s)
    }
}

/// What one more request a second costs all who go to a region.
fn marginal_s(load: &RegionLoad, asked_per_s: f64) -> f64 {
    let utilization = asked_per_s / load.capacity_per_s();
    let steady = Offered {
        arrival_rate: utilization.min(BUSIEST) * load.capacity_per_s(),
        mean_service: load.workers / load.capacity_per_s(),
    };
    let growing = (utilization - BUSIEST).max(0.0);
    mmc_marginal_time(steady, load.servers()) + growing * OVERLOAD_S
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::health::Health;

    /// Idle regions of so many workers of 10 ms, and what populations ask for.
    fn load(workers: &[f64], demand_per_s: IdMap<PopulationSpec, f64>) -> LoadView {
        let region = |&workers: &f64| RegionLoad {
            inside: 0.0,
            workers,
            demand_s: 0.010,
        };
        LoadView {
            regions: workers.iter().map(region).collect(),
            demand_per_s,
        }
    }

    /// Regions of so many workers of 10 ms; populations that ask for so much, with so many
    /// milliseconds of round trip.
    fn split(workers: &[f64], asks: &[(f64, &[u64])]) -> Vec<Vec<f64>> {
        let rtt = |ms: &[u64]| ms.iter().map(|&ms| SimDuration::from_millis(ms)).collect();
        let load = load(workers, asks.iter().map(|ask| ask.0).collect());
        let health = IdMap::from_fn(workers.len(), |_| Health::Healthy);
        let rtts = asks.iter().map(|ask| rtt(ask.1)).collect();
        let plan = best(&rtts, &health, &load);
        let rows = plan.iter().map(|shares| shares.iter().copied().collect());
        rows.collect()
    }

    #[track_caller]
    fn assert_split(workers: &[f64], asks: &[(f64, &[u64])], expected: &[&[f64]]) {
        let found = split(workers, asks);
        for (found, expected) in found.iter().zip(expected) {
            for (found, expected) in found.iter().zip(*expected) {
                assert!((found - expected).abs() < 1e-6, "{found}, not {expected}");
            }
        }
    }

    /// By hand: M/M/1 of 100/s costs 100 / (100 - x)^2 s for one more. Alone, 90/s would cost 1 s,
    /// and 2 ms of detour are nothing: x with 100 / (100 - x)^2 = 100 / (10 + x)^2 + 0.002.
    #[test]
    fn two_queues_are_equally_costly_at_the_margin() {
        let found = split(&[1.0, 1.0], &[(90.0, &[0, 2])]);
        let cost_s = |share: f64| 100.0 / (100.0 - 90.0 * share).powi(2);
        let [near, far] = [found[0][0], found[0][1]];
        assert!((near + far - 1.0).abs() < 1e-12);
        assert!((cost_s(near) - cost_s(far) - 0.002).abs() < 1e-7);
        // Without a detour it is half each, and a population that asks for nothing is no obstacle.
        let halves: &[f64] = &[0.5, 0.5];
        assert_split(&[1.0, 1.0], &[(90.0, &[0, 0]), (0.0, &[5, 9])], &[halves]);
    }

    /// Goal: it takes as many moves as it takes, and the most costly region is one that is used.
    #[test]
    fn three_queues_need_more_than_one_move() {
        let thirds: &[f64] = &[1.0 / 3.0; 3];
        assert_split(&[1.0; 3], &[(120.0, &[5, 5, 5])], &[thirds]);
        let near = split(&[1.0, 1.0], &[(90.0, &[0, 2])]);
        let unused = split(&[1.0; 3], &[(90.0, &[0, 2, 9_000])]);
        for (near, found) in near[0].iter().zip(&unused[0]) {
            assert!((near - found).abs() < 1e-6, "{near}, not {found}");
        }
    }

    /// Goal: one move makes two regions equally costly, as nearly as costs are told apart.
    #[test]
    fn a_move_balances_two_regions() {
        let ms = |ms: [u64; 2]| ms.map(SimDuration::from_millis).into_iter().collect();
        let rtts = IdMap::new(vec![ms([3, 10])]);
        for (asked_per_s, workers) in [(95.0, 2.0), (98.0, 1.0), (60.0, 1.0), (180.0, 1.0)] {
            let load = load(&[1.0, workers], IdMap::new(vec![asked_per_s]));
            let draft = Draft {
                rtts: &rtts,
                load: &load,
                plan: IdMap::new(vec![IdMap::new(vec![1.0, 0.0])]),
                asked_per_s: IdMap::new(vec![asked_per_s, 0.0]),
            };
            let [from, to] = [0, 1].map(RegionId::new);
            let population = PopulationId::new(0);
            let share = draft.balance(population, (from, to));
            let moved_per_s = share * asked_per_s;
            let gain_s = draft.cost_s((population, from), -moved_per_s)
                - draft.cost_s((population, to), moved_per_s);
            assert!(share > 0.0 && share < 1.0, "{share}");
            assert!(gain_s.abs() < EQUAL_S, "{asked_per_s}/s: {gain_s} s");
        }
    }

    /// By hand: at 50 % of M/M/1 one more costs 40 ms instead of 10 ms, less than a detour of 50 ms.
    #[test]
    fn where_no_queue_is_worth_a_detour_all_stay() {
        let asks: &[(f64, &[u64])] = &[(50.0, &[5, 55]), (50.0, &[55, 5])];
        assert_split(&[1.0, 1.0], asks, &[&[1.0, 0.0], &[0.0, 1.0]]);
    }

    /// By hand: of 480/s two regions serve 400/s, and each gets what is 120 % of it, less what the
    /// detour is worth: nothing, compared with an hour of growing queues. The costs at 99 % differ
    /// by 33 s between the regions, a hundredth of an hour.
    #[test]
    fn what_nobody_can_serve_is_spread_as_there_is_capacity() {
        let found = split(&[1.0, 3.0], &[(480.0, &[5, 55])]);
        assert!((found[0][0] - 0.25).abs() < 0.01, "{found:?}");
    }
}
