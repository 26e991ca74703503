//! `slo`: what is promised.

use crate::scenario::keys::word;
use crate::scenario::table::{Choice, Key, Kind, Section};

const AVAILABILITY: Key = Key::optional(
    "availability",
    Kind::Ratio,
    "The least share of requests that succeed",
);

const TIMESLICES: Key = Key::optional(
    "availability_timeslices",
    Kind::Ratio,
    "The least share of windows (`run.window`) that reach `availability`, which must be promised too",
);

const LATENCY: Key = Key::optional(
    "latency",
    Kind::Section(&LATENCY_OBJECTIVES),
    "The longest latency of successes at a quantile",
);

pub(super) static SLO: Section = Section {
    doc: "What is promised about the measured period",
    keys: &[
        AVAILABILITY,
        TIMESLICES,
        LATENCY,
        Key::optional(
            "time_to_recover",
            Kind::PositiveDuration,
            "The longest time from the start of an outage until availability is back for good, in the mean over replications, all of which must get there; of outages by chance the mean over strikes",
        ),
        Key::optional(
            "requests_lost",
            Kind::Whole(0, 1_000_000_000_000),
            "The most requests that all outages together lose in a replication",
        ),
        Key::optional(
            "error_budget_per_outage",
            Kind::Ratio,
            "The largest share of an error budget that one outage spends: of what `availability`, which must be promised too, allows to fail in 30 days of traffic like that of the measured period",
        ),
        Key::default(
            "confidence",
            Kind::Choice(&CONFIDENCE),
            "none",
            "Whether estimates are held against objectives, or the whole of their intervals",
        ),
        Key::optional(
            "by",
            Kind::Section(&BY),
            "What is promised besides to some regions, populations or phases",
        ),
    ],
    inherits: None,
};

static CONFIDENCE: [Choice; 2] = [
    word("none", "An objective is kept if the estimate keeps it"),
    word(
        "95%",
        "An objective is kept only if the whole 95 % interval of the estimate keeps it",
    ),
];

static BY: Section = Section {
    doc: "What is promised to some",
    keys: &[
        Key::optional(
            "region",
            Kind::Named(&OF_REGION),
            "To requests whose last attempt goes to a region, by its name",
        ),
        Key::optional(
            "population",
            Kind::Named(&OF_POPULATION),
            "To the clients of a population, by its name",
        ),
        Key::optional(
            "phase",
            Kind::Section(&PHASES),
            "To all clients in a phase; one that does not occur keeps all promises",
        ),
    ],
    inherits: None,
};

static PHASES: Section = Section {
    doc: "What is promised in a phase",
    keys: &[
        Key::optional("before", Kind::Section(&OF_REGION), "Before the outages"),
        Key::optional(
            "during",
            Kind::Section(&OF_REGION),
            "While any outage lasts",
        ),
        Key::optional(
            "after",
            Kind::Section(&OF_REGION),
            "After an outage, while none lasts",
        ),
    ],
    inherits: None,
};

static OF_POPULATION: Section = Section {
    doc: "What is promised to a population",
    keys: &[AVAILABILITY, TIMESLICES, LATENCY],
    inherits: None,
};

static OF_REGION: Section = Section {
    doc: "What is promised of requests and their latency",
    keys: &[AVAILABILITY, LATENCY],
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
