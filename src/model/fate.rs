//! What chance has in store for a fleet in one run.
//!
//! Nothing that happens in a run has a say in when hazards strike, so that is drawn before the run
//! begins: what runs is a fleet whose outages are all listed, and nothing else in the model knows
//! of chance. All that is compared under one seed meets the same fate.

use std::borrow::Cow;

use crate::model::entity::{OutageId, OutageSpec};
use crate::model::hazard::{HazardSpec, Strikes};
use crate::model::hazard_names::names;
use crate::model::spec::FleetSpec;
use crate::random::StreamSeed;
use crate::units::{Id, IdMap};

/// The most outages by chance of a run: with those that are listed fewer than can be numbered.
const STRUCK_MAX: usize = 60_000;

/// What is to happen to a fleet in one run: all of its outages, and where they come from.
#[derive(Clone, Debug)]
pub struct Fate<'s> {
    /// The fleet without hazards: behind its listed outages are those that they bring, hazard by
    /// hazard and strike by strike.
    pub fleet: Cow<'s, FleetSpec>,
    /// The strikes of each hazard.
    pub strikes: IdMap<HazardSpec, Strikes>,
    /// Whether there are more than a run may have, and these are only the first.
    pub is_cut_off: bool,
}

impl<'s> Fate<'s> {
    /// Draws the fate of a fleet in a run.
    pub fn draw(spec: &'s FleetSpec, seed: StreamSeed) -> Self {
        let run = (spec.period.end(), seed);
        let mut left = STRUCK_MAX;
        let mut is_cut_off = false;
        let mut strikes = |(hazard, name): (&HazardSpec, String)| {
            let outages = hazard.outages.len().max(1);
            let strikes = hazard.strikes(&name, run, left / outages);
            left -= strikes.spans.len() * outages;
            is_cut_off |= strikes.is_cut_off;
            strikes
        };
        let named = spec.hazards.iter().zip(names(spec));
        let strikes: IdMap<HazardSpec, Strikes> = named.map(&mut strikes).collect();
        if spec.hazards.is_empty() {
            let fleet = Cow::Borrowed(spec);
            return Self {
                fleet,
                strikes,
                is_cut_off,
            };
        }
        let mut outages: Vec<OutageSpec> = spec.outages.iter().cloned().collect();
        for (hazard, strikes) in spec.hazards.iter().zip(&strikes) {
            for &[start, end] in &strikes.spans {
                let brought = hazard.outages.iter().cloned();
                outages.extend(brought.map(|outage| OutageSpec {
                    start,
                    end,
                    ..outage
                }));
            }
        }
        let fleet = Cow::Owned(FleetSpec {
            outages: IdMap::new(outages),
            hazards: IdMap::new(Vec::new()),
            ..spec.clone()
        });
        Self {
            fleet,
            strikes,
            is_cut_off,
        }
    }

    /// For each hazard of `spec`, whose fate this is, the numbers of the outages of its strikes.
    pub fn outages(&self, spec: &FleetSpec) -> IdMap<HazardSpec, Vec<Vec<OutageId>>> {
        let mut next = spec.outages.len();
        let mut numbers = |count: usize| -> Vec<OutageId> {
            let numbers = next..next + count;
            next = numbers.end;
            numbers.map(Id::new).collect()
        };
        let hazards = spec.hazards.iter().zip(&self.strikes);
        let of_hazard = |(hazard, strikes): (&HazardSpec, &Strikes)| {
            let spans = strikes.spans.iter();
            spans.map(|_| numbers(hazard.outages.len())).collect()
        };
        hazards.map(of_hazard).collect()
    }
}
