//! Outages that grow to their degree and shrink again, in equal steps.

use gatefleet::model::{OutageSpec, Ramp, Scope};
use gatefleet::units::{IdMap, Ratio};

use crate::operations;
use crate::support::{outage, seconds};
use crate::ways::{ends, first, hit_by, is_of, late, took, two_populations};

/// Goal: a ramp goes in twenty equal steps, each as deep as its middle, up and down. Method: work of 10
/// ms takes three times as long, up over 10 s and down over 20 s; a delay of 80 ms likewise.
#[test]
fn a_ramp_goes_in_equal_steps() {
    let degree = |at: f64| match at {
        ..20.0 => 0.0,
        ..30.0 => ((at - 20.0) * 2.0).floor() / 20.0 + 0.025,
        ..32.0 => 1.0,
        ..52.0 => 1.0 - ((at - 32.0).floor() / 20.0 + 0.025),
        _ => 0.0,
    };
    let fleet = two_populations(50.0);
    let start = fleet.period.start();
    let slow = Scope::Speed(3.0);
    let far = Scope::Network(first(), late(0.080));
    for scope in [slow, far] {
        let ramped = OutageSpec {
            scope,
            ramp: Ramp {
                up: seconds(10.0),
                down: seconds(20.0),
            },
            ..outage(&fleet, 0, 20.0, 32.0)
        };
        let fleet = hit_by(fleet.clone(), vec![ramped]);
        let ends = ends(&fleet);
        for end in ends
            .iter()
            .filter(|end| is_of(end, 0) && end.started >= start)
        {
            // What is slow is so when it begins.
            let begins = if scope == slow { 0.010 } else { 0.0 };
            let at = (end.started - start).as_secs_f64() + begins;
            let added = if scope == slow { 0.020 } else { 0.160 };
            let expected = 0.030 + added * degree(at);
            assert!((took(end).as_secs_f64() - expected).abs() < 1e-8, "{at}");
        }
    }
}

/// Goal: capacity goes and comes back step by step. Method: 200 workers, half of them lost over 20 s
/// and back over 20 s.
#[test]
fn workers_are_lost_and_come_back_step_by_step() {
    let mut fleet = two_populations(1.0);
    let ramp = Ramp {
        up: seconds(20.0),
        down: seconds(20.0),
    };
    fleet.outages = IdMap::new(vec![OutageSpec {
        scope: Scope::Capacity(Ratio::new(0.5).unwrap()),
        ramp,
        ..outage(&fleet, 0, 10.0, 50.0)
    }]);
    for log in operations::run(&fleet) {
        let up = (0..20_u32).map(|step| (20.0 + f64::from(step), 0, 195 - 5 * step + 2));
        let workers: Vec<(f64, usize, u32)> = log.workers.clone();
        assert_eq!(workers.len(), 42, "{workers:?}");
        for (found, expected) in workers.iter().zip(up) {
            assert!((found.0 - expected.0).abs() < 1e-9 && found.2.abs_diff(expected.2) <= 1);
        }
        let lowest = workers.iter().map(|&(_, _, workers)| workers).min();
        assert_eq!((lowest, workers[41].2), (Some(100), 200));
        assert!(workers[21..].is_sorted_by_key(|&(_, _, workers)| workers));
    }
}
