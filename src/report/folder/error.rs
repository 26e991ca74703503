//! Why a results folder could not be written, and what to do about it.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a results folder could not be written.
#[derive(Debug)]
pub enum FolderError {
    /// It is there, and gatefleet did not make it.
    Foreign(PathBuf),
    /// Another process is about to write it.
    Busy(PathBuf),
    /// It has no name of its own, such as `.`, and so cannot be renamed.
    Nameless(PathBuf),
    /// The system refuses.
    Io(PathBuf, io::Error),
    /// The system refuses, also to put the earlier results back.
    Displaced {
        /// The folder that was to be written.
        folder: PathBuf,
        /// Where its earlier results are now.
        kept: PathBuf,
        /// Why it was not written.
        error: io::Error,
    },
}

impl fmt::Display for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign(folder) => write!(
                f,
                "`{}` exists and was not written by gatefleet; name another folder with `--out`, \
                 or move it away",
                folder.display()
            ),
            Self::Busy(folder) => write!(
                f,
                "another process is writing `{}`; wait for it, stop it, or name another folder \
                 with `--out`",
                folder.display()
            ),
            Self::Nameless(folder) => write!(
                f,
                "`{}` cannot be replaced as a whole; name a folder inside it, such as `{}`",
                folder.display(),
                folder.join("results").display()
            ),
            Self::Io(path, error) => write!(f, "cannot write `{}`: {error}", path.display()),
            Self::Displaced {
                folder,
                kept,
                error,
            } => write!(
                f,
                "cannot write `{}`: {error}; its earlier results are in `{}`, move them back",
                folder.display(),
                kept.display()
            ),
        }
    }
}

impl std::error::Error for FolderError {}
