//! How far ahead a run can see, and what it does with that.
//!
//! Outages are known before a run begins. Until the next of them begins, turns or ends, nothing can
//! happen to a region that serves first come, first served, and that nobody scales or otherwise
//! changes: it keeps a [`Timetable`]. Four things follow for an attempt that is sent to it.
//!
//! - It ends when it comes, with nothing left to wait for, if it will be answered before then. What will
//!   end later, or in any other way, is put on the timetable and watched.
//! - It ends when it is sent if there is no distance.
//! - The region accepts its connection for certain if the handshake gets there before then: that is no
//!   event.
//! - Nobody watches its deadline as long as it is to come in time; whoever finds on its arrival that
//!   something has come in between sees to that. So it is with first attempts: they begin one after
//!   the other. Later ones may begin together, and are given up in that order.
//!
//! Whatever may disturb a region closes all timetables first; then work is as it is everywhere else, in
//! service or in the queue.
//!
//! It is a matter of speed alone: what is measured is the same with and without, to the last bit,
//! which a test proves. (Only where clients are at no distance at all, and an outage breaks off or holds
//! up what many of them have sent, who is the first to send it again is a matter of order.)

use crate::engine::{EventQueue, Key};
use crate::model::backlog::{Discipline, Job};
use crate::model::entity::{PopulationId, PopulationSpec, RegionId, Traffic};
use crate::model::event::Event;
use crate::model::fleet::{Fleet, Region};
use crate::model::gateway::{Owner, Work};
use crate::model::observer::{Load, Observer, RequestEnd, Slot};
use crate::model::outcome::{Cause, Outcome};
use crate::model::request::State;
use crate::model::spec::FleetSpec;
use crate::model::station::Done;
use crate::model::timetable::{Appointment, Timetable};
use crate::model::trip::{Draws, Link, Way};
use crate::model::work::schedule_end;
use crate::units::SimTime;

impl FleetSpec {
    /// Whether a region ever keeps a timetable: nothing but outages can disturb it.
    pub(crate) fn keeps_timetable(&self, region: RegionId) -> bool {
        let spec = &self.regions[region];
        let scaled = self.management.autoscale.as_ref();
        let is_plain = spec.discipline == Discipline::Fifo && spec.shed_after.is_none();
        is_plain
            && scaled.is_none_or(|scale| !scale.regions.contains(&region))
            && self.management.operations.is_empty()
            && self.backends.is_none()
            && self
                .config
                .as_ref()
                .is_none_or(|config| config.needed_by.as_f64() == 0.0 && config.rollouts.is_empty())
            && !self
                .populations
                .iter()
                .any(|population| population.client.cancels_abandoned)
            && !self.routing.strategy.looks_at_load()
    }
}

impl PopulationSpec {
    /// Whether the end of a request makes nothing happen.
    pub(super) fn ends_quietly(&self) -> bool {
        matches!(self.traffic, Traffic::Open { .. }) && self.client.hedge.is_none()
    }
}

impl Region {
    /// Whether nothing keeps it from keeping a timetable.
    fn is_calm(&self) -> bool {
        self.faults.is_empty()
            && self.trouble.is_none()
            && self.losses.is_empty()
            && !self.gateway.is_shrinking()
            && self.gateway.backlog() == 0
    }

    /// Whether nothing but a full queue keeps what comes over a link from a slot on its timetable.
    #[inline]
    pub(super) fn welcomes(&self, link: Link) -> bool {
        let is_known = match link {
            Link::Open { deaths } => deaths == self.deaths,
            _ => true,
        };
        is_known && self.limiter.is_none() && self.has_timetable()
    }

    /// Whether it keeps a timetable at present.
    #[inline]
    pub(super) fn has_timetable(&self) -> bool {
        self.timetable.as_ref().is_some_and(Timetable::is_open)
    }
}

impl<O: Observer> Fleet<'_, O> {
    /// Something may disturb regions: they put their timetables away.
    #[inline(never)]
    pub(super) fn close_timetables(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        self.horizon.reach(now);
        for id in self.spec.regions.ids() {
            let region = &mut self.regions[id];
            let Some(timetable) = region
                .timetable
                .as_mut()
                .filter(|timetable| timetable.is_open())
            else {
                continue;
            };
            for Appointment { work, slot, .. } in timetable.close() {
                self.observer.work_unplanned(now, id, slot);
                if slot.begins <= now {
                    let service = region.gateway.resume(work, slot.ends);
                    schedule_end(id, service, queue);
                } else {
                    region.gateway.wait_on(now, work);
                }
            }
            self.tell_load(now, id);
        }
    }

    /// A worker of a region has nothing to do: if nothing disturbs the region, it opens its timetable.
    #[cold]
    pub(super) fn open_timetable(
        &mut self,
        now: SimTime,
        id: RegionId,
        queue: &mut EventQueue<Event>,
    ) {
        let region = &mut self.regions[id];
        let is_calm = region.is_calm();
        let Some(timetable) = region.timetable.as_mut().filter(|_| is_calm) else {
            return;
        };
        let workers = region.gateway.suspend();
        timetable.open(
            workers
                .iter()
                .map(|worker| worker.map_or(now, |(_, ends)| ends)),
        );
        self.observer.load_changed(now, id, Load::default());
        for (work, ends) in workers.into_iter().flatten() {
            let slot = Slot { begins: now, ends };
            self.observer.work_planned(now, (id, slot), None);
            self.await_end((id, work), slot, queue);
        }
    }

    /// An agent of a population sends an attempt at `now` that is at once where it is to go. If its end
    /// is certain, the request ends here and now, and never was under way; returns whether it has.
    #[inline]
    pub(super) fn foresee_at_once(
        &mut self,
        now: SimTime,
        (id, agent): (PopulationId, u32),
        draws: &Draws,
    ) -> bool {
        let Draws { demand, trip, .. } = draws;
        let population = &mut self.populations[id];
        let Way {
            region: place,
            leaves,
            begun,
            link,
            ..
        } = trip.way;
        let region = &mut self.regions[place];
        let is_there =
            leaves + trip.out == now && matches!(link, Link::Unmodeled | Link::Open { .. });
        if !is_there || !population.ends_quietly || !region.welcomes(link) {
            return false;
        }
        let timetable = region.timetable.as_mut().expect("it is open");
        let Some(slot) = timetable.offer(now, *demand) else {
            return false;
        };
        let (answered, deadline) = (slot.ends + trip.back, population.first_deadline(now));
        if slot.ends >= self.horizon.end || answered > deadline || leaves >= deadline {
            return false;
        }
        let record = timetable.take(now, slot);
        population.ended_over((now, answered), agent, (place, begun));
        let end = RequestEnd {
            population: id,
            region: place,
            started: now,
            ended: answered,
            attempts: 1,
            hit: None,
            outcome: Outcome::Succeeded,
        };
        self.observer.request_foreseen(&end, (slot, record));
        self.mind_record(now, place, record);
        true
    }

    /// The handshake for an attempt, if it needs one, will reach a region that keeps a timetable at a
    /// time. If nothing can come in between, the region is certain to accept, and the attempt will come
    /// without another look at it; returns whether that is so.
    #[inline]
    pub(super) fn foresee_handshake(
        &mut self,
        (key, reaches): (Key, SimTime),
        queue: &mut EventQueue<Event>,
    ) -> bool {
        let request = self.requests.get_mut(key).expect("drawn just now");
        let Link::Opening { handshake } = request.link else {
            return false;
        };
        let arrives = reaches + handshake;
        let population = &mut self.populations[request.population];
        let deaths = self.regions[request.region].deaths;
        let is_certain = reaches < self.horizon.end
            && population.connects_in_time(request, arrives)
            && population.will_be_accepted(request, (reaches, deaths));
        if is_certain {
            self.observer.attempt_sent(&request.sent());
            request.link = Link::Open { deaths };
            request.leaves = arrives.before(request.back);
            queue.schedule(arrives, Event::AttemptContinued(key));
        }
        is_certain
    }

    /// Sees to it that an attempt whose end was foreseen is given up in time, now that something has
    /// come in between.
    #[cold]
    pub(super) fn watch_after_all(&mut self, key: Key, queue: &mut EventQueue<Event>) {
        let request = self.requests.get_mut(key).expect("it is under way");
        if !std::mem::replace(&mut request.is_watched, true) {
            queue.schedule(request.deadline, Event::DeadlinePassed(key));
        }
    }

    /// An attempt has come to a region that keeps a timetable: it ends here and now if its end is
    /// certain.
    #[expect(
        clippy::inline_always,
        reason = "every request comes here: 1 % of all instructions"
    )]
    #[inline(always)]
    pub(super) fn foresee(
        &mut self,
        now: SimTime,
        (key, id): (Key, RegionId),
        queue: &mut EventQueue<Event>,
    ) {
        let request = self.requests.get_mut(key).expect("it has come just now");
        let timetable = self.regions[id].timetable.as_mut().expect("it is open");
        let owner = Owner::Request(key);
        let Some((slot, record)) = timetable.join(now, request.demand) else {
            request.state = State::Inside;
            self.watch_after_all(key, queue);
            return self.refuse(now, (owner, Cause::Overloaded), queue);
        };
        let answered = slot.ends + request.back;
        let population = &mut self.populations[request.population];
        let is_certain = slot.ends < self.horizon.end && answered <= request.deadline;
        if is_certain && population.ends_quietly {
            population.ended(request, (now, answered));
            let end = request.end(answered, Outcome::Succeeded);
            self.requests.remove(key);
            self.book(&end);
        } else {
            request.state = State::Inside;
            let demand = request.demand;
            self.watch_after_all(key, queue);
            self.await_end((id, Job { demand, owner }), slot, queue);
        }
        self.tell_slot(now, (id, slot), record);
    }

    /// Gives other work a slot on the timetable of a region; returns whether there was room.
    pub(super) fn plan(
        &mut self,
        now: SimTime,
        (id, work): (RegionId, Work),
        queue: &mut EventQueue<Event>,
    ) -> bool {
        let timetable = self.regions[id].timetable.as_mut().expect("it is open");
        let Some((slot, record)) = timetable.join(now, work.demand) else {
            return false;
        };
        self.await_end((id, work), slot, queue);
        self.tell_slot(now, (id, slot), record);
        true
    }

    /// Tells the observer of new work with a slot.
    #[inline]
    fn tell_slot(&mut self, now: SimTime, (id, slot): (RegionId, Slot), record: Option<usize>) {
        self.observer.work_joined(now, id);
        self.observer.work_planned(now, (id, slot), record);
        self.mind_record(now, id, record);
    }

    /// Gives up if more waits in a region than a run may hold.
    #[inline]
    fn mind_record(&mut self, now: SimTime, id: RegionId, record: Option<usize>) {
        if record.is_some_and(|waiting| waiting > self.spec.backlog_max) {
            self.saturate(now, id);
        }
    }

    /// Sees to it that the end of what is on a timetable is not missed.
    fn await_end(
        &mut self,
        (id, work): (RegionId, Work),
        slot: Slot,
        queue: &mut EventQueue<Event>,
    ) {
        let timetable = self.regions[id].timetable.as_mut().expect("it is open");
        let key = timetable.watch(work, slot);
        queue.schedule(slot.ends, Event::AppointmentEnded(key, id));
    }

    /// What was watched has been served.
    pub(super) fn appointment_ended(
        &mut self,
        now: SimTime,
        (key, id): (Key, RegionId),
        queue: &mut EventQueue<Event>,
    ) {
        let timetable = self.regions[id]
            .timetable
            .as_mut()
            .expect("it watched this");
        if let Some(Work { owner, demand }) = timetable.ended(key) {
            let done = Done {
                owner,
                service: demand,
            };
            self.pass_on(now, (id, done), queue);
        }
    }
}
