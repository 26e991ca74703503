//! What the loss of a region's largest zone leaves: arithmetic on VMs and mean load.
//!
//! What is left has to carry the region's whole load, as strategies that do not look at load send
//! as much as before to a region that still answers its probes. Utilization is inversely
//! proportional to VMs, all being alike. What this file is not: it knows no queue, and no other
//! outage at the same time.

use crate::model::RegionSpec;

/// The most units that a region can have.
const UNITS_MAX: u32 = 1_000;

/// A region without the largest of its zones.
#[derive(Clone, Debug, PartialEq)]
pub struct ZoneLoss {
    /// VMs of each zone, while all are there.
    pub vms_by_zone: Vec<u32>,
    /// VMs that are left without the largest zone.
    pub left: u32,
    /// Offered load / workers that are left, when it is highest; `None` if none are.
    pub utilization: Option<f64>,
    /// The fewest units, no less than there are, with which what is left would carry the load;
    /// `None` if more than a thousand.
    pub units_needed: Option<u32>,
}

impl ZoneLoss {
    /// The loss of a zone of a region that runs at `utilization`; `None` if it is not spread over
    /// zones.
    pub fn new(region: &RegionSpec, utilization: f64) -> Option<Self> {
        if region.zones == 1 {
            return None;
        }
        let load = utilization * f64::from(region.vms());
        let left_of = |units: u32| {
            let vms = units * region.vms_per_unit;
            vms - vms.div_ceil(region.zones)
        };
        let mut units = region.units..=UNITS_MAX;
        let left = left_of(region.units);
        Some(Self {
            vms_by_zone: region.vms_by_zone(),
            left,
            utilization: (left > 0).then(|| load / f64::from(left)),
            units_needed: units.find(|&units| f64::from(left_of(units)) >= load),
        })
    }

    /// Whether what is left cannot carry the load.
    pub fn is_too_much(&self) -> bool {
        self.utilization.is_none_or(|utilization| utilization > 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Discipline;
    use crate::random::Distribution;
    use crate::units::SimDuration;

    fn region(units: u32, zones: u32) -> RegionSpec {
        RegionSpec {
            name: "one".to_owned(),
            workers: units * 2,
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

    /// Goal: hand arithmetic. Two units in three zones are 2, 1 and 1 VMs: 60 % of 4 is 120 % of 2;
    /// three units leave 4 of 6.
    #[test]
    fn the_largest_zone_takes_what_it_has() {
        let loss = ZoneLoss::new(&region(2, 3), 0.6).expect("it has zones");
        assert_eq!(
            (loss.vms_by_zone.as_slice(), loss.left),
            (&[2, 1, 1][..], 2)
        );
        assert!((loss.utilization.expect("some are left") - 1.2).abs() < 1e-12);
        assert!(loss.is_too_much());
        assert_eq!(loss.units_needed, Some(3));
        let even = ZoneLoss::new(&region(3, 3), 0.6).expect("it has zones");
        assert!(!even.is_too_much());
        assert_eq!((even.left, even.units_needed), (4, Some(3)));
        assert_eq!(ZoneLoss::new(&region(2, 1), 0.6), None);
    }

    #[test]
    fn one_vm_is_in_one_zone() {
        let mut alone = region(1, 3);
        alone.vms_per_unit = 1;
        let loss = ZoneLoss::new(&alone, 0.6).expect("it has zones");
        assert_eq!(
            (loss.left, loss.utilization, loss.units_needed),
            (0, None, Some(2))
        );
        assert!(loss.is_too_much());
    }
}
