//! Reading keys whose value is one of several things: a word, or a map whose only key is one.

use crate::scenario::fields::{Fields, Found, wrong_type};
use crate::scenario::report::Origin;
use crate::scenario::suggest::{self, quoted};
use crate::scenario::table::{Body, Choice, Kind};
use crate::scenario::tree::{Node, Value};

/// A choice that was made, with what goes with it.
#[derive(Clone, Copy)]
pub(in crate::scenario) struct Chosen<'a> {
    pub(in crate::scenario) name: &'static str,
    /// What stands beside the word, if it was written as a map.
    pub(in crate::scenario) body: Option<&'a Node>,
    choice: &'static Choice,
}

/// A choice as written, before it is known to be one.
struct Word<'a> {
    text: &'a str,
    body: Option<&'a Node>,
    origin: &'a Origin,
}

impl<'a> Fields<'a> {
    /// One of several things.
    pub(in crate::scenario) fn choice(&self, name: &str) -> Option<Chosen<'a>> {
        let word = self.word(name)?;
        let choices = self.choices(name);
        let Some(choice) = choices.iter().find(|choice| choice.name == word.text) else {
            self.report.error(
                word.origin,
                format!("`{name}` cannot be `{}`", quoted(word.text)),
                self.choice_advice(name, &word),
            );
            return None;
        };
        Some(Chosen {
            name: choice.name,
            body: word.body,
            choice,
        })
    }

    /// What to write in place of a word that is no choice.
    fn choice_advice(&self, name: &str, word: &Word<'_>) -> String {
        let choices = self.choices(name).iter();
        let advice = suggest::advice(
            word.text,
            choices.map(|choice| choice.name).collect::<Vec<_>>(),
        );
        match self.key(name).kind {
            Kind::ChoiceOrSection(_, section) => {
                format!("{advice}, or a map such as `{}`", section.example())
            }
            _ => advice,
        }
    }

    /// Some of several words.
    pub(in crate::scenario) fn words(&self, name: &str) -> Option<Vec<&'static str>> {
        let choices = self.choices(name);
        let known = || choices.iter().map(|choice| choice.name);
        let Found::Written(node) = self.find(name)? else {
            return Some(known().collect());
        };
        let Value::List(nodes) = &node.value else {
            wrong_type(self.report, name, node, self.key(name).kind);
            return None;
        };
        if nodes.is_empty() {
            let advice = format!("write some of {}", suggest::any_of(known()));
            self.report
                .error(&node.origin, format!("`{name}` is an empty list"), advice);
            return None;
        }
        let mut words = Vec::new();
        for node in nodes {
            let text = node.scalar().unwrap_or(node.noun());
            match known().find(|word| *word == text) {
                Some(word) if words.contains(&word) => {
                    let problem = format!("`{word}` is in the list twice");
                    self.report
                        .error(&node.origin, problem, "remove one of them");
                }
                Some(word) => words.push(word),
                None => {
                    let problem = format!("`{name}` cannot have `{}`", quoted(text));
                    let advice = suggest::advice(text, known().collect::<Vec<_>>());
                    self.report.error(&node.origin, problem, advice);
                }
            }
        }
        (words.len() == nodes.len()).then_some(words)
    }

    fn choices(&self, name: &str) -> &'static [Choice] {
        match self.key(name).kind {
            Kind::Choice(choices) | Kind::ChoiceOrSection(choices, _) | Kind::Words(choices) => {
                choices
            }
            _ => unreachable!("the reader asks for a choice where the table has one"),
        }
    }

    fn word(&self, name: &str) -> Option<Word<'a>> {
        let node = match self.find(name)? {
            Found::Default(text) => {
                return Some(Word {
                    text,
                    body: None,
                    origin: self.origin,
                });
            }
            Found::Written(node) => node,
        };
        if let Value::Map(entries) = &node.value {
            let [entry] = entries.as_slice() else {
                let choices = self.choices(name).iter();
                let advice = format!(
                    "write one of {}",
                    suggest::any_of(choices.map(|choice| choice.name))
                );
                let problem = format!("`{name}` is a map of {} choices", entries.len());
                self.report.error(&node.origin, problem, advice);
                return None;
            };
            return Some(Word {
                text: &entry.key,
                body: Some(&entry.node),
                origin: &entry.origin,
            });
        }
        let Some(text) = node.scalar() else {
            wrong_type(self.report, name, node, self.key(name).kind);
            return None;
        };
        Some(Word {
            text,
            body: None,
            origin: &node.origin,
        })
    }

    /// The section of a choice; its defaults if only the word was written.
    pub(in crate::scenario) fn choice_section(&self, chosen: Chosen<'a>) -> Option<Self> {
        let Body::Section(section) = chosen.choice.body else {
            unreachable!("the reader asks for a section where the table has one");
        };
        Self::empty(chosen.name, self.origin, section, self.report).filled(chosen.body)
    }
}

impl<'a> Chosen<'a> {
    /// What stands beside a word that must not stand alone.
    pub(in crate::scenario) fn value(&self, key: &str, fields: &Fields<'_>) -> Option<&'a Node> {
        let Body::Value(kind, example) = self.choice.body else {
            unreachable!("the reader asks for a value where the table has one");
        };
        if self.body.is_none() {
            let name = self.name;
            let problem = format!(
                "`{name}` has no {}",
                kind.words().0.trim_start_matches("a ")
            );
            fields.error(key, problem, format!("write `{{{name}: {example}}}`"));
        }
        self.body
    }
}
