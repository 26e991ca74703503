//! The figures of regions, populations, configuration and management as tables.

use maud::{Markup, html};

use crate::report::html::told::{self, Quantity};
use crate::report::summary::Summary;

/// What each region did.
pub(super) fn regions(summary: &Summary) -> Markup {
    html! {
        details { summary { "Figures by region" }
            div.scroll { table {
                thead { tr { th { "region" } th.n { "traffic share" } th.n { "utilization while up" } th.n { "busiest window" }
                    th.n { "longest queue" } th.n { "attempts" } th.n { "unit-hours" } } }
                tbody { @for (name, region) in summary.regions.iter() {
                    @let at = |figure: &'static str| ["regions", name, figure];
                    tr {
                        th scope="row" { (told::name(name)) }
                        td.n { (told::figure(&at("traffic_share"), &region.traffic_share, Quantity::Share)) }
                        td.n { (told::figure(&at("utilization"), &region.utilization, Quantity::Share)) }
                        td.n { (told::mean(&at("utilization_max"), &region.utilization_max, Quantity::Share)) }
                        td.n { (told::mean(&at("queue_max"), &region.queue_max, Quantity::Count)) }
                        td.n { (told::count(&at("attempts"), region.attempts)) }
                        td.n { (told::mean(&at("unit_hours"), &region.unit_hours, Quantity::UnitHours)) }
                    }
                } }
            } }
        }
    }
}

/// What each population saw.
pub(super) fn clients(summary: &Summary) -> Markup {
    html! {
        details { summary { "Figures by population" }
            div.scroll { table {
                thead { tr { th { "population" } th.n { "offered" } th.n { "failed" } th.n { "availability" }
                    th.n { "p50" } th.n { "p99" } th.n { "attempts a request" } } }
                tbody { @for (name, client) in summary.clients.iter() {
                    @let at = |figure: &'static str| ["clients", name, figure];
                    @let whole = &client.overall;
                    tr {
                        th scope="row" { (told::name(name)) }
                        td.n { (told::count(&at("offered"), whole.offered)) }
                        td.n { (told::count(&at("failed"), whole.failed)) }
                        td.n { (told::figure(&at("availability"), &whole.availability, Quantity::Share)) }
                        td.n { (told::mean(&["clients", name, "latency_s", "p50"], &whole.latency_s.p50, Quantity::Time)) }
                        td.n { (told::mean(&["clients", name, "latency_s", "p99"], &whole.latency_s.p99, Quantity::Time)) }
                        td.n { (told::mean(&at("amplification"), &whole.amplification, Quantity::Ratio)) }
                    }
                } }
            } }
        }
    }
}

/// Latency of all clients by phase.
pub(super) fn latency(summary: &Summary) -> Markup {
    let phases: Vec<_> = summary
        .phases
        .iter()
        .filter(|(_, phase)| phase.offered > 0)
        .collect();
    html! {
        details { summary { "Latency in numbers" }
            div.scroll { table {
                thead { tr { th {} @for (name, _) in summary.latency_s.entries() { th.n { (name.replace('_', ".")) } } } }
                tbody {
                    tr { th scope="row" { "whole period" }
                        @for (name, figure) in summary.latency_s.entries() {
                            td.n { (told::figure(&["latency_s", name], &figure, Quantity::Time)) }
                        }
                    }
                    @for (phase, summary) in phases { tr { th scope="row" { (phase) }
                        @for (name, figure) in summary.latency_s.entries() {
                            td.n { (told::figure(&["phases", phase, "latency_s", name], &figure, Quantity::Time)) }
                        }
                    } }
                }
            } }
        }
    }
}

/// Configuration and management; `None` if neither is modeled.
pub(super) fn plane(summary: &Summary) -> Option<Markup> {
    let has_config = summary
        .regions
        .iter()
        .any(|(_, region)| region.config.is_some());
    if summary.management.is_none() && !has_config {
        return None;
    }
    Some(html! {
        @if let Some(management) = &summary.management {
            p {
                "The management plane was up for "
                (told::mean(&["management", "availability"], &management.availability, Quantity::Share))
                " of the period."
                @if management.operations.offered > 0 {
                    " Of the operations that were wanted it served "
                    (told::figure(&["management", "operations", "availability"], &management.operations.availability, Quantity::Share)) "."
                }
                @if management.portal.offered > 0 {
                    " Of the visits of the portal it served "
                    (told::figure(&["management", "portal", "availability"], &management.portal.availability, Quantity::Share)) "."
                }
            }
        }
        @if let Some(config) = &summary.config {
            p {
                "Regions that serve differed in their configuration for "
                (told::figure(&["config", "divergence_s"], &config.divergence_s, Quantity::Time))
                ". Changes that some secondary lacked when the primary failed: "
                (told::mean(&["config", "changes_unreplicated"], &config.changes_unreplicated, Quantity::Ratio))
                " a replication, of which "
                (told::mean(&["config", "changes_lost"], &config.changes_lost, Quantity::Ratio)) " were lost."
            }
        }
        @if has_config {
            div.scroll { table {
                thead { tr { th { "region" } th.n { "changes applied" } th.n { "stale" } th.n { "staleness, mean" }
                    th.n { "at most" } th.n { "synchronized before" } } }
                tbody { @for (name, region) in summary.regions.iter() { @if let Some(config) = &region.config {
                    @let at = |figure: &'static str| ["regions", name, "config", figure];
                    tr {
                        th scope="row" { (told::name(name)) }
                        td.n { (told::mean(&at("version"), &config.version, Quantity::Ratio)) }
                        td.n { (told::mean(&at("stale_share"), &config.stale_share, Quantity::Share)) }
                        td.n { (told::figure(&at("staleness_s"), &config.staleness_s, Quantity::Time)) }
                        td.n { (told::mean(&at("staleness_max_s"), &config.staleness_max_s, Quantity::Time)) }
                        td.n { (told::mean(&at("sync_age_s"), &config.sync_age_s, Quantity::Time)) }
                    }
                } } }
            } }
        }
    })
}
