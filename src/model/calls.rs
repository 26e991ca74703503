//! What becomes of calls to back ends: sent, served, refused, lost, tried again.
//!
//! A worker of the gateway has done its part when the call leaves, and serves others meanwhile. The
//! VM that served the attempt waits for the answer, which comes back through the region like any
//! other. A gateway calls nobody for a client that has gone, and waits for a call that has left
//! whether or not its client does. A site that a cut way leads to (`hold`) is as silent as one that
//! is gone; who is in the same region reaches it.

use crate::engine::{EventQueue, Front, Key};
use crate::model::backend::{Backends, Call, CallState, Errand};
use crate::model::backlog::Job;
use crate::model::entity::{BackendId, OutageMode, RegionId, SiteId};
use crate::model::event::Event;
use crate::model::fleet::Fleet;
use crate::model::gateway::Owner;
use crate::model::observer::{CallEnd, Hit, Observer};
use crate::model::outcome::Cause;
use crate::model::population::jittered;
use crate::model::request::State;
use crate::model::station::{Admission, Done, Service};
use crate::model::transmission::Message;
use crate::random::Stream;
use crate::units::{SimDuration, SimTime};

/// Why there is no answer of a back end: what the client sees, and what the call has run into.
type CallFailure = (Cause, Option<Hit>);

/// How long a call takes, and what it runs into on the way.
struct SiteTrip {
    /// `None` if it does not get there, or its answer does not get back.
    out: Option<SimDuration>,
    back: SimDuration,
    hit: Option<Hit>,
}

impl<'s, O: Observer> Fleet<'s, O> {
    /// Calls the back end that a served attempt needs; returns whether it needs one.
    #[inline(never)]
    pub(super) fn needs_backend(
        &mut self,
        now: SimTime,
        (region, done): (RegionId, Done<Owner>),
        queue: &mut EventQueue<Event>,
    ) -> bool {
        let (Some(backends), Owner::Request(key)) = (&mut self.backends, done.owner) else {
            return false;
        };
        let Some(request) = self.requests.get_mut(key) else {
            return false;
        };
        let trouble = self.regions[region].trouble.as_ref();
        let verdict = trouble.and_then(|t| t.verdict(request.needs, request.begun));
        let mut draws = request.sequel.errand();
        let wanted = backends.wanted(draws.unit());
        let Some(backend) = wanted.filter(|_| verdict.is_none() && !request.is_abandoned()) else {
            return false;
        };
        let caller = &backends.callers[region];
        let mut item = None;
        if let Some(cache) = &caller.cache {
            item = cache.item(request.population.index(), &mut draws);
            let is_hit = item.is_some_and(|item| cache.holds(now, item));
            self.observer.cache_asked(now, region, is_hit);
            if is_hit {
                return false;
            }
        }
        request.state = State::Calling;
        let mut draws = request.sequel.call(request.attempts, 0);
        let errand = Errand {
            request: key,
            region,
            vm: draws.below(caller.vms()),
            served: done.service,
            backend,
            item,
            sequel: request.sequel,
            attempt: request.attempts,
        };
        self.call(now, (errand, None), queue);
        true
    }

    /// Calls a site, another than the last if it can.
    fn call(
        &mut self,
        now: SimTime,
        (errand, last): (Errand, Option<&Call>),
        queue: &mut EventQueue<Event>,
    ) {
        let backends = self.backends();
        let calls = 1 + last.map_or(0, |last| last.calls);
        let mut draws = errand.sequel.call(errand.attempt, calls);
        let caller = &mut backends.callers[errand.region];
        let choice = (draws.unit(), last.map(|last| last.site));
        let site = match caller.choose((errand.vm, errand.backend), choice) {
            Ok(site) => site,
            Err(hit) => {
                self.observer.call_refused(now, errand.region);
                return self.call_over(now, (&errand, Err((Cause::BreakerOpen, hit))), queue);
            }
        };
        if let Some((breaker, _)) = caller.breaker(caller.number(errand.vm, site)) {
            breaker.pass();
        }
        let timeout = backends.spec.backends[errand.backend].timeout;
        let SiteTrip { out, back, hit } = self.trip_to_site((errand.region, site), &mut draws);
        let call = Call {
            errand,
            site,
            calls,
            waited: last.map_or(SimDuration::ZERO, |last| last.waited),
            begun: now,
            back,
            deadline: now + timeout,
            hit,
            state: if out.is_some() {
                CallState::Outbound
            } else {
                CallState::Lost
            },
        };
        let (key, armed) = self.backends().place(call);
        if let Some(at) = armed {
            queue.schedule(at, Event::CallTimeouts(errand.backend));
        }
        self.hit_call(key, hit);
        self.observer.call_sent(now, site);
        if self.backends().calls.len() > self.spec.backlog_max {
            self.saturate_site(now, site);
        }
        match out {
            Some(out) if out.is_zero() => self.call_reached(now, key, queue),
            Some(out) => queue.schedule(now + out, Event::CallReached(key)),
            None => {}
        }
    }

    /// The trip of a call. What is wrong with its way is that of the moment when it leaves, but for a
    /// cut.
    fn trip_to_site(&self, (region, id): (RegionId, SiteId), draws: &mut Stream) -> SiteTrip {
        let backends = self.backends.as_ref().expect("somebody calls");
        let site = &backends.spec.sites[id];
        let (rtt, sigma) = (site.rtt[region], self.spec.jitter);
        let [out, back] = [(); 2].map(|()| jittered(rtt / 2, sigma, draws));
        let other = site.region.filter(|&other| other != region);
        let Some((way, outage)) = other.and_then(|other| self.way_between(region, other)) else {
            return SiteTrip {
                out: Some(out),
                back,
                hit: None,
            };
        };
        let [late_out, late_back] =
            [Message::Request, Message::Answer].map(|message| message.late_by(way, (rtt, draws)));
        SiteTrip {
            out: late_out.and_then(|late| late_back.and(Some(out + late))),
            back: back + late_back.unwrap_or_default(),
            hit: Some(Hit::Outage(outage)),
        }
    }

    /// What happens to calls.
    #[inline(never)]
    pub(super) fn handle_call(
        &mut self,
        now: SimTime,
        event: Event,
        queue: &mut EventQueue<Event>,
    ) {
        match event {
            Event::CallReached(key) => self.call_reached(now, key, queue),
            Event::CallServed(site, worker) => self.call_served(now, (site, worker), queue),
            Event::CallReturned(key, is_good) => self.call_returned(now, (key, is_good), queue),
            Event::CallTimeouts(backend) => {
                while let Some(key) = self.next_call_timeout(now, backend, queue) {
                    self.call_timed_out(now, key, queue);
                }
            }
            Event::CallRetryDue(key) => {
                // Its gateway may have failed meanwhile.
                if let Some(last) = self.backends().calls.remove(key) {
                    self.call(now, (last.errand, Some(&last)), queue);
                }
            }
            Event::BreakerDue(region, number) => self.breaker_due(now, region, number),
            _ => unreachable!("what happens to calls"),
        }
    }

    pub(super) fn backends(&mut self) -> &mut Backends<'s> {
        self.backends
            .as_mut()
            .expect("only who has back ends calls")
    }

    /// A call has come to its site.
    fn call_reached(&mut self, now: SimTime, key: Key, queue: &mut EventQueue<Event>) {
        let Some(call) = self.backends().calls.get(key).copied() else {
            return;
        };
        if let Some((mode, hit)) = self.silence(&call) {
            self.hit_call(key, hit);
            return match mode {
                OutageMode::Refuse => self.return_call(now, (key, false), queue),
                OutageMode::Blackhole | OutageMode::Hold => self.lose_call(key),
            };
        }
        let backends = self.backends();
        let demand = backends.demand(&call);
        let site = &mut backends.sites[call.site];
        let (hit, owner) = (site.hit().or(call.hit), key);
        let admission = site.admit(now, Job { demand, owner });
        self.hit_call(key, hit);
        match admission {
            Admission::Refused => return self.return_call(now, (key, false), queue),
            Admission::Waiting => {}
            Admission::Serving(service) => schedule_service(call.site, service, queue),
        }
        if let Some(call) = self.backends().calls.get_mut(key) {
            call.state = CallState::Inside;
        }
        self.tell_site_load(now, call.site);
    }

    /// Why a call does not get through to its site, or its answer back, and what does not let it.
    fn silence(&self, call: &Call) -> Option<(OutageMode, Option<Hit>)> {
        let backends = self.backends.as_ref()?;
        let (region, home) = (call.errand.region, backends.spec.sites[call.site].region);
        let is_near = home == Some(region);
        let way = home.filter(|_| !is_near);
        let way = way.and_then(|home| self.way_between(region, home));
        if let Some((_, outage)) = way.filter(|(way, _)| way.is_partition()) {
            return Some((OutageMode::Blackhole, Some(Hit::Outage(outage))));
        }
        let gateway = self.regions[region].faults.iter();
        let cuts = gateway.filter(|fault| fault.mode == OutageMode::Hold);
        let faults = backends.sites[call.site].faults.iter();
        let can_silence = |mode| !is_near || mode != OutageMode::Hold;
        let mut silent = faults.chain(cuts).filter(|fault| can_silence(fault.mode));
        silent.next_back().map(|fault| (fault.mode, fault.hit))
    }

    /// A worker of a site has finished.
    fn call_served(
        &mut self,
        now: SimTime,
        (id, worker): (SiteId, u32),
        queue: &mut EventQueue<Event>,
    ) {
        let backends = self.backends();
        let site = &mut backends.sites[id];
        let Some(finished) = site.station.finish(now, worker) else {
            return;
        };
        if let Some(service) = finished.next {
            schedule_service(id, service, queue);
        }
        let key = finished.done.owner;
        let call = backends.calls.get(key).copied();
        self.tell_site_load(now, id);
        // The gateway may have given up, or failed.
        let Some(call) = call else { return };
        let luck = call.luck();
        let site = &self.backends().sites[id];
        let verdict = site.trouble.verdict(luck, call.begun);
        if let Some(spoiled) = verdict {
            self.hit_call(key, spoiled.hit);
        }
        match self.silence(&call) {
            Some((_, hit)) => {
                self.hit_call(key, hit);
                self.lose_call(key);
            }
            None => self.return_call(now, (key, verdict.is_none()), queue),
        }
    }

    /// Sends the answer to a call back, good or bad, if it will come in time.
    pub(super) fn return_call(
        &mut self,
        now: SimTime,
        (key, is_good): (Key, bool),
        queue: &mut EventQueue<Event>,
    ) {
        let Some(call) = self.backends().calls.get_mut(key) else {
            return;
        };
        let arrives = now + call.back;
        if arrives > call.deadline {
            call.state = CallState::Lost;
            return;
        }
        call.state = CallState::Returning;
        queue.schedule(arrives, Event::CallReturned(key, is_good));
    }

    /// The gateway has the answer to a call.
    fn call_returned(
        &mut self,
        now: SimTime,
        (key, is_good): (Key, bool),
        queue: &mut EventQueue<Event>,
    ) {
        let backends = self.backends();
        let Some(call) = backends.calls.remove(key) else {
            return;
        };
        let end = if is_good {
            CallEnd::Answered
        } else {
            CallEnd::Failed
        };
        self.observer.call_ended(now, call.site, end);
        if !is_good {
            return self.call_failed(now, &call, queue);
        }
        let Call { errand, site, .. } = call;
        let caller = &mut self.backends().callers[errand.region];
        if let (Some(item), Some(cache)) = (errand.item, &mut caller.cache) {
            cache.keep(now, item);
        }
        let number = caller.number(errand.vm, site);
        if let Some((breaker, _)) = caller.breaker(number)
            && breaker.is_open()
        {
            breaker.succeeded();
            self.tell_breakers(now, errand.region, site);
        }
        self.call_over(now, (&errand, Ok(())), queue);
    }

    /// The first call of a back end whose time is up; if there is none, the next are looked at when
    /// theirs is.
    fn next_call_timeout(
        &mut self,
        now: SimTime,
        backend: BackendId,
        queue: &mut EventQueue<Event>,
    ) -> Option<Key> {
        let Backends {
            calls, timeouts, ..
        } = self.backends();
        let can_time_out = |key| calls.get(key).is_some_and(Call::can_time_out);
        match timeouts[backend].surface(now, can_time_out) {
            Front::Due(key) => Some(key),
            Front::Later(at) => {
                queue.schedule(at, Event::CallTimeouts(backend));
                None
            }
            Front::Empty => None,
        }
    }

    fn call_timed_out(&mut self, now: SimTime, key: Key, queue: &mut EventQueue<Event>) {
        let call = self.backends().calls.remove(key).expect("it can time out");
        self.observer.call_ended(now, call.site, CallEnd::TimedOut);
        self.call_failed(now, &call, queue);
    }

    /// The gateway knows that a call has failed: its breaker counts that, and it may try again.
    fn call_failed(&mut self, now: SimTime, call: &Call, queue: &mut EventQueue<Event>) {
        let errand = &call.errand;
        let is_wanted = self.requests.contains(errand.request);
        let backends = self.backends();
        let spec = &backends.spec.backends[errand.backend];
        let caller = &mut backends.callers[errand.region];
        let number = caller.number(errand.vm, call.site);
        let breaker = caller.breaker(number).zip(spec.breaker.as_ref());
        if let Some(((breaker, site), spec)) = breaker
            && let Some(until) = breaker.failed(now, call.hit, spec)
        {
            let due = Event::BreakerDue(errand.region, number);
            queue.schedule(until, due);
            self.tell_breakers(now, errand.region, site);
        }
        if call.calls >= spec.attempts || !is_wanted {
            return self.call_over(now, (errand, Err((Cause::Backend, call.hit))), queue);
        }
        let mut draws = errand.sequel.back_off(errand.attempt, call.calls);
        let waited = spec.backoff.delay((call.calls, call.waited), &mut draws);
        let waiting = Call {
            waited,
            state: CallState::Waiting,
            ..*call
        };
        if waited.is_zero() {
            return self.call(now, (*errand, Some(&waiting)), queue);
        }
        let key = self.backends().calls.insert(waiting);
        queue.schedule(now + waited, Event::CallRetryDue(key));
    }

    /// The gateway goes on with an attempt: it answers, or fails it.
    fn call_over(
        &mut self,
        now: SimTime,
        (errand, outcome): (&Errand, Result<(), CallFailure>),
        queue: &mut EventQueue<Event>,
    ) {
        let region = errand.region;
        let owner = Owner::Request(errand.request);
        let service = errand.served;
        let done = Done { owner, service };
        match outcome {
            Ok(()) => self.pass_on(now, (region, done), queue),
            Err((cause, hit)) => {
                if let Some(request) = self.requests.get_mut(errand.request) {
                    request.hit = hit.or(request.hit);
                }
                self.send_back(now, (region, owner, cause), queue);
            }
        }
    }

    /// A call, and the request that it is for, have run into something.
    pub(super) fn hit_call(&mut self, key: Key, hit: Option<Hit>) {
        if hit.is_none() {
            return;
        }
        let backends = self.backends.as_mut().expect("somebody calls");
        let Some(call) = backends.calls.get_mut(key) else {
            return;
        };
        call.hit = hit;
        if let Some(request) = self.requests.get_mut(call.errand.request) {
            request.hit = hit;
        }
    }

    /// Nothing will come of a call before its time is up.
    pub(super) fn lose_call(&mut self, key: Key) {
        if let Some(call) = self.backends().calls.get_mut(key) {
            call.state = CallState::Lost;
        }
    }

    /// Tells the observer how loaded a site is, and gives up if it is hopeless.
    pub(super) fn tell_site_load(&mut self, now: SimTime, site: SiteId) {
        let load = self.backends().sites[site].station.load();
        self.observer.site_load_changed(now, site, load);
        if load.waiting as usize > self.spec.backlog_max {
            self.saturate_site(now, site);
        }
    }
}

pub(super) fn schedule_service(site: SiteId, service: Service, queue: &mut EventQueue<Event>) {
    let served = Event::CallServed(site, service.worker);
    queue.schedule(service.ends, served);
}
