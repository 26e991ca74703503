//! What stands behind the gateways: back ends, and how gateways call them.
//!
//! What there is stands in `entity`. Read `pool` first (which site a gateway calls), `breaker` (when
//! it calls none), `site` (where the work is done) and `call` (a call under way, and all that gateways
//! and sites know). What these files are not: they know nothing of the fleet around them; what follows
//! from what is in `calls`, `callers` and `sites`.

mod breaker;
mod call;
mod pool;
mod site;

pub(crate) use call::{Backends, Call, CallState, Errand};
