//! What the network does to what goes over ways that are impaired.
//!
//! A way leads from a region to the clients of a population, to another region, or to where the
//! router probes from; nothing is wrong with it but for outages. What is wrong is judged at the
//! region's door: a message is lost if it comes there or leaves while its way is cut, or by its
//! luck; what it is delayed by is decided when its attempt is sent. What is lost is sent again
//! (`transmission`), so a connection lives on if its way is cut for a short time, and what was sent
//! meanwhile comes late. Whoever gives up first is gone: the attempt fails, its connection is dead,
//! and nothing of it is sent any more. So a cut differs from the outage `hold` of a region, where
//! all that was ever sent arrives. What clients see is the network's fault, whatever the region does.
//!
//! The luck of a message is that of its request, whatever the strategy; the handshake's is that of
//! its connection.

use crate::engine::{EventQueue, Key};
use crate::model::entity::{Impairment, OutageId, Place, PopulationId, RegionId};
use crate::model::event::Event;
use crate::model::fleet::{Fleet, Region};
use crate::model::gateway::{LostAnswer, Owner};
use crate::model::observer::{Hit, Observer, Waste};
use crate::model::outcome::{Blame, Cause};
use crate::model::population::Population;
use crate::model::request::{Request, State};
use crate::model::station::Done;
use crate::model::transmission::Message;
use crate::model::trip::Link;
use crate::model::trouble::Trouble;
use crate::units::{SimDuration, SimTime};

/// The loss of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loss {
    message: Message,
    /// How long until it is sent again.
    wait: SimDuration,
    /// To be told of.
    outage: OutageId,
}

impl Population<'_> {
    /// The loss of an attempt that comes to a region in trouble for the `tries`th time again, or of
    /// the handshake for it, if its way is bad and it is unlucky.
    #[cold]
    pub(super) fn loses_attempt(
        &self,
        (request, tries): (&Request, u8),
        trouble: &Trouble,
    ) -> Option<Loss> {
        let message = match request.link {
            Link::Opening { .. } => Message::Handshake,
            _ => Message::Request,
        };
        self.loses(request, (message, tries), trouble)
    }

    /// The same of any message.
    fn loses(
        &self,
        request: &Request,
        (message, tries): (Message, u8),
        trouble: &Trouble,
    ) -> Option<Loss> {
        let (way, outage) = trouble.way_to(Place::Population(request.population))?;
        let wait = message.wait(self.rtt(request.region), tries);
        let loss = Loss {
            message,
            wait,
            outage,
        };
        self.is_lost(request, (message, tries), way.loss)
            .then_some(loss)
    }
}

impl Region {
    /// Whether nothing gets through between it and a place.
    pub(super) fn is_cut_off(&self, place: Place) -> bool {
        let way = self.trouble.as_ref().and_then(|t| t.way_to(place));
        way.is_some_and(|(way, _)| way.is_partition())
    }
}

impl<O: Observer> Fleet<'_, O> {
    /// Something changes on the way between a region and another place.
    pub(super) fn impair(
        &mut self,
        outage: OutageId,
        (region, place, impairment): (RegionId, Place, Impairment),
    ) {
        let trouble = self.regions[region].trouble();
        trouble.impair(outage, (place, impairment));
        self.way_changed(region, place);
    }

    /// An outage of a way is over.
    pub(super) fn repair(
        &mut self,
        now: SimTime,
        (outage, region, place): (OutageId, RegionId, Place),
        queue: &mut EventQueue<Event>,
    ) {
        self.regions[region].recover(outage);
        self.way_changed(region, place);
        if matches!(place, Place::Region(_)) {
            self.restart_all(now, queue);
        }
    }

    /// Tells those who send over a way how it is.
    fn way_changed(&mut self, region: RegionId, place: Place) {
        let (way, _) = self.way(region, place).unzip();
        let way = way.unwrap_or(Impairment::NONE);
        match place {
            Place::Population(population) => {
                self.populations[population].to[region].added = way.delay;
            }
            Place::Probers => {
                if let Some(probing) = &mut self.probing {
                    probing.ways[region] = way;
                }
            }
            Place::Region(_) => {}
        }
    }

    /// What is wrong with a way, and the outage to be told of; `None` if nothing is.
    pub(super) fn way(&self, region: RegionId, place: Place) -> Option<(Impairment, OutageId)> {
        self.regions[region].trouble.as_ref()?.way_to(place)
    }

    /// What is wrong with the way between two regions, and an outage to be told of; `None` if nothing
    /// is.
    pub(in crate::model) fn way_between(
        &self,
        one: RegionId,
        other: RegionId,
    ) -> Option<(Impairment, OutageId)> {
        let from = |from, to| self.way(from, Place::Region(to));
        let both = from(one, other).into_iter().chain(from(other, one));
        both.reduce(|(all, _), (one, latest)| (all.and(one), latest))
    }

    /// Whether the network is what a client waits for, and why.
    pub(super) fn way_of(&self, request: &Request) -> Option<(Impairment, OutageId)> {
        self.way(request.region, Place::Population(request.population))
    }

    /// Whether nothing gets from clients to a region.
    pub(super) fn is_cut(&self, population: PopulationId, region: RegionId) -> bool {
        self.regions[region].is_cut_off(Place::Population(population))
    }

    /// Lets the client send an attempt again that was lost when it was sent for the `tries`th time
    /// again, or the handshake for it, unless it gives up by then.
    pub(super) fn send_attempt_again(
        &mut self,
        now: SimTime,
        (key, tries): (Key, u8),
        (loss, queue): (Loss, &mut EventQueue<Event>),
    ) {
        let request = self.requests.get_mut(key).expect("found just now");
        request.hit = Some(Hit::Outage(loss.outage));
        let population = &mut self.populations[request.population];
        if request.is_abandoned() {
            population.never_sent(request);
            self.requests.remove(key);
            return;
        }
        let is_connected = matches!(request.link, Link::Open { .. });
        let (cause, limit) = if is_connected {
            (Cause::Reset, SimTime::NEVER)
        } else {
            (Cause::ConnectTimeout, population.connect_deadline(request))
        };
        // All who wait for a connection wait for the same handshake.
        let lag = match loss.message {
            Message::Handshake if tries == 0 => request.leaves - request.begun,
            _ => SimDuration::ZERO,
        };
        let again = (now + loss.wait).before(lag).max(now);
        if tries == loss.message.tries_max() || limit < again {
            let failed = (key, cause, Blame::Network);
            return self.fail_at(limit.min(again).max(now), failed, queue);
        }
        request.state = State::Held(Blame::Network);
        queue.schedule(again, Event::AttemptRepeated(key, tries + 1));
    }

    /// A region in trouble has an answer to a request; returns whether that is not sent, but an
    /// error or nothing.
    pub(super) fn is_not_sent(
        &mut self,
        now: SimTime,
        (region, done, key): (RegionId, Done<Owner>, Key),
        queue: &mut EventQueue<Event>,
    ) -> bool {
        let deaths = self.regions[region].deaths;
        let answer = LostAnswer {
            region,
            deaths,
            done,
        };
        self.is_spoiled(now, key, queue) || self.loses_answer(now, (answer, key, 0), queue)
    }

    /// Loses an answer that is sent for the `tries`th time again, if its way is bad and it is
    /// unlucky; returns whether it was.
    fn loses_answer(
        &mut self,
        now: SimTime,
        (answer, key, tries): (LostAnswer, Key, u8),
        queue: &mut EventQueue<Event>,
    ) -> bool {
        let Some(request) = self.requests.get(key).filter(|r| !r.is_abandoned()) else {
            return false;
        };
        let Some(trouble) = &self.regions[request.region].trouble else {
            return false;
        };
        let population = &self.populations[request.population];
        let Some(loss) = population.loses(request, (Message::Answer, tries), trouble) else {
            return false;
        };
        let request = self.requests.get_mut(key).expect("found just now");
        request.hit = Some(Hit::Outage(loss.outage));
        request.state = State::Held(Blame::Network);
        if tries == 0 {
            self.limit_patience(now, key, queue);
        }
        if tries < Message::Answer.tries_max() {
            let answer = self.lost_answers.insert(answer);
            queue.schedule(now + loss.wait, Event::AnswerRepeated(answer, tries + 1));
        } else {
            let wasted = (answer.done.service, Waste::Abandoned);
            self.observer.work_wasted(now, answer.region, wasted);
        }
        true
    }

    /// A region sends an answer again that the network has lost.
    #[inline(never)]
    pub(super) fn answer_repeated(
        &mut self,
        now: SimTime,
        (answer, tries): (Key, u8),
        queue: &mut EventQueue<Event>,
    ) {
        let answer = self.lost_answers.remove(answer);
        let answer = answer.expect("kept until it is sent again");
        let LostAnswer { region, done, .. } = answer;
        let Owner::Request(key) = done.owner else {
            unreachable!("answers to probes are not sent again");
        };
        if self.regions[region].deaths != answer.deaths {
            let wasted = (done.service, Waste::Abandoned);
            self.observer.work_wasted(now, region, wasted);
        } else if !self.regions[region].faults.is_empty() {
            self.hold_answer(now, (region, done));
        } else if !self.loses_answer(now, (answer, key, tries), queue) {
            self.hand_over(now, (region, done, key), queue);
        }
    }

    /// When an error that leaves a region now reaches its client; `None` if it never does, because
    /// the way loses it for good or nothing is left of the attempt.
    pub(super) fn error_arrives(
        &mut self,
        now: SimTime,
        (key, region): (Key, RegionId),
        queue: &mut EventQueue<Event>,
    ) -> Option<SimTime> {
        let request = self.requests.get(key)?;
        let arrives = now + request.back;
        if self.regions[region].trouble.is_none() || request.is_abandoned() {
            return Some(arrives);
        }
        let late = self.error_late_by(key);
        if late.is_none() {
            self.lose(now, (key, Blame::Network), queue);
        }
        Some(arrives + late?)
    }

    /// How much longer than else an error takes back to its client; `None` if it is lost for good.
    fn error_late_by(&mut self, key: Key) -> Option<SimDuration> {
        let request = self.requests.get(key).expect("found just now");
        let Some((way, outage)) = self.way_of(request) else {
            return Some(SimDuration::ZERO);
        };
        let population = &self.populations[request.population];
        let is_lost = |tries| population.is_lost(request, (Message::Answer, tries), way.loss);
        let rtt = population.rtt(request.region);
        let late = Message::Answer.sent_again_for(rtt, is_lost);
        if late.is_none() {
            let request = self.requests.get_mut(key).expect("found just now");
            request.hit = Some(Hit::Outage(outage));
        }
        late
    }

    /// Blames the network for an answer that would have come in time if its way were no longer than
    /// usual.
    #[cold]
    pub(super) fn blame_delay(&mut self, answered: SimTime, key: Key) {
        let request = self.requests.get(key).expect("found just now");
        let added = self.populations[request.population].to[request.region].added * 2;
        let outage = self.way_of(request).map(|(_, outage)| outage);
        let request = self.requests.get_mut(key).expect("found just now");
        if let Some(outage) = outage
            && answered.before(added) <= request.deadline
        {
            request.hit = Some(Hit::Outage(outage));
            request.state = State::Lost(Blame::Network);
        }
    }
}
