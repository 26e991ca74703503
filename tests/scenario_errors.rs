//! The texts of errors are an interface: each broken scenario has its exact message beside it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use gatefleet::scenario::{
    Diagnostics, Override, Severity, Source, read, rehearse, schema, templates,
};
use proptest::prelude::*;
use serde_json::Value;

const GOOD: &str = "regions: {westeurope: {units: 1}, eastus: {units: 1}}\n\
                    clients: {europe: {near: westeurope, rate: 100/s}}\n\
                    outages: [{region: eastus, at: 1m, for: 1m}]\n\
                    operations: [{disable: eastus, at: 2m}]\n\
                    config:\n\
                    \x20 freeze: [{at: 3m, for: 1m}]\n\
                    \x20 rollouts: [{at: 4m, bad: {fail: 1%}}]\n";

fn source(name: &str, text: &str) -> Source {
    Source {
        name: name.to_owned(),
        text: text.to_owned(),
        folder: broken_folder(),
    }
}

fn refusal(text: &str) -> Diagnostics {
    read(&source("f.yaml", text), &[]).expect_err("it is broken")
}

fn refusal_of(options: &[&str]) -> String {
    let parse = |text: &&str| Override::parse(text).expect("an override");
    let overrides: Vec<Override> = options.iter().map(parse).collect();
    let source = source("f.yaml", GOOD);
    let refused = read(&source, &overrides).and_then(|_| rehearse(&source, &overrides));
    refused.expect_err("the options are wrong").to_string()
}

fn broken_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken")
}

/// The broken scenarios, in the order of their names.
fn broken() -> Vec<PathBuf> {
    let entries = fs::read_dir(broken_folder()).expect("the folder is part of the project");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "yaml")
    });
    files.sort();
    files
}

#[test]
fn every_broken_scenario_is_refused_in_the_words_beside_it() {
    let mut differences = String::new();
    for path in broken() {
        let name = path.file_name().expect("a file").to_string_lossy();
        let text = fs::read_to_string(&path).expect("the file is there");
        let source = source(&name, &text);
        let found = match read(&source, &[]).and_then(|_| rehearse(&source, &[])) {
            Ok(()) => "it was accepted".to_owned(),
            Err(refused) => refused.to_string(),
        };
        let expected = fs::read_to_string(path.with_extension("txt")).unwrap_or_default();
        if found != expected.trim_end() {
            let part = format!("--- {name}: expected\n{expected}\n--- {name}: found\n{found}\n\n");
            differences.push_str(&part);
        }
    }
    assert!(differences.is_empty(), "\n{differences}");
}

#[test]
fn the_good_scenario_is_good() {
    read(&source("f.yaml", GOOD), &[]).expect("it is what the overrides break");
}

#[test]
fn an_override_is_refused_in_the_name_of_its_option() {
    for (option, expected) in [
        (
            "routing.ttl=10",
            "`10` has no unit; write `10s`, `10ms` or `10m`",
        ),
        (
            "routing.tll=10s",
            "`routing` has no key `tll`; did you mean `ttl`?",
        ),
        (
            "backends.orders.workers=0",
            "`0` is too small; write a whole number from 1 to 1000000",
        ),
        (
            "outages.1.for=1m",
            "the list has no element `1`; write `0`, its only element",
        ),
        (
            "outages.0.region=eastsu",
            "`eastsu` is not a region of this scenario; did you mean `eastus`?",
        ),
        (
            "regions=[",
            "the value is not YAML: unclosed bracket '['; write a value as in the file, quoted for the shell",
        ),
    ] {
        assert_eq!(
            refusal_of(&[option]),
            format!("--set {option}: error: {expected}")
        );
    }
}

#[test]
fn overrides_are_applied_in_their_order() {
    let overrides = ["run.seed=7", "run.seed=8", "regions.westeurope.units=3"]
        .map(|text| Override::parse(text).expect("an override"));
    let study = read(&source("f.yaml", GOOD), &overrides)
        .expect("good")
        .study;
    assert_eq!(study.run.seed, 8);
    assert_eq!(
        study.fleet.regions.iter().next().map(|region| region.units),
        Some(3)
    );
}

/// The paths of all keys below a part of the schema, in the good scenario's names.
fn paths(schema: &Value, prefix: &str, found: &mut BTreeSet<String>) {
    for (key, part) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{prefix}{key}");
        let below = match key.as_str() {
            "regions" => format!("{path}.eastus."),
            "clients" => format!("{path}.europe."),
            "outages" | "operations" | "freeze" | "rollouts" => format!("{path}.0."),
            _ => format!("{path}."),
        };
        paths(part, &below, found);
        for inner in [&part["additionalProperties"], &part["items"]] {
            paths(inner, &below, found);
        }
        for alternative in part["anyOf"].as_array().into_iter().flatten() {
            paths(alternative, &below, found);
        }
        found.insert(path);
    }
}

/// Every key of the schema, given a value that no key takes: what is declared is read.
#[test]
fn no_key_is_ignored() {
    let mut found = BTreeSet::new();
    paths(&schema(), "", &mut found);
    assert!(found.len() > 120, "only {} keys were met", found.len());
    for path in found {
        let option = format!("{path}={{zz: 1}}");
        let refused = refusal_of(&[&option]);
        let expected = format!("--set {option}: error: ");
        assert!(refused.contains(&expected), "{path}: {refused}");
    }
}

#[test]
fn keys_that_begin_with_x_are_free_at_every_level() {
    let text = "x-a: &units {units: 1}\nregions: {x-b: 1, westeurope: {<<: *units, x-c: []}}\n\
                clients: {x-d: {}, europe: {near: westeurope, rate: 1/s, x-e: y}}\n\
                routing: {x-f: 1}\n";
    let study = read(&source("f.yaml", text), &[])
        .expect("they are free")
        .study;
    assert_eq!(study.fleet.regions.len(), 1);
    assert_eq!(study.fleet.populations.len(), 1);
}

#[test]
fn json_is_a_scenario_too() {
    let text = r#"{"regions": {"eastus": {"units": 1}}, "clients": {"all": {"near": "eastus", "rate": "1/s"}}}"#;
    read(&source("f.json", text), &[]).expect("YAML contains JSON");
}

#[test]
fn only_so_many_problems_are_shown() {
    let keys: Vec<String> = (0..25).map(|index| format!("zz{index}: 1\n")).collect();
    let shown = refusal(&format!("{}{GOOD}", keys.concat())).to_string();
    assert_eq!(shown.matches("error: ").count(), 20);
    assert!(shown.ends_with("\n\nand 5 more"), "{shown}");
}

#[test]
fn garbage_is_refused_without_a_panic() {
    let bomb: Vec<String> = (1..12)
        .map(|level| {
            let inner = format!("*a{}, ", level - 1).repeat(9);
            format!("x-{level}: &a{level} [{inner}]\n")
        })
        .collect();
    let long_line = format!("regions: {}", "é".repeat(500_000));
    let many_keys = "a: 1\n".repeat(200_000);
    for text in [
        "x".repeat(10 << 20),
        "[".repeat(100_000),
        "a: ".repeat(10_000),
        "- ".repeat(100_000),
        "{a: ".repeat(1_000),
        format!("x-0: &a0 [1]\n{}", bomb.concat()),
        long_line,
        many_keys,
        "\u{0}\u{1}\u{feff}".to_owned(),
        "\u{feff}regions: 1".to_owned(),
        "? [a, b]\n: c".to_owned(),
        "a: *nowhere".to_owned(),
        "--- 1\n--- 2".to_owned(),
        "!!binary x".to_owned(),
        "regions: &a {b: *a}".to_owned(),
        "%YAML 9.9\n---\n".to_owned(),
        "regions: |\n  block\n   text\nclients: >-\n  folded\n".to_owned(),
        "run: {seed: 123456789012345678901234567890, duration: .inf, window: .nan}".to_owned(),
        "\r\n\r\nregions:\r\n\t- 1".to_owned(),
    ] {
        let refused = refusal(&text);
        assert!(
            refused
                .iter()
                .all(|diagnostic| diagnostic.severity == Severity::Error)
        );
        let shown = refused.to_string();
        assert!(
            shown.lines().all(|line| line.chars().count() < 400),
            "{shown}"
        );
        assert!(
            shown.chars().all(|c| c == '\n' || !c.is_control()),
            "{shown}"
        );
    }
}

proptest! {
    /// A character of a good scenario is replaced by a few others: it is read or refused.
    #[test]
    fn a_slip_of_the_keyboard_never_panics(
        template in 0..templates().len(),
        position in 0.0..1.0,
        slip in "[-a-z0-9:,.*&!%#'\"\\[\\]{}\n\t é]{0,3}",
    ) {
        let mut characters: Vec<char> = templates()[template].text.chars().collect();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a position in a text")]
        let at = (position * characters.len() as f64) as usize;
        characters.splice(at..=at, slip.chars());
        let text: String = characters.into_iter().collect();
        if let Err(refused) = read(&source("f.yaml", &text), &[]) {
            prop_assert!(refused.to_string().contains("error: "));
        }
    }
}
