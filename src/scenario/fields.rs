//! Reading the keys of a section.
//!
//! [`Fields`] is a map of the tree seen through its table: whoever opens it has unknown keys,
//! duplicates and keys of later features reported, and then asks for values by key. A value that
//! cannot be read is reported and absent (`None`), and reading goes on. Whether the values fit
//! each other is decided elsewhere.

use std::collections::BTreeSet;

use crate::random::Distribution;
use crate::scenario::report::{Origin, Report};
use crate::scenario::suggest::{self, quoted};
use crate::scenario::table::{Body, Choice, Key, Kind, Presence, Section};
use crate::scenario::tree::{Entry, Node, Value};
use crate::scenario::{distribution, values};
use crate::units::text::{self, TextError};
use crate::units::{Rate, Ratio, SimDuration};

/// The most entries of a map of names or elements of a list of sections.
const COUNT_MAX: usize = 1_000;

/// The longest name of a region or a population, in characters.
const NAME_MAX: usize = 64;

/// A section of the scenario, or the lack of one, in which case its defaults hold.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    /// What the section is called in sentences.
    pub(super) name: &'a str,
    /// Where it begins: its key, if it has one.
    pub(super) origin: &'a Origin,
    entries: &'a [Entry],
    section: &'static Section,
    /// The section whose values hold where this one has none.
    inherited: Option<&'a Fields<'a>>,
    report: &'a Report,
}

/// What stands for a key.
#[derive(Clone, Copy)]
pub(super) enum Found<'a> {
    /// What the user wrote.
    Written(&'a Node),
    /// What the table says.
    Default(&'static str),
}

/// A choice that was made, with what goes with it.
#[derive(Clone, Copy)]
pub(super) struct Chosen<'a> {
    pub(super) name: &'static str,
    /// What stands beside the word, if it was written as a map.
    pub(super) body: Option<&'a Node>,
    choice: &'static Choice,
}

impl<'a> Fields<'a> {
    /// The whole scenario.
    pub(super) fn open_root(
        root: &'a Node,
        section: &'static Section,
        report: &'a Report,
    ) -> Option<Self> {
        Self::open("the scenario", &Origin::Whole, Some(root), section, report)
    }

    fn open(
        name: &'a str,
        origin: &'a Origin,
        node: Option<&'a Node>,
        section: &'static Section,
        report: &'a Report,
    ) -> Option<Self> {
        let entries = match node {
            None => &[][..],
            Some(node) => match &node.value {
                Value::Map(entries) => entries,
                _ => {
                    wrong_type(report, name, node, Kind::Section(section));
                    return None;
                }
            },
        };
        let inherited = None;
        let fields = Self {
            name,
            origin,
            entries,
            section,
            inherited,
            report,
        };
        fields.check_keys();
        Some(fields)
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
            match self.section.key(name).map(|key| key.presence) {
                Some(Presence::Later) => self.report.error(
                    &entry.origin,
                    format!("`{name}` is not supported yet"),
                    "remove it",
                ),
                Some(_) => {}
                None => self.report.error(
                    &entry.origin,
                    format!("{} has no key `{}`", self.shown_name(), quoted(name)),
                    suggest::advice(name, self.section.names().collect::<Vec<_>>()),
                ),
            }
        }
    }

    /// The section's name in backticks, unless it is words already.
    fn shown_name(&self) -> String {
        if self.name.contains(' ') && self.origin == &Origin::Whole {
            return self.name.to_owned();
        }
        format!("`{}`", quoted(self.name))
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
            Presence::Optional | Presence::Later => None,
            Presence::Required(example) => {
                let problem = format!("{} has no `{name}`", self.shown_name());
                self.report
                    .error(self.origin, problem, format!("add `{name}: {example}`"));
                None
            }
        }
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

    /// A scalar, read from its text.
    fn scalar<T>(&self, name: &str, read: impl Fn(&str) -> Result<T, TextError>) -> Option<T> {
        match self.find(name)? {
            Found::Default(text) => Some(read(text).expect("the defaults of the table are legal")),
            Found::Written(node) => {
                let kind = self.key(name).kind;
                let Some(text) = node.scalar() else {
                    wrong_type(self.report, name, node, kind);
                    return None;
                };
                read(&quoted(text))
                    .map_err(|error| self.refuse(node, error))
                    .ok()
            }
        }
    }

    /// A scalar, or `None` inside if `none` stands there.
    fn limit<T>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Result<T, TextError>,
    ) -> Option<Option<T>> {
        self.scalar(name, |text| {
            if text == "none" {
                Ok(None)
            } else {
                read(text).map(Some)
            }
        })
    }

    /// Notes why a node is not what it should be.
    fn refuse(&self, node: &Node, TextError { problem, advice }: TextError) {
        self.report.error(&node.origin, problem, advice);
    }

    /// Any text; a number is a text too.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.find(name)? {
            Found::Default(text) => Some(text.to_owned()),
            Found::Written(node) => {
                let text = node.scalar().map(str::to_owned);
                if text.is_none() {
                    wrong_type(self.report, name, node, self.key(name).kind);
                }
                text
            }
        }
    }

    /// A whole number within the bounds of its kind.
    pub(super) fn whole<T: TryFrom<u64>>(&self, name: &str) -> Option<T> {
        let bounds = values::bounds(self.key(name).kind);
        let number = self.scalar(name, |text| values::whole(text, bounds))?;
        T::try_from(number).ok()
    }

    /// A whole number within the bounds of its kind, or `none`.
    pub(super) fn whole_limit<T: TryFrom<u64>>(&self, name: &str) -> Option<Option<T>> {
        let bounds = values::bounds(self.key(name).kind);
        let number = self.limit(name, |text| values::whole(text, bounds))?;
        Some(number.and_then(|number| T::try_from(number).ok()))
    }

    /// A length of time.
    pub(super) fn duration(&self, name: &str) -> Option<SimDuration> {
        self.scalar(name, |text| values::duration(text, self.key(name).kind))
    }

    /// A length of time, or `none`.
    pub(super) fn duration_limit(&self, name: &str) -> Option<Option<SimDuration>> {
        self.limit(name, |text| values::duration(text, self.key(name).kind))
    }

    /// An arrival rate.
    pub(super) fn rate(&self, name: &str) -> Option<Rate> {
        if let Some(Found::Written(node)) = self.find(name)
            && let Some(later) = values::later_rate(node)
        {
            self.refuse(node, later);
            return None;
        }
        self.scalar(name, text::rate)
    }

    /// A share.
    pub(super) fn ratio(&self, name: &str) -> Option<Ratio> {
        self.scalar(name, text::ratio)
    }

    /// A distribution.
    pub(super) fn distribution(&self, name: &str) -> Option<Distribution> {
        self.scalar(name, distribution::read)
    }

    /// A place on Earth; `None` also if the key is not there.
    pub(super) fn coordinates(&self, name: &str) -> Option<[f64; 2]> {
        let node = &self.entry(name)?.node;
        values::coordinates(node)
            .map_err(|error| self.refuse(node, error))
            .ok()
    }

    /// One of several things.
    pub(super) fn choice(&self, name: &str) -> Option<Chosen<'a>> {
        let (Kind::Choice(choices) | Kind::ChoiceOrSection(choices, _)) = self.key(name).kind
        else {
            unreachable!("the reader asks for a choice where the table has one");
        };
        let (word, body, origin) = match self.find(name)? {
            Found::Default(text) => (text, None, self.origin),
            Found::Written(node) => match &node.value {
                Value::Map(entries) => {
                    let [entry] = entries.as_slice() else {
                        let names = choices.iter().filter(|choice| choice.is_built());
                        let advice =
                            format!("write one of {}", suggest::any_of(names.map(|c| c.name)));
                        self.report.error(
                            &node.origin,
                            format!("`{name}` makes no choice"),
                            advice,
                        );
                        return None;
                    };
                    (entry.key.as_str(), Some(&entry.node), &entry.origin)
                }
                _ => match node.scalar() {
                    Some(word) => (word, None, &node.origin),
                    None => {
                        wrong_type(self.report, name, node, self.key(name).kind);
                        return None;
                    }
                },
            },
        };
        self.choose(name, choices, word, origin)
            .map(|choice| Chosen {
                name: choice.name,
                body,
                choice,
            })
    }

    fn choose(
        &self,
        name: &str,
        choices: &'static [Choice],
        word: &str,
        origin: &Origin,
    ) -> Option<&'static Choice> {
        let built = || {
            choices
                .iter()
                .filter(|choice| choice.is_built())
                .map(|choice| choice.name)
        };
        match choices.iter().find(|choice| choice.name == word) {
            Some(choice) if choice.is_built() => return Some(choice),
            Some(_) => {
                let advice = format!("write {}", suggest::any_of(built()));
                self.report
                    .error(origin, format!("`{word}` is not supported yet"), advice);
            }
            None => {
                let problem = format!("`{name}` cannot be `{}`", quoted(word));
                self.report.error(
                    origin,
                    problem,
                    suggest::advice(word, built().collect::<Vec<_>>()),
                );
            }
        }
        None
    }

    /// The section of a choice; its defaults if only the word was written.
    pub(super) fn choice_section(&self, chosen: Chosen<'a>) -> Option<Self> {
        let Body::Section(section) = chosen.choice.body else {
            unreachable!("the reader asks for a section where the table has one");
        };
        Self::open(chosen.name, self.origin, chosen.body, section, self.report)
    }

    /// A section; if it is not there, its defaults.
    pub(super) fn section(&self, name: &'a str) -> Option<Self> {
        let (Kind::Section(section) | Kind::ChoiceOrSection(_, section)) = self.key(name).kind
        else {
            unreachable!("the reader asks for a section where the table has one");
        };
        let entry = self.entry(name);
        let origin = entry.map_or(self.origin, |entry| &entry.origin);
        Self::open(
            name,
            origin,
            entry.map(|entry| &entry.node),
            section,
            self.report,
        )
    }

    /// The sections of a map of names, in the order of the file.
    pub(super) fn named(&self, name: &str) -> Option<Vec<Self>> {
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
        named.iter().for_each(|entry| self.check_name(entry, noun));
        let open = |entry: &'a Entry| {
            Self::open(
                &entry.key,
                &entry.origin,
                Some(&entry.node),
                section,
                self.report,
            )
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
    pub(super) fn list(&self, name: &'a str) -> Option<Vec<Self>> {
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
        let open =
            |node: &'a Node| Self::open(name, &node.origin, Some(node), section, self.report);
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

impl Chosen<'_> {
    /// Whether a list of regions goes with the choice.
    pub(super) fn takes_regions(&self) -> bool {
        matches!(self.choice.body, Body::Regions)
    }
}

/// All items, or nothing if one is missing; every one is looked at, so that every problem is found.
fn all_or_none<T>(items: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    let items: Vec<Option<T>> = items.collect();
    items.into_iter().collect()
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
