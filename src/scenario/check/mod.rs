//! From the tree to the study: one function a section, all problems collected.
//!
//! Each function reads its section's keys and checks what they must fulfill together. What comes
//! out is legal, so nothing is checked again past this layer. A `None` means that a problem was
//! reported; the others go on, so that a file is mended in one go.

mod clients;
mod objectives;
mod outages;
mod regions;
mod routing;
mod run;

use crate::experiment::Study;
use crate::model::FleetSpec;
use crate::scenario::fields::Fields;
use crate::scenario::keys::SCENARIO;
use crate::scenario::report::{Origin, Report};
use crate::scenario::tree::Node;

/// How many requests may wait in one region before a run gives up as saturated: ten million are
/// more than an hour's arrivals of a large fleet, and fit into memory.
const BACKLOG_MAX: usize = 10_000_000;

/// A study with the places in the scenario that warnings point to.
pub(super) struct Located {
    pub(super) study: Study,
    /// The name of every region.
    pub(super) regions: Vec<Origin>,
    /// The name of every population.
    pub(super) populations: Vec<Origin>,
    /// Every outage.
    pub(super) outages: Vec<Origin>,
}

/// Reads and checks a scenario; `None` if there are errors in the report.
pub(super) fn check(root: &Node, report: &Report) -> Option<Located> {
    let scenario = Fields::open_root(root, &SCENARIO, report)?;
    let version: Option<u64> = scenario.whole("schema");
    let title = scenario.text("title");
    scenario.text("description");
    let run = run::read(&scenario);
    let period = run.as_ref().map(|run| run.period);
    let gateway = scenario.section("gateway");
    let client = scenario.section("client");
    let regions = scenario.named("regions");
    let named = regions
        .as_deref()
        .map(|sections| regions::Named::new(sections, report));
    let specs = gateway
        .as_ref()
        .and_then(|gateway| regions::read(regions.as_deref()?, gateway));
    let primary = regions::primary(&scenario, named.as_ref());
    let sections = scenario.named("clients");
    let populations = client
        .as_ref()
        .and_then(|client| clients::read(sections.as_deref()?, client, named.as_ref()?));
    let jitter = scenario
        .section("network")
        .and_then(|network| network.ratio("jitter"));
    let routing = routing::read(&scenario, named.as_ref(), populations.as_ref());
    let outage_sections = scenario.list("outages");
    let outages = outages::read(outage_sections.as_deref()?, named.as_ref(), period);
    let objectives = objectives::read(&scenario);
    version?;
    let fleet = FleetSpec {
        period: period?,
        regions: specs?,
        primary: primary?,
        populations: populations?,
        routing: routing?,
        jitter: jitter?.as_f64(),
        outages: outages?,
        backlog_max: BACKLOG_MAX,
    };
    let origins = |sections: &[Fields<'_>]| sections.iter().map(|s| s.origin.clone()).collect();
    Some(Located {
        study: Study {
            title: title?,
            fleet,
            run: run?.spec,
            objectives: objectives?,
        },
        regions: origins(&regions?),
        populations: origins(&sections?),
        outages: origins(&outage_sections?),
    })
}
