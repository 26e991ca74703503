//! What can stand beside a scenario as written: another strategy, or any other change.
//!
//! An alternative is a name and some overrides; texts of the command line and of the `sweep`
//! block become one here.

use crate::scenario::overrides::Override;

/// A scenario with something else in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// What results call it; empty for the scenario as written.
    pub name: String,
    /// What is changed.
    pub overrides: Vec<Override>,
}

impl Alternative {
    /// The scenario as it is.
    pub fn as_written() -> Self {
        Self {
            name: String::new(),
            overrides: Vec::new(),
        }
    }

    /// Routing strategies, separated by commas: words, or maps as in the file.
    ///
    /// # Errors
    /// If an entry is empty; the text says what to write.
    pub fn strategies(text: &str) -> Result<Vec<Self>, String> {
        parts(text, ',').into_iter().map(Self::strategy).collect()
    }

    /// A routing strategy: a word, or a map as in the file.
    ///
    /// # Errors
    /// If there is none.
    pub(super) fn strategy(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err(
                "`--strategies` has an empty entry; write names separated by commas, such as \
                 `latency,round_robin`"
                    .to_owned(),
            );
        }
        let value = match text {
            // What a failover is called is what people call the strategy.
            "next_closest" | "even_spread" => format!("{{latency: {{failover: {text}}}}}"),
            map if map.contains(':') && !map.starts_with('{') => format!("{{{map}}}"),
            _ => text.to_owned(),
        };
        Ok(Self {
            name: text.to_owned(),
            overrides: vec![Override {
                path: "routing.strategy".to_owned(),
                value,
                option: "--strategies",
            }],
        })
    }

    /// A variant: `PATH=VALUE`, or several of that with a name, as `NAME:PATH=VALUE;PATH=VALUE`.
    ///
    /// # Errors
    /// If it is not written so.
    pub fn variant(text: &str) -> Result<Self, String> {
        // A colon in the value is not that of a name.
        let equals = text.find('=').unwrap_or(text.len());
        let (name, changes) = match text[..equals].split_once(':') {
            Some((name, _)) => (name.trim(), &text[name.len() + 1..]),
            None => (text.trim(), text),
        };
        if name.is_empty() {
            return Err(format!(
                "`--variant {text}` has no name before its colon; write it as `name:path=value`"
            ));
        }
        let overrides = parts(changes, ';').into_iter().map(Override::parse);
        let overrides = overrides.map(|change| change.map(|change| change.by("--variant")));
        let overrides = overrides.collect::<Result<_, _>>();
        Ok(Self {
            name: name.to_owned(),
            overrides: overrides.map_err(|problem| format!("`--variant {text}`: {problem}"))?,
        })
    }
}

/// A text cut at a character, but not inside of brackets or quotes.
pub(super) fn parts(text: &str, cut: char) -> Vec<&str> {
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
        let change = Alternative::strategy("even_spread").expect("a strategy");
        assert_eq!(
            change.overrides[0].value,
            "{latency: {failover: even_spread}}"
        );
        let change = Alternative::strategy("priority: [a, b]").expect("a strategy");
        assert_eq!(change.overrides[0].value, "{priority: [a, b]}");
        assert!(Alternative::strategy("").is_err());
    }

    #[test]
    fn a_variant_has_the_name_before_its_colon_or_its_own_text() {
        let named =
            Alternative::variant("short:routing.ttl=10s;client.timeout=2s").expect("a variant");
        assert_eq!((named.name.as_str(), named.overrides.len()), ("short", 2));
        let plain = Alternative::variant("network={jitter: 3%}").expect("a variant");
        assert_eq!(plain.name, "network={jitter: 3%}");
        for text in ["short:", ":a=1", "a", "short:a"] {
            assert!(Alternative::variant(text).is_err(), "{text}");
        }
    }
}
