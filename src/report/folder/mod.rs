//! Results folders: the one place that reads and writes files.
//!
//! A folder is claimed before the work and written when all of it is known: under a temporary name
//! beside its own, down to the disk, and then put in its place in one step, so that nothing
//! half-written ever has its name and at no moment there is none. Whatever fails and whenever the
//! process is killed, either the earlier results are there or the new ones; what a killed process
//! left beside them the next one takes away. An existing folder is replaced only when gatefleet made
//! it, which its `run.json` proves, and one that holds all of its replications never by one that was
//! cut off.

mod claim;
mod error;
mod lock;
mod swap;

pub use claim::{Claim, Extent, claim};
pub use error::FolderError;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A file of a results folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// Its path inside the folder, with `/`.
    pub path: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Claims a folder, and writes results of all that was asked for.
///
/// # Errors
/// As [`claim()`], and if the disk is full and the like; earlier results are then untouched.
pub fn write(folder: &Path, files: &[OutputFile]) -> Result<PathBuf, FolderError> {
    claim(folder)?.write(files, Extent::Whole)
}

/// A file of a results folder, as it is.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path)
}

/// Whether there is such a file.
pub(super) fn exists(path: &Path) -> bool {
    path.exists()
}
