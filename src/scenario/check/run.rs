//! `run`: how long and how often.

use crate::experiment::RunSpec;
use crate::model::Period;
use crate::scenario::fields::Fields;
use crate::units::SimDuration;

/// The most windows of a timeline: more than any screen or report can show.
const WINDOWS_MAX: u64 = 100_000;

/// What the section says.
pub(super) struct Run {
    pub(super) period: Period,
    pub(super) spec: RunSpec,
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
