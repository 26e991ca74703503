//! Tables of texts, for the terminal and for Markdown.

use std::fmt::Write as _;

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

/// A text in which no character means anything to Markdown.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(
            c,
            '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '\\' | '#' | '~'
        ) {
            escaped.push('\\');
        }
        write!(escaped, "{c}").expect("writing to a string cannot fail");
    }
    escaped
}
