//! What gateways and the router's probes do.

use crate::engine::{EventQueue, Key};
use crate::model::backlog::Job;
use crate::model::entity::{Lie, OutageMode, PopulationId, RegionId};
use crate::model::event::Event;
use crate::model::fleet::Fleet;
use crate::model::gateway::{Held, Owner, Work};
use crate::model::health::{Health, Prober};
use crate::model::observer::{Hit, Observer, Waste};
use crate::model::outcome::{Blame, Cause};
use crate::model::probing::Probing;
use crate::model::request::{Request, State};
use crate::model::station::{Admission, Done, Service};
use crate::units::SimTime;

impl<'s, O: Observer> Fleet<'s, O> {
    /// Gives a region work; returns whether it took it.
    pub(super) fn admit(
        &mut self,
        now: SimTime,
        (region, job): (RegionId, Work),
        queue: &mut EventQueue<Event>,
    ) -> bool {
        if self.regions[region].has_timetable() {
            return self.plan(now, (region, job), queue);
        }
        match self.regions[region].gateway.admit(now, job) {
            Admission::Refused => return false,
            Admission::Waiting => {}
            Admission::Serving(service) => schedule_end(region, service, queue),
        }
        self.observer.work_joined(now, region);
        self.tell_load(now, region);
        true
    }

    /// Sends work back that a full queue or a dead region does not take, that has waited for too
    /// long, or for which a back end has no answer.
    pub(super) fn refuse(
        &mut self,
        now: SimTime,
        (owner, cause): (Owner, Cause),
        queue: &mut EventQueue<Event>,
    ) {
        match owner {
            Owner::Request(key) => {
                let Some(request) = self.requests.get(key) else {
                    return;
                };
                let region = request.region;
                let blame = match cause {
                    Cause::Backend | Cause::BreakerOpen => self.spec.blame_behind(request.hit),
                    _ => request.blame_if_slow(),
                };
                self.watch(region, true);
                self.fail_after_trip(now, (key, cause, blame), queue);
            }
            Owner::Probe(key) => self.probing().answer(now, (key, false), queue),
        }
    }

    /// Sends an attempt back that a region's rate limit does not admit, and its client word of how
    /// long to wait.
    #[cold]
    pub(super) fn refuse_for_rate(
        &mut self,
        now: SimTime,
        (key, (region, population), retry_after_s): (Key, (RegionId, PopulationId), u16),
        queue: &mut EventQueue<Event>,
    ) {
        self.observer.attempt_limited(now, region, population);
        // It says nothing about the configuration.
        self.watch(region, false);
        let Some(arrives) = self.error_arrives(now, (key, region), queue) else {
            return;
        };
        let request = self.requests.get_mut(key).expect("found just now");
        if request.is_abandoned() {
            self.requests.remove(key);
        } else if arrives > request.deadline {
            request.state = State::Lost(Blame::Capacity);
        } else {
            request.state = State::Failing(Cause::RateLimited, Blame::Capacity);
            queue.schedule(arrives, Event::RefusalReceived(key, retry_after_s));
        }
    }

    /// A worker has finished: whoever wanted the work hears of it, and the next one begins.
    #[inline]
    pub(super) fn service_ended(
        &mut self,
        now: SimTime,
        (region, worker): (RegionId, u32),
        queue: &mut EventQueue<Event>,
    ) {
        let Some(finished) = self.regions[region].gateway.finish(now, worker) else {
            return;
        };
        if let Some(service) = finished.next {
            schedule_end(region, service, queue);
        }
        self.observer.work_left(now, region);
        if self.regions[region].gateway.sheds() {
            self.refuse_shed(now, region, queue);
        }
        self.tell_load(now, region);
        if self.backends.is_none() || !self.needs_backend(now, (region, finished.done), queue) {
            self.pass_on(now, (region, finished.done), queue);
        }
        if finished.next.is_none() && self.regions[region].timetable.is_some() {
            self.open_timetable(now, region, queue);
        }
    }

    /// Lets a gateway answer. One that serves while its region is down has its way cut: the answer
    /// waits.
    #[inline]
    pub(super) fn pass_on(
        &mut self,
        now: SimTime,
        (region, done): (RegionId, Done<Owner>),
        queue: &mut EventQueue<Event>,
    ) {
        if self.regions[region].faults.is_empty() {
            self.answer(now, (region, done), queue);
        } else {
            self.hold_answer(now, (region, done));
        }
    }

    /// Sends an answer on its way to whom it is for, or finds that it was for nobody.
    #[inline]
    pub(super) fn answer(
        &mut self,
        now: SimTime,
        (region, done): (RegionId, Done<Owner>),
        queue: &mut EventQueue<Event>,
    ) {
        match done.owner {
            Owner::Request(key) => {
                let is_in_trouble = self.regions[region].trouble.is_some();
                if is_in_trouble && self.is_not_sent(now, (region, done, key), queue) {
                    return;
                }
                self.hand_over(now, (region, done, key), queue);
            }
            Owner::Probe(key) => self.probing().answer(now, (key, true), queue),
        }
    }

    /// Lets the client of a request have its answer, or finds that it was for nobody.
    #[expect(
        clippy::inline_always,
        reason = "every answer comes here: 2 % of all instructions"
    )]
    #[inline(always)]
    pub(super) fn hand_over(
        &mut self,
        now: SimTime,
        (region, done, key): (RegionId, Done<Owner>, Key),
        queue: &mut EventQueue<Event>,
    ) {
        if let Err(waste) = self.request_answered(now, key, queue) {
            self.watch(region, true);
            self.observer
                .work_wasted(now, region, (done.service, waste));
        }
    }

    /// Sends back what has waited for too long, or keeps that back until the way is open again.
    pub(super) fn refuse_shed(
        &mut self,
        now: SimTime,
        region: RegionId,
        queue: &mut EventQueue<Event>,
    ) {
        for owner in self.regions[region].gateway.take_shed() {
            self.observer.work_left(now, region);
            self.send_back(now, (region, owner, Cause::Overloaded), queue);
        }
    }

    /// Lets a gateway send back what it cannot answer, or keeps that back until the way is open.
    pub(super) fn send_back(
        &mut self,
        now: SimTime,
        (region, owner, cause): (RegionId, Owner, Cause),
        queue: &mut EventQueue<Event>,
    ) {
        if self.regions[region].faults.is_empty() {
            self.refuse(now, (owner, cause), queue);
        } else {
            self.hold_refusal(region, (owner, cause));
        }
    }

    fn hold_refusal(&mut self, region: RegionId, (owner, cause): (Owner, Cause)) {
        let hit = self.regions[region].hit();
        if let Owner::Request(key) = owner
            && let Ok(request) = self.awaited(key)
        {
            request.state = State::Held(request.blame_if_down);
            request.hit = hit;
        }
        self.regions[region].held_refusals.push((owner, cause));
    }

    /// Keeps an answer back until the way is open again.
    pub(super) fn hold_answer(&mut self, now: SimTime, (region, done): (RegionId, Done<Owner>)) {
        if let Owner::Request(key) = done.owner {
            let hit = self.regions[region].hit();
            match self.awaited(key) {
                Ok(request) => {
                    request.state = State::Held(request.blame_if_down);
                    request.hit = hit;
                }
                Err(waste) => {
                    let waste = (done.service, waste);
                    return self.observer.work_wasted(now, region, waste);
                }
            }
        }
        self.regions[region].held_answers.push(done);
    }

    /// The request of a key, for which the region is done with its work.
    ///
    /// # Errors
    /// If its client has left: why the work was wasted.
    pub(super) fn awaited(&mut self, key: Key) -> Result<&mut Request, Waste> {
        if self
            .requests
            .get(key)
            .is_some_and(|request| request.state == State::Beaten)
        {
            self.requests.remove(key);
            return Err(Waste::Duplicate);
        }
        self.requests.get_mut(key).ok_or(Waste::Abandoned)
    }

    /// Loses the work inside a region that fails, and the answers that it could not send.
    pub(super) fn lose_work(
        &mut self,
        now: SimTime,
        (region, mode): (RegionId, OutageMode),
        queue: &mut EventQueue<Event>,
    ) {
        let inside = self.regions[region].gateway.fail();
        for _ in &inside {
            self.observer.work_left(now, region);
        }
        let answers = std::mem::take(&mut self.regions[region].held_answers);
        let unsent = answers.into_iter().map(|done| done.owner);
        let refusals = std::mem::take(&mut self.regions[region].held_refusals);
        let unsent = unsent.chain(refusals.into_iter().map(|(owner, _)| owner));
        let calling = self.lose_calls(now, region);
        let lost = inside.into_iter().chain(calling).chain(unsent);
        let lost: Vec<Owner> = lost.collect();
        let blame = self.regions[region].blame(Blame::Detection);
        let loss = (mode, self.regions[region].hit(), blame);
        if self.regions[region].has_crashed() {
            for _ in &lost {
                self.watch(region, true);
            }
        }
        self.lose_owners(now, loss, (lost, queue));
        self.tell_load(now, region);
    }

    /// Lets those whose work was lost see what the mode of the loss says.
    pub(super) fn lose_owners(
        &mut self,
        now: SimTime,
        (mode, hit, blame): (OutageMode, Option<Hit>, Blame),
        (owners, queue): (Vec<Owner>, &mut EventQueue<Event>),
    ) {
        for owner in owners {
            if let Owner::Request(key) = owner
                && let Ok(request) = self.awaited(key)
            {
                request.hit = hit;
            }
            match (owner, mode) {
                (Owner::Request(key), OutageMode::Refuse) => {
                    self.fail_after_trip(now, (key, Cause::Reset, blame), queue);
                }
                (Owner::Request(key), OutageMode::Blackhole) => {
                    self.lose(now, (key, blame), queue);
                }
                (Owner::Probe(key), OutageMode::Refuse) => {
                    self.probing().answer(now, (key, false), queue);
                }
                (Owner::Probe(_), OutageMode::Blackhole) => {}
                (_, OutageMode::Hold) => unreachable!("what is inside is served on"),
            }
        }
    }

    pub(super) fn probe_sent(
        &mut self,
        now: SimTime,
        prober: Prober,
        queue: &mut EventQueue<Event>,
    ) {
        self.probing().send(now, prober, queue);
    }

    #[inline(never)]
    pub(super) fn probe_reached(
        &mut self,
        now: SimTime,
        (key, region): (Key, RegionId),
        queue: &mut EventQueue<Event>,
    ) {
        let demand = self.probing().demand();
        let owner = Owner::Probe(key);
        let job = Job { demand, owner };
        if let Some(lie) = self.regions[region].lie() {
            return self.probing().answer(now, (key, lie == Lie::Up), queue);
        }
        let is_served = match self.regions[region].mode() {
            Some(OutageMode::Blackhole) => return,
            Some(OutageMode::Hold) => {
                let held = Held {
                    job,
                    deaths: None,
                    sender: None,
                };
                return self.regions[region].held.push(held);
            }
            Some(OutageMode::Refuse) => false,
            None => self.admit(now, (region, job), queue),
        };
        if !is_served {
            self.refuse(now, (owner, Cause::Overloaded), queue);
        }
    }

    #[inline(never)]
    pub(super) fn probe_judged(
        &mut self,
        now: SimTime,
        verdict: (Key, bool),
        queue: &mut EventQueue<Event>,
    ) {
        if let Some((region, health)) = self.probing().judge(now, verdict, queue) {
            self.believe(now, region, health);
        }
    }

    #[inline(never)]
    pub(super) fn probe_timeouts(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        while let Some(key) = self.probing().next_timeout(now, queue) {
            self.probe_judged(now, (key, false), queue);
        }
    }

    /// Makes the router believe something about a region.
    pub(super) fn believe(&mut self, now: SimTime, region: RegionId, health: Health) {
        if self.router.believe(region, health) {
            self.observer.health_changed(now, region, health);
        }
    }

    fn probing(&mut self) -> &mut Probing<'s> {
        self.probing.as_mut().expect("only a prober sends probes")
    }
}

pub(super) fn schedule_end(region: RegionId, service: Service, queue: &mut EventQueue<Event>) {
    queue.schedule(service.ends, Event::ServiceEnded(region, service.worker));
}
