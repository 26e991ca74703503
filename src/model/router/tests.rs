//! Routers by themselves, of two regions.

use super::*;
use crate::model::routing::{Geographic, LeastUtilized, Waterfall};
use crate::model::spec::{SignalSpec, Via};
use crate::model::tests::fleet;
use crate::random::{Purpose, StreamSeed};
use crate::units::{Ratio, SimDuration};

fn region(index: usize) -> RegionId {
    RegionId::new(index)
}

fn stream() -> Stream {
    let seed = StreamSeed {
        seed: 1,
        replication: 0,
    };
    seed.stream(Purpose::Routing, "population")
}

/// Where the router of a fleet of two sends who is close to the first region, and who does not
/// want to go to that again.
fn answers(router: &mut Router<'_>) -> [usize; 2] {
    let (population, stream) = (PopulationId::new(0), &mut stream());
    let answer = router.answer(SimTime::ZERO, population, stream);
    let avoiding = (SimTime::ZERO, population);
    let other = router.answer_other_than(region(0), avoiding, stream);
    [answer, other].map(RegionId::index)
}

/// A fleet whose clients go to a region by its name.
fn assigned(lists: [&[usize]; 2]) -> FleetSpec {
    let mut fleet = fleet(Vec::new());
    let regions = |list: &[usize]| list.iter().map(|&index| region(index)).collect();
    let lists = IdMap::new(lists.map(regions).to_vec());
    fleet.routing.strategy = Strategy::Geographic(Geographic::new(lists));
    fleet
}

/// A fleet whose router knows everything.
fn foretold() -> FleetSpec {
    let mut fleet = fleet(Vec::new());
    let rtts = fleet.populations.map(|population| population.rtt.clone());
    fleet.routing.strategy = Strategy::Oracle(Oracle::new(rtts));
    fleet
}

#[test]
fn it_answers_by_what_it_believes() {
    let fleet = fleet(Vec::new());
    let mut router = Router::new(&fleet);
    assert_eq!(answers(&mut router), [0, 1]);
    assert!(router.believe(region(0), Health::Degraded), "that is new");
    assert!(
        !router.believe(region(0), Health::Degraded),
        "by now it is not"
    );
    assert_eq!(answers(&mut router), [1, 1]);
    assert_eq!(router.health(region(0)), Health::Degraded);
    assert!(router.believe(region(1), Health::Degraded));
    assert_eq!(answers(&mut router), [0, 0], "nobody is better");
    assert!(!router.has_healthy_region(PopulationId::new(0)));
    assert!(router.believe(region(1), Health::Healthy));
    assert!(router.has_healthy_region(PopulationId::new(0)));
}

#[test]
fn nobody_who_avoids_a_region_changes_what_is_believed() {
    let fleet = fleet(Vec::new());
    let mut router = Router::new(&fleet);
    assert_eq!(answers(&mut router), [0, 1]);
    assert_eq!(answers(&mut router), [0, 1], "as before");
    router.believe(region(1), Health::Degraded);
    assert_eq!(
        answers(&mut router),
        [0, 0],
        "to the same rather than to none"
    );
    router.believe(region(1), Health::Healthy);
    router.believe(region(0), Health::Degraded);
    let avoiding = (SimTime::ZERO, PopulationId::new(0));
    let other = router.answer_other_than(region(1), avoiding, &mut stream());
    assert_eq!(other, region(1), "what is not healthy is no other");
}

#[test]
fn what_is_offline_gets_nothing_whatever_its_health() {
    let fleet = fleet(Vec::new());
    let mut router = Router::new(&fleet);
    assert!(!router.is_offline(region(0)) && router.can_spare(region(0)));
    router.set_offline(region(0), true);
    assert!(router.is_offline(region(0)) && !router.is_offline(region(1)));
    assert_eq!(answers(&mut router), [1, 1]);
    assert!(!router.can_spare(region(1)), "it is the last");
    router.believe(region(1), Health::Degraded);
    assert_eq!(
        answers(&mut router),
        [1, 1],
        "degraded is better than offline"
    );
    router.set_offline(region(0), false);
    assert_eq!(answers(&mut router), [0, 0]);
}

/// Goal: during outages that keep news from it nothing changes; after the last it hears the last
/// that it missed of each region.
#[test]
fn it_hears_what_it_has_missed_when_it_thaws() {
    let fleet = fleet(Vec::new());
    let mut router = Router::new(&fleet);
    router.freeze();
    router.freeze();
    assert!(!router.believe(region(0), Health::Degraded));
    assert_eq!(answers(&mut router), [0, 1], "it has not heard");
    assert_eq!(router.thaw(), [], "another outage goes on");
    assert!(!router.believe(region(1), Health::Degraded));
    assert!(!router.believe(region(1), Health::Healthy));
    let missed = [(region(0), Health::Degraded), (region(1), Health::Healthy)];
    assert_eq!(router.thaw(), missed);
    assert!(router.believe(region(0), Health::Degraded), "now it hears");
    router.freeze();
    assert_eq!(router.thaw(), [], "nothing is told twice");
}

#[test]
fn nothing_keeps_news_from_an_oracle() {
    let fleet = foretold();
    let mut router = Router::new(&fleet);
    assert!(router.looks_at_load());
    assert!(!Router::new(&assigned([&[0], &[1]])).looks_at_load());
    router.freeze();
    assert!(router.believe(region(0), Health::Degraded));
    assert_eq!(answers(&mut router), [1, 1]);
}

/// Goal: it answers by the queues of the moment. Method: the closer region, 70 ms nearer, has
/// 40 services of 300 ms more before it than its 16 workers take at once.
#[test]
fn an_oracle_sees_queues() {
    let fleet = foretold();
    let mut router = Router::new(&fleet);
    assert_eq!(answers(&mut router), [0, 1]);
    let (busy, waiting) = (16, 40);
    let crowded = (Load { busy, waiting }, 16);
    router.load_changed(SimTime::ZERO, region(0), crowded);
    assert_eq!(answers(&mut router), [1, 1]);
    router.load_changed(SimTime::ZERO, region(0), (Load::default(), 16));
    assert_eq!(answers(&mut router), [0, 1]);
}

/// Goal: an oracle reckons anew when what it reckons with has changed, and not before: health, the
/// number of workers, and once a second the rates.
#[test]
fn an_outlook_is_kept_while_nothing_changes() {
    let fleet = foretold();
    let mut router = Router::new(&fleet);
    let at = |ms| SimTime::ZERO + SimDuration::from_millis(ms);
    let ask = |router: &mut Router<'_>, ms| {
        router.answer(at(ms), PopulationId::new(0), &mut stream());
    };
    let is_due = |router: &Router<'_>, ms| {
        let outlook = router.view.outlook.as_ref();
        outlook.is_none_or(|outlook| outlook.is_due(at(ms)))
    };
    ask(&mut router, 0);
    ask(&mut router, 500);
    assert!(!is_due(&router, 999) && is_due(&router, 1_000), "not asked");
    ask(&mut router, 1_200);
    assert!(!is_due(&router, 2_199), "the rates are the same");
    router.load_changed(at(1_300), region(0), (Load::default(), 16));
    assert!(router.view.outlook.is_some(), "as many workers");
    router.load_changed(at(1_300), region(0), (Load::default(), 8));
    assert!(router.view.outlook.is_none());
    ask(&mut router, 1_400);
    router.believe(region(1), Health::Healthy);
    assert!(router.view.outlook.is_some(), "no news");
    router.believe(region(1), Health::Degraded);
    assert!(router.view.outlook.is_none());
}

/// Goal: news of load is kept from it as news of health is. Method: the closer of two regions is
/// crowded, of which it hears at once, or a second late by what was measured in a second.
#[test]
fn it_hears_of_load_unless_an_outage_keeps_it_from_it() {
    let mut fleet = fleet(Vec::new());
    let rtts = fleet.populations.map(|population| population.rtt.clone());
    let crowded = (
        Load {
            busy: 16,
            waiting: 99,
        },
        16,
    );
    fleet.routing.strategy = Strategy::LeastUtilized(LeastUtilized::new(rtts.clone()));
    let mut router = Router::new(&fleet);
    router.freeze();
    router.load_changed(SimTime::ZERO, region(0), crowded);
    assert_eq!(answers(&mut router)[0], 0, "it has not heard");
    router.thaw();
    router.load_changed(SimTime::ZERO, region(0), crowded);
    assert_eq!(answers(&mut router)[0], 1);

    let second = SimDuration::from_secs(1);
    fleet.routing.signal = SignalSpec::Measured {
        period: second,
        delay: second,
    };
    let measure = |router: &mut Router<'_>, seconds: u64, per_s: u64| {
        let Signal::Measured(measuring) = &mut router.signal else {
            panic!("it is measured");
        };
        measuring.end_period(
            SimTime::ZERO + second * seconds,
            &IdMap::new(vec![per_s, 0]),
        );
        router.signal_arrived();
    };
    let mut router = Router::new(&fleet);
    router.load_changed(SimTime::ZERO, region(0), crowded);
    assert_eq!(answers(&mut router)[0], 0, "nothing has arrived");
    router.freeze();
    measure(&mut router, 1, 0);
    assert_eq!(answers(&mut router)[0], 0, "it does not hear");
    router.thaw();
    measure(&mut router, 2, 0);
    assert_eq!(answers(&mut router)[0], 1);

    // 16 workers of 300 ms at 80 % serve 42 requests a second; of 80 so many are kept.
    let target = Ratio::new(0.8).expect("a share");
    fleet.routing.strategy = Strategy::Waterfall(Waterfall::new(target, &rtts));
    let mut router = Router::new(&fleet);
    let kept = |router: &Router<'_>| {
        let plan = router.view.plan.as_ref().expect("it plans");
        plan[PopulationId::new(0)][region(0)]
    };
    assert!((kept(&router) - 1.0).abs() < 1e-12, "nobody has asked");
    measure(&mut router, 1, 80);
    assert!((kept(&router) - 0.8 * 16.0 / 0.3 / 80.0).abs() < 1e-12);
    router.believe(region(0), Health::Degraded);
    assert!(kept(&router).abs() < 1e-12, "it plans anew");
}

#[test]
fn who_is_assigned_to_one_region_has_no_other() {
    let fleet = assigned([&[0], &[1, 0]]);
    let mut router = Router::new(&fleet);
    let healthy = |router: &Router<'_>| {
        [0, 1].map(|index| router.has_healthy_region(PopulationId::new(index)))
    };
    assert_eq!(healthy(&router), [true, true]);
    assert!(!router.can_spare(region(0)), "the first has only that");
    assert!(router.can_spare(region(1)));
    router.believe(region(0), Health::Degraded);
    assert_eq!(answers(&mut router), [0, 0]);
    assert_eq!(healthy(&router), [false, true]);
    router.believe(region(1), Health::Degraded);
    assert_eq!(healthy(&router), [false, false]);
}

#[test]
fn names_matter_where_they_are_asked_for() {
    let outage = Some(OutageId::new(0));
    let mut fleet = fleet(Vec::new());
    for (via, told) in [(Via::Dns, outage), (Via::Anycast, None)] {
        fleet.routing.via = via;
        let mut router = Router::new(&fleet);
        assert_eq!(router.nameless(region(0)), None);
        router.set_nameless(region(0), outage);
        assert_eq!([0, 1].map(|id| router.nameless(region(id))), [told, None]);
        router.set_nameless(region(0), None);
        assert_eq!(router.nameless(region(0)), None);
    }
}
