//! As many replications as are needed: when it stops, and how far its intervals can be trusted.

use std::sync::atomic::{AtomicU64, Ordering};

use gatefleet::experiment::{
    Alone, Companion, HalfWidth, Metric, Precision, Replications, Study, Variant, compare, run,
};

use crate::support::m_m_1;

fn until(study: &mut Study, (least, most): (u32, u32), precision: Precision) {
    study.run.replications = Replications::until(least, most, vec![precision]);
}

fn mean_within(share: f64) -> Precision {
    Precision {
        metric: Metric::LatencyMean,
        half_width: HalfWidth::Relative(share),
    }
}

/// Goal: an interval at which the rule has stopped still holds the truth at least 92 % of the time
/// (of a fixed number 95 % do; what is lost is the luck of looking several times). Method: the mean
/// time in an M/M/1 queue at utilization 0.5 is 2 s, to be known to 5 %, a thousand times.
#[test]
fn intervals_hold_the_truth_where_the_rule_stops() {
    let (mut holds, mut replications) = (0, Vec::new());
    for seed in 0..1_000 {
        let mut study = m_m_1(1.0, seed);
        until(&mut study, (10, 400), mean_within(0.05));
        let result = run(&study, None, &Alone).unwrap();
        let estimate = result.figures.get(Metric::LatencyMean).unwrap();
        assert!(
            result.precisions[0].is_reached && estimate.half_width.unwrap() <= 0.05 * estimate.mean
        );
        holds += u32::from((estimate.mean - 2.0).abs() <= estimate.half_width.unwrap());
        replications.push(result.replications);
    }
    assert!(holds >= 920, "{holds} of 1,000");
    replications.sort_unstable();
    replications.dedup();
    assert!(
        replications.len() > 1,
        "it stops at several looks: {replications:?}"
    );
}

#[test]
fn it_stops_at_the_first_look_that_is_enough_and_at_the_most() {
    let replications = |share| {
        let mut study = m_m_1(1.0, 1);
        until(&mut study, (5, 35), mean_within(share));
        let result = run(&study, None, &Alone).unwrap();
        assert_eq!(result.replications, result.planned);
        (result.replications, result.precisions[0].is_reached)
    };
    assert_eq!(replications(0.9), (5, true));
    assert_eq!(replications(0.001), (35, false));
    let (count, is_reached) = replications(0.1);
    assert!(is_reached && [10, 20, 35].contains(&count), "{count}");
}

/// Goal: threads cannot change when it stops, nor what is found.
#[test]
fn threads_do_not_change_where_it_stops() {
    let mut study = m_m_1(1.0, 7);
    until(&mut study, (5, 100), mean_within(0.06));
    let [one, two, three] = [1, 2, 3].map(|threads| run(&study, Some(threads), &Alone).unwrap());
    assert!(one.replications > 5);
    assert_eq!(one, two);
    assert_eq!(one, three);
}

/// Goal: in a comparison it is the difference that is to be known.
#[test]
fn a_comparison_stops_when_the_difference_is_known() {
    let variant = |name: &str, service_s| {
        let mut study = m_m_1(service_s, 3);
        until(&mut study, (5, 200), mean_within(0.08));
        Variant {
            name: name.to_owned(),
            study,
        }
    };
    let variants = [variant("fast", 1.0), variant("slow", 1.2)];
    let comparison = compare(&variants, 0, (None, &Alone)).unwrap();
    let [fast, slow] = comparison.variants.as_slice() else {
        panic!("two variants");
    };
    assert_eq!(fast.result.replications, slow.result.replications);
    let mean = fast.result.figures.get(Metric::LatencyMean).unwrap().mean;
    let difference = slow.differences[Metric::LatencyMean as usize].unwrap();
    assert!(difference.difference.half_width.unwrap() <= 0.08 * mean);
}

/// Counts what is told, and interrupts after so many replications.
#[derive(Default)]
struct Counting {
    finished: AtomicU64,
    added: AtomicU64,
    most: Option<u64>,
}

impl Companion for Counting {
    fn replication_finished(&self) {
        self.finished.fetch_add(1, Ordering::Relaxed);
    }

    fn replications_added(&self, count: u64) {
        self.added.fetch_add(count, Ordering::Relaxed);
    }

    fn is_interrupted(&self) -> bool {
        self.most
            .is_some_and(|most| self.finished.load(Ordering::Relaxed) >= most)
    }
}

#[test]
fn progress_is_told_and_an_interrupt_keeps_what_has_finished() {
    let mut study = m_m_1(1.0, 1);
    until(&mut study, (5, 20), mean_within(0.001));
    let companion = Counting::default();
    run(&study, Some(2), &companion).unwrap();
    assert_eq!(companion.finished.into_inner(), 20);
    assert_eq!(companion.added.into_inner(), 15);
    let companion = Counting {
        most: Some(7),
        ..Counting::default()
    };
    let result = run(&study, Some(1), &companion).unwrap();
    assert_eq!((result.replications, result.planned), (7, 10));
}
