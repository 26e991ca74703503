//! `slo`: what is promised.

use crate::experiment::{Judgment, Objective, Promise, Subject};
use crate::metrics::Phase;
use crate::scenario::fields::Fields;
use crate::scenario::suggest;
use crate::units::Ratio;

/// The keys of latency objectives with their quantiles.
const QUANTILES: [(&str, f64); 5] = [
    ("p50", 0.5),
    ("p90", 0.9),
    ("p95", 0.95),
    ("p99", 0.99),
    ("p99_9", 0.999),
];

/// The objectives: those of all clients first, then by region, population and phase.
pub(super) fn read(
    scenario: &Fields<'_>,
    regions: Option<&[Fields<'_>]>,
    populations: Option<&[Fields<'_>]>,
) -> Option<Vec<Objective>> {
    let slo = scenario.section("slo")?;
    let confidence = slo.choice("confidence");
    let availability = slo.ratio("availability");
    let by = slo.section("by");
    let by = by.as_ref();
    // Every problem is reported before one of them counts.
    let promises = [
        of_fleet(&slo, availability),
        by.and_then(|by| by_name(by, ("region", regions), availability)),
        by.and_then(|by| by_name(by, ("population", populations), availability)),
        by.and_then(by_phase),
    ];
    let promises: Option<Vec<Promises>> = promises.into_iter().collect();
    let judgment = match confidence?.name {
        "none" => Judgment::Estimate,
        _ => Judgment::Interval,
    };
    let objective = |(subject, promise)| Objective {
        subject,
        promise,
        judgment,
    };
    Some(promises?.into_iter().flatten().map(objective).collect())
}

type Promises = Vec<(Subject, Promise)>;

/// What is promised to all clients.
fn of_fleet(slo: &Fields<'_>, availability: Option<Ratio>) -> Option<Promises> {
    let requests = of_requests(slo);
    let timeslices = timeslices(slo, availability);
    let time_to_recover = slo.duration("time_to_recover").map(Promise::TimeToRecover);
    let requests_lost = slo.whole("requests_lost").map(Promise::RequestsLost);
    let budget = error_budget(slo, availability);
    let mut promises = requests?;
    promises.extend(timeslices?);
    promises.extend(time_to_recover);
    promises.extend(requests_lost);
    promises.extend(budget?);
    let of_fleet = promises.into_iter();
    Some(of_fleet.map(|promise| (Subject::Fleet, promise)).collect())
}

/// What an outage may spend; nothing if that is not promised.
fn error_budget(slo: &Fields<'_>, availability: Option<Ratio>) -> Option<Vec<Promise>> {
    let Some(at_most) = slo.ratio("error_budget_per_outage") else {
        return Some(Vec::new());
    };
    let availability = needed(slo, "error_budget_per_outage", availability)?;
    if availability == Ratio::ONE {
        slo.error(
            "availability",
            "an `availability` of 100 % leaves no error budget to spend",
            "write less, such as `99.9%`, or leave out `error_budget_per_outage`",
        );
    }
    Some(vec![Promise::ErrorBudget {
        availability,
        at_most,
    }])
}

/// What is promised in each phase.
fn by_phase(by: &Fields<'_>) -> Option<Promises> {
    let phases = by.section("phase")?;
    let of = |phase: Phase| -> Option<Promises> {
        let those = of_requests(&phases.section(phase.name())?)?.into_iter();
        Some(
            those
                .map(|promise| (Subject::Phase(phase), promise))
                .collect(),
        )
    };
    let all: Vec<Option<Promises>> = Phase::ALL.into_iter().map(of).collect();
    let all: Option<Vec<Promises>> = all.into_iter().collect();
    Some(all?.concat())
}

/// Availability and latency.
fn of_requests(section: &Fields<'_>) -> Option<Vec<Promise>> {
    let availability = section.ratio("availability").map(Promise::Availability);
    let latency = section.section("latency")?;
    let at_most = |(key, quantile)| {
        let at_most = latency.duration(key)?;
        Some(Promise::Latency { quantile, at_most })
    };
    let latencies = QUANTILES.into_iter().filter_map(at_most);
    Some(availability.into_iter().chain(latencies).collect())
}

/// How many windows are to be good; nothing if that is not promised.
fn timeslices(section: &Fields<'_>, availability: Option<Ratio>) -> Option<Vec<Promise>> {
    let Some(at_least) = section.ratio("availability_timeslices") else {
        return Some(Vec::new());
    };
    let availability = needed(section, "availability_timeslices", availability)?;
    Some(vec![Promise::Timeslices {
        availability,
        at_least,
    }])
}

/// The availability that another promise is about; reported if it is not there.
fn needed(section: &Fields<'_>, key: &str, availability: Option<Ratio>) -> Option<Ratio> {
    // One that cannot be read is reported as such.
    if availability.is_none() && section.entry("availability").is_none() {
        section.error(
            key,
            format!("`{key}` is about an availability that is not promised"),
            "add `availability: 99.9%` beside it",
        );
    }
    availability
}

/// What is promised to those of a name.
fn by_name(
    by: &Fields<'_>,
    (kind, known): (&'static str, Option<&[Fields<'_>]>),
    shared: Option<Ratio>,
) -> Option<Promises> {
    if by.entry(kind).is_none() {
        return Some(Vec::new());
    }
    let mut promises = Vec::new();
    for section in by.named(kind)? {
        let name = section.name;
        let names = known.map(|known| known.iter().map(|section| section.name));
        if let Some(names) = names.filter(|names| !names.clone().any(|other| other == name)) {
            section.error_here(
                format!(
                    "`{}` is not a {kind} of this scenario",
                    suggest::quoted(name)
                ),
                suggest::advice(name, names),
            );
            continue;
        }
        let subject = || match kind {
            "region" => Subject::Region(name.to_owned()),
            _ => Subject::Population(name.to_owned()),
        };
        let mut those = of_requests(&section)?;
        if kind == "population" {
            let own = section.ratio("availability").or(shared);
            those.extend(timeslices(&section, own)?);
        }
        promises.extend(those.into_iter().map(|promise| (subject(), promise)));
    }
    Some(promises)
}
