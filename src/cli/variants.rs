//! Which variants a comparison is of, from the words of the command line.

use std::path::Path;

use crate::cli::args::CompareArguments;
use crate::cli::exit_status::Failure;
use crate::cli::load;
use crate::scenario::Override;

/// A variant of each scenario: its name, and what is changed for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// Empty for the scenario as written.
    pub(super) name: String,
    pub(super) overrides: Vec<Override>,
}

/// What is compared of each scenario: strategies if some are named, else the scenario as written;
/// then the variants.
pub(super) fn changes(arguments: &CompareArguments) -> Result<Vec<Change>, Failure> {
    let mut changes = match &arguments.strategies {
        Some(strategies) => parts(strategies, ',').into_iter().map(strategy).collect(),
        None => vec![Ok(Change {
            name: String::new(),
            overrides: Vec::new(),
        })],
    };
    changes.extend(arguments.variants.iter().map(|text| variant(text)));
    changes.into_iter().collect()
}

/// What a variant is called among those of several scenarios, or of one.
pub(super) fn full_name(scenario: &Path, change: &Change, is_alone: bool) -> String {
    let stem = load::stem(scenario).to_string_lossy();
    match (change.name.as_str(), is_alone) {
        ("", _) => stem.into_owned(),
        (name, true) => name.to_owned(),
        (name, false) => format!("{stem}/{name}"),
    }
}

fn strategy(text: &str) -> Result<Change, Failure> {
    if text.is_empty() {
        return Err(Failure::wrong(
            "`--strategies` has an empty entry; write names separated by commas, such as \
             `latency,round_robin`",
        ));
    }
    let value = match text {
        // What a failover is called is what people call the strategy.
        "next_closest" | "even_spread" => format!("{{latency: {{failover: {text}}}}}"),
        map if map.contains(':') && !map.starts_with('{') => format!("{{{map}}}"),
        _ => text.to_owned(),
    };
    Ok(Change {
        name: text.to_owned(),
        overrides: vec![Override {
            path: "routing.strategy".to_owned(),
            value,
        }],
    })
}

fn variant(text: &str) -> Result<Change, Failure> {
    // A colon in the value is not that of a name.
    let equals = text.find('=').unwrap_or(text.len());
    let (name, changes) = match text[..equals].split_once(':') {
        Some((name, _)) => (name.trim(), &text[name.len() + 1..]),
        None => (text.trim(), text),
    };
    if name.is_empty() {
        return Err(Failure::wrong(format!(
            "`--variant {text}` has no name before its colon; write it as `name:path=value`"
        )));
    }
    let overrides = parts(changes, ';').into_iter().map(Override::parse);
    let overrides = overrides.collect::<Result<_, _>>();
    Ok(Change {
        name: name.to_owned(),
        overrides: overrides
            .map_err(|problem| Failure::wrong(format!("`--variant {text}`: {problem}")))?,
    })
}

/// A text cut at a character, but not inside of brackets or quotes.
fn parts(text: &str, cut: char) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_u32);
    let mut quote = None;
    for (at, c) in text.char_indices() {
        if let Some(open) = quote {
            quote = (c != open).then_some(open);
            continue;
        }
        match c {
            '"' | '\'' => quote = Some(c),
            '[' | '{' | '(' => depth += 1,
            ']' | '}' | ')' => depth = depth.saturating_sub(1),
            c if c == cut && depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strategies_are_cut_outside_of_brackets() {
        let text = "latency, {priority: [a, b]},even_spread";
        assert_eq!(
            parts(text, ','),
            ["latency", "{priority: [a, b]}", "even_spread"]
        );
        let change = strategy("even_spread").expect("a strategy");
        assert_eq!(
            change.overrides[0].value,
            "{latency: {failover: even_spread}}"
        );
        let change = strategy("priority: [a, b]").expect("a strategy");
        assert_eq!(change.overrides[0].value, "{priority: [a, b]}");
        assert!(strategy("").is_err());
    }

    #[test]
    fn a_variant_has_the_name_before_its_colon_or_its_own_text() {
        let named = variant("short:routing.ttl=10s;client.timeout=2s").expect("a variant");
        assert_eq!((named.name.as_str(), named.overrides.len()), ("short", 2));
        let plain = variant("network={jitter: 3%}").expect("a variant");
        assert_eq!(plain.name, "network={jitter: 3%}");
        for text in ["short:", ":a=1", "a", "short:a"] {
            assert!(variant(text).is_err(), "{text}");
        }
    }
}
