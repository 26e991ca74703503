//! What happened, as a list of moments with their times, and what each phase cost.

use std::cmp::Ordering;

use maud::{Markup, html};

use crate::report::figure::Reached;
use crate::report::html::told::{self, Quantity};
use crate::report::text::what_is_lost;
use crate::report::{OutageSummary, Summary};
use crate::units::text::show_duration;

/// The most outages that are told one by one.
const OUTAGES_MAX: usize = 10;

/// Something that happened, or did not.
struct Moment {
    /// When, from the start of the measured period; `None` if it did not happen.
    at_s: Option<f64>,
    kind: Kind,
    says: Markup,
    /// What it had cost until then.
    cost: Markup,
}

/// What kind of moment it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Bad,
    Good,
    Neutral,
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Bad => "bad",
            Self::Good => "good",
            Self::Neutral => "neutral",
        }
    }
}

/// The list, and the table of phases.
pub(super) fn draw(summary: &Summary) -> Markup {
    let more = summary.outages.len().saturating_sub(OUTAGES_MAX);
    html! {
        ol.story {
            @for moment in moments(summary) {
                li.(moment.kind.class()) {
                    span.when { @match moment.at_s {
                        Some(at_s) => (clock(at_s, summary.duration_s)),
                        None => "never",
                    } }
                    div.what { div { (moment.says) } (moment.cost) }
                }
            }
        }
        @if more > 0 { p.hint { "And " (more) " more outages, in outages.csv." } }
        (phases(summary))
    }
}

fn moments(summary: &Summary) -> Vec<Moment> {
    let mut moments = vec![start(summary)];
    for (index, outage) in summary.outages.iter().enumerate().take(OUTAGES_MAX) {
        moments.extend(of_outage(summary, (index, outage)));
    }
    moments.extend(rollouts(summary));
    moments.extend(operations(summary));
    // What never happened is told where what it waits for began: sorting is stable.
    let mut last = 0.0;
    let mut keyed: Vec<(f64, Moment)> = moments
        .into_iter()
        .map(|moment| {
            last = moment.at_s.unwrap_or(last);
            (last, moment)
        })
        .collect();
    keyed.sort_by(|left, right| left.0.partial_cmp(&right.0).unwrap_or(Ordering::Equal));
    keyed.into_iter().map(|(_, moment)| moment).collect()
}

fn start(summary: &Summary) -> Moment {
    let before = summary
        .phases
        .get("before")
        .filter(|phase| phase.offered > 0);
    let says = html! {
        "The measured period begins."
        @if let Some(before) = before {
            " Until the first outage "
            (told::figure(&["phases", "before", "availability"], &before.availability, Quantity::Share))
            " of the requests succeed."
        }
    };
    let quiet =
        summary.outages.is_empty() && summary.rollouts.is_empty() && summary.operations.is_empty();
    let note = match (quiet, summary.outages_by_chance.is_empty()) {
        (true, true) => "Nothing fails by script: what goes wrong is the load's own doing.",
        (_, true) => "",
        (true, false) => {
            "Nothing fails by script. Outages come by chance, at other times in each replication: see below."
        }
        (false, false) => {
            "Other outages come by chance, at other times in each replication: see below."
        }
    };
    Moment {
        at_s: Some(0.0),
        kind: Kind::Neutral,
        says,
        cost: html! { @if !note.is_empty() { p.cost { (note) } } },
    }
}

/// An outage with its place in `summary.json`.
struct Told<'s> {
    summary: &'s Summary,
    index: usize,
    outage: &'s OutageSummary,
}

impl Told<'_> {
    /// How long something took, and from when on.
    fn after(&self, name: &'static str, found: &Reached, what: &str) -> Markup {
        let number = self.index.to_string();
        let at = told::pointer(&["outages", &number, name]);
        let text = told::reached_text(found, self.summary.replications);
        let (time, reached) = text.split_once(", ").unwrap_or((&text, ""));
        html! {
            (told::value(&format!("{at}/mean"), found.mean, time))
            @if found.reached > 0 && found.mean != Some(0.0) { (what) }
            @if !reached.is_empty() { ", " (reached) }
            "."
        }
    }

    /// Which outage, if there are several.
    fn which(&self) -> Markup {
        html! { @if self.summary.outages.len() > 1 { " (" (victim(self.outage)) ")" } }
    }
}

/// The moment that a milestone was got to, counted from another.
fn milestone((from_s, found): (f64, &Reached), says: Markup, cost: Markup) -> Moment {
    Moment {
        at_s: found.mean.map(|mean| from_s + mean),
        kind: match found.reached {
            0 => Kind::Bad,
            _ => Kind::Good,
        },
        says,
        cost,
    }
}

/// The moments of an outage.
fn of_outage(summary: &Summary, (index, outage): (usize, &OutageSummary)) -> Vec<Moment> {
    let told = Told {
        summary,
        index,
        outage,
    };
    let end_s = outage.at_s + outage.for_s;
    let began = " after it began";
    let (detect, drain) = (&outage.time_to_detect_s, &outage.time_to_drain_s);
    let (recover, back) = (&outage.time_to_recover_s, &outage.time_to_failback_s);
    let [is_detected, is_drained] = is_told(outage);
    let plain = |at_s, kind, says| Moment {
        at_s: Some(at_s),
        kind,
        says,
        cost: html! {},
    };
    let mut moments = vec![plain(
        outage.at_s,
        Kind::Bad,
        html! { "Outage of " b { (victim(outage)) } ": " (what_happens(outage)) ", for " (show_duration(outage.for_s)) "." },
    )];
    if is_detected {
        let says = html! {
            b { "Detected" } ": the router holds " (victim(outage)) " degraded, "
            (told.after("time_to_detect_s", detect, began))
        };
        let cost = cost(index, outage, &["detection"]);
        moments.push(milestone((outage.at_s, detect), says, cost));
    }
    moments.extend(page(&told));
    if is_drained {
        let says = html! {
            b { "Drained" } (told.which()) ": less than 1 % of the attempts still go there, "
            (told.after("time_to_drain_s", drain, began))
        };
        let cost = cost(index, outage, &["dns_cache", "connection"]);
        moments.push(milestone((outage.at_s, drain), says, cost));
    }
    let says = html! { "The outage of " b { (victim(outage)) } " ends." };
    moments.push(plain(end_s, Kind::Neutral, says));
    let says = html! {
        b { "Recovered" } (told.which()) ": availability is back for good, "
        (told.after("time_to_recover_s", recover, began))
    };
    moments.push(milestone(
        (outage.at_s, recover),
        says,
        total(index, outage),
    ));
    if is_detected && (back.reached > 0 || is_drained) {
        let says = html! {
            b { "Failback" } ": the router answers with " (victim(outage)) " again, "
            (told.after("time_to_failback_s", back, " after the end"))
        };
        moments.push(milestone((end_s, back), says, html! {}));
    }
    moments
}

/// The moment that the first alert on the burn rate pages, if one does.
fn page(told: &Told<'_>) -> Option<Moment> {
    let outage = told.outage;
    let page = &outage.paging.as_ref()?.time_to_page_s;
    Some(Moment {
        at_s: Some(outage.at_s + page.mean?),
        kind: Kind::Neutral,
        says: html! {
            b { "Paged" } (told.which()) ": the first of the usual alerts on the burn rate fires, "
            (told.after("time_to_page_s", page, " after it began"))
        },
        cost: html! {},
    })
}

/// Whether an outage can be detected, and drained: what the router cannot see is not "never".
fn is_told(outage: &OutageSummary) -> [bool; 2] {
    let (detect, drain) = (
        outage.time_to_detect_s.reached > 0,
        outage.time_to_drain_s.reached > 0,
    );
    let is_whole = matches!(outage.mode.as_str(), "blackhole" | "refuse" | "hold");
    [detect || is_whole, drain || is_whole]
}

fn victim(outage: &OutageSummary) -> Markup {
    html! {
        @match outage.mode.as_str() {
            "router" => "the router",
            "management" => "the management plane",
            _ => (told::name(&outage.region)),
        }
    }
}

/// What an outage does, in words.
fn what_happens(outage: &OutageSummary) -> String {
    match outage.mode.as_str() {
        "blackhole" => "it goes dark, nothing answers (blackhole)".to_owned(),
        "refuse" => "it fails, connections are refused (refuse)".to_owned(),
        "management" => "it is down".to_owned(),
        "hold" => "it hangs, what is sent arrives when that is over (hold)".to_owned(),
        _ => what_is_lost(&outage.mode, outage.depth),
    }
}

/// What an outage had cost by some blames.
fn cost(index: usize, outage: &OutageSummary, blames: &[&str]) -> Markup {
    let lost = outage.lost_by_blame.iter();
    let lost: Vec<(&str, f64)> = lost
        .filter(|(blame, lost)| blames.contains(blame) && **lost >= 0.5)
        .map(|(blame, lost)| (blame, *lost))
        .collect();
    html! {
        @if !lost.is_empty() {
            p.cost {
                "Cost: "
                @for (place, (blame, lost)) in lost.iter().enumerate() {
                    @if place > 0 { ", " }
                    (told::value(&format!("/outages/{index}/lost_by_blame/{blame}"), Some(*lost), &told::whole(*lost)))
                    " requests to " (told::words(blame))
                }
            }
        }
    }
}

/// What an outage had cost in all, and by what the moments before do not tell.
fn total(index: usize, outage: &OutageSummary) -> Markup {
    let number = index.to_string();
    let at = ["outages", number.as_str(), "requests_lost"];
    let budget = ["outages", number.as_str(), "error_budget_spent"];
    html! {
        p.cost {
            "Cost in all: " (told::figure(&at, &outage.requests_lost, Quantity::Count))
            " requests a replication"
            @if let Some(spent) = outage.error_budget_spent.as_ref().and_then(|spent| spent.mean) {
                ", "
                (told::value(&format!("{}/mean", told::pointer(&budget)), Some(spent), &told::portion(spent)))
                " the error budget"
            }
            @let others: Vec<(&str, f64)> = outage.lost_by_blame.iter()
                .filter(|(blame, lost)| !["detection", "dns_cache", "connection"].contains(blame) && **lost >= 0.5)
                .map(|(blame, lost)| (blame, *lost)).collect();
            @for (blame, lost) in &others {
                "; "
                (told::value(&format!("/outages/{index}/lost_by_blame/{blame}"), Some(*lost), &told::whole(*lost)))
                " to " (told::words(blame))
            }
        }
    }
}

fn rollouts(summary: &Summary) -> Vec<Moment> {
    let mut moments = Vec::new();
    for (index, rollout) in summary.rollouts.iter().enumerate() {
        let number = index.to_string();
        let kind = if rollout.defect.is_some() {
            Kind::Bad
        } else {
            Kind::Neutral
        };
        let defect = match rollout.defect.as_deref() {
            None => "good".to_owned(),
            Some(defect) => format!("bad: {defect}"),
        };
        moments.push(Moment {
            at_s: Some(rollout.at_s),
            kind,
            says: html! { b { "Rollout " (index + 1) } " is accepted (" (defect) ")." },
            cost: html! {},
        });
        let steps = [
            (
                "time_to_effect_s",
                &rollout.time_to_effect_s,
                "First harm",
                Kind::Bad,
            ),
            (
                "time_to_halt_s",
                &rollout.time_to_halt_s,
                "Halted by itself",
                Kind::Good,
            ),
            (
                "time_to_correct_s",
                &rollout.time_to_correct_s,
                "Corrected",
                Kind::Good,
            ),
        ];
        for (name, found, what, kind) in steps {
            let Some(mean) = found.mean else { continue };
            let at = ["rollouts", number.as_str(), name];
            moments.push(Moment {
                at_s: Some(rollout.at_s + mean),
                kind,
                says: html! {
                    b { (what) } " (rollout " (index + 1) "): "
                    (told::reached(&at, found, summary.replications)) "."
                },
                cost: html! {},
            });
        }
        if let (Some(last), Some(_)) = (moments.last_mut(), &rollout.defect) {
            let at = ["rollouts", number.as_str(), "requests_failed"];
            last.cost = html! { p.cost {
                "Cost in all: " (told::figure(&at, &rollout.requests_failed, Quantity::Count))
                " requests a replication"
            } };
        }
    }
    moments
}

fn operations(summary: &Summary) -> Vec<Moment> {
    let mut moments = Vec::new();
    for (index, operation) in summary.operations.iter().enumerate() {
        let number = index.to_string();
        let what =
            html! { b { (told::words(&operation.operation)) " " (told::name(&operation.region)) } };
        moments.push(Moment {
            at_s: Some(operation.at_s),
            kind: Kind::Neutral,
            says: html! { "Ordered: " (what) "." },
            cost: html! {
                @if operation.done < summary.replications { p.cost {
                    "Done in " (operation.done) " of " (summary.replications) " replications; refused in "
                    (operation.refused) ", aborted in " (operation.aborted)
                } }
            },
        });
        if let Some(mean) = operation.time_to_effect_s.mean {
            let at = ["operations", number.as_str(), "time_to_effect_s"];
            moments.push(Moment {
                at_s: Some(operation.at_s + mean),
                kind: Kind::Neutral,
                says: html! {
                    "In effect: " (what) ", "
                    (told::reached(&at, &operation.time_to_effect_s, summary.replications)) " later."
                },
                cost: html! {},
            });
        }
    }
    moments
}

/// What each phase cost; nothing if there is only one.
fn phases(summary: &Summary) -> Markup {
    let phases: Vec<_> = summary
        .phases
        .iter()
        .filter(|(_, phase)| phase.offered > 0)
        .collect();
    html! {
        @if phases.len() > 1 {
            h3 { "What each phase cost" }
            div.scroll { table {
                thead { tr { th { "phase" } th.n { "requests offered" } th.n { "failed" } th.n { "availability" }
                    th.n { "p50" } th.n { "p99" } th.n { "attempts a request" } } }
                tbody { @for (name, phase) in phases {
                    @let at = |figure: &'static str| ["phases", name, figure];
                    tr {
                        th scope="row" { (name) }
                        td.n { (told::count(&at("offered"), phase.offered)) }
                        td.n { (told::count(&at("failed"), phase.failed)) }
                        td.n { (told::figure(&at("availability"), &phase.availability, Quantity::Share)) }
                        td.n { (told::mean(&["phases", name, "latency_s", "p50"], &phase.latency_s.p50, Quantity::Time)) }
                        td.n { (told::mean(&["phases", name, "latency_s", "p99"], &phase.latency_s.p99, Quantity::Time)) }
                        td.n { (told::mean(&at("amplification"), &phase.amplification, Quantity::Ratio)) }
                    }
                } }
            } }
            p.hint { "Counts are over all replications." }
        }
    }
}

/// A time of the run as a clock shows it: `10:00`, `1:14:30`.
fn clock(at_s: f64, duration_s: f64) -> String {
    let whole = at_s.round();
    let (hours, rest) = ((whole / 3_600.0).floor(), whole % 3_600.0);
    let (minutes, seconds) = ((rest / 60.0).floor(), rest % 60.0);
    if duration_s >= 3_600.0 {
        format!("{hours:.0}:{minutes:02.0}:{seconds:02.0}")
    } else {
        format!("{minutes:.0}:{seconds:02.0}")
    }
}
