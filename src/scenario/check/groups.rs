//! Regions in groups: the stages of a rollout, the levels of a strategy.

use crate::model::{RegionId, RegionSpec};
use crate::scenario::check::regions::Named;
use crate::scenario::fields::wrong_type;
use crate::scenario::table::Kind;
use crate::scenario::tree::{Node, Value};
use crate::units::IdMap;

/// Each region at most once, in a list of regions or of lists of them; `key` and what one of its
/// groups is called.
pub(super) fn read(
    (key, noun): (&str, &str),
    node: &Node,
    named: &Named<'_>,
) -> Option<Vec<Vec<RegionId>>> {
    let Value::List(nodes) = &node.value else {
        wrong_type(named.report, key, node, Kind::Stages);
        return None;
    };
    let mut seen = IdMap::from_fn(named.regions.len(), |_| false);
    let groups: Vec<_> = nodes
        .iter()
        .map(|node| group((key, noun), (node, named), &mut seen))
        .collect();
    groups.into_iter().collect()
}

/// The regions of a group, none of which may be in an earlier one.
fn group(
    (key, noun): (&str, &str),
    (node, named): (&Node, &Named<'_>),
    seen: &mut IdMap<RegionSpec, bool>,
) -> Option<Vec<RegionId>> {
    let nodes = match &node.value {
        Value::List(nodes) => nodes.as_slice(),
        _ => std::slice::from_ref(node),
    };
    if nodes.is_empty() {
        let advice = "name a region in it, or remove it";
        named
            .report
            .error(&node.origin, format!("a {noun} is empty"), advice);
        return None;
    }
    let region = |node: &Node| {
        let region = named.resolve(key, node)?;
        if seen[region] {
            let name = named.regions[region.index()].name;
            let problem = format!("`{name}` is in the {key} twice");
            named
                .report
                .error(&node.origin, problem, "remove one of them");
        }
        seen[region] = true;
        Some(region)
    };
    let regions: Vec<Option<RegionId>> = nodes.iter().map(region).collect();
    regions.into_iter().collect()
}
