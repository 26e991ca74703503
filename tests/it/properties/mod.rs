//! Laws that hold whatever is simulated: random scenarios of every feature, and what must be so.

mod monotone;
mod scenario;

use std::collections::BTreeMap;

use gatefleet::experiment::{Alone, Metric, Study, StudyError, StudyResult, run};
use gatefleet::stats::{Side, unpaired};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::Value;

use crate::support::{balanced, result};
use scenario::{ALL, WITHOUT_LOADS, WITHOUT_TIES, Written, written, written_with_everything};

/// So many scenarios, or as many as `PROPTEST_CASES` asks for; always the same: some laws leave
/// something to chance.
#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the laws at length says how long"
)]
fn config(cases: u32) -> ProptestConfig {
    let wanted = std::env::var("PROPTEST_CASES").ok();
    let wanted = wanted.map(|number| number.parse().expect("PROPTEST_CASES is a number"));
    ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::with_cases(wanted.unwrap_or(cases))
    }
}

/// The words and numbers of a result's text that no figure may be.
fn impossible(result: &StudyResult) -> Option<String> {
    let text = format!("{result:?}");
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '.' || letter == '-';
    let mut words = text.split(|letter| !is_part(letter));
    let is_negative = |word: &str| {
        let digits = word.strip_prefix('-');
        let number = digits.and_then(|digits| digits.parse::<f64>().ok());
        number.is_some_and(|number| number != 0.0)
    };
    let bad = words.find(|word| ["NaN", "inf", "-inf"].contains(word) || is_negative(word))?;
    let at = text.find(bad).unwrap_or_default();
    Some(text[at.saturating_sub(200)..(at + 50).min(text.len())].to_owned())
}

/// The requests of all parts of a ledger, which have to add up.
fn offered(result: &StudyResult) -> [u64; 4] {
    let sum = |of: fn(&gatefleet::experiment::ClientResult) -> u64| -> u64 {
        result.populations.iter().map(of).sum()
    };
    let overall = &result.fleet.overall;
    let phases = result.fleet.phases.iter().map(|phase| phase.offered);
    [
        overall.offered,
        overall.succeeded + overall.failed,
        phases.sum(),
        sum(|population| population.overall.offered),
    ]
}

/// Asserts that the ledger balances, by outcome, phase, population, cause and blame, and that no figure is
/// negative or no number; returns how many requests were offered. Windows, regions and flows are asserted
/// by the recorder.
fn lawful(result: &StudyResult) -> Result<u64, TestCaseError> {
    let ledger = offered(result);
    prop_assert!(
        ledger.iter().all(|&offered| offered == ledger[0]),
        "{ledger:?}"
    );
    let failed: u64 = result.failures.iter().map(|failure| failure.count).sum();
    prop_assert_eq!(failed, result.fleet.overall.failed);
    prop_assert_eq!(impossible(result), None);
    Ok(ledger[0])
}

/// Runs a study; `None` if it is given up, because queues never empty.
fn unless_given_up(study: &Study, threads: Option<usize>) -> Option<StudyResult> {
    match run(study, threads, &Alone) {
        Err(StudyError::Saturated { .. }) => None,
        result => Some(balanced(result.unwrap())),
    }
}

proptest! {
    #![proptest_config(config(96))]

    /// Goal: the ledger balances, by outcome, phase, population, cause and blame, and no figure is
    /// negative or no number. Method: the sums, and every number in the text of all results.
    #[test]
    fn ledgers_balance_and_figures_are_numbers(written in written(ALL)) {
        let study = written.study(1);
        let offered = lawful(&result(&study))?;
        prop_assert!(offered > 500, "{offered}");
    }

    /// Goal: threads and runs do not matter, whatever the features. Method: the same on one thread and
    /// on three.
    #[test]
    fn any_scenario_is_reproducible(written in written(ALL)) {
        let mut study = written.study(1);
        study.run.replications = gatefleet::experiment::Replications::fixed(3);
        study.fleet.period.duration = gatefleet::units::SimDuration::from_secs(10);
        study.fleet.outages.iter_mut().for_each(|outage| outage.ramp = gatefleet::model::Ramp::NONE);
        let [one, three] = [1, 3].map(|threads| run(&study, Some(threads), &Alone).unwrap());
        prop_assert_eq!(one, three);
    }

    /// Goal: the same two laws where outages come by chance, grow, lose what is sent and hit back ends,
    /// and where units change; unless queues never empty. Method: the same.
    #[test]
    fn so_it_is_with_everything_at_once(written in written_with_everything()) {
        let mut study = written.study(1);
        study.run.replications = gatefleet::experiment::Replications::fixed(2);
        let [one, two] = [1, 2].map(|threads| unless_given_up(&study, Some(threads)));
        prop_assert_eq!(&one, &two);
        let Some(one) = one else {
            return Err(TestCaseError::reject("it is given up"));
        };
        lawful(&one)?;
    }

    /// Goal: after the last outage all is as it was. Method: outages end by 19 s; in the last window, of
    /// 38 to 40 s, every region has its workers and is believed healthy, and in the last ten seconds
    /// clients fail no more often than without any outage, to four standard deviations of such counts.
    #[test]
    fn all_is_as_it_was_when_the_last_outage_is_over(written in written(ALL)) {
        let calm = Written { outages: Vec::new(), ..written.clone() };
        let study = written.study(1);
        let [hit, calm] = [result(&study), result(&calm.study(1))];
        for ((region, windows), spec) in hit.timeline.regions.entries().zip(&study.fleet.regions) {
            let last = windows.last().unwrap();
            let always = calm.timeline.regions[region].last().unwrap();
            let workers = f64::from(spec.workers);
            prop_assert!((last.workers.mean - workers).abs() < 1e-9, "{}", last.workers.mean);
            let is_believed = last.believed_healthy.mean + 1e-9 >= always.believed_healthy.mean;
            prop_assert!(is_believed, "{}", last.believed_healthy.mean);
        }
        let failed = |result: &StudyResult| -> f64 {
            let last = result.timeline.fleet.iter().rev().take(5);
            2.0 * last.map(|window| window.offered_per_s.mean - window.goodput_per_s.mean).sum::<f64>()
        };
        let (hit, calm) = (failed(&hit), failed(&calm));
        prop_assert!(hit <= calm + 4.0 * (hit + calm + 1.0).sqrt(), "{hit} {calm}");
    }

    /// Goal: the order of lists in a file does not matter. Method: another order of regions, populations
    /// and outages, for strategies that neither draw lots among regions nor find two of them equally good
    /// (ties go to the first in the file); the same summary, but for the order in which it lists outages.
    /// Whom a gray region fails is told by the number of its outage: other lots of the same chance.
    #[test]
    fn the_order_of_a_file_changes_nothing(
        (written, shuffled) in written(WITHOUT_TIES).prop_flat_map(|written| {
            let regions = Just(written.regions.clone()).prop_shuffle();
            let clients = Just(written.clients.clone()).prop_shuffle();
            let outages = Just(written.outages.clone()).prop_shuffle();
            let rest = written.rest.clone();
            let shuffled = (regions, clients, outages).prop_map(move |(regions, clients, outages)| {
                Written { rest: rest.clone(), regions, clients, outages }
            });
            (Just(written), shuffled)
        }),
    ) {
        prop_assume!(!written.outages.iter().any(|outage| outage.contains("gray")));
        let sorted = |written: &Written| {
            let mut summary = written.summary();
            let outages = summary["outages"].as_array_mut().unwrap();
            outages.sort_by_key(ToString::to_string);
            summary
        };
        let (one, other) = (sorted(&written), sorted(&shuffled));
        prop_assert_eq!(differing(&one, &other), Vec::<String>::new());
    }

    /// Goal: time has no unit. Method: every time ten times as long and every rate a tenth: the same
    /// requests, and latencies ten times as long, to the rounding of nanoseconds. Some things have
    /// times of their own: TCP, which sends again what a cut way loses, `Retry-After`, in whole seconds,
    /// and a retry budget, which holds ten seconds of traffic. And what fails by lot (a gray region, a bad
    /// change) is told by the nanosecond at which it is served: other lots of the same chance.
    #[test]
    fn ten_times_slower_is_ten_times_longer(written in written(WITHOUT_LOADS)) {
        let has_times = |entry: &String| {
            ["partition", "mode: hold", "gray"].iter().any(|word| entry.contains(word))
        };
        prop_assume!(!written.outages.iter().any(has_times));
        let has_times = ["rate_limit", "budget", "fail:"].map(|key| written.rest.contains(key));
        prop_assume!(has_times == [false; 3]);
        let [one, ten] = [1, 10].map(|times| result(&written.study(times)));
        let [quick, slow] = [&one, &ten].map(|result| &result.fleet.overall);
        prop_assert!(quick.offered.abs_diff(slow.offered) <= 2, "{} {}", quick.offered, slow.offered);
        let (failed, slowly) = (quick.failed as f64, slow.failed as f64);
        prop_assert!((failed - slowly).abs() <= 2.0 + 0.002 * failed, "{failed} {slowly}");
        let mean = |result: &StudyResult, metric| result.figures.get(metric).map(|found| found.mean);
        let [quick, slow] = [&one, &ten].map(|result| mean(result, Metric::LatencyMean));
        if let (Some(quick), Some(slow)) = (quick, slow) {
            prop_assert!((slow / quick / 10.0 - 1.0).abs() < 0.002, "{quick} {slow}");
        }
    }
}

/// Where two summaries differ.
fn differing(one: &Value, other: &Value) -> Vec<String> {
    let flat = |value: &Value| {
        let mut found = BTreeMap::new();
        flatten(String::new(), value, &mut found);
        found
    };
    let (one, other) = (flat(one), flat(other));
    let keys = one
        .keys()
        .chain(other.keys().filter(|key| !one.contains_key(*key)));
    let differing = keys.filter(|key| one.get(*key) != other.get(*key));
    let shown = |key: &String| format!("{key}: {:?} {:?}", one.get(key), other.get(key));
    differing.map(shown).collect()
}

fn flatten(path: String, value: &Value, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                flatten(format!("{path}/{key}"), value, found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                flatten(format!("{path}/{index}"), value, found);
            }
        }
        _ => {
            found.insert(path, value.to_string());
        }
    }
}

/// Two halves of a population, each with half of its rate and agents.
fn halves(entry: &str) -> [String; 2] {
    let (name, rest) = entry.split_once(':').unwrap();
    let rest = rest.replace("R(30), agents: 40", "R(15), agents: 20");
    ["a", "b"].map(|half| format!("{name}{half}:{rest}"))
}

proptest! {
    #![proptest_config(config(12))]

    /// Goal: a population is not more than the sum of its halves. Method: each of three in two of half
    /// the rate and half the agents; Welch's intervals of the differences of availability and mean
    /// latency over 24 replications, widened to 99.99 % together, hold 0. The floor of a retry budget
    /// is left out: each half would have a whole one; and so is a world whose queues never empty.
    #[test]
    fn two_halves_of_a_population_are_the_whole(written in written(WITHOUT_LOADS)) {
        let traffic = "rate: R(30), agents: 40";
        let same = |entry: &String| {
            let (ways, _) = entry.split_once("}, ").unwrap();
            format!("{ways}}}, {traffic}}}")
        };
        let whole = Written {
            clients: written.clients.iter().map(same).collect(),
            rest: written.rest.replace("geographic: {north: westeurope, west: [eastus, westeurope], south: southeastasia}", "priority: [westeurope, eastus]").replace(", floor: R(1)", ""),
            outages: written.outages.iter().filter(|outage| !outage.contains("west, ")).cloned().collect(),
            ..written
        };
        let split = Written {
            clients: whole.clients.iter().flat_map(|entry| halves(entry)).collect(),
            ..whole.clone()
        };
        let results = [&whole, &split].map(|written| {
            let mut study = written.study(1);
            study.run.replications = gatefleet::experiment::Replications::fixed(24);
            unless_given_up(&study, None)
        });
        let [Some(one), Some(other)] = results else {
            return Err(TestCaseError::reject("it is given up"));
        };
        let cache = whole.rest.contains("cache:") || whole.rest.contains("by: population");
        prop_assume!(!cache);
        for metric in [Metric::Availability, Metric::LatencyMean] {
            let sides = [&one, &other].map(|result| result.figures.get(metric).copied());
            let [Some(one), Some(other)] = sides else { continue };
            let sides = [one, other].map(|estimate| Side { estimate, count: 24 });
            let difference = unpaired(&sides[0], &sides[1], 500);
            prop_assert!(!difference.excludes_zero(), "{} {one:?} {other:?}", metric.name());
        }
    }
}
