//! `gatefleet compare`: variants on the same traffic.

use std::collections::BTreeSet;

use crate::cli::args::CompareArguments;
use crate::cli::comparing::{baseline, results_folder, show, write};
use crate::cli::exit_status::{Failure, Status};
use crate::cli::explain::explain;
use crate::cli::simulation::{Input, data, to_open};
use crate::cli::terminal::Terminal;
use crate::cli::variants::{alternatives, full_name};
use crate::cli::watcher::{Watcher, now};
use crate::cli::{contrast, interrupt, load};
use crate::experiment::{Companion, ComparisonError, Effort, Variant, compare};
use crate::report::{ComparisonTables, DataSource, Scene, folder};
use crate::scenario::{self, Override, Source};

/// The variants with where they come from.
struct Prepared {
    variants: Vec<Variant>,
    /// The fingerprint of each.
    sha256: Vec<String>,
    /// The texts of the scenarios.
    texts: Vec<String>,
    data: Vec<DataSource>,
    /// What each variant says, in words.
    scenes: Vec<Scene>,
    /// What is probably not meant, each once.
    warnings: Vec<String>,
}

/// Checks everything first, then simulates all variants together.
pub(super) fn execute(
    arguments: &CompareArguments,
    terminal: &mut Terminal,
) -> Result<Status, Failure> {
    if arguments.scenarios.iter().any(|path| path.is_dir()) {
        return contrast::execute(arguments, terminal);
    }
    let simulation = &arguments.simulation;
    let overrides = simulation.overrides()?;
    let of_strategy = |set: &&Override| set.path.starts_with("routing.strategy");
    if let (Some(_), Some(set)) = (&arguments.strategies, overrides.iter().find(of_strategy)) {
        return Err(Failure::wrong(format!(
            "`--strategies` names the strategies, and `--set {set}` changes them; keep one of them"
        )));
    }
    let prepared = prepare(arguments, &overrides)?;
    check(&prepared.variants)?;
    let studies = prepared.variants.iter().map(|variant| &variant.study);
    simulation.check_budget("this comparison", &Effort::of_all(studies))?;
    if !arguments.shown.quiet {
        for warning in &prepared.warnings {
            terminal.warn(warning);
        }
    }
    let names: Vec<String> = prepared.variants.iter().map(|v| v.name.clone()).collect();
    let baseline = baseline(arguments, &names)?;
    let folder = results_folder(arguments);
    let claim = folder::claim(&folder)?;
    interrupt::listen();
    let total: u64 = prepared
        .variants
        .iter()
        .map(|v| u64::from(v.study.run.replications.least()))
        .sum();
    let watcher = Watcher::new(total, terminal.is_watched && !arguments.shown.quiet);
    let start = now();
    let by = (simulation.threads(), &watcher as &dyn Companion);
    let comparison = compare(&prepared.variants, baseline, by)
        .map_err(|error| tell(&error, &prepared.variants))?;
    let elapsed = start.elapsed();
    watcher.finish();
    let tables = ComparisonTables::new(&prepared.variants, &prepared.sha256, &comparison);
    let results = comparison.variants.iter().map(|variant| &variant.result);
    let events = results.map(|result| result.events).sum();
    let provenance = simulation.provenance(prepared.into_input(), (events, elapsed));
    show(arguments, &tables.summary, terminal);
    let folder = write(arguments, (&tables, &provenance), &claim)?;
    let shown = &arguments.shown;
    terminal.show_path(&to_open(&folder, shown.no_plots), shown);
    if tables.summary.complete {
        return Ok(arguments.shown.status(tables.summary.misses_objectives()));
    }
    terminal.warn("interrupted: the results are incomplete, and say so");
    Ok(Status::Interrupted)
}

/// Reads every scenario in every variant.
fn prepare(arguments: &CompareArguments, overrides: &[Override]) -> Result<Prepared, Failure> {
    let alternatives = alternatives(arguments)?;
    let mut prepared = Prepared {
        variants: Vec::new(),
        sha256: Vec::new(),
        texts: Vec::new(),
        data: Vec::new(),
        scenes: Vec::new(),
        warnings: Vec::new(),
    };
    let mut problems: Vec<String> = Vec::new();
    let scenarios = &arguments.scenarios;
    let is_alone = scenarios.len() == 1;
    let stems: BTreeSet<_> = scenarios.iter().map(|path| load::stem(path)).collect();
    let are_told_apart = stems.len() == scenarios.len();
    for path in scenarios {
        let source = match load::source(path) {
            Ok(source) => source,
            Err(failure) => {
                problems.push(failure.message);
                continue;
            }
        };
        prepared.texts.push(source.text.clone());
        for alternative in &alternatives {
            let scenario = if are_told_apart {
                load::stem(path).to_string_lossy()
            } else {
                path.to_string_lossy()
            };
            let name = full_name(&scenario, alternative, is_alone);
            let overrides = [overrides, &alternative.overrides].concat();
            if let Err(failure) = prepared.add(name, (&source, &overrides)) {
                problems.push(failure.message);
            }
        }
    }
    // What is wrong with the scenario itself is wrong with every variant of it.
    problems.dedup();
    if !problems.is_empty() {
        return Err(Failure::wrong(problems.join("\n")));
    }
    Ok(prepared)
}

impl Prepared {
    /// Adds a variant.
    fn add(
        &mut self,
        name: String,
        (source, overrides): (&Source, &[Override]),
    ) -> Result<(), Failure> {
        let checked = load::check(source, overrides)?;
        let sha256 = scenario::fingerprint(&source.text, overrides, &checked.data);
        self.sha256.push(sha256);
        for file in data(&checked) {
            if !self.data.contains(&file) {
                self.data.push(file);
            }
        }
        for warning in checked.warnings.iter().map(ToString::to_string) {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
        self.scenes.push(Scene::new(&name, &checked));
        let study = checked.study;
        self.variants.push(Variant { name, study });
        Ok(())
    }

    fn into_input(self) -> Input {
        Input {
            text: self.texts.join("\n---\n"),
            sha256: scenario::fingerprint(&self.sha256.join("\n"), &[], &[]),
            data: self.data,
            scenes: self.scenes,
            seed: self.variants[0].study.run.seed,
        }
    }
}

/// Checks that there is something to compare, and that it can be paired.
fn check(variants: &[Variant]) -> Result<(), Failure> {
    if variants.len() < 2 {
        return Err(Failure::wrong(
            "there is only one variant; name another scenario, or add `--strategies` or `--variant`",
        ));
    }
    let first = &variants[0];
    for (index, variant) in variants.iter().enumerate() {
        if variants[..index]
            .iter()
            .any(|other| other.name == variant.name)
        {
            return Err(Failure::wrong(format!(
                "two variants are called `{}`; give variants names, as in `--variant NAME:PATH=VALUE`, \
                 and name a scenario once",
                variant.name
            )));
        }
        let (one, other) = (&first.study.run, &variant.study.run);
        if one.seed != other.seed || one.replications != other.replications {
            return Err(Failure::wrong(format!(
                "`{}` and `{}` differ in seed or replications, so their runs cannot be paired; \
                 leave `run` out of variants, and give scenarios the same by `--seed {} \
                 --replications {}`",
                first.name,
                variant.name,
                one.seed,
                one.replications.least()
            )));
        }
    }
    Ok(())
}

fn tell(error: &ComparisonError, variants: &[Variant]) -> Failure {
    let variant = &variants[error.variant];
    explain(&error.error, &variant.study, &variant.name)
}
