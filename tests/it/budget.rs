//! Work is estimated before it is begun, and too much of it is refused.

use gatefleet::experiment::{Alone, Effort, run};
use gatefleet::model::{HazardSpec, OutageMode, OutageSpec, Ramp, RegionId, Scope};
use gatefleet::random::Distribution;
use gatefleet::units::{IdMap, SimTime};

use crate::cli::Place;
use crate::fuzzed::exercise::accepted;
use crate::support::{m_m_1, seconds};

/// Goal: estimates are of the right size. Method: bundled scenarios of very different kinds, with two
/// replications each, within a factor of two; those with outages that make clients try again within
/// four.
#[test]
fn the_estimated_events_are_about_those_that_happen() {
    let cases = [
        ("ttl-and-probes", 2.0),
        ("gray-failure", 2.0),
        ("zone-loss", 2.0),
        ("partition", 2.0),
        ("breaker-and-pool", 2.0),
        ("retry-storm", 4.0),
    ];
    for (name, factor) in cases {
        let path = format!("{}/scenarios/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let mut study = accepted(&text).expect("it is bundled").study;
        study.run.replications = gatefleet::experiment::Replications::fixed(1);
        let events = run(&study, None, &Alone).unwrap().events as f64;
        let estimated = Effort::of(&study).events;
        let ratio = estimated / events;
        assert!(
            (1.0 / factor..factor).contains(&ratio),
            "{name}: {estimated} estimated, {events} happened"
        );
    }
}

/// Goal: no bundled scenario is near the budget.
#[test]
fn no_bundled_scenario_needs_to_be_forced() {
    for entry in std::fs::read_dir(format!("{}/scenarios", env!("CARGO_MANIFEST_DIR"))).unwrap() {
        let path = entry.unwrap().path();
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let study = accepted(&text).expect("it is bundled").study;
        let effort = Effort::of(&study);
        assert!(
            effort.events < 1e10 && effort.bytes < 2e9,
            "{path:?}: {effort:?}"
        );
    }
}

/// Whatever makes a study endless or huge is seen before it is begun, and not begun unasked.
#[test]
fn too_much_work_is_refused_and_told() {
    let place = Place::with_small();
    let cases: [&[&str]; 6] = [
        &[
            "clients.europe.rate=1000000000/s",
            "run.duration=300s",
            "run.window=1s",
        ],
        &["run.duration=50000d", "run.window=365d"],
        &["routing.probe={interval: 1ns, timeout: 1ns}"],
        &[
            "routing.strategy=waterfall",
            "routing.signal={period: 1ns, delay: 0s}",
            "run.duration=1h",
        ],
        &["config={sync: {interval: 1ns}}"],
        &["management.portal=1000000000000/s"],
    ];
    for sets in cases {
        let sets: Vec<&str> = sets.iter().flat_map(|set| ["--set", set]).collect();
        let output = place.run(&[&["run", "small.yaml"], &sets[..]].concat());
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{sets:?}: {text}");
        assert!(
            text.contains("`small.yaml` would take "),
            "{sets:?}: {text}"
        );
        assert!(text.contains("insist with `--force`"), "{sets:?}: {text}");
    }
    assert!(!place.path("results").exists(), "nothing was begun");
}

#[test]
fn the_budget_is_of_everything_that_is_simulated() {
    let place = Place::with_small();
    let large = [
        "--replications",
        "10000",
        "--set",
        "run.duration=100h",
        "--set",
        "run.window=10s",
    ];
    let compared = [
        &[
            "compare",
            "small.yaml",
            "--strategies",
            "latency,round_robin",
        ],
        &large[..],
    ];
    let swept = [
        &["sweep", "small.yaml", "--vary", "routing.ttl=1s..60s:1s"],
        &large[..],
    ];
    for (words, what) in [
        (compared.concat(), "this comparison would take"),
        (swept.concat(), "this sweep of 60 points would take"),
    ] {
        let output = place.run(&words);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(
            text.contains(what) && text.contains("GiB of memory"),
            "{text}"
        );
    }
    let output = place.run(&["check", "small.yaml"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("A run takes\n  less than a second on "),
        "{text}"
    );
}

/// Goal: the estimate is no limit for who insists. Method: windows whose rows alone would fill more
/// memory than the budget, cut off before any of them is there.
#[cfg(unix)]
#[test]
fn who_insists_may_begin() {
    let place = Place::with_small();
    let large = [
        "--set",
        "run.duration=90000s",
        "--set",
        "run.window=1s",
        "--replications",
        "10000",
    ];
    let refused = place.run(&[&["run", "small.yaml"], &large[..]].concat());
    assert_eq!(refused.status.code(), Some(2));
    let words = [&["run", "small.yaml", "--force"], &large[..]].concat();
    let mut child = place.command(&words).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(child.try_wait().unwrap(), None, "it is at work");
    child.kill().unwrap();
    child.wait().unwrap();
}

/// A hazard that strikes a region at times of these lengths.
fn hazard(mtbf: Distribution, mttr: Distribution) -> HazardSpec {
    HazardSpec {
        mtbf,
        mttr,
        outages: vec![OutageSpec {
            region: RegionId::new(0),
            start: SimTime::ZERO,
            end: SimTime::ZERO,
            mode: OutageMode::Refuse,
            scope: Scope::Region,
            ramp: Ramp::NONE,
        }],
    }
}

/// Goal: times of which nearly all are tiny are refused where they are written; and where a run meets
/// more outages than it may have after all, that is an outcome.
#[test]
fn outages_without_number_are_refused() {
    let text = "regions: {eastus: {units: 1}}\nclients: {all: {near: eastus, rate: 1/s}}\n\
         outages: [{region: eastus, mtbf: \"gamma(mean=500ms, cv=150)\", mttr: constant(1ns)}]\n";
    let place = Place::new();
    place.write("tail.yaml", text);
    let output = place.run(&["run", "tail.yaml"]);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(
        errors.contains("more than 20000 outages by chance in some runs"),
        "{errors}"
    );

    let mut study = m_m_1(1.0, 1);
    let tiny = || Distribution::gamma(seconds(0.001), 30.0).unwrap();
    study.fleet.hazards = IdMap::new(vec![hazard(tiny(), tiny())]);
    let error = run(&study, Some(1), &Alone).unwrap_err().to_string();
    assert!(
        error.contains("more outages came by chance than a run may have"),
        "{error}"
    );
}
