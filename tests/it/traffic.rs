//! When requests come: what a scenario says about rates, arrivals and users is what happens.
//!
//! Every test has a fixed seed. Sums of squared deviations are compared with their chi-square
//! law within 3.3 of its standard deviations, which chance leaves once in a thousand times; the
//! rest asks that a 95 % interval hold the closed form.

use std::fmt::Write as _;
use std::fs;

use gatefleet::experiment::Study;
use gatefleet::model::{Observer, PopulationId, run};
use gatefleet::random::StreamSeed;
use gatefleet::scenario::{Source, read};
use gatefleet::stats::queueing::ClosedLoop;
use gatefleet::units::SimTime;

use crate::cli::Place;
use crate::support::{assert_estimates, exponential, result};
use crate::theory::mean_latency;
use crate::validation::{Effort, Figure};

/// The study of a fleet that is never busy, with one population of which `traffic` is said, and
/// files beside it.
fn study(duration_s: u32, traffic: &str, files: &[(&str, &str)]) -> Study {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let text = format!(
        "run: {{warm_up: 20s, duration: {duration_s}s, window: 1s}}\n\
         regions: {{westeurope: {{units: 1}}}}\n\
         gateway: {{service: constant(1us)}}\n\
         clients: {{all: {{near: westeurope, {traffic}}}}}\n\
         routing: {{probe: instant}}\n"
    );
    let source = Source {
        name: "traffic.yaml".into(),
        text,
        folder: folder.path().to_owned(),
    };
    let checked = read(&source, &[]).unwrap_or_else(|problems| panic!("{problems}"));
    checked.study
}

/// When each request was wanted.
#[derive(Default)]
struct Wishes(Vec<SimTime>);

impl Observer for Wishes {
    fn request_offered(&mut self, now: SimTime, _: PopulationId) {
        self.0.push(now);
    }
}

/// When the requests of a replication are wanted, in seconds of the measured period.
fn wishes(study: &Study, replication: u64) -> Vec<f64> {
    let seed = study.run.seed;
    let wishes = run(
        &study.fleet,
        StreamSeed { seed, replication },
        Wishes::default(),
    );
    let start = study.fleet.period.start().as_secs_f64();
    let times = wishes.observer.0.iter();
    times.map(|at| at.as_secs_f64() - start).collect()
}

/// How many of some times fall into each window of this width.
fn counts(times: &[f64], (from, width): (f64, f64), windows: usize) -> Vec<f64> {
    let mut counts = vec![0.0; windows];
    for at in times {
        let place = (at - from) / width;
        if place >= 0.0 && place < windows as f64 {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is within the windows"
            )]
            let window = place as usize;
            counts[window] += 1.0;
        }
    }
    counts
}

/// Goal: counts are Poisson with the integral of the rate as their mean, and so as their variance.
/// Method: the sum over windows of (mean count - integral)² / variance of the mean is chi-square;
/// so is, about, that over all counts, of which each term has the variance 2 + 1 / integral.
#[track_caller]
fn assert_poisson(study: &Study, from: f64, integrals: &[f64]) {
    const REPLICATIONS: u32 = 100;
    let windows = integrals.len();
    let mut sums = vec![0.0; windows];
    let (mut squares, mut squares_variance) = (0.0, 0.0);
    for replication in 0..REPLICATIONS {
        let found = counts(&wishes(study, replication.into()), (from, 10.0), windows);
        for ((sum, count), integral) in sums.iter_mut().zip(found).zip(integrals) {
            *sum += count;
            squares += (count - integral).powi(2) / integral - 1.0;
            squares_variance += 2.0 + 1.0 / integral;
        }
    }
    let replications = f64::from(REPLICATIONS);
    let terms = sums.iter().zip(integrals).map(|(sum, integral)| {
        let due = integral * replications;
        (sum - due).powi(2) / due
    });
    let freedom = windows as f64;
    let of_means = (terms.sum::<f64>() - freedom) / (2.0 * freedom).sqrt();
    let of_variances = squares / squares_variance.sqrt();
    assert!(of_means.abs() < 3.3, "means: {of_means} deviations");
    assert!(
        of_variances.abs() < 3.3,
        "variances: {of_variances} deviations"
    );
}

/// The integral over windows of 10 s of straight lines through points of seconds and rates.
fn trapezoids(points: &[(f64, f64)], from: f64, windows: u32) -> Vec<f64> {
    let integral = |low: f64, high: f64| -> f64 {
        let part = |pair: &[(f64, f64)]| {
            let [(start, before), (end, after)] = [pair[0], pair[1]];
            let (low, high) = (low.max(start), high.min(end));
            let at = |time: f64| before + (after - before) * (time - start) / (end - start);
            if low < high {
                f64::midpoint(at(low), at(high)) * (high - low)
            } else {
                0.0
            }
        };
        points.windows(2).map(part).sum()
    };
    let window = |index: u32| {
        let start = from + 10.0 * f64::from(index);
        integral(start, start + 10.0)
    };
    (0..windows).map(window).collect()
}

/// Two windows of the warm-up are in it: the rate before the first stage holds there.
#[test]
fn stages_are_an_inhomogeneous_poisson_process() {
    let stages = "rate: {from: 4/s, stages: [{for: 200s, to: 20/s}, {for: 0s, to: 8/s}, \
                  {for: 123s, to: 8/s}, {for: 77s, to: 1/s}]}";
    let points = [
        (-20.0, 4.0),
        (0.0, 4.0),
        (200.0, 20.0),
        (200.0, 8.0),
        (323.0, 8.0),
        (400.0, 1.0),
        (600.0, 1.0),
    ];
    let integrals = trapezoids(&points, -20.0, 62);
    assert_poisson(&study(600, stages, &[]), -20.0, &integrals);
}

#[test]
fn the_day_is_an_inhomogeneous_poisson_process() {
    let day =
        "rate: \"diurnal(mean=10/s, amplitude=90%, peak=14:00, utc_offset=-5h, starts_at=18:30)\"";
    // 14:00 five hours west of Greenwich is half an hour after the start.
    let omega = std::f64::consts::TAU / 86_400.0;
    let cumulative = |at: f64| 10.0 * (at + 0.9 / omega * (omega * (at - 1_800.0)).sin());
    let window = |index: u32| {
        let start = 10.0 * f64::from(index);
        cumulative(start + 10.0) - cumulative(start)
    };
    let integrals: Vec<f64> = (0..120).map(window).collect();
    assert_poisson(&study(1_200, day, &[]), 0.0, &integrals);
}

/// Columns in another order, another column, units, a jump, and a row after the end.
#[test]
fn a_file_is_an_inhomogeneous_poisson_process() {
    let file = "note,rate,time\n\
                start,12/s,30\n\
                up,30,2m\n\
                \"down, at once\",6,120.0\n\
                ,360/m,400\n\
                late,36,800\n";
    let points = [
        (-20.0, 12.0),
        (30.0, 12.0),
        (120.0, 30.0),
        (120.0, 6.0),
        (400.0, 6.0),
        (800.0, 36.0),
    ];
    let study = study(600, "rate: {file: measured.csv}", &[("measured.csv", file)]);
    assert_poisson(&study, -20.0, &trapezoids(&points, -20.0, 62));
}

/// Goal: rows beyond any resolution are taken at their mean. Method: 300,000 of them, eight to the
/// finest cell, whose rate alternates and grows; the integral is that of the rows.
#[test]
fn a_file_may_have_any_number_of_rows() {
    let mut file = "time,rate\n".to_owned();
    let mut integral = 0.0;
    let rate = |row: u32| f64::from(row % 2) * 20.0 + f64::from(row) * 1e-4;
    for row in 0..300_000 {
        writeln!(file, "{:.7},{:.4}", f64::from(row) * 4e-4 / 8.0, rate(row)).unwrap();
        integral += f64::midpoint(rate(row), rate(row + 1)) * 4e-4 / 8.0;
    }
    let study = study(210, "rate: {file: long.csv}", &[("long.csv", &file)]);
    let population = study.fleet.populations.iter().next().unwrap();
    // The last rate holds from 15 s on.
    integral += rate(299_999) * (210.0 - 15.0);
    let mean = population.mean_rate(study.fleet.period.duration).as_per_s();
    let due = integral / 210.0;
    assert!((mean / due - 1.0).abs() < 1e-6, "{mean} is not {due}");
}

/// Goal: a run without anything left to happen lasts to the end of the measured period. Method:
/// requests stop after a tenth of it, and nothing is probed; a region that was up throughout has
/// been believed healthy throughout, and its utilization is that of the whole.
#[test]
fn a_fleet_is_watched_to_the_end_though_nobody_asks_any_more() {
    let mut study = study(
        200,
        "rate: {stages: [{for: 20s, to: 50/s}, {for: 0s, to: 0/s}]}",
        &[],
    );
    let region = study.fleet.regions.iter_mut().next().unwrap();
    region.service = exponential(0.016);
    let result = result(&study);
    let region = result.regions.iter().next().unwrap();
    let windows = result.timeline.regions.iter().next().unwrap();
    let believed = windows.iter().map(|window| window.believed_healthy.mean);
    assert!(believed.fold(1.0, f64::min) > 1.0 - 1e-9);
    // 1,000 requests of 16 ms in 200 s, on 16 workers.
    assert_estimates("utilization", region.utilization.as_ref(), 0.005);
}

/// Gaps between the requests of some replications: the mean and the coefficient of variation of
/// each replication.
fn gaps(effort: Effort, traffic: &str) -> (Vec<f64>, Vec<f64>) {
    let study = seeded(effort, study(1_000, traffic, &[]));
    let of = |replication| {
        let times = wishes(&study, replication);
        let gaps: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let squares: f64 = gaps.iter().map(|gap| (gap - mean).powi(2)).sum();
        (mean, (squares / gaps.len() as f64).sqrt() / mean)
    };
    (0..u64::from(20 * effort.times)).map(of).unzip()
}

fn seeded(effort: Effort, mut study: Study) -> Study {
    study.run.seed = effort.seed;
    study
}

/// Regular ones have their mean and no variation, which is asserted.
pub(crate) fn gaps_between_arrivals(effort: Effort) -> Vec<Figure> {
    let mut figures = Vec::new();
    for (arrivals, cv) in [
        ("poisson", 1.0),
        ("gamma(cv=0.5)", 0.5),
        ("gamma(cv=2)", 2.0),
    ] {
        let (means, cvs) = gaps(effort, &format!("rate: 50/s, arrivals: {arrivals}"));
        let name = format!("{arrivals}: mean gap, s");
        figures.push(Figure::mean_of(name, &means, 0.02));
        let name = format!("{arrivals}: coefficient of variation");
        figures.push(Figure::mean_of(name, &cvs, cv));
    }
    let (means, cvs) = gaps(effort, "rate: 50/s, arrivals: constant");
    assert!(
        means.iter().all(|mean| (mean - 0.02).abs() < 1e-9),
        "{means:?}"
    );
    // Times are whole nanoseconds.
    assert!(cvs.iter().all(|&cv| cv < 1e-6), "{cvs:?}");
    figures
}

/// Bursts are a Poisson process whose rate alternates between r and q (an MMPP with two states), seen
/// by the index of dispersion of counts, their variance over their mean.
///
/// With bursts that end at the rate a and begin at the rate b, p = b / (a + b) of the time is a burst,
/// and the rate at two times s apart has the covariance p (1 - p) (r - q)² exp(-g s), where g = a + b.
/// The variance of its integral over a window of length t is twice the integral of (t - s) x
/// covariance over s from 0 to t, that is 2 p (1 - p) (r - q)² (t / g - (1 - exp(-g t)) / g²); given
/// the integral the count is Poisson, so its variance has the mean m t on top. Divided by m t:
/// 1 + 2 p (1 - p) (r - q)² / (m g) x (1 - (1 - exp(-g t)) / (g t)).
pub(crate) fn dispersion_of_bursts(effort: Effort) -> Vec<Figure> {
    let (mean, factor, on, off) = (40.0, 3.0, 2.0_f64, 6.0_f64);
    let traffic = "rate: 40/s, arrivals: \"bursts(factor=3, mean_on=2s, mean_off=6s)\"";
    let study = seeded(effort, study(20_000, traffic, &[]));
    let (p, g) = (on / (on + off), 1.0 / on + 1.0 / off);
    let burst = factor * mean;
    let rest = mean * (1.0 - factor * p) / (1.0 - p);
    let times: Vec<Vec<f64>> = (0..u64::from(20 * effort.times))
        .map(|replication| wishes(&study, replication))
        .collect();
    let figure = |(width, windows): (f64, usize)| {
        let expected: f64 = mean * width;
        let of = |times: &Vec<f64>| {
            let counts = counts(times, (0.0, width), windows);
            let squares = counts.iter().map(|count| (count - expected).powi(2));
            squares.sum::<f64>() / windows as f64 / expected
        };
        let found: Vec<f64> = times.iter().map(of).collect();
        let decay = (1.0 - (-g * width).exp()) / (g * width);
        let theory =
            1.0 + 2.0 * p * (1.0 - p) * (burst - rest).powi(2) / (mean * g) * (1.0 - decay);
        Figure::mean_of(
            format!("windows of {width} s: index of dispersion"),
            &found,
            theory,
        )
    };
    [(0.5, 40_000), (5.0, 4_000)].map(figure).into()
}

/// One worker who serves for 50 ms, no network, and users who think for a second on average: the
/// worker is nearly idle, at the knee, and overrun.
pub(crate) fn closed_loop(effort: Effort) -> Vec<Figure> {
    let mut figures = Vec::new();
    for users in [4, 20, 40] {
        let text = format!(
            "run: {{warm_up: 100s, duration: 4000s, window: 4000s, replications: {}}}\n\
             gateway: {{vms_per_unit: 1, workers_per_vm: 1, service: exponential(mean=50ms)}}\n\
             regions: {{here: {{units: 1}}}}\n\
             clients: {{all: {{rtt: {{here: 0ms}}, users: {users}, think: exponential(mean=1s)}}}}\n\
             client: {{timeout: none, connect_timeout: none, dns: {{lookup: 0ms}}}}\n\
             routing: {{probe: instant}}\n",
            20 * effort.times
        );
        let source = Source {
            name: "closed.yaml".into(),
            text,
            folder: "".into(),
        };
        let checked = read(&source, &[]).unwrap_or_else(|problems| panic!("{problems}"));
        let result = result(&seeded(effort, checked.study));
        let theory = ClosedLoop {
            users,
            mean_think: 1.0,
            mean_service: 0.05,
        };
        let throughput = &result.timeline.fleet[0].goodput_per_s;
        figures.push(Figure::estimated(
            format!("{users} users: throughput, 1/s"),
            Some(throughput),
            (theory.throughput(), result.replications),
        ));
        let name = format!("{users} users: mean latency, s");
        figures.push(mean_latency(name, &result, theory.mean_time()));
    }
    figures
}

/// Results are a function of the data, too: `run.json` names it, and the fingerprint knows it.
#[test]
fn the_data_of_a_scenario_is_part_of_its_results() {
    let place = Place::new();
    fs::create_dir(place.path("study")).unwrap();
    let scenario = "run: {duration: 60s, replications: 1}\n\
                    regions: {westeurope: {units: 1}}\n\
                    clients: {all: {near: westeurope, rate: {file: measured.csv}}}\n";
    fs::write(place.path("study/s.yaml"), scenario).unwrap();
    let run = |data: &str| {
        fs::write(place.path("study/measured.csv"), data).unwrap();
        let words = ["run", "study/s.yaml", "--no-plots", "--out", "results"];
        let output = place.run(&words);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        let text = fs::read_to_string(place.path("results/run.json")).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()
    };
    let [first, second] = ["time,rate\n0,1\n", "time,rate\n0,2\n"].map(run);
    assert_eq!(first["data"][0]["name"], "measured.csv");
    // printf 'time,rate\n0,1\n' | sha256sum
    let sha256 = "ebceafa2fd7df445eb75ac7380182774b835eedf8b5d912d104b8d9582cb6bc0";
    assert_eq!(first["data"][0]["sha256"], sha256);
    assert_ne!(first["sha256"], second["sha256"]);
}

#[test]
fn a_check_tells_the_range_of_rates_and_what_it_assumes_of_users() {
    let place = Place::new();
    let scenario = "run: {duration: 20m}\n\
                    regions: {westeurope: {units: 1}, eastus: {units: 1}}\n\
                    clients:\n\
                    \x20 europe: {near: westeurope, rate: {stages: [{for: 10m, to: 100/s}, {for: 10m, to: 900/s}]}}\n\
                    \x20 america: {near: eastus, users: 500, think: 5s}\n";
    fs::write(place.path("s.yaml"), scenario).unwrap();
    let output = place.run(&["check", "s.yaml"]);
    let text = String::from_utf8(output.stdout).unwrap();
    for line in [
        "200/s to 1000/s from 2 populations to 2 regions, latency, next closest; 20 replications of 20 min",
        "users of a closed loop count as if the closest region answered at once",
        "Utilization when rates are highest",
    ] {
        assert!(text.lines().any(|found| found == line), "{text}");
    }
}
