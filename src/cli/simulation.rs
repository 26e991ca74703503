//! What every command that simulates does: takes its options, and says where results come from.

use std::path::Path;
use std::time::Duration;

use crate::cli::args::SimulationArguments;
use crate::cli::exit_status::Failure;
use crate::cli::{budget, load};
use crate::experiment::Effort;
use crate::report::folder::Extent;
use crate::report::{DataSource, Plots, Provenance, REPORT, Scene};
use crate::scenario::{Checked, DataFile, Override};

/// What results are a function of.
pub(super) struct Input {
    /// The text of the scenario, or of several as one YAML stream.
    pub(super) text: String,
    /// The fingerprint of what is simulated.
    pub(super) sha256: String,
    /// The files that it names.
    pub(super) data: Vec<DataSource>,
    /// What it says, in words.
    pub(super) scenes: Vec<Scene>,
    /// The seed of all streams.
    pub(super) seed: u64,
}

impl SimulationArguments {
    /// The changes that the command line asks for; options are shorthands of `--set`.
    pub(super) fn overrides(&self) -> Result<Vec<Override>, Failure> {
        let mut texts = self.overrides.clone();
        texts.extend(self.seed.map(|seed| format!("run.seed={seed}")));
        let replications = self.replications;
        texts.extend(replications.map(|count| format!("run.replications={count}")));
        load::overrides(&texts)
    }

    /// How many threads simulate; one a core if there is no number.
    pub(super) fn threads(&self) -> Option<usize> {
        self.threads.map(usize::from)
    }

    /// Refuses what is too much work, unless it is insisted on.
    pub(super) fn check_budget(&self, what: &str, effort: &Effort) -> Result<(), Failure> {
        budget::check(effort, (what, self.threads()), self.force)
    }

    /// Where results come from, and how long so many events took.
    pub(super) fn provenance(
        &self,
        input: Input,
        (events, elapsed): (u64, Duration),
    ) -> Provenance {
        Provenance {
            gatefleet: env!("CARGO_PKG_VERSION").to_owned(),
            command: std::env::args().collect(),
            scenario: input.text,
            sha256: input.sha256,
            data: input.data,
            scenes: input.scenes,
            seed: input.seed,
            threads: budget::threads(self.threads()),
            wall_time_s: elapsed.as_secs_f64(),
            events,
            events_per_s: (events as f64 / elapsed.as_secs_f64()).round(),
        }
    }
}

/// Whether plots are drawn.
pub(super) fn plots(no_plots: bool) -> Plots {
    if no_plots {
        Plots::Omitted
    } else {
        Plots::Drawn
    }
}

/// What results are of, by whether all has finished.
pub(super) fn extent(is_complete: bool) -> Extent {
    if is_complete {
        Extent::Whole
    } else {
        Extent::Partial
    }
}

/// What to open of a results folder: the report, or the folder if there is none.
pub(super) fn to_open(folder: &Path, no_plots: bool) -> String {
    let path = match plots(no_plots) {
        Plots::Drawn => folder.join(REPORT),
        Plots::Omitted => folder.to_owned(),
    };
    path.display().to_string()
}

/// The files that a scenario names, for the provenance of its results.
pub(super) fn data(checked: &Checked) -> Vec<DataSource> {
    let source = |file: &DataFile| DataSource {
        name: file.name.clone(),
        sha256: file.sha256.clone(),
    };
    checked.data.iter().map(source).collect()
}
