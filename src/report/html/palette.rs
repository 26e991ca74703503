//! The colors of a page as CSS variables, for light and for dark.
//!
//! By day they are those of the pictures ([`theme`]); by night each is light enough to be seen on a
//! dark ground.

use std::fmt::Write as _;

use plotters::style::RGBColor;

use crate::report::plot::theme;

/// So many colors tell regions, populations and variants apart.
pub(super) const SERIES: usize = 8;
/// So many colors tell causes and blames apart.
pub(super) const FAILURES: usize = 11;

/// By night, in the order of [`theme::region`].
const SERIES_DARK: [&str; SERIES] = [
    "#4ba3dc", "#eab04a", "#3cc29a", "#e097c2", "#8fd0f5", "#b8c0c8", "#c3b34e", "#a78cf0",
];
/// By night, in the order of [`theme::failure`].
const FAILURES_DARK: [&str; FAILURES] = [
    "#a63a48", "#ef4f50", "#ff8f72", "#ffb79f", "#ffdccd", "#f27d97", "#e6dcf8", "#8f7bf0",
    "#cd9152", "#8a5a40", "#f0d3ac",
];

/// The variables of both.
pub(super) fn css() -> String {
    let mut css = String::from(":root{");
    declare(
        &mut css,
        |index| hex(theme::region(index)),
        |index| hex(theme::failure(index)),
    );
    css += "}@media (prefers-color-scheme:dark){:root{";
    declare(
        &mut css,
        |index| SERIES_DARK[index].to_owned(),
        |index| FAILURES_DARK[index].to_owned(),
    );
    css += "}}";
    css
}

fn declare(css: &mut String, series: impl Fn(usize) -> String, failure: impl Fn(usize) -> String) {
    for index in 0..SERIES {
        write!(css, "--s{index}:{};", series(index)).expect("writing to a string cannot fail");
    }
    for index in 0..FAILURES {
        write!(css, "--f{index}:{};", failure(index)).expect("writing to a string cannot fail");
    }
}

fn hex(color: RGBColor) -> String {
    format!("#{:02x}{:02x}{:02x}", color.0, color.1, color.2)
}

/// The style of a thing in the color of a region, a population or a variant by its place.
pub(super) fn series(index: usize) -> String {
    format!("--c:var(--s{})", index % SERIES)
}

/// The style of a thing in the color of a cause or a blame by its place.
pub(super) fn failure(index: usize) -> String {
    format!("--c:var(--f{})", index % FAILURES)
}
