//! Calls under way, and all that gateways and sites know of them.
//!
//! | state      | the call is                                    | leaves it when                      |
//! |------------|------------------------------------------------|-------------------------------------|
//! | `Outbound` | on its way to the site                         | it gets there, or times out         |
//! | `Inside`   | waiting or in service                          | served, lost with the site, or late |
//! | `Returning`| answered; the answer, good or bad, is under way| it arrives                          |
//! | `Lost`     | where nothing answers in time                  | it times out                        |
//! | `Waiting`  | over; the gateway backs off before the next    | the wait is over                    |

use crate::engine::{Key, Lane, Slab};
use crate::model::backend::breaker::Breaker;
use crate::model::backend::pool::Pool;
use crate::model::backend::site::Site;
use crate::model::cache::{Cache, CacheSpec, Item};
use crate::model::entity::{
    BackendId, BackendSpec, BackendsSpec, PopulationSpec, RegionId, RegionSpec, SiteId, SiteSpec,
};
use crate::model::observer::Hit;
use crate::model::sequel::Sequel;
use crate::model::spec::FleetSpec;
use crate::model::trip::Needs;
use crate::random::{Purpose, Stream, StreamSeed};
use crate::units::{IdMap, SimDuration, SimTime};

/// What a gateway calls for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Errand {
    /// The request that it is for.
    pub(crate) request: Key,
    /// Whose gateway calls, and which VM of it.
    pub(crate) region: RegionId,
    pub(crate) vm: u32,
    /// The worker time that the gateway has spent on the request.
    pub(crate) served: SimDuration,
    /// Whom it calls.
    pub(crate) backend: BackendId,
    /// The answer that it is for, if that is kept.
    pub(crate) item: Option<Item>,
    /// What is drawn for the request, and which attempt of its client this is.
    pub(crate) sequel: Sequel,
    pub(crate) attempt: u32,
}

/// A call of a gateway.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) errand: Errand,
    pub(crate) site: SiteId,
    /// Calls made for the errand so far, and the wait before the last.
    pub(crate) calls: u32,
    pub(crate) waited: SimDuration,
    /// When it left, how long the answer will take back, and when the gateway gives up.
    pub(crate) begun: SimTime,
    pub(crate) back: SimDuration,
    pub(crate) deadline: SimTime,
    /// What it has run into.
    pub(crate) hit: Option<Hit>,
    pub(crate) state: CallState,
}

/// How far a call has come; see the table of this file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallState {
    Outbound,
    Inside,
    Returning,
    Lost,
    Waiting,
}

impl Call {
    /// Whether the gateway still waits for an end that only the deadline may bring.
    pub(crate) fn can_time_out(&self) -> bool {
        !matches!(self.state, CallState::Returning | CallState::Waiting)
    }

    /// By which it is told whether an outage fails it.
    pub(crate) fn luck(&self) -> Needs {
        Needs {
            change: u32::MAX,
            luck: self.errand.sequel.demand().word(),
        }
    }
}

/// The back ends while they run.
#[derive(Clone, Debug)]
pub(crate) struct Backends<'s> {
    pub(crate) spec: &'s BackendsSpec,
    pub(crate) sites: IdMap<SiteSpec, Site>,
    pub(crate) callers: IdMap<RegionSpec, Caller>,
    pub(crate) calls: Slab<Call>,
    /// Deadlines of the calls under way.
    pub(crate) timeouts: IdMap<BackendSpec, Lane<Key>>,
}

/// A gateway as one that calls.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) cache: Option<Cache>,
    pools: Vec<Pool>,
    /// The breakers of each VM for every site, one VM after the other.
    breakers: Vec<Breaker>,
    sites: usize,
}

impl<'s> Backends<'s> {
    /// The back ends of a fleet that has any, while nobody calls.
    pub(crate) fn new(fleet: &'s FleetSpec, seed: StreamSeed) -> Option<Self> {
        let spec = fleet.backends.as_ref()?;
        let asked = fleet.arrivals_at_start();
        let backends = spec;
        let caller = |(id, region): (RegionId, &RegionSpec)| {
            let pool = |backend| Pool::new(spec, (id, backend));
            let cache = |spec: CacheSpec| {
                let mut cache = Cache::new(spec, fleet.populations.len());
                let of = |population: &PopulationSpec| {
                    // All that a cache shares between populations is drawn for the region.
                    let whose = if spec.is_shared { "" } else { &population.name };
                    let entity = format!("{}\n{whose}", region.name);
                    seed.stream(Purpose::Caches, &entity)
                };
                let mut streams: Vec<Stream> = fleet.populations.iter().map(of).collect();
                let needed: f64 = backends.backends.iter().map(|b| b.share.as_f64()).sum();
                let asked = asked[id].iter().map(|per_s| per_s * needed);
                cache.warm_up(&asked.collect::<Vec<f64>>(), &mut streams);
                cache
            };
            Caller {
                cache: region.cache.map(cache),
                pools: spec.backends.ids().map(pool).collect(),
                breakers: vec![Breaker::default(); region.vms() as usize * spec.sites.len()],
                sites: spec.sites.len(),
            }
        };
        let callers = fleet.regions.entries().map(caller);
        Some(Self {
            spec,
            sites: spec.sites.map(Site::new),
            callers: callers.collect(),
            calls: Slab::new(),
            timeouts: spec.backends.map(|_| Lane::new()),
        })
    }

    /// The back end that a request needs, if it needs any.
    pub(crate) fn wanted(&self, luck: f64) -> Option<BackendId> {
        let mut left = luck;
        let mut backends = self.spec.backends.entries();
        let wanted = backends.find(|(_, backend)| {
            left -= backend.share.as_f64();
            left < 0.0
        });
        wanted.map(|(id, _)| id)
    }

    /// The work that a call brings to its site: that of its request, whatever site it is.
    pub(crate) fn demand(&self, call: &Call) -> SimDuration {
        let service = &self.spec.sites[call.site].service;
        service.sample(&mut call.errand.sequel.demand())
    }

    /// Adds a call that is to begin.
    pub(crate) fn place(&mut self, call: Call) -> (Key, Option<SimTime>) {
        let (backend, deadline) = (call.errand.backend, call.deadline);
        let key = self.calls.insert(call);
        let calls = &self.calls;
        let is_live = |key| calls.contains(key);
        let armed = self.timeouts[backend].push(deadline, key, is_live);
        (key, armed)
    }

    /// Takes out the calls that a gateway has made from its VMs of this number or a larger one, and
    /// those that it was to make again.
    pub(crate) fn forget(&mut self, region: RegionId, from_vm: u32) -> Vec<Call> {
        let is_lost = |call: &Call| call.errand.region == region && call.errand.vm >= from_vm;
        let lost: Vec<Key> = self.calls.keys_of(is_lost).collect();
        lost.into_iter()
            .filter_map(|key| self.calls.remove(key))
            .collect()
    }
}

impl Caller {
    /// How many VMs it has.
    pub(crate) fn vms(&self) -> u32 {
        u32::try_from(self.breakers.len() / self.sites).expect("made from a u32")
    }

    /// Gives it another number of VMs; new ones have called nobody yet.
    pub(crate) fn resize(&mut self, vms: u32) {
        let breakers = vms as usize * self.sites;
        self.breakers.resize(breakers, Breaker::default());
    }

    /// It starts afresh: the cache is empty, and no VM has called anybody yet.
    pub(crate) fn restart(&mut self) {
        self.breakers.fill(Breaker::default());
        if let Some(cache) = &mut self.cache {
            cache.clear();
        }
    }

    /// The site that a VM calls for a back end; see [`Pool::choose`].
    pub(crate) fn choose(
        &self,
        (vm, backend): (u32, BackendId),
        choice: (f64, Option<SiteId>),
    ) -> Result<SiteId, Option<Hit>> {
        let pool = &self.pools[backend.index()];
        let breaker = |site| &self.breakers[self.number(vm, site) as usize];
        let chosen = pool.choose(|site| breaker(site).admits(), choice);
        chosen.ok_or_else(|| pool.front().and_then(|site| breaker(site).hit()))
    }

    /// The number of a breaker.
    pub(crate) fn number(&self, vm: u32, site: SiteId) -> u32 {
        let place = vm as usize * self.sites + site.index();
        u32::try_from(place).expect("a region has fewer breakers")
    }

    /// The breaker of this number, if its VM is still there, and its site.
    pub(crate) fn breaker(&mut self, number: u32) -> Option<(&mut Breaker, SiteId)> {
        let site = SiteId::new(number as usize % self.sites);
        let breaker = self.breakers.get_mut(number as usize)?;
        Some((breaker, site))
    }

    /// How many VMs do not call a site.
    pub(crate) fn open_breakers(&self, site: SiteId) -> u32 {
        let of_site = self.breakers.iter().skip(site.index()).step_by(self.sites);
        let open = of_site.filter(|breaker| breaker.is_open()).count();
        u32::try_from(open).expect("no more than there are VMs")
    }
}
