//! What stands behind the gateways: back ends, and how gateways call them.
//!
//! Read `spec` first (what there is); `sequel` (what is drawn for a request behind its gateway),
//! `cache` (what a gateway answers by itself), `pool` (which site it calls), `breaker` (when it
//! calls none), `site` (where the work is done) and `call` (a call under way). What these files are
//! not: they know nothing of the fleet around them; what follows from what is in `calls`.

mod breaker;
mod cache;
mod call;
mod pool;
mod sequel;
mod site;
mod spec;

pub(crate) use call::{Backends, Call, CallState, Errand};
pub(crate) use sequel::Sequel;
pub use spec::{
    BackendHit, BackendId, BackendPart, BackendSpec, BackendsSpec, BreakerSpec, CacheSpec, Choice,
    SiteId, SiteSpec,
};
