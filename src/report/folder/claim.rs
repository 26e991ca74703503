//! A results folder that one process has for itself: looked at before the work, written after it.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::report::SUMMARY;
use crate::report::folder::OutputFile;
use crate::report::folder::error::FolderError;
use crate::report::folder::lock::Lock;
use crate::report::folder::swap::swap;

/// What results are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All that was asked for.
    Whole,
    /// What had finished before an interrupt.
    Partial,
}

/// A results folder that no other process writes until this is dropped.
#[derive(Debug)]
pub struct Claim {
    folder: PathBuf,
    /// Where it is.
    parent: PathBuf,
    /// The folders above it that were made for it, the innermost first.
    made: Vec<PathBuf>,
    /// Let go of before the folders are.
    lock: Option<Lock>,
}

/// Claims `folder`, before anything is simulated.
///
/// # Errors
/// If something that gatefleet did not make is there, another process has claimed it, or it cannot
/// be written.
pub fn claim(folder: &Path) -> Result<Claim, FolderError> {
    check_owner(folder)?;
    let named = folder;
    let fail = |error| FolderError::Io(named.to_owned(), error);
    // What a link leads to is replaced, not the link.
    let is_link = fs::symlink_metadata(folder).is_ok_and(|found| found.is_symlink());
    let folder = if is_link {
        fs::canonicalize(folder).map_err(fail)?
    } else {
        folder.to_owned()
    };
    let parent = parent(&folder);
    let made = parent
        .ancestors()
        .take_while(|above| !above.as_os_str().is_empty() && !above.exists());
    let made = made.map(Path::to_owned).collect();
    fs::create_dir_all(&parent).map_err(fail)?;
    let mut claim = Claim {
        folder,
        parent,
        made,
        lock: None,
    };
    let lock = claim.parent.join(claim.hidden("lock"));
    match Lock::take(&lock).map_err(fail)? {
        None => return Err(FolderError::Busy(named.to_owned())),
        Some(lock) => {
            let is_alone = lock.keeps_others_out();
            claim.lock = Some(lock);
            if is_alone {
                claim.tidy_up();
            }
        }
    }
    writable(&claim.folder).map_err(fail)?;
    Ok(claim)
}

impl Claim {
    /// Writes the results in one step, and says where: those of an interrupted study beside whole
    /// ones, if there are such.
    ///
    /// # Errors
    /// If the disk is full and the like; earlier results are then untouched.
    pub fn write(&self, files: &[OutputFile], extent: Extent) -> Result<PathBuf, FolderError> {
        let folder = match extent {
            Extent::Partial if is_whole(&self.folder) => {
                let mut name = self.name().to_owned();
                name.push(".incomplete");
                self.folder.with_file_name(name)
            }
            _ => self.folder.clone(),
        };
        check_owner(&folder)?;
        let fail = |error| FolderError::Io(folder.clone(), error);
        let work = self.work_folder().map_err(fail)?;
        let new = work.path().join("new");
        write_all(&new, files)?;
        swap(&folder, &new, &work.path().join("old"))
            .map_err(|error| explain(&folder, work, error))?;
        sync_folder(&self.parent).map_err(fail)?;
        Ok(folder)
    }

    /// Replaces single files of the folder, each in one step, after all of them are on the disk.
    ///
    /// # Errors
    /// If gatefleet did not make the folder, or the system refuses.
    pub fn replace_files(&self, files: &[OutputFile]) -> Result<(), FolderError> {
        if !is_ours(&self.folder) {
            return Err(FolderError::Foreign(self.folder.clone()));
        }
        let fail = |error| FolderError::Io(self.folder.clone(), error);
        let work = self.work_folder().map_err(fail)?;
        let new = work.path().join("new");
        write_all(&new, files)?;
        for file in files {
            let path = self.folder.join(file.path);
            let replaced = fs::create_dir_all(path.parent().expect("it is inside a folder"))
                .and_then(|()| fs::rename(new.join(file.path), &path));
            replaced.map_err(|error| FolderError::Io(path, error))?;
        }
        Ok(())
    }

    fn name(&self) -> &OsStr {
        self.folder.file_name().expect("its owner was checked")
    }

    /// A name beside the folder's that is not listed as a rule, and not that of any other folder.
    fn hidden(&self, what: &str) -> OsString {
        let mut name = OsString::from(".");
        name.push(self.name());
        name.push(".gatefleet-");
        name.push(what);
        name
    }

    /// A folder that is deleted when dropped, for what is not whole yet.
    fn work_folder(&self) -> io::Result<TempDir> {
        tempfile::Builder::new()
            .prefix(&self.hidden(""))
            .tempdir_in(&self.parent)
    }

    /// Takes away what a process left that was killed while it wrote, and puts back what that had
    /// moved away.
    fn tidy_up(&self) {
        let prefix = self.hidden("");
        let lock = self.hidden("lock");
        let Ok(entries) = fs::read_dir(&self.parent) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let starts = name
                .as_encoded_bytes()
                .starts_with(prefix.as_encoded_bytes());
            if !starts || name == lock {
                continue;
            }
            let old = entry.path().join("old");
            if is_ours(&old) && fs::symlink_metadata(&self.folder).is_err() {
                // If it cannot be put back it is not deleted either.
                if fs::rename(&old, &self.folder).is_err() {
                    continue;
                }
            }
            // What cannot be deleted is in nobody's way.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        drop(self.lock.take());
        for folder in &self.made {
            // One that is not empty stays.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Writes files down to the disk: what a crash of the machine cuts off must not have a name yet, and
/// some file systems tell only then that there is no room.
fn write_all(folder: &Path, files: &[OutputFile]) -> Result<(), FolderError> {
    let write = |path: &Path, bytes: &[u8]| {
        fs::create_dir_all(path.parent().expect("it is inside a folder"))?;
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    for file in files {
        let path = folder.join(file.path);
        write(&path, &file.bytes).map_err(|error| FolderError::Io(path, error))?;
    }
    for path in [folder.join("plots"), folder.to_owned()] {
        if path.exists() {
            sync_folder(&path).map_err(|error| FolderError::Io(path, error))?;
        }
    }
    Ok(())
}

/// Brings the names in a folder to the disk, where a folder can be opened for that.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Checks that a folder that is there can be taken away: it and what is in it must be writable.
#[cfg(unix)]
fn writable(folder: &Path) -> io::Result<()> {
    use rustix::fs::{Access, access};
    for path in [folder.to_owned(), folder.join("plots")] {
        if path.is_dir() {
            access(&path, Access::WRITE_OK | Access::EXEC_OK)?;
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn writable(_folder: &Path) -> io::Result<()> {
    Ok(())
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

/// Whether gatefleet wrote the folder: its `run.json` has what that of every version has.
fn is_ours(folder: &Path) -> bool {
    let Ok(bytes) = fs::read(folder.join("run.json")) else {
        return false;
    };
    serde_json::from_slice::<serde_json::Value>(&bytes).is_ok_and(|run| {
        run["gatefleet"].is_string() && run["sha256"].is_string() && run["command"].is_array()
    })
}

/// Whether there are results of all that was asked for.
fn is_whole(folder: &Path) -> bool {
    let Ok(bytes) = fs::read(folder.join(SUMMARY)) else {
        return false;
    };
    serde_json::from_slice::<serde_json::Value>(&bytes)
        .is_ok_and(|summary| summary["complete"] != false)
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
    use crate::report::folder::write;
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
        assert!(matches!(claim(&folder), Err(FolderError::Foreign(_))));
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
            let error = claim(Path::new(folder)).expect_err("it cannot be renamed");
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
            assert_eq!(claim(place.path()).is_ok(), is_own, "{text}");
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
        let claim = claim(&folder).expect("nobody else wants it");
        claim.replace_files(&files("second")).expect("its own");
        assert_eq!((note(&folder), mode()), ("second".to_owned(), first));
    }

    #[test]
    fn earlier_results_that_cannot_be_put_back_are_kept() {
        let place = tempfile::tempdir().expect("a temporary folder");
        let folder = place.path().join("a");
        write(&folder, &files("first")).expect("free");
        let claimed = claim(&folder).expect("nobody else wants it");
        let work = claimed.work_folder().expect("a temporary folder");
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
        let claim = claim(&folder).expect("its own");
        assert!(claim.replace_files(&broken).is_err());
        assert_eq!(
            note(&folder),
            "first",
            "nothing is replaced before all is there"
        );
    }

    #[test]
    fn a_folder_is_of_one_process_at_a_time() {
        let place = tempfile::tempdir().expect("a temporary folder");
        let folder = place.path().join("new/a");
        let first = claim(&folder).expect("free");
        let error = claim(&folder).expect_err("it is taken");
        assert!(matches!(error, FolderError::Busy(_)), "{error}");
        claim(&place.path().join("new/b")).expect("another folder is free");
        drop(first);
        claim(&folder).expect("free again");
        assert!(!place.path().join("new").exists(), "nothing was written");
    }

    /// Goal: whenever a process was killed while it wrote, the next claim finds results. Method: what
    /// is there after each step of the swap in two steps, and after that in one.
    #[test]
    fn what_a_killed_process_left_is_mended() {
        for (left, expected) in [("nothing", "first"), ("old", "first"), ("both", "second")] {
            let place = tempfile::tempdir().expect("a temporary folder");
            let folder = place.path().join("a");
            let put = |path: &Path, text: &str| write_all(path, &files(text)).expect("free");
            let work = place.path().join(".a.gatefleet-123456");
            match left {
                "nothing" => {
                    put(&folder, "first");
                    put(&work.join("new"), "half");
                    fs::remove_file(work.join("new/run.json")).expect("it is there");
                }
                "old" => {
                    put(&work.join("old"), "first");
                    put(&work.join("new"), "second");
                }
                _ => {
                    put(&folder, "second");
                    put(&work.join("old"), "first");
                }
            }
            fs::write(place.path().join(".a.gatefleet-lock"), "").expect("a new file");
            // That of another folder is none of its business.
            let other = place.path().join(".ab.gatefleet-123456");
            put(&other, "other");
            drop(claim(&folder).expect("nobody holds it"));
            assert_eq!(note(&folder), expected, "{left}");
            let names = fs::read_dir(place.path()).expect("a folder");
            assert_eq!(names.count(), 2, "{left}: what was left is gone");
            assert_eq!(note(&other), "other");
        }
    }

    #[test]
    fn whole_results_are_not_replaced_by_partial_ones() {
        let place = tempfile::tempdir().expect("a temporary folder");
        let folder = place.path().join("a");
        let results = |complete: bool, text: &str| {
            let summary = format!(r#"{{"complete": {complete}}}"#).into_bytes();
            let summary = OutputFile {
                path: SUMMARY,
                bytes: summary,
            };
            [files(text), vec![summary]].concat()
        };
        let claim = claim(&folder).expect("free");
        let partial = |text| {
            claim
                .write(&results(false, text), Extent::Partial)
                .expect("its own")
        };
        assert_eq!(partial("nothing was there"), folder);
        assert_eq!(partial("a part was there"), folder);
        let whole = results(true, "whole");
        assert_eq!(claim.write(&whole, Extent::Whole).expect("its own"), folder);
        let beside = place.path().join("a.incomplete");
        assert_eq!(partial("cut off"), beside);
        assert_eq!(
            (note(&folder), note(&beside)),
            ("whole".into(), "cut off".into())
        );
    }

    #[cfg(unix)]
    #[test]
    fn what_a_link_leads_to_is_replaced() {
        let place = tempfile::tempdir().expect("a temporary folder");
        let [link, disk] = ["link", "disk/a"].map(|name| place.path().join(name));
        write(&disk, &files("first")).expect("free");
        std::os::unix::fs::symlink(&disk, &link).expect("a new link");
        write(&link, &files("second")).expect("its own");
        assert_eq!(note(&disk), "second");
        assert!(
            fs::symlink_metadata(&link)
                .expect("still there")
                .is_symlink()
        );
    }
}
