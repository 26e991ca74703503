//! How figures, tables and lines look on the terminal.

use std::fmt::Write as _;

use anstyle::Style;
use comfy_table::{CellAlignment, Table, presets};

use crate::report::figure::{Figure, Reached};
use crate::units::text::{show_duration, show_ratio};

const HEADING: Style = Style::new().bold();
/// What stands where there is nothing to show.
const NOTHING: &str = "-";

pub(in crate::report) fn milestone(reached: &Reached, replications: u32) -> String {
    if reached.reached == 0 {
        return "not reached".to_owned();
    }
    let time = match reached.mean {
        Some(0.0) => "at once".to_owned(),
        _ => time(&reached.figure()),
    };
    if reached.reached == replications {
        time
    } else {
        format!(
            "{time}, in {} of {replications} replications",
            reached.reached
        )
    }
}

pub(in crate::report) fn share(figure: &Figure) -> String {
    let Some(mean) = figure.mean else {
        return nothing();
    };
    let mean = show_ratio(mean);
    let Some([low, high]) = figure.ci95 else {
        return mean;
    };
    let decimals = mean
        .split_once('.')
        .map_or(0, |(_, digits)| digits.len().saturating_sub(2));
    format!(
        "{mean} ({:.decimals$} - {:.decimals$})",
        low * 100.0,
        high * 100.0
    )
}

pub(in crate::report) fn time(figure: &Figure) -> String {
    let Some(mean) = figure.mean else {
        return nothing();
    };
    match figure.ci95 {
        Some([low, high]) if high > low => {
            format!(
                "{} ({} - {})",
                show_duration(mean),
                show_duration(low),
                show_duration(high)
            )
        }
        _ => show_duration(mean),
    }
}

pub(in crate::report) fn count(figure: &Figure) -> String {
    match figure.mean {
        Some(_) => format!("{} a replication", whole(figure)),
        None => nothing(),
    }
}

/// A count without its unit.
pub(in crate::report) fn whole(figure: &Figure) -> String {
    match (figure.mean, figure.ci95) {
        (Some(mean), Some([low, high])) => format!("{mean:.0} ({low:.0} - {high:.0})"),
        (Some(mean), None) => format!("{mean:.0}"),
        (None, _) => nothing(),
    }
}

/// Unit-hours without their unit, and without an interval where they do not vary.
pub(in crate::report) fn unit_hours(figure: &Figure) -> String {
    let Some(mean) = figure.mean else {
        return nothing();
    };
    match figure.ci95 {
        Some([low, high]) if high > low => {
            let decimals = decimals((high - low) / 2.0);
            format!("{mean:.decimals$} ({low:.decimals$} - {high:.decimals$})")
        }
        _ => plain_unit_hours(mean),
    }
}

/// Unit-hours without an interval, with a decimal or two: `3.0`, `1.25`.
pub(in crate::report) fn plain_unit_hours(value: f64) -> String {
    let decimals = decimals(value).max(2);
    let text = format!("{value:.decimals$}");
    text.strip_suffix('0').map(str::to_owned).unwrap_or(text)
}

/// So many decimals that two digits of a number are seen, at most six.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 6"
)]
pub(in crate::report) fn decimals(value: f64) -> usize {
    if value <= 0.0 {
        return 2;
    }
    (1.0 - value.log10().floor()).clamp(0.0, 6.0) as usize
}

pub(in crate::report) fn nothing() -> String {
    NOTHING.to_owned()
}

/// A count with its thousands apart: `1 200 000`.
pub(in crate::report) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

pub(in crate::report) fn table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table
}

pub(in crate::report) fn align_numbers(table: &mut Table, columns: std::ops::Range<usize>) {
    for index in columns {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

pub(in crate::report) fn heading(text: &mut String, heading: &str) {
    let (space, words) = heading
        .strip_prefix('\n')
        .map_or(("", heading), |words| ("\n", words));
    line(text, &format!("{space}{HEADING}{words}{HEADING:#}"));
}

pub(in crate::report) fn lines(text: &mut String, table: &Table) {
    for row in table.lines() {
        line(text, &format!(" {}", row.trim_end()));
    }
}

pub(in crate::report) fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_kept_apart() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1 234 567");
    }

    #[test]
    fn unit_hours_have_an_interval_only_where_they_vary() {
        let figure = |mean, low, high| Figure {
            mean: Some(mean),
            ci95: Some([low, high]),
        };
        assert_eq!(unit_hours(&figure(3.0, 3.0, 3.0)), "3.0");
        assert_eq!(unit_hours(&figure(12.25, 12.25, 12.25)), "12.25");
        assert_eq!(unit_hours(&figure(0.002_78, 0.002_78, 0.002_78)), "0.0028");
        assert_eq!(unit_hours(&figure(3.0, 2.9, 3.1)), "3.00 (2.90 - 3.10)");
        assert_eq!(unit_hours(&Figure::default()), "-");
    }
}
