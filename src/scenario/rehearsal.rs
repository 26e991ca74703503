//! Whether the values of a `sweep` block can be put into the scenario, before anything is swept.
//!
//! Each value is tried alone, everything else as written, and what is wrong with it is told at its
//! place in the file. Values that are wrong only together are found when every point is checked.

use crate::scenario::check::{self, SweepBlock, SweepOrigins};
use crate::scenario::data::Data;
use crate::scenario::overrides::{Override, put};
use crate::scenario::report::{Origin, Report};
use crate::scenario::tree::{Node, Value};

/// How many values of a parameter are tried: long ranges are uniform.
const TRIED_MAX: usize = 100;

/// Tries the values of a block of the scenario `root`.
pub(super) fn sweep(
    root: &Node,
    (block, origins): (&SweepBlock, &SweepOrigins),
    (data, report): (&Data<'_>, &Report),
) {
    let mut alone = root.clone();
    if let Value::Map(entries) = &mut alone.value {
        entries.retain(|entry| entry.key != "sweep");
    }
    let try_one = |change: &Override, origin: &Origin| {
        let mut changed = alone.clone();
        put(&mut changed, (change, origin), report);
        check::check(&changed, data, report);
    };
    for (axis, origin) in block.vary.iter().zip(&origins.vary) {
        for place in 0..axis.values.len().min(TRIED_MAX) {
            try_one(&Override::vary(axis, place), origin);
        }
    }
    for (strategy, origin) in block.strategies.iter().zip(&origins.strategies) {
        for change in &strategy.overrides {
            try_one(change, origin);
        }
    }
}
