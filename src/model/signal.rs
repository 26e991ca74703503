//! What a router knows of the load, and when: of every moment, or what was measured over a period
//! and has arrived since.
//!
//! Measured are means over one period after the other, from the start of the run on: of every
//! region what is inside for every worker, of every population the attempts that it begins. A
//! measurement arrives a delay after the end of its period. Measurements always get through, also
//! from regions that clients cannot reach; a region that is down has nothing inside and looks idle
//! to a router that does not yet believe it down.

use std::collections::VecDeque;

use crate::model::entity::{PopulationSpec, RegionId, RegionSpec};
use crate::model::observer::Load;
use crate::model::routing::{LoadView, RegionLoad, Strategy};
use crate::model::spec::{FleetSpec, SignalSpec};
use crate::units::{IdMap, SimDuration, SimTime};

/// How a router learns of the load.
#[derive(Clone, Debug)]
pub(crate) enum Signal {
    /// It does not: its strategy does not look at load.
    Nothing,
    /// At once.
    Instant,
    /// By what is measured.
    Measured(Measuring),
}

/// Measurements under way.
#[derive(Clone, Debug)]
pub(crate) struct Measuring {
    pub(crate) period: SimDuration,
    pub(crate) delay: SimDuration,
    meters: IdMap<RegionSpec, Meter>,
    /// What was measured and has not arrived, the oldest first.
    sent: VecDeque<LoadView>,
}

/// What is measured of a region.
#[derive(Clone, Copy, Debug)]
struct Meter {
    /// The load of this moment.
    load: RegionLoad,
    /// Since when.
    since: SimTime,
    /// The integral of utilization over the period until then, in seconds.
    integral_s: f64,
}

impl Signal {
    /// How the router of a fleet learns of the load.
    pub(crate) fn new(fleet: &FleetSpec) -> Self {
        let routing = &fleet.routing;
        match (&routing.strategy, routing.signal) {
            (strategy, _) if !strategy.looks_at_load() => Self::Nothing,
            (Strategy::Oracle(_), _) | (_, SignalSpec::Instant) => Self::Instant,
            (_, SignalSpec::Measured { period, delay }) => Self::Measured(Measuring {
                period,
                delay,
                meters: fleet.idle_load().regions.map(|&load| Meter::new(load)),
                sent: VecDeque::new(),
            }),
        }
    }
}

impl RegionLoad {
    /// Something has come to a region or left it, or workers have.
    pub(crate) fn change(&mut self, load: Load, workers: u32) {
        self.inside = f64::from(load.busy) + f64::from(load.waiting);
        self.workers = f64::from(workers);
    }
}

impl Measuring {
    /// The load of a region has changed.
    pub(crate) fn change(&mut self, now: SimTime, region: RegionId, (load, workers): (Load, u32)) {
        let meter = &mut self.meters[region];
        meter.run(now);
        meter.load.change(load, workers);
    }

    /// Ends a period in which each population has begun so many attempts.
    pub(crate) fn end_period(&mut self, now: SimTime, attempts: &IdMap<PopulationSpec, u64>) {
        let seconds = self.period.as_secs_f64();
        let regions = self.meters.iter_mut().map(|meter| {
            meter.run(now);
            let utilization = std::mem::take(&mut meter.integral_s) / seconds;
            RegionLoad {
                inside: utilization * meter.load.workers,
                ..meter.load
            }
        });
        self.sent.push_back(LoadView {
            regions: regions.collect(),
            demand_per_s: attempts.map(|&count| count as f64 / seconds),
        });
    }

    /// The measurement that arrives.
    pub(crate) fn arrived(&mut self) -> LoadView {
        self.sent.pop_front().expect("it was sent a delay ago")
    }
}

impl Meter {
    fn new(load: RegionLoad) -> Self {
        Self {
            load,
            since: SimTime::ZERO,
            integral_s: 0.0,
        }
    }

    fn run(&mut self, now: SimTime) {
        self.integral_s += self.load.utilization() * (now - self.since).as_secs_f64();
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Id;

    /// By hand: of 10 s 4 s with one and 2 s with three in a region of two workers, of which a
    /// third comes at the end.
    #[test]
    fn a_measurement_is_the_mean_over_its_period_alone() {
        let load = RegionLoad {
            inside: 0.0,
            workers: 2.0,
            demand_s: 0.1,
        };
        let mut measuring = Measuring {
            period: SimDuration::from_secs(10),
            delay: SimDuration::ZERO,
            meters: IdMap::new(vec![Meter::new(load)]),
            sent: VecDeque::new(),
        };
        let at = |s| SimTime::ZERO + SimDuration::from_secs(s);
        let busy = |busy, waiting| Load { busy, waiting };
        let changes = [(1, busy(1, 0)), (5, busy(2, 1)), (7, busy(0, 0))];
        for (s, load) in changes {
            measuring.change(at(s), Id::new(0), (load, 2));
        }
        measuring.end_period(at(10), &IdMap::new(vec![50]));
        measuring.change(at(10), Id::new(0), (busy(3, 0), 3));
        measuring.end_period(at(20), &IdMap::new(vec![0]));
        let first = measuring.arrived();
        let region = first.regions[Id::new(0)];
        assert!((region.utilization() - (4.0 * 0.5 + 2.0 * 1.5) / 10.0).abs() < 1e-12);
        assert!((first.demand_per_s[Id::new(0)] - 5.0).abs() < 1e-12);
        let second = measuring.arrived();
        assert!((second.regions[Id::new(0)].utilization() - 1.0).abs() < 1e-12);
        assert!((second.regions[Id::new(0)].capacity_per_s() - 30.0).abs() < 1e-12);
    }
}
