//! `operations`: what is done to the fleet, and whether it can be done in that order.

use crate::model::routing::Strategy;
use crate::model::{OperationKind, OperationSpec, RegionId, RegionSpec, joins_later};
use crate::scenario::check::management::Operations;
use crate::scenario::check::scene::Scene;
use crate::scenario::fields::Fields;
use crate::scenario::keys::takes;
use crate::units::IdMap;

pub(super) fn read(sections: &[Fields<'_>], scene: &Scene<'_>) -> Option<Operations> {
    let operations: Vec<_> = sections
        .iter()
        .map(|section| operation(section, scene))
        .collect();
    operations
        .into_iter()
        .collect::<Option<Vec<_>>>()
        .map(IdMap::new)
}

fn operation(section: &Fields<'_>, scene: &Scene<'_>) -> Option<OperationSpec> {
    let at = scene.start(section, "operation");
    let verb = section.alternative();
    let kind = verb.and_then(|verb| kind(section, verb));
    let default = takes(verb.unwrap_or_default());
    let takes = section.distribution_or("takes", default);
    let region = scene.region(section, verb?);
    let (kind, region) = (kind?, region?);
    if scene.primary.is_some_and(|primary| primary != region) && kind.changes_address() {
        let advice = format!("write `{}`, which is the primary", scene.primary_name());
        section.error(
            verb?,
            "it is only the primary's address that changes like this",
            advice,
        );
    }
    Some(OperationSpec {
        at: at?,
        region,
        takes: takes?,
        kind,
    })
}

fn kind(section: &Fields<'_>, verb: &str) -> Option<OperationKind> {
    if verb == "scale" {
        let units = units(section)?;
        return Some(OperationKind::Scale { units });
    }
    if section.entry("units").is_some() {
        let problem = format!("`units` does not go with `{verb}`");
        section.error("units", problem, "remove it, or write `scale`");
        return None;
    }
    Some(match verb {
        "add" => OperationKind::Add,
        "remove" => OperationKind::Remove,
        "disable" => OperationKind::Disable,
        "enable" => OperationKind::Enable,
        "enable_zones" => OperationKind::EnableZones,
        "change_subnet" => OperationKind::ChangeSubnet,
        _ => unreachable!("the table has no other operation"),
    })
}

fn units(section: &Fields<'_>) -> Option<u32> {
    if section.entry("units").is_none() {
        section.error("scale", "`scale` has no `units`", "add `units: 3`");
        return None;
    }
    section.whole("units")
}

/// What the operations find: the fleet at some time, as if each took no time.
struct Fleet<'a> {
    scene: &'a Scene<'a>,
    strategy: Option<&'a Strategy>,
    standing: IdMap<RegionSpec, Standing>,
}

/// What a region is to the router.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// It is not in the fleet.
    Absent,
    /// It is, but the router does not answer with it.
    Disabled,
    /// The router answers with it.
    Routed,
}

/// Notes what cannot be done when its time comes, each after those before it.
pub(super) fn check(
    (scenario, sections): (&Fields<'_>, &[Fields<'_>]),
    operations: &Operations,
    strategy: Option<&Strategy>,
    scene: &Scene<'_>,
) -> Option<()> {
    let mut order: Vec<(&Fields<'_>, &OperationSpec)> =
        sections.iter().zip(operations.iter()).collect();
    order.sort_by_key(|(_, operation)| operation.at);
    let (count, primary) = (scene.named?.regions.len(), scene.primary?);
    let mut fleet = Fleet {
        scene,
        strategy,
        standing: IdMap::from_fn(count, |region| {
            if region != primary && joins_later(operations, region) {
                Standing::Absent
            } else {
                Standing::Routed
            }
        }),
    };
    if !fleet.serves() {
        let advice = "add one to it that no operation adds later";
        scenario.section("routing")?.error(
            "strategy",
            "no region of the list is in the fleet from the start",
            advice,
        );
        return None;
    }
    for (section, operation) in order {
        let verb = section.alternative()?;
        if let Err((problem, advice)) = fleet.apply(operation) {
            section.error(verb, problem, advice);
        }
    }
    Some(())
}

impl Fleet<'_> {
    /// Makes of the fleet what an operation makes of it, or says what is wrong and what to do.
    fn apply(&mut self, operation: &OperationSpec) -> Result<(), (String, String)> {
        let region = operation.region;
        let name = self.name(region);
        let fail =
            |problem: &str, advice: &str| Err((format!("`{name}` {problem}"), advice.to_owned()));
        let is_primary = self.scene.primary == Some(region);
        let after = match (operation.kind, self.standing[region]) {
            (OperationKind::Remove, _) if is_primary => {
                return fail(
                    "is the primary, where the management plane is: it cannot be removed",
                    "remove another region, or name another `primary` in `fleet`",
                );
            }
            (OperationKind::Add, _) if is_primary => {
                return fail(
                    "is the primary, which is there from the start",
                    "add another region, or name another `primary` in `fleet`",
                );
            }
            (OperationKind::Add, Standing::Disabled | Standing::Routed) => {
                return fail(
                    "is in the fleet by then",
                    "leave this out, or `remove` it before",
                );
            }
            (OperationKind::Add, Standing::Absent) => Standing::Routed,
            (_, Standing::Absent) => {
                return fail("is not in the fleet at that time", "`add` it before");
            }
            (OperationKind::Disable, Standing::Disabled) => {
                return fail(
                    "is disabled by then",
                    "leave this out, or `enable` it before",
                );
            }
            (OperationKind::Enable, Standing::Routed) => {
                return fail(
                    "is not disabled at that time",
                    "leave this out, or `disable` it before",
                );
            }
            (OperationKind::Remove, _) => Standing::Absent,
            (OperationKind::Disable, _) => Standing::Disabled,
            (OperationKind::Enable, _) => Standing::Routed,
            (_, unchanged) => unchanged,
        };
        self.standing[region] = after;
        if after != Standing::Routed && !self.serves() {
            self.standing[region] = Standing::Routed;
            return fail(
                "is the last region that the router answers with",
                "keep it, or see to another one before",
            );
        }
        Ok(())
    }

    fn name(&self, region: RegionId) -> String {
        let named = self.scene.named;
        named.map_or_else(String::new, |named| {
            named.regions[region.index()].name.to_owned()
        })
    }

    /// Whether the router has a region to answer with; if it is not known how it chooses, it has.
    fn serves(&self) -> bool {
        let Some(strategy) = self.strategy else {
            return true;
        };
        let is_offline = self.standing.map(|&standing| standing != Standing::Routed);
        strategy.can_answer(&is_offline)
    }
}
