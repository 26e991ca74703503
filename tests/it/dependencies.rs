//! The page of dependencies, held against the manifest.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// Kind and features of each direct dependency, as the page tells them.
type Dependencies = BTreeMap<String, (String, String)>;

/// What the manifest says; and that each line has a reason.
fn of_manifest(manifest: &str) -> Dependencies {
    let mut kind = None;
    let mut found = Dependencies::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            kind = match line {
                "[dependencies]" => Some("normal"),
                "[dev-dependencies]" => Some("dev"),
                "[target.'cfg(unix)'.dependencies]" => Some("unix"),
                other => {
                    assert!(!other.contains("dependencies"), "what is {other}?");
                    None
                }
            };
            continue;
        }
        let (Some(kind), Some((name, rest))) = (kind, line.split_once(" = ")) else {
            continue;
        };
        let (said, reason) = rest.split_once(" # ").unwrap_or((rest, ""));
        assert!(
            !reason.trim().is_empty(),
            "`{name}` has no reason on its line"
        );
        found.insert(name.to_owned(), (kind.to_owned(), features(said)));
    }
    found
}

/// `default, derive`; `-` if there is none.
fn features(said: &str) -> String {
    let mut all = Vec::new();
    if !said.contains("default-features = false") {
        all.push("default");
    }
    if let Some((_, rest)) = said.split_once(" features = [") {
        let list = rest.split_once(']').expect("a list ends").0;
        all.extend(list.split(", ").map(|name| name.trim_matches('"')));
    }
    if all.is_empty() {
        "-".to_owned()
    } else {
        all.join(", ")
    }
}

fn of_page(page: &str) -> Dependencies {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let row = |row: &str| {
        let cells: Vec<&str> = row.split(" | ").collect();
        let [name, kind, features, why] = cells[..] else {
            panic!("{row} has not four cells");
        };
        assert!(why.trim_end_matches(" |").len() > 10, "{name}: why?");
        let name = name.trim_end_matches('`').to_owned();
        (name, (kind.to_owned(), features.to_owned()))
    };
    rows.map(row).collect()
}

#[test]
fn the_page_of_dependencies_is_that_of_the_manifest() {
    let manifest = of_manifest(&read("Cargo.toml"));
    assert!(manifest.len() > 20, "{manifest:?}");
    assert_eq!(of_page(&read("docs/dependencies.md")), manifest);
}

/// The rule finds what it is for.
#[test]
fn a_feature_or_a_crate_too_many_is_seen() {
    let manifest = "[dependencies]\na = { version = \"1\", default-features = false, features = [\"x\", \"y\"] } # it is good\n\
                    b = \"1\" # it is better\n[dev-dependencies]\nc = { version = \"1\", default-features = false } # best\n";
    let page = "| `a` | normal | x, y | it is good for this |\n| `b` | normal | default | it is better |\n\
                | `c` | dev | - | it is the best |\n";
    assert_eq!(of_page(page), of_manifest(manifest));
    for (from, to) in [("x, y", "x"), ("| dev", "| normal"), ("| `b`", "| `d`")] {
        assert_ne!(
            of_page(&page.replace(from, to)),
            of_manifest(manifest),
            "{from}"
        );
    }
}
