//! When the next thing happens to a fleet that is known beforehand.

use crate::model::spec::FleetSpec;
use crate::units::SimTime;

/// Up to when nothing can come in between.
#[derive(Clone, Debug)]
pub(crate) struct Horizon {
    /// The next time at which something disturbs regions that is known beforehand.
    pub(crate) end: SimTime,
    /// The times after that, the last first.
    later: Vec<SimTime>,
}

impl Horizon {
    /// At the start of a run.
    pub(crate) fn new(spec: &FleetSpec) -> Self {
        let outages = spec.outages.iter().flat_map(|outage| {
            let turns = outage.turns().map(|(at, _)| at);
            turns.chain([outage.start, outage.end])
        });
        let mut later: Vec<SimTime> = outages.chain([spec.period.start()]).collect();
        later.sort_unstable_by(|one, other| other.cmp(one));
        let mut horizon = Self {
            end: SimTime::ZERO,
            later,
        };
        horizon.reach(SimTime::ZERO);
        horizon
    }

    /// What was to happen up to `now` happens now.
    pub(crate) fn reach(&mut self, now: SimTime) {
        while self.end <= now {
            self.end = self.later.pop().unwrap_or(SimTime::NEVER);
        }
    }
}
