//! Every key of a scenario, declared once.
//!
//! Documented values of Azure services are marked with [A] and their page's subject; what has no
//! source is marked as an assumption. Keys of later features are listed too, so that they are
//! refused by name rather than guessed at.

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
        Key::later("backends"),
        Key::later("config"),
        Key::later("operations"),
        Key::later("autoscale"),
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
        Key::default(
            "window",
            Kind::PositiveDuration,
            "10s",
            "Width of a window of the timeline",
        ),
        Key::default(
            "seed",
            Kind::Whole(0, u64::MAX),
            "1",
            "Names the random numbers: same seed, same results",
        ),
        Key::default(
            "replications",
            Kind::Whole(1, 10_000),
            "20",
            "Number of independent runs; intervals need at least 5",
        ),
    ],
    inherits: None,
};

static FLEET: Section = Section {
    doc: "What holds for the fleet as a whole",
    keys: &[
        Key::optional(
            "primary",
            Kind::Region,
            "The region that holds the management plane; the first region if not given",
        ),
        Key::later("network"),
    ],
    inherits: None,
};

static GATEWAY: Section = Section {
    doc: "A region's gateway: one queue, served first come first served by units x VMs x workers",
    keys: &[
        Key::default(
            "vms_per_unit",
            Kind::Whole(1, 100),
            "2",
            "Virtual machines of a unit [A: API Management reliability, a unit is two VMs]",
        ),
        Key::default(
            "workers_per_vm",
            Kind::Whole(1, 1_000),
            "8",
            "Requests that one VM serves at once; assumption",
        ),
        Key::default(
            "service",
            Kind::Distribution,
            "lognormal(p50=4ms, p99=25ms)",
            "Time that a worker is busy with a request; assumption (mean 5.5 ms)",
        ),
        Key::default(
            "queue_limit",
            Kind::OrNone(&Kind::Whole(0, 10_000_000)),
            "none",
            "Requests that may wait in a region; one more is refused with 503 [A: the gateway does not throttle at capacity]",
        ),
        Key::later("discipline"),
        Key::later("cache"),
        Key::later("rate_limit"),
    ],
    inherits: None,
};

static REGION: Section = Section {
    doc: "A region that has a gateway",
    keys: &[
        Key::required("units", Kind::Whole(1, 1_000), "2", "Units of capacity"),
        Key::optional(
            "at",
            Kind::Coordinates,
            "Latitude and longitude in degrees; not needed for an Azure region",
        ),
        Key::later("zones"),
        Key::later("autoscale"),
        Key::later("vnet"),
    ],
    inherits: Some(&GATEWAY),
};

static POPULATION: Section = Section {
    doc: "Clients of one place and kind; where they are is told by exactly one of `near`, `at` and `rtt`",
    keys: &[
        Key::optional(
            "near",
            Kind::Region,
            "The region of the scenario, or of Azure, that the clients are next to",
        ),
        Key::optional(
            "at",
            Kind::Coordinates,
            "Latitude and longitude in degrees; round trips are then 20.4 ms + 0.0146 ms per km of great circle (fit to the Azure table)",
        ),
        Key::optional(
            "rtt",
            Kind::DurationByRegion,
            "Median round trip to every region",
        ),
        Key::default(
            "last_mile",
            Kind::Duration,
            "0ms",
            "Added to every round trip; 0 if not given: clients in a data center",
        ),
        Key::required(
            "rate",
            Kind::Rate,
            "900/s",
            "Arrival rate of requests (Poisson)",
        ),
        Key::default(
            "agents",
            Kind::Whole(1, MANY),
            "1000",
            "Processes with a DNS cache of their own; assumption",
        ),
        Key::later("arrivals"),
    ],
    inherits: Some(&CLIENT),
};

static CLIENT: Section = Section {
    doc: "What clients do by themselves",
    keys: &[
        Key::default(
            "timeout",
            Kind::OrNone(&Kind::PositiveDuration),
            "5s",
            "Longest wait for one attempt, look-up included; assumption",
        ),
        Key::default(
            "connect_timeout",
            Kind::OrNone(&Kind::PositiveDuration),
            "2s",
            "Longest wait for a connection to be accepted; assumption",
        ),
        Key::optional("dns", Kind::Section(&DNS), "The clients' name resolution"),
        Key::later("connection"),
        Key::later("retry"),
        Key::later("hedge"),
        Key::later("cancel_abandoned"),
    ],
    inherits: None,
};

static DNS: Section = Section {
    doc: "The clients' name resolution",
    keys: &[
        Key::default(
            "lookup",
            Kind::Duration,
            "50ms",
            "Time of a look-up when the cache has no answer [A: Traffic Manager performance considerations]",
        ),
        Key::later("extend_ttl"),
        Key::later("pin"),
    ],
    inherits: None,
};

static NETWORK: Section = Section {
    doc: "The network between clients and regions",
    keys: &[Key::default(
        "jitter",
        Kind::Ratio,
        "3%",
        "Sigma of the lognormal factor of median 1 on every one-way delay; assumption (the Azure table's median P95/P50 of 1.05 is about 3 %)",
    )],
    inherits: None,
};

static ROUTING: Section = Section {
    doc: "How clients find a region, and how the router learns what is healthy",
    keys: &[
        Key::default(
            "strategy",
            Kind::Choice(&STRATEGIES),
            "latency",
            "Which region an answer names",
        ),
        Key::default(
            "via",
            Kind::Choice(&VIA),
            "dns",
            "How answers reach clients",
        ),
        Key::default(
            "ttl",
            Kind::Duration,
            "60s",
            "How long an agent keeps an answer [A: Traffic Manager; other pages say 300 s]",
        ),
        Key::optional(
            "probe",
            Kind::ChoiceOrSection(&PROBES, &PROBE),
            "How the router learns which regions are healthy",
        ),
        Key::later("by"),
        Key::later("signal"),
    ],
    inherits: None,
};

/// The strategies of `routing.strategy`.
pub(super) static STRATEGIES: [Choice; 11] = [
    Choice {
        name: "latency",
        body: Body::Section(&LATENCY),
        doc: "The region with the lowest latency; a failed one's traffic moves by the failover rule",
    },
    Choice {
        name: "priority",
        body: Body::Regions,
        doc: "The first healthy region of a list: active and standby",
    },
    later("weighted"),
    later("geographic"),
    later("round_robin"),
    later("latency_band"),
    later("waterfall"),
    later("overprovisioned"),
    later("least_utilized"),
    later("power_of_two"),
    later("oracle"),
];

static LATENCY: Section = Section {
    doc: "Lowest latency first",
    keys: &[Key::default(
        "failover",
        Kind::Choice(&FAILOVERS),
        "next_closest",
        "Where the traffic of a failed region goes [A: API Management multi-region]",
    )],
    inherits: None,
};

static FAILOVERS: [Choice; 2] = [
    word("next_closest", "To each client's next closest region"),
    word(
        "even_spread",
        "Evenly over all other healthy regions, so that the neighbor is not overloaded",
    ),
];

static VIA: [Choice; 2] = [
    word("dns", "Clients keep the router's answer for the TTL"),
    later("anycast"),
];

static PROBES: [Choice; 1] = [word(
    "instant",
    "The router knows the truth at once: the bound for every real check",
)];

static PROBE: Section = Section {
    doc: "Probes from one or several locations",
    keys: &[
        Key::default(
            "interval",
            Kind::PositiveDuration,
            "30s",
            "From one probe of a location to the next [A: Traffic Manager endpoint monitoring]",
        ),
        Key::default(
            "timeout",
            Kind::PositiveDuration,
            "10s",
            "A probe without an answer after this long has failed [A: Traffic Manager endpoint monitoring]",
        ),
        Key::default(
            "tolerated_failures",
            Kind::Whole(0, 1_000),
            "3",
            "Failures in a row that do not yet make a region degraded; one more does [A: Traffic Manager endpoint monitoring]",
        ),
        Key::default(
            "locations",
            Kind::Whole(1, 1_000),
            "1",
            "Probing locations; more than half of them decide",
        ),
        Key::default(
            "demand",
            Kind::Duration,
            "1ms",
            "Work that a probe brings; assumption",
        ),
        Key::default(
            "rtt",
            Kind::Duration,
            "0ms",
            "Round trip from a location to any region; assumption",
        ),
        Key::default(
            "pacing",
            Kind::Choice(&PACINGS),
            "fixed",
            "What the interval is counted from",
        ),
    ],
    inherits: None,
};

static PACINGS: [Choice; 2] = [
    word(
        "fixed",
        "The start of the previous probe, whatever became of it (as gdnsd)",
    ),
    word("after_result", "The end of the previous probe (as HAProxy)"),
];

/// An element of `outages`.
pub(super) static OUTAGE: Section = Section {
    doc: "A scripted fault",
    keys: &[
        Key::required(
            "region",
            Kind::Region,
            "westeurope",
            "The region that fails",
        ),
        Key::required(
            "at",
            Kind::Duration,
            "10m",
            "When it fails, from the start of the measured period",
        ),
        Key::required("for", Kind::PositiveDuration, "10m", "How long it lasts"),
        Key::default(
            "mode",
            Kind::Choice(&MODES),
            "blackhole",
            "What clients see meanwhile",
        ),
        Key::later("zone"),
        Key::later("capacity"),
        Key::later("slow"),
        Key::later("gray"),
        Key::later("probe"),
        Key::later("management"),
        Key::later("backend"),
        Key::later("network"),
        Key::later("router"),
        Key::later("config"),
        Key::later("ramp"),
        Key::later("repeat"),
        Key::later("mtbf"),
        Key::later("mttr"),
    ],
    inherits: None,
};

/// The values of an outage's `mode`.
pub(super) static MODES: [Choice; 3] = [
    word(
        "blackhole",
        "Nothing answers: connections time out, and requests inside are never answered",
    ),
    word(
        "refuse",
        "Connections are refused, and requests inside are reset",
    ),
    later("hold"),
];

static SLO: Section = Section {
    doc: "What is promised about the measured period",
    keys: &[
        Key::optional(
            "availability",
            Kind::Ratio,
            "The least share of requests that succeed",
        ),
        Key::optional(
            "latency",
            Kind::Section(&LATENCY_OBJECTIVES),
            "The longest latency of successes at a quantile",
        ),
    ],
    inherits: None,
};

static LATENCY_OBJECTIVES: Section = Section {
    doc: "The longest latency of successes at a quantile",
    keys: &[
        Key::optional("p50", Kind::PositiveDuration, "At the median"),
        Key::optional("p90", Kind::PositiveDuration, "At the quantile 0.9"),
        Key::optional("p95", Kind::PositiveDuration, "At the quantile 0.95"),
        Key::optional("p99", Kind::PositiveDuration, "At the quantile 0.99"),
        Key::optional("p99_9", Kind::PositiveDuration, "At the quantile 0.999"),
    ],
    inherits: None,
};

const fn word(name: &'static str, doc: &'static str) -> Choice {
    Choice {
        name,
        body: Body::Word,
        doc,
    }
}

const fn later(name: &'static str) -> Choice {
    Choice {
        name,
        body: Body::Later,
        doc: "not supported yet",
    }
}
