//! The text of a distribution: `lognormal(p50=4ms, p99=25ms)`.
//!
//! One table of families is read by the parser, by `gatefleet list` and by the schema's words.

use crate::random::{Distribution, DistributionError};
use crate::scenario::call::IN_QUOTES;
use crate::scenario::suggest;
use crate::units::SimDuration;
use crate::units::text::{TextError, duration};

/// A family of distributions.
pub(super) struct Family {
    pub(super) name: &'static str,
    pub(super) doc: &'static str,
    /// The sets of parameters that describe one; none if the family is not built yet.
    pub(super) forms: &'static [Form],
}

/// A set of parameters.
pub(super) struct Form {
    /// Names of the parameters that are lengths of time; one without name stands alone.
    durations: &'static [&'static str],
    /// Names of the parameters that are plain numbers.
    numbers: &'static [&'static str],
    make: fn(&[SimDuration], &[f64]) -> Result<Distribution, DistributionError>,
}

/// Every family that a scenario can name.
pub(super) static FAMILIES: [Family; 8] = [
    Family {
        name: "constant",
        doc: "Always the same; a bare duration means the same",
        forms: &[form(&[""], &[], |t, _| Ok(Distribution::constant(t[0])))],
    },
    Family {
        name: "exponential",
        doc: "Memoryless: the textbook's service time",
        forms: &[form(&["mean"], &[], |t, _| Distribution::exponential(t[0]))],
    },
    Family {
        name: "lognormal",
        doc: "What measured latencies look like; by median and 99th percentile, or by mean and coefficient of variation",
        forms: &[
            form(&["p50", "p99"], &[], |t, _| {
                Distribution::lognormal_p50_p99(t[0], t[1])
            }),
            form(&["mean"], &["cv"], |t, x| {
                Distribution::lognormal_mean_cv(t[0], x[0])
            }),
        ],
    },
    Family {
        name: "gamma",
        doc: "By mean and coefficient of variation (standard deviation / mean)",
        forms: &[form(&["mean"], &["cv"], |t, x| {
            Distribution::gamma(t[0], x[0])
        })],
    },
    Family {
        name: "uniform",
        doc: "Any length between two, all equally likely",
        forms: &[form(&["min", "max"], &[], |t, _| {
            Distribution::uniform(t[0], t[1])
        })],
    },
    Family {
        name: "weibull",
        doc: "By mean and shape; below shape 1 its tail is heavier than exponential",
        forms: &[form(&["mean"], &["shape"], |t, x| {
            Distribution::weibull(t[0], x[0])
        })],
    },
    Family {
        name: "pareto",
        doc: "Heavy tail from a smallest value on; the smaller the shape, the heavier",
        forms: &[form(&["min"], &["shape"], |t, x| {
            Distribution::pareto(t[0], x[0])
        })],
    },
    Family {
        name: "empirical",
        doc: "not supported yet",
        forms: &[],
    },
];

const fn form(
    durations: &'static [&'static str],
    numbers: &'static [&'static str],
    make: fn(&[SimDuration], &[f64]) -> Result<Distribution, DistributionError>,
) -> Form {
    Form {
        durations,
        numbers,
        make,
    }
}

impl Family {
    /// Whether it can be used today.
    pub(super) fn is_built(&self) -> bool {
        !self.forms.is_empty()
    }

    /// How it is written, with an example for every parameter.
    pub(super) fn syntax(&self) -> String {
        let forms: Vec<String> = self
            .forms
            .iter()
            .map(|form| form.syntax(self.name))
            .collect();
        forms.join(" or ")
    }
}

impl Form {
    fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.durations.iter().chain(self.numbers).copied()
    }

    fn syntax(&self, family: &str) -> String {
        let examples = self.parameters().map(|name| match name {
            "" => "10ms".to_owned(),
            "p50" | "min" => format!("{name}=4ms"),
            "p99" | "max" => format!("{name}=25ms"),
            "mean" => format!("{name}=10ms"),
            _ => format!("{name}=1.5"),
        });
        format!("{family}({})", examples.collect::<Vec<_>>().join(", "))
    }

    /// Whether these are its parameters, in any order and each once.
    fn takes(&self, arguments: &[(&str, &str)]) -> bool {
        let given = |name: &str| arguments.iter().filter(|(given, _)| *given == name).count();
        self.parameters().count() == arguments.len()
            && self.parameters().all(|name| given(name) == 1)
    }

    fn read(&self, family: &str, arguments: &[(&str, &str)]) -> Result<Distribution, TextError> {
        let argument = |name: &str| {
            let found = arguments.iter().find(|(given, _)| *given == name);
            found.map_or("", |(_, text)| text)
        };
        let lengths: Result<Vec<_>, _> = self
            .durations
            .iter()
            .map(|n| duration(argument(n)))
            .collect();
        let numbers: Result<Vec<_>, _> = self
            .numbers
            .iter()
            .map(|n| number(n, argument(n)))
            .collect();
        (self.make)(&lengths?, &numbers?).map_err(|DistributionError(problem)| TextError {
            problem,
            advice: format!("write it as in `{}`", self.syntax(family)),
        })
    }
}

/// Reads a distribution; a bare duration is a constant.
///
/// # Errors
/// If the family or its parameters are unknown or do not describe a distribution.
pub(super) fn read(text: &str) -> Result<Distribution, TextError> {
    let Some((name, rest)) = text.split_once('(') else {
        return read_bare(text);
    };
    let family = find(name.trim())?;
    let inside = rest.trim_end().strip_suffix(')').ok_or_else(|| TextError {
        problem: format!("`{text}` has no closing parenthesis"),
        advice: IN_QUOTES.to_owned(),
    })?;
    let arguments: Vec<(&str, &str)> = inside.split(',').map(argument).collect();
    let form = family.forms.iter().find(|form| form.takes(&arguments));
    let form = form.ok_or_else(|| TextError {
        problem: format!("`{text}` does not give the parameters of `{}`", family.name),
        advice: format!("write {}", suggest_forms(family)),
    })?;
    form.read(family.name, &arguments)
}

fn read_bare(text: &str) -> Result<Distribution, TextError> {
    match find(text.trim()) {
        Ok(family) => Err(TextError {
            problem: format!("`{text}` has no parameters"),
            advice: format!("write {}", suggest_forms(family)),
        }),
        Err(unknown) if text.starts_with(|c: char| c.is_alphabetic()) => Err(unknown),
        Err(_) => duration(text).map(Distribution::constant),
    }
}

fn find(name: &str) -> Result<&'static Family, TextError> {
    let known = || {
        FAMILIES
            .iter()
            .filter(|family| family.is_built())
            .map(|family| family.name)
    };
    match FAMILIES.iter().find(|family| family.name == name) {
        Some(family) if family.is_built() => Ok(family),
        Some(_) => Err(TextError {
            problem: format!("`{name}` is not supported yet"),
            advice: format!("write {}", suggest::any_of(known())),
        }),
        None => Err(TextError {
            problem: format!("`{name}` is not a distribution"),
            advice: suggest::advice(name, known().collect::<Vec<_>>()),
        }),
    }
}

fn suggest_forms(family: &Family) -> String {
    let forms: Vec<String> = family
        .forms
        .iter()
        .map(|form| form.syntax(family.name))
        .collect();
    suggest::any_of(forms.iter().map(String::as_str))
}

fn argument(text: &str) -> (&str, &str) {
    let (name, value) = text.split_once('=').unwrap_or(("", text));
    (name.trim(), value.trim())
}

fn number(name: &str, text: &str) -> Result<f64, TextError> {
    text.parse().map_err(|_| TextError {
        problem: format!("`{name}={text}` is not a number"),
        advice: format!("write a number without unit, such as `{name}=1.5`"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_ms(text: &str) -> f64 {
        read(text).expect(text).mean().as_secs_f64() * 1e3
    }

    #[test]
    fn every_example_of_the_table_can_be_read() {
        for family in FAMILIES.iter().filter(|family| family.is_built()) {
            for form in family.forms {
                let syntax = form.syntax(family.name);
                read(&syntax).expect(&syntax);
            }
        }
    }

    #[test]
    fn parameters_come_in_any_order_and_a_bare_duration_is_constant() {
        for text in [
            "10ms",
            "constant(10ms)",
            " uniform( max = 15ms, min=5ms )",
            "gamma(cv=2,mean=10ms)",
        ] {
            assert!((mean_ms(text) - 10.0).abs() < 1e-6, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_what_to_write() {
        for (text, problem, advice) in [
            ("10", "`10` has no unit", "write `10s`, `10ms` or `10m`"),
            (
                "lognormal",
                "`lognormal` has no parameters",
                "write `lognormal(p50=4ms, p99=25ms)` or `lognormal(mean=10ms, cv=1.5)`",
            ),
            (
                "gama(mean=1ms, cv=1)",
                "`gama` is not a distribution",
                "did you mean `gamma`?",
            ),
            (
                "gamma(mean=1ms)",
                "`gamma(mean=1ms)` does not give the parameters of `gamma`",
                "write `gamma(mean=10ms, cv=1.5)`",
            ),
            (
                "gamma(mean=1ms, mean=1ms)",
                "`gamma(mean=1ms, mean=1ms)` does not give the parameters of `gamma`",
                "write `gamma(mean=10ms, cv=1.5)`",
            ),
            (
                "gamma(mean=1ms, cv=x)",
                "`cv=x` is not a number",
                "write a number without unit, such as `cv=1.5`",
            ),
            (
                "uniform(min=2ms, max=1ms)",
                "max must be greater than min",
                "write it as in `uniform(min=4ms, max=25ms)`",
            ),
            (
                "exponential(mean=1ms",
                "`exponential(mean=1ms` has no closing parenthesis",
                IN_QUOTES,
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
