//! Fingerprints: SHA-256, in hexadecimal, of what results are a function of.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::scenario::overrides::Override;

/// A file that a scenario names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DataFile {
    /// Its path, as the scenario says it.
    pub name: String,
    /// The fingerprint of its bytes.
    pub sha256: String,
}

/// The fingerprint of a scenario: of its text, of each change that the command line made to it,
/// and of each file that it names.
pub fn fingerprint(text: &str, overrides: &[Override], data: &[DataFile]) -> String {
    let mut hash = Sha256::new();
    hash.update(text);
    for change in overrides {
        hash.update(format!("\n--set {change}"));
    }
    for DataFile { name, sha256 } in data {
        hash.update(format!("\ndata {name} {sha256}"));
    }
    in_hexadecimal(hash)
}

/// What has been hashed.
pub(super) fn in_hexadecimal(hash: Sha256) -> String {
    let mut hexadecimal = String::with_capacity(64);
    for byte in hash.finalize() {
        write!(hexadecimal, "{byte:02x}").expect("writing to a string cannot fail");
    }
    hexadecimal
}
