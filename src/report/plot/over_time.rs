//! Panels on one time axis, outages shaded through all of them.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};
use plotters::style::{RGBColor, TextStyle};

use crate::report::plot::PlotError;
use crate::report::plot::axis::Axis;
use crate::report::plot::panel::{Panel, Point};
use crate::report::plot::theme::{self, Anchor};
use crate::report::plot::time_frame::{LEFT, PANEL, TimeFrame, shades};
use crate::report::{OutageSummary, Summary, Tables, TimelineRow};
use crate::units::text::show_duration;

/// A color with its name and how much of it there is in each window.
pub(super) type Layer<'n> = (&'n str, RGBColor, Vec<Option<Point>>);

/// A picture of panels, one below the other.
pub(super) struct OverTime<'t, DB: DrawingBackend> {
    frame: TimeFrame<'t, DB>,
    pub(super) tables: &'t Tables,
}

impl<'t, DB: DrawingBackend> OverTime<'t, DB> {
    /// A picture of so many panels, of which what stands above them is drawn.
    pub(super) fn with_headline(
        canvas: &'t DrawingArea<DB, Shift>,
        tables: &'t Tables,
        panels: u32,
    ) -> Result<Self, PlotError> {
        theme::headline(canvas, LEFT, &tables.summary)?;
        let summary = &tables.summary;
        let outages = summary.outages.iter();
        let frame = TimeFrame {
            canvas,
            duration_s: summary.duration_s,
            outages: outages.map(span).collect(),
            panels: panels.cast_signed(),
        };
        Ok(Self { frame, tables })
    }

    /// The frame of a panel, counted from 0 from the top.
    pub(super) fn panel(
        &self,
        place: i32,
        y: Axis,
        title: &str,
    ) -> Result<Panel<'t, DB>, PlotError> {
        self.panel_of((place, PANEL), y, title)
    }

    /// The frame of a panel with a height of its own; only the last may have one.
    pub(super) fn panel_of(
        &self,
        (place, height): (i32, i32),
        y: Axis,
        title: &str,
    ) -> Result<Panel<'t, DB>, PlotError> {
        self.frame.panel((place, height), y, title)
    }

    /// Says above the first panel what the shades are, and when the router knew.
    pub(super) fn milestones(&self, panel: &Panel<'_, DB>) -> Result<(), PlotError> {
        let style = theme::text(theme::TEXT, theme::TARGET, Anchor::Above);
        let mut taken = i32::MIN;
        for shade in shades(&self.tables.summary.outages, span) {
            let [down, story] = words(&shade.outages, &style)?;
            // Where there is no room for the story, there may be for the name.
            let texts = [vec![down.clone(), story], vec![down]];
            taken = self.frame.label(panel, (shade.span_s, taken), &texts)?;
        }
        Ok(())
    }

    /// The regions in the order of the file.
    pub(super) fn regions(&self) -> impl Iterator<Item = (usize, &'t str)> {
        self.tables.summary.regions.names().into_iter().enumerate()
    }

    /// Points in the middle of their windows.
    pub(super) fn points(
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

    /// Points at both ends of their windows: steps.
    pub(super) fn steps(
        &self,
        rows: &[&TimelineRow],
        value: impl Fn(&TimelineRow) -> Option<f64>,
    ) -> Vec<Option<Point>> {
        let summary = &self.tables.summary;
        let ends = |row: &&TimelineRow| {
            let y = value(row);
            [row.time_s, row.time_s + width_s(summary, row)].map(|x| {
                Some(Point {
                    x,
                    y: y?,
                    interval: None,
                })
            })
        };
        rows.iter().flat_map(ends).collect()
    }

    /// Points of counts, as rates.
    pub(super) fn per_s(
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

/// From when to when an outage lasts.
fn span(outage: &OutageSummary) -> [f64; 2] {
    [outage.at_s, outage.at_s + outage.for_s]
}

/// What is down, and when that was noticed and over, of outages that share a shade.
fn words(outages: &[&OutageSummary], style: &TextStyle<'_>) -> Result<[String; 2], PlotError> {
    const NAME: i32 = 360;
    if let [outage] = outages {
        let detected = done("detected", outage.time_to_detect_s.mean);
        let recovered = done("recovered", outage.time_to_recover_s.mean);
        let region = theme::fit(&outage.region, NAME, style)?;
        let story = match outage.mode.as_str() {
            "management" | "no_dns" | "router" | "probe_up" | "backend" | "backend_capacity"
            | "backend_slow" | "backend_gray" => recovered,
            "partition" | "network" if outage.time_to_detect_s.reached == 0 => recovered,
            _ => format!("{detected}, {recovered}"),
        };
        return Ok([lost(outage, &region), story]);
    }
    let mut names: Vec<&str> = Vec::new();
    for outage in outages {
        if !names.contains(&outage.region.as_str()) {
            names.push(&outage.region);
        }
    }
    let names = theme::fit(&names.join(", "), 2 * NAME, style)?;
    let story = theme::fit(&recoveries(outages), 2 * NAME, style)?;
    // Only what is gone as a whole is down.
    let is_down = |outage: &&OutageSummary| lost(outage, "").starts_with(" down");
    let verb = if outages.iter().all(is_down) {
        "down"
    } else {
        "hit"
    };
    Ok([format!("{names} {verb}"), story])
}

/// When several outages were over: said once if it is the same for all.
fn recoveries(outages: &[&OutageSummary]) -> String {
    let time = |outage: &OutageSummary| outage.time_to_recover_s.mean;
    let first = done("recovered", time(outages[0]));
    let mut all = outages.iter();
    if all.all(|outage| done("recovered", time(outage)) == first) {
        return first;
    }
    let each = outages.iter().map(|outage| match time(outage) {
        Some(_) => done(&outage.region, time(outage)),
        None => format!("{} not", outage.region),
    });
    format!("recovered: {}", each.collect::<Vec<String>>().join(", "))
}

/// What of a region an outage has hit.
fn lost(outage: &OutageSummary, region: &str) -> String {
    match (outage.mode.as_str(), outage.depth) {
        ("management", _) => format!("{region}: management plane down"),
        ("no_dns", _) => format!("{region} has no address"),
        ("zone", Some(depth)) => format!("{region} lost a zone: {:.0} % of it", depth * 100.0),
        ("vms", Some(depth)) => format!("{region} lost {:.0} % of its VMs", depth * 100.0),
        ("router", _) => "the router hears no news".to_owned(),
        ("partition", _) => format!("{region}: nothing gets through"),
        ("network", _) => format!("{region}: messages lost or late"),
        ("probe_down", _) => format!("probes find {region} down"),
        ("probe_up", _) => format!("probes find {region} up"),
        ("backend", _) => format!("{region} down"),
        ("slow" | "backend_slow", Some(depth)) => {
            format!("{region} lost {:.0} % of its speed", depth * 100.0)
        }
        ("gray", Some(depth)) => format!("{region} fails {:.0} % of attempts", depth * 100.0),
        ("backend_gray", Some(depth)) => format!("{region} fails {:.0} % of calls", depth * 100.0),
        (_, Some(depth)) => format!("{region} lost {:.0} % of its capacity", depth * 100.0),
        (mode, None) => format!("{region} down ({mode})"),
    }
}

/// What was done, and how long after the start of its outage.
fn done(what: &str, time_s: Option<f64>) -> String {
    match time_s {
        Some(0.0) => format!("{what} at once"),
        Some(time_s) => format!("{what} after {}", show_duration(time_s)),
        None => format!("not {what}"),
    }
}

/// The width of a row's window.
pub(super) fn width_s(summary: &Summary, row: &TimelineRow) -> f64 {
    summary.window_s.min(summary.duration_s - row.time_s)
}

/// Draws layers one on top of the other.
pub(super) fn stack<DB: DrawingBackend>(
    panel: &Panel<'_, DB>,
    layers: &[Layer<'_>],
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Figure, Named, Reached};

    fn outage(region: &str, at_s: f64, recovered_s: Option<f64>) -> OutageSummary {
        let time_to_recover_s = Reached {
            mean: recovered_s,
            ..Reached::default()
        };
        OutageSummary {
            region: region.to_owned(),
            at_s,
            for_s: 60.0,
            mode: "refuse".to_owned(),
            depth: None,
            time_to_detect_s: Reached::default(),
            time_to_drain_s: Reached::default(),
            time_to_recover_s,
            time_to_failback_s: Reached::default(),
            requests_lost: Figure::default(),
            lost_by_blame: Named(Vec::new()),
            error_budget_spent: None,
            paging: None,
        }
    }

    #[test]
    fn what_is_hit_is_said() {
        let told = |mode: &str, depth| {
            let outage = OutageSummary {
                mode: mode.to_owned(),
                depth,
                ..outage("one", 0.0, None)
            };
            lost(&outage, "one")
        };
        assert_eq!(told("refuse", None), "one down (refuse)");
        assert_eq!(told("capacity", Some(0.5)), "one lost 50 % of its capacity");
        assert_eq!(told("zone", Some(0.5)), "one lost a zone: 50 % of it");
        assert_eq!(told("vms", Some(0.25)), "one lost 25 % of its VMs");
        assert_eq!(told("management", None), "one: management plane down");
        assert_eq!(told("no_dns", None), "one has no address");
    }

    /// Goal: outages that overlap share a label, and none speaks for another.
    #[test]
    fn outages_that_overlap_are_told_apart() {
        let recoveries = |outages: &[OutageSummary]| {
            let shades = shades(outages, span);
            assert_eq!(shades.len(), 1);
            recoveries(&shades[0].outages)
        };
        let first = outage("one", 0.0, Some(60.0));
        let same = outage("two", 30.0, Some(60.0));
        let never = outage("three", 30.0, None);
        assert_eq!(recoveries(&[first.clone(), same]), "recovered after 60 s");
        assert_eq!(
            recoveries(&[first, never]),
            "recovered: one after 60 s, three not"
        );
    }
}
