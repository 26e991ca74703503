//! The control plane: one `match` over what can happen beside requests.
//!
//! The management plane lives in one region (`managing`); regions pull the configuration from it
//! (`syncing`), which rollouts may spoil (`rolling`); operations change the fleet (`operating`) and
//! its size (`scaling`), and with them what is paid for (`provisioning`); the router hears of the
//! load (`signaling`).

mod managing;
mod operating;
mod provisioning;
mod rolling;
mod scaling;
mod signaling;
mod syncing;

use crate::engine::EventQueue;
use crate::model::event::{Control, Event};
use crate::model::fleet::Fleet;
use crate::model::observer::Observer;
use crate::units::SimTime;

impl<O: Observer> Fleet<'_, O> {
    /// Lets an event of the control plane happen.
    #[cold]
    pub(in crate::model) fn control(
        &mut self,
        now: SimTime,
        event: Control,
        queue: &mut EventQueue<Event>,
    ) {
        match event {
            Control::ErrandDue(errand) => self.errand_due(now, errand, queue),
            Control::PlaneRestored => self.plane_restored(now, queue),
            Control::OperationDue(id) => self.operation_due(now, id, queue),
            Control::OperationDone(id) => self.operation_done(now, id, queue),
            Control::AutoscaleDue => self.autoscale_due(now, queue),
            Control::ScalingDone(region) => self.scaling_done(now, region, queue),
            Control::SyncDue(region) => self.sync_due(now, region, queue),
            Control::SyncReached(region) => self.sync_reached(now, region, queue),
            Control::ConfigApplied(region, n) => self.config_applied(now, (region, n), queue),
            Control::RolloutDue(id, stage) => self.rollout_due(now, (id, stage), queue),
            Control::RolloutChecked(id) => self.rollout_checked(now, id, queue),
            Control::RollbackDue(id) => self.rollback_due(now, id),
            Control::FixDue(id, stage) => self.fix_due(now, (id, stage), queue),
            Control::DefectStruck(region, id) => self.defect_struck(now, (region, id), queue),
            Control::DefectRestarted(region, id) => self.defect_restarted(now, (region, id), queue),
            Control::LoadMeasured => self.load_measured(now, queue),
            Control::SignalArrived => self.router.signal_arrived(),
            Control::Despaired => self.despaired(now),
        }
    }
}
