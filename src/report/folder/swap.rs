//! Putting a folder in the place of another.

use std::fs;
use std::io;
use std::path::Path;

/// Puts `new` in the place of `folder`. What was there is then at `new`, or at `old` where the
/// system cannot exchange two folders in one step; and it is where it was if that fails.
pub(super) fn swap(folder: &Path, new: &Path, old: &Path) -> io::Result<()> {
    if !folder.exists() {
        return fs::rename(new, folder);
    }
    match exchange(new, folder) {
        Ok(true) => Ok(()),
        Ok(false) => in_two_steps(folder, new, old),
        Err(error) => Err(error),
    }
}

/// Exchanges two folders in one step; `false` if the system or this file system cannot.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn exchange(one: &Path, other: &Path) -> io::Result<bool> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(true),
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn exchange(_one: &Path, _other: &Path) -> io::Result<bool> {
    Ok(false)
}

/// For a moment there is neither; a process that is killed then leaves `old`, and the next one puts
/// it back.
fn in_two_steps(folder: &Path, new: &Path, old: &Path) -> io::Result<()> {
    fs::rename(folder, old)?;
    fs::rename(new, folder).inspect_err(|_| {
        // The error that is reported is the first; this one restores what it can.
        let _ = fs::rename(old, folder);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with one file.
    fn folder(path: &Path, text: &str) {
        fs::create_dir_all(path).expect("it can be written");
        fs::write(path.join("text"), text).expect("it can be written");
    }

    fn text(path: &Path) -> String {
        fs::read_to_string(path.join("text")).expect("it is there")
    }

    #[test]
    fn both_ways_put_the_new_where_the_old_was() {
        type Way = fn(&Path, &Path, &Path) -> io::Result<()>;
        let ways: [Way; 2] = [swap, in_two_steps];
        for way in ways {
            let place = tempfile::tempdir().expect("a temporary folder");
            let [at, new, old] = ["at", "new", "old"].map(|name| place.path().join(name));
            folder(&at, "first");
            folder(&new, "second");
            way(&at, &new, &old).expect("nothing is in the way");
            assert_eq!(text(&at), "second");
            let kept = if old.exists() { &old } else { &new };
            assert_eq!(text(kept), "first");
        }
    }

    #[test]
    fn what_cannot_be_replaced_is_where_it_was() {
        let place = tempfile::tempdir().expect("a temporary folder");
        let [at, new, old] = ["at", "new", "old"].map(|name| place.path().join(name));
        folder(&at, "first");
        assert!(
            in_two_steps(&at, &new, &old).is_err(),
            "there is no new one"
        );
        assert_eq!(text(&at), "first");
        assert!(swap(&at, &new, &old).is_err(), "there is no new one");
        assert_eq!(text(&at), "first");
    }
}
