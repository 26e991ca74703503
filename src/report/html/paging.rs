//! How fast outages burned the error budget, and when the usual alerts on that would have paged.

use maud::{Markup, html};

use crate::report::html::told::{self, Quantity};
use crate::report::{OutageSummary, PagingSummary, Summary};
use crate::units::text::show_duration;

/// The most outages that have a row.
const ROWS_MAX: usize = 20;

/// The alerts: their names in `summary.json`, and what they look at.
const ALERTS: [(&str, &str); 3] = [
    ("time_to_page_14_4x_s", "14.4× over 1 h and 5 min"),
    ("time_to_page_6x_s", "6× over 6 h and 30 min"),
    ("time_to_page_1x_s", "1× over 3 d and 6 h"),
];

/// A row an outage; `None` if no availability is promised, or nothing fails by script.
pub(super) fn table(summary: &Summary) -> Option<Markup> {
    let outages = summary.outages.iter().enumerate();
    let told: Vec<(usize, &OutageSummary, &PagingSummary)> = outages
        .filter_map(|(index, outage)| Some((index, outage, outage.paging.as_ref()?)))
        .collect();
    let more = told.len().saturating_sub(ROWS_MAX);
    (!told.is_empty()).then(|| html! {
        h3 { "When alerts would have paged" }
        div.scroll.paging { table {
            thead { tr { th { "outage" } th.n { "time to page" } @for (_, alert) in ALERTS { th.n { (alert) } }
                th.n { "burn rate over 1 h, at most" } th.n { "of 30 days' budget" } } }
            tbody { @for (index, outage, paging) in told.iter().take(ROWS_MAX) {
                (row(summary, (*index, outage), paging))
            } }
        } }
        @if more > 0 { p.hint { "And " (more) " more outages, in outages.csv." } }
        p.hint {
            "Times from the start of the outage. An alert pages when the requests of a long and of a short stretch fail so many times \
             as fast as the objective allows; the time to page is that of the first. They look at the end of each window of "
            (show_duration(summary.window_s)) "; before the measured period all is taken to have been well."
            @if !summary.outages_by_chance.is_empty() {
                " Of outages by chance it is not told: they overlap in what the alerts look at, so that a page is of no one outage."
            }
        }
    })
}

fn row(
    summary: &Summary,
    (index, outage): (usize, &OutageSummary),
    paging: &PagingSummary,
) -> Markup {
    let number = index.to_string();
    let at = |figure: &'static str| ["outages", number.as_str(), figure];
    let place = match outage.mode.as_str() {
        "router" => "the router",
        _ => &outage.region,
    };
    let reached = [
        &paging.time_to_page_14_4x_s,
        &paging.time_to_page_6x_s,
        &paging.time_to_page_1x_s,
    ];
    let replications = summary.replications;
    html! { tr {
        th scope="row" { (told::name(place)) span.ci { " " (told::words(&outage.mode)) " at " (show_duration(outage.at_s)) } }
        td.n { (told::reached(&at("time_to_page_s"), &paging.time_to_page_s, replications)) }
        @for ((name, _), reached) in ALERTS.into_iter().zip(reached) {
            td.n { (told::reached(&at(name), reached, replications)) }
        }
        td.n { (told::mean(&at("burn_rate_1h_max"), &paging.burn_rate_1h_max, Quantity::Amount)) "×" }
        td.n { (told::mean(&at("error_budget_30d_spent"), &paging.error_budget_30d_spent, Quantity::SmallShare)) }
    } }
}
