//! What is assumed, what is left out, where data come from, and how to get the same again.

use maud::{Markup, html};

use crate::report::html::told;
use crate::report::printable::printable;
use crate::report::{Provenance, Scene, Topic};

/// What the model does not include.
const LEFT_OUT: [&str; 7] = [
    "Packets, TCP congestion and bandwidth: a message takes its one-way delay, whatever its size.",
    "What the application does: a request is a time that a worker is busy.",
    "More than one connection of an agent; one whose request is merely slow keeps it.",
    "Parts of the network that fail by themselves, unless the scenario says so.",
    "People: what operators do is in the scenario, at the time that it says.",
    "Caches and rate limits that regions share: each has its own, and forgets it when it fails.",
    "Causes that regions have in common, unless the scenario lists them as outages.",
];

/// What is assumed; of several variants what the first assumes, and what others do differently.
pub(super) fn draw(scenes: &[Scene]) -> Markup {
    let Some((first, others)) = scenes.split_first() else {
        return html! { p { "The folder of these results does not say; it is of an earlier version." } };
    };
    html! {
        (topics(&first.assumptions))
        @for scene in others {
            @let own = differences(&scene.assumptions, &first.assumptions);
            h3 { (told::name(&scene.name)) " differs" }
            @if own.is_empty() { p { "In nothing that is told here." } }
            @else { (topics(&own)) }
        }
    }
}

fn topics(topics: &[Topic]) -> Markup {
    html! {
        dl.assumptions { @for topic in topics {
            dt { (topic.about) }
            dd { ul { @for says in &topic.says { li { (printable(says)) } } } }
        } }
    }
}

/// The sentences that others do not say.
fn differences(topics: &[Topic], of: &[Topic]) -> Vec<Topic> {
    let is_new = |says: &&String| !of.iter().any(|topic| topic.says.contains(says));
    let topic = |topic: &Topic| Topic {
        about: topic.about.clone(),
        says: topic.says.iter().filter(is_new).cloned().collect(),
    };
    let topics = topics.iter().map(topic);
    topics.filter(|topic| !topic.says.is_empty()).collect()
}

/// What the model does not include.
pub(super) fn left_out() -> Markup {
    html! { ul { @for text in LEFT_OUT { li { (text) } } } }
}

/// Where data come from.
pub(super) fn sources(provenance: &Provenance) -> Markup {
    html! {
        ul {
            li {
                "Round trips between Azure regions: Microsoft, “Azure network round-trip latency statistics”, \
                 medians of 30 days to 30 July 2026, CC-BY-4.0. Other places: a great-circle fit to them, \
                 20.4 ms + 0.0146 ms a kilometer."
            }
            li { "Coordinates of regions are approximate. Coasts: the world map of ratatui-widgets, MIT license." }
            @for file in &provenance.data {
                li { code { (printable(&file.name)) } ", SHA-256 " code.hash { (file.sha256) } }
            }
        }
    }
}

/// The scenario, and the command that reproduces this.
pub(super) fn reproduce(provenance: &Provenance) -> Markup {
    html! {
        dl.facts {
            dt { "Command" } dd { code.command { (printable(&command(&provenance.command))) } }
            dt { "Version" } dd { "gatefleet " (provenance.gatefleet) }
            dt { "Seed" } dd { (provenance.seed) }
            dt { "SHA-256" } dd { code.hash { (provenance.sha256) } " " span.ci { "of the scenario, what the command changes, and data files" } }
        }
        details.text open { summary { "The scenario as written" }
            pre tabindex="0" { code { (lines(&provenance.scenario)) } }
        }
    }
}

/// A text of several lines, each fit to be shown.
fn lines(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| printable(&line.replace('\t', "    ")))
        .collect();
    lines.join("\n")
}

/// A command line as one would type it: the program by its name, and words in quotes that need it.
fn command(words: &[String]) -> String {
    let plain = |word: &str| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,%+@".contains(c);
        !word.is_empty() && word.chars().all(is_plain)
    };
    let word = |word: &String| {
        if plain(word) {
            word.clone()
        } else {
            format!("'{}'", word.replace('\'', "'\\''"))
        }
    };
    let words = words.iter().skip(1).map(word);
    std::iter::once("gatefleet".to_owned())
        .chain(words)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_quoted_for_a_shell() {
        let words = [
            "target/debug/gatefleet",
            "run",
            "a b.yaml",
            "--set",
            "x=it's",
            "y=$HOME",
        ];
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        assert_eq!(
            command(&words),
            r"gatefleet run 'a b.yaml' --set 'x=it'\''s' 'y=$HOME'"
        );
    }
}
