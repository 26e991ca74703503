//! `management`, `operations` and `autoscale`: what is done to the fleet, and by whom.

use crate::scenario::keys::{NONE, word};
use crate::scenario::table::{Choice, Key, Kind, Section};

pub(super) static MANAGEMENT: Section = Section {
    doc: "The management plane and the portal, which live in the primary region [A: API Management multi-region]",
    keys: &[
        Key::default(
            "operations",
            Kind::Rate,
            "0/s",
            "How often somebody uses the management plane, apart from the `operations` that are listed",
        ),
        Key::default(
            "portal",
            Kind::Rate,
            "0/s",
            "How often somebody visits the developer portal",
        ),
        Key::default(
            "restore",
            Kind::ChoiceOrSection(&NONE, &RESTORE),
            "none",
            "Where the management plane is restored from a backup when the primary fails",
        ),
        Key::default(
            "restart_needs_primary",
            Kind::Choice(&RESTART_NEEDS_PRIMARY),
            "false",
            "Whether a gateway that restarts comes up only while the management plane is to be reached",
        ),
    ],
    inherits: None,
};

static RESTORE: Section = Section {
    doc: "A management plane restored from a backup",
    keys: &[
        Key::required(
            "in",
            Kind::Region,
            "eastus",
            "The region, not the primary; the management plane stays there",
        ),
        Key::default(
            "after",
            Kind::PositiveDuration,
            "30m",
            "How long after the management plane went down [A: API Management backup and restore, 30 minutes or more]",
        ),
    ],
    inherits: None,
};

static RESTART_NEEDS_PRIMARY: [Choice; 2] = [
    word(
        "false",
        "No: it comes up with the configuration that it had",
    ),
    word(
        "true",
        "Yes [A: in internal mode gateways need the primary's store]",
    ),
];

/// An element of `operations`.
pub(in crate::scenario) static OPERATION: Section = Section {
    doc: "Something that is done to a region by way of the management plane",
    keys: &[
        Key::alternative(
            "scale",
            Kind::Region,
            "eastus",
            "The region has this number of units from then on",
        ),
        Key::alternative(
            "disable",
            Kind::Region,
            "eastus",
            "The router no longer answers with the region, whose gateway goes on",
        ),
        Key::alternative(
            "enable",
            Kind::Region,
            "eastus",
            "The router answers with it again",
        ),
        Key::alternative(
            "add",
            Kind::Region,
            "eastus",
            "The region, which is listed in `regions`, joins the fleet: until then it is not there",
        ),
        Key::alternative(
            "remove",
            Kind::Region,
            "eastus",
            "The region leaves the fleet: its gateway is gone at once",
        ),
        Key::alternative(
            "enable_zones",
            Kind::Region,
            "westeurope",
            "The primary gets availability zones, and with them another address [A: API Management multi-region]",
        ),
        Key::alternative(
            "change_subnet",
            Kind::Region,
            "westeurope",
            "The primary gets another subnet, and with it another address [A: API Management multi-region]",
        ),
        Key::optional(
            "units",
            Kind::Whole(1, 1_000),
            "The number of units, which goes with `scale` and must be there",
        ),
        Key::required(
            "at",
            Kind::Duration,
            "10m",
            "When it is ordered, from the start of the measured period",
        ),
        Key::optional(
            "takes",
            Kind::Distribution,
            "From the order to the effect; if not given, `3m` to enable or disable a region [A: a few minutes; the number is an assumption], else `uniform(min=15m, max=45m)` [A: API Management scaling]",
        ),
    ],
    inherits: None,
};

/// How long the operation of this name takes if that is not said.
pub(in crate::scenario) fn takes(operation: &str) -> &'static str {
    match operation {
        "disable" | "enable" => "3m",
        _ => "uniform(min=15m, max=45m)",
    }
}

pub(super) static AUTOSCALE: Section = Section {
    doc: "Units by rule",
    keys: &[
        Key::default(
            "regions",
            Kind::Choice(&AUTOSCALED),
            "primary",
            "Which regions have it, each on its own",
        ),
        Key::default(
            "units_min",
            Kind::Whole(1, 1_000),
            "1",
            "Fewest units; assumption",
        ),
        Key::default(
            "units_max",
            Kind::Whole(1, 1_000),
            "10",
            "Most units; assumption",
        ),
        Key::optional("out", Kind::Section(&SCALE_OUT), "When to add units"),
        Key::optional("in", Kind::Section(&SCALE_IN), "When to remove units"),
        Key::default(
            "takes",
            Kind::Distribution,
            "uniform(min=15m, max=45m)",
            "From the order to the effect [A: API Management scaling]",
        ),
    ],
    inherits: None,
};

static AUTOSCALED: [Choice; 2] = [
    word(
        "primary",
        "The primary alone [A: API Management autoscale, it works only there]",
    ),
    word("all", "Every region"),
];

static SCALE_OUT: Section = Section {
    doc: "When to add units",
    keys: &[
        Key::default(
            "above",
            Kind::Ratio,
            "80%",
            "The mean utilization above which to act [A: API Management autoscale]",
        ),
        Key::default(
            "over",
            Kind::PositiveDuration,
            "30m",
            "What the mean is taken over [A: API Management autoscale]",
        ),
        Key::default(
            "cool_down",
            Kind::Duration,
            "60m",
            "How long to wait after any scaling [A: API Management autoscale]",
        ),
        Key::default(
            "units",
            Kind::Whole(1, 1_000),
            "1",
            "How many units to add at a time [A: API Management autoscale]",
        ),
    ],
    inherits: None,
};

static SCALE_IN: Section = Section {
    doc: "When to remove units",
    keys: &[
        Key::default(
            "below",
            Kind::Ratio,
            "35%",
            "The mean utilization below which to act [A: API Management autoscale]",
        ),
        Key::default(
            "over",
            Kind::PositiveDuration,
            "30m",
            "What the mean is taken over [A: API Management autoscale]",
        ),
        Key::default(
            "cool_down",
            Kind::Duration,
            "90m",
            "How long to wait after any scaling [A: API Management autoscale]",
        ),
        Key::default(
            "units",
            Kind::Whole(1, 1_000),
            "1",
            "How many units to remove at a time [A: API Management autoscale]",
        ),
    ],
    inherits: None,
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Goal: a default that depends on the verb is told too. Method: each is in the explanation.
    #[test]
    fn how_long_an_operation_takes_is_explained() {
        let key = OPERATION.key("takes").expect("a key of the table");
        for (verb, _) in OPERATION.alternatives() {
            let default = format!("`{}`", takes(verb));
            assert!(key.doc.contains(&default), "{verb}: {default}");
        }
    }
}
