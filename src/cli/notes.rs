//! The file beside a results folder in which a sweep that is under way notes what it has finished.
//!
//! It is there from the first point to the end of the sweep, and stays when that is cut off. Its
//! name holds the fingerprint of what is swept: a sweep of something else has a file of its own,
//! and takes nothing from this one.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::cli::exit_status::Failure;
use crate::experiment::PointResult;
use crate::report::{NoteError, SweepNotes};

/// How many digits of the fingerprint are in the name.
const DIGITS: usize = 12;

/// Notes that are being taken.
pub(super) struct Notes {
    path: PathBuf,
    /// The file, and the first failure to write to it.
    file: Mutex<(File, Option<io::Error>)>,
}

impl Notes {
    /// Opens the notes of a sweep into a results folder: what is known of each point.
    pub(super) fn open(
        folder: &Path,
        sweep: &SweepNotes,
    ) -> Result<(Self, Vec<Option<PointResult>>), Failure> {
        let path = path(folder, sweep);
        let fail = |error: io::Error| unwritable(&path, &error);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(fail)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(fail)?;
        match file.try_lock() {
            // Where files cannot be locked nobody is kept out.
            Ok(()) | Err(TryLockError::Error(_)) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::failed(format!(
                    "another process is running this sweep and notes it in `{}`; wait for it, or \
                     stop it",
                    path.display()
                )));
            }
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(fail)?;
        let (points, length) = match sweep.read(&bytes) {
            Ok(read) => read,
            // What was cut off in its first line holds nothing.
            Err(_) if sweep.head().as_bytes().starts_with(&bytes) => (vec![None; sweep.points], 0),
            Err(error) => return Err(foreign(&path, error)),
        };
        file.set_len(length as u64).map_err(fail)?;
        file.seek(SeekFrom::End(0)).map_err(fail)?;
        if length == 0 {
            file.write_all(sweep.head().as_bytes()).map_err(fail)?;
        }
        let file = Mutex::new((file, None));
        Ok((Self { path, file }, points))
    }

    /// Where they are.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Notes a point that has ended.
    pub(super) fn note(&self, point: usize, result: &PointResult) {
        let line = SweepNotes::note(point, result);
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, failure) = &mut *file;
        if failure.is_none() {
            *failure = file.write_all(line.as_bytes()).err();
        }
    }

    /// Tells what could not be noted.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let failure = file.1.as_ref();
        failure.map_or(Ok(()), |error| Err(unwritable(&self.path, error)))
    }

    /// Takes the notes away: the results are written.
    pub(super) fn remove(self) -> Result<(), Failure> {
        fs::remove_file(&self.path).map_err(|error| unwritable(&self.path, &error))
    }
}

fn path(folder: &Path, sweep: &SweepNotes) -> PathBuf {
    let name = folder.file_name().unwrap_or(folder.as_os_str());
    let mut name = name.to_owned();
    name.push(format!(".unfinished-{}", &sweep.sha256[..DIGITS]));
    folder.with_file_name(name)
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::failed(format!("cannot write `{}`: {error}", path.display()))
}

fn foreign(path: &Path, error: NoteError) -> Failure {
    let why = match error {
        NoteError::Other => "is of another version of gatefleet, or of another sweep",
        NoteError::Foreign => "was not written by gatefleet",
    };
    Failure::failed(format!(
        "`{}` {why}; remove it or move it away, and the sweep starts anew",
        path.display()
    ))
}
