//! A site of a back end while it runs: a station, and what outages do to it.

use crate::engine::Key;
use crate::model::backlog::{Backlog, Job};
use crate::model::entity::{OutageId, SiteSpec};
use crate::model::fault::Fault;
use crate::model::observer::Hit;
use crate::model::station::{Admission, Removal, Resized, Station};
use crate::model::trouble::Trouble;
use crate::units::{Ratio, SimTime};

/// A running site.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// Its workers and its queue. One without limit has as many workers as it ever needed.
    pub(crate) station: Station<Key>,
    workers: Option<u32>,
    /// Why it is down, in the order in which that began; up means none.
    pub(crate) faults: Vec<Fault>,
    /// The outages that have taken some of its workers, and the share that each has taken.
    losses: Vec<(OutageId, Ratio)>,
    /// What slows it, and fails some of its calls.
    pub(crate) trouble: Trouble,
}

impl Site {
    /// A site where nothing happens yet.
    pub(crate) fn new(spec: &SiteSpec) -> Self {
        let queue = (Backlog::default(), spec.queue_limit);
        Self {
            station: Station::new(spec.workers.unwrap_or(0), queue),
            workers: spec.workers,
            faults: Vec::new(),
            losses: Vec::new(),
            trouble: Trouble::default(),
        }
    }

    /// What a call that comes to it runs into.
    pub(crate) fn hit(&self) -> Option<Hit> {
        let down = self.faults.last().and_then(|fault| fault.hit);
        down.or_else(|| self.trouble.slowed_by())
    }

    /// Takes a call.
    pub(crate) fn admit(&mut self, now: SimTime, job: Job<Key>) -> Admission {
        let load = self.station.load();
        if self.workers.is_none() && load.busy == self.station.workers() {
            let more = self.station.workers() + 1;
            self.station.resize(now, more, Removal::Graceful);
        }
        self.station.admit(now, job)
    }

    /// The workers that outages have left; `None` if there are as many as are needed.
    pub(crate) fn workers(&self) -> Option<u32> {
        let left = |share: Ratio, &(_, lost): &(_, Ratio)| share * lost.complement();
        let share = self.losses.iter().fold(Ratio::ONE, left);
        self.workers.map(|workers| share.of(workers).max(1))
    }

    /// An outage takes a share of its workers, or now another share.
    pub(crate) fn lose(
        &mut self,
        now: SimTime,
        (outage, share): (OutageId, Ratio),
    ) -> Resized<Key> {
        match self.losses.iter_mut().find(|(other, _)| *other == outage) {
            Some((_, present)) => *present = share,
            None => self.losses.push((outage, share)),
        }
        self.resize(now, Removal::Abrupt)
    }

    /// The workers come back that an outage took.
    pub(crate) fn regain(&mut self, now: SimTime, outage: OutageId) -> Resized<Key> {
        self.losses.retain(|&(other, _)| other != outage);
        self.resize(now, Removal::Graceful)
    }

    fn resize(&mut self, now: SimTime, removal: Removal) -> Resized<Key> {
        match self.workers() {
            Some(workers) => self.station.resize(now, workers, removal),
            None => Resized::default(),
        }
    }

    /// Lets it work as fast as its troubles allow.
    pub(crate) fn keep_pace(&mut self) {
        self.station.pace = self.trouble.pace();
    }
}
