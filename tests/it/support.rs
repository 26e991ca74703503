//! Small fleets for exact worlds: constant distributions, no jitter, perfect knowledge.

use gatefleet::experiment::{Alone, Replications, RunSpec, Study, StudyResult, run};
use gatefleet::model::routing::{Failover, Latency, Strategy};
use gatefleet::model::{
    ClientSpec, Discipline, FleetSpec, HealthCheck, ManagementSpec, Observer, OutageMode,
    OutageSpec, Pacing, Period, PopulationSpec, ProbeSpec, Ramp, RegionId, RegionSpec, RoutingSpec,
    Scope, SignalSpec, Traffic, Via,
};
use gatefleet::random::{Distribution, StreamSeed};
use gatefleet::stats::Estimate;
use gatefleet::units::{IdMap, Rate, SimDuration};

pub(crate) fn seconds(seconds: f64) -> SimDuration {
    SimDuration::from_secs_f64(seconds)
}

pub(crate) fn exponential(mean_s: f64) -> Distribution {
    Distribution::exponential(seconds(mean_s)).unwrap()
}

/// Regions of `workers` workers each and one population of `rate` for every row of one-way
/// delays (in milliseconds), with perfect knowledge, no timeout and no cost of a look-up.
pub(crate) struct World<'a> {
    pub(crate) workers: u32,
    pub(crate) service: Distribution,
    pub(crate) rate: f64,
    pub(crate) one_way_ms: &'a [&'a [u64]],
    pub(crate) warm_up_s: f64,
    pub(crate) duration_s: f64,
}

/// One-way delays of three populations to three regions: each has one close by.
pub(crate) const THREE_REGIONS_MS: &[&[u64]] = &[&[5, 40, 70], &[40, 5, 45], &[70, 45, 5]];

impl World<'_> {
    pub(crate) fn fleet(&self) -> FleetSpec {
        let regions = self.one_way_ms[0].len();
        let region = |id: RegionId| RegionSpec {
            name: format!("region{}", id.index()),
            workers: self.workers,
            units: 1,
            vms_per_unit: 1,
            zones: 1,
            service: self.service.clone(),
            queue_limit: None,
            rate_limit: None,
            discipline: Discipline::Fifo,
            shed_after: None,
            cache: None,
            coordinates: None,
        };
        let population = |(index, row): (usize, &&[u64])| PopulationSpec {
            name: format!("population{index}"),
            traffic: Traffic::poisson(Rate::per_s(self.rate).unwrap()),
            agents: 1_000,
            rtt: row
                .iter()
                .map(|&ms| SimDuration::from_millis(2 * ms))
                .collect(),
            client: ClientSpec::patient(),
        };
        let populations: IdMap<_, _> = self.one_way_ms.iter().enumerate().map(population).collect();
        FleetSpec {
            period: Period {
                warm_up: seconds(self.warm_up_s),
                duration: seconds(self.duration_s),
            },
            regions: IdMap::from_fn(regions, region),
            primary: RegionId::new(0),
            routing: RoutingSpec {
                strategy: latency(Failover::NextClosest, &populations),
                via: Via::Dns,
                ttl: SimDuration::ZERO,
                health: HealthCheck::Instant,
                signal: SignalSpec::Instant,
            },
            populations,
            jitter: 0.0,
            outages: IdMap::new(Vec::new()),
            backends: None,
            hazards: IdMap::new(Vec::new()),
            config: None,
            management: ManagementSpec::idle(),
            census: None,
            backlog_max: 10_000_000,
        }
    }
}

pub(crate) fn latency(
    failover: Failover,
    populations: &IdMap<PopulationSpec, PopulationSpec>,
) -> Strategy {
    Strategy::Latency(Latency::new(failover, populations.iter().map(|p| &p.rtt)))
}

/// Region `region` is down from `at_s` of the measured period on.
pub(crate) fn outage(fleet: &FleetSpec, region: usize, at_s: f64, for_s: f64) -> OutageSpec {
    let start = fleet.period.start() + seconds(at_s);
    OutageSpec {
        region: RegionId::new(region),
        start,
        end: start + seconds(for_s),
        mode: OutageMode::Blackhole,
        scope: Scope::Region,
        ramp: Ramp::NONE,
    }
}

pub(crate) fn probes(interval_s: u64, timeout_s: u64, tolerated_failures: u32) -> HealthCheck {
    HealthCheck::Probe(ProbeSpec {
        interval: SimDuration::from_secs(interval_s),
        timeout: SimDuration::from_secs(timeout_s),
        tolerated_failures,
        locations: 1,
        demand: SimDuration::ZERO,
        rtt: SimDuration::ZERO,
        pacing: Pacing::Fixed,
    })
}

pub(crate) fn study(fleet: FleetSpec, window_s: f64, replications: u32) -> Study {
    Study {
        title: "a test".into(),
        fleet,
        run: RunSpec {
            seed: 1,
            replications: Replications::fixed(replications),
            window: seconds(window_s),
        },
        objectives: Vec::new(),
    }
}

/// Runs a study. The recorder checks in every run that offered = succeeded + failed and that
/// Little's law holds to the nanosecond in every region.
pub(crate) fn result(study: &Study) -> StudyResult {
    balanced(run(study, None, &Alone).unwrap())
}

/// A result, of which offered = succeeded + failed is asserted.
pub(crate) fn balanced(result: StudyResult) -> StudyResult {
    let overall = &result.fleet.overall;
    assert_eq!(overall.offered, overall.succeeded + overall.failed);
    result
}

/// Runs a fleet so often, each time watched by what `watcher` makes.
pub(crate) fn replicate<O: Observer>(
    fleet: &FleetSpec,
    replications: u32,
    watcher: impl Fn() -> O,
) -> Vec<O> {
    replicate_with(1, fleet, replications, watcher)
}

/// The same with a seed.
pub(crate) fn replicate_with<O: Observer>(
    seed: u64,
    fleet: &FleetSpec,
    replications: u32,
    watcher: impl Fn() -> O,
) -> Vec<O> {
    let run = |replication| {
        let seed = StreamSeed { seed, replication };
        let run = gatefleet::model::run(fleet, seed, watcher());
        assert_eq!(run.saturation, None);
        run.observer
    };
    (0..u64::from(replications)).map(run).collect()
}

/// Asserts that the 95 % interval holds the theoretical value, and is narrow enough to mean it.
#[track_caller]
pub(crate) fn assert_estimates(name: &str, estimate: Option<&Estimate>, theory: f64) {
    let estimate = estimate.unwrap_or_else(|| panic!("{name}: nothing was measured"));
    let half_width = estimate.half_width.unwrap();
    assert!(
        half_width <= theory.abs() * 0.05,
        "{name}: +- {half_width} is too wide to tell"
    );
    assert!(
        (estimate.mean - theory).abs() <= half_width,
        "{name}: {} +- {half_width} does not hold {theory}",
        estimate.mean
    );
}

/// An M/M/1 queue with half a request a second, without any way to it.
pub(crate) fn m_m_1(service_s: f64, seed: u64) -> Study {
    let world = World {
        workers: 1,
        service: exponential(service_s),
        rate: 0.5,
        one_way_ms: &[&[0]],
        warm_up_s: 200.0,
        duration_s: 2_000.0,
    };
    let mut study = study(world.fleet(), 500.0, 10);
    study.run.seed = seed;
    study
}
