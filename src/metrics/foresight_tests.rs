//! What a run measures does not depend on how far ahead it sees.

use proptest::prelude::*;

use crate::metrics::Recorder;
use crate::model::tests::{fleet, outage, probe};
use crate::model::{
    self, ClientSpec, ConnectionSpec, Discipline, FleetSpec, HealthCheck, LimitKey, OutageSpec,
    PopulationSpec, RateLimitSpec, RegionId, RegionSpec, RetrySpec, Run, Scope,
};
use crate::random::StreamSeed;
use crate::units::{IdMap, SimDuration};

const MS: fn(u64) -> SimDuration = SimDuration::from_millis;

/// The fleet of the piles of outages, such that its regions see ahead: no back ends, first come,
/// first served; its clients give up, try again and keep connections.
fn foreseeing(outages: Vec<OutageSpec>, queue_limit: Option<u32>) -> FleetSpec {
    let whole = fleet(outages);
    let client = ClientSpec {
        timeout: Some(MS(900)),
        connect_timeout: Some(MS(300)),
        connection: Some(ConnectionSpec {
            handshake_rtts: 2,
            idle_timeout: Some(MS(3_000)),
            max_age: Some(MS(20_000)),
        }),
        retry: RetrySpec {
            attempts: 3,
            ..RetrySpec::never()
        },
        ..ClientSpec::patient()
    };
    FleetSpec {
        regions: whole.regions.map(|region| RegionSpec {
            discipline: Discipline::Fifo,
            shed_after: None,
            queue_limit,
            ..region.clone()
        }),
        populations: whole.populations.map(|population| PopulationSpec {
            client: client.clone(),
            ..population.clone()
        }),
        backends: None,
        jitter: 0.1,
        ..whole
    }
}

fn is_of_gateways(outage: &OutageSpec) -> bool {
    !matches!(outage.scope, Scope::Backend(_))
}

fn record(run: Run<Recorder>) -> String {
    format!("{:#?}", run.observer.finish())
}

/// The same, with every population at the very gate of a region, each of another.
fn without_distance(spec: &mut FleetSpec) {
    let regions: Vec<RegionId> = spec.regions.ids().collect();
    for (population, &region) in spec.populations.iter_mut().zip(regions.iter().cycle()) {
        population.rtt[region] = SimDuration::ZERO;
    }
}

/// Runs a fleet in which nothing happens, and whose clients are patient, with foresight and without: the
/// record is the same, and of ten events fewer than `left` are left.
fn saves_events(mut spec: FleetSpec, left: u64) {
    for population in &mut spec.populations {
        population.client = ClientSpec::patient();
    }
    let seed = StreamSeed {
        seed: 1,
        replication: 0,
    };
    let recorder = || Recorder::new(&spec, MS(5_000));
    let with = model::run(&spec, seed, recorder());
    let without = model::run_without_foresight(&spec, seed, recorder());
    assert!(
        10 * with.events < left * without.events,
        "{} of {}",
        with.events,
        without.events
    );
    assert_eq!(record(with), record(without));
}

/// Goal: where nothing happens, a third of all events need not: an answered request has one to set
/// out, one to arrive and none to end.
#[test]
fn a_quiet_fleet_sees_ahead() {
    saves_events(foreseeing(Vec::new(), None), 7);
}

/// Goal: where there is no distance either, a request that is answered in time is over when it comes:
/// there is nothing but arrivals.
#[test]
fn a_fleet_without_distance_sees_all_at_once() {
    let mut spec = foreseeing(Vec::new(), None);
    without_distance(&mut spec);
    saves_events(spec, 6);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Goal: seeing ahead changes nothing but the time that a run takes. Method: the whole record of
    /// a run, outages of every kind piled up in it, is the same to the last bit.
    #[test]
    fn foresight_changes_nothing(
        outages in prop::collection::vec(outage().prop_filter("there is none", is_of_gateways), 0..5),
        queue_limit in prop::option::of(0..30_u32),
        warm_up in 0..10_u64,
        probes in prop::bool::ANY,
        is_near in prop::bool::ANY,
        lookup in 0..2_u64,
        calls in prop::option::of(1..200_u32),
        seed in 0..1_000_u64,
    ) {
        let mut spec = foreseeing(outages, queue_limit);
        spec.period.warm_up = MS(500 * warm_up);
        for outage in &mut spec.outages {
            (outage.start, outage.end) = (outage.start + spec.period.warm_up, outage.end + spec.period.warm_up);
        }
        spec.census = Some(MS(500));
        for population in &mut spec.populations {
            population.client.dns.lookup = MS(50 * lookup);
        }
        for region in &mut spec.regions {
            let period = MS(1_000);
            let by = LimitKey::Region;
            region.rate_limit = calls.map(|calls| RateLimitSpec { calls, period, by });
        }
        if is_near {
            without_distance(&mut spec);
            // What an outage holds up or breaks off comes again at one instant where there is no
            // distance, and then it is by chance who is first.
            spec.outages = IdMap::new(Vec::new());
        }
        if probes {
            spec.routing.health = HealthCheck::Probe(probe());
        }
        let seed = StreamSeed { seed, replication: 0 };
        let recorder = || Recorder::new(&spec, MS(5_000));
        let with = model::run(&spec, seed, recorder());
        let without = model::run_without_foresight(&spec, seed, recorder());
        prop_assert_eq!(record(with), record(without));
    }
}
