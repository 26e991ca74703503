//! To priority levels, each a little fuller than its healthy share, the rest to the next level.
//!
//! The rule of Envoy ("Priority levels", "Panic threshold"): a level whose healthy share is h takes
//! min(1, factor x h) of the traffic that is left by the levels before it, so that with a factor of
//! 1.4 it spills nothing until more than 28 % of it are gone. If all levels together cannot take
//! everything, each takes its part of it. Within a level traffic goes evenly to the healthy regions;
//! below the panic threshold to all of them, as if all were healthy.

use crate::model::entity::{RegionId, RegionSpec};
use crate::model::health::Health;
use crate::model::routing::HealthView;
use crate::model::routing::weighted::{lot, shares};
use crate::random::Stream;
use crate::units::{IdMap, Ratio};

/// Levels of regions, the preferred one first.
#[derive(Clone, Debug, PartialEq)]
pub struct Overprovisioned {
    /// The level of each region; `None` for one that gets no traffic. Levels are 0, 1, 2, ...
    level: IdMap<RegionSpec, Option<usize>>,
    /// At least 1.
    factor: f64,
    panic: Ratio,
}

/// How a level stands.
#[derive(Clone, Copy, Debug, Default)]
struct Level {
    healthy: usize,
    online: usize,
    /// Its share of all traffic.
    share: f64,
}

impl Overprovisioned {
    /// The most levels there can be, so that look-ups need no memory of their own.
    pub const LEVELS_MAX: usize = 8;

    /// Routing by these levels: each region in one of them at most.
    ///
    /// # Panics
    /// If there is no level, an empty one or too many, which no checked study has.
    pub fn new(levels: &[Vec<RegionId>], regions: usize, (factor, panic): (f64, Ratio)) -> Self {
        assert!(
            (1..=Self::LEVELS_MAX).contains(&levels.len()),
            "levels are few"
        );
        assert!(
            levels.iter().all(|level| !level.is_empty()),
            "a level has a region"
        );
        let level = |region| levels.iter().position(|level| level.contains(&region));
        Self {
            level: IdMap::from_fn(regions, level),
            factor,
            panic,
        }
    }

    pub(super) fn choose(&self, health: &HealthView, stream: &mut Stream) -> RegionId {
        lot(health.len(), self.weigh(health), stream)
    }

    pub(super) fn shares(&self, health: &HealthView) -> IdMap<RegionSpec, f64> {
        shares(health.len(), self.weigh(health))
    }

    pub(super) fn can_answer(&self, is_offline: &IdMap<RegionSpec, bool>) -> bool {
        let mut levels = self.level.iter().zip(is_offline);
        levels.any(|(level, &is_offline)| level.is_some() && !is_offline)
    }

    /// The share of each region.
    fn weigh(&self, health: &HealthView) -> impl Fn(RegionId) -> f64 {
        let levels = self.levels(health);
        move |region| {
            let Some(level) = self.level[region] else {
                return 0.0;
            };
            let Level {
                healthy,
                online,
                share,
            } = levels[level];
            let panics = self.panics(healthy, online);
            match health[region] {
                Health::Offline => 0.0,
                _ if panics => share / online as f64,
                Health::Healthy => share / healthy as f64,
                Health::Degraded => 0.0,
            }
        }
    }

    /// Whether so few regions of a level are healthy that all of them get traffic.
    fn panics(&self, healthy: usize, online: usize) -> bool {
        (healthy as f64) < self.panic.as_f64() * online as f64 || healthy == 0
    }

    fn levels(&self, health: &HealthView) -> [Level; Self::LEVELS_MAX] {
        let mut levels = [Level::default(); Self::LEVELS_MAX];
        for (level, &health) in self.level.iter().zip(health) {
            let Some(level) = level.map(|level| &mut levels[level]) else {
                continue;
            };
            level.healthy += usize::from(health == Health::Healthy);
            level.online += usize::from(health != Health::Offline);
        }
        let takes = |level: &Level| {
            let online = level.online.max(1) as f64;
            (self.factor * level.healthy as f64 / online).min(1.0)
        };
        let together: f64 = levels.iter().map(takes).sum();
        let mut left = 1.0;
        for level in &mut levels {
            // What nobody can take is spread as the rest is.
            level.share = (takes(level) / together.min(1.0)).min(left);
            left -= level.share;
        }
        if together <= 0.0 {
            // Nobody is healthy: the first level that is there takes all.
            for level in &mut levels {
                level.share = 0.0;
            }
            if let Some(level) = levels.iter_mut().find(|level| level.online > 0) {
                level.share = 1.0;
            }
        }
        levels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two levels, of four regions and of two.
    fn shares(down: &[usize]) -> Vec<f64> {
        let ids = |ids: &[usize]| ids.iter().map(|&id| RegionId::new(id)).collect();
        let levels = [ids(&[0, 1, 2, 3]), ids(&[4, 5])];
        let half = Ratio::new(0.5).expect("a share");
        let strategy = Overprovisioned::new(&levels, 7, (1.4, half));
        let health = IdMap::from_fn(7, |id| {
            if down.contains(&id.index()) {
                Health::Degraded
            } else {
                Health::Healthy
            }
        });
        strategy.shares(&health).iter().copied().collect()
    }

    #[track_caller]
    fn assert_shares(down: &[usize], expected: [f64; 7]) {
        for (share, expected) in shares(down).into_iter().zip(expected) {
            assert!((share - expected).abs() < 1e-12, "{:?}", shares(down));
        }
    }

    #[test]
    fn a_level_takes_its_healthy_share_and_four_tenths_more() {
        assert_shares(&[], [0.25, 0.25, 0.25, 0.25, 0.0, 0.0, 0.0]);
        // 3/4 x 1.4 is more than all.
        let third = 1.0 / 3.0;
        assert_shares(&[0], [0.0, third, third, third, 0.0, 0.0, 0.0]);
        // 2/4 x 1.4 = 70 %, the rest spills.
        assert_shares(&[0, 1], [0.0, 0.0, 0.35, 0.35, 0.15, 0.15, 0.0]);
    }

    #[test]
    fn below_the_panic_threshold_all_of_a_level_get_traffic() {
        // 1/4 x 1.4 = 35 %, over all four.
        let part = 0.35 / 4.0;
        assert_shares(&[0, 1, 2], [part, part, part, part, 0.325, 0.325, 0.0]);
    }

    #[test]
    fn what_all_levels_cannot_take_is_spread_as_the_rest() {
        // 1/4 x 1.4 = 35 % and none: the first takes all, in panic.
        assert_shares(&[0, 1, 2, 4, 5], [0.25, 0.25, 0.25, 0.25, 0.0, 0.0, 0.0]);
        assert_shares(&[0, 1, 2, 3, 4, 5], [0.25, 0.25, 0.25, 0.25, 0.0, 0.0, 0.0]);
    }
}
