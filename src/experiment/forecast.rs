//! What arithmetic tells without simulating: mean load, distance, and time to detect.
//!
//! Means only. Offered load of a region in erlangs is the sum over populations of arrival rate x
//! share x mean demand (Little's law); divided by workers it is utilization, and above 1 no queue
//! is long enough. Where rates change it is the highest within the measured period, which is cut
//! into pieces: in each, every population is as busy as it gets there. What this file is not: it
//! knows no variance, so it says nothing of waiting times, and it assumes that all clients follow
//! the router's answers, as they do when old ones have drained. Strategies that look at load are
//! taken to have settled: a waterfall by its own arithmetic from the offered load, an oracle on the
//! fixed split that it improves on, the others as if work came in pieces too small to be seen (each
//! strategy says how).

use crate::experiment::Study;
use crate::experiment::forecast_backends::{Arrivals, BackendLoad};
use crate::model::routing::{HealthView, LoadView, Plan};
use crate::model::{
    FleetSpec, Health, HealthCheck, LimitKey, OutageMode, Pacing, PopulationId, PopulationSpec,
    ProbeSpec, RateLimitSpec, RegionId, RegionSpec,
};
use crate::units::{IdMap, Rate, SimDuration};

/// How many pieces the measured period is cut into where rates change: five minutes of a day.
const PIECES: u32 = 288;

/// What to expect of a study.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// The lowest and the highest arrival rate of all populations together.
    pub total: [Rate; 2],
    /// With all regions up.
    pub normal: Situation,
    /// For each region: with it down, the router aware of it, and old answers drained.
    pub without: IdMap<RegionSpec, Situation>,
    /// From the start of an outage of mode `blackhole` to the router's verdict.
    pub detection_blackhole: Detection,
    /// From the start of an outage of mode `refuse` to the router's verdict.
    pub detection_refuse: Detection,
    /// From the verdict until the last old answer has expired: the TTL.
    pub drain: SimDuration,
}

/// The steady state with a given set of regions up.
#[derive(Clone, Debug, PartialEq)]
pub struct Situation {
    /// Offered load / workers of each region when it is highest, of what its rate limit admits:
    /// above 1 it is overloaded, 0 while it is down.
    pub utilization: IdMap<RegionSpec, f64>,
    /// What the busiest counter of each region's rate limit is asked for when that is most; `None`
    /// without a limit, and while the region is down.
    pub busiest_counter: IdMap<RegionSpec, Option<CounterLoad>>,
    /// Mean round trip of each population to the regions that serve it, without look-ups; `None`
    /// if none serves it.
    pub rtt: IdMap<PopulationSpec, Option<SimDuration>>,
    /// What back ends are asked for when that is most; `None` if there are none.
    pub backends: Option<BackendLoad>,
    /// Share of all requests, from 0 to 1, that are sent to a region that is down.
    pub unserved: f64,
}

/// What a counter of a rate limit is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CounterLoad {
    /// Whose it is; `None` if it is everybody's.
    pub population: Option<PopulationId>,
    /// The rate of what comes to it.
    pub rate: Rate,
}

/// How long detection takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detection {
    /// At best.
    pub least: SimDuration,
    /// On average over the phases of the probes.
    pub mean: SimDuration,
    /// At worst.
    pub most: SimDuration,
}

impl Forecast {
    /// What to expect of `study`.
    pub fn new(study: &Study) -> Self {
        let fleet = &study.fleet;
        let routing = &fleet.routing;
        let pieces = pieces(fleet);
        let situation = |down| situation(fleet, &pieces, down);
        Self {
            total: total(&pieces),
            normal: situation(None),
            without: IdMap::from_fn(fleet.regions.len(), |down| situation(Some(down))),
            detection_blackhole: detection(routing.health_check(), OutageMode::Blackhole),
            detection_refuse: detection(routing.health_check(), OutageMode::Refuse),
            drain: routing.drain(),
        }
    }

    /// Whether arrival rates change within the measured period.
    pub fn varies(&self) -> bool {
        let [low, high] = self.total;
        low < high
    }

    /// How long it takes to detect an outage of this mode.
    pub fn detection(&self, mode: OutageMode) -> Detection {
        match mode {
            OutageMode::Blackhole | OutageMode::Hold => self.detection_blackhole,
            OutageMode::Refuse => self.detection_refuse,
        }
    }
}

/// The lowest and the highest rate of each population within a piece of the measured period.
type Piece = IdMap<PopulationSpec, [Rate; 2]>;

/// The pieces of the measured period; one if no rate changes.
fn pieces(fleet: &FleetSpec) -> Vec<Piece> {
    let duration = fleet.period.duration;
    let whole = |population: &PopulationSpec| population.rate_between(SimDuration::ZERO, duration);
    let changes = |population: &PopulationSpec| {
        let [low, high] = whole(population);
        low < high
    };
    if !fleet.populations.iter().any(changes) {
        return vec![fleet.populations.map(whole)];
    }
    let edge = |piece: u32| duration.scaled(f64::from(piece) / f64::from(PIECES));
    let piece = |index| {
        fleet
            .populations
            .map(|population| population.rate_between(edge(index), edge(index + 1)))
    };
    (0..PIECES).map(piece).collect()
}

/// The lowest and the highest sum of rates.
fn total(pieces: &[Piece]) -> [Rate; 2] {
    let sums = |end: usize| {
        let sum = move |piece: &Piece| piece.iter().map(|range| range[end].as_per_s()).sum::<f64>();
        pieces.iter().map(sum)
    };
    let [low, high] = [
        sums(0).fold(f64::INFINITY, f64::min),
        sums(1).fold(0.0, f64::max),
    ];
    [low, high].map(|sum| Rate::per_s(sum).expect("a sum of rates"))
}

fn situation(fleet: &FleetSpec, pieces: &[Piece], down: Option<RegionId>) -> Situation {
    let believed = |region| {
        if fleet.joins_later(region) {
            Health::Offline
        } else if Some(region) == down {
            Health::Degraded
        } else {
            Health::Healthy
        }
    };
    let health: HealthView = IdMap::from_fn(fleet.regions.len(), believed);
    let spread = |demand_per_s| Spread::new(fleet, &health, demand_per_s);
    let highest = |piece: &Piece| piece.map(|[_, high]| high.as_per_s());
    let busiest: Vec<Spread> = pieces.iter().map(|piece| spread(highest(piece))).collect();
    let mean = |population: &PopulationSpec| population.mean_rate(fleet.period.duration);
    let usual = spread(
        fleet
            .populations
            .map(|population| mean(population).as_per_s()),
    );
    let peak = |region| {
        let limit = fleet.regions[region].rate_limit;
        let admitted = busiest
            .iter()
            .map(|spread| spread.admitted_per_s(region, limit));
        admitted.fold(0.0, f64::max)
    };
    let busiest_counter = |region| {
        let limit = fleet.regions[region].rate_limit?;
        let counters = busiest
            .iter()
            .flat_map(|spread| spread.counters(region, limit.by));
        counters.max_by(|a, b| a.rate.as_per_s().total_cmp(&b.rate.as_per_s()))
    };
    let total: f64 = usual.demand_per_s.iter().sum();
    let unserved = down.filter(|_| total > 0.0);
    let serves = |region| Some(region) != down;
    Situation {
        utilization: IdMap::from_fn(fleet.regions.len(), |region| {
            if serves(region) {
                utilization(fleet, region, peak(region))
            } else {
                0.0
            }
        }),
        busiest_counter: IdMap::from_fn(fleet.regions.len(), |region| {
            serves(region).then(|| busiest_counter(region)).flatten()
        }),
        rtt: fleet
            .populations
            .entries()
            .map(|(id, population)| mean_rtt(population, &usual.shares[id], serves))
            .collect(),
        backends: busiest
            .iter()
            .filter_map(|spread| BackendLoad::new(fleet, &spread.arrivals(fleet), down))
            .reduce(|one, other| one.max(&other)),
        unserved: unserved.map_or(0.0, |region| usual.arrivals_per_s(region) / total),
    }
}

/// How a strategy spreads what populations ask for.
struct Spread {
    demand_per_s: IdMap<PopulationSpec, f64>,
    shares: Plan,
}

impl Spread {
    fn new(
        fleet: &FleetSpec,
        health: &HealthView,
        demand_per_s: IdMap<PopulationSpec, f64>,
    ) -> Self {
        let load = LoadView {
            demand_per_s,
            ..fleet.idle_load()
        };
        Self {
            shares: fleet.routing.strategy.shares(health, &load),
            demand_per_s: load.demand_per_s,
        }
    }

    /// What a region is asked for.
    fn arrivals_per_s(&self, region: RegionId) -> f64 {
        let asks = self.demand_per_s.iter().zip(&self.shares);
        asks.map(|(per_s, shares)| per_s * shares[region]).sum()
    }

    /// What each region is asked for by each population.
    fn arrivals(&self, fleet: &FleetSpec) -> Arrivals {
        let asked = |region| {
            let asks = self.demand_per_s.iter().zip(&self.shares);
            asks.map(|(per_s, shares)| per_s * shares[region]).collect()
        };
        fleet.regions.ids().map(asked).collect()
    }

    /// What of that its rate limit admits.
    fn admitted_per_s(&self, region: RegionId, limit: Option<RateLimitSpec>) -> f64 {
        let Some(limit) = limit else {
            return self.arrivals_per_s(region);
        };
        let counters = self.counters(region, limit.by).into_iter();
        let most = limit.rate().as_per_s();
        counters.map(|load| load.rate.as_per_s().min(most)).sum()
    }

    /// What the counters of its rate limit are asked for.
    fn counters(&self, region: RegionId, by: LimitKey) -> Vec<CounterLoad> {
        let load = |population, per_s| CounterLoad {
            population,
            rate: Rate::per_s(per_s).expect("a part of all arrivals"),
        };
        let asks = self.demand_per_s.entries();
        let of = |(id, per_s): (_, &f64)| load(Some(id), per_s * self.shares[id][region]);
        match by {
            LimitKey::Region => vec![load(None, self.arrivals_per_s(region))],
            LimitKey::Population => asks.map(of).collect(),
        }
    }
}

/// (arrivals x mean demand + the probes' own load) / workers.
fn utilization(fleet: &FleetSpec, region: RegionId, arrivals_per_s: f64) -> f64 {
    let requests = arrivals_per_s * fleet.mean_demand(region).as_secs_f64();
    let probes = match fleet.routing.health_check() {
        HealthCheck::Instant => 0.0,
        HealthCheck::Probe(probe) => probe_load(probe),
    };
    (requests + probes) / f64::from(fleet.regions[region].workers)
}

/// Erlangs: every location brings one demand a cycle.
fn probe_load(probe: &ProbeSpec) -> f64 {
    f64::from(probe.locations) * probe.demand.as_secs_f64()
        / cycle(probe, answer(probe)).as_secs_f64()
}

/// From the start of one probe to that of the next, if it takes `judged` until it is judged.
fn cycle(probe: &ProbeSpec, judged: SimDuration) -> SimDuration {
    match probe.pacing {
        Pacing::Fixed => probe.interval,
        Pacing::AfterResult => probe.interval + judged,
    }
}

/// How long a probe of a region that is up and idle takes.
fn answer(probe: &ProbeSpec) -> SimDuration {
    (probe.rtt + probe.demand).min(probe.timeout)
}

fn mean_rtt(
    population: &PopulationSpec,
    shares: &IdMap<RegionSpec, f64>,
    serves: impl Fn(RegionId) -> bool,
) -> Option<SimDuration> {
    let served = || shares.entries().filter(|&(region, _)| serves(region));
    let share: f64 = served().map(|(_, share)| share).sum();
    let seconds: f64 = served()
        .map(|(region, share)| share * population.rtt[region].as_secs_f64())
        .sum();
    (share > 0.0).then(|| SimDuration::from_secs_f64(seconds / share))
}

/// A location whose next probe starts a phase after the outage holds the region degraded after
/// `tolerated_failures` more cycles and the failure of the last probe. Phases are independent
/// and uniform over a cycle, and the verdict is that of the location which makes the majority,
/// k = floor(L / 2) + 1 of L: the k-th order statistic, whose mean is k / (L + 1) of a cycle
/// (David and Nagaraja, "Order Statistics", 2003, example 2.3). The bounds hold for every L.
fn detection(health: &HealthCheck, mode: OutageMode) -> Detection {
    let probe = match health {
        HealthCheck::Instant => {
            let at_once = SimDuration::ZERO;
            return Detection {
                least: at_once,
                mean: at_once,
                most: at_once,
            };
        }
        HealthCheck::Probe(probe) => probe,
    };
    let failure = match mode {
        OutageMode::Blackhole | OutageMode::Hold => probe.timeout,
        OutageMode::Refuse => probe.rtt.min(probe.timeout),
    };
    let least = cycle(probe, failure) * u64::from(probe.tolerated_failures) + failure;
    let phase_max = cycle(probe, answer(probe));
    let majority = probe.locations / 2 + 1;
    let part = f64::from(majority) / (f64::from(probe.locations) + 1.0);
    Detection {
        least,
        mean: least + phase_max.scaled(part),
        most: least + phase_max,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Replications, RunSpec};
    use crate::model::routing::{
        Failover, Latency, LeastUtilized, Oracle, PowerOfTwo, Strategy, Waterfall,
    };
    use crate::model::{ClientSpec, Discipline, Period, RoutingSpec, SignalSpec, Traffic, Via};
    use crate::random::{Distribution, RatePoint, RateProfile};
    use crate::stats::queueing::{Offered, mmc_marginal_time};
    use crate::units::Id;

    const MS: fn(u64) -> SimDuration = SimDuration::from_millis;
    const S: fn(u64) -> SimDuration = SimDuration::from_secs;

    /// Three regions of 10 workers and a demand of 10 ms: 1000/s is full load. Populations send
    /// 600/s, 300/s and 0/s; each is 10 ms from its own region, 50 ms from the next one in the
    /// circle, 90 ms from the one after that.
    fn study(failover: Failover, health: HealthCheck) -> Study {
        let region = |name: &str| RegionSpec {
            name: name.to_owned(),
            workers: 10,
            units: 1,
            vms_per_unit: 1,
            zones: 1,
            service: Distribution::constant(MS(10)),
            queue_limit: None,
            rate_limit: None,
            discipline: Discipline::Fifo,
            shed_after: None,
            cache: None,
            coordinates: None,
        };
        let population = |home: usize, per_s: f64| PopulationSpec {
            name: format!("p{home}"),
            traffic: Traffic::poisson(Rate::per_s(per_s).expect("positive")),
            agents: 1,
            rtt: IdMap::from_fn(3, |region: RegionId| {
                MS([10, 50, 90][(region.index() + 3 - home) % 3])
            }),
            client: ClientSpec::patient(),
        };
        let populations = IdMap::new(vec![
            population(0, 600.0),
            population(1, 300.0),
            population(2, 0.0),
        ]);
        let rtts = populations.iter().map(|population| &population.rtt);
        let strategy = Strategy::Latency(Latency::new(failover, rtts));
        Study {
            title: String::new(),
            fleet: FleetSpec {
                period: Period {
                    warm_up: S(0),
                    duration: S(60),
                },
                regions: ["a", "b", "c"].into_iter().map(region).collect(),
                primary: Id::new(0),
                populations,
                routing: RoutingSpec {
                    strategy,
                    via: Via::Dns,
                    ttl: S(60),
                    health,
                    signal: SignalSpec::Instant,
                },
                jitter: 0.0,
                outages: IdMap::new(Vec::new()),
                backends: None,
                hazards: IdMap::new(Vec::new()),
                config: None,
                management: crate::model::ManagementSpec::idle(),
                census: None,
                backlog_max: 1,
            },
            run: RunSpec {
                seed: 1,
                replications: Replications::fixed(1),
                window: S(1),
            },
            objectives: Vec::new(),
        }
    }

    fn probe() -> ProbeSpec {
        ProbeSpec {
            interval: S(30),
            timeout: S(10),
            tolerated_failures: 3,
            locations: 1,
            demand: MS(0),
            rtt: MS(0),
            pacing: Pacing::Fixed,
        }
    }

    fn close(found: &IdMap<RegionSpec, f64>, expected: [f64; 3]) {
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
        }
    }

    #[test]
    fn the_neighbor_takes_all_of_a_failed_regions_traffic() {
        let forecast = Forecast::new(&study(Failover::NextClosest, HealthCheck::Instant));
        close(&forecast.normal.utilization, [0.6, 0.3, 0.0]);
        let down = &forecast.without[Id::new(0)];
        close(&down.utilization, [0.0, 0.9, 0.0]);
        assert_eq!(down.rtt[Id::new(0)], Some(MS(50)));
        assert_eq!(down.rtt[Id::new(1)], Some(MS(10)));
        assert!(down.unserved.abs() < 1e-12);
    }

    /// By hand: without region 0, region 1 is asked for 600/s by one population and 300/s by the other.
    /// 500/s of all together are half of its workers, of each 800/s are.
    #[test]
    fn a_rate_limit_admits_what_its_counters_allow() {
        for (by, busiest_per_s, utilization) in [
            (LimitKey::Region, 900.0, 0.5),
            (LimitKey::Population, 600.0, 0.8),
        ] {
            let mut study = study(Failover::NextClosest, HealthCheck::Instant);
            study.fleet.regions[Id::new(1)].rate_limit = Some(RateLimitSpec {
                calls: 5_000,
                period: S(10),
                by,
            });
            let forecast = Forecast::new(&study);
            close(&forecast.normal.utilization, [0.6, 0.3, 0.0]);
            let down = &forecast.without[Id::new(0)];
            close(&down.utilization, [0.0, utilization, 0.0]);
            let busiest = down.busiest_counter[Id::new(1)].expect("it has a limit");
            let asked = busiest.rate.as_per_s();
            assert!((asked - busiest_per_s).abs() < 1e-9, "{by:?}: {asked}");
            let is_of_one = by == LimitKey::Population;
            assert_eq!(busiest.population, is_of_one.then_some(Id::new(0)));
            assert_eq!(down.busiest_counter[Id::new(2)], None);
        }
    }

    #[test]
    fn or_all_others_share_it() {
        let forecast = Forecast::new(&study(Failover::EvenSpread, HealthCheck::Instant));
        let down = &forecast.without[Id::new(0)];
        close(&down.utilization, [0.0, 0.6, 0.3]);
        assert_eq!(down.rtt[Id::new(0)], Some(MS(70)));
    }

    #[test]
    fn what_is_sent_to_a_dead_region_is_not_served() {
        let mut study = study(Failover::NextClosest, HealthCheck::Instant);
        let only = crate::model::routing::Priority::new(vec![Id::new(0)]);
        study.fleet.routing.strategy = Strategy::Priority(only);
        let down = &Forecast::new(&study).without[Id::new(0)];
        assert!((down.unserved - 1.0).abs() < 1e-12);
        assert_eq!(down.rtt[Id::new(0)], None);
        close(&down.utilization, [0.0, 0.0, 0.0]);
    }

    /// By hand: 600/s and 300/s of 1000/s. At a target of 50 % region 1 has room for 200/s, of the
    /// 100/s that region 0 has not. Without region 0 it is asked for 900/s; region 2 takes the other
    /// 400/s.
    #[test]
    fn a_waterfall_spills_what_is_offered() {
        let mut study = study(Failover::NextClosest, HealthCheck::Instant);
        let rtts = study.fleet.populations.map(|p| p.rtt.clone());
        let half = crate::units::Ratio::new(0.5).expect("a share");
        study.fleet.routing.strategy = Strategy::Waterfall(Waterfall::new(half, &rtts));
        let forecast = Forecast::new(&study);
        close(&forecast.normal.utilization, [0.5, 0.4, 0.0]);
        let detour = 5.0 / 6.0 * 0.010 + 1.0 / 6.0 * 0.050;
        let rtt = forecast.normal.rtt[Id::new(0)].expect("it is served");
        assert!((rtt.as_secs_f64() - detour).abs() < 1e-9);
        close(&forecast.without[Id::new(0)].utilization, [0.0, 0.5, 0.4]);
    }

    /// Goal: an oracle's forecast is the fixed split that it improves on. Method: with all up, no queue
    /// is worth a detour of 40 ms. Without region 0, 900/s of 1000/s are asked of region 1: as many go
    /// on to region 2 as make one more in either equally costly.
    #[test]
    fn an_oracle_spills_what_is_worth_the_detour() {
        let mut study = study(Failover::NextClosest, HealthCheck::Instant);
        let rtts = study.fleet.populations.map(|p| p.rtt.clone());
        study.fleet.routing.strategy = Strategy::Oracle(Oracle::new(rtts));
        let forecast = Forecast::new(&study);
        close(&forecast.normal.utilization, [0.6, 0.3, 0.0]);
        let without = &forecast.without[Id::new(0)].utilization;
        let [near, far] = [1, 2].map(|region| without[Id::new(region)]);
        assert!((near + far - 0.9).abs() < 1e-9, "{without:?}");
        let cost_s = |utilization: f64| {
            let offered = Offered {
                arrival_rate: utilization * 1_000.0,
                mean_service: 0.010,
            };
            mmc_marginal_time(offered, 10)
        };
        let detour_s = cost_s(near) - cost_s(far);
        assert!((detour_s - 0.040).abs() < 1e-6, "{without:?}: {detour_s}");
        let asked_anew = "an oracle is asked anew for every attempt";
        assert_eq!(forecast.drain, S(0), "{asked_anew}");
    }

    /// By hand: 900/s over 20 + 5 + 5 workers of 10 ms are 30 %; of two by lot the large one is in
    /// two of three draws and gets 600/s, the small ones share the rest.
    #[test]
    fn regions_are_equally_utilized_if_the_strategy_can() {
        let mut study = study(Failover::NextClosest, HealthCheck::Instant);
        let rtts = study.fleet.populations.map(|p| p.rtt.clone());
        for (region, workers) in study.fleet.regions.iter_mut().zip([20, 5, 5]) {
            region.workers = workers;
        }
        let least = LeastUtilized::new(rtts.clone());
        study.fleet.routing.strategy = Strategy::LeastUtilized(least);
        let forecast = Forecast::new(&study);
        close(&forecast.normal.utilization, [0.3, 0.3, 0.3]);
        close(&forecast.without[Id::new(0)].utilization, [0.0, 0.9, 0.9]);
        study.fleet.routing.strategy = Strategy::PowerOfTwo(PowerOfTwo::new(rtts));
        let forecast = Forecast::new(&study);
        close(&forecast.normal.utilization, [0.3, 0.3, 0.3]);
        study.fleet.regions[Id::new(0)].workers = 50;
        let forecast = Forecast::new(&study);
        close(&forecast.normal.utilization, [0.12, 0.3, 0.3]);
    }

    /// Goal: peaks that never meet are not added up. Method: one population is busy in the first
    /// half of the period, the other at its end; half of the other goes to region 0 when 1 is down.
    #[test]
    fn utilization_is_that_of_the_busiest_moment() {
        let mut study = study(Failover::NextClosest, HealthCheck::Instant);
        let point = |at, per_s| RatePoint {
            at: S(at),
            rate: Rate::per_s(per_s).expect("positive"),
        };
        let rates = [(30, [600.0, 100.0]), (40, [50.0, 300.0])];
        for (population, (at, [first, second])) in study.fleet.populations.iter_mut().zip(rates) {
            let points = vec![point(at, first), point(at, second)];
            population.traffic = Traffic::poisson(RateProfile::linear(points));
        }
        study.fleet.routing.strategy = Strategy::Latency(Latency::new(
            Failover::EvenSpread,
            study.fleet.populations.iter().map(|p| &p.rtt),
        ));
        let forecast = Forecast::new(&study);
        close(&forecast.normal.utilization, [0.6, 0.3, 0.0]);
        close(
            &forecast.without[Id::new(1)].utilization,
            [0.625, 0.0, 0.15],
        );
        let total = forecast.total.map(Rate::as_per_s);
        assert!((total[0] - 150.0).abs() < 1e-9 && (total[1] - 650.0).abs() < 1e-9);
        assert!(forecast.varies());
    }

    #[test]
    fn probes_are_load_too() {
        // 5 locations x 60 ms / 30 s = 0.01 erlang on 10 workers.
        let health = HealthCheck::Probe(ProbeSpec {
            locations: 5,
            demand: MS(60),
            ..probe()
        });
        let forecast = Forecast::new(&study(Failover::NextClosest, health));
        close(&forecast.normal.utilization, [0.601, 0.301, 0.001]);
    }

    #[test]
    fn a_hanging_region_is_detected_in_115_s() {
        let health = HealthCheck::Probe(probe());
        let expected = Detection {
            least: S(100),
            mean: S(115),
            most: S(130),
        };
        assert_eq!(detection(&health, OutageMode::Blackhole), expected);
        // A refusal is an answer: 3 x 30 s and the phase.
        let expected = Detection {
            least: S(90),
            mean: S(105),
            most: S(120),
        };
        assert_eq!(detection(&health, OutageMode::Refuse), expected);
        let at_once = detection(&HealthCheck::Instant, OutageMode::Blackhole);
        assert_eq!(at_once.most, SimDuration::ZERO);
    }

    #[test]
    fn a_majority_of_locations_decides() {
        // The 2nd of 3 phases: 2/4 of 30 s. The 3rd of 4: 3/5.
        for (locations, phase) in [(3, 15), (4, 18)] {
            let health = HealthCheck::Probe(ProbeSpec {
                locations,
                ..probe()
            });
            assert_eq!(
                detection(&health, OutageMode::Blackhole).mean,
                S(100 + phase)
            );
        }
    }

    #[test]
    fn pacing_after_the_result_adds_the_timeouts() {
        // Three cycles of 30 s + 10 s, and 10 s; the phase is that of cycles without failure.
        let health = HealthCheck::Probe(ProbeSpec {
            pacing: Pacing::AfterResult,
            ..probe()
        });
        let expected = Detection {
            least: S(130),
            mean: S(145),
            most: S(160),
        };
        assert_eq!(detection(&health, OutageMode::Blackhole), expected);
    }
}
