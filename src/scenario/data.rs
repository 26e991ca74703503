//! The files that a scenario names: where they are, and which have been read.

use std::cell::RefCell;
use std::path::Path;

use crate::random::RateProfile;
use crate::scenario::fingerprint::DataFile;
use crate::scenario::rate_file::{self, RateFile};
use crate::units::SimDuration;
use crate::units::text::TextError;

/// The folder that paths are relative to, and what was read from there.
pub(super) struct Data<'a> {
    folder: &'a Path,
    read: RefCell<Vec<DataFile>>,
}

impl<'a> Data<'a> {
    /// Nothing has been read yet.
    pub(super) fn new(folder: &'a Path) -> Self {
        Self {
            folder,
            read: RefCell::default(),
        }
    }

    /// Reads a file of rates for a measured period of this length.
    pub(super) fn rates(&self, name: &str, period: SimDuration) -> Result<RateProfile, TextError> {
        let RateFile { profile, sha256 } = rate_file::read(&self.folder.join(name), name, period)?;
        let name = name.to_owned();
        self.read.borrow_mut().push(DataFile { name, sha256 });
        Ok(profile)
    }

    /// The files that were read, each once.
    pub(super) fn into_files(self) -> Vec<DataFile> {
        let mut files = self.read.into_inner();
        files.sort();
        files.dedup();
        files
    }
}
