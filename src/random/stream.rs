//! One random sequence for one purpose and entity.
//!
//! The generator is xoshiro256++ (Blackman and Vigna, 2019), named because the sequence is part
//! of a result's identity; `StdRng` and `SmallRng` are documented as free to change. Entities go
//! by name, not by position, so that the order of regions or populations in a file does not
//! matter. Seeds are mixed with the finalizer of SplitMix64 (Steele, Lea and Flood, 2014).

use rand::rand_core::{Infallible, TryRng};
use rand::{Rng, SeedableRng};
use rand_distr::{Distribution as _, Exp1, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

/// What a stream's numbers decide. The numbers are part of every result's identity: new purposes
/// go to the end, none is ever renumbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// When requests arrive.
    Arrivals = 1,
    /// Which agent a request belongs to.
    Agents = 2,
    /// How much work a request brings.
    Demand = 3,
    /// How far a trip on the network deviates from its median.
    Jitter = 4,
    /// What agents' caches hold when the run starts.
    CacheAge = 5,
    /// Which of several equal regions a look-up of a first attempt answers with.
    Routing = 6,
    /// When in its interval a prober probes.
    ProbePhase = 7,
    /// When and over which way a client tries again.
    Retry = 8,
    /// How long a user thinks before the next request.
    Think = 9,
    /// How long handshakes take, and how old connections are when the run starts.
    Connections = 10,
    /// When somebody wants to change the configuration.
    Changes = 11,
    /// When in its interval a region pulls the configuration, and how long it takes to apply it.
    Sync = 12,
    /// What a request needs of the configuration.
    Needs = 13,
    /// When somebody uses the management plane.
    Management = 14,
    /// When somebody visits the portal.
    Portal = 15,
    /// How long an operation takes.
    Operation = 16,
    /// How long a scaling by rule takes.
    Autoscale = 17,
    /// Which of several equal regions a look-up of a later attempt answers with.
    Rerouting = 18,
    /// Which messages the network loses.
    Network = 19,
    /// What a request needs behind its gateway.
    Backends = 20,
    /// What caches of gateways keep when the run starts.
    Caches = 21,
    /// When outages begin and end that come by chance.
    Outages = 22,
}

/// The part of a stream's name that a whole replication shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamSeed {
    /// The seed of the study.
    pub seed: u64,
    /// Which replication, counted from 0.
    pub replication: u64,
}

/// An independent sequence of random numbers with a name.
#[derive(Clone, Debug)]
pub struct Stream(Xoshiro256PlusPlus);

impl StreamSeed {
    /// The stream for `purpose` of the thing called `entity`.
    pub fn stream(self, purpose: Purpose, entity: &str) -> Stream {
        let words = [self.seed, self.replication, purpose as u64, hash(entity)];
        let state = words.iter().fold(0, |state, word| mix(state ^ word));
        Stream(Xoshiro256PlusPlus::seed_from_u64(state))
    }
}

impl Stream {
    /// The `nth` stream that follows from a number which was drawn for one thing: what is drawn
    /// from it is a function of both, whatever else is drawn, and when.
    pub fn following(drawn: u64, nth: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(mix(drawn ^ mix(nth))))
    }

    /// A number from 0 up to but not including 1, one of 2^53 equally likely ones.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// One of all numbers of 32 bits.
    #[inline]
    pub fn word(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// An exponential number of mean 1.
    #[inline]
    pub fn exponential(&mut self) -> f64 {
        Exp1.sample(self)
    }

    /// A normal number of mean 0 and standard deviation 1.
    #[inline]
    pub fn normal(&mut self) -> f64 {
        StandardNormal.sample(self)
    }

    /// One of the numbers below `bound`, all equally likely (Lemire, 2019).
    #[inline]
    pub fn below(&mut self, bound: u32) -> u32 {
        let bound = u64::from(bound);
        let mut product = (self.0.next_u64() >> 32) * bound;
        if product & LOW_HALF < bound {
            let unfair = (1 << 32) % bound;
            while product & LOW_HALF < unfair {
                product = (self.0.next_u64() >> 32) * bound;
            }
        }
        u32::try_from(product >> 32).expect("the product of two 32-bit numbers")
    }
}

const LOW_HALF: u64 = 0xffff_ffff;

impl TryRng for Stream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.0.next_u32())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.next_u64())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill_bytes(bytes);
        Ok(())
    }
}

fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |state, byte| {
        (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: StreamSeed = StreamSeed {
        seed: 1,
        replication: 0,
    };

    #[test]
    fn a_stream_is_pinned() {
        let mut stream = SEED.stream(Purpose::Arrivals, "europe");
        let drawn: Vec<u64> = (0..3).map(|_| stream.next_u64()).collect();
        assert_eq!(drawn, GOLDEN);
    }

    const GOLDEN: [u64; 3] = [
        16_553_094_512_965_319_243,
        12_454_906_420_336_668_565,
        16_163_475_048_679_632_052,
    ];

    #[test]
    fn every_part_of_the_name_counts() {
        let first = |seed: StreamSeed, purpose, entity| seed.stream(purpose, entity).next_u64();
        let base = first(SEED, Purpose::Arrivals, "europe");
        let other = StreamSeed { seed: 2, ..SEED };
        let later = StreamSeed {
            replication: 1,
            ..SEED
        };
        assert_ne!(base, first(other, Purpose::Arrivals, "europe"));
        assert_ne!(base, first(later, Purpose::Arrivals, "europe"));
        assert_ne!(base, first(SEED, Purpose::Demand, "europe"));
        assert_ne!(base, first(SEED, Purpose::Arrivals, "asia"));
    }

    #[test]
    fn below_is_even() {
        let mut stream = SEED.stream(Purpose::Agents, "europe");
        let mut counts = [0_u32; 7];
        for _ in 0..70_000 {
            counts[stream.below(7) as usize] += 1;
        }
        // Four standard deviations of a binomial count of 70 000 draws with chance 1/7.
        let tolerance = 4.0 * (70_000.0 * (1.0 / 7.0) * (6.0 / 7.0_f64)).sqrt();
        for count in counts {
            assert!(
                (f64::from(count) - 10_000.0).abs() < tolerance,
                "{counts:?}"
            );
        }
    }
}
