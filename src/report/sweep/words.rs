//! The sentences and tables of a sweep, for the terminal and for Markdown.

use crate::experiment::Metric;
use crate::report::figure::Figure;
use crate::report::format::{heading, line, nothing};
use crate::report::grid_text::{Grid, escaped, grid, pipes};
use crate::report::metric_text;
use crate::report::printable::printable;
use crate::report::promise::{key, measure, sentence as sentence_of, short};
use crate::report::sweep::summary::{KneeSummary, PointObjective, PointSummary, SweepSummary};
use crate::units::text::show_duration;

/// The most points that are shown one by one on the terminal and in Markdown.
const ROWS_MAX: usize = 60;

/// The metrics that are shown of each point.
const SHOWN: [Metric; 4] = [
    Metric::Availability,
    Metric::RequestsLost,
    Metric::LatencyP99,
    Metric::UnitHours,
];

/// The most sentences about where objectives are met.
const SENTENCES_MAX: usize = 20;

/// A sweep for the terminal; color codes are in it.
pub fn text(summary: &SweepSummary) -> String {
    let mut text = String::new();
    heading(&mut text, &printable(&summary.scenario.title));
    for fact in facts(summary) {
        line(&mut text, &fact);
    }
    line(&mut text, "");
    grid(&mut text, &points(summary));
    for note in notes(summary) {
        line(&mut text, &note);
    }
    let sentences = sentences(summary);
    if !sentences.is_empty() {
        let title = "\nWhere the objectives are met (by the whole 95 % interval)";
        heading(&mut text, title);
        for sentence in sentences {
            line(&mut text, &sentence);
        }
    }
    text
}

/// A sweep as GitHub-flavored Markdown.
pub fn markdown(summary: &SweepSummary) -> String {
    let mut text = String::new();
    let title = escaped(&printable(&summary.scenario.title));
    line(&mut text, &format!("**{title}**\n"));
    for fact in facts(summary) {
        line(&mut text, &format!("{}\n", escaped(&fact)));
    }
    let sentences = sentences(summary);
    for sentence in &sentences {
        line(&mut text, &format!("- {}", escaped(sentence)));
    }
    if !sentences.is_empty() {
        line(&mut text, "");
    }
    pipes(&mut text, &points(summary));
    for note in notes(summary) {
        line(&mut text, &format!("\n{}", escaped(&note)));
    }
    text
}

/// What the figures are of, and what is asked of them.
pub(in crate::report) fn facts(summary: &SweepSummary) -> Vec<String> {
    let count = summary.points.len();
    let points = format!("{count} point{}", if count == 1 { "" } else { "s" });
    let replications = summary.points.iter().map(|point| point.replications);
    let replications = replications.filter(|&count| count > 0);
    let (least, most) = (replications.clone().min(), replications.max());
    let replications = match (least.unwrap_or(0), most.unwrap_or(0)) {
        (1, 1) => "1 replication".to_owned(),
        (least, most) if least == most => format!("{least} replications each"),
        (least, most) => format!("{least} to {most} replications each"),
    };
    let mut facts = vec![format!("{points}, {replications}, seed {}", summary.seed)];
    let first = summary.points.iter().find(|point| !point.slo.is_empty());
    let is_same = |point: &PointSummary| {
        let targets = |point: &PointSummary| -> Vec<(String, f64)> {
            let slo = point.slo.iter();
            slo.map(|o| (key(&o.objective, o.by.as_ref()), o.target))
                .collect()
        };
        point.slo.is_empty() || first.is_some_and(|first| targets(first) == targets(point))
    };
    if let Some(first) = first {
        let objectives = if summary.points.iter().all(is_same) {
            let promises: Vec<String> = first.slo.iter().map(promise).collect();
            promises.join(", ")
        } else {
            "they vary".to_owned()
        };
        facts.push(format!("objectives: {objectives}"));
    }
    facts
}

/// What is promised: `availability of at least 99.9 %`.
fn promise(objective: &PointObjective) -> String {
    let sentence = sentence_of(
        &objective.objective,
        objective.target,
        objective.by.as_ref(),
    );
    sentence.replacen(" latency of", " of", 1)
}

fn points(summary: &SweepSummary) -> Grid {
    let shown: Vec<Metric> = SHOWN
        .into_iter()
        .filter(|&metric| {
            summary
                .points
                .iter()
                .any(|point| point.figure(metric).mean.is_some())
        })
        .collect();
    let has_strategies = summary.strategies.len() > 1;
    let mut head: Vec<String> = summary
        .axes
        .iter()
        .map(|axis| printable(&axis.path))
        .collect();
    if has_strategies {
        head.push("strategy".to_owned());
    }
    let labels = head.len();
    head.extend(
        shown
            .iter()
            .map(|&metric| metric_text::head(metric).to_owned()),
    );
    let is_saturated = summary.points.iter().any(|point| point.saturated.is_some());
    let has_status = summary.has_objectives || is_saturated;
    if has_status {
        head.push("objectives".to_owned());
    }
    let row = |point: &PointSummary| {
        let mut row: Vec<String> = point.values.iter().map(|value| printable(value)).collect();
        if has_strategies {
            row.push(printable(&point.strategy));
        }
        row.extend(
            shown
                .iter()
                .map(|&metric| metric_text::figure(metric, &point.figure(metric))),
        );
        if has_status {
            row.push(objectives(point));
        }
        row
    };
    let rows = summary.points.iter().take(ROWS_MAX).map(row);
    Grid {
        rows: std::iter::once(head).chain(rows).collect(),
        labels,
    }
}

/// Whether a point meets its objectives, and if not, which it misses.
pub(in crate::report) fn objectives(point: &PointSummary) -> String {
    if let Some(saturated) = &point.saturated {
        let after = show_duration(saturated.at_s.max(0.0));
        return format!("✗ {} saturates after {after}", printable(&saturated.region));
    }
    let of = |verdict: &str| {
        let those = point.slo.iter().filter(|o| o.verdict == verdict);
        let shown: Vec<String> = those.map(measured).collect();
        shown.join(", ")
    };
    match point.objectives.as_deref() {
        Some("kept") => "✓ kept".to_owned(),
        Some("missed") => format!("✗ {}", of("missed")),
        Some(_) => format!("? {}", of("unsure")),
        None => nothing(),
    }
}

/// What was measured of an objective: `p95 2.3 s`.
fn measured(objective: &PointObjective) -> String {
    let figure = Figure {
        mean: objective.measured,
        ci95: None,
    };
    let name = short(&objective.objective, objective.by.as_ref());
    format!("{name} {}", measure(&objective.objective).text(&figure))
}

/// What must be known to read the table.
pub(in crate::report) fn notes(summary: &SweepSummary) -> Vec<String> {
    let mut notes = Vec::new();
    let more = summary.points.len().saturating_sub(ROWS_MAX);
    if more > 0 {
        notes.push(format!("and {more} more points, in sweep.csv"));
    }
    let is_unsure = |point: &PointSummary| point.objectives.as_deref() == Some("unsure");
    let is_short = |point: &PointSummary| is_unsure(point) && point.replications < 5;
    if summary.points.iter().any(is_short) {
        notes.push("?: fewer than 5 replications have no interval to judge by".to_owned());
    } else if summary.points.iter().any(is_unsure) {
        notes.push(
            "?: the 95 % interval holds both sides of the objective; more replications tell"
                .to_owned(),
        );
    }
    let vague = summary.points.iter().filter(|point| !point.precise).count();
    if vague > 0 {
        notes.push(format!(
            "{vague} of the points did not get as precise as `run.replications.until` asks for \
             within `max` replications"
        ));
    }
    if !summary.has_objectives {
        notes.push("the scenario has no objectives (`slo`), so no value is marked".to_owned());
    }
    if !summary.complete {
        notes
            .push("INCOMPLETE: interrupted; only the points that had finished are here".to_owned());
    }
    notes
}

/// A sentence for every knee; one for all of an axis and a strategy that say the same.
pub(in crate::report) fn sentences(summary: &SweepSummary) -> Vec<String> {
    let has_strategies = summary.strategies.len() > 1;
    let finding = |knee: &KneeSummary| (knee.meet.clone(), knee.value.clone());
    let mut sentences: Vec<String> = Vec::new();
    for axis in &summary.axes {
        for strategy in &summary.strategies {
            let knees = summary.knees.iter();
            let of_line =
                |knee: &&KneeSummary| knee.axis == axis.path && knee.strategy == *strategy;
            let knees: Vec<&KneeSummary> = knees.filter(of_line).collect();
            let strategy = has_strategies.then_some(strategy.as_str());
            match knees.as_slice() {
                [] => {}
                [first, _, ..] if knees.iter().all(|k| finding(k) == finding(first)) => {
                    sentences.push(sentence(first, strategy, "whatever else varies"));
                }
                _ => sentences.extend(knees.iter().map(|knee| sentence(knee, strategy, &at(knee)))),
            }
        }
    }
    let more = sentences.len().saturating_sub(SENTENCES_MAX);
    if more > 0 {
        sentences.truncate(SENTENCES_MAX);
        sentences.push(format!("and {more} more, in summary.json"));
    }
    sentences
}

/// Where a knee is, but for its axis and its strategy.
fn at(knee: &KneeSummary) -> String {
    let at = knee.at.iter();
    let at = at.map(|(path, value)| format!("{}={}", printable(path), printable(value)));
    at.collect::<Vec<String>>().join(", ")
}

fn sentence(knee: &KneeSummary, strategy: Option<&str>, place: &str) -> String {
    let value = printable(knee.value.as_deref().unwrap_or_default());
    let met = match knee.meet.as_str() {
        "all" => "at every value".to_owned(),
        "none" => "at no value".to_owned(),
        "from" => format!("from {value} on"),
        "up_to" => format!("up to {value}"),
        _ => format!("at {value} first, but not at all larger values"),
    };
    let by = [strategy.map(printable), Some(place.to_owned())];
    let by: Vec<String> = by
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    let by = if by.is_empty() {
        String::new()
    } else {
        format!(" ({})", by.join(", "))
    };
    format!("{}: {met}{by}", printable(&knee.axis))
}
