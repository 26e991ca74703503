//! The pictures: a file each, drawn from the tables alone, as SVG and PNG.
//!
//! What this is not: it computes no figure. Positions on an axis are all it derives.

mod availability;
mod axis;
mod clients;
mod config;
mod latency;
mod legend;
mod over_time;
mod panel;
mod strips;
mod theme;
mod timeline;

use std::fmt;

use plotters::coord::Shift;
use plotters::prelude::{BitMapBackend, DrawingArea, DrawingBackend, IntoDrawingArea, SVGBackend};

use crate::report::folder::OutputFile;
use crate::report::{ComparisonTables, SweepSummary, Tables};

/// Why a picture could not be drawn.
#[derive(Debug)]
pub struct PlotError(String);

impl fmt::Display for PlotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot draw a plot: {}; `--no-plots` leaves them out",
            self.0
        )
    }
}

impl std::error::Error for PlotError {}

impl PlotError {
    fn new(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// A picture of a study.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Picture {
    /// What happened, window by window.
    Timeline,
    /// What clients did about it, and what became of that.
    Clients,
    /// How slow the slowest were.
    Latency,
    /// Who was served.
    Availability,
    /// Which configuration ran where, and what the management plane did.
    Config,
}

const PICTURES: [(Picture, &str, &str); 5] = [
    (
        Picture::Timeline,
        "plots/timeline.svg",
        "plots/timeline.png",
    ),
    (Picture::Clients, "plots/clients.svg", "plots/clients.png"),
    (Picture::Latency, "plots/latency.svg", "plots/latency.png"),
    (
        Picture::Availability,
        "plots/availability.svg",
        "plots/availability.png",
    ),
    (Picture::Config, "plots/config.svg", "plots/config.png"),
];

/// Draws all pictures that there is something to draw in.
///
/// # Errors
/// If the drawing library refuses, which no known input makes it do.
pub fn draw_all(tables: &Tables) -> Result<Vec<OutputFile>, PlotError> {
    theme::register_fonts()?;
    let mut files = Vec::new();
    let drawn = PICTURES
        .into_iter()
        .filter(|(picture, ..)| picture.is_due(tables));
    for (picture, svg, png) in drawn {
        files.push(OutputFile {
            path: svg,
            bytes: draw_svg(picture, tables)?,
        });
        files.push(OutputFile {
            path: png,
            bytes: draw_png(picture, tables)?,
        });
    }
    Ok(files)
}

/// Draws the pictures of a comparison.
///
/// # Errors
/// If the drawing library refuses, which no known input makes it do.
pub fn draw_comparison(_tables: &ComparisonTables) -> Result<Vec<OutputFile>, PlotError> {
    Ok(Vec::new())
}

/// Draws the pictures of a sweep.
///
/// # Errors
/// If the drawing library refuses, which no known input makes it do.
pub fn draw_sweep(_summary: &SweepSummary) -> Result<Vec<OutputFile>, PlotError> {
    Ok(Vec::new())
}

impl Picture {
    /// Whether there is something to draw in it.
    fn is_due(self, tables: &Tables) -> bool {
        match self {
            Self::Config => config::is_due(&tables.summary),
            Self::Timeline | Self::Clients | Self::Latency | Self::Availability => true,
        }
    }

    fn size(self, tables: &Tables) -> (u32, u32) {
        match self {
            Self::Timeline => timeline::SIZE,
            Self::Clients => clients::SIZE,
            Self::Latency => latency::SIZE,
            Self::Availability => availability::size(tables),
            Self::Config => config::size(&tables.summary),
        }
    }

    fn draw<DB: DrawingBackend>(
        self,
        canvas: &DrawingArea<DB, Shift>,
        tables: &Tables,
    ) -> Result<(), PlotError> {
        canvas.fill(&theme::PAPER).map_err(PlotError::new)?;
        match self {
            Self::Timeline => timeline::draw(canvas, tables)?,
            Self::Clients => clients::draw(canvas, tables)?,
            Self::Latency => latency::draw(canvas, tables)?,
            Self::Availability => availability::draw(canvas, tables)?,
            Self::Config => config::draw(canvas, tables)?,
        }
        canvas.present().map_err(PlotError::new)
    }
}

fn draw_svg(picture: Picture, tables: &Tables) -> Result<Vec<u8>, PlotError> {
    let mut svg = String::new();
    let canvas = SVGBackend::with_string(&mut svg, picture.size(tables)).into_drawing_area();
    picture.draw(&canvas, tables)?;
    drop(canvas);
    Ok(svg.into_bytes())
}

fn draw_png(picture: Picture, tables: &Tables) -> Result<Vec<u8>, PlotError> {
    let (width, height) = picture.size(tables);
    let mut pixels = vec![0; width as usize * height as usize * 3];
    let canvas = BitMapBackend::with_buffer(&mut pixels, (width, height)).into_drawing_area();
    picture.draw(&canvas, tables)?;
    drop(canvas);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().map_err(PlotError::new)?;
    writer.write_image_data(&pixels).map_err(PlotError::new)?;
    writer.finish().map_err(PlotError::new)?;
    Ok(file)
}
