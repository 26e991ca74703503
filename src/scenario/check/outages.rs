//! `outages`: what fails, and when. Time 0 of the file is the end of the warm-up.

use crate::model::{OutageMode, OutageSpec, Period, Scope};
use crate::scenario::check::regions::Named;
use crate::scenario::fields::Fields;
use crate::units::text::show_duration;
use crate::units::{IdMap, SimDuration};

pub(super) fn read(
    sections: &[Fields<'_>],
    named: Option<&Named<'_>>,
    period: Option<Period>,
) -> Option<IdMap<OutageSpec, OutageSpec>> {
    let outages: Vec<_> = sections
        .iter()
        .map(|section| outage(section, named, period))
        .collect();
    for (index, outage) in outages.iter().enumerate() {
        if outage.is_some() && outages[..index].contains(outage) {
            named?.report.error(
                sections[index].origin,
                "the same outage is listed twice",
                "remove one of them",
            );
        }
    }
    outages
        .into_iter()
        .collect::<Option<Vec<_>>>()
        .map(IdMap::new)
}

fn outage(
    section: &Fields<'_>,
    named: Option<&Named<'_>>,
    period: Option<Period>,
) -> Option<OutageSpec> {
    let start = section.duration("at");
    let length = section.duration("for");
    let mode = section.choice("mode").map(|chosen| match chosen.name {
        "refuse" => OutageMode::Refuse,
        "hold" => OutageMode::Hold,
        _ => OutageMode::Blackhole,
    });
    let region = section
        .node("region")
        .and_then(|node| named?.resolve("region", node));
    let (start, period) = (start?, period?);
    check_start(section, start, period.duration);
    let start = period.start() + start;
    Some(OutageSpec {
        region: region?,
        start,
        end: start + length?,
        mode: mode?,
        scope: Scope::Region,
    })
}

fn check_start(section: &Fields<'_>, start: SimDuration, duration: SimDuration) {
    if start >= duration {
        let shown = show_duration(duration.as_secs_f64());
        section.error(
            "at",
            format!("the outage starts beyond the end of the measured period ({shown})"),
            "write an earlier `at`, or a longer `duration` in `run`",
        );
    }
}
