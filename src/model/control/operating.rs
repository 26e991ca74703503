//! What operations do to the fleet: regions join and leave, leave routing and join it again, grow
//! and shrink, and get another address.

use crate::engine::EventQueue;
use crate::model::entity::RegionId;
use crate::model::event::{Control, Event};
use crate::model::fault::Fault;
use crate::model::fleet::Fleet;
use crate::model::management::{OperationId, OperationKind};
use crate::model::observer::{Errand, Hit, Observer, OperationStep};
use crate::model::station::Removal;
use crate::units::SimTime;

impl<O: Observer> Fleet<'_, O> {
    /// Takes the regions away that join the fleet later.
    pub(in crate::model) fn remove_those_who_join_later(&mut self, queue: &mut EventQueue<Event>) {
        for region in self.spec.regions.ids() {
            if self.spec.joins_later(region) {
                self.take_down(SimTime::ZERO, (region, Fault::ABSENT), queue);
            }
        }
    }

    /// An operation is ordered.
    pub(in crate::model) fn operation_due(
        &mut self,
        now: SimTime,
        id: OperationId,
        queue: &mut EventQueue<Event>,
    ) {
        let is_refused = !self.plane.is_up() || !self.is_possible(id);
        self.observer
            .management_used(now, Errand::Operation, !is_refused);
        if is_refused {
            return self
                .observer
                .operation_stepped(now, id, OperationStep::Refused);
        }
        let operation = &self.spec.management.operations[id];
        let takes = self.plane.operations[id].begin(operation);
        queue.schedule(now + takes, Event::Control(Control::OperationDone(id)));
        self.tell_units(now, operation.region);
        self.observer
            .operation_stepped(now, id, OperationStep::Ordered);
    }

    /// An operation takes effect, unless it has been aborted.
    pub(in crate::model) fn operation_done(
        &mut self,
        now: SimTime,
        id: OperationId,
        queue: &mut EventQueue<Event>,
    ) {
        if !std::mem::take(&mut self.plane.operations[id].is_under_way) {
            return;
        }
        // What was ordered meanwhile may have come first.
        let step = if self.is_possible(id) {
            self.carry_out(now, id, queue);
            OperationStep::Done
        } else {
            OperationStep::Aborted
        };
        self.tell_units(now, self.spec.management.operations[id].region);
        self.observer.operation_stepped(now, id, step);
    }

    fn carry_out(&mut self, now: SimTime, id: OperationId, queue: &mut EventQueue<Event>) {
        let operation = &self.spec.management.operations[id];
        let region = operation.region;
        match operation.kind {
            OperationKind::Add => self.add_region(now, region, queue),
            OperationKind::Remove => self.remove_region(now, (region, id), queue),
            OperationKind::Disable => self.router.set_offline(region, true),
            OperationKind::Enable => self.router.set_offline(region, false),
            OperationKind::Scale { units } => {
                self.regions[region].units = units;
                self.resize(now, (region, Removal::Graceful, None), queue);
            }
            OperationKind::EnableZones | OperationKind::ChangeSubnet => {
                self.change_address(region, id);
            }
        }
    }

    /// Whether the management plane reaches the region of an operation, and the fleet can do without
    /// what that takes away, and lacks what it brings.
    fn is_possible(&self, id: OperationId) -> bool {
        let operation = &self.spec.management.operations[id];
        let is_there = !self.regions[operation.region].is_absent();
        // What changes the router's answers alone need not reach the region.
        let is_of_router = matches!(
            operation.kind,
            OperationKind::Disable | OperationKind::Enable
        );
        if !is_of_router && !self.is_manageable(operation.region) {
            return false;
        }
        match operation.kind {
            OperationKind::Add => !is_there,
            OperationKind::Remove => is_there && self.router.can_spare(operation.region),
            OperationKind::Disable => {
                let is_offline = self.router.is_offline(operation.region);
                is_there && !is_offline && self.router.can_spare(operation.region)
            }
            OperationKind::Enable => is_there && self.router.is_offline(operation.region),
            _ => is_there,
        }
    }

    fn add_region(&mut self, now: SimTime, region: RegionId, queue: &mut EventQueue<Event>) {
        self.set_up_config(now, region, queue);
        let absences = |fault: &&Fault| fault.is_absence();
        let faults = self.regions[region].faults.iter();
        for fault in faults.filter(absences).copied().collect::<Vec<Fault>>() {
            self.bring_up(now, (region, fault), queue);
        }
        self.router.set_offline(region, false);
    }

    fn remove_region(
        &mut self,
        now: SimTime,
        (region, id): (RegionId, OperationId),
        queue: &mut EventQueue<Event>,
    ) {
        self.router.set_offline(region, true);
        let fault = Fault {
            hit: Some(Hit::Operation(id)),
            ..Fault::ABSENT
        };
        self.take_down(now, (region, fault), queue);
    }

    /// Gives a region another address: answers and connections that lead to the old one are dead.
    /// What is inside is answered.
    fn change_address(&mut self, id: RegionId, operation: OperationId) {
        let region = &mut self.regions[id];
        region.deaths += 1;
        region.moved = region.deaths;
        region.moved_by = Some(Hit::Operation(operation));
        for population in &mut self.populations {
            population.agents.address_changed(id);
        }
    }
}
