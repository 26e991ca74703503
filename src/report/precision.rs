//! How well figures are known, where that decides how often a study is run.

use serde::{Deserialize, Serialize};

use crate::experiment::{HalfWidth, PrecisionResult};
use crate::report::number::rounded;

/// How well a figure was to be known, and is.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct PrecisionSummary {
    /// The figure, as in `figures`.
    pub metric: String,
    /// Half the width that its interval was to have at most: in its unit, or, if `relative`, as a
    /// share of its mean.
    pub wanted: f64,
    /// Whether that is a share of the mean.
    pub relative: bool,
    /// Half the width that it has, in the same terms; `null` if there is none.
    pub measured: Option<f64>,
    /// Whether that is enough.
    pub reached: bool,
}

impl PrecisionSummary {
    pub(super) fn new(result: &PrecisionResult) -> Self {
        let estimate = result.measured;
        let half_width = estimate.and_then(|estimate| estimate.half_width);
        let (wanted, relative, measured) = match result.precision.half_width {
            HalfWidth::Absolute(wanted) => (wanted, false, half_width),
            HalfWidth::Relative(wanted) => {
                let mean = estimate.map(|e| e.mean.abs());
                let share = half_width.zip(mean).and_then(|(width, mean)| match width {
                    // Of nothing nothing is known exactly.
                    0.0 => Some(0.0),
                    width => (mean > 0.0).then(|| width / mean),
                });
                (wanted, true, share)
            }
        };
        Self {
            metric: result.precision.metric.name().to_owned(),
            wanted: rounded(wanted),
            relative,
            measured: measured.map(rounded),
            reached: result.is_reached,
        }
    }
}
