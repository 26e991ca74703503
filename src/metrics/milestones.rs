//! When an outage was detected, drained, recovered from and failed back, and what it cost.
//!
//! - **detect**: the router believes the region degraded.
//! - **drain**: from here on, until the outage ends, less than 1 % of the attempts of affected
//!   clients go to the dead region; counted in slices of a tenth of a window, of which so many
//!   are taken together that they hold 400 attempts (a twentieth of all, if those are fewer).
//!   Affected are the populations whose clients would go there if all were healthy.
//!   Neither is for the router to see where the management plane or the name of a region is gone,
//!   and only a region that is gone as a whole is drained: there it is not told.
//! - **recover**: the first window from which availability stays within 0.1 % of what it was
//!   before, until the next outage or the end. Before: all windows before this outage that no
//!   outage touches or has hurt; all requests served, if there is none. A window that lies lower by no more
//!   than windows did before (three standard deviations) does not count as low.
//! - **lost**: requests that failed because their attempt ran into the dead region, whenever they
//!   began; and of all other failures from the outage's start to the later of its end and the
//!   recovery (the next outage or the end of the period if there was none) what exceeds the share
//!   of before. Where such times overlap, the outage that began last is charged.
//!
//! Where outages come by chance, runs are long and windows wide: then `aftermath` tells for all of
//! them when they were recovered from and what was lost. Drains are then counted in slices of 1 s, and
//! end with the last stale attempt of those slices that are too stale together.

use std::collections::BTreeMap;

use crate::metrics::aftermath::Aftermath;
use crate::metrics::replication::{OutageRecord, WindowRecord};
use crate::metrics::roster::Roster;
use crate::metrics::timeline::FinishedTimeline;
use crate::model::{
    AttemptSent, Blame, FleetSpec, Health, Lie, OutageId, OutageSpec, Place, PopulationSpec,
    RegionId, RegionSpec, RequestEnd, Scope,
};
use crate::stats::Windows;
use crate::units::{IdMap, SimDuration, SimTime};

/// How far availability may lie below what it was before.
const RECOVERED_WITHIN: f64 = 0.001;
/// The share of stale attempts below which an outage is drained.
const DRAINED_BELOW: f64 = 0.01;
/// So many attempts tell 1 % of stale ones from none.
const ATTEMPTS_TO_TELL: u32 = 400;
/// Where there are fewer, an outage is cut into at least so many groups.
const GROUPS_MIN: u32 = 20;
/// A request that begins this long before an outage can still fail of it: windows that reach so
/// near to the next outage tell nothing about the recovery from the last.
const REACH: SimDuration = SimDuration::from_secs(1);
/// Most slices that an outage is cut into.
const SLICES_MAX: u64 = 10_000;
/// The same of an outage that comes by chance, of which there may be many.
const SLICES_BY_CHANCE_MAX: u64 = 1_000;

/// Watches the outages of a run.
#[derive(Clone, Debug)]
pub(super) struct Milestones {
    watches: Vec<Watch>,
    /// Which of them want to know of attempts.
    roster: Roster,
    /// What became of requests, where windows do not tell; `None` where they do.
    aftermath: Option<Aftermath>,
    /// What the router came to believe, and when.
    beliefs: IdMap<RegionSpec, Vec<(SimTime, Health)>>,
}

#[derive(Clone, Debug)]
struct Watch {
    outage: OutageSpec,
    period_end: SimTime,
    is_affected: IdMap<PopulationSpec, bool>,
    slice: SimDuration,
    /// Attempts of affected clients in each slice: all, and those to the dead region.
    slices: Vec<(u32, u32)>,
    /// Requests that ran into the outage and failed, by blame.
    lost: [u64; Blame::ALL.len()],
}

impl Milestones {
    /// Where outages come by chance, windows do not matter.
    pub(super) fn new(fleet: &FleetSpec, windows: Option<Windows>) -> Self {
        let (slice, most) = match windows {
            Some(windows) => (windows.width_of(0) / 10, SLICES_MAX),
            None => (SimDuration::from_secs(1), SLICES_BY_CHANCE_MAX),
        };
        let outages = fleet.outages.iter();
        let watches: Vec<Watch> = outages
            .map(|outage| Watch::new(fleet, outage, (slice, most)))
            .collect();
        let drained = watches.iter().enumerate();
        let drained = drained.filter(|(_, watch)| watch.outage.scope == Scope::Region);
        let spans: Vec<(usize, [SimTime; 2])> = drained
            .map(|(index, watch)| (index, [watch.outage.start, watch.outage.end]))
            .collect();
        let by_chance = windows.is_none();
        Self {
            watches,
            roster: Roster::new(&spans),
            aftermath: by_chance.then(|| Aftermath::new(fleet.outages.iter(), fleet.period)),
            beliefs: fleet.regions.map(|_| Vec::new()),
        }
    }

    pub(super) fn health_changed(&mut self, now: SimTime, region: RegionId, health: Health) {
        self.beliefs[region].push((now, health));
    }

    pub(super) fn request_lost(&mut self, outage: OutageId, blame: Blame) {
        self.watches[outage.index()].lost[blame as usize] += 1;
    }

    #[expect(
        clippy::inline_always,
        reason = "every request comes here: 1 % of all instructions"
    )]
    #[inline(always)]
    pub(super) fn attempt_sent(&mut self, attempt: &AttemptSent) {
        for &watch in self.roster.at(attempt.at) {
            self.watches[watch].attempt_sent(attempt);
        }
    }

    /// A measured request has ended.
    #[inline]
    pub(super) fn request_ended(&mut self, end: &RequestEnd) {
        if let Some(aftermath) = &mut self.aftermath {
            aftermath.ended(end);
        }
    }

    /// What every outage cost.
    pub(super) fn finish(
        &self,
        timeline: &FinishedTimeline,
        windows: Windows,
    ) -> IdMap<OutageSpec, OutageRecord> {
        let outages: Vec<OutageSpec> = self.watches.iter().map(|w| w.outage.clone()).collect();
        let damages = match &self.aftermath {
            Some(aftermath) => damages_of_requests(&outages, aftermath),
            None => damages_of_windows(&outages, (timeline, windows)),
        };
        let cost = |(watch, (recovered, mut lost)): (&Watch, Damage)| {
            let beliefs = &self.beliefs[watch.outage.region];
            let detected = watch.detected(beliefs);
            for (total, &direct) in lost.iter_mut().zip(&watch.lost) {
                *total += direct as f64;
            }
            OutageRecord {
                time_to_detect_s: detected.map(|at| (at - watch.outage.start).as_secs_f64()),
                time_to_drain_s: watch.drained_s(self.aftermath.is_some()),
                time_to_recover_s: recovered,
                time_to_failback_s: detected.and_then(|_| watch.failback_s(beliefs)),
                lost,
            }
        };
        self.watches.iter().zip(damages).map(cost).collect()
    }
}

/// When all was well again after an outage, in seconds from its start, and the requests that failed
/// because of it without having run into it, by blame.
type Damage = (Option<f64>, [f64; Blame::ALL.len()]);

/// What windows tell of each outage.
fn damages_of_windows(
    outages: &[OutageSpec],
    (timeline, windows): (&FinishedTimeline, Windows),
) -> Vec<Damage> {
    let episodes = episodes(outages, timeline, windows);
    let owners = owners(&episodes, windows.len());
    let damage = |(index, (episode, recovered)): (usize, &(Episode<'_>, Option<usize>))| {
        let is_owned = |window: &usize| owners[*window] == Some(index);
        (
            recovered.map(|window| episode.time_to_s(window)),
            episode.excess(timeline, is_owned),
        )
    };
    episodes.iter().enumerate().map(damage).collect()
}

/// What requests tell of each outage; of those that begin together the last is charged.
fn damages_of_requests(outages: &[OutageSpec], aftermath: &Aftermath) -> Vec<Damage> {
    let mut last: BTreeMap<SimTime, usize> = BTreeMap::new();
    for (index, outage) in outages.iter().enumerate() {
        last.insert(outage.start, index);
    }
    let damage = |(index, outage): (usize, &OutageSpec)| {
        let is_charged = last[&outage.start] == index;
        let lost = is_charged.then(|| aftermath.excess(outage));
        (aftermath.recovered_s(outage), lost.unwrap_or_default())
    };
    outages.iter().enumerate().map(damage).collect()
}

/// The episode of each outage, and the window in which all was well again.
fn episodes<'o>(
    outages: &'o [OutageSpec],
    timeline: &FinishedTimeline,
    windows: Windows,
) -> Vec<(Episode<'o>, Option<usize>)> {
    let mut in_order: Vec<usize> = (0..outages.len()).collect();
    in_order.sort_by_key(|&index| outages[index].start);
    // What an earlier outage has hurt does not tell how things were before a later one.
    let mut is_hurt = vec![false; windows.len()];
    let mut episodes: Vec<(usize, (Episode<'o>, Option<usize>))> = Vec::new();
    for index in in_order {
        let mut episode = Episode::new(&outages[index], outages, windows);
        episode.before.retain(|&window| !is_hurt[window]);
        let recovered = episode.recovered(&timeline.fleet);
        is_hurt[episode.first..episode.end(recovered)].fill(true);
        episodes.push((index, (episode, recovered)));
    }
    episodes.sort_by_key(|&(index, _)| index);
    episodes.into_iter().map(|(_, episode)| episode).collect()
}

/// For every window the outage that is charged with what goes wrong in it: of those whose
/// episodes hold it, the one that began last.
fn owners(episodes: &[(Episode<'_>, Option<usize>)], windows: usize) -> Vec<Option<usize>> {
    let mut owners: Vec<Option<usize>> = vec![None; windows];
    let mut in_order: Vec<usize> = (0..episodes.len()).collect();
    in_order.sort_by_key(|&index| episodes[index].0.outage.start);
    for index in in_order {
        let (episode, recovered) = &episodes[index];
        owners[episode.first..episode.end(*recovered)].fill(Some(index));
    }
    owners
}

impl Watch {
    fn new(fleet: &FleetSpec, outage: &OutageSpec, (slice, most): (SimDuration, u64)) -> Self {
        let healthy = IdMap::from_fn(fleet.regions.len(), |_| Health::Healthy);
        let is_affected = |id| {
            let is_hit = |region| region == outage.region;
            let strategy = &fleet.routing.strategy;
            outage.scope == Scope::Region && strategy.may_answer(id, &healthy, is_hit)
        };
        let length = outage.end.min(fleet.period.end()) - outage.start;
        let least = SimDuration::from_ns(length.as_ns().div_ceil(most).max(1));
        let slice = slice.max(least);
        let is_drained = outage.scope == Scope::Region;
        let slices = length.as_ns().div_ceil(slice.as_ns()) * u64::from(is_drained);
        Self {
            outage: outage.clone(),
            period_end: fleet.period.end(),
            is_affected: IdMap::from_fn(fleet.populations.len(), is_affected),
            slice,
            slices: vec![(0, 0); usize::try_from(slices).expect("at most SLICES_MAX")],
            lost: [0; Blame::ALL.len()],
        }
    }

    fn attempt_sent(&mut self, attempt: &AttemptSent) {
        if !self.is_affected[attempt.population] {
            return;
        }
        let slice = (attempt.at - self.outage.start).as_ns() / self.slice.as_ns();
        let slice = usize::try_from(slice).unwrap_or(usize::MAX);
        if let Some((all, stale)) = self.slices.get_mut(slice) {
            *all += 1;
            *stale += u32::from(attempt.region == self.outage.region);
        }
    }

    /// When the router believed the region degraded while it was down.
    fn detected(&self, beliefs: &[(SimTime, Health)]) -> Option<SimTime> {
        let is_hidden = matches!(
            self.outage.scope,
            Scope::Management
                | Scope::Name
                | Scope::Router
                | Scope::Probes(Lie::Up)
                | Scope::Network(Place::Population(_) | Place::Region(_), _)
        );
        if is_hidden {
            return None;
        }
        let (known, later) = split(beliefs, self.outage.start);
        if known == Some(Health::Degraded) {
            return Some(self.outage.start);
        }
        let mut during = later.iter().take_while(|(at, _)| *at < self.outage.end);
        let verdict = during.find(|(_, health)| *health == Health::Degraded);
        verdict.map(|&(at, _)| at)
    }

    /// Seconds from the outage's end until the router believed the region healthy again.
    fn failback_s(&self, beliefs: &[(SimTime, Health)]) -> Option<f64> {
        let end = self.outage.end;
        if end > self.period_end {
            return None;
        }
        let (known, later) = split(beliefs, end);
        if known == Some(Health::Healthy) {
            return Some(0.0);
        }
        let mut later = later.iter();
        let &(at, _) = later.find(|(_, health)| *health == Health::Healthy)?;
        Some((at - end).as_secs_f64())
    }

    /// Seconds until less than 1 % of the affected attempts go to the dead region for good.
    ///
    /// A few attempts cannot tell 1 % from none: slices are taken together until they hold enough,
    /// and a group is stale if it holds clearly more than 1 % would give by chance. It ends the drain
    /// with its last slice, or `to_the_slice` with the last that holds a stale attempt.
    fn drained_s(&self, to_the_slice: bool) -> Option<f64> {
        if self.outage.scope != Scope::Region {
            return None;
        }
        let total: u32 = self.slices.iter().map(|&(all, _)| all).sum();
        let enough = (total / GROUPS_MIN).clamp(1, ATTEMPTS_TO_TELL);
        let (mut all, mut stale, mut drained, mut last_stale) = (0, 0, 0, 0);
        for (index, &(more, more_stale)) in self.slices.iter().enumerate() {
            all += more;
            stale += more_stale;
            if more_stale > 0 || !to_the_slice {
                last_stale = index + 1;
            }
            if all >= enough || index + 1 == self.slices.len() {
                if is_stale(all, stale) {
                    drained = last_stale;
                }
                (all, stale) = (0, 0);
            }
        }
        let time_s = (self.slice * drained as u64).as_secs_f64();
        (drained == 0 || drained < self.slices.len()).then_some(time_s)
    }
}

/// What was last believed by an instant, if anything was told by then, and what was told later.
fn split(beliefs: &[(SimTime, Health)], at: SimTime) -> (Option<Health>, &[(SimTime, Health)]) {
    let (earlier, later) = beliefs.split_at(beliefs.partition_point(|(told, _)| *told <= at));
    (earlier.last().map(|&(_, health)| health), later)
}

/// Whether clearly more than 1 % of some attempts were stale: by three standard deviations.
fn is_stale(all: u32, stale: u32) -> bool {
    let by_chance = DRAINED_BELOW * f64::from(all);
    f64::from(stale) > by_chance + 3.0 * by_chance.sqrt()
}

/// The windows that an outage may have hurt, and those that tell how things were before.
struct Episode<'o> {
    outage: &'o OutageSpec,
    windows: Windows,
    /// The window in which the outage begins.
    first: usize,
    /// The first window after it ended.
    after: usize,
    /// The first window that the next outage reaches, or the number of windows.
    limit: usize,
    /// Windows before the outage that no outage touches.
    before: Vec<usize>,
}

impl<'o> Episode<'o> {
    fn new(outage: &'o OutageSpec, outages: &[OutageSpec], windows: Windows) -> Self {
        let count = windows.len();
        let window_of = |at| windows.index_of(at).unwrap_or(count);
        let next = outages.iter().filter(|other| other.start >= outage.end);
        let next = next.map(|other| window_of(other.start.before(REACH)));
        let first = window_of(outage.start);
        let is_touched = |window: &usize| {
            let (start, end) = (windows.start_of(*window), windows.end_of(*window));
            let reaches = |other: &OutageSpec| other.start.before(REACH) < end && start < other.end;
            outages.iter().any(reaches)
        };
        Self {
            outage,
            windows,
            first,
            after: window_of(outage.end.before(SimDuration::from_ns(1)))
                .saturating_add(1)
                .min(count),
            limit: next.min().unwrap_or(count).max(first),
            before: (0..first).filter(|window| !is_touched(window)).collect(),
        }
    }

    /// The window from which availability stays what it was before.
    fn recovered(&self, fleet: &[WindowRecord]) -> Option<usize> {
        let usual = self.usual(fleet);
        let is_low = |window: &WindowRecord| {
            let availability = window.availability();
            availability.is_some_and(|now| now < usual)
        };
        let low = fleet[self.first..self.limit].iter().rposition(is_low);
        let window = low.map_or(self.first, |last| self.first + last + 1);
        (window < self.limit).then_some(window)
    }

    /// The availability below which something is wrong.
    fn usual(&self, fleet: &[WindowRecord]) -> f64 {
        let windows = self
            .before
            .iter()
            .filter_map(|&window| fleet[window].availability());
        let before: Vec<f64> = windows.collect();
        if before.is_empty() {
            return 1.0 - RECOVERED_WITHIN;
        }
        let count = before.len() as f64;
        let mean = before.iter().sum::<f64>() / count;
        let squares = before.iter().map(|value| (value - mean).powi(2));
        let deviation = (squares.sum::<f64>() / count).sqrt();
        mean - RECOVERED_WITHIN - 3.0 * deviation
    }

    /// Seconds from the outage's start to the start of a window.
    fn time_to_s(&self, window: usize) -> f64 {
        let start = self.windows.start_of(window);
        start.since(self.outage.start).as_secs_f64()
    }

    /// The first window that the outage no longer hurts, given when all was well again.
    fn end(&self, recovered: Option<usize>) -> usize {
        let end = recovered.map_or(self.limit, |window| window.max(self.after));
        end.max(self.first)
    }

    /// Failures of requests that ran into no outage, by blame, in the windows that are charged to
    /// this one: what exceeds the share of before.
    fn excess(
        &self,
        timeline: &FinishedTimeline,
        is_owned: impl Fn(&usize) -> bool,
    ) -> [f64; Blame::ALL.len()] {
        let offered = |windows: &[usize]| -> f64 {
            windows
                .iter()
                .map(|&window| f64::from(timeline.fleet[window].offered))
                .sum()
        };
        let failed = |windows: &[usize], blame: Blame| -> f64 {
            let count = |&window: &usize| f64::from(timeline.indirect[window][blame as usize]);
            windows.iter().map(count).sum()
        };
        let owned: Vec<usize> = (0..timeline.fleet.len()).filter(is_owned).collect();
        let before = offered(&self.before).max(1.0);
        Blame::ALL.map(|blame| {
            let usual = failed(&self.before, blame) / before * offered(&owned);
            (failed(&owned, blame) - usual).max(0.0)
        })
    }
}
