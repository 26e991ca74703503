//! How changes come to the regions: accepted, pulled, applied.

use crate::engine::EventQueue;
use crate::model::config::{Applied, Configuration, Item};
use crate::model::entity::{Impairment, RegionId};
use crate::model::event::{Control, Event};
use crate::model::fleet::Fleet;
use crate::model::observer::{Errand, Observer};
use crate::model::transmission::Message;
use crate::units::SimTime;

impl<O: Observer> Fleet<'_, O> {
    /// Schedules the first pull of every region, the changes and the rollouts.
    pub(in crate::model) fn schedule_config(&mut self, queue: &mut EventQueue<Event>) {
        let Some(config) = &mut self.config else {
            return;
        };
        for (region, state) in self.spec.regions.ids().zip(&mut config.regions) {
            let phase = state.stream.unit();
            let first = SimTime::ZERO + config.spec.sync.interval.scaled(phase);
            queue.schedule(first, Event::Control(Control::SyncDue(region)));
            self.observer
                .config_changed(SimTime::ZERO, region, state.state());
        }
        let rollouts = &config.spec.rollouts;
        self.schedule_errand(SimTime::ZERO, Errand::Change, queue);
        for (id, rollout) in rollouts.entries() {
            queue.schedule(rollout.at, Event::Control(Control::RolloutDue(id, 0)));
            if let Some(fix) = &rollout.fix {
                queue.schedule(
                    rollout.at + fix.after,
                    Event::Control(Control::FixDue(id, 0)),
                );
            }
        }
    }

    /// Somebody wants to change the configuration.
    pub(in crate::model) fn change_wanted(&mut self, now: SimTime) {
        let is_accepted = self.accepts_changes(now);
        self.observer
            .management_used(now, Errand::Change, is_accepted);
        if is_accepted {
            let change = self.config().number_change();
            for region in self.spec.regions.ids() {
                self.release_item(now, (region, change));
            }
        }
    }

    /// Whether a change would be accepted.
    pub(in crate::model) fn accepts_changes(&mut self, now: SimTime) -> bool {
        self.plane.is_up() && !self.config().is_frozen(now)
    }

    /// Releases something to a region.
    pub(in crate::model) fn release_item(
        &mut self,
        now: SimTime,
        (region, item): (RegionId, Item),
    ) {
        self.config().regions[region].release(now, item);
        self.config_changed(now, region);
    }

    /// A region pulls, if it is there to do so.
    pub(in crate::model) fn sync_due(
        &mut self,
        now: SimTime,
        id: RegionId,
        queue: &mut EventQueue<Event>,
    ) {
        let seat = self.plane.seat;
        let sync = &self.config().spec.sync;
        let (interval, rtt) = (sync.interval, sync.rtt[id][seat]);
        queue.schedule(now + interval, Event::Control(Control::SyncDue(id)));
        if !self.regions[id].can_reach_out() {
            return;
        }
        let way = self.way_to_plane(id);
        let luck = &mut self.config().luck[id];
        if let Some(late) = Message::Handshake.late_by(way, (rtt, luck)) {
            let reaches = now + rtt / 2 + late;
            queue.schedule(reaches, Event::Control(Control::SyncReached(id)));
        }
    }

    /// A pull has come to the management plane.
    pub(in crate::model) fn sync_reached(
        &mut self,
        now: SimTime,
        id: RegionId,
        queue: &mut EventQueue<Event>,
    ) {
        let (is_up, seat) = (self.plane.is_up(), self.plane.seat);
        if !is_up {
            return;
        }
        let way = self.way_to_plane(id);
        let config = self.config();
        let spec = config.spec;
        let region = &mut config.regions[id];
        let rtt = spec.sync.rtt[id][seat];
        let Some(late) = Message::Answer.late_by(way, (rtt, &mut config.luck[id])) else {
            return;
        };
        let pulled = region.pull();
        let takes = rtt / 2 + late + spec.sync.apply.sample(&mut region.stream);
        queue.schedule(
            now + takes,
            Event::Control(Control::ConfigApplied(id, pulled)),
        );
    }

    /// A region has applied what it has pulled, if it is still there.
    pub(in crate::model) fn config_applied(
        &mut self,
        now: SimTime,
        (id, pulled): (RegionId, u32),
        queue: &mut EventQueue<Event>,
    ) {
        if self.regions[id].can_reach_out()
            && let Some(applied) = self.config().regions[id].apply(now, pulled)
        {
            self.config_changed(now, id);
            self.take_effect(now, (id, applied), queue);
            self.compare_regions(now);
        }
    }

    /// A region that joins the fleet has the present configuration.
    pub(in crate::model) fn set_up_config(
        &mut self,
        now: SimTime,
        id: RegionId,
        queue: &mut EventQueue<Event>,
    ) {
        if let Some(config) = &mut self.config
            && let Some(applied) = config.regions[id].set_up(now)
        {
            self.config_changed(now, id);
            self.take_effect(now, (id, applied), queue);
        }
    }

    /// Tells how a region stands, and which requests it fails for what it lacks.
    pub(in crate::model) fn config_changed(&mut self, now: SimTime, id: RegionId) {
        let config = self.config();
        let state = &config.regions[id];
        let share = state.stale_share(config.spec.needed_by, &config.spec.rollouts);
        let state = state.state();
        let region = &mut self.regions[id];
        if share > 0.0 || region.trouble.is_some() {
            region.trouble().set_stale(share);
        }
        self.observer.config_changed(now, id, state);
    }

    /// Finds whether regions that serve differ in what they answer.
    pub(in crate::model) fn compare_regions(&mut self, now: SimTime) {
        let Some(config) = &mut self.config else {
            return;
        };
        let serving = self.regions.iter().zip(&config.regions);
        let mut serving = serving.filter(|(region, _)| region.faults.is_empty());
        let first = serving.next().map(|(_, state)| state.behavior());
        let is_divergent = serving.any(|(_, state)| Some(state.behavior()) != first);
        if is_divergent != config.is_divergent {
            config.is_divergent = is_divergent;
            self.observer.divergence_changed(now, is_divergent);
        }
    }

    /// What a region has applied begins to act, or ceases to.
    fn take_effect(
        &mut self,
        now: SimTime,
        (id, applied): (RegionId, Applied),
        queue: &mut EventQueue<Event>,
    ) {
        for rollout in applied.mended {
            self.mend(now, (id, rollout), queue);
        }
        for rollout in applied.struck {
            let defect = &self.config().spec.rollouts[rollout].defect;
            if let Some(after) = defect.as_ref().map(|defect| defect.after) {
                queue.schedule(
                    now + after,
                    Event::Control(Control::DefectStruck(id, rollout)),
                );
            }
        }
    }
}

impl<'s, O: Observer> Fleet<'s, O> {
    /// What is wrong with the way of a region to the management plane.
    fn way_to_plane(&self, id: RegionId) -> Impairment {
        let way = self.way_between(id, self.plane.seat);
        way.map_or(Impairment::NONE, |(way, _)| way)
    }

    /// The configuration, of a fleet that has one.
    pub(in crate::model) fn config(&mut self) -> &mut Configuration<'s> {
        self.config.as_mut().expect("only who has one syncs it")
    }
}
