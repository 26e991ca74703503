//! The timeline in the text format of OpenMetrics 1.0, for monitoring systems.
//!
//! What this is not: a scrape. Every family is a gauge, and each of its points carries the start of
//! its window as its timestamp, in seconds from the start of the measured period: a run has no date.
//!
//! The format is that of the OpenMetrics specification 1.0: `TYPE`, `UNIT` and `HELP` stand before
//! the points of a family, whose name ends in its unit; the points of a series stand together, in
//! order of time; labels are escaped; `# EOF` is the last line.

use std::fmt::Write as _;

use crate::report::printable::printable;
use crate::report::summary::Summary;
use crate::report::table::TimelineRow;
use crate::report::tables::Tables;

/// The name of the family that tells causes apart, without prefix and unit.
const CAUSE: &str = "window_failed_by_cause";
/// The digits of the scenario's fingerprint that tell series of different scenarios apart.
const DIGITS: usize = 12;

/// A column of the timeline.
type Column = fn(&TimelineRow) -> Option<f64>;

/// A family of points: what a column holds.
struct Family {
    /// Its name without prefix and unit.
    name: &'static str,
    /// Its unit, with which its name ends; none if empty.
    unit: &'static str,
    help: &'static str,
    value: Column,
}

const fn family(
    name: &'static str,
    (unit, help): (&'static str, &'static str),
    value: Column,
) -> Family {
    Family {
        name,
        unit,
        help,
        value,
    }
}

/// What is told of every window: the columns of `timeline.csv` but the ends of intervals.
const FAMILIES: [Family; 33] = [
    family(
        "window_offered",
        (
            "requests",
            "Requests that started in the window, mean over replications.",
        ),
        |row| row.offered,
    ),
    family(
        "window_succeeded",
        ("requests", "Of these, those that succeeded."),
        |row| row.succeeded,
    ),
    family(
        "window_failed",
        (
            "requests",
            "Of these, those that failed; of a back end, calls.",
        ),
        |row| row.failed,
    ),
    family(
        "window_sent",
        (
            "attempts",
            "Attempts sent in the window: by the clients or to the region; of a back end, calls.",
        ),
        |row| row.attempts,
    ),
    family(
        "amplification",
        ("ratio", "Attempts / requests offered in the window."),
        |row| row.amplification,
    ),
    family("availability", ("ratio", "Succeeded / offered."), |row| {
        row.availability
    }),
    family(
        "latency_p50",
        ("seconds", "Median latency of successes."),
        |row| row.p50_s,
    ),
    family(
        "latency_p99",
        ("seconds", "99th percentile of the latency of successes."),
        |row| row.p99_s,
    ),
    family(
        "agents_pinned_to_healthy",
        (
            "ratio",
            "Share of agents that would go to a region that is up.",
        ),
        |row| row.agents_pinned_to_healthy,
    ),
    family(
        "agents_pinned_by_answer",
        (
            "ratio",
            "Share of agents that a cached answer would send to a region that is down.",
        ),
        |row| row.agents_pinned_by_answer,
    ),
    family(
        "agents_pinned_by_connection",
        (
            "ratio",
            "Share of agents that a connection would send to a region that is down.",
        ),
        |row| row.agents_pinned_by_connection,
    ),
    family(
        "agents_free",
        ("ratio", "Share of agents that would ask the router."),
        |row| row.agents_free,
    ),
    family(
        "traffic_share",
        ("ratio", "The region's share of all attempts."),
        |row| row.traffic_share,
    ),
    family(
        "utilization",
        (
            "ratio",
            "Busy share of the workers; 0 while a region is down.",
        ),
        |row| row.utilization,
    ),
    family(
        "utilization_wasted",
        (
            "ratio",
            "Share of the workers' time that went into work whose client had left.",
        ),
        |row| row.utilization_wasted,
    ),
    family(
        "utilization_duplicate",
        (
            "ratio",
            "Share of the workers' time that went into work whose client had another answer.",
        ),
        |row| row.utilization_duplicate,
    ),
    family("queue", ("", "Waiting, averaged over the window."), |row| {
        row.queue
    }),
    family(
        "in_service",
        ("", "Calls in service, averaged over the window."),
        |row| row.in_service,
    ),
    family("workers", ("", "Workers that are there."), |row| {
        row.workers
    }),
    family(
        "router_healthy",
        (
            "ratio",
            "Share of the window in which the router believed the region healthy.",
        ),
        |row| row.router_healthy,
    ),
    family(
        "cache_hit",
        (
            "ratio",
            "Share of look-ups that the region's cache answered.",
        ),
        |row| row.cache_hit_ratio,
    ),
    family(
        "breakers_open",
        ("", "Breakers that are not closed."),
        |row| row.breakers_open,
    ),
    family(
        "config_version",
        (
            "",
            "Changes that the region has applied, averaged over the window.",
        ),
        |row| row.config_version,
    ),
    family(
        "config_versions_behind",
        (
            "",
            "Changes that the region lacks, averaged over the window.",
        ),
        |row| row.config_versions_behind,
    ),
    family(
        "config_sync_age",
        ("seconds", "Time since the region's last synchronization."),
        |row| row.config_sync_age_s,
    ),
    family(
        "config_staleness",
        (
            "seconds",
            "Time since the release of the oldest change that the region lacks.",
        ),
        |row| row.config_staleness_s,
    ),
    family(
        "config_bad",
        (
            "ratio",
            "Share of the window in which a bad change did harm in the region.",
        ),
        |row| row.config_bad,
    ),
    family(
        "config_divergence",
        (
            "ratio",
            "Share of the window in which regions that serve differed.",
        ),
        |row| row.config_divergence,
    ),
    family(
        "management_wanted",
        (
            "operations",
            "Operations that somebody wanted of the management plane in the window.",
        ),
        |row| row.management_operations,
    ),
    family(
        "management_failed",
        ("operations", "Of these, those in vain."),
        |row| row.management_failed,
    ),
    family(
        "portal_wanted",
        ("visits", "Visits of the portal in the window."),
        |row| row.portal_visits,
    ),
    family(
        "portal_failed",
        ("visits", "Of these, those in vain."),
        |row| row.portal_failed,
    ),
    family(
        "management_up",
        (
            "ratio",
            "Share of the window in which the management plane was up.",
        ),
        |row| row.management_up,
    ),
];

/// The timeline of a run as a document.
pub fn openmetrics(tables: &Tables) -> String {
    let summary = &tables.summary;
    let sha256 = &summary.scenario.sha256;
    let document = Document {
        study: sha256.get(..DIGITS).unwrap_or(sha256),
        rows: ordered(&tables.timeline),
    };
    let mut text = String::new();
    document
        .write(&mut text, summary)
        .expect("writing to a string cannot fail");
    text
}

/// The rows of a series beside each other, those of a series in order of time.
fn ordered(timeline: &[TimelineRow]) -> Vec<&TimelineRow> {
    let mut rows: Vec<&TimelineRow> = timeline.iter().collect();
    rows.sort_by(|one, other| {
        let series = (&one.scope, &one.name).cmp(&(&other.scope, &other.name));
        series.then(one.time_s.total_cmp(&other.time_s))
    });
    rows
}

struct Document<'t> {
    study: &'t str,
    rows: Vec<&'t TimelineRow>,
}

impl Document<'_> {
    fn write(&self, text: &mut String, summary: &Summary) -> std::fmt::Result {
        self.write_study(text, summary)?;
        for family in &FAMILIES {
            self.write_family(text, family)?;
        }
        self.write_causes(text)?;
        writeln!(text, "# EOF")
    }

    /// What was simulated, for every window: series are joined with it by their label `study`.
    fn write_study(&self, text: &mut String, summary: &Summary) -> std::fmt::Result {
        writeln!(text, "# TYPE gatefleet_study info")?;
        writeln!(text, "# HELP gatefleet_study What was simulated.")?;
        for row in self.rows.iter().filter(|row| row.scope == "fleet") {
            writeln!(
                text,
                "gatefleet_study_info{{study=\"{}\",title=\"{}\",strategy=\"{}\",seed=\"{}\",\
                 replications=\"{}\",gatefleet=\"{}\"}} 1 {}",
                self.study,
                label(&summary.scenario.title),
                label(&summary.strategy),
                summary.seed,
                summary.replications,
                label(&summary.gatefleet),
                row.time_s
            )?;
        }
        Ok(())
    }

    fn write_family(&self, text: &mut String, family: &Family) -> std::fmt::Result {
        let rows = self.rows.iter();
        let points: Vec<_> = rows
            .filter_map(|row| Some((row, (family.value)(row)?)))
            .collect();
        if points.is_empty() {
            return Ok(());
        }
        let name = write_head(text, family.name, (family.unit, family.help))?;
        for (row, value) in points {
            writeln!(
                text,
                "{name}{{{}}} {value} {}",
                self.labels(row),
                row.time_s
            )?;
        }
        Ok(())
    }

    /// Failed requests by what the client saw; series that are always 0 are left out.
    fn write_causes(&self, text: &mut String) -> std::fmt::Result {
        let series = self
            .rows
            .chunk_by(|one, other| (&one.scope, &one.name) == (&other.scope, &other.name));
        let series: Vec<&[&TimelineRow]> = series.collect();
        let help = "Failed requests by what the client saw.";
        let mut name = None;
        for (cause, value) in CAUSES {
            let fails = |row: &&TimelineRow| value(row).is_some_and(|failed| failed > 0.0);
            for rows in series.iter().filter(|rows| rows.iter().any(fails)) {
                let name: &String = match &mut name {
                    Some(name) => name,
                    none => none.insert(write_head(text, CAUSE, ("requests", help))?),
                };
                for (row, failed) in rows.iter().filter_map(|row| Some((row, value(row)?))) {
                    writeln!(
                        text,
                        "{name}{{{},cause=\"{cause}\"}} {failed} {}",
                        self.labels(row),
                        row.time_s
                    )?;
                }
            }
        }
        Ok(())
    }

    /// Whose point it is.
    fn labels(&self, row: &TimelineRow) -> String {
        let (scope, name) = (label(&row.scope), label(&row.name));
        format!("study=\"{}\",scope=\"{scope}\",name=\"{name}\"", self.study)
    }
}

/// What stands before the points of a family, and its whole name.
fn write_head(
    text: &mut String,
    name: &str,
    (unit, help): (&str, &str),
) -> Result<String, std::fmt::Error> {
    let mut whole = format!("gatefleet_{name}");
    if !unit.is_empty() {
        write!(whole, "_{unit}")?;
    }
    writeln!(text, "# TYPE {whole} gauge")?;
    if !unit.is_empty() {
        writeln!(text, "# UNIT {whole} {unit}")?;
    }
    writeln!(text, "# HELP {whole} {}", label(help))?;
    Ok(whole)
}

/// What clients see of a failed request, with its column.
const CAUSES: [(&str, Column); 11] = [
    ("connect_timeout", |row| row.failed_connect_timeout),
    ("refused", |row| row.failed_refused),
    ("reset", |row| row.failed_reset),
    ("timeout", |row| row.failed_timeout),
    ("overloaded", |row| row.failed_overloaded),
    ("rate_limited", |row| row.failed_rate_limited),
    ("breaker_open", |row| row.failed_breaker_open),
    ("backend", |row| row.failed_backend),
    ("stale_config", |row| row.failed_stale_config),
    ("bad_config", |row| row.failed_bad_config),
    ("no_route", |row| row.failed_no_route),
];

/// A text in which quotes and backslashes are escaped; there are no line feeds in what is printable.
fn label(text: &str) -> String {
    printable(text).replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Cause;

    /// Goal: a new cause cannot be forgotten.
    #[test]
    fn every_cause_is_told() {
        let told: Vec<&str> = CAUSES.iter().map(|(cause, _)| *cause).collect();
        let known: Vec<&str> = Cause::ALL.into_iter().map(Cause::name).collect();
        assert_eq!(told, known);
    }

    /// Goal: no column can be forgotten. Method: those of `timeline.csv` that are neither the place of
    /// a row nor the end of an interval.
    #[test]
    fn every_column_is_told() {
        let table = crate::report::table::to_csv(&[TimelineRow::default()]);
        let table = String::from_utf8(table).expect("text");
        let columns = table.lines().next().expect("a header").split(',');
        let is_told =
            |name: &&str| !["time_s", "scope", "name"].contains(name) && !name.contains("_ci95_");
        assert_eq!(
            columns.filter(is_told).count(),
            FAMILIES.len() + CAUSES.len()
        );
    }

    #[test]
    fn labels_are_escaped() {
        assert_eq!(label("a\\b \"c\"\nd"), "a\\\\b \\\"c\\\"\u{fffd}d");
    }
}
