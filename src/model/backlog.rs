//! What waits for the workers of a station, and who is next.
//!
//! First come, first served, unless a region says otherwise: newest first, or nobody who has waited
//! for longer than a limit. With such a rule the joining times are kept beside the jobs; without
//! one, which is the rule, there is one branch more than in a plain queue, and nothing is kept.
//! Shedding looks at the head of the queue alone when a worker becomes free, as by then everybody
//! behind it has waited for less (Nichols and Jacobson, "Controlling Queue Delay", 2012, measure
//! the same age there). What this file is not: it refuses nothing, see `Station` for a full queue.

use std::collections::VecDeque;

use crate::units::{SimDuration, SimTime};

/// Whom a free worker serves next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Discipline {
    /// Who has waited for the longest.
    #[default]
    Fifo,
    /// Who has waited for the shortest.
    Lifo,
}

/// Work for a station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Job<W> {
    /// The worker time it takes.
    pub(crate) demand: SimDuration,
    /// Who wants to know when it is done.
    pub(crate) owner: W,
}

impl<W> Job<W> {
    /// The same with a demand that takes so many times as long.
    #[cold]
    pub(crate) fn slowed(self, pace: f64) -> Self {
        let demand = self.demand.scaled(pace);
        Self { demand, ..self }
    }
}

/// Jobs that wait.
#[derive(Clone, Debug)]
pub(crate) struct Backlog<W> {
    /// In the order in which they came.
    jobs: VecDeque<Job<W>>,
    /// `None`: first come, first served, however long it takes.
    rule: Option<Box<Rule<W>>>,
}

/// Who is next, and who has waited for too long.
#[derive(Clone, Debug)]
struct Rule<W> {
    discipline: Discipline,
    shed_after: Option<SimDuration>,
    /// When each job joined, in step with the jobs.
    joined: VecDeque<SimTime>,
    /// What was dropped and has not been told yet.
    shed: Vec<W>,
}

impl<W> Default for Backlog<W> {
    fn default() -> Self {
        Self {
            jobs: VecDeque::new(),
            rule: None,
        }
    }
}

impl<W: Copy + PartialEq> Backlog<W> {
    /// Nobody waits.
    pub(crate) fn new(discipline: Discipline, shed_after: Option<SimDuration>) -> Self {
        let is_plain = discipline == Discipline::Fifo && shed_after.is_none();
        let rule = Rule {
            discipline,
            shed_after,
            joined: VecDeque::new(),
            shed: Vec::new(),
        };
        Self {
            jobs: VecDeque::new(),
            rule: (!is_plain).then(|| Box::new(rule)),
        }
    }

    /// Number of jobs.
    pub(crate) fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Adds a job that comes at `now`.
    pub(crate) fn push(&mut self, now: SimTime, job: Job<W>) {
        self.jobs.push_back(job);
        if let Some(rule) = &mut self.rule {
            rule.joined.push_back(now);
        }
    }

    /// Takes the job that a worker that is free at `now` serves next, if any is left when those
    /// have been shed that have waited for too long.
    #[expect(
        clippy::inline_always,
        reason = "every request that has waited comes here"
    )]
    #[inline(always)]
    pub(crate) fn next(&mut self, now: SimTime) -> Option<Job<W>> {
        match &mut self.rule {
            None => self.jobs.pop_front(),
            Some(rule) => rule.next(now, &mut self.jobs),
        }
    }

    /// Takes a job out, from wherever it is; returns whether it was here. Jobs are mostly given up
    /// in the order in which they came, so it is looked for from the front.
    pub(crate) fn remove(&mut self, owner: W) -> bool {
        let Some(index) = self.jobs.iter().position(|job| job.owner == owner) else {
            return false;
        };
        self.jobs.remove(index);
        if let Some(rule) = &mut self.rule {
            rule.joined.remove(index);
        }
        true
    }

    /// Takes all jobs out, in the order in which they came.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = W> {
        if let Some(rule) = &mut self.rule {
            rule.joined.clear();
        }
        self.jobs.drain(..).map(|job| job.owner)
    }

    /// Whether jobs are ever shed.
    #[inline]
    pub(crate) fn sheds(&self) -> bool {
        self.rule.is_some()
    }

    /// What was shed since this was last asked, oldest first.
    pub(crate) fn take_shed(&mut self) -> Vec<W> {
        let shed = self
            .rule
            .as_mut()
            .map(|rule| std::mem::take(&mut rule.shed));
        shed.unwrap_or_default()
    }
}

impl<W> Rule<W> {
    #[inline(never)]
    fn next(&mut self, now: SimTime, jobs: &mut VecDeque<Job<W>>) -> Option<Job<W>> {
        if let Some(limit) = self.shed_after {
            while self.joined.front().is_some_and(|&at| now - at > limit) {
                self.joined.pop_front();
                self.shed.extend(jobs.pop_front().map(|job| job.owner));
            }
        }
        match self.discipline {
            Discipline::Fifo => {
                self.joined.pop_front();
                jobs.pop_front()
            }
            Discipline::Lifo => {
                self.joined.pop_back();
                jobs.pop_back()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Key, Slab};

    /// Five jobs that came a nanosecond apart, from 0 on.
    fn five(discipline: Discipline, shed_after: Option<u64>) -> (Backlog<Key>, Vec<Job<Key>>) {
        let mut slab = Slab::new();
        let mut backlog = Backlog::new(discipline, shed_after.map(SimDuration::from_ns));
        let jobs: Vec<Job<Key>> = (0..5)
            .map(|ns| Job {
                demand: SimDuration::from_ns(ns),
                owner: slab.insert(()),
            })
            .collect();
        for (ns, &job) in (0..).zip(&jobs) {
            backlog.push(SimTime::from_ns(ns), job);
        }
        (backlog, jobs)
    }

    #[test]
    fn the_newest_is_next_where_that_is_the_rule() {
        for (discipline, order) in [
            (Discipline::Fifo, [0, 1, 3, 4]),
            (Discipline::Lifo, [4, 3, 1, 0]),
        ] {
            let (mut backlog, jobs) = five(discipline, None);
            assert!(backlog.remove(jobs[2].owner) && !backlog.remove(jobs[2].owner));
            let now = SimTime::from_ns(1_000);
            assert_eq!(
                order.map(|_| backlog.next(now)),
                order.map(|i| Some(jobs[i]))
            );
            assert_eq!((backlog.next(now), backlog.len()), (None, 0));
        }
    }

    /// Goal: who has waited for longer than the limit is dropped, oldest first, and who has waited
    /// for exactly as long is served.
    #[test]
    fn who_has_waited_for_too_long_is_shed_before_the_next_is_served() {
        for (discipline, next) in [(Discipline::Fifo, 2), (Discipline::Lifo, 4)] {
            let (mut backlog, jobs) = five(discipline, Some(5));
            assert_eq!(backlog.take_shed(), []);
            assert_eq!(backlog.next(SimTime::from_ns(7)), Some(jobs[next]));
            assert_eq!(backlog.take_shed(), [jobs[0].owner, jobs[1].owner]);
            assert_eq!((backlog.take_shed(), backlog.len()), (Vec::new(), 2));
            assert_eq!(backlog.next(SimTime::from_ns(100)), None);
            assert_eq!(backlog.take_shed().len(), 2);
        }
    }

    #[test]
    fn what_is_drained_was_not_shed() {
        let (mut backlog, jobs) = five(Discipline::Lifo, Some(1));
        let owners: Vec<Key> = jobs.iter().map(|job| job.owner).collect();
        assert_eq!(backlog.drain().collect::<Vec<Key>>(), owners);
        assert_eq!(backlog.next(SimTime::from_ns(100)), None);
        assert_eq!(backlog.take_shed(), []);
    }
}
