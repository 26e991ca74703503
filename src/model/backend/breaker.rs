//! A circuit breaker: closed, open, half-open (Nygard, "Release It!", 2007).
//!
//! Each VM of a gateway has one for every site, and they do not know of each other, so that of k VMs
//! each has to learn by itself [A: API Management backends, breakers are per gateway instance].
//!
//! | state     | calls                  | leaves it when                                       |
//! |-----------|------------------------|------------------------------------------------------|
//! | closed    | all                    | so many have failed within the window: open          |
//! | open      | none                   | it has been open for long enough: half-open, closed  |
//! | half-open | a few at once          | one of them ends: closed if well, else open          |

use std::collections::VecDeque;

use crate::model::entity::BreakerSpec;
use crate::model::observer::Hit;
use crate::units::SimTime;

/// The breaker of one VM for one site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Breaker {
    /// When the latest calls failed, oldest first, never more than it takes to open.
    failed: VecDeque<SimTime>,
    state: State,
    /// What the call that opened it had run into.
    hit: Option<Hit>,
    /// Until when it is open.
    until: SimTime,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Closed,
    Open,
    /// How many more calls are let through.
    HalfOpen(u32),
}

impl Breaker {
    /// Whether it would let a call through.
    pub(crate) fn admits(&self) -> bool {
        !matches!(self.state, State::Open | State::HalfOpen(0))
    }

    /// Whether it is not closed.
    pub(crate) fn is_open(&self) -> bool {
        self.state != State::Closed
    }

    /// What the call that opened it had run into.
    pub(crate) fn hit(&self) -> Option<Hit> {
        self.hit
    }

    /// A call goes through, which it admits.
    pub(crate) fn pass(&mut self) {
        if let State::HalfOpen(left) = &mut self.state {
            *left -= 1;
        }
    }

    /// A call has gone well.
    pub(crate) fn succeeded(&mut self) {
        if matches!(self.state, State::HalfOpen(_)) {
            *self = Self::default();
        }
    }

    /// A call has failed at `now`; tells until when it is open if that opens it.
    pub(crate) fn failed(
        &mut self,
        now: SimTime,
        hit: Option<Hit>,
        spec: &BreakerSpec,
    ) -> Option<SimTime> {
        let trips = match self.state {
            // A call that had left before it opened.
            State::Open => false,
            State::HalfOpen(_) => true,
            State::Closed => {
                self.failed.push_back(now);
                while (self.failed.front()).is_some_and(|&first| now - first >= spec.window) {
                    self.failed.pop_front();
                }
                self.failed.len() >= spec.failures as usize
            }
        };
        trips.then(|| {
            self.failed.clear();
            self.state = State::Open;
            self.hit = hit;
            self.until = now + spec.open_for;
            self.until
        })
    }

    /// It has been open for long enough at `now`, unless the VM has restarted meanwhile.
    pub(crate) fn wake(&mut self, now: SimTime, spec: &BreakerSpec) {
        if self.state != State::Open || self.until != now {
            return;
        }
        match spec.half_open {
            Some(calls) => self.state = State::HalfOpen(calls),
            None => *self = Self::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SimDuration;

    const AT: fn(u64) -> SimTime = SimTime::from_ns;

    fn spec(half_open: Option<u32>) -> BreakerSpec {
        BreakerSpec {
            failures: 3,
            window: SimDuration::from_ns(10),
            open_for: SimDuration::from_ns(100),
            half_open,
        }
    }

    fn opened(spec: &BreakerSpec) -> Breaker {
        let mut breaker = Breaker::default();
        for at in [0, 1] {
            assert_eq!(breaker.failed(AT(at), None, spec), None);
        }
        assert_eq!(breaker.failed(AT(2), None, spec), Some(AT(102)));
        assert!(breaker.is_open() && !breaker.admits());
        breaker
    }

    #[test]
    fn it_opens_when_enough_calls_fail_within_the_window() {
        let mut breaker = Breaker::default();
        for at in [0, 5, 10, 15, 20, 25] {
            assert_eq!(breaker.failed(AT(at), None, &spec(None)), None, "two in 10");
        }
        assert!(breaker.failed(AT(26), None, &spec(None)).is_some());
    }

    #[test]
    fn it_closes_by_itself_where_it_is_never_half_open() {
        let mut breaker = opened(&spec(None));
        assert_eq!(
            breaker.failed(AT(50), None, &spec(None)),
            None,
            "a late one"
        );
        breaker.wake(AT(102), &spec(None));
        assert_eq!(breaker, Breaker::default());
    }

    #[test]
    fn half_open_it_lets_a_few_through_and_believes_the_first_that_ends() {
        let spec = spec(Some(2));
        let mut breaker = opened(&spec);
        breaker.wake(AT(102), &spec);
        for _ in 0..2 {
            assert!(breaker.admits());
            breaker.pass();
        }
        assert!(!breaker.admits());
        let mut worse = breaker.clone();
        assert_eq!(worse.failed(AT(110), None, &spec), Some(AT(210)));
        worse.wake(AT(210), &spec);
        assert!(worse.admits());
        breaker.succeeded();
        assert_eq!(breaker, Breaker::default());
    }
}
