//! The text of a call: `bursts(factor=5, mean_on=10s, mean_off=90s)`.
//!
//! What can be called, and with what, is said by tables of [`Form`]s. What this file is not: it
//! knows no parameter's meaning; each form makes its own thing of the arguments.

use crate::scenario::suggest::{self, quoted};
use crate::units::text::TextError;

/// What to do when YAML has cut a call in two.
pub(super) const IN_QUOTES: &str = "put all of it in quotes: between braces a comma ends a value";

/// Something that can be called.
pub(super) struct Form<T> {
    pub(super) name: &'static str,
    /// None if the word says it all.
    pub(super) parameters: &'static [Parameter],
    pub(super) make: fn(&Arguments) -> Result<T, TextError>,
}

/// A parameter of a call.
pub(super) struct Parameter {
    name: &'static str,
    example: &'static str,
    /// Whether the example holds if it is not given.
    has_default: bool,
}

/// What was given for each parameter, or holds in its place.
pub(super) struct Arguments {
    /// How the call is written.
    syntax: String,
    /// Cut to a length that can be quoted.
    values: Vec<(&'static str, String)>,
}

/// A parameter that must be given.
pub(super) const fn required(name: &'static str, example: &'static str) -> Parameter {
    Parameter {
        name,
        example,
        has_default: false,
    }
}

/// A parameter that is `default` when it is not given.
pub(super) const fn optional(name: &'static str, default: &'static str) -> Parameter {
    Parameter {
        name,
        example: default,
        has_default: true,
    }
}

impl<T> Form<T> {
    /// How it is written, with an example for every parameter.
    pub(super) fn syntax(&self) -> String {
        let parameters = self.parameters.iter();
        written(
            self.name,
            parameters.map(|parameter| (parameter.name, parameter.example)),
        )
    }

    fn arguments(&self, given: &[(&str, &str)]) -> Result<Arguments, TextError> {
        let syntax = self.syntax();
        let wrong = |problem| wrong(&syntax, problem);
        let names = self.parameters.iter().map(|parameter| parameter.name);
        for (index, &(name, value)) in given.iter().enumerate() {
            if name.is_empty() {
                let problem = format!("`{}` does not say of what it is the value", quoted(value));
                return Err(wrong(problem));
            }
            if !names.clone().any(|known| known == name) {
                return Err(TextError {
                    problem: format!("`{}` has no parameter `{}`", self.name, quoted(name)),
                    advice: suggest::advice(name, names.collect::<Vec<_>>()),
                });
            }
            if given[..index].iter().any(|&(earlier, _)| earlier == name) {
                return Err(wrong(format!("`{name}` is there twice")));
            }
        }
        let value = |parameter: &Parameter| {
            let found = given.iter().find(|(name, _)| *name == parameter.name);
            let default = parameter.has_default.then_some(parameter.example);
            match found.map(|&(_, value)| value).or(default) {
                Some(value) => Ok((parameter.name, quoted(value))),
                None => Err(wrong(format!(
                    "`{}` has no `{}`",
                    self.name, parameter.name
                ))),
            }
        };
        let values: Result<_, _> = self.parameters.iter().map(value).collect();
        let values = values?;
        Ok(Arguments { syntax, values })
    }
}

/// How a call is written, with an example for every parameter; the word alone if there is none.
pub(super) fn written<'a>(
    name: &str,
    parameters: impl Iterator<Item = (&'a str, &'a str)>,
) -> String {
    let examples: Vec<String> = parameters
        .map(|(name, example)| format!("{name}={example}"))
        .collect();
    if examples.is_empty() {
        return name.to_owned();
    }
    format!("{name}({})", examples.join(", "))
}

/// What was given, each with its name, or without one; `None` if the parenthesis never closes.
pub(super) type Given<'t> = Option<Vec<(&'t str, &'t str)>>;

/// Cuts a call into its name and what was given.
pub(super) fn split(text: &str) -> (&str, Given<'_>) {
    let (name, rest) = text.split_once('(').unwrap_or((text, ")"));
    let given = rest.trim_end().strip_suffix(')').map(|inside| {
        inside
            .split(',')
            .filter(|part| !part.trim().is_empty())
            .map(|part| part.split_once('=').unwrap_or(("", part)))
            .map(|(name, value)| (name.trim(), value.trim()))
            .collect()
    });
    (name.trim(), given)
}

/// Something is wrong with the whole of what is written like this.
fn wrong(syntax: &str, problem: String) -> TextError {
    TextError {
        problem,
        advice: format!("write it as in `{syntax}`"),
    }
}

impl Arguments {
    /// The arguments do not fit each other.
    pub(super) fn wrong(&self, problem: String) -> TextError {
        wrong(&self.syntax, problem)
    }

    /// The text of a parameter.
    pub(super) fn text(&self, name: &str) -> &str {
        let found = self.values.iter().find(|(known, _)| *known == name);
        &found.expect("a form asks for its own parameters").1
    }

    /// A parameter that is a number without unit.
    pub(super) fn number(&self, name: &str) -> Result<f64, TextError> {
        let text = self.text(name);
        text.parse().map_err(|_| TextError {
            problem: format!("`{name}={text}` is not a number"),
            advice: format!("write a number without unit, such as `{name}=1.5`"),
        })
    }
}

/// Reads a call of one of `forms`; `noun` is what they all are, such as `a rate`.
///
/// # Errors
/// If it is none of them, its arguments are not those of its form, or nothing can be made of them.
pub(super) fn read<T>(text: &str, noun: &str, forms: &'static [Form<T>]) -> Result<T, TextError> {
    let (name, given) = split(text);
    let known = forms.iter().map(|form| form.name);
    let form = forms
        .iter()
        .find(|form| form.name == name)
        .ok_or_else(|| TextError {
            problem: format!("`{}` is not {noun}", quoted(name)),
            advice: suggest::advice(name, known.collect::<Vec<_>>()),
        })?;
    let given = given.ok_or_else(|| TextError {
        problem: format!("`{}` has no closing parenthesis", quoted(text)),
        advice: IN_QUOTES.to_owned(),
    })?;
    (form.make)(&form.arguments(&given)?)
}
