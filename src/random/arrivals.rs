//! When the next one comes.
//!
//! At a constant rate, arrivals of a Poisson process are exponential gaps. All else is walked: the
//! process draws how many expected arrivals to wait for, the profile says how long that takes.

use crate::random::Stream;
use crate::random::arrival_process::{ArrivalProcess, Bursts, GammaGaps, Kind};
use crate::random::rate_profile::{RateProfile, Stretch, Walk};
use crate::units::{Rate, SimDuration, SimTime};

/// After so many bursts without an arrival, the rest of the wait is taken at the mean rate: it is
/// met to a percent by then, and a wait of centuries must end.
const TURNS_MAX: u32 = 100_000;

/// The arrivals of a population.
#[derive(Clone, Debug)]
pub struct Arrivals {
    source: Source,
    stream: Stream,
}

#[derive(Clone, Debug)]
enum Source {
    /// Poisson at a constant rate.
    Steady { mean_gap_ns: f64 },
    /// Everything else.
    Shaped(Box<Shaped>),
}

/// A process on the clock of an integrated rate.
#[derive(Clone, Debug)]
struct Shaped {
    profile: RateProfile,
    gaps: Gaps,
    /// When the profile's clock starts.
    start: SimTime,
    cursor: usize,
    /// What rounding to nanoseconds took from the last arrival.
    rounded_off: f64,
}

#[derive(Clone, Debug)]
enum Gaps {
    Poisson,
    Constant { is_first: bool },
    Gamma { law: GammaGaps, is_first: bool },
    Bursts { law: Bursts, turn: Option<Turn> },
}

/// The burst or the pause that lasts.
#[derive(Clone, Copy, Debug)]
struct Turn {
    is_on: bool,
    /// When it ends, in nanoseconds of the profile's clock.
    end: f64,
}

impl Arrivals {
    /// Independent arrivals at a constant rate, drawn from `stream`; `None` if nothing ever arrives.
    pub fn poisson(rate: Rate, start: SimTime, stream: Stream) -> Option<Self> {
        let (profile, process) = (RateProfile::from(rate), ArrivalProcess::POISSON);
        Self::new((&profile, &process), start, stream)
    }

    /// Arrivals at the rates of `profile`, whose clock starts at `start`, drawn from `stream`; or
    /// `None` if nothing ever arrives.
    pub fn new(
        (profile, process): (&RateProfile, &ArrivalProcess),
        start: SimTime,
        stream: Stream,
    ) -> Option<Self> {
        if profile.is_zero() {
            return None;
        }
        let source = match (profile.as_constant(), &process.kind) {
            (Some(rate), Kind::Poisson) => Source::Steady {
                mean_gap_ns: 1e9 / rate.as_per_s(),
            },
            (_, kind) => Source::Shaped(Box::new(Shaped {
                profile: profile.clone(),
                gaps: Gaps::new(kind),
                start,
                cursor: 0,
                rounded_off: 0.0,
            })),
        };
        Some(Self { source, stream })
    }

    /// The arrival that follows one at `now`, or the first one after the start of the run; `None`
    /// if there is none. Each call goes on from the arrival that the one before it told.
    #[inline]
    pub fn after(&mut self, now: SimTime) -> Option<SimTime> {
        match &mut self.source {
            Source::Steady { mean_gap_ns } => {
                Some(now + SimDuration::from_ns_f64(*mean_gap_ns * self.stream.exponential()))
            }
            Source::Shaped(shaped) => shaped.after(now, &mut self.stream),
        }
    }
}

impl Shaped {
    #[inline(never)]
    fn after(&mut self, now: SimTime, stream: &mut Stream) -> Option<SimTime> {
        let start = self.start.as_ns() as f64;
        let from = now.as_ns() as f64 - start + self.rounded_off;
        let expected = self.gaps.next(stream);
        let at = if let Gaps::Bursts { law, turn } = &mut self.gaps {
            let turn = turn.get_or_insert_with(|| {
                let is_on = law.is_met(stream);
                let end = from + law.turn(is_on, stream);
                Turn { is_on, end }
            });
            let walk = BurstWalk {
                profile: &self.profile,
                law,
                turn,
            };
            walk.go(&mut self.cursor, (from, expected), stream)?
        } else {
            walk_on(&self.profile, &mut self.cursor, (from, expected))?
        };
        let exact = start + at;
        if exact > SimDuration::MAX.as_ns() as f64 {
            return None;
        }
        let rounded = SimDuration::from_ns_f64(exact);
        self.rounded_off = exact - rounded.as_ns() as f64;
        Some(SimTime::ZERO + rounded)
    }
}

fn walk_on(profile: &RateProfile, cursor: &mut usize, (from, expected): (f64, f64)) -> Option<f64> {
    let limit = f64::INFINITY;
    match profile.walk(cursor, Stretch { from, limit }, expected) {
        Walk::Reached(at) => Some(at),
        Walk::Left(_) => None,
    }
}

/// A walk through bursts and pauses.
struct BurstWalk<'a> {
    profile: &'a RateProfile,
    law: &'a Bursts,
    turn: &'a mut Turn,
}

impl BurstWalk<'_> {
    fn go(
        self,
        cursor: &mut usize,
        (mut from, mut expected): (f64, f64),
        stream: &mut Stream,
    ) -> Option<f64> {
        for _ in 0..TURNS_MAX {
            let Turn { is_on, end } = *self.turn;
            let factor = self.law.factor(is_on);
            if factor > 0.0 {
                let stretch = Stretch { from, limit: end };
                match self.profile.walk(cursor, stretch, expected / factor) {
                    Walk::Reached(at) => return Some(at),
                    Walk::Left(left) => expected = left * factor,
                }
            }
            from = end;
            *self.turn = Turn {
                is_on: !is_on,
                end: end + self.law.turn(!is_on, stream),
            };
        }
        let at = walk_on(self.profile, cursor, (from, expected))?;
        let is_on = self.law.is_met(stream);
        let end = at + self.law.turn(is_on, stream);
        *self.turn = Turn { is_on, end };
        Some(at)
    }
}

impl Gaps {
    fn new(kind: &Kind) -> Self {
        let is_first = true;
        match *kind {
            Kind::Poisson => Self::Poisson,
            Kind::Constant => Self::Constant { is_first },
            Kind::Gamma(law) => Self::Gamma { law, is_first },
            Kind::Bursts(law) => Self::Bursts { law, turn: None },
        }
    }

    /// How many expected arrivals there are until the next one. The start of the run is a time
    /// like any other: the first gap is what is left of the one it falls into.
    fn next(&mut self, stream: &mut Stream) -> f64 {
        match self {
            Self::Poisson | Self::Bursts { .. } => stream.exponential(),
            Self::Constant { is_first } => {
                if std::mem::take(is_first) {
                    stream.unit()
                } else {
                    1.0
                }
            }
            Self::Gamma { law, is_first } => {
                if std::mem::take(is_first) {
                    law.first(stream)
                } else {
                    law.next(stream)
                }
            }
        }
    }
}
