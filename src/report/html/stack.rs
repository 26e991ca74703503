//! What happened window by window: panels over one time axis, which a script can zoom.

use maud::{Markup, PreEscaped, html};
use serde::Serialize;

use crate::report::html::key::{Look, sample};
use crate::report::html::palette;
use crate::report::html::panel::{Frame, Panel, Point, Series, Unit, script_json, x_labels};
use crate::report::html::told;
use crate::report::plot::axis::Axis;

/// More windows than this are thinned out: no screen shows them.
const WINDOWS_MAX: usize = 1_500;

/// The time axis of all panels, and which windows they show.
pub(super) struct Stack {
    duration_s: f64,
    window_s: f64,
    shades: Vec<[f64; 2]>,
    ticks: Vec<(f64, String)>,
    unit: &'static str,
    /// The windows that are shown.
    pub(super) shown: Vec<usize>,
    count: usize,
}

/// What scripts need to know of the time axis.
#[derive(Serialize)]
struct Clock {
    duration: f64,
    window: f64,
    starts: Vec<f64>,
}

/// An entry of the legend: what it toggles, its name, its style and its look.
pub(super) struct Entry<'n> {
    pub(super) key: String,
    pub(super) name: &'n str,
    pub(super) style: String,
    pub(super) look: Look,
}

impl Stack {
    /// The time axis of a period with windows of a width and some times shaded. Of very many
    /// windows only the worst of each few is shown, by what is told of each.
    pub(super) fn new(
        (duration_s, window_s): (f64, f64),
        shades: Vec<[f64; 2]>,
        badness: &[f64],
    ) -> Self {
        let (axis, unit) = Axis::of_run(duration_s);
        let count = badness.len();
        let stride = count.div_ceil(WINDOWS_MAX).max(1);
        let worst = |from: usize| {
            let until = (from + stride).min(count);
            (from..until).max_by(|left, right| badness[*left].total_cmp(&badness[*right]))
        };
        Self {
            duration_s,
            window_s,
            shades: shades
                .into_iter()
                .map(|[a, b]| [a, b.min(duration_s)])
                .collect(),
            ticks: axis.ticks,
            unit,
            shown: (0..count).step_by(stride).filter_map(worst).collect(),
            count,
        }
    }

    /// A series from rows, one for each window.
    pub(super) fn points<R>(
        &self,
        rows: &[R],
        value: impl Fn(&R) -> (Option<f64>, Option<[f64; 2]>),
    ) -> Vec<Point> {
        let shown = self.shown.iter().filter(|index| **index < rows.len());
        let point = |&index: &usize| {
            let (value, interval) = value(&rows[index]);
            Point {
                x: self.middle_of(index),
                value,
                interval,
            }
        };
        shown.map(point).collect()
    }

    fn middle_of(&self, window: usize) -> f64 {
        let start = window as f64 * self.window_s;
        f64::midpoint(start, (start + self.window_s).min(self.duration_s))
    }

    /// How long a window is.
    pub(super) fn width_of(&self, window: usize) -> f64 {
        let start = window as f64 * self.window_s;
        (start + self.window_s).min(self.duration_s) - start
    }

    /// A panel over this time axis.
    pub(super) fn panel<'a>(&'a self, title: &'a str, unit: Unit, y: Axis) -> Panel<'a> {
        Panel {
            title,
            told: String::new(),
            x: Frame {
                span: [0.0, self.duration_s],
                shades: &self.shades,
                grid: self.ticks.iter().map(|(at, _)| *at).collect(),
            },
            y,
            unit,
            series: Vec::new(),
            target: None,
            marks: Vec::new(),
        }
    }

    /// All panels as a figure with a legend, whose entries toggle what they name.
    pub(super) fn draw(&self, panels: &[Panel<'_>], groups: &[(&str, Vec<Entry<'_>>)]) -> Markup {
        let starts = self
            .shown
            .iter()
            .map(|window| *window as f64 * self.window_s);
        let clock = Clock {
            duration: self.duration_s,
            window: self.window_s,
            starts: starts.collect(),
        };
        html! {
            figure.stack {
                div.legends {
                    @for (head, entries) in groups.iter().filter(|(_, entries)| !entries.is_empty()) {
                        (legend(head, entries))
                    }
                }
                p.hint.scripted {
                    "Drag over a panel to zoom into a time; double click, or "
                    button.reset type="button" disabled { "show all" }
                    ". With the keyboard: focus a panel, arrows move, + and − zoom, 0 shows all."
                }
                @if self.shown.len() < self.count {
                    p.hint {
                        "Of " (self.count) " windows " (self.shown.len())
                        " are shown: of every few that with most failures."
                    }
                }
                @for panel in panels { (panel.draw()) }
                (x_labels(&self.ticks, [0.0, self.duration_s]))
                p.unit { (self.unit) " since the start of the measured period" }
                script.clock type="application/json" { (PreEscaped(script_json(&clock))) }
            }
        }
    }
}

/// Entries of a legend under a head.
fn legend(head: &str, entries: &[Entry<'_>]) -> Markup {
    html! {
        div.legend role="group" aria-label=(head) {
            span.head { (head) }
            @for entry in entries {
                button.entry type="button" aria-pressed="true" data-toggle=(entry.key)
                    style=(entry.style) {
                    span class=(sample(entry.look)) {} (told::name(entry.name))
                }
            }
        }
    }
}

/// A line a thing, in its color.
pub(super) fn lines<'n>(
    prefix: &str,
    names: impl Iterator<Item = (&'n str, Vec<Point>)>,
    look: Look,
) -> Vec<Series> {
    let line = |(index, (name, points)): (usize, (&str, Vec<Point>))| Series {
        key: format!("{prefix}-{index}"),
        name: name.to_owned(),
        style: palette::series(index),
        look,
        points,
    };
    names.enumerate().map(line).collect()
}
