//! Every key of a scenario as a page of Markdown, made from the tables that the reader uses.
//!
//! What it is not: it explains no idea. A row says what a key is, what holds without it, and where
//! that comes from: a page of documentation, as the table cites it, or an assumption.

use std::fmt::Write as _;

use crate::scenario::keys::SCENARIO;
use crate::scenario::table::{Body, Choice, Key, Kind, Presence, Section};

/// What cites a page of documentation.
const CITES: &str = " [A: ";

const HEAD: &str = "# Every key of a scenario

Written by `gatefleet schema --format markdown` from the tables that read scenarios; do not edit it by
hand. Every quantity carries its unit: `30s`, `900/s`, `99.9%`. Keys that begin with `x-` are free for
notes and anchors. Distributions, arrival processes and strategies: `gatefleet list`.

**Source** says where a default or a rule comes from: a page of Azure's documentation (by its subject),
or *assumption* where nobody publishes a number. Where nothing is said there is nothing to source.
";

/// A section that is told, and its path in the file.
type Told = (String, &'static Section);

/// The page.
pub fn reference() -> String {
    let mut sections: Vec<Told> = Vec::new();
    collect(&mut sections, (String::new(), &SCENARIO));
    let mut page = HEAD.to_owned();
    for (path, section) in &sections {
        write_section(&mut page, (path, section), &sections);
    }
    page
}

/// Adds a section and those in it, each once, where it stands first.
fn collect(sections: &mut Vec<Told>, (path, section): Told) {
    if sections
        .iter()
        .any(|(_, known)| std::ptr::eq(*known, section))
    {
        return;
    }
    sections.push((path.clone(), section));
    let shared = section.inherits.filter(|shared| is_shared_only(shared));
    for key in section
        .keys
        .iter()
        .chain(shared.map_or(&[][..], |s| s.keys))
    {
        let path = if path.is_empty() {
            key.name.to_owned()
        } else {
            format!("{path}.{}", key.name)
        };
        collect_kind(sections, path, key.kind);
    }
}

fn collect_kind(sections: &mut Vec<Told>, path: String, kind: Kind) {
    match kind {
        Kind::Section(inner)
        | Kind::RateProfile(inner)
        | Kind::Replications(_, inner)
        | Kind::DurationOrSection(inner)
        | Kind::Budget(inner)
        | Kind::ChoiceOrSection(_, inner) => collect(sections, (path, inner)),
        Kind::Named(inner) => collect(sections, (format!("{path}.NAME"), inner)),
        Kind::List(inner) => collect(sections, (format!("{path}[]"), inner)),
        Kind::OrNone(inner) => collect_kind(sections, path, *inner),
        Kind::Choice(choices) => {
            for choice in choices {
                let path = format!("{path}.{}", choice.name);
                match choice.body {
                    Body::Word => {}
                    Body::Section(inner) => collect(sections, (path, inner)),
                    Body::Value(inner, _) => collect_kind(sections, path, inner),
                }
            }
        }
        _ => {}
    }
}

/// Whether a section stands nowhere by itself, so that its keys are told where they may be given.
fn is_shared_only(section: &'static Section) -> bool {
    let mut is_there = false;
    let mut look = |inner: &'static Section| is_there |= std::ptr::eq(inner, section);
    for key in SCENARIO.keys {
        if let Kind::Section(inner) = key.kind {
            look(inner);
        }
    }
    !is_there
}

fn write_section(page: &mut String, (path, section): (&str, &'static Section), all: &[Told]) {
    let title = if path.is_empty() { "The file" } else { path };
    let mark = if path.is_empty() { "" } else { "`" };
    let (doc, source) = sourced(section.doc);
    let source = if source.is_empty() {
        String::new()
    } else {
        format!(" Source: {source}.")
    };
    line(
        page,
        &format!(
            "\n## {mark}{title}{mark}\n\n{}.{source}\n",
            doc.trim_end_matches('.')
        ),
    );
    let mut keys: Vec<&Key> = section.keys.iter().collect();
    if let Some(shared) = section.inherits {
        match all.iter().find(|(_, known)| std::ptr::eq(*known, shared)) {
            Some((of, _)) => {
                line(
                    page,
                    &format!("Every key of `{of}` may be given here too.\n"),
                );
            }
            None => keys.extend(shared.keys),
        }
    }
    line(
        page,
        "| key | value | default | meaning | source |\n|---|---|---|---|---|",
    );
    for key in &keys {
        line(page, &row(key));
    }
    for key in keys {
        if let Kind::Choice(choices) | Kind::Words(choices) | Kind::ChoiceOrSection(choices, _) =
            key.kind
            && choices.len() > 1
        {
            write_choices(page, key.name, choices);
        }
    }
}

fn row(key: &Key) -> String {
    let default = match key.presence {
        Presence::Required(example) => format!("required, such as `{example}`"),
        Presence::Alternative(example) => format!("one of its like, such as `{example}`"),
        Presence::Optional => "-".to_owned(),
        Presence::Default(text) => format!("`{text}`"),
    };
    let (meaning, source) = sourced(key.doc);
    let cells = [
        format!("`{}`", key.name),
        value(key.kind),
        default,
        meaning,
        source,
    ];
    let cells = cells.map(|cell| cell.replace('|', "\\|"));
    format!("| {} |", cells.join(" | "))
}

fn write_choices(page: &mut String, name: &str, choices: &[Choice]) {
    line(
        page,
        &format!("\n| `{name}` | means | source |\n|---|---|---|"),
    );
    for choice in choices {
        let (meaning, source) = sourced(choice.doc);
        line(
            page,
            &format!("| `{}` | {meaning} | {source} |", choice.name),
        );
    }
}

/// What is written for a value.
fn value(kind: Kind) -> String {
    match kind {
        Kind::Whole(least, most) if least == most => format!("`{least}`"),
        Kind::Whole(least, most) if most < 1_000_000_000 => {
            format!("a whole number from {least} to {most}")
        }
        Kind::Section(_) => "a map (below)".to_owned(),
        Kind::Named(_) => "a map from names to maps (below)".to_owned(),
        Kind::List(_) => "a list of maps (below)".to_owned(),
        Kind::OrNone(inner) => format!("`none`, or {}", value(*inner)),
        Kind::PositiveDuration => "a duration above zero, such as `30s`".to_owned(),
        Kind::Choice(choices) => one_of(choices),
        Kind::ChoiceOrSection(choices, _) => format!("{}, or a map (below)", one_of(choices)),
        Kind::Words(choices) => format!("a list of {}", one_of(choices)),
        kind => kind.words().1.to_owned(),
    }
}

fn one_of(choices: &[Choice]) -> String {
    let names = choices.iter().map(|choice| format!("`{}`", choice.name));
    names.collect::<Vec<_>>().join(", ")
}

/// What a line says, and where it has it from.
fn sourced(doc: &str) -> (String, String) {
    if let Some((before, rest)) = doc.split_once(CITES)
        && let Some((source, after)) = rest.split_once(']')
    {
        return (format!("{before}{after}"), source.to_owned());
    }
    let is_assumed = doc.contains("assumption");
    let source = if is_assumed { "assumption" } else { "" };
    (doc.to_owned(), source.to_owned())
}

fn line(page: &mut String, text: &str) {
    writeln!(page, "{text}").expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_stand_in_a_column_of_their_own() {
        let told = |doc| {
            let (meaning, source) = sourced(doc);
            format!("{meaning} / {source}")
        };
        assert_eq!(
            told("How long [A: Front Door]; or so"),
            "How long; or so / Front Door"
        );
        assert_eq!(
            told("Its speed; assumption"),
            "Its speed; assumption / assumption"
        );
        assert_eq!(told("A name"), "A name / ");
    }

    /// Goal: no key is left out. Method: the page has as many rows as the tables have keys.
    #[test]
    fn every_key_has_a_row() {
        let page = reference();
        let mut sections = Vec::new();
        collect(&mut sections, (String::new(), &SCENARIO));
        for (path, section) in sections {
            for key in section.keys {
                let row = format!(
                    "| `{}` | {} |",
                    key.name,
                    value(key.kind).replace('|', "\\|")
                );
                assert!(page.contains(&row), "{path}: {row}");
            }
        }
    }
}
