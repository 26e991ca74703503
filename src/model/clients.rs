//! What clients do: requests arrive, go out, come back, fail or time out.

use crate::engine::{EventQueue, Front, Key};
use crate::model::dns::Source;
use crate::model::entity::PopulationId;
use crate::model::event::Event;
use crate::model::fleet::Fleet;
use crate::model::health::Health;
use crate::model::observer::{Hit, Observer, Waste};
use crate::model::outcome::{Blame, Cause, Outcome};
use crate::model::request::{Request, State};
use crate::model::retry::Failure;
use crate::model::router::Router;
use crate::model::trip::{Draws, Link, Way};
use crate::units::{SimDuration, SimTime};

impl<O: Observer> Fleet<'_, O> {
    /// Schedules the first arrival of an open population.
    pub(super) fn schedule_arrivals(&mut self, id: PopulationId, queue: &mut EventQueue<Event>) {
        if let Some(at) = self.populations[id].next_arrival(SimTime::ZERO) {
            queue.schedule(at, Event::RequestArrived(id));
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

    /// A client of an open population wants something, as the next one will. As long as each request ends
    /// where it begins, and before anything else happens, they follow each other without the event queue.
    #[inline]
    pub(super) fn request_arrived(
        &mut self,
        mut now: SimTime,
        id: PopulationId,
        queue: &mut EventQueue<Event>,
    ) {
        let mut alone_until = None;
        loop {
            let population = &mut self.populations[id];
            let next = population.next_arrival(now);
            let agent = population.draw_agent();
            let draws = population.draw(now, agent, &mut self.router);
            let has_ended = self.foresee_at_once(now, (id, agent), &draws);
            if let Some(next) = next {
                let period = self.spec.period;
                let until = || queue.quiet_until().min(period.end());
                if has_ended && next < *alone_until.get_or_insert_with(until) && !self.is_over {
                    self.unqueued += 1;
                    now = next;
                    continue;
                }
                queue.schedule(next, Event::RequestArrived(id));
            }
            if !has_ended {
                self.set_out(now, ((id, agent), draws), queue);
            }
            return;
        }
    }

    /// A user wants something.
    #[inline(never)]
    pub(super) fn user_ready(
        &mut self,
        now: SimTime,
        (id, user): (PopulationId, u32),
        queue: &mut EventQueue<Event>,
    ) {
        let draws = self.populations[id].draw(now, user, &mut self.router);
        self.set_out(now, ((id, user), draws), queue);
    }

    /// Someone wants something: the first attempt, which has been drawn, is sent.
    #[expect(
        clippy::inline_always,
        reason = "every request comes here: 2 % of all instructions"
    )]
    #[inline(always)]
    fn set_out(
        &mut self,
        now: SimTime,
        ((id, agent), draws): ((PopulationId, u32), Draws),
        queue: &mut EventQueue<Event>,
    ) {
        self.offer(now, id);
        let Draws {
            demand,
            needs,
            sequel,
            trip,
        } = draws;
        let population = &self.populations[id];
        let way = &trip.way;
        let deadline = population.first_deadline(now);
        let key = self.requests.insert(Request {
            population: id,
            agent,
            region: way.region,
            started: now,
            deadline,
            is_watched: deadline == SimTime::NEVER,
            begun: way.begun,
            leaves: way.leaves,
            demand,
            needs,
            sequel,
            back: trip.back,
            blame_if_down: blame_if_down(&self.router, id, way),
            hit: None,
            attempts: 1,
            waited: SimDuration::ZERO,
            link: way.link,
            twin: None,
            is_hedged: false,
            state: State::Outbound,
        });
        self.send(now, (key, way.leaves, trip.out), queue);
        if let Some(hedges) = &self.populations[id].hedges {
            queue.schedule(now + hedges.delay(), Event::HedgeDue(key, id));
        }
    }

    /// The wait before a retry is over: another attempt is resolved, drawn and sent.
    #[inline(never)]
    pub(super) fn retry_due(&mut self, now: SimTime, key: Key, queue: &mut EventQueue<Event>) {
        let failed = self.requests.remove(key).expect("kept until it is due");
        let is_elsewhere = self.populations[failed.population].retries.is_elsewhere();
        self.send_again(now, (&failed, is_elsewhere), queue);
    }

    /// Draws another attempt of a request, and sends it.
    pub(super) fn send_again(
        &mut self,
        now: SimTime,
        (last, is_elsewhere): (&Request, bool),
        queue: &mut EventQueue<Event>,
    ) -> Key {
        let population = &mut self.populations[last.population];
        let avoided = is_elsewhere.then_some(last.region);
        let trip = population.draw_again(now, (last.agent, avoided), &mut self.router);
        let way = &trip.way;
        let deadline = population.deadline(now, last.started);
        let key = self.requests.insert(Request {
            demand: match last.twin {
                // What makes a request slow is for the most part where and when it is served.
                Some(_) => population.demand_afresh(way.region),
                None => population.demand_elsewhere((last.region, way.region), last.demand),
            },
            region: way.region,
            deadline,
            is_watched: deadline == SimTime::NEVER,
            begun: way.begun,
            leaves: way.leaves,
            back: trip.back,
            blame_if_down: blame_if_down(&self.router, last.population, way),
            hit: None,
            attempts: last.attempts + 1,
            link: way.link,
            state: State::Outbound,
            ..*last
        });
        self.send(now, (key, way.leaves, trip.out), queue);
        key
    }

    /// Sends an attempt on its way.
    #[expect(
        clippy::inline_always,
        reason = "every request comes here: 1 % of all instructions"
    )]
    #[inline(always)]
    fn send(
        &mut self,
        now: SimTime,
        (key, leaves, out): (Key, SimTime, SimDuration),
        queue: &mut EventQueue<Event>,
    ) {
        let is_too_many = self.requests.len() > self.spec.backlog_max;
        let request = self.requests.get_mut(key).expect("drawn just now");
        let (id, region, deadline) = (request.population, request.region, request.deadline);
        let (link, is_watched) = (request.link, request.is_watched);
        let is_first = request.attempts == 1;
        let connect_deadline = self.populations[id].connect_deadline(request);
        // Whoever gives up during the look-up sends nothing.
        let is_sent = leaves < deadline;
        if !is_sent {
            request.state = State::Resolving;
            self.populations[id].never_sent(request);
        }
        if is_too_many {
            self.saturate(now, region);
        }
        let reaches = leaves + out;
        let is_open = matches!(link, Link::Open { .. });
        let is_late_to_connect = connect_deadline < reaches && !is_open;
        let (may_be_foreseen, arrives) = match link {
            Link::DeadAddress | Link::NoAddress => (false, reaches),
            Link::Opening { handshake } => (!is_late_to_connect, reaches + handshake),
            Link::Unmodeled | Link::Open { .. } => (!is_watched, reaches),
        };
        // Later attempts may have begun at one instant, and keep the order in which they did.
        let is_foreseen = may_be_foreseen && is_first && arrives < deadline && {
            let ends_quietly = self.populations[id].ends_quietly;
            ends_quietly && self.regions[region].has_timetable()
        };
        if !is_foreseen && !is_watched {
            self.watch_deadline(now, key, queue);
        }
        if !is_sent {
            return;
        }
        if matches!(link, Link::DeadAddress | Link::NoAddress) {
            return self.go_nowhere(key, queue);
        }
        if is_late_to_connect && self.fail_to_connect(connect_deadline, key, queue) {
            return;
        }
        if is_foreseen && self.foresee_handshake((key, reaches), queue) {
            return;
        }
        if reaches == now {
            self.attempt_reached(now, key, queue);
        } else {
            queue.schedule(reaches, Event::AttemptReached(key));
        }
    }

    /// Sees to it that an attempt which is sent now is given up in time.
    fn watch_deadline(&mut self, now: SimTime, key: Key, queue: &mut EventQueue<Event>) {
        let request = self.requests.get_mut(key).expect("drawn just now");
        request.is_watched = true;
        let (id, deadline) = (request.population, request.deadline);
        let population = &mut self.populations[id];
        if deadline != population.first_deadline(now) {
            // A later attempt of a request whose last deadline comes before the attempt's own.
            return queue.schedule(deadline, Event::DeadlinePassed(key));
        }
        let requests = &self.requests;
        let is_live = |key| requests.contains(key);
        if let Some(at) = population.timeouts.push(deadline, key, is_live) {
            queue.schedule(at, Event::Timeouts(id));
        }
    }

    /// A client learns that its attempt has failed.
    pub(super) fn attempt_failed(&mut self, now: SimTime, key: Key, queue: &mut EventQueue<Event>) {
        let request = self.requests.remove(key).expect("kept until it fails");
        // Another attempt may have been faster.
        if let State::Failing(cause, blame) = request.state {
            let failed = (request, cause, blame);
            self.retry_or_end(now, (failed, SimDuration::ZERO), queue);
        }
    }

    /// A client learns that its attempt was refused, and how many seconds to wait at least.
    #[cold]
    pub(super) fn refusal_received(
        &mut self,
        now: SimTime,
        (key, retry_after_s): (Key, u16),
        queue: &mut EventQueue<Event>,
    ) {
        let request = self.requests.remove(key).expect("kept until it fails");
        // Another attempt may have been faster.
        if let State::Failing(cause, blame) = request.state {
            let retry_after = SimDuration::from_secs(retry_after_s.into());
            self.retry_or_end(now, ((request, cause, blame), retry_after), queue);
        }
    }

    /// Waits for a retry, at least as long as the answer said, or ends the request if there will be
    /// none.
    fn retry_or_end(
        &mut self,
        now: SimTime,
        ((request, cause, blame), retry_after): ((Request, Cause, Blame), SimDuration),
        queue: &mut EventQueue<Event>,
    ) {
        let population = &mut self.populations[request.population];
        population.failed(now, &request, cause);
        if let Some(twin) = request.twin {
            let twin = self
                .requests
                .get_mut(twin)
                .expect("twins know of each other");
            twin.twin = None;
            return;
        }
        let failure = Failure {
            cause,
            // A hedge is one more than all attempts.
            attempts: request.attempts - u32::from(request.is_hedged),
            waited: request.waited,
            retry_after,
            deadline: population.last_deadline(request.started),
        };
        let Some(wait) = population.retries.next(now, failure) else {
            let failed = Outcome::Failed { cause, blame };
            return self.end(request.agent, &request.end(now, failed), queue);
        };
        let key = self.requests.insert(Request {
            waited: wait,
            state: State::Waiting,
            ..request
        });
        queue.schedule(now + wait, Event::RetryDue(key));
    }

    /// The answer to a request is on its way, in time or too late.
    ///
    /// # Errors
    /// If the work was wasted.
    #[expect(
        clippy::inline_always,
        reason = "every answer comes here: 2 % of all instructions"
    )]
    #[inline(always)]
    pub(super) fn request_answered(
        &mut self,
        now: SimTime,
        key: Key,
        queue: &mut EventQueue<Event>,
    ) -> Result<(), Waste> {
        let Some(request) = self.requests.get_mut(key) else {
            return Err(Waste::Abandoned);
        };
        if request.state == State::Beaten {
            self.requests.remove(key);
            return Err(Waste::Duplicate);
        }
        let answered = now + request.back;
        if answered > request.deadline {
            // What a cut has delayed stays its fault.
            if !matches!(request.state, State::Held(_)) {
                request.state = State::Late;
                self.blame_delay(answered, key);
            }
            return Err(Waste::Abandoned);
        }
        let population = &mut self.populations[request.population];
        population.ended(request, (now, answered));
        if population.hedges.is_some() {
            request.state = State::Answered;
            queue.schedule(answered, Event::AnswerReceived(key));
        } else {
            let end = request.end(answered, Outcome::Succeeded);
            let agent = request.agent;
            self.requests.remove(key);
            self.end(agent, &end, queue);
        }
        Ok(())
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

    /// Gives up a request whose last deadline comes before that of its attempt.
    #[inline(never)]
    pub(super) fn deadline_passed(
        &mut self,
        now: SimTime,
        key: Key,
        queue: &mut EventQueue<Event>,
    ) {
        if self.requests.get(key).is_some_and(Request::can_time_out) {
            self.give_up(now, key, queue);
        }
    }

    fn give_up(&mut self, now: SimTime, key: Key, queue: &mut EventQueue<Event>) {
        let request = self.requests.get(key).expect("it can time out");
        let of_way = || Some(Hit::Outage(self.way_of(request)?.1));
        let hit = match request.state {
            State::Outbound => request.hit.or_else(of_way),
            _ => request.hit,
        };
        let request = self.requests.get_mut(key).expect("it can time out");
        request.hit = hit;
        let abandoned = *request;
        if now < request.begun {
            self.populations[request.population].never_sent(request);
        }
        if request.state == State::Outbound && !request.can_be_forgotten(now) {
            request.state = State::Left;
        } else {
            self.requests.remove(key);
        }
        self.cancel(now, (key, &abandoned), queue);
        let blame = abandoned.blame_if_late();
        let failed = (abandoned, Cause::Timeout, blame);
        self.retry_or_end(now, (failed, SimDuration::ZERO), queue);
    }
}

/// Who is to blame if the region that a client goes to is down.
#[inline]
fn blame_if_down(router: &Router<'_>, population: PopulationId, way: &Way) -> Blame {
    match router.health(way.region) {
        Health::Healthy => Blame::Detection,
        _ if !router.has_healthy_region(population) => Blame::NoHealthyRegion,
        Health::Degraded | Health::Offline => match way.source {
            Source::Router => Blame::NoHealthyRegion,
            Source::Cache | Source::DeadAddress => Blame::DnsCache,
            Source::Connection => Blame::Connection,
        },
    }
}
