//! What is paid for: the provisioned units of each region.
//!
//! Who orders more pays from the order on, whenever it comes to work: for units of a scaling and
//! for a region that is added. Who orders less pays until that is done, since until then the units
//! are there, and the order may yet be aborted. What is aborted is no longer paid for. A region
//! that serves nobody (disabled, in an outage, with machines lost) is paid for all the same; one
//! that has not been ordered or has been removed is not.

use crate::model::entity::RegionId;
use crate::model::fleet::Fleet;
use crate::model::management::OperationKind;
use crate::model::observer::Observer;
use crate::units::SimTime;

impl<O: Observer> Fleet<'_, O> {
    /// Tells how many units of a region are provisioned, after something that may have changed
    /// that.
    pub(in crate::model) fn tell_units(&mut self, now: SimTime, id: RegionId) {
        let units = self.provisioned(id);
        if std::mem::replace(&mut self.regions[id].provisioned, units) != units {
            self.observer.units_provisioned(now, id, units);
        }
    }

    /// The same of all regions.
    pub(in crate::model) fn tell_all_units(&mut self, now: SimTime) {
        for id in self.spec.regions.ids() {
            self.tell_units(now, id);
        }
    }

    /// The units of a region, or as many as are ordered if that is more; none while it is not part
    /// of the fleet and is not to be.
    fn provisioned(&self, id: RegionId) -> u32 {
        let region = &self.regions[id];
        let under_way = || {
            let operations = self.spec.management.operations.entries();
            operations.filter(move |&(operation, spec)| {
                spec.region == id && self.plane.operations[operation].is_under_way
            })
        };
        let is_added = || under_way().any(|(_, spec)| spec.kind == OperationKind::Add);
        if region.is_absent() && !is_added() {
            return 0;
        }
        let by_hand = under_way().filter_map(|(_, spec)| match spec.kind {
            OperationKind::Scale { units } => Some(units),
            _ => None,
        });
        let scalers = self.autoscalers.iter();
        let by_rule = scalers
            .filter(|scaler| scaler.region == id)
            .filter_map(|scaler| Some(scaler.ordered?.units));
        by_hand.chain(by_rule).fold(region.units, u32::max)
    }
}
