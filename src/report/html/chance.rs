//! Outages by chance, each over all of its strikes, and what they make of months.

use maud::{Markup, html};

use crate::experiment::{MINUTES_PER_MONTH, MONTH_TARGETS};
use crate::report::chance_summary::{HazardSummary, MonthsSummary, StrikeFigure};
use crate::report::chance_table::months_lost;
use crate::report::figure::Figure;
use crate::report::format::nothing;
use crate::report::html::key::Look;
use crate::report::html::palette;
use crate::report::html::panel::{Frame, Mark, Panel, Point, Series, Unit, x_labels};
use crate::report::html::told::{self, Quantity};
use crate::report::plot::axis::{Axis, plain};
use crate::report::text::{is_told, what_is_lost};
use crate::report::{Summary, Tables};
use crate::units::text::show_duration;

/// A row a hazard; `None` if nothing strikes by chance.
pub(super) fn outages(summary: &Summary) -> Option<Markup> {
    let hazards = &summary.outages_by_chance;
    let is_several = hazards
        .windows(2)
        .any(|pair| pair[0].group == pair[1].group);
    (!hazards.is_empty()).then(|| html! {
        div.scroll.chance { table {
            thead { tr { th { "outage" } th { "on average every" } th.n { "strikes" } th.n { "mean length" } th.n { "of the time" }
                th.n { "detected" } th.n { "drained" } th.n { "recovered" } th.n { "lost a strike" } th.n { "lost a replication" } } }
            tbody { @for (index, hazard) in hazards.iter().enumerate() { (row(index, hazard)) } }
        } }
        p.hint {
            "Strikes: over all replications. Times count from the start of a strike and are means of those that got there; \
             beside them the share that did, if not all. Lost: requests that failed in excess of what is usual."
            @if is_several { " What shares a number strikes together." }
        }
    })
}

fn row(index: usize, hazard: &HazardSummary) -> Markup {
    let number = index.to_string();
    let at = |figure: &'static str| ["outages_by_chance", number.as_str(), figure];
    let told = is_told(&hazard.mode, hazard.time_to_detect_s.strikes > 0);
    let times = [
        ("time_to_detect_s", &hazard.time_to_detect_s),
        ("time_to_drain_s", &hazard.time_to_drain_s),
        ("time_to_recover_s", &hazard.time_to_recover_s),
    ];
    html! { tr {
        th scope="row" {
            (hazard.group + 1) ". " (told::name(place(hazard)))
            span.ci { " " (what_is_lost(&hazard.mode, hazard.depth)) }
        }
        td {
            (told::value(&told::pointer(&at("mtbf_s")), Some(hazard.mtbf_s), &show_duration(hazard.mtbf_s)))
            span.ci { " for "
                (told::value(&told::pointer(&at("mttr_s")), Some(hazard.mttr_s), &show_duration(hazard.mttr_s))) }
        }
        td.n { (told::count(&at("strikes"), hazard.strikes)) }
        td.n { (told::mean(&at("length_s"), &hazard.length_s, Quantity::Time)) }
        td.n { (told::mean(&at("down"), &hazard.down, Quantity::SmallShare)) }
        @for ((name, time), is_told) in times.into_iter().zip(told) {
            td.n { (strike_time(&at(name), (time, hazard.strikes), is_told)) }
        }
        td.n { (told::mean(&at("requests_lost_per_strike"), &hazard.requests_lost_per_strike, Quantity::Amount)) }
        td.n { (told::figure(&at("requests_lost"), &hazard.requests_lost, Quantity::Amount)) }
    } }
}

fn place(hazard: &HazardSummary) -> &str {
    if hazard.mode == "router" {
        "the router"
    } else {
        &hazard.region
    }
}

fn strike_time(at: &[&str], (time, strikes): (&StrikeFigure, u64), is_told: bool) -> Markup {
    let mean = time.mean.filter(|_| is_told);
    html! {
        (told::value(&format!("{}/mean", told::pointer(at)), mean, &mean.map_or_else(nothing, show_duration)))
        @if mean.is_some() && time.strikes < strikes {
            span.ci { " " (format!("{:.0} %", time.strikes as f64 * 100.0 / strikes as f64)) }
        }
    }
}

/// How bad months get; `None` if the measured period holds none.
pub(super) fn months(tables: &Tables) -> Option<Markup> {
    let summary = tables.summary.months.as_ref()?;
    Some(html! {
        (figures(summary))
        (curve(tables))
    })
}

fn figures(months: &MonthsSummary) -> Markup {
    let whole = |text: &str| text.replace('_', ".");
    html! {
        p {
            "Of " (told::count(&["months", "count"], months.count as u64)) " months of 30 days, "
            @for (index, (target, share)) in months.share_within.iter().enumerate() {
                @if index > 0 { ", " }
                (told::mean(&["months", "share_within", target], share, Quantity::SmallShare))
                " reach " (whole(target)) " %"
            }
            "."
        }
        div.scroll { table {
            thead { tr { th { "minutes lost in a month" } th.n { "mean" }
                @for (name, _) in months.minutes_lost_at.iter() { th.n { (name) } } } }
            tbody { tr {
                th scope="row" { "of 43 200" }
                td.n { (told::figure(&["months", "minutes_lost"], &months.minutes_lost, Quantity::Amount)) }
                @for (name, minutes) in months.minutes_lost_at.iter() {
                    @let figure = Figure { mean: Some(*minutes), ci95: None };
                    @let at = told::pointer(&["months", "minutes_lost_at", name]);
                    td.n { (told::value(&at, Some(*minutes), &Quantity::Amount.text(&figure))) }
                }
            } }
        } }
    }
}

/// More months than this are not marked one by one.
const MARKS_MAX: usize = 200;

/// The share of months that lost so much or more.
fn curve(tables: &Tables) -> Markup {
    let steps = months_lost(&tables.months);
    let Some([_, most]) = steps.first().copied() else {
        return html! { p { "No month lost a request." } };
    };
    let limits = MONTH_TARGETS.map(|target| (1.0 - target) * MINUTES_PER_MONTH);
    let ends = || steps.iter().map(|[minutes, _]| *minutes).chain(limits);
    let (low, high) = (ends().fold(f64::MAX, f64::min), ends().fold(0.0, f64::max));
    let axis = Axis::of_powers((low, high));
    let wide = |position: f64| (position * 1_000.0).round();
    let ticks = axis.ticks.iter();
    let ticks: Vec<(f64, String)> = ticks
        .map(|(at, label)| (wide(*at), label.clone()))
        .collect();
    let span = [wide(axis.low), wide(axis.high)];
    let place = |minutes: f64| wide(axis.scale.position(minutes));
    let y = Axis::from_zero(most, |share| format!("{} %", plain(share * 100.0)));
    let line = steps
        .iter()
        .map(|[minutes, share]| (place(*minutes), *share));
    let mut series = vec![self::line((MONTHS, palette::series(0)), line)];
    for (index, (target, minutes)) in MONTH_TARGETS.iter().zip(limits).enumerate() {
        let name = format!("as much as {} % allows", plain(target * 100.0));
        let ends = [0.0, y.high].map(|share| (place(minutes), share));
        let style = palette::series([3, 1, 2][index % 3]);
        series.push(Series {
            look: Look::Dashed,
            ..self::line((&name, style), ends.into_iter())
        });
    }
    let panel = Panel {
        title: "Months that lost so many minutes or more",
        told: format!("{:.0} % of the months lost a request.", most * 100.0),
        x: Frame {
            span,
            shades: &[],
            grid: ticks.iter().map(|(at, _)| *at).collect(),
        },
        y,
        unit: Unit::Share,
        series,
        target: None,
        marks: marks(&steps, place),
    };
    html! { figure.months {
        (panel.draw()) (x_labels(&ticks, span))
        p.unit { "minutes lost in a month: the share of its requests that failed, of 43 200 minutes" }
    } }
}

/// What the line of months is called.
const MONTHS: &str = "share of months";

fn line((name, style): (&str, String), points: impl Iterator<Item = (f64, f64)>) -> Series {
    let point = |(x, value)| Point {
        x,
        value: Some(value),
        interval: None,
    };
    Series {
        key: String::new(),
        name: name.to_owned(),
        style,
        look: Look::Line,
        points: points.map(point).collect(),
    }
}

/// A mark for every month that lost something, unless they are very many.
fn marks(steps: &[[f64; 2]], place: impl Fn(f64) -> f64) -> Vec<Mark> {
    let months = steps.iter().step_by(2);
    let mark = |[minutes, share]: &[f64; 2]| {
        let lost = Figure {
            mean: Some(*minutes),
            ci95: None,
        };
        let lost = Quantity::Amount.text(&lost);
        Mark {
            at: (place(*minutes), *share),
            style: palette::series(0),
            look: "filled",
            tip: format!(
                "{} % of the months lost {lost} minutes or more",
                plain(share * 100.0)
            ),
        }
    };
    if steps.len() > 2 * MARKS_MAX {
        Vec::new()
    } else {
        months.map(mark).collect()
    }
}
