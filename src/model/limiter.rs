//! A region's rate limit: so many attempts in any stretch of time as long as its period.
//!
//! A sliding window, exactly: as many attempts as may be admitted within a period are remembered,
//! and one more is admitted when the oldest of them has left the window. Real gateways count less
//! exactly [A: API Management limit call rate by key, "never completely accurate"]. Clock-free: it
//! is handed `now`. Memory grows to one time for every call that a counter allows, and no further.

use std::collections::VecDeque;

use crate::model::entity::{LimitKey, PopulationId, RateLimitSpec};
use crate::units::{SimDuration, SimTime};

/// The counters of one region.
#[derive(Clone, Debug)]
pub(crate) struct Limiter {
    spec: RateLimitSpec,
    /// When the last attempts were admitted that count against the limit, the oldest first: of
    /// everybody, or of each population.
    counters: Vec<VecDeque<SimTime>>,
}

impl Limiter {
    /// Fresh counters, in a fleet with so many populations.
    pub(crate) fn new(spec: RateLimitSpec, populations: usize) -> Self {
        let counters = match spec.by {
            LimitKey::Region => 1,
            LimitKey::Population => populations,
        };
        Self {
            spec,
            counters: vec![VecDeque::new(); counters],
        }
    }

    /// Admits an attempt that comes at `now`, and counts it.
    ///
    /// # Errors
    /// If as many as may were admitted within the period: how many whole seconds the client is told
    /// to wait (`Retry-After`), after which the oldest of them has left the window.
    #[cold]
    #[inline(never)]
    pub(crate) fn admit(&mut self, now: SimTime, population: PopulationId) -> Result<(), u16> {
        let Self { spec, counters } = self;
        let counter = match spec.by {
            LimitKey::Region => &mut counters[0],
            LimitKey::Population => &mut counters[population.index()],
        };
        if counter.len() >= spec.calls as usize {
            let oldest = counter.front().copied().unwrap_or(now);
            let room_at = oldest + spec.period;
            if now < room_at {
                return Err(retry_after_s(room_at - now));
            }
            counter.pop_front();
        }
        counter.push_back(now);
        Ok(())
    }

    /// Forgets all that was admitted: counters live in the gateway's memory.
    pub(crate) fn reset(&mut self) {
        self.counters.iter_mut().for_each(VecDeque::clear);
    }
}

/// What the header says, which has whole seconds (RFC 9110, 10.2.3): at least as long.
fn retry_after_s(wait: SimDuration) -> u16 {
    const SECOND: u64 = SimDuration::from_secs(1).as_ns();
    u16::try_from(wait.as_ns().div_ceil(SECOND)).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Id;

    fn limiter(calls: u32, by: LimitKey) -> Limiter {
        let period = SimDuration::from_secs(10);
        Limiter::new(RateLimitSpec { calls, period, by }, 2)
    }

    fn ms(ms: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_millis(ms)
    }

    /// By hand: two in any 10 s. What is refused does not count, and a place is free when the one
    /// before last is 10 s old, not sooner.
    #[test]
    fn one_more_is_admitted_when_the_oldest_has_left_the_window() {
        let mut limiter = limiter(2, LimitKey::Region);
        let mut admit = |at_ms| limiter.admit(ms(at_ms), Id::new(0));
        assert_eq!([admit(0), admit(4_000)], [Ok(()), Ok(())]);
        assert_eq!(admit(4_000), Err(6));
        assert_eq!(admit(8_999), Err(2), "1.001 s in whole seconds");
        assert_eq!(admit(9_999), Err(1));
        assert_eq!(admit(10_000), Ok(()));
        assert_eq!(admit(10_000), Err(4));
        assert_eq!([admit(14_000), admit(20_000)], [Ok(()), Ok(())]);
    }

    #[test]
    fn everybody_shares_one_counter_or_each_population_has_its_own() {
        for (by, second) in [(LimitKey::Region, Err(10)), (LimitKey::Population, Ok(()))] {
            let mut limiter = limiter(1, by);
            assert_eq!(limiter.admit(ms(0), Id::new(0)), Ok(()));
            assert_eq!(limiter.admit(ms(0), Id::new(1)), second, "{by:?}");
            assert_eq!(limiter.admit(ms(0), Id::new(0)), Err(10), "{by:?}");
        }
    }

    #[test]
    fn a_counter_that_was_lost_is_fresh() {
        let mut limiter = limiter(1, LimitKey::Region);
        assert_eq!(limiter.admit(ms(0), Id::new(0)), Ok(()));
        limiter.reset();
        assert_eq!(limiter.admit(ms(1), Id::new(0)), Ok(()));
        assert_eq!(limiter.admit(ms(2), Id::new(0)), Err(10));
    }
}
