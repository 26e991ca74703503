//! Before, during and after an outage.

use crate::model::FleetSpec;
use crate::units::SimTime;

/// Where a request's start lies with respect to the outages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Before the first outage.
    Before,
    /// While any outage lasts.
    During,
    /// After an outage, while none lasts.
    After,
}

impl Phase {
    /// All phases, in order.
    pub const ALL: [Self; 3] = [Self::Before, Self::During, Self::After];

    /// The phase's name in results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::During => "during",
            Self::After => "after",
        }
    }
}

/// The phases of a run, known in advance from its outages.
#[derive(Clone, Debug)]
pub struct Phases {
    /// Where each phase but the first begins, in order of time.
    changes: Vec<(SimTime, Phase)>,
}

impl Phases {
    /// The phases of a run of this fleet.
    pub fn new(fleet: &FleetSpec) -> Self {
        let mut edges: Vec<SimTime> = Vec::new();
        for outage in &fleet.outages {
            edges.extend([outage.start, outage.end]);
        }
        edges.sort_unstable();
        edges.dedup();
        let lasts = |at: SimTime| {
            let mut outages = fleet.outages.iter();
            outages.any(|outage| outage.start <= at && at < outage.end)
        };
        let phase = |at| {
            if lasts(at) {
                Phase::During
            } else {
                Phase::After
            }
        };
        Self {
            changes: edges.into_iter().map(|at| (at, phase(at))).collect(),
        }
    }

    /// The phase of all that starts from `start` on and before `end`; `None` if it changes.
    pub(super) fn throughout(&self, start: SimTime, end: SimTime) -> Option<Phase> {
        let first = self.changes.partition_point(|&(begin, _)| begin <= start);
        let last = self.changes.partition_point(|&(begin, _)| begin < end);
        (first == last).then(|| self.at(start))
    }

    /// The phase of what starts at `at`.
    pub fn at(&self, at: SimTime) -> Phase {
        let begun = self.changes.partition_point(|&(start, _)| start <= at);
        begun
            .checked_sub(1)
            .map_or(Phase::Before, |last| self.changes[last].1)
    }
}
