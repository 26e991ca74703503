//! Colors, fonts and sizes, the same in every picture.
//!
//! Colors are those of Okabe and Ito (2008), which people of all kinds of color vision tell
//! apart. A region has its color by its place in the scenario, everywhere. Failures are reds and,
//! where configuration or names failed, browns, which no region has, each of a gray of its own, so
//! that they survive a gray printer. What is little or much, such as a version, is on a ramp of one
//! hue from light to dark.

use std::sync::OnceLock;

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBColor, TextStyle, register_font};

use crate::report::Summary;
use crate::report::plot::PlotError;
use crate::report::printable::printable;

pub(super) const PAPER: RGBColor = RGBColor(255, 255, 255);
pub(super) const INK: RGBColor = RGBColor(34, 34, 34);
pub(super) const FAINT: RGBColor = RGBColor(110, 110, 110);
pub(super) const GRID: RGBColor = RGBColor(225, 225, 225);
pub(super) const OUTAGE: RGBColor = RGBColor(246, 226, 218);
pub(super) const TARGET: RGBColor = RGBColor(178, 24, 43);
/// Where objectives are kept.
pub(super) const KEPT: RGBColor = RGBColor(230, 159, 0);

/// Height of ordinary text, in pixels.
pub(super) const TEXT: u32 = 26;
/// Height of the text of small multiples.
pub(super) const SMALL: u32 = 22;
/// Height of a picture's title.
pub(super) const TITLE: u32 = 38;
/// What stays free beside text at the edge of a picture, in pixels.
pub(super) const MARGIN: i32 = 24;

const REGIONS: [RGBColor; 8] = [
    RGBColor(0, 114, 178),
    RGBColor(230, 159, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(68, 68, 68),
    RGBColor(148, 132, 46),
    RGBColor(120, 94, 200),
];

const FAILURES: [RGBColor; 11] = [
    RGBColor(103, 0, 13),
    RGBColor(203, 24, 29),
    RGBColor(251, 106, 74),
    RGBColor(252, 146, 114),
    RGBColor(254, 200, 180),
    RGBColor(228, 78, 100),
    RGBColor(238, 226, 250),
    RGBColor(16, 2, 48),
    RGBColor(158, 94, 26),
    RGBColor(96, 40, 20),
    RGBColor(223, 188, 140),
];

/// From little to much.
const RAMP: [RGBColor; 4] = [
    RGBColor(236, 240, 246),
    RGBColor(158, 188, 218),
    RGBColor(72, 128, 178),
    RGBColor(12, 56, 104),
];

const PHASES: [RGBColor; 3] = [
    RGBColor(0, 114, 178),
    RGBColor(203, 24, 29),
    RGBColor(0, 158, 115),
];

/// The color of a region, by its place in the scenario.
pub(in crate::report) fn region(index: usize) -> RGBColor {
    let color = REGIONS[index % REGIONS.len()];
    // More regions than colors: the same once more, halfway to the paper.
    if (index / REGIONS.len()).is_multiple_of(2) {
        color
    } else {
        let pale = |part| u8::midpoint(part, 255);
        RGBColor(pale(color.0), pale(color.1), pale(color.2))
    }
}

/// The color of a cause of failure, by its place among all.
pub(in crate::report) fn failure(index: usize) -> RGBColor {
    FAILURES[index % FAILURES.len()]
}

/// The color of an amount, such as a version, by its share of the largest.
pub(super) fn ramp(share: f64) -> RGBColor {
    let steps = RAMP.len() - 1;
    let place = share.clamp(0.0, 1.0) * steps as f64;
    let from = (0..steps).rfind(|&step| step as f64 <= place).unwrap_or(0);
    let part = place - from as f64;
    let (low, high) = (RAMP[from], RAMP[from + 1]);
    let mix = |low: u8, high: u8| mixed(f64::from(low) * (1.0 - part) + f64::from(high) * part);
    RGBColor(mix(low.0, high.0), mix(low.1, high.1), mix(low.2, high.2))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between two parts of colors"
)]
fn mixed(part: f64) -> u8 {
    part.round() as u8
}

/// The color of a phase, by its place among all.
pub(in crate::report) fn phase(index: usize) -> RGBColor {
    PHASES[index % PHASES.len()]
}

/// The name under which the font is registered; a browser without it takes the next that it has.
const FONT: &str = "DejaVu Sans, Verdana, sans-serif";

/// Makes the font known to the drawing library; no font of the system is used.
pub(super) fn register_fonts() -> Result<(), PlotError> {
    static IS_DONE: OnceLock<bool> = OnceLock::new();
    let is_done = *IS_DONE.get_or_init(|| {
        let regular = register_font(FONT, FontStyle::Normal, dejavu::sans::regular());
        let bold = register_font(FONT, FontStyle::Bold, dejavu::sans::bold());
        regular.is_ok() && bold.is_ok()
    });
    if is_done {
        Ok(())
    } else {
        Err(PlotError::new("the font cannot be read"))
    }
}

/// Where a text lies relative to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Left,
    Right,
    Above,
    Below,
    Middle,
}

/// A text style of `size` pixels.
pub(super) fn text(size: u32, color: RGBColor, anchor: Anchor) -> TextStyle<'static> {
    let pos = match anchor {
        Anchor::Left => Pos::new(HPos::Left, VPos::Center),
        Anchor::Right => Pos::new(HPos::Right, VPos::Center),
        Anchor::Above => Pos::new(HPos::Center, VPos::Bottom),
        Anchor::Below => Pos::new(HPos::Center, VPos::Top),
        Anchor::Middle => Pos::new(HPos::Center, VPos::Center),
    };
    font(size, FontStyle::Normal)
        .color(&color.to_rgba())
        .pos(pos)
}

/// A bold text style of `size` pixels.
pub(super) fn bold(size: u32, anchor: Anchor) -> TextStyle<'static> {
    TextStyle {
        font: font(size, FontStyle::Bold),
        ..text(size, INK, anchor)
    }
}

fn font(size: u32, style: FontStyle) -> FontDesc<'static> {
    FontDesc::new(FontFamily::Name(FONT), size.into(), style)
}

/// Whether a dark color of the ramp is under a text, which must then be light.
pub(super) fn on_ramp(share: f64) -> RGBColor {
    if share > 0.62 { PAPER } else { INK }
}

/// The color of a variant or of a series, by its place among all.
pub(in crate::report) fn series(index: usize) -> RGBColor {
    // Beside black, which the first of all variants has, there is no place for dark gray.
    let places = [0, 1, 2, 3, 4, 7, 6];
    REGIONS[places[index % places.len()]]
}

/// Writes the scenario's title, and how the study was run.
pub(super) fn headline<DB: DrawingBackend>(
    canvas: &DrawingArea<DB, Shift>,
    left: i32,
    summary: &Summary,
) -> Result<(), PlotError> {
    let interval = match summary.replications {
        1 => "1 replication, no intervals".to_owned(),
        few if few < 5 => format!("mean of {few} replications, no intervals"),
        many => format!("mean of {many} replications, bands and bars are 95 % intervals"),
    };
    let note = if summary.complete {
        ""
    } else {
        "INCOMPLETE (interrupted), "
    };
    let text = format!("{note}routing: {}; {interval}", summary.strategy);
    heading(canvas, left, [&summary.scenario.title, &text])
}

/// Writes a title, and below it what the picture shows.
pub(super) fn heading<DB: DrawingBackend>(
    canvas: &DrawingArea<DB, Shift>,
    left: i32,
    [title, line]: [&str; 2],
) -> Result<(), PlotError> {
    let (picture, _) = canvas.dim_in_pixel();
    let room = i32::try_from(picture).unwrap_or(i32::MAX) - left - MARGIN;
    let below = text(TEXT, FAINT, Anchor::Left);
    for (text, row, style) in [(title, 40, bold(TITLE, Anchor::Left)), (line, 84, below)] {
        let text = Text::new(fit(text, room, &style)?, (left, row), style);
        canvas.draw(&text).map_err(PlotError::new)?;
    }
    Ok(())
}

/// A text cut to so many pixels, without what would break a picture.
pub(super) fn fit(text: &str, room: i32, style: &TextStyle<'_>) -> Result<String, PlotError> {
    // More characters than any place has room for: a bound on the work, not on the width.
    let mut label: String = printable(text).chars().take(200).collect();
    if width(&label, style)? <= room {
        return Ok(label);
    }
    while width(&format!("{label}…"), style)? > room && label.pop().is_some() {}
    label.push('…');
    Ok(label)
}

/// A text cut to so many pixels in its middle: names of one kind often differ at their ends.
pub(super) fn fit_ends(text: &str, room: i32, style: &TextStyle<'_>) -> Result<String, PlotError> {
    let letters: Vec<char> = printable(text).chars().collect();
    let whole: String = letters.iter().collect();
    if letters.len() <= 200 && width(&whole, style)? <= room {
        return Ok(whole);
    }
    let mut kept = letters.len().min(200);
    loop {
        let (head, tail) = (kept.div_ceil(2), kept / 2);
        let ends = [&letters[..head], &['…'], &letters[letters.len() - tail..]];
        let label: String = ends.concat().into_iter().collect();
        if kept == 0 || width(&label, style)? <= room {
            return Ok(label);
        }
        kept -= 1;
    }
}

/// The width of a text, in pixels.
pub(super) fn width(text: &str, style: &TextStyle<'_>) -> Result<i32, PlotError> {
    // What the font lacks, scripts of East Asia and emoji, a browser takes from another font, in
    // which it is about as wide as a `W`.
    let stand_in = |c| if c >= '\u{2e80}' { 'W' } else { c };
    let text: String = text.chars().map(stand_in).collect();
    let (width, _) = style.font.box_size(&text).map_err(PlotError::new)?;
    Ok(i32::try_from(width).unwrap_or(i32::MAX))
}

/// A number of things that a picture shows, to multiply pixels by.
pub(super) fn pixels(count: usize) -> i32 {
    i32::try_from(count).expect("a picture shows a few things")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Cause;

    /// Goal: causes are told apart without color. Method: their luma, of ITU-R BT.601.
    #[test]
    fn every_cause_has_a_gray_of_its_own() {
        let luma = |color: RGBColor| {
            let [r, g, b] = [color.0, color.1, color.2].map(f64::from);
            0.299 * r + 0.587 * g + 0.114 * b
        };
        assert_eq!(FAILURES.len(), Cause::ALL.len());
        let mut grays = FAILURES.map(luma);
        grays.sort_by(f64::total_cmp);
        let mut steps = grays.windows(2).map(|pair| pair[1] - pair[0]);
        assert!(steps.all(|step| step > 18.0), "{grays:?}");
    }

    #[test]
    fn the_ramp_goes_from_its_first_color_to_its_last() {
        assert_eq!(ramp(0.0), RAMP[0]);
        assert_eq!(ramp(1.0), RAMP[3]);
        assert_eq!(ramp(0.5), RGBColor(115, 158, 198));
    }

    #[test]
    fn a_text_is_cut_to_its_room_however_wide_its_letters() {
        register_fonts().expect("the font is compiled in");
        let style = text(TEXT, INK, Anchor::Left);
        for letter in ["i", "W", "東", "🚀"] {
            let cut = fit(&letter.repeat(64), 270, &style).expect("a measured text");
            let ends = fit_ends(&format!("{}z", letter.repeat(64)), 270, &style);
            let ends = ends.expect("a measured text");
            assert!(cut.ends_with('…') && ends.ends_with('z'), "{cut} {ends}");
            for text in [&cut, &ends] {
                let width = width(text, &style).expect("a measured text");
                assert!((220..=270).contains(&width), "{text}");
            }
        }
        assert_eq!(
            fit("westeurope", 270, &style).expect("a measured text"),
            "westeurope"
        );
    }
}
