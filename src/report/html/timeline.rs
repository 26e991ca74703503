//! The stacked timeline of a run.

use std::collections::BTreeMap;

use maud::Markup;

use crate::report::html::key::Look;
use crate::report::html::palette;
use crate::report::html::panel::{
    Panel, Point, Series, Unit, highest, share_axis, time_axis, values,
};
use crate::report::html::stack::{Entry, Stack, lines};
use crate::report::html::told;
use crate::report::plot::axis::{Axis, plain};
use crate::report::{Tables, TimelineRow};

/// What all panels are drawn from.
struct Timeline<'t> {
    tables: &'t Tables,
    stack: Stack,
    fleet: Vec<&'t TimelineRow>,
    regions: Vec<(&'t str, Vec<&'t TimelineRow>)>,
    clients: Vec<(&'t str, Vec<&'t TimelineRow>)>,
}

/// A column of the timeline, with its interval if it has one.
type Column = fn(&TimelineRow) -> (Option<f64>, Option<[f64; 2]>);

/// The figure.
pub(super) fn draw(tables: &Tables) -> Markup {
    let timeline = Timeline::new(tables);
    let panels: Vec<Panel<'_>> = [
        Some(timeline.availability()),
        timeline.failures(),
        Some(timeline.requests()),
        Some(timeline.latency()),
        Some(timeline.traffic()),
        Some(timeline.utilization()),
        timeline.queues(),
        timeline.agents(),
        timeline.staleness(),
    ]
    .into_iter()
    .flatten()
    .collect();
    timeline.stack.draw(&panels, &timeline.legends())
}

impl<'t> Timeline<'t> {
    fn new(tables: &'t Tables) -> Self {
        let summary = &tables.summary;
        let fleet = tables.timeline_of("fleet", "");
        let badness: Vec<f64> = fleet.iter().map(|row| row.failed.unwrap_or(0.0)).collect();
        let shades = summary.outages.iter().map(|o| [o.at_s, o.at_s + o.for_s]);
        let of = |scope: &str, names: Vec<&'t str>| {
            let rows = names
                .into_iter()
                .map(|name| (name, tables.timeline_of(scope, name)));
            rows.collect()
        };
        Self {
            stack: Stack::new(
                (summary.duration_s, summary.window_s),
                shades.collect(),
                &badness,
            ),
            fleet,
            regions: of("region", summary.regions.names()),
            clients: of("population", summary.clients.names()),
            tables,
        }
    }

    fn points(&self, rows: &[&TimelineRow], column: Column) -> Vec<Point> {
        self.stack.points(rows, |row| column(row))
    }

    /// Counts of windows as rates.
    fn per_s(
        &self,
        rows: &[&TimelineRow],
        count: impl Fn(&TimelineRow) -> Option<f64>,
    ) -> Vec<Point> {
        let windows: Vec<(usize, &&TimelineRow)> = rows.iter().enumerate().collect();
        self.stack.points(&windows, |(window, row)| {
            (
                count(row).map(|count| count / self.stack.width_of(*window)),
                None,
            )
        })
    }

    fn fleet_line(&self, name: &str, look: Look, column: Column) -> Series {
        Series {
            key: String::new(),
            name: name.to_owned(),
            style: "--c:var(--ink)".to_owned(),
            look,
            points: self.points(&self.fleet, column),
        }
    }

    fn region_lines(&self, column: Column) -> Vec<Series> {
        let rows = self.regions.iter();
        let points = rows.map(|(name, rows)| (*name, self.points(rows, column)));
        lines("region", points, Look::Line)
    }

    fn client_lines(&self, column: Column) -> Vec<Series> {
        let rows = self.clients.iter();
        let points = rows.map(|(name, rows)| (*name, self.points(rows, column)));
        lines("population", points, Look::Dashed)
    }

    fn availability(&self) -> Panel<'_> {
        let mut series = self.client_lines(|row| (row.availability, None));
        series.push(self.fleet_line("all clients", Look::Heavy, |row| {
            let interval = row.availability_ci95_low.zip(row.availability_ci95_high);
            (row.availability, interval.map(|(low, high)| [low, high]))
        }));
        let low = values(&series).fold(0.99, f64::min);
        let high = values(&series)
            .filter(|share| *share < 1.0)
            .fold(0.999, f64::max);
        let mut slo = self.tables.summary.slo.iter();
        let target = slo.find(|objective| objective.is_availability_of_fleet());
        let most = if high > 0.9999 { 5 } else { 4 };
        Panel {
            told: format!("Lowest window of any population: {:.2} %.", low * 100.0),
            series,
            target: target.map(|objective| objective.target),
            ..self.stack.panel(
                "Availability, on an axis of nines",
                Unit::Share,
                Axis::of_nines(low, most),
            )
        }
    }

    /// Failed requests by cause; `None` if none failed.
    fn failures(&self) -> Option<Panel<'_>> {
        let rows: Vec<BTreeMap<String, serde_json::Value>> = self
            .fleet
            .iter()
            .map(|row| {
                let row = serde_json::to_value(row).expect("plain data");
                serde_json::from_value(row).expect("a row is an object")
            })
            .collect();
        let causes = self.tables.summary.failures.iter().enumerate();
        let series: Vec<Series> = causes
            .filter(|(_, (_, count))| **count > 0)
            .map(|(index, (cause, _))| {
                let column = format!("failed_{cause}");
                let windows: Vec<usize> = (0..rows.len()).collect();
                let points = self.stack.points(&windows, |&window| {
                    let count = rows[window]
                        .get(&column)
                        .and_then(serde_json::Value::as_f64);
                    (count.map(|count| count / self.stack.width_of(window)), None)
                });
                Series {
                    key: String::new(),
                    name: told::words(cause),
                    style: palette::failure(index),
                    look: Look::Area,
                    points,
                }
            })
            .collect();
        let most = highest(&[Series {
            key: String::new(),
            name: String::new(),
            style: String::new(),
            look: Look::Line,
            points: self.per_s(&self.fleet, |row| row.failed),
        }]);
        (!series.is_empty()).then(|| Panel {
            told: format!("At most {} requests per second.", plain(most.round())),
            series,
            ..self.stack.panel(
                "Failed requests per second, by what the client saw",
                Unit::PerS,
                Axis::from_zero(most, plain),
            )
        })
    }

    fn requests(&self) -> Panel<'_> {
        let line = |name: &str, look, count: fn(&TimelineRow) -> Option<f64>| Series {
            key: String::new(),
            name: name.to_owned(),
            style: "--c:var(--ink)".to_owned(),
            look,
            points: self.per_s(&self.fleet, count),
        };
        let series = vec![
            line("attempts", Look::Dashed, |row| row.attempts),
            line("requests offered", Look::Heavy, |row| row.offered),
        ];
        let most = highest(&series);
        Panel {
            told: format!("At most {} per second.", plain(most.round())),
            series,
            ..self.stack.panel(
                "Requests and attempts per second",
                Unit::PerS,
                Axis::from_zero(most, plain),
            )
        }
    }

    fn latency(&self) -> Panel<'_> {
        let mut series = self.client_lines(|row| (row.p99_s, None));
        series.push(self.fleet_line("median of all", Look::Dashed, |row| (row.p50_s, None)));
        series.push(
            self.fleet_line("99th percentile of all", Look::Heavy, |row| {
                let interval = row.p99_ci95_low_s.zip(row.p99_ci95_high_s);
                (row.p99_s, interval.map(|(low, high)| [low, high]))
            }),
        );
        let axis = time_axis(&series);
        Panel {
            told: "A line for each population, and one for all.".to_owned(),
            series,
            ..self.stack.panel(
                "Latency of successes: 99th percentile by population",
                Unit::Time,
                axis,
            )
        }
    }

    fn traffic(&self) -> Panel<'_> {
        let series = self.region_lines(|row| (row.traffic_share, None));
        let axis = share_axis(highest(&series));
        Panel {
            told: "A line for each region.".to_owned(),
            series,
            ..self
                .stack
                .panel("Share of attempts by region", Unit::Share, axis)
        }
    }

    fn utilization(&self) -> Panel<'_> {
        let series = self.region_lines(|row| {
            let interval = row.utilization_ci95_low.zip(row.utilization_ci95_high);
            (row.utilization, interval.map(|(low, high)| [low, high]))
        });
        let most = highest(&series);
        Panel {
            told: format!("At most {:.0} %.", most * 100.0),
            series,
            ..self
                .stack
                .panel("Utilization by region", Unit::Share, share_axis(most))
        }
    }

    /// Requests that wait; `None` if hardly any does.
    fn queues(&self) -> Option<Panel<'_>> {
        let series = self.region_lines(|row| (row.queue, None));
        let most = highest(&series);
        (most >= 1.0).then(|| Panel {
            told: format!("At most {}.", plain(most.round())),
            series,
            ..self.stack.panel(
                "Requests waiting, by region",
                Unit::Number,
                Axis::from_zero(most, plain),
            )
        })
    }

    /// Agents by where they would go; `None` if they were not counted in every window.
    fn agents(&self) -> Option<Panel<'_>> {
        let is_counted = self.fleet.iter().all(|row| row.agents_free.is_some());
        let parts: [(&str, usize, Column); 2] = [
            ("by a cached answer", 1, |row| {
                (row.agents_pinned_by_answer, None)
            }),
            ("by a connection", 3, |row| {
                (row.agents_pinned_by_connection, None)
            }),
        ];
        let series: Vec<Series> = parts
            .into_iter()
            .map(|(name, color, column)| Series {
                key: String::new(),
                name: name.to_owned(),
                style: palette::failure(color),
                look: Look::Area,
                points: self.points(&self.fleet, column),
            })
            .collect();
        let most = highest(&series);
        (is_counted && most > 0.0).then(|| Panel {
            told: format!(
                "At most {:.0} % by a cached answer or a connection.",
                most * 100.0
            ),
            series,
            ..self.stack.panel(
                "Agents that would go to a dead region",
                Unit::Share,
                Axis::from_zero(most, |share| format!("{} %", plain(share * 100.0))),
            )
        })
    }

    /// How old the configuration of regions is; `None` if it is not modeled.
    fn staleness(&self) -> Option<Panel<'_>> {
        let series = self.region_lines(|row| (row.config_staleness_s, None));
        let most = highest(&series);
        (most > 0.0).then(|| Panel {
            told: "A line for each region.".to_owned(),
            series,
            ..self.stack.panel(
                "Age of the oldest change that a region lacks",
                Unit::Time,
                Axis::of_ages(most),
            )
        })
    }

    fn legends(&self) -> [(&'static str, Vec<Entry<'t>>); 2] {
        let entries = |prefix: &str, names: Vec<&'t str>, look| -> Vec<Entry<'t>> {
            let entry = |(index, name): (usize, &'t str)| Entry {
                key: format!("{prefix}-{index}"),
                name,
                style: palette::series(index),
                look,
            };
            names.into_iter().enumerate().map(entry).collect()
        };
        let summary = &self.tables.summary;
        [
            (
                "Regions",
                entries("region", summary.regions.names(), Look::Line),
            ),
            (
                "Populations",
                entries("population", summary.clients.names(), Look::Dashed),
            ),
        ]
    }
}
