//! What a request costs: whole runs on one thread, all statistics on.
//!
//! `cargo bench --bench works` prints a line for each work; `-- M/M/1 "large fleet"` for those
//! named. Three works are those that discrete-event engines are compared by (M/M/1 at a utilization
//! of 0.8, M/M/16 at 0.85, three regions of which one fails); beside each, in turn with it, runs the
//! same work written by hand for nothing else, and the ratio of the two is the figure to keep:
//! machines differ, and are never quiet. Where Python and `SimPy` are to be had, `SimPy` runs them
//! too. Then come the bundled showpiece and a large fleet: for two minutes, in which to set up a million
//! agents is a tenth of the work, and for ten, as long as the shortest of the bundled scenarios.
//!
//! Times are medians over the rounds; the peak of memory is that of a process that does nothing
//! else, and is told where Linux tells it.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark prints what it has measured by the clock"
)]

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use gatefleet::experiment::{Alone, Study, run};
use gatefleet::scenario::{Override, Source, read};

mod by_hand;

const ROUNDS: usize = 7;

/// Works are run once a round.
const ONCE: &str = "run.replications=1";

/// Asks this program to run a work once and tell its peak of memory.
const PEAK_OF: &str = "--peak-of";

/// Something to simulate.
struct Work {
    name: &'static str,
    text: &'static str,
    /// What is set otherwise than in the text.
    set: Option<&'static str>,
    /// The same by hand; it returns how many requests were answered.
    by_hand: Option<fn() -> u64>,
}

const WORKS: [Work; 6] = [
    Work {
        name: "M/M/1",
        text: include_str!("works/m_m_1.yaml"),
        set: None,
        by_hand: Some(|| by_hand::one_station(1, 0.001)),
    },
    Work {
        name: "M/M/16",
        text: include_str!("works/m_m_16.yaml"),
        set: None,
        by_hand: Some(|| by_hand::one_station(16, 0.017)),
    },
    Work {
        name: "three regions",
        text: include_str!("works/three_regions.yaml"),
        set: None,
        by_hand: Some(by_hand::three_regions),
    },
    Work {
        name: "primary outage",
        text: include_str!("../scenarios/primary-outage.yaml"),
        set: None,
        by_hand: None,
    },
    Work {
        name: "large fleet",
        text: include_str!("works/large_fleet.yaml"),
        set: None,
        by_hand: None,
    },
    Work {
        name: "for 10 min",
        text: include_str!("works/large_fleet.yaml"),
        set: Some("run.duration=10m"),
        by_hand: None,
    },
];

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, name] = &args[..]
        && flag == PEAK_OF
    {
        return tell_peak(name);
    }
    let is_wanted = |work: &&Work| {
        let mut names = args.iter().filter(|arg| !arg.starts_with('-')).peekable();
        names.peek().is_none() || names.any(|name| name == work.name)
    };
    println!("work            ns/request  ns/attempt  events/s  by hand  ratio    SimPy  peak MB");
    for work in WORKS.iter().filter(is_wanted) {
        println!("{}", line(work));
    }
}

/// Runs a work and its reference in turn; returns a line of the table.
fn line(work: &Work) -> String {
    let study = study(work);
    let (mut of_work, mut by_hand, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let mut counts = (0, 0, 0);
    // The first round warms up.
    for round in 0..=ROUNDS {
        let start = Instant::now();
        let result = run(&study, Some(1), &Alone).expect("the works are stable");
        let ns = start.elapsed().as_nanos() as f64;
        let overall = &result.fleet.overall;
        counts = (overall.offered, overall.attempts, result.events);
        let per_request = ns / overall.offered as f64;
        let reference = work.by_hand.map(|by_hand| {
            let start = Instant::now();
            let answered = by_hand();
            start.elapsed().as_nanos() as f64 / answered as f64
        });
        if round == 0 {
            continue;
        }
        of_work.push(per_request);
        by_hand.extend(reference);
        ratios.extend(reference.map(|reference| per_request / reference));
    }
    let (requests, attempts, events) = counts;
    let ns = median(&mut of_work).expect("there were rounds");
    let per_attempt = ns * requests as f64 / attempts as f64;
    let per_s = events as f64 / (ns * requests as f64 / 1e9);
    let or_dash = |value: Option<f64>, digits| match value {
        Some(value) => format!("{value:.digits$}"),
        None => "-".to_owned(),
    };
    format!(
        "{:<14}{ns:>12.1}{per_attempt:>12.1}{:>9.1}M{:>9}{:>7}{:>9}{:>9}",
        work.name,
        per_s / 1e6,
        or_dash(median(&mut by_hand), 1),
        or_dash(median(&mut ratios), 2),
        or_dash(work.by_hand.and_then(|_| number(&mut simpy(work.name))), 0),
        or_dash(peak_mb(work.name), 1),
    )
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

fn study(work: &Work) -> Study {
    let source = Source {
        name: work.name.to_owned(),
        text: work.text.to_owned(),
        folder: PathBuf::new(),
    };
    let set = std::iter::once(ONCE).chain(work.set).map(Override::parse);
    let set: Vec<Override> = set.map(|set| set.expect("a path and a value")).collect();
    read(&source, &set).expect("a good scenario").study
}

/// The peak of memory of a process that runs a work once; `None` where the system does not tell.
fn peak_mb(name: &str) -> Option<f64> {
    let program = std::env::current_exe().ok()?;
    number(Command::new(program).args([PEAK_OF, name]))
}

/// A work in `SimPy`.
fn simpy(name: &str) -> Command {
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/benches/by_hand/works_simpy.py"
    );
    let mut python = Command::new("python3");
    python.args([script, name]);
    python
}

/// The number that a command prints; `None` if it prints none.
fn number(command: &mut Command) -> Option<f64> {
    let told = command.output().ok()?;
    String::from_utf8(told.stdout).ok()?.trim().parse().ok()
}

/// Runs a work once and prints the peak of memory of this process, in MB.
fn tell_peak(name: &str) {
    let work = WORKS.iter().find(|work| work.name == name);
    let study = study(work.expect("one of the works"));
    run(&study, Some(1), &Alone).expect("the works are stable");
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = peak.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse().ok());
    if let Some(kib) = kib {
        let kib: f64 = kib;
        println!("{}", kib * 1024.0 / 1e6);
    }
}
