//! From the tree to the study: one function a section, all problems collected.
//!
//! Each function reads its section's keys and checks what they must fulfill together. What comes
//! out is legal, so nothing is checked again past this layer. A `None` means that a problem was
//! reported; the others go on, so that a file is mended in one go.

mod backends;
mod clients;
mod config;
mod groups;
mod machines;
mod management;
mod network;
mod objectives;
mod operations;
mod outages;
mod policy;
mod regions;
mod rollouts;
mod routing;
mod run;
mod scene;
mod strategy;
mod sweep;
mod traffic;
mod ways;

pub use sweep::SweepBlock;
pub(super) use sweep::SweepOrigins;

use crate::experiment::Study;
use crate::model::{FleetSpec, Period};
use crate::scenario::check::scene::Scene;
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
    /// What is to be varied.
    pub(super) sweep: Option<(SweepBlock, SweepOrigins)>,
    /// The name of every region.
    pub(super) regions: Vec<Origin>,
    /// The name of every population.
    pub(super) populations: Vec<Origin>,
    /// Where every population is, if that is known.
    pub(super) places: Vec<Option<[f64; 2]>>,
    /// Every back end.
    pub(super) backends: Vec<Origin>,
    /// Every scripted outage.
    pub(super) outages: Vec<Origin>,
    /// Every outage that comes by chance.
    pub(super) hazards: Vec<Origin>,
    /// Every operation.
    pub(super) operations: Vec<Origin>,
    /// What the router knows of the load, if it is written.
    pub(super) signal: Option<Origin>,
    /// How long a restore of the management plane takes, if there is one.
    pub(super) restore: Option<Origin>,
}

/// Reads and checks a scenario; `None` if there are errors in the report.
pub(super) fn check(root: &Node, data: &Data<'_>, report: &Report) -> Option<Located> {
    let scenario = Fields::open_root(root, &SCENARIO, report)?;
    let version: Option<u64> = scenario.whole("schema");
    let title = scenario.text("title");
    scenario.text("description");
    let sweep = sweep::read(&scenario, report);
    let regions = scenario.named("regions");
    let clients = scenario.named("clients");
    let objectives = objectives::read(&scenario, regions.as_deref(), clients.as_deref());
    let written = scenario.entry("backends");
    let backends = written.and_then(|_| scenario.named("backends"));
    let outages = scenario.list("outages");
    let has_some = |is_such: fn(&Fields<'_>) -> bool| {
        let sections = outages.as_ref();
        sections.is_none_or(|sections| sections.iter().any(is_such))
    };
    let kinds = run::OutageKinds {
        any: has_some(|_| true),
        scripted: has_some(|section| section.entry("mtbf").is_none()),
    };
    let run = run::read(&scenario, kinds);
    let operations = scenario.list("operations");
    let period = run.as_ref().map(|run| run.period);
    let parts = Parts {
        regions: regions.as_deref(),
        clients: clients.as_deref(),
        outages: outages.as_deref(),
        backends: backends.as_deref(),
        operations: operations.as_deref(),
        period,
        census: run.as_ref().map(run::Run::census),
        data,
    };
    let fleet = fleet(&scenario, &parts, report);
    version?;
    let (fleet, [outages, hazards]) = fleet?;
    run::check_counts(&scenario, &fleet, run.as_ref()?.spec.window)?;
    let named = regions::Named::new(regions.as_deref()?, report);
    let places = clients::places(clients.as_deref()?, &named);
    Some(Located {
        study: Study {
            title: title?,
            fleet,
            run: run?.spec,
            objectives: objectives?,
        },
        regions: origins(&regions?),
        populations: origins(&clients?),
        backends: backends.as_deref().map(origins).unwrap_or_default(),
        places,
        outages,
        hazards,
        operations: origins(&operations?),
        sweep: sweep?.into(),
        signal: routing::signal_origin(&scenario),
        restore: management::restore_origin(&scenario),
    })
}

/// The parts of a fleet that are lists, and when it is measured; each if it could be read.
struct Parts<'a> {
    regions: Option<&'a [Fields<'a>]>,
    clients: Option<&'a [Fields<'a>]>,
    outages: Option<&'a [Fields<'a>]>,
    backends: Option<&'a [Fields<'a>]>,
    operations: Option<&'a [Fields<'a>]>,
    period: Option<Period>,
    census: Option<SimDuration>,
    data: &'a Data<'a>,
}

fn fleet(
    scenario: &Fields<'_>,
    parts: &Parts<'_>,
    report: &Report,
) -> Option<(FleetSpec, [Vec<Origin>; 2])> {
    let named = parts
        .regions
        .map(|sections| regions::Named::new(sections, report));
    let named = named.as_ref();
    let primary = regions::primary(scenario, named);
    let regions = regions::read(scenario, parts.regions);
    let scene = Scene {
        named,
        regions: regions.as_ref(),
        backends: None,
        populations: None,
        primary,
        period: parts.period,
    };
    let backends = backends::read(scenario, parts.backends, &scene);
    let scene = Scene {
        backends: backends.as_ref(),
        ..scene
    };
    let clock = traffic::Clock {
        period: parts.period,
        data: parts.data,
    };
    let populations = clients::read(scenario, parts.clients, (named, &clock));
    let network = scenario.section("network");
    let jitter = network.and_then(|network| network.ratio("jitter"));
    let routing = routing::read(scenario, named, populations.as_ref());
    let is_allowed = network::check(scenario, parts.regions);
    let config = config::read(scenario, &scene);
    let operations = parts
        .operations
        .and_then(|sections| operations::read(sections, &scene));
    if let (Some(sections), Some(operations)) = (parts.operations, &operations) {
        let has_clients = populations.as_ref().is_some_and(|all| !all.is_empty());
        let routing = routing.as_ref().filter(|_| has_clients);
        let strategy = routing.map(|routing| &routing.strategy);
        operations::check((scenario, sections), operations, strategy, &scene);
    }
    let management = management::read(scenario, &scene, operations);
    let scene = Scene {
        populations: populations.as_ref(),
        ..scene
    };
    let outages = outages::read(parts.outages?, &scene);
    let (outages, management) = (outages?, management?);
    is_allowed?;
    let gateway = scenario.section("gateway")?;
    let size = (regions.as_ref(), populations.as_ref()?.len());
    backends::check_caches(parts.regions, size, &gateway)?;
    // Nobody is pinned to a dead region where none dies, nor to a dead address.
    let has_outages = !outages.scripted.is_empty() || !outages.hazards.is_empty();
    let is_eventful = has_outages || !management.operations.is_empty();
    let fleet = FleetSpec {
        backends: backends?.into(),
        config: config?.into(),
        census: parts.census.filter(|_| is_eventful),
        management,
        period: parts.period?,
        regions: regions?,
        primary: primary?,
        populations: populations?,
        routing: routing?,
        jitter: jitter?.as_f64(),
        outages: outages.scripted,
        hazards: outages.hazards,
        backlog_max: BACKLOG_MAX,
    };
    Some((fleet, [outages.scripted_origins, outages.hazard_origins]))
}

fn origins(sections: &[Fields<'_>]) -> Vec<Origin> {
    sections
        .iter()
        .map(|section| section.origin.clone())
        .collect()
}
