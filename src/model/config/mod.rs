//! The configuration: one source, the management plane, and every region with what it last pulled.

mod spec;

pub use spec::{
    Changes, ConfigSpec, DefectEffect, DefectSpec, FixSpec, Freeze, HaltSpec, OnHalt, RolloutId,
    RolloutSpec, StagePlan, SyncSpec, Unreplicated,
};
