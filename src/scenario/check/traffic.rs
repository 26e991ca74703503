//! What a population wants, and when: a rate, with all its forms, or a number of users.

use crate::model::{Period, Traffic};
use crate::random::{RateProfile, Stage};
use crate::scenario::data::Data;
use crate::scenario::fields::Fields;
use crate::scenario::rate;
use crate::scenario::suggest::quoted;
use crate::scenario::tree::Value;
use crate::units::SimDuration;
use crate::units::text::TextError;

/// The shortest mean time to think: users who never think, of a region that refuses at once,
/// would ask without end and without time passing.
const THINK_MIN: SimDuration = SimDuration::from_millis(1);

/// When rates are measured, and the files that may hold them.
pub(super) struct Clock<'a> {
    pub(super) period: Option<Period>,
    pub(super) data: &'a Data<'a>,
}

/// When the clients of a population want something, and the number of its agents.
pub(super) fn read(section: &Fields<'_>, clock: &Clock<'_>) -> Option<(Traffic, u32)> {
    let is_written = |key| section.entry(key).is_some();
    match (is_written("rate"), is_written("users")) {
        (true, false) => open(section, clock),
        (false, true) => closed(section),
        (true, true) => {
            let problem = format!("`{}` has both `rate` and `users`", quoted(section.name));
            section.error("users", problem, "keep only one of them");
            None
        }
        (false, false) => {
            let problem = format!("`{}` has neither `rate` nor `users`", quoted(section.name));
            let advice = "add `rate: 900/s`, or `users: 500` and `think: exponential(mean=10s)`";
            section.error("rate", problem, advice);
            None
        }
    }
}

fn open(section: &Fields<'_>, clock: &Clock<'_>) -> Option<(Traffic, u32)> {
    if section.entry("think").is_some() {
        let advice = "remove it, or write `users` instead of `rate`";
        section.error("think", "`think` does not go with `rate`", advice);
    }
    let rate = rate(section, clock);
    let arrivals = section.arrivals("arrivals");
    let agents = section.whole("agents");
    let (rate, arrivals) = (rate?, arrivals?);
    Some((Traffic::Open { rate, arrivals }, agents?))
}

fn closed(section: &Fields<'_>) -> Option<(Traffic, u32)> {
    for (key, why) in [
        ("agents", "each user is an agent"),
        ("arrivals", "users come when they have thought"),
    ] {
        if section.entry(key).is_some() {
            let problem = format!("`{key}` does not go with `users`");
            section.error(key, problem, format!("remove it: {why}"));
        }
    }
    let users = section.whole("users");
    if section.entry("think").is_none() {
        let problem = format!("`{}` has `users` but no `think`", quoted(section.name));
        section.error("users", problem, "add `think: exponential(mean=10s)`");
        return None;
    }
    let think = section.distribution("think")?;
    if think.mean() < THINK_MIN {
        let problem = "users would ask again at once";
        section.error("think", problem, "write a mean of at least `1ms`");
        return None;
    }
    Some((Traffic::Closed { think }, users?))
}

fn rate(section: &Fields<'_>, clock: &Clock<'_>) -> Option<RateProfile> {
    let node = section.node("rate")?;
    if !matches!(node.value, Value::Map(_)) {
        return section.rate_profile("rate");
    }
    let changing = section.section_in("rate", node)?;
    let is_written = |key| changing.entry(key).is_some();
    match (is_written("stages"), is_written("file")) {
        (true, false) => stages(&changing),
        (false, true) => file(&changing, clock),
        (true, true) => {
            let problem = "`rate` has both `stages` and `file`";
            changing.error("file", problem, "keep only one of them");
            None
        }
        (false, false) => {
            let problem = "`rate` has neither `stages` nor `file`";
            section.error(
                "rate",
                problem,
                "add one of them, or write a rate such as `900/s`",
            );
            None
        }
    }
}

fn stages(changing: &Fields<'_>) -> Option<RateProfile> {
    let stage = |section: &Fields<'_>| {
        let (length, to) = (section.duration("for"), section.rate("to"));
        let (length, to) = (length?, to?);
        Some(Stage { length, to })
    };
    let from = changing.entry("from").map(|_| changing.rate("from"));
    let stages: Vec<Option<Stage>> = changing.list("stages")?.iter().map(stage).collect();
    let stages: Vec<Stage> = stages.into_iter().collect::<Option<_>>()?;
    let Some(first) = stages.first() else {
        changing.error("stages", "`stages` is empty", "add `{for: 10m, to: 400/s}`");
        return None;
    };
    let lengths: Vec<SimDuration> = stages.iter().map(|stage| stage.length).collect();
    if let Err(TextError { problem, advice }) = rate::check_total(&lengths) {
        changing.error("stages", problem, advice);
        return None;
    }
    let from = from.unwrap_or(Some(first.to))?;
    Some(RateProfile::stages(from, &stages))
}

fn file(changing: &Fields<'_>, clock: &Clock<'_>) -> Option<RateProfile> {
    if changing.entry("from").is_some() {
        let advice = "remove it: before the first row its rate holds";
        changing.error("from", "`from` does not go with `file`", advice);
    }
    let name = changing.text("file")?;
    match clock.data.rates(&name, clock.period?.duration) {
        Ok(profile) => Some(profile),
        Err(TextError { problem, advice }) => {
            changing.error("file", problem, advice);
            None
        }
    }
}
