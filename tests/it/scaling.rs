//! How many workers regions have: rules that add and remove units, operations, and losses.

use gatefleet::model::{
    AutoscaleSpec, Blame, Cause, Errand, FleetSpec, OperationKind, OutageMode, OutageSpec,
    RegionId, ScaleRule, Scope,
};
use gatefleet::random::Distribution;
use gatefleet::units::{IdMap, Ratio};

use crate::operations::{fleet, operation, run};
use crate::support::{World, outage, result, seconds, study};

fn rule(threshold: f64) -> ScaleRule {
    ScaleRule {
        threshold: Ratio::new(threshold).unwrap(),
        over: seconds(1_800.0),
        cool_down: seconds(3_600.0),
        step: 1,
    }
}

/// 8 workers a unit at 100 % and then some, ruled by the documented rule; 20 min to scale.
pub(crate) fn autoscaled(duration_s: f64) -> FleetSpec {
    let world = World {
        workers: 8,
        service: Distribution::constant(seconds(0.5)),
        rate: 15.0,
        one_way_ms: &[&[5, 500]],
        warm_up_s: 0.0,
        duration_s,
    };
    let mut fleet = world.fleet();
    fleet.management.autoscale = Some(AutoscaleSpec {
        regions: vec![RegionId::new(0)],
        units_min: 1,
        units_max: 5,
        scale_out: rule(0.8),
        scale_in: rule(0.35),
        takes: Distribution::constant(seconds(1_200.0)),
    });
    fleet
}

/// Facts, row 10: more than 80 % over 30 min adds a unit, which takes 15 to 45 min.
#[test]
fn row_10_autoscale_adds_a_unit_after_half_an_hour_and_the_time_that_it_takes() {
    for log in run(&autoscaled(6.0 * 3_600.0)) {
        // 7.5 of 8 workers are busy; 7.5 of 16 is between the thresholds.
        assert_eq!(log.workers, [(3_000.0, 0, 16)]);
        assert_eq!(log.errands, [(1_800.0, Errand::Operation, true)]);
    }
}

/// Facts, row 10: below 35 % a unit is removed, after a cool-down; never the last.
#[test]
fn row_10_autoscale_removes_units_with_cool_downs() {
    let mut fleet = autoscaled(6.0 * 3_600.0);
    for region in &mut fleet.regions {
        (region.units, region.workers) = (4, 32);
    }
    for log in run(&fleet) {
        // 23 % of 32, then 31 % of 24; 47 % of 16 stays. The second order has to wait until the
        // hour after the first took effect is over.
        assert_eq!(log.workers, [(3_000.0, 0, 24), (7_800.0, 0, 16)]);
    }
}

/// Goal: a rule adds and removes as many units at a time as it says, within its bounds.
#[test]
fn a_rule_adds_and_removes_as_many_units_as_it_says() {
    let mut fleet = autoscaled(4.0 * 3_600.0);
    let rules = fleet.management.autoscale.as_mut().unwrap();
    rules.scale_out.step = 3;
    for log in run(&fleet) {
        // 7.5 of 32 are less than 35 %, and removed one by one.
        let expected = [(3_000.0, 0, 32), (7_800.0, 0, 24), (12_600.0, 0, 16)];
        assert_eq!(log.workers, expected);
    }
    let rules = fleet.management.autoscale.as_mut().unwrap();
    (rules.scale_in.step, rules.units_max) = (9, 2);
    rules.scale_out.threshold = Ratio::new(0.4).unwrap();
    rules.scale_in.threshold = Ratio::new(0.3).unwrap();
    for log in run(&fleet) {
        assert_eq!(log.workers, [(3_000.0, 0, 16)], "not beyond the most");
    }
    fleet.management.autoscale.as_mut().unwrap().units_max = 5;
    for region in &mut fleet.regions {
        (region.units, region.workers) = (4, 32);
    }
    for log in run(&fleet) {
        assert_eq!(log.workers[0], (3_000.0, 0, 8), "not below the fewest");
    }
}

/// Facts, row 10: in the primary only, unless that is said; units are paid for from the order on.
#[test]
fn row_10_a_region_without_the_rule_keeps_its_units() {
    let mut fleet = autoscaled(4.0 * 3_600.0);
    let hours = |fleet: &FleetSpec| {
        let result = result(&study(fleet.clone(), 600.0, 2));
        let regions = result.regions.iter();
        regions
            .map(|region| region.unit_hours.mean)
            .collect::<Vec<f64>>()
    };
    // A second unit from half an hour on: 1 x 0.5 + 2 x 3.5.
    assert_eq!(hours(&fleet), [7.5, 1.0 * 4.0]);
    fleet.outages = IdMap::new(vec![outage(&fleet, 0, 0.0, 4.0 * 3_600.0)]);
    assert_eq!(
        hours(&fleet),
        [4.0, 4.0],
        "nobody scales while the primary is down"
    );
}

/// Facts, row 10: autoscale is a management operation, not to be had while the primary is down.
#[test]
fn row_10_nothing_is_scaled_while_the_management_plane_is_down() {
    let mut fleet = autoscaled(3.0 * 3_600.0);
    fleet.outages = IdMap::new(vec![OutageSpec {
        scope: Scope::Management,
        ..outage(&fleet, 0, 1_000.0, 3_000.0)
    }]);
    for log in run(&fleet) {
        let expected = [
            (1_800.0, Errand::Operation, false),
            (4_020.0, Errand::Operation, true),
        ];
        assert_eq!(
            log.errands, expected,
            "refused once, and ordered when it is back"
        );
        assert_eq!(log.workers, [(5_220.0, 0, 16)]);
    }
    fleet.outages = IdMap::new(vec![OutageSpec {
        scope: Scope::Management,
        ..outage(&fleet, 0, 2_000.0, 100.0)
    }]);
    for log in run(&fleet) {
        let after = log.workers.first().unwrap().0;
        assert!(after > 3_200.0, "what was under way is aborted: {after}");
    }
}

#[test]
fn units_and_lost_machines_make_the_workers() {
    let mut fleet = fleet(vec![operation(
        OperationKind::Scale { units: 3 },
        0,
        (200.0, 150.0),
    )]);
    let lose = |at: f64, length: f64, share: f64| OutageSpec {
        scope: Scope::Capacity(Ratio::new(share).unwrap()),
        mode: OutageMode::Refuse,
        ..outage(&fleet, 0, at, length)
    };
    fleet.outages = IdMap::new(vec![lose(200.0, 200.0, 0.5), lose(300.0, 200.0, 0.25)]);
    for log in run(&fleet) {
        let expected = [
            (300.0, 0, 4),
            (350.0, 0, 12),
            (400.0, 0, 9),
            (500.0, 0, 18),
            (600.0, 0, 24),
        ];
        assert_eq!(log.workers, expected);
        let is_lost = |&(_, cause, blame): &(f64, Cause, Blame)| {
            (cause, blame) == (Cause::Reset, Blame::Capacity)
        };
        assert!(log.failed.iter().all(is_lost) && log.failed.len() < 10);
    }
}
