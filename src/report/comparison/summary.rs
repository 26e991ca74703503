//! `summary.json` of a comparison: a pure function of scenarios, seed and version.

use serde::{Deserialize, Serialize};

use crate::experiment::{Comparison, Metric, Variant, VariantResult};
use crate::report::figure::Figure;
use crate::report::named::Named;
use crate::report::number::{Range, rounded};
use crate::report::summary::SCHEMA;
use crate::stats::Paired;

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
    /// The seed of all streams, the same for all variants.
    pub seed: u64,
    /// Replications that all variants finished.
    pub replications: u32,
    /// Whether all replications that were asked for finished.
    pub complete: bool,
    /// The variant that the others are compared with.
    pub baseline: String,
    /// Whether all variants were offered the same requests.
    pub same_traffic: bool,
    /// Each variant, in order.
    pub variants: Vec<VariantSummary>,
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
    /// Its routing strategy.
    pub strategy: String,
    /// Whether no other variant is better in one of availability, 99th percentile of latency and
    /// cost without being worse in another.
    pub efficient: bool,
    /// Its figures.
    pub figures: Named<Figure>,
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
    /// Pairs in which both sides have the figure.
    pub pairs: u32,
    /// Correlation of the two sides.
    pub correlation: Option<f64>,
    /// Share of the difference's variance that pairing saved.
    pub variance_saved: Option<f64>,
    /// How many times wider the interval would be without pairing.
    pub times_narrower: Option<f64>,
}

impl ComparisonSummary {
    /// The figures of a comparison of variants with these fingerprints.
    pub fn new(variants: &[Variant], sha256: &[String], comparison: &Comparison) -> Self {
        let first = &comparison.variants[0].result;
        let parts = variants.iter().zip(sha256).zip(&comparison.variants);
        Self {
            schema: SCHEMA,
            kind: "comparison".to_owned(),
            gatefleet: env!("CARGO_PKG_VERSION").to_owned(),
            seed: variants[0].study.run.seed,
            replications: first.replications,
            complete: first.replications == first.planned,
            baseline: variants[comparison.baseline].name.clone(),
            same_traffic: comparison.is_same_traffic,
            variants: parts
                .map(|((variant, sha256), result)| VariantSummary::new(variant, sha256, result))
                .collect(),
        }
    }
}

impl VariantSummary {
    fn new(variant: &Variant, sha256: &str, result: &VariantResult) -> Self {
        let figures = Metric::ALL.iter().zip(&result.figures);
        let differences = Metric::ALL.iter().zip(&result.differences);
        Self {
            name: variant.name.clone(),
            title: variant.study.title.clone(),
            sha256: sha256.to_owned(),
            strategy: variant.study.fleet.routing.strategy.name().to_owned(),
            efficient: result.is_efficient,
            figures: figures
                .map(|(metric, estimate)| {
                    let range = match metric {
                        Metric::Availability => Range::Share,
                        _ => Range::Positive,
                    };
                    (
                        metric.name().to_owned(),
                        Figure::new(estimate.as_ref(), range),
                    )
                })
                .collect(),
            differences: differences
                .filter_map(|(metric, paired)| {
                    let difference = DifferenceSummary::new(paired.as_ref()?);
                    Some((metric.name().to_owned(), difference))
                })
                .collect(),
        }
    }

    /// Its figure of a metric.
    pub(super) fn figure(&self, metric: Metric) -> Figure {
        self.figures.get(metric.name()).copied().unwrap_or_default()
    }

    /// What it has more than the baseline of a metric.
    pub(super) fn difference(&self, metric: Metric) -> Option<&DifferenceSummary> {
        self.differences.get(metric.name())
    }
}

impl DifferenceSummary {
    fn new(paired: &Paired) -> Self {
        let figure = Figure::new(Some(&paired.difference), Range::Any);
        Self {
            mean: figure.mean,
            ci95: figure.ci95,
            significant: paired.is_significant(),
            pairs: u32::try_from(paired.pairs).expect("at most the replications"),
            correlation: paired.correlation.map(rounded),
            variance_saved: paired.variance_saved.map(rounded),
            times_narrower: paired.times_narrower().map(rounded),
        }
    }

    /// The difference and half the width of its interval.
    pub(super) fn parts(&self) -> Option<(f64, Option<f64>)> {
        let half_width = self.ci95.map(|[low, high]| (high - low) / 2.0);
        Some((self.mean?, half_width))
    }
}
