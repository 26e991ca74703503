//! Zipf's law: the nth of so many things in proportion to n^-skew.

use rand_distr::{Distribution as _, Zipf as Law};

use crate::random::Stream;

/// Some things, of which the first are the most popular.
#[derive(Clone, Copy, Debug)]
pub struct Zipf(Law<f64>);

impl Zipf {
    /// So many things, at least one; a skew of 0 makes all alike, and no less is legal.
    pub fn new(count: u32, skew: f64) -> Self {
        Self(Law::new(f64::from(count), skew).expect("at least one, and a skew of at least 0"))
    }

    /// The rank of one of them, counted from 1.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number no larger than the count"
    )]
    pub fn sample(&self, stream: &mut Stream) -> u32 {
        self.0.sample(stream) as u32
    }
}
