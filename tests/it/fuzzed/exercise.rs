//! What is done with input that somebody or something has made up: everything that gatefleet does
//! with input, and nothing may panic or take for ever.

use std::fs;
use std::path::{Path, PathBuf};

use gatefleet::experiment::{Alone, Forecast, Study, StudyError, run};
use gatefleet::report::{Plots, Provenance, Results, Scene, Tables, files};
use gatefleet::scenario::{Alternative, Checked, Override, Source, read, rehearse, vary};

/// A scenario into which anything may be set, and that names the file which holds rates.
const BASE: &str = "regions: {westeurope: {units: 2}, eastus: {units: 1}}
clients:
  europe: {near: westeurope, rate: 9/s}
  measured: {near: eastus, rate: {file: rates.csv}}
routing: {strategy: latency, probe: {interval: 5s}}
outages: [{region: westeurope, at: 1m, for: 1m}]
backends: {orders: {workers: 4}}
";

fn source(text: &str, folder: &Path) -> Source {
    Source {
        name: "made-up.yaml".into(),
        text: text.into(),
        folder: folder.to_owned(),
    }
}

/// Reads a text as a scenario, and does the arithmetic of what it says.
pub(crate) fn scenario(text: &str, folder: &Path) {
    let source = source(text, folder);
    match read(&source, &[]) {
        Ok(checked) => look_at(&checked),
        Err(problems) => assert!(!problems.to_string().is_empty()),
    }
    if let Err(problems) = rehearse(&source, &[]) {
        assert!(!problems.to_string().is_empty());
    }
}

/// Reads each line as what `--set`, `--vary`, and `--strategies` take, and sets them all.
pub(crate) fn words(text: &str, folder: &Path) {
    let mut overrides = Vec::new();
    for line in text.lines() {
        if let Ok(set) = Override::parse(line) {
            overrides.push(set);
        }
        if let Ok(axis) = vary(line) {
            overrides.push(Override::vary(&axis, axis.values.len() - 1));
        }
        if let Ok(alternatives) = Alternative::strategies(line) {
            overrides.extend(alternatives.into_iter().flat_map(|one| one.overrides));
        }
    }
    let base = source(BASE, folder);
    match read(&base, &overrides) {
        Ok(checked) => look_at(&checked),
        Err(problems) => assert!(!problems.to_string().is_empty()),
    }
}

/// Reads bytes as a file of rates.
pub(crate) fn rates(bytes: &[u8], folder: &Path) {
    fs::write(folder.join("rates.csv"), bytes).expect("the folder can be written");
    match read(&source(BASE, folder), &[]) {
        Ok(checked) => look_at(&checked),
        Err(problems) => assert!(!problems.to_string().is_empty()),
    }
}

fn look_at(checked: &Checked) {
    let forecast = Forecast::new(&checked.study);
    assert!(forecast.normal.utilization.iter().all(|load| *load >= 0.0));
    let scene = Scene::new("", checked);
    assert!(format!("{scene:?}").len() > 1);
}

/// The scenario, if it is one: not all that is generated is.
pub(crate) fn accepted(text: &str) -> Option<Checked> {
    read(&source(text, Path::new("")), &[]).ok()
}

/// Runs a scenario on one thread and on two, and writes it all down: the same bytes both times.
pub(crate) fn simulated(checked: &Checked, plots: Plots) {
    let [one, two] = [1, 2].map(|threads| run(&checked.study, Some(threads), &Alone));
    match (&one, &two) {
        (Ok(one), Ok(two)) => {
            assert_eq!(
                one.fleet.overall.offered,
                one.fleet.overall.succeeded + one.fleet.overall.failed
            );
            let [one, two] = [one, two].map(|result| written(checked, result, plots));
            assert!(one == two, "the same bytes for one thread and for two");
        }
        (Err(StudyError::Saturated { .. }), _) => assert_eq!(one, two),
        _ => panic!("{one:?} or {two:?}"),
    }
}

fn written(
    checked: &Checked,
    result: &gatefleet::experiment::StudyResult,
    plots: Plots,
) -> Vec<gatefleet::report::OutputFile> {
    let study: &Study = &checked.study;
    let tables = Tables::new(study, result, "0");
    let provenance = provenance(vec![Scene::new("", checked)]);
    let text = gatefleet::report::summary_text(&tables);
    assert!(!text.contains("NaN") && !text.contains("inf "), "{text}");
    files(&tables, &provenance, plots).expect("all can be drawn")
}

/// Where results come from, of which nothing matters.
fn provenance(scenes: Vec<Scene>) -> Provenance {
    Provenance {
        gatefleet: "0".into(),
        command: Vec::new(),
        scenario: String::new(),
        sha256: "0".into(),
        data: Vec::new(),
        scenes,
        seed: 1,
        threads: 1,
        wall_time_s: 1.0,
        events: 1,
        events_per_s: 1.0,
    }
}

/// Reads a results folder of which one file has other bytes, tells what it says if it can be read,
/// and draws it if asked to. The first byte says which file.
pub(crate) fn results(bytes: &[u8], (whole, place): (&Path, &Path), plots: Plots) {
    let Some((which, bytes)) = bytes.split_first() else {
        return;
    };
    let names = [
        "summary.json",
        "timeline.csv",
        "latency.csv",
        "failures.csv",
        "flows.csv",
        "run.json",
    ];
    let changed = names[usize::from(*which) % names.len()];
    for name in names {
        let text = if name == changed {
            bytes.to_vec()
        } else {
            fs::read(whole.join(name)).expect("it is whole")
        };
        fs::write(place.join(name), text).expect("the folder can be written");
    }
    if let (Ok(results), Ok(provenance)) = (Results::read(place), Provenance::read(place)) {
        if let Results::Run(tables) = &results {
            assert!(!gatefleet::report::summary_text(tables).is_empty());
        }
        if plots == Plots::Drawn {
            // What is drawn of nonsense is nonsense, or refused.
            let _ = results.draw(&provenance);
        }
    }
}

/// Writes a small results folder.
pub(crate) fn small_results(folder: &Path) -> PathBuf {
    let text = "run: {warm_up: 1s, duration: 10s, window: 5s, replications: 2}
regions: {westeurope: {units: 1}}
clients: {all: {near: westeurope, rate: 5/s, agents: 2}}
client: {timeout: 50ms}
outages: [{region: westeurope, at: 2s, for: 4s}]
";
    let checked = accepted(text).expect("it is one");
    let result = run(&checked.study, Some(1), &Alone).expect("it is small");
    for file in written(&checked, &result, Plots::Omitted) {
        fs::write(folder.join(file.path), file.bytes).expect("the folder can be written");
    }
    folder.to_owned()
}
