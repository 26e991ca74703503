//! What the documents show exists and runs.

use std::fs;
use std::path::Path;

use crate::cli::Place;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

/// The commands of the README's console blocks, in order.
fn commands() -> Vec<String> {
    let text = readme();
    let blocks = text.split("```console\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("```").next().unwrap_or("").lines());
    lines.map(str::to_owned).collect()
}

/// Every command of gatefleet is run as typed, but for one replication and without plots; those
/// of cargo are the two that the gate runs, and the installation.
#[test]
fn the_commands_of_the_readme_run() {
    let place = Place::new();
    copy(&root().join("scenarios"), &place.path("scenarios"));
    let mut ran = 0;
    for command in commands() {
        let mut words: Vec<&str> = command.split_whitespace().collect();
        let words = match words.as_slice() {
            ["cargo", "test"] | ["cargo", "install", "--path", "."] => continue,
            ["cargo", "run", "--release", "--", ..] => words.split_off(4),
            ["gatefleet", ..] => words.split_off(1),
            _ => panic!("`{command}` is neither gatefleet nor cargo"),
        };
        let brief: &[&str] = match words[0] {
            "compare" if words[1].starts_with("results/") => &["--no-plots"],
            "run" | "compare" | "sweep" => &["--replications", "1", "--no-plots"],
            _ => &[],
        };
        let output = place.run(&[&words, brief].concat());
        let status = output.status.code();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            matches!(status, Some(0 | 99)),
            "`{command}`: {status:?} {errors}"
        );
        ran += 1;
    }
    assert!(ran >= 8, "the tour is there: {ran}");
}

#[test]
fn the_links_of_the_documents_lead_somewhere() {
    for document in ["README.md", "results/README.md", "CHANGELOG.md"] {
        let text = fs::read_to_string(root().join(document)).unwrap();
        let folder = root().join(document).parent().unwrap().to_owned();
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            if target.starts_with("http") {
                continue;
            }
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path = if path.is_empty() {
                root().join(document)
            } else {
                folder.join(path)
            };
            assert!(path.exists(), "{document}: {target}");
            if !anchor.is_empty() {
                let headings = fs::read_to_string(&path).unwrap().to_lowercase();
                let heading = format!("# {}", anchor.replace('-', " "));
                assert!(headings.contains(&heading), "{document}: {target}");
            }
        }
    }
}

/// The scenario shown in the README is one.
#[test]
fn the_scenario_of_the_readme_is_accepted() {
    let text = readme();
    let block = text
        .split("```yaml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let place = Place::new();
    fs::write(place.path("shown.yaml"), block).unwrap();
    let output = place.run(&["check", "shown.yaml"]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Every scenario beside the documents and the benchmarks is one.
#[test]
fn the_scenarios_are_accepted() {
    let place = Place::new();
    for folder in ["scenarios", "benches/works"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let output = place.run(&["check", path.to_str().unwrap()]);
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}
