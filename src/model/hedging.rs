//! What becomes of hedged requests: two attempts at once, of which the faster answer counts and the
//! other is work for nobody.

use crate::engine::{EventQueue, Key};
use crate::model::entity::PopulationId;
use crate::model::event::Event;
use crate::model::fleet::Fleet;
use crate::model::observer::{Observer, Waste};
use crate::model::outcome::Outcome;
use crate::model::request::{Request, State};
use crate::units::SimTime;

impl<O: Observer> Fleet<'_, O> {
    /// A first attempt has taken as long as its client waits before it hedges.
    #[inline(never)]
    pub(super) fn hedge_due(
        &mut self,
        now: SimTime,
        (key, id): (Key, PopulationId),
        queue: &mut EventQueue<Event>,
    ) {
        let population = &mut self.populations[id];
        let hedges = population.hedges.as_mut().expect("only who hedges is due");
        let is_elsewhere = hedges.is_elsewhere();
        let first = self.requests.get(key).copied();
        hedges.measure(first.is_none());
        let Some(first) = first else {
            return;
        };
        if !first.can_be_hedged() || !population.retries.spend(now) {
            return;
        }
        let hedged = Request {
            twin: Some(key),
            is_hedged: true,
            ..first
        };
        let twin = self.send_again(now, (&hedged, is_elsewhere), queue);
        let first = self.requests.get_mut(key).expect("found just now");
        first.twin = Some(twin);
        first.is_hedged = true;
        first.attempts += 1;
    }

    /// A client has its answer, and no use for another.
    #[inline(never)]
    pub(super) fn answer_received(
        &mut self,
        now: SimTime,
        key: Key,
        queue: &mut EventQueue<Event>,
    ) {
        let Some(mut request) = self.requests.remove(key) else {
            return;
        };
        if let Some(twin) = request.twin
            && !self.beat(now, twin, queue)
        {
            request.attempts -= 1;
        }
        let end = request.end(now, Outcome::Succeeded);
        self.end(request.agent, &end, queue);
    }

    /// Leaves an attempt to itself, as another was faster; returns whether it was made at all.
    fn beat(&mut self, now: SimTime, key: Key, queue: &mut EventQueue<Event>) -> bool {
        let request = self
            .requests
            .get_mut(key)
            .expect("twins know of each other");
        let beaten = *request;
        match beaten.state {
            State::Outbound if beaten.can_be_forgotten(now) => {
                self.requests.remove(key);
                let is_made = now >= beaten.begun;
                if !is_made {
                    self.populations[beaten.population].never_sent(&beaten);
                }
                return is_made;
            }
            State::Outbound
            | State::Inside
            | State::Calling
            | State::Held(_)
            | State::Failing(..) => {
                request.state = State::Beaten;
            }
            State::Answered => {
                self.requests.remove(key);
                let waste = (beaten.demand, Waste::Duplicate);
                self.observer.work_wasted(now, beaten.region, waste);
            }
            State::Resolving | State::Late | State::Lost(_) => {
                self.requests.remove(key);
            }
            State::Left | State::Beaten | State::Waiting => {
                unreachable!("it is no longer anybody's twin")
            }
        }
        self.cancel(now, (key, &beaten), queue);
        true
    }
}
