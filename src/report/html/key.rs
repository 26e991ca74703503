//! Samples of colors beside names.

use maud::{Markup, html};

use crate::report::html::told;

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// A line.
    Line,
    /// A line in the color of text, heavier than others.
    Heavy,
    /// A dashed line.
    Dashed,
    /// An area on top of the areas before it.
    Area,
}

/// How a look is shown beside a name.
pub(super) fn sample(look: Look) -> &'static str {
    match look {
        Look::Line => "sample",
        Look::Heavy => "sample heavy",
        Look::Dashed => "sample dashed",
        Look::Area => "sample area",
    }
}

/// Names without anything to toggle, as one who cannot be hidden.
pub(super) fn key(head: &str, entries: &[(String, &str, Look)]) -> Markup {
    html! {
        div.legend {
            @if !head.is_empty() { span.head { (head) } }
            @for (style, name, look) in entries {
                span.entry style=(style) { span class=(sample(*look)) {} (told::name(name)) }
            }
        }
    }
}
