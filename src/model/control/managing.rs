//! What depends on the management plane: it is up while the region that it lives in is, and what
//! it is asked meanwhile is in vain.

use crate::engine::EventQueue;
use crate::model::config::{Item, Unreplicated};
use crate::model::entity::RegionId;
use crate::model::event::{Control, Event};
use crate::model::fault::Restart;
use crate::model::fleet::Fleet;
use crate::model::observer::{Errand, Observer, OperationStep, Unreached};
use crate::units::SimTime;

impl<O: Observer> Fleet<'_, O> {
    /// Schedules what people will want of the management plane.
    pub(in crate::model) fn schedule_management(&mut self, queue: &mut EventQueue<Event>) {
        for errand in [Errand::Operation, Errand::Portal] {
            self.schedule_errand(SimTime::ZERO, errand, queue);
        }
        for (id, operation) in self.spec.management.operations.entries() {
            queue.schedule(operation.at, Event::Control(Control::OperationDue(id)));
        }
    }

    /// Schedules when somebody wants this next.
    pub(super) fn schedule_errand(
        &mut self,
        now: SimTime,
        errand: Errand,
        queue: &mut EventQueue<Event>,
    ) {
        let next = match errand {
            Errand::Change => self.config().next_change(now),
            Errand::Operation => self.plane.next_use(now),
            Errand::Portal => self.plane.next_visit(now),
        };
        if let Some(at) = next {
            queue.schedule(at, Event::Control(Control::ErrandDue(errand)));
        }
    }

    /// Somebody wants something of the management plane.
    pub(in crate::model) fn errand_due(
        &mut self,
        now: SimTime,
        errand: Errand,
        queue: &mut EventQueue<Event>,
    ) {
        self.schedule_errand(now, errand, queue);
        if errand == Errand::Change {
            return self.change_wanted(now);
        }
        self.observer
            .management_used(now, errand, self.plane.is_up());
    }

    /// Finds whether the management plane is up, after something that may have changed that.
    pub(in crate::model) fn check_plane(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        let seat = &self.regions[self.plane.seat];
        let is_up = self.plane.outages.is_empty() && seat.can_reach_out();
        if is_up == self.plane.is_up() {
            return;
        }
        self.plane.down_since = (!is_up).then_some(now);
        self.observer.management_changed(now, is_up);
        if is_up {
            self.plane_is_back(now, queue);
        } else {
            self.plane_is_gone(now, queue);
        }
    }

    fn plane_is_gone(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        for id in self.spec.management.operations.ids() {
            let progress = &mut self.plane.operations[id];
            if std::mem::take(&mut progress.is_under_way) {
                self.observer
                    .operation_stepped(now, id, OperationStep::Aborted);
            }
        }
        for scaler in &mut self.autoscalers {
            scaler.ordered = None;
        }
        self.tell_all_units(now);
        if let Some(restore) = self.spec.management.restore
            && self.plane.seat == self.spec.primary
        {
            queue.schedule(now + restore.after, Event::Control(Control::PlaneRestored));
        }
    }

    /// Whether the management plane, if it is up, reaches a region.
    pub(super) fn is_manageable(&self, region: RegionId) -> bool {
        let way = self.way_between(self.plane.seat, region);
        way.is_none_or(|(way, _)| !way.is_partition())
    }

    fn plane_is_back(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        self.restart_all(now, queue);
        for event in std::mem::take(&mut self.deferred) {
            queue.schedule(now, Event::Control(event));
        }
    }

    /// The management plane has been restored elsewhere, unless it is back by now.
    pub(in crate::model) fn plane_restored(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        let restore = self.spec.management.restore;
        let restore = restore.expect("only who restores is due");
        if self.plane.down_since.map(|since| since + restore.after) == Some(now) {
            self.plane.seat = restore.region;
            // What lasts has hit where it was.
            self.plane.outages.clear();
            self.check_plane(now, queue);
        }
    }

    /// Counts what the secondaries lack if it is the management plane's region that has died, and
    /// loses it if it is not kept.
    pub(in crate::model) fn region_died(
        &mut self,
        now: SimTime,
        region: RegionId,
        queue: &mut EventQueue<Event>,
    ) {
        let Some(config) = self.config.as_mut().filter(|_| region == self.plane.seat) else {
            return;
        };
        let secondaries: Vec<RegionId> = (self.regions.entries())
            .filter(|(id, region)| *id != self.plane.seat && !region.is_absent())
            .map(|(id, _)| id)
            .collect();
        let (some, all) = config.unreplicated(&secondaries);
        let is_lost = |item: Item| all.contains(&item);
        let lost = match config.spec.unreplicated {
            Unreplicated::Retained => 0,
            Unreplicated::Lost => all.len(),
        };
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        self.observer.changes_unreached(
            now,
            Unreached {
                unreplicated: count(some.len()),
                lost: count(lost),
            },
        );
        if lost == 0 {
            return;
        }
        for region in &mut config.regions {
            region.lose(is_lost);
        }
        for region in self.spec.regions.ids() {
            self.config_changed(now, region);
            for rollout in self.regions[region].defects.clone() {
                if !self.config().regions[region].has_original(rollout) {
                    self.mend(now, (region, rollout), queue);
                }
            }
        }
        self.compare_regions(now);
    }

    /// Lets everything restart that need no longer wait for the management plane.
    pub(in crate::model) fn restart_all(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        for restart in std::mem::take(&mut self.restarts) {
            self.restart(now, restart, queue);
        }
    }

    /// Whether what restarts in a region has to wait for the management plane.
    pub(super) fn must_wait(&self, region: RegionId) -> bool {
        let is_reached = self.plane.is_up() && self.is_manageable(region);
        let needs_plane = self.spec.management.restart_needs_primary;
        needs_plane && !is_reached && region != self.plane.seat
    }

    /// Lets something restart that an outage took, once it need not wait for the management plane.
    pub(in crate::model) fn restart(
        &mut self,
        now: SimTime,
        restart: Restart,
        queue: &mut EventQueue<Event>,
    ) {
        if self.must_wait(restart.region()) {
            return self.restarts.push(restart);
        }
        match restart {
            Restart::Gateway(region, fault) => self.bring_up(now, (region, fault), queue),
            Restart::Machines(region, outage) => self.regain(now, (region, outage), queue),
        }
    }
}
