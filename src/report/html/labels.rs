//! Labels below an axis, of which a phone shows those that stand clear of each other.
//!
//! What this is not: a measurement. A page has no way to know the letters of its reader's font, so
//! they are taken to be as wide as the wide ones of the usual fonts are.

use maud::{Markup, html};

/// The width of an axis on a phone of 390 pixels.
const NARROW: f64 = 290.0;
/// The width of a letter of a label.
const LETTER: f64 = 7.6;
/// From here on, as a part of the axis, a label ends where it would have its middle.
const END: f64 = 0.97;

/// Labels at their places, as parts of the axis, from left to right.
pub(super) fn labels<'l>(labels: impl IntoIterator<Item = (f64, &'l str)>) -> Markup {
    let labels: Vec<(f64, &str)> = labels
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .collect();
    let is_tight = tight(&labels);
    html! {
        @for ((part, text), is_tight) in labels.iter().zip(is_tight) {
            span.x.end[*part > END].tight[is_tight] style=(format!("left:{:.3}%", part * 100.0)) { (text) }
        }
    }
}

/// Which labels have no room on a phone, where the first and the last have theirs.
fn tight(labels: &[(f64, &str)]) -> Vec<bool> {
    let edges = |&(part, text): &(f64, &str)| {
        let (at, width) = (part * NARROW, text.chars().count() as f64 * LETTER);
        if part > END {
            [at - width, at]
        } else {
            [at - width / 2.0, at + width / 2.0]
        }
    };
    let last = labels.len().saturating_sub(1);
    let end = labels.last().map_or(NARROW, |label| edges(label)[0]);
    let mut from = f64::NEG_INFINITY;
    let is_tight = |(index, label): (usize, &(f64, &str))| {
        let [left, right] = edges(label);
        let is_tight = index > 0 && index < last && (left < from || right > end);
        if !is_tight {
            // The first may begin where it would have its middle.
            from = if index == 0 {
                right.max(label.0 * NARROW + right - left)
            } else {
                right
            };
        }
        is_tight
    };
    labels.iter().enumerate().map(is_tight).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_room_is_left_out_but_for_the_ends() {
        let nines = [
            (0.0, "50 %"),
            (0.17, "90 %"),
            (0.35, "99 %"),
            (0.56, "99.9 %"),
            (0.77, "99.99 %"),
            (0.98, "99.999 %"),
        ];
        assert_eq!(tight(&nines), [false, false, false, false, true, false]);
        // The first takes as much room as it has where it begins at its place.
        assert_eq!(
            tight(&[nines[0], (0.14, "90 %"), nines[5]]),
            [false, true, false]
        );
        let wide = [
            (0.1, "10 ms"),
            (0.2, "20 ms"),
            (0.3, "50 ms"),
            (0.31, "60 ms"),
        ];
        assert_eq!(tight(&wide), [false, true, true, false]);
        assert_eq!(tight(&[(0.5, "alone")]), [false]);
        assert!(tight(&[]).is_empty());
    }
}
