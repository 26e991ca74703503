//! A sweep: every point of a grid is a study of its own, on the same random numbers.
//!
//! Points and their replications share the threads (see `schedule`), and of a point that has
//! ended nothing is kept but its figures. Points that are known from
//! an earlier, interrupted sweep are not run again.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::experiment::estimate::is_precise;
use crate::experiment::judge::verdicts;
use crate::experiment::knee::{Knee, knees};
use crate::experiment::replicate::Runs;
use crate::experiment::schedule::{self, Bundles, Ended};
use crate::experiment::{Companion, Figures, Grid, Measured, PointResult, Study, StudyError};

/// What is swept.
pub struct Sweep<'a> {
    /// The combinations.
    pub grid: &'a Grid,
    /// The study of a point.
    pub study: &'a (dyn Fn(usize) -> Study + Sync),
}

/// What a sweep found.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepResult {
    /// Each point; `None` if an interrupt came before it had ended.
    pub points: Vec<Option<PointResult>>,
    /// Where objectives begin or cease to be met, along every numeric axis.
    pub knees: Vec<Knee>,
}

/// Runs all points that are not `done` on so many threads, or on as many as the machine has cores
/// if there is no number, accompanied.
///
/// # Errors
/// If no threads are to be had, or a point has more outages by chance than a run may have.
///
/// # Panics
/// If `done` has not a place for every point.
pub fn sweep(
    sweep: &Sweep<'_>,
    done: Vec<Option<PointResult>>,
    by: (Option<usize>, &dyn Companion),
) -> Result<SweepResult, StudyError> {
    assert_eq!(Some(done.len()), sweep.grid.count(), "a place a point");
    let is_open = |&point: &usize| done[point].is_none();
    let points = Points {
        open: (0..done.len()).filter(is_open).collect(),
        study: sweep.study,
        companion: by.1,
        results: Mutex::new(done),
        failures: Mutex::default(),
    };
    schedule::run(&points, by)?;
    let failures = points.failures.into_inner();
    let failures = failures.unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = failures.into_values().next() {
        return Err(error);
    }
    let results = points.results.into_inner();
    let points = results.unwrap_or_else(PoisonError::into_inner);
    Ok(SweepResult {
        knees: knees(sweep.grid, &points),
        points,
    })
}

/// Points that are run, each a bundle of one study.
struct Points<'a> {
    /// The points that were not known.
    open: Vec<usize>,
    study: &'a (dyn Fn(usize) -> Study + Sync),
    companion: &'a dyn Companion,
    results: Mutex<Vec<Option<PointResult>>>,
    /// Why points have no result, the first of the grid first.
    failures: Mutex<BTreeMap<usize, StudyError>>,
}

impl Bundles for Points<'_> {
    fn count(&self) -> usize {
        self.open.len()
    }

    fn open(&self, index: usize) -> Vec<Cow<'_, Study>> {
        vec![Cow::Owned((self.study)(self.open[index]))]
    }

    fn is_enough(&self, studies: &[Cow<'_, Study>], runs: &[Runs]) -> bool {
        is_precise(&studies[0], &runs[0].replications)
    }

    fn close(&self, ended: Ended<'_>) {
        let study = &ended.studies[0];
        let result = match ended.outcome {
            Ok(runs) => {
                measured(study, &runs[0]).map(|measured| PointResult::Measured(Box::new(measured)))
            }
            Err(failed) => {
                let result = saturated(study, &failed.error);
                if result.is_none() && failed.error != StudyError::Interrupted {
                    let failures = self.failures.lock();
                    let mut failures = failures.unwrap_or_else(PoisonError::into_inner);
                    failures.insert(self.open[ended.index], failed.error);
                }
                result
            }
        };
        if let Some(result) = result {
            let point = self.open[ended.index];
            self.companion.point_finished(point, &result);
            let mut results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
            results[point] = Some(result);
        }
    }
}

/// The figures of a point; `None` if it was interrupted.
fn measured(study: &Study, runs: &Runs) -> Option<Measured> {
    let replications = runs.replications.as_slice();
    let finished = u32::try_from(replications.len()).expect("asked for as a u32");
    (finished == runs.planned).then(|| Measured {
        replications: finished,
        events: runs.events,
        is_precise: is_precise(study, replications),
        figures: Figures::of(replications),
        objectives: verdicts(study, replications),
    })
}

fn saturated(study: &Study, error: &StudyError) -> Option<PointResult> {
    let StudyError::Saturated { saturation, .. } = error else {
        return None;
    };
    let start_s = study.fleet.period.start().as_secs_f64();
    Some(PointResult::Saturated {
        region: study.region_name(saturation.region).to_owned(),
        at_s: saturation.at.as_secs_f64() - start_s,
        has_objectives: !study.objectives.is_empty(),
    })
}
