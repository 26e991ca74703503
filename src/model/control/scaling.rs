//! How many workers a region has: its units, what outages have taken of them, and rules that add
//! and remove units. A region that has lost its last machine is down, in the mode of the outage that
//! took it, until a machine is back.

use crate::engine::EventQueue;
use crate::model::entity::{OutageId, OutageSpec, RegionId, Scope};
use crate::model::event::{Control, Event};
use crate::model::fault::Fault;
use crate::model::fleet::Fleet;
use crate::model::machines::Left;
use crate::model::management::{Autoscaler, Order, SAMPLING};
use crate::model::observer::{Errand, Hit, Observer};
use crate::model::outcome::Blame;
use crate::model::spec::FleetSpec;
use crate::model::station::Removal;
use crate::model::work::schedule_end;
use crate::random::{Purpose, StreamSeed};
use crate::units::SimTime;

impl<O: Observer> Fleet<'_, O> {
    /// An outage takes workers of a region, or more or less of them than it did. Those that it gives
    /// back may have to wait for the management plane.
    pub(in crate::model) fn lose_machines(
        &mut self,
        now: SimTime,
        (outage, scope): (OutageId, Scope),
        queue: &mut EventQueue<Event>,
    ) {
        let OutageSpec {
            region, end, ramp, ..
        } = self.spec.outages[outage];
        let gives_back = now >= end.before(ramp.down);
        let must_wait = gives_back && self.must_wait(region);
        let losses = &mut self.regions[region].losses;
        match losses.iter_mut().find(|(other, _)| *other == outage) {
            Some(_) if must_wait => return,
            Some((_, present)) => *present = scope,
            None => losses.push((outage, scope)),
        }
        self.resize(now, (region, Removal::Abrupt, Some(outage)), queue);
    }

    /// The workers come back that an outage took.
    pub(in crate::model) fn regain(
        &mut self,
        now: SimTime,
        (region, outage): (RegionId, OutageId),
        queue: &mut EventQueue<Event>,
    ) {
        self.regions[region]
            .losses
            .retain(|&(other, _)| other != outage);
        self.resize(now, (region, Removal::Graceful, None), queue);
    }

    /// Gives a region the workers that its units make, less what outages have taken.
    pub(in crate::model) fn resize(
        &mut self,
        now: SimTime,
        (id, removal, outage): (RegionId, Removal, Option<OutageId>),
        queue: &mut EventQueue<Event>,
    ) {
        let Left { vms, workers } = self.left(id);
        if vms == 0 {
            self.empty(now, id, queue);
        }
        let mut resized = self.regions[id].gateway.resize(now, workers, removal);
        let calling = self.resize_caller(now, (id, vms), outage.is_some());
        for service in resized.begun {
            schedule_end(id, service, queue);
        }
        if let Some(outage) = outage {
            let mode = self.spec.outages[outage].mode;
            let loss = (mode, Some(Hit::Outage(outage)), Blame::Capacity);
            for _ in &resized.lost {
                self.observer.work_left(now, id);
            }
            resized.lost.extend(calling);
            self.lose_owners(now, loss, (resized.lost, queue));
        }
        if self.regions[id].gateway.sheds() {
            self.refuse_shed(now, id, queue);
        }
        self.observer.workers_changed(now, id, workers);
        self.tell_load(now, id);
        if vms > 0
            && let Some(fault) = self.regions[id].emptied.take()
        {
            self.bring_up(now, (id, fault), queue);
        }
    }

    /// Takes a region down that has no machine left. If it is for that already it stays so, for the
    /// latest of the outages that still take machines.
    fn empty(&mut self, now: SimTime, id: RegionId, queue: &mut EventQueue<Event>) {
        let takes_machines =
            |(_, scope): &&(OutageId, Scope)| matches!(scope, Scope::Zone(_) | Scope::Vms(_));
        let region = &self.regions[id];
        let last = region.losses.iter().rfind(takes_machines);
        let Some(&(outage, _)) = last else {
            return;
        };
        let hit = Some(Hit::Outage(outage));
        let mode = self.spec.outages[outage].mode;
        let fault = Fault { hit, mode };
        let region = &mut self.regions[id];
        match region.emptied.replace(fault) {
            None => self.take_down(now, (id, fault), queue),
            Some(earlier) => {
                for other in region.faults.iter_mut().filter(|other| **other == earlier) {
                    *other = fault;
                }
            }
        }
    }

    /// What outages have left of a region.
    fn left(&self, id: RegionId) -> Left {
        let region = &self.regions[id];
        let losses = region.losses.iter();
        let losses: Vec<Scope> = losses.map(|&(_, scope)| scope).collect();
        self.spec.regions[id].left(region.units, &losses)
    }

    /// The rules of the regions that have them.
    pub(in crate::model) fn autoscalers(
        spec: &FleetSpec,
        seed: StreamSeed,
        queue: &mut EventQueue<Event>,
    ) -> Vec<Autoscaler> {
        let Some(rules) = &spec.management.autoscale else {
            return Vec::new();
        };
        queue.schedule(
            SimTime::ZERO + SAMPLING,
            Event::Control(Control::AutoscaleDue),
        );
        let scaler = |&region: &RegionId| {
            let name = &spec.regions[region].name;
            Autoscaler::new(region, seed.stream(Purpose::Autoscale, name))
        };
        rules.regions.iter().map(scaler).collect()
    }

    /// Lets the rules look at their regions.
    pub(in crate::model) fn autoscale_due(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        queue.schedule(now + SAMPLING, Event::Control(Control::AutoscaleDue));
        let rules = self.spec.management.autoscale.as_ref();
        let rules = rules.expect("only who has rules is due");
        for index in 0..self.autoscalers.len() {
            let id = self.autoscalers[index].region;
            let is_up = self.plane.is_up() && self.is_manageable(id);
            if !self.regions[id].is_serving() {
                continue;
            }
            let workers = self.left(id).workers;
            let region = &self.regions[id];
            let sample = (region.gateway.load().busy, workers, region.units);
            let scaler = &mut self.autoscalers[index];
            let Some(units) = scaler.sample(now, sample, rules) else {
                continue;
            };
            // A wish that is refused is told once, and comes true when the plane is back.
            if is_up || !std::mem::replace(&mut scaler.is_refused, true) {
                self.observer.management_used(now, Errand::Operation, is_up);
            }
            if is_up {
                scaler.is_refused = false;
                let done = now + rules.takes.sample(&mut scaler.stream);
                scaler.ordered = Some(Order { done, units });
                queue.schedule(done, Event::Control(Control::ScalingDone(id)));
                self.tell_units(now, id);
            }
        }
    }

    /// A scaling by rule takes effect, unless the management plane went down meanwhile.
    pub(in crate::model) fn scaling_done(
        &mut self,
        now: SimTime,
        id: RegionId,
        queue: &mut EventQueue<Event>,
    ) {
        let mut scalers = self.autoscalers.iter_mut();
        let scaler = scalers.find(|scaler| scaler.region == id);
        if let Some(units) = scaler.expect("it has a rule").takes_effect(now) {
            self.regions[id].units = units;
            self.resize(now, (id, Removal::Graceful, None), queue);
            self.tell_units(now, id);
        }
    }
}
