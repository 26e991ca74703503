//! `gatefleet compare`: variants on the same traffic.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cli::args::{CompareArguments, Format};
use crate::cli::exit_status::{Failure, Status};
use crate::cli::run::explain;
use crate::cli::terminal::Terminal;
use crate::cli::variants::{Change, changes, full_name};
use crate::cli::watcher::{Watcher, now};
use crate::cli::{interrupt, load};
use crate::experiment::{Comparison, ComparisonError, Variant, compare};
use crate::report::{self, ComparisonSummary, DataSource, Provenance, folder};
use crate::scenario::{self, Override};

/// The variants with where they come from.
struct Prepared {
    variants: Vec<Variant>,
    /// The fingerprint of each.
    sha256: Vec<String>,
    /// The texts of the scenarios, as one YAML stream.
    text: String,
    data: Vec<DataSource>,
}

/// Checks everything first, then simulates all variants together.
pub(super) fn execute(
    arguments: &CompareArguments,
    terminal: &mut Terminal,
) -> Result<Status, Failure> {
    let runs = (arguments.seed, arguments.replications);
    let overrides = load::overrides_of_runs(&arguments.overrides, runs)?;
    let prepared = prepare(arguments, &overrides)?;
    check(&prepared.variants)?;
    let baseline = baseline(arguments, &prepared.variants)?;
    let folder = results_folder(arguments);
    folder::check(&folder).map_err(|error| Failure::failed(error.to_string()))?;
    interrupt::listen();
    let total: u64 = prepared
        .variants
        .iter()
        .map(|v| u64::from(v.study.run.replications))
        .sum();
    let watcher = Watcher::new(total, terminal.is_watched && !arguments.quiet);
    let start = now();
    let threads = arguments.threads.map(usize::from);
    let comparison = compare(&prepared.variants, baseline, (threads, &watcher))
        .map_err(|error| tell(&error, &prepared.variants))?;
    let elapsed = start.elapsed();
    watcher.finish();
    let summary = ComparisonSummary::new(&prepared.variants, &prepared.sha256, &comparison);
    let provenance = provenance(&prepared, arguments, (&comparison, elapsed));
    let files = report::comparison_files(&summary, &provenance);
    folder::write(&folder, &files).map_err(|error| Failure::failed(error.to_string()))?;
    show(arguments, &summary, terminal);
    terminal.say(&folder.display().to_string());
    if summary.complete {
        return Ok(Status::Done);
    }
    terminal.warn("interrupted: the results are incomplete, and say so");
    Ok(Status::Interrupted)
}

fn show(arguments: &CompareArguments, summary: &ComparisonSummary, terminal: &mut Terminal) {
    if arguments.quiet {
        return;
    }
    terminal.print(&match arguments.format {
        Format::Text => report::comparison_text(summary),
        Format::Markdown => report::comparison_markdown(summary),
    });
    terminal.say("");
}

/// Reads every scenario in every variant.
fn prepare(arguments: &CompareArguments, overrides: &[Override]) -> Result<Prepared, Failure> {
    let changes = changes(arguments)?;
    let mut prepared = Prepared {
        variants: Vec::new(),
        sha256: Vec::new(),
        text: String::new(),
        data: Vec::new(),
    };
    let mut problems: Vec<String> = Vec::new();
    let is_alone = arguments.scenarios.len() == 1;
    for path in &arguments.scenarios {
        for (index, change) in changes.iter().enumerate() {
            let name = full_name(path, change, is_alone);
            match add(&mut prepared, (path, name), (overrides, change)) {
                Ok(text) if index == 0 => prepared.add_text(&text),
                Ok(_) => {}
                Err(failure) => problems.push(failure.message),
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

/// Adds a variant of the scenario at `path`, and returns its text.
fn add(
    prepared: &mut Prepared,
    (path, name): (&Path, String),
    (overrides, change): (&[Override], &Change),
) -> Result<String, Failure> {
    let overrides = [overrides, &change.overrides].concat();
    let (source, checked) = load::load(path, &overrides)?;
    let sha256 = scenario::fingerprint(&source.text, &overrides, &checked.data);
    prepared.sha256.push(sha256);
    for file in load::data(&checked) {
        if !prepared.data.contains(&file) {
            prepared.data.push(file);
        }
    }
    let study = checked.study;
    prepared.variants.push(Variant { name, study });
    Ok(source.text)
}

impl Prepared {
    fn add_text(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push_str("\n---\n");
        }
        self.text.push_str(text);
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
                "two variants are called `{}`; give them names, as in `--variant NAME:PATH=VALUE`",
                variant.name
            )));
        }
        let (one, other) = (&first.study.run, &variant.study.run);
        if (one.seed, one.replications) != (other.seed, other.replications) {
            return Err(Failure::wrong(format!(
                "`{}` and `{}` differ in seed or replications, so their runs cannot be paired; \
                 add `--seed {} --replications {}`",
                first.name, variant.name, one.seed, one.replications
            )));
        }
    }
    Ok(())
}

fn baseline(arguments: &CompareArguments, variants: &[Variant]) -> Result<usize, Failure> {
    let Some(name) = &arguments.baseline else {
        return Ok(0);
    };
    let found = variants.iter().position(|variant| variant.name == *name);
    found.ok_or_else(|| {
        let names: Vec<String> = variants.iter().map(|v| format!("`{}`", v.name)).collect();
        Failure::wrong(format!(
            "`--baseline {name}` is no variant; write one of {}",
            names.join(", ")
        ))
    })
}

fn results_folder(arguments: &CompareArguments) -> PathBuf {
    arguments.out.clone().unwrap_or_else(|| {
        let first = &arguments.scenarios[0];
        let stem = first.file_stem().unwrap_or(first.as_os_str());
        Path::new("results").join(format!("compare-{}", stem.to_string_lossy()))
    })
}

fn provenance(
    prepared: &Prepared,
    arguments: &CompareArguments,
    (comparison, elapsed): (&Comparison, Duration),
) -> Provenance {
    let events = comparison
        .variants
        .iter()
        .map(|variant| variant.result.events)
        .sum();
    Provenance {
        gatefleet: env!("CARGO_PKG_VERSION").to_owned(),
        command: std::env::args().collect(),
        scenario: prepared.text.clone(),
        sha256: scenario::fingerprint(&prepared.sha256.join("\n"), &[], &[]),
        data: prepared.data.clone(),
        seed: prepared.variants[0].study.run.seed,
        threads: load::threads(arguments.threads),
        wall_time_s: elapsed.as_secs_f64(),
        events,
        events_per_s: (events as f64 / elapsed.as_secs_f64()).round(),
    }
}

fn tell(error: &ComparisonError, variants: &[Variant]) -> Failure {
    let variant = &variants[error.variant.unwrap_or(0)];
    explain(&error.error, &variant.study, &variant.name)
}
