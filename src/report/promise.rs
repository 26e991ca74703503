//! Objectives as results name them, and in words.

use serde::{Deserialize, Serialize};

use crate::experiment::{Judgment, Objective, Promise, Subject};
use crate::report::figure::Figure;
use crate::report::format::{grouped, share, time, whole};
use crate::report::number::{Range, rounded};
use crate::report::printable::printable;
use crate::units::text::{show_duration, show_ratio};

/// Whom an objective is about, if not all clients over the whole measured period.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The requests whose last attempt went to this region.
    Region(String),
    /// The clients of this population.
    Population(String),
    /// All clients, `before`, `during` or `after` the outages.
    Phase(String),
}

/// What an objective is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    /// A share of something.
    Share,
    /// A time, in seconds.
    Time,
    /// A number of requests.
    Count,
}

/// An objective as results name it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Named {
    /// `availability`, `latency_p99`, ...
    pub(super) objective: String,
    /// The promise in the units of results.
    pub(super) target: f64,
    /// Whom it is about.
    pub(super) by: Option<By>,
    /// Whether the whole of the interval has to keep it.
    pub(super) by_interval: bool,
}

impl By {
    fn new(subject: &Subject) -> Option<Self> {
        match subject {
            Subject::Fleet => None,
            Subject::Region(name) => Some(Self::Region(name.clone())),
            Subject::Population(name) => Some(Self::Population(name.clone())),
            Subject::Phase(phase) => Some(Self::Phase(phase.name().to_owned())),
        }
    }

    /// The kind and the name.
    fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Region(name) => ("region", name),
            Self::Population(name) => ("population", name),
            Self::Phase(name) => ("phase", name),
        }
    }
}

impl Named {
    /// The names of an objective.
    pub(super) fn new(objective: &Objective) -> Self {
        let (name, target) = match objective.promise {
            Promise::Availability(target) => ("availability".to_owned(), target.as_f64()),
            Promise::Timeslices { at_least, .. } => {
                ("availability_timeslices".to_owned(), at_least.as_f64())
            }
            Promise::Latency { quantile, at_most } => (
                format!("latency_{}", quantile_name(quantile)),
                at_most.as_secs_f64(),
            ),
            Promise::TimeToRecover(at_most) => {
                ("time_to_recover".to_owned(), at_most.as_secs_f64())
            }
            Promise::RequestsLost(at_most) => ("requests_lost".to_owned(), at_most as f64),
            Promise::ErrorBudget { at_most, .. } => {
                ("error_budget_per_outage".to_owned(), at_most.as_f64())
            }
        };
        Self {
            objective: name,
            target: rounded(target),
            by: By::new(&objective.subject),
            by_interval: objective.judgment == Judgment::Interval,
        }
    }
}

/// A quantile as results name it: `p50`, `p99_9`.
fn quantile_name(quantile: f64) -> String {
    let percent = rounded(quantile * 100.0);
    format!("p{percent}").replace('.', "_")
}

/// An objective in one word, for tables: `availability{population=asia}`.
pub(super) fn key(objective: &str, by: Option<&By>) -> String {
    match by.map(By::parts) {
        None => objective.to_owned(),
        Some((kind, name)) => format!("{objective}{{{kind}={name}}}"),
    }
}

/// What an objective of this name is measured in.
pub(super) fn measure(objective: &str) -> Measure {
    match objective {
        "time_to_recover" => Measure::Time,
        "requests_lost" => Measure::Count,
        other if other.starts_with("latency_") => Measure::Time,
        _ => Measure::Share,
    }
}

impl Measure {
    /// What can be measured at all.
    pub(super) fn range(self, objective: &str) -> Range {
        match self {
            // More than the budget can be spent.
            Self::Share if objective != "error_budget_per_outage" => Range::Share,
            _ => Range::Positive,
        }
    }

    /// Its unit in tables.
    pub(super) fn unit(self) -> &'static str {
        match self {
            Self::Share => "1",
            Self::Time => "s",
            Self::Count => "requests",
        }
    }

    /// A figure for people.
    pub(super) fn text(self, figure: &Figure) -> String {
        match self {
            Self::Share => share(figure),
            Self::Time => time(figure),
            Self::Count => whole(figure),
        }
    }
}

/// What is promised: `availability of at least 99.9 %, population asia`.
pub(super) fn sentence(objective: &str, target: f64, by: Option<&By>) -> String {
    let promise = match objective {
        "availability" => format!("availability of at least {}", show_ratio(target)),
        "availability_timeslices" => format!(
            "availability reached in at least {} of the windows",
            show_ratio(target)
        ),
        "time_to_recover" => format!("recovery within {}", show_duration(target)),
        "requests_lost" => format!("at most {} requests lost", shown_count(target)),
        "error_budget_per_outage" => format!(
            "at most {} of 30 days' error budget spent by an outage",
            show_ratio(target)
        ),
        latency => format!(
            "{} latency of at most {}",
            quantile(latency),
            show_duration(target)
        ),
    };
    match by.map(By::parts) {
        None => promise,
        Some(("phase", "before")) => format!("{promise} before the outages"),
        Some(("phase", name)) => format!("{promise} {name} outages"),
        Some((kind, name)) => format!("{promise}, {kind} {}", printable(name)),
    }
}

/// What objectives are judged by, if not by estimates.
pub(super) fn judgment(by_interval: bool, replications: u32) -> Option<String> {
    by_interval.then(|| {
        if replications < 5 {
            "missed: fewer than 5 replications have no interval to judge by".to_owned()
        } else {
            "kept: by the whole of the 95 % interval".to_owned()
        }
    })
}

/// What was measured: `12 s (10 s - 14 s), not reached in 3 of 20 replications`.
pub(super) fn measured(text: String, not_reached: u32, replications: u32) -> String {
    if not_reached == 0 {
        return text;
    }
    format!("{text}, not reached in {not_reached} of {replications} replications")
}

/// What is measured, in a word or two: `p99`, `availability of asia`.
pub(super) fn short(objective: &str, by: Option<&By>) -> String {
    let name = match objective {
        latency if latency.starts_with("latency_") => quantile(latency),
        other => other.replace('_', " "),
    };
    match by.map(By::parts) {
        None => name,
        Some(("phase", phase)) => format!("{name} {phase}"),
        Some((_, of)) => format!("{name} of {}", printable(of)),
    }
}

/// The quantile of a latency objective: `p99.9`.
fn quantile(objective: &str) -> String {
    let quantile = objective.strip_prefix("latency_").unwrap_or(objective);
    quantile.replace('_', ".")
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count that was written"
)]
fn shown_count(count: f64) -> String {
    grouped(count.max(0.0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promises_read_as_sentences() {
        let by = By::Population("asia".into());
        let said = [
            sentence("availability", 0.999, None),
            sentence("latency_p99_9", 0.8, Some(&by)),
            sentence("availability_timeslices", 0.99, None),
            sentence("time_to_recover", 300.0, None),
            sentence("requests_lost", 12_000.0, None),
            sentence("error_budget_per_outage", 0.5, None),
            sentence("availability", 0.9, Some(&By::Phase("during".into()))),
        ];
        assert_eq!(
            said,
            [
                "availability of at least 99.900 %",
                "p99.9 latency of at most 800 ms, population asia",
                "availability reached in at least 99.00 % of the windows",
                "recovery within 5 min",
                "at most 12 000 requests lost",
                "at most 50.00 % of 30 days' error budget spent by an outage",
                "availability of at least 90.00 % during outages",
            ]
        );
        assert_eq!(
            key("availability", Some(&by)),
            "availability{population=asia}"
        );
    }
}
