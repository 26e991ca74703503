//! `sweep`: what varies.

use crate::experiment::Axis;
use crate::scenario::alternative::Alternative;
use crate::scenario::fields::{Fields, Limit, report_repeated, wrong_type};
use crate::scenario::report::Report;
use crate::scenario::table::Kind;
use crate::scenario::tree::{Entry, Node, Value};
use crate::scenario::vary;
use crate::units::text::TextError;

/// What a scenario says of its sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepBlock {
    /// What varies.
    pub vary: Vec<Axis>,
    /// The strategies that every combination is run with; none if only that of the scenario.
    pub strategies: Vec<Alternative>,
}

/// The block, if there is one. Whether the scenario has such paths is seen when it is swept.
pub(super) fn read(scenario: &Fields<'_>, report: &Report) -> Option<Limit<SweepBlock>> {
    let Some(entry) = scenario.entry("sweep") else {
        return Some(Limit::None);
    };
    let sweep = scenario.section("sweep")?;
    let vary = sweep.entry("vary").map(|entry| axes(entry, report));
    let strategies = sweep
        .entry("strategies")
        .map(|entry| alternatives(&entry.node, report));
    if vary.is_none() && strategies.is_none() {
        let advice = "add `vary: {routing.ttl: [10s, 60s]}`, or `strategies`";
        report.error(&entry.origin, "`sweep` varies nothing", advice);
        return None;
    }
    Some(Limit::At(SweepBlock {
        vary: vary.unwrap_or(Some(Vec::new()))?,
        strategies: strategies.unwrap_or(Some(Vec::new()))?,
    }))
}

fn axes(entry: &Entry, report: &Report) -> Option<Vec<Axis>> {
    let Value::Map(entries) = &entry.node.value else {
        wrong_type(report, "vary", &entry.node, Kind::Values);
        return None;
    };
    report_repeated(report, entries);
    if entries.is_empty() {
        let advice = "add a path and its values, such as `routing.ttl: [10s, 60s]`";
        report.error(&entry.node.origin, "`vary` is empty", advice);
        return None;
    }
    let axes: Vec<Option<Axis>> = entries.iter().map(|entry| axis(entry, report)).collect();
    axes.into_iter().collect()
}

fn axis(entry: &Entry, report: &Report) -> Option<Axis> {
    let path = entry.key.as_str();
    let axis = match &entry.node.value {
        Value::List(nodes) if !nodes.is_empty() => {
            vary::of_values(path, nodes.iter().map(Node::in_flow_style).collect())
        }
        _ => match entry.node.scalar() {
            Some(text) => vary::axis(path, text),
            None => Err(TextError {
                problem: format!("`{path}` is {}, not a list of values", entry.node.noun()),
                advice: "write `[10s, 60s]`, or a range such as `1..6`".to_owned(),
            }),
        },
    };
    let note = |TextError { problem, advice }| report.error(&entry.node.origin, problem, advice);
    axis.map_err(note).ok()
}

fn alternatives(node: &Node, report: &Report) -> Option<Vec<Alternative>> {
    let nodes = match &node.value {
        Value::List(nodes) if !nodes.is_empty() => nodes,
        _ => {
            wrong_type(report, "strategies", node, Kind::Strategies);
            return None;
        }
    };
    let alternative = |node: &Node| {
        let strategy = Alternative::strategy(&node.in_flow_style());
        strategy
            .map_err(|problem| report.error(&node.origin, problem, "name a strategy"))
            .ok()
    };
    let alternatives: Vec<Option<Alternative>> = nodes.iter().map(alternative).collect();
    alternatives.into_iter().collect()
}
