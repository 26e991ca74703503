//! The values of a parameter that varies: lists, ranges with a step, ranges by their logarithm.
//!
//! `10s,60s,5m` is a list. `1..6` is a range of whole numbers, both ends included,
//! `10s..60s:10s` one with a step, `1s..1000s:log4` four values at equal ratios. Entries of a list
//! may be ranges: `1..4,8`. What this file is not: it does not know which paths there are; the
//! values are checked where they are put into the scenario.

use std::collections::BTreeSet;

use crate::experiment::{Axis, Numbers, Quantity};
use crate::scenario::alternative::parts;
use crate::scenario::overrides::Override;
use crate::units::text::{self, TextError};

/// The most values of a parameter, and the most points of a sweep.
pub const POINTS_MAX: usize = 1_000_000;

/// Reads `PATH=VALUES`.
///
/// # Errors
/// If it is not written so; the text says what to write.
pub fn vary(text: &str) -> Result<Axis, String> {
    let advice =
        "write `path=values`, such as `regions.eastus.units=1..6` or `routing.ttl=10s,60s`";
    let Some((path, values)) = text.split_once('=') else {
        return Err(format!("`--vary {text}` has no `=`; {advice}"));
    };
    let path = Override::parse(&format!("{path}=0"))
        .map_err(|_| format!("`--vary {text}` does not begin with a path; {advice}"))?;
    let axis = axis(&path.path, values);
    axis.map_err(|TextError { problem, advice }| format!("`--vary {text}`: {problem}; {advice}"))
}

/// Reads the values of a path, as written in one text.
pub(super) fn axis(path: &str, values: &str) -> Result<Axis, TextError> {
    let mut all = Vec::new();
    for part in parts(values, ',') {
        match Range::read(part)? {
            Some(range) => all.extend(range.values()?),
            None if part.is_empty() => {
                return Err(error(
                    format!("`{path}` has an empty value"),
                    "write values separated by commas, such as `10s,60s`",
                ));
            }
            None => all.push(part.to_owned()),
        }
    }
    of_values(path, all)
}

/// The axis of these values, each of which is there once.
pub(super) fn of_values(path: &str, values: Vec<String>) -> Result<Axis, TextError> {
    let mut seen = BTreeSet::new();
    if let Some(twice) = values.iter().find(|value| !seen.insert(*value)) {
        return Err(error(
            format!("`{path}` has the value `{twice}` twice"),
            "remove one of them",
        ));
    }
    // What names a run or is the user's own is no quantity of the fleet.
    let is_name = path.starts_with("run.") || path.starts_with("x-");
    let numbers = numbers(&values).filter(|_| !is_name);
    if let Some([one, other]) = numbers.as_ref().and_then(|numbers| alike(&numbers.values)) {
        return Err(error(
            format!(
                "`{path}` has `{}` and `{}`, which are the same",
                values[one], values[other]
            ),
            "remove one of them",
        ));
    }
    Ok(Axis {
        path: path.to_owned(),
        numbers,
        values,
    })
}

/// The places of two numbers that are the same.
fn alike(numbers: &[f64]) -> Option<[usize; 2]> {
    let mut places: Vec<usize> = (0..numbers.len()).collect();
    places.sort_by(|&one, &other| numbers[one].total_cmp(&numbers[other]));
    let mut pairs = places.windows(2).map(|pair| [pair[0], pair[1]]);
    pairs.find(|&[one, other]| numbers[one].total_cmp(&numbers[other]).is_eq())
}

fn error(problem: impl Into<String>, advice: impl Into<String>) -> TextError {
    TextError {
        problem: problem.into(),
        advice: advice.into(),
    }
}

/// What values mean if all are numbers of one kind.
fn numbers(values: &[String]) -> Option<Numbers> {
    let read = |quantity: Quantity| -> Option<Numbers> {
        let values: Option<Vec<f64>> = values.iter().map(|text| number(text, quantity)).collect();
        values.map(|values| Numbers { quantity, values })
    };
    let quantities = [
        Quantity::Count,
        Quantity::Time,
        Quantity::Share,
        Quantity::Rate,
    ];
    quantities.into_iter().find_map(read)
}

fn number(text: &str, quantity: Quantity) -> Option<f64> {
    match quantity {
        Quantity::Count => text.parse().ok().filter(|number: &f64| number.is_finite()),
        Quantity::Time => Some(text::duration(text).ok()?.as_secs_f64()),
        Quantity::Share => text::percentage(text).ok(),
        Quantity::Rate => Some(text::rate(text).ok()?.as_per_s()),
    }
}

/// From one number to another, both with the same unit.
struct Range<'t> {
    text: &'t str,
    from: f64,
    to: f64,
    unit: &'t str,
    steps: Steps,
}

/// What lies between the ends of a range.
enum Steps {
    /// Numbers that are so far from each other.
    Even(f64),
    /// So many numbers at equal ratios, both ends included.
    Log(usize),
}

impl<'t> Range<'t> {
    /// Reads a range; `None` if the text is none.
    fn read(text: &'t str) -> Result<Option<Self>, TextError> {
        let Some((from, rest)) = text.split_once("..") else {
            return Ok(None);
        };
        let (from, rest) = (from.trim(), rest.trim());
        let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit() || c == '.');
        if !(is_number(from) || from.is_empty() && is_number(rest)) {
            return Ok(None);
        }
        let (to, step) = match rest.split_once(':') {
            Some((to, step)) => (to.trim(), Some(step.trim())),
            None => (rest, None),
        };
        for (end, name) in [(from, "start"), (to, "end")] {
            if end.is_empty() {
                let problem = format!("the range `{text}` has no {name}");
                return Err(error(problem, "write both, such as `1..6`"));
            }
        }
        let ((from, unit), (to, other)) = (split(from, text)?, split(to, text)?);
        if unit != other {
            return Err(error(
                format!("the ends of `{text}` have different units"),
                "write both in the same unit, such as `10s..300s:10s`",
            ));
        }
        if from > to {
            let problem = format!("the range `{text}` ends before it starts");
            return Err(error(problem, "write the smaller number first"));
        }
        let steps = steps(step, (from, to, unit), text)?;
        Ok(Some(Self {
            text,
            from,
            to,
            unit,
            steps,
        }))
    }

    fn values(&self) -> Result<Vec<String>, TextError> {
        let Self { from, to, unit, .. } = *self;
        let numbers = match self.steps {
            Steps::Even(step) => {
                let last = ((to - from) / step + 1e-9).floor();
                if last >= POINTS_MAX as f64 {
                    let problem = format!(
                        "the range `{}` has more than {POINTS_MAX} values",
                        self.text
                    );
                    return Err(error(problem, "write a larger step"));
                }
                let places = (0..).map(f64::from).take_while(|&place| place <= last);
                places.map(|place| from + place * step).collect()
            }
            Steps::Log(count) => self.at_equal_ratios(count),
        };
        let mut values: Vec<String> = numbers
            .into_iter()
            .map(|number: f64| format!("{}{unit}", plain(number)))
            .collect();
        // Rounded to whole numbers, neighbors may be the same.
        values.dedup();
        Ok(values)
    }

    /// Numbers at equal ratios: whole if both ends are and have no unit, or else of three digits,
    /// or of six if they lie close together.
    fn at_equal_ratios(&self, count: usize) -> Vec<f64> {
        let Self { from, to, unit, .. } = *self;
        let is_whole = unit.is_empty() && from.fract() == 0.0 && to.fract() == 0.0;
        let ratio = (to / from).powf(1.0 / (count as f64 - 1.0));
        let decimals = if ratio > 1.02 { 2 } else { 5 };
        let number = |place: usize| {
            if place == 0 {
                return from;
            }
            if place + 1 == count {
                return to;
            }
            let number = from * ratio.powf(place as f64);
            let rounded = if is_whole {
                number.round()
            } else {
                let text = format!("{number:.decimals$e}");
                text.parse().expect("a number was just written")
            };
            rounded.clamp(from, to)
        };
        (0..count).map(number).collect()
    }
}

/// What lies between the ends of a range, by what stands behind its colon.
fn steps(
    step: Option<&str>,
    (from, to, unit): (f64, f64, &str),
    range: &str,
) -> Result<Steps, TextError> {
    let ends = range.split(':').next().unwrap_or(range);
    let advice = format!(
        "write a step such as `{ends}:1{unit}`, or a number of values at equal ratios such as `{ends}:log4`"
    );
    let Some(step) = step else {
        if unit.is_empty() && from.fract() == 0.0 && to.fract() == 0.0 {
            return Ok(Steps::Even(1.0));
        }
        return Err(error(format!("the range `{range}` has no step"), advice));
    };
    if let Some(count) = step.strip_prefix("log") {
        let count = count
            .parse()
            .ok()
            .filter(|count| (2..=10_000).contains(count));
        let count = count.ok_or_else(|| {
            error(
                format!("`{step}` is not a number of values from 2 to 10000"),
                &advice,
            )
        })?;
        return if from > 0.0 {
            Ok(Steps::Log(count))
        } else {
            Err(error(
                format!("`{range}` has no ratios, as it starts at 0"),
                "start above 0",
            ))
        };
    }
    let (number, other) = split(step, range)?;
    if other != unit || number <= 0.0 {
        return Err(error(format!("`{step}` is no step of `{ends}`"), advice));
    }
    Ok(Steps::Even(number))
}

/// A number and its unit.
fn split<'t>(text: &'t str, range: &str) -> Result<(f64, &'t str), TextError> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (number, unit) = text.split_at(end.unwrap_or(text.len()));
    let number = number
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite());
    number.map(|number| (number, unit.trim())).ok_or_else(|| {
        error(
            format!("`{text}` in `{range}` is not a number"),
            "write a range of numbers, such as `1..6` or `10s..60s:10s`",
        )
    })
}

/// A number without what binary fractions add to it.
fn plain(number: f64) -> String {
    let rounded: f64 = format!("{number:.11e}")
        .parse()
        .expect("a number was just written");
    rounded.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        axis("a.b", text).expect(text).values
    }

    fn problem(text: &str) -> String {
        axis("a.b", text).expect_err(text).problem
    }

    #[test]
    fn lists_and_ranges_can_be_mixed() {
        assert_eq!(values("1..4,8"), ["1", "2", "3", "4", "8"]);
        assert_eq!(values("10s..40s:15s"), ["10s", "25s", "40s"]);
        assert_eq!(values("0.1..0.3:0.1"), ["0.1", "0.2", "0.3"]);
        assert_eq!(values("10%..20%:4%"), ["10%", "14%", "18%"]);
        assert_eq!(values("100/s..300/s:100/s"), ["100/s", "200/s", "300/s"]);
        assert_eq!(
            values("latency, {priority: [a, b]}"),
            ["latency", "{priority: [a, b]}"]
        );
        assert_eq!(values("{file: ../a.csv}"), ["{file: ../a.csv}"]);
        assert_eq!(values("5..5"), ["5"]);
    }

    #[test]
    fn logarithmic_ranges_have_equal_ratios() {
        assert_eq!(values("1s..1000s:log4"), ["1s", "10s", "100s", "1000s"]);
        assert_eq!(values("1s..2s:log3"), ["1s", "1.41s", "2s"]);
        assert_eq!(values("1..4:log5"), ["1", "2", "3", "4"]);
        assert_eq!(values("1005s..1009s:log3"), ["1005s", "1007s", "1009s"]);
    }

    #[test]
    fn what_is_no_range_is_told() {
        for (text, told) in [
            ("1..", "the range `1..` has no end"),
            ("..6", "the range `..6` has no start"),
            ("6..1", "the range `6..1` ends before it starts"),
            ("10s..60s", "the range `10s..60s` has no step"),
            (
                "10s..5m:10s",
                "the ends of `10s..5m:10s` have different units",
            ),
            ("10s..60s:5", "`5` is no step of `10s..60s`"),
            ("1..6:0", "`0` is no step of `1..6`"),
            ("0..6:log3", "`0..6:log3` has no ratios, as it starts at 0"),
            (
                "1..6:log1",
                "`log1` is not a number of values from 2 to 10000",
            ),
            ("1..x", "`x` in `1..x` is not a number"),
            (
                "0..9000000",
                "the range `0..9000000` has more than 1000000 values",
            ),
            ("1,,2", "`a.b` has an empty value"),
            ("", "`a.b` has an empty value"),
            ("1..3,2", "`a.b` has the value `2` twice"),
            ("60s,1m", "`a.b` has `60s` and `1m`, which are the same"),
        ] {
            assert_eq!(problem(text), told);
        }
    }

    #[test]
    fn numbers_of_one_kind_make_a_numeric_axis() {
        let numbers = |text: &str| axis("a.b", text).expect(text).numbers;
        let of = |text: &str| numbers(text).map(|numbers| (numbers.quantity, numbers.values));
        assert_eq!(of("60s,5m"), Some((Quantity::Time, vec![60.0, 300.0])));
        assert_eq!(of("1..3"), Some((Quantity::Count, vec![1.0, 2.0, 3.0])));
        assert_eq!(of("50%,120%"), Some((Quantity::Share, vec![0.5, 1.2])));
        assert_eq!(of("60/m"), Some((Quantity::Rate, vec![1.0])));
        assert_eq!(of("none,60s"), None);
    }

    #[test]
    fn an_option_is_a_path_and_values() {
        assert_eq!(
            vary("routing.ttl=1s,2s").expect("an axis").path,
            "routing.ttl"
        );
        for text in ["routing.ttl", "=1", "a[0]=1..2", "a=1.."] {
            assert!(vary(text).is_err(), "{text}");
        }
    }
}
