//! Why a study has no result, in the words of its scenario.

use crate::cli::exit_status::{Failure, Status};
use crate::experiment::{Study, StudyError};
use crate::model::Hopeless;

/// What to tell, and how to end.
pub(super) fn explain(error: &StudyError, study: &Study, name: &str) -> Failure {
    match error {
        StudyError::Saturated { saturation, .. } => {
            let region = study.region_name(saturation.region);
            let at = saturation.at.as_secs_f64() - study.fleet.period.start().as_secs_f64();
            if let (Hopeless::Calls(site), Some(backends)) = (saturation.why, &study.fleet.backends)
            {
                return Failure::failed(format!(
                    "{name}: `{}` had more than {} calls waiting {at:.0} s into the measured \
                     period; give it more `workers`, or set its `queue_limit` or `timeout`",
                    backends.name_of(site),
                    study.fleet.backlog_max
                ));
            }
            if saturation.why == Hopeless::Starved {
                return Failure::failed(format!(
                    "{name}: region `{region}` serves the newest first, and requests of the \
                     measured period still waited {at:.0} s after its start; set \
                     `client.timeout` or `gateway.shed_after`"
                ));
            }
            Failure::failed(format!(
                "{name}: region `{region}` had more than {} requests waiting {at:.0} s into the \
                 measured period; give it more units, set `client.timeout` or \
                 `gateway.queue_limit`, and see `gatefleet check`",
                study.fleet.backlog_max
            ))
        }
        StudyError::Interrupted => Failure {
            status: Status::Interrupted,
            message: format!("{name}: {error}; nothing was written"),
        },
        StudyError::Struck { .. } => Failure::failed(format!("{name}: {error}")),
        StudyError::Threads(_) => Failure::failed(error.to_string()),
    }
}
