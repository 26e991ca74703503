//! From the tree to the study: one function a section, all problems collected.
//!
//! Each function reads its section's keys and checks what they must fulfill together. What comes
//! out is legal, so nothing is checked again past this layer. A `None` means that a problem was
//! reported; the others go on, so that a file is mended in one go.

mod clients;
mod objectives;
mod outages;
mod policy;
mod regions;
mod routing;
mod run;
mod traffic;

use crate::experiment::Study;
use crate::model::{FleetSpec, ManagementSpec, Period};
use crate::scenario::data::Data;
use crate::scenario::fields::Fields;
use crate::scenario::keys::SCENARIO;
use crate::scenario::report::{Origin, Report};
use crate::scenario::tree::Node;
use crate::units::SimDuration;

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
pub(super) fn check(root: &Node, data: &Data<'_>, report: &Report) -> Option<Located> {
    let scenario = Fields::open_root(root, &SCENARIO, report)?;
    let version: Option<u64> = scenario.whole("schema");
    let title = scenario.text("title");
    scenario.text("description");
    let run = run::read(&scenario);
    let objectives = objectives::read(&scenario);
    let regions = scenario.named("regions");
    let clients = scenario.named("clients");
    let outages = scenario.list("outages");
    let period = run.as_ref().map(|run| run.period);
    let parts = Parts {
        regions: regions.as_deref(),
        clients: clients.as_deref(),
        outages: outages.as_deref(),
        period,
        census: run.as_ref().map(run::Run::census),
        data,
    };
    let fleet = fleet(&scenario, &parts, report);
    version?;
    Some(Located {
        study: Study {
            title: title?,
            fleet: fleet?,
            run: run?.spec,
            objectives: objectives?,
        },
        regions: origins(&regions?),
        populations: origins(&clients?),
        outages: origins(&outages?),
    })
}

/// The parts of a fleet that are lists, and when it is measured; each if it could be read.
struct Parts<'a> {
    regions: Option<&'a [Fields<'a>]>,
    clients: Option<&'a [Fields<'a>]>,
    outages: Option<&'a [Fields<'a>]>,
    period: Option<Period>,
    census: Option<SimDuration>,
    data: &'a Data<'a>,
}

fn fleet(scenario: &Fields<'_>, parts: &Parts<'_>, report: &Report) -> Option<FleetSpec> {
    let named = parts
        .regions
        .map(|sections| regions::Named::new(sections, report));
    let named = named.as_ref();
    let primary = regions::primary(scenario, named);
    let regions = regions::read(scenario, parts.regions);
    let clock = traffic::Clock {
        period: parts.period,
        data: parts.data,
    };
    let populations = clients::read(scenario, parts.clients, (named, &clock));
    let network = scenario.section("network");
    let jitter = network.and_then(|network| network.ratio("jitter"));
    let routing = routing::read(scenario, named, populations.as_ref());
    let outages = outages::read(parts.outages?, named, parts.period);
    let outages = outages?;
    Some(FleetSpec {
        // Nobody is pinned to a dead region where none dies.
        config: None,
        management: ManagementSpec::idle(),
        census: parts.census.filter(|_| !outages.is_empty()),
        period: parts.period?,
        regions: regions?,
        primary: primary?,
        populations: populations?,
        routing: routing?,
        jitter: jitter?.as_f64(),
        outages,
        backlog_max: BACKLOG_MAX,
    })
}

fn origins(sections: &[Fields<'_>]) -> Vec<Origin> {
    sections
        .iter()
        .map(|section| section.origin.clone())
        .collect()
}
