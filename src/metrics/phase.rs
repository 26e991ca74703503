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
        let outages = fleet.outages.iter();
        let mut edges: Vec<(SimTime, i32)> = outages
            .flat_map(|outage| [(outage.start, 1), (outage.end, -1)])
            .collect();
        edges.sort_unstable();
        let mut lasting = 0;
        let mut changes: Vec<(SimTime, Phase)> = Vec::new();
        for (at, more) in edges {
            lasting += more;
            changes.pop_if(|(last, _)| *last == at);
            let phase = if lasting > 0 {
                Phase::During
            } else {
                Phase::After
            };
            changes.push((at, phase));
        }
        Self { changes }
    }

    /// The phase of all that starts from `start` on and before `end`; `None` if it changes.
    pub(super) fn throughout(&self, start: SimTime, end: SimTime) -> Option<Phase> {
        let first = self.changes.partition_point(|&(begin, _)| begin <= start);
        let last = self.changes.partition_point(|&(begin, _)| begin < end);
        (first == last).then(|| self.at(start))
    }

    /// The phase of what starts at `at`.
    #[inline(never)]
    pub fn at(&self, at: SimTime) -> Phase {
        let begun = self.changes.partition_point(|&(start, _)| start <= at);
        begun
            .checked_sub(1)
            .map_or(Phase::Before, |last| self.changes[last].1)
    }
}
