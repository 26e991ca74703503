//! `run`: how long and how often.

use crate::experiment::{HalfWidth, Metric, Precision, Replications, RunSpec};
use crate::model::{ClientSpec, FleetSpec, Period, PopulationSpec};
use crate::scenario::fields::{Fields, Found};
use crate::scenario::tree::Value;
use crate::units::text;
use crate::units::{Rate, Ratio, SimDuration};

/// The widths that windows have of themselves, the narrowest first.
const WIDTHS: [&str; 15] = [
    "10s", "30s", "1m", "2m", "5m", "10m", "30m", "1h", "3h", "6h", "12h", "1d", "7d", "30d",
    "365d",
];

/// So many windows at most there are of themselves.
const WINDOWS_ENOUGH: u64 = 1_000;

/// The most windows of a timeline: more than any screen or report can show.
const WINDOWS_MAX: u64 = 100_000;

/// The most attempts that a window is to hold: it counts in 32 bits.
const ATTEMPTS_MAX: f64 = 4e9;

/// The most censuses of a run: each looks at every agent while anything is wrong. Below 2^16 they have
/// numbers (`model/pins`).
const CENSUSES_MAX: u64 = 1_000;

/// What the section says.
pub(super) struct Run {
    pub(super) period: Period,
    pub(super) spec: RunSpec,
}

impl Run {
    /// How often agents are counted: in every window, or in evenly spaced ones if those are many.
    pub(super) fn census(&self) -> SimDuration {
        let Self { period, spec } = self;
        let count = period.duration.as_ns().div_ceil(spec.window.as_ns());
        spec.window * count.div_ceil(CENSUSES_MAX)
    }
}

/// Which outages there are.
#[derive(Clone, Copy)]
pub(super) struct OutageKinds {
    pub(super) any: bool,
    pub(super) scripted: bool,
}

pub(super) fn read(scenario: &Fields<'_>, outages: OutageKinds) -> Option<Run> {
    let run = scenario.section("run")?;
    let warm_up = run.duration("warm_up");
    let duration = run.duration("duration");
    let window = match run.entry("window") {
        Some(_) => run.duration("window"),
        None => duration.map(|duration| fitting(duration).1.min(duration)),
    };
    let seed = run.whole("seed");
    let replications = replications(&run, outages);
    let (duration, window) = (duration?, window?);
    check_window(&run, duration, window)?;
    Some(Run {
        period: Period {
            warm_up: warm_up?,
            duration,
        },
        spec: RunSpec {
            seed: seed?,
            replications: replications?,
            window,
        },
    })
}

/// A number, or what must be known before it is enough.
fn replications(run: &Fields<'_>, outages: OutageKinds) -> Option<Replications> {
    let Found::Written(node) = run.find("replications")? else {
        return run.whole("replications").map(Replications::fixed);
    };
    if !matches!(node.value, Value::Map(_)) {
        return run.whole("replications").map(Replications::fixed);
    }
    let rule = run.section_in("replications", node)?;
    let (least, most) = (rule.whole("min"), rule.whole("max"));
    let until = until(&rule, outages);
    let (least, most) = (least?, most?);
    if least > most {
        let problem = format!("`min` is {least}, and `max` only {most}");
        rule.error("max", problem, format!("write at least {least}"));
        return None;
    }
    Some(Replications::until(least, most, until?))
}

/// How well figures are to be known.
fn until(rule: &Fields<'_>, outages: OutageKinds) -> Option<Vec<Precision>> {
    /// The keys with their figures: of availability points, of all others shares.
    const FIGURES: [(&str, Metric); 6] = [
        ("availability", Metric::Availability),
        ("requests_lost", Metric::RequestsLost),
        ("time_to_recover", Metric::TimeToRecover),
        ("mean", Metric::LatencyMean),
        ("p50", Metric::LatencyP50),
        ("p99", Metric::LatencyP99),
    ];
    let Found::Written(node) = rule.find("until")? else {
        unreachable!("it has no default");
    };
    let is_empty = matches!(&node.value, Value::Map(entries) if entries.is_empty());
    let until = rule.section("until")?;
    let precision = |(key, metric)| {
        let width = until.ratio(key)?;
        if width == Ratio::ZERO {
            let advice = "write how far it may be off, such as `0.01%`";
            until.error(key, format!("`{key}` cannot be known exactly"), advice);
            return None;
        }
        let lacking = match metric {
            Metric::RequestsLost | Metric::TimeToRecover if !outages.any => Some("outages"),
            Metric::TimeToRecover if !outages.scripted => Some("scripted outages"),
            _ => None,
        };
        if let Some(what) = lacking {
            let problem = format!("`{key}` is of {what}, and there is none");
            until.error(key, problem, "remove it, or add an outage");
            return None;
        }
        let half_width = match metric {
            Metric::Availability => HalfWidth::Absolute(width.as_f64()),
            _ => HalfWidth::Relative(width.as_f64()),
        };
        Some(Precision { metric, half_width })
    };
    let written = FIGURES
        .into_iter()
        .filter(|(key, _)| until.entry(key).is_some());
    let precisions: Vec<Precision> = written.clone().filter_map(precision).collect();
    if is_empty {
        let advice = "add a figure, such as `availability: 0.01%`";
        rule.error("until", "`until` names no figure", advice);
        return None;
    }
    (!precisions.is_empty() && precisions.len() == written.count()).then_some(precisions)
}

/// The width of the windows of a period that are not said to have another: the narrowest that makes
/// few.
fn fitting(duration: SimDuration) -> (&'static str, SimDuration) {
    let read = |text| text::duration(text).expect("the widths are legal");
    let mut widths = WIDTHS.map(|text| (text, read(text))).into_iter();
    let widest = widths.next_back().expect("there is one");
    let fits =
        |&(_, width): &(_, SimDuration)| duration.as_ns().div_ceil(width.as_ns()) <= WINDOWS_ENOUGH;
    widths.find(fits).unwrap_or(widest)
}

fn check_window(run: &Fields<'_>, duration: SimDuration, window: SimDuration) -> Option<()> {
    if window > duration {
        run.error(
            "window",
            "a window is longer than the measured period",
            "write a shorter `window` or a longer `duration`",
        );
        return None;
    }
    let count = duration.as_ns().div_ceil(window.as_ns());
    if count > WINDOWS_MAX {
        run.error(
            "window",
            format!("the measured period has {count} windows of this width"),
            format!(
                "write a wider `window` (at most {WINDOWS_MAX} of them), or remove it: then it is \
                 `{}`",
                fitting(duration).0
            ),
        );
        return None;
    }
    Some(())
}

/// Whether windows can count what is expected in them.
pub(super) fn check_counts(
    scenario: &Fields<'_>,
    fleet: &FleetSpec,
    window: SimDuration,
) -> Option<()> {
    let duration = fleet.period.duration;
    let attempts_per_s = |rate: fn(&PopulationSpec, SimDuration) -> Rate| -> f64 {
        let populations = fleet.populations.iter();
        let attempts = populations.map(|population| {
            let ClientSpec { retry, hedge, .. } = &population.client;
            let most = f64::from(retry.attempts) + f64::from(u8::from(hedge.is_some()));
            rate(population, duration).as_per_s() * most
        });
        attempts.sum()
    };
    let total = attempts_per_s(PopulationSpec::mean_rate) * duration.as_secs_f64();
    if total <= ATTEMPTS_MAX {
        return Some(());
    }
    let highest = attempts_per_s(|population, duration| {
        population.rate_between(SimDuration::ZERO, duration)[1]
    });
    let most = |width: SimDuration| total.min(highest * width.as_secs_f64());
    if most(window) <= ATTEMPTS_MAX {
        return Some(());
    }
    let mut widths = WIDTHS.into_iter().rev();
    let fits = |text: &&str| text::duration(text).is_ok_and(|width| most(width) <= ATTEMPTS_MAX);
    let advice = widths.find(fits).unwrap_or("1s");
    scenario.section("run")?.error(
        "window",
        format!(
            "a window may hold {:.1} billion attempts, of which it can count {:.0}",
            most(window) / 1e9,
            ATTEMPTS_MAX / 1e9
        ),
        format!("write a narrower `window`, such as `{advice}`"),
    );
    None
}
