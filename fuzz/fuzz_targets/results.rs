//! A results folder of which one file holds anything.

#![no_main]

#[allow(dead_code, reason = "each target uses a part")]
#[path = "../../tests/it/fuzzed/mod.rs"]
mod fuzzed;

use libfuzzer_sys::fuzz_target;

use std::sync::LazyLock;

use tempfile::TempDir;

/// A folder that is whole, and one in which a file is replaced.
static PLACES: LazyLock<[TempDir; 2]> = LazyLock::new(|| {
    let places = [(); 2].map(|()| tempfile::tempdir().expect("a temporary folder"));
    fuzzed::exercise::small_results(places[0].path());
    places
});

fuzz_target!(|bytes: &[u8]| {
    let places = (PLACES[0].path(), PLACES[1].path());
    fuzzed::exercise::results(bytes, places, gatefleet::report::Plots::Omitted);
});
