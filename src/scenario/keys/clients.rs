//! `clients` and `client`: who asks.

use crate::scenario::keys::{MANY, NONE, word};
use crate::scenario::table::{Choice, Key, Kind, Section};

pub(super) static POPULATION: Section = Section {
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
            "Latitude and longitude in degrees; round trips are then the lower of 5.2 ms + 0.0182 ms and 20.4 ms + 0.0146 ms per km of great circle (fits to the Azure table)",
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
        Key::optional(
            "rate",
            Kind::RateProfile(&RATE),
            "Arrival rate of requests, whatever became of earlier ones: `900/s`; `diurnal(mean=, amplitude=, peak=)`, a cosine over the day that is highest at the local time `peak`, with `utc_offset=` (+0h if not given) and the UTC time `starts_at=` of time 0 (00:00); `flash_crowd(base=, peak=, at=, rise=, hold=, decay=)`; stages or a file. Either this or `users`",
        ),
        Key::default(
            "arrivals",
            Kind::Arrivals,
            "poisson",
            "How requests follow each other at that rate: `poisson`, independently; `constant`, evenly; `gamma(cv=)`, with gaps of that coefficient of variation; `bursts(factor=, mean_on=, mean_off=)`, with `factor` times the rate during bursts, and less between",
        ),
        Key::default(
            "agents",
            Kind::Whole(1, MANY),
            "1000",
            "Processes with a DNS cache of their own that the requests of `rate` come from; assumption",
        ),
        Key::optional(
            "users",
            Kind::Whole(1, MANY),
            "A closed loop, instead of `rate`: users who each make a request, wait for its end, think, and make the next; each is an agent",
        ),
        Key::optional(
            "think",
            Kind::Distribution,
            "Time from the end of a user's request to the next, such as `exponential(mean=10s)`; must be there with `users`",
        ),
    ],
    inherits: Some(&CLIENT),
};

static RATE: Section = Section {
    doc: "An arrival rate that changes: exactly one of `stages` and `file`",
    keys: &[
        Key::optional(
            "stages",
            Kind::List(&STAGE),
            "Ramps that follow each other from the start of the measured period; the last rate stays",
        ),
        Key::optional(
            "from",
            Kind::Rate,
            "The rate before the first stage, and during the warm-up; that at its end if not given",
        ),
        Key::optional(
            "file",
            Kind::Text,
            "A CSV file, as seen from the scenario's folder, whose first line names the columns `time` (since the start of the measured period, in seconds or as in `10m`) and `rate` (per second); straight lines between rows, and the first and the last rate beyond them",
        ),
    ],
    inherits: None,
};

static STAGE: Section = Section {
    doc: "A ramp from the rate before it",
    keys: &[
        Key::required(
            "for",
            Kind::Duration,
            "10m",
            "How long the ramp takes; `0s` is a jump",
        ),
        Key::required("to", Kind::Rate, "400/s", "The rate at its end"),
    ],
    inherits: None,
};

pub(super) static CLIENT: Section = Section {
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
        Key::default(
            "connection",
            Kind::ChoiceOrSection(&NONE, &CONNECTION),
            "none",
            "The connections that agents keep, which carry any number of requests at once; `none`: they cost nothing, and every attempt goes by the cached answer",
        ),
        Key::optional(
            "retry",
            Kind::Section(&RETRY),
            "Whether and when clients try again",
        ),
        Key::default(
            "hedge",
            Kind::ChoiceOrSection(&NONE, &HEDGE),
            "none",
            "A second attempt before the first has ended; the faster answer counts (Dean and Barroso 2013)",
        ),
        Key::default(
            "cancel_abandoned",
            Kind::Choice(&NO_YES),
            "false",
            "Whether a client that gives up tells the region, which then drops the work; else it is done for nobody",
        ),
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
        Key::optional(
            "extend_ttl",
            Kind::Section(&EXTEND_TTL),
            "Agents whose resolver keeps answers for longer than their TTL; none if not given",
        ),
        Key::default(
            "pin",
            Kind::Ratio,
            "0%",
            "Share of agents that keep their first answer for ever (the address in a configuration file)",
        ),
    ],
    inherits: None,
};

static EXTEND_TTL: Section = Section {
    doc: "Agents whose resolver keeps answers for longer than their TTL",
    keys: &[
        Key::default(
            "share",
            Kind::Ratio,
            "8.74%",
            "Share of agents (8.74 % of 8,524 resolvers measured [P: PAM 2023])",
        ),
        Key::default(
            "to",
            Kind::PositiveDuration,
            "30m",
            "How long they keep an answer; less than the TTL extends nothing; assumption",
        ),
    ],
    inherits: None,
};

static RETRY: Section = Section {
    doc: "Whether and when clients try again",
    keys: &[
        Key::default(
            "attempts",
            Kind::Whole(1, 100),
            "1",
            "Most attempts of a request, the first included; 1: clients that do not retry",
        ),
        Key::default(
            "backoff",
            Kind::Backoff,
            "full_jitter(base=100ms, cap=10s)",
            "Wait between attempts: `none`, `constant(delay=)`, or `exponential`, `full_jitter`, `equal_jitter`, `decorrelated_jitter` with `(base=, cap=)` (Brooker 2015)",
        ),
        Key::default(
            "budget",
            Kind::Budget(&BUDGET),
            "none",
            "Retries that the population allows itself, as a share of its requests; the bucket holds ten seconds of them (10 % is the advice of the Google SRE book)",
        ),
        Key::default(
            "elsewhere",
            Kind::Choice(&NO_YES),
            "false",
            "Whether a retry asks the router for another region than the last, whatever the cache says",
        ),
        Key::default(
            "on",
            Kind::Words(&CAUSES),
            "[connect_timeout, refused, reset, timeout, overloaded, rate_limited, breaker_open, backend, stale_config, bad_config, no_route]",
            "After which failures to try again; all that there are if not given",
        ),
        Key::default(
            "honor_retry_after",
            Kind::Choice(&HEARS_OR_NOT),
            "true",
            "Whether a retry waits at least as long as an answer says in `Retry-After` (how long clients ought to wait, RFC 9110 section 10.2.3), wherever it then goes",
        ),
        Key::default(
            "deadline",
            Kind::OrNone(&Kind::PositiveDuration),
            "none",
            "Longest wait for a request, all its attempts included: no attempt begins after it, and the one under way is given up",
        ),
    ],
    inherits: None,
};

static CONNECTION: Section = Section {
    doc: "The connections that agents keep",
    keys: &[
        Key::default(
            "handshake_rtts",
            Kind::Whole(0, 10),
            "2",
            "Round trips before a new connection carries a request: 2 for TCP and TLS 1.3, 3 with TLS 1.2, 1 for QUIC",
        ),
        Key::default(
            "idle_timeout",
            Kind::OrNone(&Kind::PositiveDuration),
            "120s",
            "How long a connection may be idle; assumption (clients and gateways close idle ones after 60 s to 4 min)",
        ),
        Key::default(
            "max_age",
            Kind::OrNone(&Kind::PositiveDuration),
            "none",
            "How old a connection may be when a request begins to use it",
        ),
    ],
    inherits: None,
};

static HEDGE: Section = Section {
    doc: "A second attempt before the first has ended",
    keys: &[
        Key::required(
            "after",
            Kind::HedgeDelay,
            "p95",
            "How long after the first attempt of a request: a duration, or a percentile of the times that first attempts take, which clients measure as they go",
        ),
        Key::default(
            "elsewhere",
            Kind::Choice(&NO_YES),
            "false",
            "Whether it asks the router for another region than the first",
        ),
    ],
    inherits: None,
};

static BUDGET: Section = Section {
    doc: "A budget of retries",
    keys: &[
        Key::required("ratio", Kind::Ratio, "10%", "Retries per request"),
        Key::default(
            "floor",
            Kind::Rate,
            "0/s",
            "Retries that are always allowed",
        ),
    ],
    inherits: None,
};

static CAUSES: [Choice; 11] = [
    word("connect_timeout", "No connection within `connect_timeout`"),
    word("refused", "The connection was refused"),
    word("reset", "The connection broke"),
    word("timeout", "No answer within `timeout`"),
    word("overloaded", "The gateway's queue was full: 503"),
    word(
        "rate_limited",
        "The region had admitted as many as its rate limit allows: 429",
    ),
    word(
        "breaker_open",
        "The gateway calls no site of the back end for now: 503",
    ),
    word(
        "backend",
        "The back end gave no answer, or an error: 502, 503 or 504",
    ),
    word(
        "stale_config",
        "The region lacks a change that the request needs",
    ),
    word(
        "bad_config",
        "The region has a change that fails the request",
    ),
    word("no_route", "The region's name has no address"),
];

static NO_YES: [Choice; 2] = [
    word("false", "No: the cached answer is used while it is valid"),
    word("true", "Yes"),
];

static HEARS_OR_NOT: [Choice; 2] = [
    word("false", "No: it waits for its back-off alone"),
    word("true", "Yes"),
];
