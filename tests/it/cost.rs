//! What a fleet costs: provisioned units times hours of the measured period, by hand arithmetic.

use gatefleet::experiment::{Alone, Comparison, Metric, Variant, compare};
use gatefleet::model::{
    FleetSpec, Observer, OperationKind, OperationSpec, OutageMode, OutageSpec, RegionId,
    RestoreSpec, Scope,
};
use gatefleet::units::{IdMap, Ratio, SimTime};

use crate::cli::Place;
use crate::configuration::two_regions;
use crate::operations::{fleet, operation};
use crate::scaling::autoscaled;
use crate::support::{outage, replicate, result, seconds, study};

/// When a region came to have so many units that are paid for.
#[derive(Clone, Debug, Default)]
struct Bill(Vec<(f64, usize, u32)>);

impl Observer for Bill {
    fn units_provisioned(&mut self, now: SimTime, region: RegionId, units: u32) {
        self.0.push((now.as_secs_f64(), region.index(), units));
    }
}

/// Asserts what is told of a run, and that all runs are told the same.
#[track_caller]
fn assert_told(fleet: &FleetSpec, expected: &[(f64, usize, u32)]) {
    for bill in replicate(fleet, 2, Bill::default) {
        assert_eq!(bill.0, expected);
    }
}

/// Asserts the units times seconds of every region.
#[track_caller]
fn assert_cost(fleet: &FleetSpec, expected: &[f64]) {
    let result = result(&study(fleet.clone(), 60.0, 2));
    let mut total = 0.0;
    for (region, expected) in result.regions.iter().zip(expected) {
        let found = region.unit_hours.mean * 3_600.0;
        assert!((found - expected).abs() < 1e-6, "{found}, not {expected}");
        total += region.unit_hours.mean;
    }
    assert_eq!(result.regions.len(), expected.len());
    assert!((result.unit_hours.mean - total).abs() < 1e-9);
}

/// Two regions of a unit each, measured from 100 s to 700 s of the run, of which region 0, the
/// primary, is down from 300 s to 400 s, and operations on them.
fn with_primary_down(operations: Vec<OperationSpec>) -> FleetSpec {
    let mut fleet = fleet(operations);
    fleet.outages = IdMap::new(vec![OutageSpec {
        mode: OutageMode::Refuse,
        ..outage(&fleet, 0, 200.0, 100.0)
    }]);
    fleet
}

const fn scale(units: u32) -> OperationKind {
    OperationKind::Scale { units }
}

/// Goal: 2 + 1 units cost 1.5 unit-hours in half an hour, whatever the warm-up. Method: the same
/// fleet healthy, and with a region down, half of its machines lost, and disabled.
#[test]
fn units_cost_what_they_do_in_the_measured_period_whether_they_serve_or_not() {
    let mut fleet = two_regions(1_800.0);
    for (region, units) in fleet.regions.iter_mut().zip([2, 1]) {
        region.units = units;
    }
    assert_cost(&fleet, &[3_600.0, 1_800.0]);
    assert_told(&fleet, &[(0.0, 0, 2), (0.0, 1, 1)]);
    let half = Scope::Capacity(Ratio::new(0.5).unwrap());
    fleet.outages = IdMap::new(vec![
        outage(&fleet, 1, 300.0, 600.0),
        OutageSpec {
            scope: half,
            ..outage(&fleet, 0, 600.0, 600.0)
        },
    ]);
    fleet.management.operations = IdMap::new(vec![
        operation(OperationKind::Disable, 1, (1_300.0, 60.0)),
        operation(OperationKind::Enable, 1, (1_500.0, 60.0)),
        operation(OperationKind::ChangeSubnet, 0, (1_600.0, 60.0)),
        operation(OperationKind::EnableZones, 0, (1_700.0, 60.0)),
    ]);
    assert_cost(&fleet, &[3_600.0, 1_800.0]);
    assert_told(&fleet, &[(0.0, 0, 2), (0.0, 1, 1)]);
}

#[test]
fn more_units_are_paid_for_from_their_order_and_fewer_until_they_are_gone() {
    // 1 for 100 s and 3 for 500 s, though they come at 350 s; one is 1 throughout.
    let out = fleet(vec![operation(scale(3), 0, (200.0, 150.0))]);
    assert_cost(&out, &[1_600.0, 600.0]);
    assert_told(&out, &[(0.0, 0, 1), (0.0, 1, 1), (200.0, 0, 3)]);
    // Ordered in the warm-up: 3 in all of the period, though they come after it has begun.
    let early = fleet(vec![operation(scale(3), 0, (50.0, 150.0))]);
    assert_cost(&early, &[1_800.0, 600.0]);
    // Not done when the run ends: 1 for 500 s and 3 for 100 s.
    let late = fleet(vec![operation(scale(3), 0, (600.0, 1_000.0))]);
    assert_cost(&late, &[800.0, 600.0]);
    // 3 for 250 s, and 1 for 350 s.
    let mut fewer = fleet(vec![operation(scale(1), 0, (200.0, 150.0))]);
    fewer.regions[RegionId::new(0)].units = 3;
    assert_cost(&fewer, &[1_100.0, 600.0]);
    assert_told(&fewer, &[(0.0, 0, 3), (0.0, 1, 1), (350.0, 0, 1)]);
}

/// Goal: of two orders that are under way the larger is paid for, until it is done.
#[test]
fn overlapping_orders_cost_the_most_that_is_ordered() {
    let overlapping = fleet(vec![
        operation(scale(4), 0, (200.0, 200.0)),
        operation(scale(2), 0, (250.0, 50.0)),
        operation(scale(2), 0, (450.0, 50.0)),
    ]);
    // 1 for 100 s, 4 for 300 s, 2 for 200 s.
    assert_cost(&overlapping, &[1_700.0, 600.0]);
    assert_told(
        &overlapping,
        &[(0.0, 0, 1), (0.0, 1, 1), (200.0, 0, 4), (500.0, 0, 2)],
    );
}

#[test]
fn a_region_is_paid_for_from_the_order_to_add_it_until_it_is_removed() {
    let added = fleet(vec![operation(OperationKind::Add, 1, (300.0, 100.0))]);
    assert_cost(&added, &[600.0, 400.0]);
    assert_told(&added, &[(0.0, 0, 1), (300.0, 1, 1)]);
    let removed = fleet(vec![operation(OperationKind::Remove, 1, (300.0, 100.0))]);
    assert_cost(&removed, &[600.0, 300.0]);
    let both = fleet(vec![
        operation(OperationKind::Remove, 1, (200.0, 50.0)),
        operation(OperationKind::Add, 1, (300.0, 100.0)),
    ]);
    // 100 s to 250 s, and 300 s to 700 s.
    assert_cost(&both, &[600.0, 550.0]);
    assert_told(
        &both,
        &[(0.0, 0, 1), (0.0, 1, 1), (250.0, 1, 0), (300.0, 1, 1)],
    );
    // What was ordered for a region goes with it: 1 for 100 s, 3 for 100 s, nothing for 400 s.
    let gone = fleet(vec![
        operation(scale(3), 1, (200.0, 200.0)),
        operation(OperationKind::Remove, 1, (250.0, 50.0)),
    ]);
    assert_cost(&gone, &[600.0, 400.0]);
}

#[test]
fn what_is_refused_costs_nothing_and_what_is_aborted_nothing_more() {
    let refused = with_primary_down(vec![
        operation(scale(3), 0, (310.0, 10.0)),
        operation(OperationKind::Remove, 0, (320.0, 10.0)),
        operation(OperationKind::Add, 1, (330.0, 10.0)),
    ]);
    assert_cost(&refused, &[600.0, 0.0]);
    assert_told(&refused, &[(0.0, 0, 1)]);
    // 3 for 10 s; the region that joins for 20 s.
    let aborted = with_primary_down(vec![
        operation(scale(3), 0, (290.0, 50.0)),
        operation(OperationKind::Add, 1, (280.0, 50.0)),
    ]);
    assert_cost(&aborted, &[620.0, 20.0]);
    assert_told(
        &aborted,
        &[
            (0.0, 0, 1),
            (280.0, 1, 1),
            (290.0, 0, 3),
            (300.0, 0, 1),
            (300.0, 1, 0),
        ],
    );
    // Who would have paid less goes on paying.
    let mut kept = with_primary_down(vec![
        operation(scale(1), 0, (290.0, 50.0)),
        operation(OperationKind::Remove, 1, (290.0, 50.0)),
    ]);
    kept.regions[RegionId::new(0)].units = 2;
    assert_cost(&kept, &[1_200.0, 600.0]);
}

/// Goal: a management plane that is restored elsewhere takes orders again, and they cost.
#[test]
fn a_restored_management_plane_takes_orders_that_cost() {
    let mut fleet = with_primary_down(vec![
        operation(scale(3), 1, (350.0, 100.0)),
        operation(scale(2), 1, (370.0, 100.0)),
    ]);
    fleet.management.restore = Some(RestoreSpec {
        region: RegionId::new(1),
        after: seconds(60.0),
    });
    assert_told(&fleet, &[(0.0, 0, 1), (0.0, 1, 1), (370.0, 1, 2)]);
    assert_cost(&fleet, &[600.0, 270.0 + 2.0 * 330.0]);
}

/// Goal: what a rule orders is paid for like what people order.
#[test]
fn autoscale_is_paid_for_from_its_order() {
    let mut fleet = autoscaled(6.0 * 3_600.0);
    assert_told(&fleet, &[(0.0, 0, 1), (0.0, 1, 1), (1_800.0, 0, 2)]);
    assert_cost(&fleet, &[21_600.0 + 19_800.0, 21_600.0]);
    for region in &mut fleet.regions {
        (region.units, region.workers) = (4, 32);
    }
    let fewer = [(0.0, 0, 4), (0.0, 1, 4), (3_000.0, 0, 3), (7_800.0, 0, 2)];
    assert_told(&fleet, &fewer);
    let mut fleet = autoscaled(3.0 * 3_600.0);
    fleet.outages = IdMap::new(vec![OutageSpec {
        scope: Scope::Management,
        ..outage(&fleet, 0, 2_000.0, 110.0)
    }]);
    let aborted = [
        (0.0, 0, 1),
        (0.0, 1, 1),
        (1_800.0, 0, 2),
        (2_000.0, 0, 1),
        (2_160.0, 0, 2),
    ];
    assert_told(&fleet, &aborted);
}

/// Compares a fleet of two regions with the same in which these have as many workers, but these
/// units.
fn against(units: [u32; 2]) -> Comparison {
    let mut other = two_regions(1_800.0);
    for (region, units) in other.regions.iter_mut().zip(units) {
        region.units = units;
    }
    let variant = |(name, fleet): (&str, FleetSpec)| Variant {
        name: name.to_owned(),
        study: study(fleet, 60.0, 5),
    };
    let variants = [("one", two_regions(1_800.0)), ("other", other)].map(variant);
    compare(&variants, 0, (None, &Alone)).unwrap()
}

/// Goal: a cost that does not vary differs for certain, and who pays more for the same is not
/// efficient.
#[test]
fn who_pays_more_for_the_same_is_dominated() {
    let comparison = against([4, 2]);
    let [one, other] = comparison.variants.as_slice() else {
        panic!("two variants");
    };
    assert_eq!(one.result.fleet, other.result.fleet);
    let paired = other.differences[Metric::UnitHours as usize].unwrap();
    assert!((paired.difference.mean - 2.0).abs() < 1e-12);
    assert_eq!(paired.difference.half_width, Some(0.0));
    assert!(paired.is_significant());
    assert_eq!((one.is_efficient, other.is_efficient), (true, false));
    let same = against([1, 1]);
    let paired = same.variants[1].differences[Metric::UnitHours as usize].unwrap();
    assert!(!paired.is_significant());
    assert!(same.variants.iter().all(|variant| variant.is_efficient));
}

/// Goal: a comparison says what a variant costs, also where clients see no difference.
#[test]
fn a_verdict_tells_what_is_paid() {
    let place = Place::with_small();
    let words = [
        "compare",
        "small.yaml",
        "--variant",
        "more:regions.eastus.units=4",
    ];
    let output = place.run(&words);
    let text = String::from_utf8(output.stdout).unwrap();
    // 2 units and 5 units for 30 s.
    let expected = "more against small: no difference found in what clients lose or wait for; \
                    0.025 unit-hours more (5 paired replications)";
    assert!(text.contains(expected), "{text}");
    assert!(text.contains("p99  unit-hours\n"), "{text}");
    let csv = place.read("results/compare-small/comparison.csv");
    let expected = "more,cost_unit_hours,0.0416666667,0.0416666667,0.0416666667,\
                    0.025,0.025,0.025,true,5,,,\n";
    assert!(csv.contains(expected), "{csv}");
}
