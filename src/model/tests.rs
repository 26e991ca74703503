//! A property of whole runs that only their inside can tell: what piles of outages leave behind.

use proptest::prelude::*;

use crate::engine::{self, EventQueue};
use crate::model::fleet::Fleet;
use crate::model::management::ManagementSpec;
use crate::model::observer::Blind;
use crate::model::routing::{Failover, Latency, Strategy as Routing};
use crate::model::{
    ClientSpec, Discipline, Fate, FleetSpec, HazardSpec, Health, HealthCheck, Lie, OutageMode,
    OutageSpec, Period, PopulationSpec, RegionId, RegionSpec, RoutingSpec, Scope, SignalSpec,
    Traffic, Via,
};
use crate::random::{Distribution, StreamSeed};
use crate::units::{IdMap, Rate, Ratio, SimDuration, SimTime};

const MS: fn(u64) -> SimDuration = SimDuration::from_millis;

/// Two regions of 16 workers in four VMs and three zones, and a population close to each, measured
/// for 100 s.
fn fleet(outages: Vec<OutageSpec>) -> FleetSpec {
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
        hazards: IdMap::new(Vec::new()),
        config: None,
        management: ManagementSpec::idle(),
        census: None,
        backlog_max: 10_000_000,
    }
}

/// An outage of any part within the first 90 s, on whole seconds so that many coincide.
fn outage() -> impl Strategy<Value = OutageSpec> {
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
    ];
    let cut = Just((Scope::Region, OutageMode::Hold));
    let modes = prop_oneof![Just(OutageMode::Blackhole), Just(OutageMode::Refuse)];
    let hit = prop_oneof![1 => cut, 6 => (scope, modes)];
    (0..2_usize, 0..45_u64, 1..45_u64, hit).prop_map(|(region, at, length, (scope, mode))| {
        let start = SimTime::ZERO + MS(1_000 * at);
        OutageSpec {
            region: RegionId::new(region),
            start,
            end: start + MS(1_000 * length),
            mode,
            scope,
        }
    })
}

/// What brings up to three outages by chance, each time for less than 8 s.
fn hazard() -> impl Strategy<Value = HazardSpec> {
    let time = |most: u64| {
        (1..most).prop_map(|most| Distribution::uniform(MS(0), MS(most)).expect("two ends"))
    };
    let outages = prop::collection::vec(outage(), 1..4);
    (time(20_000), time(8_000), outages).prop_map(|(mtbf, mttr, outages)| HazardSpec {
        mtbf,
        mttr,
        outages,
    })
}

/// Checks that workers, faults, names, beliefs and the management plane are what they were.
fn check_intact(spec: &FleetSpec, fleet: &Fleet<'_, Blind>) -> Result<(), TestCaseError> {
    prop_assert!(fleet.plane.is_up() && fleet.plane.outages.is_empty());
    for (id, region) in fleet.regions.entries() {
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
    fn piles_of_outages_leave_nothing_behind(outages in prop::collection::vec(outage(), 1..12)) {
        let spec = fleet(outages);
        let mut queue = EventQueue::new();
        let mut fleet = Fleet::new(&spec, SEED, Blind, &mut queue);
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
        let mut fleet = Fleet::new(&spec, SEED, Blind, &mut queue);
        engine::run(&mut fleet, &mut queue);
        check_intact(&spec, &fleet)?;
    }
}
