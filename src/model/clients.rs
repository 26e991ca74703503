//! What clients do: requests arrive, go out, come back, fail or time out.

use crate::engine::{EventQueue, Front, Key};
use crate::model::entity::{OutageMode, PopulationId};
use crate::model::event::Event;
use crate::model::fleet::Fleet;
use crate::model::gateway::{Job, Owner};
use crate::model::health::Health;
use crate::model::observer::{AttemptSent, Observer};
use crate::model::outcome::{Blame, Cause, Outcome};
use crate::model::population::Draws;
use crate::model::request::{Request, State};
use crate::units::{SimDuration, SimTime};

impl<O: Observer> Fleet<'_, O> {
    pub(super) fn schedule_arrival(
        &mut self,
        now: SimTime,
        population: PopulationId,
        queue: &mut EventQueue<Event>,
    ) {
        if let Some(at) = self.populations[population].next_arrival(now) {
            queue.schedule(at, Event::RequestArrived(population));
        }
    }

    /// Lets the users of a closed loop begin to think, each for itself.
    pub(super) fn schedule_users(&mut self, id: PopulationId, queue: &mut EventQueue<Event>) {
        for user in 0..self.populations[id].agents() {
            let Some(at) = self.populations[id].next_wish(SimTime::ZERO) else {
                return;
            };
            queue.schedule(at, Event::UserReady(id, user));
        }
    }

    /// A client of an open population wants something, as the next one will.
    pub(super) fn request_arrived(
        &mut self,
        now: SimTime,
        id: PopulationId,
        queue: &mut EventQueue<Event>,
    ) {
        self.schedule_arrival(now, id, queue);
        let agent = self.populations[id].draw_agent();
        self.begin(now, (id, agent), queue);
    }

    /// Someone wants something: the first attempt is resolved, drawn and sent.
    pub(super) fn begin(
        &mut self,
        now: SimTime,
        (id, agent): (PopulationId, u32),
        queue: &mut EventQueue<Event>,
    ) {
        let Draws { demand, trip } = self.populations[id].draw(now, agent, &self.router);
        let request = Request {
            population: id,
            agent,
            region: trip.resolved.region,
            started: now,
            tried: now,
            sent: trip.resolved.ready,
            demand,
            back: trip.back,
            blame_if_down: blame_if_down(&self.router, trip.resolved),
            hit: None,
            attempts: 1,
            waited: SimDuration::ZERO,
            state: State::Outbound,
        };
        self.offer(now, &request);
        self.send(now, (request, trip.out), queue);
    }

    /// The wait before a retry is over: another attempt is resolved, drawn and sent.
    pub(super) fn retry_due(&mut self, now: SimTime, key: Key, queue: &mut EventQueue<Event>) {
        let failed = self.requests.remove(key).expect("kept until it is due");
        let population = &mut self.populations[failed.population];
        let trip = population.draw_retry(now, (failed.agent, failed.region), &mut self.router);
        let (from, to) = (failed.region, trip.resolved.region);
        let demand = population.demand_elsewhere((from, to), failed.demand);
        let request = Request {
            demand,
            region: trip.resolved.region,
            tried: now,
            sent: trip.resolved.ready,
            back: trip.back,
            blame_if_down: blame_if_down(&self.router, trip.resolved),
            hit: None,
            attempts: failed.attempts + 1,
            state: State::Outbound,
            ..failed
        };
        self.send(now, (request, trip.out), queue);
    }

    /// Sends an attempt on its way.
    fn send(
        &mut self,
        now: SimTime,
        (mut request, out): (Request, SimDuration),
        queue: &mut EventQueue<Event>,
    ) {
        if self.requests.len() >= self.spec.backlog_max {
            self.saturate(now, request.region);
        }
        let id = request.population;
        let population = &mut self.populations[id];
        let deadline = population.deadline(now);
        // Whoever gives up during the look-up sends nothing.
        let is_sent = request.sent < deadline;
        if !is_sent {
            request.state = State::Resolving;
        }
        let key = self.requests.insert(request);
        if deadline != SimTime::NEVER {
            let requests = &self.requests;
            let is_live = |key| requests.contains(key);
            if let Some(at) = population.timeouts.push(deadline, key, is_live) {
                queue.schedule(at, Event::Timeouts(id));
            }
        }
        if !is_sent {
            return;
        }
        self.observer.attempt_sent(&AttemptSent {
            at: request.sent,
            population: id,
            region: request.region,
        });
        let reaches = request.sent + out;
        if reaches == now {
            self.attempt_reached(now, key, queue);
        } else {
            queue.schedule(reaches, Event::AttemptReached(key));
        }
    }

    /// An attempt has come to its region, which serves it, queues it or fails it.
    pub(super) fn attempt_reached(
        &mut self,
        now: SimTime,
        key: Key,
        queue: &mut EventQueue<Event>,
    ) {
        let request = self
            .requests
            .get_mut(key)
            .expect("kept until it gets there");
        let owner = Owner::Request(key);
        let (region, demand) = (request.region, request.demand);
        if let Some(mode) = self.regions[region].mode(&self.spec.outages) {
            self.attempt_hits_outage(now, (key, mode), queue);
            return;
        }
        if request.state == State::Left {
            self.requests.remove(key);
        } else {
            request.state = State::Inside;
        }
        if !self.admit(now, (region, Job { demand, owner }), queue) {
            self.refuse(now, owner, queue);
        }
    }

    fn attempt_hits_outage(
        &mut self,
        now: SimTime,
        (key, mode): (Key, OutageMode),
        queue: &mut EventQueue<Event>,
    ) {
        let request = self
            .requests
            .get_mut(key)
            .expect("kept until it gets there");
        request.hit = self.regions[request.region].outages.last().copied();
        let job = Job {
            demand: request.demand,
            owner: Owner::Request(key),
        };
        if mode == OutageMode::Hold {
            let region = request.region;
            self.regions[region].held.push(job);
            if request.state == State::Left {
                self.requests.remove(key);
            } else {
                request.state = State::Lost(request.blame_if_down);
            }
            return self.tell_load(now, region);
        }
        if request.state == State::Left {
            self.requests.remove(key);
            return;
        }
        let blame = request.blame_if_down;
        match mode {
            OutageMode::Hold => unreachable!("held above"),
            OutageMode::Refuse => self.fail_after_trip(now, (key, Cause::Refused, blame), queue),
            OutageMode::Blackhole => {
                let fails = self.populations[request.population].connect_deadline(request.sent);
                self.fail_at(fails.max(now), (key, Cause::ConnectTimeout, blame), queue);
            }
        }
    }

    /// Lets a request fail with what is now on its way back to the client.
    pub(super) fn fail_after_trip(
        &mut self,
        now: SimTime,
        (key, cause, blame): (Key, Cause, Blame),
        queue: &mut EventQueue<Event>,
    ) {
        if let Some(request) = self.requests.get(key) {
            let arrives = now + request.back;
            self.fail_at(arrives, (key, cause, blame), queue);
        }
    }

    /// Lets a request fail at `at`, unless its client gives up before.
    fn fail_at(
        &mut self,
        at: SimTime,
        (key, cause, blame): (Key, Cause, Blame),
        queue: &mut EventQueue<Event>,
    ) {
        let request = self.requests.get_mut(key).expect("a request under way");
        let deadline = self.populations[request.population].deadline(request.tried);
        if at <= deadline && at != SimTime::NEVER {
            request.state = State::Failing(cause, blame);
            queue.schedule(at, Event::AttemptFailed(key));
            return;
        }
        request.state = State::Lost(blame);
        if deadline == SimTime::NEVER {
            self.regions[request.region].stranded.push(key);
        }
    }

    /// A client learns that its attempt has failed.
    pub(super) fn attempt_failed(&mut self, now: SimTime, key: Key, queue: &mut EventQueue<Event>) {
        let request = self.requests.remove(key).expect("kept until it fails");
        let State::Failing(cause, blame) = request.state else {
            unreachable!("only a failing request is told so");
        };
        self.retry_or_end(now, (request, cause, blame), queue);
    }

    /// Waits for a retry, or ends the request if there will be none.
    fn retry_or_end(
        &mut self,
        now: SimTime,
        (request, cause, blame): (Request, Cause, Blame),
        queue: &mut EventQueue<Event>,
    ) {
        let retries = &mut self.populations[request.population].retries;
        let Some(wait) = retries.next(now, (request.attempts, request.waited)) else {
            let failed = Outcome::Failed { cause, blame };
            return self.end(&request, (now, failed), queue);
        };
        let key = self.requests.insert(Request {
            waited: wait,
            state: State::Waiting,
            ..request
        });
        queue.schedule(now + wait, Event::RetryDue(key));
    }

    /// The answer to a request is on its way, in time or late.
    pub(super) fn request_answered(
        &mut self,
        now: SimTime,
        key: Key,
        queue: &mut EventQueue<Event>,
    ) {
        let Some(request) = self.requests.get_mut(key) else {
            return;
        };
        let answered = now + request.back;
        if answered > self.populations[request.population].deadline(request.tried) {
            // What a cut has delayed stays its fault.
            if !matches!(request.state, State::Lost(_)) {
                request.state = State::Late;
            }
            return;
        }
        let request = self.requests.remove(key).expect("found just now");
        self.end(&request, (answered, Outcome::Succeeded), queue);
    }

    /// Gives up the requests of a population whose deadlines have passed.
    pub(super) fn timeouts(
        &mut self,
        now: SimTime,
        id: PopulationId,
        queue: &mut EventQueue<Event>,
    ) {
        loop {
            let requests = &self.requests;
            let can_time_out = |key| requests.get(key).is_some_and(Request::can_time_out);
            match self.populations[id].timeouts.surface(now, can_time_out) {
                Front::Due(key) => self.give_up(now, key, queue),
                Front::Later(at) => return queue.schedule(at, Event::Timeouts(id)),
                Front::Empty => return,
            }
        }
    }

    fn give_up(&mut self, now: SimTime, key: Key, queue: &mut EventQueue<Event>) {
        let request = self.requests.get_mut(key).expect("it can time out");
        let abandoned = *request;
        if request.state == State::Outbound {
            request.state = State::Left;
        } else {
            self.requests.remove(key);
        }
        let blame = abandoned.blame_if_late();
        self.retry_or_end(now, (abandoned, Cause::Timeout, blame), queue);
    }
}

/// Who is to blame if the region that a client goes to is down.
fn blame_if_down(
    router: &crate::model::router::Router<'_>,
    resolved: crate::model::dns::Resolved,
) -> Blame {
    match router.health(resolved.region) {
        Health::Healthy => Blame::Detection,
        Health::Degraded if resolved.is_fresh || !router.has_healthy_region() => {
            Blame::NoHealthyRegion
        }
        Health::Degraded => Blame::DnsCache,
    }
}
