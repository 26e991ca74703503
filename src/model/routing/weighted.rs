//! To a healthy region by lot, each with its weight.
//!
//! As weighted routing in DNS traffic managers, drawn for every look-up.

use crate::model::entity::{RegionId, RegionSpec};
use crate::model::health::Health;
use crate::model::routing::HealthView;
use crate::random::Stream;
use crate::units::{Id, IdMap};

/// A weight for every region.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighted {
    /// Not negative, one of them positive; a region of weight 0 gets no traffic.
    weights: IdMap<RegionSpec, f64>,
}

impl Weighted {
    /// Routing by these weights.
    ///
    /// # Panics
    /// If a weight is negative or none is positive, which no checked study has.
    pub fn new(weights: IdMap<RegionSpec, f64>) -> Self {
        assert!(
            weights.iter().all(|&weight| weight >= 0.0) && weights.iter().any(|&w| w > 0.0),
            "a lot needs a weight"
        );
        Self { weights }
    }

    /// The same weight for every region.
    pub fn even(regions: usize) -> Self {
        Self::new(IdMap::from_fn(regions, |_| 1.0))
    }

    pub(super) fn choose(&self, health: &HealthView, stream: &mut Stream) -> RegionId {
        lot(health.len(), self.weigh(health), stream)
    }

    pub(super) fn shares(&self, health: &HealthView) -> IdMap<RegionSpec, f64> {
        shares(health.len(), self.weigh(health))
    }

    /// The weights of the healthy regions; if none has one, of those that are not offline.
    fn weigh(&self, health: &HealthView) -> impl Fn(RegionId) -> f64 {
        let mut weights = self.weights.iter().zip(health);
        let has_healthy = weights.any(|(&weight, &h)| weight > 0.0 && h == Health::Healthy);
        move |region| match health[region] {
            Health::Healthy => self.weights[region],
            Health::Degraded if !has_healthy => self.weights[region],
            Health::Degraded | Health::Offline => 0.0,
        }
    }

    pub(super) fn can_answer(&self, is_offline: &IdMap<RegionSpec, bool>) -> bool {
        let mut weights = self.weights.iter().zip(is_offline);
        weights.any(|(&weight, &is_offline)| weight > 0.0 && !is_offline)
    }
}

/// Weights of so many regions as shares that add up to 1.
pub(super) fn shares(regions: usize, weight: impl Fn(RegionId) -> f64) -> IdMap<RegionSpec, f64> {
    let weights = IdMap::from_fn(regions, weight);
    let total: f64 = weights.iter().sum();
    weights.map(|weight: &f64| weight / total)
}

/// One of so many regions by lot; at least one has a weight.
pub(super) fn lot(
    regions: usize,
    weight: impl Fn(RegionId) -> f64,
    stream: &mut Stream,
) -> RegionId {
    let weights = || {
        (0..regions)
            .map(Id::new)
            .map(|region| (region, weight(region)))
    };
    let total: f64 = weights().map(|(_, weight)| weight).sum();
    let mut left = stream.unit() * total;
    let mut drawn = Id::new(0);
    for (region, weight) in weights().filter(|&(_, weight)| weight > 0.0) {
        drawn = region;
        if left < weight {
            break;
        }
        // Rounding may leave a hair of the last weight.
        left -= weight;
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, StreamSeed};

    #[test]
    fn lots_fall_by_weight_among_the_healthy() {
        let weighted = Weighted::new(IdMap::new(vec![3.0, 1.0, 0.0, 4.0]));
        let health = |offline: Health, last: Health| {
            IdMap::new(vec![Health::Healthy, offline, Health::Healthy, last])
        };
        let shares =
            |health: &HealthView| -> Vec<f64> { weighted.shares(health).iter().copied().collect() };
        let well = health(Health::Healthy, Health::Healthy);
        assert_eq!(shares(&well), [0.375, 0.125, 0.0, 0.5]);
        let one_down = health(Health::Healthy, Health::Degraded);
        assert_eq!(shares(&one_down), [0.75, 0.25, 0.0, 0.0]);
        let all_down = IdMap::from_fn(4, |id| match id.index() {
            1 => Health::Offline,
            _ => Health::Degraded,
        });
        assert_eq!(shares(&all_down), [3.0 / 7.0, 0.0, 0.0, 4.0 / 7.0]);
        let seed = StreamSeed {
            seed: 1,
            replication: 0,
        };
        let mut stream = seed.stream(Purpose::Routing, "europe");
        let mut counts = [0_u32; 4];
        for _ in 0..40_000 {
            counts[weighted.choose(&one_down, &mut stream).index()] += 1;
        }
        // Four standard deviations of 40,000 draws.
        let deviation = (40_000.0 * 0.75 * 0.25_f64).sqrt();
        assert!(
            (f64::from(counts[0]) - 30_000.0).abs() < 4.0 * deviation,
            "{counts:?}"
        );
        assert_eq!((counts[2], counts[3]), (0, 0));
    }
}
