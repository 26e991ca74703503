//! Running a study: replications in parallel, estimates with intervals, and what arithmetic
//! tells beforehand.
//!
//! What this layer is not: it knows no file and no format, and its results depend neither on the
//! number of threads nor on the order in which they finish.

mod backend_result;
mod budget;
mod companion;
mod compare;
mod config_result;
mod contrast;
mod effort;
mod estimate;
mod estimate_backends;
mod estimate_config;
mod figures;
mod forecast;
mod forecast_backends;
pub mod forecast_config;
mod grid;
mod hazard_result;
mod judge;
mod knee;
mod management_result;
mod mean;
mod metric;
mod milestone;
mod months_result;
mod objective;
mod paging;
mod point;
mod replicate;
mod result;
mod run;
mod schedule;
mod stopping;
mod study;
mod sweep;
mod together;
mod zone_loss;

pub use crate::metrics::{MINUTES_PER_MONTH, QUANTILES};
pub use backend_result::{BackendsResult, CallerResult, CallerWindow, SiteResult, SiteWindow};
pub use budget::BUDGET_PERIOD;
pub use companion::{Alone, Companion};
pub use compare::{Comparison, ComparisonError, Variant, VariantResult, compare};
pub use config_result::{ConfigResult, ConfigWindow, RegionConfigResult, RolloutResult};
pub use contrast::{Contrast, contrast};
pub use effort::{BYTES_MAX, EVENTS_MAX, Effort};
pub use figures::Figures;
pub use forecast::{CounterLoad, Detection, Forecast, Situation};
pub use forecast_backends::BackendLoad;
pub use grid::{Axis, Grid, Numbers, Quantity};
pub use hazard_result::{HazardResult, StrikeTime};
pub use knee::{Finding, Knee};
pub use management_result::{ManagementResult, ManagementWindow, OperationResult, UseResult};
pub use metric::{Better, Metric};
pub use milestone::Milestone;
pub use months_result::{MONTH_QUANTILES, MONTH_TARGETS, MonthResult, MonthsResult};
pub use objective::{Judgment, Objective, Promise, Subject};
pub use paging::{ALERTS, Alert, PagingResult};
pub use point::{Measured, ObjectiveVerdict, PointResult, Verdict};
pub use replicate::StudyError;
pub use result::*;
pub use run::run;
pub use stopping::{HalfWidth, Precision, Replications};
pub use study::{RunSpec, Study};
pub use sweep::{Sweep, SweepResult, sweep};
pub use zone_loss::ZoneLoss;
