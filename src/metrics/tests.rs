//! What a recorder makes of scripted calls, by hand arithmetic.

use crate::metrics::{OperationEnd, Recorder, Replication, Uses};
use crate::model::routing::{Failover, Latency, Strategy};
use crate::model::{
    Blame, Cause, Changes, ClientSpec, ConfigSpec, ConfigState, DefectEffect, DefectSpec,
    Discipline, Errand, FleetSpec, Health, HealthCheck, Hit, Load, ManagementSpec, Observer,
    OperationId, OperationKind, OperationSpec, OperationStep, OutageMode, OutageSpec, Outcome,
    Period, PopulationId, PopulationSpec, Ramp, RegionId, RegionSpec, RequestEnd, RolloutId,
    RolloutSpec, RolloutStep, RoutingSpec, Scope, SignalSpec, StagePlan, SyncSpec, Traffic,
    Unreached, Unreplicated, Via,
};
use crate::random::Distribution;
use crate::units::{IdMap, Rate, Ratio, SimDuration, SimTime};

const ONE: usize = 0;
const OTHER: usize = 1;

pub(crate) fn at(seconds: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_secs(seconds)
}

pub(crate) fn region(index: usize) -> RegionId {
    RegionId::new(index)
}

/// Two regions of 4 workers, measured from 10 to 40 s, with a rollout at 12 s and an operation at
/// 15 s.
pub(crate) fn fleet() -> FleetSpec {
    let regions = IdMap::from_fn(2, |id: RegionId| RegionSpec {
        name: format!("region{}", id.index()),
        workers: 4,
        units: 1,
        vms_per_unit: 1,
        zones: 1,
        service: Distribution::constant(SimDuration::from_secs(1)),
        queue_limit: None,
        rate_limit: None,
        discipline: Discipline::Fifo,
        shed_after: None,
        cache: None,
        coordinates: None,
    });
    let populations: IdMap<PopulationSpec, PopulationSpec> =
        IdMap::from_fn(1, |_| PopulationSpec {
            name: "all".into(),
            traffic: Traffic::poisson(Rate::default()),
            agents: 1,
            rtt: IdMap::new(vec![SimDuration::ZERO; 2]),
            client: ClientSpec::patient(),
        });
    let latency = Latency::new(Failover::NextClosest, populations.iter().map(|p| &p.rtt));
    let operation = OperationSpec {
        at: at(15),
        region: region(ONE),
        takes: Distribution::constant(SimDuration::from_secs(5)),
        kind: OperationKind::Scale { units: 2 },
    };
    FleetSpec {
        period: Period {
            warm_up: SimDuration::from_secs(10),
            duration: SimDuration::from_secs(30),
        },
        regions,
        primary: region(ONE),
        populations,
        routing: RoutingSpec {
            strategy: Strategy::Latency(latency),
            via: Via::Dns,
            ttl: SimDuration::ZERO,
            health: HealthCheck::Instant,
            signal: SignalSpec::Instant,
        },
        jitter: 0.0,
        backends: None,
        config: Some(config()),
        management: ManagementSpec {
            operations: IdMap::new(vec![operation]),
            ..ManagementSpec::idle()
        },
        outages: IdMap::new(Vec::new()),
        hazards: IdMap::new(Vec::new()),
        census: None,
        backlog_max: 1,
    }
}

fn config() -> ConfigSpec {
    let rollout = RolloutSpec {
        at: at(12),
        plan: StagePlan {
            stages: vec![vec![region(ONE)], vec![region(OTHER)]],
            bake: SimDuration::from_secs(10),
        },
        needed_by: Ratio::ZERO,
        defect: Some(DefectSpec {
            effect: DefectEffect::Fails(Ratio::ONE),
            after: SimDuration::ZERO,
        }),
        halt: None,
        fix: None,
    };
    ConfigSpec {
        sync: SyncSpec {
            interval: SimDuration::from_secs(10),
            apply: Distribution::constant(SimDuration::ZERO),
            rtt: IdMap::new(Vec::new()),
        },
        changes: Changes::Listed(Vec::new()),
        needed_by: Ratio::ZERO,
        unreplicated: Unreplicated::Retained,
        freezes: Vec::new(),
        rollouts: IdMap::new(vec![rollout]),
    }
}

/// Watches what a script tells of a run of `fleet` that ends at 60 s; windows are 10 s wide.
pub(crate) fn watch(fleet: &FleetSpec, script: impl Fn(&mut Recorder)) -> Replication {
    let mut recorder = Recorder::new(fleet, SimDuration::from_secs(10));
    script(&mut recorder);
    recorder.run_ended(at(60));
    recorder.finish()
}

#[track_caller]
fn assert_near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
}

/// 2 units for 5 s of the period, 4 for 15 s and none for 10 s; 1 unit for the last 20 s of it.
#[test]
fn provisioned_units_are_integrated_over_the_period() {
    let record = watch(&fleet(), |recorder| {
        recorder.units_provisioned(at(0), region(ONE), 2);
        recorder.units_provisioned(at(15), region(ONE), 4);
        recorder.units_provisioned(at(20), region(OTHER), 1);
        recorder.units_provisioned(at(30), region(ONE), 0);
        recorder.units_provisioned(at(45), region(ONE), 9);
    });
    let hours = |index| record.regions[region(index)].unit_hours;
    assert_near(hours(ONE), (2.0 * 5.0 + 4.0 * 15.0) / 3_600.0);
    assert_near(hours(OTHER), 20.0 / 3_600.0);
    assert_near(record.unit_hours, 90.0 / 3_600.0);
}

#[test]
fn versions_and_ages_are_averaged_over_windows_and_the_period() {
    let state =
        |(version, behind): (u32, u32), stale_since: Option<u64>, synced: u64| ConfigState {
            version,
            behind,
            stale_since: stale_since.map(at),
            synced: at(synced),
        };
    let record = watch(&fleet(), |recorder| {
        recorder.config_changed(at(0), region(ONE), state((0, 0), None, 0));
        recorder.config_changed(at(5), region(ONE), state((1, 0), None, 5));
        recorder.config_changed(at(15), region(ONE), state((1, 2), Some(15), 5));
        recorder.divergence_changed(at(15), true);
        recorder.config_changed(at(25), region(ONE), state((2, 1), Some(20), 25));
        recorder.config_changed(at(30), region(ONE), state((3, 0), None, 30));
        recorder.divergence_changed(at(30), false);
        recorder.config_changed(at(40), region(ONE), state((4, 0), None, 40));
        recorder.changes_unreached(
            at(30),
            Unreached {
                unreplicated: 2,
                lost: 1,
            },
        );
        recorder.changes_unreached(
            at(50),
            Unreached {
                unreplicated: 1,
                lost: 0,
            },
        );
    });
    let config = record.config.expect("it is modeled");
    assert_near(config.divergence_s, 15.0);
    assert_eq!(config.divergence, [0.5, 1.0, 0.0]);
    assert_eq!(
        config.unreached,
        Unreached {
            unreplicated: 3,
            lost: 1
        }
    );
    let one = &config.regions[region(ONE)];
    assert_eq!(one.version, 3, "the period ends at 40 s, before version 4");
    let means = |part: fn(&super::ConfigWindowRecord) -> f64| -> Vec<f64> {
        one.windows.iter().map(part).collect()
    };
    assert_eq!(means(|window| window.version), [1.0, 1.5, 3.0]);
    assert_eq!(means(|window| window.behind), [1.0, 1.5, 0.0]);
    // Since 15 until 25, then since 20 until 30: 5^2 / 2; (10^2 - 5^2) / 2 and (10^2 - 5^2) / 2.
    assert_eq!(means(|window| window.staleness_s), [1.25, 7.5, 0.0]);
    assert_near(one.staleness_s, 87.5 / 30.0);
    assert_near(one.stale_share, 0.5);
    assert_near(one.staleness_max_s, 10.0);
    // From 5 to 15, from 15 to 20 and from 0 to 5, from 0 to 10.
    assert_eq!(means(|window| window.sync_age_s), [10.0, 10.0, 5.0]);
    assert_near(one.sync_age_s, 25.0 / 3.0);
    assert_near(one.sync_age_max_s, 20.0);
    let other = &config.regions[region(OTHER)];
    assert_eq!((other.version, other.stale_share), (0, 0.0));
    assert_near(other.sync_age_max_s, 40.0);
}

#[test]
fn management_is_counted_where_it_is_measured() {
    let record = watch(&fleet(), |recorder| {
        recorder.management_used(at(9), Errand::Operation, false);
        recorder.management_used(at(10), Errand::Operation, true);
        recorder.management_used(at(12), Errand::Change, true);
        recorder.management_changed(at(15), false);
        recorder.management_used(at(16), Errand::Change, false);
        recorder.management_used(at(25), Errand::Portal, false);
        recorder.management_changed(at(30), true);
        recorder.management_used(at(39), Errand::Portal, true);
        recorder.management_used(at(40), Errand::Portal, false);
    });
    let uses = |offered, failed| Uses { offered, failed };
    let overall = record.management.overall;
    assert_eq!(overall.operations, uses(3, 1));
    assert_eq!(overall.changes, uses(2, 1));
    assert_eq!(overall.portal, uses(2, 1));
    assert_near(overall.up, 0.5);
    let windows = &record.management.windows;
    assert_eq!(windows[0].operations, uses(3, 1));
    assert_eq!(windows[1].portal, uses(1, 1));
    assert_eq!(windows[1].portal.availability(), Some(0.0));
    assert_eq!(windows[1].operations.availability(), None);
    let up: Vec<f64> = windows.iter().map(|window| window.up).collect();
    assert_eq!(up, [0.5, 0.0, 1.0]);
}

#[test]
fn a_rollout_is_followed_until_its_last_harm_is_over() {
    let bad = RolloutId::new(0);
    let record = watch(&fleet(), |recorder| {
        recorder.rollout_stepped(at(12), bad, RolloutStep::Released(0));
        recorder.defect_changed(at(15), region(ONE), (bad, true));
        for (second, cause) in [(9, Cause::BadConfig), (16, Cause::BadConfig)] {
            recorder.request_offered(at(second), PopulationId::new(0));
            recorder.request_ended(&end(second, (cause, Some(Hit::Rollout(bad)))));
        }
        recorder.request_offered(at(17), PopulationId::new(0));
        recorder.request_ended(&end(17, (Cause::Timeout, None)));
        recorder.rollout_stepped(at(22), bad, RolloutStep::Released(1));
        recorder.defect_changed(at(25), region(OTHER), (bad, true));
        recorder.rollout_stepped(at(30), bad, RolloutStep::Halted);
        recorder.rollout_stepped(at(31), bad, RolloutStep::Corrected);
        recorder.defect_changed(at(35), region(ONE), (bad, false));
        recorder.rollout_stepped(at(44), bad, RolloutStep::Corrected);
        recorder.defect_changed(at(45), region(OTHER), (bad, false));
    });
    let rollout = &record.rollouts[bad];
    assert_eq!(
        (rollout.is_refused, rollout.stages, rollout.regions),
        (false, 2, 2)
    );
    assert_eq!(rollout.time_to_effect_s, Some(3.0));
    assert_eq!(rollout.time_to_halt_s, Some(18.0));
    assert_eq!(rollout.time_to_correct_s, Some(19.0));
    assert_near(rollout.harm_s, 30.0);
    assert_near(rollout.region_seconds, 40.0);
    assert_eq!(
        rollout.failed, 1,
        "that of 9 s is not measured, that of 17 s was not hit"
    );
    let config = record.config.expect("it is modeled");
    let share = |index, window: usize| config.regions[region(index)].windows[window].bad;
    let shares = |index| -> Vec<f64> { (0..3).map(|window| share(index, window)).collect() };
    assert_eq!(shares(ONE), [0.5, 1.0, 0.5]);
    assert_eq!(shares(OTHER), [0.0, 0.5, 1.0]);
}

fn end(second: u64, (cause, hit): (Cause, Option<Hit>)) -> RequestEnd {
    let blame = Blame::Configuration;
    RequestEnd {
        population: PopulationId::new(0),
        region: region(ONE),
        started: at(second),
        ended: at(second + 1),
        attempts: 1,
        hit,
        outcome: Outcome::Failed { cause, blame },
    }
}

#[test]
fn harm_that_does_not_end_lasts_until_the_run_does() {
    let bad = RolloutId::new(0);
    let record = watch(&fleet(), |recorder| {
        recorder.defect_changed(at(50), region(ONE), (bad, true));
    });
    let rollout = &record.rollouts[bad];
    assert_eq!((rollout.regions, rollout.time_to_halt_s), (1, None));
    assert_near(rollout.harm_s, 10.0);
    assert_near(rollout.region_seconds, 10.0);
    let refused = watch(&fleet(), |recorder| {
        recorder.rollout_stepped(at(12), bad, RolloutStep::Refused);
    });
    let rollout = &refused.rollouts[bad];
    assert_eq!(
        (rollout.is_refused, rollout.stages, rollout.regions),
        (true, 0, 0)
    );
    assert_eq!((rollout.harm_s, rollout.time_to_effect_s), (0.0, None));
}

#[test]
fn an_operation_is_done_refused_aborted_or_under_way() {
    let after = |steps: &[(u64, OperationStep)]| {
        let record = watch(&fleet(), |recorder| {
            for &(second, step) in steps {
                recorder.operation_stepped(at(second), OperationId::new(0), step);
            }
        });
        record.operations[OperationId::new(0)].end
    };
    let ordered = (16, OperationStep::Ordered);
    assert_eq!(after(&[]), OperationEnd::Pending);
    assert_eq!(after(&[ordered]), OperationEnd::Pending);
    assert_eq!(
        after(&[(15, OperationStep::Refused)]),
        OperationEnd::Refused
    );
    assert_eq!(
        after(&[ordered, (20, OperationStep::Aborted)]),
        OperationEnd::Aborted
    );
    assert_eq!(
        after(&[ordered, (50, OperationStep::Done)]),
        OperationEnd::Done(34.0)
    );
}

/// Goal: utilization is that of the workers there are, while the gateway works.
#[test]
fn utilization_follows_the_number_of_workers() {
    let record = watch(&fleet(), |recorder| {
        let one = region(ONE);
        for _ in 0..2 {
            recorder.work_joined(at(10), one);
        }
        recorder.load_changed(
            at(10),
            one,
            Load {
                busy: 2,
                waiting: 0,
            },
        );
        recorder.workers_changed(at(20), one, 2);
        recorder.load_changed(at(25), one, Load::default());
        for _ in 0..2 {
            recorder.work_left(at(25), one);
        }
        recorder.condition_changed(at(25), one, false);
        recorder.workers_changed(at(30), one, 0);
        recorder.condition_changed(at(35), one, true);
    });
    let one = &record.regions[region(ONE)];
    let windows = |part: fn(&super::RegionWindowRecord) -> f64| -> Vec<f64> {
        one.windows.iter().map(part).collect()
    };
    assert_eq!(windows(|window| window.workers), [4.0, 2.0, 0.0]);
    assert_eq!(windows(|window| window.utilization), [0.5, 0.5, 0.0]);
    // 2 busy for 15 s; 4 workers for 10 s and 2 for 5 s while it was up.
    assert_near(one.utilization.expect("it was up"), 30.0 / 50.0);
    let other = &record.regions[region(OTHER)];
    assert_eq!(other.utilization, Some(0.0));
}

/// Goal: milestones are told where there is something to tell.
#[test]
fn milestones_depend_on_what_an_outage_hits() {
    let scopes = [
        (Scope::Region, (Some(2.0), Some(0.0), Some(3.0))),
        (Scope::Capacity(Ratio::ONE), (Some(2.0), None, Some(3.0))),
        (Scope::Management, (None, None, None)),
        (Scope::Name, (None, None, None)),
    ];
    for (scope, expected) in scopes {
        let mut fleet = fleet();
        fleet.outages = IdMap::new(vec![OutageSpec {
            region: region(ONE),
            start: at(15),
            end: at(25),
            mode: OutageMode::Refuse,
            scope,
            ramp: Ramp::NONE,
        }]);
        let record = watch(&fleet, |recorder| {
            recorder.health_changed(at(17), region(ONE), Health::Degraded);
            recorder.health_changed(at(28), region(ONE), Health::Healthy);
        });
        let outage = record.outages.iter().next().expect("there is one");
        let found = (
            outage.time_to_detect_s,
            outage.time_to_drain_s,
            outage.time_to_failback_s,
        );
        assert_eq!(found, expected, "{scope:?}");
    }
}
