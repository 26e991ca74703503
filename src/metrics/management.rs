//! What the management plane was asked for, and whether it was there.

use crate::model::Errand;
use crate::stats::{LevelSeries, Windows};
use crate::units::SimTime;

/// How often something was wanted, and how often in vain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// How often somebody wanted it.
    pub offered: u32,
    /// Of these, how often the management plane was not there or refused.
    pub failed: u32,
}

impl Uses {
    fn book(&mut self, is_served: bool) {
        self.offered += 1;
        self.failed += u32::from(!is_served);
    }

    fn add(&mut self, other: Self) {
        self.offered += other.offered;
        self.failed += other.failed;
    }

    /// Served / offered; `None` if nothing was offered.
    pub fn availability(&self) -> Option<f64> {
        let served = f64::from(self.offered - self.failed);
        (self.offered > 0).then(|| served / f64::from(self.offered))
    }
}

/// What the management plane did in some time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ManagementUse {
    /// Operations, changes of the configuration among them.
    pub operations: Uses,
    /// Changes of the configuration.
    pub changes: Uses,
    /// Visits of the portal.
    pub portal: Uses,
    /// Share of the time in which it was up.
    pub up: f64,
}

/// What the management plane did.
#[derive(Clone, Debug, PartialEq)]
pub struct ManagementRecord {
    /// In the measured period.
    pub overall: ManagementUse,
    /// In each window.
    pub windows: Vec<ManagementUse>,
}

/// Watches the management plane of a run.
#[derive(Clone, Debug)]
pub(super) struct ManagementWatch {
    windows: Windows,
    uses: Vec<ManagementUse>,
    up: LevelSeries,
}

impl ManagementWatch {
    pub(super) fn new(windows: Windows) -> Self {
        Self {
            windows,
            uses: vec![ManagementUse::default(); windows.len()],
            up: LevelSeries::new(windows, 1),
        }
    }

    pub(super) fn used(&mut self, now: SimTime, errand: Errand, is_served: bool) {
        let Some(window) = self.windows.index_of(now) else {
            return;
        };
        let uses = &mut self.uses[window];
        match errand {
            Errand::Change => {
                uses.operations.book(is_served);
                uses.changes.book(is_served);
            }
            Errand::Operation => uses.operations.book(is_served),
            Errand::Portal => uses.portal.book(is_served),
        }
    }

    pub(super) fn changed(&mut self, now: SimTime, is_up: bool) {
        self.up.set(now, is_up.into());
    }

    pub(super) fn run_ended(&mut self, now: SimTime) {
        self.up.advance(now);
    }

    pub(super) fn finish(self) -> ManagementRecord {
        let mut overall = ManagementUse {
            up: self.up.mean_of_period(),
            ..ManagementUse::default()
        };
        let mut windows = self.uses;
        for (window, uses) in windows.iter_mut().enumerate() {
            uses.up = self.up.mean(window);
            overall.operations.add(uses.operations);
            overall.changes.add(uses.changes);
            overall.portal.add(uses.portal);
        }
        ManagementRecord { overall, windows }
    }
}
