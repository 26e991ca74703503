//! The three works as one would write them for nothing else: the limit to measure against.
//!
//! Same laws, same generator, same events, and the latencies of all in one histogram; but no
//! agents, no resolvers, no ledger, no timeline, nothing that could be switched on. What a
//! simulator costs beyond this is what its features cost.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "written for speed alone: all numbers are small and positive"
)]

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use rand::SeedableRng;
use rand_distr::{Distribution, Exp1};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Requests answered.
const REQUESTS: u64 = 1_000_000;

/// What can happen; the time is beside it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A request sets out from a place.
    Started(u8),
    /// One that started at a time comes to a region.
    Reached(u8, u8, u64),
    /// A worker of a region, which had failed so often, has served one that started then.
    Served(u8, u8, u64, u8),
    /// A region fails.
    Failed(u8),
    /// It is back.
    Recovered(u8),
}

/// A log-linear histogram, as HdrHistogram's: 256 buckets for every power of two.
struct Histogram {
    counts: Vec<u64>,
}

impl Histogram {
    fn new() -> Self {
        Self {
            counts: vec![0; 64 << 8],
        }
    }

    fn record(&mut self, ns: u64) {
        let magnitude = (64 - ns.leading_zeros()).saturating_sub(9);
        self.counts[((magnitude as usize) << 8) + (ns >> magnitude) as usize] += 1;
    }

    fn total(&self) -> u64 {
        self.counts.iter().sum()
    }
}

/// Exponential gaps of a mean.
struct Gaps {
    mean_ns: f64,
    stream: Xoshiro256PlusPlus,
}

impl Gaps {
    fn new(mean_s: f64, seed: u64) -> Self {
        Self {
            mean_ns: mean_s * 1e9,
            stream: Xoshiro256PlusPlus::seed_from_u64(seed),
        }
    }

    fn draw(&mut self) -> u64 {
        let gap: f64 = Exp1.sample(&mut self.stream);
        (gap * self.mean_ns) as u64
    }
}

/// The pending events: time and number in one word, as in any good engine.
#[derive(Default)]
struct Pending {
    heap: BinaryHeap<Reverse<(u128, Event)>>,
    number: u64,
}

impl Pending {
    fn push(&mut self, at: u64, event: Event) {
        self.number += 1;
        let order = u128::from(at) << 64 | u128::from(self.number);
        self.heap.push(Reverse((order, event)));
    }

    fn pop(&mut self) -> Option<(u64, Event)> {
        let Reverse((order, event)) = self.heap.pop()?;
        Some(((order >> 64) as u64, event))
    }
}

/// So many workers, 800 requests a second, a mean service; returns how many were answered.
pub(crate) fn one_station(workers: usize, service_s: f64) -> u64 {
    let mut arrivals = Gaps::new(1.0 / 800.0, 1);
    let mut service = Gaps::new(service_s, 2);
    let mut histogram = Histogram::new();
    let mut waiting = VecDeque::new();
    let mut busy = BinaryHeap::with_capacity(workers);
    let mut next = arrivals.draw();
    let mut offered = 0;
    loop {
        match busy.peek() {
            Some(&Reverse((ends, started))) if ends <= next || offered == REQUESTS => {
                busy.pop();
                histogram.record(ends - started);
                if let Some(started) = waiting.pop_front() {
                    busy.push(Reverse((ends + service.draw(), started)));
                }
            }
            None if offered == REQUESTS => return histogram.total(),
            _ => {
                offered += 1;
                if busy.len() < workers {
                    busy.push(Reverse((next + service.draw(), next)));
                } else {
                    waiting.push_back(next);
                }
                next += arrivals.draw();
            }
        }
    }
}

/// A region of the third work.
#[derive(Default)]
struct Region {
    is_down: bool,
    deaths: u8,
    busy: usize,
    waiting: VecDeque<(u8, u64)>,
}

/// Three regions of eight workers, of which the first is down in the middle third; a population near
/// each sends 300 requests a second to the closest that is up. Returns how many were answered.
pub(crate) fn three_regions() -> u64 {
    const RTT_MS: [[u64; 3]; 3] = [[10, 80, 140], [80, 10, 90], [140, 90, 10]];
    const SECOND: u64 = 1_000_000_000;
    let half = |place: u8, region: u8| RTT_MS[place as usize][region as usize] * 500_000;
    let mut gaps = [1, 2, 3].map(|seed| Gaps::new(1.0 / 300.0, seed));
    let mut service = Gaps::new(0.01, 4);
    let mut histogram = Histogram::new();
    let mut regions: [Region; 3] = Default::default();
    let mut pending = Pending::default();
    pending.push(370 * SECOND, Event::Failed(0));
    pending.push(740 * SECOND, Event::Recovered(0));
    for (place, gaps) in (0..).zip(&mut gaps) {
        pending.push(gaps.draw(), Event::Started(place));
    }
    while let Some((now, event)) = pending.pop() {
        match event {
            Event::Started(place) => {
                let up = (0..3_u8).filter(|&region| !regions[region as usize].is_down);
                let closest = up.min_by_key(|&region| half(place, region));
                let region = closest.expect("one is up");
                pending.push(
                    now + half(place, region),
                    Event::Reached(place, region, now),
                );
                let next = now + gaps[place as usize].draw();
                if next < 1_111 * SECOND {
                    pending.push(next, Event::Started(place));
                }
            }
            Event::Reached(place, id, started) => {
                let region = &mut regions[id as usize];
                if region.is_down {
                    continue;
                }
                if region.busy == 8 {
                    region.waiting.push_back((place, started));
                    continue;
                }
                region.busy += 1;
                let served = Event::Served(place, id, started, region.deaths);
                pending.push(now + service.draw(), served);
            }
            Event::Served(place, id, started, deaths) => {
                let region = &mut regions[id as usize];
                if deaths != region.deaths {
                    continue;
                }
                histogram.record(now + half(place, id) - started);
                if let Some((place, started)) = region.waiting.pop_front() {
                    let served = Event::Served(place, id, started, deaths);
                    pending.push(now + service.draw(), served);
                } else {
                    region.busy -= 1;
                }
            }
            Event::Failed(id) => {
                let region = &mut regions[id as usize];
                let deaths = region.deaths + 1;
                *region = Region {
                    is_down: true,
                    deaths,
                    ..Region::default()
                };
            }
            Event::Recovered(id) => regions[id as usize].is_down = false,
        }
    }
    histogram.total()
}
