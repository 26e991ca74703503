//! Heat maps: tables whose cells are the darker the more failed.

use maud::{Markup, html};

use crate::report::figure::Figure;
use crate::report::html::told::{self, Quantity};
use crate::report::summary::Summary;

/// Cells that are worse have pale text: those with less than 98.4 %.
const DEEP: f64 = 0.7;

/// A cell: what it says, how much of it is bad, and more for those who ask.
pub(super) struct Cell {
    pub(super) text: Markup,
    /// From 0 to 1; `None`: there was nothing to measure.
    pub(super) heat: Option<f64>,
    pub(super) tip: String,
}

/// A heat map with its caption, the heads of its columns, and its rows.
pub(super) fn table(caption: &str, heads: &[Markup], rows: &[(Markup, Vec<Cell>)]) -> Markup {
    html! {
        figure.heat {
            div.scroll { table {
                caption { (caption) }
                thead { tr { th {} @for head in heads { th scope="col" { (head) } } } }
                tbody { @for (name, cells) in rows { tr {
                    th scope="row" { (name) }
                    @for cell in cells { (self::cell(cell)) }
                } } }
            } }
            (scale())
        }
    }
}

fn cell(cell: &Cell) -> Markup {
    let Some(heat) = cell.heat else {
        return html! { td.void { (cell.text) } };
    };
    let class = if heat > DEEP { "cell deep" } else { "cell" };
    html! {
        td class=(class) style=(tint(heat)) data-tip=(cell.tip) tabindex="0" {
            (cell.text)
        }
    }
}

/// The style of a cell: pale enough for dark text, or dark enough for pale text, nothing between.
fn tint(heat: f64) -> String {
    let part = if heat > DEEP {
        0.84 + (heat - DEEP) * 0.4
    } else {
        heat * 0.8
    };
    format!("--h:{:.0}%", part * 100.0)
}

/// What the colors mean.
fn scale() -> Markup {
    let steps = [
        (1.0, "100 %"),
        (0.999_9, "99.99 %"),
        (0.999, "99.9 %"),
        (0.99, "99 %"),
        (0.9, "90 %"),
        (0.0, "0 %"),
    ];
    html! {
        p.scale aria-hidden="true" {
            "availability"
            @for (share, label) in steps {
                span.step style=(tint(heat(share))) {} (label)
            }
        }
    }
}

/// How bad an availability is: each nine less is a step.
pub(super) fn heat(availability: f64) -> f64 {
    let failed = (1.0 - availability).clamp(0.0, 1.0);
    if failed <= 0.0 {
        return 0.0;
    }
    ((failed.log10() + 6.0) / 6.0).clamp(0.04, 1.0)
}

/// A cell of an availability.
pub(super) fn availability(at: &[&str], figure: &Figure, tip: String) -> Cell {
    Cell {
        text: told::mean(at, figure, Quantity::Share),
        heat: figure.mean.map(heat),
        tip,
    }
}

/// Availability of each population in each phase.
pub(super) fn by_phase(summary: &Summary) -> Markup {
    let phases: Vec<&str> = summary
        .phases
        .iter()
        .filter(|(_, phase)| phase.offered > 0)
        .map(|(name, _)| name)
        .collect();
    let tip = |who: &str, when: &str, figure: &Figure| {
        format!("{who}, {when}: {}", crate::report::format::share(figure))
    };
    let mut rows = Vec::new();
    let mut all = vec![availability(
        &["availability"],
        &summary.availability,
        tip("all clients", "the whole period", &summary.availability),
    )];
    all.extend(phases.iter().map(|phase| {
        let figure = summary
            .phases
            .get(phase)
            .map(|p| p.availability)
            .unwrap_or_default();
        availability(
            &["phases", phase, "availability"],
            &figure,
            tip("all clients", phase, &figure),
        )
    }));
    rows.push((html! { b { "all clients" } }, all));
    for (name, client) in summary.clients.iter() {
        let whole = &client.overall.availability;
        let shown = crate::report::printable::printable(name);
        let mut cells = vec![availability(
            &["clients", name, "availability"],
            whole,
            tip(&shown, "the whole period", whole),
        )];
        cells.extend(phases.iter().map(|phase| {
            let figure = client
                .phases
                .get(phase)
                .map(|p| p.availability)
                .unwrap_or_default();
            let at = ["clients", name, "phases", phase, "availability"];
            availability(&at, &figure, tip(&shown, phase, &figure))
        }));
        rows.push((told::name(name), cells));
    }
    let heads: Vec<Markup> = std::iter::once("whole period")
        .chain(phases.iter().copied())
        .map(|head| html! { (head) })
        .collect();
    table("Availability by population and phase", &heads, &rows)
}
