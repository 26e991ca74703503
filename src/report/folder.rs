//! Results folders: the one place that reads and writes files.
//!
//! A folder is written under a temporary name beside its own and renamed when whole, so that
//! nothing half-written ever has its name. An existing folder is replaced only when gatefleet
//! made it, which its `run.json` proves; whatever fails, the earlier results are still there.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::report::provenance::Provenance;

/// A file of a results folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// Its path inside the folder, with `/`.
    pub path: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Why a results folder could not be written.
#[derive(Debug)]
pub enum FolderError {
    /// It is there, and gatefleet did not make it.
    Foreign(PathBuf),
    /// The system refuses.
    Io(PathBuf, io::Error),
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
            Self::Io(path, error) => write!(f, "cannot write `{}`: {error}", path.display()),
        }
    }
}

impl std::error::Error for FolderError {}

/// Checks that results can be written to `folder`, before anything is simulated.
///
/// # Errors
/// If something that gatefleet did not make is there, or the parent cannot be written.
pub fn check(folder: &Path) -> Result<(), FolderError> {
    check_owner(folder)?;
    let parent = parent(folder);
    let nearest = parent.ancestors().find(|path| path.exists());
    let nearest = nearest.unwrap_or(Path::new("."));
    tempfile::Builder::new()
        .prefix(".gatefleet-")
        .tempdir_in(nearest)
        .map(drop)
        .map_err(|error| FolderError::Io(folder.to_owned(), error))
}

/// Writes a results folder in one step.
///
/// # Errors
/// As [`check`], and if the disk is full and the like; an earlier folder is then untouched.
pub fn write(folder: &Path, files: &[OutputFile]) -> Result<(), FolderError> {
    check_owner(folder)?;
    let parent = parent(folder);
    let fail = |error| FolderError::Io(folder.to_owned(), error);
    fs::create_dir_all(&parent).map_err(fail)?;
    let work = tempfile::Builder::new()
        .prefix(".gatefleet-")
        .tempdir_in(&parent)
        .map_err(fail)?;
    let new = work.path().join("new");
    for file in files {
        let path = new.join(file.path);
        fs::create_dir_all(path.parent().expect("it is inside a folder"))
            .and_then(|()| fs::write(&path, &file.bytes))
            .map_err(|error| FolderError::Io(path, error))?;
    }
    swap(folder, &new, &work.path().join("old")).map_err(fail)
}

/// Replaces single files of a folder that gatefleet made, each in one step.
///
/// # Errors
/// If gatefleet did not make the folder, or the system refuses.
pub fn replace_files(folder: &Path, files: &[OutputFile]) -> Result<(), FolderError> {
    if !is_ours(folder) {
        return Err(FolderError::Foreign(folder.to_owned()));
    }
    for file in files {
        let path = folder.join(file.path);
        replace(&path, &file.bytes).map_err(|error| FolderError::Io(path, error))?;
    }
    Ok(())
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let parent = path.parent().expect("it is inside a folder");
    fs::create_dir_all(parent)?;
    let new = tempfile::Builder::new()
        .prefix(".gatefleet-")
        .tempfile_in(parent)?;
    fs::write(new.path(), bytes)?;
    new.persist(path)?;
    Ok(())
}

/// Puts `new` in the place of `folder`; what was there goes to `old`, and comes back on failure.
fn swap(folder: &Path, new: &Path, old: &Path) -> io::Result<()> {
    let has_old = folder.exists();
    if has_old {
        fs::rename(folder, old)?;
    }
    fs::rename(new, folder).inspect_err(|_| {
        if has_old {
            // The error that is reported is the first; this one restores what it can.
            let _ = fs::rename(old, folder);
        }
    })
}

fn check_owner(folder: &Path) -> Result<(), FolderError> {
    let is_empty = || fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    if fs::symlink_metadata(folder).is_err() || is_empty() || is_ours(folder) {
        Ok(())
    } else {
        Err(FolderError::Foreign(folder.to_owned()))
    }
}

/// A file of a results folder, as it is.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path)
}

/// Whether gatefleet wrote the folder: its `run.json` reads as one.
fn is_ours(folder: &Path) -> bool {
    let text = fs::read(folder.join("run.json"));
    text.is_ok_and(|bytes| serde_json::from_slice::<Provenance>(&bytes).is_ok())
}

fn parent(folder: &Path) -> PathBuf {
    match folder.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(note: &str) -> Vec<OutputFile> {
        let provenance = Provenance {
            gatefleet: "0".into(),
            command: Vec::new(),
            scenario: String::new(),
            sha256: String::new(),
            seed: 1,
            threads: 1,
            wall_time_s: 1.0,
            events: 1,
            events_per_s: 1.0,
        };
        let run = serde_json::to_vec(&provenance).expect("plain data");
        let file = |path, bytes| OutputFile { path, bytes };
        vec![
            file("run.json", run),
            file("plots/note.txt", note.as_bytes().to_vec()),
        ]
    }

    fn note(folder: &Path) -> String {
        fs::read_to_string(folder.join("plots/note.txt")).expect("it was written")
    }

    #[test]
    fn its_own_folder_is_replaced_and_nothing_is_left_behind() {
        let place = tempfile::tempdir().expect("a temporary folder");
        let folder = place.path().join("results/a");
        for text in ["first", "second"] {
            check(&folder).expect("free or its own");
            write(&folder, &files(text)).expect("free or its own");
            assert_eq!(note(&folder), text);
        }
        let siblings = fs::read_dir(place.path().join("results")).expect("a folder");
        assert_eq!(siblings.count(), 1);
    }

    #[test]
    fn what_others_made_is_refused_and_untouched() {
        let place = tempfile::tempdir().expect("a temporary folder");
        let folder = place.path().join("thesis");
        fs::create_dir(&folder).expect("a new folder");
        fs::write(folder.join("thesis.txt"), "ten years").expect("a new file");
        assert!(matches!(check(&folder), Err(FolderError::Foreign(_))));
        assert!(matches!(
            write(&folder, &files("x")),
            Err(FolderError::Foreign(_))
        ));
        let text = fs::read_to_string(folder.join("thesis.txt")).expect("still there");
        assert_eq!(text, "ten years");
        let file = place.path().join("file");
        fs::write(&file, "not a folder").expect("a new file");
        assert!(matches!(
            write(&file, &files("x")),
            Err(FolderError::Foreign(_))
        ));
    }

    #[test]
    fn a_failure_leaves_the_earlier_results() {
        let place = tempfile::tempdir().expect("a temporary folder");
        let folder = place.path().join("a");
        write(&folder, &files("first")).expect("free");
        let mut broken = files("second");
        broken.push(OutputFile {
            path: "plots/note.txt/impossible",
            bytes: Vec::new(),
        });
        assert!(matches!(write(&folder, &broken), Err(FolderError::Io(..))));
        assert_eq!(note(&folder), "first");
    }
}
