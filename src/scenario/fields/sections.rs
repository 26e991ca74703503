//! Reading keys whose value has parts: a section, a map of named sections, a list of sections.

use crate::scenario::fields::{Fields, Found, Heading, Limit, report_repeated, wrong_type};
use crate::scenario::suggest;
use crate::scenario::table::Kind;
use crate::scenario::tree::{Entry, Node, Value};

/// The most entries of a map of names or elements of a list of sections.
const COUNT_MAX: usize = 1_000;

/// The longest name of a region or a population, in characters.
const NAME_MAX: usize = 64;

impl<'a> Fields<'a> {
    /// A section; if it is not there, its defaults.
    pub(in crate::scenario) fn section(&self, name: &'a str) -> Option<Self> {
        let (Kind::Section(section) | Kind::ChoiceOrSection(_, section)) = self.key(name).kind
        else {
            unreachable!("the reader asks for a section where the table has one");
        };
        let entry = self.entry(name);
        let origin = entry.map_or(self.origin, |entry| &entry.origin);
        Self::empty(name, origin, section, self.report).filled(entry.map(|entry| &entry.node))
    }

    /// A section that is switched off by the word `none`, and where it is not there.
    pub(in crate::scenario) fn section_or_none(&self, name: &'a str) -> Option<Limit<Self>> {
        match self.entry(name).map(|entry| &entry.node) {
            Some(node) if node.scalar().is_some() => self.choice(name).map(|_| Limit::None),
            Some(_) => self.section(name).map(Limit::At),
            None => Some(Limit::None),
        }
    }

    /// Reads a section that may be switched off: the one here, which takes what it does not say
    /// from the one in `shared`, or else that one.
    pub(in crate::scenario) fn read_or_none<T>(
        &self,
        shared: &Fields<'_>,
        name: &str,
        read: fn(&Fields<'_>) -> Option<T>,
    ) -> Option<Limit<T>> {
        let shared = shared.section_or_none(name)?;
        let own = match self.entry(name) {
            Some(_) => self.section_or_none(name)?,
            None => shared,
        };
        let Limit::At(own) = own else {
            return Some(Limit::None);
        };
        let value = match &shared {
            Limit::At(shared) => read(&own.over(shared)),
            Limit::None => read(&own),
        };
        value.map(Limit::At)
    }

    /// The one key that was written of those that exclude each other.
    pub(in crate::scenario) fn alternative(&self) -> Option<&'static str> {
        let known: Vec<_> = self.section.alternatives().collect();
        let name = |entry: &Entry| {
            let mut names = known.iter().map(|(name, _)| *name);
            names.find(|name| *name == entry.key)
        };
        let mut written: Vec<&str> = self.entries.iter().filter_map(name).collect();
        // What is there twice is reported as such.
        written.dedup();
        let owner = self.shown_name();
        match written.as_slice() {
            [] => {
                let names = known.iter().map(|(name, _)| *name);
                let (with, names) = match known.len() {
                    2 => (
                        "neither",
                        suggest::any_of(names).replace("` or `", "` nor `"),
                    ),
                    _ => ("none of", suggest::all_of(names)),
                };
                let examples = known
                    .iter()
                    .map(|(name, example)| format!("{name}: {example}"));
                let examples: Vec<String> = examples.collect();
                let advice = match examples.as_slice() {
                    [first, _, _, _, ..] => format!("add one of them, such as `{first}`"),
                    few => format!("add {}", suggest::any_of(few.iter().map(String::as_str))),
                };
                let problem = format!("{owner} has {with} {names}");
                self.report.error(self.origin, problem, advice);
                None
            }
            [one] => self.section.key(one).map(|key| key.name),
            several @ [.., last] => {
                let both = if several.len() == 2 { "both " } else { "" };
                let problem = format!(
                    "{owner} has {both}{}",
                    suggest::all_of(several.iter().copied())
                );
                let entry = self.entry(last);
                let origin = entry.map_or(self.origin, |entry| &entry.origin);
                self.report.error(origin, problem, "keep only one of them");
                None
            }
        }
    }

    /// The section that `node` holds, which was found as the value of a key.
    pub(in crate::scenario) fn section_in(&self, name: &'a str, node: &'a Node) -> Option<Self> {
        let (Kind::Budget(section)
        | Kind::DurationOrSection(section)
        | Kind::RateProfile(section)
        | Kind::Replications(_, section)) = self.key(name).kind
        else {
            unreachable!("the reader asks for a section where the table may have one");
        };
        Self::empty(name, &node.origin, section, self.report).filled(Some(node))
    }

    /// The sections of a map of names, in the order of the file.
    pub(in crate::scenario) fn named(&self, name: &str) -> Option<Vec<Self>> {
        let Kind::Named(section) = self.key(name).kind else {
            unreachable!("the reader asks for names where the table has them");
        };
        let Found::Written(node) = self.find(name)? else {
            unreachable!("a map of names has no default");
        };
        let Value::Map(entries) = &node.value else {
            wrong_type(self.report, name, node, self.key(name).kind);
            return None;
        };
        let noun = name.trim_end_matches('s');
        let named: Vec<&Entry> = entries.iter().filter(|entry| !entry.is_free()).collect();
        self.check_count(name, node, named.len())?;
        if named.is_empty() {
            self.report.error(
                &node.origin,
                format!("`{name}` names no {noun}"),
                format!("add a {noun}"),
            );
        }
        report_repeated(self.report, entries);
        for entry in &named {
            self.check_name(entry, noun);
        }
        let open = |entry: &'a Entry| {
            let empty = Self::empty(&entry.key, &entry.origin, section, self.report);
            empty.filled(Some(&entry.node))
        };
        all_or_none(named.into_iter().map(open))
    }

    fn check_name(&self, entry: &Entry, noun: &str) {
        let length = entry.key.chars().count();
        if entry.key.trim().is_empty() {
            self.report.error(
                &entry.origin,
                format!("a {noun} has an empty name"),
                "give it a name",
            );
        } else if length > NAME_MAX {
            let problem = format!("the name of a {noun} is {length} characters long");
            self.report
                .error(&entry.origin, problem, format!("write at most {NAME_MAX}"));
        }
    }

    /// The sections of a list; none if it is not there.
    pub(in crate::scenario) fn list(&self, name: &'a str) -> Option<Vec<Self>> {
        let Kind::List(section) = self.key(name).kind else {
            unreachable!("the reader asks for a list where the table has one");
        };
        let Some(Found::Written(node)) = self.find(name) else {
            return Some(Vec::new());
        };
        let Value::List(nodes) = &node.value else {
            wrong_type(self.report, name, node, self.key(name).kind);
            return None;
        };
        self.check_count(name, node, nodes.len())?;
        let open = |node: &'a Node| {
            let heading = Heading::Element;
            let empty = Self::empty(name, &node.origin, section, self.report);
            Self { heading, ..empty }.filled(Some(node))
        };
        all_or_none(nodes.iter().map(open))
    }

    fn check_count(&self, name: &str, node: &Node, count: usize) -> Option<()> {
        if count <= COUNT_MAX {
            return Some(());
        }
        let problem = format!("`{name}` has {count} entries");
        self.report
            .error(&node.origin, problem, format!("write at most {COUNT_MAX}"));
        None
    }
}

/// All items, or nothing if one is missing; every one is looked at, so that every problem is found.
fn all_or_none<T>(items: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    let items: Vec<Option<T>> = items.collect();
    items.into_iter().collect()
}
