//! The scenarios that come with gatefleet: examples to run, and templates to start from.

/// A scenario to start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// The name that `gatefleet init` takes.
    pub name: &'static str,
    /// What it shows, in a line.
    pub doc: &'static str,
    /// The scenario, with comments.
    pub text: &'static str,
}

/// A template, from a file of the folder `scenarios`.
macro_rules! template {
    ($name:literal, $doc:literal) => {
        Template {
            name: $name,
            doc: $doc,
            text: include_str!(concat!("../../scenarios/", $name, ".yaml")),
        }
    };
}

static TEMPLATES: [Template; 7] = [
    template!(
        "starter",
        "Two regions, two populations, one outage: the smallest scenario that says something"
    ),
    template!(
        "primary-outage",
        "Five regions on three continents lose the primary for ten minutes"
    ),
    template!(
        "secondary-outage",
        "The same fleet loses a secondary: fewer clients, a longer way round"
    ),
    template!(
        "n-minus-one",
        "The neighbor of a failed region takes all of its traffic, and topples"
    ),
    template!(
        "all-regions-down",
        "Every region is down at once: the router answers as if all were healthy"
    ),
    template!(
        "slow-detection",
        "How long an outage lasts for clients under the default probing of 30 s, 10 s, 3"
    ),
    template!(
        "fast-probing",
        "The same outage under probes every 10 s that tolerate one failure"
    ),
];

/// All templates; the first is the one to start with.
pub fn templates() -> &'static [Template] {
    &TEMPLATES
}
