//! Faults of the machine: full disks, folders that cannot be written, processes that are killed or
//! get in each other's way, results of other versions.
//!
//! Whatever happens, what had been written is there, and nothing half-written passes for whole.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::cli::Place;

/// What is in a results folder, but for what tells when and how it was made.
type Content = BTreeMap<PathBuf, Vec<u8>>;

fn content(folder: &Path) -> Content {
    let mut content = Content::new();
    gather(folder, folder, &mut content);
    content
}

fn gather(root: &Path, folder: &Path, content: &mut Content) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(root, &path, content);
        } else if !path.ends_with("run.json") && !path.ends_with("report.html") {
            let name = path.strip_prefix(root).unwrap().to_owned();
            content.insert(name, fs::read(&path).unwrap());
        }
    }
}

/// What is beside a results folder `a`.
fn beside(place: &Place) -> Vec<String> {
    let names = fs::read_dir(place.path("results")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name != "a").collect()
}

fn words(seed: &str) -> Vec<&str> {
    vec![
        "run",
        "small.yaml",
        "--out",
        "results/a",
        "--threads",
        "1",
        "--seed",
        seed,
    ]
}

fn errors(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A place with results of seed 1 in `results/a`, and what those of seed 2 would be.
fn with_results() -> (Place, Content, Content) {
    let place = Place::with_small();
    let written = |seed| {
        assert!(place.run(&words(seed)).status.success());
        content(&place.path("results/a"))
    };
    let second = written("2");
    let first = written("1");
    assert_ne!(first, second);
    (place, first, second)
}

/// Goal: a process that is killed at any moment leaves the earlier results or the new ones, whole;
/// and whatever else it leaves is gone after the next run. Method: kill it at moments that are spread
/// over a run and its end.
#[test]
fn a_killed_run_leaves_whole_results() {
    const KILLS: u32 = 24;
    let (place, first, second) = with_results();
    let start = now();
    assert!(place.run(&words("1")).status.success());
    let whole = start.elapsed();
    let mut seen = [0_u32; 2];
    for kill in 0..KILLS {
        let mut child = place
            .command(&words("2"))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Steps of the golden ratio are nowhere crowded.
        let moment = (f64::from(kill) * 0.618_034).fract() * 1.1;
        std::thread::sleep(whole.mul_f64(moment));
        child.kill().unwrap();
        child.wait().unwrap();
        let found = content(&place.path("results/a"));
        let is_new = found == second;
        assert!(
            is_new || found == first,
            "killed after {moment} of {whole:?}"
        );
        seen[usize::from(is_new)] += 1;
        if is_new {
            assert!(place.run(&words("1")).status.success());
            assert_eq!(beside(&place), [""; 0]);
        }
    }
    assert!(seen[0] > 0, "no run was cut off: {seen:?}");
    assert!(place.run(&words("1")).status.success());
    assert_eq!(content(&place.path("results/a")), first);
    assert_eq!(beside(&place), [""; 0], "what was left is gone");
}

#[expect(
    clippy::disallowed_methods,
    reason = "a process is killed after a share of its time"
)]
fn now() -> Instant {
    Instant::now()
}

/// A command that may write files of so many blocks of 512 bytes, and is told so if it writes more.
fn with_file_limit(place: &Place, blocks: u32, (words, prelude): (&[&str], &str)) -> Output {
    let command = place.command(words);
    let mut shell = Command::new("sh");
    let script = format!("{prelude} ulimit -f {blocks}; exec \"$0\" \"$@\"");
    shell.arg("-c").arg(script).arg(command.get_program());
    shell.args(command.get_args()).current_dir(place.path(""));
    shell.output().unwrap()
}

/// Goal: a disk without room costs nothing but the new results. Method: no file may be longer than
/// some blocks, so that the first longer one cannot be written to its end; each limit hits another.
#[test]
fn a_full_disk_leaves_the_earlier_results() {
    let (place, first, _) = with_results();
    for blocks in [0, 2, 8, 40] {
        let output = with_file_limit(&place, blocks, (&words("2"), "trap '' XFSZ;"));
        assert_eq!(
            output.status.code(),
            Some(1),
            "{blocks}: {}",
            errors(&output)
        );
        assert!(
            errors(&output).contains("cannot write `"),
            "{}",
            errors(&output)
        );
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(
            shown.contains("Availability"),
            "figures are shown at least: {shown}"
        );
        assert_eq!(content(&place.path("results/a")), first, "{blocks} blocks");
        assert_eq!(beside(&place), [""; 0], "nothing is left");
    }
    // The system may also end the process in the middle of a write.
    let output = with_file_limit(&place, 8, (&words("2"), ""));
    assert_eq!(output.status.code(), None, "it was killed");
    assert_eq!(content(&place.path("results/a")), first);
    assert!(
        !beside(&place).is_empty(),
        "it was in the middle of a write"
    );
    assert!(place.run(&words("1")).status.success());
    assert_eq!(beside(&place), [""; 0], "the next run has tidied up");
}

/// Goal: a disk that is full for the notes of a sweep ends it, and says so.
#[test]
fn a_sweep_that_cannot_note_says_so() {
    let place = Place::with_small();
    let words = [
        "sweep",
        "small.yaml",
        "--vary",
        "routing.ttl=1s,2s",
        "--no-plots",
    ];
    let output = with_file_limit(&place, 1, (&words, "trap '' XFSZ;"));
    assert_eq!(output.status.code(), Some(1), "{}", errors(&output));
    assert!(
        errors(&output).contains("cannot write `results/"),
        "{}",
        errors(&output)
    );
    assert!(!place.path("results/sweep-small").exists());
    assert!(
        place.run(&words).status.success(),
        "with room it begins anew"
    );
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says why")]
fn a_full_device_behind_standard_output_is_told() {
    let place = Place::with_small();
    let Ok(full) = fs::File::options().write(true).open("/dev/full") else {
        eprintln!("skipped: there is no /dev/full here");
        return;
    };
    for words in [
        &["schema"][..],
        &["run", "small.yaml", "--no-plots"],
        &["--help"],
    ] {
        let mut command = place.command(words);
        let output = command.stdout(full.try_clone().unwrap()).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        assert!(errors(&output).contains("cannot write to standard output"));
    }
    assert!(
        place.path("results/small/summary.json").exists(),
        "the results are written"
    );
    let output = with_file_limit(&place, 1, (&["init"], "trap '' XFSZ;"));
    assert_eq!(output.status.code(), Some(1));
    assert!(
        !place.path("starter.yaml").exists(),
        "no half of a scenario"
    );
}

/// Runs as somebody for whom permissions hold, which they do not for root.
fn as_nobody(place: &Place, words: &[&str]) -> Output {
    let command = place.command(words);
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| {
        use std::os::unix::fs::MetadataExt as _;
        own.uid() == 0
    });
    if !is_root {
        return place.run(words);
    }
    let own = place.path("gatefleet");
    if !own.exists() {
        // The original may be in a folder that nobody else may enter.
        fs::copy(command.get_program(), &own).unwrap();
    }
    for path in ["", "results", "results/a", "results/a/plots"] {
        if place.path(path).exists() {
            chown(place.path(path), Some(65_534), None).unwrap();
        }
    }
    let mut command = Command::new(own);
    command.args(words).current_dir(place.path("")).uid(65_534);
    command.output().unwrap()
}

/// Goal: a folder that cannot be written or replaced is told before the work, not after it.
#[test]
fn a_folder_that_cannot_be_written_is_told_before_the_work() {
    let (place, first, _) = with_results();
    let endless = [&words("2")[..], &["--replications", "10000"]].concat();
    for locked in ["results", "results/a", "results/a/plots"] {
        let mode = |mode| fs::set_permissions(place.path(locked), fs::Permissions::from_mode(mode));
        mode(0o555).unwrap();
        let output = as_nobody(&place, &endless);
        mode(0o755).unwrap();
        let text = errors(&output);
        assert_eq!(output.status.code(), Some(1), "{locked}: {text}");
        assert!(
            text.contains("cannot write `results/a`: Permission denied"),
            "{text}"
        );
        assert_eq!(content(&place.path("results/a")), first);
        assert_eq!(beside(&place), [""; 0]);
    }
    let output = as_nobody(&place, &words("2"));
    assert!(output.status.success(), "{}", errors(&output));
}

/// A run that goes on until it is stopped.
fn endless(place: &Place) -> Child {
    let words = [&words("2")[..], &["--replications", "10000"]].concat();
    let mut command = place.command(&words);
    let child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lock = place.path("results/.a.gatefleet-lock");
    while !lock.exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

fn interrupt(child: &Child) {
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
}

#[test]
fn two_processes_do_not_write_one_folder() {
    let (place, first, _) = with_results();
    let mut child = endless(&place);
    for words in [words("3"), vec!["plot", "results/a"]] {
        let output = place.run(&words);
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        assert!(errors(&output).contains("another process is writing `results/a`"));
    }
    assert!(
        place
            .run(&["run", "small.yaml", "--no-plots", "--out", "results/b"])
            .status
            .success()
    );
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(content(&place.path("results/a")), first);
    assert!(
        place.run(&["plot", "results/a"]).status.success(),
        "a dead process holds nothing"
    );
}

/// Goal: results of an interrupted run do not take the place of whole ones.
#[test]
fn an_interrupted_run_keeps_earlier_whole_results() {
    let (place, first, _) = with_results();
    let mut child = endless(&place);
    std::thread::sleep(Duration::from_millis(1_500));
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(content(&place.path("results/a")), first);
    let summary = place.read("results/a.incomplete/summary.json");
    assert!(summary.contains("\"complete\": false"));
    assert_eq!(beside(&place), ["a.incomplete"]);
}

/// Goal: what another version has written is neither misread nor spoiled; a new run may replace it.
#[test]
fn results_of_another_version_are_told_and_not_touched() {
    let (place, _, second) = with_results();
    let summary = place.read("results/a/summary.json");
    let changes: [(&str, String, &str); 3] = [
        (
            "later",
            summary.replacen("\"schema\": 1", "\"schema\": 2", 1),
            "`schema: 2`",
        ),
        (
            "earlier",
            summary.replacen("\"schema\": 1,", "", 1),
            "`schema: null`",
        ),
        (
            "cut off",
            summary[..summary.len() / 2].to_owned(),
            "is not a summary of gatefleet",
        ),
    ];
    for (name, text, message) in changes {
        place.write("results/a/summary.json", &text);
        let before = content(&place.path("results/a"));
        for words in [
            vec!["plot", "results/a"],
            vec!["run", "small.yaml", "--baseline", "results/a"],
        ] {
            let output = place.run(&words);
            assert_eq!(output.status.code(), Some(2), "{name}: {words:?}");
            assert!(
                errors(&output).contains(message),
                "{name}: {}",
                errors(&output)
            );
        }
        assert_eq!(content(&place.path("results/a")), before, "{name}");
    }
    assert!(place.run(&words("2")).status.success());
    assert_eq!(content(&place.path("results/a")), second);
}

/// Goal: what may be a change of gatefleet is not taken for one of the fleet.
#[test]
fn numbers_of_another_version_are_told_where_results_are_compared() {
    let place = Place::with_small();
    let small = |words: &[&str]| {
        let output =
            place.run(&[&["run", "small.yaml", "--no-plots", "--no-fail"], words].concat());
        assert!(output.status.success(), "{}", errors(&output));
        errors(&output)
    };
    let compare = || {
        let output = place.run(&["compare", "results/new", "results/old", "--no-plots"]);
        assert!(output.status.success(), "{}", errors(&output));
        errors(&output)
    };
    for name in ["results/new", "results/old"] {
        small(&["--out", name]);
    }
    assert!(!compare().contains("numbers"));
    let summary = place.read("results/old/summary.json");
    let old = summary.replacen("\"results\": 1", "\"results\": 0", 1);
    assert_ne!(summary, old);
    place.write("results/old/summary.json", &old);
    let told = "has numbers of version 0, `results/new` of version 1";
    assert!(compare().contains(told), "{}", compare());
    let told = "has numbers of version 1, `results/old` of version 0";
    let said = small(&["--baseline", "results/old"]);
    assert!(said.contains(told), "{said}");
}
