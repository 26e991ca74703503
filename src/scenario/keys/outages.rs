//! `outages`: what fails.

use crate::scenario::keys::word;
use crate::scenario::table::{Choice, Key, Kind, Section};

/// An element of `outages`.
pub(in crate::scenario) static OUTAGE: Section = Section {
    doc: "A fault: scripted (`at`, `for`), or by chance (`mtbf`, `mttr`)",
    keys: &joined::<{ HIT.len() + TIMES.len() }>([HIT, TIMES]),
    inherits: None,
};

/// An element of a `group`.
static MEMBER: Section = Section {
    doc: "One of several faults that begin and end together",
    keys: HIT,
    inherits: None,
};

/// What an outage hits.
const HIT: &[Key] = &[
    Key::alternative(
        "region",
        Kind::Region,
        "westeurope",
        "The region that fails",
    ),
    Key::alternative(
        "management",
        Kind::Choice(&TRUE),
        "true",
        "The management plane and the portal fail, and nothing else: no change, no operation",
    ),
    Key::alternative(
        "router",
        Kind::Choice(&TRUE),
        "true",
        "The router hears no news of health and load: its answers stay as they are [A: Traffic Manager]; an `oracle` is not affected",
    ),
    Key::alternative(
        "backend",
        Kind::Text,
        "orders",
        "The back end that fails; a region that fails takes the sites in it along anyway",
    ),
    Key::optional(
        "site",
        Kind::Text,
        "The site of the back end that fails; all of its sites if not given",
    ),
    Key::alternative(
        "network",
        Kind::Places,
        "[europe, westeurope]",
        "The way between two places, one of them a region, is bad in both directions, and nothing else: attempts between a population and a region; pulls, operations and calls of back ends between two regions; probes between `probers` and a region",
    ),
    Key::optional(
        "capacity",
        Kind::Ratio,
        "The share of the region's workers, or of the back end's, that is lost with what they are doing; all of it if no other part is given",
    ),
    Key::optional(
        "zone",
        Kind::Whole(1, 100),
        "The zone of the region, counted from 1, whose VMs are lost with what they are doing; when no zone has a VM left, the region is down as a whole",
    ),
    Key::optional(
        "vms",
        Kind::Whole(1, 100_000),
        "How many of the region's VMs are lost with what they are doing, none of them in a zone that is lost",
    ),
    Key::optional(
        "slow",
        Kind::Factor,
        "The region or the back end works, but all work that it begins meanwhile takes so many times as long, probes included",
    ),
    Key::optional(
        "gray",
        Kind::Ratio,
        "The share of the attempts that the region serves and then fails (clients see a reset), while probes pass, or of the calls of a back end (gateways see an error); each has a luck of its own",
    ),
    Key::optional(
        "probe",
        Kind::Choice(&LIES),
        "What probes of the region find, while requests are not affected",
    ),
    Key::optional(
        "partition",
        Kind::Choice(&TRUE),
        "Nothing gets through on the way; TCP sends again what is lost, so what has not failed by its end comes late",
    ),
    Key::optional(
        "loss",
        Kind::Ratio,
        "The share of messages (handshakes, requests, answers) that is lost on the way; TCP sends them again: a handshake after 1 s, data after a round trip and 200 ms, then after twice as long each time [RFC 6298, Linux]",
    ),
    Key::optional(
        "delay",
        Kind::PositiveDuration,
        "How much longer everything takes on the way, in each direction",
    ),
    Key::default(
        "mode",
        Kind::Choice(&MODES),
        "blackhole",
        "What clients see meanwhile",
    ),
];

/// When an outage comes, and what may come with it.
const TIMES: &[Key] = &[
    Key::alternative(
        "group",
        Kind::List(&MEMBER),
        "[{region: westeurope}, {region: eastus}]",
        "What fails by one cause: these begin and end together",
    ),
    Key::optional(
        "at",
        Kind::Duration,
        "When it fails, from the start of the measured period; with `for`",
    ),
    Key::optional(
        "for",
        Kind::PositiveDuration,
        "How long it lasts; with `at`",
    ),
    Key::optional(
        "ramp",
        Kind::DurationOrSection(&RAMP),
        "How long the degree (`capacity`, `slow`, `gray`, `loss`, `delay`) takes to grow from nothing after the start, and to shrink to nothing before the end, within `for` and in 20 equal steps; none: at once",
    ),
    Key::optional(
        "repeat",
        Kind::Section(&REPEAT),
        "It comes again and again, which makes as many outages",
    ),
    Key::optional(
        "mtbf",
        Kind::Distribution,
        "In place of `at` and `for`: the time from the end of one outage to the start of the next, drawn each time; a run sees a stretch of what has gone on for ever, so that at any time the outage lasts with probability MTTR / (MTBF + MTTR), and none begins after the measured period",
    ),
    Key::optional(
        "mttr",
        Kind::Distribution,
        "How long each outage lasts, drawn each time; with `mtbf`",
    ),
];

/// Two lists of keys as one.
const fn joined<const COUNT: usize>(parts: [&[Key]; 2]) -> [Key; COUNT] {
    let mut keys = [parts[0][0]; COUNT];
    let mut index = 0;
    while index < COUNT {
        let first = parts[0].len();
        keys[index] = if index < first {
            parts[0][index]
        } else {
            parts[1][index - first]
        };
        index += 1;
    }
    keys
}

/// The values of an outage's `mode`.
pub(in crate::scenario) static MODES: [Choice; 4] = [
    word(
        "blackhole",
        "Nothing answers: connections time out, and requests inside are never answered",
    ),
    word(
        "refuse",
        "Connections are refused, and requests inside are reset",
    ),
    word(
        "hold",
        "The way is cut: what is sent arrives when the outage ends, even if the client has given up (as TCP retransmits)",
    ),
    word(
        "no_dns",
        "The region's name has no address: who looks it up gets none; cached answers, connections and probes are not affected",
    ),
];

static LIES: [Choice; 2] = [
    word("down", "They fail, though the region is well"),
    word(
        "up",
        "They pass, even if the region is down: nothing is detected",
    ),
];

static RAMP: Section = Section {
    doc: "How an outage grows and shrinks",
    keys: &[
        Key::default(
            "up",
            Kind::Duration,
            "0s",
            "From its start to its full degree",
        ),
        Key::default(
            "down",
            Kind::Duration,
            "0s",
            "From its full degree to its end",
        ),
    ],
    inherits: None,
};

static REPEAT: Section = Section {
    doc: "How often an outage comes, and how far apart",
    keys: &[
        Key::required(
            "every",
            Kind::PositiveDuration,
            "10m",
            "From the start of one to the start of the next",
        ),
        Key::required("times", Kind::Whole(2, 1_000), "6", "How often in all"),
    ],
    inherits: None,
};

static TRUE: [Choice; 1] = [word("true", "Yes")];
