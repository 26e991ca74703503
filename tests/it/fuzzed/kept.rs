//! What a fuzzer has found or gathered, tried again; and scenarios by chance, run in full.

use std::fs;
use std::path::{Path, PathBuf};

use gatefleet::report::Plots;

use crate::fuzzed::exercise::{
    accepted, rates, results, scenario, simulated, small_results, words,
};
use crate::fuzzed::generate;

/// The files that are kept for a target, in order.
fn kept(target: &str) -> Vec<PathBuf> {
    let folder = corpus().join(target);
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{target}");
    files
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

#[test]
fn texts_that_are_kept_are_read_or_refused() {
    for file in kept("scenario") {
        if let Ok(text) = fs::read_to_string(file) {
            scenario(&text, Path::new("/nonexistent"));
        }
    }
    for file in kept("words") {
        if let Ok(text) = fs::read_to_string(file) {
            words(&text, &corpus());
        }
    }
}

#[test]
fn tables_that_are_kept_are_read_or_refused() {
    let places = [(); 2].map(|()| tempfile::tempdir().unwrap());
    for file in kept("rates") {
        rates(&fs::read(file).unwrap(), places[0].path());
    }
    let whole = small_results(places[0].path());
    for file in kept("results") {
        let bytes = fs::read(file).unwrap();
        results(&bytes, (&whole, places[1].path()), Plots::Drawn);
    }
}

/// Goal: what once made a run panic, hang or differ does so no more.
#[test]
fn scenarios_that_are_kept_run() {
    for file in kept("runs") {
        let text = fs::read_to_string(&file).unwrap();
        let checked = accepted(&text).unwrap_or_else(|| panic!("{} is valid", file.display()));
        simulated(&checked, Plots::Drawn);
    }
}

/// Goal: scenarios of every feature run without a panic, and the same for any number of threads.
/// Method: bytes of a generator decide; most of what they make is valid.
#[test]
fn scenarios_by_chance_run() {
    const COUNT: u64 = 40;
    let mut valid = 0;
    for seed in 0..COUNT {
        let text = generate::scenario(&bytes(seed));
        if let Some(checked) = accepted(&text) {
            valid += 1;
            simulated(&checked, Plots::Omitted);
        }
    }
    assert!(valid * 2 > COUNT, "only {valid} of {COUNT} are valid");
}

/// As many bytes as any scenario is made of, by Steele, Lea and Flood's `SplitMix64` (2014).
fn bytes(seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    (0..64).flat_map(|_| next().to_le_bytes()).collect()
}
