//! `gatefleet run`: the main job.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cli::args::{RunArguments, RunFormat as Format};
use crate::cli::exit_status::{Failure, Status};
use crate::cli::explain::explain;
use crate::cli::simulation::{Input, data, extent, plots, to_open};
use crate::cli::terminal::Terminal;
use crate::cli::watcher::{Watcher, now};
use crate::cli::{comparing, interrupt, load};
use crate::experiment::{self, Effort, StudyResult};
use crate::report::folder::{self, Claim};
use crate::report::{self, ComparisonTables, RESULTS, Scene, Suite, Tables};
use crate::scenario::{self, Checked, Override, Source};
use crate::units::text::show_duration;

/// A scenario that is ready to run.
struct Prepared {
    source: Source,
    checked: Checked,
    sha256: String,
    folder: PathBuf,
    /// Keeps other processes out until the results are written.
    claim: Option<Claim>,
}

/// Checks everything first, then runs one scenario after the other.
pub(super) fn execute(
    arguments: &RunArguments,
    terminal: &mut Terminal,
) -> Result<Status, Failure> {
    let overrides = arguments.simulation.overrides()?;
    let mut prepared = prepare(arguments, &overrides)?;
    let baseline = baseline(arguments)?;
    if let Some((name, tables)) = &baseline {
        let new = ("what is run now", RESULTS);
        comparing::warn_of_numbers((name, tables.summary.results), [new], terminal);
    }
    interrupt::listen();
    let mut suites: Vec<Suite> = Vec::new();
    let outcome = run_all(
        (&mut prepared, &mut suites),
        (arguments, baseline.as_ref()),
        terminal,
    );
    // The verdicts of all scenarios are one document, whatever became of the last.
    if arguments.format == Format::Junit {
        terminal.print(&report::junit(&suites));
    }
    outcome
}

/// Runs scenarios until one cannot be run, and adds up their verdicts.
fn run_all(
    (scenarios, suites): (&mut [Prepared], &mut Vec<Suite>),
    (arguments, baseline): (&RunArguments, Option<&(String, Tables)>),
    terminal: &mut Terminal,
) -> Result<Status, Failure> {
    let mut worst = Status::Done;
    for scenario in scenarios {
        if !arguments.quiet {
            load::warn(&scenario.checked, terminal);
        }
        let (status, suite) = match run(scenario, (arguments, baseline), terminal) {
            Ok(done) => done,
            Err(failure) => {
                let title = &scenario.checked.study.title;
                suites.push(Suite::of_failure(title, &failure.message));
                return Err(failure);
            }
        };
        suites.push(suite);
        match status {
            Status::Interrupted => return Ok(Status::Interrupted),
            Status::ObjectiveMissed if !arguments.no_fail => worst = Status::ObjectiveMissed,
            _ => {}
        }
    }
    Ok(worst)
}

/// The earlier results that are held against, if the format has a place for what has changed.
fn baseline(arguments: &RunArguments) -> Result<Option<(String, Tables)>, Failure> {
    let Some(folder) = arguments.baseline.as_deref() else {
        return Ok(None);
    };
    if !matches!(arguments.format, Format::Text | Format::Markdown) {
        return Err(Failure::wrong(
            "`--baseline` prints what has changed, for which only `--format text` and `markdown` \
             have a place; take one of these, or `gatefleet compare` the folders",
        ));
    }
    comparing::read(folder).map(Some)
}

/// Reads and checks all scenarios and their results folders before anything is simulated.
fn prepare(arguments: &RunArguments, overrides: &[Override]) -> Result<Vec<Prepared>, Failure> {
    if arguments.out.is_some() && arguments.scenarios.len() > 1 {
        return Err(Failure::wrong(
            "`--out` takes the results of one scenario; name one, or leave it",
        ));
    }
    if arguments.format == Format::Openmetrics && arguments.scenarios.len() > 1 {
        return Err(Failure::wrong(
            "`--format openmetrics` prints the timeline of one scenario, as a document ends once; \
             run them one by one",
        ));
    }
    let mut prepared: Vec<Prepared> = Vec::new();
    let mut problems: Vec<String> = Vec::new();
    for path in &arguments.scenarios {
        match load::load(path, overrides) {
            Ok((source, checked)) => prepared.push(Prepared {
                sha256: scenario::fingerprint(&source.text, overrides, &checked.data),
                folder: results_folder(arguments, path),
                source,
                checked,
                claim: None,
            }),
            Err(failure) => problems.push(failure.message),
        }
    }
    if !problems.is_empty() {
        return Err(Failure::wrong(problems.join("\n")));
    }
    for index in 0..prepared.len() {
        let (earlier, rest) = prepared.split_at_mut(index);
        let scenario = &mut rest[0];
        let mut earlier = earlier.iter();
        if let Some(other) = earlier.find(|other| other.folder == scenario.folder) {
            return Err(Failure::wrong(format!(
                "`{}` and `{}` would both write `{}`; run them one by one with `--out`",
                other.source.name,
                scenario.source.name,
                scenario.folder.display()
            )));
        }
        let effort = Effort::of(&scenario.checked.study);
        let what = format!("`{}`", scenario.source.name);
        arguments.simulation.check_budget(&what, &effort)?;
        scenario.claim = Some(folder::claim(&scenario.folder)?);
    }
    Ok(prepared)
}

fn results_folder(arguments: &RunArguments, scenario: &Path) -> PathBuf {
    arguments
        .out
        .clone()
        .unwrap_or_else(|| Path::new("results").join(load::stem(scenario)))
}

fn run(
    scenario: &mut Prepared,
    (arguments, baseline): (&RunArguments, Option<&(String, Tables)>),
    terminal: &mut Terminal,
) -> Result<(Status, Suite), Failure> {
    let study = &scenario.checked.study;
    let total = study.run.replications.least().into();
    let watcher = Watcher::new(total, terminal.is_watched && !arguments.quiet);
    let start = now();
    let result = experiment::run(study, arguments.simulation.threads(), &watcher)
        .map_err(|error| explain(&error, study, &scenario.source.name))?;
    let elapsed = start.elapsed();
    watcher.finish();
    let tables = Tables::new(study, &result, &scenario.sha256);
    let input = Input {
        text: scenario.source.text.clone(),
        sha256: scenario.sha256.clone(),
        data: data(&scenario.checked),
        scenes: vec![Scene::new("", &scenario.checked)],
        seed: study.run.seed,
    };
    let simulation = &arguments.simulation;
    let provenance = simulation.provenance(input, (result.events, elapsed));
    if !arguments.quiet || arguments.format != Format::Text {
        // Before they are written: figures that the disk has no room for are seen at least.
        let changes = baseline.map(|baseline| changes(&tables, (&scenario.source.name, baseline)));
        show((&tables, changes.as_ref()), arguments.format, terminal);
    }
    let extent = extent(result.replications == result.planned);
    let claim = scenario.claim.take().expect("it is run once");
    let files = report::files(&tables, &provenance, plots(arguments.no_plots))?;
    let folder = claim.write(&files, extent)?;
    show_path(
        (&to_open(&folder, arguments.no_plots), elapsed),
        arguments,
        terminal,
    );
    if result.replications < result.planned {
        let whole = if folder == scenario.folder {
            ""
        } else {
            "; the earlier, whole ones are where they were"
        };
        terminal.warn(&format!(
            "interrupted: only {} of {} replications are in the results, which say so{whole}",
            result.replications, result.planned
        ));
    }
    Ok((status(&result), Suite::of_run(&tables.summary)))
}

/// Prints the results; their verdicts as JUnit are printed when all scenarios have been run.
fn show(
    (tables, changes): (&Tables, Option<&ComparisonTables>),
    format: Format,
    terminal: &mut Terminal,
) {
    let summary = &tables.summary;
    let changes = changes.map(|changes| &changes.summary);
    match format {
        Format::Text => {
            terminal.print(&report::summary_text(tables));
            terminal.print(&changes.map_or_else(String::new, report::comparison_changes));
        }
        Format::Json => terminal.print(&report::json(summary)),
        Format::Openmetrics => terminal.print(&report::openmetrics(tables)),
        Format::Markdown => {
            terminal.print(&report::run_markdown(summary));
            if let Some(changes) = changes {
                let changes = report::comparison_changes_markdown(changes);
                terminal.print(&format!("\n{changes}"));
            }
            // What follows is a paragraph of its own.
            terminal.say("");
        }
        Format::Junit => {}
    }
}

/// Says how long it took and where the results are: on standard error if they are a document.
fn show_path((path, elapsed): (&str, Duration), arguments: &RunArguments, terminal: &mut Terminal) {
    let told = format!(
        "simulated in {}; results:",
        show_duration(elapsed.as_secs_f64())
    );
    match (arguments.format, arguments.quiet) {
        (Format::Text, true) => terminal.say(path),
        (Format::Text, false) => terminal.say(&format!("\n{told}\n{path}")),
        (_, true) => {}
        (_, false) => terminal.warn(&format!("{told}\n{path}")),
    }
}

/// What changed against earlier results.
fn changes(
    tables: &Tables,
    (name, (baseline, earlier)): (&str, &(String, Tables)),
) -> ComparisonTables {
    let names = [baseline.clone(), name.to_owned()];
    ComparisonTables::of_results(&names, &[earlier, tables], 0)
}

fn status(result: &StudyResult) -> Status {
    if result.replications < result.planned {
        Status::Interrupted
    } else if result.objectives.iter().all(|objective| objective.is_met) {
        Status::Done
    } else {
        Status::ObjectiveMissed
    }
}
