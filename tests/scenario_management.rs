//! What a scenario says of configuration, management, operations, and what outages hit.

use std::path::PathBuf;

use gatefleet::experiment::Study;
use gatefleet::model::{
    AutoscaleSpec, Cause, CauseSet, Changes, ConfigSpec, DefectEffect, DefectSpec, FixSpec, Freeze,
    HaltSpec, ManagementSpec, OnHalt, OperationKind, OutageMode, RestoreSpec, RolloutSpec,
    ScaleRule, Scope, StagePlan, Unreplicated,
};
use gatefleet::random::Distribution;
use gatefleet::scenario::{Checked, Source, azure, read};
use gatefleet::units::{Id, Rate, Ratio, SimDuration, SimTime};

const MS: fn(u64) -> SimDuration = SimDuration::from_millis;
const S: fn(u64) -> SimDuration = SimDuration::from_secs;

fn checked(text: &str) -> Checked {
    let source = Source {
        name: "f.yaml".to_owned(),
        text: text.to_owned(),
        folder: PathBuf::new(),
    };
    read(&source, &[]).unwrap_or_else(|problems| panic!("{problems}"))
}

fn study(text: &str) -> Study {
    checked(text).study
}

/// Two regions and their clients, followed by what is to be tested.
fn two_regions(rest: &str) -> Study {
    study(&format!(
        "regions: {{westeurope: {{units: 1}}, eastus: {{units: 1}}}}\n\
         clients: {{all: {{near: eastus, rate: 1/s}}}}\n{rest}"
    ))
}

fn minutes(minutes: u64) -> SimDuration {
    S(minutes * 60)
}

/// A time of the measured period, after a warm-up of two minutes, on the run's clock.
fn at_minute(minute: u64) -> SimTime {
    SimTime::ZERO + minutes(minute + 2)
}

fn share(percent: f64) -> Ratio {
    Ratio::new(percent / 100.0).expect("a share")
}

fn per_h(count: f64) -> Rate {
    Rate::per_s(count / 3_600.0).expect("a rate")
}

fn uniform(min: u64, max: u64) -> Distribution {
    Distribution::uniform(minutes(min), minutes(max)).expect("a distribution")
}

#[test]
fn nothing_is_changed_or_managed_unless_it_is_said() {
    for rest in [
        "",
        "config: none\nautoscale: none\nmanagement: {restore: none}\n",
    ] {
        let fleet = two_regions(rest).fleet;
        assert_eq!(fleet.config, None);
        assert_eq!(fleet.management, ManagementSpec::idle());
    }
}

#[test]
fn a_configuration_has_defaults() {
    let fleet = two_regions("config: {}\n").fleet;
    let rtt = azure::rtt("westeurope", "eastus").expect("a row of the table");
    let back = azure::rtt("eastus", "westeurope").expect("a row of the table");
    let config: ConfigSpec = fleet.config.expect("there is one");
    let apply = Distribution::lognormal_p50_p99(S(1), S(5)).expect("a distribution");
    assert_eq!((config.sync.interval, config.sync.apply), (S(10), apply));
    let rows: Vec<Vec<SimDuration>> = config
        .sync
        .rtt
        .iter()
        .map(|row| row.iter().copied().collect())
        .collect();
    assert_eq!(rows, [[MS(0), rtt], [back, MS(0)]]);
    assert_eq!(config.changes, Changes::Poisson(Rate::default()));
    assert_eq!(config.needed_by, Ratio::ZERO);
    assert_eq!(config.unreplicated, Unreplicated::Retained);
    assert_eq!((config.freezes.len(), config.rollouts.len()), (0, 0));
}

#[test]
fn a_configuration_is_what_it_says() {
    let config = |text: &str| {
        let fleet = two_regions(&format!("config: {text}\n")).fleet;
        fleet.config.expect("there is one")
    };
    let found = config(
        "{sync: {interval: 30s, apply: 2s, rtt: 80ms}, changes: {at: [12m, 5m, 5m]}, \
         needed_by: 5%, unreplicated: lost, freeze: [{at: 3m, for: 1h}]}",
    );
    assert_eq!(found.sync.interval, S(30));
    assert_eq!(found.sync.apply, Distribution::constant(S(2)));
    let expected = [[MS(0), MS(80)], [MS(80), MS(0)]];
    for (row, expected) in found.sync.rtt.iter().zip(expected) {
        assert_eq!(row.iter().copied().collect::<Vec<_>>(), expected);
    }
    let listed = [5, 5, 12].map(at_minute).to_vec();
    assert_eq!(found.changes, Changes::Listed(listed));
    assert_eq!(found.needed_by, share(5.0));
    assert_eq!(found.unreplicated, Unreplicated::Lost);
    let (start, end) = (at_minute(3), at_minute(63));
    assert_eq!(found.freezes, [Freeze { start, end }]);
    let found = config("{changes: {rate: 6/h}}");
    assert_eq!(found.changes, Changes::Poisson(per_h(6.0)));
}

#[test]
fn a_sync_that_says_its_round_trip_needs_no_places() {
    let study = study(
        "regions: {a: {units: 1}, b: {units: 1}}\n\
         clients: {all: {rtt: {a: 1ms, b: 2ms}, rate: 1/s}}\n\
         config: {sync: {rtt: 9ms}}\n",
    );
    let config = study.fleet.config.expect("there is one");
    assert_eq!(config.sync.rtt[Id::new(0)][Id::new(1)], MS(9));
}

#[test]
fn a_rollout_is_what_it_says() {
    let fleet = two_regions(
        "config:
  rollouts:
    - {at: 1m}
    - at: 2m
      stages: [eastus, [westeurope]]
      bake: 3m
      needed_by: 1%
      bad: {fail: 40%, after: 5m}
      halt: {above: 2%, over: 2m, then: stop}
      fix: {after: 60m, stages: [[westeurope, eastus]], bake: 4m}
    - {at: 3m, bad: {slow: 2.5}, halt: {above: 2%}, fix: {after: 1m}}
    - {at: 4m, bad: {crash: {}}}
    - {at: 4m, bad: {crash: {restart: none}}}
",
    )
    .fleet;
    let rollouts = fleet.config.expect("there is one").rollouts;
    let [west, east] = [0, 1].map(Id::new);
    let plan = |stages, bake| StagePlan {
        stages,
        bake: minutes(bake),
    };
    let at_once = || plan(vec![vec![west, east]], 10);
    let bare = |minute| RolloutSpec {
        at: at_minute(minute),
        plan: at_once(),
        needed_by: Ratio::ZERO,
        defect: None,
        halt: None,
        fix: None,
    };
    let defect = |effect, after| Some(DefectSpec { effect, after });
    let halt = |over, then| {
        let (above, over) = (share(2.0), minutes(over));
        Some(HaltSpec { above, over, then })
    };
    let fix = |after, plan| {
        let after = minutes(after);
        Some(FixSpec { after, plan })
    };
    let crash = |restart| RolloutSpec {
        defect: defect(DefectEffect::Crashes { restart }, S(0)),
        ..bare(4)
    };
    let expected = [
        bare(1),
        RolloutSpec {
            plan: plan(vec![vec![east], vec![west]], 3),
            needed_by: share(1.0),
            defect: defect(DefectEffect::Fails(share(40.0)), minutes(5)),
            halt: halt(2, OnHalt::Stop),
            fix: fix(60, plan(vec![vec![west, east]], 4)),
            ..bare(2)
        },
        RolloutSpec {
            defect: defect(DefectEffect::Slows(2.5), S(0)),
            halt: halt(1, OnHalt::Rollback),
            fix: fix(1, at_once()),
            ..bare(3)
        },
        crash(Some(minutes(1))),
        crash(None),
    ];
    assert_eq!(rollouts.iter().cloned().collect::<Vec<_>>(), expected);
}

#[test]
fn management_is_what_it_says() {
    let management = two_regions(
        "management: {operations: 12/h, portal: 2/s, restore: {in: eastus, after: 45m}, restart_needs_primary: true}\n",
    )
    .fleet
    .management;
    assert_eq!(management.operation_rate, per_h(12.0));
    assert_eq!(management.portal_rate, Rate::per_s(2.0).expect("a rate"));
    let restore = |after| {
        Some(RestoreSpec {
            region: Id::new(1),
            after: minutes(after),
        })
    };
    assert_eq!(management.restore, restore(45));
    assert!(management.restart_needs_primary);
    let brief = two_regions("management: {restore: {in: eastus}}\n").fleet;
    assert_eq!(brief.management.restore, restore(30));
}

#[test]
fn operations_are_what_they_say() {
    let fleet = two_regions(
        "operations:
  - {scale: eastus, units: 3, at: 5m, takes: 7m}
  - {disable: eastus, at: 10m}
  - {enable: eastus, at: 20m}
  - {remove: eastus, at: 21m}
  - {add: eastus, at: 22m}
  - {enable_zones: westeurope, at: 23m}
  - {change_subnet: westeurope, at: 24m}
",
    )
    .fleet;
    let operation =
        |(minute, region, takes, kind)| (at_minute(minute), Id::new(region), takes, kind);
    let constant = |length| Distribution::constant(minutes(length));
    let slow = || uniform(15, 45);
    let expected = [
        (5, 1, constant(7), OperationKind::Scale { units: 3 }),
        (10, 1, constant(3), OperationKind::Disable),
        (20, 1, constant(3), OperationKind::Enable),
        (21, 1, slow(), OperationKind::Remove),
        (22, 1, slow(), OperationKind::Add),
        (23, 0, slow(), OperationKind::EnableZones),
        (24, 0, slow(), OperationKind::ChangeSubnet),
    ];
    let found = fleet.management.operations.iter().cloned();
    let found = found.map(|spec| (spec.at, spec.region, spec.takes, spec.kind));
    assert_eq!(found.collect::<Vec<_>>(), expected.map(operation).to_vec());
    assert!(
        fleet.census.is_some(),
        "agents may be pinned to an address that is dead"
    );
}

#[test]
fn scaling_by_rule_has_documented_defaults() {
    let autoscale = |text: &str| {
        let fleet = two_regions(&format!("autoscale: {text}\n")).fleet;
        fleet.management.autoscale.expect("there is one")
    };
    let rule = |percent, over, cool_down| ScaleRule {
        threshold: share(percent),
        over: minutes(over),
        cool_down: minutes(cool_down),
        step: 1,
    };
    let documented = AutoscaleSpec {
        regions: vec![Id::new(0)],
        units_min: 1,
        units_max: 10,
        scale_out: rule(80.0, 30, 60),
        scale_in: rule(35.0, 30, 90),
        takes: uniform(15, 45),
    };
    assert_eq!(autoscale("{}"), documented);
    assert_eq!(
        autoscale(
            "{regions: all, units_min: 2, units_max: 4, takes: 1m, \
             out: {above: 70%, over: 5m, cool_down: 6m}, in: {below: 30%, over: 7m, cool_down: 8m}}"
        ),
        AutoscaleSpec {
            regions: vec![Id::new(0), Id::new(1)],
            units_min: 2,
            units_max: 4,
            scale_out: rule(70.0, 5, 6),
            scale_in: rule(30.0, 7, 8),
            takes: Distribution::constant(minutes(1)),
        }
    );
}

#[test]
fn outages_hit_what_they_say() {
    let fleet = two_regions(
        "outages:
  - {region: eastus, at: 1m, for: 1m}
  - {region: eastus, capacity: 25%, at: 1m, for: 1m, mode: refuse}
  - {region: eastus, capacity: 25%, at: 1m, for: 1m, mode: refuse}
  - {management: true, at: 1m, for: 1m}
  - {region: eastus, at: 1m, for: 1m, mode: no_dns}
  - {region: eastus, vms: 1, at: 1m, for: 1m}
  - {region: eastus, vms: 1, at: 1m, for: 1m}
",
    )
    .fleet;
    let found = fleet.outages.iter();
    let found: Vec<_> = found.map(|o| (o.region.index(), o.mode, o.scope)).collect();
    let lost = (1, OutageMode::Refuse, Scope::Capacity(share(25.0)));
    assert_eq!(
        found,
        [
            (1, OutageMode::Blackhole, Scope::Region),
            lost,
            lost,
            (0, OutageMode::Blackhole, Scope::Management),
            (1, OutageMode::Refuse, Scope::Name),
            (1, OutageMode::Blackhole, Scope::Vms(1)),
            (1, OutageMode::Blackhole, Scope::Vms(1)),
        ]
    );
}

#[test]
fn clients_retry_after_every_failure_unless_it_is_said() {
    let client = |study: &Study| study.fleet.populations[Id::new(0)].client.retry.on;
    let all: CauseSet = Cause::ALL.into_iter().collect();
    assert_eq!(client(&two_regions("")), all);
    let named = "client: {retry: {on: [stale_config, bad_config, no_route]}}\n";
    let some: CauseSet = [Cause::StaleConfig, Cause::BadConfig, Cause::NoRoute]
        .into_iter()
        .collect();
    assert_eq!(client(&two_regions(named)), some);
}

#[test]
fn a_network_of_its_own_takes_routing_of_its_own() {
    two_regions("fleet: {network: internal}\nrouting: {by: customer}\n");
    two_regions("fleet: {network: external}\n");
    study(
        "fleet: {network: external}\n\
         regions: {eastus: {units: 1, vnet: {name: hub, region: eastus, subnet: a}}}\n\
         clients: {all: {near: eastus, rate: 1/s}}\n",
    );
}

/// The first lines of the warnings about two regions, without their places.
fn warned(rest: &str) -> Vec<String> {
    let checked = checked(&format!(
        "regions: {{westeurope: {{units: 1}}, eastus: {{units: 1}}}}\n\
         clients: {{all: {{near: eastus, rate: 1/s}}}}\n{rest}"
    ));
    let first = |text: String| text.lines().next().unwrap_or_default().to_owned();
    let shown = checked.warnings.iter().map(ToString::to_string);
    shown.map(first).collect()
}

#[test]
fn what_management_cannot_do_is_warned_of() {
    assert_eq!(
        warned("management: {restore: {in: eastus, after: 29m}}\n"),
        [
            "f.yaml:3:43: warning: the management plane is restored after 29 min; documented restores take 30 minutes or more"
        ]
    );
    let operations = "run: {duration: 2h}\noperations:\n\
        \x20 - {scale: eastus, units: 2, at: 9m}\n\
        \x20 - {scale: eastus, units: 3, at: 10m}\n\
        \x20 - {scale: eastus, units: 4, at: 50m}\n\
        \x20 - {scale: eastus, units: 5, at: 70m}\n";
    let refused = |line: u8, number: u8| {
        format!(
            "f.yaml:{line}:5: warning: operation {number} comes while the management plane is down: it is refused; write another `at`, or a `restore` in `management` that is done by then"
        )
    };
    let both = [refused(6, 2), refused(7, 3)];
    for outage in ["region: westeurope", "management: true"] {
        let rest = format!("{operations}outages: [{{{outage}, at: 10m, for: 1h}}]\n");
        assert_eq!(warned(&rest), both);
        let restored = format!("{rest}management: {{restore: {{in: eastus}}}}\n");
        assert_eq!(warned(&restored), both[..1]);
    }
    for outage in ["region: eastus", "region: westeurope, capacity: 50%"] {
        let rest = format!("{operations}outages: [{{{outage}, at: 10m, for: 1h}}]\n");
        assert_eq!(warned(&rest), [""; 0]);
    }
}

/// What a scenario with two regions and this at its end is refused with; empty if it is not.
fn refused(rest: &str) -> String {
    let source = Source {
        name: "f.yaml".to_owned(),
        text: format!(
            "clients: {{all: {{near: eastus, rate: 1/s}}}}\nregions:\n  westeurope: {{units: 1}}\n{rest}"
        ),
        folder: PathBuf::new(),
    };
    read(&source, &[]).map_or_else(|problems| problems.to_string(), |_| String::new())
}

/// Facts, row 2: the network of a secondary must be in that secondary's own region.
#[test]
fn row_2_a_vnet_is_in_the_region_that_uses_it() {
    let in_region = |region: &str| {
        refused(&format!(
            "  eastus: {{units: 1, vnet: {{name: hub, region: {region}}}}}\nfleet: {{network: external}}\n"
        ))
    };
    assert_eq!(in_region("eastus"), "");
    assert!(
        in_region("westeurope").contains("f.yaml:4:48: error"),
        "{}",
        in_region("westeurope")
    );
}

/// Facts, row 4: there is routing by the platform without a network and in an external one; in an
/// internal one the customer brings their own.
#[test]
fn row_4_the_platform_does_not_route_to_internal_networks() {
    for network in ["none", "external", "internal"] {
        for by in ["platform", "customer"] {
            let problem = refused(&format!(
                "fleet: {{network: {network}}}\nrouting: {{by: {by}}}\n"
            ));
            let is_refused = network == "internal" && by == "platform";
            assert_eq!(
                !problem.is_empty(),
                is_refused,
                "{network}, {by}: {problem}"
            );
        }
    }
}
