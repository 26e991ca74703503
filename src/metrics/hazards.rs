//! What hazards did in a run: means over their strikes.
//!
//! A strike that begins outside the measured period is none that can be told of, but it counts as
//! time down, and requests are lost to it as to any other.

use crate::metrics::replication::{HazardRecord, MeanTime, OutageRecord, StruckRecord};
use crate::model::{Blame, Fate, FleetSpec, HazardSpec, OutageId, OutageSpec, Strikes};
use crate::units::{IdMap, SimDuration, SimTime};

impl MeanTime {
    fn of(times: impl Iterator<Item = Option<f64>>) -> Self {
        let times: Vec<f64> = times.flatten().collect();
        Self {
            mean_s: mean(&times),
            reached: u32::try_from(times.len()).expect("checked to be few"),
        }
    }
}

/// Knows which outages of a run are a hazard's.
#[derive(Clone, Debug)]
pub(super) struct HazardWatch {
    period: [SimTime; 2],
    strikes: Strikes,
    /// How many outages a strike brings.
    members: usize,
    /// The outages of each strike.
    outages: Vec<Vec<OutageId>>,
}

impl HazardWatch {
    /// Those of all hazards of a fleet, of which this is the fate.
    pub(super) fn all(spec: &FleetSpec, fate: &Fate<'_>) -> IdMap<HazardSpec, Self> {
        let outages = fate.outages(spec);
        let strikes = fate.strikes.iter().zip(&outages);
        let hazards = spec.hazards.iter().zip(strikes);
        hazards
            .map(|(hazard, (strikes, outages))| Self {
                members: hazard.outages.len(),
                period: [spec.period.start(), spec.period.end()],
                strikes: strikes.clone(),
                outages: outages.clone(),
            })
            .collect()
    }

    /// How many outages of the run are its.
    pub(super) fn count(&self) -> usize {
        self.outages.iter().map(Vec::len).sum()
    }

    pub(super) fn finish(&self, records: &IdMap<OutageSpec, OutageRecord>) -> HazardRecord {
        let [start, end] = self.period;
        let spans = &self.strikes.spans;
        let has_begun = |index: usize| self.strikes.is_lasting && index == 0;
        let counts = |index: &usize| !has_begun(*index) && spans[*index][0] >= start;
        let within: Vec<usize> = (0..spans.len()).filter(counts).collect();
        let lengths = within
            .iter()
            .map(|&index| spans[index][1] - spans[index][0]);
        let lengths: Vec<f64> = lengths.map(SimDuration::as_secs_f64).collect();
        let down = spans
            .iter()
            .map(|span| span[1].min(end).since(span[0].max(start)).as_secs_f64());
        HazardRecord {
            strikes: u32::try_from(within.len()).expect("checked to be few"),
            length_s: mean(&lengths),
            down: down.sum::<f64>() / (end - start).as_secs_f64(),
            outages: (0..self.members)
                .map(|member| self.struck(member, (&within, records)))
                .collect(),
        }
    }

    fn struck(
        &self,
        member: usize,
        (within, records): (&[usize], &IdMap<OutageSpec, OutageRecord>),
    ) -> StruckRecord {
        let time = |time: fn(&OutageRecord) -> Option<f64>| {
            let of_strike = |&strike: &usize| time(&records[self.outages[strike][member]]);
            MeanTime::of(within.iter().map(of_strike))
        };
        let mut lost = [0.0; Blame::ALL.len()];
        for outages in &self.outages {
            let more = records[outages[member]].lost;
            lost.iter_mut()
                .zip(more)
                .for_each(|(sum, more)| *sum += more);
        }
        StruckRecord {
            time_to_detect_s: time(|record| record.time_to_detect_s),
            time_to_drain_s: time(|record| record.time_to_drain_s),
            time_to_recover_s: time(|record| record.time_to_recover_s),
            time_to_failback_s: time(|record| record.time_to_failback_s),
            lost,
        }
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
