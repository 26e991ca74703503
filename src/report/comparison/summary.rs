//! `summary.json` of a comparison: a pure function of scenarios, seed and version.

use serde::{Deserialize, Serialize};

use crate::experiment::{Comparison, Contrast, Metric, VariantResult};
use crate::report::figure::{Figure, Reached};
use crate::report::figures::figure;
use crate::report::metric_text::SHOWN;
use crate::report::named::Named;
use crate::report::number::{Range, rounded};
use crate::report::outage_summary::OutageSummary;
use crate::report::summary::{ObjectiveSummary, RESULTS, Requests, SCHEMA, Summary};
use crate::stats::{Estimate, Paired};

/// Every figure of a comparison. Times are seconds, shares are 0 to 1, counts are means per
/// replication; what was not measured is `null`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct ComparisonSummary {
    /// The version of this format.
    pub schema: u32,
    /// `comparison`.
    pub kind: String,
    /// The version of gatefleet that simulated.
    pub gatefleet: String,
    /// The version of its numbers; 0 in results of before they had one.
    #[serde(default)]
    pub results: u32,
    /// Whether differences are of pairs of replications; if not, they are of results that were
    /// finished before, each as it was simulated.
    #[serde(default = "yes")]
    pub paired: bool,
    /// The seed of all streams, the same for all variants if they are paired; else that of the
    /// baseline.
    pub seed: u64,
    /// Replications that all variants finished.
    pub replications: u32,
    /// Whether all replications that were asked for finished.
    pub complete: bool,
    /// Whether differences are known as well as the scenario asks for; `null` if it does not ask.
    #[serde(default)]
    pub precise: Option<bool>,
    /// The variant that the others are compared with.
    pub baseline: String,
    /// Whether all variants were offered the same requests; unknown of finished results, and then
    /// false.
    pub same_traffic: bool,
    /// Length of the measured period of the baseline.
    #[serde(default)]
    pub duration_s: f64,
    /// Width of a window of its timeline.
    #[serde(default)]
    pub window_s: f64,
    /// The outages of the baseline.
    #[serde(default)]
    pub outages: Vec<OutageMark>,
    /// Each variant, in order.
    pub variants: Vec<VariantSummary>,
}

/// When something fails.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct OutageMark {
    /// The region that is hit.
    pub region: String,
    /// When, from the start of the measured period.
    pub at_s: f64,
    /// For how long.
    pub for_s: f64,
}

/// What one variant did.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct VariantSummary {
    /// What it is called.
    pub name: String,
    /// The title of its scenario.
    pub title: String,
    /// The fingerprint of its scenario.
    pub sha256: String,
    /// Replications that it finished.
    #[serde(default)]
    pub replications: u32,
    /// Length of its measured period.
    #[serde(default)]
    pub duration_s: f64,
    /// Its routing strategy.
    pub strategy: String,
    /// Whether no other variant is better in one of availability, 99th percentile of latency and
    /// cost without being worse in another.
    pub efficient: bool,
    /// Its requests, over all its replications.
    #[serde(default)]
    pub requests: Requests,
    /// Its failed requests by what is to blame, over all its replications.
    #[serde(default)]
    pub blame: Named<u64>,
    /// Its availability before, during and after its outages; empty where nothing was offered.
    #[serde(default)]
    pub phases: Named<Figure>,
    /// Each of its outages.
    #[serde(default)]
    pub outages: Vec<OutageSummary>,
    /// Each of its objectives.
    #[serde(default)]
    pub slo: Vec<ObjectiveSummary>,
    /// Its figures, each with the number of replications that have it.
    pub figures: Named<Reached>,
    /// What it has more than the baseline; empty for the baseline.
    pub differences: Named<DifferenceSummary>,
}

/// A difference to the baseline, over pairs of replications.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct DifferenceSummary {
    /// The mean difference.
    pub mean: Option<f64>,
    /// The ends of its interval, which holds at 95 % together with those of all other variants.
    pub ci95: Option<[f64; 2]>,
    /// Whether the interval excludes zero.
    pub significant: bool,
    /// Pairs in which both sides have the figure; 0 if there are no pairs.
    pub pairs: u32,
    /// Correlation of the two sides.
    pub correlation: Option<f64>,
    /// Share of the difference's variance that pairing saved.
    pub variance_saved: Option<f64>,
    /// How many times wider the interval would be without pairing.
    pub times_narrower: Option<f64>,
}

/// Results written before there were others are paired.
fn yes() -> bool {
    true
}

impl ComparisonSummary {
    /// Whether a variant misses an objective.
    pub fn misses_objectives(&self) -> bool {
        let mut slo = self.variants.iter().flat_map(|variant| &variant.slo);
        slo.any(|objective| !objective.passed)
    }

    /// The figures of a comparison; `summaries` are those of each variant alone.
    pub(super) fn new(comparison: &Comparison, summaries: &[&Summary]) -> Self {
        let parts = comparison.variants.iter().zip(summaries);
        let variant = |(result, summary): (&VariantResult, &&Summary)| {
            let differences = result.differences.each_ref().map(Option::as_ref);
            VariantSummary {
                efficient: result.is_efficient,
                differences: differences_of(differences, DifferenceSummary::paired),
                ..VariantSummary::alone(&result.name, summary)
            }
        };
        Self {
            paired: true,
            precise: comparison.is_precise,
            same_traffic: comparison.is_same_traffic,
            variants: parts.map(variant).collect(),
            ..Self::of_baseline(
                (&comparison.variants[comparison.baseline].name, summaries),
                comparison.baseline,
            )
        }
    }

    /// The figures of finished results beside each other.
    pub(super) fn unpaired(
        (names, summaries): (&[String], &[&Summary]),
        (contrast, baseline): (&Contrast, usize),
    ) -> Self {
        let variant = |(index, (name, summary)): (usize, (&String, &&Summary))| {
            let differences = contrast.differences[index].each_ref().map(Option::as_ref);
            VariantSummary {
                efficient: contrast.is_efficient[index],
                differences: differences_of(differences, DifferenceSummary::unpaired),
                ..VariantSummary::alone(name, summary)
            }
        };
        let parts = names.iter().zip(summaries).enumerate();
        Self {
            variants: parts.map(variant).collect(),
            ..Self::of_baseline((&names[baseline], summaries), baseline)
        }
    }

    /// The metrics that some variant has.
    pub(in crate::report) fn shown(&self) -> Vec<Metric> {
        let is_known = |metric: &Metric| {
            let mut variants = self.variants.iter();
            variants.any(|variant| variant.figure(*metric).mean.is_some())
        };
        SHOWN.into_iter().filter(is_known).collect()
    }

    /// A comparison of which only what goes for all is known.
    fn of_baseline((name, summaries): (&str, &[&Summary]), baseline: usize) -> Self {
        let summary = summaries[baseline];
        let outages = summary.outages.iter().map(|outage| OutageMark {
            region: outage.region.clone(),
            at_s: outage.at_s,
            for_s: outage.for_s,
        });
        Self {
            schema: SCHEMA,
            kind: "comparison".to_owned(),
            gatefleet: env!("CARGO_PKG_VERSION").to_owned(),
            results: RESULTS,
            paired: false,
            seed: summary.seed,
            replications: summaries.iter().map(|s| s.replications).min().unwrap_or(0),
            complete: summaries.iter().all(|summary| summary.complete),
            precise: None,
            baseline: name.to_owned(),
            same_traffic: false,
            duration_s: summary.duration_s,
            window_s: summary.window_s,
            outages: outages.collect(),
            variants: Vec::new(),
        }
    }
}

fn differences_of<T>(
    differences: [Option<&T>; Metric::ALL.len()],
    summarized: fn(&T) -> DifferenceSummary,
) -> Named<DifferenceSummary> {
    let differences = Metric::ALL.iter().zip(differences);
    differences
        .filter_map(|(metric, difference)| {
            Some((metric.name().to_owned(), summarized(difference?)))
        })
        .collect()
}

impl VariantSummary {
    /// What a variant did, not yet compared.
    fn alone(name: &str, summary: &Summary) -> Self {
        Self {
            name: name.to_owned(),
            title: summary.scenario.title.clone(),
            sha256: summary.scenario.sha256.clone(),
            replications: summary.replications,
            duration_s: summary.duration_s,
            strategy: summary.strategy.clone(),
            efficient: false,
            requests: summary.requests,
            blame: summary.blame.clone(),
            phases: summary
                .phases
                .iter()
                .map(|(name, phase)| (name.to_owned(), phase.availability))
                .collect(),
            outages: summary.outages.clone(),
            slo: summary.slo.clone(),
            figures: summary.figures.clone(),
            differences: Named::default(),
        }
    }

    /// How many replications have its figure of a metric.
    pub(in crate::report) fn reached(&self, metric: Metric) -> Reached {
        let reached = self.figures.get(metric.name());
        reached.copied().unwrap_or_default()
    }

    /// Its figure of a metric.
    pub(in crate::report) fn figure(&self, metric: Metric) -> Figure {
        figure(&self.figures, metric)
    }

    /// What it has more than the baseline of a metric.
    pub(in crate::report) fn difference(&self, metric: Metric) -> Option<&DifferenceSummary> {
        self.differences.get(metric.name())
    }
}

impl DifferenceSummary {
    fn paired(paired: &Paired) -> Self {
        Self {
            significant: paired.is_significant(),
            pairs: u32::try_from(paired.pairs).expect("at most the replications"),
            correlation: paired.correlation.map(rounded),
            variance_saved: paired.variance_saved.map(rounded),
            times_narrower: paired.times_narrower().map(rounded),
            ..Self::unpaired(&paired.difference)
        }
    }

    fn unpaired(difference: &Estimate) -> Self {
        let figure = Figure::new(Some(difference), Range::Any);
        Self {
            mean: figure.mean,
            ci95: figure.ci95,
            significant: difference.excludes_zero(),
            pairs: 0,
            correlation: None,
            variance_saved: None,
            times_narrower: None,
        }
    }

    /// The difference and half the width of its interval.
    pub(in crate::report) fn parts(&self) -> Option<(f64, Option<f64>)> {
        let half_width = self.ci95.map(|[low, high]| (high - low) / 2.0);
        Some((self.mean?, half_width))
    }
}
