//! Results hold together: files agree with each other, and odd input stays text.

use std::fs;
use std::path::PathBuf;

use gatefleet::experiment::{Alone, run};
use gatefleet::report::{self, OutputFile, Summary, SummaryRow, Tables, folder, plot};
use gatefleet::scenario::{Source, read};
use serde_json::Value;

use crate::report::config::with_config;

mod config;

/// Names that a careless writer would choke on, and texts to find them by.
const ODD: &str = r#"
title: "</text><script>alert(1)</script> & \"quotes\" \u0007 \n \uffff \u202eright to left 🚒"
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

pub(crate) const OUTAGE: &str = "outages: [{region: \"=cmd()\", at: 5s, for: 5s, mode: refuse}]";

fn tables(text: &str) -> Tables {
    let source = Source {
        name: "odd.yaml".into(),
        text: text.into(),
        folder: PathBuf::new(),
    };
    let study = read(&source, &[])
        .unwrap_or_else(|error| panic!("{error}"))
        .study;
    Tables::new(&study, &run(&study, None, &Alone).unwrap(), "0")
}

pub(crate) fn odd(replications: u32, outages: &str) -> Tables {
    let text = ODD.replace("REPLICATIONS", &replications.to_string());
    tables(&text.replace("OUTAGES", outages))
}

pub(crate) fn file<'f>(files: &'f [OutputFile], path: &str) -> &'f [u8] {
    &files.iter().find(|file| file.path == path).unwrap().bytes
}

#[test]
fn tables_are_read_back_as_they_were_written() {
    for written in [odd(1, ""), odd(5, OUTAGE), with_config(odd(5, OUTAGE))] {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("results");
        folder::write(&folder, &written.files()).unwrap();
        assert_eq!(Tables::read(&folder).unwrap(), written);
    }
}

/// Goal: the cost is told, and results of before it was are drawn all the same.
#[test]
fn the_cost_is_told_where_it_is_known() {
    let written = odd(5, OUTAGE);
    let text = report::summary_text(&written);
    // Two units for 20 s.
    assert!(
        text.contains("\ncost of the fleet: 0.011 unit-hours\n"),
        "{text}"
    );
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("results");
    folder::write(&folder, &written.files()).unwrap();
    let mut summary: Value =
        serde_json::from_slice(file(&written.files(), "summary.json")).unwrap();
    let cost = summary.as_object_mut().unwrap().remove("cost_unit_hours");
    assert_eq!(cost.unwrap()["mean"], 0.011_111_111_1);
    for region in summary["regions"].as_object_mut().unwrap().values_mut() {
        let cost = region.as_object_mut().unwrap().remove("unit_hours");
        assert_eq!(cost.unwrap()["ci95"][1], 0.005_555_555_56);
    }
    fs::write(folder.join("summary.json"), summary.to_string()).unwrap();
    let read = Tables::read(&folder).unwrap();
    assert_eq!(read.summary.cost_unit_hours.mean, None);
    plot::draw_all(&read).unwrap();
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

/// Goal: a table that was cut off is not drawn as if it were whole.
#[test]
fn a_table_that_lacks_rows_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("results");
    folder::write(&folder, &odd(5, OUTAGE).files()).unwrap();
    for name in ["timeline.csv", "latency.csv", "failures.csv"] {
        let whole = fs::read_to_string(folder.join(name)).unwrap();
        let cut = &whole[..=whole.trim_end().rfind('\n').unwrap()];
        for part in ["", cut] {
            fs::write(folder.join(name), part).unwrap();
            let error = Tables::read(&folder).unwrap_err().to_string();
            let expected = format!(
                "{name}` does not have the rows that `summary.json` tells of; run the scenario again"
            );
            assert!(error.ends_with(&expected), "{error}");
        }
        fs::write(folder.join(name), whole).unwrap();
    }
    Tables::read(&folder).unwrap();
}

/// Every number and interval below `value`, as the scopes and names of `summary.csv` see it.
fn figures(path: &[&str], value: &Value, found: &mut Vec<(String, Value)>) {
    if value.get("ci95").is_some() {
        found.push((path.join("|"), value.clone()));
    } else if let Some(map) = value.as_object() {
        for (key, value) in map {
            figures(&[path, &[key]].concat(), value, found);
        }
    } else if let Some(list) = value.as_array() {
        for (index, value) in list.iter().enumerate() {
            figures(&[path, &[&index.to_string()]].concat(), value, found);
        }
    }
}

/// The row of `summary.csv` in which a figure of `summary.json` is.
fn row_of(path: &str) -> (String, String, String) {
    let parts: Vec<&str> = path.split('|').collect();
    let metric = |parts: &[&str]| match parts {
        ["latency_s", quantile] => format!("latency_{quantile}"),
        [metric] => metric_name(metric),
        other => panic!("{other:?}"),
    };
    let (scope, name, rest) = match parts.as_slice() {
        ["management", name, metric] => {
            return ("management".into(), (*name).into(), metric_name(metric));
        }
        ["regions", name, "config", figure] => {
            let metric = format!("config_{}", metric_name(figure));
            return ("region".into(), cell(name), metric);
        }
        [scope @ ("management" | "config"), metric] => {
            return ((*scope).into(), String::new(), metric_name(metric));
        }
        [scope @ ("rollouts" | "operations"), index, rest @ ..] => {
            (scope.trim_end_matches('s'), (*index).to_owned(), rest)
        }
        ["phases", phase, rest @ ..] => ("fleet", format!("/{phase}"), rest),
        ["clients", name, "phases", phase, rest @ ..] => {
            ("population", format!("{}/{phase}", cell(name)), rest)
        }
        ["clients", name, rest @ ..] => ("population", cell(name), rest),
        ["regions", name, rest @ ..] => ("region", cell(name), rest),
        ["outages", index, rest @ ..] => ("outage", (*index).to_owned(), rest),
        rest => ("fleet", String::new(), rest),
    };
    (scope.to_owned(), name, metric(rest))
}

/// The name of a figure without its unit.
fn metric_name(figure: &str) -> String {
    figure.trim_end_matches("_s").to_owned()
}

fn cell(name: &str) -> String {
    let is_formula = name.starts_with(['=', '+']);
    if is_formula {
        format!("'{name}")
    } else {
        name.to_owned()
    }
}

/// Goal: `summary.csv` has every figure of `summary.json`, and each the same.
#[test]
fn the_long_form_has_every_figure() {
    for tables in [odd(5, OUTAGE), with_config(odd(5, OUTAGE))] {
        check_long_form(&tables.files());
    }
}

fn check_long_form(files: &[OutputFile]) {
    let mut json: Value = serde_json::from_slice(file(files, "summary.json")).unwrap();
    let rows: Vec<SummaryRow> = csv::Reader::from_reader(file(files, "summary.csv"))
        .deserialize()
        .map(Result::unwrap)
        .collect();
    let find = |(scope, name, metric): (String, String, String)| {
        let is_it = |r: &&SummaryRow| (&r.scope, &r.name, &r.metric) == (&scope, &name, &metric);
        let found: Vec<&SummaryRow> = rows.iter().filter(is_it).collect();
        assert_eq!(found.len(), 1, "{scope} {name} {metric}");
        found[0]
    };
    let slo = json.as_object_mut().unwrap().remove("slo").unwrap();
    for objective in slo.as_array().unwrap() {
        let name = objective["objective"].as_str().unwrap().to_owned();
        let row = |metric: &str| find(("objective".into(), name.clone(), metric.into()));
        assert_eq!(row("measured").mean, objective["measured"].as_f64());
        assert_eq!(row("measured").ci95_low, objective["ci95"][0].as_f64());
        assert_eq!(row("target").mean, objective["target"].as_f64());
    }
    for (blame, lost) in json["outages"][0]["lost_by_blame"].as_object().unwrap() {
        let row = find(("outage".into(), "0".into(), format!("lost_to_{blame}")));
        assert_eq!(row.mean, lost.as_f64());
        let columns = String::from_utf8_lossy(file(files, "outages.csv"));
        assert!(columns.contains(&format!("lost_to_{blame}")), "{blame}");
    }
    let mut found = Vec::new();
    figures(&[], &json, &mut found);
    // What comparisons are made from says again what stands elsewhere.
    found.retain(|(path, _)| !path.starts_with("figures|"));
    assert!(
        found.len() > 100,
        "{} figures, most were missed",
        found.len()
    );
    for (path, figure) in found {
        let row = find(row_of(&path));
        assert_eq!(row.mean, figure["mean"].as_f64(), "{path}");
        assert_eq!(row.ci95_low, figure["ci95"][0].as_f64(), "{path}");
        assert_eq!(row.ci95_high, figure["ci95"][1].as_f64(), "{path}");
    }
    for (count, total) in json["requests"].as_object().unwrap() {
        let row = find(("fleet".into(), String::new(), count.clone()));
        assert_eq!(row.mean, total.as_f64(), "{count}");
    }
}

/// Goal: what a terminal would obey, or what would tear a line, is shown as a mark.
#[test]
fn the_summary_of_odd_names_stays_text() {
    let text = report::summary_text(&with_config(odd(5, OUTAGE)));
    let is_color = |rest: &str| rest.starts_with("\u{1b}[");
    for (at, c) in text.char_indices().filter(|&(_, c)| c != '\n') {
        let is_fine = !c.is_control() || is_color(&text[at..]);
        assert!(is_fine && c != '\u{202e}', "{:?}", &text[at..]);
    }
    assert!(text.contains("=cmd()") && text.contains("🚀 אבג"), "{text}");
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
    let odd = [
        (odd(1, ""), 8),
        (odd(5, OUTAGE), 8),
        (tables(nothing_succeeds), 8),
        (with_config(odd(5, OUTAGE)), 10),
    ];
    for (tables, count) in odd {
        let files = plot::draw_all(&tables).unwrap();
        assert_eq!(files.len(), count);
        assert_eq!(files, plot::draw_all(&tables).unwrap(), "byte by byte");
        for svg in files.iter().filter(|file| file.path.ends_with("svg")) {
            let text = String::from_utf8(svg.bytes.clone()).unwrap();
            assert!(
                !text.contains("<script>") && !text.contains("<b>"),
                "{}",
                svg.path
            );
            let is_harmful = |c| matches!(c, '\u{7}' | '\u{202e}' | '\u{ffff}');
            assert!(
                !text.contains(is_harmful),
                "{}: a harmful character",
                svg.path
            );
            assert!(text.trim_end().ends_with("</svg>"), "{}", svg.path);
        }
    }
}
