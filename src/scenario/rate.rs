//! The text of an arrival rate: `900/s`, or one of the shapes that it can have over time.
//!
//! What this file is not: it reads no map; stages and files are put together where they are
//! checked.

use crate::random::{Diurnal, FlashCrowd, RateProfile};
use crate::scenario::call::{self, Arguments, Form, optional, required};
use crate::scenario::suggest::quoted;
use crate::units::text::{TextError, duration, rate, ratio};
use crate::units::{Rate, SimDuration};

/// Local times are at most this far behind and ahead of UTC, in hours.
const UTC_OFFSETS: [f64; 2] = [-12.0, 14.0];

static FORMS: [Form<RateProfile>; 2] = [
    Form {
        name: "diurnal",
        parameters: &[
            required("mean", "900/s"),
            required("amplitude", "60%"),
            required("peak", "14:00"),
            optional("utc_offset", "+0h"),
            optional("starts_at", "00:00"),
        ],
        make: diurnal,
    },
    Form {
        name: "flash_crowd",
        parameters: &[
            required("base", "900/s"),
            required("peak", "5000/s"),
            required("at", "10m"),
            required("rise", "30s"),
            required("hold", "5m"),
            required("decay", "10m"),
        ],
        make: flash_crowd,
    },
];

/// The names of all shapes.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FORMS.iter().map(|form| form.name)
}

/// Reads a rate or a shape.
///
/// # Errors
/// If it is neither, or parameters of a shape are missing, unknown or do not fit each other.
pub(super) fn read(text: &str) -> Result<RateProfile, TextError> {
    let text = text.trim();
    if text.starts_with(char::is_alphabetic) {
        return call::read(text, "a rate", &FORMS);
    }
    rate(&quoted(text)).map(RateProfile::from)
}

fn diurnal(arguments: &Arguments) -> Result<RateProfile, TextError> {
    let diurnal = Diurnal {
        mean: rate(arguments.text("mean"))?,
        amplitude: ratio(arguments.text("amplitude"))?,
        peak: time_of_day(arguments.text("peak"))?,
        utc_offset_s: utc_offset(arguments.text("utc_offset"))?,
        starts_at: time_of_day(arguments.text("starts_at"))?,
    };
    Ok(diurnal.into())
}

fn flash_crowd(arguments: &Arguments) -> Result<RateProfile, TextError> {
    let crowd = FlashCrowd {
        base: rate(arguments.text("base"))?,
        peak: rate(arguments.text("peak"))?,
        at: duration(arguments.text("at"))?,
        rise: duration(arguments.text("rise"))?,
        hold: duration(arguments.text("hold"))?,
        decay: duration(arguments.text("decay"))?,
    };
    let FlashCrowd { base, peak, .. } = crowd;
    if peak < base {
        let [peak, base] = ["peak", "base"].map(|name| arguments.text(name));
        return Err(arguments.wrong(format!("the peak `{peak}` is below the base `{base}`")));
    }
    check_total(&[crowd.at, crowd.rise, crowd.hold, crowd.decay])?;
    Ok(crowd.into())
}

/// Refuses lengths that follow each other for longer than a run can last.
///
/// # Errors
/// If together they are longer.
pub(super) fn check_total(lengths: &[SimDuration]) -> Result<(), TextError> {
    let seconds: f64 = lengths.iter().map(|length| length.as_secs_f64()).sum();
    if seconds <= SimDuration::MAX.as_secs_f64() {
        return Ok(());
    }
    Err(TextError {
        problem: "this takes longer than a simulated clock can run".to_owned(),
        advice: "write at most 50000d in all".to_owned(),
    })
}

/// Reads `14:00`, as the time since midnight.
fn time_of_day(text: &str) -> Result<SimDuration, TextError> {
    let number = |digits: &str, below: u64| {
        let is_plain = digits.len() <= 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number: Option<u64> = digits.parse().ok();
        number.filter(|&number| is_plain && number < below)
    };
    let read = || {
        let (hours, minutes) = text.split_once(':')?;
        let (hours, minutes) = (number(hours, 24)?, number(minutes, 60)?);
        Some(SimDuration::from_secs(hours * 3_600 + minutes * 60))
    };
    read().ok_or_else(|| TextError {
        problem: format!("`{text}` is not a time of day"),
        advice: "write hours and minutes from `00:00` to `23:59`".to_owned(),
    })
}

/// Reads `+5h30m`, as seconds ahead of UTC.
fn utc_offset(text: &str) -> Result<f64, TextError> {
    let (sign, length) = match text.strip_prefix('-') {
        Some(length) => (-1.0, length),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let seconds = sign * duration(length)?.as_secs_f64();
    let [least, most] = UTC_OFFSETS;
    if (least * 3_600.0..=most * 3_600.0).contains(&seconds) {
        return Ok(seconds);
    }
    Err(TextError {
        problem: format!("no place is `{text}` from UTC"),
        advice: format!("write an offset from `{least:+}h` to `{most:+}h`, such as `+5h30m`"),
    })
}

/// Reads requests per second, where a bare number will do.
///
/// # Errors
/// If it is neither that nor a rate.
pub(super) fn read_per_s(text: &str) -> Result<Rate, TextError> {
    let Ok(per_s) = text.parse::<f64>() else {
        return rate(text);
    };
    Rate::per_s(per_s).ok_or_else(|| TextError {
        problem: format!(
            "`{text}` is {}",
            if per_s < 0.0 {
                "negative"
            } else {
                "not finite"
            }
        ),
        advice: "write requests per second, such as `900`".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn per_s(text: &str, hours: u64) -> f64 {
        let profile = read(text).expect(text);
        profile.at(SimDuration::from_secs(3_600 * hours)).as_per_s()
    }

    #[test]
    fn every_shape_is_read_as_it_is_shown() {
        for form in &FORMS {
            read(&form.syntax()).expect(form.name);
        }
        assert!((per_s(" 900/s ", 5) - 900.0).abs() < 1e-9);
    }

    /// Goal: the peak is at the local time, east and west of Greenwich, from any hour on.
    #[test]
    fn a_day_peaks_at_its_local_time() {
        for (offset, starts_at, hours) in [
            ("+1h", "00:00", 13),
            ("-5h", "00:00", 19),
            ("+5h30m", "08:30", 0),
            ("0h", "20:00", 18),
        ] {
            let text = format!(
                "diurnal(mean=100/s, amplitude=50%, peak=14:00, utc_offset={offset}, starts_at={starts_at})"
            );
            let found = per_s(&text, hours);
            assert!((found - 150.0).abs() < 1e-6, "{text}: {found}");
        }
        let plain = "diurnal(peak=06:00, amplitude=100%, mean=1/s)";
        assert!((per_s(plain, 6) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn what_cannot_be_read_says_what_to_write() {
        let crowd = "flash_crowd(base=900/s, peak=5000/s, at=10m, rise=30s, hold=5m, decay=10m)";
        let in_crowd = |from: &str, to: &str| crowd.replace(from, to);
        let day = |change: &str| format!("diurnal(mean=1/s, amplitude=1%, peak=14:00, {change})");
        for (text, problem, advice) in [
            ("900", "`900` has no unit", "write `900/s`"),
            (
                "diurnl(mean=1/s)",
                "`diurnl` is not a rate",
                "did you mean `diurnal`?",
            ),
            (
                "diurnal(mean=1/s",
                "`diurnal(mean=1/s` has no closing parenthesis",
                call::IN_QUOTES,
            ),
            (
                "diurnal",
                "`diurnal` has no `mean`",
                "write it as in `diurnal(mean=900/s, amplitude=60%, peak=14:00, utc_offset=+0h, starts_at=00:00)`",
            ),
            (
                &day("utc_ofset=1h"),
                "`diurnal` has no parameter `utc_ofset`",
                "did you mean `utc_offset`?",
            ),
            (
                &day("utc_offset=15h"),
                "no place is `15h` from UTC",
                "write an offset from `-12h` to `+14h`, such as `+5h30m`",
            ),
            (
                &day("starts_at=24:00"),
                "`24:00` is not a time of day",
                "write hours and minutes from `00:00` to `23:59`",
            ),
            (
                &in_crowd("at=10m", "10m"),
                "`10m` does not say of what it is the value",
                &format!("write it as in `{crowd}`"),
            ),
            (
                &in_crowd("hold=5m", "rise=5m"),
                "`rise` is there twice",
                &format!("write it as in `{crowd}`"),
            ),
            (
                &in_crowd("peak=5000/s", "peak=500/s"),
                "the peak `500/s` is below the base `900/s`",
                &format!("write it as in `{crowd}`"),
            ),
            (
                &in_crowd("hold=5m, decay=10m", "hold=50000d, decay=50000d"),
                "this takes longer than a simulated clock can run",
                "write at most 50000d in all",
            ),
        ] {
            let error = read(text).expect_err(text);
            assert_eq!(
                (error.problem.as_str(), error.advice.as_str()),
                (problem, advice)
            );
        }
    }
}
