//! Bad ways, outages and slow regions piled up, under clients that do all that clients can do.

use gatefleet::model::{
    Backoff, ConnectionSpec, FleetSpec, HedgeDelay, HedgeSpec, Impairment, OutageMode, OutageSpec,
    Place, Ramp, RegionId, RetrySpec, Scope,
};
use proptest::prelude::*;

use crate::configuration::config;
use crate::support::{outage, probes, result, seconds, study};
use crate::ways::{first, hit_by, lossy, two_populations};

/// Any outage of the first region or of a way to it within 40 s: what, in which mode, with a ramp or not.
fn any_outage() -> impl Strategy<Value = (Scope, OutageMode, f64, f64, bool)> {
    let place = prop_oneof![
        Just(first()),
        Just(Place::Probers),
        Just(Place::Region(RegionId::new(1))),
    ];
    let effect = prop_oneof![
        Just(Impairment::PARTITION),
        (0.0..0.9_f64, 0.0..2.0_f64).prop_map(|(loss, delay)| Impairment {
            delay: seconds(delay),
            ..lossy(loss)
        }),
    ];
    let way = (place, effect).prop_map(|(place, effect)| Scope::Network(place, effect));
    let slow = (1.1..50.0_f64).prop_map(Scope::Speed);
    let scope = prop_oneof![3 => way, 1 => Just(Scope::Region), 1 => slow];
    let mode = prop_oneof![
        Just(OutageMode::Blackhole),
        Just(OutageMode::Refuse),
        Just(OutageMode::Hold),
    ];
    (scope, mode, 0.0..30.0_f64, 0.1..10.0_f64, any::<bool>())
}

/// Clients that do everything: connect, hedge, try again elsewhere, and say that they have left.
fn busy_clients(fleet: &mut FleetSpec, timeout_s: Option<f64>) {
    for population in &mut fleet.populations {
        population.agents = 50;
        let client = &mut population.client;
        client.timeout = timeout_s.map(seconds);
        client.connect_timeout = timeout_s.map(|timeout_s| seconds(timeout_s / 2.0));
        client.connection = Some(ConnectionSpec {
            handshake_rtts: 2,
            idle_timeout: Some(seconds(5.0)),
            max_age: None,
        });
        client.hedge = Some(HedgeSpec {
            after: HedgeDelay::Fixed(seconds(0.2)),
            elsewhere: true,
        });
        client.retry = RetrySpec {
            attempts: 3,
            backoff: Backoff::None,
            elsewhere: true,
            ..RetrySpec::never()
        };
        client.cancels_abandoned = true;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Goal: whatever fails together and whatever clients do about it, every request ends exactly once
    /// and Little's law holds, which the recorder asserts.
    #[test]
    fn ledgers_balance_whatever_is_wrong_with_ways(
        pile in prop::collection::vec(any_outage(), 1..8),
        timeout_s in prop_oneof![Just(None), (0.1..3.0_f64).prop_map(Some)],
        is_probed in any::<bool>(),
    ) {
        let mut fleet = two_populations(40.0);
        fleet.period.duration = seconds(50.0);
        if is_probed {
            fleet.routing.health = probes(1, 1, 1);
        }
        fleet.config = Some(config(&fleet, 2.0));
        busy_clients(&mut fleet, timeout_s);
        let outages = pile.iter().map(|&(scope, mode, at_s, for_s, is_ramped)| {
            let has_degree = match scope {
                Scope::Network(_, way) => !way.is_partition(),
                other => matches!(other, Scope::Speed(_)),
            };
            let up = seconds(if is_ramped && has_degree { for_s / 3.0 } else { 0.0 });
            OutageSpec {
                scope,
                mode,
                ramp: Ramp { up, down: up },
                ..outage(&fleet, 0, at_s, for_s)
            }
        });
        let outages: Vec<OutageSpec> = outages.collect();
        let result = result(&study(hit_by(fleet, outages), 5.0, 1));
        prop_assert!(result.fleet.overall.offered > 3_000);
    }
}
