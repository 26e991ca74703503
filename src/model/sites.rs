//! What outages do to the sites of back ends: those of a back end, and those of the region that a
//! site is in. Gateways are not told; they notice by the calls that fail.

use crate::engine::{EventQueue, Key};
use crate::model::calls::schedule_service;
use crate::model::entity::{BackendHit, BackendPart, OutageId, OutageMode, RegionId, SiteId};
use crate::model::event::Event;
use crate::model::fault::Fault;
use crate::model::fleet::Fleet;
use crate::model::observer::Observer;
use crate::model::station::Resized;
use crate::units::SimTime;

impl<O: Observer> Fleet<'_, O> {
    /// An outage of a back end begins.
    pub(super) fn hit_backend(
        &mut self,
        now: SimTime,
        (id, hit, fault): (OutageId, BackendHit, Fault),
        queue: &mut EventQueue<Event>,
    ) {
        for site in self.sites_hit(hit) {
            let running = &mut self.backends().sites[site];
            match hit.part {
                BackendPart::All => self.fail_site(now, (site, fault), queue),
                BackendPart::Capacity(share) => {
                    let resized = running.lose(now, (id, share));
                    self.site_resized(now, (site, fault, resized), queue);
                }
                BackendPart::Speed(factor) => {
                    running.trouble.slow_down(id, factor);
                    running.keep_pace();
                }
                BackendPart::Gray(share) => running.trouble.turn_gray(id, share.as_f64()),
            }
        }
    }

    /// An outage of a back end ends.
    pub(super) fn heal_backend(
        &mut self,
        now: SimTime,
        (id, hit, fault): (OutageId, BackendHit, Fault),
        queue: &mut EventQueue<Event>,
    ) {
        for site in self.sites_hit(hit) {
            let running = &mut self.backends().sites[site];
            match hit.part {
                BackendPart::All => running.faults.retain(|&other| other != fault),
                BackendPart::Capacity(_) => {
                    let resized = running.regain(now, id);
                    self.site_resized(now, (site, fault, resized), queue);
                }
                BackendPart::Speed(_) | BackendPart::Gray(_) => {
                    running.trouble.recover(id);
                    running.keep_pace();
                }
            }
        }
    }

    /// The sites that are in a region fail with it.
    pub(super) fn fail_sites_in(
        &mut self,
        now: SimTime,
        (region, fault): (RegionId, Fault),
        queue: &mut EventQueue<Event>,
    ) {
        for site in self.sites_in(region) {
            self.fail_site(now, (site, fault), queue);
        }
    }

    /// The sites that are in a region are back with it.
    pub(super) fn heal_sites_in(&mut self, (region, fault): (RegionId, Fault)) {
        for site in self.sites_in(region) {
            let faults = &mut self.backends().sites[site].faults;
            faults.retain(|&other| other != fault);
        }
    }

    fn sites_hit(&self, hit: BackendHit) -> Vec<SiteId> {
        let backends = self.backends.as_ref().expect("the outage is of one");
        let sites = backends.spec.sites_of(hit.backend).map(|(site, _)| site);
        let is_hit = |site: &SiteId| hit.site.is_none_or(|only| only == *site);
        sites.filter(is_hit).collect()
    }

    fn sites_in(&self, region: RegionId) -> Vec<SiteId> {
        let Some(backends) = &self.backends else {
            return Vec::new();
        };
        let sites = backends.spec.sites.entries();
        let is_there = sites.filter(|(_, site)| site.region == Some(region));
        is_there.map(|(site, _)| site).collect()
    }

    /// A site fails, for one reason more, and loses what is inside; one whose way is cut goes on.
    fn fail_site(
        &mut self,
        now: SimTime,
        (site, fault): (SiteId, Fault),
        queue: &mut EventQueue<Event>,
    ) {
        let running = &mut self.backends().sites[site];
        running.faults.push(fault);
        if fault.mode == OutageMode::Hold {
            return;
        }
        let lost = running.station.fail();
        self.lose_calls_inside(now, (fault, lost), queue);
        self.tell_site_load(now, site);
    }

    /// Another number of workers is at work.
    fn site_resized(
        &mut self,
        now: SimTime,
        (site, fault, resized): (SiteId, Fault, Resized<Key>),
        queue: &mut EventQueue<Event>,
    ) {
        for service in resized.begun {
            schedule_service(site, service, queue);
        }
        self.lose_calls_inside(now, (fault, resized.lost), queue);
        if let Some(workers) = self.backends().sites[site].workers() {
            self.observer.site_workers_changed(now, site, workers);
        }
        self.tell_site_load(now, site);
    }

    /// Lets gateways see of calls that were lost what the mode of the loss says.
    fn lose_calls_inside(
        &mut self,
        now: SimTime,
        (fault, lost): (Fault, Vec<Key>),
        queue: &mut EventQueue<Event>,
    ) {
        for key in lost {
            self.hit_call(key, fault.hit);
            match fault.mode {
                OutageMode::Refuse => self.return_call(now, (key, false), queue),
                OutageMode::Blackhole | OutageMode::Hold => self.lose_call(key),
            }
        }
    }
}
