//! What the management plane is asked to do.

use crate::model::entity::RegionId;
use crate::random::Distribution;
use crate::units::{Id, IdMap, Rate, Ratio, SimDuration, SimTime};

/// The number of an operation, in the order of the file.
pub type OperationId = Id<OperationSpec>;

/// The management plane and the portal, which live in the primary region.
#[derive(Clone, Debug, PartialEq)]
pub struct ManagementSpec {
    /// How often somebody uses the management plane, apart from what is listed.
    pub operation_rate: Rate,
    /// How often somebody visits the portal.
    pub portal_rate: Rate,
    /// Where the management plane is restored if the primary fails; `None`: nowhere.
    pub restore: Option<RestoreSpec>,
    /// Whether a gateway that restarts comes up only while the management plane is to be reached.
    pub restart_needs_primary: bool,
    /// What is done to the fleet.
    pub operations: IdMap<OperationSpec, OperationSpec>,
    /// What is done to it automatically.
    pub autoscale: Option<AutoscaleSpec>,
}

impl ManagementSpec {
    /// A management plane that nobody uses.
    pub fn idle() -> Self {
        Self {
            operation_rate: Rate::default(),
            portal_rate: Rate::default(),
            restore: None,
            restart_needs_primary: false,
            operations: IdMap::new(Vec::new()),
            autoscale: None,
        }
    }
}

/// A management plane restored from a backup, in another region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RestoreSpec {
    /// Where. It stays there.
    pub region: RegionId,
    /// How long after the primary's management plane went down.
    pub after: SimDuration,
}

/// Whether a region is outside the fleet at first: what comes first of its moves is that it joins.
pub fn joins_later(operations: &IdMap<OperationSpec, OperationSpec>, region: RegionId) -> bool {
    let moves = operations.iter().filter(|operation| {
        let is_move = matches!(operation.kind, OperationKind::Add | OperationKind::Remove);
        operation.region == region && is_move
    });
    let first = moves.min_by_key(|operation| operation.at);
    first.is_some_and(|operation| operation.kind == OperationKind::Add)
}

/// An operation on a region.
#[derive(Clone, Debug, PartialEq)]
pub struct OperationSpec {
    /// When it is ordered, on the run's clock.
    pub at: SimTime,
    /// Which region it is for.
    pub region: RegionId,
    /// From the order to the effect.
    pub takes: Distribution,
    /// What it does.
    pub kind: OperationKind,
}

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationKind {
    /// The region, which was not there from the start, joins the fleet.
    Add,
    /// The region leaves the fleet: its gateway is gone at once.
    Remove,
    /// The router no longer answers with the region, whose gateway goes on.
    Disable,
    /// The router answers with it again.
    Enable,
    /// The region has so many units from then on; workers that are too many finish what they do.
    Scale {
        /// At least 1.
        units: u32,
    },
    /// Availability zones of the primary: its address changes.
    EnableZones,
    /// Another subnet for the primary: its address changes.
    ChangeSubnet,
}

impl OperationKind {
    /// Whether every address of the region that anybody remembers is dead afterwards.
    pub const fn changes_address(self) -> bool {
        matches!(self, Self::EnableZones | Self::ChangeSubnet)
    }
}

/// Units by rule.
#[derive(Clone, Debug, PartialEq)]
pub struct AutoscaleSpec {
    /// The regions that have it, each on its own.
    pub regions: Vec<RegionId>,
    /// Fewest units.
    pub units_min: u32,
    /// Most units.
    pub units_max: u32,
    /// When to add units.
    pub scale_out: ScaleRule,
    /// When to remove units.
    pub scale_in: ScaleRule,
    /// From the order to the effect.
    pub takes: Distribution,
}

/// When to change the number of units, and by how many.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScaleRule {
    /// The mean utilization beyond which to act: above it to add, below it to remove.
    pub threshold: Ratio,
    /// What the mean is taken over.
    pub over: SimDuration,
    /// How long after any scaling to wait before this rule acts.
    pub cool_down: SimDuration,
    /// How many units it adds or removes at a time; at least 1.
    pub step: u32,
}
