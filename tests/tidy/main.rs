//! The style of the source, held where neither the compiler nor its lints look.
//!
//! A rule is a function from sources to findings. Its test states goal and method and gives
//! [`check`] a small tree of its own, in which the lines that break the rule end with `// bad`:
//! the rule must find these and no others, so that it can fail, and then nothing in the package.

use std::collections::BTreeSet;
use std::fmt;

use crate::source::Source;

mod cycles;
mod files;
mod layers;
mod source;
mod words;

/// A line that breaks a rule.
struct Finding {
    path: String,
    line: usize,
    /// What is wrong, and what to do.
    advice: String,
}

impl Finding {
    fn new(source: &Source, line: usize, advice: impl Into<String>) -> Self {
        Self {
            path: source.path.clone(),
            line,
            advice: advice.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.advice)
    }
}

/// Proves a rule on `examples`, pairs of path and text, then holds the package to it.
fn check(rule: impl Fn(&[Source]) -> Vec<Finding>, examples: &[(&str, &str)]) {
    let sources = examples.iter().map(|&(path, text)| Source::new(path, text));
    let sources: Vec<Source> = sources.collect();
    let marked: BTreeSet<(&str, usize)> = sources.iter().flat_map(marked_lines).collect();
    let findings = rule(&sources);
    let found: BTreeSet<(&str, usize)> = findings
        .iter()
        .map(|finding| (finding.path.as_str(), finding.line))
        .collect();
    assert!(!marked.is_empty(), "an example must break the rule");
    assert_eq!(found, marked, "found in the examples, and marked there");

    let findings: Vec<String> = rule(&source::tree())
        .iter()
        .map(Finding::to_string)
        .collect();
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

fn marked_lines(source: &Source) -> impl Iterator<Item = (&str, usize)> {
    let lines = (1..).zip(source.text.lines());
    let marked = lines.filter(|(_, line)| line.ends_with("// bad"));
    marked.map(|(number, _)| (source.path.as_str(), number))
}

/// A rule about each file alone.
fn in_each(rule: impl Fn(&Source) -> Vec<Finding>) -> impl Fn(&[Source]) -> Vec<Finding> {
    move |sources| sources.iter().flat_map(&rule).collect()
}
