//! To the regions that are nearly as close as the closest, by lot.
//!
//! As anycast edges with a latency sensitivity choose an origin: of the healthy ones those within
//! so many milliseconds of the fastest, then by weight.

use crate::model::entity::{PopulationId, PopulationSpec, RegionId, RegionSpec};
use crate::model::routing::weighted::{lot, shares};
use crate::model::routing::{HealthView, eligible};
use crate::random::Stream;
use crate::units::{IdMap, SimDuration};

/// Closest regions, within a band.
#[derive(Clone, Debug, PartialEq)]
pub struct LatencyBand {
    sensitivity: SimDuration,
    /// Positive.
    weights: IdMap<RegionSpec, f64>,
    rtts: IdMap<PopulationSpec, IdMap<RegionSpec, SimDuration>>,
}

impl LatencyBand {
    /// Routing by the round trips of each population, with a weight for each region.
    ///
    /// # Panics
    /// If a weight is not positive, which no checked study has.
    pub fn new(
        sensitivity: SimDuration,
        weights: IdMap<RegionSpec, f64>,
        rtts: IdMap<PopulationSpec, IdMap<RegionSpec, SimDuration>>,
    ) -> Self {
        assert!(
            weights.iter().all(|&weight| weight > 0.0),
            "every region has a weight"
        );
        Self {
            sensitivity,
            weights,
            rtts,
        }
    }

    pub(super) fn choose(
        &self,
        population: PopulationId,
        health: &HealthView,
        stream: &mut Stream,
    ) -> RegionId {
        lot(health.len(), self.weigh(population, health), stream)
    }

    pub(super) fn shares(
        &self,
        population: PopulationId,
        health: &HealthView,
    ) -> IdMap<RegionSpec, f64> {
        shares(health.len(), self.weigh(population, health))
    }

    /// The weights of the regions in the band of a population.
    fn weigh(&self, population: PopulationId, health: &HealthView) -> impl Fn(RegionId) -> f64 {
        let rtt = &self.rtts[population];
        let open = rtt.ids().filter(|&region| eligible(region, health));
        let fastest = open.map(|region| rtt[region]).min();
        let band = fastest.map_or(SimDuration::MAX, |fastest| fastest + self.sensitivity);
        move |region| {
            if rtt[region] <= band && eligible(region, health) {
                self.weights[region]
            } else {
                0.0
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::health::Health;

    #[test]
    fn the_band_begins_at_the_fastest_healthy_region() {
        let ms = |ms: &[u64]| ms.iter().map(|&ms| SimDuration::from_millis(ms)).collect();
        let weights = IdMap::new(vec![1.0, 3.0, 1.0]);
        let rtts = IdMap::new(vec![ms(&[10, 25, 60])]);
        let band = LatencyBand::new(SimDuration::from_millis(20), weights, rtts);
        let shares = |health: &[Health]| -> Vec<f64> {
            let shares = band.shares(PopulationId::new(0), &IdMap::new(health.to_vec()));
            shares.iter().copied().collect()
        };
        let (well, ill) = (Health::Healthy, Health::Degraded);
        assert_eq!(shares(&[well, well, well]), [0.25, 0.75, 0.0]);
        assert_eq!(
            shares(&[ill, well, well]),
            [0.0, 1.0, 0.0],
            "60 is 35 more than 25"
        );
        assert_eq!(shares(&[ill, ill, well]), [0.0, 0.0, 1.0]);
        assert_eq!(
            shares(&[ill, ill, ill]),
            [0.25, 0.75, 0.0],
            "as if all were healthy"
        );
    }
}
