//! The probes of the router: when they are sent, and what they say.
//!
//! A probe passes through the region's real queue, so overload can fail it. It is judged when
//! its answer comes or its timeout strikes, and verdicts are taken in that order.

use crate::engine::{EventQueue, Front, Key, Lane, Slab};
use crate::model::entity::{Impairment, RegionId, RegionSpec};
use crate::model::event::Event;
use crate::model::health::{Health, Prober, Verdicts};
use crate::model::spec::{FleetSpec, HealthCheck, Pacing, ProbeSpec};
use crate::model::transmission::Message;
use crate::random::{Purpose, Stream, StreamSeed};
use crate::units::{IdMap, SimDuration, SimTime};

/// All probers of all regions.
pub(crate) struct Probing<'s> {
    spec: &'s ProbeSpec,
    verdicts: IdMap<RegionSpec, Verdicts>,
    /// What is wrong with the ways to the regions.
    pub(crate) ways: IdMap<RegionSpec, Impairment>,
    /// What the network does to probes of each region.
    luck: IdMap<RegionSpec, Stream>,
    /// Probes without a verdict.
    open: Slab<Prober>,
    timeouts: Lane<Key>,
}

impl<'s> Probing<'s> {
    /// The probers of a fleet, each with its random phase, or `None` if it does not probe.
    pub(crate) fn new(
        fleet: &'s FleetSpec,
        seed: StreamSeed,
        queue: &mut EventQueue<Event>,
    ) -> Option<Self> {
        let HealthCheck::Probe(spec) = fleet.routing.health_check() else {
            return None;
        };
        for (region, RegionSpec { name, .. }) in fleet.regions.entries() {
            for location in 0..spec.locations {
                let entity = format!("{name}/{location}");
                let phase = seed.stream(Purpose::ProbePhase, &entity).unit();
                let prober = Prober {
                    region,
                    location: u16::try_from(location).expect("checked to be few"),
                };
                let first = SimTime::ZERO + spec.interval.scaled(phase);
                queue.schedule(first, Event::ProbeSent(prober));
            }
        }
        let verdicts = || Verdicts::new(spec.tolerated_failures, spec.locations);
        Some(Self {
            spec,
            verdicts: fleet.regions.map(|_| verdicts()),
            ways: fleet.regions.map(|_| Impairment::NONE),
            luck: (fleet.regions).map(|region| {
                let entity = format!("probes of {}", region.name);
                seed.stream(Purpose::Network, &entity)
            }),
            open: Slab::new(),
            timeouts: Lane::new(),
        })
    }

    /// The work a probe brings.
    pub(crate) fn demand(&self) -> SimDuration {
        self.spec.demand
    }

    /// How much later than else what belongs to a probe of a region comes; `None` if it does not.
    fn late_by(&mut self, region: RegionId, message: Message) -> Option<SimDuration> {
        let way = self.ways[region];
        let rtt = self.spec.rtt + way.delay * 2;
        message.late_by(way, (rtt, &mut self.luck[region]))
    }

    /// Sends a probe; it reaches its region half a round trip later, if the network lets it.
    pub(crate) fn send(&mut self, now: SimTime, prober: Prober, queue: &mut EventQueue<Event>) {
        let key = self.open.insert(prober);
        let open = &self.open;
        let strikes = now + self.spec.timeout;
        if let Some(at) = self.timeouts.push(strikes, key, |key| open.contains(key)) {
            queue.schedule(at, Event::ProbeTimeouts);
        }
        if let Some(late) = self.late_by(prober.region, Message::Handshake) {
            let reaches = now + self.spec.rtt / 2 + late;
            queue.schedule(reaches, Event::ProbeReached(key, prober.region));
        }
        if self.spec.pacing == Pacing::Fixed {
            queue.schedule(now + self.spec.interval, Event::ProbeSent(prober));
        }
    }

    /// Sends the answer to a probe back, good or bad.
    pub(crate) fn answer(
        &mut self,
        now: SimTime,
        (key, is_good): (Key, bool),
        queue: &mut EventQueue<Event>,
    ) {
        let Some(&Prober { region, .. }) = self.open.get(key) else {
            return;
        };
        if let Some(late) = self.late_by(region, Message::Answer) {
            let comes = now + self.spec.rtt / 2 + late;
            queue.schedule(comes, Event::ProbeAnswered(key, is_good));
        }
    }

    /// Takes the verdict on a probe, unless there is one already.
    pub(crate) fn judge(
        &mut self,
        now: SimTime,
        (key, is_good): (Key, bool),
        queue: &mut EventQueue<Event>,
    ) -> Option<(RegionId, Health)> {
        let prober = self.open.remove(key)?;
        if self.spec.pacing == Pacing::AfterResult {
            queue.schedule(now + self.spec.interval, Event::ProbeSent(prober));
        }
        let verdicts = &mut self.verdicts[prober.region];
        Some((
            prober.region,
            verdicts.judge(prober.location.into(), is_good),
        ))
    }

    /// The next probe whose timeout has struck; asks to be called again when the next may.
    pub(crate) fn next_timeout(
        &mut self,
        now: SimTime,
        queue: &mut EventQueue<Event>,
    ) -> Option<Key> {
        let open = &self.open;
        match self.timeouts.surface(now, |key| open.contains(key)) {
            Front::Due(key) => Some(key),
            Front::Later(at) => {
                queue.schedule(at, Event::ProbeTimeouts);
                None
            }
            Front::Empty => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::fleet;
    use crate::units::Ratio;

    const MS: fn(u64) -> SimDuration = SimDuration::from_millis;
    const NOW: SimTime = SimTime::from_ns(3_000_000_000);

    fn region() -> RegionId {
        RegionId::new(1)
    }

    fn prober() -> Prober {
        Prober {
            region: region(),
            location: 0,
        }
    }

    /// A fleet that is probed from 40 ms away, every 10 s, with 5 s for the answer; one failure is
    /// tolerated.
    fn probed(pacing: Pacing) -> FleetSpec {
        let mut fleet = fleet(Vec::new());
        fleet.routing.health = HealthCheck::Probe(ProbeSpec {
            interval: MS(10_000),
            timeout: MS(5_000),
            tolerated_failures: 1,
            locations: 1,
            demand: MS(7),
            rtt: MS(40),
            pacing,
        });
        fleet
    }

    /// The probers of a fleet and a queue in which nothing is pending.
    fn probing(fleet: &FleetSpec) -> (Probing<'_>, EventQueue<Event>) {
        let seed = StreamSeed {
            seed: 1,
            replication: 0,
        };
        let mut queue = EventQueue::new();
        let probing = Probing::new(fleet, seed, &mut queue).expect("it probes");
        let first: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(first.len(), 2, "one location probes each region");
        let is_early = |&(at, _): &(SimTime, Event)| at < SimTime::ZERO + MS(10_000);
        assert!(first.iter().all(is_early), "within the first interval");
        assert_eq!(probing.demand(), MS(7));
        (probing, queue)
    }

    /// What is pending: how long after `NOW`, and what.
    fn pending(queue: &mut EventQueue<Event>) -> Vec<(SimDuration, Event)> {
        let pending = std::iter::from_fn(|| queue.pop());
        pending.map(|(at, event)| (at - NOW, event)).collect()
    }

    /// Sends a probe at `now`: what is pending then.
    fn send(
        probing: &mut Probing<'_>,
        now: SimTime,
        queue: &mut EventQueue<Event>,
    ) -> Vec<(SimDuration, Event)> {
        probing.send(now, prober(), queue);
        pending(queue)
    }

    /// The probe that reaches its region.
    fn key_of(sent: &[(SimDuration, Event)]) -> Option<Key> {
        sent.iter().find_map(|(_, event)| match event {
            Event::ProbeReached(key, to) if *to == region() => Some(*key),
            _ => None,
        })
    }

    /// By hand: half a round trip there, half a round trip back.
    #[test]
    fn a_probe_takes_a_round_trip() {
        let fleet = probed(Pacing::Fixed);
        let (mut probing, mut queue) = probing(&fleet);
        let sent = send(&mut probing, NOW, &mut queue);
        let [reached, timeout, next] = &sent[..] else {
            panic!("it arrives, may time out, and the next is sent: {sent:?}");
        };
        assert_eq!(
            (reached.0, timeout.0, next.0),
            (MS(20), MS(5_000), MS(10_000))
        );
        assert!(matches!(timeout.1, Event::ProbeTimeouts));
        assert!(matches!(next.1, Event::ProbeSent(next) if next == prober()));
        let key = key_of(&sent[..1]).expect("it arrives first");
        probing.answer(NOW, (key, true), &mut queue);
        let answered = pending(&mut queue);
        assert!(
            matches!(answered[..], [(after, Event::ProbeAnswered(_, true))] if after == MS(20))
        );
        assert_eq!(
            probing.judge(NOW, (key, true), &mut queue),
            Some((region(), Health::Healthy))
        );
        // Whatever comes later is for nobody.
        assert_eq!(probing.judge(NOW, (key, false), &mut queue), None);
        probing.answer(NOW, (key, true), &mut queue);
        assert!(pending(&mut queue).is_empty());
        assert_eq!(probing.next_timeout(NOW + MS(5_000), &mut queue), None);
    }

    #[test]
    fn the_next_probe_may_wait_for_the_result() {
        let fleet = probed(Pacing::AfterResult);
        let (mut probing, mut queue) = probing(&fleet);
        let sent = send(&mut probing, NOW, &mut queue);
        assert_eq!(sent.len(), 2, "it arrives or times out: {sent:?}");
        let struck = NOW + MS(5_000);
        let key = probing
            .next_timeout(struck, &mut queue)
            .expect("it is late");
        assert_eq!(Some(key), key_of(&sent[..1]));
        assert_eq!(
            probing.judge(struck, (key, false), &mut queue),
            Some((region(), Health::Healthy)),
            "one failure is tolerated"
        );
        let next = pending(&mut queue);
        let [(after, Event::ProbeSent(next))] = next[..] else {
            panic!("the next is sent: {next:?}");
        };
        assert_eq!((after, next), (MS(15_000), prober()));
        let key = key_of(&send(&mut probing, struck, &mut queue));
        let verdict = (key.expect("it arrives"), false);
        assert_eq!(
            probing.judge(struck, verdict, &mut queue),
            Some((region(), Health::Degraded))
        );
    }

    /// Goal: what the network does to a way is done to the probes that go over it. Method: a way that
    /// takes 30 ms longer and loses half: an answer comes late by that and by retransmissions, the
    /// first after the round trip as it is now and 200 ms, each next after twice as long.
    #[test]
    fn probes_share_the_trouble_of_their_way() {
        let fleet = probed(Pacing::Fixed);
        let (mut probing, mut queue) = probing(&fleet);
        probing.ways[region()] = Impairment {
            delay: MS(30),
            loss: Ratio::new(0.5).expect("a share"),
        };
        let mut waits = Vec::new();
        for _ in 0..50 {
            let sent = send(&mut probing, NOW, &mut queue);
            // One in 128 is lost seven times, and its sender gives up.
            let Some(key) = key_of(&sent) else { continue };
            probing.answer(NOW, (key, true), &mut queue);
            waits.extend(pending(&mut queue).iter().map(|(after, _)| *after));
            probing.judge(NOW, (key, true), &mut queue);
        }
        let timeout = MS(40 + 2 * 30 + 200);
        let late = |resent: u32| MS(20 + 30) + timeout * (2_u64.pow(resent) - 1);
        assert!(
            waits
                .iter()
                .all(|wait| (0..15).any(|resent| late(resent) == *wait))
        );
        assert!(waits.contains(&late(0)) && waits.contains(&late(1)));
        probing.ways[region()] = Impairment::PARTITION;
        assert_eq!(key_of(&send(&mut probing, NOW, &mut queue)), None);
    }
}
