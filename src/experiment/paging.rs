//! When alerts on the burn rate would have paged.
//!
//! The burn rate of a stretch of time is its failed share over the share that the objective allows.
//! An alert fires while a long and a short stretch up to now both burn faster than its factor; the
//! three are those of B. Beyer et al., *The Site Reliability Workbook* (O'Reilly 2018), chapter 5.
//!
//! They look at the end of every window of the timeline, and requests are spread evenly over a
//! window. Before the measured period all was healthy, with the traffic of the period's mean.

use crate::experiment::mean::{mean, milestone};
use crate::experiment::milestone::Milestone;
use crate::experiment::{Study, budget};
use crate::metrics::{Replication, WindowRecord};
use crate::model::{OutageId, OutageSpec};
use crate::stats::{Estimate, Windows};
use crate::units::{Ratio, SimDuration};

/// An alert on the burn rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alert {
    /// How many times as fast as allowed the budget is spent.
    pub factor: f64,
    /// The stretch that tells that it is worth a page.
    pub long: SimDuration,
    /// The stretch that tells that it is still going on.
    pub short: SimDuration,
}

/// The alerts, the most urgent first.
pub const ALERTS: [Alert; 3] = [
    Alert {
        factor: 14.4,
        long: SimDuration::from_secs(3_600),
        short: SimDuration::from_secs(300),
    },
    Alert {
        factor: 6.0,
        long: SimDuration::from_secs(6 * 3_600),
        short: SimDuration::from_secs(1_800),
    },
    Alert {
        factor: 1.0,
        long: SimDuration::from_secs(3 * 24 * 3_600),
        short: SimDuration::from_secs(6 * 3_600),
    },
];

/// What an outage did to the error budget, and when it would have paged. Times are seconds from its
/// start.
#[derive(Clone, Debug, PartialEq)]
pub struct PagingResult {
    /// Until the first alert.
    pub time_to_page_s: Option<Milestone>,
    /// Until each of [`ALERTS`].
    pub by_alert_s: [Option<Milestone>; ALERTS.len()],
    /// The largest burn rate over an hour, from its start to that of the next or the end.
    pub burn_rate_max: Option<Estimate>,
    /// Lost requests as a share of the error budget of 30 days.
    pub budget_spent: Option<Estimate>,
}

/// What an outage did; `None` without an availability objective, or if it allows no failures.
pub(super) fn paging(
    study: &Study,
    replications: &[Replication],
    id: OutageId,
) -> Option<PagingResult> {
    let target = study.availability_target().filter(|t| *t != Ratio::ONE)?;
    let stretch = Stretch::new(study, id);
    let watch = |run: &Replication| {
        let burn = Burn::new(study, &run.fleet.windows, target);
        Watched {
            pages_s: ALERTS.map(|alert| stretch.first(|at_s| burn.fires(alert, at_s))),
            burn_max: stretch
                .looks()
                .map(|at_s| burn.rate(ALERTS[0].long, at_s))
                .fold(0.0, f64::max),
            spent: budget::spent(run.outages[id].lost_in_all(), target, (study, run)),
        }
    };
    let watched: Vec<Watched> = replications.iter().map(watch).collect();
    Some(PagingResult {
        time_to_page_s: milestone(&watched, |w| {
            w.pages_s.into_iter().flatten().reduce(f64::min)
        }),
        by_alert_s: std::array::from_fn(|alert| milestone(&watched, |w| w.pages_s[alert])),
        burn_rate_max: mean(&watched, |w| Some(w.burn_max)),
        budget_spent: mean(&watched, |w| w.spent),
    })
}

/// What one replication shows.
struct Watched {
    pages_s: [Option<f64>; ALERTS.len()],
    burn_max: f64,
    spent: Option<f64>,
}

/// The time in which an alert is an outage's: from its start to that of the next, or to the end.
struct Stretch {
    /// In seconds of the measured period.
    start_s: f64,
    /// The ends of windows in it.
    looks_s: Vec<f64>,
}

impl Stretch {
    fn new(study: &Study, id: OutageId) -> Self {
        let outage = &study.fleet.outages[id];
        let period = study.fleet.period;
        let next = study
            .fleet
            .outages
            .iter()
            .map(|other: &OutageSpec| other.start);
        let next = next.filter(|&start| start >= outage.end);
        let end = next.min().unwrap_or(period.end());
        let windows = Windows::new(period.start(), period.end(), study.run.window);
        let ends = (0..windows.len()).map(|window| windows.end_of(window));
        let ends = ends.filter(|&at| at > outage.start && at <= end);
        Self {
            start_s: (outage.start - period.start()).as_secs_f64(),
            looks_s: ends.map(|at| (at - period.start()).as_secs_f64()).collect(),
        }
    }

    fn looks(&self) -> impl Iterator<Item = f64> {
        self.looks_s.iter().copied()
    }

    /// Seconds from the outage's start until something is so.
    fn first(&self, is_so: impl Fn(f64) -> bool) -> Option<f64> {
        let at_s = self.looks().find(|&at_s| is_so(at_s))?;
        Some(at_s - self.start_s)
    }
}

/// Burn rates of one replication.
struct Burn {
    /// Width of a window, in seconds.
    window_s: f64,
    duration_s: f64,
    /// Requests per second, in the mean.
    rate: f64,
    /// The share that may fail.
    allowed: f64,
    /// Requests offered and failed up to the start of each window, and to the end.
    sums: Vec<[f64; 2]>,
}

impl Burn {
    fn new(study: &Study, windows: &[WindowRecord], target: Ratio) -> Self {
        let mut sums = vec![[0.0; 2]];
        let mut total = [0.0; 2];
        for window in windows {
            let failed: u32 = window.failed.iter().sum();
            total[0] += f64::from(window.offered);
            total[1] += f64::from(failed);
            sums.push(total);
        }
        let duration_s = study.fleet.period.duration.as_secs_f64();
        Self {
            window_s: study.run.window.as_secs_f64(),
            duration_s,
            rate: total[0] / duration_s,
            allowed: target.complement().as_f64(),
            sums,
        }
    }

    /// Whether an alert fires.
    fn fires(&self, alert: Alert, at_s: f64) -> bool {
        [alert.long, alert.short]
            .into_iter()
            .all(|length| self.rate(length, at_s) > alert.factor)
    }

    /// The burn rate of the stretch of some length that ends at a time.
    fn rate(&self, length: SimDuration, at_s: f64) -> f64 {
        let [from, to] = [at_s - length.as_secs_f64(), at_s].map(|at_s| self.up_to(at_s));
        let (offered, failed) = (to[0] - from[0], to[1] - from[1]);
        if offered > 0.0 {
            failed / offered / self.allowed
        } else {
            0.0
        }
    }

    /// Requests offered and failed up to a time; those before the measured period are negative.
    fn up_to(&self, at_s: f64) -> [f64; 2] {
        if at_s < 0.0 {
            return [at_s * self.rate, 0.0];
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the number of a window"
        )]
        let window = (at_s / self.window_s) as usize;
        let (Some(start), Some(end)) = (self.sums.get(window), self.sums.get(window + 1)) else {
            return self.sums.last().copied().unwrap_or_default();
        };
        let start_s = window as f64 * self.window_s;
        let width_s = self.window_s.min(self.duration_s - start_s);
        let part = ((at_s - start_s) / width_s).min(1.0);
        [0, 1].map(|which| start[which] + (end[which] - start[which]) * part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A request a second for 30 min in windows of 10 s; a share fails from 300 s on.
    fn burn(share: f64) -> Burn {
        let sum = |window: u32| {
            let at_s = f64::from(window) * 10.0;
            [at_s, (at_s - 300.0).max(0.0) * share]
        };
        Burn {
            window_s: 10.0,
            duration_s: 1_800.0,
            rate: 1.0,
            allowed: 0.001,
            sums: (0..=180).map(sum).collect(),
        }
    }

    /// Goal: a constant share of failures burns as arithmetic tells. Method: half fail, 0.1 % may:
    /// an hour burns 14.4 times after 14.4 * 0.001 * 3600 / 0.5 = 103.68 s, six hours 6 times after
    /// 259.2 s, and three days once after 518.4 s.
    #[test]
    fn half_of_all_failing_pages_after_104_seconds() {
        let burn = burn(0.5);
        for (alert, after_s) in ALERTS.into_iter().zip([103.68, 259.2, 518.4]) {
            assert!(!burn.fires(alert, 300.0 + after_s - 0.01), "{after_s}");
            assert!(burn.fires(alert, 300.0 + after_s + 0.01), "{after_s}");
        }
        let rate = burn.rate(SimDuration::from_secs(300), 700.0);
        assert!((rate - 500.0).abs() < 1e-9, "{rate}");
    }

    /// Goal: a share below what is allowed never pages.
    #[test]
    fn what_the_objective_allows_pages_nobody() {
        let burn = burn(0.000_9);
        let is_quiet = |at_s: u32| !ALERTS.iter().any(|&alert| burn.fires(alert, at_s.into()));
        assert!((0..=1_800).all(is_quiet));
    }
}
