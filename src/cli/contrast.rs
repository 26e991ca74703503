//! `gatefleet compare` of finished results: nothing is simulated.

use std::collections::BTreeSet;

use crate::cli::args::CompareArguments;
use crate::cli::comparing::{baseline, read, results_folder, show, warn_of_numbers, write};
use crate::cli::exit_status::{Failure, Status};
use crate::cli::simulation::to_open;
use crate::cli::terminal::Terminal;
use crate::report::{ComparisonTables, Provenance, Scene, Tables, folder};
use crate::scenario;

/// Reads everything first, then holds the results against each other.
pub(super) fn execute(
    arguments: &CompareArguments,
    terminal: &mut Terminal,
) -> Result<Status, Failure> {
    check(arguments)?;
    let mut results: Vec<(String, Tables)> = Vec::new();
    let mut seen = BTreeSet::new();
    for path in &arguments.scenarios {
        let (name, tables) = read(path)?;
        let own = path.canonicalize().ok();
        if !seen.insert(own) {
            return Err(Failure::wrong(format!(
                "`{name}` is there twice; name it once"
            )));
        }
        results.push((name, tables));
    }
    let (names, tables): (Vec<String>, Vec<Tables>) = results.into_iter().unzip();
    let baseline = baseline(arguments, &names)?;
    let numbers = |index: usize| (names[index].as_str(), tables[index].summary.results);
    warn_of_numbers(numbers(baseline), (0..names.len()).map(numbers), terminal);
    let folder = results_folder(arguments);
    let claim = folder::claim(&folder)?;
    let all: Vec<&Tables> = tables.iter().collect();
    let compared = ComparisonTables::of_results(&names, &all, baseline);
    let provenance = provenance(arguments, (&all, baseline))?;
    show(arguments, &compared.summary, terminal);
    let folder = write(arguments, (&compared, &provenance), &claim)?;
    let shown = &arguments.shown;
    terminal.show_path(&to_open(&folder, shown.no_plots), shown);
    let misses_objectives = compared.summary.misses_objectives();
    Ok(arguments.shown.status(misses_objectives))
}

/// Checks that nothing is asked for that only a simulation could give.
fn check(arguments: &CompareArguments) -> Result<(), Failure> {
    if let Some(file) = arguments.scenarios.iter().find(|path| !path.is_dir()) {
        return Err(Failure::wrong(format!(
            "`{}` is no results folder; compare either scenario files or results folders",
            file.display()
        )));
    }
    if arguments.scenarios.len() < 2 {
        return Err(Failure::wrong(
            "there is only one results folder; name another to hold it against",
        ));
    }
    let simulation = &arguments.simulation;
    let asks = arguments.strategies.is_some()
        || !arguments.variants.is_empty()
        || !simulation.overrides.is_empty()
        || simulation.seed.is_some()
        || simulation.replications.is_some();
    if asks {
        return Err(Failure::wrong(
            "results folders are compared as they are; to change something, name their scenarios",
        ));
    }
    Ok(())
}

/// Where the comparison comes from: what its results came from, as far as they say.
fn provenance(
    arguments: &CompareArguments,
    (results, baseline): (&[&Tables], usize),
) -> Result<Provenance, Failure> {
    let mut texts = Vec::new();
    let mut data = Vec::new();
    let mut scenes = Vec::new();
    for folder in &arguments.scenarios {
        let run = Provenance::read(folder).map_err(|error| Failure::wrong(error.to_string()))?;
        texts.push(run.scenario);
        data.extend(run.data);
        let name = folder.display().to_string();
        let scene = run.scenes.into_iter().next();
        scenes.extend(scene.map(|scene| Scene { name, ..scene }));
    }
    data.dedup();
    let fingerprints = results
        .iter()
        .map(|tables| tables.summary.scenario.sha256.as_str());
    let fingerprints: Vec<&str> = fingerprints.collect();
    Ok(Provenance {
        gatefleet: env!("CARGO_PKG_VERSION").to_owned(),
        command: std::env::args().collect(),
        scenario: texts.join("\n---\n"),
        sha256: scenario::fingerprint(&fingerprints.join("\n"), &[], &[]),
        data,
        scenes,
        seed: results[baseline].summary.seed,
        threads: 1,
        wall_time_s: 0.0,
        events: 0,
        events_per_s: 0.0,
    })
}
