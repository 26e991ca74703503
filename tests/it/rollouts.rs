//! What bad changes do, and what holds them up: stages, watches, corrections, freezes.

use gatefleet::model::{
    Blame, Cause, DefectEffect, DefectSpec, FixSpec, FleetSpec, Freeze, HaltSpec, Hit, Observer,
    OnHalt, Outcome, PopulationId, RegionId, RequestEnd, RolloutId, RolloutSpec, RolloutStep,
    StagePlan,
};
use gatefleet::units::{IdMap, Ratio, SimTime};

use crate::configuration::{config, two_regions};
use crate::support::{replicate, seconds};

/// What a rollout did, with the ends of all requests.
#[derive(Clone, Debug, Default)]
struct Log {
    steps: Vec<(f64, RolloutStep)>,
    /// When a defect began or ceased in a region, in seconds of the run.
    defects: Vec<(f64, usize, bool)>,
    ends: Vec<RequestEnd>,
    divergence: Vec<(f64, bool)>,
}

impl Observer for Log {
    fn rollout_stepped(&mut self, now: SimTime, _rollout: RolloutId, step: RolloutStep) {
        self.steps.push((now.as_secs_f64(), step));
    }

    fn defect_changed(
        &mut self,
        now: SimTime,
        region: RegionId,
        (_rollout, is_active): (RolloutId, bool),
    ) {
        self.defects
            .push((now.as_secs_f64(), region.index(), is_active));
    }

    fn divergence_changed(&mut self, now: SimTime, is_divergent: bool) {
        self.divergence.push((now.as_secs_f64(), is_divergent));
    }

    fn request_ended(&mut self, end: &RequestEnd) {
        self.ends.push(*end);
    }
}

impl Log {
    /// Requests of a population that started between two times of the run, and those of them that
    /// failed with a cause.
    fn count(&self, population: usize, (from, to): (f64, f64), cause: Cause) -> [usize; 2] {
        let started = |end: &&RequestEnd| {
            let at = end.started.as_secs_f64();
            end.population == PopulationId::new(population) && from <= at && at < to
        };
        let failed = |end: &&RequestEnd| matches!(end.outcome, Outcome::Failed { cause: other, .. } if other == cause);
        let all = self.ends.iter().filter(started);
        [all.clone().count(), all.filter(failed).count()]
    }

    fn failed(&self) -> usize {
        let failed = |end: &&RequestEnd| end.outcome != Outcome::Succeeded;
        self.ends.iter().filter(failed).count()
    }
}

fn share(share: f64) -> Ratio {
    Ratio::new(share).unwrap()
}

fn plan(stages: &[&[usize]], bake_s: f64) -> StagePlan {
    let stage = |regions: &&[usize]| {
        regions
            .iter()
            .map(|&region| RegionId::new(region))
            .collect()
    };
    StagePlan {
        stages: stages.iter().map(stage).collect(),
        bake: seconds(bake_s),
    }
}

/// A rollout 100 s into the measured period (200 s of the run), everywhere at once.
fn rollout(effect: DefectEffect) -> RolloutSpec {
    RolloutSpec {
        at: SimTime::ZERO + seconds(200.0),
        plan: plan(&[&[0, 1]], 60.0),
        needed_by: Ratio::ZERO,
        defect: Some(DefectSpec {
            effect,
            after: seconds(0.0),
        }),
        halt: None,
        fix: None,
    }
}

/// Two regions that pull every 10 s, and this rollout.
fn fleet(rollout: RolloutSpec) -> FleetSpec {
    let mut fleet = two_regions(600.0);
    let mut spec = config(&fleet, 10.0);
    spec.rollouts = IdMap::new(vec![rollout]);
    fleet.config = Some(spec);
    fleet
}

fn run(fleet: &FleetSpec) -> Vec<Log> {
    replicate(fleet, 5, Log::default)
}

/// 20/s fail with chance 0.3 from when the region has it until the corrected version is there.
#[test]
fn a_bad_change_fails_its_share_of_requests_until_it_is_corrected() {
    let mut spec = rollout(DefectEffect::Fails(share(0.3)));
    spec.fix = Some(FixSpec {
        after: seconds(300.0),
        plan: spec.plan.clone(),
    });
    let (mut all, mut failed) = (0, 0);
    for log in run(&fleet(spec)) {
        for population in [0, 1] {
            let [_, before] = log.count(population, (0.0, 199.9), Cause::BadConfig);
            let [more, more_failed] = log.count(population, (210.1, 499.9), Cause::BadConfig);
            let [_, after] = log.count(population, (510.1, 700.0), Cause::BadConfig);
            assert_eq!((before, after), (0, 0));
            all += more;
            failed += more_failed;
        }
        assert_eq!(log.steps.len(), 2, "{:?}", log.steps);
        assert_eq!(log.steps[1], (500.0, RolloutStep::Corrected));
        let hit = Some(Hit::Rollout(RolloutId::new(0)));
        let blamed = |end: &RequestEnd| match end.outcome {
            Outcome::Failed { blame, .. } => blame == Blame::Configuration && end.hit == hit,
            Outcome::Succeeded => true,
        };
        assert!(log.ends.iter().all(blamed));
    }
    let deviation = (0.3 * 0.7 / all as f64).sqrt();
    assert!((failed as f64 / all as f64 - 0.3).abs() < 3.0 * deviation);
}

/// Goal: the watch sees more than its share, and the second region never has it.
#[test]
fn a_staged_rollout_halts_at_its_first_stage_and_is_rolled_back() {
    let mut spec = rollout(DefectEffect::Fails(share(0.5)));
    spec.plan = plan(&[&[1], &[0]], 120.0);
    spec.halt = Some(HaltSpec {
        above: share(0.1),
        over: seconds(20.0),
        then: OnHalt::Rollback,
    });
    for log in run(&fleet(spec)) {
        let steps: Vec<RolloutStep> = log.steps.iter().map(|&(_, step)| step).collect();
        let expected = [
            RolloutStep::Released(0),
            RolloutStep::Halted,
            RolloutStep::Corrected,
        ];
        assert_eq!(steps, expected);
        // Applied within 10 s, seen at the first or the second look, mended within 10 s.
        let halted = log.steps[1].0;
        assert!((220.0..=240.1).contains(&halted), "{halted}");
        assert!(log.steps[2].0 <= halted, "rolled back at once");
        assert!(log.defects.iter().all(|&(_, region, _)| region == 1));
        let mended = log.defects.last().unwrap();
        assert!(!mended.2 && mended.0 <= halted + 10.1, "{mended:?}");
        let [_, spared] = log.count(0, (0.0, 1_000.0), Cause::BadConfig);
        assert_eq!(spared, 0);
        let divergent: Vec<bool> = log.divergence.iter().map(|&(_, is)| is).collect();
        assert_eq!(divergent, [true, false], "as if nothing had been");
    }
}

/// Goal: what shows later than the gates look passes them all.
#[test]
fn a_delayed_crash_passes_staged_gates() {
    let mut spec = rollout(DefectEffect::Crashes { restart: None });
    spec.plan = plan(&[&[1], &[0]], 60.0);
    spec.defect.as_mut().unwrap().after = seconds(150.0);
    spec.halt = Some(HaltSpec {
        above: share(0.1),
        over: seconds(20.0),
        then: OnHalt::Rollback,
    });
    spec.fix = Some(FixSpec {
        after: seconds(300.0),
        plan: plan(&[&[0], &[1]], 50.0),
    });
    for log in run(&fleet(spec)) {
        let steps: Vec<RolloutStep> = log.steps.iter().map(|&(_, step)| step).collect();
        let expected = [
            RolloutStep::Released(0),
            RolloutStep::Released(1),
            RolloutStep::Corrected,
        ];
        assert_eq!(steps, expected, "nobody halts it");
        // Region 1 is down from 350-360 s to 550-560 s, region 0 from 410-420 s to 500-510 s.
        let ends = |region: usize| {
            let of_it = log.defects.iter().filter(|defect| defect.1 == region);
            of_it.map(|defect| defect.0).collect::<Vec<f64>>()
        };
        let within = |at: f64, low: f64| (low..=low + 10.1).contains(&at);
        let (first, second) = (ends(0), ends(1));
        assert!(
            within(first[0], 410.0) && within(first[1], 500.0),
            "{first:?}"
        );
        assert!(
            within(second[0], 350.0) && within(second[1], 550.0),
            "{second:?}"
        );
        let [all, refused] = log.count(0, (421.0, 499.0), Cause::Refused);
        assert_eq!(all, refused, "nowhere to go");
        let [all, refused] = log.count(1, (361.0, 409.0), Cause::Refused);
        assert!(all > 0 && refused == 0, "the router knows at once");
    }
}

/// Goal: a good last configuration ends a crash after the restart, without anybody's help; the
/// gateway then lacks the change, and takes it when it is corrected.
#[test]
fn a_good_last_configuration_ends_a_crash() {
    let restart = Some(seconds(30.0));
    let mut spec = rollout(DefectEffect::Crashes { restart });
    spec.needed_by = share(1.0);
    spec.fix = Some(FixSpec {
        after: seconds(300.0),
        plan: spec.plan.clone(),
    });
    for log in run(&fleet(spec)) {
        assert_eq!(log.defects.len(), 4, "each region once: {:?}", log.defects);
        for region in [0, 1] {
            let of_it: Vec<f64> = (log.defects.iter())
                .filter(|defect| defect.1 == region)
                .map(|defect| defect.0)
                .collect();
            assert!((of_it[1] - of_it[0] - 30.0).abs() < 1e-9);
            let [all, stale] = log.count(region, (241.0, 499.0), Cause::StaleConfig);
            assert_eq!(all, stale, "everybody needs what it refuses");
            let [all, stale] = log.count(region, (511.0, 600.0), Cause::StaleConfig);
            assert!(all > 0 && stale == 0);
        }
    }
}

/// Service takes 0.01 s, of 8 workers at 20/s: three times as long is still served in time.
#[test]
fn a_slow_change_makes_everything_take_longer() {
    let mut fleet = fleet(rollout(DefectEffect::Slows(3.0)));
    for population in &mut fleet.populations {
        population.client.timeout = Some(seconds(0.035));
    }
    for log in run(&fleet) {
        let [_, before] = log.count(0, (0.0, 199.0), Cause::Timeout);
        let [all, late] = log.count(0, (211.0, 600.0), Cause::Timeout);
        assert!(all > 0 && late == all && before == 0, "0.04 s is too late");
        let blamed = |end: &RequestEnd| match end.outcome {
            Outcome::Failed { blame, .. } => blame == Blame::Configuration,
            Outcome::Succeeded => true,
        };
        assert!(log.ends.iter().all(blamed));
    }
    fleet.populations.iter_mut().for_each(|population| {
        population.client.timeout = None;
    });
    for log in run(&fleet) {
        assert_eq!(log.failed(), 0);
        let took = |end: &RequestEnd| (end.ended - end.started).as_secs_f64();
        let slow = log.ends.iter().filter(|end| took(end) > 0.039).count();
        assert!(
            slow * 3 > log.ends.len() * 2,
            "{slow} of {}",
            log.ends.len()
        );
    }
}

/// A share of requests needs the change from its release on: they fail until the region has it.
#[test]
fn requests_that_need_a_change_fail_where_it_is_lacking() {
    let mut fleet = fleet(rollout(DefectEffect::Fails(Ratio::ZERO)));
    let spec = fleet.config.as_mut().unwrap();
    spec.rollouts.iter_mut().for_each(|rollout| {
        rollout.needed_by = share(1.0);
    });
    for log in run(&fleet) {
        for population in [0, 1] {
            let [_, before] = log.count(population, (0.0, 199.9), Cause::StaleConfig);
            let [_, after] = log.count(population, (210.1, 700.0), Cause::StaleConfig);
            assert_eq!((before, after), (0, 0));
        }
        let [_, stale] = log.count(0, (199.9, 210.1), Cause::StaleConfig);
        let [_, remote] = log.count(1, (199.9, 210.1), Cause::StaleConfig);
        assert!(stale + remote > 0, "some time passes before both have it");
        let divergent: f64 = log.divergence[1].0 - log.divergence[0].0;
        assert!(divergent < 10.0, "{divergent}");
    }
}

#[test]
fn a_freeze_refuses_a_rollout_and_lets_corrections_through() {
    let mut fleet = fleet(rollout(DefectEffect::Fails(share(1.0))));
    let freeze = |start: f64, end: f64| Freeze {
        start: SimTime::ZERO + seconds(start),
        end: SimTime::ZERO + seconds(end),
    };
    fleet.config.as_mut().unwrap().freezes = vec![freeze(150.0, 250.0)];
    for log in run(&fleet) {
        assert_eq!(log.steps, [(200.0, RolloutStep::Refused)]);
        assert_eq!(log.failed(), 0);
    }
    let config = fleet.config.as_mut().unwrap();
    config.freezes = vec![freeze(250.0, 700.0)];
    for rollout in &mut config.rollouts {
        rollout.fix = Some(FixSpec {
            after: seconds(100.0),
            plan: rollout.plan.clone(),
        });
    }
    for log in run(&fleet) {
        assert_eq!(log.steps[1], (300.0, RolloutStep::Corrected));
        assert_eq!(log.defects.len(), 4);
    }
}
