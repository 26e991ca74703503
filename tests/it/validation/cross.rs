//! Scenarios that other simulators run as well: theory, this one and the others, side by side.
//!
//! `tests/cross/simulate.py` runs the same files in Ciw and `SimPy`, and keeps what they found.

use std::fs;
use std::path::{Path, PathBuf};

use gatefleet::experiment::{Replications, StudyResult};
use gatefleet::model::{PopulationId, RegionId, SiteId};
use gatefleet::scenario::{Source, read};
use gatefleet::stats::queueing::{Offered, mmc_mean_time};
use gatefleet::stats::{Estimate, Side, unpaired};
use serde_json::Value;

use crate::golden::hex;
use crate::support::result;
use crate::validation::erlang_a::ErlangA;
use crate::validation::{Effort, Figure};

/// A figure of such a scenario.
struct Measure {
    name: &'static str,
    theory: f64,
    found: Option<Estimate>,
}

/// A scenario of `tests/cross`.
pub(crate) struct Crossed {
    /// Its name there.
    pub(crate) file: &'static str,
    pub(crate) title: &'static str,
    measures: fn(&StudyResult) -> Vec<Measure>,
}

pub(crate) static CROSSED: [Crossed; 3] = [
    Crossed {
        file: "tandem",
        title: "Tandem: M/M/4, then M/M/6",
        measures: tandem_measures,
    },
    Crossed {
        file: "open-network",
        title: "Open network of four stations",
        measures: open_network_measures,
    },
    Crossed {
        file: "erlang-a",
        title: "Erlang A: M/M/4+M at 112 %",
        measures: erlang_a_measures,
    },
];

pub(crate) fn open_network(effort: Effort) -> Vec<Figure> {
    CROSSED[1].figures(effort)
}

pub(crate) fn erlang_a(effort: Effort) -> Vec<Figure> {
    CROSSED[2].figures(effort)
}

/// The mean time in an M/M/c.
fn time(arrival_rate: f64, mean_service: f64, servers: u32) -> f64 {
    let offered = Offered {
        arrival_rate,
        mean_service,
    };
    mmc_mean_time(offered, servers)
}

fn measure(name: &'static str, theory: f64, found: Option<Estimate>) -> Measure {
    Measure {
        name,
        theory,
        found,
    }
}

fn busy_region(result: &StudyResult, region: usize) -> Option<Estimate> {
    result.regions[RegionId::new(region)].utilization
}

fn busy_site(result: &StudyResult, site: usize) -> Option<Estimate> {
    result.backends.as_ref()?.sites[SiteId::new(site)].utilization
}

fn tandem_measures(result: &StudyResult) -> Vec<Measure> {
    let latency = time(10.0, 0.3, 4) + time(10.0, 0.5, 6);
    let found = result.fleet.overall.latency.mean_s;
    vec![
        measure("mean latency, s", latency, found),
        measure("utilization of here", 0.75, busy_region(result, 0)),
        measure("utilization of orders", 5.0 / 6.0, busy_site(result, 0)),
    ]
}

fn open_network_measures(result: &StudyResult) -> Vec<Measure> {
    let behind = 0.6 * time(7.8, 0.5, 6) + 0.3 * time(3.9, 0.2, 1);
    let [northern, southern] = [time(8.0, 0.4, 4), time(5.0, 0.25, 2)].map(|time| time + behind);
    let all = (8.0 * northern + 5.0 * southern) / 13.0;
    let of = |population| {
        let clients = &result.populations[PopulationId::new(population)];
        clients.overall.latency.mean_s
    };
    vec![
        measure("mean latency, s", all, result.fleet.overall.latency.mean_s),
        measure("mean latency of northern, s", northern, of(0)),
        measure("mean latency of southern, s", southern, of(1)),
        measure("utilization of north", 0.8, busy_region(result, 0)),
        measure("utilization of south", 0.625, busy_region(result, 1)),
        measure("utilization of orders", 0.65, busy_site(result, 0)),
        measure("utilization of search", 0.78, busy_site(result, 1)),
    ]
}

fn erlang_a_measures(result: &StudyResult) -> Vec<Measure> {
    let queue = ErlangA {
        arrival: 18.0,
        service: 4.0,
        patience: 1.0,
        servers: 4,
    };
    let solved = queue.solved();
    let overall = &result.fleet.overall;
    vec![
        measure("mean latency, s", solved.time, overall.latency.mean_s),
        measure("answered", solved.answered, overall.availability),
        measure(
            "utilization of here",
            solved.utilization,
            busy_region(result, 0),
        ),
    ]
}

/// The folder of the scenarios, and what others found.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cross")
}

/// What others found.
pub(crate) fn others() -> Value {
    let text = fs::read_to_string(folder().join("figures.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A figure beside those of others.
pub(crate) struct Crossing {
    pub(crate) name: &'static str,
    pub(crate) theory: f64,
    pub(crate) ours: Estimate,
    /// By the name of the tool: what it found, and by how much ours differs.
    pub(crate) others: Vec<(&'static str, Estimate, Estimate)>,
}

pub(crate) const TOOLS: [&str; 2] = ["Ciw", "SimPy"];

impl Crossed {
    fn result(&self, effort: Effort) -> StudyResult {
        let source = Source {
            name: self.file.into(),
            text: fs::read_to_string(folder().join(self.file).with_extension("json")).unwrap(),
            folder: folder(),
        };
        let checked = read(&source, &[]).unwrap_or_else(|problems| panic!("{problems}"));
        let mut study = checked.study;
        study.run.seed = effort.seed;
        study.run.replications = Replications::fixed(40 * effort.times);
        result(&study)
    }

    fn figures(&self, effort: Effort) -> Vec<Figure> {
        let result = self.result(effort);
        let measures = (self.measures)(&result).into_iter();
        let figure = |measure: Measure| {
            let theory = (measure.theory, result.replications);
            Figure::estimated(measure.name, measure.found.as_ref(), theory)
        };
        measures.map(figure).collect()
    }

    /// Every figure beside what others found. Differences have intervals that hold together at 99 %,
    /// with those of all other crossings.
    pub(crate) fn crossings(&self, effort: Effort) -> Vec<Crossing> {
        let (result, others) = (self.result(effort), others());
        let count = |scenario: &Value| {
            let figures = scenario["figures"].as_object().unwrap();
            figures.len() * TOOLS.len()
        };
        let scenarios = others["scenarios"].as_object().unwrap();
        let comparisons: usize = scenarios.values().map(count).sum();
        let replications = u32::try_from(others["replications"].as_u64().unwrap()).unwrap();
        let figures = &others["scenarios"][self.file]["figures"];
        let crossing = |measure: Measure| {
            let ours = measure.found.unwrap();
            let against = |tool| {
                let number = |key| figures[measure.name][tool][key].as_f64().unwrap();
                let theirs = Estimate {
                    mean: number("mean"),
                    half_width: Some(number("half_width")),
                };
                let [one, other] = [(ours, result.replications), (theirs, replications)]
                    .map(|(estimate, count)| Side { estimate, count });
                // Of five times as many at 95 % each has the level of these at 99 %.
                (tool, theirs, unpaired(&one, &other, 5 * comparisons))
            };
            Crossing {
                name: measure.name,
                theory: measure.theory,
                ours,
                others: TOOLS.map(against).into(),
            }
        };
        (self.measures)(&result).into_iter().map(crossing).collect()
    }
}

/// Goal: simulators that share no line of code agree on the same file. Method: Welch's intervals of all
/// differences, at 99 % together, hold 0.
#[test]
fn other_simulators_find_the_same() {
    for crossed in &CROSSED {
        for crossing in crossed.crossings(Effort::TEST) {
            for (tool, theirs, difference) in crossing.others {
                let ours = crossing.ours;
                assert!(
                    !difference.excludes_zero(),
                    "{}, {}: {ours:?}, {tool} {theirs:?}",
                    crossed.file,
                    crossing.name
                );
                assert!(
                    difference.half_width.unwrap() < 0.1 * theirs.mean,
                    "too wide to tell"
                );
            }
        }
    }
}

/// Goal: what others found is of the files that are there. Method: fingerprints, and names of figures.
#[test]
fn what_others_found_is_of_these_files() {
    use sha2::{Digest, Sha256};
    let others = others();
    let scenarios = others["scenarios"].as_object().unwrap();
    assert_eq!(scenarios.len(), CROSSED.len());
    for crossed in &CROSSED {
        let bytes = fs::read(folder().join(crossed.file).with_extension("json")).unwrap();
        let sha256 = hex(&Sha256::digest(bytes));
        let known = &scenarios[crossed.file];
        assert_eq!(
            known["sha256"], sha256,
            "{} has changed: run tests/cross/simulate.py",
            crossed.file
        );
    }
}
