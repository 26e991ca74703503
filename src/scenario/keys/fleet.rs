//! `fleet`, `gateway`, `regions` and `network`: what is there.

use crate::scenario::keys::backends::CACHE;
use crate::scenario::keys::{MANY, NONE, word};
use crate::scenario::table::{Choice, Key, Kind, Section};

pub(super) static FLEET: Section = Section {
    doc: "What holds for the fleet as a whole",
    keys: &[
        Key::optional(
            "primary",
            Kind::Region,
            "The region that holds the management plane; the first region if not given",
        ),
        Key::default(
            "network",
            Kind::Choice(&NETWORKS),
            "none",
            "How gateways are in virtual networks",
        ),
    ],
    inherits: None,
};

static NETWORKS: [Choice; 3] = [
    word("none", "They are in none"),
    word(
        "external",
        "They are in one, and can be reached from the internet",
    ),
    word(
        "internal",
        "They can be reached from their own network only: the platform does not route, so it takes `by: customer` in `routing` [A: API Management multi-region]",
    ),
];

pub(super) static GATEWAY: Section = Section {
    doc: "A region's gateway: one queue, served by units x VMs x workers",
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
        Key::default(
            "rate_limit",
            Kind::ChoiceOrSection(&NONE, &RATE_LIMIT),
            "none",
            "Attempts that a region admits over time, probes not among them; one more is refused with 429 and `Retry-After` at once. Counters are per region and in memory: N regions admit N times as much, and one that has failed starts afresh [A: API Management multi-region]",
        ),
        Key::default(
            "discipline",
            Kind::Choice(&DISCIPLINES),
            "fifo",
            "Who of those that wait is served next",
        ),
        Key::default(
            "shed_after",
            Kind::OrNone(&Kind::PositiveDuration),
            "none",
            "The longest wait: when a worker becomes free, whoever has waited for longer is refused with 503, oldest first, before the next is served; probes too",
        ),
        Key::default(
            "cache",
            Kind::ChoiceOrSection(&NONE, &CACHE),
            "none",
            "What a gateway answers without calling a back end",
        ),
    ],
    inherits: None,
};

static RATE_LIMIT: Section = Section {
    doc: "A sliding window: no stretch of time as long as `renewal_period` has more than `calls` admitted attempts",
    keys: &[
        Key::required(
            "calls",
            Kind::Whole(1, MANY),
            "6000",
            "Attempts that are admitted at most within any period [A: API Management limit call rate by key]",
        ),
        Key::default(
            "renewal_period",
            Kind::PositiveDuration,
            "60s",
            "The length of the window, at most 300 s [A: API Management limit call rate by key]; 60 s is an assumption",
        ),
        Key::default(
            "by",
            Kind::Choice(&LIMIT_KEYS),
            "region",
            "What is counted together",
        ),
    ],
    inherits: None,
};

static LIMIT_KEYS: [Choice; 2] = [
    word("region", "All that comes to the region: one counter"),
    word(
        "population",
        "What each population sends to the region: a counter for each",
    ),
];

pub(super) static REGION: Section = Section {
    doc: "A region that has a gateway",
    keys: &[
        Key::required("units", Kind::Whole(1, 1_000), "2", "Units of capacity"),
        Key::optional(
            "at",
            Kind::Coordinates,
            "Latitude and longitude in degrees; not needed for an Azure region",
        ),
        Key::optional(
            "vnet",
            Kind::Section(&VNET),
            "The virtual network of the gateway, if `network` in `fleet` is not `none`; it changes nothing that is simulated",
        ),
        Key::default(
            "zones",
            Kind::Whole(1, 100),
            "1",
            "Availability zones that the VMs of all units are dealt out to in turn: the first zones have a VM more if they do not divide evenly [A: API Management reliability, units are spread over zones]",
        ),
    ],
    inherits: Some(&GATEWAY),
};

static DISCIPLINES: [Choice; 2] = [
    word(
        "fifo",
        "Who has waited for the longest: first come, first served",
    ),
    word(
        "lifo",
        "Who has waited for the shortest: newest first, which serves some in time when there are too many",
    ),
];

static VNET: Section = Section {
    doc: "A virtual network",
    keys: &[
        Key::required("name", Kind::Text, "hub", "Its name"),
        Key::required(
            "region",
            Kind::Region,
            "westeurope",
            "Where it is: in the region that uses it [A: API Management multi-region]",
        ),
        Key::optional("subnet", Kind::Text, "The name of the subnet"),
    ],
    inherits: None,
};

pub(super) static NETWORK: Section = Section {
    doc: "The network between clients and regions",
    keys: &[Key::default(
        "jitter",
        Kind::Ratio,
        "3%",
        "Sigma of the lognormal factor of median 1 on every one-way delay; assumption (the Azure table's median P95/P50 of 1.05 is about 3 %)",
    )],
    inherits: None,
};
