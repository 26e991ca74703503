//! Who may know what: imports go down the layers, and each capability has its place.

use std::sync::LazyLock;

use crate::source::{Source, tree};
use crate::words::phrases;
use crate::{Finding, check, in_each};

/// The layers, lowest first: the modules of `lib.rs` in its order.
static LAYERS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let sources = tree();
    let is_root = |source: &&Source| source.path == "src/lib.rs";
    let root = sources.iter().find(is_root).expect("there is a library");
    let modules = root.code.lines().filter_map(|line| {
        let module = line.strip_prefix("pub mod ")?.strip_suffix(';')?;
        Some(module.to_owned())
    });
    modules.collect()
});

/// The layers that know less than all of those below them.
const KNOWS_ONLY: [(&str, &[&str]); 4] = [
    ("units", &[]),
    ("random", &["units"]),
    ("stats", &["units"]),
    ("engine", &["units"]),
];

/// Goal: imports go down the layers, in tests as well. Method: every path of a file that begins
/// at the crate names a layer that stands before the file's own in `lib.rs`.
#[test]
fn layers_import_downward_only() {
    assert_eq!(LAYERS.len(), 10, "{:?}", *LAYERS);
    check(
        in_each(layering),
        &[
            (
                "src/model/fleet.rs",
                "use crate::engine::{Key, Slab};\n\
                 use crate::{\n\
                 units::Rate,\n\
                 metrics::Ledger, // bad\n\
                 };\n\
                 // crate::report is above\n\
                 fn name() -> &'static str { \"crate::report\" }\n\
                 #[cfg(test)]\n\
                 mod tests { fn f() { crate::cli::run(); } } // bad",
            ),
            ("src/engine/slab.rs", "use crate::stats::Histogram; // bad"),
            ("src/lib.rs", "pub use crate::cli::run;"),
        ],
    );
}

fn layering(source: &Source) -> Vec<Finding> {
    let module = source.module().unwrap_or_default();
    let own = module.split("::").next().unwrap_or_default();
    let paths = source.paths().into_iter();
    let findings = paths.filter_map(|(line, path)| {
        let layer = path.strip_prefix("crate::")?.split("::").next()?;
        let advice = forbidden_import(own, layer)?;
        Some(Finding::new(source, line, advice))
    });
    findings.collect()
}

/// Why a layer may not import another, if it may not.
fn forbidden_import(own: &str, other: &str) -> Option<String> {
    let rank = |layer: &str| LAYERS.iter().position(|known| known == layer);
    if rank(other)? > rank(own)? {
        return Some(format!(
            "`{own}` is below `{other}`: hand down what it needs, or move it up"
        ));
    }
    let (_, known) = KNOWS_ONLY.into_iter().find(|&(layer, _)| layer == own)?;
    (own != other && !known.contains(&other))
        .then(|| format!("`{own}` knows only {known:?}: keep `{other}` out of it"))
}

/// Goal: nobody gets around the layers. Method: `super::` is for unit tests, one step.
#[test]
fn imports_are_spelt_out_from_the_crate() {
    check(
        in_each(relative_imports),
        &[(
            "src/model/fleet.rs",
            "use super::spec::FleetSpec; // bad\n\
             pub(super) fn f() {}\n\
             #[cfg(test)]\n\
             mod tests {\n\
             use super::*;\n\
             use super::super::spec; // bad\n\
             }",
        )],
    );
}

fn relative_imports(source: &Source) -> Vec<Finding> {
    let is_bad = |(line, path): &(usize, String)| {
        let is_far = path.starts_with("super::super");
        is_far || path.starts_with("super::") && !source.is_test(*line)
    };
    let advice = "write the path from `crate::` on, so that its layer is seen";
    let paths = source.paths().into_iter().filter(is_bad);
    paths
        .map(|(line, _)| Finding::new(source, line, advice))
        .collect()
}

/// Words of the domain, which the layers that could simulate a bank do not know.
const DOMAIN: [&str; 11] = [
    "region",
    "request",
    "attempt",
    "gateway",
    "population",
    "outage",
    "probe",
    "failover",
    "dns",
    "histogram",
    "replication",
];

/// Goal: the engine could simulate a bank, and quantities are of anything. Method: the words of
/// their identifiers.
#[test]
fn engine_and_units_know_no_domain() {
    let example = "struct RegionKey; // bad\nfn f(at: SimTime) {}\n// a region\n";
    check(
        in_each(domain_words),
        &[
            ("src/engine/slab.rs", example),
            ("src/units/id.rs", "fn next_outage() {} // bad"),
            ("src/model/fleet.rs", "struct Region;"),
        ],
    );
}

fn domain_words(source: &Source) -> Vec<Finding> {
    if !["src/engine/", "src/units/"]
        .iter()
        .any(|layer| source.path.starts_with(layer))
    {
        return Vec::new();
    }
    let advice = |word| format!("`{word}` is a word of the model: name what it is here");
    phrases(source, &DOMAIN.map(|word| (word, advice(word))))
}

/// What only some files may use: crates end with `::`, places are files or folders.
const ONLY_IN: [(&str, &[&str]); 21] = [
    ("serde::", &["scenario/", "report/", "cli/"]),
    ("serde_json::", &["scenario/", "report/", "cli/"]),
    ("serde_saphyr::", &["scenario/"]),
    ("rayon::", &["experiment/", "cli/"]),
    ("plotters::", &["report/"]),
    ("csv::", &["report/", "scenario/"]),
    ("clap::", &["cli/"]),
    ("clap_complete::", &["cli/"]),
    ("clap_mangen::", &["cli/"]),
    ("rand::", &["random/"]),
    ("rand_distr::", &["random/"]),
    ("rand_xoshiro::", &["random/"]),
    (
        "std::fs",
        &["cli/", "report/folder/", "scenario/rate_file.rs"],
    ),
    ("std::env", &["cli/"]),
    ("std::time::Instant", &["cli/"]),
    ("std::time::SystemTime", &["cli/"]),
    ("std::process", &["cli/", "main.rs"]),
    ("println", &["cli/"]),
    ("print", &["cli/"]),
    ("eprintln", &["cli/"]),
    ("eprint", &["cli/"]),
];

/// Goal: formats, threads, the clock, the disk and the terminal stay in the layers that are for
/// them. Method: the paths of each file, unit tests excepted.
#[test]
fn each_capability_has_its_place() {
    check(
        in_each(misplaced_capabilities),
        &[
            (
                "src/model/fleet.rs",
                "use serde::Serialize; // bad\n\
                 use std::{fmt, fs}; // bad\n\
                 use std::time::{Duration, Instant}; // bad\n\
                 fn f() { println!(\"rayon::join\"); } // bad\n\
                 fn csv() { Clock::Instant; crate::report::csv::rows(); }\n\
                 #[cfg(test)]\n\
                 mod tests { use std::fs; }",
            ),
            ("src/report/folder/claim.rs", "use std::fs::File;"),
            ("src/report/tables.rs", "fn f() { std::fs::read(); } // bad"),
            ("tests/it/main.rs", "use std::fs;"),
        ],
    );
}

fn misplaced_capabilities(source: &Source) -> Vec<Finding> {
    let Some(place) = source.path.strip_prefix("src/") else {
        return Vec::new();
    };
    let is_within = |path: &str, capability: &str| match path.strip_prefix(capability) {
        Some(rest) => capability.ends_with("::") || rest.is_empty() || rest.starts_with("::"),
        None => false,
    };
    let paths = source.paths().into_iter();
    let findings = paths.filter_map(|(line, path)| {
        let mut table = ONLY_IN.into_iter();
        let (capability, places) = table.find(|(capability, _)| is_within(&path, capability))?;
        let is_allowed = source.is_test(line) || places.iter().any(|at| place.starts_with(at));
        let advice = || format!("`{capability}` is only for {places:?}: move this there");
        (!is_allowed).then(|| Finding::new(source, line, advice()))
    });
    findings.collect()
}
