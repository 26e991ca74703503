//! A property of whole runs that only their inside can tell: what piles of outages leave behind.

use proptest::prelude::*;

use crate::engine::{self, EventQueue};
use crate::model::fleet::Fleet;
use crate::model::management::ManagementSpec;
use crate::model::observer::Blind;
use crate::model::routing::{Failover, Latency, Strategy as Routing};
use crate::model::trouble::Trouble;
use crate::model::{
    BackendHit, BackendId, BackendPart, BackendSpec, BackendsSpec, Backoff, BreakerSpec, Choice,
    ClientSpec, Discipline, Fate, FleetSpec, HazardSpec, Health, HealthCheck, Impairment, Lie,
    OutageMode, OutageSpec, Pacing, Period, Place, PopulationId, PopulationSpec, ProbeSpec, Ramp,
    RegionId, RegionSpec, RoutingSpec, Scope, SignalSpec, SiteId, SiteSpec, Traffic, Via,
};
use crate::random::{Distribution, StreamSeed};
use crate::units::{IdMap, Rate, Ratio, SimDuration, SimTime};

const MS: fn(u64) -> SimDuration = SimDuration::from_millis;

/// Two regions of 16 workers in four VMs and three zones, and a population close to each, measured
/// for 100 s.
pub(crate) fn fleet(outages: Vec<OutageSpec>) -> FleetSpec {
    let region = |id: RegionId| RegionSpec {
        name: format!("region{}", id.index()),
        workers: 16,
        units: 2,
        vms_per_unit: 2,
        zones: 3,
        service: Distribution::exponential(MS(300)).expect("a mean"),
        queue_limit: Some(50),
        rate_limit: None,
        discipline: [Discipline::Fifo, Discipline::Lifo][id.index()],
        shed_after: Some(MS(500)),
        cache: None,
        coordinates: None,
    };
    let population = |home: usize| PopulationSpec {
        name: format!("population{home}"),
        traffic: Traffic::poisson(Rate::per_s(30.0).expect("a rate")),
        agents: 20,
        rtt: IdMap::from_fn(2, |id: RegionId| {
            MS(if id.index() == home { 10 } else { 80 })
        }),
        client: ClientSpec::patient(),
    };
    let populations: IdMap<PopulationSpec, PopulationSpec> =
        [0, 1].map(population).into_iter().collect();
    let rtts = populations.iter().map(|population| &population.rtt);
    FleetSpec {
        period: Period {
            warm_up: SimDuration::ZERO,
            duration: MS(100_000),
        },
        regions: IdMap::from_fn(2, region),
        primary: RegionId::new(0),
        routing: RoutingSpec {
            strategy: Routing::Latency(Latency::new(Failover::NextClosest, rtts)),
            via: Via::Dns,
            ttl: MS(5_000),
            health: HealthCheck::Instant,
            signal: SignalSpec::Instant,
        },
        populations,
        jitter: 0.0,
        outages: IdMap::new(outages),
        backends: Some(backends()),
        hazards: IdMap::new(Vec::new()),
        config: None,
        management: ManagementSpec::idle(),
        census: None,
        backlog_max: 10_000_000,
    }
}

/// A back end with workers in the first region and one with any number far away, behind breakers.
fn backends() -> BackendsSpec {
    let site = |region: Option<usize>, workers| SiteSpec {
        backend: BackendId::new(0),
        place: "somewhere".into(),
        region: region.map(RegionId::new),
        rtt: IdMap::from_fn(2, |_| MS(30)),
        service: Distribution::exponential(MS(200)).expect("a mean"),
        workers,
        queue_limit: workers,
        priority: 1,
        weight: 1,
        serves: Vec::new(),
    };
    let backend = BackendSpec {
        name: "orders".into(),
        share: Ratio::new(0.9).expect("a share"),
        choice: Choice::Weighted,
        timeout: MS(2_000),
        attempts: 2,
        backoff: Backoff::Constant(MS(10)),
        breaker: Some(BreakerSpec {
            failures: 3,
            window: MS(5_000),
            open_for: MS(4_000),
            half_open: Some(1),
        }),
    };
    BackendsSpec {
        backends: IdMap::new(vec![backend]),
        sites: IdMap::new(vec![site(Some(0), Some(12)), site(None, None)]),
    }
}

/// What can be lost of the back end, at its first site or at all; only the first has workers to lose.
fn backend_hit() -> impl Strategy<Value = Scope> {
    let share = || (0.05..0.95).prop_map(|share| Ratio::new(share).expect("a share"));
    let first = Just(Some(SiteId::new(0)));
    let any = prop_oneof![
        Just(None),
        Just(Some(SiteId::new(0))),
        Just(Some(SiteId::new(1)))
    ];
    let part = prop_oneof![
        Just(BackendPart::All),
        (1.1..9.0).prop_map(BackendPart::Speed),
        share().prop_map(BackendPart::Gray),
    ];
    let capacity = (first, share().prop_map(BackendPart::Capacity));
    prop_oneof![3 => (any, part), 1 => capacity].prop_map(|(site, part)| {
        let backend = BackendId::new(0);
        Scope::Backend(BackendHit {
            backend,
            site,
            part,
        })
    })
}

/// An outage of any part within the first 90 s, on whole seconds so that many coincide.
pub(crate) fn outage() -> impl Strategy<Value = OutageSpec> {
    let way = prop_oneof![
        (0..2_usize).prop_map(|index| Place::Population(PopulationId::new(index))),
        Just(Place::Region(RegionId::new(1))),
        Just(Place::Probers),
    ];
    let impairment = (0..3_u64, 0.0..=1.0).prop_map(|(delay, loss)| Impairment {
        delay: MS(100 * delay),
        loss: Ratio::new(if delay == 2 { 1.0 } else { loss }).expect("a share"),
    });
    let scope = prop_oneof![
        Just(Scope::Region),
        Just(Scope::Name),
        (1..=3_u32).prop_map(Scope::Zone),
        (1..=3_u32).prop_map(Scope::Vms),
        (0.05..0.95).prop_map(|share| Scope::Capacity(Ratio::new(share).expect("a share"))),
        (1.1..9.0).prop_map(Scope::Speed),
        (0.05..1.0).prop_map(|share| Scope::Gray(Ratio::new(share).expect("a share"))),
        Just(Scope::Probes(Lie::Down)),
        Just(Scope::Probes(Lie::Up)),
        Just(Scope::Router),
        Just(Scope::Management),
        backend_hit(),
        (way, impairment).prop_map(|(place, impairment)| Scope::Network(place, impairment)),
    ];
    let cut = Just((Scope::Region, OutageMode::Hold));
    let modes = prop_oneof![Just(OutageMode::Blackhole), Just(OutageMode::Refuse)];
    let hit = prop_oneof![1 => cut, 6 => (scope, modes)];
    let ramp = (0..=500_u64, 0..=500_u64);
    let when = (0..45_u64, 1..45_u64, ramp);
    (0..2_usize, when, hit).prop_map(|(region, (at, length, (up, down)), (scope, mode))| {
        let start = SimTime::ZERO + MS(1_000 * at);
        let ramp = Ramp {
            up: MS(up * length),
            down: MS(down * length),
        };
        OutageSpec {
            region: RegionId::new(region),
            start,
            end: start + MS(1_000 * length),
            mode,
            scope,
            ramp: if scope.at(1) == scope {
                Ramp::NONE
            } else {
                ramp
            },
        }
    })
}

/// Probes that find within 5 s that all is well again.
pub(crate) fn probe() -> ProbeSpec {
    ProbeSpec {
        interval: MS(2_000),
        timeout: MS(500),
        tolerated_failures: 1,
        locations: 1,
        demand: SimDuration::ZERO,
        rtt: MS(20),
        pacing: Pacing::Fixed,
    }
}

/// What brings up to three outages by chance, each time for less than 8 s.
fn hazard() -> impl Strategy<Value = HazardSpec> {
    let time = |most: u64| {
        (1..most).prop_map(|most| Distribution::uniform(MS(0), MS(most)).expect("two ends"))
    };
    let at_once = |outage| OutageSpec {
        ramp: Ramp::NONE,
        ..outage
    };
    let outages = prop::collection::vec(outage().prop_map(at_once), 1..4);
    (time(20_000), time(8_000), outages).prop_map(|(mtbf, mttr, outages)| HazardSpec {
        mtbf,
        mttr,
        outages,
    })
}

/// Checks that workers, faults, names, beliefs, ways, back ends and the management plane are what they
/// were.
fn check_intact(spec: &FleetSpec, fleet: &Fleet<'_, Blind>) -> Result<(), TestCaseError> {
    prop_assert!(fleet.plane.is_up() && fleet.plane.outages.is_empty());
    let backends = fleet.backends.as_ref().expect("it has some");
    for (id, site) in backends.sites.entries() {
        prop_assert_eq!(&site.faults, &[]);
        prop_assert_eq!(site.workers(), backends.spec.sites[id].workers);
        prop_assert!(site.trouble == Trouble::default() && site.station.pace.is_none());
        if let Some(workers) = site.workers() {
            prop_assert_eq!(site.station.workers(), workers);
        }
    }
    for (id, region) in fleet.regions.entries() {
        prop_assert_eq!(backends.callers[id].vms(), spec.regions[id].vms());
        prop_assert_eq!(region.gateway.workers(), spec.regions[id].workers);
        prop_assert_eq!(&region.faults, &[]);
        prop_assert_eq!(&region.losses, &[]);
        prop_assert_eq!(region.emptied, None);
        prop_assert_eq!(fleet.router.nameless(id), None);
        prop_assert_eq!(fleet.router.health(id), Health::Healthy);
        prop_assert_eq!(region.lie(), None);
        prop_assert!(region.trouble.is_none() && region.gateway.pace.is_none());
        let held = (
            region.held.len(),
            region.held_answers.len(),
            region.held_refusals.len(),
        );
        prop_assert_eq!(held, (0, 0, 0));
        prop_assert_eq!(region.held_cancels.len(), 0);
    }
    prop_assert!(fleet.lost_answers.is_empty());
    for population in &fleet.populations {
        prop_assert!(population.to.iter().all(|to| to.added.is_zero()));
    }
    if let Some(probing) = &fleet.probing {
        prop_assert!(probing.ways.iter().all(|&way| way == Impairment::NONE));
    }
    Ok(())
}

const SEED: StreamSeed = StreamSeed {
    seed: 1,
    replication: 0,
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Goal: outages undo cleanly, however they overlap: when the last one has ended, workers,
    /// faults, names, beliefs and the management plane are what they were.
    #[test]
    fn piles_of_outages_leave_nothing_behind(
        outages in prop::collection::vec(outage(), 1..12),
        probes in prop::bool::ANY,
    ) {
        let mut spec = fleet(outages);
        if probes {
            spec.routing.health = HealthCheck::Probe(probe());
        }
        let mut queue = EventQueue::new();
        let mut memory = spec.memory();
        let mut fleet = Fleet::new((&spec, memory.as_mut_slice()), SEED, Blind, &mut queue);
        engine::run(&mut fleet, &mut queue);
        check_intact(&spec, &fleet)?;
    }

    /// Goal: so do outages that come by chance, with others and among themselves. Method: none begins
    /// in the last 40 s.
    #[test]
    fn piles_of_outages_by_chance_leave_nothing_behind(
        hazards in prop::collection::vec(hazard(), 1..6),
        outages in prop::collection::vec(outage(), 0..4),
    ) {
        let whole = fleet(outages);
        let period = Period { duration: MS(60_000), ..whole.period };
        let hazards = IdMap::new(hazards);
        let drawn = FleetSpec { period, hazards, ..whole.clone() };
        let outages = Fate::draw(&drawn, SEED).fleet.outages.clone();
        let spec = FleetSpec { outages, ..whole };
        let mut queue = EventQueue::new();
        let mut memory = spec.memory();
        let mut fleet = Fleet::new((&spec, memory.as_mut_slice()), SEED, Blind, &mut queue);
        engine::run(&mut fleet, &mut queue);
        check_intact(&spec, &fleet)?;
    }
}

/// Goal: what is pending is small, since all of it is kept in mind, and copied.
#[test]
fn an_event_takes_twelve_bytes() {
    assert_eq!(size_of::<crate::model::event::Event>(), 12);
}
