//! A file says what it is, ends in time, and leaves nothing open.

use crate::source::Source;
use crate::words::phrases;
use crate::{Finding, check, in_each};

/// Goal: a file can be read in one go. Method: lines before the unit tests.
#[test]
fn files_have_at_most_500_lines_before_their_tests() {
    let line = "fn f() {}\n";
    let long = line.repeat(500) + "fn f() {} // bad\n" + line;
    let long_tests = line.repeat(500) + "#[cfg(test)]\nmod tests {\n" + &line.repeat(99) + "}";
    check(
        in_each(long_file),
        &[("src/model/a.rs", &long), ("src/model/b.rs", &long_tests)],
    );
}

fn long_file(source: &Source) -> Vec<Finding> {
    let length = source.length();
    let advice = || format!("{length} lines are too many for one file: split it by what it is for");
    (length > 500)
        .then(|| Finding::new(source, 501, advice()))
        .into_iter()
        .collect()
}

/// Goal: a file says what it is before anything else. Method: its first line.
#[test]
fn files_open_with_what_they_are() {
    check(
        in_each(silent_opening),
        &[
            (
                "src/model/a.rs",
                "use crate::units::Rate; // bad\n//! Late.",
            ),
            ("src/model/b.rs", "//! What it is."),
            ("README.md", "# gatefleet"),
        ],
    );
}

fn silent_opening(source: &Source) -> Vec<Finding> {
    let is_silent = source.is_rust() && !source.text.starts_with("//! ");
    let advice = "open with `//!`: what the file is, and what it is not";
    is_silent
        .then(|| Finding::new(source, 1, advice))
        .into_iter()
        .collect()
}

/// Goal: what is committed is finished. Method: marks in comments, and doctests nobody runs.
#[test]
fn nothing_is_left_for_later() {
    check(
        in_each(loose_ends),
        &[(
            "src/model/a.rs",
            "// TODO: more // bad\n\
             /// FIXME // bad\n\
             /// ```ignore // bad\n\
             /// ```\n\
             fn f() { todo!() } // bad\n\
             fn g() { log(\"TODO\"); }",
        )],
    );
}

fn loose_ends(source: &Source) -> Vec<Finding> {
    let finish = "finish it, or say in a sentence what is not done and why";
    let run = "let the example compile: an ignored one goes stale";
    let marks = [
        ("TODO", finish),
        ("FIXME", finish),
        ("XXX", finish),
        ("```ignore", run),
    ];
    let comments = (1..)
        .zip(source.comments.lines())
        .flat_map(|(number, line)| {
            let found = marks.iter().filter(move |(mark, _)| line.contains(mark));
            found.map(move |&(_, advice)| Finding::new(source, number, advice))
        });
    let macros = ["todo", "unimplemented", "dbg"].map(|name| (name, finish.to_owned()));
    comments.chain(phrases(source, &macros)).collect()
}

/// Goal: whoever rules out a panic says why. Method: calls outside tests.
#[test]
fn nothing_is_unwrapped_without_a_word() {
    check(
        in_each(unwraps),
        &[(
            "src/model/a.rs",
            "fn f() { g().unwrap(); } // bad\n\
             fn g() { g().unwrap_or(1); }\n\
             #[cfg(test)]\n\
             mod tests { fn f() { super::g().unwrap(); } }",
        )],
    );
}

fn unwraps(source: &Source) -> Vec<Finding> {
    let words = source.tokens.iter();
    let unwraps = words.filter(|token| token.text == "unwrap" && !source.is_test(token.line));
    let advice = "write `expect(\"why this cannot happen\")`";
    unwraps
        .map(|token| Finding::new(source, token.line, advice))
        .collect()
}

/// Goal: an exception from a lint has a reason. Method: the words between the brackets of
/// attributes.
#[test]
fn exceptions_have_a_reason() {
    check(
        in_each(exceptions),
        &[(
            "src/model/a.rs",
            "#![allow(clippy::all)] // bad\n\
             #[expect(clippy::exit, reason = \"it ends here\")]\n\
             #[cfg_attr(test, // bad\n\
             expect(clippy::exit))]\n\
             #[derive(Debug)]\n\
             fn f() { g().expect(\"a reason\"); }",
        )],
    );
}

fn exceptions(source: &Source) -> Vec<Finding> {
    let advice = "say `reason = \"...\"`";
    let starts = source.tokens.split_inclusive(|token| token.text == "#");
    let mut findings = Vec::new();
    for attribute in starts.skip(1) {
        let mut depth = 0;
        let words = attribute.iter().take_while(|token| {
            depth += i32::from(token.text == "[") - i32::from(token.text == "]");
            depth > 0 || token.text == "!"
        });
        let words: Vec<&str> = words.map(|token| token.text.as_str()).collect();
        let has = |word| words.contains(&word);
        if (has("allow") || has("expect")) && !has("reason") {
            findings.push(Finding::new(source, attribute[0].line, advice));
        }
    }
    findings
}
