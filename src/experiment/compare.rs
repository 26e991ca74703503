//! The same traffic through several variants of a fleet, and what the difference is.
//!
//! Every stream of random numbers is named by what it is for, so variants that share a seed see
//! the same arrivals, demands, delays and probe phases (common random numbers), and differences
//! are taken within pairs of replications. What this is not: it knows no strategy; a variant is a
//! study.

use std::cmp::Ordering;

use crate::experiment::estimate::estimates;
use crate::experiment::mean::mean;
use crate::experiment::metric::{Better, Metric};
use crate::experiment::replicate::Runs;
use crate::experiment::together::run_together;
use crate::experiment::{Companion, Figures, Precision, Study, StudyError, StudyResult};
use crate::metrics::Replication;
use crate::stats::Paired;

/// One of the alternatives.
#[derive(Clone, Debug)]
pub struct Variant {
    /// What it is called.
    pub name: String,
    /// What is run.
    pub study: Study,
}

/// What a comparison found.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Each variant, in order.
    pub variants: Vec<VariantResult>,
    /// Which of them the others are compared with.
    pub baseline: usize,
    /// Whether all variants were offered the same requests, by population and replication. Where
    /// clients think between requests (a closed loop) they need not be.
    pub is_same_traffic: bool,
    /// Whether differences are known as well as the baseline's study asks for, if it does.
    pub is_precise: Option<bool>,
}

/// What one variant did.
#[derive(Clone, Debug, PartialEq)]
pub struct VariantResult {
    /// What it is called.
    pub name: String,
    /// Everything about it alone.
    pub result: StudyResult,
    /// What it has more than the baseline, in the order of [`Metric::ALL`]; of the baseline itself
    /// none. The intervals of one metric hold together for all variants at 95 %.
    pub differences: [Option<Paired>; Metric::ALL.len()],
    /// Whether no other variant is better in one of availability, 99th percentile of latency and
    /// cost without being worse in another, all by their means.
    pub is_efficient: bool,
}

/// Why variants could not be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparisonError {
    /// The variant that failed; the first if it is none in particular.
    pub variant: usize,
    /// Why.
    pub error: StudyError,
}

/// Runs all variants on so many threads, or on as many as the machine has cores if there is no
/// number, accompanied. After an interrupt the result holds the replications that all variants had finished.
///
/// # Errors
/// If a run saturates, no replication of all finished before an interrupt, or no threads are to be
/// had.
///
/// # Panics
/// If there is no such baseline, or the variants differ in seed or number of replications.
pub fn compare(
    variants: &[Variant],
    baseline: usize,
    by: (Option<usize>, &dyn Companion),
) -> Result<Comparison, ComparisonError> {
    let studies: Vec<&Study> = variants.iter().map(|variant| &variant.study).collect();
    let is_enough = |runs: &[Runs]| is_precise(&studies, (runs, baseline));
    let runs = run_together(&studies, &is_enough, by).map_err(|failed| ComparisonError {
        variant: failed.study,
        error: failed.error,
    })?;
    let asks = !studies[baseline].run.replications.precisions().is_empty();
    Ok(Comparison {
        is_precise: asks.then(|| is_enough(&runs)),
        ..result(variants, &runs, baseline)
    })
}

/// Whether the differences to the baseline are known as well as its study asks for; what is
/// relative is so to the baseline.
fn is_precise(studies: &[&Study], (runs, baseline): (&[Runs], usize)) -> bool {
    let others = (0..studies.len()).filter(|&index| index != baseline);
    let is_reached = |precision: &Precision| {
        let metric = precision.metric;
        let whole = mean(&runs[baseline].replications, |run| metric.of(run));
        whole.is_some_and(|whole| {
            others.clone().all(|index| {
                let paired = difference(metric, (&runs[index], &runs[baseline]), studies.len() - 1);
                paired.is_some_and(|paired| precision.is_reached(&paired.difference, whole.mean))
            })
        })
    };
    let precisions = studies[baseline].run.replications.precisions();
    precisions.iter().all(is_reached)
}

/// What `one` has more of a metric than `other`, one of so many comparisons.
fn difference(metric: Metric, (one, other): (&Runs, &Runs), comparisons: usize) -> Option<Paired> {
    let pairs = one.replications.iter().zip(&other.replications);
    let pairs = pairs.filter_map(|(one, other)| metric.of(one).zip(metric.of(other)));
    Paired::of(&pairs.collect::<Vec<(f64, f64)>>(), comparisons)
}

fn result(variants: &[Variant], runs: &[Runs], baseline: usize) -> Comparison {
    let of_variant = |(index, variant): (usize, &Variant)| {
        let (own, other) = (&runs[index], &runs[baseline]);
        let compared = |metric| difference(metric, (own, other), variants.len() - 1);
        VariantResult {
            name: variant.name.clone(),
            result: estimates(&variant.study, own),
            differences: Metric::ALL.map(|metric| {
                let is_other = index != baseline;
                is_other.then(|| compared(metric)).flatten()
            }),
            is_efficient: false,
        }
    };
    let mut results: Vec<VariantResult> = variants.iter().enumerate().map(of_variant).collect();
    let figures: Vec<Figures> = results
        .iter()
        .map(|variant| variant.result.figures)
        .collect();
    for (variant, is_efficient) in results.iter_mut().zip(efficient(&figures)) {
        variant.is_efficient = is_efficient;
    }
    Comparison {
        variants: results,
        baseline,
        is_same_traffic: runs
            .iter()
            .all(|run| offered(&run.replications) == offered(&runs[0].replications)),
        is_precise: None,
    }
}

/// Requests offered, by replication and population.
fn offered(replications: &[Replication]) -> Vec<Vec<u64>> {
    let of_run = |run: &Replication| {
        let populations = run.populations.iter();
        populations
            .map(|record| record.overall.ledger.offered())
            .collect()
    };
    replications.iter().map(of_run).collect()
}

/// Whether no other is better than each in one of availability, 99th percentile and cost without
/// being worse in another, all by their means.
pub(super) fn efficient(all: &[Figures]) -> Vec<bool> {
    let is_efficient = |one| !all.iter().any(|other| dominates(other, one));
    all.iter().map(is_efficient).collect()
}

/// Whether `one` is better than `other` in one of availability, 99th percentile and cost, and not
/// worse in another.
fn dominates(one: &Figures, other: &Figures) -> bool {
    let criteria = [Metric::Availability, Metric::LatencyP99, Metric::UnitHours];
    let gain = |metric: Metric| {
        // Who serves nobody keeps everybody waiting for ever.
        let worst = match metric.better() {
            Better::Higher => f64::NEG_INFINITY,
            Better::Lower => f64::INFINITY,
        };
        let mean = |figures: &Figures| figures.get(metric).map_or(worst, |e| e.mean);
        match (mean(one).total_cmp(&mean(other)), metric.better()) {
            (Ordering::Equal, _) => Ordering::Equal,
            (order, Better::Higher) => order,
            (order, Better::Lower) => order.reverse(),
        }
    };
    let gains = criteria.map(gain);
    gains.iter().all(|gain| gain.is_ge()) && gains.iter().any(|gain| gain.is_gt())
}
