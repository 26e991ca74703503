//! Verdicts as JUnit XML, which build servers read: a suite a study, a test case an objective.
//!
//! What this is not: a pass where nothing was judged. A study without objectives has one case, which
//! is skipped, and one that could not be simulated has one with an error.
//!
//! The form is that of Apache Ant's JUnit task, of which every reader understands these parts.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::report::comparison::{ComparisonSummary, VariantSummary};
use crate::report::figure::Figure;
use crate::report::printable::printable;
use crate::report::promise;
use crate::report::summary::{ObjectiveSummary, Summary};
use crate::report::sweep::{PointObjective, PointSummary, SweepSummary};

/// The name of the case of a study that has no objective to name it.
const STUDY: &str = "objectives";

/// The test cases of one study.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suite {
    name: String,
    cases: Vec<Case>,
}

/// An objective.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Case {
    name: String,
    outcome: Outcome,
}

/// How a case ended, with what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outcome {
    Kept(String),
    Missed(String),
    /// It was not judged, or cannot be told.
    Open(String),
    /// It could not be measured.
    Broken(String),
}

impl Suite {
    /// The objectives of a run.
    pub fn of_run(summary: &Summary) -> Self {
        let slo = (summary.slo.as_slice(), summary.replications);
        let suite = Self::of_objectives(&summary.scenario.title, slo);
        if summary.complete {
            return suite;
        }
        let count = summary.replications;
        suite.with(Outcome::Broken(format!(
            "interrupted: only the {count} replications that had finished are judged"
        )))
    }

    /// A study that could not be simulated, and why.
    pub fn of_failure(title: &str, why: &str) -> Self {
        let suite = Self {
            name: printable(title),
            cases: Vec::new(),
        };
        suite.with(Outcome::Broken(printable(why)))
    }

    /// The objectives of each variant.
    pub fn of_comparison(summary: &ComparisonSummary) -> Vec<Self> {
        let suite = |variant: &VariantSummary| {
            Self::of_objectives(&variant.name, (&variant.slo, variant.replications))
        };
        summary.variants.iter().map(suite).collect()
    }

    /// The objectives of each point.
    pub fn of_sweep(summary: &SweepSummary) -> Vec<Self> {
        let suite = |point: &PointSummary| {
            let values = summary.axes.iter().zip(&point.values);
            let at = values.map(|(axis, value)| format!("{}={value}", axis.path));
            let strategy = (summary.strategies.len() > 1).then(|| point.strategy.clone());
            let at: Vec<String> = at.chain(strategy).collect();
            let suite = Self {
                name: printable(&at.join(", ")),
                cases: point.slo.iter().map(Case::at_point).collect(),
            };
            match &point.saturated {
                Some(saturated) => suite.with(Outcome::Missed(format!(
                    "requests wait without end in {}",
                    printable(&saturated.region)
                ))),
                None => suite.or_skipped(),
            }
        };
        summary.points.iter().map(suite).collect()
    }

    fn of_objectives(name: &str, (slo, replications): (&[ObjectiveSummary], u32)) -> Self {
        let case = |objective: &ObjectiveSummary| Case::of_run(objective, replications);
        let suite = Self {
            name: printable(name),
            cases: slo.iter().map(case).collect(),
        };
        suite.or_skipped()
    }

    /// With a case that says that nothing was judged, if nothing was.
    fn or_skipped(self) -> Self {
        if self.cases.is_empty() {
            let why = "there are no objectives (`slo`): nothing was judged";
            return self.with(Outcome::Open(why.to_owned()));
        }
        self
    }

    /// With one more case, which is none of the objectives.
    fn with(mut self, outcome: Outcome) -> Self {
        self.cases.push(Case {
            name: STUDY.to_owned(),
            outcome,
        });
        self
    }
}

impl Case {
    fn of_run(objective: &ObjectiveSummary, replications: u32) -> Self {
        let promised = objective.sentence();
        let measured = shown(&objective.objective, &objective.figure());
        let measured = promise::measured(measured, objective.not_reached, replications);
        let judged = promise::judgment(objective.by_interval, replications);
        let judged = judged.map_or_else(String::new, |judged| format!(" ({judged})"));
        let before = objective.missed_before.as_ref().map(|before| {
            let before = shown(&objective.objective, before);
            format!("; missed before any outage: {before}")
        });
        let said = format!(
            "target: {promised}; measured: {measured}{judged}{}",
            before.unwrap_or_default()
        );
        Self {
            name: promised,
            outcome: if objective.passed {
                Outcome::Kept(said)
            } else {
                Outcome::Missed(said)
            },
        }
    }

    fn at_point(objective: &PointObjective) -> Self {
        let by = objective.by.as_ref();
        let promised = promise::sentence(&objective.objective, objective.target, by);
        let figure = Figure {
            mean: objective.measured,
            ci95: objective.ci95,
        };
        let measured = shown(&objective.objective, &figure);
        let said = format!("target: {promised}; measured: {measured}");
        Self {
            name: promised,
            outcome: match objective.verdict.as_str() {
                "kept" => Outcome::Kept(said),
                "missed" => Outcome::Missed(said),
                _ => Outcome::Open(format!("{said}; more replications tell")),
            },
        }
    }
}

/// What was measured, with its interval if there is one.
fn shown(objective: &str, figure: &Figure) -> String {
    let text = promise::measure(objective).text(figure);
    text.replacen(" (", " (95 % interval ", 1)
}

/// How many cases there are, missed, broken, and left open.
struct Counts([(&'static str, String); 4]);

impl Counts {
    fn new<'c>(cases: impl Iterator<Item = &'c Case>) -> Self {
        let (mut all, mut missed, mut broken, mut open) = (0_u64, 0_u64, 0_u64, 0_u64);
        for case in cases {
            all += 1;
            match case.outcome {
                Outcome::Kept(_) => {}
                Outcome::Missed(_) => missed += 1,
                Outcome::Broken(_) => broken += 1,
                Outcome::Open(_) => open += 1,
            }
        }
        Self([
            ("tests", all.to_string()),
            ("failures", missed.to_string()),
            ("errors", broken.to_string()),
            ("skipped", open.to_string()),
        ])
    }

    fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, count)| (*name, count.as_str()))
    }
}

/// The suites as a document.
pub fn junit(suites: &[Suite]) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    let counts = Counts::new(suites.iter().flat_map(|suite| &suite.cases));
    let declaration = Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None));
    let written = writer.write_event(declaration).and_then(|()| {
        let all = writer.create_element("testsuites");
        let all = all.with_attribute(("name", "gatefleet"));
        all.with_attributes(counts.attributes())
            .write_inner_content(|writer| {
                let mut suites = suites.iter();
                suites.try_for_each(|suite| write_suite(writer, suite))
            })
            .map(drop)
    });
    written.expect("writing to memory cannot fail");
    let mut text = String::from_utf8(writer.into_inner()).expect("it was made of texts");
    text.push('\n');
    text
}

fn write_suite(writer: &mut Writer<Vec<u8>>, suite: &Suite) -> std::io::Result<()> {
    let counts = Counts::new(suite.cases.iter());
    let element = writer
        .create_element("testsuite")
        .with_attribute(("name", suite.name.as_str()))
        .with_attributes(counts.attributes());
    let cases = |writer: &mut Writer<Vec<u8>>| {
        let mut cases = suite.cases.iter();
        cases.try_for_each(|case| write_case(writer, (&suite.name, case)))
    };
    element.write_inner_content(cases).map(drop)
}

fn write_case(writer: &mut Writer<Vec<u8>>, (suite, case): (&str, &Case)) -> std::io::Result<()> {
    let element = writer
        .create_element("testcase")
        .with_attributes([("classname", suite), ("name", case.name.as_str())]);
    let (kind, said) = match &case.outcome {
        // Servers show what a case has printed, and have nothing else for those that passed.
        Outcome::Kept(said) => ("system-out", said),
        Outcome::Missed(said) => ("failure", said),
        Outcome::Open(said) => ("skipped", said),
        Outcome::Broken(said) => ("error", said),
    };
    let is_kept = matches!(case.outcome, Outcome::Kept(_));
    let message = (!is_kept).then_some(("message", said.as_str()));
    element
        .write_inner_content(|writer| {
            let told = writer.create_element(kind).with_attributes(message);
            told.write_text_content(BytesText::new(said)).map(drop)
        })
        .map(drop)
}
