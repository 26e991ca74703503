//! The command as its users meet it: what it prints, writes and returns.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A scenario that takes a moment.
const SMALL: &str = "title: Small
run: {warm_up: 5s, duration: 30s, window: 5s, replications: 5}
regions: {westeurope: {units: 1}, eastus: {units: 1}}
clients:
  europe: {near: westeurope, rate: 40/s, agents: 20}
  america: {near: eastus, rate: 40/s, agents: 20}
routing: {ttl: 2s, probe: {interval: 2s, timeout: 1s, tolerated_failures: 1}}
outages: [{region: westeurope, at: 10s, for: 10s}]
";

/// A folder in which gatefleet is run.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn with_small() -> Self {
        let place = Self::new();
        place.write("small.yaml", SMALL);
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gatefleet"));
        command.args(words).current_dir(self.0.path());
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The names of all files below a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[test]
fn a_run_prints_a_summary_and_writes_a_folder() {
    let place = Place::with_small();
    let output = place.run(&["run", "small.yaml"]);
    assert_eq!((status(&output), err(&output)), (0, String::new()));
    let text = out(&output);
    assert!(text.starts_with("Small\n"), "{text}");
    assert!(
        text.contains("Outage: westeurope (blackhole) at 10 s for 10 s"),
        "{text}"
    );
    assert_eq!(text.lines().last(), Some("results/small/report.html"));
    let folder = place.path("results/small");
    let names: Vec<String> = files(&folder)
        .iter()
        .map(|path| path.strip_prefix(&folder).unwrap().display().to_string())
        .collect();
    let expected = [
        "failures.csv",
        "flows.csv",
        "junit.xml",
        "latency.csv",
        "outages.csv",
        "plots/availability.png",
        "plots/availability.svg",
        "plots/clients.png",
        "plots/clients.svg",
        "plots/latency.png",
        "plots/latency.svg",
        "plots/timeline.png",
        "plots/timeline.svg",
        "report.html",
        "run.json",
        "summary.csv",
        "summary.json",
        "summary.md",
        "timeline.csv",
    ];
    assert_eq!(names, expected);
    assert_eq!(
        fs::read_dir(place.path("results")).unwrap().count(),
        1,
        "nothing else"
    );
}

#[test]
fn the_same_bytes_for_any_number_of_threads() {
    let place = Place::with_small();
    for threads in ["1", "2"] {
        let output = place.run(&["run", "small.yaml", "--threads", threads, "--out", threads]);
        assert_eq!(status(&output), 0);
    }
    let one = files(&place.path("1"));
    assert_eq!(one.len(), files(&place.path("2")).len());
    for file in one.iter().filter(|file| !file.ends_with("run.json")) {
        let other = place
            .path("2")
            .join(file.strip_prefix(place.path("1")).unwrap());
        // The report tells the command, in which alone the two differ.
        let command = |threads| format!("--threads {threads} --out {threads}");
        let mut bytes = fs::read(file).unwrap();
        if file.ends_with("report.html") {
            let page = String::from_utf8(bytes).unwrap();
            assert!(page.contains(&command(1)));
            bytes = page.replace(&command(1), &command(2)).into_bytes();
        }
        assert!(bytes == fs::read(other).unwrap(), "{}", file.display());
    }
}

#[test]
fn plots_are_drawn_again_from_the_tables_alone() {
    let place = Place::with_small();
    place.run(&["run", "small.yaml"]);
    let plots = place.path("results/small/plots");
    let drawn: Vec<Vec<u8>> = files(&plots)
        .iter()
        .map(|file| fs::read(file).unwrap())
        .collect();
    fs::remove_dir_all(&plots).unwrap();
    let output = place.run(&["plot", "results/small"]);
    assert_eq!((status(&output), out(&output).lines().count()), (0, 9));
    let again: Vec<Vec<u8>> = files(&plots)
        .iter()
        .map(|file| fs::read(file).unwrap())
        .collect();
    assert!(drawn == again, "byte by byte");
    let output = place.run(&["plot", "nowhere"]);
    assert_eq!(status(&output), 2);
    assert!(err(&output).contains("name a results folder of gatefleet"));
}

#[test]
fn a_missed_objective_is_status_99_unless_told_otherwise() {
    let place = Place::with_small();
    place.write(
        "strict.yaml",
        &format!("{SMALL}slo: {{availability: 99.9%}}\n"),
    );
    assert_eq!(
        status(&place.run(&["run", "strict.yaml", "--no-plots"])),
        99
    );
    assert_eq!(
        status(&place.run(&["run", "strict.yaml", "--no-plots", "--no-fail"])),
        0
    );
    let lenient = [
        "run",
        "strict.yaml",
        "--no-plots",
        "--set",
        "slo.availability=10%",
    ];
    assert_eq!(status(&place.run(&lenient)), 0);
}

#[test]
fn options_change_the_scenario_and_its_fingerprint() {
    let place = Place::with_small();
    let run = |out: &str, words: &[&str]| {
        let all = [
            &["run", "small.yaml", "--no-plots", "--quiet", "--out", out],
            words,
        ]
        .concat();
        assert_eq!(status(&place.run(&all)), 0);
        place.read(&format!("{out}/summary.json"))
    };
    let plain: serde_json::Value = serde_json::from_str(&run("a", &[])).unwrap();
    let seed: serde_json::Value = serde_json::from_str(&run("b", &["--seed", "7"])).unwrap();
    let few: serde_json::Value = serde_json::from_str(&run("c", &["--replications", "2"])).unwrap();
    assert_eq!(
        (&seed["seed"], &few["replications"]),
        (&7.into(), &2.into())
    );
    assert_ne!(plain["scenario"]["sha256"], seed["scenario"]["sha256"]);
    assert_ne!(plain["availability"], seed["availability"]);
    assert!(
        few["availability"]["ci95"].is_null(),
        "no interval below 5 replications"
    );
}

/// Whatever is wrong with the input: exit status 2, a message that says where and what, and the
/// earlier results as they were.
#[test]
fn bad_input_is_explained_and_costs_nothing() {
    let place = Place::with_small();
    place.run(&["run", "small.yaml", "--no-plots"]);
    let earlier = place.read("results/small/run.json");
    place.write("empty.yaml", "");
    place.write("garbage.yaml", &"\u{1}[{,]".repeat(2_000_000));
    place.write("latin1.yaml", "");
    fs::write(place.path("latin1.yaml"), b"title: caf\xe9\n").unwrap();
    fs::create_dir(place.path("folder")).unwrap();
    let cases = [
        (vec!["run", "nowhere.yaml"], "`nowhere.yaml` does not exist"),
        (vec!["run", "folder"], "`folder` is a directory"),
        (vec!["run", "empty.yaml"], "the scenario is empty"),
        (vec!["run", "garbage.yaml"], "write at most 1048576 bytes"),
        (
            vec!["run", "latin1.yaml"],
            "latin1.yaml:1: error: this is not UTF-8 text",
        ),
        (
            vec!["run", "small.yaml", "--set", "routing.tll=5s"],
            "did you mean `ttl`?",
        ),
        (
            vec!["run", "small.yaml", "--set", "routing.ttl=5"],
            "`5` has no unit",
        ),
        (vec!["run", "small.yaml", "--set", "routing"], "has no `=`"),
        (
            vec!["run", "small.yaml", "--replications", "0"],
            "run.replications=0",
        ),
        (vec!["run", "small.yaml", "--threads", "0"], "--threads"),
        (vec!["run", "small.yaml", "small.yaml"], "would both write"),
        (vec!["run"], "SCENARIO"),
        (vec!["fly"], "unrecognized subcommand"),
        (vec!["init", "nothing"], "there is no template `nothing`"),
    ];
    for (words, message) in cases {
        let output = place.run(&words);
        let text = err(&output);
        assert_eq!(status(&output), 2, "{words:?}: {text}");
        assert!(text.contains(message), "{words:?}: {text}");
        assert!(
            !text.contains("panicked") && text.len() < 5_000,
            "{words:?}: {text}"
        );
        assert_eq!(out(&output), "", "{words:?}");
    }
    assert_eq!(place.read("results/small/run.json"), earlier);
}

#[test]
fn all_problems_of_all_scenarios_are_reported_at_once() {
    let place = Place::with_small();
    place.write("a.yaml", &SMALL.replace("rate: 40/s", "rate: 40"));
    place.write("b.yaml", &SMALL.replace("title:", "titel:"));
    let text = err(&place.run(&["check", "a.yaml", "b.yaml"]));
    for part in ["a.yaml:5:36: error:", "a.yaml:6:", "b.yaml:1:1: error:"] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn what_others_made_is_never_replaced() {
    let place = Place::with_small();
    fs::create_dir(place.path("thesis")).unwrap();
    place.write("thesis/chapter.txt", "ten years");
    let output = place.run(&["run", "small.yaml", "--out", "thesis"]);
    assert_eq!(status(&output), 1);
    assert!(
        err(&output).contains("was not written by gatefleet"),
        "{}",
        err(&output)
    );
    assert_eq!(place.read("thesis/chapter.txt"), "ten years");
}

#[test]
fn init_writes_a_scenario_that_runs_and_never_writes_over_one() {
    let place = Place::new();
    let output = place.run(&["init"]);
    assert_eq!(status(&output), 0);
    assert_eq!(status(&place.run(&["check", "starter.yaml"])), 0);
    let again = place.run(&["init"]);
    assert_eq!(status(&again), 2);
    assert!(err(&again).contains("`starter.yaml` exists already"));
    let printed = place.run(&["init", "primary-outage", "-o", "-"]);
    assert!(out(&printed).contains("title: The primary region goes dark"));
}

#[test]
fn check_says_what_arithmetic_tells() {
    let place = Place::with_small();
    let text = out(&place.run(&["check", "small.yaml"]));
    // Two probes of 1 s, then one more interval: 2 s + 1 s to 4 s + 1 s.
    assert!(
        text.contains("blackhole  after 3 s to 5 s, 4 s on average"),
        "{text}"
    );
    assert!(
        text.contains("without\nwesteurope") || text.contains("westeurope"),
        "{text}"
    );
}

#[test]
fn lists_schema_completions_and_manual_are_printed() {
    let place = Place::new();
    let cases = [
        (vec!["list", "regions"], "CC-BY-4.0"),
        (vec!["list", "templates"], "n-minus-one"),
        (vec!["list", "strategies"], "even_spread"),
        (vec!["list", "distributions"], "lognormal("),
        (vec!["list", "outages"], "blackhole"),
        (vec!["list"], "gatefleet list regions"),
        (vec!["schema"], "http://json-schema.org/draft-07/schema#"),
        (vec!["completions", "bash"], "_gatefleet"),
        (vec!["man"], ".TH gatefleet"),
        (vec!["--version"], env!("CARGO_PKG_VERSION")),
        (vec!["--help"], "Simulate scenarios"),
    ];
    for (words, part) in cases {
        let output = place.run(&words);
        assert_eq!(status(&output), 0, "{words:?}");
        assert!(out(&output).contains(part), "{words:?}: {}", out(&output));
    }
}

/// An interrupt keeps what has finished, marked as incomplete.
#[cfg(unix)]
#[test]
fn an_interrupt_keeps_the_finished_replications() {
    let place = Place::with_small();
    let words = [
        "run",
        "small.yaml",
        "--replications",
        "10000",
        "--threads",
        "1",
    ];
    let mut child = place
        .command(&words)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let summary: serde_json::Value =
        serde_json::from_str(&place.read("results/small/summary.json")).unwrap();
    assert_eq!(summary["complete"], false);
    let replications = summary["replications"].as_u64().unwrap();
    assert!((1..10_000).contains(&replications), "{replications}");
}
