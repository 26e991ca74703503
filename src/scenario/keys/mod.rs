//! Every key of a scenario, declared once.
//!
//! Documented values of Azure services are marked with `[A]` and their page's subject; what has no
//! source is marked as an assumption.

mod backends;
mod clients;
mod config;
mod fleet;
mod management;
mod objectives;
mod outages;
mod routing;

pub(super) use management::{OPERATION, takes};
pub(super) use outages::{MODES, OUTAGE};
pub(super) use routing::STRATEGIES;

use crate::scenario::keys::backends::BACKEND;
use crate::scenario::keys::clients::{CLIENT, POPULATION};
use crate::scenario::keys::config::CONFIG;
use crate::scenario::keys::fleet::{FLEET, GATEWAY, NETWORK, REGION};
use crate::scenario::keys::management::{AUTOSCALE, MANAGEMENT};
use crate::scenario::keys::objectives::SLO;
use crate::scenario::keys::routing::ROUTING;
use crate::scenario::table::{Body, Choice, Key, Kind, Section};

/// The longest run of one thing that is counted, where nothing smaller makes sense.
const MANY: u64 = 1_000_000;

/// The whole file.
pub(super) static SCENARIO: Section = Section {
    doc: "A scenario of gatefleet: a fleet of regional API gateways, its clients, and what happens to it. Keys that begin with `x-` are free for notes and anchors.",
    keys: &[
        Key::default("schema", Kind::Whole(1, 1), "1", "Version of this format"),
        Key::default(
            "title",
            Kind::Text,
            "Untitled scenario",
            "A line that names the scenario in results",
        ),
        Key::optional("description", Kind::Text, "What the scenario is about"),
        Key::optional(
            "run",
            Kind::Section(&RUN),
            "How long and how often the fleet is simulated",
        ),
        Key::optional(
            "fleet",
            Kind::Section(&FLEET),
            "What holds for the fleet as a whole",
        ),
        Key::optional(
            "gateway",
            Kind::Section(&GATEWAY),
            "The gateway of every region; a region may override each key",
        ),
        Key::required(
            "regions",
            Kind::Named(&REGION),
            "{westeurope: {units: 2}}",
            "The regions that have a gateway, by name: Azure region names, or any name with a place",
        ),
        Key::required(
            "clients",
            Kind::Named(&POPULATION),
            "{europe: {near: westeurope, rate: 900/s}}",
            "Populations of clients, by name",
        ),
        Key::optional(
            "client",
            Kind::Section(&CLIENT),
            "What every client does; a population may override each key",
        ),
        Key::optional(
            "network",
            Kind::Section(&NETWORK),
            "The network between clients and regions",
        ),
        Key::optional(
            "routing",
            Kind::Section(&ROUTING),
            "How clients find a region",
        ),
        Key::optional("outages", Kind::List(&OUTAGE), "What fails, and when"),
        Key::optional(
            "slo",
            Kind::Section(&SLO),
            "What is promised about the measured period",
        ),
        Key::default(
            "config",
            Kind::ChoiceOrSection(&NONE, &CONFIG),
            "none",
            "How the configuration comes to the regions; `none`: it never changes",
        ),
        Key::optional(
            "management",
            Kind::Section(&MANAGEMENT),
            "The management plane and the portal",
        ),
        Key::optional(
            "operations",
            Kind::List(&OPERATION),
            "What is done to the fleet, and when",
        ),
        Key::default(
            "autoscale",
            Kind::ChoiceOrSection(&NONE, &AUTOSCALE),
            "none",
            "Units by rule",
        ),
        Key::optional(
            "sweep",
            Kind::Section(&SWEEP),
            "What `gatefleet sweep` varies; other commands do not look at it",
        ),
        Key::optional(
            "backends",
            Kind::Named(&BACKEND),
            "What the gateways call, by name; without any they answer by themselves",
        ),
    ],
    inherits: None,
};

static RUN: Section = Section {
    doc: "How long and how often the fleet is simulated",
    keys: &[
        Key::default(
            "warm_up",
            Kind::Duration,
            "2m",
            "Simulated before the measured period, so that caches and queues are as they usually are; assumption: two TTLs of 60 s",
        ),
        Key::default(
            "duration",
            Kind::PositiveDuration,
            "30m",
            "Length of the measured period, which starts at time 0",
        ),
        Key::optional(
            "window",
            Kind::PositiveDuration,
            "Width of a window of the timeline; if it is not given, the narrowest of 10s, 30s, 1m, 2m, 5m, 10m, 30m, 1h, 3h, 6h, 12h, 1d, 7d, 30d and 365d that makes at most 1,000 windows",
        ),
        Key::default(
            "seed",
            Kind::Whole(0, u64::MAX),
            "1",
            "Names the random numbers: same seed, same results",
        ),
        Key::default(
            "replications",
            Kind::Replications(REPLICATIONS_MAX, &STOPPING),
            "20",
            "Number of independent runs (intervals need at least 5), or from how many to how many, and how well figures are to be known",
        ),
    ],
    inherits: None,
};

/// The most replications that are kept.
const REPLICATIONS_MAX: u64 = 10_000;

static STOPPING: Section = Section {
    doc: "As many replications as are needed: looked at after `min` of them, then after twice as many each time",
    keys: &[
        Key::default(
            "min",
            Kind::Whole(10, REPLICATIONS_MAX),
            "10",
            "Replications at the first look; fewer than 10 would stop by luck too often",
        ),
        Key::default(
            "max",
            Kind::Whole(10, REPLICATIONS_MAX),
            "400",
            "The most replications",
        ),
        Key::required(
            "until",
            Kind::Section(&UNTIL),
            "{availability: 0.01%}",
            "How well figures are to be known",
        ),
    ],
    inherits: None,
};

static UNTIL: Section = Section {
    doc: "Half the width of 95 % intervals, at most; in a comparison, of those of differences to the baseline",
    keys: &[
        Key::optional(
            "availability",
            Kind::Ratio,
            "In points of availability: `0.01%` is 99.95 % +- 0.01 %",
        ),
        Key::optional(
            "requests_lost",
            Kind::Ratio,
            "As a share of the requests lost to outages",
        ),
        Key::optional(
            "time_to_recover",
            Kind::Ratio,
            "As a share of the longest time to recover",
        ),
        Key::optional("mean", Kind::Ratio, "As a share of the mean latency"),
        Key::optional("p50", Kind::Ratio, "As a share of the median latency"),
        Key::optional(
            "p99",
            Kind::Ratio,
            "As a share of the 99th percentile of latency",
        ),
    ],
    inherits: None,
};

static SWEEP: Section = Section {
    doc: "What `gatefleet sweep` varies: every combination is a point",
    keys: &[
        Key::optional(
            "vary",
            Kind::Values,
            "Values by path: a list, or a text as of `--vary`, such as `1..6`, `10s..60s:10s` or `1s..1000s:log4`",
        ),
        Key::optional(
            "strategies",
            Kind::Strategies,
            "Routing strategies that every combination is run with, as of `--strategies`; that of the scenario if not given",
        ),
    ],
    inherits: None,
};

static NONE: [Choice; 1] = [word("none", "Nothing of the kind")];

const fn word(name: &'static str, doc: &'static str) -> Choice {
    Choice {
        name,
        body: Body::Word,
        doc,
    }
}
