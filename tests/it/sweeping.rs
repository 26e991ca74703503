//! Sweeps: every point of a grid, what is kept of it, and how an interrupted one goes on.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use gatefleet::experiment::{
    Alone, Axis, Companion, Finding, Grid, Metric, Numbers, Objective, PointResult, Promise,
    Quantity, Study, Sweep, SweepResult, Verdict, run, sweep,
};
use gatefleet::units::Ratio;
use serde_json::Value;

use crate::cli::Place;
use crate::support::{World, exponential, outage, seconds, study};

/// A region of so many workers of 10 ms for 300 requests a second, whose clients wait for 100 ms.
fn fleet_of(workers: u32) -> Study {
    let world = World {
        workers,
        service: exponential(0.010),
        rate: 300.0,
        one_way_ms: &[&[5]],
        warm_up_s: 2.0,
        duration_s: 20.0,
    };
    let mut fleet = world.fleet();
    for population in &mut fleet.populations {
        population.client.timeout = Some(seconds(0.1));
    }
    let mut study = study(fleet, 5.0, 6);
    study.objectives = vec![Objective::of_fleet(Promise::Availability(
        Ratio::new(0.99).unwrap(),
    ))];
    study
}

fn grid(workers: &[u32]) -> Grid {
    Grid {
        axes: vec![Axis {
            path: "workers".to_owned(),
            values: workers.iter().map(u32::to_string).collect(),
            numbers: Some(Numbers {
                quantity: Quantity::Count,
                values: workers.iter().copied().map(f64::from).collect(),
            }),
        }],
        strategies: vec!["latency".to_owned()],
    }
}

const WORKERS: [u32; 4] = [8, 2, 5, 3];

fn swept(known: Vec<Option<PointResult>>, by: (Option<usize>, &dyn Companion)) -> SweepResult {
    let study = |point: usize| fleet_of(WORKERS[point]);
    let all = Sweep {
        grid: &grid(&WORKERS),
        study: &study,
    };
    sweep(&all, known, by).unwrap()
}

/// Goal: a point is what its study alone would be.
#[test]
fn a_point_is_the_study_that_it_stands_for() {
    let result = swept(vec![None; 4], (None, &Alone));
    for (point, workers) in result.points.iter().zip(WORKERS) {
        let Some(PointResult::Measured(measured)) = point else {
            panic!("it was measured");
        };
        let alone = run(&fleet_of(workers), None, &Alone).unwrap();
        assert_eq!(measured.figures, alone.figures);
        assert_eq!(measured.events, alone.events);
    }
}

/// Goal: the knee. Method: 2 workers serve 200 of 300 requests a second, 3 are full, 5 and 8 have
/// room; they stand in another order.
#[test]
fn the_knee_is_the_least_value_that_meets_the_objectives() {
    let result = swept(vec![None; 4], (None, &Alone));
    let verdicts: Vec<Verdict> = result
        .points
        .iter()
        .map(|point| point.as_ref().unwrap().verdict().unwrap())
        .collect();
    assert_eq!(
        verdicts,
        [
            Verdict::Kept,
            Verdict::Missed,
            Verdict::Kept,
            Verdict::Missed
        ]
    );
    let [knee] = result.knees.as_slice() else {
        panic!("one line has one knee");
    };
    assert_eq!((knee.axis, knee.finding), (0, Finding::From(2)));
}

#[test]
fn neither_threads_nor_what_is_known_change_a_sweep() {
    let all = swept(vec![None; 4], (Some(1), &Alone));
    assert_eq!(all, swept(vec![None; 4], (Some(2), &Alone)));
    let mut half = all.points.clone();
    half[0] = None;
    half[3] = None;
    assert_eq!(all, swept(half, (Some(2), &Alone)));
}

/// Goal: one point that has no end to its queue does not take the others with it.
#[test]
fn a_point_that_saturates_is_an_outcome() {
    let study = |point: usize| {
        let mut study = fleet_of(WORKERS[point]);
        if WORKERS[point] == 2 {
            study.fleet.backlog_max = 100;
            study
                .fleet
                .populations
                .iter_mut()
                .for_each(|p| p.client.timeout = None);
            study.fleet.outages = [outage(&study.fleet, 0, 5.0, 1.0)].into_iter().collect();
        }
        study
    };
    let all = Sweep {
        grid: &grid(&WORKERS),
        study: &study,
    };
    let result = sweep(&all, vec![None; 4], (None, &Alone)).unwrap();
    assert!(
        matches!(&result.points[1], Some(PointResult::Saturated { region, .. }) if region == "region0")
    );
    assert_eq!(
        result.points[1].as_ref().unwrap().verdict(),
        Some(Verdict::Missed)
    );
    assert_eq!(result.knees[0].finding, Finding::From(2));
}

/// A grid of 12 points over the small scenario that takes a moment.
const SWEEP: [&str; 6] = [
    "sweep",
    "small.yaml",
    "--vary",
    "routing.ttl=1s..6s:1s",
    "--strategies",
    "next_closest,even_spread",
];

fn results(place: &Place) -> Vec<Vec<u8>> {
    let files = ["summary.json", "sweep.csv", "sweep.md", "plots/sweep.svg"];
    files
        .map(|name| fs::read(place.path("results/sweep-small").join(name)).unwrap())
        .to_vec()
}

fn notes(place: &Place) -> Option<std::path::PathBuf> {
    let entries = fs::read_dir(place.path("results")).ok()?;
    let mut paths = entries.map(|entry| entry.unwrap().path());
    paths.find(|path| path.to_string_lossy().contains(".unfinished-"))
}

#[test]
fn a_sweep_writes_a_folder_and_prints_its_points() {
    let place = Place::with_small();
    let output = place.run(&SWEEP);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(
        text.ends_with("\nresults/sweep-small/report.html\n"),
        "{text}"
    );
    assert_eq!(notes(&place), None, "its notes are gone");
    let csv =
        String::from_utf8(fs::read(place.path("results/sweep-small/sweep.csv")).unwrap()).unwrap();
    assert_eq!(
        csv.lines().count(),
        1 + 12 * Metric::ALL.len(),
        "a row a point and metric"
    );
    assert!(
        csv.starts_with("routing.ttl,routing.ttl_s,strategy,metric,mean,"),
        "{csv}"
    );
    let first = results(&place);
    place.run(&[&SWEEP[..], &["--threads", "1"]].concat());
    assert_eq!(results(&place), first, "the same bytes");
    let summary: Value = serde_json::from_slice(&first[0]).unwrap();
    assert_eq!(summary["kind"], "sweep");
    assert_eq!(summary["points"].as_array().unwrap().len(), 12);
}

/// Starts the sweep, and waits until some of its points have ended.
fn begun(place: &Place) -> Child {
    let words = [&SWEEP[..], &["--threads", "1"]].concat();
    let child = place.command(&words).stdout(Stdio::null()).spawn().unwrap();
    let noted = || notes(place).map_or(0, |path| fs::read_to_string(path).unwrap().lines().count());
    for _ in 0..30_000 {
        if noted() >= 4 {
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    child
}

/// The results of the sweep when nothing comes between; they are then taken away.
fn uninterrupted(place: &Place) -> Vec<Vec<u8>> {
    place.run(&SWEEP);
    let whole = results(place);
    fs::remove_dir_all(place.path("results")).unwrap();
    whole
}

/// Goal: a sweep that is killed in the middle and run again has the results of one that was not.
#[test]
fn a_killed_sweep_goes_on_and_ends_the_same() {
    let place = Place::with_small();
    let whole = uninterrupted(&place);
    let mut child = begun(&place);
    let output = place.run(&SWEEP);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(
        errors.contains("another process is writing `results/sweep-small`"),
        "{errors}"
    );
    assert_eq!(output.status.code(), Some(1));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        !place.path("results/sweep-small").exists(),
        "nothing passes for whole"
    );
    // The last line is cut off as if in the middle of a write.
    let path = notes(&place).expect("it was killed in the middle");
    let text = fs::read(&path).unwrap();
    fs::write(&path, &text[..text.len() - 5]).unwrap();
    let output = place.run(&SWEEP);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("of 12 points are known from"), "{errors}");
    assert_eq!(results(&place), whole);
    assert_eq!(notes(&place), None);
}

/// Goal: an interrupt writes what has finished, marked as incomplete, and the sweep can go on.
#[cfg(unix)]
#[test]
fn an_interrupted_sweep_writes_what_has_finished() {
    let place = Place::with_small();
    let whole = uninterrupted(&place);
    let mut child = begun(&place);
    let id = child.id().to_string();
    let kill = Command::new("kill").args(["-INT", &id]).status();
    assert!(kill.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let summary: Value = serde_json::from_slice(&results(&place)[0]).unwrap();
    assert_eq!(summary["complete"], false);
    let points = summary["points"].as_array().unwrap().len();
    assert!((3..12).contains(&points), "{points}");
    assert!(notes(&place).is_some());
    assert!(place.run(&SWEEP).status.success());
    assert_eq!(results(&place), whole);
}

/// Goal: a sweep of something else begins anew, and takes nothing from that which was cut off.
#[test]
fn notes_are_of_one_sweep_alone() {
    let place = Place::with_small();
    let mut child = begun(&place);
    child.kill().unwrap();
    child.wait().unwrap();
    let path = notes(&place).unwrap();
    let noted = fs::read(&path).unwrap();
    let output = place.run(&[&SWEEP[..], &["--seed", "2", "--no-plots"]].concat());
    assert!(output.status.success());
    assert!(
        !String::from_utf8(output.stderr)
            .unwrap()
            .contains("going on")
    );
    assert_eq!(fs::read(&path).unwrap(), noted);
    // What is not notes is not written over.
    fs::write(&path, "a thesis\n").unwrap();
    let output = place.run(&SWEEP);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("was not written by gatefleet")
    );
    assert_eq!(fs::read(&path).unwrap(), b"a thesis\n");
}

#[test]
fn the_block_of_the_scenario_is_swept() {
    let place = Place::with_small();
    let block = "sweep: {vary: {routing.ttl: [1s, 2s], regions.eastus.units: 1..2}, strategies: [latency, {priority: [eastus, westeurope]}]}\n";
    let text = [place.read("small.yaml"), block.to_owned()].concat();
    place.write("small.yaml", &text);
    let output = place.run(&["sweep", "small.yaml", "--no-plots", "--replications", "1"]);
    assert!(output.status.success());
    let summary = fs::read(place.path("results/sweep-small/summary.json")).unwrap();
    let summary: Value = serde_json::from_slice(&summary).unwrap();
    assert_eq!(summary["points"].as_array().unwrap().len(), 8);
    assert_eq!(summary["strategies"][1], "{priority: [eastus, westeurope]}");
    assert_eq!(summary["axes"][1]["numbers"]["values"][1], 2.0);
}

#[test]
fn what_cannot_be_swept_is_told_before_anything_is_simulated() {
    let place = Place::with_small();
    for (words, told) in [
        (vec![], "nothing varies; add `--vary PATH=VALUES`"),
        (vec!["--vary", "routing.tll=1s,2s"], "did you mean `ttl`?"),
        (
            vec!["--vary", "regions.eastsu.units=1..2"],
            "write one of `westeurope`, `eastus`",
        ),
        (
            vec!["--vary", "routing.ttl=1s..,2s"],
            "the range `1s..` has no end; write both, such as `1..6`",
        ),
        (
            vec!["--vary", "regions.eastus.units=0..2"],
            "--vary regions.eastus.units=0",
        ),
        (
            vec![
                "--vary",
                "routing.ttl=1s,2s",
                "--strategies",
                "latency,geographic",
            ],
            "geographic",
        ),
        (
            vec!["--vary", "routing.ttl=1s,2s", "--vary", "routing.ttl=3s,4s"],
            "`routing.ttl` and `routing.ttl` vary the same; keep one of them",
        ),
        (
            vec![
                "--vary",
                "run.seed=1..2000",
                "--vary",
                "regions.eastus.units=1..1000",
            ],
            "the grid has more than 1000000 points",
        ),
        (
            vec!["--vary", "regions.eastus.units=0..50,2000"],
            "(1 more of its values are wrong too)",
        ),
        (
            vec![
                "--vary",
                "routing.strategy=latency,oracle",
                "--strategies",
                "latency,oracle",
            ],
            "`routing.strategy` varies the strategy, and strategies are named besides",
        ),
        (
            vec!["--strategies", "latency,latency"],
            "the strategy `latency` is there twice",
        ),
    ] {
        let output = place.run(&[&["sweep", "small.yaml"], &words[..]].concat());
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}: {errors}");
        assert!(errors.contains(told), "{words:?}: {errors}");
        assert!(!place.path("results").exists(), "{words:?}");
    }
}
