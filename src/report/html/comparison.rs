//! The report of a comparison: variants beside each other.

use maud::{Markup, html};

use crate::experiment::{Better, Metric};
use crate::report::comparison::cells::signed;
use crate::report::comparison::words::{notes, verdicts};
use crate::report::format::grouped;
use crate::report::html::heat::{self, Cell};
use crate::report::html::intervals::{self, Row};
use crate::report::html::key::{Look, key};
use crate::report::html::panel::{Panel, Series, Unit, highest, time_axis, values};
use crate::report::html::stack::{Entry, Stack, lines};
use crate::report::html::told::{self, Quantity};
use crate::report::html::{budget, palette, verdict};
use crate::report::metric_text::title;
use crate::report::plot::axis::{Axis, plain};
use crate::report::plot::metric_axis;
use crate::report::printable::printable;
use crate::report::{ComparisonSummary, ComparisonTables, Figure, VariantRow, VariantSummary};
use crate::units::text::show_duration;

/// The most variants whose lines are drawn over each other.
const LINES_MAX: usize = 12;

/// What was compared, in a line.
pub(super) fn method(summary: &ComparisonSummary) -> String {
    let note = if summary.complete {
        ""
    } else {
        "INCOMPLETE (interrupted) · "
    };
    let pairs = if summary.paired {
        format!("{} paired replications", summary.replications)
    } else {
        format!(
            "unpaired results of at least {} replications",
            summary.replications
        )
    };
    format!(
        "{note}{} variants · {} simulated each · {pairs} · 95 % intervals that hold together",
        summary.variants.len(),
        show_duration(summary.duration_s)
    )
}

/// What the comparison is called.
pub(super) fn heading(summary: &ComparisonSummary) -> String {
    let titles: Vec<&str> = summary.variants.iter().map(|v| v.title.as_str()).collect();
    match titles.as_slice() {
        [first, rest @ ..] if rest.iter().all(|title| title == first) => (*first).to_owned(),
        _ => {
            let names: Vec<&str> = summary.variants.iter().map(|v| v.name.as_str()).collect();
            names.join(" / ")
        }
    }
}

/// The verdicts, and which variant keeps its objectives.
pub(super) fn head(summary: &ComparisonSummary) -> Markup {
    let has_objectives = summary
        .variants
        .iter()
        .any(|variant| !variant.slo.is_empty());
    html! {
        section.verdict.plain id="verdict" {
            p.sentence { "Against " (told::name(&summary.baseline)) }
            ul.verdicts { @for sentence in verdicts(summary) { li { (sentence) } } }
        }
        @if has_objectives {
            div.scroll.promises { table {
                thead { tr { th { "variant" } th { "objectives" } } }
                tbody { @for (index, variant) in summary.variants.iter().enumerate() { tr {
                    th scope="row" { (told::name(&variant.name)) }
                    td { @for (place, objective) in variant.slo.iter().enumerate() {
                        @let (promise, quantity) = verdict::promise(objective);
                        @let figure = Figure { mean: objective.measured, ci95: None };
                        div.(if objective.passed { "kept" } else { "missed" }) {
                            span.mark { (if objective.passed { "✓ " } else { "✗ " }) }
                            (promise) ": "
                            (told::value(&format!("/variants/{index}/slo/{place}/measured"), objective.measured, &quantity.plain(&figure)))
                        }
                    } }
                } } }
            } }
        }
    }
}

/// A block a metric, a row a variant.
pub(super) fn figures(summary: &ComparisonSummary) -> Markup {
    let baseline = summary.variants.iter().find(|v| v.name == summary.baseline);
    let block = |metric: Metric| {
        let figures: Vec<Figure> = summary.variants.iter().map(|v| v.figure(metric)).collect();
        let axis = metric_axis::of(metric, &figures);
        let rows = summary.variants.iter().enumerate();
        let rows: Vec<Row> = rows
            .map(|(index, variant)| row(summary, (index, variant), metric))
            .collect();
        let line = baseline.and_then(|variant| variant.figure(metric).mean);
        intervals::block(title(metric), &axis, line, &rows)
    };
    html! {
        figure.budget.blocks { @for metric in summary.shown() { (block(metric)) } }
        p.hint { "Filled: no other variant is better in one of availability, p99 and cost without being worse in \
            another. Hollow: another one dominates it. The dashed line is the baseline." }
    }
}

fn row(
    summary: &ComparisonSummary,
    (index, variant): (usize, &VariantSummary),
    metric: Metric,
) -> Row {
    let figure = variant.figure(metric);
    let reached = variant.reached(metric).reached;
    let at = format!("/variants/{index}/figures/{}/mean", metric.name());
    let text = Quantity::from(metric).text(&figure);
    let some = metric == Metric::TimeToRecover && reached < variant.replications;
    let name = html! {
        @if variant.name == summary.baseline { b { (told::name(&variant.name)) } } @else { (told::name(&variant.name)) }
    };
    Row {
        name,
        value: figure.mean,
        interval: figure.ci95,
        style: palette::series(index),
        look: if variant.efficient {
            "filled"
        } else {
            "hollow"
        },
        text: html! {
            (split(&at, figure.mean, &text))
            @if some { span.of { "in " (reached) " of " (variant.replications) } }
        },
        tip: format!("{}: {} {text}", printable(&variant.name), title(metric)),
    }
}

/// A figure whose interval stands below.
fn split(at: &str, value: Option<f64>, text: &str) -> Markup {
    let (mean, interval) = text.split_once(" (").map_or((text, None), |(mean, rest)| {
        (mean, Some(rest.trim_end_matches(')').replace(" - ", " – ")))
    });
    html! {
        (told::value(at, value, mean))
        @if let Some(interval) = interval { span.of { (interval) } }
    }
}

/// What variants have more than the baseline.
pub(super) fn differences(summary: &ComparisonSummary) -> Markup {
    let others = summary.variants.iter().enumerate();
    let others: Vec<_> = others
        .filter(|(_, variant)| variant.name != summary.baseline)
        .collect();
    let block = |metric: Metric| {
        let found = others
            .iter()
            .filter_map(|(_, variant)| variant.difference(metric));
        let ends = found.flat_map(|difference| {
            let ends = difference
                .ci95
                .unwrap_or([difference.mean.unwrap_or(0.0); 2]);
            ends.into_iter().chain(difference.mean)
        });
        let ends = ends.fold((0.0_f64, 0.0_f64), |(low, high), end| {
            (low.min(end), high.max(end))
        });
        let axis = metric_axis::of_differences(metric, ends);
        let rows: Vec<Row> = others
            .iter()
            .map(|(index, variant)| difference(summary, (*index, variant), metric))
            .collect();
        let unit = if metric == Metric::Availability {
            "availability, in points"
        } else {
            title(metric)
        };
        intervals::block(unit, &axis, Some(0.0), &rows)
    };
    html! {
        figure.budget.blocks { @for metric in summary.shown() { (block(metric)) } }
        p.hint { "Green is better, red is worse, hollow may be chance." }
        @for note in notes(summary) { p.hint { (told::capital(&note)) "." } }
    }
}

fn difference(
    summary: &ComparisonSummary,
    (index, variant): (usize, &VariantSummary),
    metric: Metric,
) -> Row {
    let difference = variant.difference(metric);
    let mean = difference.and_then(|difference| difference.mean);
    let is_better = mean.is_some_and(|mean| match metric.better() {
        Better::Higher => mean > 0.0,
        Better::Lower => mean < 0.0,
    });
    let is_sure = difference.is_some_and(|difference| difference.significant);
    let text = signed(metric, (difference, summary.replications));
    let at = format!("/variants/{index}/differences/{}/mean", metric.name());
    Row {
        name: told::name(&variant.name),
        value: mean,
        interval: difference.and_then(|difference| difference.ci95),
        style: match (is_sure, is_better) {
            (false, _) => "--c:var(--soft)",
            (true, true) => "--c:var(--good)",
            (true, false) => "--c:var(--bad)",
        }
        .to_owned(),
        look: if is_sure { "filled" } else { "hollow" },
        text: told::value(&at, mean, &text),
        tip: format!("{}: {} {text}", printable(&variant.name), title(metric)),
    }
}

/// A column of the timeline, with its interval if it has one.
type Column = fn(&VariantRow) -> (Option<f64>, Option<[f64; 2]>);

/// What happened to all of them, window by window.
pub(super) fn timeline(tables: &ComparisonTables) -> Markup {
    let summary = &tables.summary;
    let variants: Vec<(&str, Vec<&VariantRow>)> = summary
        .variants
        .iter()
        .take(LINES_MAX)
        .map(|variant| (variant.name.as_str(), tables.timeline_of(&variant.name)))
        .collect();
    let baseline = tables.timeline_of(&summary.baseline);
    let failed = |row: &&VariantRow| row.offered.unwrap_or(0.0) - row.succeeded.unwrap_or(0.0);
    let badness: Vec<f64> = baseline.iter().map(failed).collect();
    let shades = summary.outages.iter().map(|o| [o.at_s, o.at_s + o.for_s]);
    let span = (summary.duration_s, summary.window_s);
    let stack = Stack::new(span, shades.collect(), &badness);
    let series = |column: Column| {
        let variants = variants.iter();
        let points = variants.map(|(name, rows)| (*name, stack.points(rows, |row| column(row))));
        let mut series = lines("variant", points, Look::Line);
        for one in series.iter_mut().filter(|one| one.name == summary.baseline) {
            one.look = Look::Heavy;
        }
        series
    };
    let panels = panels(&stack, series);
    let entries = variants.iter().enumerate().map(|(index, (name, _))| Entry {
        key: format!("variant-{index}"),
        name,
        style: palette::series(index),
        look: Look::Line,
    });
    stack.draw(&panels, &[("Variants", entries.collect())])
}

fn panels(stack: &Stack, series: impl Fn(Column) -> Vec<Series>) -> [Panel<'_>; 3] {
    let availability = series(|row| {
        let ends = row.availability_ci95_low.zip(row.availability_ci95_high);
        (row.availability, ends.map(|(low, high)| [low, high]))
    });
    let low = values(&availability).fold(0.99, f64::min);
    let latency = series(|row| (row.p99_s, None));
    let mut attempts = series(|row| (row.attempts, None));
    let width = stack.width_of(0);
    for point in attempts.iter_mut().flat_map(|series| &mut series.points) {
        point.value = point.value.map(|count| count / width);
    }
    let panel = |title, (unit, axis), series| Panel {
        told: "A line for each variant.".to_owned(),
        series,
        ..stack.panel(title, unit, axis)
    };
    let nines = (Unit::Share, Axis::of_nines(low, 5));
    let times = (Unit::Time, time_axis(&latency));
    let rates = (Unit::PerS, Axis::from_zero(highest(&attempts), plain));
    [
        panel("Availability, on an axis of nines", nines, availability),
        panel(
            "99th percentile of the latency of successes",
            times,
            latency,
        ),
        panel("Attempts per second", rates, attempts),
    ]
}

/// Availability of variants by phase, and what each outage cost them.
pub(super) fn heat(summary: &ComparisonSummary) -> Markup {
    let phases = summary
        .variants
        .first()
        .map(|variant| variant.phases.names())
        .unwrap_or_default();
    let is_seen = |phase: &&str| {
        let mut variants = summary.variants.iter();
        variants.any(|variant| variant.phases.get(phase).is_some_and(|f| f.mean.is_some()))
    };
    let phases: Vec<&str> = phases.into_iter().filter(is_seen).collect();
    let rows: Vec<(Markup, Vec<Cell>)> = summary
        .variants
        .iter()
        .enumerate()
        .map(|(index, variant)| {
            let number = index.to_string();
            let cell = |phase: &&str| {
                let figure = variant.phases.get(phase).copied().unwrap_or_default();
                let at = ["variants", number.as_str(), "phases", phase];
                let tip = format!(
                    "{}, {phase}: {}",
                    printable(&variant.name),
                    Quantity::Share.plain(&figure)
                );
                heat::availability(&at, &figure, tip)
            };
            (told::name(&variant.name), phases.iter().map(cell).collect())
        })
        .collect();
    let heads: Vec<Markup> = phases.iter().map(|phase| html! { (phase) }).collect();
    html! {
        @if !heads.is_empty() { (heat::table("Availability by variant and phase", &heads, &rows)) }
        (outages(summary))
    }
}

/// Requests that each outage cost, by variant; nothing if there was none.
fn outages(summary: &ComparisonSummary) -> Markup {
    let Some(most) = summary
        .variants
        .iter()
        .max_by_key(|variant| variant.outages.len())
    else {
        return html! {};
    };
    let heads: Vec<Markup> = summary
        .variants
        .iter()
        .map(|variant| told::name(&variant.name))
        .collect();
    let cell = |index: usize, variant: &VariantSummary, place: usize| {
        let Some(outage) = variant.outages.get(place) else {
            return Cell {
                text: html! { "–" },
                heat: None,
                tip: String::new(),
            };
        };
        let each = variant.requests.offered as f64 / f64::from(variant.replications.max(1));
        let lost = outage.requests_lost.mean.unwrap_or(0.0);
        let (number, place) = (index.to_string(), place.to_string());
        let at = [
            "variants",
            number.as_str(),
            "outages",
            place.as_str(),
            "requests_lost",
        ];
        Cell {
            text: told::mean(&at, &outage.requests_lost, Quantity::Count),
            heat: (each > 0.0).then(|| heat::heat(1.0 - lost / each)),
            tip: format!(
                "{}: {} requests lost a replication",
                printable(&variant.name),
                told::whole(lost)
            ),
        }
    };
    let rows: Vec<(Markup, Vec<Cell>)> = most
        .outages
        .iter()
        .enumerate()
        .take(40)
        .map(|(place, outage)| {
            let cells = summary.variants.iter().enumerate();
            let name = html! { (told::name(&outage.region)) span.ci { " " (outage.mode) " at " (show_duration(outage.at_s)) } };
            (name, cells.map(|(index, variant)| cell(index, variant, place)).collect())
        })
        .collect();
    html! {
        @if !rows.is_empty() {
            (heat::table("Requests lost to each outage, a replication, by variant", &heads, &rows))
        }
    }
}

/// Where the error budget of each variant went.
pub(super) fn budgets(summary: &ComparisonSummary) -> Markup {
    let allowed = |variant: &VariantSummary| {
        let slo = variant
            .slo
            .iter()
            .find(|slo| slo.is_availability_of_fleet())?;
        Some(variant.requests.offered as f64 * (1.0 - slo.target)).filter(|allowed| *allowed > 0.0)
    };
    let most = summary
        .variants
        .iter()
        .map(|variant| variant.requests.failed as f64);
    let most = most
        .chain(summary.variants.iter().filter_map(allowed))
        .fold(1.0, f64::max);
    let names = summary
        .variants
        .first()
        .map(|variant| variant.blame.names())
        .unwrap_or_default();
    let is_seen = |(_, name): &(usize, &str)| {
        let mut variants = summary.variants.iter();
        variants.any(|variant| variant.blame.get(name).is_some_and(|count| *count > 0))
    };
    let seen: Vec<(usize, &str)> = names.into_iter().enumerate().filter(is_seen).collect();
    let words: Vec<String> = seen.iter().map(|(_, name)| told::words(name)).collect();
    let entries: Vec<(String, &str, Look)> = seen
        .iter()
        .zip(&words)
        .map(|((index, _), words)| (palette::failure(*index), words.as_str(), Look::Area))
        .collect();
    html! {
        figure.budget {
            div.legends { (key("To blame", &entries)) }
            @for (index, variant) in summary.variants.iter().enumerate() {
                @let scale = budget::Scale { allowed: allowed(variant), most: most * 1.02 };
                div.row {
                    div.label { (told::name(&variant.name)) }
                    (scale.bar(&segments(variant)))
                    div.count {
                        (told::count(&["variants", &index.to_string(), "requests", "failed"], variant.requests.failed))
                        span.of { "of " (told::count(&["variants", &index.to_string(), "requests", "offered"], variant.requests.offered)) }
                    }
                }
            }
            (budget::Scale { allowed: summary.variants.first().and_then(allowed), most: most * 1.02 }.axis())
            p.hint { "Failed requests over all replications, by what is to blame. Beyond the green line is beyond the budget." }
        }
    }
}

fn segments(variant: &VariantSummary) -> Vec<(f64, f64, String, String)> {
    let mut from = 0.0;
    let mut segments = Vec::new();
    for (index, (blame, &count)) in variant.blame.iter().enumerate() {
        if count > 0 {
            let to = from + count as f64;
            let tip = format!(
                "{}: {} requests to {}",
                printable(&variant.name),
                grouped(count),
                told::words(blame)
            );
            segments.push((from, to, palette::failure(index), tip));
            from = to;
        }
    }
    segments
}
