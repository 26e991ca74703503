//! The ledger: every request offered ends exactly once.

use crate::model::{Blame, Cause, Outcome};
use crate::units::SimDuration;

/// Requests counted by how they ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    offered: u64,
    succeeded: u64,
    failed: [[u64; Blame::ALL.len()]; Cause::ALL.len()],
    /// Failed requests whose last attempt ran into an outage.
    struck: u64,
    attempts: u64,
    /// Nanoseconds from start to failure, summed over the failed.
    failing_ns: u128,
}

impl Ledger {
    /// Books a request that begins.
    pub(crate) fn offer(&mut self) {
        self.offered += 1;
    }

    /// Books the end of a request that took `length` and so many attempts.
    pub(crate) fn end(&mut self, outcome: Outcome, (length, attempts): (SimDuration, u32)) {
        self.attempts += u64::from(attempts);
        match outcome {
            Outcome::Succeeded => self.succeeded += 1,
            Outcome::Failed { cause, blame } => {
                self.failed[cause as usize][blame as usize] += 1;
                self.failing_ns += u128::from(length.as_ns());
            }
        }
    }

    /// Books requests that begin, and the success of some that took so many attempts together.
    pub(crate) fn book(&mut self, offered: u32, (succeeded, attempts): (u32, u64)) {
        self.offered += u64::from(offered);
        self.succeeded += u64::from(succeeded);
        self.attempts += attempts;
    }

    /// Books that a request which has failed ran into an outage.
    pub(crate) fn strike(&mut self) {
        self.struck += 1;
    }

    /// Adds another ledger.
    pub fn add(&mut self, other: &Self) {
        self.offered += other.offered;
        self.succeeded += other.succeeded;
        self.struck += other.struck;
        self.attempts += other.attempts;
        self.failing_ns += other.failing_ns;
        for (mine, others) in self.failed.iter_mut().zip(&other.failed) {
            for (count, more) in mine.iter_mut().zip(others) {
                *count += more;
            }
        }
    }

    /// Requests offered.
    pub fn offered(&self) -> u64 {
        self.offered
    }

    /// Requests that succeeded.
    pub fn succeeded(&self) -> u64 {
        self.succeeded
    }

    /// Requests that failed.
    pub fn failed(&self) -> u64 {
        self.failed.iter().flatten().sum()
    }

    /// Requests that failed with `cause`, of which `blame` was to blame.
    pub fn failed_by(&self, cause: Cause, blame: Blame) -> u64 {
        self.failed[cause as usize][blame as usize]
    }

    /// Attempts of the requests that ended.
    pub fn attempts(&self) -> u64 {
        self.attempts
    }

    /// Attempts per request; `None` if nothing was offered.
    pub fn amplification(&self) -> Option<f64> {
        (self.offered > 0).then(|| self.attempts as f64 / self.offered as f64)
    }

    /// Succeeded / attempts; `None` if there was no attempt.
    pub fn availability_by_attempt(&self) -> Option<f64> {
        (self.attempts > 0).then(|| self.succeeded as f64 / self.attempts as f64)
    }

    /// Succeeded / offered; `None` if nothing was offered.
    pub fn availability(&self) -> Option<f64> {
        (self.offered > 0).then(|| self.succeeded as f64 / self.offered as f64)
    }

    /// The same of the requests that did not run into an outage.
    pub fn availability_unstruck(&self) -> Option<f64> {
        let offered = self.offered - self.struck;
        (offered > 0).then(|| self.succeeded as f64 / offered as f64)
    }

    /// Mean time from start to failure in seconds; `None` if nothing failed.
    pub fn mean_time_to_failure_s(&self) -> Option<f64> {
        let failed = self.failed();
        (failed > 0).then(|| self.failing_ns as f64 / 1e9 / failed as f64)
    }

    /// Whether every request offered has ended exactly once.
    pub fn is_balanced(&self) -> bool {
        self.offered == self.succeeded + self.failed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_balances_when_everything_has_ended() {
        let mut ledger = Ledger::default();
        ledger.offer();
        ledger.offer();
        ledger.end(Outcome::Succeeded, (SimDuration::from_secs(1), 1));
        assert!(!ledger.is_balanced());
        let (cause, blame) = (Cause::Timeout, Blame::Detection);
        ledger.end(
            Outcome::Failed { cause, blame },
            (SimDuration::from_secs(5), 3),
        );
        assert!(ledger.is_balanced());
        assert_eq!(ledger.failed_by(cause, blame), 1);
        assert_eq!(ledger.availability(), Some(0.5));
        assert_eq!(ledger.amplification(), Some(2.0));
        assert_eq!(ledger.availability_by_attempt(), Some(0.25));
        assert_eq!(ledger.mean_time_to_failure_s(), Some(5.0));
        assert_eq!(
            (ledger.offered(), ledger.succeeded(), ledger.attempts()),
            (2, 1, 4)
        );
        assert_eq!(ledger.failed_by(cause, Blame::Capacity), 0);
    }

    /// Four requests, of which two failed: after 2 s and 4 s, the second for an outage.
    fn four() -> Ledger {
        let mut ledger = Ledger::default();
        let (cause, blame) = (Cause::Refused, Blame::Detection);
        for (seconds, outcome) in [
            (1, Outcome::Succeeded),
            (2, Outcome::Failed { cause, blame }),
            (1, Outcome::Succeeded),
            (4, Outcome::Failed { cause, blame }),
        ] {
            ledger.offer();
            ledger.end(outcome, (SimDuration::from_secs(seconds), 2));
        }
        ledger.strike();
        ledger
    }

    #[test]
    fn requests_that_ran_into_no_outage_have_an_availability_of_their_own() {
        assert_eq!(four().availability(), Some(0.5));
        assert_eq!(four().availability_unstruck(), Some(2.0 / 3.0));
        assert_eq!(four().mean_time_to_failure_s(), Some(3.0));
        let mut struck = Ledger::default();
        struck.offer();
        struck.strike();
        assert_eq!(struck.availability_unstruck(), None);
    }

    #[test]
    fn ledgers_add_up() {
        let mut twice = four();
        twice.add(&four());
        assert!(twice.is_balanced());
        assert_eq!(
            (twice.offered(), twice.succeeded(), twice.failed()),
            (8, 4, 4)
        );
        assert_eq!(twice.attempts(), 16);
        assert_eq!(
            twice.mean_time_to_failure_s(),
            four().mean_time_to_failure_s()
        );
        assert_eq!(
            twice.availability_unstruck(),
            four().availability_unstruck()
        );
    }

    #[test]
    fn nothing_has_no_figures() {
        let nothing = Ledger::default();
        for figure in [
            nothing.availability(),
            nothing.availability_unstruck(),
            nothing.availability_by_attempt(),
            nothing.amplification(),
            nothing.mean_time_to_failure_s(),
        ] {
            assert_eq!(figure, None);
        }
    }
}
