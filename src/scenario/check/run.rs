//! `run`: how long and how often.

use crate::experiment::RunSpec;
use crate::model::Period;
use crate::scenario::fields::Fields;
use crate::units::SimDuration;

/// The most windows of a timeline: more than any screen or report can show.
const WINDOWS_MAX: u64 = 100_000;

/// The most censuses of a run: each looks at every agent.
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

pub(super) fn read(scenario: &Fields<'_>) -> Option<Run> {
    let run = scenario.section("run")?;
    let warm_up = run.duration("warm_up");
    let duration = run.duration("duration");
    let window = run.duration("window");
    let seed = run.whole("seed");
    let replications = run.whole("replications");
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
            format!("write a `window` that makes at most {WINDOWS_MAX}"),
        );
        return None;
    }
    Some(())
}
