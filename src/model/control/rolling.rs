//! What becomes of rollouts: released stage by stage, watched, halted, withdrawn or corrected; and
//! of the harm that they do where they have been applied.

use crate::engine::{EventQueue, Key};
use crate::model::config::{DefectEffect, Item, OnHalt, RolloutId, StagePlan};
use crate::model::entity::{OutageMode, RegionId};
use crate::model::event::{Control, Event};
use crate::model::fault::{Fault, Restart};
use crate::model::fleet::{Fleet, Region};
use crate::model::observer::{Errand, Hit, Observer, RolloutStep};
use crate::model::outcome::Blame;
use crate::model::request::State;
use crate::model::trouble::{Spoiled, Trouble};
use crate::units::SimTime;

impl<O: Observer> Fleet<'_, O> {
    /// A rollout is to be released to a stage.
    pub(in crate::model) fn rollout_due(
        &mut self,
        now: SimTime,
        (id, stage): (RolloutId, u16),
        queue: &mut EventQueue<Event>,
    ) {
        if self.config().rollouts[id].is_stopped {
            return;
        }
        if stage == 0 && !self.begin_rollout(now, id) {
            return;
        }
        if !self.plane.is_up() {
            return self.deferred.push(Control::RolloutDue(id, stage));
        }
        let spec = &self.config().spec.rollouts[id];
        self.release_stage(now, (&spec.plan, stage), Item::Rollout(id));
        self.config().rollouts[id].released = now;
        let step = RolloutStep::Released(stage.into());
        self.observer.rollout_stepped(now, id, step);
        if let Some(halt) = &spec.halt {
            for &region in &spec.plan.stages[usize::from(stage)] {
                self.regions[region].trouble().watches.push(id);
            }
            if stage == 0 {
                queue.schedule(now + halt.over, Event::Control(Control::RolloutChecked(id)));
            }
        }
        if usize::from(stage) + 1 < spec.plan.stages.len() {
            queue.schedule(
                now + spec.plan.bake,
                Event::Control(Control::RolloutDue(id, stage + 1)),
            );
        }
    }

    /// Returns whether the management plane accepts the rollout.
    fn begin_rollout(&mut self, now: SimTime, id: RolloutId) -> bool {
        let is_accepted = self.accepts_changes(now);
        self.observer
            .management_used(now, Errand::Change, is_accepted);
        let progress = &mut self.config().rollouts[id];
        progress.is_stopped = !is_accepted;
        progress.has_begun = is_accepted;
        if !is_accepted {
            self.observer.rollout_stepped(now, id, RolloutStep::Refused);
        }
        is_accepted
    }

    fn release_stage(&mut self, now: SimTime, (plan, stage): (&StagePlan, u16), item: Item) {
        for &region in &plan.stages[usize::from(stage)] {
            self.release_item(now, (region, item));
        }
    }

    /// The watch of a rollout looks at what it has seen.
    pub(in crate::model) fn rollout_checked(
        &mut self,
        now: SimTime,
        id: RolloutId,
        queue: &mut EventQueue<Event>,
    ) {
        let config = self.config();
        let spec = &config.spec.rollouts[id];
        let halt = spec.halt.as_ref().expect("only who may halt is watched");
        let progress = &mut config.rollouts[id];
        let is_too_much = progress.is_too_much(halt);
        if progress.is_stopped {
            return self.end_watch(id);
        }
        let last = spec.plan.stages.last().expect("a plan has a stage");
        let is_baked = now >= progress.released + spec.plan.bake;
        if is_too_much {
            progress.is_stopped = true;
            self.end_watch(id);
            self.observer.rollout_stepped(now, id, RolloutStep::Halted);
            if halt.then == OnHalt::Rollback {
                self.rollback_due(now, id);
            }
        } else if is_baked
            && last
                .iter()
                .all(|&region| config.regions[region].was_released(id))
        {
            self.end_watch(id);
        } else {
            queue.schedule(now + halt.over, Event::Control(Control::RolloutChecked(id)));
        }
    }

    fn end_watch(&mut self, id: RolloutId) {
        for region in &mut self.regions {
            if let Some(trouble) = &mut region.trouble {
                trouble.watches.retain(|&other| other != id);
            }
        }
    }

    /// A rollout is withdrawn from the regions that it was released to.
    pub(in crate::model) fn rollback_due(&mut self, now: SimTime, id: RolloutId) {
        if !self.plane.is_up() {
            return self.deferred.push(Control::RollbackDue(id));
        }
        self.tell_corrected(now, id);
        for region in self.spec.regions.ids() {
            if self.config().regions[region].was_released(id) {
                self.release_item(now, (region, Item::Rollback(id)));
            }
        }
    }

    /// A corrected version is to be released to a stage.
    pub(in crate::model) fn fix_due(
        &mut self,
        now: SimTime,
        (id, stage): (RolloutId, u16),
        queue: &mut EventQueue<Event>,
    ) {
        if !self.config().rollouts[id].has_begun {
            return;
        }
        if !self.plane.is_up() {
            return self.deferred.push(Control::FixDue(id, stage));
        }
        self.config().rollouts[id].is_stopped = true;
        self.tell_corrected(now, id);
        let fix = self.config().spec.rollouts[id].fix.as_ref();
        let plan = &fix.expect("only what is fixed is due").plan;
        self.release_stage(now, (plan, stage), Item::Fix(id));
        if usize::from(stage) + 1 < plan.stages.len() {
            queue.schedule(
                now + plan.bake,
                Event::Control(Control::FixDue(id, stage + 1)),
            );
        }
    }

    fn tell_corrected(&mut self, now: SimTime, id: RolloutId) {
        let progress = &mut self.config().rollouts[id];
        if !std::mem::replace(&mut progress.is_corrected, true) {
            self.observer
                .rollout_stepped(now, id, RolloutStep::Corrected);
        }
    }

    /// What is wrong with a rollout shows in a region, if that still has it so.
    pub(in crate::model) fn defect_struck(
        &mut self,
        now: SimTime,
        (id, rollout): (RegionId, RolloutId),
        queue: &mut EventQueue<Event>,
    ) {
        let has_it = self.config().regions[id].has_original(rollout);
        if !has_it || self.regions[id].defects.contains(&rollout) {
            return;
        }
        self.regions[id].defects.push(rollout);
        self.observer.defect_changed(now, id, (rollout, true));
        if let Some(DefectEffect::Crashes { restart }) = self.effect(rollout) {
            self.take_down(now, (id, crash(rollout)), queue);
            if let Some(restart) = restart {
                queue.schedule(
                    now + restart,
                    Event::Control(Control::DefectRestarted(id, rollout)),
                );
            }
        }
        self.feel_defects(id);
    }

    /// A gateway that has crashed restarts with the configuration of before.
    pub(in crate::model) fn defect_restarted(
        &mut self,
        now: SimTime,
        (id, rollout): (RegionId, RolloutId),
        queue: &mut EventQueue<Event>,
    ) {
        if self.regions[id].defects.contains(&rollout) {
            self.config().regions[id].restart_without(rollout);
            self.config_changed(now, id);
            self.mend(now, (id, rollout), queue);
            self.compare_regions(now);
        }
    }

    /// What was wrong with a rollout is so no longer in a region.
    pub(in crate::model) fn mend(
        &mut self,
        now: SimTime,
        (id, rollout): (RegionId, RolloutId),
        queue: &mut EventQueue<Event>,
    ) {
        let region = &mut self.regions[id];
        if !region.defects.contains(&rollout) {
            return;
        }
        region.defects.retain(|&other| other != rollout);
        self.observer.defect_changed(now, id, (rollout, false));
        self.feel_defects(id);
        let fault = crash(rollout);
        if self.regions[id].faults.contains(&fault) {
            self.restart(now, Restart::Gateway(id, fault), queue);
        }
    }

    /// Finds what the defects of a region do to its requests, all together.
    fn feel_defects(&mut self, id: RegionId) {
        let mut served = 1.0;
        let (mut failing, mut slowed) = (None, None);
        for &rollout in &self.regions[id].defects {
            let hit = Hit::Rollout(rollout);
            match self.effect(rollout) {
                Some(DefectEffect::Fails(share)) => {
                    served *= share.complement().as_f64();
                    failing = Some((hit, 1.0 - served));
                }
                Some(DefectEffect::Slows(factor)) => {
                    let before = slowed.map_or(1.0, |(_, factor)| factor);
                    slowed = Some((hit, before * factor));
                }
                Some(DefectEffect::Crashes { .. }) | None => {}
            }
        }
        let trouble = self.regions[id].trouble();
        trouble.set_failing(failing);
        trouble.set_slowed(slowed);
        self.regions[id].keep_pace();
    }

    fn effect(&self, rollout: RolloutId) -> Option<DefectEffect> {
        let config = self.config.as_ref()?;
        let defect = config.spec.rollouts[rollout].defect.as_ref()?;
        Some(defect.effect)
    }

    /// Whether something in its region spoils the answer to an attempt, which then fails with an error
    /// on its way back. Whoever watches the region sees it, unless the answer is too late.
    #[cold]
    pub(in crate::model) fn is_spoiled(
        &mut self,
        now: SimTime,
        key: Key,
        queue: &mut EventQueue<Event>,
    ) -> bool {
        let Some(request) = self.requests.get_mut(key) else {
            return false;
        };
        let (region, is_late) = (request.region, now + request.back > request.deadline);
        let trouble = self.regions[region].trouble.as_ref();
        let verdict = trouble.and_then(|t| t.verdict(request.needs, request.begun));
        let Some(Spoiled { cause, blame, hit }) =
            verdict.filter(|_| request.state != State::Beaten)
        else {
            if !is_late {
                self.watch(region, false);
            }
            return false;
        };
        request.hit = hit;
        self.watch(region, true);
        self.fail_after_trip(now, (key, cause, blame), queue);
        true
    }

    /// Lets those who watch a region know how an attempt there has ended.
    pub(in crate::model) fn watch(&mut self, id: RegionId, has_failed: bool) {
        let Some(trouble) = &self.regions[id].trouble else {
            return;
        };
        let Some(config) = &mut self.config else {
            return;
        };
        for &rollout in &trouble.watches {
            config.rollouts[rollout].attempt_ended(has_failed);
        }
    }
}

impl Region {
    /// What spoils or slows requests, to be changed.
    pub(in crate::model) fn trouble(&mut self) -> &mut Trouble {
        self.trouble.get_or_insert_default()
    }

    /// What is to blame if an attempt finds the region down: a change that made it crash, or
    /// whatever let the client go there.
    pub(in crate::model) fn blame(&self, otherwise: Blame) -> Blame {
        if self.has_crashed() {
            Blame::Configuration
        } else {
            otherwise
        }
    }

    /// Whether a change that made its gateway crash is what an attempt runs into.
    pub(in crate::model) fn has_crashed(&self) -> bool {
        matches!(self.hit(), Some(Hit::Rollout(_)))
    }
}

/// The region is down because a change made its gateway crash: the machine refuses connections.
fn crash(rollout: RolloutId) -> Fault {
    Fault {
        hit: Some(Hit::Rollout(rollout)),
        mode: OutageMode::Refuse,
    }
}
