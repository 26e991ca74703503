//! A file that says who is at work on a folder.
//!
//! The system lets go of it when its process ends, however that happens, so that nobody has to be
//! told to remove it. What it is not: a way to keep others out where files cannot be locked, as on
//! some network file systems; there everybody is let in, and the last to write wins.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    /// The open file; `None` where files cannot be locked.
    file: Option<File>,
}

impl Lock {
    /// Takes the lock of this path; `None` if another process holds it.
    pub(super) fn take(path: &Path) -> io::Result<Option<Self>> {
        loop {
            let mut options = OpenOptions::new();
            let file = options
                .write(true)
                .create(true)
                .truncate(false)
                .open(path)?;
            let is_locked = match file.try_lock() {
                Ok(()) => true,
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(_)) => false,
            };
            // Whoever held it before takes the file away: then this one is of nobody, and a third
            // process may hold the next.
            if is_at(&file, path) {
                return Ok(Some(Self {
                    path: path.to_owned(),
                    file: is_locked.then_some(file),
                }));
            }
        }
    }

    /// Whether nobody else can have it.
    pub(super) fn keeps_others_out(&self) -> bool {
        self.file.is_some()
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // It is empty, and does no harm where it stays.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether the open file is the one that has this path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(one), Ok(other)) => (one.dev(), one.ino()) == (other.dev(), other.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_at(_file: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_of_one_at_a_time_and_leaves_nothing() {
        let place = tempfile::tempdir().expect("a temporary folder");
        let path = place.path().join("lock");
        let take = || Lock::take(&path).expect("the folder can be written");
        let first = take().expect("it is free");
        assert!(first.keeps_others_out());
        assert!(take().is_none(), "it is taken");
        drop(first);
        assert!(!path.exists());
        fs::write(&path, "").expect("what a killed process leaves");
        assert!(take().is_some(), "nobody holds it");
    }

    /// Goal: never two at once, though the file comes and goes. Method: threads that add to a number
    /// which only the holder may look at.
    #[test]
    fn nobody_holds_the_lock_of_a_file_that_is_gone() {
        use std::sync::atomic::{AtomicU32, Ordering};
        let place = tempfile::tempdir().expect("a temporary folder");
        let path = place.path().join("lock");
        let holders = AtomicU32::new(0);
        let taken = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..500 {
                        let Some(lock) = Lock::take(&path).expect("it can be written") else {
                            continue;
                        };
                        assert_eq!(holders.fetch_add(1, Ordering::SeqCst), 0, "two at once");
                        taken.fetch_add(1, Ordering::SeqCst);
                        holders.fetch_sub(1, Ordering::SeqCst);
                        drop(lock);
                    }
                });
            }
        });
        assert!(taken.into_inner() >= 4);
    }
}
