//! Figures in a page: their text, and beside it, for machines and tests, the value and where it
//! stands in `summary.json`.

use maud::{Markup, html};

use crate::experiment::Metric;
use crate::report::figure::{Figure, Reached};
use crate::report::format::{decimals, grouped, milestone, share, time, unit_hours};
use crate::report::printable::printable;

/// How a quantity is written for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantity {
    /// A share, in percent.
    Share,
    /// A time, from seconds.
    Time,
    /// A number of things.
    Count,
    /// Units times hours.
    UnitHours,
    /// So many times something else.
    Ratio,
    /// A number of things that may be a part of one, with two digits at least.
    Amount,
    /// A share that may be tiny, in percent with two digits at least.
    SmallShare,
}

impl From<Metric> for Quantity {
    fn from(metric: Metric) -> Self {
        match metric {
            Metric::Availability => Self::Share,
            Metric::RequestsFailed | Metric::RequestsLost => Self::Count,
            Metric::UnitHours => Self::UnitHours,
            Metric::TimeToRecover
            | Metric::LatencyMean
            | Metric::LatencyP50
            | Metric::LatencyP99 => Self::Time,
        }
    }
}

impl Quantity {
    /// A figure with its interval.
    pub(super) fn text(self, figure: &Figure) -> String {
        match self {
            Self::Share => share(figure),
            Self::Time => time(figure),
            Self::Count => match (figure.mean, figure.ci95) {
                (Some(mean), Some([low, high])) => {
                    format!("{} ({} - {})", whole(mean), whole(low), whole(high))
                }
                (Some(mean), None) => whole(mean),
                (None, _) => share(figure),
            },
            Self::UnitHours => unit_hours(figure),
            Self::Ratio => match figure.mean {
                Some(mean) => format!("{mean:.3}"),
                None => share(figure),
            },
            Self::Amount => match (figure.mean, figure.ci95) {
                (Some(mean), Some([low, high])) => {
                    let places = decimals((high - low) / 2.0).min(decimals(mean));
                    format!("{mean:.places$} ({low:.places$} - {high:.places$})")
                }
                (Some(mean), None) => amount(mean),
                (None, _) => share(figure),
            },
            Self::SmallShare => match figure.mean {
                Some(mean) => format!("{} %", amount(mean * 100.0)),
                None => share(figure),
            },
        }
    }

    /// The mean without its interval.
    pub(super) fn plain(self, figure: &Figure) -> String {
        self.text(&Figure {
            ci95: None,
            ..*figure
        })
    }
}

/// Where a figure stands in `summary.json`: a JSON pointer (RFC 6901) from its steps.
pub(super) fn pointer(steps: &[&str]) -> String {
    let escaped = steps
        .iter()
        .map(|step| step.replace('~', "~0").replace('/', "~1"));
    escaped.fold(String::new(), |pointer, step| pointer + "/" + &step)
}

/// A figure with its interval.
pub(super) fn figure(at: &[&str], figure: &Figure, quantity: Quantity) -> Markup {
    let text = quantity.text(figure);
    let (mean, interval) = match text.split_once(" (") {
        Some((mean, rest)) => (mean, ends(rest.trim_end_matches(')'))),
        None => (text.as_str(), None),
    };
    html! {
        (value(&format!("{}/mean", pointer(at)), figure.mean, mean))
        @if let Some(interval) = interval { " " span.ci { (interval) } }
    }
}

/// The ends of an interval; `None` if they read the same.
fn ends(text: &str) -> Option<String> {
    let (low, high) = text.split_once(" - ")?;
    (low != high).then(|| format!("{low} – {high}"))
}

/// A figure without its interval.
pub(super) fn mean(at: &[&str], figure: &Figure, quantity: Quantity) -> Markup {
    let at = format!("{}/mean", pointer(at));
    value(&at, figure.mean, &quantity.plain(figure))
}

/// A time that some replications got to.
pub(super) fn reached(at: &[&str], reached: &Reached, replications: u32) -> Markup {
    let text = reached_text(reached, replications);
    value(&format!("{}/mean", pointer(at)), reached.mean, &text)
}

/// A time that some replications got to, and after a comma how many did if not all.
pub(super) fn reached_text(reached: &Reached, replications: u32) -> String {
    milestone(reached, replications).replace(" - ", " – ")
}

/// A count that has no interval.
pub(super) fn count(at: &[&str], count: u64) -> Markup {
    html! { data value=(count) data-at=(pointer(at)) { (grouped(count)) } }
}

/// A number as it stands in `summary.json`, and as people read it.
pub(super) fn value(at: &str, number: Option<f64>, text: &str) -> Markup {
    html! {
        @match number {
            Some(number) => data value=(number) data-at=(at) { (text) },
            None => span.none { (text) },
        }
    }
}

/// A number of things, which may be a mean: `72 255`.
pub(super) fn whole(count: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a mean of counts"
    )]
    grouped(count.round().max(0.0) as u64)
}

/// A number that may be a part of one: `310`, `0.52`, `0`.
fn amount(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let places = decimals(number).min(4);
    format!("{number:.places$}")
}

/// A part of something, or a multiple of it: `40 % of`, `29 times`.
pub(super) fn portion(part: f64) -> String {
    if part < 2.0 {
        format!("{:.0} % of", part * 100.0)
    } else if part < 10.0 {
        format!("{part:.1} times")
    } else {
        format!("{part:.0} times")
    }
}

/// Words as the start of a line: `DNS cache`, `Requests lost`, but `p99 latency`.
pub(super) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_ascii_digit() => {
            first.to_uppercase().chain(letters).collect()
        }
        _ => words.to_owned(),
    }
}

/// A name as text, in its own direction of writing.
pub(super) fn name(text: &str) -> Markup {
    html! { bdi { (printable(text)) } }
}

/// A name of a cause, a blame or a mode in words: `dns_cache` is "DNS cache".
pub(super) fn words(name: &str) -> String {
    let words: Vec<&str> = name.split('_').collect();
    let word = |word: &&str| match *word {
        "dns" => "DNS".to_owned(),
        "config" => "configuration".to_owned(),
        other => other.to_owned(),
    };
    words.iter().map(word).collect::<Vec<_>>().join(" ")
}
