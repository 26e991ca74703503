//! What spoils or slows requests in a region that is up, and who watches that: its configuration, and
//! outages of a part of it. In most regions, for most of the time, nothing and nobody.

use crate::model::config::RolloutId;
use crate::model::entity::{Impairment, OutageId, Place};
use crate::model::luck::{luck, threshold};
use crate::model::observer::Hit;
use crate::model::outcome::{Blame, Cause};
use crate::model::trip::Needs;
use crate::units::SimTime;

/// What happens to requests in a region that is up.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Trouble {
    /// Requests that need a change and whose number is below fail for what the region lacks.
    stale_below: u64,
    /// The bad change that fails requests, and the number below which their luck is then.
    failing: Option<(Hit, u64)>,
    /// The bad change that makes all work take longer, and by which factor.
    slowed: Option<(Hit, f64)>,
    /// The outages that make all work take longer, each by a factor.
    slowing: Vec<(OutageId, f64)>,
    /// The outages that fail some attempts, and the number below which their luck is then.
    gray: Vec<(OutageId, u64)>,
    /// The outages of ways to it.
    pub(crate) ways: Vec<(OutageId, Place, Impairment)>,
    /// The rollouts whose watch wants to know how attempts end here.
    pub(crate) watches: Vec<RolloutId>,
}

/// How an attempt ends that the region would have answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spoiled {
    /// What the client sees.
    pub(crate) cause: Cause,
    /// What is to blame.
    pub(crate) blame: Blame,
    /// What it has run into.
    pub(crate) hit: Option<Hit>,
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

    /// An outage makes all work take longer, by a factor.
    pub(crate) fn slow_down(&mut self, outage: OutageId, factor: f64) {
        match self.slowing.iter_mut().find(|(other, _)| *other == outage) {
            Some((_, present)) => *present = factor,
            None => self.slowing.push((outage, factor)),
        }
    }

    /// An outage fails a share of the attempts.
    pub(crate) fn turn_gray(&mut self, outage: OutageId, share: f64) {
        let below = threshold(share);
        match self.gray.iter_mut().find(|(other, _)| *other == outage) {
            Some((_, present)) => *present = below,
            None => self.gray.push((outage, below)),
        }
    }

    /// An outage hits the way to a place.
    pub(crate) fn impair(&mut self, outage: OutageId, (place, impairment): (Place, Impairment)) {
        match self.ways.iter_mut().find(|(other, ..)| *other == outage) {
            Some((_, _, present)) => *present = impairment,
            None => self.ways.push((outage, place, impairment)),
        }
    }

    /// What is wrong with the way to a place, and the outage that began last of those that hit it.
    pub(crate) fn way_to(&self, place: Place) -> Option<(Impairment, OutageId)> {
        let ways = self.ways.iter().filter(|&&(_, other, _)| other == place);
        let of_each = ways.map(|&(outage, _, impairment)| (impairment, outage));
        of_each.reduce(|(all, _), (one, latest)| (all.and(one), latest))
    }

    /// An outage is over.
    pub(crate) fn recover(&mut self, outage: OutageId) {
        self.slowing.retain(|&(other, _)| other != outage);
        self.gray.retain(|&(other, _)| other != outage);
        self.ways.retain(|&(other, ..)| other != outage);
    }

    /// How an attempt that has `begun` then ends, if the region would answer it; `None` if well. A
    /// change of the configuration fails the same requests however often they come; a gray failure
    /// fails each attempt by a luck of its own.
    pub(crate) fn verdict(&self, needs: Needs, begun: SimTime) -> Option<Spoiled> {
        let configuration = |cause, hit| Spoiled {
            cause,
            blame: Blame::Configuration,
            hit,
        };
        if u64::from(needs.change) < self.stale_below {
            return Some(configuration(Cause::StaleConfig, None));
        }
        let is_below = |&(_, below): &(Hit, u64)| u64::from(needs.luck) < below;
        if let Some((hit, _)) = self.failing.filter(is_below) {
            return Some(configuration(Cause::BadConfig, Some(hit)));
        }
        let is_unlucky = |&&(outage, below): &&(OutageId, u64)| {
            luck(needs.luck, (begun, outage.index() as u64)) < below
        };
        let &(outage, _) = self.gray.iter().find(is_unlucky)?;
        Some(Spoiled {
            cause: Cause::Reset,
            // Probes pass: the router does not know.
            blame: Blame::Detection,
            hit: Some(Hit::Outage(outage)),
        })
    }

    /// What slows the region.
    pub(crate) fn slowed_by(&self) -> Option<Hit> {
        let outage = self.slowing.last().map(|&(outage, _)| Hit::Outage(outage));
        outage.or(self.slowed.map(|(hit, _)| hit))
    }

    /// How many times as long work takes; `None` if as long as ever.
    pub(crate) fn pace(&self) -> Option<f64> {
        let change = self.slowed.map(|(_, factor)| factor);
        let outages = self.slowing.iter().map(|&(_, factor)| factor);
        change
            .into_iter()
            .chain(outages)
            .reduce(|one, other| one * other)
    }
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
        let cause = |trouble: &Trouble, needs| Some(trouble.verdict(needs, SimTime::ZERO)?.cause);
        let mut trouble = Trouble::default();
        assert_eq!(cause(&trouble, Needs::default()), None, "0 % is nobody");
        trouble.turn_gray(OutageId::new(0), 1.0);
        assert_eq!(cause(&trouble, worst), Some(Cause::Reset));
        let hit = Hit::Rollout(RolloutId::new(0));
        trouble.set_failing(Some((hit, 1.0)));
        assert_eq!(cause(&trouble, worst), Some(Cause::BadConfig));
        trouble.set_stale(1.0);
        assert_eq!(cause(&trouble, worst), Some(Cause::StaleConfig));
    }

    #[test]
    fn what_outages_did_is_over_with_them() {
        let mut trouble = Trouble::default();
        trouble.slow_down(OutageId::new(0), 3.0);
        trouble.slow_down(OutageId::new(1), 2.0);
        trouble.turn_gray(OutageId::new(2), 0.5);
        assert_eq!(trouble.pace(), Some(6.0));
        for outage in [1, 0, 2] {
            trouble.recover(OutageId::new(outage));
        }
        assert_eq!(trouble, Trouble::default());
        assert_eq!(trouble.pace(), None);
    }
}
