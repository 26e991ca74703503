//! Any lines as what `--set`, `--vary` and `--strategies` take.

#![no_main]

#[allow(dead_code, reason = "each target uses a part")]
#[path = "../../tests/it/fuzzed/mod.rs"]
mod fuzzed;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus");
    fuzzed::exercise::words(text, &folder);
});
