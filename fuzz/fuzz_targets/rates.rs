//! Any bytes as a file of rates.

#![no_main]

#[allow(dead_code, reason = "each target uses a part")]
#[path = "../../tests/it/fuzzed/mod.rs"]
mod fuzzed;

use libfuzzer_sys::fuzz_target;

use std::sync::LazyLock;

use tempfile::TempDir;

static PLACE: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a temporary folder"));

fuzz_target!(|bytes: &[u8]| fuzzed::exercise::rates(bytes, PLACE.path()));
