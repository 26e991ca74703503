//! A station: workers and one queue. A region's gateway is one, and so is a back end.
//!
//! Clock-free: it is handed `now` and says what follows. What a worker serves is a [`Job`] that
//! knows only its work and its owner, so that work whose client has left goes on as it would in a
//! real server.

use crate::model::backlog::{Backlog, Job};
use crate::model::observer::Load;
use crate::units::{SimDuration, SimTime};

/// A job that a worker has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Service {
    /// Which worker.
    pub(crate) worker: u32,
    /// When it will have finished.
    pub(crate) ends: SimTime,
}

/// What became of a job that came to a station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// A worker serves it at once.
    Serving(Service),
    /// It waits.
    Waiting,
    /// The queue is full.
    Refused,
}

/// Work done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Done<W> {
    /// For whom.
    pub(crate) owner: W,
    /// The worker time it took.
    pub(crate) service: SimDuration,
}

/// A job that has left the station, and the one that its worker has begun next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Finished<W> {
    pub(crate) done: Done<W>,
    pub(crate) next: Option<Service>,
}

/// What happens to workers that are taken away while they are busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Removal {
    /// They finish what they do.
    Graceful,
    /// What they do is lost. Those that are lost are as busy as all; of the busy ones the youngest
    /// work is lost.
    Abrupt,
}

/// What follows from another number of workers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resized<W> {
    /// Work that was lost.
    pub(crate) lost: Vec<W>,
    /// Work that waited and has begun.
    pub(crate) begun: Vec<Service>,
}

/// The workers and the queue of a station.
#[derive(Clone, Debug)]
pub(crate) struct Station<W> {
    /// What each worker does; `None` is idle.
    workers: Vec<Option<Busy<W>>>,
    /// The workers that are idle.
    idle: Vec<u32>,
    /// The workers that are there no more; their numbers are used again.
    gone: Vec<u32>,
    /// How many workers are there.
    there: usize,
    /// How many busy workers go when they have finished.
    leaving: u32,
    waiting: Backlog<W>,
    queue_limit: usize,
    /// How many times as long work takes that is begun now; `None` if as long as its demand.
    pub(crate) pace: Option<f64>,
}

/// What a busy worker does.
#[derive(Clone, Copy, Debug)]
struct Busy<W> {
    /// Its demand is the time that it takes from its beginning to its end.
    job: Job<W>,
    ends: SimTime,
}

impl<W> Default for Resized<W> {
    fn default() -> Self {
        Self {
            lost: Vec::new(),
            begun: Vec::new(),
        }
    }
}

impl<W: Copy + PartialEq> Station<W> {
    /// Idle workers and a queue, empty at first, of so many places.
    pub(crate) fn new(workers: u32, (waiting, queue_limit): (Backlog<W>, Option<u32>)) -> Self {
        Self {
            workers: vec![None; workers as usize],
            idle: (0..workers).rev().collect(),
            gone: Vec::new(),
            there: workers as usize,
            leaving: 0,
            waiting,
            queue_limit: queue_limit.map_or(usize::MAX, |limit| limit as usize),
            pace: None,
        }
    }

    /// How loaded it is.
    pub(crate) fn load(&self) -> Load {
        let count = |length| u32::try_from(length).unwrap_or(u32::MAX);
        Load {
            busy: self.busy(),
            waiting: count(self.waiting.len()),
        }
    }

    /// Number of jobs waiting.
    pub(crate) fn backlog(&self) -> usize {
        self.waiting.len()
    }

    /// Whether jobs that wait may have been shed.
    #[inline]
    pub(crate) fn sheds(&self) -> bool {
        self.waiting.sheds()
    }

    /// Jobs that had waited for too long when a worker became free, and have not been told.
    pub(crate) fn take_shed(&mut self) -> Vec<W> {
        self.waiting.take_shed()
    }

    /// Takes a job that comes at `now`.
    pub(crate) fn admit(&mut self, now: SimTime, job: Job<W>) -> Admission {
        if let Some(worker) = self.idle.pop() {
            return Admission::Serving(self.serve(now, worker, job));
        }
        if self.waiting.len() >= self.queue_limit {
            return Admission::Refused;
        }
        self.waiting.push(now, job);
        Admission::Waiting
    }

    /// Ends the service that was to end at `now`, and begins the next.
    ///
    /// Returns `None` if it ended before its time (the region failed meanwhile).
    #[inline]
    pub(crate) fn finish(&mut self, now: SimTime, worker: u32) -> Option<Finished<W>> {
        let place = &mut self.workers[worker as usize];
        let Busy { job, .. } = place.take_if(|busy| busy.ends == now)?;
        let done = Done {
            owner: job.owner,
            service: job.demand,
        };
        let next = self.next(now, worker);
        Some(Finished { done, next })
    }

    /// Drops a job that nobody wants any more, in service or waiting, if it is here. Jobs are
    /// mostly given up in the order in which they came, so it is looked for among those in service
    /// first.
    pub(crate) fn cancel(&mut self, now: SimTime, owner: W) -> Option<Finished<W>> {
        let is_it = |place: &Option<Busy<W>>| place.is_some_and(|busy| busy.job.owner == owner);
        let Some(worker) = self.workers.iter().position(is_it) else {
            if !self.waiting.remove(owner) {
                return None;
            }
            let service = SimDuration::ZERO;
            let done = Done { owner, service };
            return Some(Finished { done, next: None });
        };
        let Busy { job, ends } = self.workers[worker].take()?;
        let left = ends - now;
        let service = SimDuration::from_ns(job.demand.as_ns() - left.as_ns());
        let done = Done { owner, service };
        let worker = u32::try_from(worker).expect("made from a u32");
        let next = self.next(now, worker);
        Some(Finished { done, next })
    }

    /// Drops all work, in service first, then in the order of the queue.
    pub(crate) fn fail(&mut self) -> Vec<W> {
        let mut lost: Vec<W> = Vec::with_capacity(self.workers.len() + self.waiting.len());
        lost.extend(self.workers.iter().flatten().map(|busy| busy.job.owner));
        lost.extend(self.waiting.drain());
        self.workers.fill(None);
        let (active, all) = (self.workers(), self.places());
        self.idle.clear();
        self.idle.extend((0..active).rev());
        self.gone.clear();
        self.gone.extend((active..all).rev());
        self.there = active as usize;
        self.leaving = 0;
        lost
    }

    /// Takes all work out of a station where nothing waits: what each worker does and until when;
    /// `None` if it is idle.
    pub(crate) fn suspend(&mut self) -> Vec<Option<(Job<W>, SimTime)>> {
        let busy = self.workers.iter().flatten();
        let mut workers: Vec<_> = busy.map(|busy| Some((busy.job, busy.ends))).collect();
        workers.resize(self.there, None);
        self.fail();
        workers
    }

    /// Lets an idle worker go on with work that ends at a time.
    pub(crate) fn resume(&mut self, job: Job<W>, ends: SimTime) -> Service {
        let worker = self.idle.pop().expect("no more goes on than was suspended");
        self.workers[worker as usize] = Some(Busy { job, ends });
        Service { worker, ends }
    }

    /// Lets work wait that has waited before.
    pub(crate) fn wait_on(&mut self, now: SimTime, job: Job<W>) {
        self.waiting.push(now, job);
    }

    /// Whether some of its workers are to go when they have finished.
    pub(crate) fn is_shrinking(&self) -> bool {
        self.leaving > 0
    }

    /// Gives it another number of workers.
    pub(crate) fn resize(&mut self, now: SimTime, workers: u32, removal: Removal) -> Resized<W> {
        let active = self.workers();
        if workers >= active {
            let begun = self.grow(now, workers - active);
            return Resized {
                begun,
                ..Resized::default()
            };
        }
        let surplus = active - workers;
        let busy = self.busy() - self.leaving;
        let lost = match removal {
            Removal::Graceful => Vec::new(),
            Removal::Abrupt => {
                // As busy as all of them, to the nearest.
                let share = u64::from(surplus) * u64::from(busy) + u64::from(active) / 2;
                self.drop_youngest(share / u64::from(active))
            }
        };
        let dropped = u32::try_from(lost.len()).expect("no more than there are workers");
        let idle = u32::try_from(self.idle.len()).expect("no more than there are workers");
        for _ in 0..(surplus - dropped).min(idle) {
            self.gone.extend(self.idle.pop());
            self.there -= 1;
        }
        self.leaving += surplus - dropped - (surplus - dropped).min(idle);
        Resized {
            lost,
            ..Resized::default()
        }
    }

    /// Adds workers: first those that were about to go stay.
    fn grow(&mut self, now: SimTime, more: u32) -> Vec<Service> {
        let staying = more.min(self.leaving);
        self.leaving -= staying;
        let mut begun = Vec::new();
        for _ in staying..more {
            let worker = self.gone.pop().unwrap_or_else(|| {
                self.workers.push(None);
                self.places() - 1
            });
            self.there += 1;
            begun.extend(self.next(now, worker));
        }
        begun
    }

    /// Drops the work of so many workers, those that have worked on it for the shortest, who go; of
    /// those that have begun at once, the ones that have the most to do.
    fn drop_youngest(&mut self, count: u64) -> Vec<W> {
        let begun = |busy: &Busy<W>| busy.ends.before(busy.job.demand);
        let age = |busy: &Busy<W>| (begun(busy), busy.ends);
        let mut busy: Vec<((SimTime, SimTime), usize)> = (self.workers.iter().enumerate())
            .filter_map(|(worker, place)| Some((age(place.as_ref()?), worker)))
            .collect();
        busy.sort_unstable();
        let mut lost = Vec::new();
        for _ in 0..count {
            let Some((_, worker)) = busy.pop() else { break };
            lost.extend(self.workers[worker].take().map(|busy| busy.job.owner));
            self.gone
                .push(u32::try_from(worker).expect("made from a u32"));
            self.there -= 1;
        }
        lost
    }

    /// Workers that are busy, those that will go included.
    fn busy(&self) -> u32 {
        u32::try_from(self.there - self.idle.len()).unwrap_or(u32::MAX)
    }

    /// Workers that are there to stay.
    pub(crate) fn workers(&self) -> u32 {
        u32::try_from(self.there).expect("made from a u32") - self.leaving
    }

    /// Numbers of workers in use, of those that have gone too.
    fn places(&self) -> u32 {
        u32::try_from(self.workers.len()).expect("made from a u32")
    }

    /// Lets a worker that is free begin the next job, if any waits.
    #[expect(
        clippy::inline_always,
        reason = "every request comes here: 1 % of all instructions"
    )]
    #[inline(always)]
    fn next(&mut self, now: SimTime, worker: u32) -> Option<Service> {
        if self.leaving > 0 {
            self.leave(worker);
            return None;
        }
        let Some(job) = self.waiting.next(now) else {
            self.idle.push(worker);
            return None;
        };
        Some(self.serve(now, worker, job))
    }

    /// Lets a worker that has finished go, as there are too many.
    #[cold]
    fn leave(&mut self, worker: u32) {
        self.leaving -= 1;
        self.there -= 1;
        self.gone.push(worker);
    }

    fn serve(&mut self, now: SimTime, worker: u32, job: Job<W>) -> Service {
        let job = match self.pace {
            None => job,
            Some(pace) => job.slowed(pace),
        };
        let ends = now + job.demand;
        self.workers[worker as usize] = Some(Busy { job, ends });
        Service { worker, ends }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Key, Slab};

    fn job(ns: u64, slab: &mut Slab<()>) -> Job<Key> {
        Job {
            demand: SimDuration::from_ns(ns),
            owner: slab.insert(()),
        }
    }

    #[test]
    fn first_come_is_first_served_and_a_full_queue_refuses() {
        let mut slab = Slab::new();
        let mut station = Station::new(1, (Backlog::default(), Some(1)));
        let (first, second, third) = (job(5, &mut slab), job(7, &mut slab), job(1, &mut slab));
        let ends = SimTime::from_ns(5);
        let service = Service { worker: 0, ends };
        assert_eq!(
            station.admit(SimTime::ZERO, first),
            Admission::Serving(service)
        );
        assert_eq!(station.admit(SimTime::ZERO, second), Admission::Waiting);
        assert_eq!(station.admit(SimTime::ZERO, third), Admission::Refused);
        assert_eq!(
            station.load(),
            Load {
                busy: 1,
                waiting: 1
            }
        );
        let finished = station.finish(ends, 0).expect("it ends now");
        let next = Service {
            worker: 0,
            ends: SimTime::from_ns(12),
        };
        assert_eq!(finished.done.owner, first.owner);
        assert_eq!(finished.next, Some(next));
    }

    #[test]
    fn a_failed_station_is_empty_and_forgets_what_was_to_end() {
        let mut slab = Slab::new();
        let mut station = Station::new(1, (Backlog::default(), None));
        let (first, second) = (job(5, &mut slab), job(7, &mut slab));
        station.admit(SimTime::ZERO, first);
        station.admit(SimTime::ZERO, second);
        assert_eq!(station.fail(), [first.owner, second.owner]);
        assert_eq!(station.load(), Load::default());
        assert_eq!(station.finish(SimTime::from_ns(5), 0), None);
    }

    /// Goal: scaling in loses nothing, and what leaves is what is over.
    #[test]
    fn workers_that_are_too_many_finish_what_they_do() {
        let mut slab = Slab::new();
        let mut station = Station::new(2, (Backlog::default(), None));
        for ns in [5, 7, 1] {
            station.admit(SimTime::ZERO, job(ns, &mut slab));
        }
        let resized = station.resize(SimTime::ZERO, 1, Removal::Graceful);
        assert_eq!(resized, Resized::default());
        assert_eq!(station.load().busy, 2);
        let finished = station.finish(SimTime::from_ns(5), 0).expect("it ends now");
        assert_eq!(finished.next, None, "its worker has gone");
        let finished = station.finish(SimTime::from_ns(7), 1).expect("it ends now");
        assert_eq!(finished.next.map(|next| next.worker), Some(1));
        let resized = station.resize(SimTime::from_ns(7), 3, Removal::Graceful);
        assert_eq!(resized, Resized::default(), "nothing waits");
        assert_eq!((station.workers(), station.load().busy), (3, 1));
    }

    /// Goal: a loss of machines takes its share of the work, the youngest first, and of the idle.
    #[test]
    fn workers_that_are_lost_take_the_youngest_work_with_them() {
        let mut slab = Slab::new();
        let mut station = Station::new(4, (Backlog::default(), None));
        let old = job(9, &mut slab);
        let young = job(9, &mut slab);
        station.admit(SimTime::ZERO, old);
        station.admit(SimTime::from_ns(1), young);
        let now = SimTime::from_ns(2);
        let resized = station.resize(now, 2, Removal::Abrupt);
        assert_eq!(
            resized.lost,
            [young.owner],
            "two of four, of which two were busy"
        );
        assert_eq!(station.load().busy, 1);
        for ns in [1, 1] {
            station.admit(now, job(ns, &mut slab));
        }
        assert_eq!(
            station.load(),
            Load {
                busy: 2,
                waiting: 1
            }
        );
        let resized = station.resize(now, 4, Removal::Abrupt);
        assert_eq!(resized.begun.len(), 1, "what waited begins");
        assert_eq!(station.fail().len(), 3);
        assert_eq!((station.workers(), station.load().busy), (4, 0));
    }
}
