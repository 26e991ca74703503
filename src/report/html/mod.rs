//! The report: one page that tells what happened, in a browser, from disk, without scripts, and a
//! little better with them.
//!
//! What this is not: it computes no figure. What stands in it is in the tables and in
//! `summary.json`; each figure says where (`data-at`). Pictures are drawn here rather than taken
//! from [`plot`](crate::report::plot), since those are made for slides: here labels are text of the
//! page, colors follow the reader's setting, and lines can be zoomed and toggled.

mod assumptions;
mod backends;
mod budget;
mod chance;
mod coast;
mod comparison;
mod heat;
mod intervals;
mod key;
mod labels;
mod latency;
mod map;
mod page;
mod paging;
mod palette;
mod panel;
mod stack;
mod story;
mod sweep;
mod tables;
mod timeline;
mod told;
mod verdict;
mod windows;

use maud::{Markup, html};

use crate::report::html::page::{Head, Section};
use crate::report::{ComparisonTables, OutputFile, Provenance, SweepSummary, Tables};

/// Where the report is in a results folder.
pub const REPORT: &str = "report.html";

/// The report of a run.
pub(super) fn run(tables: &Tables, provenance: &Provenance) -> OutputFile {
    let summary = &tables.summary;
    let head = Head {
        kind: "run",
        title: &summary.scenario.title,
        method: verdict::method(summary),
        verdict: verdict::draw(summary),
    };
    let scene = provenance.scenes.first();
    let map = scene.and_then(|scene| map::draw(tables, scene));
    let mut sections = vec![section("story", "What happened", "", story::draw(summary))];
    sections.extend(by_chance(tables));
    sections.extend([
        section(
            "timeline",
            "Window by window",
            timeline::lead(summary),
            html! { (timeline::draw(tables)) (tables::regions(summary)) (tables::clients(summary)) },
        ),
        section(
            "latency",
            "How slow the slowest were",
            "",
            html! { (latency::draw(tables)) (tables::latency(summary)) },
        ),
        section(
            "availability",
            "Who was served",
            "",
            heat::by_phase(summary),
        ),
        section(
            "budget",
            "Where the error budget went",
            "By what is to blame for each failed request, from what comes first to what comes last.",
            html! { (budget::draw(tables)) @if let Some(pages) = paging::table(summary) { (pages) } },
        ),
    ]);
    if let Some(backends) = backends::tables(summary) {
        sections.push(section("backends", "What stands behind", "", backends));
    }
    if let Some(map) = map {
        let body = html! { (map) (map::table(tables)) };
        sections.push(section("map", "Who went where", "", body));
    }
    if let Some(plane) = tables::plane(summary) {
        sections.push(section("plane", "Configuration and management", "", plane));
    }
    sections.extend(background(provenance));
    file(page::page(&head, &sections, &provenance.gatefleet))
}

/// What outages by chance cost, and how bad months get.
fn by_chance(tables: &Tables) -> impl Iterator<Item = Section> {
    let outages = chance::outages(&tables.summary);
    let months = chance::months(tables);
    let sections = [
        outages.map(|body| section("chance", "Outages by chance", "", body)),
        months.map(|body| section("months", "How bad months get", "", body)),
    ];
    sections.into_iter().flatten()
}

/// The report of a comparison.
pub(super) fn comparison(tables: &ComparisonTables, provenance: &Provenance) -> OutputFile {
    let summary = &tables.summary;
    let title = comparison::heading(summary);
    let head = Head {
        kind: "comparison",
        title: &title,
        method: comparison::method(summary),
        verdict: comparison::head(summary),
    };
    let mut sections = vec![
        section("figures", "Side by side", "", comparison::figures(summary)),
        section(
            "differences",
            "Differences to the baseline",
            "",
            comparison::differences(summary),
        ),
        section(
            "timeline",
            "Window by window",
            "Shaded: an outage of the baseline, whose line is the heaviest.",
            comparison::timeline(tables),
        ),
        section(
            "availability",
            "Who was served",
            "",
            comparison::heat(summary),
        ),
        section(
            "budget",
            "Where the error budget went",
            "",
            comparison::budgets(summary),
        ),
    ];
    sections.extend(background(provenance));
    file(page::page(&head, &sections, &provenance.gatefleet))
}

/// The report of a sweep.
pub(super) fn sweep(summary: &SweepSummary, provenance: &Provenance) -> OutputFile {
    let head = Head {
        kind: "sweep",
        title: &summary.scenario.title,
        method: sweep::method(summary),
        verdict: sweep::head(summary),
    };
    let mut sections = vec![section(
        "curves",
        "Along the axes",
        "",
        sweep::curves(summary),
    )];
    if let Some(heat) = sweep::heat(summary) {
        sections.push(section("availability", "Who was served", "", heat));
    }
    sections.push(section("points", "Every point", "", sweep::points(summary)));
    let [mut assumed, rest @ ..] = background(provenance);
    assumed.lead = "As the scenario is written; what the axes vary is another at every point.";
    sections.push(assumed);
    sections.extend(rest);
    file(page::page(&head, &sections, &provenance.gatefleet))
}

fn section(id: &'static str, title: &'static str, lead: &'static str, body: Markup) -> Section {
    Section {
        id,
        title,
        lead,
        body,
    }
}

/// What stands at the end of every report.
fn background(provenance: &Provenance) -> [Section; 4] {
    let section = |id, title, body| section(id, title, "", body);
    [
        section(
            "assumptions",
            "What is assumed",
            assumptions::draw(&provenance.scenes),
        ),
        section(
            "left-out",
            "What the model does not include",
            assumptions::left_out(),
        ),
        section("sources", "Data sources", assumptions::sources(provenance)),
        section(
            "reproduce",
            "The same again",
            assumptions::reproduce(provenance),
        ),
    ]
}

fn file(bytes: Vec<u8>) -> OutputFile {
    OutputFile {
        path: REPORT,
        bytes,
    }
}
