//! The coasts of the world as dots, one a degree.
//!
//! They come with the widgets of a library for terminals (`ratatui-widgets`, MIT license), which
//! paints them on a grid of characters; here the grid is read instead of shown.

use std::fmt::Write as _;
use std::sync::LazyLock;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::symbols::Marker;
use ratatui_core::widgets::Widget as _;
use ratatui_widgets::canvas::{Canvas, Map, MapResolution};

/// Degrees of latitude that a map shows, from the south to the north: no region is beyond.
pub(super) const LATITUDES: [i32; 2] = [-56, 74];

/// The path of all dots; x is the longitude, y the negative latitude, in degrees.
pub(super) fn path() -> &'static str {
    static PATH: LazyLock<String> = LazyLock::new(draw);
    &PATH
}

fn draw() -> String {
    let area = Rect::new(0, 0, 360, 180);
    let mut grid = Buffer::empty(area);
    let world = Map {
        resolution: MapResolution::High,
        ..Map::default()
    };
    let canvas = Canvas::default()
        .marker(Marker::Dot)
        .x_bounds([-180.0, 180.0])
        .y_bounds([-90.0, 90.0])
        .paint(|context| context.draw(&world));
    canvas.render(area, &mut grid);
    let mut path = String::new();
    let [south, north] = LATITUDES;
    for row in 0..area.height {
        let y = i32::from(row) - 90;
        if y < -north || y > -south {
            continue;
        }
        for column in 0..area.width {
            if grid[(column, row)].symbol() != " " {
                let x = i32::from(column) - 180;
                write!(path, "M{x} {y}h0").expect("writing to a string cannot fail");
            }
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_coast_and_an_ocean() {
        let dots = path().matches('M').count();
        assert!((2_000..6_000).contains(&dots), "{dots}");
        // The Atlantic, in the middle between Africa and South America.
        assert!(!path().contains("M-20 5h0"));
    }
}
