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

static TEMPLATES: [Template; 36] = [
    template(
        "starter",
        "Two regions, two populations, one outage: the smallest scenario that says something",
        include_str!("../../scenarios/starter.yaml"),
    ),
    template(
        "primary-outage",
        "Six regions on three continents lose the primary for ten minutes",
        include_str!("../../scenarios/primary-outage.yaml"),
    ),
    template(
        "secondary-outage",
        "The same fleet loses a secondary: fewer clients, a longer way round",
        include_str!("../../scenarios/secondary-outage.yaml"),
    ),
    template(
        "n-minus-one",
        "The neighbor of a failed region takes all of its traffic, and topples",
        include_str!("../../scenarios/n-minus-one.yaml"),
    ),
    template(
        "brown-out-cascade",
        "One region slows down, and its neighbors topple one after the other",
        include_str!("../../scenarios/brown-out-cascade.yaml"),
    ),
    template(
        "autoscale-too-late",
        "A secondary fails, and the primary grows by rule: too late",
        include_str!("../../scenarios/autoscale-too-late.yaml"),
    ),
    template(
        "zone-loss",
        "One zone of three is lost at the peak, and with it half of the machines",
        include_str!("../../scenarios/zone-loss.yaml"),
    ),
    template(
        "single-backend",
        "Three regions with a gateway, and one back end that dies with the primary",
        include_str!("../../scenarios/single-backend.yaml"),
    ),
    template(
        "breaker-and-pool",
        "A pool of back ends loses its first site; breakers of every VM find that out",
        include_str!("../../scenarios/breaker-and-pool.yaml"),
    ),
    template(
        "cold-cache",
        "A failover finds a cold cache, and a back end that cannot do without",
        include_str!("../../scenarios/cold-cache.yaml"),
    ),
    template(
        "capacity-planning",
        "How many units the rest of the fleet needs to do without its largest region",
        include_str!("../../scenarios/capacity-planning.yaml"),
    ),
    template(
        "strategies",
        "An uneven fleet loses its largest region at the busiest hour: what routing makes of it",
        include_str!("../../scenarios/strategies.yaml"),
    ),
    template(
        "ttl-stragglers",
        "Resolvers that keep answers for half an hour, and clients that wrote the address down",
        include_str!("../../scenarios/ttl-stragglers.yaml"),
    ),
    template(
        "sticky-failback",
        "The region is back, its clients are not: connections that outlive the failover",
        include_str!("../../scenarios/sticky-failback.yaml"),
    ),
    template(
        "retry-storm",
        "Ten seconds without network, and retries that keep the store down for ever after",
        include_str!("../../scenarios/retry-storm.yaml"),
    ),
    template(
        "flash-crowd",
        "Four times the usual rate at one region, and a neighbor that could have carried it",
        include_str!("../../scenarios/flash-crowd.yaml"),
    ),
    template(
        "rate-limit-reset",
        "A client that asks for too much, and rate limits that no region shares or keeps",
        include_str!("../../scenarios/rate-limit-reset.yaml"),
    ),
    template(
        "follow-the-sun",
        "A day on three continents whose busy hours differ, and an outage at the peak of one",
        include_str!("../../scenarios/follow-the-sun.yaml"),
    ),
    template(
        "a-year-of-outages",
        "A year in which regions, zones and what they share fail by chance: minutes lost a month",
        include_str!("../../scenarios/a-year-of-outages.yaml"),
    ),
    template(
        "all-regions-down",
        "Every region is down at once: the router answers as if all were healthy",
        include_str!("../../scenarios/all-regions-down.yaml"),
    ),
    template(
        "slow-detection",
        "How long an outage lasts for clients under the default probing of 30 s, 10 s, 3",
        include_str!("../../scenarios/slow-detection.yaml"),
    ),
    template(
        "fast-probing",
        "The same outage under probes every 10 s that tolerate one failure",
        include_str!("../../scenarios/fast-probing.yaml"),
    ),
    template(
        "ttl-and-probes",
        "What slow probes and long TTLs cost, where it can be worked out by hand",
        include_str!("../../scenarios/ttl-and-probes.yaml"),
    ),
    template(
        "gray-failure",
        "Three in ten requests fail, and no probe sees it",
        include_str!("../../scenarios/gray-failure.yaml"),
    ),
    template(
        "lying-probes",
        "A false alarm takes out a region that is well, and its neighbor cannot carry both",
        include_str!("../../scenarios/lying-probes.yaml"),
    ),
    template(
        "partition",
        "One provider's clients cannot reach a region that everybody else reaches",
        include_str!("../../scenarios/partition.yaml"),
    ),
    template(
        "stale-secondaries",
        "A busy change day while the primary is away: who has which configuration?",
        include_str!("../../scenarios/stale-secondaries.yaml"),
    ),
    template(
        "bad-config-everywhere",
        "A bad change in every region at once, corrected by people forty minutes later",
        include_str!("../../scenarios/bad-config-everywhere.yaml"),
    ),
    template(
        "staged-rollout",
        "The same bad change in stages, watched, halted and withdrawn",
        include_str!("../../scenarios/staged-rollout.yaml"),
    ),
    template(
        "vip-change",
        "A region is added, which nobody notices, and the primary's address changes, which many do",
        include_str!("../../scenarios/vip-change.yaml"),
    ),
    template(
        "internal-vnet",
        "Internal networks: routing of one's own, and gateways that need the primary to start",
        include_str!("../../scenarios/internal-vnet.yaml"),
    ),
    template(
        "replay-front-door-2025-10-29",
        "Azure Front Door: a delayed crash passes staged gates, recovery is gradual",
        include_str!("../../scenarios/replay-front-door-2025-10-29.yaml"),
    ),
    template(
        "replay-google-2025-06-12",
        "Google Cloud API control: a bad policy everywhere within seconds",
        include_str!("../../scenarios/replay-google-2025-06-12.yaml"),
    ),
    template(
        "replay-us-east-1-2025-10-20",
        "AWS us-east-1: an empty DNS record; new connections fail, live ones work",
        include_str!("../../scenarios/replay-us-east-1-2025-10-20.yaml"),
    ),
    template(
        "replay-uk-south-2020-09-14",
        "Azure UK South: one zone of three is lost, and comes back in phases",
        include_str!("../../scenarios/replay-uk-south-2020-09-14.yaml"),
    ),
    template(
        "replay-front-door-london-2024-04-05",
        "Azure Front Door London: six bursts of too little capacity at its peak",
        include_str!("../../scenarios/replay-front-door-london-2024-04-05.yaml"),
    ),
];

/// All templates; the first is the one to start with.
pub fn templates() -> &'static [Template] {
    &TEMPLATES
}

const fn template(name: &'static str, doc: &'static str, text: &'static str) -> Template {
    Template { name, doc, text }
}
