//! Which points a sweep has, from the words of the command line and the scenario's own.

use crate::cli::args::SweepArguments;
use crate::cli::exit_status::Failure;
use crate::cli::load;
use crate::cli::simulation::data;
use crate::experiment::{Axis, Grid, Study};
use crate::report::{DataSource, SweepNotes};
use crate::scenario::{self, Alternative, Checked, Override, POINTS_MAX, Source, SweepBlock};

/// How many problems are told; who has more has one that causes the others.
const PROBLEMS_MAX: usize = 10;

/// A sweep of which every point can be run.
pub(super) struct Prepared {
    pub(super) source: Source,
    /// The scenario as written.
    pub(super) checked: Checked,
    pub(super) grid: Grid,
    strategies: Vec<Alternative>,
    overrides: Vec<Override>,
    /// The files that points name.
    pub(super) data: Vec<DataSource>,
    /// The fingerprint of scenario and grid.
    pub(super) sha256: String,
}

/// Reads the scenario, and checks it at every point.
pub(super) fn prepare(arguments: &SweepArguments) -> Result<Prepared, Failure> {
    let overrides = arguments.simulation.overrides()?;
    let (source, checked) = load::load(&arguments.scenario, &overrides)?;
    let swept = swept(arguments, &checked)?;
    Prepared::new((source, checked), overrides, swept)
}

/// Checks a scenario at every point of its own block; how many there are, if there is one.
pub(super) fn check_block(
    (source, checked): (&Source, &Checked),
    overrides: &[Override],
) -> Result<Option<usize>, Failure> {
    let Some(block) = &checked.sweep else {
        return Ok(None);
    };
    let parts = (source.clone(), checked.clone());
    let prepared = Prepared::new(parts, overrides.to_vec(), block.clone())?;
    Ok(Some(prepared.points()))
}

/// What varies: by the options, or else by the block of the scenario.
fn swept(arguments: &SweepArguments, checked: &Checked) -> Result<SweepBlock, Failure> {
    let axes: Result<Vec<Axis>, String> = arguments
        .vary
        .iter()
        .map(|text| scenario::vary(text))
        .collect();
    let mut swept = SweepBlock {
        vary: axes.map_err(Failure::wrong)?,
        strategies: match &arguments.strategies {
            Some(text) => Alternative::strategies(text).map_err(Failure::wrong)?,
            None => Vec::new(),
        },
    };
    if let Some(block) = &checked.sweep {
        if swept.vary.is_empty() {
            swept.vary.clone_from(&block.vary);
        }
        if swept.strategies.is_empty() {
            swept.strategies.clone_from(&block.strategies);
        }
    }
    Ok(swept)
}

fn check_grid(grid: &Grid) -> Result<(), Failure> {
    let Grid { axes, strategies } = grid;
    if axes.is_empty() && strategies.len() < 2 {
        return Err(Failure::wrong(
            "nothing varies; add `--vary PATH=VALUES`, such as `--vary routing.ttl=10s,60s`, or a \
             `sweep` block to the scenario",
        ));
    }
    let paths = axes.iter().map(|axis| axis.path.as_str());
    let twice = repeated(paths).map(|path| format!("`{path}` varies twice; keep one of them"));
    let names = strategies.iter().map(String::as_str);
    let names = repeated(names)
        .map(|name| format!("the strategy `{name}` is there twice; keep one of them"));
    if let Some(problem) = twice.or(names) {
        return Err(Failure::wrong(problem));
    }
    match grid.count() {
        Some(count) if count <= POINTS_MAX => Ok(()),
        _ => Err(Failure::wrong(format!(
            "the grid has more than {POINTS_MAX} points; vary less at once, or use larger steps"
        ))),
    }
}

fn repeated<'a>(names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = std::collections::BTreeSet::new();
    names.into_iter().find(|name| !seen.insert(*name))
}

impl Prepared {
    fn new(
        (source, checked): (Source, Checked),
        overrides: Vec<Override>,
        SweepBlock { vary, strategies }: SweepBlock,
    ) -> Result<Self, Failure> {
        let names = if strategies.is_empty() {
            vec![checked.study.fleet.routing.strategy.name().to_owned()]
        } else {
            strategies
                .iter()
                .map(|strategy| strategy.name.clone())
                .collect()
        };
        let grid = Grid {
            axes: vary,
            strategies: names,
        };
        check_grid(&grid)?;
        let mut prepared = Prepared {
            source,
            data: data(&checked),
            checked,
            grid,
            strategies,
            overrides,
            sha256: String::new(),
        };
        prepared.check_points()?;
        prepared.sha256 = prepared.fingerprint();
        Ok(prepared)
    }

    /// How many points there are.
    pub(super) fn points(&self) -> usize {
        self.grid.count().expect("it was counted before")
    }

    /// What the notes of this sweep begin with.
    pub(super) fn notes(&self) -> SweepNotes {
        SweepNotes {
            gatefleet: env!("CARGO_PKG_VERSION").to_owned(),
            sha256: self.sha256.clone(),
            points: self.points(),
        }
    }

    /// The study of a point.
    pub(super) fn study(&self, point: usize) -> Study {
        let checked = scenario::read(&self.source, &self.changes(point));
        checked.expect("every point was checked").study
    }

    /// What a point changes of the scenario.
    fn changes(&self, point: usize) -> Vec<Override> {
        let place = self.grid.place(point);
        let (strategy, places) = place.split_last().expect("a place has a strategy");
        let values = self
            .grid
            .axes
            .iter()
            .zip(places)
            .map(|(axis, &at)| Override {
                path: axis.path.clone(),
                value: axis.values[at].clone(),
                option: "--vary",
            });
        let strategy = self.strategies.get(*strategy);
        let strategy = strategy.map_or(&[][..], |strategy| &strategy.overrides);
        let changes = self
            .overrides
            .iter()
            .cloned()
            .chain(strategy.iter().cloned());
        changes.chain(values).collect()
    }

    /// Checks that every point can be run, and gathers the files that they name.
    fn check_points(&mut self) -> Result<(), Failure> {
        let mut problems: Vec<String> = Vec::new();
        for point in 0..self.points() {
            match load::check(&self.source, &self.changes(point)) {
                Ok(checked) => {
                    for file in data(&checked) {
                        if !self.data.contains(&file) {
                            self.data.push(file);
                        }
                    }
                }
                // A value that is wrong is wrong at many points.
                Err(failure) if problems.contains(&failure.message) => {}
                Err(failure) => problems.push(failure.message),
            }
            if problems.len() == PROBLEMS_MAX {
                break;
            }
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Failure::wrong(problems.join("\n\n")))
        }
    }

    fn fingerprint(&self) -> String {
        let axes = self.grid.axes.iter();
        let axes = axes.map(|axis| format!("{}={}", axis.path, axis.values.join("\n")));
        let parts: Vec<String> = [self.source.text.clone()]
            .into_iter()
            .chain(axes)
            .chain(self.strategies.iter().map(|strategy| strategy.name.clone()))
            .collect();
        let files = self
            .data
            .iter()
            .map(|DataSource { name, sha256 }| scenario::DataFile {
                name: name.clone(),
                sha256: sha256.clone(),
            });
        let files: Vec<scenario::DataFile> = files.collect();
        scenario::fingerprint(&parts.join("\n--vary "), &self.overrides, &files)
    }
}
