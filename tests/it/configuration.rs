//! How changes come to the regions, and what becomes of requests meanwhile.

use gatefleet::model::{
    Changes, ConfigSpec, ConfigState, FleetSpec, ManagementSpec, Observer, OutageMode, OutageSpec,
    RegionId, Scope, SyncSpec, Unreached, Unreplicated,
};
use gatefleet::random::Distribution;
use gatefleet::units::{IdMap, Rate, Ratio, SimDuration, SimTime};

use crate::support::{World, outage, replicate, seconds};
use crate::validation::{Effort, Figure};

/// A primary and a secondary, 40 ms apart, whose clients send little.
pub(crate) fn two_regions(duration_s: f64) -> FleetSpec {
    let world = World {
        workers: 8,
        service: Distribution::constant(seconds(0.010)),
        rate: 20.0,
        one_way_ms: &[&[5, 25], &[25, 5]],
        warm_up_s: 100.0,
        duration_s,
    };
    world.fleet()
}

/// Regions pull every `interval_s`, each way takes 20 ms between regions, and apply at once.
pub(crate) fn config(fleet: &FleetSpec, interval_s: f64) -> ConfigSpec {
    let regions = fleet.regions.len();
    let rtt = |from: RegionId| {
        IdMap::from_fn(regions, |to| {
            if from == to {
                SimDuration::ZERO
            } else {
                seconds(0.040)
            }
        })
    };
    ConfigSpec {
        sync: SyncSpec {
            interval: seconds(interval_s),
            apply: Distribution::constant(SimDuration::ZERO),
            rtt: IdMap::from_fn(regions, rtt),
        },
        changes: Changes::Listed(Vec::new()),
        needed_by: Ratio::ZERO,
        unreplicated: Unreplicated::Retained,
        freezes: Vec::new(),
        rollouts: IdMap::new(Vec::new()),
    }
}

/// What a region's configuration was, change by change.
#[derive(Clone, Debug, Default)]
pub(crate) struct Diary {
    pub(crate) states: Vec<(SimTime, ConfigState)>,
}

impl Diary {
    /// Integrals over a time: of staleness (seconds squared) and of being stale (seconds).
    fn stale(&self, from: SimTime, to: SimTime) -> [f64; 2] {
        let ends = self.states.iter().skip(1).map(|&(at, _)| at).chain([to]);
        let mut sums = [0.0, 0.0];
        for (&(at, state), end) in self.states.iter().zip(ends) {
            let (start, end) = (at.max(from), end.min(to));
            let Some(since) = state.stale_since.filter(|_| start < end) else {
                continue;
            };
            let age = |at: SimTime| (at - since).as_secs_f64();
            sums[0] += (age(end).powi(2) - age(start).powi(2)) / 2.0;
            sums[1] += (end - start).as_secs_f64();
        }
        sums
    }

    /// The state at a time.
    pub(crate) fn at(&self, at: SimTime) -> ConfigState {
        let last = self.states.iter().rfind(|&&(changed, _)| changed <= at);
        last.expect("told at the start").1
    }
}

/// Keeps a diary of every region, and what the primary's failure cost.
#[derive(Clone, Debug, Default)]
pub(crate) struct Diaries {
    pub(crate) regions: Vec<Diary>,
    unreached: Unreached,
}

impl Observer for Diaries {
    fn config_changed(&mut self, now: SimTime, region: RegionId, state: ConfigState) {
        let index = region.index();
        if self.regions.len() <= index {
            self.regions.resize_with(index + 1, Diary::default);
        }
        self.regions[index].states.push((now, state));
    }

    fn changes_unreached(&mut self, _now: SimTime, changes: Unreached) {
        self.unreached = changes;
    }
}

/// Changes come as a Poisson process of rate L. A pull of a region takes the state of the plane at
/// times I apart and is in force d later (half a round trip and the time to apply). So at a random
/// time the region has the state of A ago, A uniform on [d, d + I]; it is stale if a change came
/// since: with chance 1 - exp(-L A), whose mean is
///
///   share = 1 - exp(-L d) (1 - exp(-L I)) / (L I).
///
/// The oldest of these changes came X after the state was taken, X exponential, if X < A; so its
/// age is max(0, A - X), with mean A - (1 - exp(-L A)) / L given A, and d + I/2 - share / L over all.
pub(crate) fn staleness_under_poisson_changes(effort: Effort) -> Vec<Figure> {
    let mut figures = Vec::new();
    for (interval, apply, per_hour) in [(10.0, 2.0, 360.0), (60.0, 20.0, 60.0)] {
        let mut fleet = two_regions(20_000.0);
        fleet.populations.iter_mut().for_each(|population| {
            population.traffic = gatefleet::model::Traffic::poisson(Rate::default());
        });
        let per_s = per_hour / 3_600.0;
        let mut spec = config(&fleet, interval);
        spec.sync.apply = Distribution::constant(seconds(apply));
        spec.changes = Changes::Poisson(Rate::per_s(per_s).unwrap());
        fleet.config = Some(spec);
        let (from, to) = (fleet.period.start(), fleet.period.end());
        let length = (to - from).as_secs_f64();
        let runs = effort.replicate(&fleet, 20, Diaries::default);
        for (region, half_rtt) in [(0, 0.0), (1, 0.020)] {
            let sums = runs.iter().map(|run| run.regions[region].stale(from, to));
            let [staleness, stale]: [Vec<f64>; 2] = {
                let sums: Vec<[f64; 2]> = sums.collect();
                [0, 1].map(|part| sums.iter().map(|sum| sum[part] / length).collect())
            };
            let d = apply + half_rtt;
            let mean = |rate: f64| -(-rate * interval).exp_m1() / (rate * interval);
            let share = 1.0 - (-per_s * d).exp() * mean(per_s);
            let age = d + interval / 2.0 - share / per_s;
            let name = format!("I = {interval} s, d = {d} s");
            let of_time = format!("{name}: share of time stale");
            figures.push(Figure::mean_of(of_time, &stale, share));
            let of_age = format!("{name}: mean staleness, s");
            figures.push(Figure::mean_of(of_age, &staleness, age));
        }
    }
    figures
}

/// The primary is down for `down_s` from 200 s of 600 s on; a change is accepted at `change_s`.
fn primary_down(down_s: f64, change_s: f64, unreplicated: Unreplicated) -> FleetSpec {
    let mut fleet = two_regions(600.0);
    let mut spec = config(&fleet, 10.0);
    spec.sync.apply = Distribution::constant(seconds(1.0));
    spec.changes = Changes::Listed(vec![fleet.period.start() + seconds(change_s)]);
    spec.unreplicated = unreplicated;
    fleet.config = Some(spec);
    fleet.outages = IdMap::new(vec![outage(&fleet, 0, 200.0, down_s)]);
    fleet
}

/// Goal: a secondary's sync age grows by the length of an outage of the primary and falls back
/// within one interval and the delay; its staleness grows only if it lacked a change.
#[test]
fn a_secondary_ages_while_the_primary_is_away_and_is_stale_only_if_it_lacked_a_change() {
    for (change_s, lacks) in [(100.0, false), (199.9, true)] {
        let fleet = primary_down(100.0, change_s, Unreplicated::Retained);
        let start = fleet.period.start();
        let runs = replicate(&fleet, 20, Diaries::default);
        let mut stale_count = 0;
        for run in &runs {
            let secondary = &run.regions[1];
            let at = |s: f64| secondary.at(start + seconds(s));
            let age = |s: f64| ((start + seconds(s)) - at(s).synced).as_secs_f64();
            // What was on its way when the primary failed is still applied, 1.02 s later.
            assert!((98.9..111.1).contains(&age(299.9)), "{}", age(299.9));
            assert!(age(311.1) < 11.1, "{}", age(311.1));
            let is_stale = at(299.9).stale_since.is_some();
            assert!(lacks || !is_stale);
            stale_count += u32::from(is_stale);
            assert_eq!(at(311.1).stale_since, None);
            if is_stale {
                let since = at(299.9).stale_since.unwrap();
                let grown = (start + seconds(299.9) - since).as_secs_f64();
                assert!((grown - (299.9 - change_s)).abs() < 1e-9);
            }
        }
        // A pull reaches the plane in the last 100 ms before it fails with chance 1 %.
        assert!(!lacks || stale_count >= 18, "{stale_count} of 20");
    }
}

/// Facts, row 3: changes that are not replicated when the primary fails may be lost.
#[test]
fn row_3_changes_that_are_not_replicated_are_counted_and_kept_or_lost() {
    for (policy, lost) in [(Unreplicated::Retained, 0), (Unreplicated::Lost, 1)] {
        let fleet = primary_down(100.0, 199.99, policy);
        let end = fleet.period.end();
        let runs = replicate(&fleet, 5, Diaries::default);
        for run in &runs {
            let expected = Unreached {
                unreplicated: 1,
                lost,
            };
            assert_eq!(run.unreached, expected);
            for region in &run.regions {
                let state = region.at(end);
                assert_eq!((state.version, state.behind), (1 - lost, 0));
            }
        }
        // The same if the management plane was down already, and nobody could pull.
        let mut fleet = primary_down(100.0, 170.0, policy);
        let before = OutageSpec {
            scope: Scope::Management,
            ..outage(&fleet, 0, 170.001, 50.0)
        };
        fleet.outages = fleet.outages.iter().cloned().chain([before]).collect();
        for run in replicate(&fleet, 5, Diaries::default) {
            assert_eq!(run.unreached.unreplicated, 1);
        }
        let replicated = primary_down(100.0, 150.0, policy);
        for run in replicate(&replicated, 5, Diaries::default) {
            assert_eq!(run.unreached, Unreached::default());
        }
    }
}

/// Facts, row 3: every region pulls regularly, so a change is in force after at most an interval,
/// the way and the time to apply, and on average after half an interval.
#[test]
fn row_3_changes_come_to_every_region_within_an_interval() {
    let mut fleet = two_regions(2_000.0);
    let mut spec = config(&fleet, 10.0);
    let times = (0..100).map(|n| fleet.period.start() + seconds(f64::from(n) * 19.7));
    spec.changes = Changes::Listed(times.collect());
    fleet.config = Some(spec);
    let runs = replicate(&fleet, 5, Diaries::default);
    let mut delays = Vec::new();
    for run in &runs {
        for (region, way) in [(0, 0.0), (1, 0.020)] {
            let mut since = None;
            for (at, state) in &run.regions[region].states {
                match (since, state.stale_since) {
                    (None, Some(start)) => since = Some(start),
                    (Some(start), None) => {
                        let delay = (*at - start).as_secs_f64();
                        assert!((way..=10.0 + way + 1e-9).contains(&delay), "{delay}");
                        delays.push(delay);
                        since = None;
                    }
                    _ => {}
                }
            }
        }
    }
    assert_eq!(delays.len(), 5 * 2 * 100);
    let mean = delays.iter().sum::<f64>() / delays.len() as f64;
    // Changes 19.7 s apart meet the phase of the pulls evenly: a deterministic mean.
    assert!((mean - 5.01).abs() < 0.1, "{mean}");
}

/// Facts, row 6: while the primary is away, secondaries serve on by what they have.
#[test]
fn row_6_secondaries_keep_their_configuration_while_the_primary_is_away() {
    let mut fleet = primary_down(300.0, 100.0, Unreplicated::Retained);
    let config = fleet.config.as_mut().unwrap();
    config.changes = Changes::Poisson(Rate::per_s(0.1).unwrap());
    let start = fleet.period.start();
    for run in replicate(&fleet, 5, Diaries::default) {
        let version = |s: f64| run.regions[1].at(start + seconds(s)).version;
        assert_eq!(version(202.0), version(499.0), "no change is accepted");
        assert!(version(150.0) < version(202.0) && version(499.0) < version(599.0));
    }
}

/// Goal: a region behind a cut or dead pulls nothing, whatever the plane.
#[test]
fn a_region_that_is_down_does_not_synchronize() {
    for mode in [OutageMode::Blackhole, OutageMode::Hold] {
        let mut fleet = primary_down(100.0, 50.0, Unreplicated::Retained);
        let mut down = outage(&fleet, 1, 40.0, 100.0);
        down.mode = mode;
        down.scope = Scope::Region;
        fleet.outages = IdMap::new(vec![down]);
        fleet.management = ManagementSpec::idle();
        let start = fleet.period.start();
        for run in replicate(&fleet, 5, Diaries::default) {
            let at = |s: f64| run.regions[1].at(start + seconds(s));
            assert_eq!((at(139.0).version, at(139.0).behind), (0, 1));
            assert_eq!(at(151.1).version, 1);
            assert_eq!(run.regions[0].at(start + seconds(61.1)).version, 1);
        }
    }
}
