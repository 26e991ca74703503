//! From replications to estimates: one value a replication, an interval over all.

use crate::experiment::mean::{mean, mean_of_all, milestone};
use crate::experiment::replicate::Runs;
use crate::experiment::result::{
    AgentShares, ClientResult, ClientWindow, FailureCount, LatencyResult, OutageResult,
    PhaseResult, PrecisionResult, RegionResult, RegionWindow, StudyResult, Timeline,
};
use crate::experiment::{Figures, Precision, Study};
use crate::experiment::{
    estimate_backends, estimate_config, hazard_result, judge, months_result, paging,
};
use crate::metrics::{
    ClientRecord, Flows, LatencyRecord, OutageRecord, Phase, PhaseRecord, QUANTILES, RegionRecord,
    Replication, WindowRecord,
};
use crate::model::{Blame, Cause, Census, PopulationSpec, RegionSpec};
use crate::stats::Windows;
use crate::units::{IdMap, Ratio};

/// The result of a study from its replications, of which there is at least one.
pub(super) fn estimates(study: &Study, runs: &Runs) -> StudyResult {
    let replications = runs.replications.as_slice();
    let count = u32::try_from(replications.len()).expect("asked for as a u32");
    StudyResult {
        replications: count,
        planned: runs.planned,
        precisions: precisions(study, replications),
        events: runs.events,
        figures: Figures::of(replications),
        populations: populations(study, replications),
        flows: flows(study, replications),
        regions: regions(study, replications),
        unit_hours: mean_of_all(replications, |r| r.unit_hours),
        availability_by_window: study.availability_target().and_then(|target| {
            mean(replications, |r| {
                judge::share_of_good_windows(&r.fleet, target)
            })
        }),
        failures: failures(replications),
        timeline: timeline(study, replications),
        outages: outages(study, replications),
        backends: estimate_backends::backends(study, replications),
        hazards: hazard_result::all(study, replications),
        months: months_result::all(replications),
        management: estimate_config::management(replications),
        config: estimate_config::config(replications),
        rollouts: estimate_config::rollouts(study, replications),
        operations: estimate_config::operations(study, replications),
        objectives: judge::objectives(study, replications),
        fleet: clients(&collect(replications, |r| &r.fleet)),
    }
}

/// Whether the figures of a study are known as well as it asks for.
pub(super) fn is_precise(study: &Study, replications: &[Replication]) -> bool {
    let mut all = precisions(study, replications).into_iter();
    all.all(|precision| precision.is_reached)
}

fn precisions(study: &Study, replications: &[Replication]) -> Vec<PrecisionResult> {
    let of = |&precision: &Precision| {
        let measured = mean(replications, |run| precision.metric.of(run));
        PrecisionResult {
            precision,
            measured,
            is_reached: measured.is_some_and(|e| precision.is_reached(&e, e.mean)),
        }
    };
    study.run.replications.precisions().iter().map(of).collect()
}

fn collect<'r, T>(
    replications: &'r [Replication],
    part: fn(&'r Replication) -> &'r T,
) -> Vec<&'r T> {
    replications.iter().map(part).collect()
}

fn populations(study: &Study, replications: &[Replication]) -> IdMap<PopulationSpec, ClientResult> {
    let population = |id| {
        let records = replications.iter().map(|r| &r.populations[id]);
        clients(&records.collect::<Vec<&ClientRecord>>())
    };
    study.fleet.populations.ids().map(population).collect()
}

/// Attempts over all replications.
fn flows(study: &Study, replications: &[Replication]) -> Flows {
    let total = |population, region| -> [u64; 3] {
        [0, 1, 2].map(|phase| {
            let counts = replications.iter();
            counts.map(|r| r.flows[population][region][phase]).sum()
        })
    };
    let regions = |population| {
        let ids = study.fleet.regions.ids();
        ids.map(|region| total(population, region)).collect()
    };
    study.fleet.populations.ids().map(regions).collect()
}

fn regions(study: &Study, replications: &[Replication]) -> IdMap<RegionSpec, RegionResult> {
    let region = |id| {
        let records: Vec<&RegionRecord> = replications.iter().map(|r| &r.regions[id]).collect();
        RegionResult {
            config: estimate_config::region(replications, id),
            ..region(&records)
        }
    };
    study.fleet.regions.ids().map(region).collect()
}

fn clients(records: &[&ClientRecord]) -> ClientResult {
    let of_phase = |index: usize| -> Vec<&PhaseRecord> {
        records.iter().map(|record| &record.phases[index]).collect()
    };
    let overall: Vec<&PhaseRecord> = records.iter().map(|record| &record.overall).collect();
    ClientResult {
        overall: phase(&overall),
        phases: [0, 1, 2].map(|index| phase(&of_phase(index))),
    }
}

fn phase(records: &[&PhaseRecord]) -> PhaseResult {
    let latencies: Vec<&LatencyRecord> = records.iter().map(|record| &record.latency).collect();
    PhaseResult {
        offered: records.iter().map(|r| r.ledger.offered()).sum(),
        succeeded: records.iter().map(|r| r.ledger.succeeded()).sum(),
        failed: records.iter().map(|r| r.ledger.failed()).sum(),
        availability: mean(records, |r| r.ledger.availability()),
        attempts: records.iter().map(|r| r.ledger.attempts()).sum(),
        amplification: mean(records, |r| r.ledger.amplification()),
        availability_by_attempt: mean(records, |r| r.ledger.availability_by_attempt()),
        latency: latency(&latencies),
        time_to_failure_s: mean(records, |r| r.ledger.mean_time_to_failure_s()),
    }
}

fn latency(records: &[&LatencyRecord]) -> LatencyResult {
    let mut quantiles_s = [None; QUANTILES.len()];
    for (index, quantile) in quantiles_s.iter_mut().enumerate() {
        *quantile = mean(records, |record| record.quantiles_s[index]);
    }
    LatencyResult {
        count: records.iter().map(|record| record.count).sum(),
        mean_s: mean(records, |record| record.mean_s),
        quantiles_s,
    }
}

fn region(records: &[&RegionRecord]) -> RegionResult {
    let by_phase = [0, 1, 2].map(|phase| -> Vec<&LatencyRecord> {
        records
            .iter()
            .map(|record| &record.latency[phase])
            .collect()
    });
    let served = by_phase.iter().flatten().map(|latency| latency.count);
    RegionResult {
        attempts: records.iter().map(|record| record.attempts).sum(),
        rate_limited: records.iter().map(|record| record.rate_limited).sum(),
        served: served.sum(),
        traffic_share: mean(records, |record| record.traffic_share),
        utilization: mean(records, |record| record.utilization),
        utilization_wasted: mean(records, |record| Some(record.wasted?[0])),
        utilization_duplicate: mean(records, |record| Some(record.wasted?[1])),
        utilization_max: mean(records, |record| Some(record.utilization_max)),
        backlog_mean: mean(records, |record| Some(record.backlog_mean)),
        backlog_max: mean(records, |record| Some(record.backlog_max)),
        unit_hours: mean_of_all(records, |record| record.unit_hours),
        latency: by_phase.map(|records| latency(&records)),
        config: None,
    }
}

fn failures(replications: &[Replication]) -> Vec<FailureCount> {
    let mut failures = Vec::new();
    for phase in Phase::ALL {
        for cause in Cause::ALL {
            for blame in Blame::ALL {
                let of = |r: &Replication| {
                    let ledger = &r.fleet.phases[phase as usize].ledger;
                    ledger.failed_by(cause, blame)
                };
                let count = replications.iter().map(of).sum();
                if count > 0 {
                    failures.push(FailureCount {
                        phase,
                        cause,
                        blame,
                        count,
                    });
                }
            }
        }
    }
    failures
}

fn timeline(study: &Study, replications: &[Replication]) -> Timeline {
    let period = study.fleet.period;
    let windows = Windows::new(period.start(), period.end(), study.run.window);
    let client_windows = |records: Vec<&ClientRecord>| -> Vec<ClientWindow> {
        (0..windows.len())
            .map(|window| {
                let records: Vec<&WindowRecord> = records
                    .iter()
                    .map(|record| &record.windows[window])
                    .collect();
                client_window(&records, windows.width_of(window).as_secs_f64())
            })
            .collect()
    };
    let region_windows = |id| -> Vec<RegionWindow> {
        let records: Vec<&RegionRecord> = replications.iter().map(|r| &r.regions[id]).collect();
        let widths = (0..windows.len()).map(|window| windows.width_of(window).as_secs_f64());
        widths
            .enumerate()
            .map(|(window, width)| RegionWindow {
                config: estimate_config::region_window(replications, id, window),
                ..region_window(&records, window, width)
            })
            .collect()
    };
    let population = |id| replications.iter().map(|r| &r.populations[id]).collect();
    let populations = study.fleet.populations.ids();
    Timeline {
        window_s: study.run.window.as_secs_f64(),
        fleet: client_windows(collect(replications, |r| &r.fleet)),
        populations: populations
            .map(|id| client_windows(population(id)))
            .collect(),
        regions: study.fleet.regions.ids().map(region_windows).collect(),
        management: estimate_config::management(replications).map(|_| {
            (0..windows.len())
                .map(|window| estimate_config::management_window(replications, window))
                .collect()
        }),
        divergence: estimate_config::divergence(replications),
    }
}

fn client_window(records: &[&WindowRecord], width_s: f64) -> ClientWindow {
    let per_s = |count: fn(&WindowRecord) -> u32| {
        mean_of_all(records, |record| f64::from(count(record)) / width_s)
    };
    ClientWindow {
        attempts_per_s: per_s(|record| record.attempts),
        amplification: mean(records, |record| {
            let offered = f64::from(record.offered);
            (offered > 0.0).then(|| f64::from(record.attempts) / offered)
        }),
        agents: agent_shares(records),
        offered_per_s: per_s(|record| record.offered),
        goodput_per_s: per_s(|record| record.succeeded),
        failed_per_s: Cause::ALL.map(|cause| {
            mean_of_all(records, |record| {
                f64::from(record.failed[cause as usize]) / width_s
            })
        }),
        availability: mean(records, |record| record.availability()),
        latency_p50_s: mean(records, |record| record.p50_s),
        latency_p99_s: mean(records, |record| record.p99_s),
    }
}

fn agent_shares(records: &[&WindowRecord]) -> Option<AgentShares> {
    let share = |part: fn(&Census) -> u32| {
        mean(records, |record| {
            let census = record.agents.as_ref()?;
            Some(f64::from(part(census)) / f64::from(census.total()))
        })
    };
    Some(AgentShares {
        pinned_to_healthy: share(|census| census.pinned_to_healthy)?,
        pinned_by_answer: share(|census| census.pinned_by_answer)?,
        pinned_by_connection: share(|census| census.pinned_by_connection)?,
        free: share(|census| census.free)?,
    })
}

fn region_window(records: &[&RegionRecord], window: usize, width_s: f64) -> RegionWindow {
    RegionWindow {
        attempts_per_s: mean_of_all(records, |r| f64::from(r.windows[window].attempts) / width_s),
        traffic_share: mean(records, |r| r.windows[window].traffic_share),
        utilization: mean_of_all(records, |r| r.windows[window].utilization),
        utilization_wasted: mean_of_all(records, |r| r.windows[window].wasted[0]),
        utilization_duplicate: mean_of_all(records, |r| r.windows[window].wasted[1]),
        backlog: mean_of_all(records, |r| r.windows[window].backlog),
        believed_healthy: mean_of_all(records, |r| r.windows[window].believed_healthy),
        workers: mean_of_all(records, |r| r.windows[window].workers),
        config: None,
    }
}

fn outages(study: &Study, replications: &[Replication]) -> Vec<OutageResult> {
    let budget = study.availability_target().map(Ratio::complement);
    let outage = |id| {
        let records: Vec<&OutageRecord> = replications.iter().map(|r| &r.outages[id]).collect();
        let spent = |r: &Replication| {
            let allowed = budget?.as_f64() * r.fleet.overall.ledger.offered() as f64;
            (allowed > 0.0).then(|| r.outages[id].lost_in_all() / allowed)
        };
        OutageResult {
            outage: id,
            time_to_detect_s: milestone(&records, |record| record.time_to_detect_s),
            time_to_drain_s: milestone(&records, |record| record.time_to_drain_s),
            time_to_recover_s: milestone(&records, |record| record.time_to_recover_s),
            time_to_failback_s: milestone(&records, |record| record.time_to_failback_s),
            requests_lost: mean_of_all(&records, |record| record.lost_in_all()),
            lost_by_blame: Blame::ALL
                .map(|blame| mean_of_all(&records, |record| record.lost[blame as usize]).mean),
            error_budget_spent: mean(replications, spent),
            paging: paging::paging(study, replications, id),
        }
    };
    study.fleet.outages.ids().map(outage).collect()
}
