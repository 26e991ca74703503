//! The stacked timeline of a run.

use std::collections::BTreeMap;

use maud::Markup;

use crate::report::html::key::Look;
use crate::report::html::panel::{Panel, Series, Unit, highest, share_axis, time_axis, values};
use crate::report::html::windows::{Column, Windows};
use crate::report::html::{backends, palette, told};
use crate::report::plot::axis::{Axis, plain};
use crate::report::{Summary, Tables, TimelineRow};

/// What to look for.
pub(super) fn lead(summary: &Summary) -> &'static str {
    match (
        summary.outages.is_empty(),
        summary.outages_by_chance.is_empty(),
    ) {
        (true, false) => {
            "Means of all replications, in each of which outages come at other times. Pale bands: 95 % intervals."
        }
        (true, true) => "Pale bands: 95 % intervals.",
        (false, _) => "Shaded: an outage. Pale bands: 95 % intervals.",
    }
}

/// The figure.
pub(super) fn draw(tables: &Tables) -> Markup {
    let timeline = Windows::new(tables);
    let panels: Vec<Panel<'_>> = [
        Some(timeline.availability()),
        timeline.failures(),
        Some(timeline.requests()),
        Some(timeline.latency()),
        Some(timeline.traffic()),
        Some(timeline.utilization()),
        timeline.queues(),
        timeline.workers(),
        timeline.agents(),
        timeline.staleness(),
    ]
    .into_iter()
    .flatten()
    .chain(backends::panels(&timeline))
    .collect();
    timeline.stack.draw(&panels, &timeline.legends())
}

impl Windows<'_> {
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

    /// Workers where their number changes; `None` if it does not.
    fn workers(&self) -> Option<Panel<'_>> {
        let series = self.region_lines(|row| (row.workers, None));
        let changes = |series: &Series| {
            let mut workers = values([series]);
            let first = workers.next();
            workers.any(|workers| first.is_some_and(|first| (workers - first).abs() > 1e-9))
        };
        let most = highest(&series);
        series.iter().any(changes).then(|| Panel {
            told: format!("At most {}.", plain(most)),
            series,
            ..self
                .stack
                .panel("Workers by region", Unit::Number, Axis::of_counts(most))
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
}
