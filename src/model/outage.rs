//! Outages: what begins and ends with them.
//!
//! An outage acts as a verdict on what reaches the region (see [`Region::mode`]) and on what is
//! inside when it begins; nothing else in the model asks about outages. Several may overlap: the
//! region is down while any of them lasts, in the mode of the one that began last. What a cut
//! holds arrives when none lasts any more; answers that are held are lost with the gateway if
//! that fails meanwhile.

use crate::engine::EventQueue;
use crate::model::entity::{OutageId, OutageMode, OutageSpec, RegionId};
use crate::model::event::Event;
use crate::model::fleet::{Fleet, Region};
use crate::model::gateway::{Held, Owner};
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

    /// Whether its gateway works, even if the way to it may be cut.
    fn is_serving(&self, outages: &IdMap<OutageSpec, OutageSpec>) -> bool {
        let modes = self.outages.iter().map(|&outage| outages[outage].mode);
        modes.into_iter().all(|mode| mode == OutageMode::Hold)
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
        let was_serving = self.regions[region].is_serving(&self.spec.outages);
        self.regions[region].outages.push(id);
        if mode != OutageMode::Hold {
            self.regions[region].deaths += 1;
            self.lose_work(now, (region, mode), queue);
        }
        self.tell_condition(now, region, was_serving);
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
        let was_serving = self.regions[region].is_serving(&self.spec.outages);
        self.regions[region].outages.retain(|&outage| outage != id);
        self.tell_condition(now, region, was_serving);
        if !self.regions[region].outages.is_empty() {
            return;
        }
        for key in std::mem::take(&mut self.regions[region].stranded) {
            // Only the faster one of two attempts can have ended it.
            if let Some(State::Lost(blame)) = self.requests.get(key).map(|request| request.state) {
                self.fail_after_trip(now, (key, Cause::Reset, blame), queue);
            }
        }
        self.release(now, region, queue);
        if self.probing.is_none() {
            self.believe(now, region, Health::Healthy);
        }
    }

    fn tell_condition(&mut self, now: SimTime, region: RegionId, was_serving: bool) {
        let is_serving = self.regions[region].is_serving(&self.spec.outages);
        if is_serving != was_serving {
            self.observer.condition_changed(now, region, is_serving);
        }
    }

    /// Lets everything arrive that was held up on its way from and to a region.
    fn release(&mut self, now: SimTime, region: RegionId, queue: &mut EventQueue<Event>) {
        for done in std::mem::take(&mut self.regions[region].held_answers) {
            self.answer(now, (region, done), queue);
        }
        for held in std::mem::take(&mut self.regions[region].held) {
            self.release_job(now, (region, held), queue);
        }
        for key in std::mem::take(&mut self.regions[region].held_cancels) {
            self.cancel_reached(now, (key, region), queue);
        }
    }

    /// Lets a job arrive that was held up, unless the connection that carries it has died since.
    fn release_job(
        &mut self,
        now: SimTime,
        (region, Held { job, deaths }): (RegionId, Held),
        queue: &mut EventQueue<Event>,
    ) {
        if let Owner::Request(key) = job.owner {
            if deaths.is_some_and(|deaths| deaths != self.regions[region].deaths) {
                let reset = (key, Cause::Reset, Blame::Connection);
                return self.fail_after_trip(now, reset, queue);
            }
            if let Some(request) = self.requests.get_mut(key)
                && request.state != State::Beaten
            {
                request.state = State::Inside;
            }
        }
        if !self.admit(now, (region, job), queue) {
            self.refuse(now, job.owner, queue);
        }
    }
}
