//! The values of scalar keys, where `units` has not the whole rule: bounds and places.

use std::num::IntErrorKind;

use crate::model::HedgeDelay;
use crate::scenario::table::Kind;
use crate::scenario::tree::{Node, Value};
use crate::units::SimDuration;
use crate::units::text::{self, TextError};

/// The least and the most that a kind of whole number allows.
pub(super) fn bounds(kind: Kind) -> (u64, u64) {
    match kind {
        Kind::Whole(least, most) => (least, most),
        Kind::Replications(most, _) => (1, most),
        Kind::OrNone(inner) => bounds(*inner),
        _ => unreachable!("the reader asks for a whole number where the table has one"),
    }
}

/// Reads a whole number between two bounds, both included.
pub(super) fn whole(text: &str, (least, most): (u64, u64)) -> Result<u64, TextError> {
    let fail = |problem: &str| TextError {
        problem: format!("`{text}` is {problem}"),
        advice: if least == most {
            format!("write `{least}`")
        } else {
            format!("write a whole number from {least} to {most}")
        },
    };
    match text.parse::<u64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        Ok(_) if least == most => Err(fail("not known")),
        Ok(number) if number < least => Err(fail("too small")),
        Err(error) if *error.kind() != IntErrorKind::PosOverflow => Err(fail("not a whole number")),
        _ => Err(fail("too large")),
    }
}

/// Reads a length of time, which some kinds want to be greater than zero.
pub(in crate::scenario) fn duration(text: &str, kind: Kind) -> Result<SimDuration, TextError> {
    let length = text::duration(text)?;
    let may_be_zero = matches!(kind, Kind::Duration);
    if may_be_zero || !length.is_zero() {
        return Ok(length);
    }
    Err(TextError {
        problem: format!("`{text}` is no time at all"),
        advice: match kind {
            Kind::OrNone(_) => "write a duration greater than 0, or `none`".to_owned(),
            _ => "write a duration greater than 0".to_owned(),
        },
    })
}

/// Reads a number greater than 1.
pub(super) fn factor(text: &str) -> Result<f64, TextError> {
    let number = text.parse().ok();
    let number = number.filter(|number: &f64| *number > 1.0 && number.is_finite());
    number.ok_or_else(|| TextError {
        problem: format!("`{text}` is not a number greater than 1"),
        advice: "write how many times as much, such as `3`".to_owned(),
    })
}

/// Reads a number from 0 to 5.
pub(super) fn skew(text: &str) -> Result<f64, TextError> {
    let number = text.parse().ok();
    let number = number.filter(|number: &f64| (0.0..=5.0).contains(number));
    number.ok_or_else(|| TextError {
        problem: format!("`{text}` is not a number from 0 to 5"),
        advice: "write `0` if all are alike, or a number such as `0.8`".to_owned(),
    })
}

/// Reads a length of time greater than zero, or a percentile from `p50` to below `p100`.
pub(super) fn hedge_delay(text: &str) -> Result<HedgeDelay, TextError> {
    let Some(number) = text.strip_prefix('p') else {
        return duration(text, Kind::PositiveDuration).map(HedgeDelay::Fixed);
    };
    match number.parse() {
        Ok(percent) if (50.0..100.0).contains(&percent) => {
            Ok(HedgeDelay::Quantile(percent / 100.0))
        }
        _ => Err(TextError {
            problem: format!("`{text}` is not a percentile from p50 to below p100"),
            advice: "write a percentile such as `p95`, or a duration such as `50ms`".to_owned(),
        }),
    }
}

/// Reads `[latitude, longitude]`.
pub(super) fn coordinates(node: &Node) -> Result<[f64; 2], TextError> {
    let fail = |problem: String| TextError {
        problem,
        advice: "write `[latitude, longitude]` in degrees, such as `[52.4, 4.9]`".to_owned(),
    };
    let Value::List(nodes) = &node.value else {
        return Err(fail(format!(
            "a place is a list of two numbers, not {}",
            node.noun()
        )));
    };
    let [latitude, longitude] = nodes.as_slice() else {
        return Err(fail(format!(
            "a place is a list of two numbers, not of {}",
            nodes.len()
        )));
    };
    let degrees = |node: &Node, name: &str, most: f64| {
        let text = node.scalar().unwrap_or(node.noun());
        let number = text
            .parse()
            .ok()
            .filter(|degrees: &f64| degrees.abs() <= most);
        number.ok_or_else(|| {
            fail(format!(
                "the {name} `{text}` is not a number from -{most} to {most}"
            ))
        })
    };
    Ok([
        degrees(latitude, "latitude", 90.0)?,
        degrees(longitude, "longitude", 180.0)?,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_have_bounds() {
        let problem = |text| whole(text, (1, 9)).expect_err(text).problem;
        assert_eq!(whole("9", (1, 9)), Ok(9));
        assert_eq!(problem("0"), "`0` is too small");
        assert_eq!(problem("10"), "`10` is too large");
        assert_eq!(
            problem("99999999999999999999"),
            "`99999999999999999999` is too large"
        );
        assert_eq!(problem("-1"), "`-1` is not a whole number");
        assert_eq!(problem("1.5"), "`1.5` is not a whole number");
    }

    #[test]
    fn a_place_is_a_latitude_and_a_longitude() {
        let place = |text: &str| {
            let node = crate::scenario::tree::parse(text).expect("YAML");
            coordinates(&node).map_err(|error| error.problem)
        };
        assert_eq!(place("[52.4, -4]"), Ok([52.4, -4.0]));
        for (text, problem) in [
            (
                "[91, 0]",
                "the latitude `91` is not a number from -90 to 90",
            ),
            (
                "[0, 181]",
                "the longitude `181` is not a number from -180 to 180",
            ),
            ("[0]", "a place is a list of two numbers, not of 1"),
            ("[x, 0]", "the latitude `x` is not a number from -90 to 90"),
            ("52.4", "a place is a list of two numbers, not a number"),
        ] {
            assert_eq!(place(text), Err(problem.to_owned()));
        }
    }

    #[test]
    fn only_some_durations_may_be_zero() {
        assert_eq!(duration("0s", Kind::Duration), Ok(SimDuration::ZERO));
        let error = duration("0s", Kind::PositiveDuration).expect_err("zero");
        assert_eq!(error.problem, "`0s` is no time at all");
    }
}
