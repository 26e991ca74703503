//! What the documents show exists and runs.

use std::fs;
use std::path::Path;

use crate::cli::Place;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The documents that show commands.
const DOCUMENTS: [&str; 4] = ["README.md", "docs/guide.md", "docs/limits.md", "docs/ci.md"];

/// Others that link to files.
const LINKING: [&str; 9] = [
    "docs/dependencies.md",
    "docs/performance.md",
    "docs/fuzzing.md",
    "docs/mutants.md",
    "docs/scenario.md",
    "docs/validation.md",
    "results/README.md",
    "results/gallery/README.md",
    "CHANGELOG.md",
];

fn read(document: &str) -> String {
    fs::read_to_string(root().join(document)).unwrap()
}

/// The commands of a document's console blocks, in order.
fn commands(document: &str) -> Vec<String> {
    let text = read(document);
    let blocks = text.split("```console\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("```").next().unwrap_or("").lines());
    lines.map(str::to_owned).collect()
}

/// The commands of the steps of a build, in order: those of gatefleet in all other blocks, and what
/// hands files from one to the next.
fn steps(document: &str) -> Vec<String> {
    let text = read(document);
    let blocks = text.split("```").skip(1).step_by(2);
    let others = blocks.filter(|block| !block.starts_with("console\n"));
    let step = |line: &str| {
        let line = line.trim().trim_start_matches("- ");
        let line = line.trim_start_matches("run: ");
        let is_step = ["gatefleet ", "git show ", "cat "].map(|word| line.starts_with(word));
        is_step.contains(&true).then(|| line.to_owned())
    };
    let lines = others.flat_map(|block| block.lines().filter_map(step));
    lines.collect()
}

/// Goal: a build that is set up as the page says does what the page says. Method: its steps, one
/// after the other; `git show` copies the file that is there.
#[test]
fn the_steps_of_the_builds_run() {
    let place = Place::new();
    copy(&root().join("scenarios"), &place.path("scenarios"));
    let steps = steps("docs/ci.md");
    assert_eq!(steps.len(), 9, "{steps:?}");
    for step in &steps {
        let step = step.split(" || ").next().unwrap();
        let (command, to) = step.split_once(" >").unwrap_or((step, ""));
        let words: Vec<&str> = command.split_whitespace().collect();
        match words.as_slice() {
            ["gatefleet", ..] => run(&place, command),
            ["git", "show", file] => {
                let (_, path) = file.trim_matches('"').split_once(':').unwrap();
                fs::copy(place.path(path), place.path(to.trim())).unwrap();
            }
            ["cat", files] => {
                let (folder, name) = files.split_once("/*/").unwrap();
                let folders = fs::read_dir(place.path(folder)).unwrap();
                let found = folders.filter(|entry| {
                    let path = entry.as_ref().unwrap().path();
                    path.join(name).exists()
                });
                assert!(found.count() > 0, "{step}");
            }
            _ => panic!("`{step}` is no step that is known"),
        }
    }
}

/// Every command of gatefleet is run as typed, but for one replication and without plots; those
/// of cargo are the two that the gate runs, and the installation.
#[test]
fn the_commands_of_the_documents_run() {
    for document in DOCUMENTS {
        let place = Place::new();
        copy(&root().join("scenarios"), &place.path("scenarios"));
        let commands = commands(document);
        for command in &commands {
            run(&place, command);
        }
        assert!(document != "README.md" || commands.len() >= 8, "the tour");
    }
}

/// Goal: pictures show what is drawn today. Method: the commands beside them, whose last copies a
/// picture: it is the one that is there.
#[test]
fn the_pictures_of_the_gallery_are_drawn_by_their_commands() {
    let place = Place::new();
    copy(&root().join("scenarios"), &place.path("scenarios"));
    let mut compared = 0;
    for command in commands("results/gallery/README.md") {
        let words: Vec<&str> = command.split_whitespace().collect();
        match words.as_slice() {
            ["gatefleet", words @ ..] => {
                assert_eq!(place.run(words).status.code(), Some(0), "{command}");
            }
            ["cp", drawn, kept] => {
                let is_same = place.read(drawn) == read(kept);
                assert!(is_same, "{kept} is old: run the commands beside it again");
                compared += 1;
            }
            _ => panic!("`{command}` neither draws nor copies"),
        }
    }
    let kept = fs::read_dir(root().join("results/gallery")).unwrap();
    assert_eq!(compared + 1, kept.count(), "a picture has no command");
}

/// Runs a command of a document in a folder where those before it have run.
fn run(place: &Place, command: &str) {
    let typed: Vec<&str> = command.split_whitespace().collect();
    let words = match typed.as_slice() {
        ["cargo", "test"] | ["cargo", "install", "--path", "."] => return,
        ["cargo", "run", "--release", "--", words @ ..] | ["gatefleet", words @ ..] => words,
        _ => panic!("`{command}` is neither gatefleet nor cargo"),
    };
    let unquoted = words.iter().map(|word| word.trim_matches('\''));
    let words: Vec<&str> = unquoted.collect();
    let is_said = words.contains(&"--replications");
    let brief: &[&str] = match words[0] {
        "compare" if words[1].starts_with("results/") => &["--no-plots"],
        "run" | "compare" | "sweep" if is_said => &["--no-plots"],
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
}

/// The page of keys is what the tables say.
#[test]
fn the_page_of_keys_is_written_by_the_code() {
    let output = Place::new().run(&["schema", "--format", "markdown"]);
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(
        page == read("docs/scenario.md"),
        "docs/scenario.md is old: write it by `gatefleet schema --format markdown > docs/scenario.md`"
    );
}

#[test]
fn the_links_of_the_documents_lead_somewhere() {
    for document in [&DOCUMENTS[..], &LINKING].concat() {
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

/// Every whole scenario shown in a document is one.
#[test]
fn the_scenarios_of_the_documents_are_accepted() {
    let mut shown = 0;
    for document in DOCUMENTS {
        for block in read(document).split("```yaml\n").skip(1) {
            let block = block.split("```").next().unwrap();
            // The others are parts of one.
            if !block.contains("\nclients:") {
                continue;
            }
            let place = Place::new();
            fs::write(place.path("shown.yaml"), block).unwrap();
            let output = place.run(&["check", "shown.yaml"]);
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{document}: {errors}");
            shown += 1;
        }
    }
    assert!(shown >= 2, "{shown}");
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
