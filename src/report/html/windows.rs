//! The windows of a run: rows of its timeline as series over one time axis.

use crate::report::html::key::Look;
use crate::report::html::palette;
use crate::report::html::panel::{Point, Series};
use crate::report::html::stack::{Entry, Stack, lines};
use crate::report::{Tables, TimelineRow};

/// What all panels are drawn from.
pub(super) struct Windows<'t> {
    pub(super) tables: &'t Tables,
    pub(super) stack: Stack,
    pub(super) fleet: Vec<&'t TimelineRow>,
    regions: Vec<(&'t str, Vec<&'t TimelineRow>)>,
    clients: Vec<(&'t str, Vec<&'t TimelineRow>)>,
    sites: Vec<(&'t str, Vec<&'t TimelineRow>)>,
}

/// A column of the timeline, with its interval if it has one.
pub(super) type Column = fn(&TimelineRow) -> (Option<f64>, Option<[f64; 2]>);

impl<'t> Windows<'t> {
    pub(super) fn new(tables: &'t Tables) -> Self {
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
            sites: of("backend", summary.backends.names()),
            tables,
        }
    }

    pub(super) fn points(&self, rows: &[&TimelineRow], column: Column) -> Vec<Point> {
        self.stack.points(rows, |row| column(row))
    }

    /// Counts of windows as rates.
    pub(super) fn per_s(
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

    pub(super) fn fleet_line(&self, name: &str, look: Look, column: Column) -> Series {
        Series {
            key: String::new(),
            name: name.to_owned(),
            style: "--c:var(--ink)".to_owned(),
            look,
            points: self.points(&self.fleet, column),
        }
    }

    pub(super) fn region_lines(&self, column: Column) -> Vec<Series> {
        let rows = self.regions.iter();
        let points = rows.map(|(name, rows)| (*name, self.points(rows, column)));
        lines("region", points, Look::Line)
    }

    /// Lines of the sites of back ends.
    pub(super) fn site_lines(
        &self,
        points: impl Fn(&Self, &[&TimelineRow]) -> Vec<Point>,
    ) -> Vec<Series> {
        let rows = self.sites.iter();
        let points = rows.map(|(name, rows)| (*name, points(self, rows)));
        lines("site", points, Look::Line)
    }

    pub(super) fn client_lines(&self, column: Column) -> Vec<Series> {
        let rows = self.clients.iter();
        let points = rows.map(|(name, rows)| (*name, self.points(rows, column)));
        lines("population", points, Look::Dashed)
    }

    /// What all panels have in common.
    pub(super) fn legends(&self) -> [(&'static str, Vec<Entry<'t>>); 3] {
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
            (
                "Back ends",
                entries("site", summary.backends.names(), Look::Line),
            ),
        ]
    }
}
