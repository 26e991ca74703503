//! Reading the keys of a section.
//!
//! [`Fields`] is a map of the tree seen through its table: whoever opens it has unknown keys,
//! duplicates and keys of later features reported, and then asks for values by key. A value that
//! cannot be read is reported and absent (`None`), and reading goes on. Whether the values fit
//! each other is decided elsewhere.

mod choices;
mod scalars;
mod sections;
mod values;

pub(super) use choices::Chosen;
pub(super) use scalars::Limit;
pub(super) use values::duration;

use std::collections::BTreeSet;

use crate::scenario::call;
use crate::scenario::report::{Origin, Report};
use crate::scenario::suggest::{self, quoted};
use crate::scenario::table::{Key, Kind, Presence, Section};
use crate::scenario::tree::{Entry, Node, Value};
use crate::units::text::TextError;

/// A section of the scenario, or the lack of one, in which case its defaults hold.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    /// Its key, or that of its list.
    pub(super) name: &'a str,
    /// Where it begins: its key, if it has one.
    pub(super) origin: &'a Origin,
    heading: Heading,
    entries: &'a [Entry],
    section: &'static Section,
    /// The section whose values hold where this one has none.
    inherited: Option<&'a Fields<'a>>,
    report: &'a Report,
}

/// What a section is called in sentences.
#[derive(Clone, Copy)]
enum Heading {
    /// The whole.
    Scenario,
    /// By its key.
    Key,
    /// As one of those under its key.
    Element,
}

/// What stands for a key.
#[derive(Clone, Copy)]
pub(super) enum Found<'a> {
    /// What the user wrote.
    Written(&'a Node),
    /// What the table says.
    Default(&'static str),
}

impl<'a> Fields<'a> {
    /// The whole scenario.
    pub(super) fn open_root(
        root: &'a Node,
        section: &'static Section,
        report: &'a Report,
    ) -> Option<Self> {
        let empty = Self::empty("scenario", &Origin::Whole, section, report);
        let heading = Heading::Scenario;
        Self { heading, ..empty }.filled(Some(root))
    }

    /// A section of which nothing is known yet.
    fn empty(
        name: &'a str,
        origin: &'a Origin,
        section: &'static Section,
        report: &'a Report,
    ) -> Self {
        Self {
            name,
            origin,
            heading: Heading::Key,
            entries: &[],
            section,
            inherited: None,
            report,
        }
    }

    /// The section with the entries of a node; without a node it stays empty.
    fn filled(self, node: Option<&'a Node>) -> Option<Self> {
        let Some(node) = node else {
            return Some(self);
        };
        let Value::Map(entries) = &node.value else {
            wrong_type(self.report, self.name, node, Kind::Section(self.section));
            return None;
        };
        let filled = Self { entries, ..self };
        filled.check_keys();
        Some(filled)
    }

    /// The same section, with what it does not say taken from `parent`.
    pub(super) fn over(self, parent: &'a Fields<'a>) -> Self {
        let inherited = Some(parent);
        Self { inherited, ..self }
    }

    fn check_keys(&self) {
        report_repeated(self.report, self.entries);
        for entry in self.entries.iter().filter(|entry| !entry.is_free()) {
            let name = entry.key.as_str();
            if self.section.key(name).is_none() {
                self.report_unknown(entry);
            }
        }
    }

    fn report_unknown(&self, entry: &Entry) {
        let name = quoted(&entry.key);
        let advice = if name.ends_with(')') || name.contains('=') {
            call::IN_QUOTES.to_owned()
        } else {
            suggest::advice(&entry.key, self.section.names().collect::<Vec<_>>())
        };
        let problem = format!("{} has no key `{name}`", self.shown_name());
        self.report.error(&entry.origin, problem, advice);
    }

    /// What the section is called in a sentence.
    fn shown_name(&self) -> String {
        match self.heading {
            Heading::Key => format!("`{}`", quoted(self.name)),
            Heading::Element => format!("an element of `{}`", self.name),
            Heading::Scenario => "the scenario".to_owned(),
        }
    }

    /// The entry of a key, if the user wrote one here.
    pub(super) fn entry(&self, name: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| entry.key == name)
    }

    /// Where a key's value was written, or else where the section begins.
    pub(super) fn origin_of(&self, name: &str) -> &'a Origin {
        let written = self.entry(name).map(|entry| &entry.node.origin);
        let inherited = || Some(self.inherited?.entry(name)?).map(|entry| &entry.node.origin);
        written.or_else(inherited).unwrap_or(self.origin)
    }

    /// Notes an error at a key's value.
    pub(super) fn error(&self, name: &str, problem: impl Into<String>, advice: impl Into<String>) {
        self.report.error(self.origin_of(name), problem, advice);
    }

    /// Notes an error at the section as a whole.
    pub(super) fn error_here(&self, problem: impl Into<String>, advice: impl Into<String>) {
        self.report.error(self.origin, problem, advice);
    }

    /// Notes an error at a key.
    pub(super) fn error_at_key(
        &self,
        entry: &Entry,
        problem: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.report.error(&entry.origin, problem, advice);
    }

    fn key(&self, name: &str) -> &'static Key {
        self.section
            .key(name)
            .expect("the reader asks for keys of the table")
    }

    /// What stands for a key: here, else in the inherited section, else in the table.
    pub(super) fn find(&self, name: &str) -> Option<Found<'a>> {
        if let Some(entry) = self.entry(name) {
            return Some(Found::Written(&entry.node));
        }
        if let Some(parent) = self
            .inherited
            .filter(|parent| parent.section.key(name).is_some())
        {
            return parent.find(name);
        }
        match self.key(name).presence {
            Presence::Default(text) => Some(Found::Default(text)),
            Presence::Optional | Presence::Alternative(_) => None,
            Presence::Required(example) => {
                self.missing(name, format!("add `{name}: {example}`"));
                None
            }
        }
    }

    /// Notes that a key is not there that must be, given what else is.
    pub(super) fn missing(&self, name: &str, advice: impl Into<String>) {
        let problem = format!("{} has no `{name}`", self.shown_name());
        self.report.error(self.origin, problem, advice);
    }

    /// What the user wrote for a key that has no default.
    pub(super) fn node(&self, name: &str) -> Option<&'a Node> {
        match self.find(name)? {
            Found::Written(node) => Some(node),
            Found::Default(_) => {
                unreachable!("the reader asks for a node where there is no default")
            }
        }
    }

    /// Notes why a node is not what it should be.
    fn refuse(&self, node: &Node, TextError { problem, advice }: TextError) {
        self.report.error(&node.origin, problem, advice);
    }
}

/// Notes the keys that are there already.
pub(super) fn report_repeated(report: &Report, entries: &[Entry]) {
    let mut seen = BTreeSet::new();
    for entry in entries {
        if !seen.insert(entry.key.as_str()) {
            let problem = format!("`{}` is there twice", quoted(&entry.key));
            report.error(&entry.origin, problem, "remove one of them");
        }
    }
}

/// Notes that a node is not of the kind it should be.
pub(super) fn wrong_type(report: &Report, name: &str, node: &Node, kind: Kind) {
    let (noun, example) = kind.words();
    let name = quoted(name);
    let problem = match node.value {
        Value::Null => format!("`{name}` has no value"),
        _ => format!("`{name}` is {}, not {noun}", node.noun()),
    };
    report.error(&node.origin, problem, format!("write {example}"));
}
