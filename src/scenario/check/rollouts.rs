//! `config.rollouts`: changes that are released region by region, or do harm.

use crate::model::{
    DefectEffect, DefectSpec, FixSpec, HaltSpec, OnHalt, RegionId, RolloutSpec, StagePlan,
};
use crate::scenario::check::groups;
use crate::scenario::check::regions::Named;
use crate::scenario::check::scene::Scene;
use crate::scenario::fields::{Fields, Limit};
use crate::scenario::suggest;
use crate::scenario::tree::Node;
use crate::units::{Id, IdMap};

pub(super) fn read(
    config: &Fields<'_>,
    scene: &Scene<'_>,
) -> Option<IdMap<RolloutSpec, RolloutSpec>> {
    let sections = config.list("rollouts")?;
    let rollouts: Vec<_> = sections
        .iter()
        .map(|section| rollout(section, scene))
        .collect();
    rollouts
        .into_iter()
        .collect::<Option<Vec<_>>>()
        .map(IdMap::new)
}

fn rollout(section: &Fields<'_>, scene: &Scene<'_>) -> Option<RolloutSpec> {
    let at = scene.start(section, "rollout");
    let plan = plan(section, scene.named);
    let needed_by = section.ratio("needed_by");
    let defect = optional(section, "bad", defect);
    let halt = optional(section, "halt", halt);
    let fix = optional(section, "fix", |fix| {
        let after = fix.duration("after");
        let plan = self::plan(fix, scene.named);
        let (after, plan) = (after?, plan?);
        Some(FixSpec { after, plan })
    });
    Some(RolloutSpec {
        at: at?,
        plan: plan?,
        needed_by: needed_by?,
        defect: defect?.into(),
        halt: halt?.into(),
        fix: fix?.into(),
    })
}

/// What a section says, if it is there.
fn optional<'a, T>(
    section: &Fields<'a>,
    name: &'a str,
    read: impl FnOnce(&Fields<'a>) -> Option<T>,
) -> Option<Limit<T>> {
    match section.section_or_none(name)? {
        Limit::None => Some(Limit::None),
        Limit::At(section) => read(&section).map(Limit::At),
    }
}

fn defect(bad: &Fields<'_>) -> Option<DefectSpec> {
    let after = bad.duration("after");
    let effect = match bad.alternative()? {
        "fail" => bad.ratio("fail").map(DefectEffect::Fails),
        "slow" => bad.factor("slow").map(DefectEffect::Slows),
        _ => crash(bad),
    };
    let (effect, after) = (effect?, after?);
    Some(DefectSpec { effect, after })
}

fn crash(bad: &Fields<'_>) -> Option<DefectEffect> {
    let restart = bad.section("crash")?.duration_limit("restart")?;
    let restart = restart.into();
    Some(DefectEffect::Crashes { restart })
}

fn halt(halt: &Fields<'_>) -> Option<HaltSpec> {
    let above = halt.ratio("above");
    let over = halt.duration("over");
    let then = halt.choice("then").map(|chosen| match chosen.name {
        "stop" => OnHalt::Stop,
        _ => OnHalt::Rollback,
    });
    Some(HaltSpec {
        above: above?,
        over: over?,
        then: then?,
    })
}

fn plan(section: &Fields<'_>, named: Option<&Named<'_>>) -> Option<StagePlan> {
    let bake = section.duration("bake");
    let named = named?;
    let stages = match section.entry("stages") {
        Some(entry) => stages(&entry.node, named),
        None => Some(vec![(0..named.regions.len()).map(Id::new).collect()]),
    };
    let (stages, bake) = (stages?, bake?);
    Some(StagePlan { stages, bake })
}

/// Every region exactly once, in a list of regions or of lists of them.
fn stages(node: &Node, named: &Named<'_>) -> Option<Vec<Vec<RegionId>>> {
    let stages = groups::read(("stages", "stage"), node, named)?;
    let is_missing = |region: &RegionId| !stages.iter().any(|stage| stage.contains(region));
    let missing: Vec<&str> = (0..named.regions.len())
        .map(Id::new)
        .filter(is_missing)
        .map(|region| named.regions[region.index()].name)
        .collect();
    if missing.is_empty() {
        return Some(stages);
    }
    let (verb, pronoun) = match missing.len() {
        1 => ("is", "it"),
        _ => ("are", "them"),
    };
    let problem = format!("{} {verb} in no stage", suggest::all_of(missing));
    let advice = format!("add {pronoun} to a stage");
    named.report.error(&node.origin, problem, advice);
    None
}
