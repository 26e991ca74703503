//! What happened: five panels on one time axis, outages shaded through all of them.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};
use plotters::style::RGBColor;

use crate::report::plot::PlotError;
use crate::report::plot::axis::{Axis, plain};
use crate::report::plot::legend::{self, Sample};
use crate::report::plot::panel::{Panel, Pen, Point};
use crate::report::plot::theme::{self, Anchor};
use crate::report::{OutageSummary, Summary, Tables, TimelineRow};
use crate::units::text::show_duration;

/// Width and height in pixels.
pub(super) const SIZE: (u32, u32) = (1_600, 1_660);

const LEFT: i32 = 130;
const RIGHT: i32 = 1_240;
const TOP: i32 = 210;
const PANEL: i32 = 220;
const GAP: i32 = 54;

/// Draws the picture.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &DrawingArea<DB, Shift>,
    tables: &Tables,
) -> Result<(), PlotError> {
    let summary = &tables.summary;
    theme::headline(canvas, LEFT, summary)?;
    let picture = Timeline { canvas, tables };
    picture.requests()?;
    picture.failures()?;
    picture.latency()?;
    picture.traffic()?;
    picture.utilization()
}

/// A count of a row, if it has one.
type Count = fn(&TimelineRow) -> Option<f64>;

struct Timeline<'t, DB: DrawingBackend> {
    canvas: &'t DrawingArea<DB, Shift>,
    tables: &'t Tables,
}

impl<'t, DB: DrawingBackend> Timeline<'t, DB> {
    fn panel(&self, place: i32, y: Axis, title: &str) -> Result<Panel<'t, DB>, PlotError> {
        let summary = &self.tables.summary;
        let top = TOP + place * (PANEL + GAP);
        let (x, unit) = Axis::of_run(summary.duration_s);
        let panel = Panel {
            canvas: self.canvas,
            across: LEFT..RIGHT,
            down: top..top + PANEL,
            x,
            y,
        };
        for outage in &summary.outages {
            let end = (outage.at_s + outage.for_s).min(summary.duration_s);
            panel.shade(outage.at_s, end, theme::OUTAGE)?;
        }
        panel.draw_frame(title)?;
        if place == 4 {
            panel.draw_x_labels(&format!("{unit} since the start of the measured period"))?;
        }
        Ok(panel)
    }

    fn requests(&self) -> Result<(), PlotError> {
        let rows = self.tables.timeline_of("fleet", "");
        let offered = self.per_s(&rows, |row| {
            (row.offered, row.offered_ci95_low.zip(row.offered_ci95_high))
        });
        let goodput = self.per_s(&rows, |row| {
            (
                row.succeeded,
                row.succeeded_ci95_low.zip(row.succeeded_ci95_high),
            )
        });
        let attempts = self.per_s(&rows, |row| (row.attempts, None));
        let top = [&offered, &goodput, &attempts].map(|points| highest(points));
        let axis = Axis::from_zero(top.into_iter().fold(0.0, f64::max), plain);
        let panel = self.panel(0, axis, "Requests per second")?;
        let (black, blue) = (Pen::dashed(theme::INK), Pen::solid(theme::region(0)));
        let red = Pen::solid(theme::TARGET);
        let mut entries = vec![
            (Sample::Line(black), "offered"),
            (Sample::Line(blue), "goodput"),
        ];
        if self.tables.summary.attempts > self.tables.summary.requests.offered {
            panel.line(&attempts, red)?;
            entries.insert(0, (Sample::Line(red), "attempts"));
        }
        panel.line(&offered, black)?;
        panel.line(&goodput, blue)?;
        legend::draw(&panel, &entries)?;
        self.milestones(&panel)
    }

    /// Says above the first panel what the shades are, and when the router knew.
    fn milestones(&self, panel: &Panel<'_, DB>) -> Result<(), PlotError> {
        let summary = &self.tables.summary;
        let style = theme::text(theme::TEXT, theme::TARGET, Anchor::Above);
        let mut taken = i32::MIN;
        for shade in shades(&summary.outages) {
            let lines = shade.words();
            let longest = lines.iter().map(|line| line.chars().count()).max();
            let half = i32::try_from(longest.unwrap_or(0)).unwrap_or(0) * 6;
            let middle = f64::midpoint(shade.start_s, shade.end_s.min(summary.duration_s));
            let column = panel.column(middle).max(LEFT + half).min(RIGHT - half);
            if column - half > taken {
                panel.text(&lines[0], (column, TOP - 74), &style)?;
                panel.text(&lines[1], (column, TOP - 42), &style)?;
                taken = column + half;
            }
        }
        Ok(())
    }

    fn failures(&self) -> Result<(), PlotError> {
        let rows = self.tables.timeline_of("fleet", "");
        let total = self.per_s(&rows, |row| (row.failed, None));
        let axis = Axis::from_zero(highest(&total), plain);
        let panel = self.panel(1, axis, "Failed requests per second, by cause")?;
        let causes: [(&str, Count); 5] = [
            ("connect_timeout", |row| row.failed_connect_timeout),
            ("refused", |row| row.failed_refused),
            ("reset", |row| row.failed_reset),
            ("timeout", |row| row.failed_timeout),
            ("overloaded", |row| row.failed_overloaded),
        ];
        let mut layers = Vec::new();
        for (index, (name, count)) in causes.into_iter().enumerate() {
            let points = self.per_s(&rows, |row| (count(row), None));
            if highest(&points) > 0.0 {
                layers.push((name, theme::failure(index), points));
            }
        }
        stack(&panel, &layers)?;
        let entries: Vec<(Sample, &str)> = layers
            .iter()
            .map(|(name, color, _)| (Sample::Area(*color), *name))
            .collect();
        if entries.is_empty() {
            let middle = (
                i32::midpoint(LEFT, RIGHT),
                i32::midpoint(panel.down.start, panel.down.end),
            );
            let style = theme::text(theme::TEXT, theme::FAINT, Anchor::Above);
            panel.text("no request failed", middle, &style)?;
        }
        legend::draw(&panel, &entries)
    }

    fn latency(&self) -> Result<(), PlotError> {
        let rows = self.tables.timeline_of("fleet", "");
        let p50 = self.points(&rows, |row| {
            (row.p50_s, row.p50_ci95_low_s.zip(row.p50_ci95_high_s))
        });
        let p99 = self.points(&rows, |row| {
            (row.p99_s, row.p99_ci95_low_s.zip(row.p99_ci95_high_s))
        });
        let ends = (lowest(&p50).unwrap_or(0.01), highest(&p99).max(1e-6));
        let axis = Axis::of_times(ends, 5.0);
        let panel = self.panel(2, axis, "Latency of successes")?;
        let (dark, light) = (Pen::solid(theme::INK), Pen::dashed(theme::FAINT));
        panel.line(&p99, dark)?;
        panel.line(&p50, light)?;
        let entries = [
            (Sample::Line(dark), "99th percentile"),
            (Sample::Line(light), "median"),
        ];
        legend::draw(&panel, &entries)
    }

    fn traffic(&self) -> Result<(), PlotError> {
        let percent = |share: f64| format!("{:.0} %", share * 100.0);
        let axis = Axis {
            high: 1.0,
            ..Axis::from_zero(0.99, percent)
        };
        let panel = self.panel(3, axis, "Share of attempts by region")?;
        let layers: Vec<(&str, RGBColor, Vec<Option<Point>>)> = self
            .regions()
            .map(|(index, name)| {
                let rows = self.tables.timeline_of("region", name);
                let points = self.points(&rows, |row| (row.traffic_share, None));
                (name, theme::region(index), points)
            })
            .collect();
        stack(&panel, &layers)?;
        let entries: Vec<(Sample, &str)> = layers
            .iter()
            .map(|(name, color, _)| (Sample::Area(*color), *name))
            .collect();
        legend::draw(&panel, &entries)
    }

    fn utilization(&self) -> Result<(), PlotError> {
        let percent = |share: f64| format!("{:.0} %", share * 100.0);
        let lines: Vec<(&str, Pen, Vec<Option<Point>>)> = self
            .regions()
            .map(|(index, name)| {
                let rows = self.tables.timeline_of("region", name);
                let points = self.points(&rows, |row| {
                    (
                        row.utilization,
                        row.utilization_ci95_low.zip(row.utilization_ci95_high),
                    )
                });
                // Beyond the number of colors, dashes tell apart.
                let color = theme::region(index);
                let pen = if index < 8 {
                    Pen::solid(color)
                } else {
                    Pen::dashed(color)
                };
                (name, pen, points)
            })
            .collect();
        let panel = self.panel(4, Axis::from_zero(1.0, percent), "Utilization by region")?;
        panel.level(1.0, Pen::dashed(theme::FAINT).wide(2))?;
        for (_, pen, points) in &lines {
            panel.line(points, *pen)?;
        }
        let entries: Vec<(Sample, &str)> = lines
            .iter()
            .map(|(name, pen, _)| (Sample::Line(*pen), *name))
            .collect();
        legend::draw(&panel, &entries)
    }

    fn regions(&self) -> impl Iterator<Item = (usize, &'t str)> {
        self.tables.summary.regions.names().into_iter().enumerate()
    }

    /// Points in the middle of their windows.
    fn points(
        &self,
        rows: &[&TimelineRow],
        value: impl Fn(&TimelineRow) -> (Option<f64>, Option<(f64, f64)>),
    ) -> Vec<Option<Point>> {
        let summary = &self.tables.summary;
        let point = |row: &&TimelineRow| {
            let (y, interval) = value(row);
            Some(Point {
                x: row.time_s + width_s(summary, row) / 2.0,
                y: y?,
                interval: interval.map(|(low, high)| [low, high]),
            })
        };
        rows.iter().map(point).collect()
    }

    /// Points of counts, as rates.
    fn per_s(
        &self,
        rows: &[&TimelineRow],
        count: impl Fn(&TimelineRow) -> (Option<f64>, Option<(f64, f64)>),
    ) -> Vec<Option<Point>> {
        let summary = &self.tables.summary;
        self.points(rows, |row| {
            let width = width_s(summary, row);
            let (count, interval) = count(row);
            let interval = interval.map(|(low, high)| (low / width, high / width));
            (count.map(|count| count / width), interval)
        })
    }
}

/// Outages that overlap: one shade in the picture.
struct Shade<'o> {
    start_s: f64,
    end_s: f64,
    outages: Vec<&'o OutageSummary>,
}

/// The shades of a timeline, in order of time.
fn shades(outages: &[OutageSummary]) -> Vec<Shade<'_>> {
    let mut in_order: Vec<&OutageSummary> = outages.iter().collect();
    in_order.sort_by(|left, right| left.at_s.total_cmp(&right.at_s));
    let mut shades: Vec<Shade<'_>> = Vec::new();
    for outage in in_order {
        let end_s = outage.at_s + outage.for_s;
        match shades.last_mut().filter(|shade| outage.at_s < shade.end_s) {
            Some(shade) => {
                shade.end_s = shade.end_s.max(end_s);
                shade.outages.push(outage);
            }
            None => shades.push(Shade {
                start_s: outage.at_s,
                end_s,
                outages: vec![outage],
            }),
        }
    }
    shades
}

impl Shade<'_> {
    /// What is down, and when that was noticed and over.
    fn words(&self) -> [String; 2] {
        let after = |done: &str, time: Option<f64>| match time {
            Some(0.0) => format!("{done} at once"),
            Some(time) => format!("{done} after {}", show_duration(time)),
            None => format!("not {done}"),
        };
        if let [outage] = self.outages.as_slice() {
            let detected = after("detected", outage.time_to_detect_s.mean);
            let recovered = after("recovered", outage.time_to_recover_s.mean);
            let region = theme::label(&outage.region, 26);
            let down = format!("{region} down ({})", outage.mode);
            return [down, format!("{detected}, {recovered}")];
        }
        let mut names: Vec<&str> = self
            .outages
            .iter()
            .map(|outage| outage.region.as_str())
            .collect();
        names.dedup();
        let recovered = after("recovered", self.outages[0].time_to_recover_s.mean);
        [
            format!("{} down", theme::label(&names.join(", "), 48)),
            recovered,
        ]
    }
}

fn width_s(summary: &Summary, row: &TimelineRow) -> f64 {
    summary.window_s.min(summary.duration_s - row.time_s)
}

fn highest(points: &[Option<Point>]) -> f64 {
    let ends = points
        .iter()
        .flatten()
        .map(|point| point.interval.map_or(point.y, |[_, high]| high));
    ends.fold(0.0, f64::max)
}

fn lowest(points: &[Option<Point>]) -> Option<f64> {
    let ends = points.iter().flatten().map(|point| point.y);
    ends.reduce(f64::min)
}

/// Draws layers one on top of the other.
fn stack<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    layers: &[(&str, RGBColor, Vec<Option<Point>>)],
) -> Result<(), PlotError> {
    let Some((_, _, first)) = layers.first() else {
        return Ok(());
    };
    let mut floor = vec![0.0; first.len()];
    for (_, color, points) in layers {
        let xs: Vec<f64> = points
            .iter()
            .map(|point| point.map_or(f64::NAN, |p| p.x))
            .collect();
        let ceiling: Vec<f64> = floor
            .iter()
            .zip(points)
            .map(|(low, point)| low + point.map_or(0.0, |p| p.y))
            .collect();
        let place = |(x, y): (&f64, &f64)| (panel.column(*x), panel.row(*y));
        let is_known = |(x, _): &(&f64, &f64)| x.is_finite();
        let below = xs.iter().zip(&floor).filter(is_known).map(place);
        let above = xs.iter().zip(&ceiling).filter(is_known).map(place);
        let outline: Vec<(i32, i32)> = below.chain(above.rev()).collect();
        panel.fill(outline, *color, 0.85)?;
        floor = ceiling;
    }
    Ok(())
}
