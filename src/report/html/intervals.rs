//! Figures beside each other: a row each, a point with its interval on an axis they share.

use maud::{Markup, html};

use crate::report::html::labels::labels;
use crate::report::html::told;
use crate::report::plot::axis::Axis;

/// The width of the drawing, in its own units.
const WIDTH: f64 = 1_000.0;

/// A row.
pub(super) struct Row {
    pub(super) name: Markup,
    pub(super) value: Option<f64>,
    pub(super) interval: Option<[f64; 2]>,
    /// Its color, as a style.
    pub(super) style: String,
    /// How its point looks: `filled` or `hollow`.
    pub(super) look: &'static str,
    /// The figure in words.
    pub(super) text: Markup,
    pub(super) tip: String,
}

/// All rows under a title, with a line at a value they are held against.
pub(super) fn block(title: &str, axis: &Axis, line: Option<f64>, rows: &[Row]) -> Markup {
    let place = |value: f64| {
        let part = (axis.scale.position(value) - axis.low) / (axis.high - axis.low);
        (part * WIDTH).clamp(0.0, WIDTH)
    };
    let tick = |position: f64| (position - axis.low) / (axis.high - axis.low) * WIDTH;
    let columns = axis
        .ticks
        .iter()
        .map(|(at, _)| format!("M{:.1} 0V10", tick(*at)));
    let grid = columns.collect::<Vec<String>>().concat();
    html! {
        div.rows {
            h4 { (told::capital(title)) }
            @for row in rows { div.row {
                div.label { (row.name) }
                div.bar {
                    svg viewBox=(format!("0 0 {WIDTH} 10")) preserveAspectRatio="none" role="img" aria-label=(row.tip) {
                        path.grid d=(grid) {}
                        @if let Some(line) = line { path.against d=(format!("M{:.1} 0V10", place(line))) {} }
                        @if let Some([low, high]) = row.interval {
                            path.interval style=(row.style) d=(format!("M{:.1} 5H{:.1}", place(low), place(high))) {}
                        }
                        @if let Some(value) = row.value {
                            @let at = format!("M{:.1} 5h0", place(value));
                            g.mark.(row.look) style=(row.style) data-tip=(row.tip) { path.rim d=(at) {} path.core d=(at) {} }
                        }
                    }
                }
                div.count { (row.text) }
            } }
            div.row.scale aria-hidden="true" {
                div.label {}
                div.xaxis { (labels(axis.ticks.iter().map(|(at, label)| (tick(*at) / WIDTH, label.as_str())))) }
                div.count {}
            }
        }
    }
}
