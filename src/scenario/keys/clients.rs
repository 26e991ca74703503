//! `clients` and `client`: who asks.

use crate::scenario::keys::MANY;
use crate::scenario::table::{Key, Kind, Section};

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
