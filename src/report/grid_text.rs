//! Tables of texts, for the terminal and for Markdown.

use crate::report::format::{align_numbers, line, lines, table};

/// A table of texts.
pub(super) struct Grid {
    /// The heads of the columns, and then the rows, all of the same length.
    pub(super) rows: Vec<Vec<String>>,
    /// How many columns are labels; the others are figures.
    pub(super) labels: usize,
}

/// Writes a table for the terminal.
pub(super) fn grid(text: &mut String, grid: &Grid) {
    let mut table = table();
    table.set_header(&grid.rows[0]);
    for row in &grid.rows[1..] {
        table.add_row(row);
    }
    align_numbers(&mut table, grid.labels..grid.rows[0].len());
    lines(text, &table);
}

/// Writes a table for Markdown.
pub(super) fn pipes(text: &mut String, grid: &Grid) {
    for (index, row) in grid.rows.iter().enumerate() {
        let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
        line(text, &format!("| {} |", cells.join(" | ")));
        if index == 0 {
            let figures = "---:|".repeat(row.len() - grid.labels);
            line(text, &format!("|{}{figures}", "---|".repeat(grid.labels)));
        }
    }
}

/// Between two characters that mean something together; GitHub shows nothing of it.
const APART: &str = "<!-- -->";

/// A text in which no character means anything to GitHub's Markdown: neither to its syntax, nor as
/// the address of a page, a user, an issue or a picture.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut last = ' ';
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        // `https://`, and the dot of `www.`.
        let is_address = c == ':' && next == '/' || c == '.' && last.eq_ignore_ascii_case(&'w');
        if is_syntax(c) || is_address {
            escaped.push('\\');
        }
        escaped.push(c);
        // `@name`, `#1` and `:name:` are looked for in what is shown, where no escape is left.
        let is_reference = matches!(c, '@' | '#') || c == ':' && next.is_ascii_alphanumeric();
        if is_reference && !next.is_whitespace() {
            escaped.push_str(APART);
        }
        last = c;
    }
    escaped
}

fn is_syntax(c: char) -> bool {
    "|*_`<>[]{}\\#~&$".contains(c)
}

#[cfg(test)]
mod tests {
    use comrak::nodes::NodeValue;
    use comrak::{Arena, Options, parse_document};

    use super::*;

    /// Goal: what a name holds is read as text. Method: a reader of GitHub's Markdown finds a
    /// paragraph of nothing but that text; comments, which nobody sees, are left out.
    #[test]
    fn every_name_is_text() {
        for name in [
            "</script><img src=x onerror=alert(1)>",
            "a | b",
            "*bold* _it_ `code` ~~gone~~",
            "[link](https://example.com) ![picture](x)",
            "https://example.com www.example.com WWW.example.com me@example.com",
            "=cmd()",
            "../../etc",
            "&lt;img&gt; &amp; R&D",
            "$x$ $$y$$ :rocket: @someone #1 \\ end\\",
            "\u{5d0}\u{5d1}\u{5d2} 🚒 e\u{301}",
        ] {
            let shown = shown(&format!("x {}\n", escaped(name)));
            assert_eq!(shown, format!("x {name}"), "{}", escaped(name));
        }
    }

    #[test]
    fn a_table_has_as_many_cells_whatever_is_in_them() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let mut text = String::new();
        let rows = vec![row(["a", "b"]), row(["x | y", "\\"]), row(["|", "`|`"])];
        pipes(&mut text, &Grid { rows, labels: 1 });
        let arena = Arena::new();
        let root = parse_document(&arena, &text, &options());
        let is_cell = |value: &NodeValue| matches!(value, NodeValue::TableCell);
        let cells = root
            .descendants()
            .filter(|node| is_cell(&node.data().value));
        assert_eq!(cells.count(), 6, "{text}");
    }

    fn options() -> Options<'static> {
        let mut options = Options::default();
        options.extension.table = true;
        options.extension.strikethrough = true;
        options.extension.autolink = true;
        options.extension.tasklist = true;
        options.extension.footnotes = true;
        options.extension.math_dollars = true;
        options.extension.math_code = true;
        options
    }

    fn shown(text: &str) -> String {
        let arena = Arena::new();
        let root = parse_document(&arena, text, &options());
        let mut shown = String::new();
        for node in root.descendants() {
            match &node.data().value {
                NodeValue::Document | NodeValue::Paragraph => {}
                NodeValue::Text(text) => shown.push_str(text),
                NodeValue::HtmlInline(html) => assert_eq!(html, APART),
                other => panic!("{text}: {other:?}"),
            }
        }
        shown
    }
}
