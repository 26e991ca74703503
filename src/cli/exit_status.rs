//! How a command can end.

use std::process::ExitCode;

use crate::report::PlotError;
use crate::report::folder::FolderError;

/// The exit status of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// Done.
    Done,
    /// It could not be done: input, output and the like.
    Failed,
    /// The command line or the scenario is wrong.
    Wrong,
    /// An objective was missed.
    ObjectiveMissed,
    /// Interrupted; what had finished is kept.
    Interrupted,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Done => 0,
            Status::Failed => 1,
            Status::Wrong => 2,
            Status::ObjectiveMissed => 99,
            Status::Interrupted => 130,
        })
    }
}

/// Why a command could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// How to end.
    pub(super) status: Status,
    /// What to tell the user; several lines are possible.
    pub(super) message: String,
}

impl Failure {
    /// The command line or the scenario is wrong.
    pub(super) fn wrong(message: impl Into<String>) -> Self {
        Self {
            status: Status::Wrong,
            message: message.into(),
        }
    }

    /// It could not be done.
    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self {
            status: Status::Failed,
            message: message.into(),
        }
    }
}

impl From<FolderError> for Failure {
    fn from(error: FolderError) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<PlotError> for Failure {
    fn from(error: PlotError) -> Self {
        Self::failed(error.to_string())
    }
}
