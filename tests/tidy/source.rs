//! Source text taken apart: code without comments and literals, comments, words and paths.
//!
//! What this file is not: a parser of Rust. It knows just enough of it (comments, literals, words
//! and trees of paths) for rules about what is named where.

use std::fs;
use std::path::Path;

/// A file of the tree.
pub(crate) struct Source {
    /// From the root of the package, with `/`.
    pub(crate) path: String,
    /// Everything in it.
    pub(crate) text: String,
    /// The code, line for line: without comments, and with nothing in its literals.
    pub(crate) code: String,
    /// The comments, line for line.
    pub(crate) comments: String,
    /// The words of the code and what stands between them.
    pub(crate) tokens: Vec<Token>,
    /// The first line of the unit tests, or the line after the last.
    tests_line: usize,
}

/// A word, a `::`, or one other character of code.
#[derive(Clone)]
pub(crate) struct Token {
    /// Its line, counted from 1.
    pub(crate) line: usize,
    /// Its text.
    pub(crate) text: String,
}

impl Token {
    /// Whether it is an identifier or a keyword.
    pub(crate) fn is_word(&self) -> bool {
        self.text
            .starts_with(|first: char| first.is_alphabetic() || first == '_')
    }
}

impl Source {
    /// Takes a file apart; one that is not Rust has neither code nor comments.
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let (code, comments) = if is_rust(path) {
            split(text)
        } else {
            Default::default()
        };
        let is_test_file = !path.starts_with("src/") || path.ends_with("/tests.rs");
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            tokens: tokens(&code),
            tests_line: if is_test_file { 1 } else { tests_line(&code) },
            code,
            comments,
        }
    }

    /// Whether it is Rust.
    pub(crate) fn is_rust(&self) -> bool {
        is_rust(&self.path)
    }

    /// Whether a line belongs to tests.
    pub(crate) fn is_test(&self, line: usize) -> bool {
        line >= self.tests_line
    }

    /// How many lines there are before the unit tests.
    pub(crate) fn length(&self) -> usize {
        tests_line(&self.code) - 1
    }

    /// The path of the module that the file is, such as `model::routing`; empty for the roots of
    /// the library and the binary.
    pub(crate) fn module(&self) -> Option<String> {
        let path = self.path.strip_prefix("src/")?.strip_suffix(".rs")?;
        let path = path.strip_suffix("/mod").unwrap_or(path);
        let is_root = ["lib", "main"].contains(&path);
        Some(if is_root { "" } else { path }.replace('/', "::"))
    }

    /// Every path in the code with its line, trees spelt out: `a::{b, c::d}` is `a::b` and
    /// `a::c::d`. A word alone is a path, too.
    pub(crate) fn paths(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        let mut rest = self.tokens.as_slice();
        while let [first, others @ ..] = rest {
            rest = if first.is_word() {
                read_paths("", rest, &mut found)
            } else {
                others
            };
        }
        found
    }
}

fn is_rust(path: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|extension| extension == "rs")
}

/// Every file that the rules are about.
pub(crate) fn tree() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    for folder in ["src", "tests", "benches", "scenarios"] {
        collect(root, &root.join(folder), &mut sources);
    }
    for file in ["Cargo.toml", "README.md", "CHANGELOG.md"] {
        sources.push(load(root, &root.join(file)));
    }
    sources
}

fn collect(root: &Path, folder: &Path, sources: &mut Vec<Source>) {
    let entries = fs::read_dir(folder).expect("a folder of the package can be read");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry can be read").path())
        .collect();
    paths.sort();
    for path in paths {
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_dir() {
            collect(root, &path, sources);
        } else if matches!(extension, Some("rs" | "yaml" | "md")) {
            sources.push(load(root, &path));
        }
    }
}

fn load(root: &Path, path: &Path) -> Source {
    let text = fs::read_to_string(path).expect("a file of the package can be read");
    let path = path.strip_prefix(root).expect("it is below the root");
    Source::new(&path.to_string_lossy().replace('\\', "/"), &text)
}

/// The line of the attribute on the module of unit tests, or the line after the last.
fn tests_line(code: &str) -> usize {
    let lines: Vec<&str> = code.lines().collect();
    let is_start = |pair: &[&str]| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ");
    lines.windows(2).position(is_start).unwrap_or(lines.len()) + 1
}

enum Kind {
    Code,
    Comment,
    Literal,
}

/// The code and the comments of a text, each with the lines where they were.
fn split(text: &str) -> (String, String) {
    let (mut code, mut comments) = (String::new(), String::new());
    let mut rest = text;
    while !rest.is_empty() {
        let (kind, length) = piece(rest);
        let (piece, others) = rest.split_at(length);
        let line_ends: String = piece.matches('\n').collect();
        let (in_code, in_comments) = match kind {
            Kind::Code => (piece, line_ends.as_str()),
            Kind::Comment => (line_ends.as_str(), piece),
            Kind::Literal => (line_ends.as_str(), line_ends.as_str()),
        };
        code += in_code;
        comments += in_comments;
        rest = others;
    }
    (code, comments)
}

/// What a text begins with, and how long that is in bytes.
fn piece(text: &str) -> (Kind, usize) {
    let word = text.find(|next: char| !next.is_alphanumeric() && next != '_');
    let until = |end: &str| text.find(end).map_or(text.len(), |at| at + end.len());
    if text.starts_with("//") {
        (Kind::Comment, text.find('\n').unwrap_or(text.len()))
    } else if text.starts_with("/*") {
        (Kind::Comment, until("*/"))
    } else if let Some(length) = literal(text) {
        (Kind::Literal, length)
    } else {
        let first = text.chars().next().map_or(0, char::len_utf8);
        (Kind::Code, word.unwrap_or(text.len()).max(first))
    }
}

/// The length of the string or character that a text begins with, in bytes.
fn literal(text: &str) -> Option<usize> {
    let body = text.strip_prefix(['b', 'c']).unwrap_or(text);
    let length = if let Some(raw) = body.strip_prefix('r') {
        let hashes = raw.find(|next| next != '#')?;
        let string = raw[hashes..].strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(hashes));
        1 + hashes + 1 + string.find(&end)? + end.len()
    } else if let Some(string) = body.strip_prefix('"') {
        1 + closing(string, '"')?
    } else {
        let character = body.strip_prefix('\'')?;
        let length = closing(character, '\'')?;
        // A lifetime has no quote after its first character.
        let content = &character[..length - 1];
        (content.starts_with('\\') || content.chars().count() == 1).then_some(1 + length)?
    };
    Some(text.len() - body.len() + length)
}

/// Where the literal that a text continues ends, behind its quote.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    for (at, next) in text.char_indices() {
        if next == quote && !is_escaped {
            return Some(at + 1);
        }
        is_escaped = next == '\\' && !is_escaped;
    }
    None
}

fn tokens(code: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (line, mut rest) in (1..).zip(code.lines()) {
        while let Some(first) = rest.chars().next() {
            let is_part = |next: char| next.is_alphanumeric() || next == '_';
            let length = if rest.starts_with("::") {
                2
            } else if is_part(first) {
                rest.find(|next| !is_part(next)).unwrap_or(rest.len())
            } else {
                first.len_utf8()
            };
            let (text, others) = rest.split_at(length);
            if !first.is_whitespace() {
                let text = text.to_owned();
                tokens.push(Token { line, text });
            }
            rest = others;
        }
    }
    tokens
}

/// Reads the path, or the tree of paths, that `tokens` begin with; returns what comes after it.
fn read_paths<'t>(
    prefix: &str,
    tokens: &'t [Token],
    found: &mut Vec<(usize, String)>,
) -> &'t [Token] {
    let mut path = prefix.to_owned();
    let mut rest = tokens;
    while let [word, others @ ..] = rest {
        if word.text == "{" && path.ends_with("::") {
            return read_branches(&path, others, found);
        }
        if !word.is_word() {
            break;
        }
        path += &word.text;
        match others {
            [colons, others @ ..] if colons.text == "::" => {
                path += "::";
                rest = others;
            }
            _ => {
                found.push((word.line, path));
                return others;
            }
        }
    }
    // `path::*` and `path::<T>`
    let line = tokens.first().map_or(0, |first| first.line);
    found.push((line, path.trim_end_matches(':').to_owned()));
    rest
}

/// Reads the branches of a tree of paths behind its `{`.
fn read_branches<'t>(
    prefix: &str,
    tokens: &'t [Token],
    found: &mut Vec<(usize, String)>,
) -> &'t [Token] {
    let mut rest = tokens;
    while let [first, others @ ..] = rest {
        rest = match first.text.as_str() {
            "}" => return others,
            "as" => others.get(1..).unwrap_or_default(),
            _ if first.is_word() => read_paths(prefix, rest, found),
            _ => others,
        };
    }
    rest
}

/// Goal: what only looks like code is not taken for it. Method: text whose literals and comments
/// hold each other's marks; every word left over is code.
#[test]
fn code_is_what_is_neither_literal_nor_comment() {
    let text = r##"
        let a = "// \" /*"; // not_a "code
        /* not_b "
        not_c */ let b = b"\\"; let c = r#"" not_d "#; let d = '"'; let e = '\''; let f = b'\\';
        fn g<'h>(i: &'h str) -> &'static str {}
    "##;
    let source = Source::new("src/model/a.rs", text);
    let words = source.tokens.iter().filter(|token| token.is_word());
    let words: Vec<&str> = words.map(|token| token.text.as_str()).collect();
    let expected = "let a let b let c let d let e let f fn g h i h str static str";
    assert_eq!(words.join(" "), expected);
    assert_eq!(source.code.lines().count(), text.lines().count());
    let last = source.tokens.last().map(|token| token.line);
    assert_eq!(last, Some(5), "lines are those of the text");
}

/// Goal: trees of paths are spelt out. Method: one of each form.
#[test]
fn paths_are_spelt_out() {
    let text = "use a::{self, b::{C, d as e}, *};\nlet f = g::<h::I>(j.k());";
    let paths = Source::new("src/model/a.rs", text).paths();
    let expected = [
        (1, "use"),
        (1, "a::self"),
        (1, "a::b::C"),
        (1, "a::b::d"),
        (2, "let"),
        (2, "f"),
        (2, "g"),
        (2, "h::I"),
        (2, "j"),
        (2, "k"),
    ];
    let expected: Vec<_> = expected.map(|(line, path)| (line, path.to_owned())).into();
    assert_eq!(paths, expected);
}
