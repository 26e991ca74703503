//! Results hold together: files agree with each other, and odd input stays text.

use std::fs;

use gatefleet::experiment::{Alone, run};
use gatefleet::report::{OutputFile, Summary, SummaryRow, Tables, folder, plot};
use gatefleet::scenario::{Source, read};

/// Names that a careless writer would choke on, and texts to find them by.
const ODD: &str = r#"
title: "</text><script>alert(1)</script> & \"quotes\" \u0007 \u202eright to left 🚒"
run: {warm_up: 1s, duration: 20s, window: 3s, replications: REPLICATIONS}
regions:
  "=cmd()": {units: 1, at: [52, 5]}
  "</svg><b>": {units: 1, at: [40, -74]}
clients:
  "+1, \"two\"": {at: [52, 4], rate: 30/s}
  "🚀 אבג": {at: [40, -70], rate: 30/s}
  "ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss": {at: [0, 0], rate: 0/s}
client: {timeout: 2s}
routing: {ttl: 1s, probe: {interval: 1s, timeout: 1s, tolerated_failures: 0}}
OUTAGES
slo: {availability: 99.99%, latency: {p99: 1ms, p99_9: 10s}}
"#;

const OUTAGE: &str = "outages: [{region: \"=cmd()\", at: 5s, for: 5s, mode: refuse}]";

fn tables(text: &str) -> Tables {
    let source = Source {
        name: "odd.yaml".into(),
        text: text.into(),
    };
    let study = read(&source, &[])
        .unwrap_or_else(|error| panic!("{error}"))
        .study;
    Tables::new(&study, &run(&study, None, &Alone).unwrap(), "0")
}

fn odd(replications: u32, outages: &str) -> Tables {
    let text = ODD.replace("REPLICATIONS", &replications.to_string());
    tables(&text.replace("OUTAGES", outages))
}

fn file<'f>(files: &'f [OutputFile], path: &str) -> &'f [u8] {
    &files.iter().find(|file| file.path == path).unwrap().bytes
}

#[test]
fn tables_are_read_back_as_they_were_written() {
    for (replications, outages) in [(1, ""), (5, OUTAGE)] {
        let written = odd(replications, outages);
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("results");
        folder::write(&folder, &written.files()).unwrap();
        assert_eq!(Tables::read(&folder).unwrap(), written);
    }
}

#[test]
fn a_folder_of_another_format_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("results");
    folder::write(&folder, &odd(1, "").files()).unwrap();
    let summary = fs::read_to_string(folder.join("summary.json")).unwrap();
    let later = summary.replacen("\"schema\": 1", "\"schema\": 2", 1);
    fs::write(folder.join("summary.json"), later).unwrap();
    let error = Tables::read(&folder).unwrap_err().to_string();
    assert!(
        error.contains("has the format `schema: 2`, and this version reads 1"),
        "{error}"
    );
    fs::write(folder.join("summary.json"), summary).unwrap();
    fs::write(folder.join("timeline.csv"), "time_s\nx\n").unwrap();
    let error = Tables::read(&folder).unwrap_err().to_string();
    assert!(
        error.contains("timeline.csv` is not a table of gatefleet"),
        "{error}"
    );
}

/// Every figure of `summary.csv` is that of `summary.json`: a sample of each kind, looked up.
#[test]
fn the_two_summaries_agree() {
    let files = odd(5, OUTAGE).files();
    let json: serde_json::Value = serde_json::from_slice(file(&files, "summary.json")).unwrap();
    let rows: Vec<SummaryRow> = csv::Reader::from_reader(file(&files, "summary.csv"))
        .deserialize()
        .map(Result::unwrap)
        .collect();
    let find = |scope: &str, name: &str, metric: &str| {
        let mut rows = rows.iter();
        let row = rows.find(|r| (&*r.scope, &*r.name, &*r.metric) == (scope, name, metric));
        row.unwrap_or_else(|| panic!("{scope} {name} {metric}"))
            .clone()
    };
    let cases = [
        (("fleet", "", "availability"), "/availability"),
        (("fleet", "", "latency_p99_9"), "/latency_s/p99_9"),
        (
            ("fleet", "/during", "availability"),
            "/phases/during/availability",
        ),
        (
            ("region", "'=cmd()", "utilization"),
            "/regions/=cmd()/utilization",
        ),
        (
            ("population", "🚀 אבג", "latency_p50"),
            "/clients/🚀 אבג/latency_s/p50",
        ),
        (
            ("outage", "0", "time_to_detect"),
            "/outages/0/time_to_detect_s",
        ),
        (("outage", "0", "requests_lost"), "/outages/0/requests_lost"),
    ];
    for ((scope, name, metric), pointer) in cases {
        let row = find(scope, name, metric);
        let figure = json.pointer(pointer).unwrap_or_else(|| panic!("{pointer}"));
        assert_eq!(row.mean, figure["mean"].as_f64(), "{pointer}");
        assert_eq!(row.ci95_low, figure["ci95"][0].as_f64(), "{pointer}");
        assert!(row.mean.is_some() && row.ci95_low.is_some(), "{pointer}");
    }
    assert_eq!(
        find("fleet", "", "offered").mean,
        json["requests"]["offered"].as_f64()
    );
}

#[test]
fn objectives_say_what_was_promised_and_measured() {
    let Summary {
        slo,
        availability,
        latency_s,
        ..
    } = odd(5, OUTAGE).summary;
    let names: Vec<&str> = slo
        .iter()
        .map(|objective| objective.objective.as_str())
        .collect();
    assert_eq!(names, ["availability", "latency_p99", "latency_p99_9"]);
    assert_eq!(slo[0].measured, availability.mean);
    assert_eq!(slo[1].measured, latency_s.p99.mean);
    let passed: Vec<bool> = slo.iter().map(|objective| objective.passed).collect();
    assert_eq!(passed, [false, false, true]);
}

/// Goal: pictures of degenerate results are drawn, and names in them are text.
#[test]
fn plots_of_odd_results_are_drawn() {
    let nothing_succeeds = "run: {warm_up: 0s, duration: 10s, window: 10s, replications: 5}
regions: {eastus: {units: 1}}
clients: {all: {near: eastus, rate: 20/s}}
outages: [{region: eastus, at: 0s, for: 20s}]
";
    for tables in [odd(1, ""), odd(5, OUTAGE), tables(nothing_succeeds)] {
        let files = plot::draw_all(&tables).unwrap();
        assert_eq!(files.len(), 6);
        assert_eq!(files, plot::draw_all(&tables).unwrap(), "byte by byte");
        for svg in files.iter().filter(|file| file.path.ends_with("svg")) {
            let text = String::from_utf8(svg.bytes.clone()).unwrap();
            assert!(
                !text.contains("<script>") && !text.contains("<b>"),
                "{}",
                svg.path
            );
            assert!(!text.contains('\u{7}'), "{}: a control character", svg.path);
            assert!(text.trim_end().ends_with("</svg>"), "{}", svg.path);
        }
    }
}
