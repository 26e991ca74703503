//! When a client tries again: back-off, and the budget that keeps retries from becoming a storm.
//!
//! Back-off with jitter is that of Brooker, "Exponential Backoff And Jitter" (2015). A budget is
//! a bucket of tokens: every request puts in a part of a token, time may add more, and a retry
//! takes a whole one, so that in the long run there are at most `ratio` retries a request. The
//! bucket holds what ten seconds of traffic put in (as the budgets of common clients do).

use crate::model::client::{Backoff, RetryBudget, RetrySpec};
use crate::model::outcome::Cause;
use crate::random::Stream;
use crate::units::{Rate, SimDuration, SimTime};

/// How many seconds of traffic a budget can save up.
const BUDGET_MEMORY_S: f64 = 10.0;

/// The retries of a population.
#[derive(Clone, Debug)]
pub(crate) struct Retries<'s> {
    spec: &'s RetrySpec,
    stream: Stream,
    /// Tokens left, if retries are limited.
    tokens: f64,
    tokens_max: f64,
    /// When time last added tokens.
    filled: SimTime,
}

/// What decides whether a failed attempt is followed by another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failure {
    /// What the client saw.
    pub(crate) cause: Cause,
    /// Attempts made, without the hedge.
    pub(crate) attempts: u32,
    /// How long the client waited before the last of them.
    pub(crate) waited: SimDuration,
    /// How long the answer said to wait at least.
    pub(crate) retry_after: SimDuration,
    /// No attempt begins at this time or later.
    pub(crate) deadline: SimTime,
}

impl<'s> Retries<'s> {
    /// A full bucket for a population with this arrival rate.
    pub(crate) fn new(spec: &'s RetrySpec, rate: Rate, stream: Stream) -> Self {
        let earned_per_s = spec.budget.map_or(0.0, |budget| {
            budget.ratio * rate.as_per_s() + budget.floor.as_per_s()
        });
        let tokens_max = (earned_per_s * BUDGET_MEMORY_S).max(1.0);
        Self {
            spec,
            stream,
            tokens: tokens_max,
            tokens_max,
            filled: SimTime::ZERO,
        }
    }

    /// A request begins: it earns its part of a retry.
    pub(crate) fn earn(&mut self) {
        if let Some(RetryBudget { ratio, .. }) = self.spec.budget {
            self.tokens = (self.tokens + ratio).min(self.tokens_max);
        }
    }

    /// How long to wait before the next attempt of a request whose last one has failed at `now`;
    /// `None` if there will be none.
    pub(crate) fn next(&mut self, now: SimTime, failure: Failure) -> Option<SimDuration> {
        let Failure {
            cause,
            attempts,
            waited,
            retry_after,
            deadline,
        } = failure;
        if attempts >= self.spec.attempts || !self.spec.on.contains(cause) {
            return None;
        }
        let backoff = self.spec.backoff;
        let mut wait = backoff.delay((attempts, waited), &mut self.stream);
        if self.spec.honors_retry_after {
            wait = wait.max(retry_after);
        }
        (now + wait < deadline && self.spend(now)).then_some(wait)
    }

    /// Whether a retry goes to another region, whatever the agent knows.
    pub(crate) fn is_elsewhere(&self) -> bool {
        self.spec.elsewhere
    }

    /// Takes a token, if there is one or none is needed.
    pub(crate) fn spend(&mut self, now: SimTime) -> bool {
        let Some(RetryBudget { floor, .. }) = self.spec.budget else {
            return true;
        };
        let earned = floor.as_per_s() * (now - self.filled).as_secs_f64();
        self.tokens = (self.tokens + earned).min(self.tokens_max);
        self.filled = now;
        let has_token = self.tokens >= 1.0;
        if has_token {
            self.tokens -= 1.0;
        }
        has_token
    }

    /// Draws for a retry that belong to no first attempt.
    pub(crate) fn stream(&mut self) -> &mut Stream {
        &mut self.stream
    }
}

impl Backoff {
    /// The wait after `attempts` attempts, of which the last was waited for `last`.
    pub(crate) fn delay(
        self,
        (attempts, last): (u32, SimDuration),
        stream: &mut Stream,
    ) -> SimDuration {
        let grown = |base: SimDuration, cap: SimDuration| {
            let factor = 2_f64.powi(i32::try_from(attempts - 1).unwrap_or(i32::MAX));
            base.scaled(factor).min(cap)
        };
        match self {
            Self::None => SimDuration::ZERO,
            Self::Constant(delay) => delay,
            Self::Exponential { base, cap } => grown(base, cap),
            Self::FullJitter { base, cap } => grown(base, cap).scaled(stream.unit()),
            Self::EqualJitter { base, cap } => {
                let half = grown(base, cap) / 2;
                half + half.scaled(stream.unit())
            }
            Self::DecorrelatedJitter { base, cap } => {
                let most = last.max(base) * 3;
                let above = SimDuration::from_ns(most.as_ns() - base.as_ns());
                (base + above.scaled(stream.unit())).min(cap)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, StreamSeed};

    fn stream() -> Stream {
        let seed = StreamSeed {
            seed: 1,
            replication: 0,
        };
        seed.stream(Purpose::Retry, "europe")
    }

    fn spec(attempts: u32, budget: Option<RetryBudget>) -> RetrySpec {
        RetrySpec {
            attempts,
            backoff: Backoff::None,
            budget,
            ..RetrySpec::never()
        }
    }

    fn failure(attempts: u32) -> Failure {
        Failure {
            cause: Cause::Timeout,
            attempts,
            waited: SimDuration::ZERO,
            retry_after: SimDuration::ZERO,
            deadline: SimTime::NEVER,
        }
    }

    #[test]
    fn a_budget_allows_its_ratio_in_the_long_run() {
        let budget = RetryBudget {
            ratio: 0.1,
            floor: Rate::default(),
        };
        let spec = spec(3, Some(budget));
        let rate = Rate::per_s(100.0).expect("a rate");
        let mut retries = Retries::new(&spec, rate, stream());
        let mut count = 0;
        for _ in 0..10_000 {
            retries.earn();
            let retry = retries.next(SimTime::ZERO, failure(1));
            count += u32::from(retry.is_some());
        }
        // 10 % of 10 000, and the 100 tokens of a full bucket.
        assert!((1_099..=1_101).contains(&count), "{count}");
    }

    #[test]
    fn the_floor_of_a_budget_flows_with_time() {
        let budget = RetryBudget {
            ratio: 0.0,
            floor: Rate::per_s(2.0).expect("a rate"),
        };
        let spec = spec(3, Some(budget));
        let mut retries = Retries::new(&spec, Rate::default(), stream());
        let mut count = 0;
        for ms in 0..100_000 {
            let now = SimTime::ZERO + SimDuration::from_millis(ms);
            count += u32::from(retries.next(now, failure(1)).is_some());
        }
        assert!(
            (218..=220).contains(&count),
            "20 saved up and 2/s for 100 s: {count}"
        );
    }

    #[test]
    fn attempts_are_counted() {
        let spec = spec(2, None);
        let mut retries = Retries::new(&spec, Rate::default(), stream());
        assert!(retries.next(SimTime::ZERO, failure(1)).is_some());
        assert!(retries.next(SimTime::ZERO, failure(2)).is_none());
    }

    #[test]
    fn some_failures_are_not_retried_and_nothing_begins_after_the_deadline() {
        let on = [Cause::Reset, Cause::Timeout].into_iter().collect();
        let backoff = Backoff::Constant(SimDuration::from_ns(5));
        let spec = RetrySpec {
            backoff,
            on,
            ..spec(2, None)
        };
        let mut retries = Retries::new(&spec, Rate::default(), stream());
        let mut is_retried = |cause, deadline| {
            let deadline = SimTime::from_ns(deadline);
            let failure = Failure {
                cause,
                deadline,
                ..failure(1)
            };
            retries.next(SimTime::from_ns(10), failure).is_some()
        };
        assert!(is_retried(Cause::Timeout, 16));
        assert!(!is_retried(Cause::Timeout, 15));
        assert!(!is_retried(Cause::Overloaded, 16));
    }

    /// Goal: whoever honors it waits as long as told, or longer by their own back-off, and does not
    /// try at all where that is too late; whoever does not, does not.
    #[test]
    fn a_retry_waits_as_long_as_told_if_it_listens() {
        for (honors_retry_after, told_s, wait_s) in [
            (true, 7, Some(7)),
            (true, 1, Some(2)),
            (true, 10, None),
            (false, 7, Some(2)),
        ] {
            let spec = RetrySpec {
                backoff: Backoff::Constant(SimDuration::from_secs(2)),
                honors_retry_after,
                ..spec(2, None)
            };
            let failure = Failure {
                cause: Cause::RateLimited,
                retry_after: SimDuration::from_secs(told_s),
                deadline: SimTime::ZERO + SimDuration::from_secs(10),
                ..failure(1)
            };
            let mut retries = Retries::new(&spec, Rate::default(), stream());
            let wait = retries.next(SimTime::ZERO, failure);
            assert_eq!(wait, wait_s.map(SimDuration::from_secs), "{told_s}");
        }
    }

    #[test]
    fn back_off_grows_to_its_cap_and_jitter_has_the_mean_of_its_range() {
        let (base, cap) = (SimDuration::from_millis(100), SimDuration::from_millis(350));
        let mut stream = stream();
        let mut delay = |backoff: Backoff, attempts| {
            backoff
                .delay((attempts, SimDuration::ZERO), &mut stream)
                .as_secs_f64()
        };
        let growth = [1, 2, 3, 4].map(|n| delay(Backoff::Exponential { base, cap }, n));
        assert_eq!(
            growth.map(|s| (s * 1e3).round().to_string()),
            ["100", "200", "350", "350"]
        );
        let mut mean = |backoff: Backoff| (0..40_000).map(|_| delay(backoff, 2)).sum::<f64>() / 4e4;
        // Uniform on 0 to 200 ms, and on 100 to 200 ms; four standard errors.
        assert!(
            (mean(Backoff::FullJitter { base, cap }) - 0.1).abs()
                < 4.0 * 0.2 / (12.0 * 4e4_f64).sqrt()
        );
        assert!(
            (mean(Backoff::EqualJitter { base, cap }) - 0.15).abs()
                < 4.0 * 0.1 / (12.0 * 4e4_f64).sqrt()
        );
    }

    #[test]
    fn decorrelated_jitter_lies_between_base_and_three_times_the_last() {
        let (base, cap) = (SimDuration::from_millis(100), SimDuration::from_secs(1));
        let backoff = Backoff::DecorrelatedJitter { base, cap };
        let mut stream = stream();
        for last_ms in [0, 100, 200, 900] {
            let last = SimDuration::from_millis(last_ms);
            for _ in 0..1_000 {
                let delay = backoff.delay((2, last), &mut stream);
                assert!(
                    delay >= base && delay <= cap.min(last.max(base) * 3),
                    "{delay:?}"
                );
            }
        }
    }
}
