//! `outages`: what fails.

use crate::scenario::keys::word;
use crate::scenario::table::{Choice, Key, Kind, Section};

/// An element of `outages`.
pub(in crate::scenario) static OUTAGE: Section = Section {
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
pub(in crate::scenario) static MODES: [Choice; 3] = [
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
];
