//! Quantities and lists as parts of sentences.

use crate::model::Backoff;
use crate::random::Distribution;
use crate::units::text::{show_duration, show_ratio};
use crate::units::{Ratio, SimDuration};

/// A length of time.
pub(super) fn time(length: SimDuration) -> String {
    show_duration(length.as_secs_f64())
}

/// A share, without needless digits: `8.7 %`.
pub(super) fn share(share: Ratio) -> String {
    percent(share.as_f64())
}

/// As [`share`], of a plain number.
pub(super) fn percent(share: f64) -> String {
    let text = show_ratio(share);
    let number = text.trim_end_matches(" %");
    let number = number.trim_end_matches('0').trim_end_matches('.');
    format!("{} %", if number.is_empty() { "0" } else { number })
}

/// What a distribution is like.
pub(super) fn spread(distribution: &Distribution) -> String {
    let mean = time(distribution.mean());
    let cv = distribution.scv().sqrt();
    if cv > 0.0 {
        format!("{mean} on average (coefficient of variation {cv:.2})")
    } else {
        format!("always {mean}")
    }
}

/// So many things: `1 unit`, `3 units`.
pub(super) fn many(count: u32, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// How long somebody waits before trying again.
pub(super) fn backoff(backoff: Backoff) -> String {
    let between = |base, cap| format!("{} to {}", time(base), time(cap));
    match backoff {
        Backoff::None => "at once".to_owned(),
        Backoff::Constant(wait) => format!("after {}", time(wait)),
        Backoff::Exponential { base, cap } => {
            format!("after a wait that doubles from {}", between(base, cap))
        }
        Backoff::FullJitter { base, cap } => {
            format!("with full jitter of {}", between(base, cap))
        }
        Backoff::EqualJitter { base, cap } => {
            format!("with equal jitter of {}", between(base, cap))
        }
        Backoff::DecorrelatedJitter { base, cap } => {
            format!("with decorrelated jitter of {}", between(base, cap))
        }
    }
}

/// Names in a row: `a`, `a and b`, `a, b and c`.
pub(super) fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// Things that are the same, by what is the same, in order of the first of each.
pub(super) fn alike<'t, T, K: PartialEq>(
    things: impl Iterator<Item = (&'t str, &'t T)>,
    key: impl Fn(&'t T) -> K,
) -> Vec<(Vec<&'t str>, &'t T)>
where
    T: 't,
{
    let mut groups: Vec<(Vec<&str>, &T)> = Vec::new();
    for (name, thing) in things {
        let own = key(thing);
        match groups.iter_mut().find(|(_, first)| key(first) == own) {
            Some((names, _)) => names.push(name),
            None => groups.push((vec![name], thing)),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_have_no_needless_digits() {
        for (number, text) in [
            (0.087, "8.7 %"),
            (0.0, "0 %"),
            (1.0, "100 %"),
            (0.1, "10 %"),
        ] {
            assert_eq!(percent(number), text);
        }
    }

    #[test]
    fn what_is_alike_is_named_together() {
        let things = [("a", 1), ("b", 2), ("c", 1)];
        let groups = alike(things.iter().map(|(name, thing)| (*name, thing)), |thing| {
            *thing
        });
        let names: Vec<String> = groups.iter().map(|(names, _)| list(names)).collect();
        assert_eq!(names, ["a and c", "b"]);
    }
}
