//! Whether objectives are kept.
//!
//! Every objective has one value a replication, and the estimate over all is held against it. Of
//! outages by chance the values are means over the strikes of a run; where a scripted outage was
//! not recovered from in some replication, no time to recover is kept.

use crate::experiment::budget;
use crate::experiment::mean::{count, mean};
use crate::experiment::result::ObjectiveResult;
use crate::experiment::{
    Judgment, Metric, Objective, ObjectiveVerdict, Promise, Study, Subject, Verdict,
};
use crate::metrics::{
    ClientRecord, LatencyRecord, OutageRecord, Phase, RegionRecord, Replication, StruckRecord,
    WindowRecord, quantile_index,
};
use crate::stats::Estimate;
use crate::units::Ratio;

/// What an objective is judged by.
struct Evidence {
    measured: Option<Estimate>,
    /// Whether there was nothing that could have broken the promise: no outage, no such phase.
    is_void: bool,
    /// Replications that did not get as far as was promised.
    not_reached: u32,
}

/// Each objective of a study with what was measured.
pub(super) fn objectives(study: &Study, replications: &[Replication]) -> Vec<ObjectiveResult> {
    let of = |objective: &Objective| {
        let evidence = Evidence::new((study, objective), replications);
        ObjectiveResult {
            is_met: evidence.is_met(objective),
            missed_before: missed_before((study, objective), replications),
            objective: objective.clone(),
            measured: evidence.measured,
            not_reached: evidence.not_reached,
        }
    };
    study.objectives.iter().map(of).collect()
}

/// Whether each objective of a study is met with confidence.
pub(super) fn verdicts(study: &Study, replications: &[Replication]) -> Vec<ObjectiveVerdict> {
    let of = |objective: &Objective| {
        let evidence = Evidence::new((study, objective), replications);
        ObjectiveVerdict {
            verdict: evidence.verdict(objective.promise),
            objective: objective.clone(),
            measured: evidence.measured,
        }
    };
    study.objectives.iter().map(of).collect()
}

impl Evidence {
    fn new((study, objective): (&Study, &Objective), replications: &[Replication]) -> Self {
        let phase = match objective.subject {
            Subject::Phase(phase) => Some(phase),
            _ => None,
        };
        let subject = Measured::new(study, objective, phase);
        let value = |run: &&Replication| subject.value(run);
        let concerned: Vec<&Replication> = replications
            .iter()
            .filter(|run| subject.is_concerned(run))
            .collect();
        let is_time = matches!(objective.promise, Promise::TimeToRecover(_));
        Self {
            measured: mean(&concerned, value),
            is_void: concerned.is_empty(),
            not_reached: count(&concerned, |run| is_time && value(run).is_none()),
        }
    }

    fn is_met(&self, objective: &Objective) -> bool {
        match objective.judgment {
            Judgment::Estimate => {
                let promise = objective.promise;
                let is_kept = self.measured.is_some_and(|e| promise.is_kept_by(e.mean));
                self.is_void || self.not_reached == 0 && is_kept
            }
            Judgment::Interval => self.verdict(objective.promise) == Verdict::Kept,
        }
    }

    fn verdict(&self, promise: Promise) -> Verdict {
        if self.is_void {
            return Verdict::Kept;
        }
        let Some(estimate) = self.measured.filter(|_| self.not_reached == 0) else {
            return Verdict::Missed;
        };
        let ends = estimate.low().zip(estimate.high());
        match ends.map(|(low, high)| [low, high].map(|end| promise.is_kept_by(end))) {
            Some([true, true]) => Verdict::Kept,
            Some([false, false]) => Verdict::Missed,
            _ => Verdict::Unsure,
        }
    }
}

/// What was measured before any outage, if something fails and the estimate misses the objective
/// even then. Requests that begin before an outage and run into it do not count.
fn missed_before(
    (study, objective): (&Study, &Objective),
    replications: &[Replication],
) -> Option<Estimate> {
    let is_steady = matches!(
        (&objective.subject, objective.promise),
        (
            Subject::Fleet | Subject::Region(_) | Subject::Population(_),
            Promise::Availability(_) | Promise::Latency { .. }
        ) | (Subject::Phase(Phase::Before), _)
    );
    let has_outages = !study.fleet.outages.is_empty() || !study.fleet.hazards.is_empty();
    if !is_steady || !has_outages {
        return None;
    }
    let before = Measured::new(study, objective, Some(Phase::Before));
    let estimate = mean(replications, |run| before.steady_value(run))?;
    (!objective.promise.is_kept_by(estimate.mean)).then_some(estimate)
}

/// What an objective is about in each replication.
struct Measured<'a> {
    study: &'a Study,
    objective: &'a Objective,
    /// The whole measured period without one.
    phase: Option<Phase>,
}

impl<'a> Measured<'a> {
    fn new(study: &'a Study, objective: &'a Objective, phase: Option<Phase>) -> Self {
        Self {
            study,
            objective,
            phase,
        }
    }

    /// Whether there is something in a replication that could break the promise.
    fn is_concerned(&self, run: &Replication) -> bool {
        match self.objective.promise {
            Promise::TimeToRecover(_) | Promise::RequestsLost(_) | Promise::ErrorBudget { .. } => {
                !run.outages.is_empty() || run.hazards.iter().any(|hazard| hazard.strikes > 0)
            }
            _ => self
                .phase
                .is_none_or(|phase| run.fleet.phases[phase as usize].ledger.offered() > 0),
        }
    }

    /// The value of a replication.
    fn value(&self, run: &Replication) -> Option<f64> {
        match self.objective.promise {
            Promise::Availability(_) => self.availability(run),
            Promise::Timeslices { availability, .. } => {
                share_of_good_windows(self.clients(run), availability)
            }
            Promise::Latency { quantile, .. } => {
                self.latency(run).quantiles_s[quantile_index(quantile)?]
            }
            Promise::TimeToRecover(_) => longest_to_recover(run),
            Promise::RequestsLost(_) => Metric::RequestsLost.of(run),
            Promise::ErrorBudget { availability, .. } => {
                let most = most_lost(run)?;
                budget::spent(most, availability, (self.study, run))
            }
        }
    }

    /// The value of a replication before any outage, of what runs into none.
    fn steady_value(&self, run: &Replication) -> Option<f64> {
        if !matches!(self.objective.promise, Promise::Availability(_)) {
            return self.value(run);
        }
        if let Some(region) = self.region(run) {
            return region.availability_unstruck(Phase::Before);
        }
        let before = &self.clients(run).phases[Phase::Before as usize];
        before.ledger.availability_unstruck()
    }

    fn availability(&self, run: &Replication) -> Option<f64> {
        if let Some(region) = self.region(run) {
            return region.availability(self.phase);
        }
        let clients = self.clients(run);
        let part = self.phase.map(|phase| &clients.phases[phase as usize]);
        part.unwrap_or(&clients.overall).ledger.availability()
    }

    fn latency<'r>(&self, run: &'r Replication) -> &'r LatencyRecord {
        if let Some(region) = self.region(run) {
            let part = self.phase.map(|phase| &region.latency[phase as usize]);
            return part.unwrap_or(&region.latency_overall);
        }
        let clients = self.clients(run);
        let part = self.phase.map(|phase| &clients.phases[phase as usize]);
        &part.unwrap_or(&clients.overall).latency
    }

    /// The region that it is about, if it is about one.
    fn region<'r>(&self, run: &'r Replication) -> Option<&'r RegionRecord> {
        let Subject::Region(name) = &self.objective.subject else {
            return None;
        };
        let mut regions = self.study.fleet.regions.entries();
        let found = regions.find(|(_, region)| region.name == *name);
        let (id, _) = found.expect("the scenario was checked to have it");
        Some(&run.regions[id])
    }

    /// The clients that it is about.
    fn clients<'r>(&self, run: &'r Replication) -> &'r ClientRecord {
        let Subject::Population(name) = &self.objective.subject else {
            return &run.fleet;
        };
        let mut populations = self.study.fleet.populations.entries();
        let found = populations.find(|(_, population)| population.name == *name);
        let (id, _) = found.expect("the scenario was checked to have it");
        &run.populations[id]
    }
}

/// The share of windows with requests that have an availability.
pub(super) fn share_of_good_windows(clients: &ClientRecord, target: Ratio) -> Option<f64> {
    let windows = clients.windows.iter();
    let availabilities: Vec<f64> = windows.filter_map(WindowRecord::availability).collect();
    let good = availabilities
        .iter()
        .filter(|&&a| a >= target.as_f64())
        .count();
    (!availabilities.is_empty()).then(|| good as f64 / availabilities.len() as f64)
}

/// The longest time to recover of all outages; `None` if one was not recovered from.
fn longest_to_recover(run: &Replication) -> Option<f64> {
    let scripted = run.outages.iter().map(|outage| outage.time_to_recover_s);
    let struck = run.hazards.iter().filter(|hazard| hazard.strikes > 0);
    let struck = struck.flat_map(|hazard| &hazard.outages);
    let struck = struck.map(|outage| outage.time_to_recover_s.mean_s);
    let times: Option<Vec<f64>> = scripted.chain(struck).collect();
    times?.into_iter().reduce(f64::max)
}

/// The most requests that an outage lost.
fn most_lost(run: &Replication) -> Option<f64> {
    let scripted = run.outages.iter().map(OutageRecord::lost_in_all);
    let struck = run.hazards.iter().filter(|hazard| hazard.strikes > 0);
    let struck = struck.flat_map(|hazard| {
        let strikes = f64::from(hazard.strikes);
        let lost = hazard.outages.iter().map(StruckRecord::lost_in_all);
        lost.map(move |lost| lost / strikes)
    });
    scripted.chain(struck).reduce(f64::max)
}
