//! Which points a sweep has, from the words of the command line and the scenario's own.

use rayon::prelude::*;

use crate::cli::args::SweepArguments;
use crate::cli::exit_status::Failure;
use crate::cli::load;
use crate::cli::simulation::data;
use crate::experiment::{Axis, Effort, Grid, Study};
use crate::report::{DataSource, RESULTS, SweepNotes};
use crate::scenario::{self, Alternative, Checked, Override, POINTS_MAX, Source, SweepBlock};

/// How many problems are told; who has more has one that causes the others.
const PROBLEMS_MAX: usize = 10;

/// How many values of an axis are tried alone: long ranges are uniform.
const TRIED_MAX: usize = 100;

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
    /// How much work all points are.
    pub(super) effort: Effort,
}

/// Reads the scenario, and checks it at every point.
pub(super) fn prepare(arguments: &SweepArguments) -> Result<Prepared, Failure> {
    let overrides = arguments.simulation.overrides()?;
    let (source, checked) = load::load(&arguments.scenario, &overrides)?;
    let swept = swept(arguments, (&source, &checked), &overrides)?;
    Prepared::new((source, checked), overrides, swept)
}

/// Checks a scenario at every point of its own block; how many there are, if there is one.
pub(super) fn check_block(
    (source, checked): (&Source, &Checked),
    overrides: &[Override],
) -> Result<Option<(usize, Effort)>, Failure> {
    let Some(block) = &checked.sweep else {
        return Ok(None);
    };
    scenario::rehearse(source, overrides).map_err(|all| Failure::wrong(all.to_string()))?;
    let parts = (source.clone(), checked.clone());
    let prepared = Prepared::new(parts, overrides.to_vec(), block.clone())?;
    Ok(Some((prepared.points(), prepared.effort)))
}

/// What varies: by the options, or else by the block of the scenario, which must fit then.
fn swept(
    arguments: &SweepArguments,
    (source, checked): (&Source, &Checked),
    overrides: &[Override],
) -> Result<SweepBlock, Failure> {
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
    let Some(block) = &checked.sweep else {
        return Ok(swept);
    };
    if swept.vary.is_empty() {
        scenario::rehearse(source, overrides).map_err(|all| Failure::wrong(all.to_string()))?;
        swept.vary.clone_from(&block.vary);
    }
    // Who varies the strategy by an axis does not want those of the block.
    if swept.strategies.is_empty() && !swept.vary.iter().any(is_of_strategy) {
        swept.strategies.clone_from(&block.strategies);
    }
    Ok(swept)
}

/// Whether an axis changes the strategy, or a part of it.
fn is_of_strategy(axis: &Axis) -> bool {
    overlap(&axis.path, "routing.strategy")
}

/// Whether one path leads to what the other leads to, or to a part of it.
fn overlap(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    long.strip_prefix(short)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn check_grid(grid: &Grid) -> Result<(), Failure> {
    let Grid { axes, strategies } = grid;
    if axes.is_empty() && strategies.len() < 2 {
        return Err(Failure::wrong(
            "nothing varies; add `--vary PATH=VALUES`, such as `--vary routing.ttl=10s,60s`, or a \
             `sweep` block to the scenario",
        ));
    }
    for (index, axis) in axes.iter().enumerate() {
        let mut earlier = axes[..index].iter();
        if let Some(other) = earlier.find(|other| overlap(&other.path, &axis.path)) {
            return Err(Failure::wrong(format!(
                "`{}` and `{}` vary the same; keep one of them",
                other.path, axis.path
            )));
        }
    }
    let names = strategies.iter().map(String::as_str);
    if let Some(name) = repeated(names) {
        return Err(Failure::wrong(format!(
            "the strategy `{name}` is there twice; keep one of them"
        )));
    }
    if let Some(axis) = axes
        .iter()
        .find(|axis| strategies.len() > 1 && is_of_strategy(axis))
    {
        return Err(Failure::wrong(format!(
            "`{}` varies the strategy, and strategies are named besides; keep one of them",
            axis.path
        )));
    }
    match grid.count() {
        Some(count) if count <= POINTS_MAX => Ok(()),
        _ => Err(Failure::wrong(format!(
            "the grid has more than {POINTS_MAX} points; vary less at once, or use larger steps"
        ))),
    }
}

/// Checks that no axis makes a region or a population that the scenario does not have: what is
/// misspelt would run as something else.
fn check_names(axes: &[Axis], study: &Study) -> Result<(), Failure> {
    let regions = study
        .fleet
        .regions
        .iter()
        .map(|region| region.name.as_str());
    let populations = study.fleet.populations.iter();
    let populations = populations.map(|population| population.name.as_str());
    let known = [
        ("regions", regions.collect::<Vec<&str>>()),
        ("clients", populations.collect()),
    ];
    for axis in axes {
        for (section, names) in &known {
            let rest = axis.path.strip_prefix(section);
            let Some(rest) = rest.and_then(|rest| rest.strip_prefix('.')) else {
                continue;
            };
            let is_name = |name: &&&str| overlap(name, rest);
            if names.iter().find(is_name).is_none() {
                return Err(Failure::wrong(format!(
                    "`{}`: the scenario has no such entry under `{section}`, and a sweep makes \
                     none; write one of `{}`",
                    axis.path,
                    names.join("`, `")
                )));
            }
        }
    }
    Ok(())
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
        let names = if strategies.is_empty() && vary.iter().any(is_of_strategy) {
            // Which it is says the axis.
            vec![String::new()]
        } else if strategies.is_empty() {
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
        check_names(&grid.axes, &checked.study)?;
        let mut prepared = Prepared {
            source,
            data: data(&checked),
            checked,
            grid,
            strategies,
            overrides,
            sha256: String::new(),
            effort: Effort::default(),
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
            results: RESULTS,
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
        let values = self.grid.axes.iter().zip(places);
        let values = values.map(|(axis, &at)| Override::vary(axis, at));
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
        self.check_values()?;
        // Values that are right alone may be wrong together.
        let checked: Vec<Result<(Vec<DataSource>, Effort), String>> = (0..self.points())
            .into_par_iter()
            .map(
                |point| match load::check(&self.source, &self.changes(point)) {
                    Ok(checked) => Ok((data(&checked), Effort::of(&checked.study))),
                    Err(failure) => Err(failure.message),
                },
            )
            .collect();
        let mut problems: Vec<String> = Vec::new();
        let mut efforts = Vec::new();
        for outcome in checked {
            match outcome {
                Ok((files, effort)) => {
                    efforts.push(effort);
                    for file in files {
                        if !self.data.contains(&file) {
                            self.data.push(file);
                        }
                    }
                }
                Err(problem) if problems.len() == PROBLEMS_MAX || problems.contains(&problem) => {}
                Err(problem) => problems.push(problem),
            }
        }
        self.effort = Effort::of_points(&efforts);
        refuse(&problems)
    }

    /// Checks the values of each axis and each strategy alone: of an axis the first that is wrong is
    /// told, and how many more there are.
    fn check_values(&self) -> Result<(), Failure> {
        let mut problems = Vec::new();
        for axis in &self.grid.axes {
            let places = 0..axis.values.len().min(TRIED_MAX);
            let wrong = places.filter_map(|place| self.problem(&[Override::vary(axis, place)]));
            let wrong: Vec<String> = wrong.collect();
            if let Some((first, more)) = wrong.split_first() {
                problems.push(match more.len() {
                    0 => first.clone(),
                    more => format!("{first}\n({more} more of its values are wrong too)"),
                });
            }
        }
        problems.extend(
            self.strategies
                .iter()
                .filter_map(|s| self.problem(&s.overrides)),
        );
        refuse(&problems)
    }

    /// What is wrong with the scenario if so much of it is changed.
    fn problem(&self, changes: &[Override]) -> Option<String> {
        let overrides = [&self.overrides, changes].concat();
        let checked = load::check(&self.source, &overrides);
        checked.err().map(|failure| failure.message)
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

fn refuse(problems: &[String]) -> Result<(), Failure> {
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Failure::wrong(problems.join("\n\n")))
    }
}
