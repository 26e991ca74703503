//! What was called behind the gateways: calls, load of the sites, hits of the caches, breakers.

use crate::model::{CallEnd, FleetSpec, Load, RegionId, RegionSpec, SiteId, SiteSpec};
use crate::stats::{LevelSeries, Windows};
use crate::units::{IdMap, SimTime};

/// The back ends of a run.
#[derive(Clone, Debug)]
pub struct BackendsRecord {
    /// Each site of each back end.
    pub sites: IdMap<SiteSpec, SiteRecord>,
    /// Each region's gateway, as one that calls.
    pub callers: IdMap<RegionSpec, CallerRecord>,
}

/// What a site did in the measured period.
#[derive(Clone, Debug)]
pub struct SiteRecord {
    /// Calls sent to it.
    pub calls: u64,
    /// Calls that ended with an error or without an answer in time.
    pub failed: u64,
    /// Busy share of its workers, those that outages took not counted; `None` if it has any number.
    pub utilization: Option<f64>,
    /// Calls in service, averaged over time.
    pub in_service: f64,
    /// Calls waiting, averaged over time.
    pub backlog_mean: f64,
    /// The largest number of calls waiting.
    pub backlog_max: f64,
    /// In each window.
    pub windows: Vec<SiteWindowRecord>,
}

/// What a site did in one window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SiteWindowRecord {
    /// Calls sent to it.
    pub calls: u32,
    /// Calls that ended badly in it.
    pub failed: u32,
    /// Busy share of its workers; `None` if it has any number.
    pub utilization: Option<f64>,
    /// Calls in service, averaged over the window.
    pub in_service: f64,
    /// Calls waiting, averaged over the window.
    pub backlog: f64,
    /// Its workers, averaged over the window; `None` if it has any number.
    pub workers: Option<f64>,
}

/// What a gateway did instead of calling, in the measured period.
#[derive(Clone, Debug)]
pub struct CallerRecord {
    /// Share of what needs a back end that its cache answered; `None` if nobody asked it.
    pub hit_ratio: Option<f64>,
    /// Attempts that it failed since its breakers let no call through.
    pub refused: u64,
    /// Breakers that are not closed, over all VMs and sites, averaged over time.
    pub breakers_open: f64,
    /// In each window.
    pub windows: Vec<CallerWindowRecord>,
}

/// What a gateway did instead of calling, in one window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CallerWindowRecord {
    /// Share of what needs a back end that its cache answered; `None` if nobody asked it.
    pub hit_ratio: Option<f64>,
    /// Breakers that are not closed, averaged over the window.
    pub breakers_open: f64,
}

/// Watches the back ends of a run.
#[derive(Clone, Debug)]
pub(super) struct BackendsWatch {
    windows: Windows,
    sites: IdMap<SiteSpec, SiteWatch>,
    callers: IdMap<RegionSpec, CallerWatch>,
}

#[derive(Clone, Debug)]
struct SiteWatch {
    calls: Vec<u32>,
    failed: Vec<u32>,
    in_service: LevelSeries,
    waiting: LevelSeries,
    /// `None` if there is any number.
    workers: Option<LevelSeries>,
}

#[derive(Clone, Debug)]
struct CallerWatch {
    hits: Vec<u32>,
    misses: Vec<u32>,
    refused: u64,
    /// How many breakers for each site are not closed.
    open: IdMap<SiteSpec, u32>,
    breakers_open: LevelSeries,
}

impl BackendsWatch {
    /// A watch of a fleet that has back ends.
    pub(super) fn new(fleet: &FleetSpec, windows: Windows) -> Option<Self> {
        let spec = fleet.backends.as_ref()?;
        let none = || vec![0; windows.len()];
        let site = |site: &SiteSpec| SiteWatch {
            calls: none(),
            failed: none(),
            in_service: LevelSeries::new(windows, 0),
            waiting: LevelSeries::new(windows, 0),
            workers: site
                .workers
                .map(|workers| LevelSeries::new(windows, workers.into())),
        };
        let caller = |_: &RegionSpec| CallerWatch {
            hits: none(),
            misses: none(),
            refused: 0,
            open: spec.sites.map(|_| 0),
            breakers_open: LevelSeries::new(windows, 0),
        };
        Some(Self {
            windows,
            sites: spec.sites.map(site),
            callers: fleet.regions.map(caller),
        })
    }

    pub(super) fn cache_asked(&mut self, now: SimTime, region: RegionId, is_hit: bool) {
        if let Some(window) = self.windows.index_of(now) {
            let caller = &mut self.callers[region];
            let counts = if is_hit {
                &mut caller.hits
            } else {
                &mut caller.misses
            };
            counts[window] += 1;
        }
    }

    pub(super) fn call_sent(&mut self, now: SimTime, site: SiteId) {
        if let Some(window) = self.windows.index_of(now) {
            self.sites[site].calls[window] += 1;
        }
    }

    pub(super) fn call_refused(&mut self, now: SimTime, region: RegionId) {
        let is_measured = self.windows.index_of(now).is_some();
        self.callers[region].refused += u64::from(is_measured);
    }

    pub(super) fn call_ended(&mut self, now: SimTime, site: SiteId, end: CallEnd) {
        if matches!(end, CallEnd::Failed | CallEnd::TimedOut)
            && let Some(window) = self.windows.index_of(now)
        {
            self.sites[site].failed[window] += 1;
        }
    }

    pub(super) fn load_changed(&mut self, now: SimTime, site: SiteId, load: Load) {
        let watch = &mut self.sites[site];
        watch.in_service.set(now, load.busy.into());
        watch.waiting.set(now, load.waiting.into());
    }

    pub(super) fn workers_changed(&mut self, now: SimTime, site: SiteId, workers: u32) {
        if let Some(series) = &mut self.sites[site].workers {
            series.set(now, workers.into());
        }
    }

    pub(super) fn breakers_changed(
        &mut self,
        now: SimTime,
        (region, site): (RegionId, SiteId),
        open: u32,
    ) {
        let caller = &mut self.callers[region];
        caller.open[site] = open;
        let all: u64 = caller.open.iter().copied().map(u64::from).sum();
        caller.breakers_open.set(now, all);
    }

    pub(super) fn run_ended(&mut self, now: SimTime) {
        for watch in &mut self.sites {
            watch.in_service.advance(now);
            watch.waiting.advance(now);
            if let Some(workers) = &mut watch.workers {
                workers.advance(now);
            }
        }
        for watch in &mut self.callers {
            watch.breakers_open.advance(now);
        }
    }

    pub(super) fn finish(&self) -> BackendsRecord {
        BackendsRecord {
            sites: self.sites.map(|watch| watch.finish(self.windows)),
            callers: self.callers.map(|watch| watch.finish(self.windows)),
        }
    }
}

impl SiteWatch {
    fn finish(&self, windows: Windows) -> SiteRecord {
        let window = |window| {
            let in_service = self.in_service.mean(window);
            let workers = self.workers.as_ref().map(|workers| workers.mean(window));
            SiteWindowRecord {
                calls: self.calls[window],
                failed: self.failed[window],
                utilization: workers.map(|workers| in_service / workers),
                in_service,
                backlog: self.waiting.mean(window),
                workers,
            }
        };
        let busy = self.in_service.area_of_period() as f64;
        let workers = self.workers.as_ref();
        SiteRecord {
            calls: total(&self.calls),
            failed: total(&self.failed),
            utilization: workers.map(|workers| busy / workers.area_of_period() as f64),
            in_service: self.in_service.mean_of_period(),
            backlog_mean: self.waiting.mean_of_period(),
            backlog_max: self.waiting.max() as f64,
            windows: (0..windows.len()).map(window).collect(),
        }
    }
}

impl CallerWatch {
    fn finish(&self, windows: Windows) -> CallerRecord {
        let window = |window: usize| CallerWindowRecord {
            hit_ratio: hit_ratio(self.hits[window].into(), self.misses[window].into()),
            breakers_open: self.breakers_open.mean(window),
        };
        CallerRecord {
            hit_ratio: hit_ratio(total(&self.hits), total(&self.misses)),
            refused: self.refused,
            breakers_open: self.breakers_open.mean_of_period(),
            windows: (0..windows.len()).map(window).collect(),
        }
    }
}

fn total(counts: &[u32]) -> u64 {
    counts.iter().copied().map(u64::from).sum()
}

fn hit_ratio(hits: u64, misses: u64) -> Option<f64> {
    let asked = hits + misses;
    (asked > 0).then(|| hits as f64 / asked as f64)
}
