//! Ramps: outages that grow to their degree and shrink to nothing again, in equal steps.
//!
//! A ramp goes in [`STEPS`] steps, each as deep as the middle of the line that it stands for, so that
//! over the ramp as much is lost as on the line: half of the degree. A degree is counted in parts of
//! [`PARTS`]: the steps of a ramp are 1, 3, 5, ... of them.

use crate::model::entity::{BackendHit, BackendPart, Impairment, OutageSpec, Scope};
use crate::units::{Ratio, SimDuration, SimTime};

/// How many steps a ramp has.
const STEPS: u16 = 20;
/// What a full degree is counted in.
pub(crate) const PARTS: u16 = 2 * STEPS;

impl OutageSpec {
    /// When it comes to which degree, the first at its start.
    pub(crate) fn turns(&self) -> impl Iterator<Item = (SimTime, u16)> + use<> {
        let (start, end, ramp) = (self.start, self.end, self.ramp);
        let (full, eases) = (start + ramp.up, end.before(ramp.down));
        let steps = |length: SimDuration| if length.is_zero() { 0 } else { STEPS };
        let nth =
            |from: SimTime, length, step: u16| from + (length * u64::from(step)) / u64::from(STEPS);
        let grows = (0..steps(ramp.up)).map(move |step| (nth(start, ramp.up, step), 2 * step + 1));
        let is_full = (full < eases).then_some((full, PARTS));
        let shrinks = (0..steps(ramp.down))
            .map(move |step| (nth(eases, ramp.down, step), PARTS - 1 - 2 * step));
        grows.chain(is_full).chain(shrinks)
    }
}

impl Scope {
    /// The same at so many parts of its degree; what has no degree is as it is.
    pub(crate) fn at(self, parts: u16) -> Self {
        let degree = f64::from(parts) / f64::from(PARTS);
        let share = |all: Ratio| all * Ratio::new(degree).expect("at most all parts");
        match self {
            _ if parts == PARTS => self,
            Self::Capacity(lost) => Self::Capacity(share(lost)),
            Self::Speed(factor) => Self::Speed(1.0 + (factor - 1.0) * degree),
            Self::Gray(failed) => Self::Gray(share(failed)),
            Self::Network(place, Impairment { delay, loss }) => Self::Network(
                place,
                Impairment {
                    delay: delay.scaled(degree),
                    loss: share(loss),
                },
            ),
            Self::Backend(hit) => Self::Backend(BackendHit {
                part: match hit.part {
                    BackendPart::All => BackendPart::All,
                    BackendPart::Capacity(lost) => BackendPart::Capacity(share(lost)),
                    BackendPart::Speed(factor) => BackendPart::Speed(1.0 + (factor - 1.0) * degree),
                    BackendPart::Gray(failed) => BackendPart::Gray(share(failed)),
                },
                ..hit
            }),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::entity::{OutageMode, Ramp, RegionId};

    fn outage(up: u64, down: u64, scope: Scope) -> OutageSpec {
        let [up, down] = [up, down].map(SimDuration::from_secs);
        OutageSpec {
            region: RegionId::new(0),
            start: SimTime::ZERO + SimDuration::from_secs(100),
            end: SimTime::ZERO + SimDuration::from_secs(200),
            mode: OutageMode::Blackhole,
            scope,
            ramp: Ramp { up, down },
        }
    }

    /// Goal: as much is lost as on the line, whatever the ramps are.
    #[test]
    fn a_ramp_loses_as_much_as_the_line_that_it_stands_for() {
        for (up, down) in [
            (0, 0),
            (40, 0),
            (0, 30),
            (20, 60),
            (50, 50),
            (100, 0),
            (0, 100),
        ] {
            let outage = outage(up, down, Scope::Region);
            let turns: Vec<(SimTime, u16)> = outage.turns().collect();
            assert_eq!(turns[0].0, outage.start);
            let ends = turns.iter().skip(1).map(|&(at, _)| at).chain([outage.end]);
            let area = |(&(at, parts), until): (&(SimTime, u16), SimTime)| {
                (until - at).as_secs_f64() * f64::from(parts) / f64::from(PARTS)
            };
            let lost: f64 = turns.iter().zip(ends).map(area).sum();
            let line = 100.0 - (up + down) as f64 / 2.0;
            assert!(
                (lost - line).abs() < 1e-9,
                "{up}, {down}: {lost} against {line}"
            );
        }
    }

    #[test]
    fn a_degree_is_a_share_of_what_is_lost() {
        let half = PARTS / 2;
        let quarter = Ratio::new(0.25).expect("a share");
        let all = Scope::Capacity(Ratio::new(0.5).expect("a share"));
        assert_eq!(all.at(half), Scope::Capacity(quarter));
        assert_eq!(all.at(PARTS), all);
        assert_eq!(Scope::Speed(3.0).at(half), Scope::Speed(2.0));
        assert_eq!(Scope::Region.at(1), Scope::Region);
    }
}
