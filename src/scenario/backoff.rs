//! The text of a back-off: `full_jitter(base=100ms, cap=10s)`.

use crate::model::Backoff;
use crate::scenario::{call, suggest};
use crate::units::SimDuration;
use crate::units::text::{TextError, duration};

/// A way to back off.
struct Form {
    name: &'static str,
    /// Its parameters with examples; none if the word says it all.
    parameters: &'static [(&'static str, &'static str)],
    make: fn(&[SimDuration]) -> Backoff,
}

const GROWING: &[(&str, &str)] = &[("base", "100ms"), ("cap", "10s")];

static FORMS: [Form; 6] = [
    Form {
        name: "none",
        parameters: &[],
        make: |_| Backoff::None,
    },
    Form {
        name: "constant",
        parameters: &[("delay", "1s")],
        make: |t| Backoff::Constant(t[0]),
    },
    Form {
        name: "exponential",
        parameters: GROWING,
        make: |t| Backoff::Exponential {
            base: t[0],
            cap: t[1],
        },
    },
    Form {
        name: "full_jitter",
        parameters: GROWING,
        make: |t| Backoff::FullJitter {
            base: t[0],
            cap: t[1],
        },
    },
    Form {
        name: "equal_jitter",
        parameters: GROWING,
        make: |t| Backoff::EqualJitter {
            base: t[0],
            cap: t[1],
        },
    },
    Form {
        name: "decorrelated_jitter",
        parameters: GROWING,
        make: |t| Backoff::DecorrelatedJitter {
            base: t[0],
            cap: t[1],
        },
    },
];

impl Form {
    fn syntax(&self) -> String {
        call::written(self.name, self.parameters.iter().copied())
    }
}

/// The names of all ways to back off.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FORMS.iter().map(|form| form.name)
}

/// Reads a back-off.
///
/// # Errors
/// If it or its parameters are unknown, or it could not grow.
pub(super) fn read(text: &str) -> Result<Backoff, TextError> {
    let (name, given) = call::split(text);
    let form = FORMS
        .iter()
        .find(|form| form.name == name)
        .ok_or_else(|| TextError {
            problem: format!("`{name}` is not a back-off"),
            advice: suggest::advice(name, names().collect::<Vec<_>>()),
        })?;
    let wrong = || TextError {
        problem: format!("`{text}` does not give the parameters of `{}`", form.name),
        advice: format!("write `{}`; put it in quotes between braces", form.syntax()),
    };
    let arguments = given.ok_or_else(wrong)?;
    if arguments.len() != form.parameters.len() {
        return Err(wrong());
    }
    let lengths = form.parameters.iter().map(|(name, _)| {
        let (_, value) = arguments
            .iter()
            .find(|(given, _)| given == name)
            .ok_or_else(wrong)?;
        duration(value)
    });
    let lengths: Vec<SimDuration> = lengths.collect::<Result<_, _>>()?;
    if let [base, cap] = lengths.as_slice()
        && (base.is_zero() || cap < base)
    {
        return Err(TextError {
            problem: format!("`{text}` cannot grow: `base` must be above 0 and at most `cap`"),
            advice: format!("write it as in `{}`", form.syntax()),
        });
    }
    Ok((form.make)(&lengths))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_as_it_is_shown() {
        for form in &FORMS {
            read(&form.syntax()).expect(form.name);
        }
        let (base, cap) = (SimDuration::from_millis(5), SimDuration::from_secs(1));
        assert_eq!(
            read("full_jitter( cap=1s, base=5ms )"),
            Ok(Backoff::FullJitter { base, cap })
        );
    }

    #[test]
    fn what_cannot_be_read_says_what_to_write() {
        for (text, advice) in [
            ("ful_jitter(base=1s, cap=2s)", "did you mean `full_jitter`?"),
            (
                "full_jitter",
                "write `full_jitter(base=100ms, cap=10s)`; put it in quotes between braces",
            ),
            (
                "full_jitter(base=100ms",
                "write `full_jitter(base=100ms, cap=10s)`; put it in quotes between braces",
            ),
            ("constant(delay=5)", "write `5s`, `5ms` or `5m`"),
            (
                "exponential(base=2s, cap=1s)",
                "write it as in `exponential(base=100ms, cap=10s)`",
            ),
        ] {
            assert_eq!(read(text).expect_err(text).advice, advice, "{text}");
        }
    }
}
