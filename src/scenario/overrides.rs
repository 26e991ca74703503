//! `--set path=value`: parts of a scenario replaced from outside.
//!
//! Paths are those of the file: keys and list indexes joined by dots, as in `outages.0.for`. What
//! is set becomes part of the tree before anything is checked, so that it is read by the same
//! code, refused with the same words, and blamed on the option.

use std::fmt;

use crate::experiment::Axis;
use crate::scenario::report::{Origin, Report};
use crate::scenario::tree::{Entry, Node, Value, parse};

/// A part of a scenario and what to put there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// Keys and indexes joined by dots, such as `routing.ttl`.
    pub path: String,
    /// The new value, as YAML.
    pub value: String,
    /// What asks for it, as errors call it: usually `--set`.
    pub option: &'static str,
}

impl Override {
    /// Reads `path=value`.
    ///
    /// # Errors
    /// If there is no `=`, or a part of the path is empty; the text says what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        let advice = "write `path=value`, such as `routing.ttl=10s`";
        let (path, value) = text
            .split_once('=')
            .ok_or_else(|| format!("`{text}` has no `=`; {advice}"))?;
        let path = path.trim();
        if path.contains('[') {
            return Err(format!(
                "`{path}` is not a path; write positions in a list as in `outages.0.for`"
            ));
        }
        if path.split('.').any(str::is_empty) {
            return Err(format!("`{path}` is not a path; {advice}"));
        }
        Ok(Self {
            path: path.to_owned(),
            value: value.trim().to_owned(),
            option: "--set",
        })
    }

    /// The value of an axis that is at `place` among its values.
    ///
    /// # Panics
    /// If there is none.
    pub fn vary(axis: &Axis, place: usize) -> Self {
        Self {
            path: axis.path.clone(),
            value: axis.values[place].clone(),
            option: "--vary",
        }
    }

    /// The same, asked for by another option.
    #[must_use]
    pub fn by(self, option: &'static str) -> Self {
        Self { option, ..self }
    }
}

impl fmt::Display for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.path, self.value)
    }
}

/// Replaces what the overrides say, in their order.
pub(super) fn apply(root: &mut Node, overrides: &[Override], report: &Report) {
    for (index, replacement) in overrides.iter().enumerate() {
        put(root, (replacement, &Origin::Override(index)), report);
    }
}

/// Replaces what one override says; `origin` is blamed for what is wrong with it.
pub(super) fn put(root: &mut Node, (replacement, origin): (&Override, &Origin), report: &Report) {
    match parse(&replacement.value) {
        Ok(node) => {
            let path: Vec<&str> = replacement.path.split('.').collect();
            if let Err((problem, advice)) = set(root, &path, node.moved_to(origin)) {
                report.error(origin, problem, advice);
            }
        }
        Err(error) => report.error(
            origin,
            format!("the value is not YAML: {}", error.message),
            "write a value as in the file, quoted for the shell",
        ),
    }
}

/// Puts `new` at `path`; maps that are missing on the way are made, and so are those where a
/// scalar stood (`strategy: latency` becomes `strategy: {latency: ...}`).
fn set(node: &mut Node, path: &[&str], new: Node) -> Result<(), (String, String)> {
    let Some((&first, rest)) = path.split_first() else {
        *node = new;
        return Ok(());
    };
    if let Value::List(nodes) = &mut node.value {
        let count = nodes.len();
        let element = first
            .parse()
            .ok()
            .and_then(|index: usize| nodes.get_mut(index));
        let element = element.ok_or_else(|| no_element(first, count))?;
        return set(element, rest, new);
    }
    if !matches!(node.value, Value::Map(_)) {
        node.value = Value::Map(Vec::new());
        node.origin = new.origin.clone();
    }
    let Value::Map(entries) = &mut node.value else {
        unreachable!("it was made a map above");
    };
    let position = entries.iter().position(|entry| entry.key == first);
    let position = position.unwrap_or_else(|| {
        entries.push(Entry {
            key: first.to_owned(),
            origin: new.origin.clone(),
            node: Node {
                value: Value::Null,
                origin: new.origin.clone(),
            },
        });
        entries.len() - 1
    });
    set(&mut entries[position].node, rest, new)
}

fn no_element(index: &str, count: usize) -> (String, String) {
    let advice = match count {
        0 => "the list is empty".to_owned(),
        1 => "write `0`, its only element".to_owned(),
        _ => format!("write an index from `0` to `{}`", count - 1),
    };
    (format!("the list has no element `{index}`"), advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set_in(text: &str, option: &str) -> Result<Node, (String, String)> {
        let mut root = parse(text).expect("YAML");
        let replacement = Override::parse(option).expect("an override");
        let path: Vec<&str> = replacement.path.split('.').collect();
        set(&mut root, &path, parse(&replacement.value).expect("YAML"))?;
        Ok(root)
    }

    fn scalar_at<'a>(node: &'a Node, path: &str) -> Option<&'a str> {
        let step = |node: &'a Node, key: &str| match &node.value {
            Value::Map(entries) => entries.iter().find(|e| e.key == key).map(|e| &e.node),
            Value::List(nodes) => nodes.get(key.parse::<usize>().ok()?),
            _ => None,
        };
        path.split('.').try_fold(node, step)?.scalar()
    }

    #[test]
    fn values_are_replaced_and_missing_maps_are_made() {
        for (text, option, path) in [
            ("a: {b: 1}", "a.b=2", "a.b"),
            ("a: 1", "b.c.d=2", "b.c.d"),
            ("l: [{x: 1}, {x: 1}]", "l.1.x=2", "l.1.x"),
            ("a: word", "a.word.b=2", "a.word.b"),
        ] {
            let root = set_in(text, option).expect("the path exists or can be made");
            assert_eq!(scalar_at(&root, path), Some("2"), "{option} in {text}");
        }
    }

    #[test]
    fn a_list_has_only_the_elements_it_has() {
        let (problem, advice) = set_in("l: [1, 2]", "l.2=3").expect_err("two elements");
        assert_eq!(problem, "the list has no element `2`");
        assert_eq!(advice, "write an index from `0` to `1`");
    }

    #[test]
    fn an_override_is_a_path_and_a_value() {
        let parsed = Override::parse("a.b = x=y ").expect("has a path");
        assert_eq!(
            (parsed.path.as_str(), parsed.value.as_str()),
            ("a.b", "x=y")
        );
        for text in ["a.b", "=1", "a..b=1", ".=1"] {
            Override::parse(text).expect_err(text);
        }
    }
}
