//! Many durations in little memory: a log-linear histogram.
//!
//! Every power of two of nanoseconds is cut into 256 buckets of equal width, so a bucket is at
//! most 1/256 (0.4 %) of its value wide; below 512 ns every nanosecond has its own. Recording is
//! a shift and an increment. Count, sum, smallest and largest are exact; quantiles interpolate
//! within a bucket, so they are off by less than its width. (Tene's `HdrHistogram` is the model;
//! this one grows with the range seen.)

use std::ops::AddAssign;

use crate::units::SimDuration;

/// 2^8 buckets for every power of two.
const PRECISION: u32 = 8;

/// So many buckets are passed over at once on the way to a rank.
const STRETCH: usize = 64;

/// A histogram of durations. One of few can count in `u32`, which takes half the memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram<C = u64> {
    /// Counts of the buckets from `first` on.
    counts: Vec<C>,
    first: usize,
    count: u64,
    sum_ns: u128,
    /// The largest there is if nothing was recorded.
    min_ns: u64,
    max_ns: u64,
}

/// A number that can count.
pub trait Count: Copy + Default + AddAssign + From<u8> + Into<u64> {}

impl Count for u32 {}

impl Count for u64 {}

impl<C: Count> Histogram<C> {
    /// A histogram of nothing.
    pub const fn new() -> Self {
        Self {
            counts: Vec::new(),
            first: 0,
            count: 0,
            sum_ns: 0,
            min_ns: u64::MAX,
            max_ns: 0,
        }
    }

    /// Adds a duration.
    #[inline]
    pub fn record(&mut self, duration: SimDuration) {
        let ns = duration.as_ns();
        let bucket = bucket_of(ns);
        // A bucket below `first` wraps to a huge offset: one comparison checks both ends.
        match self.counts.get_mut(bucket.wrapping_sub(self.first)) {
            Some(count) => *count += C::from(1),
            None => self.grow_and_record(bucket),
        }
        self.min_ns = self.min_ns.min(ns);
        self.max_ns = self.max_ns.max(ns);
        self.count += 1;
        self.sum_ns += u128::from(ns);
    }

    #[cold]
    fn grow_and_record(&mut self, bucket: usize) {
        self.cover(bucket, bucket + 1);
        self.counts[bucket - self.first] += C::from(1);
    }

    /// Makes room for the buckets from `start` to `end`, and a little more, in whole powers of two.
    fn cover(&mut self, start: usize, end: usize) {
        let octave = 1 << PRECISION;
        let start = start / octave * octave;
        let end = end.next_multiple_of(octave);
        if self.counts.is_empty() {
            self.first = start;
        }
        if start < self.first {
            let missing = self.first - start;
            self.counts
                .splice(0..0, std::iter::repeat_n(C::default(), missing));
            self.first = start;
        }
        if end > self.first + self.counts.len() {
            self.counts.resize(end - self.first, C::default());
        }
    }

    /// Forgets everything but keeps its memory.
    pub fn clear(&mut self) {
        self.counts.fill(C::default());
        self.count = 0;
        self.sum_ns = 0;
        self.min_ns = u64::MAX;
        self.max_ns = 0;
    }

    /// How many durations there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Their mean in seconds, exact; `None` of nothing.
    pub fn mean_s(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum_ns as f64 / self.count as f64 / 1e9)
    }

    /// The smallest duration with at least the share `quantile` of all at or below it, in
    /// seconds, interpolated within its bucket by rank; 0 gives the smallest, 1 the largest, and
    /// both are exact. `None` of nothing.
    pub fn quantile_s(&self, quantile: f64) -> Option<f64> {
        if self.is_empty() {
            return None;
        }
        let rank = rank_of(quantile, self.count);
        let ns = if rank == 1 {
            self.min_ns as f64
        } else if rank == self.count {
            self.max_ns as f64
        } else {
            self.interpolate(rank)
        };
        Some(ns / 1e9)
    }

    /// The duration of a rank (the smallest has rank 1), in nanoseconds.
    fn interpolate(&self, rank: u64) -> f64 {
        let (mut below, mut skipped) = (0, 0);
        for stretch in self.counts.chunks(STRETCH) {
            let count: u64 = stretch.iter().map(|&count| count.into()).sum();
            if below + count >= rank {
                break;
            }
            below += count;
            skipped += stretch.len();
        }
        for (bucket, &count) in (self.first + skipped..).zip(&self.counts[skipped..]) {
            let count = count.into();
            if below + count >= rank {
                let (low, width) = bounds_of(bucket);
                // The bucket's durations are taken to lie in the middles of equal parts of it;
                // the largest is a nanosecond below the end, so single nanoseconds are exact.
                let share = ((rank - below) as f64 - 0.5) / count as f64;
                let ns = low + (width - 1.0) * share;
                return ns.clamp(self.min_ns as f64, self.max_ns as f64);
            }
            below += count;
        }
        unreachable!(
            "the counts add up to {}, which is no less than {rank}",
            self.count
        )
    }
}

impl Histogram {
    /// Adds all durations of another histogram; exact.
    pub fn merge<D: Count>(&mut self, other: &Histogram<D>) {
        if other.count == 0 {
            return;
        }
        self.cover(other.first, other.first + other.counts.len());
        let offset = other.first - self.first;
        for (mine, theirs) in self.counts[offset..].iter_mut().zip(&other.counts) {
            *mine += (*theirs).into();
        }
        self.min_ns = self.min_ns.min(other.min_ns);
        self.max_ns = self.max_ns.max(other.max_ns);
        self.count += other.count;
        self.sum_ns += other.sum_ns;
    }
}

impl<C: Count> Default for Histogram<C> {
    fn default() -> Self {
        Self::new()
    }
}

/// The least rank that is at least the share `quantile` of `count`; 1 for a share of 0.
fn rank_of(quantile: f64, count: u64) -> u64 {
    let total = count as f64;
    let rank = (quantile * total).ceil();
    // The product may be rounded up past a whole number: 0.55 x 100 is a little above 55.
    let rank = if (rank - 1.0) / total >= quantile {
        rank - 1.0
    } else {
        rank
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole, and clamped to the ranks there are"
    )]
    let rank = rank as u64;
    rank.clamp(1, count)
}

fn bucket_of(ns: u64) -> usize {
    let magnitude = (ns | ((2 << PRECISION) - 1)).ilog2() - PRECISION;
    let within = usize::try_from(ns >> magnitude).expect("below 2^9");
    ((magnitude as usize) << PRECISION) + within
}

/// The lower end and the width of a bucket, in nanoseconds.
fn bounds_of(bucket: usize) -> (f64, f64) {
    let octave = bucket >> PRECISION;
    // Buckets of the first two octaves are single nanoseconds.
    let magnitude = octave.saturating_sub(1);
    let within = bucket - (magnitude << PRECISION);
    let width = (1_u64 << magnitude) as f64;
    (within as f64 * width, width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn histogram(values: &[u64]) -> Histogram {
        let mut histogram = Histogram::new();
        for &ns in values {
            histogram.record(SimDuration::from_ns(ns));
        }
        histogram
    }

    #[test]
    fn buckets_are_where_their_bounds_say() {
        for ns in [
            0,
            1,
            255,
            256,
            511,
            512,
            513,
            1_023,
            1_024,
            1_000_000,
            u64::MAX,
        ] {
            let (low, width) = bounds_of(bucket_of(ns));
            let value = ns as f64;
            assert!(
                low <= value && value <= low + width,
                "{ns}: {low} + {width}"
            );
            assert!(
                width <= 1.0 || width / low <= 1.0 / 256.0,
                "{ns}: {low} + {width}"
            );
        }
    }

    /// Goal: nothing has no figure, and neither has a cleared histogram, whatever it held.
    #[test]
    fn nothing_has_no_quantile() {
        let mut cleared = histogram(&[0, 7, u64::MAX]);
        cleared.clear();
        for nothing in [Histogram::new(), cleared] {
            assert!(nothing.is_empty());
            assert_eq!(nothing.quantile_s(0.5), None);
            assert_eq!(nothing.mean_s(), None);
        }
    }

    /// Goal: memory grows over the range touched, not down to 0, and is kept when cleared.
    #[test]
    fn memory_is_that_of_the_octaves_touched() {
        let mut milliseconds = histogram(&[1_000_000, 2_000_000]);
        let octaves = milliseconds.counts.len() >> PRECISION;
        assert!(octaves <= 2, "1 ms and 2 ms touch {octaves} octaves");
        let capacity = milliseconds.counts.capacity();
        milliseconds.clear();
        milliseconds.record(SimDuration::from_ns(1_500_000));
        assert_eq!(milliseconds.counts.capacity(), capacity);
    }

    #[test]
    fn the_extremes_fit() {
        let extremes = histogram(&[0, u64::MAX, u64::MAX]);
        let largest = u64::MAX as f64 / 1e9;
        assert_eq!(extremes.quantile_s(0.0), Some(0.0));
        assert_eq!(extremes.quantile_s(1.0), Some(largest));
        assert_eq!((extremes.count(), Histogram::<u64>::new().count()), (3, 0));
        let mean = extremes.mean_s().expect("three");
        assert!((mean / largest - 2.0 / 3.0).abs() < 1e-12, "{mean}");
    }

    /// Goal: ranks are those of the definition. Method: single nanoseconds, which have a bucket
    /// each, so that a quantile of 1..=100 is its rank, to the nanosecond.
    #[test]
    fn quantiles_of_single_nanoseconds_are_exact() {
        let hundred = histogram(&(1..=100).collect::<Vec<_>>());
        for (quantile, ns) in [
            (0.0, 1.0),
            (0.01, 1.0),
            (0.011, 2.0),
            (0.07, 7.0),
            (0.5, 50.0),
            (0.55, 55.0),
            (0.99, 99.0),
            (0.991, 100.0),
            (1.0, 100.0),
        ] {
            let found = hundred.quantile_s(quantile).expect("a hundred") * 1e9;
            assert!((found - ns).abs() < 1e-6, "{quantile}: {found}, not {ns}");
        }
    }

    proptest! {
        /// Goal: a quantile lies within the bucket of that of the sorted sample. Method: the
        /// definition, word for word, finds the latter.
        #[test]
        fn quantiles_are_those_of_the_sample(
            mut values in prop::collection::vec(0_u64..10_000_000_000, 1..300),
            quantile in 0.0_f64..=1.0,
        ) {
            let found = histogram(&values).quantile_s(quantile).expect("values") * 1e9;
            values.sort_unstable();
            let is_enough = |rank: usize| rank as f64 / values.len() as f64 >= quantile;
            let rank = (1..=values.len()).find(|&rank| is_enough(rank)).expect("all are 1");
            let exact = values[rank - 1] as f64;
            prop_assert!((found - exact).abs() <= exact / 256.0 + 1e-3, "{found} for {exact}");
        }

        /// Goal: merging is the same as recording everything in one.
        #[test]
        fn merging_is_recording_all(
            left in prop::collection::vec(any::<u64>(), 0..50),
            right in prop::collection::vec(any::<u64>(), 0..50),
        ) {
            let mut merged = histogram(&left);
            merged.merge(&histogram(&right));
            let all = histogram(&[left, right].concat());
            prop_assert_eq!(merged.count(), all.count());
            prop_assert_eq!(merged.mean_s(), all.mean_s());
            for quantile in [0.0, 0.1, 0.5, 0.9, 1.0] {
                prop_assert_eq!(merged.quantile_s(quantile), all.quantile_s(quantile));
            }
        }
    }
}
