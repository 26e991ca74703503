//! What the oracle reckons with: what will be sent to each region, and what one more there costs all.
//!
//! Drawn up from the true arrival rates of a moment, it holds until they change, or health, or the
//! number of workers. It charges one more attempt in a region what it costs in M/M/c at the rate that
//! the best fixed split sends there (`split`), with two limits that the theory does not have:
//!
//! - The rate is taken for 95 % of what it is. What one more costs is a convex function of the number
//!   that it finds; the oracle knows the expected number but not how far from that it will be, so that
//!   a distant region looks too cheap. And others will pass by a queue that is long, as they would not
//!   in the split. Measured when this was written, in some 50 fleets
//!   of 1 to 60 workers of 1 to 300 ms, utilized by 85 to 125 %, with detours of 8 to 130 ms: with
//!   100 % the closest region beats it where all are alike and service is short (2 workers of 2 ms at
//!   90 %: 20.7 instead of 21.6 ms; with 95 % it takes 20.3 ms, and with the law of the number upon
//!   arrival instead of its mean 0.4 ms less, for a hundred times the work). With 90 % it is slower by up to 7 %
//!   where one region is crowded, and a fixed split may beat it.
//! - Nobody delays those behind for longer than a horizon of ten times the longest round trip and
//!   service. In a queue that is asked for more than it serves all who come are delayed for as long as
//!   that lasts, wherever one goes; what differs is one's own wait. Measured, with all regions of
//!   the first fleet of `tests/it/routing_bounds.rs` at 105 %: without it 5.6 ms slower of 1.5 s, and
//!   slower than the closest region.

use crate::model::entity::{PopulationSpec, RegionId, RegionSpec};
use crate::model::routing::split::BUSIEST;
use crate::model::routing::{LoadView, Plan, RegionLoad};
use crate::stats::queueing::{JoiningCost, Offered};
use crate::units::{IdMap, SimDuration, SimTime};

/// The share of the split's rate by which one more is charged.
const CHARGED: f64 = 0.95;
/// The horizon, in longest round trips and services.
const HORIZON: f64 = 10.0;
/// How long rates are taken to hold before they are looked at again.
const REVIEW: SimDuration = SimDuration::from_secs(1);
/// Rates that have changed by less than this share of all are the same.
const SAME: f64 = 0.01;

/// What the oracle reckons with.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlook {
    regions: IdMap<RegionSpec, Prospect>,
    /// For how long one more delays those behind at most, in seconds.
    horizon_s: f64,
    /// The rates by which it was drawn up.
    demand_per_s: IdMap<PopulationSpec, f64>,
    /// When they are to be looked at again.
    review: SimTime,
}

/// What to expect of a region.
#[derive(Clone, Debug, PartialEq)]
struct Prospect {
    /// What one more in it costs all.
    joining: JoiningCost,
    /// How long each population is on its way to it, the shortest first, with what it sends there in
    /// requests a second.
    inflow: Vec<(SimDuration, f64)>,
}

impl Outlook {
    /// The outlook at `now`, when populations ask for what `load` says and go where `split` says.
    pub(super) fn new(
        now: SimTime,
        rtts: &IdMap<PopulationSpec, IdMap<RegionSpec, SimDuration>>,
        (load, split): (&LoadView, &Plan),
    ) -> Self {
        let prospect = |(region, there): (_, &RegionLoad)| {
            let asks = rtts.entries().map(|(population, rtt)| {
                let per_s = load.demand_per_s[population] * split[population][region];
                (rtt[region] / 2, per_s)
            });
            Prospect::new(there, asks.filter(|&(_, per_s)| per_s > 0.0).collect())
        };
        let rtts = rtts.iter().flatten().copied();
        let services = load.regions.iter().map(|region| region.demand_s);
        let longest_s = rtts.max().unwrap_or_default().as_secs_f64() + services.fold(0.0, f64::max);
        Self {
            regions: load.regions.entries().map(prospect).collect(),
            horizon_s: HORIZON * longest_s,
            demand_per_s: load.demand_per_s.clone(),
            review: now + REVIEW,
        }
    }

    /// Whether it is time to look at the rates again.
    pub(in crate::model) fn is_due(&self, now: SimTime) -> bool {
        now >= self.review
    }

    /// Puts the next review off if these rates, of `now`, are those by which it was drawn up;
    /// returns whether they are.
    pub(in crate::model) fn still_holds(
        &mut self,
        now: SimTime,
        demand_per_s: &IdMap<PopulationSpec, f64>,
    ) -> bool {
        let total: f64 = self.demand_per_s.iter().sum();
        let pairs = self.demand_per_s.iter().zip(demand_per_s);
        let change: f64 = pairs.map(|(before, after)| (before - after).abs()).sum();
        let holds = change <= SAME * total;
        if holds {
            self.review = now + REVIEW;
        }
        holds
    }

    /// What it costs all if something joins a region, in seconds, that leaves at `now` and arrives at
    /// `there`.
    pub(super) fn cost_s(
        &self,
        (region, load): (RegionId, &RegionLoad),
        (now, there): (SimTime, SimTime),
        underway: impl Iterator<Item = SimTime>,
    ) -> f64 {
        let Prospect { joining, inflow } = &self.regions[region];
        let found = found((load, inflow), (now, there), underway);
        let behind = (found + 1.0 - load.workers).max(0.0);
        let own_s = load.demand_s + behind * load.demand_s / load.workers;
        joining.at(found).min(own_s + self.horizon_s)
    }
}

impl Prospect {
    /// What to expect of a region with this load of which so much is asked from so far away.
    fn new(load: &RegionLoad, mut inflow: Vec<(SimDuration, f64)>) -> Self {
        let asked_per_s: f64 = inflow.iter().map(|&(_, per_s)| per_s).sum();
        let steady_per_s = BUSIEST * load.capacity_per_s();
        // What a region cannot serve may as well go elsewhere.
        let served = (steady_per_s / asked_per_s).min(1.0);
        for (_, per_s) in &mut inflow {
            *per_s *= served;
        }
        inflow.sort_by_key(|&(way, _)| way);
        let charged = Offered {
            arrival_rate: (CHARGED * asked_per_s).min(steady_per_s),
            mean_service: load.workers / load.capacity_per_s(),
        };
        Self {
            joining: JoiningCost::new(charged, load.servers()),
            inflow,
        }
    }
}

/// How many something is expected to find that leaves at `now` and arrives at `there`, among what is
/// inside now, what is on its way, and what will leave after it and be there before it.
fn found(
    (load, inflow): (&RegionLoad, &[(SimDuration, f64)]),
    (now, there): (SimTime, SimTime),
    underway: impl Iterator<Item = SimTime>,
) -> f64 {
    let ahead = underway.skip_while(|&before| before <= now);
    let mut ahead = ahead.take_while(|&before| before <= there).peekable();
    let mut queue = Queue {
        load,
        inside: load.inside,
        inflow_per_s: 0.0,
        at: now,
    };
    let starts = inflow.iter().map(|&(way, per_s)| (now + way, per_s));
    for (start, per_s) in starts.take_while(|&(start, _)| start <= there) {
        while let Some(before) = ahead.next_if(|&before| before <= start) {
            queue.joined(before);
        }
        queue.run(start);
        queue.inflow_per_s += per_s;
    }
    for before in ahead {
        queue.joined(before);
    }
    queue.run(there);
    queue.inside
}

/// The queue of a region, as it will be on average.
struct Queue<'a> {
    load: &'a RegionLoad,
    inside: f64,
    /// What comes of which nothing is known but the rate.
    inflow_per_s: f64,
    at: SimTime,
}

impl Queue<'_> {
    /// Something joins it.
    fn joined(&mut self, at: SimTime) {
        self.run(at);
        self.inside += 1.0;
    }

    /// Time passes: above the workers the number changes steadily, below it tends to what the inflow
    /// keeps busy, which is less than the workers.
    fn run(&mut self, until: SimTime) {
        let mut seconds = (until - self.at).as_secs_f64();
        self.at = until;
        let (workers, capacity_per_s) = (self.load.workers, self.load.capacity_per_s());
        let waiting = self.inside - workers;
        if waiting > 0.0 {
            let drain_per_s = capacity_per_s - self.inflow_per_s;
            if seconds * drain_per_s <= waiting {
                self.inside -= seconds * drain_per_s;
                return;
            }
            seconds -= waiting / drain_per_s;
            self.inside = workers;
        }
        let busy = self.inflow_per_s * workers / capacity_per_s;
        let services = seconds * capacity_per_s / workers;
        self.inside = busy + (self.inside - busy) * (-services).exp();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two workers of 1 s.
    fn load(inside: f64) -> RegionLoad {
        RegionLoad {
            inside,
            workers: 2.0,
            demand_s: 1.0,
        }
    }

    fn at(s: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_secs(s)
    }

    #[track_caller]
    fn assert_close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
    }

    /// What is found by who leaves at 10 s, if so much is inside and comes, and some is underway.
    fn finds((inside, inflow): (f64, &[(SimDuration, f64)]), there: u64, underway: &[u64]) -> f64 {
        let underway = underway.iter().map(|&s| at(s));
        found((&load(inside), inflow), (at(10), at(there)), underway)
    }

    /// By hand: two workers take two a second while somebody waits; of those in service as many are
    /// left after t services as e^-t.
    #[test]
    fn what_is_found_is_what_is_left_upon_arrival() {
        let found =
            |inside: f64, there: u64, underway: &[u64]| finds((inside, &[]), there, underway);
        assert_close(found(6.0, 10, &[]), 6.0);
        assert_close(found(6.0, 11, &[]), 4.0);
        // Some that is there already, one that comes at 11 s, one that comes too late to matter.
        assert_close(found(6.0, 12, &[9, 10, 11, 13]), 3.0);
        let e = std::f64::consts::E;
        assert_close(found(2.0, 11, &[11]), 2.0 / e + 1.0);
        // Half a second in the line, then half a service.
        assert_close(found(3.0, 11, &[]), 2.0 / e.sqrt());
    }

    /// By hand: who is on the way for 1 s and sends 1.5/s is there from 11 s on: until then one of the
    /// three that wait is left, at 13 s none; what comes keeps 1.5 workers busy.
    #[test]
    fn what_others_will_send_is_found_too() {
        let inflow = [(SimDuration::from_secs(1), 1.5)];
        let found = |there: u64| finds((5.0, &inflow), there, &[]);
        assert_close(found(11), 3.0);
        assert_close(found(12), 2.5);
        assert_close(found(13), 2.0);
        assert_close(found(14), 1.5 + 0.5 / std::f64::consts::E);
    }

    /// By hand: as above; one more that is there with the first of what comes, or a second later,
    /// waits as one more.
    #[test]
    fn what_is_underway_joins_what_others_send() {
        let inflow = [(SimDuration::from_secs(1), 1.5)];
        let found = |there: u64, underway: &[u64]| finds((5.0, &inflow), there, underway);
        assert_close(found(11, &[11]), 4.0);
        assert_close(found(12, &[11]), 3.5);
        assert_close(found(12, &[12]), 3.5);
        assert_close(found(13, &[12]), 3.0);
    }

    /// By hand: two workers of 4 s: who finds four waits for three halves of a service, so that all cost
    /// the own 4 s + 6 s and, where it is asked for more than it serves, the horizon of 10 (4 + 4) s.
    #[test]
    fn the_own_wait_is_in_services() {
        let slow = |inside: f64| RegionLoad {
            demand_s: 4.0,
            ..load(inside)
        };
        let region = (RegionId::new(0), &slow(4.0));
        let cost_s =
            outlook_of(slow(0.0), 9.0).cost_s(region, (at(10), at(10)), std::iter::empty());
        assert_close(cost_s, 10.0 + 80.0);
    }

    /// A region of two workers of 1 s, so busy, asked from 2 s away.
    fn outlook(asked_per_s: f64) -> Outlook {
        outlook_of(load(0.0), asked_per_s)
    }

    /// The same of a region with this load.
    fn outlook_of(load: RegionLoad, asked_per_s: f64) -> Outlook {
        let rtts = IdMap::new(vec![IdMap::new(vec![SimDuration::from_secs(4)])]);
        let load = LoadView {
            regions: IdMap::new(vec![load]),
            demand_per_s: IdMap::new(vec![asked_per_s]),
        };
        let split = IdMap::new(vec![IdMap::new(vec![1.0])]);
        Outlook::new(at(10), &rtts, (&load, &split))
    }

    /// By hand: at a charged rate of 0.95 x 1/s each place in the line costs 1 / (2 - 0.95) s, all
    /// together at most the own service, the own wait, and the horizon of 10 (4 + 1) s; where it is
    /// asked for more than it serves, that from the first on.
    #[test]
    fn nobody_delays_others_beyond_the_horizon() {
        let cost_s = |asked_per_s: f64, inside: f64| {
            let region = (RegionId::new(0), &load(inside));
            let underway = std::iter::empty();
            outlook(asked_per_s).cost_s(region, (at(10), at(10)), underway)
        };
        assert_close(cost_s(1.0, 7.0) - cost_s(1.0, 6.0), 1.0 / 1.05);
        assert_close(cost_s(1.0, 201.0), 51.0 + 100.0);
        assert_close(cost_s(9.0, 1.0), 51.0);
        assert_close(cost_s(9.0, 2.0), 51.0 + 0.5);
    }

    #[test]
    fn an_outlook_holds_while_rates_do() {
        let (mut outlook, mut busier) = (outlook(1.0), outlook(4.0));
        let rate = |per_s: f64| IdMap::new(vec![per_s]);
        assert!(!outlook.is_due(at(10)));
        assert!(outlook.is_due(at(11)));
        assert!(!outlook.still_holds(at(11), &rate(1.02)));
        assert!(outlook.is_due(at(11)));
        assert!(outlook.still_holds(at(11), &rate(0.995)));
        assert!(!outlook.is_due(at(11)));
        // One in a hundred of all that is asked for.
        assert!(busier.still_holds(at(11), &rate(4.03)));
        assert!(!busier.still_holds(at(11), &rate(4.05)));
    }
}
