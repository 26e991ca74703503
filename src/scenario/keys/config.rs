//! `config`: how changes come to the regions, and what they do there.

use crate::scenario::keys::{NONE, word};
use crate::scenario::table::{Choice, Key, Kind, Section};

pub(super) static CONFIG: Section = Section {
    doc: "How the configuration comes to the regions: the management plane accepts changes, and every region pulls them",
    keys: &[
        Key::optional("sync", Kind::Section(&SYNC), "How regions pull"),
        Key::default(
            "changes",
            Kind::ChoiceOrSection(&NONE, &CHANGES),
            "none",
            "When somebody changes something, for all regions at once",
        ),
        Key::default(
            "needed_by",
            Kind::Ratio,
            "0%",
            "Share of requests that need any one of these changes from when it is accepted (a new API, a rotated key), and fail as `stale_config` where it is missing",
        ),
        Key::default(
            "unreplicated",
            Kind::Choice(&UNREPLICATED),
            "retained",
            "What becomes of changes that no other region has pulled when the primary fails [A: API Management multi-region, such changes may be lost]",
        ),
        Key::optional(
            "freeze",
            Kind::List(&FREEZE),
            "Times in which no change is accepted, rollouts included; corrections are",
        ),
        Key::optional(
            "rollouts",
            Kind::List(&ROLLOUT),
            "Changes that are released region by region, or do harm",
        ),
    ],
    inherits: None,
};

static SYNC: Section = Section {
    doc: "How regions pull",
    keys: &[
        Key::default(
            "interval",
            Kind::PositiveDuration,
            "10s",
            "From one pull of a region to the next [A: API Management multi-region, normally under 10 s]",
        ),
        Key::default(
            "apply",
            Kind::Distribution,
            "lognormal(p50=1s, p99=5s)",
            "How long a region takes to apply what it has pulled; assumption",
        ),
        Key::optional(
            "rtt",
            Kind::Duration,
            "Round trip between any two regions; that of the Azure table, or of the fit to it, if not given",
        ),
    ],
    inherits: None,
};

static CHANGES: Section = Section {
    doc: "When somebody changes something",
    keys: &[
        Key::alternative(
            "rate",
            Kind::Rate,
            "6/h",
            "How often, each change independently of the others",
        ),
        Key::alternative(
            "at",
            Kind::Durations,
            "[5m, 12m]",
            "When, from the start of the measured period",
        ),
    ],
    inherits: None,
};

static UNREPLICATED: [Choice; 2] = [
    word(
        "retained",
        "They are there again when the management plane is",
    ),
    word("lost", "No region gets them, and nobody needs them"),
];

static FREEZE: Section = Section {
    doc: "A time in which no change is accepted",
    keys: &[
        Key::required(
            "at",
            Kind::Duration,
            "30m",
            "When it begins, from the start of the measured period",
        ),
        Key::required("for", Kind::PositiveDuration, "1h", "How long it lasts"),
    ],
    inherits: None,
};

const STAGES: Key = Key::optional(
    "stages",
    Kind::Stages,
    "Which regions get it when; every region at once if not given",
);

const BAKE: Key = Key::default(
    "bake",
    Kind::PositiveDuration,
    "10m",
    "From the release to one stage until the release to the next; a halt watches until this long after the last; assumption",
);

static ROLLOUT: Section = Section {
    doc: "A change with a plan",
    keys: &[
        Key::required(
            "at",
            Kind::Duration,
            "10m",
            "When it is to be accepted, from the start of the measured period",
        ),
        STAGES,
        BAKE,
        Key::default(
            "needed_by",
            Kind::Ratio,
            "0%",
            "Share of requests that need it, of those that come to a region it is released to",
        ),
        Key::default(
            "bad",
            Kind::ChoiceOrSection(&NONE, &BAD),
            "none",
            "What is wrong with it",
        ),
        Key::default(
            "halt",
            Kind::ChoiceOrSection(&NONE, &HALT),
            "none",
            "When it stops by itself, because of errors",
        ),
        Key::default(
            "fix",
            Kind::ChoiceOrSection(&NONE, &FIX),
            "none",
            "When people release a corrected version, whatever a halt has done",
        ),
    ],
    inherits: None,
};

static BAD: Section = Section {
    doc: "What a change does to a region that has applied it, until it has a corrected one",
    keys: &[
        Key::alternative(
            "fail",
            Kind::Ratio,
            "40%",
            "It fails this share of the requests as `bad_config`, the same ones in every region",
        ),
        Key::alternative(
            "slow",
            Kind::Factor,
            "3",
            "Every request takes this many times as long",
        ),
        Key::alternative(
            "crash",
            Kind::Section(&CRASH),
            "{restart: 1m}",
            "The gateway goes down",
        ),
        Key::default(
            "after",
            Kind::Duration,
            "0s",
            "How long after the region has applied it",
        ),
    ],
    inherits: None,
};

static CRASH: Section = Section {
    doc: "A gateway that goes down",
    keys: &[Key::default(
        "restart",
        Kind::OrNone(&Kind::PositiveDuration),
        "1m",
        "How long until it is up with the last configuration that was good, and refuses the bad one; `none`: that is spoiled too, and only a corrected version helps; assumption",
    )],
    inherits: None,
};

static HALT: Section = Section {
    doc: "When a rollout stops by itself, because of errors",
    keys: &[
        Key::required(
            "above",
            Kind::Ratio,
            "2%",
            "More failures than this share of the attempts at the regions that have it",
        ),
        Key::default(
            "over",
            Kind::PositiveDuration,
            "1m",
            "What the share is counted over, again and again; assumption",
        ),
        Key::default(
            "then",
            Kind::Choice(&THEN),
            "rollback",
            "What happens to the regions that have it",
        ),
    ],
    inherits: None,
};

static THEN: [Choice; 2] = [
    word("rollback", "They get a corrected version at once"),
    word("stop", "Nothing; only no further region gets it"),
];

static FIX: Section = Section {
    doc: "A corrected version, made by people",
    keys: &[
        Key::required(
            "after",
            Kind::PositiveDuration,
            "60m",
            "How long after the rollout began",
        ),
        STAGES,
        BAKE,
    ],
    inherits: None,
};
