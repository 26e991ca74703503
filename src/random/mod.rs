//! Named streams of random numbers, and what is drawn from them.
//!
//! Everything stochastic has a [`Stream`] of its own, named by seed, replication, purpose and
//! entity, so that adding a region or changing the strategy never shifts another thing's draws.
//! What this layer is not: it holds no unnamed generator and no entropy of the machine.

mod arrival_process;
mod arrivals;
mod distribution;
mod rate_profile;
mod stream;
mod zipf;

pub use arrival_process::ArrivalProcess;
pub use arrivals::Arrivals;
pub use distribution::{Distribution, DistributionError};
pub use rate_profile::{Diurnal, FlashCrowd, RatePoint, RateProfile, RateSeries, Stage};
pub use stream::{Purpose, Stream, StreamSeed};
pub use zipf::Zipf;
