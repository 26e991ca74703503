//! `summary.json` of a sweep: a pure function of scenario, grid, seed and version.

use serde::{Deserialize, Serialize};

use crate::experiment::{
    Axis, Finding, Grid, Knee, Metric, ObjectiveVerdict, PointResult, Quantity, Study, SweepResult,
    Verdict,
};
use crate::report::figure::{Figure, Reached};
use crate::report::figures::{figure, summarized};
use crate::report::named::Named;
use crate::report::number::rounded;
use crate::report::promise::{self, By};
use crate::report::summary::{RESULTS, SCHEMA, ScenarioName};

/// Every figure of a sweep. Times are seconds, shares are 0 to 1, counts are means per
/// replication; what was not measured is `null`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct SweepSummary {
    /// The version of this format.
    pub schema: u32,
    /// `sweep`.
    pub kind: String,
    /// The version of gatefleet that simulated.
    pub gatefleet: String,
    /// The version of its numbers; 0 in results of before they had one.
    #[serde(default)]
    pub results: u32,
    /// What was simulated; the fingerprint is also one of the grid.
    pub scenario: ScenarioName,
    /// The seed of all streams, the same for all points but where it varies.
    pub seed: u64,
    /// Whether all points were run.
    pub complete: bool,
    /// Whether there are objectives at any point.
    pub has_objectives: bool,
    /// What varies.
    pub axes: Vec<AxisSummary>,
    /// The strategies that every combination was run with.
    pub strategies: Vec<String>,
    /// Every point that was run, in order.
    pub points: Vec<PointSummary>,
    /// Where objectives begin or cease to be met, along every numeric axis.
    pub knees: Vec<KneeSummary>,
}

/// A parameter that varies.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct AxisSummary {
    /// Its path in the scenario.
    pub path: String,
    /// Its values as written.
    pub values: Vec<String>,
    /// What they mean if all are numbers of one kind.
    pub numbers: Option<NumbersSummary>,
}

/// The values of a numeric axis.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct NumbersSummary {
    /// `count`, `time` (in seconds), `share` or `rate` (per second).
    pub quantity: String,
    /// One for each value.
    pub values: Vec<f64>,
}

/// A point.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct PointSummary {
    /// The value on each axis.
    pub values: Vec<String>,
    /// The strategy, as in `strategies`.
    pub strategy: String,
    /// How many replications the figures are of.
    pub replications: u32,
    /// Whether figures are known as well as the scenario asks for; so if it does not ask.
    pub precise: bool,
    /// Whether objectives are met by the whole of their intervals: `kept`, `missed`, `unsure`;
    /// `null` if there are none.
    pub objectives: Option<String>,
    /// Each objective.
    pub slo: Vec<PointObjective>,
    /// Set if more requests waited than a run may hold; then there are no figures.
    pub saturated: Option<SaturatedSummary>,
    /// Each figure, with the number of replications that have it.
    pub figures: Named<Reached>,
}

/// An objective at a point.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct PointObjective {
    /// What is promised: `availability`, `latency_p99`, ...
    pub objective: String,
    /// Whom it is about; not there if it is all clients over the measured period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    /// The promise: a share, or seconds.
    pub target: f64,
    /// What was measured.
    pub measured: Option<f64>,
    /// The ends of its interval.
    pub ci95: Option<[f64; 2]>,
    /// Whether it is kept by the whole of the interval: `kept`, `missed`, `unsure`.
    pub verdict: String,
}

/// Where requests waited without end.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct SaturatedSummary {
    /// The region.
    pub region: String,
    /// When, from the start of the measured period.
    pub at_s: f64,
}

/// What was found along one axis, everything else being the same.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct KneeSummary {
    /// The path of the axis.
    pub axis: String,
    /// The strategy, as in `strategies`.
    pub strategy: String,
    /// The values on the other axes, by their paths.
    pub at: Named<String>,
    /// Which values meet the objectives: `all`, `none`, `from` (it and all larger ones), `up_to`
    /// (it and all smaller ones), or `scattered` (it is the smallest, but not all larger ones do).
    pub meet: String,
    /// The value.
    pub value: Option<String>,
}

impl SweepSummary {
    /// Whether a point misses an objective, by the whole of its interval, or saturates.
    pub fn misses_objectives(&self) -> bool {
        let misses = |point: &PointSummary| {
            point.saturated.is_some() || point.objectives.as_deref() == Some("missed")
        };
        self.points.iter().any(misses)
    }

    /// The figures of a sweep of `grid` around `study`; `sha256` is the fingerprint of both.
    pub fn new(study: &Study, grid: &Grid, (result, sha256): (&SweepResult, &str)) -> Self {
        let numbered = result.points.iter().enumerate();
        let points = numbered.filter_map(|(index, point)| {
            let place = grid.place(index);
            Some(PointSummary::new(grid, &place, point.as_ref()?))
        });
        Self {
            schema: SCHEMA,
            kind: "sweep".to_owned(),
            gatefleet: env!("CARGO_PKG_VERSION").to_owned(),
            results: RESULTS,
            scenario: ScenarioName {
                title: study.title.clone(),
                sha256: sha256.to_owned(),
            },
            seed: study.run.seed,
            complete: result.points.iter().all(Option::is_some),
            has_objectives: result
                .points
                .iter()
                .flatten()
                .any(|point| point.verdict().is_some()),
            axes: grid.axes.iter().map(AxisSummary::new).collect(),
            strategies: grid.strategies.clone(),
            points: points.collect(),
            knees: result
                .knees
                .iter()
                .map(|knee| KneeSummary::new(grid, knee))
                .collect(),
        }
    }
}

impl AxisSummary {
    fn new(axis: &Axis) -> Self {
        let numbers = axis.numbers.as_ref().map(|numbers| NumbersSummary {
            quantity: quantity_name(numbers.quantity).to_owned(),
            values: numbers.values.iter().copied().map(rounded).collect(),
        });
        Self {
            path: axis.path.clone(),
            values: axis.values.clone(),
            numbers,
        }
    }
}

fn quantity_name(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::Count => "count",
        Quantity::Time => "time",
        Quantity::Share => "share",
        Quantity::Rate => "rate",
    }
}

impl PointSummary {
    fn new(grid: &Grid, place: &[usize], result: &PointResult) -> Self {
        let (strategy, values) = place.split_last().expect("a place has a strategy");
        let values = grid.axes.iter().zip(values);
        let point = Self {
            values: values.map(|(axis, &at)| axis.values[at].clone()).collect(),
            strategy: grid.strategies[*strategy].clone(),
            replications: 0,
            precise: true,
            objectives: result
                .verdict()
                .map(|verdict| verdict_name(verdict).to_owned()),
            slo: Vec::new(),
            saturated: None,
            figures: Named(Vec::new()),
        };
        match result {
            PointResult::Measured(measured) => Self {
                replications: measured.replications,
                precise: measured.is_precise,
                figures: summarized(&measured.figures),
                slo: measured
                    .objectives
                    .iter()
                    .map(PointObjective::new)
                    .collect(),
                ..point
            },
            PointResult::Saturated { region, at_s, .. } => Self {
                saturated: Some(SaturatedSummary {
                    region: region.clone(),
                    at_s: rounded(*at_s),
                }),
                ..point
            },
        }
    }

    /// Its figure of a metric.
    pub fn figure(&self, metric: Metric) -> Figure {
        figure(&self.figures, metric)
    }
}

impl PointObjective {
    fn new(result: &ObjectiveVerdict) -> Self {
        let named = promise::Named::new(&result.objective);
        let range = promise::measure(&named.objective).range(&named.objective);
        let measured = Figure::new(result.measured.as_ref(), range);
        Self {
            objective: named.objective,
            by: named.by,
            target: named.target,
            measured: measured.mean,
            ci95: measured.ci95,
            verdict: verdict_name(result.verdict).to_owned(),
        }
    }
}

pub(super) fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Kept => "kept",
        Verdict::Missed => "missed",
        Verdict::Unsure => "unsure",
    }
}

impl KneeSummary {
    fn new(grid: &Grid, knee: &Knee) -> Self {
        let place = grid.place(knee.first_point);
        let (strategy, places) = place.split_last().expect("a place has a strategy");
        let others = grid.axes.iter().zip(places).enumerate();
        let others = others.filter(|(index, _)| *index != knee.axis);
        let axis = &grid.axes[knee.axis];
        let (meet, value) = match knee.finding {
            Finding::All => ("all", None),
            Finding::None => ("none", None),
            Finding::From(at) => ("from", Some(at)),
            Finding::UpTo(at) => ("up_to", Some(at)),
            Finding::Scattered(at) => ("scattered", Some(at)),
        };
        Self {
            axis: axis.path.clone(),
            strategy: grid.strategies[*strategy].clone(),
            at: others
                .map(|(_, (axis, &at))| (axis.path.clone(), axis.values[at].clone()))
                .collect(),
            meet: meet.to_owned(),
            value: value.map(|at| axis.values[at].clone()),
        }
    }
}
