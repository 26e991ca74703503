//! What is wrong with a scenario: where, why, and what to write instead.
//!
//! A diagnostic carries all it needs to be shown, the source line included, so that it outlives
//! the file it is about. What this file is not: it decides nothing. Texts are plain; the command
//! line may color them. What a user wrote is never shown raw: control characters are escaped and
//! long lines are cropped around the caret.

use std::fmt;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The scenario cannot be run.
    Error,
    /// It can, but probably does not say what was meant.
    Warning,
}

/// One problem of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub problem: String,
    /// What to write instead.
    pub advice: String,
    /// Where it is.
    pub place: Place,
}

/// Where a problem is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The scenario as a whole.
    Source {
        /// The source's name.
        name: String,
    },
    /// A part of a line.
    Line(Excerpt),
    /// An option of the command line, as written.
    Option {
        /// The option with its value.
        text: String,
    },
}

/// A line of the source with the part that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The source's name.
    pub name: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The first character that is meant, counted from 1.
    pub column: usize,
    /// The line as shown: escaped, and cropped if it is long.
    pub shown: String,
    /// How many characters of `shown` come before the part that is meant.
    pub caret_start: usize,
    /// How many characters of `shown` are meant; at least 1.
    pub caret_length: usize,
}

/// Everything that is wrong with a scenario: at least one error, sorted by position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics {
    /// Not empty.
    all: Vec<Diagnostic>,
}

/// How many problems are shown; who has more has one that causes the others.
const SHOWN_MAX: usize = 20;

/// The longest part of a source line that is shown, in characters.
const LINE_MAX: usize = 100;

/// How many characters of a cropped line come before the caret.
const LINE_BEFORE: usize = 40;

impl Diagnostics {
    /// All of these, in this order.
    ///
    /// # Panics
    /// If there are none.
    pub(super) fn new(all: Vec<Diagnostic>) -> Self {
        assert!(!all.is_empty(), "a refusal has a reason");
        Self { all }
    }

    /// All problems, in the order of their positions.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.all.iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl std::error::Error for Diagnostics {}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.all.iter().take(SHOWN_MAX).enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            diagnostic.fmt(f)?;
        }
        match self.all.len().saturating_sub(SHOWN_MAX) {
            0 => Ok(()),
            more => write!(f, "\n\nand {more} more"),
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            severity,
            problem,
            advice,
            place,
        } = self;
        match place {
            Place::Source { name } => write!(f, "{name}: ")?,
            Place::Line(Excerpt {
                name, line, column, ..
            }) => write!(f, "{name}:{line}:{column}: ")?,
            Place::Option { text } => write!(f, "{text}: ")?,
        }
        write!(f, "{severity}: {}; {}", escape(problem), escape(advice))?;
        match place {
            Place::Line(excerpt) => excerpt.fmt(f),
            Place::Source { .. } | Place::Option { .. } => Ok(()),
        }
    }
}

/// The line under its gutter, and the caret under the line.
impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.line.to_string();
        let gutter = " ".repeat(number.len());
        let indent = " ".repeat(self.caret_start);
        let carets = "^".repeat(self.caret_length);
        write!(f, "\n{gutter} |\n{number} | {}", self.shown)?;
        write!(f, "\n{gutter} | {indent}{carets}")
    }
}

impl Excerpt {
    /// The part of `text` from the byte `start` on, `length` bytes long or up to the end of its
    /// line. A position within a character means that character.
    pub(super) fn new(name: &str, text: &str, start: usize, length: usize) -> Self {
        let start = char_boundary(text, start);
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let rest = &text[line_start..];
        let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
        let line = line.trim_end_matches('\r');
        let before = (start - line_start).min(line.len());
        let meant = char_boundary(line, before.saturating_add(length));
        let (before, meant) = (&line[..before], &line[before..meant.max(before)]);
        let column = before.chars().count() + 1;
        let cropped = Crop::around(line, column - 1);
        let caret_start = cropped.width(before);
        let caret_room = cropped.shown.chars().count().saturating_sub(caret_start);
        Self {
            name: name.to_owned(),
            line: text[..line_start].matches('\n').count() + 1,
            column,
            caret_length: escape(meant).chars().count().min(caret_room).max(1),
            caret_start,
            shown: cropped.shown,
        }
    }
}

/// A line as shown, and how many of its characters are left out at its start.
struct Crop {
    shown: String,
    left_out: usize,
}

impl Crop {
    fn around(line: &str, caret: usize) -> Self {
        let count = line.chars().count();
        if count <= LINE_MAX {
            let shown = escape(line);
            return Self { shown, left_out: 0 };
        }
        let left_out = caret.saturating_sub(LINE_BEFORE);
        let part: String = line.chars().skip(left_out).take(LINE_MAX).collect();
        let head = if left_out > 0 { "…" } else { "" };
        let tail = if left_out + LINE_MAX < count {
            "…"
        } else {
            ""
        };
        let shown = format!("{head}{}{tail}", escape(&part));
        Self { shown, left_out }
    }

    /// How many characters of what is shown stand for `before`, the line up to the caret.
    fn width(&self, before: &str) -> usize {
        let part: String = before.chars().skip(self.left_out).collect();
        usize::from(self.left_out > 0) + escape(&part).chars().count()
    }
}

/// The last boundary of a character that is not beyond `byte`.
fn char_boundary(text: &str, byte: usize) -> usize {
    let byte = byte.min(text.len());
    let is_boundary = |byte: &usize| text.is_char_boundary(*byte);
    (0..=byte).rev().find(is_boundary).unwrap_or(0)
}

/// The text with everything that does not print written as an escape.
fn escape(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '\'' | '"' | '\\') {
            shown.push(character);
        } else {
            shown.extend(character.escape_debug());
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caret(text: &str, start: usize, length: usize) -> String {
        Excerpt::new("f", text, start, length).to_string()
    }

    #[test]
    fn the_caret_stands_under_what_is_meant() {
        let text = "a: 1\nbb: 22\n";
        assert_eq!(caret(text, 9, 2), "\n  |\n2 | bb: 22\n  |     ^^");
    }

    #[test]
    fn a_part_of_several_lines_is_marked_on_its_first() {
        assert_eq!(caret("a: x\r\n y", 3, 5), "\n  |\n1 | a: x\n  |    ^");
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        assert_eq!(caret("é: x", 4, 1), "\n  |\n1 | é: x\n  |    ^");
    }

    #[test]
    fn what_does_not_print_is_escaped() {
        let shown = caret("\t\u{1b}[31mx", 6, 1);
        assert_eq!(shown, "\n  |\n1 | \\t\\u{1b}[31mx\n  |             ^");
    }

    #[test]
    fn a_long_line_is_cropped_around_the_caret() {
        let text = format!("{}!{}", "a".repeat(500), "b".repeat(500));
        let excerpt = Excerpt::new("f", &text, 500, 1);
        assert_eq!(excerpt.shown.chars().count(), LINE_MAX + 2);
        assert_eq!(excerpt.shown.chars().nth(excerpt.caret_start), Some('!'));
        assert_eq!(excerpt.column, 501);
    }

    #[test]
    fn a_position_beyond_the_end_is_the_end() {
        assert_eq!(caret("ab", 99, 5), "\n  |\n1 | ab\n  |   ^");
        assert_eq!(caret("", 0, 0), "\n  |\n1 | \n  | ^");
    }
}
