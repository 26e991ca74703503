//! A panel: lines and areas over an axis, drawn as an SVG that is stretched to its place, with its
//! labels around it as text of the page, so that they are as legible on a phone as on a screen.
//!
//! What it holds is drawn without scripts. The values of its series are also kept beside it as
//! JSON, for a script to tell them under the pointer.

use std::fmt::Write as _;

use maud::{Markup, PreEscaped, html};
use serde::Serialize;

use crate::report::html::key::{Look, key};
use crate::report::html::labels::labels;
use crate::report::html::told;
use crate::report::number::rounded_to;
use crate::report::plot::axis::{Axis, Scale, plain};
use crate::report::printable::printable;

/// Height of a panel's drawing, in its own units; its width is that of its axis.
const HEIGHT: f64 = 1_000.0;

/// A panel.
pub(super) struct Panel<'a> {
    pub(super) title: &'a str,
    /// What the picture says, for those who do not see it.
    pub(super) told: String,
    pub(super) x: Frame<'a>,
    pub(super) y: Axis,
    pub(super) unit: Unit,
    pub(super) series: Vec<Series>,
    /// A promise to hold the series against.
    pub(super) target: Option<f64>,
    /// Points that tell of themselves; if there are any, no values are kept for a script.
    pub(super) marks: Vec<Mark>,
}

/// A point that tells of itself.
pub(super) struct Mark {
    pub(super) at: (f64, f64),
    /// Its color, as a style.
    pub(super) style: String,
    /// How it looks: `filled`, `hollow` or `half`.
    pub(super) look: &'static str,
    pub(super) tip: String,
}

/// What is from left to right.
pub(super) struct Frame<'a> {
    /// Where it begins and ends, in the units of the drawing.
    pub(super) span: [f64; 2],
    /// What is shaded.
    pub(super) shades: &'a [[f64; 2]],
    /// The places of grid lines.
    pub(super) grid: Vec<f64>,
}

/// How a script writes values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// A share, in percent.
    Share,
    /// A time, from seconds.
    Time,
    /// A rate per second.
    PerS,
    /// A plain number.
    Number,
}

/// A line or an area.
pub(super) struct Series {
    /// What toggles it, together with others of the same key in all panels; empty if nothing does.
    pub(super) key: String,
    pub(super) name: String,
    /// Its color, as a style.
    pub(super) style: String,
    pub(super) look: Look,
    pub(super) points: Vec<Point>,
}

/// A point of a series; what was not measured has no value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) value: Option<f64>,
    pub(super) interval: Option<[f64; 2]>,
}

/// A series as a script reads it.
#[derive(Serialize)]
struct Told<'s> {
    key: &'s str,
    name: String,
    style: &'s str,
    values: Vec<Option<f64>>,
}

impl Panel<'_> {
    /// The panel as part of a page.
    pub(super) fn draw(&self) -> Markup {
        let [start, end] = self.x.span;
        html! {
            div.panel {
                h4 { (told::capital(self.title)) }
                (self.key())
                div.plot data-unit=(self.unit.name()) tabindex="0" role="img"
                    aria-label=(format!("{}. {}", self.title, self.told)) {
                    svg viewBox=(format!("{start} 0 {} {HEIGHT}", end - start))
                        preserveAspectRatio="none" aria-hidden="true" {
                        @for [from, to] in self.x.shades {
                            rect.outage x=(from) y="0" width=(to - from) height=(HEIGHT) {}
                        }
                        path.grid d=(self.grid()) {}
                        (self.areas())
                        @for series in self.series.iter().filter(|s| s.look != Look::Area) {
                            (self.line(series))
                        }
                        @if let Some(target) = self.target {
                            path.target d=(format!("M{start} {}H{end}", self.row(target))) {}
                        }
                        @for mark in &self.marks { (self.mark(mark)) }
                    }
                    @for (position, label) in self.y.ticks.iter().filter(|(_, l)| !l.is_empty()) {
                        span.y style=(format!("top:{:.2}%", self.height_of(*position) / 10.0)) {
                            (label)
                        }
                    }
                }
                @if self.marks.is_empty() {
                    script.series type="application/json" { (PreEscaped(self.json())) }
                }
            }
        }
    }

    /// The names of those series that no legend of several panels has.
    fn key(&self) -> Markup {
        let own = self.series.iter().filter(|series| series.key.is_empty());
        let entries = own.map(|s| (s.style.clone(), s.name.as_str(), s.look));
        let entries: Vec<_> = entries.collect();
        html! { @if !entries.is_empty() { (key("", &entries)) } }
    }

    fn json(&self) -> String {
        let told = |series: &Series| -> serde_json::Value {
            let values = series.points.iter().map(|point| point.value);
            let told = Told {
                key: &series.key,
                name: printable(&series.name),
                style: &series.style,
                values: values.map(|value| Some(rounded_to(value?, 5))).collect(),
            };
            serde_json::to_value(told).expect("plain data")
        };
        let told: Vec<serde_json::Value> = self.series.iter().map(told).collect();
        script_json(&told)
    }

    fn grid(&self) -> String {
        let [start, end] = self.x.span;
        let rows = self
            .y
            .ticks
            .iter()
            .map(|(position, _)| format!("M{start} {:.0}H{end}", self.height_of(*position)));
        let columns = self.x.grid.iter().map(|x| format!("M{x} 0V{HEIGHT}"));
        rows.chain(columns).collect()
    }

    fn line(&self, series: &Series) -> Markup {
        let class = match series.look {
            Look::Heavy => "line heavy",
            Look::Dashed => "line dashed",
            Look::Line | Look::Area => "line",
        };
        let band = self.band(&series.points);
        html! {
            g data-key=(series.key) style=(series.style) {
                @if !band.is_empty() { path.band d=(band) {} }
                path class=(class) d=(self.path(&series.points)) {}
            }
        }
    }

    fn mark(&self, mark: &Mark) -> Markup {
        let (x, value) = mark.at;
        let at = format!("M{x} {:.0}h0", self.row(value));
        html! {
            g.mark.(mark.look) style=(mark.style) data-tip=(mark.tip) {
                path.rim d=(at) {} path.core d=(at) {}
            }
        }
    }

    /// The interval of a series, where it has one.
    fn band(&self, points: &[Point]) -> String {
        let mut path = String::new();
        for run in points.split(|point| point.interval.is_none()) {
            let end = |point: &Point, end: usize| point.interval.map(|ends| (point.x, ends[end]));
            let upper = run.iter().filter_map(|point| end(point, 1));
            let lower = run.iter().rev().filter_map(|point| end(point, 0));
            for (index, (x, value)) in upper.chain(lower).enumerate() {
                self.step(&mut path, index == 0, (x, value));
            }
            if !run.is_empty() {
                path.push('Z');
            }
        }
        path
    }

    fn path(&self, points: &[Point]) -> String {
        let mut path = String::new();
        let mut is_first = true;
        for point in points {
            if let Some(value) = point.value {
                self.step(&mut path, is_first, (point.x, value));
            }
            is_first = point.value.is_none();
        }
        path
    }

    fn step(&self, path: &mut String, is_first: bool, (x, value): (f64, f64)) {
        let letter = if is_first { 'M' } else { 'L' };
        write!(path, "{letter}{x} {:.0}", self.row(value))
            .expect("writing to a string cannot fail");
    }

    /// Areas, each on top of those before.
    fn areas(&self) -> Markup {
        let areas: Vec<&Series> = self
            .series
            .iter()
            .filter(|s| s.look == Look::Area)
            .collect();
        let count = areas.first().map_or(0, |series| series.points.len());
        let mut below = vec![0.0; count];
        let mut paths = Vec::new();
        for series in areas {
            let mut path = String::new();
            let above: Vec<f64> = series
                .points
                .iter()
                .zip(&below)
                .map(|(point, below)| below + point.value.unwrap_or(0.0))
                .collect();
            let xs = || series.points.iter().map(|point| point.x);
            let upper = xs().zip(&above);
            let lower = xs().zip(&below).rev();
            for (index, (x, value)) in upper.chain(lower).enumerate() {
                self.step(&mut path, index == 0, (x, *value));
            }
            paths.push((series, path + "Z"));
            below = above;
        }
        html! {
            @for (series, path) in &paths {
                g data-key=(series.key) style=(series.style) { path.area d=(path) {} }
            }
        }
    }

    /// The row of a value.
    fn row(&self, value: f64) -> f64 {
        self.height_of(self.y.scale.position(value))
            .clamp(-20.0, HEIGHT + 20.0)
    }

    fn height_of(&self, position: f64) -> f64 {
        HEIGHT * (1.0 - (position - self.y.low) / (self.y.high - self.y.low))
    }
}

impl Unit {
    /// What scripts call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Time => "time",
            Self::PerS => "per_s",
            Self::Number => "number",
        }
    }
}

/// The labels below a panel.
pub(super) fn x_labels(ticks: &[(f64, String)], [start, end]: [f64; 2]) -> Markup {
    let ticks = ticks.iter();
    let placed = ticks.map(|(at, label)| ((at - start) / (end - start), label.as_str()));
    html! { div.xaxis { (labels(placed)) } }
}

/// The largest value of some series.
pub(super) fn highest<'s>(series: impl IntoIterator<Item = &'s Series>) -> f64 {
    values(series).fold(0.0, f64::max)
}

/// All values of some series.
pub(super) fn values<'s>(
    series: impl IntoIterator<Item = &'s Series>,
) -> impl Iterator<Item = f64> {
    let points = series.into_iter().flat_map(|series| &series.points);
    points.filter_map(|point| point.value)
}

/// An axis of times that holds some series.
pub(super) fn time_axis(series: &[Series]) -> Axis {
    let low = values(series).filter(|value| *value > 0.0).reduce(f64::min);
    let Some(low) = low else {
        return Axis::from_zero(1.0, |_| String::new());
    };
    Axis::of_times((low, highest(series)), 5.0)
}

/// A share of everything from 0 to 100 %.
pub(super) fn whole_axis() -> Axis {
    let ticks = [0.0, 0.25, 0.5, 0.75, 1.0];
    Axis {
        scale: Scale::Linear,
        low: 0.0,
        high: 1.0,
        ticks: ticks
            .map(|share| (share, format!("{:.0} %", share * 100.0)))
            .to_vec(),
    }
}

/// Shares from 0 on: up to 100 %, or less where all of them are small.
pub(super) fn share_axis(most: f64) -> Axis {
    if most > 0.35 {
        return whole_axis();
    }
    Axis::from_zero(most, |share| format!("{} %", plain(share * 100.0)))
}

/// JSON that no text in it can end the script element of.
pub(super) fn script_json(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).expect("plain data, its keys are strings");
    json.replace('<', "\\u003c")
}
