//! What a router answers by: beliefs about health, and what it knows of the load.

use crate::model::entity::RegionId;
use crate::model::routing::load::{HealthView, LoadView, Plan};
use crate::model::routing::outlook::Outlook;
use crate::model::routing::underway::Underway;

/// What a router answers by.
#[derive(Clone, Debug)]
pub struct View {
    /// The believed health of every region.
    pub health: HealthView,
    /// The region that the last look-up was answered with.
    pub last: RegionId,
    /// The load that it knows of: none before the first signal, nor if it does not look at load.
    pub load: LoadView,
    /// What a strategy has planned by the last signal; `None` if it plans nothing, or knows the
    /// load of every moment.
    pub plan: Option<Plan>,
    /// What is on its way to each region, as far as the router has sent it; for the oracle alone.
    pub underway: Underway,
    /// What an oracle reckons with; `None` of all others.
    pub outlook: Option<Outlook>,
}
