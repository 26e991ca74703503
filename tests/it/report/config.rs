//! What a configuration and a management plane add to results, from tables made up by hand.

use std::fs;

use gatefleet::experiment::{Alone, run};
use gatefleet::model::{
    Changes, ConfigSpec, OperationKind, OperationSpec, RegionId, RolloutSpec, StagePlan, SyncSpec,
    Unreplicated,
};
use gatefleet::random::Distribution;
use gatefleet::report::{
    self, ConfigSummary, Figure, ManagementSummary, OperationSummary, Reached, RegionConfigSummary,
    RolloutSummary, Summary, Tables, TimelineRow, UseCounts, UseSummary, folder, plot,
};
use gatefleet::units::{IdMap, Ratio};
use serde_json::Value;

use crate::report::{OUTAGE, file, odd};
use crate::support::{World, exponential, seconds, study};

fn exactly(mean: f64) -> Figure {
    // As results round.
    let round = |number: f64| (number * 1e6).round() / 1e6;
    Figure {
        mean: Some(round(mean)),
        ci95: Some([round(mean * 0.9), round(mean * 1.1)]),
    }
}

fn reached(mean: f64, reached: u32) -> Reached {
    let Figure { mean, ci95 } = exactly(mean);
    Reached {
        mean,
        ci95,
        reached,
    }
}

fn uses(offered: u64, failed: u64) -> UseSummary {
    UseSummary {
        offered,
        failed,
        availability: exactly(1.0 - failed as f64 / offered as f64),
    }
}

/// Tables with what a configuration, a management plane, a rollout and an operation would add:
/// a version every eighth of the period, and a management plane that is down in its middle third.
pub(crate) fn with_config(mut tables: Tables) -> Tables {
    let Summary {
        regions,
        duration_s,
        ..
    } = &mut tables.summary;
    let length = *duration_s;
    for (index, (_, region)) in regions.0.iter_mut().enumerate() {
        region.config = Some(RegionConfigSummary {
            staleness_s: exactly(0.2 + index as f64),
            stale_share: exactly(0.1),
            staleness_max_s: exactly(12.0),
            sync_age_s: exactly(95.5),
            sync_age_max_s: exactly(length / 3.0),
            version: exactly(7.0),
        });
    }
    let names: Vec<String> = regions.names().into_iter().map(str::to_owned).collect();
    for row in &mut tables.timeline {
        match row.scope.as_str() {
            "fleet" => manage(row, length),
            "region" => {
                let index = names.iter().position(|name| *name == row.name).unwrap();
                configure(row, (index, length));
            }
            _ => {}
        }
    }
    let summary = &mut tables.summary;
    summary.management = Some(ManagementSummary {
        availability: exactly(0.667),
        operations: uses(60, 20),
        changes: UseCounts {
            offered: 40,
            failed: 15,
        },
        portal: uses(1_200, 400),
    });
    summary.config = Some(ConfigSummary {
        divergence_s: exactly(64.0),
        changes_unreplicated: exactly(1.5),
        changes_lost: exactly(0.5),
    });
    summary.rollouts = vec![RolloutSummary {
        at_s: length / 8.0,
        defect: Some("fails".to_owned()),
        stages: 3,
        refused: 1,
        stages_released: exactly(1.8),
        time_to_effect_s: reached(42.0, 4),
        time_to_halt_s: reached(180.0, 3),
        time_to_correct_s: reached(400.0, 4),
        blast_radius: exactly(0.0123),
        requests_failed: exactly(1_234.0),
        regions: exactly(1.8),
        region_seconds: exactly(321.0),
        harm_s: exactly(222.0),
    }];
    summary.operations = vec![OperationSummary {
        operation: "scale".to_owned(),
        region: names[0].clone(),
        at_s: length / 4.0,
        refused: 1,
        aborted: 1,
        done: 3,
        time_to_effect_s: reached(1_800.0, 3),
        requests_failed: exactly(12.0),
    }];
    tables
}

/// What the management plane does in a window.
fn manage(row: &mut TimelineRow, length: f64) {
    let is_up = !(1.0 / 3.0..0.6).contains(&(row.time_s / length));
    let wished = |every: f64| f64::from(u8::from(row.time_s % every < 1.0));
    let failed = |wished: f64| if is_up { 0.0 } else { wished };
    row.management_up = Some(f64::from(u8::from(is_up)));
    row.management_operations = Some(wished(60.0));
    row.management_failed = Some(failed(wished(60.0)));
    row.portal_visits = Some(4.0);
    row.portal_failed = Some(if is_up { 0.1 } else { 4.0 });
    row.config_divergence = Some(0.05);
}

/// What a region runs in a window: each comes a little later than the one before.
fn configure(row: &mut TimelineRow, (index, length): (usize, f64)) {
    let late = length / 100.0 * index as f64;
    let at = |time_s: f64| time_s.min(length / 3.0) + (time_s - length * 0.6).max(0.0);
    let since = ((row.time_s - late).max(0.0) * 8.0 / length).floor();
    row.config_version = Some((at(row.time_s - late).max(0.0) * 8.0 / length).floor());
    row.config_versions_behind = Some(since - row.config_version.unwrap());
    let is_up = at(row.time_s + 1.0) > at(row.time_s);
    let outage_s = if is_up {
        0.0
    } else {
        row.time_s - length / 3.0
    };
    row.config_sync_age_s = Some((5.0 + index as f64 + outage_s).round());
    row.config_staleness_s = Some((outage_s / 2.0).round());
    let share = row.time_s / length;
    let bad = [(0.15..0.25, 1.0), (0.2..0.25, 0.4), (1.0..1.0, 0.0)];
    let (harm, depth) = &bad[index.min(2)];
    row.config_bad = Some(if harm.contains(&share) { *depth } else { 0.0 });
}

/// Goal: what a scenario does not have leaves no empty tables, columns or pictures, and what it
/// has is in all of them.
#[test]
fn configuration_is_reported_where_there_is_one() {
    let (without, with) = (odd(5, OUTAGE), with_config(odd(5, OUTAGE)));
    let paths = |tables: &Tables| -> Vec<&str> {
        let plots = plot::draw_all(tables).unwrap();
        let files = tables.files().into_iter().chain(plots);
        files.map(|file| file.path).collect()
    };
    let added = [
        "rollouts.csv",
        "operations.csv",
        "plots/config.svg",
        "plots/config.png",
    ];
    let expected = paths(&without);
    let found = paths(&with);
    assert!(
        added
            .iter()
            .all(|path| found.contains(path) && !expected.contains(path))
    );
    assert_eq!(found.len(), expected.len() + added.len());
    let files = with.files();
    let table = |path| String::from_utf8_lossy(file(&files, path)).into_owned();
    let rollouts = table("rollouts.csv");
    let row = rollouts.lines().nth(1).unwrap();
    assert!(
        row.starts_with("2.5,fails,3,1,1.8,42.0,4,180.0,162.0,198.0,3,"),
        "{row}"
    );
    assert_eq!(
        table("operations.csv").lines().nth(1).unwrap(),
        "scale,'=cmd(),5.0,1,1,3,1800.0,1620.0,1980.0,12.0,10.8,13.2"
    );
    let text = report::summary_text(&with);
    for section in [
        "Management",
        "Configuration",
        "Rollout 1 at 2.5 s (bad: fails requests)",
        "Operations",
    ] {
        assert!(text.contains(section), "{section}: {text}");
    }
    let text = report::summary_text(&without);
    assert!(
        !text.contains("Rollout") && !text.contains("Configuration"),
        "{text}"
    );
}

/// Goal: a management plane without a configuration has its panel, and one that is merely out
/// with its region has none.
#[test]
fn management_alone_is_drawn_if_it_is_used() {
    let mut tables = with_config(odd(5, OUTAGE));
    tables.summary.config = None;
    let is_drawn = |tables: &Tables| {
        let files = plot::draw_all(tables).unwrap();
        files.iter().any(|file| file.path == "plots/config.svg")
    };
    assert!(is_drawn(&tables));
    let management = tables.summary.management.as_mut().unwrap();
    management.operations = uses(0, 0);
    management.portal = uses(0, 0);
    assert!(!is_drawn(&tables));
}

/// Goal: results of before there was a configuration are still read.
#[test]
fn a_summary_without_the_later_keys_is_read() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("results");
    folder::write(&folder, &odd(1, OUTAGE).files()).unwrap();
    let path = folder.join("summary.json");
    let mut summary: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    for key in ["management", "config", "rollouts", "operations"] {
        summary.as_object_mut().unwrap().remove(key).unwrap();
    }
    fs::write(&path, summary.to_string()).unwrap();
    let tables = Tables::read(&folder).unwrap();
    assert!(tables.summary.rollouts.is_empty() && tables.summary.config.is_none());
}

/// What an outage is told as: its mode and depth in tables, its words, and whether it can be detected,
/// drained and failed back from.
type Part = (&'static str, Option<f64>, &'static str, [bool; 3]);

const PARTS: [Part; 11] = [
    (
        "capacity",
        Some(0.25),
        "(lost 25 % of its capacity)",
        [true, false, true],
    ),
    (
        "zone",
        Some(0.5),
        "(lost a zone, 50 % of its VMs)",
        [true, false, true],
    ),
    (
        "vms",
        Some(0.25),
        "(lost 25 % of its VMs)",
        [true, false, true],
    ),
    (
        "slow",
        Some(2.0 / 3.0),
        "(work takes 3 times as long)",
        [true, false, true],
    ),
    (
        "gray",
        Some(0.3),
        "(fails 30 % of what it serves)",
        [true, false, true],
    ),
    (
        "probe_down",
        None,
        "(probes find it down)",
        [true, false, true],
    ),
    (
        "probe_up",
        None,
        "(probes find it up)",
        [false, false, false],
    ),
    (
        "router",
        None,
        "the router (hears no news)",
        [false, false, false],
    ),
    (
        "management",
        None,
        "(management plane)",
        [false, false, false],
    ),
    ("no_dns", None, "(no address)", [false, false, false]),
    ("refuse", None, "(refuse)", [true, true, true]),
];

/// Goal: an outage of a part says which, and no time that it cannot have.
#[test]
fn outages_of_a_part_are_told_as_such() {
    for (mode, depth, words, told) in PARTS {
        let mut tables = odd(5, OUTAGE);
        let outage = &mut tables.summary.outages[0];
        outage.mode = mode.to_owned();
        outage.depth = depth;
        let text = report::summary_text(&tables);
        assert!(text.contains(words), "{text}");
        let has = ["detected", "drained", "failed back"].map(|name| text.contains(name));
        assert_eq!(has, told, "{text}");
        let files = tables.files();
        let table = String::from_utf8_lossy(file(&files, "outages.csv"));
        let depth = depth.map_or_else(String::new, |depth| depth.to_string());
        assert!(
            table.contains(&format!("5.0,5.0,{mode},{depth},")),
            "{table}"
        );
    }
}

/// Goal: what a fleet has is in its results. Method: a configuration with a rollout and an
/// operation; what becomes of them is for others to test.
#[test]
fn a_fleet_with_a_configuration_has_its_figures() {
    let mut fleet = World {
        workers: 10,
        service: exponential(0.01),
        rate: 10.0,
        one_way_ms: &[&[5, 50], &[50, 5]],
        warm_up_s: 1.0,
        duration_s: 20.0,
    }
    .fleet();
    let at = fleet.period.start() + seconds(5.0);
    fleet.config = Some(ConfigSpec {
        sync: SyncSpec {
            interval: seconds(10.0),
            apply: Distribution::constant(seconds(1.0)),
            rtt: IdMap::new(vec![IdMap::new(vec![seconds(0.01); 2]); 2]),
        },
        changes: Changes::Listed(Vec::new()),
        needed_by: Ratio::ZERO,
        unreplicated: Unreplicated::Retained,
        freezes: Vec::new(),
        rollouts: IdMap::new(vec![RolloutSpec {
            at,
            plan: StagePlan {
                stages: vec![vec![RegionId::new(0)], vec![RegionId::new(1)]],
                bake: seconds(5.0),
            },
            needed_by: Ratio::ZERO,
            defect: None,
            halt: None,
            fix: None,
        }]),
    });
    fleet.management.operations = IdMap::new(vec![OperationSpec {
        at,
        region: RegionId::new(1),
        takes: Distribution::constant(seconds(5.0)),
        kind: OperationKind::Scale { units: 2 },
    }]);
    let study = study(fleet, 5.0, 2);
    let tables = Tables::new(&study, &run(&study, None, &Alone).unwrap(), "0");
    let summary = &tables.summary;
    assert!(summary.config.is_some());
    assert!(
        summary
            .regions
            .iter()
            .all(|(_, region)| region.config.is_some())
    );
    let rollout = &summary.rollouts[0];
    assert_eq!(
        (rollout.at_s, rollout.stages, &rollout.defect),
        (5.0, 2, &None)
    );
    let operation = &summary.operations[0];
    assert_eq!(
        (operation.operation.as_str(), operation.at_s),
        ("scale", 5.0)
    );
    assert_eq!(operation.region, "region1");
    for row in tables.timeline_of("region", "region0") {
        assert!(row.workers.is_some() && row.config_sync_age_s.is_some());
        assert!(row.config_version.is_some() && row.config_bad.is_some());
    }
    for row in tables.timeline_of("fleet", "") {
        assert!(row.config_divergence.is_some() && row.workers.is_none());
    }
}
