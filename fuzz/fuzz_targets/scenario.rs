//! Any text as a scenario.

#![no_main]

#[allow(dead_code, reason = "each target uses a part")]
#[path = "../../tests/it/fuzzed/mod.rs"]
mod fuzzed;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| fuzzed::exercise::scenario(text, std::path::Path::new("/nonexistent")));
