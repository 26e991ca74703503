//! `backends` and `cache`: what stands behind the gateways, and what they answer without it.

use crate::scenario::keys::{MANY, NONE, word};
use crate::scenario::table::{Choice, Key, Kind, Section};

/// An element of `backends`.
pub(super) static BACKEND: Section = Section {
    doc: "Something that gateways call before they answer. A worker of the gateway has done its part when the call leaves, and serves others meanwhile; gateways do not probe back ends, nor do the router's probes reach them [A: API Management multi-region]",
    keys: &[
        Key::optional(
            "at",
            Kind::Sites,
            "Where it runs: regions of this scenario, or other Azure regions; the primary if neither this nor `sites` is given [A: API Management multi-region, all regions call one back end unless policies say otherwise]",
        ),
        Key::optional(
            "sites",
            Kind::Named(&SITE),
            "Where it runs, by the name of the region, and what is different there; in place of `at`",
        ),
        Key::optional(
            "share",
            Kind::Ratio,
            "Share of requests that need it; back ends without one share what the others leave. What nobody takes is answered by the gateways alone",
        ),
        Key::default(
            "choose",
            Kind::Choice(&CHOICES),
            "closest",
            "Which of several sites of the same priority a gateway calls, of those to which its breaker lets calls through. A call that is tried again goes to another site if it can",
        ),
        Key::default(
            "timeout",
            Kind::PositiveDuration,
            "300s",
            "Longest wait of a gateway for an answer, per call [A: API Management forward-request]",
        ),
        Key::default(
            "local_rtt",
            Kind::Duration,
            "1ms",
            "Round trip between a gateway and a site in its own region; assumption",
        ),
        Key::optional(
            "retry",
            Kind::Section(&RETRY),
            "Whether gateways call again",
        ),
        Key::default(
            "breaker",
            Kind::ChoiceOrSection(&NONE, &BREAKER),
            "none",
            "When a VM of a gateway stops calling a site; VMs do not know of each other [A: API Management backends, per gateway instance, not synchronized]",
        ),
    ],
    inherits: Some(&STATION),
};

static STATION: Section = Section {
    doc: "What a site can do",
    keys: &[
        Key::default(
            "service",
            Kind::Distribution,
            "lognormal(p50=20ms, p99=120ms)",
            "Time that a call takes at the site; assumption (mean 27 ms)",
        ),
        Key::default(
            "workers",
            Kind::OrNone(&Kind::Whole(1, MANY)),
            "none",
            "Calls that a site serves at once, the others wait; `none`: any number",
        ),
        Key::default(
            "queue_limit",
            Kind::OrNone(&Kind::Whole(0, 10_000_000)),
            "none",
            "Calls that may wait at a site; one more is refused with 503",
        ),
    ],
    inherits: None,
};

static SITE: Section = Section {
    doc: "A place where a back end runs",
    keys: &[
        Key::default(
            "priority",
            Kind::Whole(1, 100),
            "1",
            "It is called only if no breaker lets a call through to a site of a smaller number [A: API Management backends, pools]",
        ),
        Key::default(
            "weight",
            Kind::Whole(1, 100),
            "1",
            "How many of the calls it gets next to sites of the same priority, where `choose` is `weighted` [A: API Management backends, pools]",
        ),
        Key::optional(
            "serves",
            Kind::Regions,
            "The regions whose gateways call it, and no site that does not name them; all others if not given",
        ),
        Key::optional(
            "rtt",
            Kind::DurationByRegion,
            "Round trip from the gateway of every region; that of the Azure table, or of the fit to it, if not given",
        ),
    ],
    inherits: Some(&STATION),
};

static CHOICES: [Choice; 2] = [
    word("closest", "The one with the shortest round trip"),
    word("weighted", "Any, in proportion to their weights"),
];

static RETRY: Section = Section {
    doc: "Whether gateways call again when a call has failed or timed out",
    keys: &[
        Key::default(
            "attempts",
            Kind::Whole(1, 51),
            "1",
            "Most calls for one attempt of a client, the first included [A: API Management retry, 1 to 50 retries]",
        ),
        Key::default(
            "backoff",
            Kind::Backoff,
            "none",
            "Wait between calls, as for clients [A: API Management retry, fixed or exponential]",
        ),
    ],
    inherits: None,
};

static BREAKER: Section = Section {
    doc: "A circuit breaker of each VM for each site",
    keys: &[
        Key::required(
            "failures",
            Kind::Whole(1, MANY),
            "5",
            "It opens when so many calls of the VM to the site have failed within the window",
        ),
        Key::required(
            "window",
            Kind::PositiveDuration,
            "10s",
            "The length of that window, which slides",
        ),
        Key::required(
            "open_for",
            Kind::PositiveDuration,
            "30s",
            "How long it then lets no call through",
        ),
        Key::default(
            "half_open",
            Kind::OrNone(&Kind::Whole(1, 1_000)),
            "none",
            "How many calls are then let through at once, until one of them has ended: it closes if that went well, and opens again if not; `none`: it just closes [A: API Management backends]",
        ),
    ],
    inherits: None,
};

pub(super) static CACHE: Section = Section {
    doc: "What a gateway has once passed on it answers by itself for a time, after the work of any request. The cache is in memory, per region, and empty when a gateway starts [A: API Management multi-region]",
    keys: &[
        Key::default(
            "cacheable",
            Kind::Ratio,
            "100%",
            "Share of requests whose answers may be kept",
        ),
        Key::required(
            "items",
            Kind::Whole(1, MANY),
            "10000",
            "How many different answers each population asks for",
        ),
        Key::default(
            "skew",
            Kind::Skew,
            "1",
            "How unequal they are: the nth is asked for in proportion to n^-skew (Zipf's law; Breslau et al. 1999 found 0.64 to 0.83 on the web); 0: all alike",
        ),
        Key::required(
            "ttl",
            Kind::PositiveDuration,
            "5m",
            "How long an answer is kept",
        ),
        Key::default(
            "shared",
            Kind::Choice(&SHARED),
            "false",
            "Whether all populations ask for the same answers",
        ),
    ],
    inherits: None,
};

static SHARED: [Choice; 2] = [
    word(
        "false",
        "Each has its own: those of a failed region are cold elsewhere",
    ),
    word("true", "They do: a cache is warm for everybody"),
];
