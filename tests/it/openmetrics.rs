//! The timeline for monitoring systems keeps the rules of OpenMetrics 1.0, and says what `timeline.csv` says.

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::Place;

/// Names with all that has to be escaped, and back ends, a configuration and a bad change.
const FULL: &str = r#"title: 'quotes "q", back\slash'
run: {warm_up: 5s, duration: 30s, window: 5s, replications: 5}
regions: {westeurope: {units: 1}, eastus: {units: 1}}
clients:
  'eu "x" \ {,}': {near: westeurope, rate: 40/s, agents: 20}
  america: {near: eastus, rate: 40/s, agents: 20}
routing: {ttl: 2s, probe: {interval: 2s, timeout: 1s, tolerated_failures: 1}}
backends: {orders: {at: [westeurope, eastus], service: constant(20ms), workers: 40}}
config: {sync: {interval: 5s, apply: constant(1s)}}
outages: [{region: westeurope, at: 10s, for: 10s}]
"#;

/// A line that is a point.
#[derive(Debug)]
struct Point {
    family: String,
    labels: BTreeMap<String, String>,
    value: f64,
    time_s: f64,
}

/// Reads a point as the grammar of the specification has it.
fn point(line: &str) -> Point {
    let (family, rest) = line.split_once('{').unwrap();
    let mut labels = BTreeMap::new();
    let mut letters = rest.chars();
    loop {
        let name: String = letters.by_ref().take_while(|&c| c != '=').collect();
        assert!(is_name(&name), "{line}: label {name}");
        assert_eq!(letters.next(), Some('"'), "{line}");
        let mut value = String::new();
        loop {
            match letters.next().unwrap() {
                '"' => break,
                '\\' => value.push(match letters.next().unwrap() {
                    'n' => '\n',
                    c @ ('"' | '\\') => c,
                    c => panic!("{line}: \\{c} is no escape"),
                }),
                c => value.push(c),
            }
        }
        assert!(
            labels.insert(name, value).is_none(),
            "{line}: a label twice"
        );
        match letters.next().unwrap() {
            ',' => {}
            '}' => break,
            c => panic!("{line}: {c} after a label"),
        }
    }
    let numbers: Vec<&str> = letters.as_str().split(' ').collect();
    let ["", value, time_s] = numbers[..] else {
        panic!("{line}: one space, a value, one space, a timestamp");
    };
    Point {
        family: family.to_owned(),
        labels,
        value: value.parse().unwrap(),
        time_s: time_s.parse().unwrap(),
    }
}

fn is_name(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    text.starts_with(is_letter) && text.chars().all(|c| is_letter(c) || c.is_ascii_digit())
}

/// Where it was run, and what was printed.
fn full() -> (Place, String) {
    let place = Place::new();
    place.write("full.yaml", FULL);
    let words = [
        "run",
        "full.yaml",
        "-q",
        "--no-plots",
        "--format",
        "openmetrics",
    ];
    let output = place.run(&words);
    assert!(output.status.success(), "{output:?}");
    (place, String::from_utf8(output.stdout).unwrap())
}

/// Goal: what reads OpenMetrics reads this. Method: the rules of the specification: `TYPE`, `UNIT`
/// and `HELP` once, before the points of a family, which is nowhere else and ends in its unit; the
/// points of a series together, with rising timestamps; `# EOF` once, at the end.
#[test]
fn the_timeline_is_openmetrics() {
    let (_, text) = full();
    let lines = text.strip_suffix("\n# EOF\n").unwrap().lines();
    let (mut family, mut kind, mut unit) = (String::new(), String::new(), String::new());
    let mut families = BTreeSet::new();
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    let mut last: Option<((String, String), f64)> = None;
    for line in lines {
        assert!(!line.is_empty() && !line.starts_with("# EOF"));
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, of) = rest.split_once(' ').unwrap();
            assert!(is_name(name) && families.insert(name.to_owned()), "{line}");
            (family, kind, unit) = (name.to_owned(), of.to_owned(), String::new());
            assert!(["gauge", "info"].contains(&of), "{line}");
        } else if let Some(rest) = line.strip_prefix("# UNIT ") {
            let (name, of) = rest.split_once(' ').unwrap();
            assert_eq!(name, family, "{line}");
            assert!(
                name.ends_with(&format!("_{of}")) && unit.is_empty(),
                "{line}"
            );
            unit = of.to_owned();
        } else if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap();
            assert!(name == family && help.ends_with('.'), "{line}");
        } else {
            let point = point(line);
            let suffix = if kind == "info" { "_info" } else { "" };
            assert_eq!(point.family, format!("{family}{suffix}"), "{line}");
            assert!(kind != "info" || point.value.to_bits() == 1_f64.to_bits());
            let series = (family.clone(), format!("{:?}", point.labels));
            match &last {
                Some((of, time_s)) if *of == series => assert!(point.time_s > *time_s, "{line}"),
                _ => assert!(seen.insert(series.clone()), "{line} is not with its series"),
            }
            last = Some((series, point.time_s));
        }
    }
    assert!(families.len() > 20, "{families:?}");
}

/// Goal: no figure of its own. Method: each availability, median and queue is in `timeline.csv`.
#[test]
fn points_are_those_of_the_table() {
    let (place, text) = full();
    let table = place.read("results/full/timeline.csv");
    let mut table = csv::Reader::from_reader(table.as_bytes());
    let rows: Vec<BTreeMap<String, String>> = table.deserialize().map(Result::unwrap).collect();
    for (family, column) in [
        ("gatefleet_availability_ratio", "availability"),
        ("gatefleet_latency_p50_seconds", "p50_s"),
        ("gatefleet_queue", "queue"),
        ("gatefleet_window_sent_attempts", "attempts"),
    ] {
        let points = text
            .lines()
            .filter(|line| line.starts_with(&format!("{family}{{")));
        let points: Vec<Point> = points.map(point).collect();
        let told = rows.iter().filter(|row| !row[column].is_empty());
        assert_eq!(points.len(), told.count(), "{family}");
        for point in points {
            let is_its = |row: &&BTreeMap<String, String>| {
                let time_s: f64 = row["time_s"].parse().unwrap();
                row["scope"] == point.labels["scope"]
                    && row["name"] == point.labels["name"]
                    && time_s.to_bits() == point.time_s.to_bits()
            };
            let row = rows.iter().find(is_its).unwrap();
            let value: f64 = row[column].parse().unwrap();
            assert_eq!(value.to_bits(), point.value.to_bits(), "{point:?}");
        }
    }
    let study = text
        .lines()
        .find(|line| line.starts_with("gatefleet_study_info"));
    let study = point(study.unwrap());
    assert_eq!(study.labels["title"], "quotes \"q\", back\\slash");
    let run = place.read("results/full/run.json");
    assert!(run.contains(&study.labels["study"]), "{study:?}");
}

/// Goal: a document that ends once is not begun twice.
#[test]
fn it_is_of_one_scenario() {
    let (place, _) = full();
    place.write("other.yaml", FULL);
    let words = ["run", "full.yaml", "other.yaml", "--format", "openmetrics"];
    let output = place.run(&words);
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("the timeline of one scenario"), "{errors}");
}
