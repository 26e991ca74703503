//! What a region's configuration does to requests, and who watches that: in most regions, for most
//! of the time, nothing and nobody.

use crate::model::config::RolloutId;
use crate::model::observer::Hit;
use crate::model::outcome::Cause;
use crate::model::trip::Needs;
use crate::units::SimDuration;

/// What a region's configuration does to requests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trouble {
    /// Requests that need a change and whose number is below fail for what the region lacks.
    stale_below: u64,
    /// The bad change that fails requests, and the number below which their luck is then.
    failing: Option<(Hit, u64)>,
    /// The bad change that makes all work take longer, and by which factor.
    slowed: Option<(Hit, f64)>,
    /// The rollouts whose watch wants to know how attempts end here.
    pub(crate) watches: Vec<RolloutId>,
}

impl Trouble {
    /// A share of requests needs what the region lacks.
    pub(crate) fn set_stale(&mut self, share: f64) {
        self.stale_below = threshold(share);
    }

    /// A bad change fails a share of requests.
    pub(crate) fn set_failing(&mut self, failing: Option<(Hit, f64)>) {
        self.failing = failing.map(|(hit, share)| (hit, threshold(share)));
    }

    /// A bad change makes all work take longer, by a factor.
    pub(crate) fn set_slowed(&mut self, slowed: Option<(Hit, f64)>) {
        self.slowed = slowed;
    }

    /// How a request ends that the region would answer, and what it has run into; `None` if well.
    pub(crate) fn verdict(&self, needs: Needs) -> Option<(Cause, Option<Hit>)> {
        if u64::from(needs.change) < self.stale_below {
            return Some((Cause::StaleConfig, None));
        }
        let (hit, below) = self.failing?;
        (u64::from(needs.luck) < below).then_some((Cause::BadConfig, Some(hit)))
    }

    /// The bad change that slows the region.
    pub(crate) fn slowed_by(&self) -> Option<Hit> {
        self.slowed.map(|(hit, _)| hit)
    }

    /// How long work takes that brings this demand.
    pub(crate) fn service(&self, demand: SimDuration) -> SimDuration {
        self.slowed
            .map_or(demand, |(_, factor)| demand.scaled(factor))
    }
}

/// The number below which so large a share of all numbers of 32 bits lie.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of 2^32"
)]
fn threshold(share: f64) -> u64 {
    (share * 2_f64.powi(32)).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_exact_at_their_ends() {
        let worst = Needs {
            change: u32::MAX,
            luck: u32::MAX,
        };
        let mut trouble = Trouble::default();
        assert_eq!(trouble.verdict(Needs::default()), None, "0 % is nobody");
        let hit = Hit::Rollout(RolloutId::new(0));
        trouble.set_failing(Some((hit, 1.0)));
        assert_eq!(trouble.verdict(worst), Some((Cause::BadConfig, Some(hit))));
        trouble.set_stale(1.0);
        assert_eq!(trouble.verdict(worst), Some((Cause::StaleConfig, None)));
    }
}
