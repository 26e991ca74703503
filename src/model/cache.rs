//! A gateway's response cache: what it may answer without calling anybody.
//!
//! An answer is kept for its TTL from when it came. It is asked for at random (Poisson) a times
//! within one TTL, so in the long run a / (1 + a) of the requests for it are hits: one miss, then a
//! hits on average, and so on. Over all answers that is the hit ratio of [`CacheSpec::hit_ratio`]; and
//! at a moment that has nothing to do with it an answer is kept with that probability, for anything up
//! to its TTL: so a run begins.
//! There is room for everything; a gateway that fails loses all of it [A: API Management multi-region,
//! the internal cache is in memory and per region].

use crate::random::{Stream, Zipf};
use crate::units::{Ratio, SimDuration, SimTime};

/// A region's response cache: what it has once passed on it answers by itself for a time. It is in
/// memory, and empty when the gateway starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CacheSpec {
    /// The share of requests whose answers may be kept.
    pub cacheable: Ratio,
    /// How many different answers there are for a population; at least 1.
    pub items: u32,
    /// How unequal they are: the nth is asked for in proportion to n^-skew (Zipf's law); 0: all
    /// alike.
    pub skew: f64,
    /// How long an answer is kept; positive.
    pub ttl: SimDuration,
    /// Whether all populations ask for the same.
    pub is_shared: bool,
}

/// What one gateway keeps.
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    spec: CacheSpec,
    popularity: Zipf,
    /// Until when each answer is kept; those of each population after those of the one before.
    expires: Vec<SimTime>,
}

/// An answer that a request is for.
pub(crate) type Item = u32;

impl Cache {
    /// An empty cache.
    pub(crate) fn new(spec: CacheSpec, populations: usize) -> Self {
        let kinds = if spec.is_shared { 1 } else { populations };
        Self {
            spec,
            popularity: Zipf::new(spec.items, spec.skew),
            expires: vec![SimTime::ZERO; kinds * spec.items as usize],
        }
    }

    /// Lets it keep what it would in the long run, if so many requests a second of each population
    /// ask it. What is kept of each is drawn from its own stream, of all together from the first.
    pub(crate) fn warm_up(&mut self, asked_per_s: &[f64], streams: &mut [Stream]) {
        let kinds: Vec<f64> = if self.spec.is_shared {
            vec![asked_per_s.iter().sum()]
        } else {
            asked_per_s.to_vec()
        };
        let kept = self.expires.chunks_exact_mut(self.spec.items as usize);
        for ((expires, per_s), stream) in kept.zip(kinds).zip(streams) {
            for (expires, asked) in expires.iter_mut().zip(self.spec.asked_within_ttl(per_s)) {
                let is_kept = stream.unit() * (1.0 + asked) < asked;
                let left = self.spec.ttl.scaled(stream.unit());
                if is_kept {
                    *expires = SimTime::ZERO + left;
                }
            }
        }
    }

    /// Draws what a request of a population, by its place, is for; `None` if that cannot be kept.
    pub(crate) fn item(&self, population: usize, errand: &mut Stream) -> Option<Item> {
        if errand.unit() >= self.spec.cacheable.as_f64() {
            return None;
        }
        let kind = if self.spec.is_shared {
            0
        } else {
            u32::try_from(population).expect("a number of 16 bits")
        };
        Some(kind * self.spec.items + self.popularity.sample(errand) - 1)
    }

    /// Whether it has an answer.
    pub(crate) fn holds(&self, now: SimTime, item: Item) -> bool {
        now < self.expires[item as usize]
    }

    /// An answer has come.
    pub(crate) fn keep(&mut self, now: SimTime, item: Item) {
        self.expires[item as usize] = now + self.spec.ttl;
    }

    /// It starts afresh.
    pub(crate) fn clear(&mut self) {
        self.expires.fill(SimTime::ZERO);
    }
}

impl CacheSpec {
    /// The share of all requests that are hits in the long run, if so many requests a second ask
    /// for what is kept together, and answers come at once. (Who asks while the answer is under way
    /// misses too.)
    ///
    /// Answers whose ranks differ by less than 1/128 are taken to be alike, which changes the share
    /// by less than a millionth: a million answers are asked about for every moment of a day.
    pub fn hit_ratio(&self, requests_per_s: f64) -> f64 {
        let weight = |rank: f64| rank.powf(-self.skew);
        let alike = || {
            let next = |&(first, count): &(u32, u32)| {
                let first = first + count;
                Some((first, (first / 128).max(1)))
            };
            let groups = std::iter::successors(Some((1, 1)), next);
            let groups = groups.take_while(|&(first, _)| first <= self.items);
            groups.map(|(first, count)| {
                let count = f64::from(count.min(self.items - first + 1));
                (count, weight(f64::from(first) + (count - 1.0) / 2.0))
            })
        };
        let total: f64 = alike().map(|(count, weight)| count * weight).sum();
        let within_ttl = requests_per_s * self.cacheable.as_f64() * self.ttl.as_secs_f64();
        let hits = alike().map(|(count, weight)| {
            let asked = within_ttl * weight / total;
            count * weight * asked / (1.0 + asked)
        });
        self.cacheable.as_f64() * hits.sum::<f64>() / total
    }

    /// How often each answer is asked for within a TTL, on average.
    fn asked_within_ttl(&self, requests_per_s: f64) -> impl Iterator<Item = f64> {
        let skew = self.skew;
        let weight = move |rank: u32| f64::from(rank).powf(-skew);
        let total: f64 = (1..=self.items).map(weight).sum();
        let within_ttl = requests_per_s * self.cacheable.as_f64() * self.ttl.as_secs_f64();
        (1..=self.items).map(move |rank| within_ttl * weight(rank) / total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, StreamSeed};

    fn spec(skew: f64) -> CacheSpec {
        CacheSpec {
            cacheable: Ratio::new(0.8).expect("a share"),
            items: 100,
            skew,
            ttl: SimDuration::from_secs(10),
            is_shared: false,
        }
    }

    /// Goal: the hit ratio is the closed form. Method: 400,000 requests of rate 50/s, the first
    /// 10,000 not counted; each is a hit or not, and hits come in runs, so that the tolerance is
    /// four standard deviations of ten times fewer independent ones.
    #[test]
    fn the_hit_ratio_is_that_of_renewals() {
        for skew in [0.0, 1.0] {
            let seed = StreamSeed {
                seed: 1,
                replication: 0,
            };
            let mut stream = seed.stream(Purpose::Backends, "cache");
            let mut cache = Cache::new(spec(skew), 2);
            let (mut now, mut hits) = (SimTime::ZERO, 0_u32);
            for request in 0..410_000 {
                now = now + SimDuration::from_secs_f64(stream.exponential() / 50.0);
                let Some(item) = cache.item(1, &mut stream) else {
                    continue;
                };
                if cache.holds(now, item) {
                    hits += u32::from(request >= 10_000);
                } else {
                    cache.keep(now, item);
                }
            }
            let measured = f64::from(hits) / 400_000.0;
            let theory = spec(skew).hit_ratio(50.0);
            let tolerance = 4.0 * (theory * (1.0 - theory) / 40_000.0).sqrt();
            assert!((measured - theory).abs() < tolerance, "{measured} {theory}");
        }
    }

    /// Goal: answers that are taken to be alike are nearly so. Method: the sum over every answer.
    #[test]
    fn the_hit_ratio_is_nearly_that_of_the_sum() {
        for skew in [0.0, 0.8, 1.0, 5.0] {
            for per_s in [0.0, 1.0, 1e3, 1e9] {
                let spec = CacheSpec {
                    items: 200_000,
                    ..spec(skew)
                };
                let asked = || spec.asked_within_ttl(per_s);
                let hits: f64 = asked().map(|asked| asked * asked / (1.0 + asked)).sum();
                let total: f64 = asked().sum();
                let whole = if total > 0.0 { 0.8 * hits / total } else { 0.0 };
                let found = spec.hit_ratio(per_s);
                assert!(
                    (found - whole).abs() < 1e-6,
                    "{skew} {per_s}: {found} {whole}"
                );
            }
        }
    }

    #[test]
    fn populations_ask_for_answers_of_their_own_unless_they_share_them() {
        let seed = StreamSeed {
            seed: 1,
            replication: 0,
        };
        let draw = |spec, population| {
            let mut stream = seed.stream(Purpose::Backends, "cache");
            let cache = Cache::new(spec, 2);
            cache.item(population, &mut stream)
        };
        let own = spec(1.0);
        assert_eq!(draw(own, 0).map(|item| item + 100), draw(own, 1));
        let shared = CacheSpec {
            is_shared: true,
            ..own
        };
        assert_eq!(draw(shared, 0), draw(shared, 1));
    }
}
