//! `routing`: which region an answer names, and how the router learns what is healthy.

use crate::scenario::keys::word;
use crate::scenario::table::{Body, Choice, Key, Kind, Section};

pub(super) static ROUTING: Section = Section {
    doc: "How clients find a region, and how the router learns what is healthy",
    keys: &[
        Key::default(
            "strategy",
            Kind::Choice(&STRATEGIES),
            "latency",
            "Which region an answer names",
        ),
        Key::default(
            "by",
            Kind::Choice(&BY),
            "platform",
            "Whose routing it is, which changes nothing but what is allowed",
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
        Key::optional(
            "signal",
            Kind::ChoiceOrSection(&SIGNALS, &SIGNAL),
            "What a strategy that looks at load knows of it; the others do not ask",
        ),
    ],
    inherits: None,
};

/// The strategies of `routing.strategy`.
pub(in crate::scenario) static STRATEGIES: [Choice; 11] = [
    Choice {
        name: "latency",
        body: Body::Section(&LATENCY),
        doc: "The region with the lowest latency, as performance routing in DNS traffic managers; a failed one's traffic moves by the failover rule",
    },
    Choice {
        name: "priority",
        body: Body::Value(Kind::Regions, "[westeurope, eastus]"),
        doc: "The first healthy region of a list: active and standby, as priority routing in DNS traffic managers",
    },
    Choice {
        name: "weighted",
        body: Body::Value(Kind::WeightByRegion, "{westeurope: 3, eastus: 1}"),
        doc: "A healthy region by lot, each with its weight, as weighted routing in DNS traffic managers; a region that is not named gets nothing",
    },
    Choice {
        name: "geographic",
        body: Body::Value(
            Kind::RegionsByPopulation,
            "{europe: westeurope, america: [eastus, westus]}",
        ),
        doc: "The region that a population is assigned to, as geographic routing in DNS traffic managers: even when it is not healthy, unless others are named behind it",
    },
    word(
        "round_robin",
        "The healthy regions in turn, as name servers rotate their records",
    ),
    Choice {
        name: "latency_band",
        body: Body::Section(&LATENCY_BAND),
        doc: "By lot among the healthy regions that are nearly as close as the closest, as anycast edges with a latency sensitivity",
    },
    Choice {
        name: "overprovisioned",
        body: Body::Section(&OVERPROVISIONED),
        doc: "Priority levels, each of which takes its healthy share and some more, the rest to the next, as Envoy does",
    },
    Choice {
        name: "waterfall",
        body: Body::Section(&WATERFALL),
        doc: "The closest healthy region until it is as full as it should get, the overflow to the next, as the capacity waterfall of Google Cloud's load balancers",
    },
    word(
        "least_utilized",
        "The healthy region that the signal calls the least utilized, as steering by least outstanding requests in Cloudflare's load balancers",
    ),
    word(
        "power_of_two",
        "The less utilized of two healthy regions by lot, as Envoy's least-request policy",
    ),
    word(
        "oracle",
        "For each attempt the region where it adds the least to the latency of all, by perfect knowledge and at no cost: no product, but a measure for those there are",
    ),
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

static LATENCY_BAND: Section = Section {
    doc: "Regions nearly as close as the closest",
    keys: &[
        Key::default(
            "sensitivity",
            Kind::Duration,
            "0ms",
            "How much longer the round trip may be than to the closest healthy region; 0 takes the closest alone [A: Front Door latency sensitivity]",
        ),
        Key::optional(
            "weights",
            Kind::WeightByRegion,
            "How much traffic each region of the band gets next to the others; 1 if not given",
        ),
    ],
    inherits: None,
};

static OVERPROVISIONED: Section = Section {
    doc: "Levels of regions, each a little fuller than its healthy share",
    keys: &[
        Key::required(
            "levels",
            Kind::Stages,
            "[westeurope, [eastus, westus]]",
            "Regions or lists of regions, the preferred ones first; a region that is in no level gets nothing",
        ),
        Key::default(
            "factor",
            Kind::Factor,
            "1.4",
            "A level whose healthy share is h takes the factor x h of the traffic, at most all of it [V: Envoy, overprovisioning factor 1.4]",
        ),
        Key::default(
            "panic",
            Kind::Ratio,
            "50%",
            "Below this healthy share of a level its traffic goes to all of its regions, as if all were healthy [V: Envoy, panic threshold 50 %]",
        ),
    ],
    inherits: None,
};

static WATERFALL: Section = Section {
    doc: "Closest region first, up to a target",
    keys: &[Key::default(
        "target",
        Kind::Ratio,
        "80%",
        "Utilization up to which a region is filled before others get its overflow [V: Google Cloud load balancing, maximum backend utilization 80 %]",
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

static BY: [Choice; 2] = [
    word(
        "platform",
        "The platform's, which there is unless `network` in `fleet` is `internal` [A: API Management multi-region]",
    ),
    word("customer", "The fleet's owner has a router of their own"),
];

static VIA: [Choice; 2] = [
    word("dns", "Clients keep the router's answer for the TTL"),
    word(
        "anycast",
        "The edge that is closest decides for every connection, or for every attempt of clients that keep none; nothing is looked up, and no answer is kept",
    ),
];

static SIGNALS: [Choice; 1] = [word(
    "instant",
    "The router knows the load of every moment: the bound for every real signal",
)];

static SIGNAL: Section = Section {
    doc: "Utilization of every region and demand of every population, measured over periods and told later",
    keys: &[
        Key::default(
            "period",
            Kind::PositiveDuration,
            "10s",
            "What is measured is a mean over this long; assumption",
        ),
        Key::default(
            "delay",
            Kind::Duration,
            "5s",
            "From the end of a period until the router knows; assumption",
        ),
    ],
    inherits: None,
};

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
