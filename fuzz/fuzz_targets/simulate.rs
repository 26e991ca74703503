//! Scenarios of every feature through the whole simulator.

#![no_main]

#[allow(dead_code, reason = "each target uses a part")]
#[path = "../../tests/it/fuzzed/mod.rs"]
mod fuzzed;

use libfuzzer_sys::fuzz_target;

use gatefleet::report::Plots;

fuzz_target!(|bytes: &[u8]| {
    let text = fuzzed::generate::scenario(bytes);
    if let Some(checked) = fuzzed::exercise::accepted(&text) {
        fuzzed::exercise::simulated(&checked, Plots::Omitted);
    }
});
