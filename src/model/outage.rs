//! Outages: what begins and ends with them.
//!
//! An outage acts as a verdict on what reaches the region (see [`Region::mode`]) and on what is
//! inside when it begins; nothing else in the model asks about outages. Several may overlap: the
//! region is down while any of them lasts, in the mode of the one that began last.

use crate::engine::{EventQueue, Key};
use crate::model::entity::{OutageId, OutageMode, OutageSpec, RegionId};
use crate::model::event::Event;
use crate::model::fleet::{Fleet, Region};
use crate::model::gateway::Owner;
use crate::model::health::Health;
use crate::model::observer::Observer;
use crate::model::outcome::{Blame, Cause};
use crate::model::request::State;
use crate::units::{IdMap, SimTime};

impl Region {
    /// What the region does with what reaches it while it is down; `None` while it is up.
    pub(super) fn mode(&self, outages: &IdMap<OutageSpec, OutageSpec>) -> Option<OutageMode> {
        self.outages.last().map(|&outage| outages[outage].mode)
    }

    /// When what leaves the region at `now` is on its way: at once, unless the way is cut.
    pub(super) fn opens(&self, now: SimTime, outages: &IdMap<OutageSpec, OutageSpec>) -> SimTime {
        let last = self.outages.last().map(|&outage| &outages[outage]);
        let cut = last.filter(|outage| outage.mode == OutageMode::Hold);
        cut.map_or(now, |outage| outage.end)
    }
}

impl<O: Observer> Fleet<'_, O> {
    pub(super) fn outage_started(
        &mut self,
        now: SimTime,
        id: OutageId,
        queue: &mut EventQueue<Event>,
    ) {
        let OutageSpec { region, mode, .. } = self.spec.outages[id];
        let outages = &mut self.regions[region].outages;
        outages.push(id);
        if mode != OutageMode::Hold {
            self.lose_work(now, (region, mode), queue);
        }
        if self.regions[region].outages.len() > 1 {
            return;
        }
        self.observer.condition_changed(now, region, false);
        if self.probing.is_none() {
            self.believe(now, region, Health::Degraded);
        }
    }

    pub(super) fn outage_ended(
        &mut self,
        now: SimTime,
        id: OutageId,
        queue: &mut EventQueue<Event>,
    ) {
        let region = self.spec.outages[id].region;
        self.regions[region].outages.retain(|&outage| outage != id);
        if !self.regions[region].outages.is_empty() {
            return;
        }
        self.observer.condition_changed(now, region, true);
        for key in std::mem::take(&mut self.regions[region].stranded) {
            let State::Lost(blame) = self.requests.get(key).expect("nothing else ends it").state
            else {
                unreachable!("a stranded request is lost");
            };
            self.fail_after_trip(now, (key, Cause::Reset, blame), queue);
        }
        self.release(now, region, queue);
        if self.probing.is_none() {
            self.believe(now, region, Health::Healthy);
        }
    }

    /// Lets everything arrive that was held up on its way to a region.
    fn release(&mut self, now: SimTime, region: RegionId, queue: &mut EventQueue<Event>) {
        for job in std::mem::take(&mut self.regions[region].held) {
            if let Owner::Request(key) = job.owner
                && let Some(request) = self.requests.get_mut(key)
            {
                request.state = State::Inside;
            }
            if !self.admit(now, (region, job), queue) {
                self.refuse(now, job.owner, queue);
            }
        }
    }

    /// Loses a request that was inside a region which fell silent: its client waits in vain.
    pub(super) fn lose(&mut self, key: Key) {
        let Some(request) = self.requests.get_mut(key) else {
            return;
        };
        request.state = State::Lost(Blame::Detection);
        let population = &self.populations[request.population];
        if population.deadline(request.started) == SimTime::NEVER {
            self.regions[request.region].stranded.push(key);
        }
    }
}
