//! What the router believes about a region, from the probes of one or several locations.
//!
//! A location holds a region degraded after `tolerated_failures + 1` failures in a row, and one
//! success clears it; the region is degraded when more than half of the locations hold it so.

use crate::model::entity::RegionId;

/// A region as routing believes it to be; the truth is the region's condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It gets traffic.
    Healthy,
    /// It gets none while another region is healthy.
    Degraded,
    /// It is not to get any: it is disabled, or not part of the fleet.
    Offline,
}

/// Who probes what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Prober {
    /// The region probed.
    pub(crate) region: RegionId,
    /// The location, counted from 0.
    pub(crate) location: u16,
}

/// What every location makes of one region.
#[derive(Clone, Debug)]
pub(crate) struct Verdicts {
    tolerated_failures: u32,
    /// Failures in a row, by location.
    failures: Vec<u32>,
}

impl Verdicts {
    /// All locations hold the region healthy.
    pub(crate) fn new(tolerated_failures: u32, locations: u32) -> Self {
        Self {
            tolerated_failures,
            failures: vec![0; locations as usize],
        }
    }

    /// Takes the result of a probe from `location` and says what follows for the region.
    pub(crate) fn judge(&mut self, location: usize, has_succeeded: bool) -> Health {
        let failures = &mut self.failures[location];
        *failures = if has_succeeded { 0 } else { *failures + 1 };
        let holds_degraded = |&&failures: &&u32| failures > self.tolerated_failures;
        let degraded = self.failures.iter().filter(holds_degraded).count();
        if degraded * 2 > self.failures.len() {
            Health::Degraded
        } else {
            Health::Healthy
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fourth_failure_degrades_and_one_success_clears() {
        let mut verdicts = Verdicts::new(3, 1);
        for _ in 0..3 {
            assert_eq!(verdicts.judge(0, false), Health::Healthy);
        }
        assert_eq!(verdicts.judge(0, false), Health::Degraded);
        assert_eq!(verdicts.judge(0, true), Health::Healthy);
        assert_eq!(verdicts.judge(0, false), Health::Healthy, "counted anew");
    }

    #[test]
    fn more_than_half_of_the_locations_decide() {
        let mut verdicts = Verdicts::new(0, 4);
        assert_eq!(verdicts.judge(0, false), Health::Healthy);
        assert_eq!(
            verdicts.judge(1, false),
            Health::Healthy,
            "half is not more than half"
        );
        assert_eq!(verdicts.judge(2, false), Health::Degraded);
        assert_eq!(verdicts.judge(1, true), Health::Healthy);
    }
}
