//! Why a region is down, and what may have to wait before it is up again.

use crate::model::entity::{OutageId, OutageMode, RegionId};
use crate::model::observer::Hit;

/// Why a region is down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// What is to be told of whoever runs into it.
    pub(crate) hit: Option<Hit>,
    /// What its clients see.
    pub(crate) mode: OutageMode,
}

impl Fault {
    /// It is not part of the fleet: nobody is there.
    pub(crate) const ABSENT: Self = Self {
        hit: None,
        mode: OutageMode::Blackhole,
    };

    /// Whether the region is not part of the fleet.
    pub(crate) fn is_absence(self) -> bool {
        matches!(self.hit, None | Some(Hit::Operation(_)))
    }

    /// Whether the region is gone as a whole, and not its gateway alone.
    pub(crate) fn hits_region(self) -> bool {
        !matches!(self.hit, Some(Hit::Rollout(_)))
    }
}

/// What has to restart after an outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Restart {
    /// A whole gateway.
    Gateway(RegionId, Fault),
    /// The machines of a gateway that an outage took.
    Machines(RegionId, OutageId),
}

impl Restart {
    /// Where.
    pub(crate) fn region(self) -> RegionId {
        match self {
            Self::Gateway(region, _) | Self::Machines(region, _) => region,
        }
    }
}
