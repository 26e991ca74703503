//! What the router believes about the regions, and how probes make it believe so.

/// A region as routing believes it to be; the truth is the region's condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It gets traffic.
    Healthy,
    /// It gets none while another region is healthy.
    Degraded,
}
