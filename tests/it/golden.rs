//! Golden results: what every bundled scenario gives at its seed, in one replication, so that no number
//! changes unseen.
//!
//! `tests/golden.txt` has the headline figures of each, and a fingerprint of every part of its
//! `summary.json`, which says where to look if no headline moved. Names and texts count, comments and
//! titles do not. Floating-point functions are those of the platform: the file is of Linux on x86-64.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use gatefleet::report::{RESULTS, Summary};
use gatefleet::scenario::{Override, Source, Template, read, templates};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::support::result;

/// What is changed of every scenario. More replications are more of the same, for intervals.
const BRIEF: &str = "run.replications=1";

/// Keys of `summary.json` that say what was run, not what came of it.
const IDENTITY: [&str; 5] = ["schema", "gatefleet", "results", "scenario", "complete"];

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden.txt")
}

/// The lines of every scenario, by its name.
type Golden = BTreeMap<String, Vec<String>>;

/// The golden results of this version.
fn simulated() -> Golden {
    let one = |template: &Template| (template.name.to_owned(), lines(&summary(template)));
    templates().iter().map(one).collect()
}

fn summary(template: &Template) -> Value {
    let source = Source {
        name: template.name.to_owned(),
        text: template.text.to_owned(),
        folder: PathBuf::new(),
    };
    let brief = Override::parse(BRIEF).unwrap();
    let checked = read(&source, &[brief]).unwrap_or_else(|problems| panic!("{problems}"));
    let summary = Summary::new(&checked.study, &result(&checked.study), "");
    serde_json::to_value(summary).unwrap()
}

/// The figures of one scenario, one a line, and the fingerprints of all parts of its summary.
fn lines(summary: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, pointer) in [
        ("requests offered", "/requests/offered"),
        ("requests failed", "/requests/failed"),
        ("availability", "/availability/mean"),
        ("amplification", "/amplification/mean"),
        ("latency mean, s", "/latency_s/mean/mean"),
        ("latency p50, s", "/latency_s/p50/mean"),
        ("latency p99, s", "/latency_s/p99/mean"),
        ("cost, unit-hours", "/cost_unit_hours/mean"),
    ] {
        lines.push(format!("{name}: {}", summary.pointer(pointer).unwrap()));
    }
    let outages = summary["outages"].as_array().unwrap();
    for (outage, index) in outages.iter().zip(1..) {
        let mean = |key: &str| outage[key]["mean"].to_string();
        lines.push(format!(
            "outage {index}: {} lost; detected {} s, drained {} s, recovered {} s",
            mean("requests_lost"),
            mean("time_to_detect_s"),
            mean("time_to_drain_s"),
            mean("time_to_recover_s")
        ));
    }
    let mut parts: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for (key, part) in summary.as_object().unwrap() {
        if !IDENTITY.contains(&key.as_str()) && !is_empty(part) {
            parts.entry(part_of(key)).or_default().push(part);
        }
    }
    let parts = parts.into_iter();
    lines.extend(parts.map(|(name, parts)| format!("part {name}: {}", fingerprint(&parts))));
    lines
}

/// Where a key of a summary is counted: itself, or a few together.
fn part_of(key: &str) -> &str {
    match key {
        "availability"
        | "availability_attempts"
        | "availability_timeslices"
        | "requests"
        | "attempts"
        | "amplification"
        | "latency_s"
        | "cost_unit_hours"
        | "figures"
        | "precision"
        | "replications" => "totals",
        "failures" | "blame" => "failures",
        "seed" | "strategy" | "duration_s" | "window_s" => "settings",
        other => other,
    }
}

fn is_empty(part: &Value) -> bool {
    match part {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => false,
    }
}

/// The first digits of a part's fingerprint.
fn fingerprint(parts: &[&Value]) -> String {
    let text: Vec<String> = parts.iter().map(ToString::to_string).collect();
    hex(&Sha256::digest(text.join("\n"))[..4])
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// The number of the results and the golden results of a file's text.
fn parse(text: &str) -> (u32, Golden) {
    let mut lines = text.lines().skip_while(|line| line.starts_with('#'));
    let head = lines.next().unwrap();
    let number = head.strip_prefix("results ").unwrap().parse().unwrap();
    let mut golden = Golden::new();
    let mut name = String::new();
    for line in lines.filter(|line| !line.is_empty()) {
        if let Some(figure) = line.strip_prefix("  ") {
            golden.get_mut(&name).unwrap().push(figure.to_owned());
        } else {
            line.clone_into(&mut name);
            golden.insert(name.clone(), Vec::new());
        }
    }
    (number, golden)
}

fn text(golden: &Golden) -> String {
    let mut text = format!(
        "# What every bundled scenario gives at its seed ({BRIEF}).\n\
         # Written by `cargo golden`; what it means is in tests/it/golden.rs.\n\
         results {RESULTS}\n"
    );
    for (name, lines) in golden {
        write!(text, "\n{name}\n").unwrap();
        for line in lines {
            writeln!(text, "  {line}").unwrap();
        }
    }
    text
}

/// What the same line of both is called.
fn label(line: &str) -> &str {
    line.split_once(": ").unwrap().0
}

/// What moved of scenarios that both know, as a person wants to read it; new figures do not move.
fn moved(old: &Golden, new: &Golden) -> Vec<String> {
    let mut moved = Vec::new();
    for (name, lines) in new {
        let Some(known) = old.get(name) else {
            continue;
        };
        let pair = |line: &String| {
            let before = known.iter().find(|before| label(before) == label(line))?;
            (before != line).then(|| format!("  - {before}\n  + {line}"))
        };
        let gone = |line: &&String| !lines.iter().any(|now| label(now) == label(line));
        let gone = known.iter().filter(gone).map(|line| format!("  - {line}"));
        let pairs: Vec<String> = lines.iter().filter_map(pair).chain(gone).collect();
        if !pairs.is_empty() {
            moved.push(format!("{name}\n{}", pairs.join("\n")));
        }
    }
    moved
}

/// Goal: no number changes unseen. Method: the committed file, to the last digit.
#[test]
fn bundled_scenarios_give_what_they_gave() {
    let (number, old) = parse(&fs::read_to_string(path()).unwrap());
    let new = simulated();
    let moved = moved(&old, &new);
    assert!(
        moved.is_empty(),
        "\nNumbers of {} scenarios have moved. If that is not meant, it is a bug. If it is:\n\
         1. make `RESULTS` in src/report/summary.rs one more than it is in the last release or on \
         the main branch,\n\
         2. say under Numbers in CHANGELOG.md what moved and why, naming `Results {}`,\n\
         3. `cargo golden`, and look at its diff; `cargo validate`, if theory may have moved too.\n\n\
         {}\n",
        moved.len(),
        number + 1,
        moved.join("\n\n")
    );
    assert!(
        number == RESULTS && old == new,
        "tests/golden.txt is of results {number}, lacks what is new, or has what is gone: write it by \
         `cargo golden`"
    );
}

/// Goal: every number of results is explained. Method: the changelog names it.
#[test]
fn the_changelog_explains_the_results() {
    let changelog = Path::new(env!("CARGO_MANIFEST_DIR")).join("CHANGELOG.md");
    let changelog = fs::read_to_string(changelog).unwrap();
    for number in 1..=RESULTS {
        let name = format!("Results {number}");
        assert!(
            changelog.contains(&name),
            "CHANGELOG.md is silent on {name}"
        );
    }
}

/// Goal: the file, written. Method: it is no test but what `cargo golden` calls; where numbers have
/// moved it wants another number of the results first.
#[test]
#[ignore = "it writes tests/golden.txt: `cargo golden`"]
fn write() {
    let (number, old) = parse(&fs::read_to_string(path()).unwrap());
    let new = simulated();
    let moved = moved(&old, &new);
    assert!(
        moved.is_empty() || RESULTS > number,
        "\nNumbers have moved: raise `RESULTS` in src/report/summary.rs above {number} first.\n\n{}\n",
        moved.join("\n\n")
    );
    fs::write(path(), text(&new)).unwrap();
}

/// Goal: a person sees what moved, and what is new does not pass for it. Method: two small files.
#[test]
fn what_moved_is_told_line_by_line() {
    let parsed = |text: &str| parse(&format!("# head\nresults 3\n\n{text}"));
    let (number, old) = parsed("gone\n  a: 1\n\nkept\n  a: 1\n  b: 2\n  c: 3\n");
    let (_, new) = parsed("kept\n  a: 1\n  b: 4\n  d: 5\n\nnew\n  a: 1\n");
    assert_eq!(number, 3);
    assert_eq!(moved(&old, &new), ["kept\n  - b: 2\n  + b: 4\n  - c: 3"]);
    assert_eq!(parse(&text(&new)).1, new);
}
