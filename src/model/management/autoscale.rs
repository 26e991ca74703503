//! When a rule adds or removes a unit: mean utilization, thresholds, cool-downs.
//!
//! Utilization is sampled once a second, which a mean over minutes cannot tell from a measurement
//! without gaps.

use std::collections::VecDeque;

use crate::model::entity::RegionId;
use crate::model::management::spec::{AutoscaleSpec, ScaleRule};
use crate::random::Stream;
use crate::units::{SimDuration, SimTime};

/// From one sample to the next.
pub(crate) const SAMPLING: SimDuration = SimDuration::from_secs(1);

/// The rules are looked at once a minute.
const SAMPLES_PER_LOOK: u64 = 60;

/// The rule of one region.
#[derive(Clone, Debug)]
pub(crate) struct Autoscaler {
    pub(crate) region: RegionId,
    /// How many samples it has taken.
    taken: u64,
    /// Busy workers and workers, the last sample last.
    samples: VecDeque<(u32, u32)>,
    /// When it last took effect.
    scaled: Option<SimTime>,
    /// What it has ordered; `None` if nothing, or that was aborted.
    pub(crate) ordered: Option<Order>,
    /// Whether its last wish was refused; it is told once.
    pub(crate) is_refused: bool,
    pub(crate) stream: Stream,
}

/// A scaling that is under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    /// When it takes effect.
    pub(crate) done: SimTime,
    /// How many units there are then.
    pub(crate) units: u32,
}

impl Autoscaler {
    /// A rule that has seen nothing.
    pub(crate) fn new(region: RegionId, stream: Stream) -> Self {
        Self {
            region,
            taken: 0,
            samples: VecDeque::new(),
            scaled: None,
            ordered: None,
            is_refused: false,
            stream,
        }
    }

    /// Takes a sample, and says how many units there should be, if not as many as there are.
    pub(crate) fn sample(
        &mut self,
        now: SimTime,
        (busy, workers, units): (u32, u32, u32),
        spec: &AutoscaleSpec,
    ) -> Option<u32> {
        let longest = spec.scale_out.over.max(spec.scale_in.over);
        self.samples.push_back((busy, workers));
        while self.samples.len() > samples_in(longest) {
            self.samples.pop_front();
        }
        self.taken += 1;
        if self.ordered.is_some() || !self.taken.is_multiple_of(SAMPLES_PER_LOOK) {
            return None;
        }
        let is_high = |mean, threshold| mean > threshold;
        let is_low = |mean, threshold| mean < threshold;
        let wanted = if self.asks(now, &spec.scale_out, is_high) {
            units + spec.scale_out.step
        } else if self.asks(now, &spec.scale_in, is_low) {
            units.saturating_sub(spec.scale_in.step)
        } else {
            units
        };
        let wanted = wanted.clamp(spec.units_min, spec.units_max);
        (wanted != units).then_some(wanted)
    }

    /// How many units there are now, if it is what it has ordered that takes effect.
    pub(crate) fn takes_effect(&mut self, now: SimTime) -> Option<u32> {
        let order = self.ordered.take_if(|order| order.done == now)?;
        self.scaled = Some(now);
        Some(order.units)
    }

    fn asks(&self, now: SimTime, rule: &ScaleRule, is_beyond: fn(f64, f64) -> bool) -> bool {
        let is_cool = self
            .scaled
            .is_none_or(|scaled| now >= scaled + rule.cool_down);
        is_cool
            && self
                .mean(rule.over)
                .is_some_and(|mean| is_beyond(mean, rule.threshold.as_f64()))
    }

    /// Mean utilization over the last while; `None` if it has not been watched for so long.
    fn mean(&self, over: SimDuration) -> Option<f64> {
        let count = samples_in(over);
        let first = self.samples.len().checked_sub(count)?;
        let (busy, workers) = self
            .samples
            .range(first..)
            .fold((0_u64, 0_u64), |(busy, workers), sample| {
                (busy + u64::from(sample.0), workers + u64::from(sample.1))
            });
        (workers > 0).then(|| busy as f64 / workers as f64)
    }
}

/// Samples within a length of time; at least one.
fn samples_in(length: SimDuration) -> usize {
    let count = length.as_ns().div_ceil(SAMPLING.as_ns()).max(1);
    usize::try_from(count).unwrap_or(usize::MAX)
}
