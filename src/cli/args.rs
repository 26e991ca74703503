//! The words of the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::cli::exit_status::Status;

/// Simulates a multi-region gateway fleet: what an outage does to availability and latency.
#[derive(Debug, Parser)]
#[command(name = "gatefleet", version, propagate_version = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write a commented scenario to start from
    Init(InitArguments),
    /// Validate scenarios, and print what arithmetic tells without simulating
    Check(CheckArguments),
    /// Simulate scenarios: print the summary, write tables and plots
    Run(RunArguments),
    /// Simulate variants on the same traffic: paired differences and a verdict
    Compare(CompareArguments),
    /// Simulate a grid over parameters: a table, curves, and where objectives begin to be met
    Sweep(SweepArguments),
    /// Redraw the plots of a results folder without simulating
    Plot(PlotArguments),
    /// List what a scenario can name
    List(ListArguments),
    /// Print the JSON Schema (draft-07) of the scenario file, or all of its keys as a page
    Schema {
        /// As what
        #[arg(long, value_enum, default_value = "json")]
        format: SchemaFormat,
    },
    /// Print a completion script for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page (roff)
    Man,
}

#[derive(Args, Debug)]
pub(super) struct InitArguments {
    /// Which scenario; `gatefleet list templates` shows them
    #[arg(default_value = "starter")]
    pub(super) template: String,
    /// Where to write it [default: TEMPLATE.yaml]; `-` is standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct CheckArguments {
    /// Scenario files (YAML or JSON)
    #[arg(required = true, value_name = "SCENARIO")]
    pub(super) scenarios: Vec<PathBuf>,
    /// Change the scenario: a path as in the file, such as `routing.ttl=30s`; repeatable
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub(super) overrides: Vec<String>,
}

/// What every command that simulates can be told.
#[derive(Args, Debug)]
pub(super) struct SimulationArguments {
    /// Change the scenario: a path as in the file, such as `routing.ttl=30s`; repeatable
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub(super) overrides: Vec<String>,
    /// Seed of all random streams [default: `run.seed` of the scenario]
    #[arg(long, value_name = "NUMBER")]
    pub(super) seed: Option<u64>,
    /// Independent runs [default: `run.replications` of the scenario]
    #[arg(long, value_name = "NUMBER")]
    pub(super) replications: Option<u32>,
    /// Threads; results do not depend on it [default: one a core]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) threads: Option<u16>,
    /// Simulate however long it takes: more than 500 billion events or 8 GiB are refused otherwise
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Args, Debug)]
pub(super) struct RunArguments {
    /// Scenario files (YAML or JSON)
    #[arg(required = true, value_name = "SCENARIO")]
    pub(super) scenarios: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) simulation: SimulationArguments,
    /// Results folder, for a single scenario [default: results/SCENARIO]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// An earlier results folder: print what has changed against it
    #[arg(long, value_name = "RESULTS")]
    pub(super) baseline: Option<PathBuf>,
    /// How results are printed
    #[arg(long, value_enum, default_value_t = RunFormat::Text)]
    pub(super) format: RunFormat,
    /// Draw no plots, and write no report
    #[arg(long)]
    pub(super) no_plots: bool,
    /// End with status 0 even if an objective was missed
    #[arg(long)]
    pub(super) no_fail: bool,
    /// Print nothing but errors and the path of the results; with another `--format` than text,
    /// nothing but errors and the document
    #[arg(short, long)]
    pub(super) quiet: bool,
}

/// How what several studies found is shown.
#[derive(Args, Debug)]
pub(super) struct ShownArguments {
    /// How results are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// Draw no plots, and write no report
    #[arg(long)]
    pub(super) no_plots: bool,
    /// End with status 99 if any of them misses an objective
    #[arg(long)]
    pub(super) fail: bool,
    /// Print nothing but errors and the path of the results; with another `--format` than text,
    /// nothing but errors and the document
    #[arg(short, long)]
    pub(super) quiet: bool,
}

impl ShownArguments {
    /// How a command ends that has done its work.
    pub(super) fn status(&self, misses_objectives: bool) -> Status {
        if self.fail && misses_objectives {
            Status::ObjectiveMissed
        } else {
            Status::Done
        }
    }
}

#[derive(Args, Debug)]
pub(super) struct CompareArguments {
    /// Scenario files (YAML or JSON); or results folders of `run`, which are compared as they are,
    /// unpaired
    #[arg(required = true, value_name = "SCENARIO")]
    pub(super) scenarios: Vec<PathBuf>,
    /// Routing strategies as variants, separated by commas: words or as in the file, such as
    /// `latency,even_spread,{priority: [westeurope, eastus]}`
    #[arg(long, value_name = "STRATEGIES")]
    pub(super) strategies: Option<String>,
    /// A variant of the scenario beside it as written: `PATH=VALUE`, or several with a name as
    /// `NAME:PATH=VALUE;PATH=VALUE`; repeatable
    #[arg(long = "variant", value_name = "VARIANT")]
    pub(super) variants: Vec<String>,
    /// The variant that the others are compared with [default: the first]
    #[arg(long, value_name = "NAME")]
    pub(super) baseline: Option<String>,
    #[command(flatten)]
    pub(super) simulation: SimulationArguments,
    /// Results folder [default: results/compare-SCENARIO]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    #[command(flatten)]
    pub(super) shown: ShownArguments,
}

#[derive(Args, Debug)]
pub(super) struct SweepArguments {
    /// Scenario file (YAML or JSON)
    #[arg(value_name = "SCENARIO")]
    pub(super) scenario: PathBuf,
    /// What varies: values of a path, such as `routing.ttl=10s,60s`, `regions.eastus.units=1..6`,
    /// `routing.ttl=10s..60s:10s` or `routing.ttl=1s..1000s:log4`; repeatable, every combination
    /// is a point [default: `sweep.vary` of the scenario]
    #[arg(long, value_name = "PATH=VALUES")]
    pub(super) vary: Vec<String>,
    /// Routing strategies that every combination is run with, separated by commas [default:
    /// `sweep.strategies` of the scenario, or its own]
    #[arg(long, value_name = "STRATEGIES")]
    pub(super) strategies: Option<String>,
    #[command(flatten)]
    pub(super) simulation: SimulationArguments,
    /// Results folder [default: results/sweep-SCENARIO]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    #[command(flatten)]
    pub(super) shown: ShownArguments,
}

/// How results of `run` are printed: as those of several studies are, or their timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum RunFormat {
    /// For the terminal
    Text,
    /// What `summary.json` holds
    Json,
    /// For a pull request: the verdicts as GitHub-flavored Markdown
    Markdown,
    /// For build servers: JUnit XML, a test case an objective
    Junit,
    /// For monitoring systems: the timeline in the text format of OpenMetrics
    Openmetrics,
}

/// How results are printed. All but the text are documents, in which nothing else may stand: what
/// else there is to say goes to standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For the terminal
    Text,
    /// What `summary.json` holds
    Json,
    /// For a pull request: the verdicts as GitHub-flavored Markdown
    Markdown,
    /// For build servers: JUnit XML, a test case an objective
    Junit,
}

#[derive(Args, Debug)]
pub(super) struct PlotArguments {
    /// A folder that `run`, `compare` or `sweep` has written
    #[arg(value_name = "RESULTS")]
    pub(super) results: PathBuf,
}

#[derive(Args, Debug)]
pub(super) struct ListArguments {
    /// What to list
    #[arg(value_enum)]
    pub(super) topic: Option<Topic>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Topic {
    /// Regions with a place and measured latencies
    Regions,
    /// Scenarios that `init` writes
    Templates,
    /// Routing strategies
    Strategies,
    /// Distributions of times
    Distributions,
    /// Kinds of outage
    Outages,
    /// What can be done to a region
    Operations,
}

/// How the keys of a scenario are told.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum SchemaFormat {
    /// A JSON Schema, for editors
    Json,
    /// A page of Markdown, for readers: docs/scenario.md
    Markdown,
}
