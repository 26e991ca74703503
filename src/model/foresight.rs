//! How far ahead a run can see, and what it does with that.
//!
//! Outages are known before a run begins. Until the next of them begins, turns or ends, nothing can
//! happen to a region that serves first come, first served, and that nobody scales or otherwise
//! changes: it keeps an [`Agenda`](crate::model::agenda::Agenda), and an attempt that comes to it
//! and will be answered before then ends at once, with nothing left to wait for. What will end later,
//! or in any other way, is put on the agenda and watched. Whatever may disturb a region closes all
//! agendas first; then work is as it is everywhere else, in service or in the queue.
//!
//! It is a matter of speed alone: what is measured is the same with and without, to the last bit,
//! which a test proves.

use crate::engine::{EventQueue, Key};
use crate::model::agenda::{Agenda, Appointment, Slot};
use crate::model::backlog::{Discipline, Job};
use crate::model::entity::{PopulationSpec, RegionId, Traffic};
use crate::model::event::Event;
use crate::model::fleet::{Fleet, Region};
use crate::model::gateway::{Owner, Work};
use crate::model::observer::{Load, Observer};
use crate::model::outcome::Cause;
use crate::model::request::State;
use crate::model::spec::FleetSpec;
use crate::model::station::Done;
use crate::model::work::schedule_end;
use crate::units::{SimDuration, SimTime};

/// Up to when nothing can come in between.
#[derive(Clone, Debug)]
pub(super) struct Horizon {
    /// When something that is known beforehand disturbs regions, the next last.
    disturbances: Vec<SimTime>,
}

impl Horizon {
    /// At the start of a run.
    pub(super) fn new(spec: &FleetSpec) -> Self {
        let outages = spec.outages.iter().flat_map(|outage| {
            let turns = outage.turns().map(|(at, _)| at);
            turns.chain([outage.start, outage.end])
        });
        let mut disturbances: Vec<SimTime> = outages.chain([spec.period.start()]).collect();
        disturbances.sort_unstable_by(|one, other| other.cmp(one));
        disturbances.dedup();
        Self { disturbances }
    }

    /// Up to when nothing can come in between.
    #[inline]
    fn end(&self) -> SimTime {
        self.disturbances.last().copied().unwrap_or(SimTime::NEVER)
    }

    /// What was to happen up to `now` happens now.
    fn reach(&mut self, now: SimTime) {
        while self.end() <= now {
            self.disturbances.pop();
        }
    }
}

impl FleetSpec {
    /// Whether a region ever keeps an agenda: nothing but outages can disturb it.
    pub(super) fn keeps_agenda(&self, region: RegionId) -> bool {
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
    /// Whether nothing keeps it from keeping an agenda.
    fn is_calm(&self) -> bool {
        self.faults.is_empty()
            && self.trouble.is_none()
            && self.losses.is_empty()
            && !self.gateway.is_shrinking()
            && self.gateway.backlog() == 0
    }

    /// Whether it keeps an agenda at present.
    #[inline]
    pub(super) fn has_agenda(&self) -> bool {
        self.agenda.as_ref().is_some_and(Agenda::is_open)
    }
}

impl<O: Observer> Fleet<'_, O> {
    /// Something may disturb regions: they put their agendas away.
    #[inline(never)]
    pub(super) fn close_agendas(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        self.horizon.reach(now);
        for id in self.spec.regions.ids() {
            let region = &mut self.regions[id];
            let Some(agenda) = region.agenda.as_mut().filter(|agenda| agenda.is_open()) else {
                continue;
            };
            for Appointment { work, slot, .. } in agenda.close() {
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

    /// A worker of a region has nothing to do: if nothing disturbs the region, it opens its agenda.
    #[cold]
    pub(super) fn open_agenda(
        &mut self,
        now: SimTime,
        id: RegionId,
        queue: &mut EventQueue<Event>,
    ) {
        let region = &mut self.regions[id];
        let is_calm = region.is_calm();
        let Some(agenda) = region.agenda.as_mut().filter(|_| is_calm) else {
            return;
        };
        let workers = region.gateway.suspend();
        agenda.open(
            workers
                .iter()
                .map(|worker| worker.map_or(now, |(_, ends)| ends)),
        );
        self.observer.load_changed(now, id, Load::default());
        for (work, ends) in workers.into_iter().flatten() {
            let slot = Slot { begins: now, ends };
            self.observer.work_planned(now, (id, slot), 0);
            self.await_end((id, work), slot, queue);
        }
    }

    /// An attempt has come to a region that keeps an agenda: it ends here and now if its end is
    /// certain.
    #[inline]
    pub(super) fn foresee(
        &mut self,
        now: SimTime,
        (key, id): (Key, RegionId),
        queue: &mut EventQueue<Event>,
    ) {
        let request = self.requests.get_mut(key).expect("it has come just now");
        let owner = Owner::Request(key);
        let demand = request.demand;
        let (back, deadline, population) = (request.back, request.deadline, request.population);
        request.state = State::Inside;
        let Some(slot) = self.plan(now, (id, demand)) else {
            return self.refuse(now, (owner, Cause::Overloaded), queue);
        };
        let answered = slot.ends + back;
        let is_certain = slot.ends < self.horizon.end() && answered <= deadline;
        if is_certain && self.populations[population].ends_quietly {
            self.succeed((key, answered), queue);
        } else {
            self.await_end((id, Job { demand, owner }), slot, queue);
        }
    }

    /// Gives work that comes to a region a slot on its agenda; `None` if the queue is full.
    #[inline]
    fn plan(&mut self, now: SimTime, (id, demand): (RegionId, SimDuration)) -> Option<Slot> {
        let agenda = self.regions[id].agenda.as_mut().expect("it is open");
        let slot = agenda.join(now, demand)?;
        let backlog = agenda.backlog();
        self.observer.work_joined(now, id);
        self.observer.work_planned(now, (id, slot), backlog);
        if backlog > self.spec.backlog_max {
            self.saturate(now, id);
        }
        Some(slot)
    }

    /// Takes work on the agenda of a region, its end watched; returns whether there was room.
    pub(super) fn plan_and_watch(
        &mut self,
        now: SimTime,
        (id, work): (RegionId, Work),
        queue: &mut EventQueue<Event>,
    ) -> bool {
        let Some(slot) = self.plan(now, (id, work.demand)) else {
            return false;
        };
        self.await_end((id, work), slot, queue);
        true
    }

    /// Sees to it that the end of what is on an agenda is not missed.
    fn await_end(
        &mut self,
        (id, work): (RegionId, Work),
        slot: Slot,
        queue: &mut EventQueue<Event>,
    ) {
        let agenda = self.regions[id].agenda.as_mut().expect("it is open");
        let key = agenda.watch(work, slot);
        queue.schedule(slot.ends, Event::AppointmentEnded(key, id));
    }

    /// What was watched has been served.
    pub(super) fn appointment_ended(
        &mut self,
        now: SimTime,
        (key, id): (Key, RegionId),
        queue: &mut EventQueue<Event>,
    ) {
        let agenda = self.regions[id].agenda.as_mut().expect("it watched this");
        if let Some(Work { owner, demand }) = agenda.ended(key) {
            let done = Done {
                owner,
                service: demand,
            };
            self.pass_on(now, (id, done), queue);
        }
    }
}
