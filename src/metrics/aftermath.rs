//! What an outage cost where windows are too wide to tell: booked request by request.
//!
//! Windows of a timeline that spans months cannot tell when an outage was over for clients. Where
//! outages come by chance, every request is therefore booked with the outage that began last
//! before it: until another begins, or else for as long as the outage lasted, and at least an
//! hour, after its end. What is booked with no outage tells how things usually are.
//!
//! - **recover**: until the end of the last slice of 10 s (a thousandth of the time that is booked,
//!   if that is longer) in which more requests failed than usually do: any, if usually none does; or
//!   else more than one, and more than chance makes of what is usual and 0.1 % (three standard
//!   deviations), of slices taken together that hold 20 requests. Not reached if that slice is the
//!   last that is booked with the outage.
//! - **lost**: of the failures that ran into no outage, what exceeds the usual share.

use crate::model::{Blame, OutageSpec, Outcome, Period, RequestEnd};
use crate::units::{SimDuration, SimTime};

const SLICE: SimDuration = SimDuration::from_secs(10);
const SLICES_MAX: u64 = 1_000;
/// How long after an outage requests are booked with it, if it was no longer than that.
const REACH: SimDuration = SimDuration::from_secs(3_600);
/// So many requests tell failures from usual ones.
const ENOUGH: u32 = 20;
/// A share of failures that does not count as more than usual.
const TOLERATED: f64 = 0.001;

/// Requests by the outage that began last before them.
#[derive(Clone, Debug)]
pub(super) struct Aftermath {
    /// In order of time.
    chapters: Vec<Chapter>,
    /// What is booked with no outage.
    usual: Book,
    /// The chapter of the last request.
    last: usize,
}

/// The time that is booked with the outages that begin at one instant.
#[derive(Clone, Debug)]
struct Chapter {
    start: SimTime,
    end: SimTime,
    slice: SimDuration,
    book: Book,
    /// Requests offered and failed in each slice, as far as there are any.
    slices: Vec<[u32; 2]>,
}

#[derive(Clone, Debug, Default)]
struct Book {
    offered: u64,
    failed: u64,
    /// Failed requests that ran into no outage, by blame.
    indirect: [u64; Blame::ALL.len()],
}

impl Aftermath {
    pub(super) fn new<'o>(
        outages: impl IntoIterator<Item = &'o OutageSpec>,
        period: Period,
    ) -> Self {
        let outages = outages.into_iter();
        let reach = |outage: &OutageSpec| outage.end + REACH.max(outage.end - outage.start);
        let mut spans: Vec<(SimTime, SimTime)> = outages.map(|o| (o.start, reach(o))).collect();
        spans.sort_unstable();
        // As long as an earlier one lasts things are not as usual.
        let mut latest = SimTime::ZERO;
        for (_, end) in &mut spans {
            latest = latest.max(*end);
            *end = latest;
        }
        // Of those that begin together the last is the one that reaches furthest.
        let nexts = spans.iter().skip(1).map(|(start, _)| *start);
        let nexts: Vec<SimTime> = nexts.chain([period.end()]).collect();
        let chapters = spans.iter().zip(nexts);
        let chapters = chapters.filter(|((start, _), next)| start < next);
        Self {
            chapters: chapters
                .map(|(&(start, end), next)| Chapter::new(start, end.min(next)))
                .collect(),
            usual: Book::default(),
            last: 0,
        }
    }

    /// Books a measured request.
    pub(super) fn ended(&mut self, end: &RequestEnd) {
        match self.find(end.started) {
            Some(chapter) => self.chapters[chapter].ended(end),
            None => self.usual.ended(end),
        }
    }

    /// The chapter that holds `at`.
    fn find(&mut self, at: SimTime) -> Option<usize> {
        let holds = |chapter: &Chapter| chapter.start <= at && at < chapter.end;
        if self.chapters.get(self.last).is_some_and(holds) {
            return Some(self.last);
        }
        let begun = self.chapters.partition_point(|chapter| chapter.start <= at);
        self.last = begun.checked_sub(1)?;
        holds(&self.chapters[self.last]).then_some(self.last)
    }

    /// The chapter that begins with an outage, which begins before the period ends.
    fn of(&self, outage: &OutageSpec) -> &Chapter {
        let chapters = &self.chapters;
        let place = chapters.partition_point(|chapter| chapter.start < outage.start);
        &chapters[place]
    }

    /// Seconds from the start of an outage until all was well again.
    pub(super) fn recovered_s(&self, outage: &OutageSpec) -> Option<f64> {
        self.of(outage)
            .recovered_s(self.usual.share(self.usual.failed))
    }

    /// Failures in its time that ran into no outage and exceed what is usual, by blame.
    pub(super) fn excess(&self, outage: &OutageSpec) -> [f64; Blame::ALL.len()] {
        let book = &self.of(outage).book;
        let excess = |blame: usize| {
            let usual = self.usual.share(self.usual.indirect[blame]) * book.offered as f64;
            (book.indirect[blame] as f64 - usual).max(0.0)
        };
        std::array::from_fn(excess)
    }
}

impl Book {
    fn ended(&mut self, end: &RequestEnd) {
        self.offered += 1;
        if let Outcome::Failed { blame, .. } = end.outcome {
            self.failed += 1;
            self.indirect[blame as usize] += u64::from(end.hit.is_none());
        }
    }

    /// A number as a share of all requests.
    fn share(&self, count: u64) -> f64 {
        count as f64 / self.offered.max(1) as f64
    }
}

impl Chapter {
    fn new(start: SimTime, end: SimTime) -> Self {
        let least = SimDuration::from_ns((end - start).as_ns().div_ceil(SLICES_MAX));
        Self {
            start,
            end,
            slice: SLICE.max(least),
            book: Book::default(),
            slices: Vec::new(),
        }
    }

    fn ended(&mut self, end: &RequestEnd) {
        self.book.ended(end);
        let slice = (end.started - self.start).as_ns() / self.slice.as_ns();
        let slice = usize::try_from(slice).expect("at most SLICES_MAX");
        if slice >= self.slices.len() {
            self.slices.resize(slice + 1, [0; 2]);
        }
        let [offered, failed] = &mut self.slices[slice];
        *offered += 1;
        *failed += u32::from(end.outcome != Outcome::Succeeded);
    }

    fn recovered_s(&self, usual: f64) -> Option<f64> {
        let enough = if usual > 0.0 { ENOUGH } else { 1 };
        let (mut offered, mut failed, mut low) = (0, 0, 0);
        for (index, &[more, more_failed]) in self.slices.iter().enumerate() {
            offered += more;
            failed += more_failed;
            let is_last = index + 1 == self.slices.len();
            if offered >= enough || is_last {
                if is_low((offered, failed), usual) {
                    low = index + 1;
                }
                (offered, failed) = (0, 0);
            }
        }
        let time_s = (self.slice * low as u64).as_secs_f64();
        (low < self.slices.len()).then_some(time_s)
    }
}

/// Whether clearly more than the usual share of some requests failed.
fn is_low((offered, failed): (u32, u32), usual: f64) -> bool {
    let by_chance = (usual + TOLERATED) * f64::from(offered);
    let limit = if usual > 0.0 {
        (by_chance + 3.0 * by_chance.sqrt()).max(1.0)
    } else {
        by_chance
    };
    f64::from(failed) > limit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::region;
    use crate::model::{Cause, OutageMode, PopulationId, Ramp, Scope};

    const S: fn(u64) -> SimTime = |s| SimTime::ZERO + SimDuration::from_secs(s);

    fn outage(start: u64, end: u64) -> OutageSpec {
        OutageSpec {
            region: region(0),
            start: S(start),
            end: S(end),
            mode: OutageMode::Refuse,
            scope: Scope::Region,
            ramp: Ramp::NONE,
        }
    }

    fn ended(at: SimTime, fails: bool) -> RequestEnd {
        let (cause, blame) = (Cause::Refused, Blame::Capacity);
        RequestEnd {
            population: PopulationId::new(0),
            region: region(0),
            started: at,
            ended: at,
            attempts: 1,
            hit: None,
            outcome: if fails {
                Outcome::Failed { cause, blame }
            } else {
                Outcome::Succeeded
            },
        }
    }

    /// A request a second for 3 hours, of which those of some seconds fail.
    fn booked(outages: &[OutageSpec], failing: &[std::ops::Range<u64>]) -> Aftermath {
        let period = Period {
            warm_up: SimDuration::ZERO,
            duration: SimDuration::from_secs(3 * 3_600),
        };
        let mut aftermath = Aftermath::new(outages, period);
        for second in 0..3 * 3_600 {
            let fails = failing.iter().any(|range| range.contains(&second));
            aftermath.ended(&ended(S(second), fails));
        }
        aftermath
    }

    #[test]
    fn a_recovery_ends_with_the_last_failure() {
        let outages = [outage(1_000, 1_300), outage(8_000, 8_060)];
        let aftermath = booked(&outages, &[1_000..1_321, 8_000..8_005]);
        assert_eq!(aftermath.recovered_s(&outages[0]), Some(330.0));
        assert_eq!(aftermath.recovered_s(&outages[1]), Some(10.0));
        let excess = |index: usize| aftermath.excess(&outages[index]).iter().sum::<f64>();
        assert!((excess(0) - 321.0).abs() < 1e-9 && (excess(1) - 5.0).abs() < 1e-9);
    }

    /// Goal: failures are charged to the outage that began last, and what reaches into the time of
    /// the next has not been recovered from.
    #[test]
    fn the_next_outage_takes_over() {
        let outages = [outage(1_000, 1_300), outage(1_100, 1_200)];
        let aftermath = booked(&outages, std::slice::from_ref(&(1_000..1_310)));
        assert_eq!(aftermath.recovered_s(&outages[0]), None);
        assert_eq!(aftermath.recovered_s(&outages[1]), Some(210.0));
        let excess = |index: usize| aftermath.excess(&outages[index]).iter().sum::<f64>();
        assert!((excess(0) - 100.0).abs() < 1e-9 && (excess(1) - 210.0).abs() < 1e-9);
    }

    /// Goal: failures that are there all the time are no outage's. Method: one in 100.
    #[test]
    fn what_is_usual_is_not_charged() {
        let outages = [outage(3_000, 3_300)];
        let usual: Vec<_> = (0..108).map(|index| 100 * index..100 * index + 1).collect();
        let aftermath = booked(&outages, &usual);
        assert_eq!(aftermath.recovered_s(&outages[0]), Some(0.0));
        let excess: f64 = aftermath.excess(&outages[0]).iter().sum();
        assert!(excess < 1.0, "{excess}");
    }
}
