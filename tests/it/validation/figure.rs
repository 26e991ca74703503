//! Figures that theory knows, simulated: what was found, and how likely so great a deviation is.
//!
//! An estimate deviates from its theory by some standard errors; were the simulator right, that
//! number would follow Student's law with one degree of freedom less than there are replications.
//! From it comes a p-value: how often a right simulator deviates as far or farther.

use gatefleet::experiment::{Study, StudyResult};
use gatefleet::model::{FleetSpec, Observer};
use gatefleet::stats::Estimate;
use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::support::{replicate_with, result, study};

/// How much a case is run, and with which seed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    pub(crate) seed: u64,
    /// How many times the replications of a test.
    pub(crate) times: u32,
}

impl Effort {
    /// As much as a test may take.
    pub(crate) const TEST: Self = Self { seed: 1, times: 1 };

    /// As much as the page takes: other streams than those of the tests, and narrower intervals.
    pub(crate) const PAGE: Self = Self { seed: 2, times: 3 };

    pub(crate) fn study(self, fleet: FleetSpec, window_s: f64, replications: u32) -> Study {
        let mut study = study(fleet, window_s, replications * self.times);
        study.run.seed = self.seed;
        study
    }

    pub(crate) fn result(self, fleet: FleetSpec, window_s: f64, replications: u32) -> StudyResult {
        result(&self.study(fleet, window_s, replications))
    }

    pub(crate) fn replicate<O: Observer>(
        self,
        fleet: &FleetSpec,
        replications: u32,
        watcher: impl Fn() -> O,
    ) -> Vec<O> {
        replicate_with(self.seed, fleet, replications * self.times, watcher)
    }
}

/// A figure that theory knows.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    /// What it is, and its unit.
    pub(crate) name: String,
    pub(crate) found: Found,
}

/// What was found.
#[derive(Clone, Debug)]
pub(crate) enum Found {
    /// An estimate that is to hold a value.
    Estimated(Estimated),
    /// A number that leaves no room for chance.
    Exact { theory: f64, found: f64 },
    /// Something that is either so or not.
    Told {
        theory: String,
        found: String,
        is_so: bool,
    },
}

/// An estimate beside its theory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Estimated {
    pub(crate) theory: f64,
    pub(crate) mean: f64,
    /// Half the width of its 95 % interval, together with those that it is the worst of.
    pub(crate) half_width: f64,
    /// Of how many it is the worst.
    pub(crate) points: usize,
    /// How often a right simulator deviates so far or farther.
    pub(crate) p_value: f64,
}

impl Figure {
    /// An estimate over replications, which is to hold a value.
    #[track_caller]
    pub(crate) fn estimated(
        name: impl Into<String>,
        estimate: Option<&Estimate>,
        (theory, replications): (f64, u32),
    ) -> Self {
        let name = name.into();
        let estimate = estimate.unwrap_or_else(|| panic!("{name}: nothing was measured"));
        let point = (theory, *estimate);
        Self {
            found: Found::Estimated(Estimated::worst_of(&[point], replications)),
            name,
        }
    }

    /// The mean over values, one of each replication.
    #[track_caller]
    pub(crate) fn mean_of(name: impl Into<String>, values: &[f64], theory: f64) -> Self {
        let count = u32::try_from(values.len()).unwrap();
        Self::estimated(name, Estimate::of(values).as_ref(), (theory, count))
    }

    /// A curve: of many estimates the one that deviates most, whose interval holds together with
    /// those of all others (Bonferroni).
    pub(crate) fn curve(
        name: impl Into<String>,
        points: &[(f64, Estimate)],
        replications: u32,
    ) -> Self {
        Self {
            name: name.into(),
            found: Found::Estimated(Estimated::worst_of(points, replications)),
        }
    }

    pub(crate) fn exact(name: impl Into<String>, found: f64, theory: f64) -> Self {
        Self {
            name: name.into(),
            found: Found::Exact { theory, found },
        }
    }

    pub(crate) fn told(
        name: impl Into<String>,
        (theory, found): (&str, String),
        is_so: bool,
    ) -> Self {
        Self {
            name: name.into(),
            found: Found::Told {
                theory: theory.to_owned(),
                found,
                is_so,
            },
        }
    }
}

impl Estimated {
    fn worst_of(points: &[(f64, Estimate)], replications: u32) -> Self {
        let degrees = f64::from(replications) - 1.0;
        let student = StudentsT::new(0.0, 1.0, degrees).unwrap();
        let errors = |(theory, estimate): &(f64, Estimate)| {
            let standard_error = estimate.half_width.unwrap() / student.inverse_cdf(0.975);
            let deviation = (estimate.mean - theory).abs();
            (deviation / standard_error, standard_error)
        };
        let count = points.len() as f64;
        let worst = points
            .iter()
            .max_by(|one, other| errors(one).0.total_cmp(&errors(other).0))
            .expect("a figure has a value");
        let (deviation, standard_error) = errors(worst);
        Self {
            theory: worst.0,
            mean: worst.1.mean,
            half_width: student.inverse_cdf(1.0 - 0.025 / count) * standard_error,
            points: points.len(),
            p_value: (2.0 * student.cdf(-deviation) * count).min(1.0),
        }
    }
}
