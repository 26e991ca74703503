//! Gateways without any way to them, and the back ends that they call: exact worlds, and a log of
//! what happens there.

use gatefleet::model::{
    BackendHit, BackendId, BackendPart, BackendSpec, BackendsSpec, Backoff, Blame, CallEnd, Cause,
    Choice, FleetSpec, Observer, OutageMode, OutageSpec, Outcome, RegionId, RequestEnd, Scope,
    SiteId, SiteSpec,
};
use gatefleet::random::Distribution;
use gatefleet::units::{IdMap, Ratio, SimTime};

use crate::support::{World, outage, replicate, seconds};

pub(crate) fn constant(s: f64) -> Distribution {
    Distribution::constant(seconds(s))
}

pub(crate) fn share(share: f64) -> Ratio {
    Ratio::new(share).unwrap()
}

/// A site in a region, as far from every gateway as the row says, with any number of workers.
pub(crate) fn site(region: usize, rtt_s: &[f64], service: Distribution) -> SiteSpec {
    SiteSpec {
        backend: BackendId::new(0),
        place: format!("place{region}"),
        region: Some(RegionId::new(region)),
        rtt: rtt_s.iter().map(|&s| seconds(s)).collect(),
        service,
        workers: None,
        queue_limit: None,
        priority: 1,
        weight: 1,
        serves: Vec::new(),
    }
}

/// One back end that everybody needs, with these sites.
pub(crate) fn backend(sites: Vec<SiteSpec>) -> BackendsSpec {
    let spec = BackendSpec {
        name: "orders".into(),
        share: Ratio::ONE,
        choice: Choice::Closest,
        timeout: seconds(300.0),
        attempts: 1,
        backoff: Backoff::None,
        breaker: None,
    };
    BackendsSpec {
        backends: IdMap::new(vec![spec]),
        sites: IdMap::new(sites),
    }
}

/// Regions of one gateway each, without any way to them, whose work takes a millisecond.
pub(crate) fn fleet(
    regions: usize,
    rate: f64,
    (sites, duration_s): (Vec<SiteSpec>, f64),
) -> FleetSpec {
    let rows: Vec<Vec<u64>> = (0..regions)
        .map(|home| {
            (0..regions)
                .map(|region| if region == home { 0 } else { 50 })
                .collect()
        })
        .collect();
    let rows: Vec<&[u64]> = rows.iter().map(Vec::as_slice).collect();
    let world = World {
        workers: 16,
        service: constant(0.001),
        rate,
        one_way_ms: &rows,
        warm_up_s: 0.0,
        duration_s,
    };
    FleetSpec {
        backends: Some(backend(sites)),
        ..world.fleet()
    }
}

pub(crate) fn the_backend(fleet: &mut FleetSpec) -> &mut BackendSpec {
    &mut fleet.backends.as_mut().unwrap().backends[BackendId::new(0)]
}

/// An outage of the back end, at all sites or one.
pub(crate) fn hit(
    fleet: &FleetSpec,
    site: Option<usize>,
    part: BackendPart,
    mode: OutageMode,
) -> OutageSpec {
    OutageSpec {
        mode,
        scope: Scope::Backend(BackendHit {
            backend: BackendId::new(0),
            site: site.map(SiteId::new),
            part,
        }),
        ..outage(fleet, 0, 20.0, 40.0)
    }
}

/// Counts calls and keeps the ends of requests and the breakers that are open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    pub(crate) sent: Vec<(SimTime, usize)>,
    pub(crate) ended: Vec<(SimTime, CallEnd)>,
    pub(crate) ends: Vec<RequestEnd>,
    pub(crate) open: u32,
}

impl Observer for Log {
    fn call_sent(&mut self, now: SimTime, site: SiteId) {
        self.sent.push((now, site.index()));
    }

    fn call_ended(&mut self, now: SimTime, _site: SiteId, end: CallEnd) {
        self.ended.push((now, end));
    }

    fn request_ended(&mut self, end: &RequestEnd) {
        self.ends.push(*end);
    }

    fn breakers_changed(&mut self, _now: SimTime, _at: (RegionId, SiteId), open: u32) {
        self.open = open;
    }
}

impl Log {
    pub(crate) fn sent_between(&self, from_s: f64, to_s: f64, site: usize) -> usize {
        let within = |at: SimTime| (from_s..to_s).contains(&at.as_secs_f64());
        let sent = self.sent.iter();
        sent.filter(|&&(at, to)| within(at) && to == site).count()
    }

    /// The requests that began within these times.
    pub(crate) fn begun(&self, from_s: f64, to_s: f64) -> impl Iterator<Item = &RequestEnd> {
        let within = move |at: SimTime| (from_s..to_s).contains(&at.as_secs_f64());
        self.ends.iter().filter(move |end| within(end.started))
    }
}

pub(crate) fn log(fleet: &FleetSpec) -> Log {
    replicate(fleet, 1, Log::default).remove(0)
}

pub(crate) fn failed(cause: Cause) -> Outcome {
    let blame = Blame::Backend;
    Outcome::Failed { cause, blame }
}
