//! What becomes of work whose client has left: it goes on, unless the client says so.

use crate::engine::{EventQueue, Key};
use crate::model::entity::RegionId;
use crate::model::event::Event;
use crate::model::fleet::Fleet;
use crate::model::gateway::Owner;
use crate::model::observer::{Observer, Waste};
use crate::model::request::{Request, State};
use crate::model::work::schedule_end;
use crate::units::SimTime;

impl<O: Observer> Fleet<'_, O> {
    /// Lets a client that gives an attempt up tell the region, if it does such things; the word
    /// takes as long as the answer would have.
    pub(super) fn cancel(
        &mut self,
        now: SimTime,
        (key, abandoned): (Key, &Request),
        queue: &mut EventQueue<Event>,
    ) {
        let is_told = self.populations[abandoned.population].cancels_abandoned();
        let is_heard = !self.is_cut(abandoned.population, abandoned.region);
        if is_told && is_heard && abandoned.may_be_at_work() {
            let reaches = now + abandoned.back;
            queue.schedule(reaches, Event::CancelReached(key, abandoned.region));
        }
    }

    /// A region hears that nobody waits for an attempt any more: it drops the work, wherever it is.
    #[inline(never)]
    pub(super) fn cancel_reached(
        &mut self,
        now: SimTime,
        (key, region): (Key, RegionId),
        queue: &mut EventQueue<Event>,
    ) {
        if !self.regions[region].faults.is_empty() {
            // Over a cut way it comes after what it is about; from a dead region nothing comes.
            return self.regions[region].held_cancels.push(key);
        }
        let state = self.requests.get(key).map(|request| request.state);
        let waste = match state {
            Some(State::Beaten) => Waste::Duplicate,
            Some(State::Left) | None => Waste::Abandoned,
            Some(_) => unreachable!("its client has left"),
        };
        // What is on its way finds nothing of itself when it arrives.
        self.requests.remove(key);
        let owner = Owner::Request(key);
        let Some(finished) = self.regions[region].gateway.cancel(now, owner) else {
            return;
        };
        if let Some(service) = finished.next {
            schedule_end(region, service, queue);
        }
        self.observer.work_left(now, region);
        if !finished.done.service.is_zero() {
            let wasted = (finished.done.service, waste);
            self.observer.work_wasted(now, region, wasted);
        }
        if self.regions[region].gateway.sheds() {
            self.refuse_shed(now, region, queue);
        }
        self.tell_load(now, region);
    }
}
