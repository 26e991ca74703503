//! What every section needs that names regions and times: which there are.

use crate::model::{BackendsSpec, Period, PopulationSpec, RegionId, RegionSpec};
use crate::scenario::check::regions::Named;
use crate::scenario::fields::{Fields, Limit};
use crate::scenario::report::Origin;
use crate::units::text::show_duration;
use crate::units::{IdMap, SimDuration, SimTime};

/// The regions of a scenario and its time, each if it could be read.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) named: Option<&'a Named<'a>>,
    pub(super) regions: Option<&'a IdMap<RegionSpec, RegionSpec>>,
    /// The back ends, or that there are none.
    pub(super) backends: Option<&'a Limit<BackendsSpec>>,
    /// `None` also where they are not known yet.
    pub(super) populations: Option<&'a IdMap<PopulationSpec, PopulationSpec>>,
    pub(super) primary: Option<RegionId>,
    pub(super) period: Option<Period>,
}

impl Scene<'_> {
    /// When something is to begin that says so with `at`, on the run's clock.
    pub(super) fn start(&self, section: &Fields<'_>, noun: &str) -> Option<SimTime> {
        let at = section.duration("at")?;
        self.time((at, section.origin_of("at")), noun)
    }

    /// A time of the measured period on the run's clock; one that is not is reported at its place.
    pub(super) fn time(&self, (at, origin): (SimDuration, &Origin), noun: &str) -> Option<SimTime> {
        let period = self.period?;
        if at >= period.duration {
            let shown = show_duration(period.duration.as_secs_f64());
            self.named?.report.error(
                origin,
                format!("the {noun} starts beyond the end of the measured period ({shown})"),
                "write an earlier `at`, or a longer `duration` in `run`",
            );
        }
        Some(period.start() + at)
    }

    /// The region that a key names.
    pub(super) fn region(&self, section: &Fields<'_>, key: &str) -> Option<RegionId> {
        let node = section.node(key)?;
        self.named?.resolve(key, node)
    }

    /// The name of the primary.
    pub(super) fn primary_name(&self) -> &str {
        let name = |region: RegionId| Some(self.named?.regions[region.index()].name);
        self.primary.and_then(name).unwrap_or_default()
    }
}
