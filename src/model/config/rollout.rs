//! How far a rollout has come, and what its watch has seen.

use crate::model::config::spec::HaltSpec;
use crate::units::SimTime;

/// A rollout under way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress {
    /// Whether it was accepted.
    pub(crate) has_begun: bool,
    /// When it was released to the last stage that has it.
    pub(crate) released: SimTime,
    /// No further stage gets it.
    pub(crate) is_stopped: bool,
    /// Whether a corrected version has been released to anybody.
    pub(crate) is_corrected: bool,
    /// Attempts since the last look at the regions that have it, and how many of them failed.
    seen: (u64, u64),
}

impl Progress {
    /// An attempt at a region that has it has ended.
    pub(crate) fn attempt_ended(&mut self, has_failed: bool) {
        self.seen.0 += 1;
        self.seen.1 += u64::from(has_failed);
    }

    /// Looks at what was seen since the last look; returns whether that is too much.
    pub(crate) fn is_too_much(&mut self, halt: &HaltSpec) -> bool {
        let (all, failed) = std::mem::take(&mut self.seen);
        failed as f64 > halt.above.as_f64() * all as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::config::spec::OnHalt;
    use crate::units::{Ratio, SimDuration};

    #[test]
    fn every_look_counts_anew() {
        let halt = HaltSpec {
            above: Ratio::new(0.5).expect("a share"),
            over: SimDuration::from_secs(60),
            then: OnHalt::Stop,
        };
        let mut progress = Progress::default();
        assert!(!progress.is_too_much(&halt), "nothing was seen");
        progress.attempt_ended(true);
        progress.attempt_ended(false);
        assert!(!progress.is_too_much(&halt), "half is not more than half");
        progress.attempt_ended(true);
        assert!(progress.is_too_much(&halt));
        assert!(!progress.is_too_much(&halt));
    }
}
