//! Rates that change along straight lines: stages, flash crowds, measured series.
//!
//! With rate `r` and slope `s` at some time, `m` more arrivals are expected after
//! d = 2 m / (r + sqrt(r² + 2 s m)): the root of r d + s d² / 2 = m, written so that nothing
//! cancels. What this file is not: it does not know where the points come from.

use std::sync::Arc;

use crate::random::rate_profile::{Stretch, Walk, along_constant, per_ns, rate_of};
use crate::units::{Rate, SimDuration};

/// A rate at a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatePoint {
    /// Time since the start of the measured period.
    pub at: SimDuration,
    /// The rate there.
    pub rate: Rate,
}

/// A ramp from the rate before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stage {
    /// How long the rate takes to get there; zero is a jump.
    pub length: SimDuration,
    /// The rate at its end.
    pub to: Rate,
}

/// A rate that shoots up, stays, and comes down again, each along a straight line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlashCrowd {
    /// The rate before and after.
    pub base: Rate,
    /// The rate at the height of it.
    pub peak: Rate,
    /// When it begins to rise, since the start of the measured period.
    pub at: SimDuration,
    /// How long it rises.
    pub rise: SimDuration,
    /// How long it stays.
    pub hold: SimDuration,
    /// How long it takes to come down.
    pub decay: SimDuration,
}

impl FlashCrowd {
    /// The corners.
    pub(super) fn points(self) -> Vec<RatePoint> {
        let rise = Stage {
            length: self.rise,
            to: self.peak,
        };
        let hold = Stage {
            length: self.hold,
            ..rise
        };
        let decay = Stage {
            length: self.decay,
            to: self.base,
        };
        let mut points = stages(self.base, &[rise, hold, decay]);
        for point in &mut points {
            point.at += self.at;
        }
        points
    }
}

/// The corners of ramps that follow each other.
pub(super) fn stages(from: Rate, stages: &[Stage]) -> Vec<RatePoint> {
    let at = SimDuration::ZERO;
    let mut points = vec![RatePoint { at, rate: from }];
    let mut end = at;
    for stage in stages {
        end += stage.length;
        points.push(RatePoint {
            at: end,
            rate: stage.to,
        });
    }
    points
}

/// Straight lines from point to point.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Linear {
    /// Not empty, in the order of time. Shared: a series may have a million of them.
    points: Arc<[RatePoint]>,
}

/// A part of a profile along one line, in arrivals and nanoseconds.
struct Segment {
    start: f64,
    /// Infinite for the last one.
    end: f64,
    rate: f64,
    slope: f64,
}

impl Linear {
    pub(super) fn new(points: Vec<RatePoint>) -> Self {
        assert!(!points.is_empty(), "a profile has a rate");
        let is_ordered = points.is_sorted_by_key(|point| point.at);
        assert!(is_ordered, "the points are in the order of time");
        Self {
            points: points.into(),
        }
    }

    pub(super) fn at(&self, at: SimDuration) -> Rate {
        let index = self.points.partition_point(|point| point.at <= at);
        let segment = self.segment(index);
        rate_of(segment.rate_at(at.as_ns() as f64) * 1e9)
    }

    pub(super) fn cumulative(&self, until: SimDuration) -> f64 {
        let until = until.as_ns() as f64;
        let segments = (0..=self.points.len()).map(|index| self.segment(index));
        let started = segments.take_while(|segment| segment.start < until);
        started
            .map(|segment| segment.expected(segment.start.max(0.0), segment.end.min(until)))
            .sum()
    }

    /// A range of rates per second, widened by the points in between.
    pub(super) fn widened(&self, range: [f64; 2], from: SimDuration, to: SimDuration) -> [f64; 2] {
        let first = self.points.partition_point(|point| point.at < from);
        let inside = self.points[first..]
            .iter()
            .take_while(|point| point.at <= to);
        inside
            .map(|point| point.rate.as_per_s())
            .fold(range, |[low, high], rate| [low.min(rate), high.max(rate)])
    }

    pub(super) fn walk(&self, cursor: &mut usize, stretch: Stretch, mut expected: f64) -> Walk {
        let Stretch { mut from, limit } = stretch;
        loop {
            let segment = self.segment(*cursor);
            if segment.end.is_infinite() {
                return along_constant(segment.rate, Stretch { from, limit }, expected);
            }
            let end = segment.end.min(limit);
            if from < end {
                let available = segment.expected(from, end);
                if expected <= available {
                    return Walk::Reached(segment.after(from, expected).min(end));
                }
                expected -= available;
                from = end;
            }
            if segment.end > limit {
                return Walk::Left(expected);
            }
            *cursor += 1;
        }
    }

    /// The part that ends with the point `index`, or the one after the last point.
    fn segment(&self, index: usize) -> Segment {
        let place = |point: &RatePoint| (point.at.as_ns() as f64, per_ns(point.rate));
        let next = self.points.get(index).map(place);
        let before = index.checked_sub(1).map(|index| place(&self.points[index]));
        let (start, rate) = before.unwrap_or((f64::NEG_INFINITY, place(&self.points[0]).1));
        let end = next.map_or(f64::INFINITY, |(end, _)| end);
        let slope = match (before, next) {
            (Some((start, rate)), Some((end, to))) if end > start => (to - rate) / (end - start),
            _ => 0.0,
        };
        Segment {
            start,
            end,
            rate,
            slope,
        }
    }
}

impl Segment {
    fn rate_at(&self, at: f64) -> f64 {
        if self.start.is_infinite() {
            return self.rate;
        }
        (self.rate + self.slope * (at - self.start)).max(0.0)
    }

    /// The mean number of arrivals between two times of this part; none if they are the same.
    fn expected(&self, from: f64, to: f64) -> f64 {
        let mean = f64::midpoint(self.rate_at(from), self.rate_at(to));
        mean * (to - from).max(0.0)
    }

    /// When `expected` arrivals after `from` are used up.
    fn after(&self, from: f64, expected: f64) -> f64 {
        if expected <= 0.0 {
            return from;
        }
        let rate = self.rate_at(from);
        let root = (rate * rate + 2.0 * self.slope * expected).max(0.0).sqrt();
        from + 2.0 * expected / (rate + root)
    }
}
