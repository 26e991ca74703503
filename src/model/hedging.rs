//! Hedges: a second attempt before the first has ended (Dean and Barroso, "The Tail at Scale",
//! Communications of the ACM 56(2), 2013).
//!
//! The first attempt of a request is hedged once, if the retry budget allows it. The faster answer
//! counts, the other is work for nobody.

use crate::engine::{EventQueue, Key};
use crate::model::client::{HedgeDelay, HedgeSpec};
use crate::model::entity::PopulationId;
use crate::model::event::Event;
use crate::model::fleet::Fleet;
use crate::model::observer::{Observer, Waste};
use crate::model::outcome::Outcome;
use crate::model::request::{Request, State};
use crate::units::{SimDuration, SimTime};

/// How far the logarithm of a measured delay moves at most for one request.
const STEP: f64 = 0.01;

/// When the clients of a population hedge.
#[derive(Clone, Debug)]
pub(crate) struct Hedges<'s> {
    spec: &'s HedgeSpec,
    delay: SimDuration,
}

impl<'s> Hedges<'s> {
    /// Clients that have measured nothing yet, and think that an answer takes about this long.
    pub(crate) fn new(spec: &'s HedgeSpec, typical: SimDuration) -> Self {
        let delay = match spec.after {
            HedgeDelay::Fixed(delay) => delay,
            HedgeDelay::Quantile(_) => typical.max(SimDuration::from_millis(1)),
        };
        Self { spec, delay }
    }

    /// How long they wait for a first attempt now.
    pub(crate) fn delay(&self) -> SimDuration {
        self.delay
    }

    /// Measures: a first attempt has ended within the delay, or not. Stochastic approximation of
    /// the quantile (Robbins and Monro, 1951): in the long run just its share ends in time.
    fn measure(&mut self, is_in_time: bool) {
        let HedgeDelay::Quantile(quantile) = self.spec.after else {
            return;
        };
        let step = if is_in_time { quantile - 1.0 } else { quantile };
        self.delay = self.delay.scaled((STEP * step).exp());
    }
}

impl<O: Observer> Fleet<'_, O> {
    /// A first attempt has taken as long as its client waits before it hedges.
    pub(super) fn hedge_due(
        &mut self,
        now: SimTime,
        (key, id): (Key, PopulationId),
        queue: &mut EventQueue<Event>,
    ) {
        let population = &mut self.populations[id];
        let hedges = population.hedges.as_mut().expect("only who hedges is due");
        let is_elsewhere = hedges.spec.elsewhere;
        let first = self.requests.get(key).copied();
        hedges.measure(first.is_none());
        let Some(first) = first else {
            return;
        };
        if !first.can_be_hedged() || !population.retries.spend(now) {
            return;
        }
        let (hedge, out) = self.draw_again(now, (&first, is_elsewhere));
        let hedge = Request {
            twin: Some(key),
            is_hedged: true,
            ..hedge
        };
        let twin = self.send(now, (hedge, out), queue);
        let first = self.requests.get_mut(key).expect("found just now");
        first.twin = Some(twin);
        first.is_hedged = true;
        first.attempts += 1;
    }

    /// A client has its answer, and no use for another.
    pub(super) fn answer_received(
        &mut self,
        now: SimTime,
        key: Key,
        queue: &mut EventQueue<Event>,
    ) {
        let Some(request) = self.requests.remove(key) else {
            return;
        };
        if let Some(twin) = request.twin {
            self.beat(now, twin, queue);
        }
        self.end(&request, (now, Outcome::Succeeded), queue);
    }

    /// Leaves an attempt to itself, as another was faster.
    fn beat(&mut self, now: SimTime, key: Key, queue: &mut EventQueue<Event>) {
        let request = self
            .requests
            .get_mut(key)
            .expect("twins know of each other");
        let beaten = *request;
        match beaten.state {
            State::Outbound | State::Inside | State::Failing(..) => request.state = State::Beaten,
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
    }
}
