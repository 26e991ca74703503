//! How often a study is run: so many times, or until its figures are known well enough.
//!
//! A rule that stops when an interval looks narrow looks at it at few counts that are known
//! beforehand: after the least number of replications, then after twice as many each time, up to
//! the most. Each look is a chance to stop by luck, at an interval that is narrow because the
//! replications happen to agree; the fewer looks and the more replications before the first, the
//! less its 95 % suffer (Law, Simulation Modeling and Analysis, 5th ed., 9.4.1, on sequential
//! procedures; how often such intervals hold is tested in `tests/it/stopping.rs`). Looks are at
//! replications in the order of their numbers, so no thread can change what is decided.

use crate::experiment::Metric;
use crate::stats::{Estimate, REPLICATIONS_FOR_INTERVAL};

/// How many replications a study has.
#[derive(Clone, Debug, PartialEq)]
pub struct Replications {
    /// At the first look; at least 1, and enough for an interval if there is a rule.
    least: u32,
    /// At least as many.
    most: u32,
    /// What must be known, and how well; nothing if the number is fixed.
    until: Vec<Precision>,
}

/// How well a figure is to be known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Precision {
    /// Which figure.
    pub metric: Metric,
    /// Half the width of its 95 % interval, at most.
    pub half_width: HalfWidth,
}

/// Half the width of an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HalfWidth {
    /// In the unit of the figure.
    Absolute(f64),
    /// As a share of the figure's mean.
    Relative(f64),
}

impl Replications {
    /// So many, whatever they show.
    ///
    /// # Panics
    /// If there are none.
    pub fn fixed(count: u32) -> Self {
        assert!(count > 0, "a study is run at least once");
        Self {
            least: count,
            most: count,
            until: Vec::new(),
        }
    }

    /// From `least` to `most`, until all figures are known so well.
    ///
    /// # Panics
    /// If the least number has no interval, or is more than the most, or nothing is to be known.
    pub fn until(least: u32, most: u32, until: Vec<Precision>) -> Self {
        let has_interval = least as usize >= REPLICATIONS_FOR_INTERVAL;
        assert!(has_interval && least <= most, "there is a first look");
        assert!(!until.is_empty(), "a rule is about something");
        Self { least, most, until }
    }

    /// At the first look: those that are run in any case.
    pub fn least(&self) -> u32 {
        self.least
    }

    /// The most that are run.
    pub fn most(&self) -> u32 {
        self.most
    }

    /// What must be known, and how well; nothing if the number is fixed.
    pub fn precisions(&self) -> &[Precision] {
        &self.until
    }

    /// The look after the one at `count`.
    pub(super) fn after(&self, count: u32) -> u32 {
        count.saturating_mul(2).min(self.most)
    }
}

impl Precision {
    /// Whether an interval is narrow enough. What is relative is so to `whole`.
    pub fn is_reached(&self, estimate: &Estimate, whole: f64) -> bool {
        let most = match self.half_width {
            HalfWidth::Absolute(most) => most,
            HalfWidth::Relative(share) => share * whole.abs(),
        };
        estimate.half_width.is_some_and(|width| width <= most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(replications: &Replications) -> Vec<u32> {
        let first = replications.least();
        let next = |&count: &u32| (count < replications.most()).then(|| replications.after(count));
        std::iter::successors(Some(first), next).collect()
    }

    #[test]
    fn looks_are_at_twice_as_many_each_time() {
        let precision = Precision {
            metric: Metric::Availability,
            half_width: HalfWidth::Absolute(0.001),
        };
        let rule = |least, most| Replications::until(least, most, vec![precision]);
        assert_eq!(looks(&rule(10, 100)), [10, 20, 40, 80, 100]);
        assert_eq!(looks(&rule(10, 10)), [10]);
        assert_eq!(looks(&Replications::fixed(3)), [3]);
    }

    #[test]
    fn an_interval_is_narrow_enough_in_its_unit_or_beside_the_mean() {
        let precision = |half_width| Precision {
            metric: Metric::LatencyP99,
            half_width,
        };
        let estimate = |half_width| Estimate {
            mean: 2.0,
            half_width,
        };
        let absolute = precision(HalfWidth::Absolute(0.1));
        assert!(absolute.is_reached(&estimate(Some(0.1)), 2.0));
        assert!(!absolute.is_reached(&estimate(Some(0.11)), 2.0));
        assert!(!absolute.is_reached(&estimate(None), 2.0));
        let relative = precision(HalfWidth::Relative(0.05));
        assert!(relative.is_reached(&estimate(Some(0.1)), 2.0));
        assert!(!relative.is_reached(&estimate(Some(0.1)), 1.9));
    }
}
