//! The text of an arrival process: `bursts(factor=5, mean_on=10s, mean_off=90s)`.

use crate::random::{ArrivalProcess, DistributionError};
use crate::scenario::call::{self, Arguments, Form, required};
use crate::units::text::{TextError, duration};

static FORMS: [Form<ArrivalProcess>; 4] = [
    Form {
        name: "poisson",
        parameters: &[],
        make: |_| Ok(ArrivalProcess::POISSON),
    },
    Form {
        name: "constant",
        parameters: &[],
        make: |_| Ok(ArrivalProcess::CONSTANT),
    },
    Form {
        name: "gamma",
        parameters: &[required("cv", "0.5")],
        make: |arguments| made(arguments, ArrivalProcess::gamma(arguments.number("cv")?)),
    },
    Form {
        name: "bursts",
        parameters: &[
            required("factor", "5"),
            required("mean_on", "10s"),
            required("mean_off", "90s"),
        ],
        make: |arguments| {
            let factor = arguments.number("factor")?;
            let mean_on = duration(arguments.text("mean_on"))?;
            let mean_off = duration(arguments.text("mean_off"))?;
            made(arguments, ArrivalProcess::bursts(factor, mean_on, mean_off))
        },
    },
];

/// The names of all processes.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FORMS.iter().map(|form| form.name)
}

/// Reads an arrival process.
///
/// # Errors
/// If it is unknown, or its parameters do not describe one.
pub(super) fn read(text: &str) -> Result<ArrivalProcess, TextError> {
    call::read(text.trim(), "an arrival process", &FORMS)
}

fn made(
    arguments: &Arguments,
    process: Result<ArrivalProcess, DistributionError>,
) -> Result<ArrivalProcess, TextError> {
    process.map_err(|DistributionError(problem)| arguments.wrong(problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_process_is_read_as_it_is_shown() {
        for form in &FORMS {
            read(&form.syntax()).expect(form.name);
        }
        assert_eq!(read(" poisson "), Ok(ArrivalProcess::POISSON));
        assert_eq!(
            read("gamma( cv = 2 )"),
            Ok(ArrivalProcess::gamma(2.0).expect("legal"))
        );
    }

    #[test]
    fn what_cannot_be_read_says_what_to_write() {
        for (text, problem, advice) in [
            (
                "poison",
                "`poison` is not an arrival process",
                "did you mean `poisson`?",
            ),
            (
                "constant(1s)",
                "`1s` does not say of what it is the value",
                "write it as in `constant`",
            ),
            (
                "gamma",
                "`gamma` has no `cv`",
                "write it as in `gamma(cv=0.5)`",
            ),
            (
                "gamma(cv=x)",
                "`cv=x` is not a number",
                "write a number without unit, such as `cv=1.5`",
            ),
            (
                "gamma(cv=0)",
                "cv must be from 0.01 to 100",
                "write it as in `gamma(cv=0.5)`",
            ),
            (
                "bursts(factor=50, mean_on=10s, mean_off=90s)",
                "with bursts for 10.000 % of the time, factor can be at most 10.000",
                "write it as in `bursts(factor=5, mean_on=10s, mean_off=90s)`",
            ),
            (
                "bursts(factor=5, mean_on=10, mean_off=90s)",
                "`10` has no unit",
                "write `10s`, `10ms` or `10m`",
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
