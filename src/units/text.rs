//! Quantities as people write and read them: `10m`, `900/s`, `99.9%`.
//!
//! The only place that knows unit suffixes. Reading is strict (a number without its unit is
//! refused, with the words to write instead); writing is for the screen, files carry seconds.

use crate::units::{Rate, Ratio, SimDuration};

/// Why a text is not the quantity it should be, as a sentence part for an error message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    /// What is wrong, such as "`10` has no unit".
    pub problem: String,
    /// What to write instead, such as "write `10s` or `10m`".
    pub advice: String,
}

impl TextError {
    fn new(problem: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            problem: problem.into(),
            advice: advice.into(),
        }
    }
}

/// Time units, longest first, with their length in seconds.
const TIME_UNITS: [(&str, f64); 7] = [
    ("d", 86_400.0),
    ("h", 3_600.0),
    ("m", 60.0),
    ("s", 1.0),
    ("ms", 1e-3),
    ("us", 1e-6),
    ("ns", 1e-9),
];

/// Reads a length of time: `250ms`, `30s`, `1h30m`.
///
/// # Errors
/// If the text is not a number with a unit, or is negative or not finite.
pub fn duration(text: &str) -> Result<SimDuration, TextError> {
    let text = text.trim();
    let advice = "write a number and `ns`, `us`, `ms`, `s`, `m`, `h` or `d`, such as `30s`";
    if text.is_empty() {
        return Err(TextError::new("no duration", advice));
    }
    let mut rest = text;
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let (number, after) = split_number(rest);
        let value = read_number(number, text, "a duration", advice)?;
        let unit_length = after
            .find(|c: char| !c.is_alphabetic() && c != 'µ')
            .unwrap_or(after.len());
        let (unit, tail) = after.split_at(unit_length);
        let unit = if unit == "µs" { "us" } else { unit };
        seconds += value * seconds_per(unit, text, number)?;
        rest = tail.trim_start();
    }
    if seconds > SimDuration::MAX.as_secs_f64() {
        return Err(TextError::new(
            format!("`{text}` is longer than a simulated clock can run"),
            "write at most 50000d",
        ));
    }
    Ok(SimDuration::from_secs_f64(seconds))
}

fn seconds_per(unit: &str, text: &str, number: &str) -> Result<f64, TextError> {
    if unit.is_empty() {
        return Err(TextError::new(
            format!("`{text}` has no unit"),
            format!("write `{number}s`, `{number}ms` or `{number}m`"),
        ));
    }
    TIME_UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .map(|(_, seconds)| *seconds)
        .ok_or_else(|| {
            TextError::new(
                format!("`{unit}` is not a unit of time"),
                "write `ns`, `us`, `ms`, `s`, `m`, `h` or `d`",
            )
        })
}

/// Reads how often something happens: `900/s`, `6/h`.
///
/// # Errors
/// If the text is not a number per unit of time, or is negative or not finite.
pub fn rate(text: &str) -> Result<Rate, TextError> {
    let text = text.trim();
    let advice = "write a number per unit of time, such as `900/s`, `30/m` or `6/h`";
    let Some((number, unit)) = text.split_once('/') else {
        let (number, rest) = split_number(text);
        return Err(if number.is_empty() || !rest.trim().is_empty() {
            TextError::new(format!("`{text}` is not a rate"), advice)
        } else {
            TextError::new(
                format!("`{text}` has no unit"),
                format!("write `{number}/s`"),
            )
        });
    };
    let value = read_number(number.trim(), text, "a rate", advice)?;
    let unit = unit.trim();
    let seconds = TIME_UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .map(|(_, seconds)| *seconds)
        .ok_or_else(|| TextError::new(format!("`{text}` is not a rate"), advice))?;
    Rate::per_s(value / seconds)
        .ok_or_else(|| TextError::new(format!("`{text}` is not a rate"), advice))
}

/// Reads a share: `99.9%`.
///
/// # Errors
/// If the text is not a percentage from 0 % to 100 %.
pub fn ratio(text: &str) -> Result<Ratio, TextError> {
    let text = text.trim();
    let percent = percentage(text)?;
    Ratio::new(percent).ok_or_else(|| {
        TextError::new(
            format!("`{text}` is more than the whole"),
            "write a percentage from `0%` to `100%`",
        )
    })
}

/// Reads a percentage of at least 0 %, which may exceed 100 %, as a plain number (`3%` is 0.03).
///
/// # Errors
/// If the text is not a number followed by `%`, or is negative or not finite.
pub fn percentage(text: &str) -> Result<f64, TextError> {
    let text = text.trim();
    let advice = "write a percentage, such as `99.9%`";
    let Some(number) = text.strip_suffix('%') else {
        let (number, rest) = split_number(text);
        return Err(if number.is_empty() || !rest.is_empty() {
            TextError::new(format!("`{text}` is not a percentage"), advice)
        } else {
            TextError::new(
                format!("`{text}` has no unit"),
                format!("write `{number}%`"),
            )
        });
    };
    Ok(read_number(number.trim(), text, "a percentage", advice)? / 100.0)
}

fn split_number(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')))
        .unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    (number, rest.trim_start())
}

fn read_number(number: &str, text: &str, what: &str, advice: &str) -> Result<f64, TextError> {
    let value: f64 = number
        .parse()
        .map_err(|_| TextError::new(format!("`{text}` is not {what}"), advice))?;
    if !value.is_finite() {
        return Err(TextError::new(format!("`{text}` is not finite"), advice));
    }
    if value < 0.0 {
        return Err(TextError::new(format!("`{text}` is negative"), advice));
    }
    Ok(value)
}

/// A length of time for the screen, in the unit people would use: `12.3 ms`, `1 min 55 s`.
pub fn show_duration(seconds: f64) -> String {
    if seconds == 0.0 {
        "0 s".to_owned()
    } else if seconds.abs() < 1e-3 {
        format!("{} µs", significant(seconds * 1e6))
    } else if seconds.abs() < 1.0 {
        format!("{} ms", significant(seconds * 1e3))
    } else if seconds.abs() < 120.0 {
        format!("{} s", significant(seconds))
    } else {
        show_long(seconds)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a run's length in seconds is far below 2^63"
)]
fn show_long(seconds: f64) -> String {
    const DAY: i64 = 86_400;
    let whole = seconds.round() as i64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    // Of days nobody wants to know the seconds.
    let parts = if whole.abs() >= 2 * DAY {
        let minutes = (whole + 30 * whole.signum()) / 60;
        [
            (minutes / 1_440, "d"),
            (minutes / 60 % 24, "h"),
            (minutes % 60, "min"),
        ]
    } else {
        [(hours, "h"), (minutes, "min"), (seconds, "s")]
    };
    let shown: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count != 0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    shown.join(" ")
}

/// A rate for the screen: `900/s`, `6/h`.
pub fn show_rate(rate: Rate) -> String {
    let per_s = rate.as_per_s();
    if per_s >= 1.0 || per_s == 0.0 {
        format!("{}/s", significant(per_s))
    } else if per_s * 60.0 >= 1.0 {
        format!("{}/m", significant(per_s * 60.0))
    } else {
        format!("{}/h", significant(per_s * 3600.0))
    }
}

/// A share for the screen: `99.95 %`, with as many digits as its distance from 100 % asks for.
pub fn show_ratio(share: f64) -> String {
    let missing = (1.0 - share).abs();
    let decimals = if missing >= 0.01 || missing == 0.0 {
        2
    } else if missing >= 0.000_1 {
        3
    } else {
        5
    };
    let text = format!("{:.decimals$}", share * 100.0);
    let rounds_up = share < 1.0 && text.trim_end_matches('0').trim_end_matches('.') == "100";
    if rounds_up {
        "99.99999 %".to_owned()
    } else {
        format!("{text} %")
    }
}

/// Three significant digits, without an exponent in the range people read.
fn significant(value: f64) -> String {
    let magnitude = value.abs();
    let decimals = if magnitude >= 100.0 || magnitude == 0.0 {
        0
    } else if magnitude >= 10.0 {
        1
    } else {
        2
    };
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_with_their_units() {
        for (text, ms) in [
            ("250ms", 250),
            ("30s", 30_000),
            ("1h30m", 5_400_000),
            ("0.5s", 500),
            ("30d", 2_592_000_000),
        ] {
            assert_eq!(duration(text), Ok(SimDuration::from_millis(ms)), "{text}");
        }
    }

    #[test]
    fn a_number_without_unit_says_what_to_write() {
        let error = duration("10").expect_err("no unit");
        assert_eq!(error.problem, "`10` has no unit");
        assert_eq!(error.advice, "write `10s`, `10ms` or `10m`");
        assert_eq!(rate("900").expect_err("no unit").advice, "write `900/s`");
        assert_eq!(
            ratio("99.95").expect_err("no unit").advice,
            "write `99.95%`"
        );
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        for text in ["", "x", "1 lightyear", "-3s", "1e999s", "s", "3s x"] {
            assert!(duration(text).is_err(), "{text}");
        }
        for text in ["", "-5/s", "5/x", "/s", "inf/s"] {
            assert!(rate(text).is_err(), "{text}");
        }
        for text in ["", "-5%", "101%", "NaN%", "half"] {
            assert!(ratio(text).is_err(), "{text}");
        }
    }

    #[test]
    fn quantities_are_shown_as_people_say_them() {
        assert_eq!(show_duration(0.012_34), "12.3 ms");
        assert_eq!(show_duration(0.0), "0 s");
        assert_eq!(show_duration(115.0), "115 s");
        assert_eq!(show_duration(3_725.0), "1 h 2 min 5 s");
        assert_eq!(show_duration(86_400.0), "24 h");
        assert_eq!(show_duration(90.0 * 86_400.0), "90 d");
        assert_eq!(show_duration(180_005.0), "2 d 2 h");
        assert_eq!(show_ratio(0.999_5), "99.950 %");
        assert_eq!(show_ratio(0.999_999_999), "99.99999 %");
        assert_eq!(show_rate(Rate::per_s(900.0).expect("a rate")), "900/s");
    }
}
