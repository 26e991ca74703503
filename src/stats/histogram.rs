//! Many durations in little memory: a log-linear histogram.
//!
//! Every power of two of nanoseconds is cut into 256 buckets of equal width, so a bucket is at
//! most 1/256 (0.4 %) of its value wide; below 512 ns every nanosecond has its own. Recording is
//! a shift and an increment. Count, sum, smallest and largest are exact; quantiles interpolate
//! within a bucket. (Tene's `HdrHistogram` is the model; this one grows with the range seen.)

use crate::units::SimDuration;

/// 2^8 buckets for every power of two.
const PRECISION: u32 = 8;

/// A histogram of durations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// Counts of the buckets from `first` on.
    counts: Vec<u64>,
    first: usize,
    count: u64,
    sum_ns: u128,
    min_ns: u64,
    max_ns: u64,
}

impl Histogram {
    /// A histogram of nothing.
    pub const fn new() -> Self {
        Self {
            counts: Vec::new(),
            first: 0,
            count: 0,
            sum_ns: 0,
            min_ns: 0,
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
            Some(count) => *count += 1,
            None => self.grow_and_record(bucket),
        }
        self.min_ns = if self.count == 0 {
            ns
        } else {
            self.min_ns.min(ns)
        };
        self.max_ns = self.max_ns.max(ns);
        self.count += 1;
        self.sum_ns += u128::from(ns);
    }

    #[cold]
    fn grow_and_record(&mut self, bucket: usize) {
        self.cover(bucket, bucket + 1);
        self.counts[bucket - self.first] += 1;
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
            self.counts.splice(0..0, std::iter::repeat_n(0, missing));
            self.first = start;
        }
        if end > self.first + self.counts.len() {
            self.counts.resize(end - self.first, 0);
        }
    }

    /// Adds all durations of another histogram; exact.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        self.cover(other.first, other.first + other.counts.len());
        let offset = other.first - self.first;
        for (mine, theirs) in self.counts[offset..].iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
        self.min_ns = if self.count == 0 {
            other.min_ns
        } else {
            self.min_ns.min(other.min_ns)
        };
        self.max_ns = self.max_ns.max(other.max_ns);
        self.count += other.count;
        self.sum_ns += other.sum_ns;
    }

    /// Forgets everything but keeps its memory.
    pub fn clear(&mut self) {
        self.counts.fill(0);
        self.count = 0;
        self.sum_ns = 0;
        self.min_ns = 0;
        self.max_ns = 0;
    }

    /// How many durations there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Their mean in seconds, exact; `None` of nothing.
    pub fn mean_s(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum_ns as f64 / self.count as f64 / 1e9)
    }

    /// The smallest duration with at least the share `quantile` of all at or below it, in
    /// seconds, interpolated within its bucket; 0 gives the smallest, 1 the largest. `None` of
    /// nothing.
    pub fn quantile_s(&self, quantile: f64) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        let rank = (quantile * self.count as f64).ceil().max(1.0);
        let (min, max) = (self.min_ns as f64, self.max_ns as f64);
        if quantile <= 0.0 || self.min_ns == self.max_ns {
            return Some(min / 1e9);
        }
        let mut below = 0.0;
        for (offset, &count) in self.counts.iter().enumerate() {
            let count = count as f64;
            if count > 0.0 && below + count >= rank {
                let (low, width) = bounds_of(self.first + offset);
                let within = (rank - below - 0.5) / count;
                let ns = (low + width * within).clamp(min, max);
                return Some(if rank >= self.count as f64 { max } else { ns } / 1e9);
            }
            below += count;
        }
        Some(max / 1e9)
    }
}

fn bucket_of(ns: u64) -> usize {
    let magnitude = (u64::BITS - ns.leading_zeros()).saturating_sub(PRECISION + 1);
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

    #[test]
    fn nothing_has_no_quantile() {
        assert_eq!(Histogram::new().quantile_s(0.5), None);
        assert_eq!(Histogram::new().mean_s(), None);
    }

    proptest! {
        /// Goal: a quantile lies within a bucket of that of the sorted sample.
        #[test]
        fn quantiles_are_those_of_the_sample(
            mut values in prop::collection::vec(0_u64..10_000_000_000, 1..300),
            quantile in 0.0_f64..=1.0,
        ) {
            let found = histogram(&values).quantile_s(quantile).expect("values") * 1e9;
            values.sort_unstable();
            let rank = (quantile * values.len() as f64).ceil().max(1.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
            let exact = values[rank as usize - 1] as f64;
            prop_assert!((found - exact).abs() <= exact / 256.0 + 1.0, "{found} for {exact}");
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
