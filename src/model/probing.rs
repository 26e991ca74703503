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
