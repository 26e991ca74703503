//! `gatefleet sweep`: a grid over parameters.

use std::path::{Path, PathBuf};

use crate::cli::args::{Format, SweepArguments};
use crate::cli::exit_status::{Failure, Status};
use crate::cli::grid::{Prepared, prepare};
use crate::cli::notes::Notes;
use crate::cli::simulation::{Input, extent, plots, to_open};
use crate::cli::terminal::Terminal;
use crate::cli::watcher::{Watcher, now};
use crate::cli::{interrupt, load};
use crate::experiment::{Companion, PointResult, Sweep, SweepResult, sweep};
use crate::report::{self, Scene, Suite, SweepSummary, folder};

/// Checks every point first, then simulates those that an earlier, interrupted sweep has not.
pub(super) fn execute(
    arguments: &SweepArguments,
    terminal: &mut Terminal,
) -> Result<Status, Failure> {
    let prepared = prepare(arguments)?;
    let points = prepared.points();
    let what = format!("this sweep of {points} points");
    arguments.simulation.check_budget(&what, &prepared.effort)?;
    let folder = results_folder(arguments);
    let claim = folder::claim(&folder)?;
    if !arguments.shown.quiet {
        load::warn(&prepared.checked, terminal);
    }
    let (notes, known) = Notes::open(&folder, &prepared.notes())?;
    let (count, known_events) = (known.iter().flatten().count(), events(&known));
    if count > 0 && !arguments.shown.quiet {
        terminal.warn(&format!(
            "going on: {count} of {points} points are known from `{}`",
            notes.path().display()
        ));
    }
    interrupt::listen();
    let start = now();
    let result = run(&prepared, (&notes, known), (arguments, terminal))?;
    let elapsed = start.elapsed();
    notes.check()?;
    let study = &prepared.checked.study;
    let summary = SweepSummary::new(study, &prepared.grid, (&result, &prepared.sha256));
    let input = Input {
        text: prepared.source.text.clone(),
        sha256: prepared.sha256.clone(),
        data: prepared.data.clone(),
        scenes: vec![Scene::new("", &prepared.checked)],
        seed: study.run.seed,
    };
    let provenance = arguments
        .simulation
        .provenance(input, (events(&result.points) - known_events, elapsed));
    let plots = plots(arguments.shown.no_plots);
    if summary.points.is_empty() {
        notes.remove()?;
        return Err(Failure {
            status: Status::Interrupted,
            message: "interrupted before any point had finished; nothing was written".to_owned(),
        });
    }
    show(arguments, &summary, terminal);
    let files = report::sweep_files(&summary, &provenance, plots)?;
    let folder = claim.write(&files, extent(summary.complete))?;
    let shown = &arguments.shown;
    terminal.show_path(&to_open(&folder, shown.no_plots), shown);
    end(notes, summary.complete, terminal)?;
    Ok(if summary.complete {
        arguments.shown.status(summary.misses_objectives())
    } else {
        Status::Interrupted
    })
}

fn run(
    prepared: &Prepared,
    (notes, known): (&Notes, Vec<Option<PointResult>>),
    (arguments, terminal): (&SweepArguments, &Terminal),
) -> Result<SweepResult, Failure> {
    let open = known.iter().filter(|point| point.is_none()).count() as u64;
    let least = u64::from(prepared.checked.study.run.replications.least());
    let is_watched = terminal.is_watched && !arguments.shown.quiet;
    let watcher = NotingWatcher {
        watcher: Watcher::new(open * least, is_watched),
        notes,
    };
    let study = |point| prepared.study(point);
    let swept = Sweep {
        grid: &prepared.grid,
        study: &study,
    };
    let result = sweep(&swept, known, (arguments.simulation.threads(), &watcher));
    watcher.watcher.finish();
    result.map_err(|error| Failure::failed(error.to_string()))
}

/// Events handled over all points.
fn events(points: &[Option<PointResult>]) -> u64 {
    let events = points.iter().flatten().map(|point| match point {
        PointResult::Measured(measured) => measured.events,
        PointResult::Saturated { .. } => 0,
    });
    events.sum()
}

/// Prints the sweep.
fn show(arguments: &SweepArguments, summary: &SweepSummary, terminal: &mut Terminal) {
    let shown = &arguments.shown;
    let results = match shown.format {
        Format::Text => report::sweep_text(summary),
        Format::Markdown => report::sweep_markdown(summary),
        Format::Json => report::json(summary),
        Format::Junit => report::junit(&Suite::of_sweep(summary)),
    };
    terminal.show(&results, shown);
}

/// Takes the notes away, or says what they are for.
fn end(notes: Notes, is_complete: bool, terminal: &mut Terminal) -> Result<(), Failure> {
    if is_complete {
        return notes.remove();
    }
    terminal.warn(&format!(
        "interrupted: what had finished is also in `{}`; the same command goes on from there",
        notes.path().display()
    ));
    Ok(())
}

fn results_folder(arguments: &SweepArguments) -> PathBuf {
    arguments.out.clone().unwrap_or_else(|| {
        let stem = load::stem(&arguments.scenario).to_string_lossy();
        Path::new("results").join(format!("sweep-{stem}"))
    })
}

/// Shows how far the sweep is, notes what has finished, and stops it if that is impossible.
struct NotingWatcher<'n> {
    watcher: Watcher,
    notes: &'n Notes,
}

impl Companion for NotingWatcher<'_> {
    fn replication_finished(&self) {
        self.watcher.replication_finished();
    }

    fn replications_added(&self, count: u64) {
        self.watcher.replications_added(count);
    }

    fn point_finished(&self, point: usize, result: &PointResult) {
        self.notes.note(point, result);
    }

    fn is_interrupted(&self) -> bool {
        self.watcher.is_interrupted() || self.notes.check().is_err()
    }
}
