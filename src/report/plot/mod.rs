//! The pictures: a file each, drawn from the tables alone, as SVG and PNG.
//!
//! What this is not: it computes no figure. Positions on an axis are all it derives.

mod availability;
pub(in crate::report) mod axis;
mod backends;
mod capacity;
mod clients;
mod config;
pub(in crate::report) mod cube;
pub(in crate::report) mod curve;
mod differences;
mod figures;
mod heatmap;
mod knees;
mod latency;
mod legend;
mod lines;
mod mark;
pub(in crate::report) mod metric_axis;
mod months;
mod over_time;
mod panel;
pub(in crate::report) mod plan;
mod rows;
mod strips;
mod sweep;
pub(in crate::report) mod theme;
mod time_frame;
mod timeline;
mod timelines;

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

/// A picture, and the tables that it is drawn from.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Picture<'t> {
    /// What happened, window by window.
    Timeline(&'t Tables),
    /// What clients did about it, and what became of that.
    Clients(&'t Tables),
    /// How slow the slowest were.
    Latency(&'t Tables),
    /// Who was served.
    Availability(&'t Tables),
    /// How many workers there were.
    Capacity(&'t Tables),
    /// What was called behind the gateways.
    Backends(&'t Tables),
    /// Which configuration ran where, and what the management plane did.
    Config(&'t Tables),
    /// How bad months get.
    Months(&'t Tables),
    /// The figures of variants.
    Figures(&'t ComparisonTables),
    /// What variants have more than the baseline.
    Differences(&'t ComparisonTables),
    /// What happened to variants, window by window.
    Timelines(&'t ComparisonTables),
    /// Figures along an axis of a sweep.
    Sweep(&'t SweepSummary),
    /// Figures on two axes of a sweep.
    Heatmap(&'t SweepSummary),
}

/// Draws all pictures of a run that there is something to draw in.
///
/// # Errors
/// If the drawing library refuses, which no known input makes it do.
pub fn draw_all(tables: &Tables) -> Result<Vec<OutputFile>, PlotError> {
    draw(&[
        Picture::Timeline(tables),
        Picture::Clients(tables),
        Picture::Latency(tables),
        Picture::Availability(tables),
        Picture::Capacity(tables),
        Picture::Backends(tables),
        Picture::Config(tables),
        Picture::Months(tables),
    ])
}

/// Draws the pictures of a comparison.
///
/// # Errors
/// If the drawing library refuses, which no known input makes it do.
pub fn draw_comparison(tables: &ComparisonTables) -> Result<Vec<OutputFile>, PlotError> {
    draw(&[
        Picture::Figures(tables),
        Picture::Differences(tables),
        Picture::Timelines(tables),
    ])
}

/// Draws the pictures of a sweep.
///
/// # Errors
/// If the drawing library refuses, which no known input makes it do.
pub fn draw_sweep(summary: &SweepSummary) -> Result<Vec<OutputFile>, PlotError> {
    draw(&[Picture::Sweep(summary), Picture::Heatmap(summary)])
}

/// Draws those pictures that there is something to draw in.
fn draw(pictures: &[Picture<'_>]) -> Result<Vec<OutputFile>, PlotError> {
    theme::register_fonts()?;
    let mut files = Vec::new();
    for picture in pictures.iter().filter(|picture| picture.is_due()) {
        let [svg, png] = picture.paths();
        files.push(OutputFile {
            path: svg,
            bytes: draw_svg(*picture)?,
        });
        files.push(OutputFile {
            path: png,
            bytes: draw_png(*picture)?,
        });
    }
    Ok(files)
}

impl Picture<'_> {
    /// Where it is written, as SVG and as PNG.
    fn paths(self) -> [&'static str; 2] {
        match self {
            Self::Timeline(_) => ["plots/timeline.svg", "plots/timeline.png"],
            Self::Clients(_) => ["plots/clients.svg", "plots/clients.png"],
            Self::Latency(_) => ["plots/latency.svg", "plots/latency.png"],
            Self::Availability(_) => ["plots/availability.svg", "plots/availability.png"],
            Self::Capacity(_) => ["plots/capacity.svg", "plots/capacity.png"],
            Self::Backends(_) => ["plots/backends.svg", "plots/backends.png"],
            Self::Config(_) => ["plots/config.svg", "plots/config.png"],
            Self::Months(_) => ["plots/months.svg", "plots/months.png"],
            Self::Figures(_) => ["plots/figures.svg", "plots/figures.png"],
            Self::Differences(_) => ["plots/differences.svg", "plots/differences.png"],
            Self::Timelines(_) => ["plots/timelines.svg", "plots/timelines.png"],
            Self::Sweep(_) => ["plots/sweep.svg", "plots/sweep.png"],
            Self::Heatmap(_) => ["plots/heatmap.svg", "plots/heatmap.png"],
        }
    }

    /// Whether there is something to draw in it.
    fn is_due(self) -> bool {
        match self {
            Self::Capacity(tables) => capacity::is_due(tables),
            Self::Backends(tables) => backends::is_due(&tables.summary),
            Self::Config(tables) => config::is_due(&tables.summary),
            Self::Months(tables) => months::is_due(tables),
            Self::Differences(tables) => differences::is_due(&tables.summary),
            Self::Timelines(tables) => timelines::is_due(tables),
            Self::Heatmap(summary) => heatmap::is_due(summary),
            Self::Timeline(_)
            | Self::Clients(_)
            | Self::Latency(_)
            | Self::Availability(_)
            | Self::Figures(_)
            | Self::Sweep(_) => true,
        }
    }

    /// Width and height in pixels.
    fn size(self) -> (u32, u32) {
        match self {
            Self::Timeline(_) => timeline::SIZE,
            Self::Clients(_) => clients::SIZE,
            Self::Latency(_) => latency::SIZE,
            Self::Availability(tables) => availability::size(tables),
            Self::Capacity(_) => capacity::size(),
            Self::Backends(tables) => backends::size(&tables.summary),
            Self::Config(tables) => config::size(&tables.summary),
            Self::Months(_) => months::SIZE,
            Self::Figures(tables) => figures::size(&tables.summary),
            Self::Differences(tables) => differences::size(&tables.summary),
            Self::Timelines(_) => timelines::SIZE,
            Self::Sweep(summary) => sweep::size(summary),
            Self::Heatmap(summary) => heatmap::size(summary),
        }
    }

    fn draw<DB: DrawingBackend>(self, canvas: &DrawingArea<DB, Shift>) -> Result<(), PlotError> {
        canvas.fill(&theme::PAPER).map_err(PlotError::new)?;
        match self {
            Self::Timeline(tables) => timeline::draw(canvas, tables)?,
            Self::Clients(tables) => clients::draw(canvas, tables)?,
            Self::Latency(tables) => latency::draw(canvas, tables)?,
            Self::Availability(tables) => availability::draw(canvas, tables)?,
            Self::Capacity(tables) => capacity::draw(canvas, tables)?,
            Self::Backends(tables) => backends::draw(canvas, tables)?,
            Self::Config(tables) => config::draw(canvas, tables)?,
            Self::Months(tables) => months::draw(canvas, tables)?,
            Self::Figures(tables) => figures::draw(canvas, &tables.summary)?,
            Self::Differences(tables) => differences::draw(canvas, &tables.summary)?,
            Self::Timelines(tables) => timelines::draw(canvas, tables)?,
            Self::Sweep(summary) => sweep::draw(canvas, summary)?,
            Self::Heatmap(summary) => heatmap::draw(canvas, summary)?,
        }
        canvas.present().map_err(PlotError::new)
    }
}

fn draw_svg(picture: Picture<'_>) -> Result<Vec<u8>, PlotError> {
    let mut svg = String::new();
    let canvas = SVGBackend::with_string(&mut svg, picture.size()).into_drawing_area();
    picture.draw(&canvas)?;
    drop(canvas);
    Ok(svg.into_bytes())
}

fn draw_png(picture: Picture<'_>) -> Result<Vec<u8>, PlotError> {
    let (width, height) = picture.size();
    let mut pixels = vec![0; width as usize * height as usize * 3];
    let canvas = BitMapBackend::with_buffer(&mut pixels, (width, height)).into_drawing_area();
    picture.draw(&canvas)?;
    drop(canvas);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().map_err(PlotError::new)?;
    writer.write_image_data(&pixels).map_err(PlotError::new)?;
    writer.finish().map_err(PlotError::new)?;
    Ok(file)
}
