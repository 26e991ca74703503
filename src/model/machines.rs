//! The machines of a region: units of VMs, dealt out to zones in turn, and what outages leave of
//! them.
//!
//! VM k of a region, counted from 0 through all of its units, is in zone k mod zones + 1. So zones
//! differ by one VM at most, the first ones have more, and the two VMs of a unit are in different
//! zones. Two units in three zones are 2, 1 and 1 VMs: the loss of a zone may take half.
//!
//! What outages take: the VMs of every zone that is lost, however often; of the other zones the
//! VMs that are lost, added up; of the workers of what is left the shares that are lost, one after
//! the other, but for one worker.

use crate::model::entity::{RegionSpec, Scope};
use crate::units::Ratio;

/// What outages have left of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    /// VMs; if there are none, the region is down.
    pub(crate) vms: u32,
    /// Workers; at least 1.
    pub(crate) workers: u32,
}

impl RegionSpec {
    /// VMs of all units.
    pub fn vms(&self) -> u32 {
        self.units * self.vms_per_unit
    }

    /// VMs of each zone, at least one zone.
    pub fn vms_by_zone(&self) -> Vec<u32> {
        let zones = 1..=self.zones;
        zones.map(|zone| self.vms_in(zone, self.units)).collect()
    }

    /// The share of its workers, from 0 to 1, that an outage takes of what is bought; `None` if it
    /// takes no workers but something else.
    pub fn share_lost(&self, scope: Scope) -> Option<f64> {
        let lost = match scope {
            Scope::Zone(zone) => self.vms_in(zone, self.units),
            Scope::Vms(count) => count.min(self.vms()),
            Scope::Capacity(share) => return Some(share.as_f64()),
            _ => return None,
        };
        Some(f64::from(lost) / f64::from(self.vms()))
    }

    /// What is left of so many units when all these outages last.
    pub(crate) fn left(&self, units: u32, losses: &[Scope]) -> Left {
        let is_up = |zone: &u32| !losses.contains(&Scope::Zone(*zone));
        let in_zones: u32 = (1..=self.zones)
            .filter(is_up)
            .map(|zone| self.vms_in(zone, units))
            .sum();
        let lost = losses.iter().map(|loss| match loss {
            Scope::Vms(count) => *count,
            _ => 0,
        });
        let vms = in_zones.saturating_sub(lost.sum());
        let share = losses.iter().fold(Ratio::ONE, |left, loss| match loss {
            Scope::Capacity(lost) => left * lost.complement(),
            _ => left,
        });
        let workers = vms * (self.workers_per_unit() / self.vms_per_unit);
        Left {
            vms,
            workers: share.of(workers).max(1),
        }
    }

    /// VMs of so many units in a zone.
    fn vms_in(&self, zone: u32, units: u32) -> u32 {
        let vms = units * self.vms_per_unit;
        vms / self.zones + u32::from(zone <= vms % self.zones)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::backlog::Discipline;
    use crate::random::Distribution;
    use crate::units::SimDuration;

    /// Units of two VMs of four workers.
    fn region(units: u32, zones: u32) -> RegionSpec {
        RegionSpec {
            name: "one".to_owned(),
            workers: units * 8,
            units,
            vms_per_unit: 2,
            zones,
            service: Distribution::constant(SimDuration::from_secs(1)),
            queue_limit: None,
            rate_limit: None,
            discipline: Discipline::Fifo,
            shed_after: None,
            cache: None,
            coordinates: None,
        }
    }

    #[test]
    fn vms_are_dealt_out_to_zones_in_turn() {
        let hands: [(u32, u32, &[u32]); 6] = [
            (1, 1, &[2]),
            (1, 3, &[1, 1, 0]),
            (2, 3, &[2, 1, 1]),
            (3, 3, &[2, 2, 2]),
            (4, 3, &[3, 3, 2]),
            (2, 5, &[1, 1, 1, 1, 0]),
        ];
        for (units, zones, vms) in hands {
            assert_eq!(region(units, zones).vms_by_zone(), vms);
        }
    }

    #[test]
    fn losses_take_what_they_say_of_what_is_left() {
        use Scope::{Capacity, Management, Name, Region, Vms, Zone};
        let half = Capacity(Ratio::new(0.5).expect("a share"));
        let losses: [(&[Scope], (u32, u32)); 10] = [
            (&[], (4, 16)),
            (&[Region, Management, Name], (4, 16)),
            (&[Zone(1)], (2, 8)),
            (&[Zone(2), Zone(2)], (3, 12)),
            (&[Zone(1), Zone(3)], (1, 4)),
            (&[Zone(1), Zone(2), Zone(3)], (0, 1)),
            (&[Vms(1), half, Vms(1)], (2, 4)),
            (&[Zone(1), Vms(3)], (0, 1)),
            (&[half, Zone(2), half], (3, 3)),
            (&[half, half, half, half, half], (4, 1)),
        ];
        for (losses, (vms, workers)) in losses {
            assert_eq!(region(2, 3).left(2, losses), Left { vms, workers });
        }
        // Another unit is dealt out too, whoever is lost: 2, 2 and 2 VMs.
        assert_eq!(region(2, 3).left(3, &[Zone(1)]).vms, 4);
    }

    #[test]
    fn the_share_that_is_lost_is_that_of_the_vms() {
        let region = region(2, 3);
        let found = [Scope::Zone(1), Scope::Zone(3), Scope::Vms(3), Scope::Vms(9)]
            .map(|scope| region.share_lost(scope));
        assert_eq!(found, [Some(0.5), Some(0.25), Some(0.75), Some(1.0)]);
        assert_eq!(region.share_lost(Scope::Name), None);
    }
}
