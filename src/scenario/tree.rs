//! The scenario as written: a tree of YAML nodes, each with the place it came from.
//!
//! The parser fills a tree of its own rather than derived structs because those stop at the first
//! problem. Numbers keep their source text, so that `99.95` without its unit can be quoted as it
//! was typed. What this file is not: it knows no key of a scenario.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};
use serde_saphyr::{Location, Spanned};

use crate::scenario::report::Origin;

/// The deepest nesting that is read; a scenario needs six levels.
const DEPTH_MAX: usize = 64;

/// A YAML node.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) origin: Origin,
}

/// What a node holds.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    /// A number, as written.
    Number(String),
    Text(String),
    List(Vec<Node>),
    /// Entries in the order of the file; a key that was written twice is there twice.
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) origin: Origin,
    pub(super) node: Node,
}

impl Entry {
    /// Whether the key is the user's own, to be left alone.
    pub(super) fn is_free(&self) -> bool {
        self.key.starts_with("x-")
    }
}

/// Why a text is not YAML.
#[derive(Debug)]
pub(super) struct SyntaxError {
    /// The parser's words.
    pub(super) message: String,
    /// The byte at which the parser gave up.
    pub(super) start: usize,
}

/// Reads YAML (and so JSON).
pub(super) fn parse(text: &str) -> Result<Node, SyntaxError> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_depth: DEPTH_MAX },
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        strict_booleans: true,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options::<Spanned<Raw>>(text, options)
        .map(|raw| located(raw, text))
        .map_err(|error| syntax_error(&error, text))
}

impl Node {
    /// The text of a scalar, as written; `None` for what has several parts or no value.
    pub(super) fn scalar(&self) -> Option<&str> {
        match &self.value {
            Value::Number(text) | Value::Text(text) => Some(text),
            Value::Bool(value) => Some(if *value { "true" } else { "false" }),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The node as YAML on one line.
    pub(super) fn in_flow_style(&self) -> String {
        let plain = |text: &String| {
            let is_plain = |c: char| c.is_alphanumeric() || "_-./%+".contains(c);
            if !text.is_empty() && text.chars().all(is_plain) {
                text.clone()
            } else {
                serde_json::Value::from(text.as_str()).to_string()
            }
        };
        match &self.value {
            Value::Null => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Number(text) => text.clone(),
            Value::Text(text) => plain(text),
            Value::List(nodes) => {
                let nodes: Vec<String> = nodes.iter().map(Self::in_flow_style).collect();
                format!("[{}]", nodes.join(", "))
            }
            Value::Map(entries) => {
                let entry = |entry: &Entry| {
                    format!("{}: {}", plain(&entry.key), entry.node.in_flow_style())
                };
                let entries: Vec<String> = entries.iter().map(entry).collect();
                format!("{{{}}}", entries.join(", "))
            }
        }
    }

    /// What kind of node it is, for a sentence.
    pub(super) fn noun(&self) -> &'static str {
        match &self.value {
            Value::Null => "empty",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }

    /// The same node, said to come from elsewhere with all its parts.
    pub(super) fn moved_to(self, origin: &Origin) -> Self {
        let value = match self.value {
            Value::List(nodes) => {
                let moved = nodes.into_iter().map(|node| node.moved_to(origin));
                Value::List(moved.collect())
            }
            Value::Map(entries) => {
                let moved = entries.into_iter().map(|entry| Entry {
                    key: entry.key,
                    origin: origin.clone(),
                    node: entry.node.moved_to(origin),
                });
                Value::Map(moved.collect())
            }
            scalar => scalar,
        };
        let origin = origin.clone();
        Self { value, origin }
    }
}

/// A node as the parser delivers it, before numbers get back the text they were written as.
enum Raw {
    Scalar(Value),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("YAML")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Scalar(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Scalar(Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Scalar(Value::Number(value.to_string())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Scalar(Value::Number(value.to_string())))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Raw, E> {
        Ok(Raw::Scalar(Value::Number(value.to_string())))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Raw, E> {
        Ok(Raw::Scalar(Value::Number(value.to_string())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Scalar(Value::Number(value.to_string())))
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Scalar(Value::Text(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = access.next_element()? {
            nodes.push(node);
        }
        Ok(Raw::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

fn located(raw: Spanned<Raw>, text: &str) -> Node {
    // An alias is judged where its anchor defined it: that is the text to be changed.
    let (start, length) = span(&raw.defined, text);
    let value = match raw.value {
        Raw::Scalar(Value::Number(number)) => {
            let source = text.get(start..start + length).map(str::trim);
            Value::Number(
                source
                    .filter(|s| !s.is_empty())
                    .map_or(number, str::to_owned),
            )
        }
        Raw::Scalar(value) => value,
        Raw::List(nodes) => {
            Value::List(nodes.into_iter().map(|node| located(node, text)).collect())
        }
        Raw::Map(entries) => {
            let entries = entries.into_iter().map(|(key, node)| {
                let (start, length) = span(&key.defined, text);
                Entry {
                    key: key.value,
                    origin: Origin::Span { start, length },
                    node: located(node, text),
                }
            });
            Value::Map(entries.collect())
        }
    };
    let origin = Origin::Span { start, length };
    Node { value, origin }
}

/// The bytes that a location means: first and number.
fn span(location: &Location, text: &str) -> (usize, usize) {
    let whole = |number: Option<u64>| number.and_then(|number| usize::try_from(number).ok());
    let start = whole(location.span().byte_offset()).unwrap_or_else(|| byte_of(location, text));
    let length = whole(location.span().byte_len()).unwrap_or(1);
    (start.min(text.len()), length.min(text.len()))
}

/// The byte at a location's line and column.
fn byte_of(location: &Location, text: &str) -> usize {
    let [line, column] = [location.line(), location.column()]
        .map(|number| usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX));
    let line_start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = &text[line_start..];
    let into_line = rest.char_indices().nth(column);
    line_start + into_line.map_or(rest.len(), |(byte, _)| byte)
}

fn syntax_error(error: &serde_saphyr::Error, text: &str) -> SyntaxError {
    let words = error.without_snippet().to_string();
    let message = words.split(" at line ").next().unwrap_or(&words).to_owned();
    let start = error
        .location()
        .map_or(0, |location| span(&location, text).0);
    SyntaxError { message, start }
}
