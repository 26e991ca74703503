//! The same traffic through several variants of a fleet, and what the difference is.
//!
//! Every stream of random numbers is named by what it is for, so variants that share a seed see
//! the same arrivals, demands, delays and probe phases (common random numbers), and differences
//! are taken within pairs of replications. What this is not: it knows no strategy; a variant is a
//! study.

use rayon::prelude::*;

use crate::experiment::estimate::estimates;
use crate::experiment::mean::mean;
use crate::experiment::metric::{Better, Metric};
use crate::experiment::replicate::{Finished, Runs, pool, replicate_all};
use crate::experiment::{Companion, Study, StudyError, StudyResult};
use crate::metrics::Replication;
use crate::stats::{Estimate, Paired};

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
}

/// What one variant did.
#[derive(Clone, Debug, PartialEq)]
pub struct VariantResult {
    /// What it is called.
    pub name: String,
    /// Everything about it alone.
    pub result: StudyResult,
    /// Its figures in the order of [`Metric::ALL`].
    pub figures: [Option<Estimate>; Metric::ALL.len()],
    /// What it has more than the baseline, in the order of [`Metric::ALL`]; of the baseline itself
    /// none. The intervals of one metric hold together for all variants at 95 %.
    pub differences: [Option<Paired>; Metric::ALL.len()],
    /// Whether no other variant is better in one of availability, 99th percentile of latency and
    /// cost without being worse in another.
    pub is_efficient: bool,
}

/// Why variants could not be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparisonError {
    /// The variant that failed; none in particular if there is no number.
    pub variant: Option<usize>,
    /// Why.
    pub error: StudyError,
}

/// Runs all variants on `threads` threads, or on as many as the machine has cores if there is no
/// number. After an interrupt the result holds the replications that all variants had finished.
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
    (threads, companion): (Option<usize>, &dyn Companion),
) -> Result<Comparison, ComparisonError> {
    let run = |variant: &Variant| (variant.study.run.seed, variant.study.run.replications);
    assert!(
        variants
            .iter()
            .all(|variant| run(variant) == run(&variants[baseline])),
        "pairs share their seed"
    );
    let nowhere = |error| ComparisonError {
        variant: None,
        error,
    };
    // Variants and their replications share the threads, so that none idles while one is left.
    let outcomes: Vec<Result<Vec<Option<Finished>>, StudyError>> =
        pool(threads).map_err(nowhere)?.install(|| {
            let variants = variants.par_iter();
            let replicate = |variant: &Variant| replicate_all(&variant.study, companion);
            variants.map(replicate).collect()
        });
    let mut finished = Vec::new();
    for (index, outcome) in outcomes.into_iter().enumerate() {
        finished.push(outcome.map_err(|error| ComparisonError {
            variant: Some(index),
            error,
        })?);
    }
    let runs = paired(finished);
    if runs[0].replications.is_empty() {
        return Err(nowhere(StudyError::Interrupted));
    }
    Ok(result(variants, &runs, baseline))
}

/// The replications that every variant has finished, and their events.
fn paired(finished: Vec<Vec<Option<Finished>>>) -> Vec<Runs> {
    let count = finished.iter().map(Vec::len).min().unwrap_or(0);
    let is_common: Vec<bool> = (0..count)
        .map(|index| finished.iter().all(|runs| runs[index].is_some()))
        .collect();
    let of_variant = |runs: Vec<Option<Finished>>| -> Runs {
        let runs = runs.into_iter().zip(&is_common);
        runs.filter_map(|(run, &is_common)| run.filter(|_| is_common))
            .collect()
    };
    finished.into_iter().map(of_variant).collect()
}

fn result(variants: &[Variant], runs: &[Runs], baseline: usize) -> Comparison {
    let values = |index: usize, metric: Metric| {
        let replications = runs[index].replications.iter();
        replications.map(move |replication| metric.of(replication))
    };
    let difference = |index: usize, metric: Metric| {
        let pairs = values(index, metric).zip(values(baseline, metric));
        let pairs: Vec<(f64, f64)> = pairs.filter_map(|(one, other)| one.zip(other)).collect();
        Paired::of(&pairs, variants.len() - 1)
    };
    let of_variant = |(index, variant): (usize, &Variant)| {
        let Runs {
            replications,
            events,
        } = &runs[index];
        VariantResult {
            name: variant.name.clone(),
            result: estimates(&variant.study, replications, *events),
            figures: Metric::ALL.map(|metric| mean(replications, |run| metric.of(run))),
            differences: Metric::ALL.map(|metric| {
                let is_other = index != baseline;
                is_other.then(|| difference(index, metric)).flatten()
            }),
            is_efficient: false,
        }
    };
    let mut results: Vec<VariantResult> = variants.iter().enumerate().map(of_variant).collect();
    let efficient: Vec<bool> = results
        .iter()
        .map(|one| !results.iter().any(|other| dominates(other, one)))
        .collect();
    for (result, is_efficient) in results.iter_mut().zip(efficient) {
        result.is_efficient = is_efficient;
    }
    Comparison {
        variants: results,
        baseline,
        is_same_traffic: runs
            .iter()
            .all(|run| offered(&run.replications) == offered(&runs[0].replications)),
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

/// Whether `one` is better than `other` in one of availability, 99th percentile and cost, and not
/// worse in another.
fn dominates(one: &VariantResult, other: &VariantResult) -> bool {
    let criteria = [Metric::Availability, Metric::LatencyP99, Metric::UnitHours];
    let gains: Option<Vec<f64>> = criteria
        .into_iter()
        .map(|metric| {
            let index = metric as usize;
            let gain = one.figures[index]?.mean - other.figures[index]?.mean;
            Some(match metric.better() {
                Better::Higher => gain,
                Better::Lower => -gain,
            })
        })
        .collect();
    gains.is_some_and(|gains| {
        gains.iter().all(|&gain| gain >= 0.0) && gains.iter().any(|&gain| gain > 0.0)
    })
}
