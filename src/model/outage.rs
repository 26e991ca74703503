//! Outages: what begins and ends with them.
//!
//! An outage acts as a verdict on what reaches the region (see [`Region::mode`]) and on what is
//! inside when it begins; nothing else in the model asks about outages. Several may overlap: the
//! region is down while any of them lasts, in the mode of the one that began last. What a cut
//! holds arrives when none lasts any more; answers that are held are lost with the gateway if
//! that fails meanwhile. Outages that take machines leave the region up, unless no machine is
//! left (`control::scaling`). Outages of ways are in `network`.

use crate::engine::EventQueue;
use crate::model::entity::{Lie, OutageId, OutageMode, OutageSpec, RegionId, Scope};
use crate::model::event::Event;
use crate::model::fault::{Fault, Restart};
use crate::model::fleet::{Fleet, Region};
use crate::model::gateway::{Held, Owner};
use crate::model::health::Health;
use crate::model::observer::{Hit, Observer};
use crate::model::outcome::{Blame, Cause};
use crate::model::request::State;
use crate::model::trouble::Trouble;
use crate::units::SimTime;

impl Region {
    /// What the region does with what reaches it while it is down; `None` while it is up.
    pub(super) fn mode(&self) -> Option<OutageMode> {
        self.faults.last().map(|fault| fault.mode)
    }

    /// What an attempt that reaches it has run into.
    pub(super) fn hit(&self) -> Option<Hit> {
        self.faults.last().and_then(|fault| fault.hit)
    }

    /// Whether it is gone as a whole, and not its gateway alone or the way to it.
    fn is_dead(&self) -> bool {
        let mut faults = self.faults.iter();
        faults.any(|fault| fault.hits_region() && fault.mode != OutageMode::Hold)
    }

    /// Whether it can talk to other regions: one whose gateway alone has crashed can.
    pub(super) fn can_reach_out(&self) -> bool {
        !self.faults.iter().any(|fault| fault.hits_region())
    }

    /// Whether it is not part of the fleet.
    pub(super) fn is_absent(&self) -> bool {
        self.faults.iter().any(|fault| fault.is_absence())
    }

    /// What probes find whatever the truth is.
    pub(super) fn lie(&self) -> Option<Lie> {
        self.lies.last().map(|&(_, lie)| lie)
    }

    /// An outage makes all work take longer, by a factor.
    fn slow_down(&mut self, outage: OutageId, factor: f64) {
        self.trouble().slow_down(outage, factor);
        self.keep_pace();
    }

    /// An outage that slowed it, failed some attempts or hit a way to it is over.
    pub(super) fn recover(&mut self, outage: OutageId) {
        self.trouble().recover(outage);
        self.keep_pace();
        self.trouble
            .take_if(|trouble| **trouble == Trouble::default());
    }

    /// Lets its gateway work as fast as its troubles allow.
    pub(super) fn keep_pace(&mut self) {
        self.gateway.pace = self.trouble.as_ref().and_then(|trouble| trouble.pace());
    }

    /// Whether its gateway works, even if the way to it may be cut.
    pub(super) fn is_serving(&self) -> bool {
        let mut modes = self.faults.iter().map(|fault| fault.mode);
        modes.all(|mode| mode == OutageMode::Hold)
    }
}

impl<O: Observer> Fleet<'_, O> {
    /// Something happens that was known beforehand: until then regions could see ahead.
    #[inline(never)]
    pub(super) fn disturb(&mut self, now: SimTime, event: Event, queue: &mut EventQueue<Event>) {
        self.close_timetables(now, queue);
        match event {
            Event::OutageStarted(outage) => self.outage_started(now, outage, queue),
            Event::OutageTurned(outage, parts) => self.outage_turned(now, (outage, parts), queue),
            Event::OutageEnded(outage) => self.outage_ended(now, outage, queue),
            // What waits is to be seen, so that the most of the period is known.
            _ => {}
        }
    }

    fn outage_started(&mut self, now: SimTime, id: OutageId, queue: &mut EventQueue<Event>) {
        let mut turns = self.spec.outages[id].turns();
        let (_, first) = turns.next().expect("an outage lasts for a time");
        for (at, parts) in turns {
            queue.schedule(at, Event::OutageTurned(id, parts));
        }
        self.outage_turned(now, (id, first), queue);
    }

    /// An outage comes to so many parts of its degree.
    fn outage_turned(
        &mut self,
        now: SimTime,
        (id, parts): (OutageId, u16),
        queue: &mut EventQueue<Event>,
    ) {
        let OutageSpec {
            region,
            mode,
            scope,
            ..
        } = self.spec.outages[id];
        let hit = Some(Hit::Outage(id));
        let fault = Fault { hit, mode };
        match scope.at(parts) {
            Scope::Region => {
                self.take_down(now, (region, fault), queue);
                self.fail_sites_in(now, (region, fault), queue);
            }
            scope @ (Scope::Capacity(_) | Scope::Zone(_) | Scope::Vms(_)) => {
                self.lose_machines(now, (id, scope), queue);
            }
            Scope::Network(place, impairment) => self.impair(id, (region, place, impairment)),
            Scope::Speed(factor) => self.regions[region].slow_down(id, factor),
            Scope::Gray(share) => self.regions[region].trouble().turn_gray(id, share.as_f64()),
            Scope::Probes(lie) => self.regions[region].lies.push((id, lie)),
            Scope::Router => self.router.freeze(),
            Scope::Backend(part) => self.hit_backend(now, (id, part, fault), queue),
            Scope::Name => self.router.set_nameless(region, Some(id)),
            Scope::Management => {
                self.plane.outages.push(id);
                self.check_plane(now, queue);
            }
        }
    }

    fn outage_ended(&mut self, now: SimTime, id: OutageId, queue: &mut EventQueue<Event>) {
        let OutageSpec {
            region,
            mode,
            scope,
            ..
        } = self.spec.outages[id];
        let hit = Some(Hit::Outage(id));
        let fault = Fault { hit, mode };
        if scope == Scope::Region {
            self.heal_sites_in((region, fault));
        }
        match scope {
            // A gateway whose way was cut has not died, and need not restart.
            Scope::Region if mode == OutageMode::Hold => self.bring_up(now, (region, fault), queue),
            Scope::Region => self.restart(now, Restart::Gateway(region, fault), queue),
            Scope::Capacity(_) | Scope::Zone(_) | Scope::Vms(_) => {
                self.restart(now, Restart::Machines(region, id), queue);
            }
            Scope::Speed(_) | Scope::Gray(_) => self.regions[region].recover(id),
            Scope::Network(place, _) => self.repair(now, (id, region, place), queue),
            Scope::Probes(_) => self.regions[region].lies.retain(|&(other, _)| other != id),
            Scope::Router => self.thaw_router(now),
            Scope::Backend(part) => self.heal_backend(now, (id, part, fault), queue),
            Scope::Name => self
                .router
                .set_nameless(region, self.lasting_nameless(now, region)),
            Scope::Management => {
                self.plane.outages.retain(|&other| other != id);
                self.check_plane(now, queue);
            }
        }
    }

    /// The router takes up what has happened while it was frozen.
    fn thaw_router(&mut self, now: SimTime) {
        for (region, health) in self.router.thaw() {
            self.believe(now, region, health);
        }
        for region in self.spec.regions.ids() {
            self.tell_load(now, region);
        }
    }

    /// An outage that still takes the address from a region's name.
    fn lasting_nameless(&self, now: SimTime, region: RegionId) -> Option<OutageId> {
        let mut outages = self.spec.outages.entries();
        let lasting = outages.find(|(_, outage)| {
            let lasts = outage.start <= now && now < outage.end;
            outage.region == region && outage.scope == Scope::Name && lasts
        });
        lasting.map(|(id, _)| id)
    }

    /// Takes a region down, for one reason more.
    pub(super) fn take_down(
        &mut self,
        now: SimTime,
        (region, fault): (RegionId, Fault),
        queue: &mut EventQueue<Event>,
    ) {
        let was_serving = self.regions[region].is_serving();
        let was_dead = self.regions[region].is_dead();
        self.regions[region].faults.push(fault);
        if fault.mode != OutageMode::Hold {
            self.regions[region].deaths += 1;
            if let Some(limiter) = &mut self.regions[region].limiter {
                limiter.reset();
            }
            self.lose_work(now, (region, fault.mode), queue);
        }
        self.tell_condition(now, region, was_serving);
        if self.probing.is_none() {
            self.believe(now, region, Health::Degraded);
        }
        self.check_plane(now, queue);
        if !was_dead && self.regions[region].is_dead() {
            self.region_died(now, region, queue);
        }
        self.compare_regions(now);
    }

    /// Removes a reason why a region is down; it is up when none is left.
    pub(super) fn bring_up(
        &mut self,
        now: SimTime,
        (region, fault): (RegionId, Fault),
        queue: &mut EventQueue<Event>,
    ) {
        let was_serving = self.regions[region].is_serving();
        self.regions[region].faults.retain(|&other| other != fault);
        self.tell_condition(now, region, was_serving);
        self.check_plane(now, queue);
        self.compare_regions(now);
        if !self.regions[region].faults.is_empty() {
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
        let is_serving = self.regions[region].is_serving();
        if is_serving != was_serving {
            self.observer.condition_changed(now, region, is_serving);
        }
    }

    /// Lets everything arrive that was held up on its way from and to a region.
    fn release(&mut self, now: SimTime, region: RegionId, queue: &mut EventQueue<Event>) {
        for done in std::mem::take(&mut self.regions[region].held_answers) {
            self.answer(now, (region, done), queue);
        }
        for refusal in std::mem::take(&mut self.regions[region].held_refusals) {
            self.refuse(now, refusal, queue);
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
        (region, held): (RegionId, Held),
        queue: &mut EventQueue<Event>,
    ) {
        let Held {
            job,
            deaths,
            sender,
        } = held;
        if let Owner::Request(key) = job.owner {
            if deaths.is_some_and(|deaths| deaths != self.regions[region].deaths) {
                let reset = (key, Cause::Reset, Blame::Connection);
                return self.fail_after_trip(now, reset, queue);
            }
            if let (Some(limiter), Some(sender)) = (&mut self.regions[region].limiter, sender)
                && let Err(retry_after_s) = limiter.admit(now, sender)
            {
                let refused = (key, (region, sender), retry_after_s);
                return self.refuse_for_rate(now, refused, queue);
            }
            if let Some(request) = self.requests.get_mut(key)
                && request.state != State::Beaten
            {
                request.state = State::Inside;
            }
        }
        if !self.admit(now, (region, job), queue) {
            self.refuse(now, (job.owner, Cause::Overloaded), queue);
        }
    }
}
