//! `sweep`: what varies.

use crate::experiment::Axis;
use crate::scenario::alternative::Alternative;
use crate::scenario::fields::{Fields, Limit, report_repeated, wrong_type};
use crate::scenario::report::{Origin, Report};
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

/// Where the parts of a block are written.
#[derive(Clone, Debug)]
pub(in crate::scenario) struct SweepOrigins {
    /// The values of each parameter.
    pub(in crate::scenario) vary: Vec<Origin>,
    /// Each strategy.
    pub(in crate::scenario) strategies: Vec<Origin>,
}

/// The block, if there is one. Whether the scenario has such paths is seen when it is swept.
pub(super) fn read(
    scenario: &Fields<'_>,
    report: &Report,
) -> Option<Limit<(SweepBlock, SweepOrigins)>> {
    let Some(entry) = scenario.entry("sweep") else {
        return Some(Limit::None);
    };
    let sweep = scenario.section("sweep")?;
    let (vary, strategies) = (sweep.entry("vary"), sweep.entry("strategies"));
    if vary.is_none() && strategies.is_none() {
        let advice = "add `vary: {routing.ttl: [10s, 60s]}`, or `strategies`";
        report.error(&entry.origin, "`sweep` varies nothing", advice);
        return None;
    }
    let vary = vary.map_or(Some(Vec::new()), |entry| axes(&entry.node, report));
    let strategies = strategies.map_or(Some(Vec::new()), |entry| alternatives(&entry.node, report));
    let (vary, vary_origins) = vary?.into_iter().unzip();
    let (strategies, strategy_origins) = strategies?.into_iter().unzip();
    let origins = SweepOrigins {
        vary: vary_origins,
        strategies: strategy_origins,
    };
    Some(Limit::At((SweepBlock { vary, strategies }, origins)))
}

fn axes(node: &Node, report: &Report) -> Option<Vec<(Axis, Origin)>> {
    let Value::Map(entries) = &node.value else {
        wrong_type(report, "vary", node, Kind::Values);
        return None;
    };
    report_repeated(report, entries);
    if entries.is_empty() {
        let advice = "add a path and its values, such as `routing.ttl: [10s, 60s]`";
        report.error(&node.origin, "`vary` is empty", advice);
        return None;
    }
    let located = |entry: &Entry| Some((axis(entry, report)?, entry.node.origin.clone()));
    let axes: Vec<Option<(Axis, Origin)>> = entries.iter().map(located).collect();
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
                problem: match &entry.node.value {
                    Value::List(_) => format!("`{path}` is an empty list"),
                    _ => format!("`{path}` is {}, not a list of values", entry.node.noun()),
                },
                advice: "write `[10s, 60s]`, or a range such as `1..6`".to_owned(),
            }),
        },
    };
    let note = |TextError { problem, advice }| report.error(&entry.node.origin, problem, advice);
    axis.map_err(note).ok()
}

fn alternatives(node: &Node, report: &Report) -> Option<Vec<(Alternative, Origin)>> {
    let nodes = match &node.value {
        Value::List(nodes) if !nodes.is_empty() => nodes,
        _ => {
            wrong_type(report, "strategies", node, Kind::Strategies);
            return None;
        }
    };
    let located = |node: &Node| {
        let strategy = Alternative::strategy(&node.in_flow_style());
        let strategy =
            strategy.map_err(|problem| report.error(&node.origin, problem, "name a strategy"));
        Some((strategy.ok()?, node.origin.clone()))
    };
    let alternatives: Vec<Option<(Alternative, Origin)>> = nodes.iter().map(located).collect();
    alternatives.into_iter().collect()
}
