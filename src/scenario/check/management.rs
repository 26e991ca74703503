//! `management` and `autoscale`: what the management plane is asked to do, apart from what is
//! listed.

use crate::model::{
    AutoscaleSpec, ManagementSpec, OperationSpec, RegionId, RestoreSpec, ScaleRule,
};
use crate::scenario::check::scene::Scene;
use crate::scenario::fields::{Fields, Limit};
use crate::scenario::report::Origin;
use crate::units::{Id, IdMap};

pub(super) type Operations = IdMap<OperationSpec, OperationSpec>;

/// The management plane, with the operations that are listed.
pub(super) fn read(
    scenario: &Fields<'_>,
    scene: &Scene<'_>,
    operations: Option<Operations>,
) -> Option<ManagementSpec> {
    let autoscale = autoscale(scenario, scene);
    let management = scenario.section("management")?;
    let operation_rate = management.rate("operations");
    let portal_rate = management.rate("portal");
    let restart = management.choice("restart_needs_primary");
    let restore = restore(&management, scene);
    Some(ManagementSpec {
        operation_rate: operation_rate?,
        portal_rate: portal_rate?,
        restore: restore?.into(),
        restart_needs_primary: restart?.name == "true",
        operations: operations?,
        autoscale: autoscale?.into(),
    })
}

/// Where it was written how long a restore takes.
pub(super) fn restore_origin(scenario: &Fields<'_>) -> Option<Origin> {
    let management = scenario.section("management")?;
    match management.section_or_none("restore")? {
        Limit::None => None,
        Limit::At(restore) => Some(restore.origin_of("after").clone()),
    }
}

fn restore(management: &Fields<'_>, scene: &Scene<'_>) -> Option<Limit<RestoreSpec>> {
    let Limit::At(restore) = management.section_or_none("restore")? else {
        return Some(Limit::None);
    };
    let region = scene.region(&restore, "in");
    let after = restore.duration("after");
    let (region, after) = (region?, after?);
    if Some(region) == scene.primary {
        restore.error(
            "in",
            format!(
                "`{}` is the primary, and it is restored because that has failed",
                scene.primary_name()
            ),
            "name another region",
        );
    }
    Some(Limit::At(RestoreSpec { region, after }))
}

fn autoscale(scenario: &Fields<'_>, scene: &Scene<'_>) -> Option<Limit<AutoscaleSpec>> {
    let Limit::At(autoscale) = scenario.section_or_none("autoscale")? else {
        return Some(Limit::None);
    };
    let which = autoscale.choice("regions").map(|chosen| chosen.name);
    let units_min: Option<u32> = autoscale.whole("units_min");
    let units_max = autoscale.whole("units_max");
    let scale_out = rule(&autoscale, ("out", "above"));
    let scale_in = rule(&autoscale, ("in", "below"));
    let takes = autoscale.distribution("takes");
    let regions: Vec<RegionId> = match which? {
        "all" => (0..scene.named?.regions.len()).map(Id::new).collect(),
        _ => vec![scene.primary?],
    };
    let (units_min, units_max) = (units_min?, units_max?);
    if units_min > units_max {
        let problem =
            format!("`units_min` is {units_min}, more than the {units_max} of `units_max`");
        autoscale.error(
            "units_min",
            problem,
            "write a smaller number, or a larger `units_max`",
        );
    }
    let (scale_out, scale_in) = (scale_out?, scale_in?);
    if scale_in.threshold >= scale_out.threshold {
        let problem = "the `below` of `in` is not less than the `above` of `out`";
        let advice = "write a lower `below`, or units come and go for ever";
        let key = if autoscale.entry("in").is_some() {
            "in"
        } else {
            "out"
        };
        autoscale.error(key, problem, advice);
    }
    Some(Limit::At(AutoscaleSpec {
        regions,
        units_min,
        units_max,
        scale_out,
        scale_in,
        takes: takes?,
    }))
}

fn rule<'a>(autoscale: &Fields<'a>, (name, threshold): (&'a str, &str)) -> Option<ScaleRule> {
    let rule = autoscale.section(name)?;
    let threshold = rule.ratio(threshold);
    let over = rule.duration("over");
    let cool_down = rule.duration("cool_down");
    let step = rule.whole("units");
    Some(ScaleRule {
        threshold: threshold?,
        over: over?,
        cool_down: cool_down?,
        step: step?,
    })
}
