//! What becomes of attempts at their region: accepted, served, refused, held or lost.
//!
//! An attempt over a connection that is being opened comes twice: first its handshake, upon which
//! the region accepts it or not; then the request.

use crate::engine::{EventQueue, Key};
use crate::model::backlog::Job;
use crate::model::entity::{OutageMode, RegionId};
use crate::model::event::Event;
use crate::model::fleet::Fleet;
use crate::model::gateway::{Held, Owner};
use crate::model::observer::{Hit, Observer};
use crate::model::outcome::{Blame, Cause};
use crate::model::request::State;
use crate::model::trip::Link;
use crate::units::{SimDuration, SimTime};

/// How long a client without a limit of its own tries to connect: six retransmissions, as Linux
/// does (`tcp_syn_retries`).
const CONNECT_PATIENCE: SimDuration = SimDuration::from_secs(127);
/// How long it takes a client without a limit of its own to find that nobody acknowledges what it
/// sends: fifteen retransmissions, as Linux does (`tcp_retries2`).
const RESEND_PATIENCE: SimDuration = SimDuration::from_secs(924);

impl<O: Observer> Fleet<'_, O> {
    /// An attempt has come to its region, or the handshake for it, unless its client has taken it
    /// back before it left.
    #[inline]
    pub(super) fn attempt_reached(
        &mut self,
        now: SimTime,
        key: Key,
        queue: &mut EventQueue<Event>,
    ) {
        let Some(request) = self.requests.get(key) else {
            return;
        };
        self.observer.attempt_sent(&request.sent());
        self.arrive(now, (key, 0), queue);
    }

    /// An attempt has come to its region, for the first time or after a handshake, and been sent
    /// again so often.
    #[inline]
    pub(super) fn arrive(
        &mut self,
        now: SimTime,
        (key, tries): (Key, u8),
        queue: &mut EventQueue<Event>,
    ) {
        let Some(request) = self.requests.get_mut(key) else {
            return;
        };
        let region = &mut self.regions[request.region];
        if !request.is_watched && !region.welcomes(request.link) {
            self.watch_after_all(key, queue);
            return self.arrive(now, (key, tries), queue);
        }
        if let Some(trouble) = &region.trouble {
            let population = &self.populations[request.population];
            if let Some(loss) = population.loses_attempt((request, tries), trouble) {
                return self.send_attempt_again(now, (key, tries), (loss, queue));
            }
        }
        if let Some(mode) = region.mode() {
            return self.attempt_hits_outage(now, (key, mode), queue);
        }
        match request.link {
            Link::Unmodeled => {}
            Link::DeadAddress | Link::NoAddress => unreachable!("nothing was sent"),
            Link::Open { deaths } if deaths == region.deaths => {}
            Link::Open { deaths } if deaths < region.moved => {
                return self.lose_on_dead_connection(now, key, queue);
            }
            Link::Opening { handshake } => return self.accept(now, (key, handshake), queue),
            Link::Open { .. } => {
                // What the connection led to is gone, and what is there instead knows nothing of it.
                let reset = (key, Cause::Reset, Blame::Connection);
                return self.fail_after_trip(now, reset, queue);
            }
        }
        if let Some(limiter) = &mut region.limiter
            && let Err(retry_after_s) = limiter.admit(now, request.population)
        {
            let sent = (request.region, request.population);
            return self.refuse_for_rate(now, (key, sent, retry_after_s), queue);
        }
        if let Some(trouble) = &region.trouble {
            request.hit = trouble.slowed_by().or(request.hit);
        }
        let is_foreseen = region.has_timetable() && request.state == State::Outbound;
        let (region, demand) = (request.region, request.demand);
        if is_foreseen {
            return self.foresee(now, (key, region), queue);
        }
        match request.state {
            State::Left => {
                self.requests.remove(key);
            }
            // What the network has delayed stays its fault.
            State::Held(_) if tries > 0 => {}
            State::Beaten => {}
            _ => request.state = State::Inside,
        }
        let owner = Owner::Request(key);
        if !self.admit(now, (region, Job { demand, owner }), queue) {
            self.refuse(now, (owner, Cause::Overloaded), queue);
        }
    }

    /// A region accepts a connection; the request comes when the handshake is over.
    fn accept(
        &mut self,
        now: SimTime,
        (key, handshake): (Key, SimDuration),
        queue: &mut EventQueue<Event>,
    ) {
        let request = self.requests.get_mut(key).expect("found just now");
        let is_abandoned = request.is_abandoned();
        let population = &mut self.populations[request.population];
        let deaths = self.regions[request.region].deaths;
        request.link = Link::Open { deaths };
        if !population.connects_in_time(request, now + handshake) {
            let limit = population.connect_deadline(request);
            let late = (key, Cause::ConnectTimeout, Blame::Network);
            population.never_sent(request);
            self.watch_after_all(key, queue);
            return self.fail_or_forget(limit.max(now), late, queue);
        }
        let handshake = population.accepted(request, (now, handshake), deaths);
        if is_abandoned {
            self.requests.remove(key);
            return;
        }
        request.leaves = (now + handshake).before(request.back);
        // It may have knocked in vain during a cut.
        request.state = State::Outbound;
        if now + handshake >= request.deadline {
            self.watch_after_all(key, queue);
        }
        if handshake.is_zero() {
            self.arrive(now, (key, 0), queue);
        } else {
            queue.schedule(now + handshake, Event::AttemptContinued(key));
        }
    }

    fn attempt_hits_outage(
        &mut self,
        now: SimTime,
        (key, mode): (Key, OutageMode),
        queue: &mut EventQueue<Event>,
    ) {
        let id = self.requests.get(key).expect("found just now").region;
        if self.regions[id].has_crashed() {
            self.watch(id, true);
        }
        let region = &self.regions[id];
        let request = self.requests.get_mut(key).expect("found just now");
        request.hit = region.hit();
        let (link, blame) = (request.link, region.blame(request.blame_if_down));
        let is_opening = matches!(link, Link::Opening { .. });
        if mode == OutageMode::Hold && !is_opening {
            return self.hold(now, key, queue);
        }
        if request.is_abandoned() {
            self.populations[request.population].never_sent(request);
            self.requests.remove(key);
            return;
        }
        match (mode, link) {
            (OutageMode::Hold, _) => self.knock_again(now, (key, blame), queue),
            (OutageMode::Refuse, Link::Open { .. }) => {
                self.fail_after_trip(now, (key, Cause::Reset, blame), queue);
            }
            (OutageMode::Refuse, _) => {
                self.fail_after_trip(now, (key, Cause::Refused, blame), queue);
            }
            (OutageMode::Blackhole, Link::Open { .. }) => self.lose(now, (key, blame), queue),
            (OutageMode::Blackhole, _) => {
                let limit = self.populations[request.population].connect_deadline(request);
                if limit == SimTime::NEVER {
                    return self.lose(now, (key, blame), queue);
                }
                self.fail_at(limit.max(now), (key, Cause::ConnectTimeout, blame), queue);
            }
        }
    }

    /// Lets an attempt fail whose client gives up connecting at `limit`, before the region could
    /// hear of it; returns whether it does: not over an open connection, and where connections are
    /// not modeled only if the region is silent.
    pub(super) fn fail_to_connect(
        &mut self,
        limit: SimTime,
        key: Key,
        queue: &mut EventQueue<Event>,
    ) -> bool {
        let request = self.requests.get(key).expect("drawn just now");
        let region = &self.regions[request.region];
        let mode = region.mode();
        let blame = match (request.link, mode) {
            (Link::Open { .. }, _) => return false,
            (Link::Unmodeled, mode) if mode != Some(OutageMode::Blackhole) => return false,
            (_, Some(_)) => region.blame(request.blame_if_down),
            (_, None) => Blame::Network,
        };
        let of_region = region.hit();
        let of_way = || Some(Hit::Outage(self.way_of(request)?.1));
        let hit = of_region.or_else(of_way);
        let request = self.requests.get_mut(key).expect("drawn just now");
        request.hit = hit;
        self.observer.attempt_sent(&request.sent());
        self.fail_at(limit, (key, Cause::ConnectTimeout, blame), queue);
        true
    }

    /// Lets an attempt fail that leads nowhere: to an address where nobody is, or to none.
    pub(super) fn go_nowhere(&mut self, key: Key, queue: &mut EventQueue<Event>) {
        let request = self.requests.get_mut(key).expect("drawn just now");
        let (region, leaves) = (request.region, request.leaves);
        if request.link == Link::NoAddress {
            request.hit = self.router.nameless(region).map(Hit::Outage);
            return self.fail_at(leaves, (key, Cause::NoRoute, Blame::Network), queue);
        }
        request.hit = self.regions[region].moved_by;
        self.observer.attempt_sent(&request.sent());
        let limit = self.populations[request.population].connect_deadline(request);
        let limit = limit.min(leaves + CONNECT_PATIENCE);
        self.fail_at(limit, (key, Cause::ConnectTimeout, Blame::DnsCache), queue);
    }

    /// Lets an attempt wait in vain that was sent over a connection to an address that is no longer
    /// the region's.
    fn lose_on_dead_connection(&mut self, now: SimTime, key: Key, queue: &mut EventQueue<Event>) {
        let request = self.requests.get_mut(key).expect("found just now");
        request.hit = self.regions[request.region].moved_by;
        if request.is_abandoned() {
            self.requests.remove(key);
        } else if request.deadline == SimTime::NEVER {
            let reset = (key, Cause::Reset, Blame::Connection);
            self.fail_at(now + RESEND_PATIENCE, reset, queue);
        } else {
            request.state = State::Lost(Blame::Connection);
        }
    }

    /// Keeps what was sent over a way that is cut until the way is open again.
    fn hold(&mut self, now: SimTime, key: Key, queue: &mut EventQueue<Event>) {
        let request = self.requests.get_mut(key).expect("found just now");
        let region: RegionId = request.region;
        let sender = Some(request.population);
        let job = Job {
            demand: request.demand,
            owner: Owner::Request(key),
        };
        let deaths = match request.link {
            Link::Open { deaths } => Some(deaths),
            _ => None,
        };
        let held = Held {
            job,
            deaths,
            sender,
        };
        self.regions[region].held.push(held);
        match request.state {
            State::Left => {
                self.requests.remove(key);
            }
            State::Beaten => {}
            _ => {
                request.state = State::Held(request.blame_if_down);
                self.limit_patience(now, key, queue);
            }
        }
        self.tell_load(now, region);
    }

    /// A handshake over a way that is cut is repeated until the way is open, or the client has
    /// waited long enough.
    fn knock_again(
        &mut self,
        now: SimTime,
        (key, blame): (Key, Blame),
        queue: &mut EventQueue<Event>,
    ) {
        let request = self.requests.get_mut(key).expect("found just now");
        let faults = self.regions[request.region].faults.iter();
        let ends = faults.filter_map(|fault| match fault.hit {
            Some(Hit::Outage(outage)) => Some(self.spec.outages[outage].end),
            _ => None,
        });
        let open = ends.max().expect("an outage cuts the way");
        let limit = self.populations[request.population].connect_deadline(request);
        if limit < open {
            return self.fail_at(limit.max(now), (key, Cause::ConnectTimeout, blame), queue);
        }
        request.state = State::Held(blame);
        queue.schedule(open, Event::AttemptContinued(key));
    }

    /// Loses an attempt where nothing answers: its client waits in vain, without a limit of its own
    /// until the region is back, or its system finds that nobody acknowledges what it sends.
    pub(super) fn lose(
        &mut self,
        now: SimTime,
        (key, blame): (Key, Blame),
        queue: &mut EventQueue<Event>,
    ) {
        let Some(request) = self.requests.get_mut(key) else {
            return;
        };
        request.state = State::Lost(blame);
        if request.deadline == SimTime::NEVER {
            self.regions[request.region].stranded.push(key);
            self.limit_patience(now, key, queue);
        }
    }

    /// Sees to it that a client without a limit of its own does not wait for ever for what nobody
    /// acknowledges.
    pub(super) fn limit_patience(&self, now: SimTime, key: Key, queue: &mut EventQueue<Event>) {
        let request = self.requests.get(key).expect("found just now");
        if request.deadline == SimTime::NEVER {
            queue.schedule(now + RESEND_PATIENCE, Event::DeadlinePassed(key));
        }
    }

    /// Lets an attempt fail with what is now on its way back to the client.
    pub(super) fn fail_after_trip(
        &mut self,
        now: SimTime,
        (key, cause, blame): (Key, Cause, Blame),
        queue: &mut EventQueue<Event>,
    ) {
        let Some(region) = self.requests.get(key).map(|request| request.region) else {
            return;
        };
        if let Some(arrives) = self.error_arrives(now, (key, region), queue) {
            self.fail_or_forget(arrives, (key, cause, blame), queue);
        }
    }

    /// Lets an attempt fail at `at`, or ends it if its client has left.
    fn fail_or_forget(
        &mut self,
        at: SimTime,
        failure: (Key, Cause, Blame),
        queue: &mut EventQueue<Event>,
    ) {
        let request = self.requests.get(failure.0).expect("found just now");
        if request.is_abandoned() {
            self.requests.remove(failure.0);
        } else {
            self.fail_at(at, failure, queue);
        }
    }

    /// Lets an attempt fail at `at`, unless its client gives up before.
    pub(super) fn fail_at(
        &mut self,
        at: SimTime,
        (key, cause, blame): (Key, Cause, Blame),
        queue: &mut EventQueue<Event>,
    ) {
        let request = self.requests.get_mut(key).expect("an attempt under way");
        if at > request.deadline {
            request.state = State::Lost(blame);
            return;
        }
        request.state = State::Failing(cause, blame);
        queue.schedule(at, Event::AttemptFailed(key));
    }
}
