//! The observer that measures a run.

use crate::metrics::backends::BackendsWatch;
use crate::metrics::config::ConfigWatch;
use crate::metrics::flows::FlowWatch;
use crate::metrics::hazards::HazardWatch;
use crate::metrics::ledger::Ledger;
use crate::metrics::management::ManagementWatch;
use crate::metrics::milestones::Milestones;
use crate::metrics::months::Months;
use crate::metrics::operations::Operations;
use crate::metrics::regions::{RegionWatch, unit_hours};
use crate::metrics::replication::{ClientRecord, PhaseRecord, Replication, WindowRecord};
use crate::metrics::rollouts::Rollouts;
use crate::metrics::timeline::{Tally, Timeline};
use crate::metrics::{Phase, latency};
use crate::model::{
    AttemptSent, Blame, CallEnd, Census, ConfigState, Errand, Fate, FleetSpec, HazardSpec, Health,
    Hit, Load, Observer, OperationId, OperationStep, Outcome, Period, PopulationId, RegionId,
    RegionSpec, RequestEnd, RolloutId, RolloutStep, SiteId, Slot, Unreached, Waste,
};
use crate::stats::Windows;
use crate::units::{IdMap, SimDuration, SimTime};

/// Measures one run.
#[derive(Clone, Debug)]
pub struct Recorder {
    period: Period,
    windows: Windows,
    regions: IdMap<RegionSpec, RegionWatch>,
    flows: FlowWatch,
    timeline: Timeline,
    milestones: Milestones,
    /// `None` if there are none.
    backends: Option<BackendsWatch>,
    hazards: IdMap<HazardSpec, HazardWatch>,
    months: Months,
    management: ManagementWatch,
    operations: Operations,
    /// `None` if no configuration is modeled.
    config: Option<ConfigWatch>,
    rollouts: Rollouts,
}

impl Recorder {
    /// A recorder for one run of `fleet`, whose fate it is, with timeline windows of `width`.
    pub fn for_fate(fleet: &FleetSpec, fate: &Fate<'_>, width: SimDuration) -> Self {
        let recorder = Self::new(&fate.fleet, width);
        if fleet.hazards.is_empty() {
            return recorder;
        }
        Self {
            milestones: Milestones::new(&fate.fleet, None),
            hazards: HazardWatch::all(fleet, fate),
            ..recorder
        }
    }

    /// A recorder for one run of `fleet`, which has no hazards, with timeline windows of `width`.
    pub fn new(fleet: &FleetSpec, width: SimDuration) -> Self {
        let windows = Windows::new(fleet.period.start(), fleet.period.end(), width);
        Self {
            period: fleet.period,
            windows,
            regions: fleet
                .regions
                .map(|region| RegionWatch::new(region, windows)),
            flows: FlowWatch::new(fleet, windows),
            timeline: Timeline::new(fleet, windows),
            milestones: Milestones::new(fleet, Some(windows)),
            backends: BackendsWatch::new(fleet, windows),
            hazards: IdMap::new(Vec::new()),
            months: Months::new(fleet.period),
            management: ManagementWatch::new(windows),
            operations: Operations::new(fleet),
            config: fleet
                .config
                .as_ref()
                .map(|_| ConfigWatch::new(fleet, windows)),
            rollouts: Rollouts::new(fleet),
        }
    }

    /// What was measured.
    ///
    /// # Panics
    /// If a law of the model is broken: a request that ended twice or never, or work in a
    /// gateway that Little's law does not account for. Only a bug can do that.
    pub fn finish(self) -> Replication {
        let attempts = self.flows.finish();
        let timeline = self.timeline.finish(&attempts.by_population);
        let outages = self.milestones.finish(&timeline, self.windows);
        let hazards = self.hazards.map(|hazard| hazard.finish(&outages));
        let strikes: usize = self.hazards.iter().map(HazardWatch::count).sum();
        let scripted = outages.len() - strikes;
        let tallies: Vec<&[Tally; 3]> = timeline.booked.iter().collect();
        let fleet = client_record(&tallies, timeline.fleet);
        assert!(
            fleet.overall.ledger.is_balanced(),
            "offered = succeeded + failed"
        );
        let windows = timeline.populations.iter();
        let populations = tallies.iter().zip(windows);
        let populations =
            populations.map(|(tally, windows)| client_record(&[*tally], windows.clone()));
        let totals: Vec<u64> = (0..self.windows.len())
            .map(|window| {
                let counts = attempts.by_region.iter().map(|counts| counts[window]);
                counts.map(u64::from).sum()
            })
            .collect();
        let provisioned = self.regions.iter().map(|r| r.units.area_of_period());
        Replication {
            fleet,
            unit_hours: unit_hours(provisioned.sum()),
            populations: populations.collect(),
            flows: attempts.flows,
            regions: self
                .regions
                .entries()
                .map(|(id, region)| {
                    let sent = (&*attempts.by_region[id], &*totals);
                    region.finish(self.windows, sent, &timeline.served[id])
                })
                .collect(),
            outages: outages.iter().take(scripted).cloned().collect(),
            backends: self.backends.as_ref().map(BackendsWatch::finish),
            hazards,
            months: self.months.finish(),
            management: self.management.finish(),
            operations: self.operations.finish(),
            config: self.config.as_ref().map(ConfigWatch::finish),
            rollouts: self.rollouts.finish(),
        }
    }

    /// A measured request that began in a phase has failed.
    #[inline(never)]
    fn request_failed(&mut self, end: &RequestEnd, (phase, blame): (Phase, Blame)) {
        let region = &mut self.regions[end.region];
        region.failed[phase as usize] += 1;
        match end.hit {
            None => {}
            Some(Hit::Outage(outage)) => {
                region.struck[phase as usize] += 1;
                self.milestones.request_lost(outage, blame);
            }
            Some(Hit::Rollout(rollout)) => self.rollouts.request_failed(rollout),
            Some(Hit::Operation(operation)) => self.operations.request_failed(operation),
        }
    }
}

impl Observer for Recorder {
    fn request_offered(&mut self, now: SimTime, population: PopulationId) {
        self.timeline.offer(now, population);
    }

    fn request_ended(&mut self, end: &RequestEnd) {
        let Some(phase) = self.timeline.end(end) else {
            return;
        };
        self.milestones.request_ended(end);
        self.months.ended(end);
        if let Outcome::Failed { blame, .. } = end.outcome {
            self.request_failed(end, (phase, blame));
        }
    }

    #[expect(
        clippy::inline_always,
        reason = "every request comes here: 1 % of all instructions"
    )]
    #[inline(always)]
    fn attempt_sent(&mut self, attempt: &AttemptSent) {
        self.flows.attempt_sent(attempt);
        self.milestones.attempt_sent(attempt);
    }

    fn request_foreseen(&mut self, end: &RequestEnd, (slot, record): (Slot, Option<usize>)) {
        let attempt = AttemptSent {
            at: end.started,
            population: end.population,
            region: end.region,
        };
        self.work_joined(end.started, end.region);
        self.work_planned(end.started, (end.region, slot), record);
        self.attempt_sent(&attempt);
        if self.timeline.pass(end) {
            self.milestones.request_ended(end);
            self.months.ended(end);
        }
    }

    fn attempt_limited(&mut self, now: SimTime, region: RegionId, _population: PopulationId) {
        self.regions[region].rate_limited += u64::from(self.period.contains(now));
    }

    fn work_joined(&mut self, now: SimTime, region: RegionId) {
        self.regions[region].sojourn_ns -= i128::from(now.as_ns());
    }

    fn work_left(&mut self, now: SimTime, region: RegionId) {
        self.regions[region].sojourn_ns += i128::from(now.as_ns());
    }

    #[expect(
        clippy::inline_always,
        reason = "every request comes here: 1 % of all instructions"
    )]
    #[inline(always)]
    fn work_planned(
        &mut self,
        now: SimTime,
        (region, slot): (RegionId, Slot),
        record: Option<usize>,
    ) {
        let watch = &mut self.regions[region];
        watch.sojourn_ns += i128::from(slot.ends.as_ns());
        watch.busy.add(now, (slot.begins.max(now), slot.ends));
        if slot.begins > now {
            watch.waiting.add(now, (now, slot.begins));
        }
        if let Some(waiting) = record {
            watch.waiting.note(now, waiting as u64);
        }
    }

    fn work_unplanned(&mut self, now: SimTime, region: RegionId, slot: Slot) {
        let watch = &mut self.regions[region];
        watch.sojourn_ns -= i128::from(slot.ends.as_ns());
        watch.busy.take_back(slot.begins.max(now), slot.ends);
        if slot.begins > now {
            watch.waiting.take_back(now, slot.begins);
        }
    }

    fn work_wasted(
        &mut self,
        now: SimTime,
        region: RegionId,
        (service, waste): (SimDuration, Waste),
    ) {
        if let Some(window) = self.windows.index_of(now) {
            self.regions[region].wasted[window][waste as usize] += service.as_ns();
        }
    }

    fn agents_counted(&mut self, now: SimTime, population: PopulationId, census: Census) {
        self.timeline.count_agents(now, population, census);
    }

    fn load_changed(&mut self, now: SimTime, region: RegionId, load: Load) {
        let watch = &mut self.regions[region];
        watch.busy.set(now, load.busy.into());
        watch.waiting.set(now, load.waiting.into());
    }

    fn health_changed(&mut self, now: SimTime, region: RegionId, health: Health) {
        let level = u64::from(health == Health::Healthy);
        self.regions[region].believed_healthy.set(now, level);
        self.milestones.health_changed(now, region, health);
    }

    fn condition_changed(&mut self, now: SimTime, region: RegionId, is_serving: bool) {
        let watch = &mut self.regions[region];
        watch.set_condition(now, (watch.condition.0, is_serving));
    }

    fn workers_changed(&mut self, now: SimTime, region: RegionId, workers: u32) {
        let watch = &mut self.regions[region];
        watch.set_condition(now, (workers, watch.condition.1));
    }

    fn units_provisioned(&mut self, now: SimTime, region: RegionId, units: u32) {
        self.regions[region].units.set(now, units.into());
    }

    fn cache_asked(&mut self, now: SimTime, region: RegionId, is_hit: bool) {
        if let Some(backends) = &mut self.backends {
            backends.cache_asked(now, region, is_hit);
        }
    }

    fn call_sent(&mut self, now: SimTime, site: SiteId) {
        if let Some(backends) = &mut self.backends {
            backends.call_sent(now, site);
        }
    }

    fn call_refused(&mut self, now: SimTime, region: RegionId) {
        if let Some(backends) = &mut self.backends {
            backends.call_refused(now, region);
        }
    }

    fn call_ended(&mut self, now: SimTime, site: SiteId, end: CallEnd) {
        if let Some(backends) = &mut self.backends {
            backends.call_ended(now, site, end);
        }
    }

    fn site_load_changed(&mut self, now: SimTime, site: SiteId, load: Load) {
        if let Some(backends) = &mut self.backends {
            backends.load_changed(now, site, load);
        }
    }

    fn site_workers_changed(&mut self, now: SimTime, site: SiteId, workers: u32) {
        if let Some(backends) = &mut self.backends {
            backends.workers_changed(now, site, workers);
        }
    }

    fn breakers_changed(&mut self, now: SimTime, at: (RegionId, SiteId), open: u32) {
        if let Some(backends) = &mut self.backends {
            backends.breakers_changed(now, at, open);
        }
    }

    fn management_used(&mut self, now: SimTime, errand: Errand, is_served: bool) {
        self.management.used(now, errand, is_served);
    }

    fn management_changed(&mut self, now: SimTime, is_up: bool) {
        self.management.changed(now, is_up);
    }

    fn changes_unreached(&mut self, _now: SimTime, changes: Unreached) {
        if let Some(config) = &mut self.config {
            config.changes_unreached(changes);
        }
    }

    fn config_changed(&mut self, now: SimTime, region: RegionId, state: ConfigState) {
        if let Some(config) = &mut self.config {
            config.config_changed(now, region, state);
        }
    }

    fn divergence_changed(&mut self, now: SimTime, is_divergent: bool) {
        if let Some(config) = &mut self.config {
            config.divergence_changed(now, is_divergent);
        }
    }

    fn defect_changed(
        &mut self,
        now: SimTime,
        region: RegionId,
        (rollout, is_active): (RolloutId, bool),
    ) {
        if let Some(config) = &mut self.config {
            config.defect_changed(now, region, (rollout, is_active));
        }
        self.rollouts
            .defect_changed(now, region, (rollout, is_active));
    }

    fn rollout_stepped(&mut self, now: SimTime, rollout: RolloutId, step: RolloutStep) {
        self.rollouts.stepped(now, rollout, step);
    }

    fn operation_stepped(&mut self, now: SimTime, operation: OperationId, step: OperationStep) {
        self.operations.stepped(now, operation, step);
    }

    fn run_ended(&mut self, now: SimTime) {
        self.management.run_ended(now);
        if let Some(backends) = &mut self.backends {
            backends.run_ended(now);
        }
        self.rollouts.run_ended(now);
        if let Some(config) = &mut self.config {
            config.run_ended(now);
        }
        for region in &mut self.regions {
            for series in [
                &mut region.busy,
                &mut region.waiting,
                &mut region.workers,
                &mut region.units,
                &mut region.workers_up,
                &mut region.believed_healthy,
            ] {
                series.advance(now);
            }
        }
    }
}

/// What the clients of some populations saw together, each of them by phase.
fn client_record(tallies: &[&[Tally; 3]], windows: Vec<WindowRecord>) -> ClientRecord {
    let record = |phases: std::ops::Range<usize>| {
        let parts = || tallies.iter().flat_map(|tally| &tally[phases.clone()]);
        let mut ledger = Ledger::default();
        parts().for_each(|part| ledger.add(&part.ledger));
        let all = latency::merged(parts().map(|part| &part.latency));
        PhaseRecord {
            ledger,
            latency: latency::record(&all),
        }
    };
    ClientRecord {
        overall: record(0..3),
        phases: [0, 1, 2].map(|phase| record(phase..phase + 1)),
        windows,
    }
}
