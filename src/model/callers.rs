//! What happens to gateways as those that call back ends: breakers that wake up, VMs that come and go,
//! and the calls that are lost with them.

use crate::model::backend::{Call, CallState};
use crate::model::entity::{RegionId, SiteId};
use crate::model::fleet::Fleet;
use crate::model::gateway::Owner;
use crate::model::observer::{CallEnd, Observer};
use crate::units::SimTime;

impl<O: Observer> Fleet<'_, O> {
    /// A breaker has been open for long enough.
    pub(super) fn breaker_due(&mut self, now: SimTime, region: RegionId, number: u32) {
        let backends = self.backends();
        let spec = backends.spec;
        if let Some((breaker, site)) = backends.callers[region].breaker(number)
            && let Some(rule) = &spec.backends[spec.sites[site].backend].breaker
        {
            breaker.wake(now, rule);
            self.tell_breakers(now, region, site);
        }
    }

    pub(super) fn tell_breakers(&mut self, now: SimTime, region: RegionId, site: SiteId) {
        let open = self.backends().callers[region].open_breakers(site);
        self.observer.breakers_changed(now, (region, site), open);
    }

    fn tell_all_breakers(&mut self, now: SimTime, region: RegionId) {
        for site in self.backends().spec.sites.ids() {
            self.tell_breakers(now, region, site);
        }
    }

    /// Gives up all that a gateway has called for that fails: the requests that it loses.
    pub(super) fn lose_calls(&mut self, now: SimTime, region: RegionId) -> Vec<Owner> {
        if self.backends.is_none() {
            return Vec::new();
        }
        self.backends().callers[region].restart();
        self.tell_all_breakers(now, region);
        self.forget_calls(now, (region, 0))
    }

    /// Gives a gateway another number of VMs; returns the requests that the lost ones had called for.
    pub(super) fn resize_caller(
        &mut self,
        now: SimTime,
        (region, vms): (RegionId, u32),
        is_loss: bool,
    ) -> Vec<Owner> {
        if self.backends.is_none() || vms == 0 {
            return Vec::new();
        }
        self.backends().callers[region].resize(vms);
        self.tell_all_breakers(now, region);
        // What is to go when it has done its work waits for its answers.
        if is_loss {
            self.forget_calls(now, (region, vms))
        } else {
            Vec::new()
        }
    }

    fn forget_calls(&mut self, now: SimTime, (region, from_vm): (RegionId, u32)) -> Vec<Owner> {
        let calls = self.backends().forget(region, from_vm);
        for call in calls.iter().filter(|call| call.state != CallState::Waiting) {
            self.observer.call_ended(now, call.site, CallEnd::Dropped);
        }
        let owner = |call: &Call| Owner::Request(call.errand.request);
        calls.iter().map(owner).collect()
    }
}
