//! Results folders: the one place that reads and writes files.
//!
//! A folder is written under a temporary name beside its own and renamed when whole, so that
//! nothing half-written ever has its name. An existing folder is replaced only when gatefleet
//! made it, which its `run.json` proves; whatever fails, the earlier results are still there.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

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

/// Checks that results can be written to `folder`, before anything is simulated.
///
/// # Errors
/// If something that gatefleet did not make is there, or the parent cannot be written.
pub fn check(folder: &Path) -> Result<(), FolderError> {
    check_owner(folder)?;
    let parent = parent(folder);
    let nearest = parent.ancestors().find(|path| path.exists());
    let nearest = nearest.unwrap_or(Path::new("."));
    work_folder(nearest)
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
    let work = work_folder(&parent).map_err(fail)?;
    let new = work.path().join("new");
    for file in files {
        let path = new.join(file.path);
        fs::create_dir_all(path.parent().expect("it is inside a folder"))
            .and_then(|()| fs::write(&path, &file.bytes))
            .map_err(|error| FolderError::Io(path, error))?;
    }
    swap(folder, &new, &work.path().join("old")).map_err(|error| explain(folder, work, error))
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
    // Not a temporary file, which would stay readable to its owner alone.
    let work = work_folder(parent)?;
    let new = work.path().join("new");
    fs::write(&new, bytes)?;
    fs::rename(new, path)
}

/// A folder that is deleted when dropped, for what is not whole yet.
fn work_folder(parent: &Path) -> io::Result<TempDir> {
    tempfile::Builder::new()
        .prefix(".gatefleet-")
        .tempdir_in(parent)
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

/// What a failed swap means; results that could not be put back are kept where they are.
fn explain(folder: &Path, work: TempDir, error: io::Error) -> FolderError {
    let folder = folder.to_owned();
    if work.path().join("old").exists() {
        let kept = work.keep().join("old");
        FolderError::Displaced {
            folder,
            kept,
            error,
        }
    } else {
        FolderError::Io(folder, error)
    }
}

fn check_owner(folder: &Path) -> Result<(), FolderError> {
    if folder.file_name().is_none() {
        return Err(FolderError::Nameless(folder.to_owned()));
    }
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

/// Whether there is such a file.
pub(super) fn exists(path: &Path) -> bool {
    path.exists()
}

/// Whether gatefleet wrote the folder: its `run.json` has what that of every version has.
fn is_ours(folder: &Path) -> bool {
    let Ok(bytes) = fs::read(folder.join("run.json")) else {
        return false;
    };
    serde_json::from_slice::<serde_json::Value>(&bytes).is_ok_and(|run| {
        run["gatefleet"].is_string() && run["sha256"].is_string() && run["command"].is_array()
    })
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
    use crate::report::provenance::Provenance;

    fn files(note: &str) -> Vec<OutputFile> {
        let provenance = Provenance {
            gatefleet: "0".into(),
            command: Vec::new(),
            scenario: String::new(),
            sha256: String::new(),
            data: Vec::new(),
            scenes: Vec::new(),
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
    fn a_folder_without_a_name_is_refused_before_the_work() {
        for folder in [".", "..", "/"] {
            let error = check(Path::new(folder)).expect_err("it cannot be renamed");
            assert!(matches!(error, FolderError::Nameless(_)), "{error}");
        }
        assert_eq!(
            FolderError::Nameless(".".into()).to_string(),
            "`.` cannot be replaced as a whole; name a folder inside it, such as `./results`"
        );
    }

    #[test]
    fn a_folder_of_a_later_version_is_its_own_and_of_another_tool_is_not() {
        let place = tempfile::tempdir().expect("a temporary folder");
        let run = place.path().join("run.json");
        let later = r#"{"gatefleet": "9.0.0", "command": [], "sha256": "0", "machine": {}}"#;
        for (text, is_own) in [(later, true), (r#"{"command": []}"#, false), ("{", false)] {
            fs::write(&run, text).expect("a new file");
            assert_eq!(check(place.path()).is_ok(), is_own, "{text}");
        }
    }

    /// Goal: redrawn plots are for the same readers as the first ones.
    #[cfg(unix)]
    #[test]
    fn a_replaced_file_keeps_its_readers() {
        use std::os::unix::fs::PermissionsExt as _;
        let place = tempfile::tempdir().expect("a temporary folder");
        let folder = place.path().join("a");
        let mode = || {
            let file = fs::metadata(folder.join("plots/note.txt"));
            file.expect("it was written").permissions().mode()
        };
        write(&folder, &files("first")).expect("free");
        let first = mode();
        replace_files(&folder, &files("second")).expect("its own");
        assert_eq!((note(&folder), mode()), ("second".to_owned(), first));
    }

    #[test]
    fn earlier_results_that_cannot_be_put_back_are_kept() {
        let place = tempfile::tempdir().expect("a temporary folder");
        let folder = place.path().join("a");
        write(&folder, &files("first")).expect("free");
        let work = work_folder(place.path()).expect("a temporary folder");
        fs::rename(&folder, work.path().join("old")).expect("nothing is in its way");
        match explain(&folder, work, io::ErrorKind::StorageFull.into()) {
            FolderError::Displaced { kept, .. } => assert_eq!(note(&kept), "first"),
            other => panic!("{other}"),
        }
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
