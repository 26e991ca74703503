//! Results for build servers, pull requests and monitoring systems: the documents keep to their
//! formats, whatever the names in them.

use std::process::Output;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use serde_json::Value;

use crate::cli::Place;

/// A world in which objectives are missed and kept, with names that formats would trip over.
const ODD: &str = r#"title: "</script><img onerror=alert(1)> | \e[31m\u202e @you #1 'א' 🚒 & LONG"
run: {warm_up: 5s, duration: 30s, window: 5s, replications: 5}
regions: {"=cmd()": {units: 1, at: [52, 5]}, "a|b\\": {units: 1, at: [40, -74]}}
clients:
  "eu \"x\" \\ <&> ]]>": {at: [52, 4], rate: 40/s, agents: 20}
  "../../etc": {at: [40, -70], rate: 40/s, agents: 20}
routing: {ttl: 2s, probe: {interval: 2s, timeout: 1s, tolerated_failures: 1}}
outages: [{region: "=cmd()", at: 10s, for: 10s}]
slo:
  availability: 99.9%
  latency: {p99: 1h}
  by: {population: {"eu \"x\" \\ <&> ]]>": {availability: 99.9%}}}
"#;

/// What people see of the title.
const TITLE: &str = "</script><img onerror=alert(1)> | \u{fffd}[31m\u{fffd} @you #1 'א' 🚒 & LONG";

fn odd() -> Place {
    let place = Place::new();
    place.write("odd.yaml", &ODD.replace("LONG", &"n".repeat(300)));
    place
}

fn title() -> String {
    TITLE.replace("LONG", &"n".repeat(300))
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn run(place: &Place, words: &[&str]) -> Output {
    place.run(&[words, &["--no-plots"]].concat())
}

/// An element of a document.
#[derive(Debug)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    fn new(start: &BytesStart<'_>) -> Self {
        let attributes = start.attributes().map(|attribute| {
            let attribute = attribute.unwrap();
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap();
            (attribute.key.as_ref().to_owned(), value.into_owned())
        });
        Self {
            name: start.name().as_ref().to_owned(),
            attributes: attributes.collect(),
        }
    }

    fn get(&self, key: &str) -> &str {
        let mut attributes = self.attributes.iter();
        let found = attributes.find(|(name, _)| name == key);
        &found.unwrap_or_else(|| panic!("{self:?} has no {key}")).1
    }
}

/// The elements of a document, which is read to its end by a parser.
fn elements(text: &str) -> Vec<Element> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut elements = Vec::new();
    let mut open = 0;
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                open += 1;
                elements.push(Element::new(&start));
            }
            Event::End(_) => open -= 1,
            Event::Empty(start) => elements.push(Element::new(&start)),
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open, 0, "{text}");
    let is_allowed = |c: char| !c.is_control() || c == '\n';
    assert!(text.chars().all(is_allowed), "characters XML does not have");
    elements
}

fn named<'e>(elements: &'e [Element], name: &str) -> Vec<&'e Element> {
    let elements = elements.iter();
    elements.filter(|element| element.name == name).collect()
}

/// Goal: the document says of every objective whether it is kept, in the words of who wrote it.
/// Method: it is read by a parser, and counted.
#[test]
fn verdicts_are_junit_xml() {
    let place = odd();
    let output = run(&place, &["run", "odd.yaml", "--format", "junit"]);
    assert_eq!(output.status.code(), Some(99), "{}", err(&output));
    let text = out(&output);
    let elements = elements(&text);
    let suites = named(&elements, "testsuite");
    assert_eq!(suites.len(), 1);
    assert_eq!(suites[0].get("name"), title());
    let all = named(&elements, "testsuites");
    for element in [suites[0], all[0]] {
        let counts = ["tests", "failures", "errors", "skipped"].map(|count| element.get(count));
        assert_eq!(counts, ["3", "2", "0", "0"]);
    }
    let cases = named(&elements, "testcase");
    let cases: Vec<&str> = cases.iter().map(|case| case.get("name")).collect();
    assert_eq!(
        cases,
        [
            "availability of at least 99.900 %",
            "p99 latency of at most 1 h",
            "availability of at least 99.900 %, population eu \"x\" \\ <&> ]]>",
        ]
    );
    let failures = named(&elements, "failure");
    let summary: Value = serde_json::from_str(&place.read("results/odd/summary.json")).unwrap();
    for (failure, index) in failures.iter().zip([0, 2]) {
        let message = failure.get("message");
        let measured = summary["slo"][index]["measured"].as_f64().unwrap() * 100.0;
        let (_, said) = message.split_once("; measured: ").unwrap();
        let said = said.replace("95 % interval ", "");
        let numbers = said.split(['(', ')', '-']).map(str::trim);
        let numbers: Vec<f64> = numbers
            .filter_map(|number| number.trim_end_matches(" %").parse().ok())
            .collect();
        assert_eq!(numbers.len(), 3, "{message}: an estimate and two ends");
        assert!(
            (numbers[0] - measured).abs() < 0.01,
            "{message}: {measured}"
        );
        assert!(message.starts_with("target: availability of at least 99.900 %"));
    }
    assert_eq!(text, place.read("results/odd/junit.xml"), "the same");
}

/// Goal: what was not judged is no test that passed.
#[test]
fn without_objectives_nothing_passes() {
    let place = Place::with_small();
    let output = run(&place, &["run", "small.yaml", "--format", "junit"]);
    assert_eq!(output.status.code(), Some(0));
    let elements = elements(&out(&output));
    let suite = named(&elements, "testsuite")[0];
    assert_eq!((suite.get("tests"), suite.get("skipped")), ("1", "1"));
    let skipped = named(&elements, "skipped")[0].get("message");
    assert_eq!(
        skipped,
        "there are no objectives (`slo`): nothing was judged"
    );
    let output = run(&place, &["run", "small.yaml", "--format", "markdown"]);
    let text = out(&output);
    assert!(
        text.contains("**? no objectives: nothing was judged**"),
        "{text}"
    );
    assert!(!text.contains('✓') && !text.contains('✗'), "{text}");
}

/// Goal: a scenario that cannot be simulated is a failed test, not a document that breaks off.
/// Method: one that saturates after one that does not.
#[test]
fn what_cannot_be_simulated_is_an_error() {
    let place = Place::with_small();
    let full = place.read("small.yaml").replace("Small", "Full");
    place.write("full.yaml", &full.replace("rate: 40/s", "rate: 40000/s"));
    let words = ["run", "small.yaml", "full.yaml", "--format", "junit"];
    let output = run(
        &place,
        &[&words[..], &["--set", "client.timeout=none"]].concat(),
    );
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    let elements = elements(&out(&output));
    let suites = named(&elements, "testsuite");
    let names: Vec<&str> = suites.iter().map(|suite| suite.get("name")).collect();
    assert_eq!(names, ["Small", "Full"]);
    assert_eq!(suites[1].get("errors"), "1");
    let error = named(&elements, "error")[0].get("message");
    assert!(error.contains("requests waiting"), "{error}");
}

/// Goal: standard output is the document and nothing else, of every command; what else there is to
/// say is on standard error, or nowhere if nobody wants to hear it.
#[test]
fn every_command_prints_documents_alone() {
    let place = odd();
    let strategies = ["--strategies", "next_closest,even_spread"];
    let compare = [&["compare", "odd.yaml"], &strategies[..]].concat();
    let sweep = ["sweep", "odd.yaml", "--vary", "routing.ttl=1s,2s"];
    for (command, folder) in [
        (&["run", "odd.yaml"][..], "results/odd"),
        (&compare, "results/compare-odd"),
        (&sweep, "results/sweep-odd"),
    ] {
        let output = run(&place, &[command, &["--format", "json"]].concat());
        let json = out(&output);
        assert_eq!(json, place.read(&format!("{folder}/summary.json")));
        assert!(err(&output).ends_with(&format!("{folder}\n")));
        let output = run(&place, &[command, &["--format", "junit"]].concat());
        let suites = elements(&out(&output));
        let expected = if command[0] == "run" { 1 } else { 2 };
        assert_eq!(named(&suites, "testsuite").len(), expected);
        let output = run(&place, &[command, &["--format", "markdown"]].concat());
        let text = out(&output);
        assert!(!text.contains(folder) && text.contains("\n|---|"), "{text}");
        assert!(
            !text.replace("\\<", "").contains("<img") && !text.contains("\u{202e}"),
            "{text}"
        );
        for format in ["json", "junit", "markdown"] {
            let output = run(&place, &[command, &["--format", format, "-q"]].concat());
            assert!(!output.stdout.is_empty() && output.stderr.is_empty());
        }
        let output = run(&place, command);
        assert_eq!(out(&output).lines().last(), Some(folder));
    }
}

/// Goal: a pull request shows the verdict first, then each objective, then what it was measured by.
#[test]
fn verdicts_are_markdown() {
    let place = odd();
    let output = run(&place, &["run", "odd.yaml", "--format", "markdown"]);
    assert_eq!(output.status.code(), Some(99));
    let text = out(&output);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("### \\</script\\>\\<img onerror=alert(1)\\> \\| "));
    assert_eq!(lines[2], "**✗ 2 of 3 objectives missed**");
    for part in [
        "| ✗ missed | availability of at least 99.900 % | ",
        "| ✓ kept | p99 latency of at most 1 h | ",
        "population eu \"x\" \\\\ \\<\\&\\> \\]\\]\\> | ",
        "| =cmd() (blackhole) at 10 s | ",
        "\n5 replications of 30 s, seed 1, latency, next closest, gatefleet ",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(text, place.read("results/odd/summary.md") + "\n");
    let output = run(
        &place,
        &[
            "run",
            "odd.yaml",
            "--format",
            "markdown",
            "--seed",
            "2",
            "--baseline",
            "results/odd",
        ],
    );
    let text = out(&output);
    assert!(text.contains("\nDifference to results/odd:\n\n|"), "{text}");
    assert!(!text.contains('\u{1b}') && !text.contains("[1m"), "{text}");
}

#[test]
fn formats_without_a_place_for_changes_refuse_them() {
    let place = Place::with_small();
    run(&place, &["run", "small.yaml"]);
    for format in ["json", "junit", "openmetrics"] {
        let words = [
            "run",
            "small.yaml",
            "--baseline",
            "results/small",
            "--format",
            format,
        ];
        let output = run(&place, &words);
        assert_eq!(output.status.code(), Some(2));
        assert!(err(&output).contains("only `--format text` and `markdown` have a place"));
    }
}
